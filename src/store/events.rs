//! SQL of the events and their check-in lists.

use chrono::{DateTime, NaiveDateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::{Holdings, StoreError, instant};
use crate::domain::event::{DOORS_OPEN_BEFORE, EntryRule, EventName, EventTimes, PhotoMode, Venue};
use crate::domain::ids::{EventId, ListId};
use crate::domain::profile::{LegalBasis, Purpose};
use crate::domain::ticket::EventTag;

/// An event to write, with the list it begins with.
pub struct NewEvent<'a> {
    pub id: EventId,
    pub tag: EventTag,
    pub name: &'a EventName,
    pub venue: Option<&'a Venue>,
    pub times: &'a EventTimes,
    pub photos: PhotoMode,
    pub walk_ins: bool,
    pub purpose: Purpose,
    pub legal_basis: LegalBasis,
    pub list: ListId,
    pub list_name: &'a str,
    pub entry: EntryRule,
    pub added_at: DateTime<Utc>,
    pub erase_after: DateTime<Utc>,
}

/// An event as it stands in the file.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    pub id: EventId,
    pub tag: EventTag,
    pub name: String,
    pub venue: Option<String>,
    pub times: EventTimes,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub photos: PhotoMode,
    pub walk_ins: bool,
    pub list_runs: u32,
    pub erase_after: DateTime<Utc>,
}

/// A check-in list.
#[derive(Clone, Debug)]
pub struct StoredList {
    pub id: ListId,
    pub entry: EntryRule,
    pub opens_at: DateTime<Utc>,
    pub closes_at: DateTime<Utc>,
}

/// Writes an event and the list it begins with. `false` when its tag is taken: then nothing is written.
pub fn insert(tx: &Transaction, event: &NewEvent) -> Result<bool, StoreError> {
    let inserted = tx
        .prepare_cached(
            "INSERT INTO events (event_id, tag, name, venue, starts_local, ends_local, zone, starts_at, ends_at, photos, walk_ins,
                 purpose, legal_basis, added_at, erase_after)
             VALUES (:event_id, :tag, :name, :venue, :starts_local, :ends_local, :zone, :starts_at, :ends_at, :photos, :walk_ins,
                 :purpose, :legal_basis, :added_at, :erase_after)
             ON CONFLICT (tag) DO NOTHING",
        )?
        .execute(named_params! {
            ":event_id": event.id.to_string(),
            ":tag": event.tag.0,
            ":name": event.name.as_str(),
            ":venue": event.venue.map(Venue::as_str),
            ":starts_local": civil(event.times.starts),
            ":ends_local": civil(event.times.ends),
            ":zone": event.times.zone.name(),
            ":starts_at": event.times.starts_at().timestamp_millis(),
            ":ends_at": event.times.ends_at().timestamp_millis(),
            ":photos": event.photos.word(),
            ":walk_ins": event.walk_ins,
            ":purpose": event.purpose.word(),
            ":legal_basis": event.legal_basis.word(),
            ":added_at": event.added_at.timestamp_millis(),
            ":erase_after": event.erase_after.timestamp_millis(),
        })?;
    if inserted == 0 {
        return Ok(false);
    }
    tx.prepare_cached(
        "INSERT INTO check_in_lists (list_id, event_id, name, is_entry, entry, opens_at, closes_at)
         VALUES (:list_id, :event_id, :name, 1, :entry, :opens_at, :closes_at)",
    )?
    .execute(named_params! {
        ":list_id": event.list.to_string(),
        ":event_id": event.id.to_string(),
        ":name": event.list_name,
        ":entry": event.entry.word(),
        ":opens_at": event.times.opens_at().timestamp_millis(),
        ":closes_at": event.times.ends_at().timestamp_millis(),
    })?;
    Ok(true)
}

const COLUMNS: &str =
    "event_id, tag, name, venue, starts_local, ends_local, zone, starts_at, ends_at, photos, walk_ins, list_runs, erase_after";

fn civil(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%dT%H:%M:%S").to_string()
}

fn from_row(row: &Row) -> rusqlite::Result<StoredEvent> {
    let word = |column: &str| row.get::<_, String>(column);
    let foreign = || rusqlite::Error::InvalidQuery;
    let moment = |column: &str| word(column)?.parse().map_err(|_| foreign());
    Ok(StoredEvent {
        id: EventId::parse(&word("event_id")?).ok_or_else(foreign)?,
        tag: EventTag(row.get("tag")?),
        name: row.get("name")?,
        venue: row.get("venue")?,
        times: EventTimes {
            starts: moment("starts_local")?,
            ends: moment("ends_local")?,
            zone: word("zone")?.parse().map_err(|_| foreign())?,
        },
        starts_at: instant(row.get("starts_at")?),
        ends_at: instant(row.get("ends_at")?),
        photos: PhotoMode::parse(&word("photos")?).ok_or_else(foreign)?,
        walk_ins: row.get("walk_ins")?,
        list_runs: row.get("list_runs")?,
        erase_after: instant(row.get("erase_after")?),
    })
}

/// Every event that is not due at `now`, by its beginning.
pub fn list(connection: &Connection, now: DateTime<Utc>) -> Result<Vec<StoredEvent>, StoreError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM events WHERE erase_after > :now ORDER BY starts_at, event_id"))?;
    let rows = statement.query_map(named_params! { ":now": now.timestamp_millis() }, from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The events whose doors are open at `now`, by their beginning.
pub fn list_open(connection: &Connection, now: DateTime<Utc>) -> Result<Vec<StoredEvent>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM events WHERE ends_at > :now AND starts_at <= :starts_before AND erase_after > :now ORDER BY starts_at, event_id"
    ))?;
    let starts_before = now + DOORS_OPEN_BEFORE;
    let values = named_params! { ":now": now.timestamp_millis(), ":starts_before": starts_before.timestamp_millis() };
    let rows = statement.query_map(values, from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The events that end after an instant, by their beginning.
pub fn list_ended_after(connection: &Connection, after: DateTime<Utc>) -> Result<Vec<StoredEvent>, StoreError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM events WHERE ends_at > :after ORDER BY starts_at, event_id"))?;
    let rows = statement.query_map(named_params! { ":after": after.timestamp_millis() }, from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One event, unless it is due at `now`.
pub fn find(connection: &Connection, event: EventId, now: DateTime<Utc>) -> Result<Option<StoredEvent>, StoreError> {
    Ok(connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM events WHERE event_id = :event_id AND erase_after > :now"))?
        .query_row(named_params! { ":event_id": event.to_string(), ":now": now.timestamp_millis() }, from_row)
        .optional()?)
}

/// The event whose tickets carry this tag, unless it is due at `now`.
pub fn find_by_tag(connection: &Connection, tag: EventTag, now: DateTime<Utc>) -> Result<Option<EventId>, StoreError> {
    let found: Option<String> = connection
        .prepare_cached("SELECT event_id FROM events WHERE tag = :tag AND erase_after > :now")?
        .query_row(named_params! { ":tag": tag.0, ":now": now.timestamp_millis() }, |row| row.get("event_id"))
        .optional()?;
    Ok(found.and_then(|id| EventId::parse(&id)))
}

/// A list of an event: the one asked for, else the one it begins with.
pub fn find_list(connection: &Connection, event: EventId, list: Option<ListId>) -> Result<Option<StoredList>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT list_id, entry, opens_at, closes_at FROM check_in_lists
             WHERE event_id = :event_id AND (list_id = :list_id OR (:list_id IS NULL AND is_entry = 1))",
        )?
        .query_row(named_params! { ":event_id": event.to_string(), ":list_id": list.map(|id| id.to_string()) }, list_from_row)
        .optional()?)
}

/// The same list, unless its event is due at `now`.
pub fn find_door(
    connection: &Connection,
    event: EventId,
    list: Option<ListId>,
    now: DateTime<Utc>,
) -> Result<Option<StoredList>, StoreError> {
    let list = list.map(|id| id.to_string());
    Ok(connection
        .prepare_cached(
            "SELECT list_id, entry, opens_at, closes_at FROM check_in_lists JOIN events USING (event_id)
             WHERE event_id = :event_id AND (list_id = :list_id OR (:list_id IS NULL AND is_entry = 1)) AND erase_after > :now",
        )?
        .query_row(named_params! { ":event_id": event.to_string(), ":list_id": list, ":now": now.timestamp_millis() }, list_from_row)
        .optional()?)
}

fn list_from_row(row: &Row) -> rusqlite::Result<StoredList> {
    let foreign = || rusqlite::Error::InvalidQuery;
    Ok(StoredList {
        id: ListId::parse(row.get_ref("list_id")?.as_str()?).ok_or_else(foreign)?,
        entry: EntryRule::parse(row.get_ref("entry")?.as_str()?).ok_or_else(foreign)?,
        opens_at: instant(row.get("opens_at")?),
        closes_at: instant(row.get("closes_at")?),
    })
}

/// Counts one more participant list handed out; its number.
pub fn next_list_run(tx: &Transaction, event: EventId) -> Result<u32, StoreError> {
    Ok(tx
        .prepare_cached("UPDATE events SET list_runs = list_runs + 1 WHERE event_id = :event_id RETURNING list_runs")?
        .query_row(named_params! { ":event_id": event.to_string() }, |row| row.get(0))?)
}

/// The event due at `now` for longest.
pub fn find_due(connection: &Connection, now: DateTime<Utc>) -> Result<Option<(EventId, DateTime<Utc>)>, StoreError> {
    let found: Option<(String, i64)> = connection
        .prepare_cached("SELECT event_id, erase_after FROM events WHERE erase_after <= :now ORDER BY erase_after, event_id LIMIT 1")?
        .query_row(named_params! { ":now": now.timestamp_millis() }, |row| Ok((row.get("event_id")?, row.get("erase_after")?)))
        .optional()?;
    Ok(found.and_then(|(id, due)| Some((EventId::parse(&id)?, instant(due)))))
}

/// Erases an event that has no participants and no scans left.
pub fn erase(tx: &Transaction, event: EventId) -> Result<(), StoreError> {
    let id = event.to_string();
    for statement in [
        "DELETE FROM unfinished_imports WHERE event_id = :event_id",
        "DELETE FROM check_in_lists WHERE event_id = :event_id",
        "DELETE FROM events WHERE event_id = :event_id",
    ] {
        tx.prepare_cached(statement)?.execute(named_params! { ":event_id": id })?;
    }
    Ok(())
}

/// When the next event is due.
pub fn next_due(connection: &Connection) -> Result<Option<DateTime<Utc>>, StoreError> {
    let due: Option<i64> = connection.prepare_cached("SELECT min(erase_after) FROM events")?.query_row([], |row| row.get(0))?;
    Ok(due.map(instant))
}

/// Whether there is this event.
pub fn exists(connection: &Connection, id: &str) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached("SELECT 1 FROM events WHERE event_id = ?1")?.exists([id])?)
}

/// How many events there are, the oldest, and when the next one is due.
pub fn holdings(connection: &Connection) -> Result<Holdings, StoreError> {
    Ok(connection
        .prepare_cached("SELECT count(*) AS records, min(added_at) AS oldest, min(erase_after) AS next_due FROM events")?
        .query_row([], Holdings::from_row)?)
}

/// How many events are due at `at`.
pub fn count_due(connection: &Connection, at: DateTime<Utc>) -> Result<usize, StoreError> {
    Ok(connection
        .prepare_cached("SELECT count(*) FROM events WHERE erase_after <= :at")?
        .query_row(named_params! { ":at": at.timestamp_millis() }, |row| row.get::<_, i64>(0))? as usize)
}
