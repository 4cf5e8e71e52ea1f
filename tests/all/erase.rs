//! The needle tests: what is due is gone from the file in every form, and what is not due is there.

use std::path::Path;

use chrono::TimeDelta;
use rusqlite::MAIN_DB;
use serde_json::Value;
use sha2::{Digest, Sha256};

use velkommen::desk::close_day::close_day;
use velkommen::desk::erase_due::{EraseDueOutcome, Erased, Slice, Sweep, erase_due, forecast, next_due};
use velkommen::desk::list_open_visits::list_open_visits;
use velkommen::desk::sign_in::{HostChoice, SignIn};
use velkommen::domain::access::Actor;
use velkommen::domain::clock::Doubt;
use velkommen::domain::language::Language;
use velkommen::domain::retention::Class;
use velkommen::domain::staff::Role;

use crate::given::{Given, given, local, someone, visitor};

/// What only this visitor can have said.
const TOKENS: [&str; 5] = ["Nålnavn7Qx1Zk", "Firmanål8Rw2Yj", "Titelnål9Sv3Xh", "Værtsnål4Tu5Wg", "Bemærkning6Pn0Vf"];

fn needle_visitor() -> SignIn {
    let [name, company, title, host, note] = TOKENS.map(str::to_owned);
    SignIn { name, company, title, host: HostChoice::Typed(host), note, language: Language::Da }
}

/// A text in every form in which it might have survived.
fn forms(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let lower = text.to_lowercase();
    let mut forms = vec![
        ("as it is", text.as_bytes().to_vec()),
        ("in lower case", lower.clone().into_bytes()),
        ("in upper case", text.to_uppercase().into_bytes()),
        ("as UTF-16LE", utf16(text)),
        ("as UTF-16LE in lower case", utf16(&lower)),
        ("as hex", hex(text.as_bytes()).into_bytes()),
        ("as capital hex", hex(text.as_bytes()).to_uppercase().into_bytes()),
    ];
    forms.extend((0..3).map(|offset| ("as base64", base64_middle(text.as_bytes(), offset))));
    forms
}

/// What base64 makes of `bytes` wherever they begin in a longer text: the digits that depend on nothing else.
fn base64_middle(bytes: &[u8], offset: usize) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bit = |number: usize| (bytes[number / 8] >> (7 - number % 8)) & 1;
    let first = (6 - offset * 8 % 6) % 6;
    (first..bytes.len() * 8)
        .step_by(6)
        .take_while(|start| start + 6 <= bytes.len() * 8)
        .map(|start| DIGITS[(start..start + 6).fold(0, |digit, number| digit << 1 | usize::from(bit(number)))])
        .collect()
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(haystack, needle).is_some()
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    found
}

/// Where any of these texts is still to be found.
fn traces(given: &mut Given, texts: &[String]) -> Vec<String> {
    let mut places = files(given.place.path());
    places.push(("the decrypted pages".to_owned(), given.desk.decrypted_pages().unwrap()));
    assert!(places.len() >= 5, "the search sees the folder");
    let mut traces = Vec::new();
    for text in texts {
        for (form, needle) in forms(text) {
            for (place, bytes) in &places {
                if holds(bytes, &needle) {
                    traces.push(format!("{text} {form} in {place}"));
                }
            }
        }
    }
    traces
}

fn needles(given: &Given) -> Vec<String> {
    let mut needles: Vec<_> = TOKENS.map(str::to_owned).to_vec();
    needles.extend(given.visits.iter().map(|visit| visit.code.as_str().to_owned()));
    needles
}

fn sweep(given: &mut Given) -> Vec<Erased> {
    match erase_due(&mut given.desk, &Actor::Clock).unwrap() {
        EraseDueOutcome::Erased(erased) => erased,
        outcome => panic!("{outcome:?}"),
    }
}

fn erased(erased: &[Erased], class: Class) -> usize {
    erased.iter().find(|erased| erased.class == class).unwrap().erased
}

/// The receipts and the lines of the tombstones, as they lie in the folder.
fn papers(given: &Given) -> (Vec<Value>, Vec<Value>) {
    let folder = given.folder();
    let receipts = files(&folder.receipts()).iter().map(|(_, bytes)| serde_json::from_slice(bytes).unwrap()).collect();
    let stones = std::fs::read_to_string(folder.tombstones()).unwrap_or_default();
    (receipts, stones.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn wal_bytes(given: &Given) -> u64 {
    std::fs::metadata(given.folder().path().join("velkommen.db-wal")).map_or(0, |facts| facts.len())
}

#[test]
fn a_visit_is_there_to_the_last_millisecond_and_then_gone_from_every_byte() {
    let mut given = given().at("2026-03-02T09:00").visit_of(&needle_visitor()).at("2026-03-02T10:00");
    let code = given.visits[0].code.as_str().to_owned();
    let out = velkommen::desk::sign_out::SignOut::ByCode(code);
    velkommen::desk::sign_out::sign_out(&mut given.desk, &Actor::Public, &out).unwrap();
    let due = local("2026-04-01T00:00");
    assert_eq!(given.visits[0].erase_after, due);
    let needles = needles(&given);
    for moment in [local("2026-03-31T10:00"), due - TimeDelta::milliseconds(1)] {
        given.go_to(moment);
        assert_eq!(erased(&sweep(&mut given), Class::Visit), 0);
        let pages = given.desk.decrypted_pages().unwrap();
        assert!(needles.iter().all(|needle| holds(&pages, needle.as_bytes())), "{moment}");
        assert_eq!(given.count("SELECT count(*) FROM visits"), 1);
    }
    given.go_to(due);
    assert_eq!(erased(&sweep(&mut given), Class::Visit), 1);
    assert_eq!(traces(&mut given, &needles), [""; 0]);
    assert_eq!(wal_bytes(&given), 0);
    for table in ["visits", "short_codes", "notices"] {
        assert_eq!(given.count(&format!("SELECT count(*) FROM {table}")), 0, "{table}");
    }
    // Nor after the program has ended, with the file as the disk has it.
    let mut given = given.reopened();
    assert_eq!(traces(&mut given, &needles), [""; 0]);
}

#[test]
fn nothing_of_a_visitor_is_ever_readable_in_the_folder() {
    let mut given = given().visit_of(&needle_visitor());
    let needles = needles(&given);
    let readable: Vec<_> = traces(&mut given, &needles).into_iter().filter(|trace| !trace.ends_with("the decrypted pages")).collect();
    assert_eq!(readable, [""; 0]);
}

#[test]
fn the_search_finds_what_was_deleted_without_secure_delete() {
    let mut given = given().visit_of(&needle_visitor());
    let mut raw = given.raw();
    raw.pragma_update(None, "secure_delete", 0).unwrap();
    raw.execute_batch("DELETE FROM short_codes; DELETE FROM visits; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    assert_eq!(given.count("SELECT count(*) FROM visits"), 0);
    let needles = needles(&given);
    let pages = raw.serialize(MAIN_DB).unwrap().to_vec();
    for needle in &needles[..5] {
        assert!(holds(&pages, needle.as_bytes()), "{needle} in the file's own pages");
    }
    let found = traces(&mut given, &needles);
    for needle in &needles[..5] {
        assert!(found.contains(&format!("{needle} as it is in the decrypted pages")), "{needle}: {found:?}");
    }
}

#[test]
fn the_search_finds_every_form_in_every_file() {
    let mut given = given();
    let [token, ..] = TOKENS;
    let receipts = given.folder().receipts();
    for (number, (form, needle)) in forms(token).into_iter().enumerate() {
        let file = receipts.join("planted");
        let mut bytes = vec![number as u8; 5000];
        bytes.extend(needle);
        std::fs::write(&file, bytes).unwrap();
        let found = traces(&mut given, &[token.to_owned()]);
        assert!(found.iter().any(|trace| trace.contains(form) && trace.ends_with("planted")), "{form}: {found:?}");
        std::fs::remove_file(file).unwrap();
    }
    // Base64 as others write it, at each of its three alignments.
    for (padding, text) in [("", "TsOlbG5hdm43UXgxWms="), ("x", "eE7DpWxuYXZuN1F4MVpr"), ("xx", "eHhOw6VsbmF2bjdReDFaaw==")] {
        let file = receipts.join("planted");
        std::fs::write(&file, text).unwrap();
        assert!(!traces(&mut given, &[token.to_owned()]).is_empty(), "{padding}{token} as {text}");
        std::fs::remove_file(file).unwrap();
    }
}

#[test]
fn a_visit_goes_with_its_own_due_moment_and_leaves_the_others_alone() {
    let mut given = given().at("2026-03-02T10:00").visit_of(&needle_visitor());
    let needles = needles(&given);
    let mut given = given_later(&mut given);
    given.go_to(local("2026-04-01T00:00"));
    assert_eq!(erased(&sweep(&mut given), Class::Visit), 1);
    assert_eq!(traces(&mut given, &needles), [""; 0]);
    assert_eq!(given.texts("SELECT name FROM visits"), ["Staying Longer"]);
    assert_eq!(given.count("SELECT count(*) FROM notices"), 1);
    assert_eq!(next_due(&given.desk).unwrap(), Some(local("2026-04-10T00:00")));

    fn given_later(given: &mut Given) -> Given {
        let fresh = crate::given::given();
        let given = std::mem::replace(given, fresh);
        given.at("2026-03-11T10:00").visit("Staying Longer")
    }
}

#[test]
fn tombstones_and_receipts_hold_numbers_and_nobody() {
    let mut given = given().at("2026-03-02T10:00").visit_of(&needle_visitor()).visit("Bo").visit("Cleo");
    given.go_to(local("2026-04-01T12:00"));
    sweep(&mut given);
    let (receipts, stones) = papers(&given);
    assert_eq!(stones.len(), 3);
    let rows: std::collections::BTreeSet<_> = stones.iter().map(|stone| stone["row"].as_str().unwrap().to_owned()).collect();
    assert_eq!(rows, given.visits.iter().map(|visit| visit.visit.to_string()).collect());
    for stone in &stones {
        assert_eq!(stone.as_object().unwrap().keys().collect::<Vec<_>>(), ["class", "due_at", "erased_at", "row", "rule"]);
        assert_eq!([&stone["class"], &stone["rule"]], ["visit", "standard 1"]);
        assert_eq!(stone["due_at"], "2026-03-31T22:00:00Z");
        assert_eq!(stone["erased_at"], "2026-04-01T10:00:00Z");
    }
    let hash = Sha256::digest(std::fs::read(given.folder().tombstones()).unwrap());
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let [receipt] = &receipts[..] else { panic!("{} receipts", receipts.len()) };
    for (key, value) in [
        ("visits", Value::from(3)),
        ("invitations", Value::from(0)),
        ("messages", Value::from(0)),
        ("events", Value::from(0)),
        ("participants", Value::from(0)),
        ("consent_evidence", Value::from(0)),
        ("scans", Value::from(0)),
        ("audit_entries", Value::from(0)),
        ("receipts", Value::from(0)),
        ("rows_looked_for", Value::from(3)),
        ("wal_emptied", Value::from(true)),
        ("rule", Value::from("standard 1")),
        ("at", Value::from("2026-04-01T10:00:00Z")),
        ("erase_after", Value::from("2031-04-01T22:00:00Z")),
        ("tombstones_sha256", Value::from(hash)),
    ] {
        assert_eq!(receipt[key], value, "{key}");
    }
    assert_eq!(receipt.as_object().unwrap().len(), 16);
}

#[test]
fn a_sweep_with_nothing_due_leaves_no_receipt() {
    let mut given = given().visit("Ada");
    sweep(&mut given);
    assert_eq!(papers(&given), (Vec::new(), Vec::new()));
}

#[test]
fn audit_entries_go_after_twelve_months() {
    let mut given = given();
    given.go_to(local("2026-03-02T10:00"));
    let by = someone(&[Role::Reception]);
    velkommen::desk::take_roll_call::take_roll_call(&mut given.desk, &by).unwrap();
    given.go_to(local("2027-03-03T00:00") - TimeDelta::milliseconds(1));
    assert_eq!(erased(&sweep(&mut given), Class::AuditEntry), 0);
    assert_eq!(given.count("SELECT count(*) FROM audit_entries WHERE verb = 'take_roll_call'"), 1);
    given.go_to(local("2027-03-03T00:00"));
    assert!(erased(&sweep(&mut given), Class::AuditEntry) >= 1);
    assert_eq!(given.count("SELECT count(*) FROM audit_entries"), 0);
    let staff = by.staff_id().unwrap().to_string();
    assert_eq!(traces(&mut given, &[staff]), [""; 0]);
}

#[test]
fn receipts_go_after_sixty_months() {
    let mut given = given().at("2026-03-02T10:00").visit("Ada");
    given.go_to(local("2026-04-01T00:00"));
    sweep(&mut given);
    given.go_to(local("2031-04-02T00:00") - TimeDelta::milliseconds(1));
    sweep(&mut given);
    let swept_first = |given: &Given| papers(given).0.iter().filter(|receipt| receipt["at"] == "2026-03-31T22:00:00Z").count();
    assert_eq!(swept_first(&given), 1);
    given.go_to(local("2031-04-02T00:00"));
    assert_eq!(erased(&sweep(&mut given), Class::Receipt), 1);
    assert_eq!(swept_first(&given), 0);
}

#[test]
fn a_reader_keeps_the_log_from_being_emptied_and_a_second_sweep_mends_it() {
    let mut given = given().at("2026-03-02T10:00").visit_of(&needle_visitor()).at("2026-04-01T00:00");
    let needles = needles(&given);
    let reader = given.raw();
    reader.execute_batch("BEGIN").unwrap();
    let seen: String = reader.query_row("SELECT name FROM visits", [], |row| row.get(0)).unwrap();
    assert_eq!(seen, TOKENS[0]);
    let outcome = erase_due(&mut given.desk, &Actor::Clock).unwrap();
    assert!(matches!(&outcome, EraseDueOutcome::WalBusy(rows) if erased(rows, Class::Visit) == 1), "{outcome:?}");
    assert_eq!(given.count("SELECT count(*) FROM visits"), 0);
    assert!(wal_bytes(&given) > 0);
    assert_eq!(papers(&given).0[0]["wal_emptied"], false);
    reader.execute_batch("ROLLBACK").unwrap();
    assert_eq!(erased(&sweep(&mut given), Class::Visit), 0);
    assert_eq!(wal_bytes(&given), 0);
    drop(reader);
    assert_eq!(traces(&mut given, &needles), [""; 0]);
}

#[test]
fn a_doubted_clock_erases_nothing() {
    let mut given = given().at("2026-03-02T10:00").visit_of(&needle_visitor());
    given.clock.set_wall(local("2026-06-01T10:00"));
    let by = [Actor::Clock, Actor::Operator, someone(&[Role::Dpo])];
    for by in by {
        assert_eq!(erase_due(&mut given.desk, &by).unwrap(), EraseDueOutcome::InDoubt(Doubt::Jumped));
        assert_eq!(forecast(&mut given.desk, &by).unwrap(), EraseDueOutcome::InDoubt(Doubt::Jumped));
    }
    assert_eq!(given.texts("SELECT name FROM visits"), [TOKENS[0]]);
    assert_eq!(papers(&given), (Vec::new(), Vec::new()));
    // Nor is anybody left out who has not signed out: there may be a fire.
    assert_eq!(list_open_visits(&mut given.desk, &Actor::Operator).unwrap().len(), 1);
}

#[test]
fn a_doubt_that_comes_between_two_slices_stops_the_sweep() {
    let mut given = many(150);
    let mut sweep = Sweep::new(Actor::Clock);
    assert!(matches!(sweep.slice(&mut given.desk).unwrap(), Slice::More));
    given.clock.set_wall(local("2026-09-01T10:00"));
    assert!(matches!(sweep.slice(&mut given.desk).unwrap(), Slice::Done(EraseDueOutcome::InDoubt(Doubt::Jumped))));
    assert_eq!(given.count("SELECT count(*) FROM visits"), 50);
    assert_eq!(papers(&given).1.len(), 100);
}

/// So many visits, due now.
fn many(count: usize) -> Given {
    let mut given = given().at("2026-03-02T10:00");
    for number in 0..count {
        given = given.visit(&format!("Visitor {number}"));
    }
    given.at("2026-04-01T00:00")
}

#[test]
fn a_sweep_goes_in_slices_between_which_the_desk_serves_others() {
    let mut given = many(250);
    let mut sweep = Sweep::new(Actor::Clock);
    for left in [150, 50, 0] {
        assert!(matches!(sweep.slice(&mut given.desk).unwrap(), Slice::More));
        assert_eq!(given.count("SELECT count(*) FROM visits WHERE name LIKE 'Visitor %'"), left);
        assert_eq!(given.count("SELECT count(*) FROM short_codes") - given.count("SELECT count(*) FROM visits"), 0);
        assert_eq!(papers(&given).1.len() as i64, 250 - left);
        given.sign_in(&visitor("Meanwhile"));
    }
    let Slice::Done(EraseDueOutcome::Erased(rows)) = sweep.slice(&mut given.desk).unwrap() else { panic!("not done") };
    assert_eq!(erased(&rows, Class::Visit), 250);
    let (receipts, stones) = papers(&given);
    assert_eq!((receipts[0]["visits"].as_u64(), receipts[0]["rows_looked_for"].as_u64(), stones.len()), (Some(250), Some(16), 250));
    assert_eq!(given.count("SELECT count(*) FROM visits"), 3);
}

#[test]
fn audit_entries_go_in_slices_too() {
    let mut given = given();
    for _ in 0..230 {
        velkommen::desk::take_roll_call::take_roll_call(&mut given.desk, &Actor::Operator).unwrap();
    }
    let all = given.count("SELECT count(*) FROM audit_entries") as usize;
    given.go_to(local("2027-03-03T00:00"));
    assert_eq!(erased(&sweep(&mut given), Class::AuditEntry), all);
    assert_eq!(given.count("SELECT count(*) FROM audit_entries"), 0);
}

#[test]
fn what_is_due_is_hidden_before_the_sweep_and_counted_by_the_forecast() {
    let mut given = given().at("2026-03-02T10:00").visit("Ada").at("2026-04-01T00:00");
    assert!(list_open_visits(&mut given.desk, &Actor::Operator).unwrap().is_empty());
    let EraseDueOutcome::Erased(rows) = forecast(&mut given.desk, &Actor::Operator).unwrap() else { panic!("in doubt") };
    assert_eq!(erased(&rows, Class::Visit), 1);
    assert_eq!(given.count("SELECT count(*) FROM visits"), 1);
    assert_eq!(papers(&given), (Vec::new(), Vec::new()));
}

#[test]
fn a_visit_never_signed_out_is_closed_at_closing_time_and_erased_from_then() {
    let mut given = given().at("2026-03-02T10:00").visit("Ada").at("2026-03-02T17:59:59.999");
    let next = Some(local("2026-03-02T18:00"));
    let day = close_day(&mut given.desk, &Actor::Clock).unwrap();
    assert_eq!((day.closed, day.next), (0, next));
    assert_eq!(list_open_visits(&mut given.desk, &Actor::Operator).unwrap().len(), 1);
    given.go_to(local("2026-03-02T18:00"));
    assert!(list_open_visits(&mut given.desk, &Actor::Operator).unwrap().is_empty());
    let day = close_day(&mut given.desk, &Actor::Clock).unwrap();
    assert_eq!((day.closed, day.next), (1, None));
    assert_eq!(given.texts("SELECT end_kind FROM visits"), ["presumed_left"]);
    assert_eq!(given.count("SELECT ended_at FROM visits"), local("2026-03-02T18:00").timestamp_millis());
    assert_eq!(given.count("SELECT erase_after FROM visits"), local("2026-04-01T00:00").timestamp_millis());
}

#[test]
fn a_crowd_is_closed_whole() {
    let mut given = given().at("2026-03-02T10:00");
    for number in 0..1001 {
        given.sign_in(&visitor(&format!("Visitor {number}")));
    }
    given.go_to(local("2026-03-02T18:00"));
    assert_eq!(close_day(&mut given.desk, &Actor::Clock).unwrap().closed, 1001);
}

#[test]
fn the_directory_gives_its_people_up_with_the_next_sweep() {
    let mut given = given().hosts(&["Værtsnål4Tu5Wg Kirkegård"]).hosts(&["Bo Bæk"]);
    sweep(&mut given);
    assert_eq!(traces(&mut given, &["Værtsnål4Tu5Wg".to_owned()]), [""; 0]);
}
