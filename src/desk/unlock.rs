//! Staff unlock: name first, then the secret. Wrong tries wait longer and longer, for the person and for the kiosk.

use std::collections::HashMap;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use chrono::{DateTime, Utc};
use rusqlite::Transaction;

use super::{Desk, DeskError, StoreError};
use crate::domain::access::{Actor, Verb};
use crate::domain::ids::StaffId;
use crate::domain::staff::{Secret, WrongTries};
use crate::store::staff::{self, Staff};

/// What one hashing of a secret costs (Argon2id, one lane).
#[derive(Clone, Copy, Debug)]
pub struct SecretCost {
    pub memory_kib: u32,
    pub passes: u32,
}

impl Default for SecretCost {
    /// **Source** AC3.
    fn default() -> SecretCost {
        SecretCost { memory_kib: 64 * 1024, passes: 3 }
    }
}

impl SecretCost {
    /// The least Argon2 allows; for tests and demos only.
    pub const CHEAP: SecretCost = SecretCost { memory_kib: 8, passes: 1 };

    fn argon2(self) -> Argon2<'static> {
        let params = Params::new(self.memory_kib, self.passes, 1, None).expect("both costs are within Argon2's limits");
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }

    pub(super) fn hash(self, secret: &Secret) -> Result<String, StoreError> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|_| StoreError::Io)?;
        let salt = SaltString::encode_b64(&salt).expect("16 bytes are a valid salt");
        let hash = self.argon2().hash_password(secret.as_bytes(), &salt).map_err(|_| StoreError::Io)?;
        Ok(hash.to_string())
    }

    /// Compares in the same time whether or not there is a hash, so that nobody learns who works here.
    fn verify(self, secret: &str, hash: Option<&str>) -> bool {
        let parsed = hash.and_then(|hash| PasswordHash::new(hash).ok());
        match parsed {
            Some(hash) => self.argon2().verify_password(secret.as_bytes(), &hash).is_ok(),
            None => {
                let salt = SaltString::encode_b64(&[0; 16]).expect("16 bytes are a valid salt");
                let _ = self.argon2().hash_password(secret.as_bytes(), &salt);
                false
            }
        }
    }
}

/// What was typed.
pub struct Unlock {
    pub name: String,
    pub secret: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnlockOutcome {
    Unlocked {
        staff: Actor,
        name: String,
    },
    /// Name and secret do not belong together; which of them is not told.
    Wrong,
    /// Too many wrong tries: nothing was compared.
    Wait {
        until: DateTime<Utc>,
    },
}

/// A try, between the desk's look at it and its answer. The comparing is slow, and needs no desk.
pub struct Try {
    name: String,
    secret: String,
    hash: Option<String>,
    cost: SecretCost,
}

pub enum Begun {
    Try(Try),
    Ended(UnlockOutcome),
}

/// A try that was compared.
pub struct Compared {
    name: String,
    is_right: bool,
}

impl Try {
    /// Takes as long as the secrets of this desk cost.
    pub fn compare(self) -> Compared {
        let is_right = self.cost.verify(&self.secret, self.hash.as_deref());
        Compared { name: self.name, is_right }
    }
}

/// Opens the staff pages to somebody.
///
/// **Shape** the wrong tries of the person and of the kiosk, and for a success one audit entry; in memory until the file takes them.
pub fn unlock(desk: &mut Desk, by: &Actor, input: &Unlock) -> Result<UnlockOutcome, DeskError> {
    match begin(desk, by, input)? {
        Begun::Try(tried) => settle(desk, by, &tried.compare()),
        Begun::Ended(outcome) => Ok(outcome),
    }
}

/// Looks whether there is a try.
pub fn begin(desk: &mut Desk, by: &Actor, input: &Unlock) -> Result<Begun, DeskError> {
    let now = desk.admit(by, Verb::Unlock)?;
    let (person, tries) = look_up(desk, &input.name)?;
    if let Some(until) = tries.wait(now.at) {
        return Ok(Begun::Ended(UnlockOutcome::Wait { until }));
    }
    let hash = person.map(|person| person.secret_hash);
    Ok(Begun::Try(Try { name: input.name.clone(), secret: input.secret.clone(), hash, cost: desk.secret_cost }))
}

/// Answers a try that was compared, unless so many others were wrong meanwhile that it has to wait.
pub fn settle(desk: &mut Desk, by: &Actor, compared: &Compared) -> Result<UnlockOutcome, DeskError> {
    let now = desk.admit(by, Verb::Unlock)?;
    let (person, tries) = look_up(desk, &compared.name)?;
    if let Some(until) = tries.wait(now.at) {
        return Ok(UnlockOutcome::Wait { until });
    }
    match person {
        Some(person) if compared.is_right => {
            let staff = Actor::Staff { id: person.id, roles: person.roles };
            desk.unwritten_tries.keep(Some(person.id), Tries::default());
            let line = desk.audit_line(&now, &staff, Verb::Unlock);
            desk.note_look(&now, line)?;
            Ok(UnlockOutcome::Unlocked { staff, name: person.name })
        }
        person => {
            let tries = Tries { kiosk: tries.kiosk.another(now.at), person: tries.person.another(now.at) };
            desk.unwritten_tries.keep(person.map(|person| person.id), tries);
            match desk.write(&now, |_| Ok(())) {
                Err(error) if error.takes_nothing() => tracing::warn!(%error, "wrong tries are counted in memory"),
                written => written?,
            }
            Ok(match tries.kiosk.waits(now.at) {
                Some(until) => UnlockOutcome::Wait { until },
                None => UnlockOutcome::Wrong,
            })
        }
    }
}

/// The wrong tries that count against one try.
#[derive(Clone, Copy, Default)]
struct Tries {
    kiosk: WrongTries,
    person: WrongTries,
}

impl Tries {
    fn wait(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.kiosk.waits(now).max(self.person.waits(now))
    }
}

fn look_up(desk: &Desk, name: &str) -> Result<(Option<Staff>, Tries), StoreError> {
    let reader = desk.store.reader();
    let person = staff::find_by_name(reader, name.trim())?;
    let unwritten = &desk.unwritten_tries;
    let kiosk = match unwritten.kiosk {
        Some(tries) => tries,
        None => staff::load_kiosk_tries(reader)?,
    };
    let of = |person: &Staff| unwritten.people.get(&person.id).copied().unwrap_or(person.tries);
    let person_tries = person.as_ref().map(of).unwrap_or_default();
    Ok((person, Tries { kiosk, person: person_tries }))
}

/// Wrong tries on their way into the file. While it takes nothing they count here.
#[derive(Default)]
pub(super) struct UnwrittenTries {
    kiosk: Option<WrongTries>,
    people: HashMap<StaffId, WrongTries>,
}

impl UnwrittenTries {
    fn keep(&mut self, person: Option<StaffId>, tries: Tries) {
        self.kiosk = Some(tries.kiosk);
        self.people.extend(person.map(|person| (person, tries.person)));
    }

    pub(super) fn write(&self, tx: &Transaction) -> Result<(), StoreError> {
        self.people.iter().try_for_each(|(person, tries)| staff::set_tries(tx, *person, *tries))?;
        self.kiosk.map_or(Ok(()), |tries| staff::set_kiosk_tries(tx, tries))
    }

    pub(super) fn clear(&mut self) {
        *self = UnwrittenTries::default();
    }
}
