//! Tickets for everybody who has none yet, and what stands on each.

use super::{Desk, DeskError, audit_act, ticket_code};
use crate::domain::access::{Actor, Verb};
use crate::domain::code::ShortCode;
use crate::domain::ids::{EventId, ParticipantId};
use crate::domain::order::sort_by_names;
use crate::domain::participant::Status;
use crate::domain::ticket::TicketCode;
use crate::store::participants::ListedParticipant;
use crate::store::{events, participants};

/// Most tickets made in one transaction.
const SLICE: usize = 200;

/// A ticket as it is printed.
#[derive(Clone)]
pub struct IssuedTicket {
    pub participant: ParticipantId,
    pub name: String,
    pub title: Option<String>,
    pub company: Option<String>,
    pub code: TicketCode,
    pub short_code: ShortCode,
}

impl std::fmt::Debug for IssuedTicket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IssuedTicket(..)")
    }
}

/// Whose tickets are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Everybody,
    One(ParticipantId),
}

/// The tickets of an event's participants in the order of names, cancelled ones left out; `None` where there is no such event.
///
/// **Shape** a ticket and a short code for whoever had none; one audit entry.
pub fn issue_tickets(desk: &mut Desk, by: &Actor, event: EventId, wanted: Wanted) -> Result<Option<Vec<IssuedTicket>>, DeskError> {
    let now = desk.admit(by, Verb::IssueTickets)?;
    let Some(event) = events::find(desk.store.reader(), event, now.at)? else { return Ok(None) };
    let key = desk.signing_key(&now)?;
    let mut people = match wanted {
        Wanted::Everybody => participants::list(desk.store.reader(), event.id)?,
        Wanted::One(participant) => participants::find(desk.store.reader(), event.id, participant)?
            .map(|person| ListedParticipant {
                id: person.id,
                name: person.name,
                sort_name: person.sort_name,
                title: person.title,
                company: person.company,
                status: person.status,
            })
            .into_iter()
            .collect(),
    };
    people.retain(|person| person.status != Status::Cancelled);
    sort_by_names(&mut people, desk.config.first_language(), |person| (person.sort_name.as_deref(), &person.name));
    let mut issued = Vec::with_capacity(people.len());
    for slice in people.chunks(SLICE) {
        let codes = desk.write(&now, |tx| {
            slice.iter().map(|person| ticket_code::ensure(tx, event.id, person.id, now.at)).collect::<Result<Vec<_>, _>>()
        })?;
        issued.extend(slice.iter().zip(codes).map(|(person, (ticket, short_code))| IssuedTicket {
            participant: person.id,
            name: person.name.clone(),
            title: person.title.clone(),
            company: person.company.clone(),
            code: ticket_code::code(&key, &event, ticket),
            short_code,
        }));
    }
    let mut line = desk.audit_line(&now, by, Verb::IssueTickets);
    line.subject = Some(event.id.to_string());
    line.count = Some(issued.len());
    desk.write(&now, |tx| audit_act(tx, &line))?;
    Ok(Some(issued))
}
