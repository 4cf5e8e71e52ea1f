//! This desk: its name, zone, closing time and devices. What the controller decides stands in the profile instead.

use std::path::PathBuf;

use chrono::NaiveTime;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::domain::language::Language;

/// What the desk's own file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// What staff call this desk.
    pub desk: String,
    /// The zone whose days and closing time count.
    pub zone: Tz,
    /// When visits that were never signed out end, as `HH:MM`.
    #[serde(with = "hours_and_minutes")]
    pub closes_at: NaiveTime,
    /// From when until six in the morning the screen wears its evening colours; never without it.
    #[serde(with = "maybe_hours_and_minutes", skip_serializing_if = "Option::is_none")]
    pub evening_from: Option<NaiveTime>,
    /// The languages people can choose; the first one greets.
    pub languages: Vec<Language>,
    pub mode: Mode,
    /// Full screen, as on a touch panel.
    pub kiosk: bool,
    /// Where papers go. Without a printer no badge is promised.
    pub printer: Option<Printer>,
    pub sound: Sound,
    pub speech: Speech,
}

/// What the resting page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    Reception,
    Door,
}

/// A printer that this desk can use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Printer {
    /// Papers become PDF files in this folder, the last one of each kind.
    Folder(PathBuf),
}

/// Chimes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sound {
    /// From 0, which is silence, to 100.
    pub volume: u8,
}

/// Reading aloud.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Speech {
    pub outlet: Outlet,
}

/// Who hears what is read aloud.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outlet {
    /// Everybody near by, so nothing about a person is read.
    #[default]
    Speaker,
    /// Who has plugged them in.
    Headphones,
}

impl Default for Sound {
    fn default() -> Sound {
        Sound { volume: 60 }
    }
}

impl Default for Config {
    fn default() -> Config {
        Config {
            desk: "Reception".to_owned(),
            zone: chrono_tz::Europe::Copenhagen,
            closes_at: NaiveTime::from_hms_opt(18, 0, 0).expect("18:00 is a time"),
            languages: Language::ALL.to_vec(),
            mode: Mode::Reception,
            kiosk: true,
            printer: None,
            sound: Sound::default(),
            speech: Speech::default(),
            evening_from: None,
        }
    }
}

/// Why the desk's file was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFault {
    #[error("config.toml: {0}")]
    Toml(#[from] toml::de::Error),
    #[error("config.toml: `languages` names none")]
    NoLanguage,
    #[error("config.toml: `sound.volume` is {0}: a volume is from 0 to 100")]
    Volume(u8),
}

impl Config {
    /// The language that greets, and that lists are sorted in.
    pub fn first_language(&self) -> Language {
        self.languages.first().copied().unwrap_or(Language::En)
    }

    /// Whether the screen wears its evening colours at this time of day.
    pub fn is_evening(&self, now: NaiveTime) -> bool {
        const MORNING: NaiveTime = NaiveTime::from_hms_opt(6, 0, 0).expect("a time of day");
        self.evening_from.is_some_and(|from| now < MORNING || now >= from)
    }

    /// Reads and checks `config.toml`.
    pub fn parse(text: &str) -> Result<Config, ConfigFault> {
        let config: Config = toml::from_str(text)?;
        if config.languages.is_empty() {
            return Err(ConfigFault::NoLanguage);
        }
        if config.sound.volume > 100 {
            return Err(ConfigFault::Volume(config.sound.volume));
        }
        Ok(config)
    }
}

/// Reads a closing time as people type it: `18:00`, `18.00` or `18`.
pub fn parse_closing_time(text: &str) -> Option<NaiveTime> {
    let text = text.trim().replace('.', ":");
    let (hours, minutes) = text.split_once(':').unwrap_or((&text, "0"));
    NaiveTime::from_hms_opt(hours.parse().ok()?, minutes.parse().ok()?, 0)
}

/// Times of day as `HH:MM`.
mod hours_and_minutes {
    use chrono::NaiveTime;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(time: &NaiveTime, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&time.format("%H:%M"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveTime, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::parse_closing_time(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is no time of day (HH:MM)")))
    }
}

mod maybe_hours_and_minutes {
    use chrono::NaiveTime;
    use serde::{Deserializer, Serializer};

    use super::hours_and_minutes;

    pub fn serialize<S: Serializer>(time: &Option<NaiveTime>, serializer: S) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => hours_and_minutes::serialize(time, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveTime>, D::Error> {
        hours_and_minutes::deserialize(deserializer).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_is_the_default_and_a_written_one_reads_back() {
        assert_eq!(Config::parse("").expect("valid"), Config::default());
        let config = Config {
            printer: Some(Printer::Folder("/media/papers".into())),
            evening_from: NaiveTime::from_hms_opt(19, 30, 0),
            sound: Sound { volume: 0 },
            speech: Speech { outlet: Outlet::Headphones },
            ..Config::default()
        };
        let text = toml::to_string(&config).expect("writes");
        assert_eq!(Config::parse(&text).expect("valid"), config);
    }

    #[test]
    fn what_is_wrong_is_refused_with_its_reason() {
        for (text, reason) in [
            ("zone = \"Europe/Nowhere\"", "zone"),
            ("closes_at = \"25:00\"", "no time of day"),
            ("languages = []", "names none"),
            ("languages = [\"xx\"]", "unknown variant"),
            ("moed = 1", "unknown field"),
            ("sound = { volume = 101 }", "from 0 to 100"),
            ("sound = { volume = -1 }", "volume"),
            ("sound = { loud = 1 }", "unknown field"),
            ("speech = { outlet = \"tannoy\" }", "unknown variant"),
        ] {
            let fault = Config::parse(text).expect_err(text).to_string();
            assert!(fault.contains(reason), "{text}: {fault}");
        }
        assert_eq!(Config::parse("sound = { volume = 100 }").expect("valid").sound.volume, 100);
    }

    #[test]
    fn evenings_last_until_six_and_only_where_they_are_wanted() {
        let wanted = Config::parse("evening_from = \"19:30\"").expect("valid");
        let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).expect("a time of day");
        let evenings = [(19, 29), (19, 30), (23, 59), (0, 0), (5, 59), (6, 0)].map(|(hour, minute)| wanted.is_evening(at(hour, minute)));
        assert_eq!(evenings, [false, true, true, true, true, false]);
        assert!(!Config::default().is_evening(at(23, 0)));
    }

    #[test]
    fn closing_times_are_read_as_people_type_them() {
        let six = NaiveTime::from_hms_opt(18, 0, 0);
        assert_eq!([parse_closing_time("18:00"), parse_closing_time(" 18.00"), parse_closing_time("18")], [six; 3]);
        assert_eq!([parse_closing_time("24:00"), parse_closing_time("six"), parse_closing_time("")], [None; 3]);
    }
}
