//! SQL of the participants. Those of an unfinished import are hidden from everybody but that import.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::{Due, Holdings, StoreError, instant};
use crate::domain::ids::{EventId, ImportId, ParticipantId};
use crate::domain::notice::ShownNotice;
use crate::domain::participant::{ParticipantName, Room, SortName, Status, Table, TicketType};
use crate::domain::visit::{Company, Title};

/// A participant to write, or what an import has of one.
pub struct NewParticipant<'a> {
    pub event: EventId,
    pub id: ParticipantId,
    pub name: &'a ParticipantName,
    pub sort_name: Option<&'a SortName>,
    pub title: Option<&'a Title>,
    pub company: Option<&'a Company>,
    pub ticket_type: Option<&'a TicketType>,
    pub status: Status,
    pub table: Option<&'a Table>,
    pub room: Option<&'a Room>,
    pub import_key: Option<&'a str>,
    pub import: Option<ImportId>,
    /// The notice that was shown, and its hash.
    pub notice: Option<(&'a ShownNotice, &'a str)>,
    pub added_at: DateTime<Utc>,
}

/// A participant as they stand in the file.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredParticipant {
    pub event: EventId,
    pub id: ParticipantId,
    pub name: String,
    pub sort_name: Option<String>,
    pub title: Option<String>,
    pub company: Option<String>,
    pub ticket_type: Option<String>,
    pub status: Status,
    pub table: Option<String>,
    pub room: Option<String>,
}

impl std::fmt::Debug for StoredParticipant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoredParticipant(..)")
    }
}

/// What a list shows, and what it is sorted by.
pub struct ListedParticipant {
    pub id: ParticipantId,
    pub name: String,
    pub sort_name: Option<String>,
    pub title: Option<String>,
    pub company: Option<String>,
    pub status: Status,
}

/// Hides whoever an unfinished import brought.
const IS_SHOWN: &str = "NOT EXISTS (SELECT 1 FROM unfinished_imports WHERE unfinished_imports.import_id = participants.import_id)";

const COLUMNS: &str = "event_id, participant_id, name, sort_name, title, company, ticket_type, status, table_name, room";

pub fn insert(tx: &Transaction, participant: &NewParticipant) -> Result<(), StoreError> {
    let notice = participant.notice.map(|(notice, _)| notice);
    tx.prepare_cached(
        "INSERT INTO participants (event_id, participant_id, name, sort_name, title, company, ticket_type, status, table_name, room,
             import_key, import_id, notice_id, notice_version, notice_language, notice_sha256, added_at)
         VALUES (:event_id, :participant_id, :name, :sort_name, :title, :company, :ticket_type, :status, :table_name, :room,
             :import_key, :import_id, :notice_id, :notice_version, :notice_language, :notice_sha256, :added_at)",
    )?
    .execute(named_params! {
        ":event_id": participant.event.to_string(),
        ":participant_id": participant.id.to_string(),
        ":name": participant.name.as_str(),
        ":sort_name": participant.sort_name.map(SortName::as_str),
        ":title": participant.title.map(Title::as_str),
        ":company": participant.company.map(Company::as_str),
        ":ticket_type": participant.ticket_type.map(TicketType::as_str),
        ":status": participant.status.word(),
        ":table_name": participant.table.map(Table::as_str),
        ":room": participant.room.map(Room::as_str),
        ":import_key": participant.import_key,
        ":import_id": participant.import.map(|id| id.to_string()),
        ":notice_id": notice.map(|notice| notice.situation.word()),
        ":notice_version": notice.map(|notice| notice.version),
        ":notice_language": notice.map(|notice| notice.language.code()),
        ":notice_sha256": participant.notice.map(|(_, sha256)| sha256),
        ":added_at": participant.added_at.timestamp_millis(),
    })?;
    Ok(())
}

/// Writes what a file now says about somebody.
pub fn update(tx: &Transaction, participant: &StoredParticipant) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE participants SET name = :name, sort_name = :sort_name, title = :title, company = :company, ticket_type = :ticket_type,
             status = :status, table_name = :table_name, room = :room
         WHERE event_id = :event_id AND participant_id = :participant_id",
    )?
    .execute(named_params! {
        ":event_id": participant.event.to_string(),
        ":participant_id": participant.id.to_string(),
        ":name": participant.name,
        ":sort_name": participant.sort_name,
        ":title": participant.title,
        ":company": participant.company,
        ":ticket_type": participant.ticket_type,
        ":status": participant.status.word(),
        ":table_name": participant.table,
        ":room": participant.room,
    })?;
    Ok(())
}

fn from_row(row: &Row) -> rusqlite::Result<StoredParticipant> {
    let word = |column: &str| row.get::<_, String>(column);
    let foreign = || rusqlite::Error::InvalidQuery;
    Ok(StoredParticipant {
        event: EventId::parse(&word("event_id")?).ok_or_else(foreign)?,
        id: ParticipantId::parse(&word("participant_id")?).ok_or_else(foreign)?,
        name: row.get("name")?,
        sort_name: row.get("sort_name")?,
        title: row.get("title")?,
        company: row.get("company")?,
        ticket_type: row.get("ticket_type")?,
        status: Status::parse(&word("status")?).ok_or_else(foreign)?,
        table: row.get("table_name")?,
        room: row.get("room")?,
    })
}

/// One participant.
pub fn find(connection: &Connection, event: EventId, participant: ParticipantId) -> Result<Option<StoredParticipant>, StoreError> {
    Ok(connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM participants WHERE event_id = :event_id AND participant_id = :participant_id AND {IS_SHOWN}"
        ))?
        .query_row(named_params! { ":event_id": event.to_string(), ":participant_id": participant.to_string() }, from_row)
        .optional()?)
}

/// Whoever has this key, in whichever event that is not due at `now`; more than one only in several events.
pub fn list_by_key(connection: &Connection, key: &str, now: DateTime<Utc>) -> Result<Vec<(EventId, ParticipantId)>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT event_id, participant_id FROM participants
         WHERE import_key = :import_key AND {IS_SHOWN}
             AND (SELECT erase_after FROM events WHERE events.event_id = participants.event_id) > :now"
    ))?;
    let rows = statement.query_map(named_params! { ":import_key": key, ":now": now.timestamp_millis() }, |row| {
        Ok((row.get::<_, String>("event_id")?, row.get::<_, String>("participant_id")?))
    })?;
    let rows: Vec<_> = rows.collect::<Result<_, _>>()?;
    Ok(rows.iter().filter_map(|(event, id)| Some((EventId::parse(event)?, ParticipantId::parse(id)?))).collect())
}

/// Whom this import or an earlier one has under this key.
pub fn find_by_key(connection: &Connection, event: EventId, key: &str) -> Result<Option<StoredParticipant>, StoreError> {
    Ok(connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM participants WHERE import_key = :import_key AND event_id = :event_id"))?
        .query_row(named_params! { ":import_key": key, ":event_id": event.to_string() }, from_row)
        .optional()?)
}

/// Everybody of an event, cancelled ones too.
pub fn list(connection: &Connection, event: EventId) -> Result<Vec<ListedParticipant>, StoreError> {
    list_after(connection, event, None, usize::MAX)
}

/// At most `limit` of [`list`], by id, from the one after `last` on.
pub fn list_after(
    connection: &Connection,
    event: EventId,
    last: Option<ParticipantId>,
    limit: usize,
) -> Result<Vec<ListedParticipant>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT participant_id, name, sort_name, title, company, status FROM participants
         WHERE event_id = :event_id AND participant_id > :last AND {IS_SHOWN} ORDER BY participant_id LIMIT :limit"
    ))?;
    let last = last.map(|last| last.to_string()).unwrap_or_default();
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map(named_params! { ":event_id": event.to_string(), ":last": last, ":limit": limit }, |row| {
        let foreign = || rusqlite::Error::InvalidQuery;
        Ok(ListedParticipant {
            id: ParticipantId::parse(row.get_ref("participant_id")?.as_str()?).ok_or_else(foreign)?,
            name: row.get("name")?,
            sort_name: row.get("sort_name")?,
            title: row.get("title")?,
            company: row.get("company")?,
            status: Status::parse(row.get_ref("status")?.as_str()?).ok_or_else(foreign)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many an event has, the cancelled ones not counted.
pub fn count(connection: &Connection, event: EventId) -> Result<usize, StoreError> {
    Ok(connection
        .prepare_cached(&format!("SELECT count(*) FROM participants WHERE event_id = :event_id AND status <> 'cancelled' AND {IS_SHOWN}"))?
        .query_row(named_params! { ":event_id": event.to_string() }, |row| row.get::<_, i64>(0))? as usize)
}

/// At most `limit` participants of an event that is due since `due_at`, hidden ones too.
pub fn list_due(
    connection: &Connection,
    event: EventId,
    due_at: DateTime<Utc>,
    limit: usize,
) -> Result<Vec<Due<ParticipantId>>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT participant_id, name FROM participants WHERE event_id = :event_id LIMIT :limit")?;
    let rows = statement.query_map(named_params! { ":event_id": event.to_string(), ":limit": limit as i64 }, |row| {
        let id: String = row.get("participant_id")?;
        let id = ParticipantId::parse(&id).ok_or(rusqlite::Error::InvalidQuery)?;
        Ok(Due::of(id, row.get_ref("name")?.as_str()?, due_at))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether there is this participant, whatever the event.
pub fn exists(connection: &Connection, id: &str) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM events CROSS JOIN participants USING (event_id) WHERE participant_id = ?1")?
        .exists([id])?)
}

/// Erases a participant with tickets, codes, scans and answers. Evidence of a given consent stays, and no longer points here.
pub fn erase(tx: &Transaction, event: EventId, participant: ParticipantId) -> Result<(), StoreError> {
    let (event, participant) = (event.to_string(), participant.to_string());
    for statement in [
        "DELETE FROM short_codes WHERE kind = 'ticket' AND owner_id IN
             (SELECT ticket_id FROM tickets WHERE event_id = :event_id AND participant_id = :participant_id)",
        "DELETE FROM tickets WHERE event_id = :event_id AND participant_id = :participant_id",
        "DELETE FROM scans WHERE event_id = :event_id AND participant_id = :participant_id",
        "DELETE FROM consent_answers WHERE event_id = :event_id AND participant_id = :participant_id",
        "UPDATE consent_evidence SET participant_id = NULL WHERE event_id = :event_id AND participant_id = :participant_id",
        "DELETE FROM participants WHERE event_id = :event_id AND participant_id = :participant_id",
    ] {
        tx.prepare_cached(statement)?.execute(named_params! { ":event_id": event, ":participant_id": participant })?;
    }
    Ok(())
}

/// How many participants there are, the oldest, and when the next one is due.
pub fn holdings(connection: &Connection) -> Result<Holdings, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT count(*) AS records, min(participants.added_at) AS oldest, min(erase_after) AS next_due
             FROM participants JOIN events USING (event_id)",
        )?
        .query_row([], Holdings::from_row)?)
}

/// When the next participants are due: with the first event that has any.
pub fn next_due(connection: &Connection) -> Result<Option<DateTime<Utc>>, StoreError> {
    let due: Option<i64> = connection
        .prepare_cached(
            "SELECT min(erase_after) FROM events WHERE EXISTS (SELECT 1 FROM participants WHERE participants.event_id = events.event_id)",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(due.map(instant))
}

/// How many participants are due at `at`.
pub fn count_due(connection: &Connection, at: DateTime<Utc>) -> Result<usize, StoreError> {
    Ok(connection
        .prepare_cached("SELECT count(*) FROM participants JOIN events USING (event_id) WHERE erase_after <= :at")?
        .query_row(named_params! { ":at": at.timestamp_millis() }, |row| row.get::<_, i64>(0))? as usize)
}

// ---- Imports under way

/// Begins an import: whoever it inserts is hidden until it is finished.
pub fn begin_import(tx: &Transaction, import: ImportId, event: EventId, now: DateTime<Utc>) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT INTO unfinished_imports (import_id, event_id, started_at) VALUES (:import_id, :event_id, :started_at)")?
        .execute(named_params! {
            ":import_id": import.to_string(),
            ":event_id": event.to_string(),
            ":started_at": now.timestamp_millis(),
        })?;
    Ok(())
}

/// Shows everybody an import brought.
pub fn finish_import(tx: &Transaction, import: ImportId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM unfinished_imports WHERE import_id = :import_id")?
        .execute(named_params! { ":import_id": import.to_string() })?;
    Ok(())
}

/// An import that nobody is working on any more, if there is one.
pub fn find_unfinished_import(connection: &Connection) -> Result<Option<ImportId>, StoreError> {
    let found: Option<String> = connection
        .prepare_cached("SELECT import_id FROM unfinished_imports ORDER BY import_id LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(found.and_then(|id| ImportId::parse(&id)))
}

/// Takes back at most `limit` participants of an unfinished import; how many. They had no tickets and were never seen.
pub fn erase_of_import(tx: &Transaction, import: ImportId, limit: usize) -> Result<usize, StoreError> {
    Ok(tx
        .prepare_cached(
            "DELETE FROM participants WHERE (event_id, participant_id) IN
                 (SELECT event_id, participant_id FROM participants WHERE import_id = :import_id LIMIT :limit)",
        )?
        .execute(named_params! { ":import_id": import.to_string(), ":limit": limit as i64 })?)
}

/// Keeps what stands of somebody before an import changes it. What was kept first stays.
pub fn keep_replaced(tx: &Transaction, import: ImportId, event: EventId, participant: ParticipantId) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT OR IGNORE INTO replaced_participants
             (import_id, event_id, participant_id, name, sort_name, title, company, ticket_type, status, table_name, room)
         SELECT :import_id, event_id, participant_id, name, sort_name, title, company, ticket_type, status, table_name, room
         FROM participants WHERE event_id = :event_id AND participant_id = :participant_id",
    )?
    .execute(named_params! {
        ":import_id": import.to_string(),
        ":event_id": event.to_string(),
        ":participant_id": participant.to_string(),
    })?;
    Ok(())
}

/// Puts back at most `limit` participants as they stood before an import changed them; how many.
pub fn put_back(tx: &Transaction, import: ImportId, limit: usize) -> Result<usize, StoreError> {
    let replaced: Vec<StoredParticipant> = tx
        .prepare_cached(&format!("SELECT {COLUMNS} FROM replaced_participants WHERE import_id = :import_id LIMIT :limit"))?
        .query_map(named_params! { ":import_id": import.to_string(), ":limit": limit as i64 }, from_row)?
        .collect::<Result<_, _>>()?;
    replaced.iter().try_for_each(|participant| update(tx, participant))?;
    forget_replaced(tx, import, limit)
}

/// Forgets at most `limit` of what stood before an import; how many.
pub fn forget_replaced(tx: &Transaction, import: ImportId, limit: usize) -> Result<usize, StoreError> {
    Ok(tx
        .prepare_cached(
            "DELETE FROM replaced_participants WHERE (import_id, event_id, participant_id) IN
                 (SELECT import_id, event_id, participant_id FROM replaced_participants WHERE import_id = :import_id LIMIT :limit)",
        )?
        .execute(named_params! { ":import_id": import.to_string(), ":limit": limit as i64 })?)
}

/// An import of which it is still kept what stood before it, if there is one.
pub fn find_replacing_import(connection: &Connection) -> Result<Option<ImportId>, StoreError> {
    let found: Option<String> =
        connection.prepare_cached("SELECT min(import_id) FROM replaced_participants")?.query_row([], |row| row.get(0))?;
    Ok(found.and_then(|id| ImportId::parse(&id)))
}

/// Everybody of an event of whose name and company `is_same` says so.
pub fn list_like(
    connection: &Connection,
    event: EventId,
    is_same: impl Fn(&str, Option<&str>) -> bool,
) -> Result<Vec<ParticipantId>, StoreError> {
    let mut statement = connection
        .prepare_cached(&format!("SELECT participant_id, name, company FROM participants WHERE event_id = :event_id AND {IS_SHOWN}"))?;
    let mut rows = statement.query(named_params! { ":event_id": event.to_string() })?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let company = row.get_ref("company")?.as_str_or_null().map_err(|_| StoreError::Failed { code: 0 })?;
        let name = row.get_ref("name")?.as_str().map_err(|_| StoreError::Failed { code: 0 })?;
        if is_same(name, company) {
            let id = row.get_ref("participant_id")?.as_str().map_err(|_| StoreError::Failed { code: 0 })?;
            found.extend(ParticipantId::parse(id));
        }
    }
    Ok(found)
}
