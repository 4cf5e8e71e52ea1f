//! The people who run the desk: names, secrets, roles, and the delay after wrong tries.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::text::personal_line;

personal_line!(/** The name somebody unlocks with. */ StaffName, max 100);

/// What somebody needs to know for their work.
///
/// **Source** AC2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Reception,
    Event,
    Competition,
    Marketing,
    Security,
    Dpo,
    Admin,
}

impl Role {
    pub const ALL: [Role; 7] = [Role::Reception, Role::Event, Role::Competition, Role::Marketing, Role::Security, Role::Dpo, Role::Admin];
    /// What the first person at a new desk gets.
    pub const FIRST: [Role; 5] = [Role::Reception, Role::Event, Role::Competition, Role::Marketing, Role::Admin];

    pub fn word(self) -> &'static str {
        match self {
            Role::Reception => "reception",
            Role::Event => "event",
            Role::Competition => "competition",
            Role::Marketing => "marketing",
            Role::Security => "security",
            Role::Dpo => "dpo",
            Role::Admin => "admin",
        }
    }

    pub fn parse(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// Why a secret was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretFault {
    Missing,
    /// Neither a PIN of 6 digits nor a passphrase of at least 8 characters.
    TooShort,
    TooLong,
}

/// A PIN of 6 digits, or a passphrase of 8 to 200 characters.
///
/// **Source** AC3.
pub struct Secret(String);

impl Secret {
    pub fn parse(text: &str) -> Result<Secret, SecretFault> {
        let letters = text.chars().count();
        let is_pin = letters == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        match letters {
            0 => Err(SecretFault::Missing),
            201.. => Err(SecretFault::TooLong),
            ..8 if !is_pin => Err(SecretFault::TooShort),
            _ => Ok(Secret(text.to_owned())),
        }
    }

    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Wrong tries in a row, for one person or for one kiosk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WrongTries {
    pub count: u32,
    pub wait_until: Option<DateTime<Utc>>,
}

impl WrongTries {
    /// Free tries before the first wait.
    pub const FREE: u32 = 5;
    const FIRST_WAIT: TimeDelta = TimeDelta::seconds(30);
    const LONGEST_WAIT: TimeDelta = TimeDelta::hours(24);

    /// After one more wrong try at `now`: from the fifth on a wait, twice as long each time.
    pub fn another(self, now: DateTime<Utc>) -> WrongTries {
        let count = self.count.saturating_add(1);
        let wait = count
            .checked_sub(Self::FREE)
            .map(|extra| Self::FIRST_WAIT.checked_mul(1 << extra.min(20)).unwrap_or(Self::LONGEST_WAIT).min(Self::LONGEST_WAIT));
        WrongTries { count, wait_until: wait.map(|wait| now + wait) }
    }

    /// The instant before which no try counts, if it lies ahead. A clock set back cannot make it longer than the longest wait.
    pub fn waits(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.wait_until.filter(|until| *until > now && *until - now <= Self::LONGEST_WAIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_six_digits_or_eight_characters() {
        for (text, fault) in [
            ("", Some(SecretFault::Missing)),
            ("12345", Some(SecretFault::TooShort)),
            ("123456", None),
            ("1234567", Some(SecretFault::TooShort)),
            ("12345678", None),
            ("12345a", Some(SecretFault::TooShort)),
            ("ærøskøb", Some(SecretFault::TooShort)),
            ("ærøskøbi", None),
        ] {
            assert_eq!(Secret::parse(text).err(), fault, "{text}");
        }
        assert_eq!(Secret::parse(&"x".repeat(201)).err(), Some(SecretFault::TooLong));
    }

    #[test]
    fn the_fifth_wrong_try_waits_and_each_further_one_twice_as_long() {
        let now = DateTime::UNIX_EPOCH;
        let mut tries = WrongTries::default();
        let waits: Vec<_> = (0..8)
            .map(|_| {
                tries = tries.another(now);
                tries.waits(now).map(|until| (until - now).num_seconds())
            })
            .collect();
        assert_eq!(waits, [None, None, None, None, Some(30), Some(60), Some(120), Some(240)]);
        assert_eq!(tries.waits(now + TimeDelta::seconds(240)), None);
    }

    #[test]
    fn no_wait_is_longer_than_a_day_and_a_clock_set_back_does_not_lock_for_ever() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(400);
        let tries = WrongTries { count: u32::MAX - 1, wait_until: None }.another(now);
        assert_eq!(tries.waits(now), Some(now + TimeDelta::hours(24)));
        assert_eq!(tries.waits(now - TimeDelta::seconds(1)), None);
    }
}
