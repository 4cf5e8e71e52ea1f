//! The participant list that is handed out: name, title and company, in the order of names, and nothing else.

use super::{Desk, DeskError, audit_act};
use crate::domain::access::{Actor, Verb};
use crate::domain::ids::EventId;
use crate::domain::order::sort_by_names;
use crate::domain::participant::Status;
use crate::domain::participant_list::{ListEntry, ParticipantList};
use crate::store::{events, participants};

/// Whether a list leaves the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It is printed or saved, which is written down. The word says as what.
    HandOut(&'static str),
    /// Only to see what would be on it.
    LookAt,
}

/// The list of an event, cancelled participants left out; `None` where there is no such event.
///
/// **Shape** for a list handed out one more run of the event, and one audit entry with the number of people.
/// **Source** L1.
pub fn participant_list(desk: &mut Desk, by: &Actor, event: EventId, use_: Use) -> Result<Option<ParticipantList>, DeskError> {
    let now = desk.admit(by, Verb::PrintParticipantList)?;
    let Some(event) = events::find(desk.store.reader(), event, now.at)? else { return Ok(None) };
    let mut people = participants::list(desk.store.reader(), event.id)?;
    people.retain(|person| person.status != Status::Cancelled);
    sort_by_names(&mut people, desk.config.first_language(), |person| (person.sort_name.as_deref(), &person.name));
    let run = match use_ {
        Use::LookAt => 0,
        Use::HandOut(format) => {
            let mut line = desk.audit_line(&now, by, Verb::PrintParticipantList);
            line.subject = Some(event.id.to_string());
            line.count = Some(people.len());
            line.detail = Some(format.to_owned());
            desk.write(&now, |tx| {
                audit_act(tx, &line)?;
                events::next_list_run(tx, event.id)
            })?
        }
    };
    let zone = event.times.zone;
    let entries = people.into_iter().map(|person| ListEntry { name: person.name, title: person.title, company: person.company });
    Ok(Some(ParticipantList {
        organisation: desk.organisation().to_owned(),
        run,
        printed_at: now.at.with_timezone(&zone),
        destroy_by: event.times.destroy_lists_by().with_timezone(&zone),
        event: event.name,
        venue: event.venue,
        starts_at: event.starts_at.with_timezone(&zone),
        ends_at: event.ends_at.with_timezone(&zone),
        entries: entries.collect(),
    }))
}
