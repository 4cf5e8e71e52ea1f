//! Somebody answers the question about photos and video, or changes the answer. Evidence of a given consent is kept apart.

use std::collections::HashMap;

use super::ticket_code::{self, Holder};
use super::{Desk, DeskError, Now, StoreError, audit_act};
use crate::domain::access::{Actor, Verb};
use crate::domain::check_in::{Validity, Verdict};
use crate::domain::consent::{Answer, BadgeMark, PhotoPurpose, badge_mark};
use crate::domain::event::PhotoMode;
use crate::domain::ids::{EventId, ParticipantId};
use crate::domain::language::Language;
use crate::domain::notice::{ShownNotice, Situation};
use crate::domain::profile::Profile;
use crate::store::consents::{self, NewAnswer};
use crate::store::events::StoredEvent;
use crate::store::{events, notices, participants};

/// Who answers.
#[derive(Clone)]
pub enum TicketHolder {
    /// Whoever holds this code; the way of the public.
    Code(String),
    /// Chosen in a staff list.
    Participant(ParticipantId),
}

#[derive(Clone)]
pub struct AnswerPhotos {
    /// Without one the code chooses.
    pub event: Option<EventId>,
    pub whose: TicketHolder,
    pub answers: Vec<PhotoAnswer>,
    /// The language the question was asked in.
    pub language: Language,
}

/// One answer to one purpose and channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhotoAnswer {
    pub purpose: PhotoPurpose,
    /// The channel's id; every channel without one.
    pub channel: Option<String>,
    pub act: Act,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Give,
    /// No; after a yes this takes it back.
    Refuse,
    /// Takes a yes back, and is nothing where there was none.
    Withdraw,
}

#[derive(Clone, Debug)]
pub enum AnswerPhotosOutcome {
    Answered(PhotoQuestion),
    /// No valid ticket of this event, for the reason a check-in would give. Nothing was written.
    NoTicket(Verdict),
    NoEvent,
    /// The profile names no such channel. Nothing was written.
    NoChannel,
    /// There is no yes to take back. Nothing was written.
    NothingGiven,
}

/// What is asked about pictures, and what somebody has answered so far.
#[derive(Clone, Debug)]
pub struct PhotoQuestion {
    pub mode: PhotoMode,
    pub notice: ShownNotice,
    pub rows: Vec<PhotoRow>,
    pub mark: BadgeMark,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhotoRow {
    pub purpose: PhotoPurpose,
    pub channel: String,
    /// In the language that was asked for.
    pub channel_name: String,
    pub answer: Option<Answer>,
}

impl PhotoQuestion {
    /// Whether anything is still open in consent mode.
    pub fn is_open(&self) -> bool {
        self.mode == PhotoMode::Consent && self.rows.iter().any(|row| row.answer.is_none())
    }
}

/// Writes answers down.
///
/// **Shape** a row per purpose and channel that changes; with a consent given, or taken back, one of the evidence too.
/// **Source** F1, F5, G1.
pub fn answer_photos(desk: &mut Desk, by: &Actor, input: &AnswerPhotos) -> Result<AnswerPhotosOutcome, DeskError> {
    let now = desk.admit(by, Verb::AnswerPhotos)?;
    let found = match &input.whose {
        TicketHolder::Participant(_) if *by == Actor::Public => {
            return Err(DeskError::NotAllowed { actor: by.word(), verb: Verb::AnswerPhotos });
        }
        whose => find(desk, &now, input.event, whose)?,
    };
    let (event, participant) = match found {
        Ok(found) => found,
        Err(outcome) => return Ok(outcome),
    };
    let Some(wanted) = wanted(&desk.profile, &input.answers) else { return Ok(AnswerPhotosOutcome::NoChannel) };
    let notice = desk.profile.shown_notice(Situation::Photo, input.language);
    let notice_sha256 = notice.sha256();
    let evidence_until = event.times.erase_after(desk.profile.event.photos.evidence_months);
    let mut line = desk.audit_line(&now, by, Verb::AnswerPhotos);
    line.subject = Some(participant.id.to_string());
    let is_taking_back = input.answers.iter().any(|answer| answer.act == Act::Withdraw);
    let changed = desk.write(&now, |tx| {
        let present = consents::present(tx, event.id, participant.id)?;
        let changes: Vec<_> = wanted.iter().filter_map(|(key, act)| Some((key, next(present.get(key).copied(), *act)?))).collect();
        if changes.is_empty() {
            return Ok(0);
        }
        notices::insert_if_new(tx, &notice, &notice_sha256)?;
        for ((purpose, channel), answer) in &changes {
            let row = NewAnswer {
                event: event.id,
                participant: participant.id,
                purpose: *purpose,
                channel,
                answer: *answer,
                at: now.at,
                notice: &notice,
                notice_sha256: &notice_sha256,
            };
            consents::insert(tx, &row)?;
            if event.photos == PhotoMode::Consent && *answer != Answer::Refused {
                let evidence = consents::evidence_of(tx, event.id, participant.id, &participant.name, &event.name, evidence_until)?;
                consents::insert_act(tx, evidence, &row)?;
            }
        }
        audit_act(tx, &line)?;
        Ok(changes.len())
    })?;
    if changed == 0 && is_taking_back {
        return Ok(AnswerPhotosOutcome::NothingGiven);
    }
    Ok(AnswerPhotosOutcome::Answered(question(desk, &event, participant.id, input.language)?))
}

/// What an act makes of the present answer; none where it changes nothing.
fn next(present: Option<Answer>, act: Act) -> Option<Answer> {
    let next = match (act, present) {
        (Act::Give, _) => Answer::Given,
        (Act::Refuse | Act::Withdraw, Some(Answer::Given)) => Answer::Withdrawn,
        (Act::Refuse, Some(Answer::Withdrawn)) | (Act::Withdraw, _) => return None,
        (Act::Refuse, _) => Answer::Refused,
    };
    (present != Some(next)).then_some(next)
}

/// What is asked of a participant, and their present answers.
pub(super) fn question(
    desk: &Desk,
    event: &StoredEvent,
    participant: ParticipantId,
    language: Language,
) -> Result<PhotoQuestion, StoreError> {
    let present = consents::present(desk.store.reader(), event.id, participant)?;
    let channels = &desk.profile.event.photos.channels;
    let rows: Vec<_> = PhotoPurpose::ALL
        .into_iter()
        .flat_map(|purpose| channels.iter().map(move |channel| (purpose, channel)))
        .map(|(purpose, channel)| PhotoRow {
            purpose,
            channel: channel.id.clone(),
            channel_name: Profile::channel_name(channel, language).to_owned(),
            answer: present.get(&(purpose, channel.id.clone())).copied(),
        })
        .collect();
    let mark = badge_mark(event.photos, rows.iter().map(|row| row.answer));
    Ok(PhotoQuestion { mode: event.photos, notice: desk.profile.shown_notice(Situation::Photo, language), rows, mark })
}

/// Whose answer it is, by a code as a check-in reads it.
pub(super) fn find(
    desk: &mut Desk,
    now: &Now,
    event: Option<EventId>,
    whose: &TicketHolder,
) -> Result<Result<(StoredEvent, participants::StoredParticipant), AnswerPhotosOutcome>, StoreError> {
    let (event, participant) = match whose {
        TicketHolder::Participant(participant) => match event {
            Some(event) => (event, *participant),
            None => return Ok(Err(AnswerPhotosOutcome::NoEvent)),
        },
        TicketHolder::Code(code) => {
            if let Some(event) = event
                && events::find(desk.store.reader(), event, now.at)?.is_none()
            {
                return Ok(Err(AnswerPhotosOutcome::NoEvent));
            }
            desk.ticket_keys()?;
            match ticket_code::holder(desk.store.reader(), &desk.memory.ticket_keys.keys, code, event, now.at)? {
                Holder::Known { event, participant, validity: Validity::Valid } => (event, participant),
                Holder::Known { validity: Validity::Revoked, .. } => return Ok(Err(AnswerPhotosOutcome::NoTicket(Verdict::Revoked))),
                Holder::Nobody(verdict, _) => return Ok(Err(AnswerPhotosOutcome::NoTicket(verdict))),
            }
        }
    };
    let Some(event) = events::find(desk.store.reader(), event, now.at)? else { return Ok(Err(AnswerPhotosOutcome::NoEvent)) };
    match participants::find(desk.store.reader(), event.id, participant)? {
        Some(participant) => Ok(Ok((event, participant))),
        None => Ok(Err(AnswerPhotosOutcome::NoTicket(Verdict::Unknown))),
    }
}

/// Each purpose and channel that is answered, once; a later answer to the same one wins. `None` for a channel that is none.
fn wanted(profile: &Profile, answers: &[PhotoAnswer]) -> Option<HashMap<(PhotoPurpose, String), Act>> {
    let channels = &profile.event.photos.channels;
    let mut wanted = HashMap::new();
    for answer in answers {
        let named: Vec<_> = channels.iter().filter(|channel| answer.channel.as_ref().is_none_or(|id| *id == channel.id)).collect();
        if named.is_empty() {
            return None;
        }
        wanted.extend(named.into_iter().map(|channel| ((answer.purpose, channel.id.clone()), answer.act)));
    }
    Some(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Answer::{Given, Refused, Withdrawn};

    #[test]
    fn a_no_after_a_yes_takes_it_back_and_the_same_again_changes_nothing() {
        for (present, act, expected) in [
            (None, Act::Give, Some(Given)),
            (Some(Given), Act::Give, None),
            (Some(Refused), Act::Give, Some(Given)),
            (Some(Withdrawn), Act::Give, Some(Given)),
            (None, Act::Refuse, Some(Refused)),
            (Some(Refused), Act::Refuse, None),
            (Some(Given), Act::Refuse, Some(Withdrawn)),
            (Some(Withdrawn), Act::Refuse, None),
            (Some(Given), Act::Withdraw, Some(Withdrawn)),
            (Some(Refused), Act::Withdraw, None),
            (None, Act::Withdraw, None),
        ] {
            assert_eq!(next(present, act), expected, "{act:?} after {present:?}");
        }
    }
}
