//! What ARCHITECTURE.md promises under "What is not there", as far as the source or the file can be asked. Each rule is
//! shown a trespass that it must find.

use std::collections::BTreeSet;

use crate::given::given;
use crate::source::{File, closing, files, lex, line, words};

#[track_caller]
fn is_kept(found: Vec<String>) {
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// The source, tests at its feet and beside it left out.
fn source(place: &str) -> Vec<File> {
    let own = files(place, ".rs").into_iter().filter(|file| !file.path.ends_with("/tests.rs"));
    own.map(|file| File::new(&file.path, file.text.split("#[cfg(test)]\nmod ").next().unwrap_or_default())).collect()
}

/// Where something stands in the code, as whole words.
fn places(code: &str, wanted: &str) -> Vec<usize> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let found = code.match_indices(wanted).map(|(at, _)| at);
    // What begins with a dot follows a word.
    let begins = |at: usize| !wanted.starts_with(is_word) || !code[..at].ends_with(is_word);
    found.filter(|at| begins(*at) && !code[at + wanted.len()..].starts_with(is_word)).collect()
}

// ---- What stands in a few places and nowhere else

struct Only {
    promise: &'static str,
    what: &'static [&'static str],
    /// The beginnings of the paths where it may stand; each of them needs it.
    places: &'static [&'static str],
}

const ONLY: &[Only] = &[
    Only {
        promise: "Nothing opens a socket but to what config.toml names, speech-dispatcher and systemd.",
        what: &["TcpStream", "TcpListener", "UdpSocket", "UnixStream", "UnixListener", "UnixDatagram", "ureq", "lettre", "rustls"],
        places: &["src/devices/"],
    },
    Only {
        promise: "No way to a transaction but Store::write.",
        what: &["transaction_with_behavior", "unchecked_transaction", "savepoint", ".transaction"],
        places: &["src/store/mod.rs"],
    },
    Only { promise: "No connection without key and pragmas.", what: &["open_with_flags", "open_in_memory"], places: &["src/store/mod.rs"] },
    Only { promise: "No unsafe but one block that asks the kernel about its clock.", what: &["unsafe"], places: &["src/desk/clock.rs"] },
    Only { promise: "No second meaning of \"inside\".", what: &["scans::find_last", "scans::list_last"], places: &["src/desk/inside.rs"] },
    Only {
        promise: "No name in a file that is not encrypted, except on papers that somebody asked for.",
        what: &["write_private"],
        places: &[
            "src/cli/invite.rs",
            "src/cli/list.rs",
            "src/cli/roll_call.rs",
            "src/cli/ticket.rs",
            "src/devices/printer",
            "src/files.rs",
            "src/gui/pages/print_list.rs",
        ],
    },
    Only {
        promise: "No file is written past `files` and the folder's own, but by the demo, the tour and the chimes of the tests.",
        what: &["OpenOptions::new", "File::options", "fs::write", "File::create", "File::create_new", "fs::copy"],
        places: &["src/app/demo.rs", "src/app/tour.rs", "src/devices/camera/", "src/devices/sound", "src/files.rs", "src/store/"],
    },
    Only {
        promise: "No damaged or foreign file is deleted: who removes files is known.",
        what: &["fs::remove_file", "fs::remove_dir_all", "fs::remove_dir"],
        places: &[
            "src/app/demo.rs",
            "src/app/tour.rs",
            "src/devices/printer",
            "src/files.rs",
            "src/store/folder.rs",
            "src/store/mod.rs",
            "src/store/tombstones.rs",
        ],
    },
    Only { promise: "No clock but SystemClock.", what: &["Utc::now", "Local::now", "SystemTime::now"], places: &["src/desk/clock.rs"] },
];

fn elsewhere(only: &Only, file: &File) -> Vec<String> {
    if only.places.iter().any(|place| file.path.starts_with(place)) {
        return Vec::new();
    }
    let (code, _) = lex(&file.text);
    let found = only.what.iter().flat_map(|what| places(&code, what).into_iter().map(move |at| (at, what)));
    found.map(|(at, what)| format!("{}:{}: {what}. {}", file.path, line(&file.text, at), only.promise)).collect()
}

#[test]
fn what_belongs_to_a_few_files_stands_in_no_other() {
    let source = source("src");
    is_kept(ONLY.iter().flat_map(|only| source.iter().flat_map(|file| elsewhere(only, file))).collect());
    for only in ONLY {
        for place in only.places {
            let is_needed =
                |file: &File| file.path.starts_with(place) && only.what.iter().any(|what| !places(&lex(&file.text).0, what).is_empty());
            assert!(source.iter().any(is_needed), "{place} no longer needs it: {}", only.promise);
        }
    }
    let blocks: usize = source.iter().map(|file| places(&lex(&file.text).0, "unsafe").len()).sum();
    assert_eq!(blocks, 1, "one block");
}

#[test]
fn what_stands_where_it_does_not_belong_is_found() {
    for only in ONLY {
        for what in only.what {
            let file =
                File::new("src/domain/visit.rs", &format!("fn f() {{ a{}{what}(b); }}", if what.starts_with('.') { "" } else { " = " }));
            assert_eq!(elsewhere(only, &file).len(), 1, "{what}");
            is_kept(elsewhere(only, &File::new("src/domain/visit.rs", &format!("// {what}\nlet a = \"{what}\"; my_{what}x"))));
        }
    }
}

// ---- What a room never has

const NEVER: &[(&str, &str, &[&str])] = &[
    ("No thread in desk.", "src/desk/", &["thread", "spawn"]),
    ("No wording in desk.", "src/desk/", &["Words", "say", "say_with"]),
    ("No thread and no clock in store and documents.", "src/documents/", &["thread", "SystemClock"]),
    (
        "No picture of the camera in a file.",
        "src/devices/camera",
        &["fs::write", "File::create", "write_private", "save", "save_with_format"],
    ),
    ("No picture of the camera in a file.", "src/devices/picture", &["fs", "File", "write_private", "save", "save_with_format"]),
    ("No picture of the camera in a file.", "src/devices/code_reader", &["fs", "File", "write_private", "save", "save_with_format"]),
];

fn never(file: &File) -> Vec<String> {
    let (code, _) = lex(&file.text);
    let rules = NEVER.iter().filter(|(_, room, _)| file.path.starts_with(room));
    let found = rules.flat_map(|(promise, _, what)| what.iter().flat_map(|what| places(&code, what)).map(move |at| (at, promise)));
    found.map(|(at, promise)| format!("{}:{}: {promise}", file.path, line(&file.text, at))).collect()
}

#[test]
fn no_room_has_what_it_never_has() {
    is_kept(source("src").iter().flat_map(never).collect());
}

#[test]
fn what_a_room_never_has_is_found() {
    for (_, room, what) in NEVER {
        for what in *what {
            assert_eq!(never(&File::new(&format!("{room}x.rs"), &format!("let a = b::{what}(c);"))).len(), 1, "{room}: {what}");
        }
    }
}

// ---- SQL

const SQL: [&str; 7] = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "CREATE ", "ALTER ", "PRAGMA "];
const CLOCKS_OF_SQL: [&str; 8] = ["strftime", "datetime", "julianday", "unixepoch", "timediff", "date", "time", "CURRENT"];

/// What is wrong with the SQL of a file of the source.
fn sql_faults(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    for literal in lex(&file.text).1 {
        let text = literal.text.trim_start();
        if !SQL.iter().any(|word| text.starts_with(word)) {
            continue;
        }
        let mut say = |what: &str| found.push(format!("{}:{}: {what}", file.path, line(&file.text, literal.at)));
        if !file.path.starts_with("src/store/") {
            say("SQL outside store");
        }
        if CLOCKS_OF_SQL.iter().any(|clock| text.contains(&format!("{clock}(")) || text.contains(&format!("{clock}_"))) {
            say("a date computed in SQL");
        }
        if text.starts_with("UPDATE scans ") && !text.starts_with("UPDATE scans SET happened_at = :now,") {
            say("a line of the ledger of scans is changed, and not only dated back");
        }
    }
    found
}

#[test]
fn sql_stands_in_store_reckons_no_dates_and_changes_no_scan() {
    is_kept(source("src").iter().flat_map(sql_faults).collect());
    for file in files("migrations", ".sql") {
        let found =
            CLOCKS_OF_SQL.iter().find(|clock| file.text.contains(&format!("{clock}(")) || file.text.contains(&format!("{clock}_TIME")));
        assert_eq!(found, None, "{}", file.path);
    }
}

#[test]
fn sql_that_does_what_it_must_not_is_found() {
    let found = |path: &str, sql: &str| sql_faults(&File::new(path, &format!("let a = \"{sql}\";"))).len();
    assert_eq!(found("src/desk/sign_in.rs", "SELECT name FROM visits"), 1);
    assert_eq!(found("src/store/visits.rs", "SELECT name FROM visits WHERE day = strftime('%d', at)"), 1);
    assert_eq!(found("src/store/visits.rs", "UPDATE visits SET at = CURRENT_TIMESTAMP"), 1);
    assert_eq!(found("src/store/scans.rs", "UPDATE scans SET verdict = 'entered'"), 1);
    assert_eq!(found("src/store/scans.rs", "SELECT happened_at FROM scans"), 0);
}

// ---- The schema

/// The tables with columns about a person that nothing erases: neither they nor what they belong to say until when.
fn kept_for_ever(file: &rusqlite::Connection) -> Vec<String> {
    let texts = |sql: &str, of: &str| -> Vec<String> {
        let mut statement = file.prepare(sql).unwrap();
        statement.query_map([of], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let personal = texts("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE ?1", "%-- personal:%");
    let says_until_when = |table: &str| texts("SELECT name FROM pragma_table_info(?1)", table).iter().any(|column| column == "erase_after");
    let belongs_to = |table: &str| texts("SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(?1)", table);
    let is_erased = |table: &String| {
        let (mut open, mut seen) = (vec![table.clone()], BTreeSet::new());
        while let Some(table) = open.pop() {
            if says_until_when(&table) {
                return true;
            }
            open.extend(belongs_to(&table).into_iter().filter(|of| seen.insert(of.clone())));
        }
        false
    };
    personal.into_iter().filter(|table| !is_erased(table)).collect()
}

#[test]
fn every_row_about_a_person_has_its_end_but_those_of_staff_and_hosts() {
    let given = given();
    let file = given.raw();
    // A short code goes with the visit, the ticket or the invitation that it belongs to, whichever it is.
    assert_eq!(kept_for_ever(&file), ["staff", "hosts", "short_codes"]);
    file.execute_batch("CREATE TABLE guests (\n name TEXT -- personal: visitor\n) STRICT").unwrap();
    assert_eq!(kept_for_ever(&file), ["staff", "hosts", "short_codes", "guests"], "a trespass is found");
}

#[test]
fn no_row_is_hidden_or_marked_as_deleted() {
    let given = given();
    let columns = "SELECT t.name || '.' || c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'";
    let is_flag = |column: &String| ["deleted", "hidden", "archived", "is_active", "removed"].iter().any(|flag| column.contains(flag));
    assert_eq!(given.texts(columns).into_iter().filter(is_flag).collect::<Vec<_>>(), Vec::<String>::new());
    given.raw().execute_batch("ALTER TABLE hosts ADD COLUMN deleted_at INTEGER").unwrap();
    assert_eq!(given.texts(columns).into_iter().filter(is_flag).count(), 1, "a trespass is found");
}

// ---- Time

/// Functions of the desk that take the time more than once.
fn takes_time_twice(file: &File) -> Vec<String> {
    let (code, _) = lex(&file.text);
    let mut found = Vec::new();
    for at in places(&code, "fn") {
        let Some(open) = code[at..].find(['{', ';']).map(|open| at + open).filter(|open| code[*open..].starts_with('{')) else { continue };
        let body = &code[open..closing(&code, open)];
        let taken = [".admit(", ".now()", "note_time()"].iter().map(|way| body.matches(way).count()).sum::<usize>();
        if taken > 1 {
            let name = words(&code[at + 2..]).next().map_or("", |(_, name)| name);
            found.push(format!("{}:{}: {name} takes the time {taken} times", file.path, line(&file.text, at)));
        }
    }
    found
}

#[test]
fn no_verb_takes_the_time_twice() {
    is_kept(source("src/desk").iter().flat_map(takes_time_twice).collect());
}

#[test]
fn a_verb_that_takes_the_time_twice_is_found() {
    let twice = "pub fn sign_in(desk: &mut Desk) { let now = desk.admit(by, Verb::SignIn)?; let then = desk.now()?; }";
    assert_eq!(takes_time_twice(&File::new("src/desk/sign_in.rs", twice)).len(), 1);
    is_kept(takes_time_twice(&File::new("src/desk/a.rs", "fn a() { desk.admit(by); } fn b() { desk.admit(by); }")));
}

// ---- Names in logs

/// Types that hold a person's text as plain text and print all of it.
fn prints_a_person(file: &File) -> Vec<String> {
    const PERSONAL: [&str; 9] = ["name", "sort_name", "title", "company", "host", "host_name", "note", "email", "secret"];
    let (code, _) = lex(&file.text);
    let mut found = Vec::new();
    for (at, _) in code.match_indices("#[derive(") {
        let derive = &code[at..at + code[at..].find(")]").unwrap_or_default()];
        let rest = &code[at + derive.len() + 2..];
        let Some(open) = rest.find(['{', ';', '(']).filter(|open| rest[*open..].starts_with('{')) else { continue };
        if !derive.contains("Debug") || !words(&rest[..open]).any(|(_, word)| word == "struct") {
            continue;
        }
        let body = &rest[open..closing(rest, open)];
        let is_plain = |field: &str| {
            let wanted = format!("{field}: ");
            let mut typed = body.match_indices(&wanted).filter(|(at, _)| !body[..*at].ends_with(|c: char| c == '_' || c.is_alphanumeric()));
            typed.any(|(at, _)| {
                let kind = &body[at + field.len() + 2..];
                kind.starts_with("String") || kind.starts_with("Option<String>")
            })
        };
        if let Some(field) = PERSONAL.iter().find(|field| is_plain(field)) {
            let name = words(&rest[..open]).skip_while(|(_, word)| *word != "struct").nth(1).map_or("", |(_, name)| name);
            found.push(format!("{}:{}: {name} prints its {field}", file.path, line(&file.text, at)));
        }
    }
    found
}

/// The names and titles of events, and of a notice.
const NAMES_NOBODY: &[&str] = &["ShownNotice", "StoredEvent", "EventSummary", "OpenDoor", "OpenEvent"];

#[test]
fn no_type_prints_whom_it_holds() {
    let rooms = ["src/domain", "src/store", "src/desk", "src/documents", "src/gui"];
    let found = rooms.iter().flat_map(|room| source(room)).flat_map(|file| prints_a_person(&file));
    is_kept(found.filter(|found| !NAMES_NOBODY.iter().any(|known| found.contains(known))).collect());
}

#[test]
fn a_type_that_prints_whom_it_holds_is_found() {
    let found = |text: &str| prints_a_person(&File::new("src/desk/a.rs", text)).len();
    assert_eq!(found("#[derive(Clone, Debug)]\npub struct Guest { pub id: u8, pub name: String }"), 1);
    assert_eq!(found("#[derive(Debug)]\nstruct Guest { company: Option<String> }"), 1);
    assert_eq!(found("#[derive(Clone)]\npub struct Guest { pub name: String }"), 0);
    assert_eq!(found("#[derive(Debug)]\npub struct Guest { pub name: VisitorName, event_name: String }"), 0);
}

// ---- Rows are known by what they are

/// Callbacks of adapters that tell a number: of rows that fit, of rows to scroll by.
const NUMBERS: [&str; 2] = ["fits(rows: int)", "scroll(rows: int)"];

fn addressed_by_place(file: &File) -> Vec<String> {
    let callbacks = file.text.lines().map(str::trim).filter_map(|line| line.strip_prefix("callback "));
    let in_adapters = callbacks.filter(|_| file.text.contains("Adapter {"));
    let found = in_adapters.filter(|callback| callback.contains(": int)") && !NUMBERS.iter().any(|number| callback.starts_with(number)));
    found.map(|callback| format!("{}: {callback} says where a row stands, and not which it is", file.path)).collect()
}

#[test]
fn no_row_is_addressed_by_its_place() {
    is_kept(files("ui", ".slint").iter().flat_map(addressed_by_place).collect());
}

#[test]
fn a_row_that_is_addressed_by_its_place_is_found() {
    let count = |text: &str| addressed_by_place(&File::new("ui/a.slint", text)).len();
    assert_eq!(count("export global AAdapter {\n    callback take(row: int);\n}"), 1);
    assert_eq!(count("export global AAdapter {\n    callback take(key: string);\n    callback fits(rows: int);\n}"), 0);
    assert_eq!(count("component A {\n    callback move(pages: int);\n}"), 0);
}
