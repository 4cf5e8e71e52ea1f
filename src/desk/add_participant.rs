//! One participant is added: by staff, or at the door by themselves where the event lets people walk in.

use super::{Desk, DeskError, audit_act, ticket_code};
use crate::domain::access::{Actor, Verb};
use crate::domain::code::ShortCode;
use crate::domain::field::{Field, FieldFault, FieldReason};
use crate::domain::ids::{EventId, ParticipantId};
use crate::domain::language::Language;
use crate::domain::notice::Situation;
use crate::domain::participant::{ParticipantName, Room, Status, Table, TicketType};
use crate::domain::text::TextFault;
use crate::domain::ticket::TicketCode;
use crate::domain::visit::{Company, Title};
use crate::store::participants::{self, NewParticipant};
use crate::store::{events, notices};

/// What was typed.
#[derive(Clone)]
pub struct AddParticipant {
    pub event: EventId,
    pub name: String,
    pub title: String,
    pub company: String,
    pub ticket_type: String,
    pub table: String,
    pub room: String,
}

#[derive(Clone, Debug)]
pub enum AddParticipantOutcome {
    Added(AddedParticipant),
    /// Nothing was written.
    Refused(Vec<FieldFault>),
    NoEvent,
    /// This event lets nobody register at the door. Nothing was written.
    NoWalkIns,
}

#[derive(Clone, Debug)]
pub struct AddedParticipant {
    pub participant: ParticipantId,
    pub ticket: TicketCode,
    pub short_code: ShortCode,
}

/// How somebody comes to be on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Staff add them.
    ByStaff,
    /// They register at the door, and were shown the notice in this language.
    WalkIn(Language),
}

/// Adds a participant with a ticket.
///
/// **Shape** one participant, one ticket and its short code, committed; for staff and operator one audit entry.
pub fn add_participant(desk: &mut Desk, by: &Actor, input: &AddParticipant, way: Way) -> Result<AddParticipantOutcome, DeskError> {
    let verb = match way {
        Way::ByStaff => Verb::AddParticipant,
        Way::WalkIn(_) => Verb::WalkIn,
    };
    let now = desk.admit(by, verb)?;
    let Some(event) = events::find(desk.store.reader(), input.event, now.at)? else { return Ok(AddParticipantOutcome::NoEvent) };
    if *by == Actor::Public && !event.walk_ins {
        return Ok(AddParticipantOutcome::NoWalkIns);
    }
    let mut faults = Vec::new();
    let name = taken(&mut faults, Field::Name, ParticipantName::parse(&input.name));
    let title = taken(&mut faults, Field::Title, Title::parse_optional(&input.title));
    let company = taken(&mut faults, Field::Company, Company::parse_optional(&input.company));
    let ticket_type = taken(&mut faults, Field::TicketType, TicketType::parse_optional(&input.ticket_type));
    let table = taken(&mut faults, Field::Table, Table::parse_optional(&input.table));
    let room = taken(&mut faults, Field::Room, Room::parse_optional(&input.room));
    let (Some(name), Some(title), Some(company), Some(ticket_type), Some(table), Some(room)) =
        (name, title, company, ticket_type, table, room)
    else {
        return Ok(AddParticipantOutcome::Refused(faults));
    };
    let key = desk.signing_key(&now)?;
    let shown = match way {
        Way::ByStaff => None,
        Way::WalkIn(language) => Some(desk.profile.shown_notice(Situation::Event, language)).map(|notice| (notice.sha256(), notice)),
    };
    let id = ParticipantId::random();
    let mut line = desk.audit_line(&now, by, verb);
    line.subject = Some(id.to_string());
    let (ticket, short_code) = desk.write(&now, |tx| {
        if let Some((sha256, notice)) = &shown {
            notices::insert_if_new(tx, notice, sha256)?;
        }
        participants::insert(
            tx,
            &NewParticipant {
                event: event.id,
                id,
                name: &name,
                sort_name: None,
                title: title.as_ref(),
                company: company.as_ref(),
                ticket_type: ticket_type.as_ref(),
                status: Status::MayEnter,
                table: table.as_ref(),
                room: room.as_ref(),
                import_key: None,
                import: None,
                notice: shown.as_ref().map(|(sha256, notice)| (notice, sha256.as_str())),
                added_at: now.at,
            },
        )?;
        audit_act(tx, &line)?;
        ticket_code::ensure(tx, event.id, id, now.at)
    })?;
    desk.memory.names = None;
    Ok(AddParticipantOutcome::Added(AddedParticipant { participant: id, ticket: ticket_code::code(&key, &event, ticket), short_code }))
}

fn taken<T>(faults: &mut Vec<FieldFault>, field: Field, parsed: Result<T, TextFault>) -> Option<T> {
    parsed.map_err(|fault| faults.push(FieldFault { field, reason: FieldReason::Text(fault) })).ok()
}
