//! What stands on a badge, for whoever has just come and for staff who print it once more.

use chrono::{DateTime, Utc};

use super::answer_photos::{self, TicketHolder};
use super::check_in::ParticipantCard;
use super::sign_in::SignedIn;
use super::{Desk, DeskError, ticket_code};
use crate::domain::access::{Actor, Verb};
use crate::domain::code::ShortCode;
use crate::domain::consent::BadgeMark;
use crate::domain::ids::{EventId, ParticipantId, VisitId};
use crate::domain::language::Language;
use crate::store::badges::{self, PrintedBadge};
use crate::store::{codes, participants, visits};

/// What stands on a participant's badge.
#[derive(Clone, Debug)]
pub struct ParticipantBadge {
    pub event: EventId,
    pub event_name: String,
    pub starts_at: DateTime<Utc>,
    pub participant: ParticipantCard,
    pub mark: BadgeMark,
    pub short_code: ShortCode,
}

/// What stands on a visitor's badge.
#[derive(Clone)]
pub struct VisitorBadge {
    pub visit: VisitId,
    pub name: String,
    pub company: Option<String>,
    pub host: Option<String>,
    pub signed_in_at: DateTime<Utc>,
    pub code: ShortCode,
}

impl From<&SignedIn> for VisitorBadge {
    fn from(signed_in: &SignedIn) -> VisitorBadge {
        VisitorBadge {
            visit: signed_in.visit,
            name: signed_in.name.as_str().to_owned(),
            company: signed_in.company.as_ref().map(|company| company.as_str().to_owned()),
            host: signed_in.host.as_ref().map(|host| host.as_str().to_owned()),
            signed_in_at: signed_in.signed_in_at,
            code: signed_in.code.clone(),
        }
    }
}

/// The badge of a participant; `None` where nobody is meant.
///
/// **Shape** a ticket with its short code, where there was none yet.
pub fn take_participant_badge(
    desk: &mut Desk,
    by: &Actor,
    event: Option<EventId>,
    whose: &TicketHolder,
    language: Language,
) -> Result<Option<ParticipantBadge>, DeskError> {
    let now = desk.admit(by, Verb::ShowTicket)?;
    if matches!(whose, TicketHolder::Participant(_)) && *by == Actor::Public {
        return Err(DeskError::NotAllowed { actor: by.word(), verb: Verb::ShowTicket });
    }
    let Ok((event, participant)) = answer_photos::find(desk, &now, event, whose)? else { return Ok(None) };
    let mark = answer_photos::question(desk, &event, participant.id, language)?.mark;
    desk.signing_key(&now)?;
    let (_, short_code) = desk.write(&now, |tx| ticket_code::ensure(tx, event.id, participant.id, now.at))?;
    Ok(Some(ParticipantBadge {
        event: event.id,
        starts_at: event.starts_at,
        event_name: event.name,
        participant: participant.into(),
        mark,
        short_code,
    }))
}

/// Writes down which badge came out, so that it is seen when what stands on it is no longer true.
///
/// **Shape** of each participant the last badge, as long as the participant.
pub fn note_badge(
    desk: &mut Desk,
    by: &Actor,
    event: EventId,
    participant: ParticipantId,
    name: &str,
    mark: BadgeMark,
) -> Result<(), DeskError> {
    let now = desk.admit(by, Verb::ShowTicket)?;
    let badge = PrintedBadge { at: now.at, name: name.to_owned(), mark };
    Ok(desk.write(&now, |tx| match participants::find(tx, event, participant)? {
        Some(_) => badges::set(tx, event, participant, &badge),
        // Erased while it was printed.
        None => Ok(()),
    })?)
}

/// The badge of somebody who is in the house, for staff; `None` once they have left. Nothing is written.
pub fn take_visitor_badge(desk: &mut Desk, by: &Actor, visit: VisitId) -> Result<Option<VisitorBadge>, DeskError> {
    let now = desk.admit(by, Verb::ListOpenVisits)?;
    let reader = desk.store.reader();
    let (arrived, code) = (visits::find_arrived(reader, visit, now.at)?, codes::find_of_visit(reader, visit)?);
    Ok(arrived.zip(code).map(|(arrived, code)| VisitorBadge {
        visit,
        name: arrived.name,
        company: arrived.company,
        host: arrived.host,
        signed_in_at: arrived.signed_in_at,
        code,
    }))
}
