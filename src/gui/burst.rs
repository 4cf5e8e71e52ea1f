//! Keys that may be a scan: told from typing by their pace, also where the window was busy in the middle. Pure.

use std::collections::VecDeque;
use std::time::Duration;

use slint::SharedString;

use crate::devices::scanner::framing::without_marks;
use crate::domain::code::{CODE_BYTES_MAX, ShortCode};
use crate::domain::keyboard::{behind_lost_mark, with_mark};
use crate::domain::ticket::{looks_like_ticket, printed};

/// Longest pause between two keys of one scan. People who type fast leave 60 ms and more.
const PAUSE_MAX: Duration = Duration::from_millis(45);
/// A key is seen when the window has time for it, so a busy window tears one pause open inside a scan. After a longer
/// one something else begins.
const BUSY_MAX: Duration = Duration::from_secs(2);
/// A window is busy seldom: not more than one pause in so many keys is long.
const KEYS_PER_LONG_PAUSE: usize = 4;
/// So many keys in one breath are no hand's.
const KEYS_OF_NO_HAND: usize = 3;
/// So many keys in one breath are a scan even where somebody types and they are no code of ours.
const LENGTH_SURE: usize = 20;
/// So many are a scan where nobody types even when no Enter follows.
const LENGTH_QUIET: usize = 6;
/// Most breaths that are remembered: a ticket whose every fourth pause is long.
const RUNS_MAX: usize = 40;

/// How long nothing comes after a scan from a scanner that sends no Enter.
pub(super) const QUIET: Duration = Duration::from_millis(300);

/// What a page makes of a burst of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Nobody types here, so every burst is a scan.
    Anything,
    /// Somebody may be typing. A window that was busy sees their keys at once, as a scanner's are,
    /// so only what looks like a code of ours, or is too long for a hand, is a scan.
    Codes,
    /// Staff pages have their own fields, and the first start has no visitors.
    Nothing,
}

/// A scan, and what the fields held before its first key.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Scan {
    pub text: String,
    pub fields: Vec<SharedString>,
}

/// A code opens a door, so no log shows it.
impl std::fmt::Debug for Scan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scan(..)")
    }
}

/// What a key is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Somebody's, or a part of what may become a scan.
    Key,
    /// The end of a scan.
    End(Scan),
    /// The second half of a line's end: part of a scan that is over.
    Rest,
}

/// The keys of the last seconds, in breaths: between two of them was a long pause.
#[derive(Default)]
pub struct Burst {
    runs: VecDeque<Run>,
    last_key: Option<Duration>,
    has_just_ended: bool,
}

struct Run {
    text: String,
    fields: Vec<SharedString>,
}

impl Burst {
    /// Hears the key that came at `now`; `fields` are what the fields hold before it.
    pub(super) fn key(&mut self, now: Duration, key: &str, reading: Reading, fields: impl FnOnce() -> Vec<SharedString>) -> Heard {
        let pause = self.last_key.map(|last| now.saturating_sub(last));
        let is_fast = pause.is_some_and(|pause| pause <= PAUSE_MAX);
        let has_just_ended = std::mem::take(&mut self.has_just_ended) && is_fast;
        self.last_key = Some(now);
        if pause.is_none_or(|pause| pause > BUSY_MAX) {
            self.runs.clear();
        }
        match key {
            "\n" | "\r" | "\t" if has_just_ended => return Heard::Rest,
            "\n" | "\r" => {
                let scan = self.scan(is_fast, reading);
                self.runs.clear();
                return scan.map_or(Heard::Key, |scan| self.ended(scan));
            }
            // The Tab key of a hand never follows at a scanner's pace.
            "\t" if is_fast => return self.scan(true, reading).map_or(Heard::Key, |scan| self.ended(scan)),
            _ => {}
        }
        if !is_fast || self.runs.is_empty() {
            if self.runs.len() == RUNS_MAX {
                self.runs.pop_front();
            }
            self.runs.push_back(Run { text: String::new(), fields: fields() });
        }
        // One byte over the limit is enough to know that it is no code.
        if let Some(run) = self.runs.back_mut()
            && key.chars().all(|c| !c.is_control())
            && run.text.len() <= CODE_BYTES_MAX
        {
            run.text.push_str(key);
        }
        Heard::Key
    }

    /// Whether what is there could be a whole scan of a scanner that sends no Enter.
    pub(super) fn may_be_whole(&self, reading: Reading) -> bool {
        self.scan(true, reading).is_some_and(|scan| looks_ours(&scan.text) || self.is_one_breath())
    }

    /// Nothing has come for [`QUIET`]: what is there is a scan, if it can be one.
    pub(super) fn quiet(&mut self, reading: Reading) -> Option<Scan> {
        let scan = self.scan(true, reading).filter(|_| self.may_be_whole(reading));
        if scan.is_some() {
            self.runs.clear();
        }
        scan
    }

    fn is_one_breath(&self) -> bool {
        self.runs.back().is_some_and(|run| self.runs.len() == 1 && run.text.chars().count() >= LENGTH_QUIET)
    }

    fn ended(&mut self, scan: Scan) -> Heard {
        self.runs.clear();
        self.has_just_ended = true;
        Heard::End(scan)
    }

    /// The scan that the newest keys are: a ticket of ours, however it was torn; else what was torn between two breaths of
    /// no hand; else a short code; else, where nobody types, all of it.
    fn scan(&self, ends_fast: bool, reading: Reading) -> Option<Scan> {
        let (mut of_no_hand, mut short, mut all) = (None, None, None);
        let mut is_of_no_hand = true;
        let (mut text, mut long_pauses) = (String::new(), usize::from(!ends_fast));
        for (place, run) in self.runs.iter().enumerate().rev() {
            if place + 1 < self.runs.len() {
                long_pauses += 1;
                is_of_no_hand &= run.text.chars().count() >= KEYS_OF_NO_HAND;
            }
            text.insert_str(0, &run.text);
            if text.is_empty() || long_pauses * KEYS_PER_LONG_PAUSE > text.chars().count() + 1 {
                continue;
            }
            let sent = without_marks(&with_mark(&text));
            let code = behind_lost_mark(&sent).into_iter().flatten().find(|code| is_ticket(code)).unwrap_or(&sent).to_owned();
            let scan = Scan { text: code, fields: run.fields.clone() };
            if is_ticket(&scan.text) {
                return Some(scan).filter(|_| reading != Reading::Nothing);
            }
            if short.is_none() && is_short_code(&scan.text) {
                short = Some(scan.clone());
            }
            if is_of_no_hand {
                of_no_hand = Some(scan.clone());
            }
            all = Some(scan);
        }
        let is_longer = |scan: &Scan| short.as_ref().is_none_or(|short| scan.text.len() > short.text.len());
        match reading {
            Reading::Anything if short.is_none() => all,
            Reading::Anything => of_no_hand.filter(is_longer).or(short),
            Reading::Codes => of_no_hand.filter(|scan| is_longer(scan) && scan.text.len() >= LENGTH_SURE).or(short),
            Reading::Nothing => None,
        }
    }
}

fn looks_ours(text: &str) -> bool {
    is_ticket(text) || is_short_code(text)
}

fn is_ticket(text: &str) -> bool {
    looks_like_ticket(&printed(text))
}

/// Scanners give the capitals that are printed, some with a mark before them that may be another system's letters.
fn is_short_code(text: &str) -> bool {
    let is_printed = |text: &str| ShortCode::parse(text).is_some_and(|code| code.as_str() == text);
    is_printed(text) || behind_lost_mark(text).into_iter().flatten().any(is_printed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICKET: &str = "040GQBEAZR0020G30G2GC1R81450P30D1R7XX9WJPHH94PRY5KVB5PKNBMG550YTRVSEJ51J611BETKAPPJZZMPH8X92BHQ7Q45G0CP21GA58E5A4ZJ0RMG4B7SE6EZC7AF598J51R";
    const BADGE: &str = "7Q4M2XKD";

    /// What a sequence of keys comes to; each key comes `pause(number)` milliseconds after the one before.
    fn heard(reading: Reading, keys: &str, pause: impl Fn(usize) -> u64) -> Vec<String> {
        let (mut burst, mut now, mut scans) = (Burst::default(), Duration::from_secs(60), Vec::new());
        for (number, key) in keys.chars().enumerate() {
            now += Duration::from_millis(pause(number));
            if let Heard::End(scan) = burst.key(now, &key.to_string(), reading, Vec::new) {
                scans.push(scan.text);
            }
        }
        scans
    }

    #[test]
    fn a_busy_window_tears_no_scan_wherever_it_was_busy() {
        let caps_locked = TICKET.to_lowercase();
        for code in [TICKET, BADGE, &caps_locked] {
            for reading in [Reading::Anything, Reading::Codes] {
                for torn in 0..=code.len() {
                    let found = heard(reading, &format!("{code}\n"), |number| if number == torn { 700 } else { 1 });
                    assert_eq!(found, [code], "{reading:?}, before key {torn}");
                }
            }
        }
        let code = "KUNDE-2026-000123-ABCDEF";
        let twice = |number: usize| if matches!(number, 4 | 15) { 250 } else { 3 };
        assert_eq!(heard(Reading::Anything, &format!("{code}\r"), twice), [code]);
        assert_eq!(heard(Reading::Codes, &format!("{code}\r"), twice), [code]);
    }

    #[test]
    fn a_short_code_is_a_scan_where_nobody_types_and_typing_where_somebody_does() {
        for code in ["7", "A1", "10023"] {
            assert_eq!(heard(Reading::Anything, &format!("{code}\n"), |_| 2), [code]);
            assert!(heard(Reading::Codes, &format!("{code}\n"), |_| 2).is_empty());
        }
    }

    #[test]
    fn a_hand_is_no_scanner() {
        for keys in [format!("{BADGE}\n"), "Ada Lovelace\n".to_owned(), "x\n".to_owned(), format!("{TICKET}\n")] {
            for reading in [Reading::Anything, Reading::Codes, Reading::Nothing] {
                assert!(heard(reading, &keys, |_| 60).is_empty(), "{keys:?}");
            }
        }
        assert!(heard(Reading::Nothing, &format!("{TICKET}\n"), |_| 1).is_empty());
        // What was typed before the scan is no part of it.
        let then = |number: usize| if number <= 5 { 120 } else { 1 };
        assert_eq!(heard(Reading::Codes, &format!("Ada L{TICKET}\n"), then), [TICKET]);
        assert_eq!(heard(Reading::Codes, &format!("Ada L{}\n", "Z".repeat(30)), then), ["Z".repeat(30)]);
        assert_eq!(heard(Reading::Codes, &format!("A4F31{BADGE}\n"), then), [BADGE], "a digit is no rest of a mark");
    }

    #[test]
    fn every_usual_prefix_and_suffix_is_no_part_of_the_code() {
        for prefix in ["", "]Q1", "]Q3", "¨Q1"] {
            for suffix in ["\n", "\r", "\r\n", "\t"] {
                for code in [TICKET, BADGE] {
                    assert_eq!(heard(Reading::Anything, &format!("{prefix}{code}{suffix}"), |_| 1), [code], "{prefix:?} {suffix:?}");
                }
            }
        }
        let lines = format!("{TICKET}\r\n{BADGE}\r\n");
        assert_eq!(heard(Reading::Anything, &lines, |number| if number == TICKET.len() + 2 { 900 } else { 1 }), [TICKET, BADGE]);
    }

    #[test]
    fn a_mark_whose_dead_key_goes_up_or_is_lost_on_a_nordic_keyboard_is_no_part_of_a_code_of_ours() {
        let caps_locked = TICKET.to_lowercase();
        for reading in [Reading::Anything, Reading::Codes] {
            for prefix in ["¨Q1", "Q1", "Q3", "1", "3", "Ë0", "d1"] {
                assert_eq!(heard(reading, &format!("{prefix}{TICKET}\n"), |_| 1), [TICKET], "{reading:?} {prefix}");
            }
            assert_eq!(heard(reading, &format!("q1{caps_locked}\n"), |_| 1), [&*caps_locked]);
            // Ten letters may be another system's code, so a badge's goes on as it came: the look-up tells.
            for prefix in ["Q1", "1"] {
                assert_eq!(heard(reading, &format!("{prefix}{BADGE}\n"), |_| 1), [format!("{prefix}{BADGE}")]);
            }
        }
    }

    #[test]
    fn the_second_half_of_a_line_end_presses_nothing() {
        let mut burst = Burst::default();
        let mut at = |ms, key: &str| burst.key(Duration::from_millis(ms), key, Reading::Anything, Vec::new);
        assert_eq!(at(1, "7"), Heard::Key);
        assert!(matches!(at(2, "\r"), Heard::End(_)));
        assert_eq!(at(3, "\n"), Heard::Rest);
        assert_eq!(at(4, "\n"), Heard::Key);
    }

    #[test]
    fn without_an_enter_the_silence_ends_a_scan_and_no_typing() {
        let quiet = |keys: &str, pause: u64, reading| {
            let (mut burst, mut now) = (Burst::default(), Duration::from_secs(60));
            for key in keys.chars() {
                now += Duration::from_millis(pause);
                burst.key(now, &key.to_string(), reading, Vec::new);
            }
            burst.quiet(reading).map(|scan| scan.text)
        };
        assert_eq!(quiet(TICKET, 1, Reading::Codes).as_deref(), Some(TICKET));
        assert_eq!(quiet("KUNDE-7", 1, Reading::Anything).as_deref(), Some("KUNDE-7"));
        assert_eq!(quiet("KUNDE-7", 1, Reading::Codes), None);
        assert_eq!(quiet("abcde", 1, Reading::Anything), None);
        assert_eq!(quiet("KUNDE-7", 60, Reading::Anything), None);
        assert_eq!(quiet(TICKET, 60, Reading::Anything), None);
    }

    #[test]
    fn what_is_remembered_is_limited() {
        let mut burst = Burst::default();
        for number in 0..10_000u64 {
            burst.key(Duration::from_millis(number * 100), "x", Reading::Codes, Vec::new);
            burst.key(Duration::from_millis(number * 100 + 1), "x", Reading::Codes, Vec::new);
        }
        assert!(burst.runs.len() <= RUNS_MAX);
        let keys = "7".repeat(4096);
        let found = heard(Reading::Anything, &format!("{keys}\n"), |_| 1);
        assert_eq!(found[0].len(), CODE_BYTES_MAX + 1);
    }
}
