//! Days and times as people read them: 12. marts 2026 kl. 9.43, 12 March 2026, 9:43. What a
//! machine reads (ISO 8601) is not made here.

use chrono::{DateTime, Datelike, NaiveDate};
use chrono_tz::Tz;

use crate::domain::language::Language;

/// How a language writes days and times.
///
/// It stands here and not in the catalogue: it is data of the calendar, always used as a whole
/// set, and a missing name would be a date in two languages.
struct Writing {
    /// From January, as inside a sentence.
    months: [&'static str; 12],
    /// From Monday, as inside a sentence.
    weekdays: [&'static str; 7],
    after_weekday: &'static str,
    after_day: &'static str,
    /// The date in digits, for chrono.
    digits: &'static str,
    /// Between a date and a time.
    before_clock: &'static str,
    /// Before a time that stands in a sentence without its date.
    before_time: &'static str,
    /// The time, for chrono.
    time: &'static str,
    /// After a time that stands in a sentence.
    after_time: &'static str,
    between_times: &'static str,
}

impl Writing {
    fn of(language: Language) -> &'static Writing {
        match language {
            Language::Da => &DANISH,
            Language::En => &ENGLISH,
            Language::Sv => &SWEDISH,
            Language::Nb => &NORWEGIAN,
            Language::De => &GERMAN,
        }
    }
}

const DANISH: Writing = Writing {
    months: ["januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober", "november", "december"],
    weekdays: ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"],
    after_weekday: " ",
    after_day: ". ",
    digits: "%-d.%-m.%Y",
    before_clock: " kl. ",
    before_time: "kl. ",
    time: "%-H.%M",
    after_time: "",
    between_times: "–",
};

const ENGLISH: Writing = Writing {
    months: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    after_weekday: " ",
    after_day: " ",
    digits: "%d/%m/%Y",
    before_clock: ", ",
    before_time: "",
    time: "%-H:%M",
    after_time: "",
    between_times: " to ",
};

const SWEDISH: Writing = Writing {
    months: ["januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"],
    weekdays: ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"],
    after_weekday: " ",
    after_day: " ",
    digits: "%Y-%m-%d",
    before_clock: " kl. ",
    before_time: "",
    time: "%H:%M",
    after_time: "",
    between_times: "–",
};

const NORWEGIAN: Writing = Writing {
    months: ["januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "desember"],
    weekdays: ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"],
    after_weekday: " ",
    after_day: ". ",
    digits: "%d.%m.%Y",
    before_clock: " kl. ",
    before_time: "kl. ",
    time: "%H.%M",
    after_time: "",
    between_times: "–",
};

const GERMAN: Writing = Writing {
    months: ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"],
    weekdays: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
    after_weekday: ", ",
    after_day: ". ",
    digits: "%d.%m.%Y",
    before_clock: ", ",
    before_time: "",
    time: "%-H:%M",
    after_time: " Uhr",
    between_times: "–",
};

/// The time alone, as in a table: `9.43`, `9:43`. Hours 0 to 23.
pub fn time(at: &DateTime<Tz>, language: Language) -> String {
    at.format(Writing::of(language).time).to_string()
}

/// The time where a sentence needs it: `kl. 9.43`, `9:43`, `9:43 Uhr`.
pub fn time_in_sentence(at: &DateTime<Tz>, language: Language) -> String {
    let writing = Writing::of(language);
    format!("{}{}{}", writing.before_time, time(at, language), writing.after_time)
}

/// From one time to another, as in a table: `9.00–12.00`, `9:00 to 12:00`.
pub fn time_span(from: &DateTime<Tz>, to: &DateTime<Tz>, language: Language) -> String {
    format!("{}{}{}", time(from, language), Writing::of(language).between_times, time(to, language))
}

/// The time in a sentence, with its day where that is not `today`: `kl. 9.43`, `11. marts kl. 9.43`.
pub fn moment(at: &DateTime<Tz>, today: NaiveDate, language: Language) -> String {
    match at.date_naive() {
        day if day == today => time_in_sentence(at, language),
        day => joined(day_and_month(day, language), at, language),
    }
}

/// The whole date: `12. marts 2026`, `12 March 2026`.
pub fn long_date(day: NaiveDate, language: Language) -> String {
    format!("{} {}", day_and_month(day, language), day.year())
}

/// The date without its year: `11. april`, `11 April`.
pub fn day_and_month(day: NaiveDate, language: Language) -> String {
    let writing = Writing::of(language);
    format!("{}{}{}", day.day(), writing.after_day, writing.months[day.month0() as usize])
}

/// The date in digits, for badges: `12.3.2026`, `12/03/2026`.
pub fn short_date(day: NaiveDate, language: Language) -> String {
    day.format(Writing::of(language).digits).to_string()
}

/// The weekday alone or at the beginning: `Torsdag`, `Thursday`.
pub fn weekday(day: NaiveDate, language: Language) -> String {
    let mut letters = weekday_in_sentence(day, language).chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A date that begins with its weekday, whichever way it goes on: `Torsdag 12. marts`,
/// `Thursday 12 March 2026`, `Donnerstag, 12. März 2026, 9:43 Uhr`.
pub fn with_weekday(day: NaiveDate, date: &str, language: Language) -> String {
    format!("{}{}{date}", weekday(day, language), Writing::of(language).after_weekday)
}

/// As [`with_weekday`], inside a sentence: `torsdag 12. marts`.
pub fn with_weekday_in_sentence(day: NaiveDate, date: &str, language: Language) -> String {
    format!("{}{}{date}", weekday_in_sentence(day, language), Writing::of(language).after_weekday)
}

/// Date and time: `12. marts 2026 kl. 9.43`, `12 March 2026, 9:43`.
pub fn date_and_time(at: &DateTime<Tz>, language: Language) -> String {
    joined(long_date(at.date_naive(), language), at, language)
}

/// Date and time in digits, for badges: `12.3.2026 kl. 9.43`, `12/03/2026, 9:43`.
pub fn short_date_and_time(at: &DateTime<Tz>, language: Language) -> String {
    joined(short_date(at.date_naive(), language), at, language)
}

fn weekday_in_sentence(day: NaiveDate, language: Language) -> &'static str {
    Writing::of(language).weekdays[day.weekday().num_days_from_monday() as usize]
}

fn joined(date: String, at: &DateTime<Tz>, language: Language) -> String {
    let writing = Writing::of(language);
    format!("{date}{}{}{}", writing.before_clock, time(at, language), writing.after_time)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;
    use Language::Da;

    fn at(hour: u32, minute: u32) -> DateTime<Tz> {
        chrono_tz::Europe::Copenhagen.with_ymd_and_hms(2026, 3, 12, hour, minute, 0).unwrap()
    }

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    /// What a function says in each language, in the order of [`Language::ALL`].
    #[track_caller]
    fn says(say: impl Fn(Language) -> String, expected: [&str; 5]) {
        assert_eq!(Language::ALL.map(say), expected);
    }

    #[test]
    fn the_time_stands_alone_or_in_a_sentence() {
        says(|language| time(&at(9, 43), language), ["9.43", "9:43", "09:43", "09.43", "9:43"]);
        says(|language| time(&at(0, 5), language), ["0.05", "0:05", "00:05", "00.05", "0:05"]);
        says(|language| time(&at(23, 0), language), ["23.00", "23:00", "23:00", "23.00", "23:00"]);
        says(|language| time_in_sentence(&at(9, 43), language), ["kl. 9.43", "9:43", "09:43", "kl. 09.43", "9:43 Uhr"]);
        says(
            |language| time_span(&at(9, 0), &at(12, 0), language),
            ["9.00–12.00", "9:00 to 12:00", "09:00–12:00", "09.00–12.00", "9:00–12:00"],
        );
    }

    #[test]
    fn the_time_is_that_of_its_zone() {
        let utc = chrono::Utc.with_ymd_and_hms(2026, 7, 1, 22, 30, 0).unwrap();
        let here = utc.with_timezone(&chrono_tz::Europe::Copenhagen);
        assert_eq!(date_and_time(&here, Da), "2. juli 2026 kl. 0.30");
    }

    #[test]
    fn the_date_is_long_short_or_without_its_year() {
        says(
            |language| long_date(day(3, 12), language),
            ["12. marts 2026", "12 March 2026", "12 mars 2026", "12. mars 2026", "12. März 2026"],
        );
        says(
            |language| long_date(day(12, 31), language),
            ["31. december 2026", "31 December 2026", "31 december 2026", "31. desember 2026", "31. Dezember 2026"],
        );
        says(|language| day_and_month(day(5, 1), language), ["1. maj", "1 May", "1 maj", "1. mai", "1. Mai"]);
        says(|language| short_date(day(3, 2), language), ["2.3.2026", "02/03/2026", "2026-03-02", "02.03.2026", "02.03.2026"]);
    }

    #[test]
    fn the_weekday_begins_large_and_german_has_a_comma_after_it() {
        says(|language| weekday(day(3, 15), language), ["Søndag", "Sunday", "Söndag", "Søndag", "Sonntag"]);
        let with = |language| with_weekday(day(3, 12), &day_and_month(day(3, 12), language), language);
        says(with, ["Torsdag 12. marts", "Thursday 12 March", "Torsdag 12 mars", "Torsdag 12. mars", "Donnerstag, 12. März"]);
        let within = |language| with_weekday_in_sentence(day(3, 16), &day_and_month(day(3, 16), language), language);
        says(within, ["mandag 16. marts", "Monday 16 March", "måndag 16 mars", "mandag 16. mars", "Montag, 16. März"]);
    }

    #[test]
    fn date_and_time_stand_together() {
        says(
            |language| date_and_time(&at(9, 43), language),
            [
                "12. marts 2026 kl. 9.43",
                "12 March 2026, 9:43",
                "12 mars 2026 kl. 09:43",
                "12. mars 2026 kl. 09.43",
                "12. März 2026, 9:43 Uhr",
            ],
        );
        says(
            |language| short_date_and_time(&at(9, 43), language),
            ["12.3.2026 kl. 9.43", "12/03/2026, 9:43", "2026-03-12 kl. 09:43", "12.03.2026 kl. 09.43", "12.03.2026, 9:43 Uhr"],
        );
    }

    #[test]
    fn a_moment_has_its_day_only_when_that_is_another() {
        says(|language| moment(&at(9, 43), day(3, 12), language), ["kl. 9.43", "9:43", "09:43", "kl. 09.43", "9:43 Uhr"]);
        says(
            |language| moment(&at(9, 43), day(3, 13), language),
            ["12. marts kl. 9.43", "12 March, 9:43", "12 mars kl. 09:43", "12. mars kl. 09.43", "12. März, 9:43 Uhr"],
        );
    }
}
