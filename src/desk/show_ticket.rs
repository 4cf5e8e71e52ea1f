//! What somebody with a ticket sees of themselves: who they are here, their answer about pictures, and when it all goes.

use chrono::{DateTime, Utc};

use super::answer_photos::{self, AnswerPhotosOutcome, PhotoQuestion, TicketHolder};
use super::check_in::{CheckedIn, ParticipantCard};
use super::{Desk, DeskError, Now, StoreError, inside};
use crate::domain::access::{Actor, Verb};
use crate::domain::check_in::Verdict;
use crate::domain::consent::BadgeMark;
use crate::domain::ids::EventId;
use crate::domain::language::Language;
use crate::domain::notice::{ShownNotice, Situation};
use crate::store::badges;
use crate::store::events::{self, StoredEvent};
use crate::store::participants::{self, StoredParticipant};
use crate::store::scans::Passage;

#[derive(Clone, Debug)]
pub enum ShowTicketOutcome {
    Shown(Box<MyTicket>),
    /// No valid ticket, for the reason a check-in would give.
    NoTicket(Verdict),
    NoEvent,
}

#[derive(Clone, Debug)]
pub struct MyTicket {
    pub event: EventId,
    pub event_name: String,
    pub starts_at: DateTime<Utc>,
    pub participant: ParticipantCard,
    pub inside_since: Option<DateTime<Utc>>,
    pub photos: PhotoQuestion,
    /// What the badge says that came out.
    pub badge: Option<BadgeMark>,
    pub notice: ShownNotice,
    pub erase_after: DateTime<Utc>,
    /// When evidence of a given consent goes.
    pub evidence_until: DateTime<Utc>,
}

/// What the holder of a ticket sees. Nothing is written.
pub fn show_ticket(
    desk: &mut Desk,
    by: &Actor,
    event: Option<EventId>,
    whose: &TicketHolder,
    language: Language,
) -> Result<ShowTicketOutcome, DeskError> {
    let now = desk.admit(by, Verb::ShowTicket)?;
    if matches!(whose, TicketHolder::Participant(_)) && *by == Actor::Public {
        return Err(DeskError::NotAllowed { actor: by.word(), verb: Verb::ShowTicket });
    }
    let (event, participant) = match answer_photos::find(desk, &now, event, whose)? {
        Ok(found) => found,
        Err(AnswerPhotosOutcome::NoTicket(verdict)) => return Ok(ShowTicketOutcome::NoTicket(verdict)),
        Err(_) => return Ok(ShowTicketOutcome::NoEvent),
    };
    Ok(ShowTicketOutcome::Shown(Box::new(shown(desk, event, participant, language)?)))
}

/// What somebody may see whom the door has just let in, or knows to be inside.
pub(super) fn of_let_in(desk: &Desk, now: &Now, judged: &CheckedIn, language: Language) -> Result<Option<MyTicket>, StoreError> {
    let is_let_in = matches!(judged.verdict, Verdict::Entered | Verdict::AlreadyEntered);
    let (Some(event), Some(card), true) = (judged.event, &judged.participant, is_let_in) else { return Ok(None) };
    let reader = desk.store.reader();
    let found = events::find(reader, event, now.at)?.zip(participants::find(reader, event, card.id)?);
    found.map(|(event, participant)| shown(desk, event, participant, language)).transpose()
}

fn shown(desk: &Desk, event: StoredEvent, participant: StoredParticipant, language: Language) -> Result<MyTicket, StoreError> {
    let last = inside::last_passage(desk.store.reader(), event.id, participant.id)?;
    let photos = answer_photos::question(desk, &event, participant.id, language)?;
    Ok(MyTicket {
        event: event.id,
        inside_since: last.and_then(Passage::inside_since),
        photos,
        badge: badges::find(desk.store.reader(), event.id, participant.id)?.map(|badge| badge.mark),
        notice: desk.profile.shown_notice(Situation::Event, language),
        erase_after: event.erase_after,
        evidence_until: event.times.erase_after(desk.profile.event.photos.evidence_months),
        starts_at: event.starts_at,
        event_name: event.name,
        participant: participant.into(),
    })
}
