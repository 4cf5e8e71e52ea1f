//! SQL of the invitations: visits announced before, until their visitor comes.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::{Due, Holdings, StoreError, instant};
use crate::domain::code::ShortCode;
use crate::domain::ids::{HostId, InvitationId};
use crate::domain::visit::{Company, HostName, Title, VisitorName};

/// An invitation to write.
pub struct NewInvitation<'a> {
    pub id: InvitationId,
    pub name: &'a VisitorName,
    pub company: Option<&'a Company>,
    pub title: Option<&'a Title>,
    pub host_name: &'a HostName,
    pub host_id: Option<HostId>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub invited_at: DateTime<Utc>,
    pub erase_after: DateTime<Utc>,
}

/// Somebody who is expected.
pub struct StoredInvitation {
    pub id: InvitationId,
    pub name: String,
    pub company: Option<String>,
    pub title: Option<String>,
    pub host: String,
    pub host_id: Option<HostId>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub invited_at: DateTime<Utc>,
    pub code: ShortCode,
}

fn from_row(row: &Row) -> rusqlite::Result<StoredInvitation> {
    let host_id: Option<String> = row.get("host_id")?;
    let code: String = row.get("code")?;
    Ok(StoredInvitation {
        id: id(row)?,
        name: row.get("name")?,
        company: row.get("company")?,
        title: row.get("title")?,
        host: row.get("host_name")?,
        host_id: host_id.and_then(|id| HostId::parse(&id)),
        starts_at: instant(row.get("starts_at")?),
        ends_at: instant(row.get("ends_at")?),
        invited_at: instant(row.get("invited_at")?),
        code: ShortCode::parse(&code).ok_or(rusqlite::Error::InvalidQuery)?,
    })
}

fn id(row: &Row) -> rusqlite::Result<InvitationId> {
    let id: String = row.get("invitation_id")?;
    InvitationId::parse(&id).ok_or(rusqlite::Error::InvalidQuery)
}

pub fn insert(tx: &Transaction, invitation: &NewInvitation) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO invitations
             (invitation_id, name, company, title, host_name, host_id, starts_at, ends_at, invited_at, erase_after)
         VALUES (:invitation_id, :name, :company, :title, :host_name, :host_id, :starts_at, :ends_at, :invited_at, :erase_after)",
    )?
    .execute(named_params! {
        ":invitation_id": invitation.id.to_string(),
        ":name": invitation.name.as_str(),
        ":company": invitation.company.map(Company::as_str),
        ":title": invitation.title.map(Title::as_str),
        ":host_name": invitation.host_name.as_str(),
        ":host_id": invitation.host_id.map(|id| id.to_string()),
        ":starts_at": invitation.starts_at.timestamp_millis(),
        ":ends_at": invitation.ends_at.timestamp_millis(),
        ":invited_at": invitation.invited_at.timestamp_millis(),
        ":erase_after": invitation.erase_after.timestamp_millis(),
    })?;
    Ok(())
}

/// Keeps invitations that a wrong clock dated after `now` no longer than `erase_after`.
pub fn redate_future(tx: &Transaction, now: DateTime<Utc>, erase_after: DateTime<Utc>) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE invitations SET invited_at = :now, erase_after = min(erase_after, :erase_after) WHERE invited_at > :now",
        named_params! { ":now": now.timestamp_millis(), ":erase_after": erase_after.timestamp_millis() },
    )?;
    Ok(())
}

/// An invitation, unless it is due at `now`.
pub fn find(connection: &Connection, invitation: InvitationId, now: DateTime<Utc>) -> Result<Option<StoredInvitation>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT invitations.*, code FROM invitations JOIN short_codes ON kind = 'invitation' AND owner_id = invitation_id
             WHERE invitation_id = :invitation_id AND erase_after > :now",
        )?
        .query_row(named_params! { ":invitation_id": invitation.to_string(), ":now": now.timestamp_millis() }, from_row)
        .optional()?)
}

/// Who is expected to begin their visit from `from` to before `until`, the earliest first; what is due at `now` is hidden.
pub fn list(
    connection: &Connection,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<StoredInvitation>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT invitations.*, code FROM invitations JOIN short_codes ON kind = 'invitation' AND owner_id = invitation_id
         WHERE starts_at >= :from AND starts_at < :until AND erase_after > :now ORDER BY starts_at, invitation_id",
    )?;
    let [from, until, now] = [from, until, now].map(|instant| instant.timestamp_millis());
    let rows = statement.query_map(named_params! { ":from": from, ":until": until, ":now": now }, from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// At most `limit` invitations due at `now`, the longest due first.
pub fn list_due(connection: &Connection, now: DateTime<Utc>, limit: usize) -> Result<Vec<Due<InvitationId>>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT invitation_id, name, erase_after FROM invitations WHERE erase_after <= :now
         ORDER BY erase_after, invitation_id LIMIT :limit",
    )?;
    let rows = statement.query_map(named_params! { ":now": now.timestamp_millis(), ":limit": limit as i64 }, |row| {
        Ok(Due::of(id(row)?, row.get_ref("name")?.as_str()?, instant(row.get("erase_after")?)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Erases an invitation with its code and what waits to be told about it.
pub fn erase(tx: &Transaction, invitation: InvitationId) -> Result<(), StoreError> {
    super::codes::erase_of_invitation(tx, invitation)?;
    tx.prepare_cached("DELETE FROM invitations WHERE invitation_id = :invitation_id")?
        .execute(named_params! { ":invitation_id": invitation.to_string() })?;
    Ok(())
}

/// When the next invitation is due.
pub fn next_due(connection: &Connection) -> Result<Option<DateTime<Utc>>, StoreError> {
    let due: Option<i64> = connection.prepare_cached("SELECT min(erase_after) FROM invitations")?.query_row([], |row| row.get(0))?;
    Ok(due.map(instant))
}

/// Whether there is this invitation.
pub fn exists(connection: &Connection, id: &str) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached("SELECT 1 FROM invitations WHERE invitation_id = ?1")?.exists([id])?)
}

/// How many invitations there are, the oldest, and when the next one is due.
pub fn holdings(connection: &Connection) -> Result<Holdings, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT (SELECT count(*) FROM invitations) AS records, (SELECT min(invited_at) FROM invitations) AS oldest,
                 (SELECT min(erase_after) FROM invitations) AS next_due",
        )?
        .query_row([], Holdings::from_row)?)
}

/// How many invitations are due at `at`.
pub fn count_due(connection: &Connection, at: DateTime<Utc>) -> Result<usize, StoreError> {
    Ok(connection
        .prepare_cached("SELECT count(*) FROM invitations WHERE erase_after <= :at")?
        .query_row(named_params! { ":at": at.timestamp_millis() }, |row| row.get::<_, i64>(0))? as usize)
}
