//! Who is inside: whoever signed in or went in by the ledger, and has not gone out. Told here once, for the door, the roll call,
//! the figures, the staff pages and My ticket. No verb of its own.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::Connection;

use super::{Desk, Now, StoreError};
use crate::domain::ids::{EventId, ListId, ParticipantId};
use crate::domain::retention::presumed_left_at;
use crate::domain::roll_call::{PersonId, SoughtPerson};
use crate::store::events::{self, StoredEvent};
use crate::store::scans::{self, Passage};
use crate::store::visits::{self, OpenVisit};

/// Since when each of those is inside who are.
type InsideSince = HashMap<ParticipantId, DateTime<Utc>>;

/// A day closes once in this time, so an event that ended longer ago has nobody left inside.
const CLOSES_WITHIN: TimeDelta = TimeDelta::days(3);

/// Somebody's last passage through the list that an event begins with.
pub(super) fn last_passage(connection: &Connection, event: EventId, participant: ParticipantId) -> Result<Option<Passage>, StoreError> {
    match events::find_list(connection, event, None)? {
        Some(list) => scans::find_last(connection, event, list.id, participant),
        None => Ok(None),
    }
}

/// Everybody's last passage through that list.
pub(super) fn last_passages(connection: &Connection, event: EventId) -> Result<HashMap<ParticipantId, Passage>, StoreError> {
    match events::find_list(connection, event, None)? {
        Some(list) => scans::list_last(connection, event, list.id),
        None => Ok(HashMap::new()),
    }
}

/// Since when somebody is inside by one list of an event.
pub(super) fn since(
    connection: &Connection,
    event: EventId,
    list: ListId,
    participant: ParticipantId,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(scans::find_last(connection, event, list, participant)?.and_then(Passage::inside_since))
}

/// When the day of an event is closed: the first closing time after its end. Until then whoever went in and has not gone out
/// counts as in the house, between two of its days too: better one too many at the assembly point.
fn closes(desk: &Desk, event: &StoredEvent) -> DateTime<Utc> {
    presumed_left_at(event.ends_at, desk.config.closes_at, desk.config.zone)
}

/// The events whose people may be in the house, with since when each of them is inside.
///
/// While the clock is in doubt, the last time that was believed says which days are closed.
///
/// **Source** V12.
fn in_house(desk: &Desk, now: &Now) -> Result<Vec<(StoredEvent, InsideSince)>, StoreError> {
    let reader = desk.store.reader();
    let mut house = Vec::new();
    for event in events::list_ended_after(reader, now.believed_at - CLOSES_WITHIN)? {
        if closes(desk, &event) <= now.believed_at {
            continue;
        }
        let passages = last_passages(reader, event.id)?;
        let inside: InsideSince = passages.into_iter().filter_map(|(id, last)| Some((id, last.inside_since()?))).collect();
        if !inside.is_empty() {
            house.push((event, inside));
        }
    }
    Ok(house)
}

/// The visitors in the house, latest arrival first. Whoever is past closing time counts as left, unless the clock that says
/// so is in doubt: then nobody is left out.
pub(super) fn visitors(desk: &Desk, now: &Now) -> Result<Vec<OpenVisit>, StoreError> {
    let believed = now.doubt.is_none().then_some(now.at);
    visits::list_open(desk.store.reader(), believed)
}

/// Everybody in the house: visitors, and participants who went in.
///
/// **Source** V12.
pub(super) fn everybody(desk: &Desk, now: &Now) -> Result<Vec<SoughtPerson>, StoreError> {
    let sought = |id, since| SoughtPerson { id, since, found_at: None };
    let mut people: Vec<_> = visitors(desk, now)?.iter().map(|visit| sought(PersonId::Visit(visit.id), visit.signed_in_at)).collect();
    for (event, inside) in in_house(desk, now)? {
        people.extend(inside.into_iter().map(|(id, since)| sought(PersonId::Participant(event.id, id), since)));
    }
    Ok(people)
}

/// How many are inside an event: nobody once its day is closed.
pub(super) fn count(desk: &Desk, now: &Now, event: &StoredEvent) -> Result<usize, StoreError> {
    if closes(desk, event) <= now.believed_at {
        return Ok(0);
    }
    let reader = desk.store.reader();
    match events::find_list(reader, event.id, None)? {
        Some(list) => scans::count_inside(reader, event.id, list.id),
        None => Ok(0),
    }
}
