//! The contract of the command line, with the real program.

use std::fs::File;
use std::process::Stdio;

use chrono::TimeDelta;
use serde_json::Value;

use velkommen::desk::clock::SystemClock;
use velkommen::desk::{Desk, Folder, standard_profile};
use velkommen::domain::clock::Clock;
use velkommen::domain::config::Config;

use crate::given::{build, given};
use crate::program::{Program, keys, nowhere, program, ran};

#[test]
fn a_desk_is_made_and_not_made_again() {
    let program = nowhere();
    let made = program.json(&["init"]).ends(0).line();
    assert_eq!(keys(&made), ["folder"]);
    let key = std::fs::read(program.folder().join("key")).unwrap();
    let again = program.json(&["init"]).ends(1).line();
    assert_eq!((keys(&again), &again["refused"]), (vec!["field", "message", "refused"], &Value::from("already_there")));
    assert_eq!(std::fs::read(program.folder().join("key")).unwrap(), key);
}

#[test]
fn of_many_who_make_a_desk_at_once_one_does() {
    for _ in 0..3 {
        let program = nowhere();
        let children: Vec<_> =
            (0..6).map(|_| program.command(&["init"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()).collect();
        let mut codes: Vec<_> = children.into_iter().map(|mut child| child.wait().unwrap().code()).collect();
        codes.sort();
        assert_eq!(codes, [0, 1, 1, 1, 1, 1].map(Some));
        program.sign_in("Ada");
    }
}

#[test]
fn a_profile_of_ones_own_is_taken_or_refused_with_its_reason() {
    let program = nowhere();
    let bad = program.file("bad.toml", standard_profile().replace("days = 30", "days = 0"));
    let refused = program.json(&["init", "--profile", &bad]).ends(1).line();
    assert_eq!((&refused["refused"], &refused["field"]), (&Value::from("profile"), &Value::from("profile")));
    assert!(refused["message"].as_str().unwrap().contains("1 to 366 days"));
    assert!(!program.folder().exists());
    let good = program.file("good.toml", standard_profile().replace("days = 30", "days = 7"));
    program.json(&["init", "--profile", &good]).ends(0);
    let rules: Vec<_> = program.json(&["retention"]).ends(0).lines().iter().map(|line| line["rule"].clone()).collect();
    assert_eq!(rules, ["7 days", "7 days", "12 hours", "12 months", "12 months", "36 months", "7 days", "12 months", "60 months"]);
}

#[test]
fn staff_get_their_secret_from_standard_input() {
    let program = program();
    let add = |name: &str, secret: &str| program.json_with_input(&["staff", "add", name, "--role", "reception", "--role", "dpo"], secret);
    let added = add("Bo Bæk", "482913\n").ends(0).line();
    assert_eq!((keys(&added), &added["name"]), (vec!["name", "staff"], &Value::from("Bo Bæk")));
    for (name, secret, word, field) in [
        ("bo bæk", "482913", "taken", "name"),
        ("Cleo", "", "missing", "secret"),
        ("Cleo", "1234", "secret", "secret"),
        ("", "482913", "missing", "name"),
        ("a\u{7f}b", "482913", "control_character", "name"),
    ] {
        let refused = add(name, secret).ends(1).line();
        assert_eq!((&refused["refused"], &refused["field"]), (&Value::from(word), &Value::from(field)));
    }
    program.json_with_input(&["staff", "add", "Cleo"], "482913").ends(2);
    program.json_with_input(&["staff", "add", "Cleo", "--role", "queen"], "482913").ends(2);
    // The secret works, and a secret typed with a Windows line end is the same secret.
    add("Dan", "correct horse\r\n").ends(0);
    let mut desk = Desk::open(Folder::at(program.folder()), std::sync::Arc::new(SystemClock), build()).unwrap();
    for (name, secret) in [("Bo Bæk", "482913"), ("Dan", "correct horse")] {
        let input = velkommen::desk::unlock::Unlock { name: name.to_owned(), secret: secret.to_owned() };
        let outcome = velkommen::desk::unlock::unlock(&mut desk, &velkommen::domain::access::Actor::Public, &input).unwrap();
        assert!(matches!(outcome, velkommen::desk::unlock::UnlockOutcome::Unlocked { .. }), "{name}: {outcome:?}");
    }
}

#[test]
fn hosts_come_from_a_file_of_columns_and_from_nothing_else() {
    let program = program();
    let good = program.file("hosts.csv", "name,department,email\nZoë Kirkegård,Køkken,zoe@example.org\nBo Bæk,,\n");
    let done = program.json(&["host", "import", &good]).ends(0).line();
    assert_eq!(done, serde_json::json!({ "added": 2, "unchanged": 0, "removed": 0 }));
    let changed = program.file("hosts.csv", "navn;afdeling\r\nZoë Kirkegård;Køkken\r\nBo Bæk;\r\n");
    assert_eq!(program.json(&["host", "import", &changed]).ends(0).line(), serde_json::json!({ "added": 1, "unchanged": 1, "removed": 1 }));
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend([0; 100]);
    for (name, bytes, word) in [
        ("hosts.png", png, "host_file"),
        ("empty.csv", Vec::new(), "host_file"),
        ("other.csv", b"a,b\n1,2\n".to_vec(), "host_file"),
        ("long.csv", format!("name\n{}\n", "x".repeat(201)).into_bytes(), "bad_rows"),
        ("turned.csv", "name\nBo\u{202E}Bæk\n".into(), "bad_rows"),
    ] {
        let file = program.file(name, bytes);
        let refused = program.json(&["host", "import", &file]).ends(1).line();
        assert_eq!(
            (keys(&refused), &refused["refused"], &refused["field"]),
            (vec!["field", "message", "refused"], &Value::from(word), &Value::from("file")),
            "{name}"
        );
    }
    let failed = program.json(&["host", "import", "/nowhere/at/all.csv"]).ends(3).line();
    assert_eq!((keys(&failed), &failed["error"]), (vec!["error", "field", "message"], &Value::from("file")));
    // What was refused has changed nothing.
    assert_eq!(program.json(&["host", "import", &changed]).ends(0).line(), serde_json::json!({ "added": 0, "unchanged": 2, "removed": 0 }));
}

#[test]
fn a_visit_signs_in_is_listed_and_signs_out_with_the_promised_keys() {
    let program = program();
    let hosts = program.file("hosts.csv", "name\nZoë Kirkegård\n");
    program.json(&["host", "import", &hosts]).ends(0);
    let arguments =
        ["visit", "sign-in", "--name", " Åse Brændgaard ", "--company", "-Ærø Data", "--title", "Udvikler", "--host", "zoë kirkegård"];
    let visit = program.json(&arguments).ends(0).line();
    assert_eq!(keys(&visit), ["code", "signed_in_at", "visit"]);
    let code = visit["code"].as_str().unwrap();
    assert_eq!(code.len(), 8);
    assert!(chrono::DateTime::parse_from_rfc3339(visit["signed_in_at"].as_str().unwrap()).is_ok());
    let typed = program.json(&["visit", "sign-in", "--name", "Bo", "--host", "Somebody Else"]).ends(0).line();
    let open = program.open_visits();
    assert_eq!(open.len(), 2);
    for line in &open {
        assert_eq!(keys(line), ["company", "host", "name", "signed_in_at", "title", "visit"]);
    }
    let by_id = |visit: &Value| open.iter().find(|line| line["visit"] == visit["visit"]).unwrap();
    let (ase, bo) = (by_id(&visit), by_id(&typed));
    assert_eq!([&ase["name"], &ase["company"], &ase["title"], &ase["host"]], ["Åse Brændgaard", "-Ærø Data", "Udvikler", "Zoë Kirkegård"]);
    assert_eq!(
        (&bo["name"], &bo["company"], &bo["title"], &bo["host"]),
        (&Value::from("Bo"), &Value::Null, &Value::Null, &Value::from("Somebody Else"))
    );
    assert_eq!(ase["signed_in_at"], visit["signed_in_at"]);
    let shown = format!("{} {}", &code[..4].to_lowercase(), &code[4..]);
    let out = program.json(&["visit", "sign-out", &shown]).ends(0).line();
    assert_eq!((keys(&out), &out["visit"]), (vec!["signed_out_at", "visit"], &visit["visit"]));
    assert_eq!(program.open_visits().len(), 1);
    let again = program.json(&["visit", "sign-out", code]).ends(1).line();
    assert_eq!((&again["refused"], &again["field"]), (&Value::from("already_left"), &Value::from("code")));
    let unknown = program.json(&["visit", "sign-out", "-nonsense"]).ends(1).line();
    assert_eq!(&unknown["refused"], "unknown");
}

#[test]
fn what_is_refused_names_its_field_and_its_reason() {
    let program = program();
    let long = "x".repeat(201);
    for (arguments, word, field) in [
        (vec!["--name", ""], "missing", "name"),
        (vec!["--name", &long], "too_long", "name"),
        (vec!["--name", "a\u{1b}b"], "control_character", "name"),
        (vec!["--name", "Ada", "--company", &long], "too_long", "company"),
        (vec!["--name", "Ada", "--title", "a\nb"], "control_character", "title"),
        (vec!["--name", "Ada", "--host", &long], "too_long", "host"),
    ] {
        let refused = program.json(&[&["visit", "sign-in"], &arguments[..]].concat()).ends(1).line();
        assert_eq!(keys(&refused), ["field", "message", "refused"]);
        assert_eq!((&refused["refused"], &refused["field"]), (&Value::from(word), &Value::from(field)));
    }
    assert!(program.open_visits().is_empty());
    let off = nowhere();
    let profile = off.file("off.toml", standard_profile().replace("company = \"optional\"", "company = \"off\""));
    off.json(&["init", "--profile", &profile]).ends(0);
    let refused = off.json(&["visit", "sign-in", "--name", "Ada", "--company", "Ærø Data"]).ends(1).line();
    assert_eq!((&refused["refused"], &refused["field"]), (&Value::from("not_asked"), &Value::from("company")));
}

#[test]
fn wrong_usage_is_2_and_failure_is_3() {
    let program = program();
    for arguments in [
        vec!["visit"],
        vec!["visit", "sign-in"],
        vec!["no-such-command"],
        vec!["visit", "open", "--no-such-option"],
        vec!["init", "a", "b"],
    ] {
        program.run(&arguments).ends(2);
    }
    let empty = nowhere();
    for arguments in [&["visit", "open"][..], &["retention"], &["erase-due"], &["roll-call"]] {
        let failed = empty.json(arguments).ends(3).line();
        assert_eq!((keys(&failed), &failed["error"]), (vec!["error", "field", "message"], &Value::from("not_there")));
    }
    assert!(!empty.folder().exists(), "asking makes nothing");
    std::fs::write(program.folder().join("key"), "0".repeat(64)).unwrap();
    assert_eq!(program.json(&["visit", "open"]).ends(3).line()["error"], "wrong_key");
    std::fs::remove_file(program.folder().join("key")).unwrap();
    assert_eq!(program.json(&["visit", "open"]).ends(3).line()["error"], "no_key");
}

#[test]
fn without_json_there_are_sentences_and_refusals_go_to_standard_error() {
    let program = program();
    let said = program.run(&["visit", "sign-in", "--name", "Ada"]).ends(0);
    assert!(said.out.starts_with("Signed in. The code for signing out is ") && said.err.is_empty());
    let refused = program.run(&["visit", "sign-in", "--name", " "]).ends(1);
    assert!(refused.out.is_empty() && refused.err.contains("name"));
    assert!(program.run(&["visit", "open"]).ends(0).out.contains("Ada"));
}

#[test]
fn the_roll_call_is_printed_or_a_pdf() {
    let program = program();
    for name in ["Åse Ågård", "Bo Bæk"] {
        program.sign_in(name);
    }
    let lines = program.json(&["roll-call"]).ends(0).lines();
    assert_eq!(lines.iter().map(|line| line["name"].as_str().unwrap()).collect::<Vec<_>>(), ["Bo Bæk", "Åse Ågård"]);
    assert_eq!(keys(&lines[0]), ["company", "host", "name", "since"]);
    let file = program.place.path().join("roll call.pdf");
    let done = program.json(&["roll-call", "--out", &file.display().to_string()]).ends(0).line();
    assert_eq!(done["people"], 2);
    assert!(std::fs::read(&file).unwrap().starts_with(b"%PDF-"));
    program.json(&["roll-call", "--out", "/nowhere/at/all.pdf"]).ends(3);
}

#[test]
fn an_invitation_is_a_calendar_file_and_a_picture() {
    let program = program();
    let at = (SystemClock.read().wall + TimeDelta::days(2)).format("%Y-%m-%dT%H:%M").to_string();
    let file = program.place.path().join("ada.ics").display().to_string();
    let invite = |at: &str, more: &[&str]| {
        let arguments = ["visit", "invite", "--name", "Ada Lovelace", "--host", "Karen", "--at", at, "--out", &file];
        program.json(&[&arguments[..], more].concat())
    };
    let invited = invite(&at, &[]).ends(0).line();
    assert_eq!(keys(&invited), ["code", "ends_at", "erase_after", "file", "invitation", "mail", "picture", "starts_at"]);
    let code = invited["code"].as_str().unwrap();
    let calendar = std::fs::read_to_string(&file).unwrap().replace("\r\n ", "");
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.contains(&format!("{} {}", &code[..4], &code[4..])));
    let picture = std::fs::read(invited["picture"].as_str().unwrap()).unwrap();
    assert!(picture.starts_with(b"\x89PNG"));
    for (at, more, word, field) in [
        ("soon", &[][..], "no_moment", "at"),
        (&at, &["--until", "2020-01-01T00:00"], "ends_before_start", "until"),
        (&at, &["--mail"], "no_mail", "host"),
    ] {
        let refused = invite(at, more).ends(1).line();
        assert_eq!((&refused["refused"], &refused["field"]), (&Value::from(word), &Value::from(field)));
    }
}

#[test]
fn retention_says_what_there_is_of_each_class() {
    let program = program();
    program.sign_in("Ada");
    let lines = program.json(&["retention"]).ends(0).lines();
    for line in &lines {
        assert_eq!(keys(line), ["class", "next_due", "oldest", "records", "rule"]);
    }
    let row = |line: &Value| {
        (line["class"].as_str().unwrap().to_owned(), line["rule"].as_str().unwrap().to_owned(), line["records"].as_u64().unwrap())
    };
    assert_eq!(
        lines.iter().map(row).collect::<Vec<_>>(),
        [
            ("visit".to_owned(), "30 days".to_owned(), 1),
            ("invitation".to_owned(), "30 days".to_owned(), 0),
            ("message".to_owned(), "12 hours".to_owned(), 0),
            ("event".to_owned(), "12 months".to_owned(), 0),
            ("participant".to_owned(), "12 months".to_owned(), 0),
            ("consent_evidence".to_owned(), "36 months".to_owned(), 0),
            ("scan".to_owned(), "30 days".to_owned(), 0),
            ("audit_entry".to_owned(), "12 months".to_owned(), 1),
            ("receipt".to_owned(), "60 months".to_owned(), 0),
        ]
    );
    assert!(lines[0]["next_due"].as_str().unwrap().contains("T00:00:00"));
    assert!(lines[1..5].iter().all(|line| line["next_due"] == Value::Null));
    assert_eq!(lines[6]["next_due"], Value::Null);
}

#[test]
fn the_sweep_erases_what_is_due_and_a_dry_run_only_counts_it() {
    // A desk of 2 March 2026 as today's program finds it; so long ago that both a visit and its audit are due.
    let program = nowhere();
    let old = given().visit("Ada").visit("Bo");
    let config = old.desk.config().clone();
    drop(old.desk);
    copy(old.place.path(), &program);
    assert_eq!(config, Config { kiosk: false, ..Config::default() });
    // Whether today's clock is believed depends on the machine's age since; the mark is moved to just now.
    let now = SystemClock.read().wall.timestamp_millis();
    let raw = crate::given::raw(program.folder().join("velkommen.db"), program.folder().join("key"));
    raw.execute("UPDATE high_water SET at = ?1", [now]).unwrap();
    drop(raw);
    let visits = |dry: bool| {
        let arguments = if dry { &["erase-due", "--dry-run"][..] } else { &["erase-due"] };
        let lines = program.json(arguments).ends(0).lines();
        assert_eq!(
            lines.iter().map(|line| line["class"].as_str().unwrap()).collect::<Vec<_>>(),
            ["visit", "invitation", "message", "event", "participant", "consent_evidence", "scan", "audit_entry", "receipt"]
        );
        assert!(lines.iter().all(|line| keys(line) == ["class", "erased", "next_due"]));
        lines[0]["erased"].as_u64().unwrap()
    };
    assert_eq!([visits(true), visits(true), visits(false), visits(false)], [2, 2, 2, 0]);
    let receipts: Vec<_> = std::fs::read_dir(program.folder().join("receipts")).unwrap().collect();
    assert_eq!(receipts.len(), 1);
}

#[test]
fn in_doubt_the_sweep_erases_nothing_and_says_so() {
    let program = nowhere();
    let old = given().visit("Ada");
    drop(old.desk);
    copy(old.place.path(), &program);
    let raw = crate::given::raw(program.folder().join("velkommen.db"), program.folder().join("key"));
    raw.execute("UPDATE high_water SET at = 7258118400000", []).unwrap();
    drop(raw);
    let ran = program.json(&["erase-due"]);
    // A kernel that is synchronised is believed whatever the mark says.
    if SystemClock.read().synchronised {
        assert_eq!(ran.ends(0).lines()[0]["erased"], 1);
    } else {
        let refused = ran.ends(1).line();
        assert_eq!((keys(&refused), &refused["refused"]), (vec!["field", "message", "refused"], &Value::from("clock_in_doubt")));
        assert_eq!(program.json(&["retention"]).ends(0).lines()[0]["records"], 1);
        // Yet it still writes.
        program.sign_in("Bo");
    }
}

fn copy(from: &std::path::Path, program: &Program) {
    let done = std::process::Command::new("cp").arg("-r").arg(from.join("desk")).arg(program.folder()).status().unwrap();
    assert!(done.success());
}

#[test]
fn nothing_of_a_visitor_is_logged_however_much_is_logged() {
    let program = program();
    let traced = |arguments: &[&str]| {
        ran(program.command(&[&["--json"], arguments].concat()).env("VELKOMMEN_LOG", "trace").env("RUST_LOG", "trace").output().unwrap())
    };
    let tokens = ["Nålnavn7Qx1Zk", "Firmanål8Rw2Yj", "Titelnål9Sv3Xh", "Værtsnål4Tu5Wg"];
    let visit =
        traced(&["visit", "sign-in", "--name", tokens[0], "--company", tokens[1], "--title", tokens[2], "--host", tokens[3]]).ends(0);
    let code = visit.line()["code"].as_str().unwrap().to_owned();
    let long = tokens[0].repeat(20);
    let hosts = program.file("hosts.csv", format!("name\n{}\n{}\n", tokens[3], "x".repeat(201)));
    let pdf = program.place.path().join("out.pdf").display().to_string();
    let runs = [
        visit,
        traced(&["visit", "sign-in", "--name", &long]).ends(1),
        traced(&["visit", "open"]).ends(0),
        traced(&["roll-call"]).ends(0),
        traced(&["roll-call", "--out", &pdf]).ends(0),
        traced(&["host", "import", &hosts]).ends(1),
        traced(&["retention"]).ends(0),
        traced(&["erase-due"]),
        traced(&["visit", "sign-out", &code]).ends(0),
        traced(&["visit", "sign-out", &code]).ends(1),
    ];
    for run in &runs {
        assert!(tokens.iter().all(|token| !run.err.contains(token)) && !run.err.contains(&code), "{}", run.err);
    }
}

#[test]
fn a_result_that_nobody_can_read_is_a_failure_and_what_was_done_stays_done() {
    let program = program();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let ended = program.command(&["--json", "visit", "sign-in", "--name", "Ada"]).stdout(full).output().unwrap();
    assert_eq!(ended.status.code(), Some(3));
    assert!(!String::from_utf8_lossy(&ended.stderr).contains("panicked"));
    assert_eq!(program.open_visits().len(), 1);
}

#[test]
fn a_kiosk_on_the_folder_does_not_stop_commands_but_stops_a_new_desk() {
    let program = program();
    let _kiosk = Folder::at(program.folder()).lock_alone().unwrap();
    program.sign_in("Ada");
    assert_eq!(program.open_visits().len(), 1);
    program.json(&["init"]).ends(1);
    let second = program.json(&[]).ends(1).line();
    assert_eq!(second["refused"], "kiosk_running");
}
