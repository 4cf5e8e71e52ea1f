//! `./dev bench`: how fast the desk is, each figure beside its floor or its limit, taken in the same run on the same disk.
//!
//! Rows are `name: ours, limit or peer, ratio, bound, ok|short`, and stand in `target/bench/figures.json` when all were
//! taken. Words choose rows: `cargo bench --bench desk -- search list`. Nothing fails on a row that falls short.
//! What can only be seen from outside the program is in `desk/program.rs`.
//! With `VELKOMMEN_DATA` the participants are those of `pretix/checkinlist-10000-da.csv` there; without, they are made up.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the rows are what this program is for")]
#![allow(clippy::disallowed_methods, reason = "floors are connections of their own, past the store")]

#[path = "desk/codes.rs"]
mod codes;
mod given;
#[path = "desk/program.rs"]
mod program;

use std::error::Error;
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use krilla::geom::Point;
use krilla::page::PageSettings;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};
use rusqlite::types::Value;
use rusqlite::{params, params_from_iter};
use serde_json::json;

use given::{Draw, Ground, People, an_event};

use velkommen::desk::answer_photos::TicketHolder;
use velkommen::desk::check_in::{CheckIn, CheckInOutcome, Source, check_in};
use velkommen::desk::clock::{SystemClock, build_date};
use velkommen::desk::erase_due::{EraseDueOutcome, Sweep};
use velkommen::desk::find_participant::{Filter, FindParticipant, find_participant};
use velkommen::desk::import_participants::{BadRows, Begun, Import, ImportOutcome, Run, import_participants};
use velkommen::desk::issue_tickets::{Wanted, issue_tickets};
use velkommen::desk::show_ticket::{ShowTicketOutcome, show_ticket};
use velkommen::desk::slices::{Slices, Step, do_all};
use velkommen::desk::{Desk, Folder};
use velkommen::documents::participant_file;
use velkommen::documents::participant_list::{Dialect, render_csv, render_pdf};
use velkommen::domain::access::Actor;
use velkommen::domain::check_in::{Direction, Verdict};
use velkommen::domain::config::Config;
use velkommen::domain::fold::Query;
use velkommen::domain::ids::{EventId, ListId, ParticipantId, TicketId, VisitId};
use velkommen::domain::language::Language;
use velkommen::domain::name_index::NameIndex;
use velkommen::domain::participant::{ParticipantRow, RowKey};
use velkommen::domain::participant_list::{ListEntry, ParticipantList};
use velkommen::domain::participant_table::ParticipantTable;
use velkommen::domain::ticket::{Claim, EventTag, TicketKey};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const MANY: usize = 100_000;
/// Check-ins that are counted; the first ones only warm the caches.
const CHECK_INS: usize = 4_000;
const WARM_UPS: usize = 200;
/// Rows of participants on a page of the screen.
const ROWS_ON_A_PAGE: usize = 9;
/// Most rows the sweep erases in one transaction, which its floor does too.
const SWEEP_SLICE: i64 = 100;

fn main() -> Outcome {
    // Cargo hands on `--bench`.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if let [word, folder, event, codes] = wanted.as_slice()
        && word == BESIDE
    {
        return beside(Path::new(folder), event, Path::new(codes));
    }
    let is_wanted = |row: &str| wanted.is_empty() || wanted.iter().any(|word| row.contains(word.as_str()));
    let place = PathBuf::from("target/bench");
    std::fs::create_dir_all(&place)?;
    let mut figures = Figures { place, rows: Vec::new(), load_before: load()? };
    let people = People::load()?;

    if is_wanted("check-in") || is_wanted("refused") || is_wanted("search of many") {
        doors(&mut figures, &people)?;
    }
    if is_wanted("search of a million") {
        million(&mut figures, &people)?;
    }
    if is_wanted("import") {
        imports(&mut figures, &people)?;
    }
    if is_wanted("sweep") {
        sweep(&mut figures)?;
    }
    if is_wanted("list") {
        lists(&mut figures, &people)?;
    }
    if is_wanted("QR") {
        codes::codes(&mut figures)?;
    }
    program::program(&mut figures, &people, &is_wanted)?;
    if wanted.is_empty() { figures.write(&people) } else { Ok(()) }
}

// ---- Rows

struct Row {
    name: String,
    unit: Unit,
    ours: f64,
    /// What ours is held against: a peer that was measured, or a limit.
    against: f64,
    against_what: &'static str,
    bound: f64,
}

#[derive(Clone, Copy)]
enum Unit {
    Micros,
    Megabytes,
    /// Of one core.
    Percent,
    Pictures,
}

impl Unit {
    fn word(self) -> &'static str {
        match self {
            Unit::Micros => "us",
            Unit::Megabytes => "MB",
            Unit::Percent => "percent of a core",
            Unit::Pictures => "pictures",
        }
    }

    fn shown(self, amount: f64) -> String {
        match self {
            Unit::Micros if amount < 1e3 => format!("{amount:.1} µs"),
            Unit::Micros if amount < 1e6 => format!("{:.2} ms", amount / 1e3),
            Unit::Micros => format!("{:.2} s", amount / 1e6),
            Unit::Megabytes => format!("{amount:.1} MB"),
            Unit::Percent => format!("{amount:.2} %"),
            Unit::Pictures => format!("{amount:.0} pictures"),
        }
    }
}

struct Figures {
    place: PathBuf,
    rows: Vec<Row>,
    load_before: String,
}

impl Figures {
    fn peer(&mut self, name: &str, ours: Duration, peer: Duration, against_what: &'static str, bound: f64) {
        let row = Row { name: name.to_owned(), unit: Unit::Micros, ours: micros(ours), against: micros(peer), against_what, bound };
        self.row(row);
    }

    fn limit(&mut self, name: &str, ours: Duration, limit: Duration) {
        self.amount(name, Unit::Micros, micros(ours), micros(limit));
    }

    fn amount(&mut self, name: &str, unit: Unit, ours: f64, limit: f64) {
        self.row(Row { name: name.to_owned(), unit, ours, against: limit, against_what: "limit", bound: 1.0 });
    }

    fn row(&mut self, row: Row) {
        let Row { name, unit, against_what, bound, .. } = &row;
        let verdict = if row.is_met() { "ok" } else { "short" };
        let [ours, against] = [row.ours, row.against].map(|amount| unit.shown(amount));
        println!("{name}: {ours}, {against} {against_what}, {:.2}, ≤ {bound}, {verdict}", row.ratio());
        self.rows.push(row);
    }

    fn write(&self, people: &People) -> Outcome {
        let rows: Vec<_> = self
            .rows
            .iter()
            .map(|row| {
                json!({
                    "name": row.name,
                    "unit": row.unit.word(),
                    "ours": row.ours,
                    "against_what": row.against_what,
                    "against": row.against,
                    "ratio": row.ratio(),
                    "bound": row.bound,
                    "met": row.is_met(),
                })
            })
            .collect();
        let load_after = load()?;
        println!("# load average {} before, {load_after} after", self.load_before);
        let figures = json!({ "participants": people.source, "load_before": self.load_before, "load_after": load_after, "rows": rows });
        Ok(std::fs::write(self.place.join("figures.json"), serde_json::to_string_pretty(&figures)? + "\n")?)
    }
}

impl Row {
    fn ratio(&self) -> f64 {
        self.ours / self.against
    }

    fn is_met(&self) -> bool {
        self.ratio() <= self.bound
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn load() -> Outcome<String> {
    Ok(std::fs::read_to_string("/proc/loadavg")?.split(' ').take(3).collect::<Vec<_>>().join(" "))
}

fn timed<T>(act: impl FnOnce() -> T) -> (Duration, T) {
    let begun = Instant::now();
    let outcome = act();
    (begun.elapsed(), outcome)
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

/// Each of two in turn, so that noise hits both; the medians.
fn medians<A, B>(rounds: usize, mut ours: impl FnMut() -> A, mut peer: impl FnMut() -> B) -> (Duration, Duration) {
    black_box((ours(), peer()));
    let (mut of_ours, mut of_peer): (Vec<_>, Vec<_>) =
        (0..rounds).map(|_| (timed(|| black_box(ours())).0, timed(|| black_box(peer())).0)).unzip();
    (percentile(&mut of_ours, 50), percentile(&mut of_peer, 50))
}

// ---- At the door, with 100,000 participants in the file

fn doors(figures: &mut Figures, people: &People) -> Outcome {
    let mut draw = Draw(1);
    let mut ground = Ground::new(&figures.place)?;
    let table = people.table(MANY, &mut draw)?;
    let names: Vec<String> = table.rows.iter().map(|row| row.name.as_str().to_owned()).collect();
    let imported: Vec<String> = table.rows.iter().filter_map(|row| code_of(&row.key).map(str::to_owned)).collect();
    import_all(&mut ground, table)?;
    let Some(issued) = issue_tickets(&mut ground.desk, &Actor::Operator, ground.event, Wanted::Everybody)? else {
        return Err("no event".into());
    };
    more_doors(&mut ground)?;

    let mut codes: Vec<String> = issued.iter().step_by(2).map(|ticket| ticket.code.as_str().to_owned()).collect();
    codes.extend(imported.into_iter().step_by(2));
    draw.shuffle(&mut codes);
    let mut codes = codes.into_iter().cycle();

    let bare = ground.empty()?;
    bare.execute_batch("CREATE TABLE bare (id INTEGER PRIMARY KEY, verdict TEXT NOT NULL)")?;
    let mut insert = bare.prepare("INSERT INTO bare (verdict) VALUES ('entered')")?;
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    for (code, number) in codes.by_ref().zip(0..WARM_UPS + CHECK_INS) {
        let (of_floor, inserted) = timed(|| insert.execute([]));
        inserted?;
        let of_ours = enter(&mut ground.desk, ground.event, &code)?;
        if number >= WARM_UPS {
            ours.push(of_ours);
            floor.push(of_floor);
        }
    }
    let at_rest = percentile(&mut ours, 99);
    let floors = (percentile(&mut floor, 50), percentile(&mut floor, 99));
    figures.peer("check-in p50, 100,000 participants, 10 lists", percentile(&mut ours, 50), floors.0, "bare insert", 2.0);
    figures.peer("check-in p99, 100,000 participants, 10 lists", at_rest, floors.1, "bare insert", 3.0);

    let mut times = without_disk(&mut ground, &mut codes)?;
    let what = "check-in p99 without the disk (a folder in memory), 100,000 participants";
    figures.limit(what, percentile(&mut times, 99), Duration::from_millis(1));

    refusals(figures, &mut ground, &mut draw)?;

    let input = |typed: &str| FindParticipant {
        event: ground.event,
        typed: typed.to_owned(),
        filter: Filter::Everybody,
        offset: 0,
        limit: ROWS_ON_A_PAGE,
    };
    find_participant(&mut ground.desk, &Actor::Operator, &input("a"))?;
    let mut times = Vec::new();
    for typed in keystrokes(&names, &mut draw) {
        let input = input(&typed);
        let (time, found) = timed(|| find_participant(&mut ground.desk, &Actor::Operator, &input));
        black_box(found?);
        times.push(time);
    }
    figures.limit("name search per keystroke p99, 100,000 participants", percentile(&mut times, 99), Duration::from_millis(2));

    let mut times = while_importing(&mut ground, people, &mut codes, &mut draw)?;
    let busy = percentile(&mut times, 99);
    figures.peer("check-in p99 while 100,000 rows are imported", busy, at_rest, "at rest", 5.0);
    figures.limit("check-in p99 while 100,000 rows are imported, at most", busy, Duration::from_millis(20));
    let mut waits = of_another_program(&mut ground, people, &mut codes, &mut draw)?;
    figures.limit(
        "check-in of another program while rows are imported, the slowest",
        percentile(&mut waits, 100),
        Duration::from_millis(500),
    );
    Ok(())
}

fn import_all(ground: &mut Ground, table: ParticipantTable) -> Outcome {
    match import_participants(&mut ground.desk, &Actor::Operator, ground.event, table, BadRows::Refuse, Run::Real)? {
        ImportOutcome::Imported(_) => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}

/// The same desk in a folder that no disk stands behind: what `synchronous=OFF` would leave.
fn without_disk(ground: &mut Ground, codes: &mut impl Iterator<Item = String>) -> Outcome<Vec<Duration>> {
    let place = tempfile::tempdir_in("/dev/shm")?;
    ground.raw()?.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    let (from, to) = (ground.desk.folder(), Folder::at(place.path().join("desk")));
    std::fs::create_dir(to.path())?;
    for (from, to) in [
        (from.database(), to.database()),
        (from.key_file(), to.key_file()),
        (from.config_file(), to.config_file()),
        (from.profile_file(), to.profile_file()),
    ] {
        std::fs::copy(from, to)?;
    }
    let mut desk = Desk::open(to, Arc::new(SystemClock), build_date())?;
    let times = codes.take(WARM_UPS + CHECK_INS).map(|code| enter(&mut desk, ground.event, &code)).collect::<Outcome<Vec<_>>>()?;
    Ok(times[WARM_UPS..].to_vec())
}

fn code_of(key: &RowKey) -> Option<&str> {
    if let RowKey::Code(code) = key { Some(code) } else { None }
}

/// Nine more lists beside the one each event begins with.
fn more_doors(ground: &mut Ground) -> Outcome {
    let now = ground.desk.now()?.at;
    let raw = ground.raw()?;
    for number in 1..10 {
        raw.execute(
            "INSERT INTO check_in_lists (list_id, event_id, name, is_entry, entry, opens_at, closes_at)
             SELECT ?1, event_id, ?2, 0, entry, opens_at, closes_at FROM check_in_lists WHERE event_id = ?3 AND is_entry = 1",
            params![ListId::at(now).to_string(), format!("Workshop {number}"), ground.event.to_string()],
        )?;
    }
    Ok(())
}

fn enter(desk: &mut Desk, event: EventId, code: &str) -> Outcome<Duration> {
    let input = CheckIn { code: code.to_owned(), source: Source::Scanned, event: Some(event), list: None, direction: Direction::Entry };
    let (time, outcome) = timed(|| check_in(desk, &Actor::Public, &input));
    match outcome? {
        CheckInOutcome::Judged(judged) if judged.participant.is_some() => Ok(time),
        other => Err(format!("a participant was not known at the door: {other:?}").into()),
    }
}

/// A check-in without its line in the ledger: the same reading and the same look-ups, through the verb that only shows.
fn refusals(figures: &mut Figures, ground: &mut Ground, draw: &mut Draw) -> Outcome {
    let stranger = TicketKey::new(1, &[7; 32]);
    let mut forged = || {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&draw.next().to_le_bytes());
        stranger.sign(&Claim { event: EventTag([1, 2, 3, 4]), ticket: TicketId::from_bytes(bytes) }).as_str().to_owned()
    };
    let forged: Vec<_> = (0..2_000).map(|_| forged()).collect();
    let foreign: Vec<_> = (0..2_000).map(|_| draw.code()).collect();
    for (name, codes) in [("forged code refused p99", forged), ("foreign code refused p99", foreign)] {
        let mut times = Vec::new();
        for code in codes {
            let whose = TicketHolder::Code(code);
            let (time, outcome) = timed(|| show_ticket(&mut ground.desk, &Actor::Public, Some(ground.event), &whose, Language::Da));
            if !matches!(outcome?, ShowTicketOutcome::NoTicket(Verdict::Unknown)) {
                return Err("a code of nobody was taken".into());
            }
            times.push(time);
        }
        figures.limit(&format!("{name}, before the ledger"), percentile(&mut times, 99), Duration::from_micros(100));
    }
    Ok(())
}

/// Somebody arrives at any moment of a slice, waits for its end, and is served before the next one.
fn while_importing(
    ground: &mut Ground,
    people: &People,
    codes: &mut impl Iterator<Item = String>,
    draw: &mut Draw,
) -> Outcome<Vec<Duration>> {
    let mut import = begin_another(ground, people.table(MANY, draw)?)?;
    let mut times = Vec::new();
    loop {
        let (slice, came) = timed(|| import.slice(&mut ground.desk));
        let code = codes.next().ok_or("there are too few codes")?;
        times.push(slice.mul_f64(draw.part()) + enter(&mut ground.desk, ground.event, &code)?);
        if let Step::Done(_) = came? {
            return Ok(times);
        }
    }
}

fn begin_another(ground: &mut Ground, table: ParticipantTable) -> Outcome<Box<Import>> {
    let other = an_event(&mut ground.desk)?;
    match Import::begin(&mut ground.desk, &Actor::Operator, other, table, BadRows::Refuse, Run::Real)? {
        Begun::Import(import) => Ok(import),
        Begun::Ended(outcome) => Err(format!("the import did not begin: {outcome:?}").into()),
    }
}

/// The word by which this program calls itself as the other program.
const BESIDE: &str = "beside";
const ROWS_BESIDE: usize = 20_000;

/// How long each check-in of a second program takes while this one imports slice after slice.
fn of_another_program(
    ground: &mut Ground,
    people: &People,
    codes: &mut impl Iterator<Item = String>,
    draw: &mut Draw,
) -> Outcome<Vec<Duration>> {
    let file = ground.place.path().join("codes");
    std::fs::write(&file, codes.take(CHECK_INS).collect::<Vec<_>>().join("\n"))?;
    let mut import = begin_another(ground, people.table(ROWS_BESIDE, draw)?)?;
    let mut other = Command::new(std::env::current_exe()?)
        .arg(BESIDE)
        .arg(ground.desk.folder().path())
        .arg(ground.event.to_string())
        .arg(&file)
        .stdout(Stdio::piped())
        .spawn()?;
    while let Step::More { .. } = import.slice(&mut ground.desk)? {}
    other.kill()?;
    let lines = BufReader::new(other.stdout.take().ok_or("it prints")?).lines();
    let times = lines.map(|line| Ok(Duration::from_micros(line?.parse()?))).collect::<Outcome<Vec<_>>>()?;
    other.wait()?;
    if times.len() < 100 { Err(format!("only {} check-ins came through", times.len()).into()) } else { Ok(times) }
}

/// The second program: one check-in after the other, and of each how many microseconds it took.
fn beside(folder: &Path, event: &str, codes: &Path) -> Outcome {
    let mut desk = Desk::open(Folder::at(folder), Arc::new(SystemClock), build_date())?;
    let event = EventId::parse(event).ok_or("no event")?;
    for code in std::fs::read_to_string(codes)?.lines() {
        println!("{}", enter(&mut desk, event, code)?.as_micros());
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

// ---- Names

/// 200 names as people type them, each from its first letter to its last.
fn keystrokes(names: &[String], draw: &mut Draw) -> Vec<String> {
    let mut typed = Vec::new();
    for number in 0..200 {
        let name = draw.one(names).to_lowercase();
        let (first, last) = name.split_once(' ').unwrap_or((&name, ""));
        let beginning = |word: &str, letters| word.chars().take(letters).collect::<String>();
        let mut letters: Vec<char> = name.chars().collect();
        let at = 1 + draw.below(letters.len().max(3) - 2);
        let query = match number % 8 {
            0 => name.clone(),
            1 => format!("{first} {}", beginning(last, 3)),
            2 => last.to_owned(),
            3 => name.replace('æ', "ae").replace('ø', "oe").replace('å', "aa").to_uppercase(),
            4 => name.replace('æ', "a").replace('ø', "o").replace('å', "a"),
            5 => {
                letters.swap(at, at - 1);
                letters.into_iter().collect()
            }
            6 => {
                letters.remove(at);
                letters.into_iter().collect()
            }
            _ => format!("{} {}", beginning(last, 2), beginning(first, 2)),
        };
        let ends: Vec<usize> = query.char_indices().map(|(at, letter)| at + letter.len_utf8()).collect();
        typed.extend(ends.into_iter().map(|end| query[..end].to_owned()));
    }
    typed
}

fn million(figures: &mut Figures, people: &People) -> Outcome {
    let mut draw = Draw(2);
    let table = people.table(people.rows.len(), &mut draw)?;
    let rows: Vec<ParticipantRow> = table.rows.iter().collect();
    let words = |pick: fn(&str) -> &str| rows.iter().map(|row| pick(row.name.as_str())).collect::<Vec<_>>();
    let firsts = words(|name| name.rsplit_once(' ').map_or(name, |(first, _)| first));
    let lasts = words(|name| name.rsplit_once(' ').map_or(name, |(_, last)| last));
    let companies: Vec<_> = rows.iter().map(|row| row.company.as_ref().map_or("", |company| company.as_str())).collect();
    let names: Vec<String> = (0..1_000_000).map(|_| format!("{} {}", draw.one(&firsts), draw.one(&lasts))).collect();
    let index = NameIndex::new(names.iter().zip(companies.iter().cycle()).map(|(name, company)| [name.as_str(), company]));
    let mut times: Vec<_> = keystrokes(&names, &mut draw)
        .iter()
        .map(|typed| timed(|| black_box(index.find(&Query::new(typed), ROWS_ON_A_PAGE + 1))).0)
        .collect();
    figures.limit("name search per keystroke p99, 1,000,000 participants", percentile(&mut times, 99), Duration::from_millis(16));
    Ok(())
}

// ---- Imports

const INSERT: &str = "INSERT INTO participants (event_id, participant_id, name, sort_name, title, company, ticket_type, status,
     table_name, room, import_key, import_id, added_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

fn imports(figures: &mut Figures, people: &People) -> Outcome {
    for (count, name) in [(10_000, "import of 10,000 rows of pretix CSV"), (MANY, "import of 100,000 rows of pretix CSV")] {
        let file = people.file(count, &mut Draw(3))?;
        let (ours, floor) = import_beside_floor(figures, &file)?;
        figures.peer(name, ours, floor, "bare insert of the same rows", 1.5);
    }
    Ok(())
}

/// The bytes of a file to participants that can be seen, and beside each slice the same rows inserted bare.
fn import_beside_floor(figures: &Figures, file: &[u8]) -> Outcome<(Duration, Duration)> {
    let mut ground = Ground::new(&figures.place)?;
    let copy = ground.copy()?;
    let rows = bare_rows(&participant_file::read(file, &[])?, ground.event, ground.desk.now()?.at.timestamp_millis());
    let mut insert = copy.prepare(INSERT)?;

    let (mut ours, begun) = timed(|| -> Outcome<Begun> {
        let table = participant_file::read(file, &[])?;
        Ok(Import::begin(&mut ground.desk, &Actor::Operator, ground.event, table, BadRows::Refuse, Run::Real)?)
    });
    let Begun::Import(mut import) = begun? else { return Err("the import did not begin".into()) };
    let (mut floor, mut inserted) = (Duration::ZERO, 0);
    while inserted < rows.len() {
        let (of_ours, slice) = timed(|| import.slice(&mut ground.desk));
        let done = match slice? {
            Step::More { done, .. } => done,
            Step::Done(ImportOutcome::Imported(imported)) => imported.added,
            Step::Done(other) => return Err(format!("{other:?}").into()),
        };
        let (of_floor, outcome) = timed(|| -> rusqlite::Result<()> {
            copy.execute_batch("BEGIN IMMEDIATE")?;
            for row in &rows[inserted..done] {
                insert.execute(params_from_iter(row))?;
            }
            copy.execute_batch("COMMIT")
        });
        outcome?;
        ours += of_ours;
        floor += of_floor;
        inserted = done;
    }
    // What shows everybody has no floor beside it.
    let (of_ours, outcome) = timed(|| do_all(&mut ground.desk, &mut *import));
    outcome?;
    Ok((ours + of_ours, floor))
}

fn bare_rows(table: &ParticipantTable, event: EventId, now: i64) -> Vec<Vec<Value>> {
    let row = |row: ParticipantRow| -> Vec<Value> {
        let text = |text: Option<&str>| Value::from(text.map(str::to_owned));
        vec![
            event.to_string().into(),
            ParticipantId::random().to_string().into(),
            row.name.as_str().to_owned().into(),
            text(row.sort_name.as_ref().map(|text| text.as_str())),
            text(row.title.as_ref().map(|text| text.as_str())),
            text(row.company.as_ref().map(|text| text.as_str())),
            text(row.ticket_type.as_ref().map(|text| text.as_str())),
            row.status.word().to_owned().into(),
            text(row.table.as_ref().map(|text| text.as_str())),
            text(row.room.as_ref().map(|text| text.as_str())),
            text(code_of(&row.key).map(|code| format!("code:{code}")).as_deref()),
            event.to_string().into(),
            now.into(),
        ]
    };
    table.rows.iter().map(row).collect()
}

// ---- The sweep

fn sweep(figures: &mut Figures) -> Outcome {
    let mut ground = Ground::new(&figures.place)?;
    due_visits(&ground)?;
    let copy = ground.copy()?;
    let due = "SELECT visit_id FROM visits WHERE erase_after <= ?1 ORDER BY erase_after, visit_id LIMIT ?2";
    let mut codes = copy.prepare(&format!("DELETE FROM short_codes WHERE kind = 'visit' AND owner_id IN ({due})"))?;
    let mut visits = copy.prepare(&format!("DELETE FROM visits WHERE visit_id IN ({due})"))?;
    let now = ground.desk.now()?.at.timestamp_millis();

    let mut sweep = Sweep::new(Actor::Operator);
    let (mut ours, mut floor) = (Duration::ZERO, Duration::ZERO);
    let outcome = loop {
        let (of_ours, slice) = timed(|| sweep.slice(&mut ground.desk));
        let (of_floor, outcome) = timed(|| -> rusqlite::Result<()> {
            copy.execute_batch("BEGIN IMMEDIATE")?;
            codes.execute(params![now, SWEEP_SLICE])?;
            visits.execute(params![now, SWEEP_SLICE])?;
            copy.execute_batch("COMMIT")
        });
        outcome?;
        ours += of_ours;
        floor += of_floor;
        if let Step::Done(outcome) = slice? {
            break outcome;
        }
    };
    let (checkpoint, emptied) = timed(|| copy.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
    emptied?;
    let left: i64 = copy.query_row("SELECT count(*) FROM visits", [], |row| row.get(0))?;
    match outcome {
        EraseDueOutcome::Erased(erased) if left == 0 && erased.iter().any(|class| class.erased == MANY) => {}
        other => return Err(format!("the sweep: {other:?}; {left} left by its floor").into()),
    }
    figures.peer("sweep of 100,000 due visits", ours, floor + checkpoint, "bare delete and checkpoint", 2.0);
    Ok(())
}

/// Visits with their codes, straight into the file.
fn due_visits(ground: &Ground) -> Outcome {
    let mut draw = Draw(4);
    let mut raw = ground.raw()?;
    let transaction = raw.transaction()?;
    let text = "A notice of the bench.";
    transaction.execute("INSERT INTO notices VALUES ('visit', 9999, 'da', ?1, ?2)", params!["0".repeat(64), text])?;
    {
        let mut visit = transaction.prepare(
            "INSERT INTO visits (visit_id, name, company, host_name, purpose, legal_basis, signed_in_at, presumed_left_at,
                 ended_at, end_kind, notice_id, notice_version, notice_language, notice_sha256, erase_after)
             VALUES (?1, ?2, 'Kjær & Søn', 'Ida Holm', 'security', '6(1)(f)', ?3, ?3 + 3600000,
                 ?3 + 1800000, 'signed_out', 'visit', 9999, 'da', ?4, ?5)",
        )?;
        let mut code = transaction.prepare("INSERT INTO short_codes (code, kind, owner_id) VALUES (?1, 'visit', ?2)")?;
        let now = Utc::now().timestamp_millis();
        for number in 0..MANY {
            let id = VisitId::random().to_string();
            let erase_after = now - (MANY - number) as i64 * 1000;
            let name = format!("Søren {number:06} Ågård");
            visit.execute(params![id, name, erase_after - 30 * 86_400_000, "0".repeat(64), erase_after])?;
            code.execute(params![format!("{:03X}{number:05}", draw.below(4096)), id])?;
        }
    }
    Ok(transaction.commit()?)
}

// ---- Lists

fn lists(figures: &mut Figures, people: &People) -> Outcome {
    let table = people.table(10_000, &mut Draw(5))?;
    let now = Utc::now().with_timezone(&Config::default().zone);
    let entries = table.rows.iter().map(|row| ListEntry {
        name: row.name.as_str().to_owned(),
        title: row.title.as_ref().map(|text| text.as_str().to_owned()),
        company: row.company.as_ref().map(|text| text.as_str().to_owned()),
    });
    let list = ParticipantList {
        organisation: "Lærkehøj".to_owned(),
        event: "Fagdag".to_owned(),
        venue: Some("Hal 2".to_owned()),
        starts_at: now,
        ends_at: now + TimeDelta::hours(7),
        run: 1,
        printed_at: now,
        destroy_by: now + TimeDelta::days(7),
        entries: entries.collect(),
    };

    let runs = GlyphRuns::of(&list)?;
    let (ours, floor) = medians(5, || render_pdf(&list, Language::Da), || runs.draw());
    render_pdf(&list, Language::Da)?;
    runs.draw()?;
    figures.limit("participant list, 10,000 rows to PDF/UA, at most", ours, Duration::from_millis(1500));
    figures.peer("participant list, 10,000 rows to PDF/UA", ours, floor, "krilla, untagged, no layout", 1.5);

    let (ours, floor) = medians(25, || render_csv(&list, Language::Da, Dialect::Semicolon), || bare_csv(&list));
    if bare_csv(&list)?.len().abs_diff(render_csv(&list, Language::Da, Dialect::Semicolon).len()) > 100 {
        return Err("the two lists are not the same".into());
    }
    figures.peer("participant list, 10,000 rows to CSV", ours, floor, "the csv crate's writer", 1.5);
    Ok(())
}

fn bare_csv(list: &ParticipantList) -> Outcome<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(["Navn", "Titel", "Virksomhed"])?;
    for entry in &list.entries {
        writer.write_record([&entry.name, entry.title.as_deref().unwrap_or_default(), entry.company.as_deref().unwrap_or_default()])?;
    }
    Ok(writer.into_inner()?)
}

const ROWS_ON_A_PAPER: usize = 34;
const MM: f32 = 72.0 / 25.4;

/// The list's cells as glyphs with a font each, shaped before the clock runs.
struct GlyphRuns {
    /// Row by row, three a row.
    cells: Vec<(String, Vec<KrillaGlyph>, Font)>,
}

impl GlyphRuns {
    fn of(list: &ParticipantList) -> Outcome<GlyphRuns> {
        let name: &'static [u8] = include_bytes!("../assets/fonts/AtkinsonHyperlegibleNext-SemiBold.ttf");
        let cell: &'static [u8] = include_bytes!("../assets/fonts/AtkinsonHyperlegibleNext-Regular.ttf");
        let face =
            |bytes: &'static [u8]| -> Option<_> { Some((rustybuzz::Face::from_slice(bytes, 0)?, Font::new(bytes.to_vec().into(), 0)?)) };
        let (name, cell) = face(name).zip(face(cell)).ok_or("a font cannot be read")?;
        let mut cells = Vec::new();
        for entry in &list.entries {
            for (text, (face, font)) in [
                (entry.name.as_str(), &name),
                (entry.title.as_deref().unwrap_or_default(), &cell),
                (entry.company.as_deref().unwrap_or_default(), &cell),
            ] {
                cells.push((text.to_owned(), shape(text, face), font.clone()));
            }
        }
        Ok(GlyphRuns { cells })
    }

    fn draw(&self) -> Outcome<Vec<u8>> {
        let mut document = Document::new_with(SerializeSettings { enable_tagging: false, ..SerializeSettings::default() });
        for on_page in self.cells.chunks(3 * ROWS_ON_A_PAPER) {
            let size = PageSettings::from_wh(210.0 * MM, 297.0 * MM).ok_or("a page has a size")?;
            let mut page = document.start_page_with(size);
            let mut surface = page.surface();
            for (row, cells) in on_page.chunks(3).enumerate() {
                for ((text, glyphs, font), x) in cells.iter().zip([18.0, 80.0, 141.0]) {
                    if !glyphs.is_empty() {
                        let at = Point::from_xy(x * MM, (37.0 + 7.0 * row as f32) * MM);
                        surface.draw_glyphs(at, glyphs, font.clone(), text, 10.5, false);
                    }
                }
            }
            surface.finish();
            page.finish();
        }
        document.finish().map_err(|error| format!("{error:?}").into())
    }
}

fn shape(text: &str, face: &rustybuzz::Face) -> Vec<KrillaGlyph> {
    let mut buffer = rustybuzz::UnicodeBuffer::new();
    buffer.push_str(text);
    let shaped = rustybuzz::shape(face, &[], buffer);
    let em = face.units_per_em() as f32;
    let (infos, places) = (shaped.glyph_infos(), shaped.glyph_positions());
    let begins = infos.iter().map(|info| info.cluster as usize);
    let ends = infos.iter().map(|info| infos.iter().map(|next| next.cluster).find(|next| *next > info.cluster));
    begins
        .zip(ends)
        .zip(infos.iter().zip(places))
        .map(|((begin, end), (info, place))| {
            let [advance, right, up, down] = [place.x_advance, place.x_offset, place.y_offset, place.y_advance].map(|n| n as f32 / em);
            let end = end.map_or(text.len(), |end| end as usize);
            KrillaGlyph::new(GlyphId::new(info.glyph_id), advance, right, up, down, begin..end, None)
        })
        .collect()
}
