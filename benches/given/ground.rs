//! A desk on a disk, and its file past the desk.

use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use velkommen::desk::clock::{SystemClock, build_date};
use velkommen::desk::open_event::{OpenEvent, OpenEventOutcome, open_event};
use velkommen::desk::{Desk, Folder, standard_profile};
use velkommen::domain::access::Actor;
use velkommen::domain::config::Config;
use velkommen::domain::event::{EntryRule, PhotoMode};
use velkommen::domain::ids::EventId;

use crate::Outcome;

/// A desk on a disk, with one event that is open now.
pub struct Ground {
    pub place: TempDir,
    pub desk: Desk,
    pub event: EventId,
}

impl Ground {
    pub fn new(folder: &Path) -> Outcome<Ground> {
        let place = tempfile::tempdir_in(folder)?;
        let folder = Folder::at(place.path().join("desk"));
        let config = Config { kiosk: false, ..Config::default() };
        let mut desk = Desk::init(folder, standard_profile(), &config, Arc::new(SystemClock), build_date())?;
        let event = an_event(&mut desk)?;
        Ok(Ground { place, desk, event })
    }

    /// The file past the desk, with key and pragmas as the store sets them.
    pub fn raw(&self) -> Outcome<Connection> {
        raw(&self.desk.folder().database(), &self.desk.folder().key_file())
    }

    /// An empty file under the same key.
    pub fn empty(&self) -> Outcome<Connection> {
        raw(&self.place.path().join("bare.db"), &self.desk.folder().key_file())
    }

    /// The same file once more, for a floor.
    pub fn copy(&self) -> Outcome<Connection> {
        self.raw()?.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        let copy = self.place.path().join("copy.db");
        std::fs::copy(self.desk.folder().database(), &copy)?;
        raw(&copy, &self.desk.folder().key_file())
    }
}

pub fn an_event(desk: &mut Desk) -> Outcome<EventId> {
    let now = desk.now()?.at;
    let today = now.with_timezone(&desk.config().zone).date_naive();
    let input = OpenEvent {
        name: "Fagdag".to_owned(),
        venue: "Hal 2".to_owned(),
        starts: format!("{today}T00:00"),
        ends: format!("{}T23:00", today + TimeDelta::days(2)),
        photos: PhotoMode::Consent,
        walk_ins: false,
        entry: EntryRule::Single,
    };
    match open_event(desk, &Actor::Operator, &input)? {
        OpenEventOutcome::Opened(event) => Ok(event),
        refused => Err(format!("{refused:?}").into()),
    }
}

fn raw(file: &Path, key: &Path) -> Outcome<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.execute_batch(&format!(
        "PRAGMA key = \"x'{}'\";
         PRAGMA journal_mode = wal; PRAGMA synchronous = 2; PRAGMA secure_delete = 1; PRAGMA temp_store = 2;
         PRAGMA foreign_keys = 1; PRAGMA trusted_schema = 0; PRAGMA busy_timeout = 5000;",
        std::fs::read_to_string(key)?.trim()
    ))?;
    Ok(connection)
}
