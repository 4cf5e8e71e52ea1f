//! The needle tests: what is due is gone from the file in every form, and what is not due is there.

use std::path::Path;

use chrono::TimeDelta;
use rusqlite::MAIN_DB;
use serde_json::Value;
use sha2::{Digest, Sha256};

use velkommen::desk::close_day::close_day;
use velkommen::desk::erase_due::{EraseDueOutcome, Erased, Sweep, erase_due, forecast, next_due};
use velkommen::desk::list_open_visits::list_open_visits;
use velkommen::desk::sign_in::{HostChoice, SignIn};
use velkommen::desk::slices::{Slices, Step};
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
        ("erased", serde_json::json!({ "visit": 3 })),
        ("tombstones", serde_json::json!({ "from": 0, "to": std::fs::metadata(given.folder().tombstones()).unwrap().len() })),
        ("rows_looked_for", Value::from(3)),
        ("wal_emptied", Value::from(true)),
        ("rule", Value::from("standard 1")),
        ("at", Value::from("2026-04-01T10:00:00Z")),
        ("erase_after", Value::from("2031-04-01T22:00:00Z")),
        ("tombstones_sha256", Value::from(hash)),
    ] {
        assert_eq!(receipt[key], value, "{key}");
    }
    assert_eq!(receipt.as_object().unwrap().len(), 9);
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
    assert!(matches!(sweep.slice(&mut given.desk).unwrap(), Step::More { .. }));
    given.clock.set_wall(local("2026-09-01T10:00"));
    assert_eq!(ended(&mut sweep, &mut given), (2, EraseDueOutcome::InDoubt(Doubt::Jumped)), "one for the tombstones, one for the look");
    assert_eq!(given.count("SELECT count(*) FROM visits"), 50);
    assert_eq!(papers(&given).1.len(), 100);
}

/// How many slices it takes to its end, and what came of it.
fn ended(sweep: &mut Sweep, given: &mut Given) -> (usize, EraseDueOutcome) {
    let slices = (1..).map(|number| (number, sweep.slice(&mut given.desk).unwrap()));
    let mut done = slices.filter_map(|(number, step)| if let Step::Done(outcome) = step { Some((number, outcome)) } else { None });
    done.next().unwrap()
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
        assert!(matches!(sweep.slice(&mut given.desk).unwrap(), Step::More { .. }));
        assert_eq!(given.count("SELECT count(*) FROM visits WHERE name LIKE 'Visitor %'"), left);
        assert_eq!(given.count("SELECT count(*) FROM short_codes") - given.count("SELECT count(*) FROM visits"), 0);
        assert_eq!(papers(&given).1.len() as i64, 250 - left);
        given.sign_in(&visitor("Meanwhile"));
    }
    let (_, EraseDueOutcome::Erased(rows)) = ended(&mut sweep, &mut given) else { panic!("not erased") };
    assert_eq!(erased(&rows, Class::Visit), 250);
    let (receipts, stones) = papers(&given);
    assert_eq!(
        (receipts[0]["erased"]["visit"].as_u64(), receipts[0]["rows_looked_for"].as_u64(), stones.len()),
        (Some(250), Some(16), 250)
    );
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

/// What a receipt says of its part of the log is true of exactly those bytes.
fn holds_of_its_range(given: &Given, receipt: &Value) -> bool {
    let log = std::fs::read(given.folder().tombstones()).unwrap();
    let [from, to] = ["from", "to"].map(|end| receipt["tombstones"][end].as_u64().unwrap() as usize);
    let hash: String = Sha256::digest(&log[from..to]).iter().map(|byte| format!("{byte:02x}")).collect();
    receipt["tombstones_sha256"] == hash
}

fn newest(receipts: &[Value]) -> &Value {
    receipts.iter().max_by_key(|receipt| receipt["sweep"].as_str().unwrap().to_owned()).unwrap()
}

#[test]
fn what_a_sweep_cut_short_has_erased_stands_on_the_next_ones_receipt() {
    let mut given = many(100);
    // The first slice erases all of them; then the plug is pulled.
    assert!(matches!(Sweep::new(Actor::Clock).slice(&mut given.desk).unwrap(), Step::More { .. }));
    assert_eq!((given.count("SELECT count(*) FROM visits"), papers(&given).0.len()), (0, 0));
    let mut given = given.reopened();
    given.go_to(local("2026-04-01T00:01"));
    sweep(&mut given);
    let receipts = papers(&given).0;
    assert_eq!(receipts[0]["erased"]["visit"], 100);
    assert_eq!(receipts[0]["rows_looked_for"], 16);
    assert!(holds_of_its_range(&given, &receipts[0]));
    // And only there.
    sweep(&mut given);
    assert_eq!(papers(&given).0.len(), 1);
    let mut given = given.visit("Later").at("2026-05-02T00:00");
    sweep(&mut given);
    let receipts = papers(&given).0;
    let last = newest(&receipts);
    assert_eq!((last["erased"]["visit"].as_u64(), &last["tombstones"]["from"]), (Some(1), &receipts_end(&receipts)));
    assert!(holds_of_its_range(&given, last));

    fn receipts_end(receipts: &[Value]) -> Value {
        receipts.iter().map(|receipt| receipt["tombstones"]["to"].clone()).min_by_key(|to| to.as_u64()).unwrap()
    }
}

#[test]
fn the_id_of_a_row_that_a_cut_sweep_erased_is_looked_for() {
    let mut given = many(1);
    assert!(matches!(Sweep::new(Actor::Clock).slice(&mut given.desk).unwrap(), Step::More { .. }));
    let id = papers(&given).1[0]["row"].as_str().unwrap().to_owned();
    given.raw().execute_batch(&format!("CREATE TABLE left_behind (id); INSERT INTO left_behind VALUES ('{id}')")).unwrap();
    given.go_to(local("2026-04-01T00:01"));
    let outcome = erase_due(&mut given.desk, &Actor::Clock).unwrap();
    assert!(matches!(outcome, EraseDueOutcome::TraceFound(_)), "{outcome:?}");
}

#[test]
fn a_trace_is_found_wherever_in_a_large_file_it_is_and_between_the_looks_others_are_served() {
    let mut given = many(1);
    let raw = given.raw();
    raw.execute_batch("CREATE TABLE filler (bytes); INSERT INTO filler VALUES (zeroblob(4000000))").unwrap();
    let trace: String = raw.query_row("SELECT visit_id || name FROM visits", [], |row| row.get(0)).unwrap();
    let look = |given: &mut Given| {
        let (mut sweep, mut slices) = (Sweep::new(Actor::Clock), 0);
        loop {
            slices += 1;
            if let Step::Done(outcome) = sweep.slice(&mut given.desk).unwrap() {
                return (slices, outcome);
            }
            given.sign_in(&visitor("Meanwhile"));
        }
    };
    let (slices, outcome) = look(&mut given);
    assert!(slices > 4 && matches!(outcome, EraseDueOutcome::Erased(_)), "{slices} slices: {outcome:?}");
    let mut given = given.visit("Second").at("2026-05-02T00:00");
    let second: String = raw.query_row("SELECT visit_id || name FROM visits WHERE name = 'Second'", [], |row| row.get(0)).unwrap();
    assert_ne!(trace, second);
    raw.execute("INSERT INTO filler SELECT ?1 FROM (SELECT 1 UNION SELECT 2)", [second]).unwrap();
    raw.execute_batch("DELETE FROM visits WHERE name = 'Meanwhile'").unwrap_or(());
    let (_, outcome) = look(&mut given);
    assert!(matches!(outcome, EraseDueOutcome::TraceFound(_)), "{outcome:?}");
}

#[test]
fn a_tombstone_whose_row_is_still_there_is_not_told_as_erased() {
    let mut given = many(1).visit("Staying");
    let staying = given.visits[1].visit;
    let stone = format!(
        "{{\"class\":\"visit\",\"row\":\"{staying}\",\"rule\":\"standard 1\",\"due_at\":\"2026-03-31T22:00:00Z\",\"erased_at\":\"2026-03-31T22:00:00Z\"}}\n"
    );
    std::fs::write(given.folder().tombstones(), stone).unwrap();
    sweep(&mut given);
    let (receipts, stones) = papers(&given);
    assert_eq!((receipts[0]["erased"]["visit"].as_u64(), stones.len()), (Some(1), 2));
}

#[test]
fn the_tombstones_of_a_large_sweep_are_counted_in_slices_too() {
    let mut given = given();
    let at = given.now().to_rfc3339();
    let stone = |number: u32| {
        let row = uuid::Uuid::from_u128(u128::from(number) + 1);
        serde_json::json!({ "class": "visit", "row": row, "rule": "standard 1", "due_at": at, "erased_at": at }).to_string() + "\n"
    };
    std::fs::write(given.folder().tombstones(), (0..2_000).map(stone).collect::<String>()).unwrap();
    let (slices, _) = ended(&mut Sweep::new(Actor::Clock), &mut given);
    assert!(slices >= 10, "{slices} slices");
    let (receipts, _) = papers(&given);
    assert_eq!(newest(&receipts)["erased"]["visit"], 2_000);
    assert!(holds_of_its_range(&given, newest(&receipts)));
}

#[test]
fn a_torn_last_line_never_glues_to_the_next() {
    let mut given = many(1);
    std::fs::write(given.folder().tombstones(), "{\"class\":\"visit\",\"ro").unwrap();
    sweep(&mut given);
    let log = std::fs::read_to_string(given.folder().tombstones()).unwrap();
    let row = given.visits[0].visit.to_string();
    let whole: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert_eq!(whole.iter().map(|stone| stone["row"].as_str().unwrap()).collect::<Vec<_>>(), [row]);
    assert!(log.starts_with("{\"class\":\"visit\",\"ro\n") && log.ends_with('\n'), "nothing is lost");
}

#[test]
fn a_receipt_that_was_copied_or_forged_stops_no_sweep_and_deletes_nothing() {
    let mut given = many(1);
    sweep(&mut given);
    let receipts = given.folder().receipts();
    let original = std::fs::read_dir(&receipts).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(&original).unwrap();
    let sweep_id = serde_json::from_str::<Value>(&text).unwrap()["sweep"].as_str().unwrap().to_owned();
    let copy = receipts.join(format!("{sweep_id} (copy).json"));
    let forged = receipts.join("forged.json");
    let victim = given.place.path().join("victim.json");
    std::fs::write(&copy, &text).unwrap();
    std::fs::write(&forged, text.replace(&sweep_id, "../../victim")).unwrap();
    std::fs::write(&victim, "somebody else's").unwrap();
    given.go_to(local("2031-04-02T00:00"));
    let rows = sweep(&mut given);
    assert_eq!(erased(&rows, Class::Receipt), 1);
    assert_eq!([&original, &copy, &forged, &victim].map(|file| file.exists()), [false, true, true, true]);
}

#[test]
fn that_a_log_was_emptied_later_is_receipted_too() {
    let mut given = many(1);
    let reader = given.raw();
    reader.execute_batch("BEGIN; SELECT count(*) FROM visits").unwrap();
    let outcome = erase_due(&mut given.desk, &Actor::Clock).unwrap();
    assert!(matches!(outcome, EraseDueOutcome::WalBusy(_)), "{outcome:?}");
    reader.execute_batch("ROLLBACK").unwrap();
    given.go_to(local("2026-04-01T00:01"));
    for _ in 0..2 {
        sweep(&mut given);
        let receipts = papers(&given).0;
        assert_eq!((receipts.len(), &newest(&receipts)["wal_emptied"]), (2, &Value::from(true)));
    }
}

#[test]
fn a_receipt_of_the_first_version_reads_and_goes_and_its_tombstones_are_not_told_again() {
    let mut given = many(1);
    sweep(&mut given);
    let receipt = std::fs::read_dir(given.folder().receipts()).unwrap().next().unwrap().unwrap().path();
    let mut flat: Value = serde_json::from_slice(&std::fs::read(&receipt).unwrap()).unwrap();
    let fields = flat.as_object_mut().unwrap();
    fields.remove("erased");
    fields.remove("tombstones");
    for (field, count) in [("visits", 1), ("audit_entries", 0), ("receipts", 0)] {
        fields.insert(field.to_owned(), Value::from(count));
    }
    std::fs::write(&receipt, flat.to_string()).unwrap();
    let mut given = given.reopened().visit("Later").at("2026-05-02T00:00");
    sweep(&mut given);
    assert_eq!(newest(&papers(&given).0)["erased"]["visit"], 1, "not 2");
    given.go_to(local("2031-04-02T00:00"));
    assert_eq!(erased(&sweep(&mut given), Class::Receipt), 1);
    assert!(!receipt.exists());
}
