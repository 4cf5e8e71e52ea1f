//! SQL of the tickets, the keys that sign them, and their short codes.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Transaction, named_params};

use super::StoreError;
use crate::domain::check_in::Validity;
use crate::domain::code::ShortCode;
use crate::domain::ids::{EventId, ParticipantId, TicketId};
use crate::domain::ticket::TicketKey;

/// Whose a ticket is, and whether it still counts.
pub struct TicketOwner {
    pub event: EventId,
    pub participant: ParticipantId,
    pub validity: Validity,
}

/// A valid ticket as it is printed.
pub struct IssuedTicket {
    pub id: TicketId,
    pub short_code: String,
}

/// The keys that tickets were signed with, the newest last.
pub fn keys(connection: &Connection) -> Result<Vec<TicketKey>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT key_id, secret FROM ticket_keys ORDER BY made_at, key_id")?;
    let rows = statement.query_map([], |row| Ok(TicketKey::new(row.get("key_id")?, &row.get("secret")?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub fn insert_key(tx: &Transaction, id: u8, secret: &[u8; 32], made_at: DateTime<Utc>) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT INTO ticket_keys (key_id, secret, made_at) VALUES (:key_id, :secret, :made_at)")?
        .execute(named_params! { ":key_id": id, ":secret": secret, ":made_at": made_at.timestamp_millis() })?;
    Ok(())
}

/// Writes a ticket with its short code. `false` when that code is taken: then nothing is written.
pub fn insert(
    tx: &Transaction,
    ticket: TicketId,
    event: EventId,
    participant: ParticipantId,
    code: &ShortCode,
    issued_at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let inserted = tx
        .prepare_cached("INSERT OR IGNORE INTO short_codes (code, kind, owner_id) VALUES (:code, 'ticket', :owner_id)")?
        .execute(named_params! { ":code": code.as_str(), ":owner_id": ticket.to_string() })?;
    if inserted == 0 {
        return Ok(false);
    }
    tx.prepare_cached(
        "INSERT INTO tickets (ticket_id, event_id, participant_id, issued_at) VALUES (:ticket_id, :event_id, :participant_id, :issued_at)",
    )?
    .execute(named_params! {
        ":ticket_id": ticket.to_string(),
        ":event_id": event.to_string(),
        ":participant_id": participant.to_string(),
        ":issued_at": issued_at.timestamp_millis(),
    })?;
    Ok(true)
}

/// Whose a ticket is.
pub fn find_owner(connection: &Connection, ticket: TicketId) -> Result<Option<TicketOwner>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT event_id, participant_id, revoked_at FROM tickets WHERE ticket_id = :ticket_id")?
        .query_row(named_params! { ":ticket_id": ticket.to_string() }, |row| {
            let foreign = || rusqlite::Error::InvalidQuery;
            let revoked_at: Option<i64> = row.get("revoked_at")?;
            Ok(TicketOwner {
                event: EventId::parse(&row.get::<_, String>("event_id")?).ok_or_else(foreign)?,
                participant: ParticipantId::parse(&row.get::<_, String>("participant_id")?).ok_or_else(foreign)?,
                validity: if revoked_at.is_some() { Validity::Revoked } else { Validity::Valid },
            })
        })
        .optional()?)
}

/// The valid ticket of a participant.
pub fn find_of(connection: &Connection, event: EventId, participant: ParticipantId) -> Result<Option<IssuedTicket>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT ticket_id, code FROM tickets JOIN short_codes ON kind = 'ticket' AND owner_id = ticket_id
             WHERE event_id = :event_id AND participant_id = :participant_id AND revoked_at IS NULL
             ORDER BY issued_at DESC, ticket_id LIMIT 1",
        )?
        .query_row(named_params! { ":event_id": event.to_string(), ":participant_id": participant.to_string() }, |row| {
            let id = TicketId::parse(&row.get::<_, String>("ticket_id")?).ok_or(rusqlite::Error::InvalidQuery)?;
            Ok(IssuedTicket { id, short_code: row.get("code")? })
        })
        .optional()?)
}
