//! SQL of the roll call that somebody has begun and nobody has ended. There is one at a time.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::{StoreError, instant};
use crate::domain::ids::{EventId, ParticipantId, StaffId, VisitId};
use crate::domain::roll_call::{PersonId, RunningRollCall, SoughtPerson};

/// The roll call that runs, if one does.
pub fn load(connection: &Connection) -> Result<Option<RunningRollCall>, StoreError> {
    let running = connection
        .prepare_cached("SELECT began_at, began_by, counted_by, erase_after FROM roll_call WHERE one = 1")?
        .query_row([], |row| {
            let staff = |column: &str| row.get::<_, Option<String>>(column).map(|id| id.and_then(|id| StaffId::parse(&id)));
            Ok(RunningRollCall {
                began_at: instant(row.get("began_at")?),
                began_by: staff("began_by")?,
                counted_by: staff("counted_by")?,
                erase_after: instant(row.get("erase_after")?),
                people: Vec::new(),
            })
        })
        .optional()?;
    let Some(running) = running else { return Ok(None) };
    let mut statement = connection.prepare_cached("SELECT visit_id, event_id, participant_id, since, found_at FROM sought_people")?;
    let people = statement.query_map([], person)?.collect::<Result<_, _>>()?;
    Ok(Some(RunningRollCall { people, ..running }))
}

fn person(row: &Row) -> rusqlite::Result<SoughtPerson> {
    let text = |column: &str| row.get::<_, Option<String>>(column);
    let visit = text("visit_id")?.and_then(|id| VisitId::parse(&id)).map(PersonId::Visit);
    let event = text("event_id")?.and_then(|id| EventId::parse(&id));
    let participant = text("participant_id")?.and_then(|id| ParticipantId::parse(&id));
    let participant = event.zip(participant).map(|(event, participant)| PersonId::Participant(event, participant));
    Ok(SoughtPerson {
        id: visit.or(participant).ok_or(rusqlite::Error::InvalidQuery)?,
        since: instant(row.get("since")?),
        found_at: row.get::<_, Option<i64>>("found_at")?.map(instant),
    })
}

/// Writes this roll call in the place of the one that runs. Whoever was erased meanwhile is left out.
pub fn replace(tx: &Transaction, running: &RunningRollCall) -> Result<(), StoreError> {
    erase(tx)?;
    tx.prepare_cached(
        "INSERT INTO roll_call (one, began_at, began_by, counted_by, erase_after)
         VALUES (1, :began_at, :began_by, :counted_by, :erase_after)",
    )?
    .execute(named_params! {
        ":began_at": running.began_at.timestamp_millis(),
        ":began_by": running.began_by.map(|id| id.to_string()),
        ":counted_by": running.counted_by.map(|id| id.to_string()),
        ":erase_after": running.erase_after.timestamp_millis(),
    })?;
    running.people.iter().try_for_each(|person| seek(tx, person))
}

/// Looks for one more.
pub fn seek(tx: &Transaction, person: &SoughtPerson) -> Result<(), StoreError> {
    let since = person.since.timestamp_millis();
    let found_at = person.found_at.map(|at| at.timestamp_millis());
    match person.id {
        PersonId::Visit(visit) => tx
            .prepare_cached(
                "INSERT INTO sought_people (person_id, visit_id, since, found_at)
                 SELECT visit_id, visit_id, :since, :found_at FROM visits WHERE visit_id = :visit_id",
            )?
            .execute(named_params! { ":visit_id": visit.to_string(), ":since": since, ":found_at": found_at })?,
        PersonId::Participant(event, participant) => tx
            .prepare_cached(
                "INSERT INTO sought_people (person_id, event_id, participant_id, since, found_at)
                 SELECT participant_id, event_id, participant_id, :since, :found_at FROM participants
                 WHERE event_id = :event_id AND participant_id = :participant_id",
            )?
            .execute(named_params! {
                ":event_id": event.to_string(),
                ":participant_id": participant.to_string(),
                ":since": since,
                ":found_at": found_at,
            })?,
    };
    Ok(())
}

/// Says when somebody was found, or that they were not.
pub fn set_found(tx: &Transaction, person: PersonId, found_at: Option<DateTime<Utc>>) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE sought_people SET found_at = :found_at WHERE person_id = :person_id")?.execute(named_params! {
        ":found_at": found_at.map(|at| at.timestamp_millis()),
        ":person_id": person.to_string(),
    })?;
    Ok(())
}

/// Says who counts.
pub fn set_counted_by(tx: &Transaction, staff: StaffId) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE roll_call SET counted_by = :counted_by WHERE one = 1")?
        .execute(named_params! { ":counted_by": staff.to_string() })?;
    Ok(())
}

/// Moves what a wrong clock dated after `now` to `now`.
pub fn redate_future(tx: &Transaction, now: DateTime<Utc>, erase_after: DateTime<Utc>) -> Result<(), StoreError> {
    let moments = named_params! { ":now": now.timestamp_millis(), ":erase_after": erase_after.timestamp_millis() };
    tx.execute("UPDATE roll_call SET began_at = :now, erase_after = :erase_after WHERE one = 1 AND began_at > :now", moments)?;
    tx.execute(
        "UPDATE sought_people SET since = min(since, :now), found_at = min(found_at, :now)",
        named_params! { ":now": now.timestamp_millis() },
    )?;
    Ok(())
}

/// Ends a roll call that nobody has ended, once it is due.
pub fn erase_due(tx: &Transaction, now: DateTime<Utc>) -> Result<(), StoreError> {
    let is_due = tx
        .prepare_cached("SELECT 1 FROM roll_call WHERE one = 1 AND erase_after <= :now")?
        .exists(named_params! { ":now": now.timestamp_millis() })?;
    if is_due { erase(tx) } else { Ok(()) }
}

/// Nothing of a roll call stays.
pub fn erase(tx: &Transaction) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM sought_people")?.execute([])?;
    tx.prepare_cached("DELETE FROM roll_call WHERE one = 1")?.execute([])?;
    Ok(())
}
