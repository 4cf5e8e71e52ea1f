//! The encrypted file: opened, checked, migrated, and one file of SQL per table. No rule and no message for people.

pub mod audit;
pub mod badges;
pub mod codes;
pub mod consents;
pub mod desks;
mod error;
pub mod events;
pub mod folder;
pub mod high_water;
pub mod hosts;
pub mod invitations;
pub mod messages;
mod migrations;
pub mod notices;
pub mod participants;
pub mod roll_call;
pub mod scans;
pub mod staff;
pub mod tickets;
pub mod tombstones;
pub mod visits;

use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OpenFlags, Row, Transaction, TransactionBehavior};

pub use error::StoreError;
use folder::{Folder, Key};

/// What every connection is set to, and reads back.
///
/// **Source** ER2.
const PRAGMAS: &[(&str, &str)] = &[
    ("journal_mode", "wal"),
    ("synchronous", "2"),
    ("secure_delete", "1"),
    ("temp_store", "2"),
    ("foreign_keys", "1"),
    ("trusted_schema", "0"),
    // 16 MiB: with SQLite's own 2 MB a large event is decrypted anew with each look.
    ("cache_size", "-16384"),
];
/// More than one verb uses: a check-in prepares nothing anew, whoever came before it.
const STATEMENTS_KEPT: usize = 128;
/// How long a program waits while another one writes.
const BUSY_MAX: Duration = Duration::from_secs(5);
/// How long it sleeps before it tries again. SQLite's own pauses grow to 100 ms, which misses each gap between the slices of
/// long work.
const BUSY_PAUSE: Duration = Duration::from_millis(1);
const PAGE_BYTES: u64 = 4096;

/// The open encrypted file.
pub struct Store {
    connection: Connection,
    /// Why the file was opened for reading alone, if it was.
    takes_nothing: Option<StoreError>,
}

impl Store {
    /// Makes a new encrypted file in a folder that has none, with all tables, whole or not at all.
    /// Whoever makes a file holds the folder alone.
    ///
    /// **Errors** [`StoreError::AlreadyThere`] when there is one; it is not touched.
    pub fn create(folder: &Folder) -> Result<Store, StoreError> {
        let path = folder.database();
        if path.exists() {
            return Err(StoreError::AlreadyThere);
        }
        // SQLite would take it for the new file's own, and ruin both.
        if LOGS.iter().any(|log| path.with_extension(log).exists()) {
            return Err(StoreError::LeftOver);
        }
        let next = path.with_extension("next");
        // What an earlier attempt left behind when its power or its disk ended.
        for leftover in ["next", "next-wal", "next-shm"] {
            match std::fs::remove_file(path.with_extension(leftover)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        // SQLite would let everybody read it.
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&next)?;
        let store = Store::over(connect(&next, &folder.key()?, OpenFlags::SQLITE_OPEN_READ_WRITE)?);
        store.set_pragmas()?;
        let store = store.migrated()?;
        // The log belongs to the file's old name: all of it must be in the file before the name changes.
        if !store.truncate_wal()? {
            return Err(StoreError::Busy);
        }
        drop(store);
        std::fs::rename(&next, &path)?;
        std::fs::File::open(folder.path())?.sync_all()?;
        Store::open(folder)
    }

    /// Opens the file of a folder and brings an older one up to date.
    ///
    /// A file of today's schema that takes nothing now, because it is read-only or its disk full, is opened for reading.
    ///
    /// **Errors** say what is wrong with the file, which is then unchanged.
    pub fn open(folder: &Folder) -> Result<Store, StoreError> {
        let path = folder.database();
        let is_writable = look_at(&path)?;
        let key = folder.key()?;
        let opened = if is_writable { Store::open_writable(folder, &path, &key) } else { Err(StoreError::ReadOnly) };
        let opened = match opened {
            Err(error) if error.takes_nothing() && error != StoreError::ReadOnly && folder.drop_ballast() => {
                Store::open_writable(folder, &path, &key)
            }
            opened => opened,
        };
        opened.or_else(|error| match error {
            // SQLite says of a log that it can neither make nor map that it cannot be opened.
            StoreError::Full | StoreError::ReadOnly | StoreError::Io | StoreError::NoPermission => {
                let why = if error == StoreError::NoPermission { StoreError::ReadOnly } else { error };
                Store::open_for_reading(&path, &key, why).map_err(|reading| if reading.takes_nothing() { error } else { reading })
            }
            error => Err(error),
        })
    }

    fn over(connection: Connection) -> Store {
        Store { connection, takes_nothing: None }
    }

    fn open_writable(folder: &Folder, path: &Path, key: &Key) -> Result<Store, StoreError> {
        // A look alone cannot roll back what a lost power left half done.
        let is_half_done = path.with_extension("db-journal").exists();
        let look = if is_half_done { OpenFlags::SQLITE_OPEN_READ_WRITE } else { OpenFlags::SQLITE_OPEN_READ_ONLY };
        let found = migrations::version(&connect(path, key, look)?)?;
        let ours = migrations::NEWEST;
        if found > ours {
            return Err(StoreError::Newer { found, ours });
        }
        let store = Store::over(connect(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE)?);
        if store.connection.is_readonly("main")? {
            return Err(StoreError::ReadOnly);
        }
        store.set_pragmas()?;
        if found == ours {
            return Ok(store);
        }
        let _alone = folder.lock_alone()?;
        store.migrated()
    }

    /// Nothing is written, neither into the file nor beside it.
    fn open_for_reading(path: &Path, key: &Key, why: StoreError) -> Result<Store, StoreError> {
        let connection = connect(path, key, OpenFlags::SQLITE_OPEN_READ_ONLY).or_else(|error| {
            let log = std::fs::metadata(path.with_extension("db-wal")).map_or(0, |facts| facts.len());
            match path.to_str() {
                // Without a log the file is whole by itself. With one it must not be read past it.
                Some(path) if log == 0 => {
                    let path = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
                    let uri = format!("file:{path}?immutable=1");
                    connect(Path::new(&uri), key, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI)
                }
                _ => Err(error),
            }
        })?;
        let (found, ours) = (migrations::version(&connection)?, migrations::NEWEST);
        match found.cmp(&ours) {
            std::cmp::Ordering::Greater => Err(StoreError::Newer { found, ours }),
            std::cmp::Ordering::Less => Err(why),
            std::cmp::Ordering::Equal => Ok(Store { connection, takes_nothing: Some(why) }),
        }
    }

    /// Whether the file was opened for reading alone.
    pub fn is_read_only(&self) -> bool {
        self.takes_nothing.is_some()
    }

    /// An empty store in memory, for tests of what stands above it.
    pub fn in_memory() -> Result<Store, StoreError> {
        let store = Store::over(Connection::open_in_memory()?);
        store.connection.pragma_update(None, "foreign_keys", 1)?;
        store.migrated()
    }

    fn migrated(mut self) -> Result<Store, StoreError> {
        self.write(migrations::run)?;
        Ok(self)
    }

    fn set_pragmas(&self) -> Result<(), StoreError> {
        for (name, value) in PRAGMAS {
            self.connection.pragma_update_and_check(None, name, value, |_| Ok(())).or_else(|error| match error {
                rusqlite::Error::QueryReturnedNoRows => Ok(()),
                error => Err(error),
            })?;
        }
        Ok(())
    }

    /// For reading.
    pub fn reader(&self) -> &Connection {
        &self.connection
    }

    /// The only way to a transaction: all of `act`, or nothing of it.
    pub fn write<T, E: From<StoreError>>(&mut self, act: impl FnOnce(&Transaction) -> Result<T, E>) -> Result<T, E> {
        if let Some(why) = self.takes_nothing {
            return Err(why.into());
        }
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
        let outcome = act(&transaction)?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(outcome)
    }

    /// Moves the write-ahead log into the file as far as readers let it. Other programs can write meanwhile.
    ///
    /// Between the slices of long work: no slice pays for those before it, and whoever waits to write finds the way free.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?)
    }

    /// Moves the write-ahead log into the file and empties it. `false` when a reader stood in the way.
    pub fn truncate_wal(&self) -> Result<bool, StoreError> {
        let busy = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))?;
        Ok(busy == 0)
    }

    /// How many pages the file has, free ones included.
    pub fn pages(&self) -> Result<u32, StoreError> {
        Ok(self.connection.prepare_cached("PRAGMA page_count")?.query_row([], |row| row.get(0))?)
    }

    /// Whether any of these byte strings is in one of these decrypted pages, counted from 1. Of a page in the write-ahead log
    /// its newest version is looked through.
    pub fn holds_any(&self, needles: &[Vec<u8>], pages: std::ops::Range<u32>) -> Result<bool, StoreError> {
        let mut page = self.connection.prepare_cached("SELECT data FROM sqlite_dbpage WHERE pgno = ?1")?;
        for number in pages {
            let mut rows = page.query([number])?;
            if let Some(row) = rows.next()? {
                let bytes = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
                if needles.iter().any(|needle| memchr::memmem::find(bytes, needle).is_some()) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Every decrypted page, free pages and the write-ahead log's newest versions included.
    pub fn decrypted_pages(&mut self) -> Result<Vec<u8>, StoreError> {
        Ok(self.connection.serialize("main")?.to_vec())
    }

    /// Changes whenever another program changed the file.
    pub fn data_version(&self) -> Result<i64, StoreError> {
        Ok(self.connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?)
    }

    /// Checks each page's HMAC and SQLite's own structure. `true`: sound.
    pub fn is_sound(&self) -> Result<bool, StoreError> {
        let mut statement = self.connection.prepare("PRAGMA cipher_integrity_check")?;
        let cipher_sound = statement.query([])?.next()?.is_none();
        let structure: String = self.connection.pragma_query_value(None, "integrity_check", |row| row.get(0))?;
        Ok(cipher_sound && structure == "ok")
    }
}

/// A row that is due, with what proves afterwards that it is gone.
pub struct Due<Id> {
    pub id: Id,
    pub erase_after: DateTime<Utc>,
    /// Bytes that stand in this row's cell and nowhere else: its id directly followed by a name.
    pub trace: Option<Vec<u8>>,
}

impl<Id: std::fmt::Display> Due<Id> {
    fn of(id: Id, name: &str, erase_after: DateTime<Utc>) -> Due<Id> {
        let trace = Some(format!("{id}{name}").into_bytes());
        Due { id, erase_after, trace }
    }
}

/// What there is of one class.
pub struct Holdings {
    pub records: usize,
    pub oldest: Option<DateTime<Utc>>,
    pub next_due: Option<DateTime<Utc>>,
}

impl Holdings {
    fn from_row(row: &Row) -> rusqlite::Result<Holdings> {
        Ok(Holdings {
            records: row.get::<_, i64>("records")? as usize,
            oldest: row.get::<_, Option<i64>>("oldest")?.map(instant),
            next_due: row.get::<_, Option<i64>>("next_due")?.map(instant),
        })
    }
}

/// Reads UTC milliseconds. Every instant the desk writes is in chrono's range.
fn instant(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::UNIX_EPOCH)
}

/// What SQLite keeps beside a file.
const LOGS: [&str; 3] = ["db-wal", "db-shm", "db-journal"];

/// Reads only what a stranger could see of the file, before any of SQLite's own code opens it. Whether it may be written.
fn look_at(path: &Path) -> Result<bool, StoreError> {
    use std::io::Read;
    let facts = std::fs::metadata(path)?;
    if !facts.is_file() {
        return Err(StoreError::Foreign);
    }
    let mut beginning = Vec::new();
    std::fs::File::open(path)?.take(16).read_to_end(&mut beginning)?;
    if beginning == b"SQLite format 3\0" {
        return Err(StoreError::Foreign);
    }
    // A write that a lost power cut is rolled back from its journal.
    let is_half_done = path.with_extension("db-journal").exists();
    if facts.len() == 0 || facts.len() % PAGE_BYTES != 0 && !is_half_done {
        return Err(StoreError::Damaged);
    }
    Ok(!facts.permissions().readonly())
}

/// Opens a connection and proves the key before anything else is done with it.
fn connect(path: &Path, key: &Key, flags: OpenFlags) -> Result<Connection, StoreError> {
    let mut connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // A pragma takes no parameters; the key is 64 hex digits by its type.
    connection.execute_batch(&format!("PRAGMA key = \"x'{}'\"", key.hex()))?;
    // What is wrong with a file is told by our own words, once, where it is handled.
    connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
    connection.busy_handler(Some(wait_for_writer))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    let cipher: Option<String> = connection.pragma_query_value(None, "cipher_version", |row| row.get(0)).ok();
    assert!(cipher.is_some(), "this program was linked with plain SQLite");
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    Ok(connection)
}

/// Whether to try once more after so many tries.
fn wait_for_writer(tries: i32) -> bool {
    std::thread::sleep(BUSY_PAUSE);
    BUSY_PAUSE * tries.unsigned_abs() < BUSY_MAX
}

#[cfg(test)]
mod tests;
