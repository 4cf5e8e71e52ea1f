//! A file of each past schema, kept with its rows, is brought up to date and loses nothing.

use std::sync::Arc;

use rusqlite::Connection;
use rusqlite::types::Value;

use velkommen::app::open_alone;
use velkommen::desk::clock::SimulatedClock;
use velkommen::desk::erase_due::erase_due;
use velkommen::desk::list_open_visits::list_open_visits;
use velkommen::desk::sign_out::{SignOut, SignOutOutcome, sign_out};
use velkommen::desk::unlock::{Unlock, UnlockOutcome, unlock};
use velkommen::desk::{Desk, Folder, OpenError, StoreError, standard_profile};
use velkommen::domain::access::Actor;
use velkommen::domain::check_in::Verdict;

use crate::given::{Given, STAFF_NAME, STAFF_PIN, build, given, local, raw};

/// The files: their schema, how they were written, and the tables with rows in them.
const PAST: [(u32, &str, &[&str]); 3] = [
    (1, include_str!("../fixtures/schema/v1.sql"), &["high_water", "staff", "staff_roles", "kiosk_tries", "audit_entries"]),
    (
        2,
        include_str!("../fixtures/schema/v2.sql"),
        &["high_water", "staff", "staff_roles", "kiosk_tries", "audit_entries", "notices", "hosts", "visits", "short_codes"],
    ),
    (
        3,
        include_str!("../fixtures/schema/v3.sql"),
        &[
            "high_water",
            "staff",
            "staff_roles",
            "kiosk_tries",
            "audit_entries",
            "notices",
            "hosts",
            "visits",
            "short_codes",
            "ticket_keys",
            "events",
            "check_in_lists",
            "unfinished_imports",
            "participants",
            "tickets",
            "scans",
            "undone_scans",
            "photo_answers",
            "consent_evidence",
            "consent_acts",
        ],
    ),
];

/// A folder with a file of a past schema, on the day it was written.
fn folder_with(sql: &str) -> (tempfile::TempDir, Folder, Arc<SimulatedClock>) {
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::at(place.path().join("desk"));
    drop(folder.make().unwrap());
    std::fs::write(folder.profile_file(), standard_profile()).unwrap();
    std::fs::write(folder.database(), b"").unwrap();
    raw(folder.database(), folder.key_file()).execute_batch(&format!("BEGIN; {sql}; COMMIT")).unwrap();
    (place, folder, Arc::new(SimulatedClock::at(local("2026-03-02T12:00"))))
}

fn connection(folder: &Folder) -> Connection {
    raw(folder.database(), folder.key_file())
}

/// Every row of a table, in the order of its first columns.
fn rows(connection: &Connection, table: &str) -> Vec<Vec<Value>> {
    let mut statement = connection.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2")).unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| (0..columns).map(|column| row.get(column)).collect()).unwrap();
    rows.map(Result::unwrap).collect()
}

/// Everything that is declared in a file.
fn declared(connection: &Connection) -> Vec<String> {
    let mut statement =
        connection.prepare("SELECT type || ' ' || name || ' ' || coalesce(sql, '-') FROM sqlite_schema ORDER BY 1").unwrap();
    let declared = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    declared.map(|text| text.unwrap().split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn every_schema_before_the_present_one_is_kept() {
    let given = given();
    let newest = given.count("SELECT max(version) FROM refinery_schema_history") as u32;
    assert_eq!(PAST.map(|(schema, ..)| schema).to_vec(), (1..newest).collect::<Vec<_>>());
    for (schema, sql, tables) in PAST {
        let (_place, folder, _) = folder_with(sql);
        let past = connection(&folder);
        assert_eq!(rows(&past, "refinery_schema_history").len() as u32, schema);
        assert!(tables.iter().all(|table| !rows(&past, table).is_empty()), "each table has rows to lose");
    }
}

#[test]
fn a_past_file_is_brought_up_to_date_and_loses_nothing() {
    let fresh = given();
    let declared_now = declared(&fresh.raw());
    for (schema, sql, tables) in PAST {
        let (_place, folder, clock) = folder_with(sql);
        let before: Vec<_> = tables.iter().map(|table| rows(&connection(&folder), table)).collect();
        for _ in 0..2 {
            let mut desk = Desk::open(folder.clone(), clock.clone(), build()).unwrap();
            assert_eq!(desk.now().unwrap().doubt, None);
            let after: Vec<_> = tables.iter().map(|table| rows(&connection(&folder), table)).collect();
            assert!(after == before, "schema {schema}");
            assert!(desk.is_sound().unwrap());
            let wrong = connection(&folder).prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap();
            assert!(!wrong, "schema {schema}");
        }
        assert_eq!(declared(&connection(&folder)), declared_now, "schema {schema} becomes what a new file is");
        let unlocked = unlock(
            &mut Desk::open(folder, clock, build()).unwrap(),
            &Actor::Public,
            &Unlock { name: STAFF_NAME.to_owned(), secret: STAFF_PIN.to_owned() },
        );
        assert!(matches!(unlocked.unwrap(), UnlockOutcome::Unlocked { .. }), "schema {schema}");
    }
}

#[test]
fn the_visits_of_a_past_file_go_on_and_an_event_is_held() {
    let (place, folder, clock) = folder_with(PAST[1].1);
    let desk = Desk::open(folder, clock.clone(), build()).unwrap();
    let first_staff = velkommen::domain::ids::StaffId::random();
    let mut given = Given { desk, clock, place, first_staff, visits: Vec::new(), events: Vec::new(), participants: Vec::new() };
    let open: Vec<_> = list_open_visits(&mut given.desk, &Actor::Operator).unwrap().into_iter().map(|visit| visit.name).collect();
    assert_eq!(open.len(), 2);
    let code = given.texts("SELECT code FROM short_codes JOIN visits ON owner_id = visit_id WHERE name = 'Åse Ågård'").remove(0);
    let left = sign_out(&mut given.desk, &Actor::Public, &SignOut::ByCode(code)).unwrap();
    assert!(matches!(left, SignOutOutcome::SignedOut { .. }), "{left:?}");
    let given = given.event("Open day").participant("Ada").checked_in_at("2026-03-02T12:30");
    let mut given = given.at("2026-04-01T00:00");
    let ticket = given.ticket();
    assert_eq!(given.scan(&ticket).verdict, Verdict::TooLate);
    erase_due(&mut given.desk, &Actor::Clock).unwrap();
    assert_eq!((given.count("SELECT count(*) FROM visits"), given.count("SELECT count(*) FROM participants")), (0, 1));
}

#[test]
fn a_past_file_is_left_as_it_is_while_somebody_has_the_folder() {
    for (schema, sql, _) in PAST {
        let (_place, folder, clock) = folder_with(sql);
        let declared_before = declared(&connection(&folder));
        let alone = folder.lock_alone().unwrap();
        let opened = Desk::open(folder.clone(), clock.clone(), build());
        assert!(matches!(opened, Err(OpenError::Store(StoreError::KioskRunning))), "schema {schema}");
        assert_eq!(declared(&connection(&folder)), declared_before);
        drop(alone);
        assert!(Desk::open(folder, clock, build()).is_ok());
    }
}

#[test]
fn the_kiosk_that_takes_the_folder_brings_a_past_file_up_to_date_itself() {
    for (schema, sql, _) in PAST {
        let (_place, folder, clock) = folder_with(sql);
        let opened = open_alone(folder.clone(), clock);
        assert!(opened.is_ok(), "schema {schema}: {:?}", opened.err());
        assert!(matches!(folder.lock_alone(), Err(StoreError::KioskRunning)), "schema {schema}");
    }
}
