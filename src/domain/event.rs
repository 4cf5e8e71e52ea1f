//! An event: when it takes place, who may walk in, and when everything about its participants is gone.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::domain::retention::start_of_day;
use crate::domain::text::personal_line;

personal_line!(/** What an event is called. Kept with the evidence of a consent. */ EventName, max 200);
personal_line!(/** Where an event takes place. */ Venue, max 200);
personal_line!(/** Why staff took a check-in back. */ UndoReason, max 200);

/// How long before an event its doors open.
pub const DOORS_OPEN_BEFORE: TimeDelta = TimeDelta::hours(2);
/// The longest an event may last.
const LENGTH_MAX: TimeDelta = TimeDelta::days(366);

/// How an event asks about photos and video.
///
/// **Source** F2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PhotoMode {
    /// Only who said yes is photographed.
    Consent,
    /// Everybody is told, and may object.
    Objection,
}

impl PhotoMode {
    pub const ALL: [PhotoMode; 2] = [PhotoMode::Consent, PhotoMode::Objection];

    pub fn word(self) -> &'static str {
        match self {
            PhotoMode::Consent => "consent",
            PhotoMode::Objection => "objection",
        }
    }

    pub fn parse(word: &str) -> Option<PhotoMode> {
        PhotoMode::ALL.into_iter().find(|mode| mode.word() == word)
    }
}

/// How often one ticket enters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryRule {
    /// Once; again only after an exit.
    Single,
    /// As often as somebody likes.
    Multiple,
}

impl EntryRule {
    pub fn word(self) -> &'static str {
        match self {
            EntryRule::Single => "single",
            EntryRule::Multiple => "multiple",
        }
    }

    pub fn parse(word: &str) -> Option<EntryRule> {
        [EntryRule::Single, EntryRule::Multiple].into_iter().find(|rule| rule.word() == word)
    }
}

/// When an event takes place, on the wall of its zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventTimes {
    pub starts: NaiveDateTime,
    pub ends: NaiveDateTime,
    pub zone: Tz,
}

/// Why times were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimesFault {
    EndsBeforeStart,
    /// More than a year.
    TooLong,
}

impl EventTimes {
    pub fn new(starts: NaiveDateTime, ends: NaiveDateTime, zone: Tz) -> Result<EventTimes, TimesFault> {
        if ends <= starts {
            return Err(TimesFault::EndsBeforeStart);
        }
        if ends - starts > LENGTH_MAX {
            return Err(TimesFault::TooLong);
        }
        let times = EventTimes { starts, ends, zone };
        // Two times within one gap are the same instant.
        if times.ends_at() <= times.starts_at() { Err(TimesFault::EndsBeforeStart) } else { Ok(times) }
    }

    /// The first of two instants that show the start; the first one after a gap that swallows it.
    pub fn starts_at(&self) -> DateTime<Utc> {
        resolve(self.starts, self.zone, RepeatedTime::First)
    }

    /// The last of two instants that show the end.
    pub fn ends_at(&self) -> DateTime<Utc> {
        resolve(self.ends, self.zone, RepeatedTime::Last)
    }

    /// When the doors open.
    pub fn opens_at(&self) -> DateTime<Utc> {
        self.starts_at() - DOORS_OPEN_BEFORE
    }

    /// Whether the doors are open: from a while before until the end.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.opens_at() <= now && now < self.ends_at()
    }

    /// The day the event ends on; one that ends at midnight ends with the day before.
    pub fn last_day(&self) -> NaiveDate {
        let day = self.ends.date();
        if self.ends.time() == NaiveTime::MIN { day - Days::new(1) } else { day }
    }

    /// The end of the local day `months` calendar months after the last day.
    ///
    /// **Source** E5.
    pub fn erase_after(&self, months: u32) -> DateTime<Utc> {
        start_of_day(self.last_day() + Months::new(months) + Days::new(1), self.zone)
    }

    /// Noon of the day after the event, when a printed list is destroyed.
    pub fn destroy_lists_by(&self) -> DateTime<Utc> {
        start_of_day(self.last_day() + Days::new(1), self.zone) + TimeDelta::hours(12)
    }
}

/// Which of two instants that show the same local time.
#[derive(Clone, Copy)]
enum RepeatedTime {
    First,
    Last,
}

fn resolve(local: NaiveDateTime, zone: Tz, which: RepeatedTime) -> DateTime<Utc> {
    let found = zone.from_local_datetime(&local);
    let instant = match which {
        RepeatedTime::First => found.earliest(),
        RepeatedTime::Last => found.latest(),
    };
    // A time that the clock skips is its end of the gap.
    instant.map_or_else(
        || {
            // No zone skips more than a day.
            let after = (1..=24 * 60).find_map(|minutes| zone.from_local_datetime(&(local + TimeDelta::minutes(minutes))).earliest());
            after.map_or_else(|| local.and_utc(), |after| after.to_utc())
        },
        |instant| instant.to_utc(),
    )
}

/// Reads a local moment as scripts write it (`2026-03-12T09:00`) and as people do (`12.3.2026 9.00`, `12/3/2026 9:00`).
/// The year has four digits.
pub fn parse_moment(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim();
    if let Ok(moment) = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M") {
        return (1000..=9999).contains(&moment.year()).then_some(moment);
    }
    let (day, time) = text.split_once(|c: char| c.is_whitespace() || c == 'T')?;
    Some(parse_day(day)?.and_time(crate::domain::config::parse_closing_time(time)?))
}

/// Reads a day as `2026-03-12`, `12.3.2026`, `12/3/2026` or `12-3-2026`.
pub fn parse_day(text: &str) -> Option<NaiveDate> {
    let parts: Vec<&str> = text.trim().trim_end_matches('.').split(['.', '/', '-']).collect();
    let [first, month, last] = parts.as_slice() else { return None };
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    if year.len() != 4 {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::Copenhagen;

    fn times(starts: &str, ends: &str) -> EventTimes {
        EventTimes::new(parse_moment(starts).expect("a moment"), parse_moment(ends).expect("a moment"), Copenhagen).expect("an event")
    }

    fn midnight(day: &str) -> DateTime<Utc> {
        start_of_day(day.parse().expect("a day"), Copenhagen)
    }

    #[test]
    fn the_worked_example_of_the_rule() {
        assert_eq!(times("2026-03-02T09:00", "2026-03-02T16:00").erase_after(12), midnight("2027-03-03"));
        assert_eq!(times("2026-03-02T09:00", "2026-03-02T16:00").erase_after(36), midnight("2029-03-03"));
    }

    #[test]
    fn the_last_day_counts_and_a_short_month_ends_where_it_ends() {
        assert_eq!(times("2024-02-28T09:00", "2024-02-29T16:00").erase_after(12), midnight("2025-03-01"));
        assert_eq!(times("2026-03-02T18:00", "2026-03-03T00:00").erase_after(12), midnight("2027-03-03"));
        assert_eq!(times("2026-03-02T18:00", "2026-03-03T00:01").erase_after(12), midnight("2027-03-04"));
    }

    #[test]
    fn an_end_that_comes_twice_is_the_later_and_one_that_never_comes_is_the_end_of_the_gap() {
        assert_eq!(times("2026-10-24T20:00", "2026-10-25T02:30").ends_at().to_rfc3339(), "2026-10-25T01:30:00+00:00");
        assert_eq!(times("2026-10-25T02:30", "2026-10-25T09:00").starts_at().to_rfc3339(), "2026-10-25T00:30:00+00:00");
        for never in ["2027-03-28T02:00", "2027-03-28T02:07", "2027-03-28T02:30", "2027-03-28T02:59"] {
            assert_eq!(times("2027-03-27T20:00", never).ends_at().to_rfc3339(), "2027-03-28T01:00:00+00:00", "{never}");
        }
    }

    #[test]
    fn moments_are_read_as_scripts_and_as_people_write_them() {
        let nine = parse_moment("2026-03-12T09:00");
        assert!(nine.is_some());
        for text in ["12.3.2026 9.00", "12/3/2026 9:00", "12-03-2026 09:00", "2026-03-12 9", " 12.03.2026 9.00 "] {
            assert_eq!(parse_moment(text), nine, "{text}");
        }
        for text in
            ["", "12.3.26 9.00", "31.2.2026 9.00", "12.3.2026", "12.3.2026 25.00", "tomorrow 9", "+262142-12-31T09:00", "-2026-03-12T09:00"]
        {
            assert_eq!(parse_moment(text), None, "{text}");
        }
    }

    #[test]
    fn an_event_ends_after_it_starts_and_within_a_year() {
        let at = |text| parse_moment(text).expect("a moment");
        let new = |starts, ends| EventTimes::new(at(starts), at(ends), Copenhagen);
        assert_eq!(new("2026-03-02T09:00", "2026-03-02T09:00"), Err(TimesFault::EndsBeforeStart));
        assert_eq!(new("2026-03-02T09:00", "2027-03-04T09:00"), Err(TimesFault::TooLong));
        assert!(new("2026-03-02T09:00", "2027-03-03T09:00").is_ok());
        // The spring night has no 02:10 and no 02:50: both are 03:00.
        assert_eq!(new("2027-03-28T02:10", "2027-03-28T02:50"), Err(TimesFault::EndsBeforeStart));
        assert!(new("9999-12-30T09:00", "9999-12-31T09:00").is_ok_and(|times| times.erase_after(120) > times.ends_at()));
    }
}
