//! SQL of the audit: who did what when, without names.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Transaction, named_params};

use super::{Holdings, StoreError, desks, instant};
use crate::domain::access::{Actor, Verb};
use crate::domain::audit::link;
use crate::domain::ids::AuditEntryId;

/// One line to write.
#[derive(Clone)]
pub struct NewAuditEntry {
    pub happened_at: DateTime<Utc>,
    pub actor: Actor,
    pub verb: Verb,
    /// The id of the row acted on.
    pub subject: Option<String>,
    pub count: Option<usize>,
    /// A hash, a version or a word; never personal data.
    pub detail: Option<String>,
    pub erase_after: DateTime<Utc>,
}

/// Writes a line at the end of this desk's chain.
pub fn insert(tx: &Transaction, entry: &NewAuditEntry) -> Result<(), StoreError> {
    let place = desks::next_place(tx)?;
    let id = AuditEntryId::at(entry.happened_at).to_string();
    let (happened_at, erase_after) = (entry.happened_at.timestamp_millis(), entry.erase_after.timestamp_millis());
    let staff_id = entry.actor.staff_id().map(|id| id.to_string());
    let count = entry.count.map(|count| count as i64);
    let text = |text: &str| Some(text.to_owned());
    let fields = [
        text(&place.desk),
        text(&place.sequence.to_string()),
        text(&id),
        text(&happened_at.to_string()),
        text(entry.actor.word()),
        staff_id.clone(),
        text(entry.verb.word()),
        entry.subject.clone(),
        count.map(|count| count.to_string()),
        entry.detail.clone(),
        text(&erase_after.to_string()),
    ];
    let chain = link(desks::audit_chain(tx)?, &fields);
    tx.prepare_cached(
        "INSERT INTO audit_entries (entry_id, happened_at, actor, staff_id, verb, subject, count, detail, erase_after, desk_id, sequence, chain)
         VALUES (:entry_id, :happened_at, :actor, :staff_id, :verb, :subject, :count, :detail, :erase_after, :desk_id, :sequence, :chain)",
    )?
    .execute(named_params! {
        ":entry_id": id,
        ":happened_at": happened_at,
        ":actor": entry.actor.word(),
        ":staff_id": staff_id,
        ":verb": entry.verb.word(),
        ":subject": entry.subject,
        ":count": count,
        ":detail": entry.detail,
        ":erase_after": erase_after,
        ":desk_id": place.desk,
        ":sequence": place.sequence,
        ":chain": chain,
    })?;
    desks::set_audit_chain(tx, &chain)
}

/// Keeps lines that a wrong clock put after `now` no longer than from now. What they say stays, or their chain would break.
pub fn redate_future(tx: &Transaction, now: DateTime<Utc>, erase_after: DateTime<Utc>) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE audit_entries SET erase_after = :erase_after WHERE happened_at > :now AND erase_after > :erase_after",
        named_params! { ":now": now.timestamp_millis(), ":erase_after": erase_after.timestamp_millis() },
    )?;
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

/// When the next entry is due.
pub fn next_due(connection: &Connection) -> Result<Option<DateTime<Utc>>, StoreError> {
    let due: Option<i64> = connection.prepare_cached("SELECT min(erase_after) FROM audit_entries")?.query_row([], |row| row.get(0))?;
    Ok(due.map(instant))
}

/// How many entries there are, the oldest, and when the next one is due.
pub fn holdings(connection: &Connection) -> Result<Holdings, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT (SELECT count(*) FROM audit_entries) AS records, (SELECT min(happened_at) FROM audit_entries) AS oldest,
                 (SELECT min(erase_after) FROM audit_entries) AS next_due",
        )?
        .query_row([], Holdings::from_row)?)
}

/// Whether an entry is about the row with this id.
pub fn names(connection: &Connection, subject: &str) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached("SELECT 1 FROM audit_entries WHERE subject = ?1")?.exists([subject])?)
}

/// How many entries are due at `at`.
pub fn count_due(connection: &Connection, at: DateTime<Utc>) -> Result<usize, StoreError> {
    Ok(connection
        .prepare_cached("SELECT count(*) FROM audit_entries WHERE erase_after <= :at")?
        .query_row(named_params! { ":at": at.timestamp_millis() }, |row| row.get::<_, i64>(0))? as usize)
}
