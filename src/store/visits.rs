//! SQL of the visits.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::{Due, Holdings, StoreError, instant};
use crate::domain::ids::{HostId, VisitId};
use crate::domain::notice::ShownNotice;
use crate::domain::profile::{LegalBasis, Purpose};
use crate::domain::visit::{Company, HostName, Note, Title, VisitEnd, VisitorName};

/// A visit to write.
pub struct NewVisit<'a> {
    pub id: VisitId,
    pub name: &'a VisitorName,
    pub company: Option<&'a Company>,
    pub title: Option<&'a Title>,
    pub host_name: Option<&'a HostName>,
    pub host_id: Option<HostId>,
    pub note: Option<&'a Note>,
    pub purpose: Purpose,
    pub legal_basis: LegalBasis,
    pub signed_in_at: DateTime<Utc>,
    pub presumed_left_at: DateTime<Utc>,
    pub notice: &'a ShownNotice,
    pub notice_sha256: &'a str,
    pub erase_after: DateTime<Utc>,
}

/// Somebody who is in the house.
pub struct OpenVisit {
    pub id: VisitId,
    pub name: String,
    pub company: Option<String>,
    pub title: Option<String>,
    pub host: Option<String>,
    pub signed_in_at: DateTime<Utc>,
}

/// Who a visitor is, for a roll call.
pub struct VisitingPerson {
    pub name: String,
    pub company: Option<String>,
    pub host: Option<String>,
    pub note: Option<String>,
}

/// Where a visit stands; nothing of who it is.
pub struct VisitState {
    pub signed_in_at: DateTime<Utc>,
    pub presumed_left_at: DateTime<Utc>,
    pub ended: Option<(DateTime<Utc>, VisitEnd)>,
    pub erase_after: DateTime<Utc>,
}

/// What a host or another system can be told of a visit.
pub struct Arrived {
    pub name: String,
    pub company: Option<String>,
    pub host: Option<String>,
    /// The host's e-mail, where the directory has one.
    pub email: Option<String>,
    pub signed_in_at: DateTime<Utc>,
}

fn id(row: &Row) -> rusqlite::Result<VisitId> {
    let id: String = row.get("visit_id")?;
    VisitId::parse(&id).ok_or(rusqlite::Error::InvalidQuery)
}

pub fn insert(tx: &Transaction, visit: &NewVisit) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO visits (visit_id, name, company, title, host_name, host_id, note, purpose, legal_basis,
             signed_in_at, presumed_left_at, notice_id, notice_version, notice_language, notice_sha256, erase_after)
         VALUES (:visit_id, :name, :company, :title, :host_name, :host_id, :note, :purpose, :legal_basis,
             :signed_in_at, :presumed_left_at, :notice_id, :notice_version, :notice_language, :notice_sha256, :erase_after)",
    )?
    .execute(named_params! {
        ":visit_id": visit.id.to_string(),
        ":name": visit.name.as_str(),
        ":company": visit.company.map(Company::as_str),
        ":title": visit.title.map(Title::as_str),
        ":host_name": visit.host_name.map(HostName::as_str),
        ":host_id": visit.host_id.map(|id| id.to_string()),
        ":note": visit.note.map(Note::as_str),
        ":purpose": visit.purpose.word(),
        ":legal_basis": visit.legal_basis.word(),
        ":signed_in_at": visit.signed_in_at.timestamp_millis(),
        ":presumed_left_at": visit.presumed_left_at.timestamp_millis(),
        ":notice_id": visit.notice.situation.word(),
        ":notice_version": visit.notice.version,
        ":notice_language": visit.notice.language.code(),
        ":notice_sha256": visit.notice_sha256,
        ":erase_after": visit.erase_after.timestamp_millis(),
    })?;
    Ok(())
}

/// Everybody in the house at `now`, latest arrival first: visits past their closing time count as left, and what is due is
/// hidden. Without a time that is believed, everybody who has not signed out.
pub fn list_open(connection: &Connection, now: Option<DateTime<Utc>>) -> Result<Vec<OpenVisit>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT visit_id, name, company, title, host_name, signed_in_at FROM visits
         WHERE ended_at IS NULL AND presumed_left_at > :now AND erase_after > :now
         ORDER BY signed_in_at DESC, visit_id",
    )?;
    let now = now.map_or(i64::MIN, |instant| instant.timestamp_millis());
    let rows = statement.query_map(named_params! { ":now": now }, |row| {
        Ok(OpenVisit {
            id: id(row)?,
            name: row.get("name")?,
            company: row.get("company")?,
            title: row.get("title")?,
            host: row.get("host_name")?,
            signed_in_at: instant(row.get("signed_in_at")?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Who visits, open or not.
pub fn find_person(connection: &Connection, visit: VisitId) -> Result<Option<VisitingPerson>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT name, company, host_name, note FROM visits WHERE visit_id = :visit_id")?
        .query_row(named_params! { ":visit_id": visit.to_string() }, |row| {
            Ok(VisitingPerson { name: row.get("name")?, company: row.get("company")?, host: row.get("host_name")?, note: row.get("note")? })
        })
        .optional()?)
}

/// Where a visit stands, unless it is due at `now`.
pub fn find_state(connection: &Connection, visit: VisitId, now: DateTime<Utc>) -> Result<Option<VisitState>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT signed_in_at, presumed_left_at, ended_at, end_kind, erase_after FROM visits
             WHERE visit_id = :visit_id AND erase_after > :now",
        )?
        .query_row(named_params! { ":visit_id": visit.to_string(), ":now": now.timestamp_millis() }, |row| {
            let ended_at: Option<i64> = row.get("ended_at")?;
            let kind: Option<String> = row.get("end_kind")?;
            Ok(VisitState {
                signed_in_at: instant(row.get("signed_in_at")?),
                presumed_left_at: instant(row.get("presumed_left_at")?),
                ended: ended_at.map(instant).zip(kind.as_deref().and_then(VisitEnd::parse)),
                erase_after: instant(row.get("erase_after")?),
            })
        })
        .optional()?)
}

/// Who has come and whom to tell, unless they have left or the visit is due at `now`.
pub fn find_arrived(connection: &Connection, visit: VisitId, now: DateTime<Utc>) -> Result<Option<Arrived>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT visits.name, company, host_name, email, signed_in_at FROM visits LEFT JOIN hosts USING (host_id)
             WHERE visit_id = :visit_id AND ended_at IS NULL AND erase_after > :now",
        )?
        .query_row(named_params! { ":visit_id": visit.to_string(), ":now": now.timestamp_millis() }, |row| {
            Ok(Arrived {
                name: row.get("name")?,
                company: row.get("company")?,
                host: row.get("host_name")?,
                email: row.get("email")?,
                signed_in_at: instant(row.get("signed_in_at")?),
            })
        })
        .optional()?)
}

/// Ends an open visit. `false` when it had ended already: then nothing is written.
pub fn end(tx: &Transaction, visit: VisitId, at: DateTime<Utc>, kind: VisitEnd, erase_after: DateTime<Utc>) -> Result<bool, StoreError> {
    let ended = tx
        .prepare_cached(
            "UPDATE visits SET ended_at = :ended_at, end_kind = :end_kind, erase_after = :erase_after
             WHERE visit_id = :visit_id AND ended_at IS NULL",
        )?
        .execute(named_params! {
            ":visit_id": visit.to_string(),
            ":ended_at": at.timestamp_millis(),
            ":end_kind": kind.word(),
            ":erase_after": erase_after.timestamp_millis(),
        })?;
    Ok(ended == 1)
}

/// Closes at most `limit` visits whose closing time has passed; how many it were.
pub fn close_past(tx: &Transaction, now: DateTime<Utc>, limit: usize) -> Result<usize, StoreError> {
    Ok(tx
        .prepare_cached(
            "UPDATE visits SET ended_at = presumed_left_at, end_kind = 'presumed_left' WHERE visit_id IN
                (SELECT visit_id FROM visits WHERE ended_at IS NULL AND presumed_left_at <= :now LIMIT :limit)",
        )?
        .execute(named_params! { ":now": now.timestamp_millis(), ":limit": limit as i64 })?)
}

/// Moves visits that a wrong clock dated after `now` to `now`, so that their periods begin when they did; how many it were.
pub fn redate_future(
    tx: &Transaction,
    now: DateTime<Utc>,
    presumed_left_at: DateTime<Utc>,
    open_until: DateTime<Utc>,
    ended_until: DateTime<Utc>,
) -> Result<usize, StoreError> {
    Ok(tx
        .prepare_cached(
            "UPDATE visits SET signed_in_at = :now, presumed_left_at = :presumed_left_at,
                 erase_after = CASE WHEN ended_at IS NULL THEN :open_until ELSE :ended_until END,
                 ended_at = CASE WHEN ended_at IS NULL THEN NULL ELSE :now END
             WHERE signed_in_at > :now",
        )?
        .execute(named_params! {
            ":now": now.timestamp_millis(),
            ":presumed_left_at": presumed_left_at.timestamp_millis(),
            ":open_until": open_until.timestamp_millis(),
            ":ended_until": ended_until.timestamp_millis(),
        })?)
}

/// When the next open visit is closed.
pub fn next_closing(connection: &Connection) -> Result<Option<DateTime<Utc>>, StoreError> {
    let next: Option<i64> =
        connection.prepare_cached("SELECT min(presumed_left_at) FROM visits WHERE ended_at IS NULL")?.query_row([], |row| row.get(0))?;
    Ok(next.map(instant))
}

/// At most `limit` visits due at `now`, the longest due first.
pub fn list_due(connection: &Connection, now: DateTime<Utc>, limit: usize) -> Result<Vec<Due<VisitId>>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT visit_id, name, erase_after FROM visits WHERE erase_after <= :now ORDER BY erase_after, visit_id LIMIT :limit",
    )?;
    let rows = statement.query_map(named_params! { ":now": now.timestamp_millis(), ":limit": limit as i64 }, |row| {
        Ok(Due::of(id(row)?, row.get_ref("name")?.as_str()?, instant(row.get("erase_after")?)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub fn erase(tx: &Transaction, visit: VisitId) -> Result<(), StoreError> {
    super::codes::erase_of_visit(tx, visit)?;
    tx.prepare_cached("DELETE FROM visits WHERE visit_id = :visit_id")?.execute(named_params! { ":visit_id": visit.to_string() })?;
    Ok(())
}

/// When the next visit is due.
pub fn next_due(connection: &Connection) -> Result<Option<DateTime<Utc>>, StoreError> {
    let due: Option<i64> = connection.prepare_cached("SELECT min(erase_after) FROM visits")?.query_row([], |row| row.get(0))?;
    Ok(due.map(instant))
}

/// Whether there is this visit.
pub fn exists(connection: &Connection, id: &str) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached("SELECT 1 FROM visits WHERE visit_id = ?1")?.exists([id])?)
}

/// How many visits there are, the oldest, and when the next one is due.
pub fn holdings(connection: &Connection) -> Result<Holdings, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT (SELECT count(*) FROM visits) AS records, (SELECT min(signed_in_at) FROM visits) AS oldest,
                 (SELECT min(erase_after) FROM visits) AS next_due",
        )?
        .query_row([], Holdings::from_row)?)
}

/// How many visits are due at `at`.
pub fn count_due(connection: &Connection, at: DateTime<Utc>) -> Result<usize, StoreError> {
    Ok(connection
        .prepare_cached("SELECT count(*) FROM visits WHERE erase_after <= :at")?
        .query_row(named_params! { ":at": at.timestamp_millis() }, |row| row.get::<_, i64>(0))? as usize)
}
