//! SQL of the desks of a house: which one this is, and the count of its facts.

use rusqlite::{Connection, Transaction};

use super::StoreError;

/// Where a fact stands: its desk, and its number among the facts of that desk. Numbers grow whatever the clock says, and
/// none comes twice.
///
/// **Source** CK2.
pub struct Place {
    /// A UUID, as it stands in the tables.
    pub desk: String,
    pub sequence: i64,
}

/// The place of the next fact of this desk.
pub fn next_place(tx: &Transaction) -> Result<Place, StoreError> {
    Ok(tx
        .prepare_cached("UPDATE desks SET sequence = sequence + 1 WHERE is_own = 1 RETURNING desk_id, sequence")?
        .query_row([], |row| Ok(Place { desk: row.get("desk_id")?, sequence: row.get("sequence")? }))?)
}

/// Whether something may be dated after now: it was written under a clock that was not believed, or that went back.
pub fn is_misdated(connection: &Connection) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached("SELECT is_misdated FROM desks WHERE is_own = 1")?.query_row([], |row| row.get("is_misdated"))?)
}

pub fn set_misdated(tx: &Transaction, is_misdated: bool) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE desks SET is_misdated = ?1 WHERE is_own = 1 AND is_misdated <> ?1")?.execute([is_misdated])?;
    Ok(())
}

/// The chain of the audit so far; none before its first line.
pub fn audit_chain(connection: &Connection) -> Result<Option<[u8; 32]>, StoreError> {
    Ok(connection.prepare_cached("SELECT audit_chain FROM desks WHERE is_own = 1")?.query_row([], |row| row.get("audit_chain"))?)
}

pub fn set_audit_chain(tx: &Transaction, chain: &[u8; 32]) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE desks SET audit_chain = ?1 WHERE is_own = 1")?.execute([chain])?;
    Ok(())
}
