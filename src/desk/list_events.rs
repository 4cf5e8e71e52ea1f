//! The events there are, how many came, and when.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{Desk, DeskError, Now, StoreError, inside};
use crate::domain::access::{Actor, Verb};
use crate::domain::event::{EntryRule, PhotoMode};
use crate::domain::ids::EventId;
use crate::store::events::StoredEvent;
use crate::store::{events, participants, scans};

/// An event in a list.
#[derive(Clone, Debug)]
pub struct EventSummary {
    pub id: EventId,
    pub name: String,
    pub venue: Option<String>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub zone: Tz,
    pub photos: PhotoMode,
    pub walk_ins: bool,
    pub entry: EntryRule,
    /// Whether its doors are open.
    pub is_open: bool,
    /// Participants, the cancelled ones not counted.
    pub registered: usize,
    /// Who has entered at all.
    pub arrived: usize,
    pub inside: usize,
    pub erase_after: DateTime<Utc>,
}

/// An event whose doors are open, as the public may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDoor {
    pub id: EventId,
    pub name: String,
    pub venue: Option<String>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub walk_ins: bool,
}

/// Every event, by its beginning.
pub fn list_events(desk: &mut Desk, by: &Actor) -> Result<Vec<EventSummary>, DeskError> {
    let now = desk.admit(by, Verb::ListEvents)?;
    let stored = events::list(desk.store.reader(), now.at)?;
    Ok(stored.into_iter().map(|event| summary(desk, &now, event)).collect::<Result<_, _>>()?)
}

/// One event, unless there is none.
pub fn show_event(desk: &mut Desk, by: &Actor, event: EventId) -> Result<Option<EventSummary>, DeskError> {
    let now = desk.admit(by, Verb::ListEvents)?;
    let stored = events::find(desk.store.reader(), event, now.at)?;
    Ok(stored.map(|event| summary(desk, &now, event)).transpose()?)
}

/// The events whose doors are open.
pub fn list_open_events(desk: &mut Desk, by: &Actor) -> Result<Vec<OpenDoor>, DeskError> {
    let now = desk.admit(by, Verb::ListOpenEvents)?;
    let open = events::list_open(desk.store.reader(), now.at)?;
    Ok(open
        .into_iter()
        .map(|event| OpenDoor {
            id: event.id,
            name: event.name,
            venue: event.venue,
            starts_at: event.starts_at,
            ends_at: event.ends_at,
            walk_ins: event.walk_ins,
        })
        .collect())
}

/// When each person who came entered first, in order.
pub fn list_arrivals(desk: &mut Desk, by: &Actor, event: EventId) -> Result<Vec<DateTime<Utc>>, DeskError> {
    let now = desk.admit(by, Verb::ListEvents)?;
    let reader = desk.store.reader();
    if events::find(reader, event, now.at)?.is_none() {
        return Ok(Vec::new());
    }
    match events::find_list(reader, event, None)? {
        Some(list) => Ok(scans::list_arrivals(reader, event, list.id)?),
        None => Ok(Vec::new()),
    }
}

fn summary(desk: &Desk, now: &Now, event: StoredEvent) -> Result<EventSummary, StoreError> {
    let reader = desk.store.reader();
    let list = events::find_list(reader, event.id, None)?;
    let (entry, arrived) = match &list {
        Some(list) => (list.entry, scans::count_arrived(reader, event.id, list.id)?),
        None => (EntryRule::Single, 0),
    };
    let inside = inside::count(desk, now, &event)?;
    Ok(EventSummary {
        id: event.id,
        is_open: event.times.is_open(now.at),
        registered: participants::count(reader, event.id)?,
        zone: event.times.zone,
        name: event.name,
        venue: event.venue,
        starts_at: event.starts_at,
        ends_at: event.ends_at,
        photos: event.photos,
        walk_ins: event.walk_ins,
        entry,
        arrived,
        inside,
        erase_after: event.erase_after,
    })
}
