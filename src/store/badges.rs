//! SQL of the badges that came out: of each participant the last one.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Transaction, named_params};

use super::{StoreError, instant};
use crate::domain::consent::BadgeMark;
use crate::domain::ids::{EventId, ParticipantId};

/// What stands on a badge that came out.
#[derive(Clone, PartialEq, Eq)]
pub struct PrintedBadge {
    pub at: DateTime<Utc>,
    pub name: String,
    pub mark: BadgeMark,
}

/// It names somebody, so no log shows it.
impl std::fmt::Debug for PrintedBadge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrintedBadge(..)")
    }
}

/// Keeps this badge as the one that somebody has.
pub fn set(tx: &Transaction, event: EventId, participant: ParticipantId, badge: &PrintedBadge) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO printed_badges (event_id, participant_id, printed_at, name, mark)
         VALUES (:event_id, :participant_id, :printed_at, :name, :mark)",
    )?
    .execute(named_params! {
        ":event_id": event.to_string(),
        ":participant_id": participant.to_string(),
        ":printed_at": badge.at.timestamp_millis(),
        ":name": badge.name,
        ":mark": badge.mark.word(),
    })?;
    Ok(())
}

pub fn find(connection: &Connection, event: EventId, participant: ParticipantId) -> Result<Option<PrintedBadge>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT printed_at, name, mark FROM printed_badges WHERE event_id = :event_id AND participant_id = :participant_id",
    )?;
    let found = statement.query_row(named_params! { ":event_id": event.to_string(), ":participant_id": participant.to_string() }, |row| {
        Ok(PrintedBadge {
            at: instant(row.get("printed_at")?),
            name: row.get("name")?,
            mark: BadgeMark::parse(row.get_ref("mark")?.as_str()?).ok_or(rusqlite::Error::InvalidQuery)?,
        })
    });
    Ok(found.optional()?)
}
