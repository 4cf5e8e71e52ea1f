//! Days and times as people read them: 12. marts 2026 kl. 9.43, 12 March 2026, 9:43. What a
//! machine reads (ISO 8601) is not made here.

use chrono::{DateTime, Datelike, NaiveDate, Timelike};
use chrono_tz::Tz;

use crate::domain::language::Language;

// The names stand here and not in the catalogue: they are data of the calendar, always used as a
// whole set, and a missing one would be a date in two languages.
const MONTHS_DA: [&str; 12] =
    ["januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober", "november", "december"];
const MONTHS_EN: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const WEEKDAYS_DA: [&str; 7] = ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"];
const WEEKDAYS_DA_ALONE: [&str; 7] = ["Mandag", "Tirsdag", "Onsdag", "Torsdag", "Fredag", "Lørdag", "Søndag"];
const WEEKDAYS_EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The time alone, as in a table: `9.43`, `9:43`. Hours 0 to 23.
pub fn time(at: &DateTime<Tz>, language: Language) -> String {
    let (hour, minute) = (at.hour(), at.minute());
    match language {
        Language::Da => format!("{hour}.{minute:02}"),
        Language::En => format!("{hour}:{minute:02}"),
    }
}

/// The time where a sentence needs it: `kl. 9.43`, `9:43`.
pub fn time_in_sentence(at: &DateTime<Tz>, language: Language) -> String {
    match language {
        Language::Da => format!("kl. {}", time(at, language)),
        Language::En => time(at, language),
    }
}

/// The whole date: `12. marts 2026`, `12 March 2026`.
pub fn long_date(day: NaiveDate, language: Language) -> String {
    format!("{} {}", day_and_month(day, language), day.year())
}

/// The date without its year: `11. april`, `11 April`.
pub fn day_and_month(day: NaiveDate, language: Language) -> String {
    match language {
        Language::Da => format!("{}. {}", day.day(), MONTHS_DA[day.month0() as usize]),
        Language::En => format!("{} {}", day.day(), MONTHS_EN[day.month0() as usize]),
    }
}

/// The date in digits, for badges: `12.3.2026`, `12/03/2026`.
pub fn short_date(day: NaiveDate, language: Language) -> String {
    let (year, month, day) = (day.year(), day.month(), day.day());
    match language {
        Language::Da => format!("{day}.{month}.{year}"),
        Language::En => format!("{day:02}/{month:02}/{year}"),
    }
}

/// The weekday alone or at the beginning: `Torsdag`, `Thursday`.
pub fn weekday(day: NaiveDate, language: Language) -> &'static str {
    let index = day.weekday().num_days_from_monday() as usize;
    match language {
        Language::Da => WEEKDAYS_DA_ALONE[index],
        Language::En => WEEKDAYS_EN[index],
    }
}

/// The weekday inside a sentence: `torsdag`, `Thursday`.
pub fn weekday_in_sentence(day: NaiveDate, language: Language) -> &'static str {
    let index = day.weekday().num_days_from_monday() as usize;
    match language {
        Language::Da => WEEKDAYS_DA[index],
        Language::En => WEEKDAYS_EN[index],
    }
}

/// Date and time: `12. marts 2026 kl. 9.43`, `12 March 2026, 9:43`.
pub fn date_and_time(at: &DateTime<Tz>, language: Language) -> String {
    let date = long_date(at.date_naive(), language);
    match language {
        Language::Da => format!("{date} {}", time_in_sentence(at, language)),
        Language::En => format!("{date}, {}", time(at, language)),
    }
}

/// Date and time in digits, for badges: `12.3.2026 kl. 9.43`, `12/03/2026 9:43`.
pub fn short_date_and_time(at: &DateTime<Tz>, language: Language) -> String {
    let date = short_date(at.date_naive(), language);
    format!("{date} {}", time_in_sentence(at, language))
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;
    use Language::{Da, En};

    fn at(hour: u32, minute: u32) -> DateTime<Tz> {
        chrono_tz::Europe::Copenhagen.with_ymd_and_hms(2026, 3, 12, hour, minute, 0).unwrap()
    }

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    #[test]
    fn the_time_has_a_full_stop_in_danish_and_a_colon_in_english() {
        assert_eq!(time(&at(9, 43), Da), "9.43");
        assert_eq!(time(&at(9, 43), En), "9:43");
        assert_eq!(time(&at(0, 5), Da), "0.05");
        assert_eq!(time(&at(23, 0), En), "23:00");
        assert_eq!(time_in_sentence(&at(9, 43), Da), "kl. 9.43");
        assert_eq!(time_in_sentence(&at(9, 43), En), "9:43");
    }

    #[test]
    fn the_time_is_that_of_its_zone() {
        let utc = chrono::Utc.with_ymd_and_hms(2026, 7, 1, 22, 30, 0).unwrap();
        let here = utc.with_timezone(&chrono_tz::Europe::Copenhagen);
        assert_eq!(date_and_time(&here, Da), "2. juli 2026 kl. 0.30");
    }

    #[test]
    fn the_date_is_long_short_or_without_its_year() {
        assert_eq!(long_date(day(3, 12), Da), "12. marts 2026");
        assert_eq!(long_date(day(3, 12), En), "12 March 2026");
        assert_eq!(day_and_month(day(4, 11), Da), "11. april");
        assert_eq!(day_and_month(day(4, 11), En), "11 April");
        assert_eq!(short_date(day(3, 2), Da), "2.3.2026");
        assert_eq!(short_date(day(3, 2), En), "02/03/2026");
        assert_eq!(long_date(day(1, 1), Da), "1. januar 2026");
        assert_eq!(long_date(day(12, 31), En), "31 December 2026");
    }

    #[test]
    fn the_danish_weekday_is_small_inside_a_sentence() {
        assert_eq!(weekday(day(3, 12), Da), "Torsdag");
        assert_eq!(weekday_in_sentence(day(3, 12), Da), "torsdag");
        assert_eq!(weekday(day(3, 15), Da), "Søndag");
        assert_eq!(weekday_in_sentence(day(3, 16), Da), "mandag");
        assert_eq!(weekday(day(3, 12), En), "Thursday");
        assert_eq!(weekday_in_sentence(day(3, 12), En), "Thursday");
    }

    #[test]
    fn date_and_time_stand_together() {
        assert_eq!(date_and_time(&at(9, 43), Da), "12. marts 2026 kl. 9.43");
        assert_eq!(date_and_time(&at(9, 43), En), "12 March 2026, 9:43");
        assert_eq!(short_date_and_time(&at(9, 43), Da), "12.3.2026 kl. 9.43");
        assert_eq!(short_date_and_time(&at(9, 43), En), "12/03/2026 9:43");
    }
}
