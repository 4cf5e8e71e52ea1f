//! The plug is pulled: what was acknowledged is there, and the file is sound.

use std::collections::BTreeSet;
use std::io::Read;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use velkommen::desk::clock::SystemClock;
use velkommen::desk::{Desk, Folder};

use crate::given::build;
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
    let dice = Dice(AtomicU64::new(7));
    let kills = AtomicU64::new(0);
    let acknowledged: BTreeSet<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut acknowledged = Vec::new();
                    while kills.load(Ordering::Relaxed) < 50 {
                        let after = Duration::from_micros(dice.below(2 * usual.as_micros() as u64));
                        let (printed, was_killed) = run_and_kill(&program, &["--json", "visit", "sign-in", "--name", "Ada"], after);
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
