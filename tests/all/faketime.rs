//! The program itself under a faked clock: 29 days after a visit everything is there, 30 days after nothing is.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use chrono::{Days, NaiveDate, NaiveDateTime};
use velkommen::desk::clock::{SimulatedClock, build_date};
use velkommen::desk::{Desk, Folder};

const VISITORS: usize = 20;
const FIELDS: [&str; 4] = ["name", "company", "title", "host"];

/// Runs the program at a moment in Copenhagen and gives back its first line as JSON.
fn at(moment: NaiveDateTime, folder: &Path, args: &[&str]) -> serde_json::Value {
    let output = Command::new("faketime")
        .arg("-f")
        .arg(format!("@{}", moment.format("%Y-%m-%d %H:%M:%S")))
        .arg(env!("CARGO_BIN_EXE_velkommen"))
        .arg("--json")
        .arg("--data")
        .arg(folder)
        .args(args)
        .env("TZ", "Europe/Copenhagen")
        .output()
        .expect("faketime is installed");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{args:?}: {text}");
    serde_json::from_str(text.lines().next().unwrap_or("null")).expect("one object a line")
}

/// The token that stands in one field of one visitor and nowhere else.
fn token(field: &str, visitor: usize) -> String {
    format!("Needle{field}{visitor:03}")
}

/// Which of these texts are in a decrypted page, free ones included, or in any file of the folder.
fn found(folder: &Path, day: NaiveDate, needles: &[String]) -> Vec<String> {
    let clock = SimulatedClock::at(day.and_hms_opt(12, 0, 0).expect("noon").and_utc());
    let mut desk = Desk::open(Folder::at(folder), Arc::new(clock), build_date()).expect("opens");
    let mut haystacks = vec![desk.decrypted_pages().expect("decrypts")];
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).expect("reads") {
            let path = entry.expect("reads").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                haystacks.push(std::fs::read(path).expect("reads"));
            }
        }
    }
    let is_found = |needle: &&String| haystacks.iter().any(|bytes| memchr::memmem::find(bytes, needle.as_bytes()).is_some());
    needles.iter().filter(is_found).cloned().collect()
}

#[test]
fn a_visit_is_there_for_29_days_and_gone_after_30_to_the_last_byte() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path().join("desk");
    let day = build_date() + Days::new(10);
    let moment = |days: u64, time: &str| (day + Days::new(days)).and_time(time.parse().expect("a time"));
    at(moment(0, "07:00:00"), &folder, &["init"]);

    let mut needles = Vec::new();
    for visitor in 0..VISITORS {
        let values = FIELDS.map(|field| token(field, visitor));
        let mut args = vec!["visit", "sign-in"];
        let options = FIELDS.map(|field| format!("--{field}"));
        for (option, value) in options.iter().zip(&values) {
            args.extend([option.as_str(), value.as_str()]);
        }
        let signed_in = at(moment(0, "10:00:00"), &folder, &args);
        let code = signed_in["code"].as_str().expect("a code").to_owned();
        // Half of them sign out, the others are presumed to have left at closing time.
        if visitor % 2 == 0 {
            at(moment(0, "15:00:00"), &folder, &["visit", "sign-out", &code]);
        }
        needles.extend(values);
        needles.push(code);
    }

    at(moment(29, "23:59:00"), &folder, &["erase-due"]);
    assert_eq!(found(&folder, day + Days::new(29), &needles), needles);

    let erased = at(moment(30, "00:00:01"), &folder, &["erase-due"]);
    assert_eq!(erased["erased"], VISITORS);
    assert_eq!(found(&folder, day + Days::new(30), &needles), Vec::<String>::new());
}
