//! How the encrypted file is made, opened and refused.

use super::*;
use crate::files::FileFault;

fn folder() -> (tempfile::TempDir, Folder) {
    let place = tempfile::tempdir().expect("a folder");
    let folder = Folder::at(place.path().join("desk"));
    folder.make().expect("made");
    (place, folder)
}

#[test]
fn every_pragma_reads_back() {
    let (_place, folder) = folder();
    for store in [Store::create(&folder).expect("made"), Store::open(&folder).expect("opened")] {
        for (name, value) in PRAGMAS {
            let read = store.connection.pragma_query_value(None, name, |row| {
                Ok(match row.get::<_, rusqlite::types::Value>(0)? {
                    rusqlite::types::Value::Text(text) => text,
                    number => format!("{number:?}").replace("Integer(", "").replace(')', ""),
                })
            });
            let read = read.expect("reads");
            assert_eq!(&read, value, "{name}");
        }
    }
}

#[test]
fn the_file_is_encrypted() {
    let (_place, folder) = folder();
    Store::create(&folder).expect("made").truncate_wal().expect("truncates");
    let bytes = std::fs::read(folder.database()).expect("reads");
    assert!(bytes.len() > 4096 && memchr::memmem::find(&bytes, b"CREATE TABLE").is_none());
}

#[test]
fn a_file_that_cannot_be_used_is_named_and_left_as_it_is() {
    type Ruin = fn(&Folder);
    let ruin: [(StoreError, Ruin); 12] = [
        (StoreError::Damaged, |folder| std::fs::write(folder.database(), b"").expect("writes")),
        (StoreError::Damaged, |folder| truncate(folder, 10_000)),
        (StoreError::Damaged, |folder| truncate(folder, 8192)),
        (StoreError::Foreign, |folder| std::fs::write(folder.database(), b"SQLite format 3\0 and more").expect("writes")),
        (StoreError::WrongKey, |folder| std::fs::write(folder.key_file(), "0".repeat(64)).expect("writes")),
        (StoreError::WrongKey, |folder| std::fs::write(folder.database(), vec![7; 40960]).expect("writes")),
        (StoreError::BadKey, |folder| std::fs::write(folder.key_file(), "not a key").expect("writes")),
        (StoreError::NoKey(FileFault::Missing), |folder| std::fs::remove_file(folder.key_file()).expect("removes")),
        (StoreError::NoKey(FileFault::NotUtf8), |folder| std::fs::write(folder.key_file(), b"\xff\xfe").expect("writes")),
        (StoreError::NoKey(FileFault::TooLarge), |folder| std::fs::write(folder.key_file(), "0".repeat(2 << 20)).expect("writes")),
        (StoreError::NoKey(FileFault::Folder), |folder| {
            std::fs::remove_file(folder.key_file()).expect("removes");
            std::fs::create_dir(folder.key_file()).expect("makes");
        }),
        (StoreError::NoKey(FileFault::NoFile), |folder| {
            std::fs::remove_file(folder.key_file()).expect("removes");
            // Nobody ever writes into it: whoever waited for it would wait for ever.
            rustix::fs::mknodat(rustix::fs::CWD, folder.key_file(), rustix::fs::FileType::Fifo, 0o600.into(), 0).expect("makes");
        }),
    ];
    for (expected, ruin) in ruin {
        let (_place, folder) = folder();
        drop(Store::create(&folder).expect("made"));
        ruin(&folder);
        let before = std::fs::read(folder.database()).expect("reads");
        assert_eq!(Store::open(&folder).err(), Some(expected));
        assert_eq!(std::fs::read(folder.database()).expect("reads"), before, "{expected:?}");
    }
}

#[test]
fn a_file_that_cannot_be_written_opens_for_reading() {
    let (_place, folder) = folder();
    drop(Store::create(&folder).expect("made"));
    let mut permissions = std::fs::metadata(folder.database()).expect("reads").permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(folder.database(), permissions).expect("sets");
    let mut store = Store::open(&folder).expect("opened");
    assert!(store.is_read_only());
    assert_eq!(high_water::load(store.reader()), Ok(None));
    let written = store.write(|tx| high_water::move_to(tx, DateTime::UNIX_EPOCH));
    assert_eq!(written, Err(StoreError::ReadOnly));
}

fn truncate(folder: &Folder, bytes: u64) {
    std::fs::OpenOptions::new().write(true).open(folder.database()).and_then(|file| file.set_len(bytes)).expect("truncates");
}

#[test]
fn a_newer_file_is_refused_and_left_as_it_is() {
    let (_place, folder) = folder();
    let store = Store::create(&folder).expect("made");
    let newer = "INSERT INTO refinery_schema_history VALUES (9999, 'later', '2030-01-01T00:00:00Z', '1')";
    store.connection.execute(newer, []).expect("inserts");
    drop(store);
    let before = std::fs::read(folder.database()).expect("reads");
    assert_eq!(Store::open(&folder).err(), Some(StoreError::Newer { found: 9999, ours: migrations::NEWEST }));
    assert_eq!(std::fs::read(folder.database()).expect("reads"), before);
}

#[test]
fn an_existing_file_is_not_made_again() {
    let (_place, folder) = folder();
    drop(Store::create(&folder).expect("made"));
    assert_eq!(Store::create(&folder).err(), Some(StoreError::AlreadyThere));
}

#[test]
fn a_locked_file_is_busy() {
    let (_place, folder) = folder();
    let store = Store::create(&folder).expect("made");
    let mut other = Store::open(&folder).expect("opened");
    other.connection.busy_timeout(Duration::ZERO).expect("sets");
    store.connection.execute_batch("BEGIN IMMEDIATE").expect("begins");
    let outcome = other.write(|_| Ok::<(), StoreError>(()));
    assert_eq!(outcome, Err(StoreError::Busy));
}

#[test]
fn a_writer_is_waited_for_five_seconds() {
    assert_eq!([0, 4999, 5000, i32::MAX].map(wait_for_writer), [true, true, false, false]);
}

#[test]
fn what_was_written_goes_into_the_file_and_stays_in_the_log_while_somebody_reads_what_was_before() {
    let (_place, folder) = folder();
    let mut store = Store::create(&folder).expect("made");
    let other = Store::open(&folder).expect("opened");
    let write =
        |store: &mut Store| store.write(|tx| Ok::<_, StoreError>(tx.execute("UPDATE high_water SET at = at + 1", [])?)).expect("writes");
    store.connection.execute("INSERT INTO high_water (one, at) VALUES (1, 1)", []).expect("inserts");
    other.connection.execute_batch("BEGIN; SELECT * FROM high_water").expect("reads");
    write(&mut store);
    assert_eq!(store.checkpoint(), Ok(()), "a reader is no reason to fail");
    other.connection.execute_batch("COMMIT").expect("ends");
    let before = std::fs::read(folder.database()).expect("reads");
    store.checkpoint().expect("written");
    assert_ne!(std::fs::read(folder.database()).expect("reads"), before);
}

#[test]
fn a_flipped_bit_is_found() {
    let (_place, folder) = folder();
    let store = Store::create(&folder).expect("made");
    store.truncate_wal().expect("truncates");
    assert_eq!(store.is_sound(), Ok(true));
    drop(store);
    let mut bytes = std::fs::read(folder.database()).expect("reads");
    let middle = bytes.len() - 2000;
    bytes[middle] ^= 1;
    std::fs::write(folder.database(), bytes).expect("writes");
    let sound = Store::open(&folder).and_then(|store| store.is_sound());
    assert!(matches!(sound, Ok(false) | Err(StoreError::Damaged)), "{sound:?}");
}
