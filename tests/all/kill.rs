//! The plug is pulled: what was acknowledged is there, and the file is sound.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use serde_json::Value;

use velkommen::desk::clock::SystemClock;
use velkommen::desk::{Desk, Folder};
use velkommen::domain::clock::Clock;

use crate::given::{build, raw};
use crate::program::{Program, nowhere, program};

/// Numbers without a pattern, the same in every run.
struct Dice(AtomicU64);

impl Dice {
    fn below(&self, limit: u64) -> u64 {
        let mut x = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (x ^ (x >> 31)) % limit
    }
}

/// How long a run may go on before it is killed: it follows what runs take here and now, so that some of them end and
/// more of them do not, however busy the machine is.
struct Fuse {
    dice: Dice,
    micros: AtomicU64,
}

impl Fuse {
    fn of(seed: u64, usual: Duration) -> Fuse {
        Fuse { dice: Dice(AtomicU64::new(seed)), micros: AtomicU64::new(2 * usual.as_micros() as u64) }
    }

    fn next(&self) -> Duration {
        Duration::from_micros(self.dice.below(self.micros.load(Ordering::Relaxed)))
    }

    fn learn(&self, was_killed: bool) {
        let micros = self.micros.load(Ordering::Relaxed);
        self.micros.store(if was_killed { micros + micros / 20 } else { micros - micros / 10 }, Ordering::Relaxed);
    }
}

/// Runs a command, kills it after so long, and says what it had printed by then and whether it was killed.
fn run_and_kill(program: &Program, arguments: &[&str], after: Duration) -> (String, bool) {
    let mut child = program.command(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let started = Instant::now();
    let mut finished = None;
    while finished.is_none() && started.elapsed() < after {
        finished = child.try_wait().unwrap();
        std::thread::yield_now();
    }
    drop(child.kill());
    let ended = child.wait().unwrap();
    let mut printed = String::new();
    child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
    (printed, ended.code().is_none())
}

#[test]
fn every_acknowledged_visit_survives_fifty_kills() {
    let program = program();
    let started = Instant::now();
    program.sign_in("Warm-up");
    let usual = started.elapsed();
    let fuse = Fuse::of(7, usual);
    let kills = AtomicU64::new(0);
    let acknowledged: BTreeSet<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut acknowledged = Vec::new();
                    while kills.load(Ordering::Relaxed) < 50 {
                        let (printed, was_killed) = run_and_kill(&program, &["--json", "visit", "sign-in", "--name", "Ada"], fuse.next());
                        fuse.learn(was_killed);
                        kills.fetch_add(u64::from(was_killed), Ordering::Relaxed);
                        if printed.ends_with('\n') {
                            let line: Value = serde_json::from_str(&printed).unwrap();
                            acknowledged.push(line["visit"].as_str().unwrap_or_else(|| panic!("{printed}")).to_owned());
                        }
                    }
                    acknowledged
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(acknowledged.len() >= 5, "only {} were acknowledged", acknowledged.len());
    let open: BTreeSet<_> = program.open_visits().iter().map(|visit| visit["visit"].as_str().unwrap().to_owned()).collect();
    assert_eq!(acknowledged.difference(&open).collect::<Vec<_>>(), [""; 0]);
    let desk = Desk::open(Folder::at(program.folder()), std::sync::Arc::new(SystemClock), build()).unwrap();
    assert!(desk.is_sound().unwrap());
}

#[test]
fn a_desk_whose_making_was_killed_is_whole_or_can_be_made_again() {
    let whole = nowhere();
    let started = Instant::now();
    whole.json(&["init"]).ends(0);
    let usual = started.elapsed();
    let dice = Dice(AtomicU64::new(11));
    let mut killed = 0;
    while killed < 30 {
        let program = nowhere();
        let (_, was_killed) = run_and_kill(&program, &["init"], Duration::from_micros(dice.below(usual.as_micros() as u64)));
        killed += u64::from(was_killed);
        let again = program.json(&["init"]);
        assert!(matches!(again.code, Some(0 | 1)), "{}", again.out);
        program.sign_in("Ada");
    }
}

fn open_event(program: &Program) -> String {
    let moment = |from_now: i64| {
        let at = SystemClock.read().wall + TimeDelta::hours(from_now);
        at.with_timezone(&chrono_tz::Europe::Copenhagen).format("%Y-%m-%dT%H:%M").to_string()
    };
    let line = program.json(&["event", "add", "--name", "Open day", "--starts", &moment(-1), "--ends", &moment(12)]).ends(0).line();
    line["event"].as_str().unwrap().to_owned()
}

fn is_sound(program: &Program) -> bool {
    Desk::open(Folder::at(program.folder()), std::sync::Arc::new(SystemClock), build()).unwrap().is_sound().unwrap()
}

/// A file of so many people with codes `code-0`, `code-1`, …
fn people(program: &Program, count: usize) -> String {
    let rows = (0..count).map(|number| format!("Person {number:04},Kemiker,Fjordby,code-{number}\n"));
    program.file("people.csv", "name,title,company,ticket code\n".to_owned() + &rows.collect::<String>())
}

/// Kills imports of a folder of its own; how many kills left something half done behind.
fn kill_imports(seed: u64, kills: usize) -> usize {
    const PEOPLE: u64 = 3000;
    let program = program();
    let file = people(&program, PEOPLE as usize);
    let registered = |event: &str| program.json(&["event", "show", event]).ends(0).line()["registered"].as_u64().unwrap();
    let import = |event: &str| program.json(&["participant", "import", &file, "--event", event]).ends(0).line();
    let first = open_event(&program);
    let started = Instant::now();
    assert_eq!(import(&first)["added"], PEOPLE);
    let usual = started.elapsed();
    let dice = Dice(AtomicU64::new(seed));
    let kept = raw(program.folder().join("velkommen.db"), program.folder().join("key"));
    let count = |sql: &str| kept.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap() as u64;
    let (mut killed, mut event, mut whole, mut half) = (0, open_event(&program), 1, 0);
    while killed < kills {
        let after = Duration::from_micros(dice.below(usual.as_micros() as u64 * 11 / 10));
        let (printed, was_killed) = run_and_kill(&program, &["--json", "participant", "import", &file, "--event", &event], after);
        killed += usize::from(was_killed);
        let seen = registered(&event);
        let was_acknowledged = printed.ends_with('\n');
        assert!(seen == PEOPLE || seen == 0 && !was_acknowledged, "{seen} are seen, acknowledged: {was_acknowledged}");
        half += usize::from(count("SELECT count(*) FROM participants") % PEOPLE != 0);
        if seen == PEOPLE {
            whole += 1;
            event = open_event(&program);
        }
    }
    assert_eq!(import(&event)["added"], PEOPLE, "what was left behind stands in nobody's way");
    assert_eq!(count("SELECT count(*) FROM participants"), PEOPLE * (whole + 1));
    assert_eq!(count("SELECT count(*) FROM unfinished_imports"), 0);
    assert!(is_sound(&program));
    half
}

#[test]
fn an_import_killed_at_fifty_moments_is_whole_or_not_there() {
    std::thread::scope(|scope| {
        let threads = [scope.spawn(|| kill_imports(13, 25)), scope.spawn(|| kill_imports(17, 25))];
        for thread in threads {
            assert!(thread.join().unwrap() >= 3, "the kills came between the slices");
        }
    });
}

#[test]
fn every_acknowledged_check_in_survives_fifty_kills() {
    let program = program();
    let event = open_event(&program);
    let file = people(&program, 1000);
    program.json(&["participant", "import", &file, "--event", &event]).ends(0);
    let check_in = |code: &str| program.json(&["check-in", code, "--event", &event]);
    let started = Instant::now();
    check_in("code-999").ends(0);
    let usual = started.elapsed();
    let fuse = Fuse::of(19, usual);
    let (kills, next) = (AtomicU64::new(0), AtomicU64::new(0));
    // Of each code what was acknowledged, if anything was.
    let tried: BTreeMap<String, bool> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut tried = Vec::new();
                    while kills.load(Ordering::Relaxed) < 50 {
                        let code = format!("code-{}", next.fetch_add(1, Ordering::Relaxed));
                        let (printed, was_killed) = run_and_kill(&program, &["--json", "check-in", &code, "--event", &event], fuse.next());
                        fuse.learn(was_killed);
                        kills.fetch_add(u64::from(was_killed), Ordering::Relaxed);
                        if printed.ends_with('\n') {
                            let line: Value = serde_json::from_str(&printed).unwrap();
                            assert_eq!(line["verdict"], "entered", "{printed}");
                        }
                        tried.push((code, printed.ends_with('\n')));
                    }
                    tried
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let acknowledged: Vec<&String> = tried.iter().filter(|(_, is_acknowledged)| **is_acknowledged).map(|(code, _)| code).collect();
    assert!(acknowledged.len() >= 5, "only {} were acknowledged", acknowledged.len());
    let kept = raw(program.folder().join("velkommen.db"), program.folder().join("key"));
    let entered = |code: &str| -> i64 {
        let sql = "SELECT count(*) FROM scans JOIN participants USING (event_id, participant_id)
                   WHERE import_key = 'code:' || ?1 AND verdict = 'entered'";
        kept.query_row(sql, [code], |row| row.get(0)).unwrap()
    };
    for (code, is_acknowledged) in &tried {
        let count = entered(code);
        assert!(count == 1 || count == 0 && !is_acknowledged, "{code} entered {count} times, acknowledged: {is_acknowledged}");
    }
    // The door says the same.
    for code in acknowledged.iter().take(5) {
        assert_eq!(check_in(code).ends(1).line()["verdict"], "already_entered");
    }
    assert!(is_sound(&program));
}
