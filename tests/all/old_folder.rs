//! A new desk over an old folder: what lies there is taken or refused, and never destroyed.

use std::os::unix::fs::PermissionsExt;

use crate::given::{given, profile_with};
use crate::program::{Program, nowhere};

fn folder() -> Program {
    let program = nowhere();
    std::fs::create_dir(program.folder()).unwrap();
    program
}

fn put(program: &Program, file: &str, text: &str) {
    std::fs::write(program.folder().join(file), text).unwrap();
}

fn read(program: &Program, file: &str) -> String {
    std::fs::read_to_string(program.folder().join(file)).unwrap()
}

#[test]
fn config_and_profile_that_are_there_are_taken() {
    let program = folder();
    let profile = profile_with(&[("days = 30", "days = 7")]);
    put(&program, "config.toml", "# Ours.\ndesk = \"Door 2\"\n");
    put(&program, "profile.toml", &profile);
    program.json(&["init"]).ends(0);
    assert_eq!(read(&program, "config.toml"), "# Ours.\ndesk = \"Door 2\"\n");
    assert_eq!(read(&program, "profile.toml"), profile);
    assert!(program.json(&["retention"]).ends(0).out.contains("7 days"));
}

#[test]
fn what_does_not_parse_is_refused_by_its_name_and_left_as_it_is() {
    for file in ["config.toml", "profile.toml"] {
        for bytes in [&b"not = [toml"[..], b"\xff\xfe"] {
            let program = folder();
            std::fs::write(program.folder().join(file), bytes).unwrap();
            let ended = program.json(&["init"]);
            assert!(matches!(ended.code, Some(1 | 3)), "{}", ended.out);
            assert!(ended.out.contains(file), "{}", ended.out);
            assert_eq!(std::fs::read(program.folder().join(file)).unwrap(), bytes);
            assert!(!program.folder().join("velkommen.db").exists());
        }
    }
}

#[test]
fn a_profile_that_is_there_is_not_replaced_by_another_one() {
    let program = folder();
    let ours = profile_with(&[("days = 30", "days = 7")]);
    put(&program, "profile.toml", &ours);
    let other = program.file("other.toml", velkommen::desk::standard_profile());
    program.json(&["init", "--profile", &other]).ends(1);
    assert_eq!(read(&program, "profile.toml"), ours);
}

#[test]
fn a_log_beside_no_database_is_refused_and_kept() {
    for leftover in ["velkommen.db-wal", "velkommen.db-shm", "velkommen.db-journal"] {
        let program = folder();
        put(&program, leftover, "pages of a lost file");
        let ended = program.json(&["init"]).ends(1);
        assert_eq!(ended.line()["refused"], "left_over");
        assert_eq!(read(&program, leftover), "pages of a lost file");
        assert!(!program.folder().join("velkommen.db").exists());
        std::fs::remove_file(program.folder().join(leftover)).unwrap();
        program.json(&["init"]).ends(0);
    }
}

#[test]
fn a_folder_that_others_share_keeps_its_rights() {
    let program = folder();
    put(&program, "theirs.txt", "hello");
    std::fs::set_permissions(program.folder(), PermissionsExt::from_mode(0o775)).unwrap();
    program.json(&["init"]).ends(0);
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(program.folder()), 0o775);
    for file in ["key", "velkommen.db", "config.toml", "profile.toml", "lock"] {
        assert_eq!(mode(program.folder().join(file)), 0o600, "{file}");
    }
    assert_eq!(mode(program.folder().join("receipts")), 0o700);
}

#[test]
fn a_hot_rollback_journal_is_rolled_back_and_the_file_opens() {
    let given = given().visit("Ada");
    let folder = given.folder();
    let place = tempfile::tempdir().unwrap();
    let crate::given::Given { desk, clock, place: _kept, .. } = given;
    drop(desk);
    let raw = crate::given::raw(folder.database(), folder.key_file());
    raw.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA cache_size = 2; BEGIN IMMEDIATE; DELETE FROM short_codes; DELETE FROM visits")
        .unwrap();
    raw.execute_batch("CREATE TABLE filler (bytes); INSERT INTO filler VALUES (zeroblob(400000))").unwrap();
    // The plug is pulled in the middle of the transaction.
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::copy(&path, place.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    assert!(place.path().join("velkommen.db-journal").exists());
    let mut desk = crate::given::open(velkommen::desk::Folder::at(place.path()), clock);
    let open = velkommen::desk::list_open_visits::list_open_visits(&mut desk, &velkommen::domain::access::Actor::Operator).unwrap();
    assert_eq!(open.len(), 1);
}
