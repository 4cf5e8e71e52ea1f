//! SQL of the outbox: what is still to be told to hosts and other systems. No row says whom it is about.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::{Holdings, StoreError, instant};
use crate::domain::ids::{InvitationId, MessageId, VisitId};
use crate::domain::message::Channel;

/// What a message tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Visit(VisitId),
    Invitation(InvitationId),
}

/// A message to write, to be tried at once.
pub struct NewMessage {
    pub id: MessageId,
    pub channel: Channel,
    pub subject: Subject,
    pub queued_at: DateTime<Utc>,
    pub erase_after: DateTime<Utc>,
}

/// A message whose time has come.
pub struct DueMessage {
    pub id: MessageId,
    pub subject: Subject,
    /// Tries begun before this one.
    pub attempts: u32,
    pub queued_at: DateTime<Utc>,
}

fn subject(row: &Row) -> rusqlite::Result<Subject> {
    let visit: Option<String> = row.get("visit_id")?;
    let invitation: Option<String> = row.get("invitation_id")?;
    let of_visit = visit.and_then(|id| VisitId::parse(&id)).map(Subject::Visit);
    let of_invitation = || invitation.and_then(|id| InvitationId::parse(&id)).map(Subject::Invitation);
    of_visit.or_else(of_invitation).ok_or(rusqlite::Error::InvalidQuery)
}

pub fn insert(tx: &Transaction, message: &NewMessage) -> Result<(), StoreError> {
    let (visit, invitation) = match message.subject {
        Subject::Visit(id) => (Some(id.to_string()), None),
        Subject::Invitation(id) => (None, Some(id.to_string())),
    };
    tx.prepare_cached(
        "INSERT INTO messages (message_id, channel, visit_id, invitation_id, queued_at, next_at, erase_after)
         VALUES (:message_id, :channel, :visit_id, :invitation_id, :queued_at, :queued_at, :erase_after)",
    )?
    .execute(named_params! {
        ":message_id": message.id.to_string(),
        ":channel": message.channel.word(),
        ":visit_id": visit,
        ":invitation_id": invitation,
        ":queued_at": message.queued_at.timestamp_millis(),
        ":erase_after": message.erase_after.timestamp_millis(),
    })?;
    Ok(())
}

/// The message of a channel that has waited longest past its time.
pub fn find_due(connection: &Connection, channel: Channel, now: DateTime<Utc>) -> Result<Option<DueMessage>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT message_id, visit_id, invitation_id, attempts, queued_at FROM messages
             WHERE channel = :channel AND next_at <= :now AND erase_after > :now ORDER BY next_at, queued_at, message_id LIMIT 1",
        )?
        .query_row(named_params! { ":channel": channel.word(), ":now": now.timestamp_millis() }, |row| {
            let id: String = row.get("message_id")?;
            Ok(DueMessage {
                id: MessageId::parse(&id).ok_or(rusqlite::Error::InvalidQuery)?,
                subject: subject(row)?,
                attempts: row.get("attempts")?,
                queued_at: instant(row.get("queued_at")?),
            })
        })
        .optional()?)
}

/// What a message tells of and when it is tried next, while it waits.
pub fn find(connection: &Connection, message: MessageId) -> Result<Option<(Subject, DateTime<Utc>)>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT visit_id, invitation_id, next_at FROM messages WHERE message_id = :message_id")?
        .query_row(named_params! { ":message_id": message.to_string() }, |row| Ok((subject(row)?, instant(row.get("next_at")?))))
        .optional()?)
}

/// Counts a try that begins, and says when the next one would follow.
pub fn begin_attempt(tx: &Transaction, message: MessageId, next_at: DateTime<Utc>) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE messages SET attempts = attempts + 1, next_at = :next_at WHERE message_id = :message_id")?
        .execute(named_params! { ":message_id": message.to_string(), ":next_at": next_at.timestamp_millis() })?;
    Ok(())
}

/// Dates messages that a wrong clock put after `now` back to now: they are tried at once, and lose their worth at `erase_after`
/// at the latest.
pub fn redate_future(tx: &Transaction, now: DateTime<Utc>, erase_after: DateTime<Utc>) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE messages SET queued_at = :now, next_at = :now, erase_after = min(erase_after, :erase_after) WHERE queued_at > :now",
        named_params! { ":now": now.timestamp_millis(), ":erase_after": erase_after.timestamp_millis() },
    )?;
    Ok(())
}

/// `false` when it was gone before.
pub fn erase(tx: &Transaction, message: MessageId) -> Result<bool, StoreError> {
    let erased = tx
        .prepare_cached("DELETE FROM messages WHERE message_id = :message_id")?
        .execute(named_params! { ":message_id": message.to_string() })?;
    Ok(erased == 1)
}

/// Erases what waits to be told about a visit.
pub fn erase_of_visit(tx: &Transaction, visit: VisitId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM messages WHERE visit_id = :visit_id")?.execute(named_params! { ":visit_id": visit.to_string() })?;
    Ok(())
}

/// Erases at most `limit` messages that have lost their worth at `now`, or whose visitor has left; how many it were.
pub fn erase_due(tx: &Transaction, now: DateTime<Utc>, limit: usize) -> Result<usize, StoreError> {
    Ok(tx
        .prepare_cached(
            "DELETE FROM messages WHERE message_id IN
                (SELECT message_id FROM messages LEFT JOIN visits USING (visit_id)
                 WHERE messages.erase_after <= :now OR ended_at IS NOT NULL LIMIT :limit)",
        )?
        .execute(named_params! { ":now": now.timestamp_millis(), ":limit": limit as i64 })?)
}

/// When the next message is due.
pub fn next_due(connection: &Connection) -> Result<Option<DateTime<Utc>>, StoreError> {
    let due: Option<i64> = connection.prepare_cached("SELECT min(erase_after) FROM messages")?.query_row([], |row| row.get(0))?;
    Ok(due.map(instant))
}

/// How many messages there are, the oldest, and when the next one is due.
pub fn holdings(connection: &Connection) -> Result<Holdings, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT (SELECT count(*) FROM messages) AS records, (SELECT min(queued_at) FROM messages) AS oldest,
                 (SELECT min(erase_after) FROM messages) AS next_due",
        )?
        .query_row([], Holdings::from_row)?)
}

/// How many messages are due at `at`.
pub fn count_due(connection: &Connection, at: DateTime<Utc>) -> Result<usize, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT count(*) FROM messages LEFT JOIN visits USING (visit_id) WHERE messages.erase_after <= :at OR ended_at IS NOT NULL",
        )?
        .query_row(named_params! { ":at": at.timestamp_millis() }, |row| row.get::<_, i64>(0))? as usize)
}
