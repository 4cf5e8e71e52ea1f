//! The migrations of the file: what brings an older one up to date, in order, all in one transaction.

use rusqlite::{Connection, Transaction};

use super::error::StoreError;

struct Migration {
    version: u32,
    name: &'static str,
    sql: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "desk", sql: include_str!("../../migrations/V1__desk.sql") },
    Migration { version: 2, name: "visits", sql: include_str!("../../migrations/V2__visits.sql") },
    Migration { version: 3, name: "events", sql: include_str!("../../migrations/V3__events.sql") },
    Migration { version: 4, name: "messages", sql: include_str!("../../migrations/V4__messages.sql") },
    Migration { version: 5, name: "many_desks", sql: include_str!("../../migrations/V5__many_desks.sql") },
    Migration { version: 6, name: "roll_call", sql: include_str!("../../migrations/V6__roll_call.sql") },
];

/// The schema of this program.
pub const NEWEST: u32 = MIGRATIONS[MIGRATIONS.len() - 1].version;

/// The newest migration in a file; 0 for a file without any.
pub fn version(connection: &Connection) -> Result<u32, StoreError> {
    let has_history = connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'refinery_schema_history'")?.exists([])?;
    if !has_history {
        return Ok(0);
    }
    let newest = "SELECT coalesce(max(version), 0) FROM refinery_schema_history";
    Ok(connection.query_row(newest, [], |row| row.get(0))?)
}

/// Runs whatever a file lacks. What ran is written into the table that the first versions' tool made and named.
pub fn run(tx: &Transaction) -> Result<(), StoreError> {
    tx.execute_batch(
        "CREATE TABLE IF NOT EXISTS refinery_schema_history(
            version int4 PRIMARY KEY,
            name VARCHAR(255),
            applied_on VARCHAR(255),
            checksum VARCHAR(255))",
    )?;
    let present = version(tx)?;
    for Migration { version, name, sql } in MIGRATIONS.iter().filter(|migration| migration.version > present) {
        tx.execute_batch(sql)?;
        let ran = "INSERT INTO refinery_schema_history VALUES (?1, ?2, '', '')";
        tx.execute(ran, (version, name))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_migrations_runs_in_its_order() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let mut files: Vec<_> = std::fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").file_name()).collect();
        files.sort();
        let run: Vec<_> = MIGRATIONS.iter().map(|migration| format!("V{}__{}.sql", migration.version, migration.name)).collect();
        assert_eq!(files.iter().map(|file| file.to_string_lossy().into_owned()).collect::<Vec<_>>(), run);
        assert!(MIGRATIONS.iter().zip(1..).all(|(migration, version)| migration.version == version));
    }

    #[test]
    fn a_migration_that_fails_leaves_the_file_as_it_was() {
        let mut connection = Connection::open_in_memory().expect("opened");
        // Stands in the way of the third.
        connection.execute_batch("CREATE TABLE participants(id)").expect("made");
        let tx = connection.transaction().expect("begun");
        assert!(run(&tx).is_err());
        drop(tx);
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).expect("counted");
        assert_eq!((tables, version(&connection)), (1, Ok(0)));
    }
}
