//! When something must be gone. Days are counted in the desk's zone.

use chrono::{DateTime, Days, LocalResult, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

/// What a retention rule is about; also the words in tombstones and on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    Visit,
    /// A visit announced before, until somebody comes.
    Invitation,
    /// What waits to be told about a visit or an invitation; goes with it at the latest.
    Message,
    Event,
    /// Goes with its event.
    Participant,
    /// What proves a given photo or video consent.
    ConsentEvidence,
    /// A scan that belongs to no event; the others go with theirs.
    Scan,
    AuditEntry,
    Receipt,
}

impl Class {
    pub const ALL: [Class; 9] = [
        Class::Visit,
        Class::Invitation,
        Class::Message,
        Class::Event,
        Class::Participant,
        Class::ConsentEvidence,
        Class::Scan,
        Class::AuditEntry,
        Class::Receipt,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Class::Visit => "visit",
            Class::Invitation => "invitation",
            Class::Message => "message",
            Class::Event => "event",
            Class::Participant => "participant",
            Class::ConsentEvidence => "consent_evidence",
            Class::Scan => "scan",
            Class::AuditEntry => "audit_entry",
            Class::Receipt => "receipt",
        }
    }
}

/// When a visit is gone: the last local midnight not later than its end + `days` civil days
/// and not later than its end + `days` × 24 hours.
///
/// **Source** V3.
pub fn visit_erase_after(ended: DateTime<Utc>, days: u32, zone: Tz) -> DateTime<Utc> {
    let local = ended.with_timezone(&zone).naive_local();
    let civil = earliest(local + Days::new(u64::from(days)), zone);
    let hours = ended + TimeDelta::hours(24 * i64::from(days));
    let limit = civil.min(hours);
    let day = limit.with_timezone(&zone).date_naive();
    let midnight = start_of_day(day, zone);
    // A zone that skips or repeats midnight can put the start of the day past the limit.
    if midnight <= limit { midnight } else { start_of_day(day - Days::new(1), zone) }
}

/// When a visit that is never signed out ends: the first closing time after its sign-in.
///
/// **Source** V10.
pub fn presumed_left_at(signed_in: DateTime<Utc>, closes_at: NaiveTime, zone: Tz) -> DateTime<Utc> {
    let today = signed_in.with_timezone(&zone).date_naive();
    // The clock may close twice in one night or, seen from a skipped hour, a little later; three days hold one closing surely.
    (0..3)
        .map(|days| earliest((today + Days::new(days)).and_time(closes_at), zone))
        .find(|closing| *closing > signed_in)
        .unwrap_or(signed_in + TimeDelta::days(1))
}

/// The end of the local day `months` calendar months after the day of `from`; the last day of a month that is too short.
///
/// **Source** E5; Regulation 1182/71.
pub fn end_of_day_after_months(from: DateTime<Utc>, months: u32, zone: Tz) -> DateTime<Utc> {
    let day = from.with_timezone(&zone).date_naive() + Months::new(months);
    start_of_day(day + Days::new(1), zone)
}

/// The first instant of a local day.
pub fn start_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    earliest(day.and_time(NaiveTime::MIN), zone)
}

/// No zone skips more than a day.
const MINUTES_SKIPPED_MAX: i64 = 24 * 60;

/// The first instant that shows this local time; where the clock skips it, the first instant after the gap.
fn earliest(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(instant) | LocalResult::Ambiguous(instant, _) => instant.to_utc(),
        LocalResult::None => {
            // Clocks change at a full minute, so the gap begins a minute after the last one that is shown.
            let minute = local.with_second(0).and_then(|local| local.with_nanosecond(0)).unwrap_or(local);
            let last_shown =
                (1..=MINUTES_SKIPPED_MAX).find_map(|minutes| zone.from_local_datetime(&(minute - TimeDelta::minutes(minutes))).latest());
            last_shown.map_or_else(|| local.and_utc(), |instant| instant.to_utc() + TimeDelta::minutes(1))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::Copenhagen;

    fn local(text: &str) -> DateTime<Utc> {
        earliest(text.parse().expect("a local time"), Copenhagen)
    }

    #[test]
    fn the_worked_example_of_the_rule() {
        assert_eq!(visit_erase_after(local("2026-03-02T10:00:00"), 30, Copenhagen), local("2026-04-01T00:00:00"));
    }

    #[test]
    fn the_hour_before_a_longer_night_takes_a_day_earlier() {
        // 25 October 2026 has 25 hours: 720 hours after 0:30 on 1 October is 23:30 on 30 October.
        assert_eq!(visit_erase_after(local("2026-10-01T00:30:00"), 30, Copenhagen), local("2026-10-30T00:00:00"));
        assert_eq!(visit_erase_after(local("2026-10-01T01:00:00"), 30, Copenhagen), local("2026-10-31T00:00:00"));
    }

    #[test]
    fn closing_time_is_strictly_after_the_sign_in() {
        let closes = "18:00:00".parse().expect("a time");
        let presumed = |at: &str| presumed_left_at(local(at), closes, Copenhagen);
        assert_eq!(presumed("2026-03-02T17:59:59"), local("2026-03-02T18:00:00"));
        assert_eq!(presumed("2026-03-02T18:00:00"), local("2026-03-03T18:00:00"));
    }

    #[test]
    fn months_end_where_the_month_ends() {
        assert_eq!(end_of_day_after_months(local("2024-02-29T10:00:00"), 12, Copenhagen), local("2025-03-01T00:00:00"));
        assert_eq!(end_of_day_after_months(local("2026-08-31T10:00:00"), 1, Copenhagen), local("2026-10-01T00:00:00"));
    }

    #[test]
    fn a_midnight_that_a_zone_skips_is_the_first_instant_of_the_day() {
        // Beirut went from 23:59:59 to 1:00 on 30 March 2025.
        let start = start_of_day("2025-03-30".parse().expect("a day"), chrono_tz::Asia::Beirut);
        assert_eq!(start.to_rfc3339(), "2025-03-29T22:00:00+00:00");
    }
}
