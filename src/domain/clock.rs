//! The clock as the rules see it: a reading is handed in, and a pure function says whether it is believed.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// What the machine says about time, at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The wall clock.
    pub wall: DateTime<Utc>,
    /// Time since the machine started, sleep included; never jumps.
    pub since_boot: Duration,
    /// Whether the kernel vouches for the wall clock (`adjtimex`).
    pub synchronised: bool,
}

/// Tells the time. The real one and a simulated twin are the only two.
pub trait Clock: Send + Sync {
    fn read(&self) -> Reading;
}

/// Why the wall clock is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Before the last time that was seen.
    Behind,
    /// Before the day this program was built.
    BeforeBuild,
    /// More than 400 days past the last time that was seen.
    FarAhead,
    /// Jumped by more than a day while running.
    Jumped,
}

/// The last believed time, kept in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HighWater {
    pub at: DateTime<Utc>,
    /// The build date that two staff overruled when they confirmed an earlier date, if they did.
    pub overruled_build: Option<NaiveDate>,
}

/// How far past the high-water mark a machine that was off may wake up and still be believed.
pub const AHEAD_MAX: TimeDelta = TimeDelta::days(400);
/// How far the wall clock may move against the time since boot.
pub const JUMP_MAX: TimeDelta = TimeDelta::hours(24);

/// Judges a reading. `None`: the wall clock is believed.
///
/// `started` is the reading taken when the process began, or when staff last confirmed the time.
///
/// **Source** CK1.
pub fn judge(now: Reading, started: Reading, mark: Option<HighWater>, build: NaiveDate) -> Option<Doubt> {
    if now.synchronised {
        return None;
    }
    let since_start = |reading: Reading| TimeDelta::from_std(reading.since_boot).unwrap_or(TimeDelta::MAX);
    let ran = since_start(now) - since_start(started);
    if ((now.wall - started.wall) - ran).abs() > JUMP_MAX {
        return Some(Doubt::Jumped);
    }
    if now.wall.date_naive() < build && mark.and_then(|mark| mark.overruled_build) != Some(build) {
        return Some(Doubt::BeforeBuild);
    }
    let mark = mark?;
    if now.wall < mark.at {
        return Some(Doubt::Behind);
    }
    // The mark follows a believed clock minute by minute, so what matters here is the time the machine was off.
    (now.wall - mark.at > AHEAD_MAX).then_some(Doubt::FarAhead)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3600;

    fn reading(wall: &str, hours_since_boot: u64) -> Reading {
        Reading {
            wall: format!("{wall}Z").parse().expect("a date"),
            since_boot: Duration::from_secs(hours_since_boot * HOUR),
            synchronised: false,
        }
    }

    fn build() -> NaiveDate {
        "2026-01-01".parse().expect("a date")
    }

    fn mark(at: &str) -> Option<HighWater> {
        Some(HighWater { at: format!("{at}Z").parse().expect("a date"), overruled_build: None })
    }

    fn at_start(wall: &str, mark: Option<HighWater>) -> Option<Doubt> {
        judge(reading(wall, 1), reading(wall, 1), mark, build())
    }

    #[test]
    fn each_limit_at_the_start_one_step_before_and_after() {
        assert_eq!(at_start("2026-01-01T00:00:00", None), None);
        assert_eq!(at_start("2025-12-31T23:59:59", None), Some(Doubt::BeforeBuild));
        assert_eq!(at_start("2026-03-02T10:00:00", mark("2026-03-02T10:00:00")), None);
        assert_eq!(at_start("2026-03-02T09:59:59", mark("2026-03-02T10:00:00")), Some(Doubt::Behind));
        assert_eq!(at_start("2027-04-06T10:00:00", mark("2026-03-02T10:00:00")), None);
        assert_eq!(at_start("2027-04-06T10:00:01", mark("2026-03-02T10:00:00")), Some(Doubt::FarAhead));
    }

    #[test]
    fn a_jump_of_more_than_a_day_while_running_is_doubted_both_ways() {
        let started = reading("2026-03-02T10:00:00", 1);
        let judge = |now| judge(now, started, mark("2026-03-01T10:00:00"), build());
        assert_eq!(judge(reading("2026-03-03T11:00:00", 2)), None);
        assert_eq!(judge(reading("2026-03-03T11:00:01", 2)), Some(Doubt::Jumped));
        assert_eq!(judge(reading("2026-03-01T10:59:59", 2)), Some(Doubt::Jumped));
        assert_eq!(judge(reading("2026-03-12T10:00:00", 241)), None);
    }

    #[test]
    fn the_kernels_word_ends_every_doubt() {
        let mut now = reading("2020-01-01T00:00:00", 1);
        now.synchronised = true;
        assert_eq!(judge(now, reading("2026-01-01T00:00:00", 1), mark("2026-03-01T10:00:00"), build()), None);
    }

    #[test]
    fn a_date_before_the_build_that_two_staff_confirmed_is_believed_until_the_next_build() {
        let mut confirmed = mark("2025-12-01T10:00:00");
        if let Some(mark) = &mut confirmed {
            mark.overruled_build = Some(build());
        }
        assert_eq!(at_start("2025-12-01T10:00:00", confirmed), None);
        let next_build = build().succ_opt().expect("a date");
        let now = reading("2025-12-01T10:00:00", 1);
        assert_eq!(judge(now, now, confirmed, next_build), Some(Doubt::BeforeBuild));
    }
}
