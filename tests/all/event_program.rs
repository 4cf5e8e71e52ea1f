//! The contract of the command line about events, with the real program; and ten thousand participants, where
//! `VELKOMMEN_DATA` is set.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::process::Stdio;

use chrono::{NaiveDateTime, TimeDelta};
use serde_json::{Value, json};

use velkommen::desk::clock::SystemClock;
use velkommen::domain::clock::Clock;

use crate::given::raw;
use crate::program::{Program, Ran, keys, program, ran};

/// A moment as `event add` takes it, so far from now.
fn moment(from_now: TimeDelta) -> String {
    let local: NaiveDateTime = (SystemClock.read().wall + from_now).with_timezone(&chrono_tz::Europe::Copenhagen).naive_local();
    local.format("%Y-%m-%dT%H:%M").to_string()
}

/// An event that began an hour ago and goes on for half a day.
fn open_event(program: &Program, options: &[&str]) -> String {
    let (starts, ends) = (moment(TimeDelta::hours(-1)), moment(TimeDelta::hours(12)));
    let arguments = [&["event", "add", "--name", "Åbent hus", "--starts", &starts, "--ends", &ends], options].concat();
    let line = program.json(&arguments).ends(0).line();
    assert_eq!(keys(&line), ["event"]);
    line["event"].as_str().unwrap().to_owned()
}

fn add(program: &Program, event: &str, name: &str) -> Value {
    program.json(&["participant", "add", "--event", event, "--name", name, "--company", "Fjordby"]).ends(0).line()
}

fn import(program: &Program, event: &str, file: &str) -> Ran {
    program.json(&["participant", "import", file, "--event", event])
}

fn check_in(program: &Program, event: &str, code: &str) -> Ran {
    program.json(&["check-in", code, "--event", event])
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

fn is_instant(value: &Value) -> bool {
    chrono::DateTime::parse_from_rfc3339(text(value)).is_ok()
}

#[track_caller]
fn is_refused(ran: Ran, word: &str, field: Option<&str>) {
    let line = ran.ends(1).line();
    assert_eq!(keys(&line), ["field", "message", "refused"]);
    assert_eq!((&line["refused"], &line["field"]), (&Value::from(word), &Value::from(field)));
}

#[test]
fn an_event_is_added_listed_and_shown_with_the_promised_keys() {
    let program = program();
    let event = open_event(&program, &["--venue", "Sal B", "--photos", "objection", "--entry", "multiple", "--walk-ins"]);
    let shown = program.json(&["event", "show", &event]).ends(0).line();
    assert_eq!(
        keys(&shown),
        [
            "arrived",
            "ends_at",
            "entry",
            "erase_after",
            "event",
            "inside",
            "name",
            "open",
            "photos",
            "registered",
            "starts_at",
            "venue",
            "walk_ins"
        ]
    );
    assert_eq!([&shown["name"], &shown["venue"], &shown["photos"], &shown["entry"]], ["Åbent hus", "Sal B", "objection", "multiple"]);
    assert_eq!((&shown["open"], &shown["walk_ins"], &shown["registered"]), (&json!(true), &json!(true), &json!(0)));
    assert!(["starts_at", "ends_at", "erase_after"].iter().all(|key| is_instant(&shown[key])));
    assert!(text(&shown["erase_after"]).contains("T00:00:00"));
    let second = open_event(&program, &[]);
    let listed = program.json(&["event", "list"]).ends(0).lines();
    assert_eq!(listed.len(), 2);
    let plain = listed.iter().find(|line| line["event"] == second.as_str()).unwrap();
    assert_eq!((&plain["photos"], &plain["entry"], &plain["walk_ins"]), (&json!("consent"), &json!("single"), &json!(false)));
    assert!(listed.contains(&shown));
}

#[test]
fn what_is_wrong_with_an_event_is_named() {
    let program = program();
    let add = |name: &str, starts: &str, ends: &str| program.json(&["event", "add", "--name", name, "--starts", starts, "--ends", ends]);
    let (starts, ends) = (moment(TimeDelta::hours(1)), moment(TimeDelta::hours(2)));
    is_refused(add("", &starts, &ends), "missing", Some("name"));
    is_refused(add(&"x".repeat(201), &starts, &ends), "too_long", Some("name"));
    is_refused(add("Open day", "tomorrow", &ends), "no_moment", Some("starts"));
    is_refused(add("Open day", &starts, "2026-02-31T09:00"), "no_moment", Some("ends"));
    is_refused(add("Open day", "+262142-12-30T09:00", "+262142-12-31T09:00"), "no_moment", Some("starts"));
    is_refused(add("Open day", &ends, &starts), "ends_before_start", Some("ends"));
    is_refused(add("Open day", &starts, &starts), "ends_before_start", Some("ends"));
    is_refused(add("Open day", &starts, &moment(TimeDelta::days(400))), "too_long", Some("ends"));
    is_refused(add("Open day", "2001-03-12T09:00", "2001-03-12T16:00"), "long_gone", Some("ends"));
    let usual = ["event", "add", "--name", "Open day", "--starts", &starts, "--ends", &ends];
    for wrong in [&["--photos", "maybe"][..], &["--entry", "thrice"], &["--no-such-option"]] {
        program.json(&[&usual, wrong].concat()).ends(2);
    }
    assert!(program.json(&["event", "list"]).ends(0).lines().is_empty());
    program.json(&["event", "show", "12"]).ends(2);
    let nobody = "019b0000-0000-7000-8000-000000000000";
    is_refused(program.json(&["event", "show", nobody]), "no_event", Some("event"));
    for arguments in [
        &["participant", "add", "--name", "Ada", "--event"][..],
        &["participant", "import", &program.file("one.csv", "name\nAda\n"), "--event"],
        &["check-in", "code", "--event"],
        &["ticket", "issue", "--out", "nowhere", "--event"],
        &["list", "--out", "nowhere.csv", "--event"],
        &["consent", "give", "--ticket", "code", "--purpose", "photo", "--event"],
    ] {
        is_refused(program.json(&[arguments, &[nobody]].concat()), "no_event", Some("event"));
        program.json(&[arguments, &["12"]].concat()).ends(2);
    }
}

#[test]
fn a_file_is_imported_with_the_promised_keys() {
    let program = program();
    let event = open_event(&program, &[]);
    let file =
        program.file("people.csv", "name;title;company;ticket code;e-mail\nÅse Ågård;Kemiker;Ærø Data;a1;aase@example.org\nBo Bæk;;;b1;\n");
    let promised = ["added", "bad_rows", "cancelled", "changed", "dropped_columns", "ignored_check_ins", "unchanged"];
    let line = import(&program, &event, &file).ends(0).line();
    assert_eq!(keys(&line), promised);
    let expected = |added: u64, unchanged: u64| {
        json!({ "added": added, "changed": 0, "unchanged": unchanged, "cancelled": 0, "bad_rows": [], "dropped_columns": ["e-mail"],
            "ignored_check_ins": false })
    };
    assert_eq!(line, expected(2, 0));
    assert_eq!(import(&program, &event, &file).ends(0).line(), expected(0, 2));
    let bad = program.file("bad.csv", "name,ticket code\nCai,c1\n,d1\nEva,c1\n");
    let refused = import(&program, &event, &bad).ends(1).line();
    assert_eq!(keys(&refused), promised);
    let bad_rows = json!([
        { "line": 3, "reason": "no_name", "field": "name" },
        { "line": 4, "reason": "doubled_code", "field": "ticket_code" },
    ]);
    assert_eq!((&refused["added"], &refused["bad_rows"]), (&json!(0), &bad_rows));
    let dry = program.json(&["participant", "import", &bad, "--event", &event, "--skip-bad", "--dry-run"]).ends(0).line();
    assert_eq!(dry["added"], 1);
    assert_eq!(program.json(&["event", "show", &event]).ends(0).line()["registered"], 2);
    let taken = program.json(&["participant", "import", &bad, "--event", &event, "--skip-bad"]).ends(0).line();
    assert_eq!((&taken["added"], &taken["bad_rows"]), (&json!(1), &bad_rows));
    // A column that no header tells of is named by hand.
    let odd = program.file("odd.csv", "Hvem,Hvad\nDan Dam,Smed\n");
    is_refused(import(&program, &event, &odd), "no_name_column", Some("file"));
    let mapped = program.json(&["participant", "import", &odd, "--event", &event, "--map", "name=Hvem", "--map", "title=Hvad"]);
    assert_eq!(mapped.ends(0).line()["added"], 1);
    is_refused(program.json(&["participant", "import", &odd, "--event", &event, "--map", "name=Hvor"]), "no_such_column", Some("file"));
    program.json(&["participant", "import", &odd, "--event", &event, "--map", "shoe=Hvem"]).ends(2);
    program.json(&["participant", "import", &odd, "--event", &event, "--map", "name"]).ends(2);
    let png = program.file("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    is_refused(import(&program, &event, &png), "not_text", Some("file"));
    let failed = import(&program, &event, "/nowhere/at/all.csv").ends(3).line();
    assert_eq!((keys(&failed), &failed["error"]), (vec!["error", "field", "message"], &json!("not_there")));
    assert_eq!(import(&program, &event, "/").ends(3).line()["error"], "unreadable");
}

#[test]
fn a_participant_is_added_found_and_gets_a_ticket() {
    let program = program();
    let event = open_event(&program, &[]);
    let arguments = [
        "participant",
        "add",
        "--event",
        &event,
        "--name",
        " Åse Ågård ",
        "--title",
        "Kemiker",
        "--company",
        "-Ærø Data",
        "--ticket-type",
        "VIP",
        "--table",
        "4",
        "--room",
        "Sal B",
    ];
    let added = program.json(&arguments).ends(0).line();
    assert_eq!(keys(&added), ["code", "participant", "ticket"]);
    let ticket = text(&added["ticket"]);
    assert!(ticket.len() == 138 && ticket.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()), "{ticket}");
    is_refused(program.json(&["participant", "add", "--event", &event, "--name", "a\u{1b}b"]), "control_character", Some("name"));
    is_refused(
        program.json(&["participant", "add", "--event", &event, "--name", "Bo", "--room", &"x".repeat(61)]),
        "too_long",
        Some("room"),
    );
    for typed in ["åse", "AASE", "ase", "ærø", "agård data", ""] {
        let found = program.json(&["participant", "find", typed, "--event", &event]).ends(0).lines();
        assert_eq!(found.len(), 1, "{typed}");
        assert_eq!(keys(&found[0]), ["code", "company", "inside_since", "name", "participant", "scan", "status", "title"]);
        assert_eq!([&found[0]["name"], &found[0]["company"], &found[0]["status"]], ["Åse Ågård", "-Ærø Data", "may_enter"]);
        assert_eq!((&found[0]["participant"], &found[0]["code"]), (&added["participant"], &added["code"]));
        assert_eq!((&found[0]["inside_since"], &found[0]["scan"]), (&Value::Null, &Value::Null));
    }
    assert!(program.json(&["participant", "find", "bo", "--event", &event]).ends(0).lines().is_empty());
    let folder = program.place.path().join("tickets");
    let out = folder.display().to_string();
    for (format, beginning) in [("png", &b"\x89PNG"[..]), ("pdf", b"%PDF-")] {
        let issued = program.json(&["ticket", "issue", "--event", &event, "--out", &out, "--format", format]).ends(0).line();
        assert_eq!(keys(&issued), ["code", "file", "missing", "name", "participant", "ticket"]);
        assert_eq!((&issued["ticket"], &issued["code"]), (&added["ticket"], &added["code"]), "the same ticket again");
        let file = std::fs::read(text(&issued["file"])).unwrap();
        assert!(file.starts_with(beginning), "{format}");
        assert!(!text(&issued["file"]).contains("gård"), "no name in the name of a file");
    }
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 2);
    program.json(&["ticket", "issue", "--event", &event, "--out", "/dev/null/x"]).ends(3);
    program.json(&["ticket", "issue", "--event", &event, "--out", &out, "--format", "gif"]).ends(2);
}

#[test]
fn a_check_in_always_says_its_verdict_and_ends_well_only_through_the_door() {
    let program = program();
    let event = open_event(&program, &[]);
    let added = add(&program, &event, "Ada Berg");
    let file = program.file("people.csv", "name,ticket code,status\nUna,u1,unpaid\nCai,c1,cancelled\nBo,b1,blocked\n");
    import(&program, &event, &file).ends(0);
    let ticket = text(&added["ticket"]).to_owned();
    let promised = ["participant", "reason", "scan", "since", "verdict"];
    let entered = check_in(&program, &event, &ticket).ends(0).line();
    assert_eq!(keys(&entered), promised);
    assert_eq!((&entered["verdict"], &entered["reason"], &entered["since"]), (&json!("entered"), &Value::Null, &Value::Null));
    assert_eq!(entered["participant"], json!({ "name": "Ada Berg", "title": null, "company": "Fjordby" }));
    let again = check_in(&program, &event, text(&added["code"])).ends(1).line();
    assert_eq!((keys(&again), &again["verdict"]), (promised.to_vec(), &json!("already_entered")));
    assert!(is_instant(&again["since"]) && again["participant"]["name"] == "Ada Berg");
    let found = program.json(&["participant", "find", "ada", "--event", &event]).ends(0).line();
    assert_eq!((&found["inside_since"], &found["scan"]), (&again["since"], &entered["scan"]));
    let shown = program.json(&["event", "show", &event]).ends(0).line();
    assert_eq!((&shown["arrived"], &shown["inside"]), (&json!(1), &json!(1)));
    let mut forged = ticket.clone();
    forged.replace_range(50..51, if &ticket[50..51] == "0" { "1" } else { "0" });
    for (code, verdict, reason) in [
        ("u1", "unpaid", None),
        ("c1", "cancelled", None),
        ("b1", "blocked", None),
        ("-nobody", "unknown", Some("no_match")),
        (&forged, "unknown", Some("signature")),
        ("", "unknown", Some("format")),
        ("a\nb", "unknown", Some("format")),
        (&"x".repeat(257), "unknown", Some("format")),
    ] {
        let refused = check_in(&program, &event, code).ends(1).line();
        assert_eq!(keys(&refused), promised);
        assert_eq!((&refused["verdict"], &refused["reason"]), (&json!(verdict), &json!(reason)), "{code}");
    }
    let left = program.json(&["check-in", &ticket, "--event", &event, "--exit"]).ends(0).line();
    assert_eq!((keys(&left), &left["verdict"]), (promised.to_vec(), &json!("exited")));
    let other = open_event(&program, &[]);
    assert_eq!(check_in(&program, &other, &ticket).ends(1).line()["verdict"], "wrong_event");
    let (starts, ends) = (moment(TimeDelta::hours(3)), moment(TimeDelta::hours(4)));
    let later = program.json(&["event", "add", "--name", "Later", "--starts", &starts, "--ends", &ends]).ends(0).line();
    let later = text(&later["event"]).to_owned();
    let early = add(&program, &later, "Ada Berg");
    assert_eq!(check_in(&program, &later, text(&early["ticket"])).ends(1).line()["verdict"], "too_early");
    let (starts, ends) = (moment(TimeDelta::hours(-4)), moment(TimeDelta::hours(-3)));
    let past = program.json(&["event", "add", "--name", "Past", "--starts", &starts, "--ends", &ends]).ends(0).line();
    let past = text(&past["event"]).to_owned();
    let late = add(&program, &past, "Ada Berg");
    assert_eq!(check_in(&program, &past, text(&late["ticket"])).ends(1).line()["verdict"], "too_late");
    program.json(&["check-in", &ticket, "--event", &event, "--list", "12"]).ends(2);
    program.json(&["check-in", &ticket]).ends(2);
}

#[test]
fn a_check_in_is_taken_back_once_and_with_a_reason() {
    let program = program();
    let event = open_event(&program, &[]);
    let added = add(&program, &event, "Ada");
    let ticket = text(&added["ticket"]);
    let scan = check_in(&program, &event, ticket).ends(0).line();
    let scan = text(&scan["scan"]);
    is_refused(program.json(&["undo-check-in", scan, "--reason", " "]), "missing", Some("reason"));
    let undone = program.json(&["undo-check-in", scan, "--reason", "-wrong person"]).ends(0).line();
    assert_eq!(undone, json!({ "undone": scan }));
    is_refused(program.json(&["undo-check-in", scan, "--reason", "again"]), "already_undone", Some("scan"));
    let refused = check_in(&program, &event, "nobody's").ends(1).line();
    is_refused(program.json(&["undo-check-in", text(&refused["scan"]), "--reason", "none"]), "no_check_in", Some("scan"));
    program.json(&["undo-check-in", "12", "--reason", "none"]).ends(2);
    program.json(&["undo-check-in", scan]).ends(2);
    check_in(&program, &event, ticket).ends(0);
}

#[test]
fn consent_is_given_refused_and_withdrawn_channel_by_channel() {
    let program = program();
    let event = open_event(&program, &[]);
    let added = add(&program, &event, "Ada");
    let consent = |act: &str, options: &[&str]| {
        program.json(&[&["consent", act, "--event", &event, "--ticket", text(&added["ticket"])], options].concat())
    };
    let both = ["--purpose", "photo", "--purpose", "video"];
    is_refused(consent("withdraw", &both), "nothing_given", Some("purpose"));
    let one = consent("give", &["--purpose", "photo", "--channel", "website"]).ends(0).line();
    assert_eq!((keys(&one), &one["badge_mark"]), (vec!["answers", "badge_mark"], &json!("no")));
    assert_eq!(
        one["answers"],
        json!([
            { "purpose": "photo", "channel": "website", "answer": "given" },
            { "purpose": "photo", "channel": "social", "answer": null },
            { "purpose": "video", "channel": "website", "answer": null },
            { "purpose": "video", "channel": "social", "answer": null },
        ])
    );
    assert_eq!(consent("give", &both).ends(0).line()["badge_mark"], "yes");
    assert_eq!(consent("refuse", &["--purpose", "video", "--channel", "social"]).ends(0).line()["badge_mark"], "no");
    let withdrawn = consent("withdraw", &both).ends(0).line();
    assert!(withdrawn["answers"].as_array().unwrap().iter().all(|row| row["answer"] == "withdrawn"));
    is_refused(consent("give", &["--purpose", "photo", "--channel", "tv"]), "no_channel", Some("channel"));
    consent("give", &["--purpose", "painting"]).ends(2);
    consent("give", &[]).ends(2);
    let unknown = program.json(&["consent", "give", "--event", &event, "--ticket", "nobody's", "--purpose", "photo"]);
    is_refused(unknown, "unknown", Some("ticket"));
    let other = open_event(&program, &[]);
    let elsewhere = program.json(&["consent", "give", "--event", &other, "--ticket", text(&added["ticket"]), "--purpose", "photo"]);
    is_refused(elsewhere, "wrong_event", Some("ticket"));
    // Where everybody is told and may object, the badge says yes before anybody does.
    let objecting = open_event(&program, &["--photos", "objection"]);
    let bo = add(&program, &objecting, "Bo");
    let ticket = text(&bo["ticket"]);
    let refused =
        program.json(&["consent", "refuse", "--event", &objecting, "--ticket", ticket, "--purpose", "photo", "--channel", "social"]);
    assert_eq!(refused.ends(0).line()["badge_mark"], "no");
}

#[test]
fn the_list_is_written_as_its_ending_says() {
    let program = program();
    let event = open_event(&program, &[]);
    let file = program.file(
        "people.csv",
        "name,title,company,ticket code,status\nBo Bæk,,,b1,paid\nÅse Ågård,Kemiker,=Ærø;Data,a1,paid\nCai Dam,,,c1,cancelled\n",
    );
    import(&program, &event, &file).ends(0);
    let out = |name: &str| program.place.path().join(name).display().to_string();
    let (csv, comma, pdf) = (out("l.csv"), out("l2.csv"), out("l.PDF"));
    let line = program.json(&["list", "--event", &event, "--out", &csv]).ends(0).line();
    assert_eq!((&line["file"], &line["people"], &line["run"]), (&json!(csv), &json!(2), &json!(1)));
    let line = program.json(&["list", "--event", &event, "--out", &comma, "--dialect", "comma"]).ends(0).line();
    assert_eq!((&line["people"], &line["run"]), (&json!(2), &json!(2)));
    program.json(&["list", "--event", &event, "--out", &pdf]).ends(0);
    assert!(std::fs::read(&pdf).unwrap().starts_with(b"%PDF-"));
    for (path, separator) in [(&csv, b';'), (&comma, b',')] {
        let rows = rows_of(&std::fs::read_to_string(path).unwrap(), separator);
        assert_eq!(rows, [["Bo Bæk", "", ""], ["Åse Ågård", "Kemiker", "'=Ærø;Data"]].map(|row| row.map(str::to_owned)));
    }
    is_refused(program.json(&["list", "--event", &event, "--out", &out("l.doc")]), "format", Some("out"));
    is_refused(program.json(&["list", "--event", &event, "--out", &out("l")]), "format", Some("out"));
    program.json(&["list", "--event", &event]).ends(2);
}

/// The rows of a list under its header, checked to have three columns.
fn rows_of(list: &str, separator: u8) -> Vec<[String; 3]> {
    let list = list.strip_prefix('\u{FEFF}').unwrap_or(list);
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(false).from_reader(list.as_bytes());
    let rows: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    let header = rows.iter().position(|row| row.len() == 3 && row[0] == "Name").unwrap_or_else(|| panic!("no header: {:?}", rows.first()));
    rows[header + 1..].iter().map(|row| row.clone().try_into().unwrap_or_else(|row| panic!("{row:?}"))).collect()
}

#[test]
fn of_sixteen_programs_that_read_one_ticket_at_once_one_lets_it_in() {
    let program = program();
    let event = open_event(&program, &[]);
    let added = add(&program, &event, "Ada");
    let arguments = ["--json", "check-in", text(&added["ticket"]), "--event", &event];
    let children: Vec<_> =
        (0..16).map(|_| program.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()).collect();
    let mut verdicts = BTreeMap::new();
    for child in children {
        let ran = ran(child.wait_with_output().unwrap());
        let verdict = text(&ran.line()["verdict"]).to_owned();
        assert_eq!(ran.code, Some(if verdict == "entered" { 0 } else { 1 }));
        *verdicts.entry(verdict).or_insert(0) += 1;
    }
    assert_eq!(verdicts, BTreeMap::from([("already_entered".to_owned(), 15), ("entered".to_owned(), 1)]));
}

#[test]
fn nothing_of_a_participant_is_logged_however_much_is_logged() {
    let program = program();
    let event = open_event(&program, &[]);
    let traced = |arguments: &[&str]| {
        ran(program.command(&[&["--json"], arguments].concat()).env("VELKOMMEN_LOG", "trace").env("RUST_LOG", "trace").output().unwrap())
    };
    let tokens = ["Nålnavn7Qx1Zk", "Firmanål8Rw2Yj", "Titelnål9Sv3Xh", "Kodenål4Tu5Wg", "Grundnål6Pn0Vf"];
    let [name, company, title, code, reason] = tokens;
    let file = program.file("people.csv", format!("name,company,title,ticket code\n{name},{company},{title},{code}\n"));
    let entered = traced(&["participant", "import", &file, "--event", &event]);
    let scan = traced(&["check-in", code, "--event", &event]).ends(0);
    let scanned = text(&scan.line()["scan"]).to_owned();
    let added = traced(&["participant", "add", "--event", &event, "--name", name]).ends(0);
    let ticket = text(&added.line()["ticket"]).to_owned();
    let out = program.place.path().join("l.csv").display().to_string();
    let runs = [
        entered,
        scan,
        added,
        traced(&["check-in", &ticket, "--event", &event]),
        traced(&["check-in", &ticket.to_lowercase(), "--event", &event]).ends(1),
        traced(&["undo-check-in", &scanned, "--reason", reason]).ends(0),
        traced(&["consent", "give", "--event", &event, "--ticket", code, "--purpose", "photo"]).ends(0),
        traced(&["participant", "find", name, "--event", &event]).ends(0),
        traced(&["list", "--event", &event, "--out", &out]).ends(0),
        traced(&["event", "list"]).ends(0),
    ];
    for run in &runs {
        let is_said = tokens.iter().chain([&ticket.as_str()]).any(|token| run.err.contains(token));
        assert!(!is_said, "{}", run.err);
    }
}

// ---- The big files

/// The folder of big files, or a loud word that they were skipped.
fn data(what: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("VELKOMMEN_DATA").map(PathBuf::from);
    if folder.is_none() {
        // Past the test harness, which swallows what a passing test says.
        std::io::Write::write_all(&mut std::io::stderr(), format!("\n*** SKIPPED: {what}: VELKOMMEN_DATA is not set ***\n").as_bytes())
            .unwrap();
    }
    folder
}

/// The rows of a file under their headers.
fn cells(path: &PathBuf, separator: u8) -> Vec<HashMap<String, String>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_path(path).unwrap();
    let headers = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|row| headers.iter().map(str::to_owned).zip(row.unwrap().iter().map(str::to_owned)).collect::<HashMap<_, _>>())
        .collect()
}

/// Whether a list says any of these, found by their pieces first: there are many.
fn said<'t>(list: &str, values: impl Iterator<Item = &'t str>) -> BTreeSet<&'t str> {
    let pieces: HashSet<&[u8]> = list.as_bytes().windows(5).collect();
    values
        .filter(|value| value.len() >= 5 && value.as_bytes().windows(5).all(|piece| pieces.contains(piece)))
        .filter(|value| list.contains(*value))
        .collect()
}

/// A name as a Dane looks it up: case and accents aside, aa as å.
fn place(family: &str) -> Vec<usize> {
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzæøå";
    let folded = family.to_lowercase().replace("aa", "å").replace('é', "e").replace('ü', "y").replace('ö', "ø").replace('ä', "æ");
    folded.chars().filter_map(|c| LETTERS.chars().position(|letter| letter == c)).collect()
}

#[test]
fn ten_thousand_participants_of_three_files_are_the_same_ten_thousand() {
    let Some(folder) = data("ten thousand participants through the program") else { return };
    let program = program();
    let event = open_event(&program, &[]);
    let files = [
        ("checkinlist-10000-da.csv", b',', ["Navn på deltager", "Stilling", "Virksomhed", "Hemmelighed", "Email", "Telefonnummer", "Pris"]),
        (
            "checkinlist-10000-da-semicolon.csv",
            b';',
            ["Navn på deltager", "Stilling", "Virksomhed", "Hemmelighed", "Email", "Telefonnummer", "Pris"],
        ),
        (
            "orderpositions-10000-en.csv",
            b',',
            ["Attendee name", "Stilling", "Attendee company", "Ticket secret", "Email", "Phone number", "Price"],
        ),
    ];
    for (number, (file, _, _)) in files.iter().enumerate() {
        let path = folder.join("pretix").join(file).display().to_string();
        let line = import(&program, &event, &path).ends(0).line();
        let expected = if number == 0 { (10_000, 0) } else { (0, 10_000) };
        assert_eq!((line["added"].as_u64().unwrap(), line["unchanged"].as_u64().unwrap()), expected, "{file}: {line}");
        assert_eq!((&line["changed"], &line["bad_rows"], &line["ignored_check_ins"]), (&json!(0), &json!([]), &json!(true)), "{file}");
        let dropped = line["dropped_columns"].as_array().unwrap();
        assert!(dropped.contains(&json!("Email")), "{file}");
    }
    let (path, separator, [name, title, company, secret, ..]) = &files[0];
    let people = cells(&folder.join("pretix").join(path), *separator);
    assert_eq!(people.len(), 10_000);
    // Three of their codes, one again, one where it is not for, one that nobody has, one changed, and ours for the same person.
    let codes = [0, 4_711, 9_999].map(|row: usize| people[row][*secret].as_str());
    for (code, row) in codes.iter().zip([0, 4_711, 9_999]) {
        let entered = check_in(&program, &event, code).ends(0).line();
        assert_eq!((&entered["verdict"], &entered["participant"]["name"]), (&json!("entered"), &json!(people[row][*name])));
    }
    assert_eq!(check_in(&program, &event, codes[0]).ends(1).line()["verdict"], "already_entered");
    let other = open_event(&program, &[]);
    assert_eq!(check_in(&program, &other, codes[1]).ends(1).line()["verdict"], "wrong_event");
    let nobody: String = codes[0].chars().rev().collect();
    assert_eq!(check_in(&program, &event, &nobody).ends(1).line()["reason"], "no_match");
    let added = add(&program, &event, "Somebody Else");
    let forged = text(&added["ticket"]).replace('A', "B");
    assert_eq!(check_in(&program, &event, &forged).ends(1).line()["reason"], "signature");
    let database = program.folder().join("velkommen.db");
    let key = program.folder().join("key");
    let short = || -> Option<String> {
        raw(database.clone(), key.clone())
            .query_row(
                "SELECT code FROM participants JOIN tickets USING (event_id, participant_id) JOIN short_codes ON owner_id = ticket_id
                 WHERE import_key = ?1",
                [format!("code:{}", codes[0])],
                |row| row.get(0),
            )
            .ok()
    };
    assert_eq!(short(), None, "nobody has a ticket of ours before one is asked for");
    raw(database.clone(), key.clone())
        .execute(
            "UPDATE participants SET status = 'cancelled' WHERE import_key <> ?1 AND name <> 'Somebody Else'",
            [format!("code:{}", codes[0])],
        )
        .unwrap();
    let out = program.place.path().join("tickets").display().to_string();
    let issued = program.json(&["ticket", "issue", "--event", &event, "--out", &out, "--format", "png"]).ends(0).lines();
    let ours = issued.iter().find(|ticket| ticket["name"] == json!(people[0][*name])).unwrap();
    assert_eq!(short().as_deref(), ours["code"].as_str());
    assert_eq!(check_in(&program, &event, text(&ours["ticket"])).ends(1).line()["verdict"], "already_entered");
    raw(database, key).execute("UPDATE participants SET status = 'may_enter'", []).unwrap();

    // The list: everybody, three things each, and nothing else of what the files say.
    let list = program.place.path().join("l.csv");
    let line = program.json(&["list", "--event", &event, "--out", &list.display().to_string()]).ends(0).line();
    assert_eq!(line["people"], 10_001);
    let list = std::fs::read_to_string(list).unwrap();
    let rows = rows_of(&list, b';');
    let mut listed: Vec<[&str; 3]> = rows.iter().map(|row| [row[0].as_str(), &row[1], &row[2]]).collect();
    let mut wanted: Vec<[&str; 3]> = people.iter().map(|row| [row[*name].as_str(), &row[*title], &row[*company]]).collect();
    wanted.push(["Somebody Else", "", "Fjordby"]);
    let family: HashMap<&str, &str> = people.iter().map(|row| (row[*name].as_str(), row["Deltagerens navn: Efternavn"].as_str())).collect();
    let families: Vec<&str> = listed.iter().map(|row| family.get(row[0]).copied().unwrap_or("Else")).collect();
    let unsorted: Vec<_> = families.windows(2).filter(|two| place(two[0]) > place(two[1])).collect();
    assert!(unsorted.is_empty(), "{unsorted:?}");
    assert!(families.first().unwrap().to_lowercase() < families.last().unwrap().to_lowercase());
    listed.sort_unstable();
    wanted.sort_unstable();
    assert!(listed == wanted, "somebody is missing or changed");
    for (file, separator, columns) in &files {
        let rows = cells(&folder.join("pretix").join(file), *separator);
        for column in &columns[3..] {
            let values = rows.iter().map(|row| row[*column].as_str()).filter(|value| value.chars().count() > 4);
            assert_eq!(said(&list, values), BTreeSet::new(), "{file}: {column}");
        }
    }
    // The search would find them.
    assert_eq!(said(&list, people.iter().map(|row| row[*name].as_str()).filter(|name| name.len() >= 5)).len(), {
        let names: BTreeSet<_> = people.iter().map(|row| row[*name].as_str()).filter(|name| name.len() >= 5).collect();
        names.len()
    });
}

/// What a cell should come out as: without its guard against formulas, its line ends, and marks that turn the direction.
fn freed(cell: &str) -> String {
    let guarded = cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r']));
    let lines = guarded.unwrap_or(cell).replace("\r\n", " ").replace('\n', " ");
    let is_mark =
        |c: char| c.is_control() || matches!(c, '\u{200E}' | '\u{200F}' | '\u{61C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    lines.replace(is_mark, "").trim().to_owned()
}

#[test]
fn nasty_participants_stand_in_the_database_cell_by_cell() {
    let Some(folder) = data("nasty participants through the program") else { return };
    for (file, [name, title, company, secret, family, product]) in [
        (
            "checkinlist-nasty-da.csv",
            ["Navn på deltager", "Stilling", "Virksomhed", "Hemmelighed", "Deltagerens navn: Efternavn", "Produkt"],
        ),
        (
            "checkinlist-nasty-da-excel.csv",
            ["Navn på deltager", "Stilling", "Virksomhed", "Hemmelighed", "Deltagerens navn: Efternavn", "Produkt"],
        ),
        (
            "orderpositions-nasty-en.csv",
            ["Attendee name", "Stilling", "Attendee company", "Ticket secret", "Attendee name: Family name", "Product"],
        ),
    ] {
        let program = program();
        let event = open_event(&program, &[]);
        let path = folder.join("pretix").join(file);
        let line = import(&program, &event, &path.display().to_string()).ends(0).line();
        assert_eq!((line["added"].as_u64(), &line["bad_rows"]), (Some(237), &json!([])), "{file}");
        let kept = raw(program.folder().join("velkommen.db"), program.folder().join("key"));
        let mut rows = 0;
        for row in cells(&path, b',') {
            let cell = |header: &str| freed(&row[header]);
            rows += 1;
            let of = |text: String| Some(text).filter(|text| !text.is_empty());
            let found: [Option<String>; 5] = kept
                .query_row(
                    "SELECT name, title, company, sort_name, ticket_type FROM participants WHERE import_key = ?1",
                    [format!("code:{}", row[secret])],
                    |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?]),
                )
                .unwrap();
            assert_eq!(found, [cell(name), cell(title), cell(company), cell(family), cell(product)].map(of), "{file}");
            // And each of them comes in with their own code.
            if rows % 40 == 0 {
                let entered = check_in(&program, &event, &row[secret]).ends(0).line();
                assert_eq!(entered["participant"]["name"], json!(cell(name)));
            }
        }
        assert_eq!(rows, 237);
    }
}
