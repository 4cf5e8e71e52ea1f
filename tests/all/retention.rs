//! When something is due, day by day over ten years, against an oracle of another library with its own table of zones.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use jiff::civil::{Date, DateTime as Civil, Time, date, time};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan, Zoned};

use velkommen::domain::event::EventTimes;
use velkommen::domain::retention::{end_of_day_after_months, presumed_left_at, visit_erase_after};

fn zone(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).unwrap()
}

fn chrono(instant: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(instant.as_millisecond()).unwrap()
}

/// Every moment of the table: several times of each day, both of a repeated one, none of a skipped one.
fn moments(zone: &TimeZone, first: Date, last: Date) -> (Vec<Zoned>, usize, usize) {
    let times = [
        time(0, 0, 0, 0),
        time(0, 0, 0, 1_000_000),
        time(0, 30, 0, 0),
        time(1, 0, 0, 0),
        time(1, 59, 59, 0),
        time(2, 0, 0, 0),
        time(2, 30, 0, 0),
        time(2, 59, 59, 999_000_000),
        time(3, 0, 0, 0),
        time(10, 0, 0, 0),
        time(17, 59, 59, 0),
        time(18, 0, 0, 0),
        time(22, 59, 59, 0),
        time(23, 0, 0, 0),
        time(23, 30, 0, 0),
        time(23, 59, 59, 0),
        time(23, 59, 59, 999_000_000),
    ];
    let (mut moments, mut skipped, mut repeated) = (Vec::new(), 0, 0);
    for day in first.series(1.day()).take_while(|day| *day <= last) {
        for time in times {
            let moment = zone.to_ambiguous_zoned(day.to_datetime(time));
            match moment.offset() {
                AmbiguousOffset::Unambiguous { .. } => moments.push(moment.compatible().unwrap()),
                AmbiguousOffset::Gap { .. } => skipped += 1,
                AmbiguousOffset::Fold { .. } => {
                    repeated += 1;
                    moments.extend([moment.clone().earlier().unwrap(), moment.later().unwrap()]);
                }
            }
        }
    }
    (moments, skipped, repeated)
}

fn start_of_day(day: Date, zone: &TimeZone) -> Timestamp {
    zone.to_zoned(day.to_datetime(Time::midnight())).unwrap().start_of_day().unwrap().timestamp()
}

/// The last local midnight not later than 30 civil days and not later than 720 hours after the end.
fn oracle_visit(ended: &Zoned, zone: &TimeZone) -> Timestamp {
    let civil = ended.checked_add(30.days()).unwrap().timestamp();
    let hours = ended.timestamp() + 720.hours();
    (0..=32)
        .rev()
        .map(|days| start_of_day(ended.date() + days.days(), zone))
        .find(|midnight| *midnight <= civil && *midnight <= hours)
        .unwrap()
}

fn oracle_months(from: &Zoned, months: i32, zone: &TimeZone) -> Timestamp {
    start_of_day(from.date().checked_add(months.months()).unwrap().tomorrow().unwrap(), zone)
}

fn oracle_closing(signed_in: &Zoned, closes_at: Time, zone: &TimeZone) -> Timestamp {
    (0..4)
        .map(|days| first_instant((signed_in.date() + days.days()).to_datetime(closes_at), zone))
        .find(|closing| *closing > signed_in.timestamp())
        .unwrap()
}

/// The first instant of a civil time; where the clock skips it, that at which the clock was changed.
fn first_instant(civil: Civil, zone: &TimeZone) -> Timestamp {
    let shown = instants(civil, zone);
    shown.first().copied().unwrap_or_else(|| {
        let after = zone.to_ambiguous_zoned(civil).compatible().unwrap().timestamp();
        zone.preceding(after + 1.second()).next().unwrap().timestamp()
    })
}

/// The instants that a civil time is: none in a gap, two in a fold.
fn instants(civil: Civil, zone: &TimeZone) -> Vec<Timestamp> {
    let moment = zone.to_ambiguous_zoned(civil);
    match moment.offset() {
        AmbiguousOffset::Unambiguous { .. } => vec![moment.compatible().unwrap().timestamp()],
        AmbiguousOffset::Gap { .. } => Vec::new(),
        AmbiguousOffset::Fold { .. } => {
            vec![moment.clone().earlier().unwrap().timestamp(), moment.later().unwrap().timestamp()]
        }
    }
}

/// When an event begins or ends: the outer one of two instants, and where the clock skips it, the moment it skips.
fn oracle_event(civil: Civil, zone: &TimeZone, outer: impl Fn(&[Timestamp]) -> Option<Timestamp>) -> Timestamp {
    outer(&instants(civil, zone)).unwrap_or_else(|| {
        let before = zone.to_ambiguous_zoned(civil).earlier().unwrap().timestamp();
        zone.following(before).next().unwrap().timestamp()
    })
}

/// The end of the local day so many months after the last day; an event that ends at midnight ends with the day before.
fn oracle_event_due(ends: Civil, months: i32, zone: &TimeZone) -> Timestamp {
    let last = if ends.time() == Time::midnight() { ends.date().yesterday().unwrap() } else { ends.date() };
    start_of_day(last.checked_add(months.months()).unwrap().tomorrow().unwrap(), zone)
}

fn naive(civil: Civil) -> NaiveDateTime {
    let day = NaiveDate::from_ymd_opt(civil.year().into(), civil.month() as u32, civil.day() as u32).unwrap();
    day.and_hms_opt(civil.hour() as u32, civil.minute() as u32, 0).unwrap()
}

/// Every event of the table: each day with several ends, 3 hours long and a day and 3 hours long.
fn check_events(tz: chrono_tz::Tz, first: Date, last: Date) -> usize {
    let zone = zone(tz.name());
    let mut checked = 0;
    for day in first.series(1.day()).take_while(|day| *day <= last) {
        for (hour, minute) in [(0, 0), (0, 1), (2, 0), (2, 7), (2, 30), (3, 0), (16, 0), (23, 59)] {
            for hours in [3, 27] {
                let ends = day.to_datetime(time(hour, minute, 0, 0));
                let starts = ends.checked_sub(hours.hours()).unwrap();
                let times = EventTimes::new(naive(starts), naive(ends), tz).unwrap();
                let begins = chrono(oracle_event(starts, &zone, |instants| instants.first().copied()));
                assert_eq!(times.starts_at(), begins, "{starts} in {tz}");
                assert_eq!(times.opens_at(), begins - TimeDelta::hours(2));
                assert_eq!(times.ends_at(), chrono(oracle_event(ends, &zone, |instants| instants.last().copied())), "{ends} in {tz}");
                for months in [1, 12, 36] {
                    let due = chrono(oracle_event_due(ends, months, &zone));
                    assert_eq!(times.erase_after(months as u32), due, "{months} months after {ends} in {tz}");
                }
                checked += 1;
            }
        }
    }
    checked
}

fn check(moments: &[Zoned], jiff_zone: &TimeZone, zone: chrono_tz::Tz) {
    for moment in moments {
        let at = chrono(moment.timestamp());
        assert_eq!(visit_erase_after(at, 30, zone), chrono(oracle_visit(moment, jiff_zone)), "a visit that ended {moment}");
        for months in [1, 12, 60] {
            assert_eq!(
                end_of_day_after_months(at, months as u32, zone),
                chrono(oracle_months(moment, months, jiff_zone)),
                "{months} months after {moment}"
            );
        }
        for (hour, minute) in [(18, 0), (0, 0), (2, 30), (23, 59)] {
            let closes_at = NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
            let oracle = oracle_closing(moment, time(hour as i8, minute as i8, 0, 0), jiff_zone);
            assert_eq!(presumed_left_at(at, closes_at, zone), chrono(oracle), "{closes_at} after {moment}");
        }
    }
}

#[test]
fn every_day_of_ten_years_in_copenhagen_agrees_with_the_oracle() {
    let zone = zone("Europe/Copenhagen");
    let (moments, skipped, repeated) = moments(&zone, date(2023, 1, 1), date(2032, 12, 31));
    // Each spring skips 2:00, 2:30 and 2:59:59, each autumn repeats them.
    assert_eq!((skipped, repeated), (30, 30));
    assert_eq!(moments.len(), 3653 * 17 - 30 + 30);
    check(&moments, &zone, chrono_tz::Europe::Copenhagen);
}

#[test]
fn zones_that_skip_or_repeat_midnight_agree_with_the_oracle_too() {
    for tz in [
        chrono_tz::Asia::Beirut,
        chrono_tz::America::Havana,
        chrono_tz::Atlantic::Azores,
        chrono_tz::Australia::Lord_Howe,
        chrono_tz::Africa::Cairo,
    ] {
        let zone = zone(tz.name());
        let (moments, _, _) = moments(&zone, date(2023, 1, 1), date(2025, 6, 30));
        check(&moments, &zone, tz);
    }
}

#[test]
fn a_visit_is_never_kept_longer_than_thirty_days_nor_shorter_than_twenty_eight() {
    let zone = zone("Europe/Copenhagen");
    let (moments, _, _) = moments(&zone, date(2023, 1, 1), date(2032, 12, 31));
    for moment in moments {
        let ended = chrono(moment.timestamp());
        let kept = visit_erase_after(ended, 30, chrono_tz::Europe::Copenhagen) - ended;
        assert!(kept <= chrono::TimeDelta::hours(720) && kept > chrono::TimeDelta::hours(28 * 24), "{moment}: {kept}");
    }
}

#[test]
fn every_event_of_ten_years_in_copenhagen_agrees_with_the_oracle() {
    let checked = check_events(chrono_tz::Europe::Copenhagen, date(2023, 1, 1), date(2032, 12, 31));
    assert_eq!(checked, 3653 * 16);
}

#[test]
fn events_where_midnight_is_skipped_or_repeated_agree_with_the_oracle_too() {
    for tz in [chrono_tz::Asia::Beirut, chrono_tz::America::Havana, chrono_tz::Atlantic::Azores, chrono_tz::Australia::Lord_Howe] {
        check_events(tz, date(2023, 1, 1), date(2025, 6, 30));
    }
}
