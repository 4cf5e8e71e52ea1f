//! Times of day, as people and the file write them.

use chrono::NaiveTime;

/// Reads a closing time as people type it: `18:00`, `18.00` or `18`.
pub fn parse_closing_time(text: &str) -> Option<NaiveTime> {
    let text = text.trim().replace('.', ":");
    let (hours, minutes) = text.split_once(':').unwrap_or((&text, "0"));
    NaiveTime::from_hms_opt(hours.parse().ok()?, minutes.parse().ok()?, 0)
}

/// Times of day as `HH:MM`.
pub(super) mod hours_and_minutes {
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

pub(super) mod maybe_hours_and_minutes {
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
    fn closing_times_are_read_as_people_type_them() {
        let six = NaiveTime::from_hms_opt(18, 0, 0);
        assert_eq!([parse_closing_time("18:00"), parse_closing_time(" 18.00"), parse_closing_time("18")], [six; 3]);
        assert_eq!([parse_closing_time("24:00"), parse_closing_time("six"), parse_closing_time("")], [None; 3]);
    }
}
