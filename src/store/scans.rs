//! SQL of the ledger of scans. Rows are added, never changed.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::{Holdings, StoreError, desks, instant};
use crate::domain::access::Actor;
use crate::domain::check_in::{Direction, Reason, Verdict};
use crate::domain::event::UndoReason;
use crate::domain::ids::{EventId, ListId, ParticipantId, ScanId};

/// A line of the ledger.
pub struct NewScan<'a> {
    pub id: ScanId,
    pub at: DateTime<Utc>,
    pub desk: &'a str,
    pub event: Option<EventId>,
    pub list: Option<ListId>,
    pub participant: Option<ParticipantId>,
    pub direction: Direction,
    pub code_sha256: Option<[u8; 32]>,
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    /// Of a scan that belongs to no event.
    pub erase_after: Option<DateTime<Utc>>,
}

/// The last passage of somebody, undone ones left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passage {
    pub scan: ScanId,
    pub direction: Direction,
    pub at: DateTime<Utc>,
}

impl Passage {
    /// Since when they are inside, if they are.
    pub fn inside_since(self) -> Option<DateTime<Utc>> {
        (self.direction == Direction::Entry).then_some(self.at)
    }
}

/// What an undo looks at.
pub struct ScanState {
    pub event: Option<EventId>,
    pub verdict: Verdict,
    pub is_undone: bool,
}

const IS_PASSAGE: &str =
    "verdict IN ('entered', 'exited') AND NOT EXISTS (SELECT 1 FROM undone_scans WHERE undone_scans.scan_id = scans.scan_id)";

pub fn insert(tx: &Transaction, scan: &NewScan) -> Result<(), StoreError> {
    let place = desks::next_place(tx)?;
    tx.prepare_cached(
        "INSERT INTO scans (scan_id, happened_at, recorded_at, desk_id, sequence, desk, event_id, list_id, participant_id, direction,
             code_sha256, verdict, reason, erase_after)
         VALUES (:scan_id, :at, :at, :desk_id, :sequence, :desk, :event_id, :list_id, :participant_id, :direction, :code_sha256, :verdict,
             :reason, :erase_after)",
    )?
    .execute(named_params! {
        ":desk_id": place.desk,
        ":sequence": place.sequence,
        ":scan_id": scan.id.to_string(),
        ":at": scan.at.timestamp_millis(),
        ":desk": scan.desk,
        ":event_id": scan.event.map(|id| id.to_string()),
        ":list_id": scan.list.map(|id| id.to_string()),
        ":participant_id": scan.participant.map(|id| id.to_string()),
        ":direction": scan.direction.word(),
        ":code_sha256": scan.code_sha256,
        ":verdict": scan.verdict.word(),
        ":reason": scan.reason.map(Reason::word),
        ":erase_after": scan.erase_after.map(|at| at.timestamp_millis()),
    })?;
    Ok(())
}

fn passage(row: &Row) -> rusqlite::Result<Passage> {
    let direction = if row.get_ref("verdict")?.as_str()? == Verdict::Entered.word() { Direction::Entry } else { Direction::Exit };
    Ok(Passage {
        scan: ScanId::parse(row.get_ref("scan_id")?.as_str()?).ok_or(rusqlite::Error::InvalidQuery)?,
        direction,
        at: instant(row.get("happened_at")?),
    })
}

/// Somebody's last passage through a list.
pub fn find_last(connection: &Connection, event: EventId, list: ListId, participant: ParticipantId) -> Result<Option<Passage>, StoreError> {
    Ok(connection
        .prepare_cached(&format!(
            "SELECT scan_id, verdict, happened_at FROM scans
             WHERE event_id = :event_id AND participant_id = :participant_id AND list_id = :list_id AND {IS_PASSAGE}
             ORDER BY sequence DESC LIMIT 1"
        ))?
        .query_row(
            named_params! { ":event_id": event.to_string(), ":participant_id": participant.to_string(), ":list_id": list.to_string() },
            passage,
        )
        .optional()?)
}

/// Everybody's last passage through a list, in the order of [`find_last`].
pub fn list_last(connection: &Connection, event: EventId, list: ListId) -> Result<HashMap<ParticipantId, Passage>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT participant_id, scan_id, verdict, happened_at FROM scans
         WHERE event_id = :event_id AND participant_id IS NOT NULL AND list_id = :list_id AND {IS_PASSAGE}
         ORDER BY participant_id, sequence"
    ))?;
    let rows = statement.query_map(named_params! { ":event_id": event.to_string(), ":list_id": list.to_string() }, |row| {
        let id = ParticipantId::parse(row.get_ref("participant_id")?.as_str()?).ok_or(rusqlite::Error::InvalidQuery)?;
        Ok((id, passage(row)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// When each person who came entered first, in order.
pub fn list_arrivals(connection: &Connection, event: EventId, list: ListId) -> Result<Vec<DateTime<Utc>>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT min(happened_at) AS first FROM scans
         WHERE event_id = :event_id AND participant_id IS NOT NULL AND list_id = :list_id AND verdict = 'entered' AND {IS_PASSAGE}
         GROUP BY participant_id ORDER BY first"
    ))?;
    let rows = statement
        .query_map(named_params! { ":event_id": event.to_string(), ":list_id": list.to_string() }, |row| Ok(instant(row.get("first")?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many are inside by a list: whose last passage was an entry.
pub fn count_inside(connection: &Connection, event: EventId, list: ListId) -> Result<usize, StoreError> {
    Ok(connection
        .prepare_cached(&format!(
            "SELECT count(*) FROM (SELECT verdict, max(sequence) FROM scans
                 WHERE event_id = :event_id AND participant_id IS NOT NULL AND list_id = :list_id AND {IS_PASSAGE} GROUP BY participant_id)
             WHERE verdict = 'entered'"
        ))?
        .query_row(named_params! { ":event_id": event.to_string(), ":list_id": list.to_string() }, |row| row.get::<_, i64>(0))?
        as usize)
}

/// How many have entered by a list at all.
pub fn count_arrived(connection: &Connection, event: EventId, list: ListId) -> Result<usize, StoreError> {
    Ok(connection
        .prepare_cached(&format!(
            "SELECT count(DISTINCT participant_id) FROM scans
             WHERE event_id = :event_id AND participant_id IS NOT NULL AND list_id = :list_id AND verdict = 'entered' AND {IS_PASSAGE}"
        ))?
        .query_row(named_params! { ":event_id": event.to_string(), ":list_id": list.to_string() }, |row| row.get::<_, i64>(0))?
        as usize)
}

/// What came of a scan.
pub fn find_state(connection: &Connection, scan: ScanId) -> Result<Option<ScanState>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT event_id, verdict, EXISTS (SELECT 1 FROM undone_scans WHERE undone_scans.scan_id = scans.scan_id) AS is_undone
             FROM scans WHERE scan_id = :scan_id",
        )?
        .query_row(named_params! { ":scan_id": scan.to_string() }, |row| {
            let event: Option<String> = row.get("event_id")?;
            Ok(ScanState {
                event: event.and_then(|event| EventId::parse(&event)),
                verdict: Verdict::parse(row.get_ref("verdict")?.as_str()?).ok_or(rusqlite::Error::InvalidQuery)?,
                is_undone: row.get("is_undone")?,
            })
        })
        .optional()?)
}

/// Takes a passage back. `false` when it was taken back before: then nothing is written.
pub fn undo(tx: &Transaction, scan: ScanId, by: &Actor, reason: &UndoReason, desk: &str, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let place = desks::next_place(tx)?;
    let inserted = tx
        .prepare_cached(
            "INSERT OR IGNORE INTO undone_scans (scan_id, undone_at, desk_id, sequence, desk, actor, staff_id, reason)
             VALUES (:scan_id, :undone_at, :desk_id, :sequence, :desk, :actor, :staff_id, :reason)",
        )?
        .execute(named_params! {
            ":desk_id": place.desk,
            ":sequence": place.sequence,
            ":scan_id": scan.to_string(),
            ":undone_at": at.timestamp_millis(),
            ":desk": desk,
            ":actor": by.word(),
            ":staff_id": by.staff_id().map(|id| id.to_string()),
            ":reason": reason.as_str(),
        })?;
    Ok(inserted == 1)
}

/// Dates scans that a wrong clock put after `now` back to now; those that belong to no event are kept no longer than from now.
pub fn redate_future(tx: &Transaction, now: DateTime<Utc>, stray_until: DateTime<Utc>) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE scans SET happened_at = :now, recorded_at = min(recorded_at, :now),
             erase_after = CASE WHEN event_id IS NULL THEN min(erase_after, :stray_until) END
         WHERE happened_at > :now",
        named_params! { ":now": now.timestamp_millis(), ":stray_until": stray_until.timestamp_millis() },
    )?;
    tx.execute("UPDATE undone_scans SET undone_at = :now WHERE undone_at > :now", named_params! { ":now": now.timestamp_millis() })?;
    Ok(())
}

/// Erases at most `limit` scans of an event that name nobody; how many.
pub fn erase_of_event(tx: &Transaction, event: EventId, limit: usize) -> Result<usize, StoreError> {
    Ok(tx
        .prepare_cached("DELETE FROM scans WHERE scan_id IN (SELECT scan_id FROM scans WHERE event_id = :event_id LIMIT :limit)")?
        .execute(named_params! { ":event_id": event.to_string(), ":limit": limit as i64 })?)
}

/// Erases at most `limit` scans without an event that are due at `now`; how many.
pub fn erase_due(tx: &Transaction, now: DateTime<Utc>, limit: usize) -> Result<usize, StoreError> {
    Ok(tx
        .prepare_cached(
            "DELETE FROM scans WHERE scan_id IN
                 (SELECT scan_id FROM scans WHERE event_id IS NULL AND erase_after <= :now ORDER BY erase_after LIMIT :limit)",
        )?
        .execute(named_params! { ":now": now.timestamp_millis(), ":limit": limit as i64 })?)
}

/// When the next scan without an event is due.
pub fn next_due(connection: &Connection) -> Result<Option<DateTime<Utc>>, StoreError> {
    let due: Option<i64> =
        connection.prepare_cached("SELECT min(erase_after) FROM scans WHERE event_id IS NULL")?.query_row([], |row| row.get(0))?;
    Ok(due.map(instant))
}

/// How many scans belong to no event, the oldest, and when the next one is due.
pub fn holdings(connection: &Connection) -> Result<Holdings, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT count(*) AS records, min(happened_at) AS oldest, min(erase_after) AS next_due FROM scans WHERE event_id IS NULL",
        )?
        .query_row([], Holdings::from_row)?)
}

/// How many scans without an event are due at `at`.
pub fn count_due(connection: &Connection, at: DateTime<Utc>) -> Result<usize, StoreError> {
    Ok(connection
        .prepare_cached("SELECT count(*) FROM scans WHERE event_id IS NULL AND erase_after <= :at")?
        .query_row(named_params! { ":at": at.timestamp_millis() }, |row| row.get::<_, i64>(0))? as usize)
}
