//! Everybody who is in the house at one moment, for the fire warden at the assembly point.

use std::fmt;

use chrono::DateTime;
use chrono_tz::Tz;

use crate::domain::clock::Doubt;

/// A roll call as it was taken. `Debug` shows nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct RollCall {
    pub organisation: String,
    pub taken_at: DateTime<Tz>,
    /// Why `taken_at` is not believed, if it is not: then nobody is left out because of the hour.
    pub clock_doubt: Option<Doubt>,
    /// In the order of the family names.
    pub people: Vec<PersonInside>,
}

/// Somebody in the house.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonInside {
    /// Of the visit or the participant, to tell rows apart.
    pub key: String,
    pub name: String,
    pub company: Option<String>,
    /// Whom they visit, or the event they are at.
    pub host: Option<String>,
    /// When they came in.
    pub since: DateTime<Tz>,
}

impl fmt::Debug for RollCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RollCall({} people)", self.people.len())
    }
}

impl fmt::Debug for PersonInside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonInside(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_roll_call_in_a_log_says_no_names() {
        let at = DateTime::UNIX_EPOCH.with_timezone(&Tz::UTC);
        let person = PersonInside { key: "1".into(), name: "Åse".into(), company: None, host: Some("Bo".into()), since: at };
        assert_eq!(format!("{person:?}"), "PersonInside(..)");
        let roll_call =
            RollCall { organisation: "Lærkehøj".into(), taken_at: at, clock_doubt: None, people: vec![person.clone(), person] };
        assert_eq!(format!("{roll_call:?}"), "RollCall(2 people)");
    }
}
