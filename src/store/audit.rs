//! SQL of the audit: who did what when, without names.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Transaction, named_params};

use super::{Holdings, StoreError};
use crate::domain::access::{Actor, Verb};
use crate::domain::ids::AuditEntryId;

/// One line to write.
pub struct NewAuditEntry<'a> {
    pub happened_at: DateTime<Utc>,
    pub actor: &'a Actor,
    pub verb: Verb,
    /// The id of the row acted on.
    pub subject: Option<String>,
    pub count: Option<usize>,
    /// A hash, a version or a word; never personal data.
    pub detail: Option<String>,
    pub erase_after: DateTime<Utc>,
}

pub fn insert(tx: &Transaction, entry: &NewAuditEntry) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO audit_entries (entry_id, happened_at, actor, staff_id, verb, subject, count, detail, erase_after)
         VALUES (:entry_id, :happened_at, :actor, :staff_id, :verb, :subject, :count, :detail, :erase_after)",
    )?
    .execute(named_params! {
        ":entry_id": AuditEntryId::at(entry.happened_at).to_string(),
        ":happened_at": entry.happened_at.timestamp_millis(),
        ":actor": entry.actor.word(),
        ":staff_id": entry.actor.staff_id().map(|id| id.to_string()),
        ":verb": entry.verb.word(),
        ":subject": entry.subject,
        ":count": entry.count.map(|count| count as i64),
        ":detail": entry.detail,
        ":erase_after": entry.erase_after.timestamp_millis(),
    })?;
    Ok(())
}

/// Erases at most `limit` entries due at `now`; how many it were.
pub fn erase_due(tx: &Transaction, now: DateTime<Utc>, limit: usize) -> Result<usize, StoreError> {
    Ok(tx
        .prepare_cached(
            "DELETE FROM audit_entries WHERE entry_id IN
                (SELECT entry_id FROM audit_entries WHERE erase_after <= :now ORDER BY erase_after LIMIT :limit)",
        )?
        .execute(named_params! { ":now": now.timestamp_millis(), ":limit": limit as i64 })?)
}

/// How many entries there are, the oldest, and when the next one is due.
pub fn holdings(connection: &Connection) -> Result<Holdings, StoreError> {
    Ok(connection
        .prepare_cached("SELECT count(*) AS records, min(happened_at) AS oldest, min(erase_after) AS next_due FROM audit_entries")?
        .query_row([], Holdings::from_row)?)
}

/// How many entries are due at `at`.
pub fn count_due(connection: &Connection, at: DateTime<Utc>) -> Result<usize, StoreError> {
    Ok(connection
        .prepare_cached("SELECT count(*) FROM audit_entries WHERE erase_after <= :at")?
        .query_row(named_params! { ":at": at.timestamp_millis() }, |row| row.get::<_, i64>(0))? as usize)
}
