//! A file of each past schema, kept with its rows, is brought up to date and loses nothing.

use std::collections::BTreeSet;
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

/// The files: their schema, how they were written, and the tables that came with it. Each has rows in every table.
const PAST: [(u32, &str, &[&str]); 5] = [
    (1, include_str!("../fixtures/schema/v1.sql"), &["high_water", "staff", "staff_roles", "kiosk_tries", "audit_entries", "notices"]),
    (2, include_str!("../fixtures/schema/v2.sql"), &["hosts", "visits", "short_codes"]),
    (
        3,
        include_str!("../fixtures/schema/v3.sql"),
        &[
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
    (4, include_str!("../fixtures/schema/v4.sql"), &["invitations", "messages"]),
    (
        5,
        include_str!("../fixtures/schema/v5.sql"),
        &["desks", "sources", "replaced_participants", "replaced_codes", "cases", "frozen_rows"],
    ),
];

/// The tables of a past schema.
fn tables(schema: u32) -> impl Iterator<Item = &'static str> {
    let names = PAST.into_iter().filter(move |(since, ..)| *since <= schema).flat_map(|(.., tables)| tables).copied();
    names.map(move |table| if schema >= 5 { today(table) } else { table })
}

/// What a table is called today.
fn today(table: &str) -> &str {
    if table == "photo_answers" { "consent_answers" } else { table }
}

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

/// Every row of a table as it was in a past schema: its columns by name, in the order of the rows' text.
fn rows(connection: &Connection, table: &str, columns: &[String]) -> Vec<Vec<Value>> {
    let mut statement = connection.prepare(&format!("SELECT {} FROM {table} ORDER BY 1, 2", columns.join(", "))).unwrap();
    let rows = statement.query_map([], |row| (0..columns.len()).map(|column| row.get(column)).collect()).unwrap();
    rows.map(Result::unwrap).collect()
}

fn columns(connection: &Connection, table: &str) -> Vec<String> {
    connection.prepare(&format!("SELECT * FROM {table}")).unwrap().column_names().map(str::to_owned).collect()
}

/// A table, its columns and its rows.
type Dumped = (&'static str, Vec<String>, Vec<Vec<Value>>);

/// All that a past file says, table by table.
fn dump(connection: &Connection, schema: u32) -> Vec<Dumped> {
    let dumped = tables(schema).map(|table| {
        let columns = columns(connection, table);
        let rows = rows(connection, table, &columns);
        (table, columns, rows)
    });
    dumped.collect()
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
    for (schema, sql, _) in PAST {
        let (_place, folder, _) = folder_with(sql);
        let past = connection(&folder);
        assert_eq!(rows(&past, "refinery_schema_history", &["version".to_owned(), "name".to_owned()]).len() as u32, schema);
        let kept: BTreeSet<_> = tables(schema).chain(["refinery_schema_history"]).map(str::to_owned).collect();
        let names = rows(&past, "sqlite_schema WHERE type = 'table'", &["name".to_owned(), "1".to_owned()]);
        let names: BTreeSet<_> =
            names.into_iter().map(|row| if let Value::Text(name) = &row[0] { name.clone() } else { String::new() }).collect();
        assert_eq!(kept, names, "every table of schema {schema}");
        assert!(dump(&past, schema).iter().all(|(_, _, rows)| !rows.is_empty()), "each table has rows to lose");
    }
}

#[test]
fn a_past_file_is_brought_up_to_date_and_loses_nothing() {
    let fresh = given();
    let declared_now = declared(&fresh.raw());
    for (schema, sql, _) in PAST {
        let (_place, folder, clock) = folder_with(sql);
        let before = dump(&connection(&folder), schema);
        for _ in 0..2 {
            let mut desk = Desk::open(folder.clone(), clock.clone(), build()).unwrap();
            assert_eq!(desk.now().unwrap().doubt, None);
            for (table, columns, rows_before) in &before {
                // `erase_after` among them: nobody is kept longer for a new schema.
                assert!(rows(&connection(&folder), today(table), columns) == *rows_before, "schema {schema}, {table}");
            }
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

#[test]
fn what_a_past_ledger_says_keeps_its_order() {
    for (schema, sql, _) in PAST.into_iter().filter(|(schema, ..)| *schema >= 3) {
        let (_place, folder, clock) = folder_with(sql);
        let ordered = |by: &str| rows(&connection(&folder), &format!("scans ORDER BY {by} --"), &["scan_id".to_owned()]);
        let before = ordered("happened_at, recorded_at, verdict = 'exited', scan_id");
        Desk::open(folder.clone(), clock, build()).unwrap();
        assert_eq!(ordered("sequence"), before, "schema {schema}");
        let facts =
            "(SELECT sequence FROM scans UNION ALL SELECT sequence FROM undone_scans UNION ALL SELECT sequence FROM consent_answers)";
        let last = rows(&connection(&folder), "desks --", &["sequence".to_owned()]).remove(0).remove(0);
        let most = rows(&connection(&folder), &format!("{facts} --"), &["max(sequence)".to_owned()]).remove(0).remove(0);
        let all = rows(&connection(&folder), &format!("{facts} --"), &["count(DISTINCT sequence)".to_owned()]).remove(0).remove(0);
        assert_eq!((&most, &all), (&last, &last), "schema {schema}: each fact has a number of its own");
    }
}
