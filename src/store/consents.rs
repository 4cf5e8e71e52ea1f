//! SQL of the answers about pictures, and of the evidence that outlives them. Only the consent verbs read the evidence.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Transaction, named_params};

use super::{Due, Holdings, StoreError, desks, instant};
use crate::domain::consent::{Answer, PhotoPurpose};
use crate::domain::ids::{AnswerId, EventId, EvidenceId, ParticipantId};
use crate::domain::notice::ShownNotice;

/// One answer to write.
pub struct NewAnswer<'a> {
    pub event: EventId,
    pub participant: ParticipantId,
    pub purpose: PhotoPurpose,
    pub channel: &'a str,
    pub answer: Answer,
    pub at: DateTime<Utc>,
    pub notice: &'a ShownNotice,
    pub notice_sha256: &'a str,
}

pub fn insert(tx: &Transaction, answer: &NewAnswer) -> Result<(), StoreError> {
    let place = desks::next_place(tx)?;
    tx.prepare_cached(
        "INSERT INTO consent_answers (answer_id, event_id, participant_id, purpose, channel, answer, answered_at,
             desk_id, sequence, notice_id, notice_version, notice_language, notice_sha256)
         VALUES (:answer_id, :event_id, :participant_id, :purpose, :channel, :answer, :answered_at,
             :desk_id, :sequence, :notice_id, :notice_version, :notice_language, :notice_sha256)",
    )?
    .execute(named_params! {
        ":answer_id": AnswerId::random().to_string(),
        ":desk_id": place.desk,
        ":sequence": place.sequence,
        ":event_id": answer.event.to_string(),
        ":participant_id": answer.participant.to_string(),
        ":purpose": answer.purpose.word(),
        ":channel": answer.channel,
        ":answer": answer.answer.word(),
        ":answered_at": answer.at.timestamp_millis(),
        ":notice_id": answer.notice.situation.word(),
        ":notice_version": answer.notice.version,
        ":notice_language": answer.notice.language.code(),
        ":notice_sha256": answer.notice_sha256,
    })?;
    Ok(())
}

/// Somebody's present answer for each purpose and channel they answered.
pub fn present(
    connection: &Connection,
    event: EventId,
    participant: ParticipantId,
) -> Result<HashMap<(PhotoPurpose, String), Answer>, StoreError> {
    // What was said last wins, not what a clock that was since set back calls last.
    let mut statement = connection.prepare_cached(
        "SELECT purpose, channel, answer FROM consent_answers
         WHERE event_id = :event_id AND participant_id = :participant_id ORDER BY sequence",
    )?;
    let rows =
        statement.query_map(named_params! { ":event_id": event.to_string(), ":participant_id": participant.to_string() }, |row| {
            let foreign = || rusqlite::Error::InvalidQuery;
            let purpose = PhotoPurpose::parse(row.get_ref("purpose")?.as_str()?).ok_or_else(foreign)?;
            let answer = Answer::parse(row.get_ref("answer")?.as_str()?).ok_or_else(foreign)?;
            Ok(((purpose, row.get("channel")?), answer))
        })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Everybody's present answers at an event.
pub type Answers = HashMap<ParticipantId, HashMap<(PhotoPurpose, String), Answer>>;

pub fn list_present(connection: &Connection, event: EventId) -> Result<Answers, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT participant_id, purpose, channel, answer FROM consent_answers WHERE event_id = :event_id ORDER BY participant_id, sequence",
    )?;
    let mut rows = statement.query(named_params! { ":event_id": event.to_string() })?;
    let mut answers = Answers::new();
    while let Some(row) = rows.next()? {
        let foreign = || rusqlite::Error::InvalidQuery;
        let word = |column: &str| row.get::<_, String>(column);
        let participant = ParticipantId::parse(&word("participant_id")?).ok_or_else(foreign)?;
        let purpose = PhotoPurpose::parse(&word("purpose")?).ok_or_else(foreign)?;
        let answer = Answer::parse(&word("answer")?).ok_or_else(foreign)?;
        answers.entry(participant).or_default().insert((purpose, word("channel")?), answer);
    }
    Ok(answers)
}

/// The evidence about a participant, made where there is none yet.
pub fn evidence_of(
    tx: &Transaction,
    event: EventId,
    participant: ParticipantId,
    name: &str,
    event_name: &str,
    erase_after: DateTime<Utc>,
) -> Result<EvidenceId, StoreError> {
    if let Some(evidence) = find_evidence(tx, event, participant)? {
        return Ok(evidence);
    }
    let evidence = EvidenceId::random();
    tx.prepare_cached(
        "INSERT INTO consent_evidence (evidence_id, name, event_name, event_id, participant_id, erase_after)
         VALUES (:evidence_id, :name, :event_name, :event_id, :participant_id, :erase_after)",
    )?
    .execute(named_params! {
        ":evidence_id": evidence.to_string(),
        ":name": name,
        ":event_name": event_name,
        ":event_id": event.to_string(),
        ":participant_id": participant.to_string(),
        ":erase_after": erase_after.timestamp_millis(),
    })?;
    Ok(evidence)
}

pub fn find_evidence(connection: &Connection, event: EventId, participant: ParticipantId) -> Result<Option<EvidenceId>, StoreError> {
    let found: Option<String> = connection
        .prepare_cached("SELECT evidence_id FROM consent_evidence WHERE event_id = :event_id AND participant_id = :participant_id")?
        .query_row(named_params! { ":event_id": event.to_string(), ":participant_id": participant.to_string() }, |row| row.get(0))
        .optional()?;
    Ok(found.and_then(|id| EvidenceId::parse(&id)))
}

/// Adds a consent given or withdrawn to the evidence.
pub fn insert_act(tx: &Transaction, evidence: EvidenceId, answer: &NewAnswer) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO consent_acts (evidence_id, purpose, channel, answer, answered_at,
             notice_id, notice_version, notice_language, notice_sha256)
         VALUES (:evidence_id, :purpose, :channel, :answer, :answered_at, :notice_id, :notice_version, :notice_language, :notice_sha256)",
    )?
    .execute(named_params! {
        ":evidence_id": evidence.to_string(),
        ":purpose": answer.purpose.word(),
        ":channel": answer.channel,
        ":answer": answer.answer.word(),
        ":answered_at": answer.at.timestamp_millis(),
        ":notice_id": answer.notice.situation.word(),
        ":notice_version": answer.notice.version,
        ":notice_language": answer.notice.language.code(),
        ":notice_sha256": answer.notice_sha256,
    })?;
    Ok(())
}

/// Dates answers and acts that a wrong clock put after `now` back to now. When they go hangs on the event.
pub fn redate_future(tx: &Transaction, now: DateTime<Utc>) -> Result<(), StoreError> {
    for statement in [
        "UPDATE consent_answers SET answered_at = :now WHERE answered_at > :now",
        "UPDATE consent_acts SET answered_at = :now WHERE answered_at > :now",
    ] {
        tx.execute(statement, named_params! { ":now": now.timestamp_millis() })?;
    }
    Ok(())
}

/// At most `limit` pieces of evidence due at `now`.
pub fn list_due(connection: &Connection, now: DateTime<Utc>, limit: usize) -> Result<Vec<Due<EvidenceId>>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT evidence_id, name, erase_after FROM consent_evidence WHERE erase_after <= :now ORDER BY erase_after, evidence_id LIMIT :limit",
    )?;
    let rows = statement.query_map(named_params! { ":now": now.timestamp_millis(), ":limit": limit as i64 }, |row| {
        let id: String = row.get("evidence_id")?;
        let id = EvidenceId::parse(&id).ok_or(rusqlite::Error::InvalidQuery)?;
        Ok(Due::of(id, row.get_ref("name")?.as_str()?, instant(row.get("erase_after")?)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub fn erase_evidence(tx: &Transaction, evidence: EvidenceId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM consent_evidence WHERE evidence_id = :evidence_id")?
        .execute(named_params! { ":evidence_id": evidence.to_string() })?;
    Ok(())
}

/// How many pieces of evidence there are, the oldest, and when the next one is due.
pub fn holdings(connection: &Connection) -> Result<Holdings, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT (SELECT count(*) FROM consent_evidence) AS records, (SELECT min(answered_at) FROM consent_acts) AS oldest,
                 (SELECT min(erase_after) FROM consent_evidence) AS next_due",
        )?
        .query_row([], Holdings::from_row)?)
}

/// When the next piece of evidence is due.
pub fn next_due(connection: &Connection) -> Result<Option<DateTime<Utc>>, StoreError> {
    let due: Option<i64> = connection.prepare_cached("SELECT min(erase_after) FROM consent_evidence")?.query_row([], |row| row.get(0))?;
    Ok(due.map(instant))
}

/// Whether there is this piece of evidence.
pub fn exists(connection: &Connection, id: &str) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached("SELECT 1 FROM consent_evidence WHERE evidence_id = ?1")?.exists([id])?)
}

/// How many pieces of evidence are due at `at`.
pub fn count_due(connection: &Connection, at: DateTime<Utc>) -> Result<usize, StoreError> {
    Ok(connection
        .prepare_cached("SELECT count(*) FROM consent_evidence WHERE erase_after <= :at")?
        .query_row(named_params! { ":at": at.timestamp_millis() }, |row| row.get::<_, i64>(0))? as usize)
}
