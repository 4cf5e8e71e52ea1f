//! SQL of the short codes, unique over visits and tickets.

use rusqlite::{Connection, OptionalExtension, Transaction, named_params};

use super::StoreError;
use crate::domain::code::ShortCode;
use crate::domain::ids::VisitId;

/// Gives a visit its code. `false` when the code is taken: then nothing is written.
pub fn insert_for_visit(tx: &Transaction, code: &ShortCode, visit: VisitId) -> Result<bool, StoreError> {
    let inserted = tx
        .prepare_cached("INSERT OR IGNORE INTO short_codes (code, kind, owner_id) VALUES (:code, 'visit', :owner_id)")?
        .execute(named_params! { ":code": code.as_str(), ":owner_id": visit.to_string() })?;
    Ok(inserted == 1)
}

/// The visit that a code belongs to.
pub fn find_visit(connection: &Connection, code: &ShortCode) -> Result<Option<VisitId>, StoreError> {
    let owner: Option<String> = connection
        .prepare_cached("SELECT owner_id FROM short_codes WHERE code = :code AND kind = 'visit'")?
        .query_row(named_params! { ":code": code.as_str() }, |row| row.get("owner_id"))
        .optional()?;
    Ok(owner.and_then(|owner| VisitId::parse(&owner)))
}

/// Erases a visit's code together with the visit.
pub fn erase_of_visit(tx: &Transaction, visit: VisitId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM short_codes WHERE kind = 'visit' AND owner_id = :owner_id")?
        .execute(named_params! { ":owner_id": visit.to_string() })?;
    Ok(())
}
