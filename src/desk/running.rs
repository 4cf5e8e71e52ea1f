//! The roll call that runs, as the file has it or, while that takes nothing, the memory. No verb of its own.

use std::collections::HashMap;

use rusqlite::Transaction;

use super::{Desk, Now, StoreError, audit_act};
use crate::domain::access::Actor;
use crate::domain::ids::StaffId;
use crate::domain::order::sort_by_names;
use crate::domain::roll_call::{Begun, HereFor, PersonId, PersonInside, RollCall, RunningRollCall, SoughtPerson};
use crate::store::audit::NewAuditEntry;
use crate::store::{events, participants, roll_call, staff, visits};

/// The roll call that runs, if one does.
pub(super) fn load(desk: &Desk) -> Result<Option<RunningRollCall>, StoreError> {
    match &desk.memory.roll_call {
        Some(unwritten) => Ok(unwritten.clone()),
        None => roll_call::load(desk.store.reader()),
    }
}

/// Writes what becomes of the roll call, and the audit's line, and remembers both instead while the file takes
/// nothing: a fire waits for no disk.
pub(super) fn keep(
    desk: &mut Desk,
    now: &Now,
    after: Option<RunningRollCall>,
    line: Option<NewAuditEntry>,
    act: impl FnOnce(&Transaction) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let written = desk.write(now, |tx| {
        act(tx)?;
        line.iter().try_for_each(|line| audit_act(tx, line))
    });
    match written {
        Err(error) if error.takes_nothing() => {
            tracing::warn!(%error, "the roll call is kept in memory");
            desk.memory.roll_call = Some(after);
            desk.memory.keep_lines(line);
            Ok(())
        }
        written => written,
    }
}

/// Looks up who is on it.
///
/// **Source** V12.
pub(super) fn with_names(
    desk: &Desk,
    now: &Now,
    by: &Actor,
    running: Option<&RunningRollCall>,
    people: &[SoughtPerson],
) -> Result<RollCall, StoreError> {
    let zone = desk.config.zone;
    let mut events = HashMap::new();
    let mut found = Vec::new();
    for person in people {
        found.extend(look_up(desk, now, person, &mut events)?);
    }
    sort_by_names(&mut found, desk.config.first_language(), |person| (person.sort_name.as_deref(), &person.name));
    let begun = match running {
        Some(running) => Some(Begun { at: running.began_at.with_timezone(&zone), by: name_of(desk, running.began_by)? }),
        None => None,
    };
    Ok(RollCall {
        organisation: desk.organisation().to_owned(),
        desk: desk.config.desk.clone(),
        counted_by: name_of(desk, by.staff_id())?,
        begun,
        taken_at: now.at.with_timezone(&zone),
        clock_doubt: now.doubt,
        is_unwritten: desk.memory.roll_call.is_some(),
        people: found,
    })
}

fn name_of(desk: &Desk, staff_id: Option<StaffId>) -> Result<Option<String>, StoreError> {
    match staff_id {
        Some(id) => staff::find_name(desk.store.reader(), id),
        None => Ok(None),
    }
}

/// Somebody with their name; `None` who was erased meanwhile. Names of events are looked up once.
fn look_up(
    desk: &Desk,
    now: &Now,
    sought: &SoughtPerson,
    events: &mut HashMap<String, String>,
) -> Result<Option<PersonInside>, StoreError> {
    let reader = desk.store.reader();
    let zone = &desk.config.zone;
    let (since, found_at) = (sought.since.with_timezone(zone), sought.found_at.map(|at| at.with_timezone(zone)));
    Ok(match sought.id {
        PersonId::Visit(visit) => visits::find_person(reader, visit)?.map(|person| PersonInside {
            id: sought.id,
            name: person.name,
            sort_name: None,
            company: person.company,
            here_for: HereFor::Host(person.host),
            note: person.note,
            since,
            found_at,
        }),
        PersonId::Participant(event, participant) => {
            let key = event.to_string();
            if !events.contains_key(&key) {
                let name = events::find(reader, event, now.believed_at)?.map(|event| event.name);
                events.insert(key.clone(), name.unwrap_or_default());
            }
            participants::find(reader, event, participant)?.map(|person| PersonInside {
                id: sought.id,
                name: person.name,
                sort_name: person.sort_name,
                company: person.company,
                here_for: HereFor::Event(events[&key].clone()),
                note: None,
                since,
                found_at,
            })
        }
    })
}
