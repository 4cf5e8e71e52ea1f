//! The program itself under a faked clock: 29 days after a visit everything is there, 30 days after nothing is; and of an
//! event everything through the same day a year later, then nothing but who once agreed to pictures, and in the end nothing.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use chrono::{Days, Months, NaiveDate, NaiveDateTime};
use velkommen::desk::clock::{SimulatedClock, build_date};
use velkommen::desk::{Desk, Folder};

use crate::given::raw;

const VISITORS: usize = 20;
const FIELDS: [&str; 4] = ["name", "company", "title", "host"];

/// Runs the program at a moment in Copenhagen and gives back its first line as JSON. Whatever it leaves behind, its log
/// too, is beside its folder.
fn at(moment: NaiveDateTime, folder: &Path, args: &[&str]) -> serde_json::Value {
    let place = folder.parent().expect("a place of its own");
    let places = ["home", "tmp"].map(|name| place.join(name));
    places.iter().for_each(|place| std::fs::create_dir_all(place).expect("a folder"));
    let output = Command::new("faketime")
        .arg("-f")
        .arg(format!("@{}", moment.format("%Y-%m-%d %H:%M:%S")))
        .arg(env!("CARGO_BIN_EXE_velkommen"))
        .arg("--json")
        .arg("--data")
        .arg(folder)
        .args(args)
        .env("TZ", "Europe/Copenhagen")
        .env("HOME", &places[0])
        .env("TMPDIR", &places[1])
        .env("VELKOMMEN_LOG", "trace")
        .output()
        .expect("faketime is installed");
    let mut log = std::fs::OpenOptions::new().create(true).append(true).open(place.join("log")).expect("a log");
    std::io::Write::write_all(&mut log, &output.stderr).expect("writes");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{args:?}: {text}");
    serde_json::from_str(text.lines().next().unwrap_or("null")).expect("one object a line")
}

/// The token that stands in one field of one visitor and nowhere else.
fn token(field: &str, visitor: usize) -> String {
    format!("Needle{field}{visitor:03}")
}

/// A desk whose hosts are told by mail that never goes, and whose papers go into a folder.
fn init(moment: NaiveDateTime, folder: &Path) {
    at(moment, folder, &["init"]);
    let place = folder.parent().expect("a place of its own");
    let config = format!(
        "printer = {{ folder = {:?} }}\n[mail]\nserver = \"localhost\"\nport = 9\nfrom = \"reception@example.org\"\n",
        place.join("papers")
    );
    std::fs::write(folder.join("config.toml"), config).expect("writes");
    let hosts = place.join("hosts.csv");
    std::fs::write(&hosts, "name,email\nKaren Kirk,karen@example.org\n").expect("writes");
    at(moment, folder, &["host", "import", &hosts.display().to_string()]);
}

fn papers(folder: &Path) -> usize {
    std::fs::read_dir(folder.with_file_name("papers")).map_or(0, Iterator::count)
}

/// Which of these texts are in a decrypted page, free ones included, or in any file in the folder or beside it.
fn found(folder: &Path, day: NaiveDate, needles: &[String]) -> Vec<String> {
    let clock = SimulatedClock::at(day.and_hms_opt(12, 0, 0).expect("noon").and_utc());
    let mut desk = Desk::open(Folder::at(folder), Arc::new(clock), build_date()).expect("opens");
    let mut haystacks = vec![desk.decrypted_pages().expect("decrypts")];
    let mut folders = vec![folder.parent().expect("a place of its own").to_owned()];
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
    init(moment(0, "07:00:00"), &folder);

    let mut needles = Vec::new();
    for visitor in 0..VISITORS {
        let mut values = FIELDS.map(|field| token(field, visitor));
        let options = FIELDS.map(|field| format!("--{field}"));
        // Of some the host is told, by a mail that waits.
        if visitor % 3 == 0 {
            values[3] = "Karen Kirk".to_owned();
        }
        let mut args = vec!["visit", "sign-in"];
        for (option, value) in options.iter().zip(&values) {
            args.extend([option.as_str(), value.as_str()]);
        }
        let signed_in = at(moment(0, "10:00:00"), &folder, &args);
        let code = signed_in["code"].as_str().expect("a code").to_owned();
        // Half of them sign out, the others are presumed to have left at closing time.
        if visitor % 2 == 0 {
            at(moment(0, "15:00:00"), &folder, &["visit", "sign-out", &code]);
        }
        needles.extend(values.into_iter().filter(|value| value != "Karen Kirk"));
        needles.push(code);
    }
    let log = std::fs::read_to_string(place.path().join("log")).expect("a log");
    assert_eq!(needles.iter().filter(|needle| log.contains(*needle)).count(), 0, "nothing of anybody is logged");

    at(moment(29, "23:59:00"), &folder, &["erase-due"]);
    assert_eq!(found(&folder, day + Days::new(29), &needles), needles);

    let erased = at(moment(30, "00:00:01"), &folder, &["erase-due"]);
    assert_eq!(erased["erased"], VISITORS);
    assert_eq!(found(&folder, day + Days::new(30), &needles), Vec::<String>::new());
}

/// The values of one participant, none of which is anywhere else, in the order of the columns of the file.
fn participant(number: usize) -> Vec<(&'static str, String)> {
    ["name", "title", "company", "ticket code", "ticket type", "table", "room"]
        .map(|field| (field, token(&field.replace(' ', "-"), 500 + number)))
        .to_vec()
}

#[test]
fn an_event_is_there_for_a_year_and_then_only_who_once_agreed_to_pictures() {
    const PEOPLE: usize = 12;
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path().join("desk");
    let day = build_date() + Days::new(10);
    let on = |day: NaiveDate, time: &str| day.and_time(time.parse().expect("a time"));
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    init(on(day, "07:00:00"), &folder);
    let (starts, ends) = (on(day, "09:00:00").format("%Y-%m-%dT%H:%M"), on(day, "16:00:00").format("%Y-%m-%dT%H:%M"));
    let event_name = token("event", 0);
    let event = at(
        on(day, "07:01:00"),
        &folder,
        &[
            "event",
            "add",
            "--name",
            &event_name,
            "--venue",
            &token("venue", 0),
            "--starts",
            &starts.to_string(),
            "--ends",
            &ends.to_string(),
        ],
    );
    let event = text(&event["event"]);

    // A file of people, with columns that are not kept.
    let people: Vec<_> = (0..PEOPLE).map(participant).collect();
    let mut file = "name,title,company,ticket code,ticket type,table,room,e-mail\n".to_owned();
    for (number, person) in people.iter().enumerate() {
        let cells: Vec<&str> = person.iter().map(|(_, value)| value.as_str()).collect();
        file += &format!("{},{}@example.org\n", cells.join(","), token("mail", number));
    }
    let path = place.path().join("people.csv");
    let own_file = path.clone();
    std::fs::write(&path, file).expect("writes");
    let imported = at(on(day, "07:02:00"), &folder, &["participant", "import", &path.display().to_string(), "--event", &event]);
    assert_eq!(imported["added"], PEOPLE);
    std::fs::remove_file(own_file).expect("the organiser's own");

    // One more by hand, whose ticket and short code are known.
    let by_hand =
        [token("name", 600), token("title", 600), token("company", 600), token("type", 600), token("table", 600), token("room", 600)];
    let mut args = vec!["participant", "add", "--event", &event];
    let options = ["--name", "--title", "--company", "--ticket-type", "--table", "--room"];
    args.extend(options.iter().zip(&by_hand).flat_map(|(option, value)| [*option, value.as_str()]));
    let added = at(on(day, "07:03:00"), &folder, &args);
    let (ticket, short) = (text(&added["ticket"]), text(&added["code"]));

    // Everybody comes; one check-in is taken back. Of the first ones 0 and the one by hand agree to photos, 1 to video and
    // takes it back, 2 refuses.
    let codes: Vec<&str> = people.iter().map(|person| person[3].1.as_str()).chain([ticket.as_str()]).collect();
    let mut scans = Vec::new();
    for code in &codes {
        let entered = at(on(day, "09:10:00"), &folder, &["check-in", code, "--event", &event]);
        scans.push(text(&entered["scan"]));
    }
    let reason = token("reason", 0);
    at(on(day, "09:20:00"), &folder, &["undo-check-in", &scans[3], "--reason", &reason]);
    let consent = |act: &str, code: &str, purpose: &str| {
        at(on(day, "09:30:00"), &folder, &["consent", act, "--event", &event, "--ticket", code, "--purpose", purpose]);
    };
    consent("give", codes[0], "photo");
    consent("give", &short, "photo");
    consent("give", codes[1], "video");
    consent("withdraw", codes[1], "video");
    consent("refuse", codes[2], "photo");

    at(on(day, "10:00:00"), &folder, &["list", "--event", &event, "--print"]);
    assert_eq!(papers(&folder), 1, "a list lies there");

    let consenting = [people[0][0].1.clone(), people[1][0].1.clone(), by_hand[0].clone()];
    let mut needles: Vec<String> = people.iter().flatten().map(|(_, value)| value.clone()).collect();
    needles.extend(by_hand);
    needles.extend([short, reason, token("venue", 0)]);
    needles.extend(scans);
    let evidence: Vec<String> = consenting.into_iter().chain([event_name.clone()]).collect();
    let (all, never) =
        ([needles.clone(), vec![event_name]].concat(), [vec![ticket], (0..PEOPLE).map(|number| token("mail", number)).collect()].concat());
    let sorted = |mut found: Vec<String>| {
        found.sort();
        found.dedup();
        found
    };
    let left = |day: NaiveDate| sorted(found(&folder, day, &all));

    let year = day + Months::new(12);
    for (day, time) in [(day, "18:00:00"), (day + Days::new(200), "12:00:00"), (year, "23:59:00")] {
        at(on(day, time), &folder, &["erase-due"]);
        assert_eq!(left(day), sorted(all.clone()), "{day}");
        assert_eq!(found(&folder, day, &never), [""; 0], "what is not kept was never there");
    }
    let next = year + Days::new(1);
    at(on(next, "00:00:01"), &folder, &["erase-due"]);
    assert_eq!(papers(&folder), 0);
    assert_eq!(left(next), sorted(evidence.clone()));
    let kept = raw(folder.join("velkommen.db"), folder.join("key"));
    for table in ["events", "check_in_lists", "participants", "tickets", "short_codes", "scans", "undone_scans", "consent_answers"] {
        let rows: i64 = kept.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect("counts");
        assert_eq!(rows, 0, "{table}");
    }
    drop(kept);

    // The program starts now and then; three years after the event the evidence goes as well.
    let end = day + Months::new(36);
    for (day, time) in [(next + Days::new(360), "12:00:00"), (end, "23:59:00")] {
        at(on(day, time), &folder, &["erase-due"]);
        assert_eq!(left(day), sorted(evidence.clone()), "{day}");
    }
    let last = end + Days::new(1);
    at(on(last, "00:00:01"), &folder, &["erase-due"]);
    assert_eq!(left(last), [""; 0]);
    assert_eq!(found(&folder, last, &never), [""; 0]);
}
