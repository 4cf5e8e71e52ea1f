//! SQL of the short codes, unique over visits, tickets and invitations.

use rusqlite::{Connection, OptionalExtension, Transaction, named_params};

use super::StoreError;
use crate::domain::code::ShortCode;
use crate::domain::ids::{InvitationId, TicketId, VisitId};

/// Whose a short code is.
pub enum CodeOwner {
    Visit(VisitId),
    Ticket(TicketId),
    Invitation(InvitationId),
}

/// Whose a short code is.
pub fn find_owner(connection: &Connection, code: &ShortCode) -> Result<Option<CodeOwner>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT kind, owner_id FROM short_codes WHERE code = :code")?
        .query_row(named_params! { ":code": code.as_str() }, |row| {
            let id: String = row.get("owner_id")?;
            let owner = match row.get_ref("kind")?.as_str()? {
                "visit" => VisitId::parse(&id).map(CodeOwner::Visit),
                "ticket" => TicketId::parse(&id).map(CodeOwner::Ticket),
                _ => InvitationId::parse(&id).map(CodeOwner::Invitation),
            };
            owner.ok_or(rusqlite::Error::InvalidQuery)
        })
        .optional()?)
}

/// Gives a visit its code. `false` when the code is taken: then nothing is written.
pub fn insert_for_visit(tx: &Transaction, code: &ShortCode, visit: VisitId) -> Result<bool, StoreError> {
    let inserted = tx
        .prepare_cached("INSERT OR IGNORE INTO short_codes (code, kind, owner_id) VALUES (:code, 'visit', :owner_id)")?
        .execute(named_params! { ":code": code.as_str(), ":owner_id": visit.to_string() })?;
    Ok(inserted == 1)
}

/// The code of a visit.
pub fn find_of_visit(connection: &Connection, visit: VisitId) -> Result<Option<ShortCode>, StoreError> {
    let code: Option<String> = connection
        .prepare_cached("SELECT code FROM short_codes WHERE kind = 'visit' AND owner_id = :owner_id")?
        .query_row(named_params! { ":owner_id": visit.to_string() }, |row| row.get("code"))
        .optional()?;
    Ok(code.as_deref().and_then(ShortCode::parse))
}

/// Erases a visit's code together with the visit.
pub fn erase_of_visit(tx: &Transaction, visit: VisitId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM short_codes WHERE kind = 'visit' AND owner_id = :owner_id")?
        .execute(named_params! { ":owner_id": visit.to_string() })?;
    Ok(())
}

/// Gives an invitation its code. `false` when the code is taken: then nothing is written.
pub fn insert_for_invitation(tx: &Transaction, code: &ShortCode, invitation: InvitationId) -> Result<bool, StoreError> {
    let inserted = tx
        .prepare_cached("INSERT OR IGNORE INTO short_codes (code, kind, owner_id) VALUES (:code, 'invitation', :owner_id)")?
        .execute(named_params! { ":code": code.as_str(), ":owner_id": invitation.to_string() })?;
    Ok(inserted == 1)
}

/// Makes the code of an invitation that of the visit it announced.
pub fn hand_over(tx: &Transaction, invitation: InvitationId, visit: VisitId) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE short_codes SET kind = 'visit', owner_id = :visit_id WHERE kind = 'invitation' AND owner_id = :invitation_id",
    )?
    .execute(named_params! { ":visit_id": visit.to_string(), ":invitation_id": invitation.to_string() })?;
    Ok(())
}

/// Erases an invitation's code together with the invitation.
pub fn erase_of_invitation(tx: &Transaction, invitation: InvitationId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM short_codes WHERE kind = 'invitation' AND owner_id = :owner_id")?
        .execute(named_params! { ":owner_id": invitation.to_string() })?;
    Ok(())
}
