//! SQL of the one row that keeps the last believed time.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, OptionalExtension, Transaction, named_params};

use super::{StoreError, instant};
use crate::domain::clock::HighWater;

pub fn load(connection: &Connection) -> Result<Option<HighWater>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT at, overruled_build FROM high_water")?
        .query_row([], |row| {
            let overruled: Option<String> = row.get("overruled_build")?;
            Ok(HighWater { at: instant(row.get("at")?), overruled_build: overruled.and_then(|day| day.parse().ok()) })
        })
        .optional()?)
}

/// Moves the mark and leaves an overruled build date as it is.
pub fn move_to(tx: &Transaction, at: DateTime<Utc>) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT INTO high_water (one, at) VALUES (1, :at) ON CONFLICT (one) DO UPDATE SET at = excluded.at")?
        .execute(named_params! { ":at": at.timestamp_millis() })?;
    Ok(())
}

/// Sets the mark to what two staff confirmed, on a program built on `build`.
pub fn confirm(tx: &Transaction, at: DateTime<Utc>, build: NaiveDate) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO high_water (one, at, overruled_build) VALUES (1, :at, :build)
         ON CONFLICT (one) DO UPDATE SET at = excluded.at, overruled_build = excluded.overruled_build",
        named_params! { ":at": at.timestamp_millis(), ":build": build.to_string() },
    )?;
    Ok(())
}
