//! Staff unlock: name first, then the secret. Wrong tries wait longer and longer, for the person and for the kiosk.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use chrono::{DateTime, Utc};

use super::{Desk, DeskError, StoreError, audit_act};
use crate::domain::access::{Actor, Verb};
use crate::domain::staff::{Secret, WrongTries};
use crate::store::staff;

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

/// Opens the staff pages to somebody.
///
/// **Shape** the wrong tries of the person and of the kiosk, and for a success one audit entry.
pub fn unlock(desk: &mut Desk, by: &Actor, input: &Unlock) -> Result<UnlockOutcome, DeskError> {
    let now = desk.admit(by, Verb::Unlock)?;
    let kiosk_tries = staff::load_kiosk_tries(desk.store.reader())?;
    let person = staff::find_by_name(desk.store.reader(), input.name.trim())?;
    let person_tries = person.as_ref().map(|person| person.tries).unwrap_or_default();
    if let Some(until) = kiosk_tries.waits(now.at).max(person_tries.waits(now.at)) {
        return Ok(UnlockOutcome::Wait { until });
    }
    let hash = person.as_ref().map(|person| person.secret_hash.as_str());
    let is_right = desk.secret_cost.verify(&input.secret, hash);
    match person {
        Some(person) if is_right => {
            let staff = Actor::Staff { id: person.id, roles: person.roles };
            let line = desk.audit_line(&now, &staff, Verb::Unlock);
            desk.write(&now, |tx| {
                staff::set_tries(tx, person.id, WrongTries::default())?;
                staff::set_kiosk_tries(tx, WrongTries::default())?;
                audit_act(tx, &line)
            })?;
            Ok(UnlockOutcome::Unlocked { staff, name: person.name })
        }
        person => {
            let kiosk_tries = kiosk_tries.another(now.at);
            let person_tries = person_tries.another(now.at);
            desk.write(&now, |tx| {
                if let Some(person) = &person {
                    staff::set_tries(tx, person.id, person_tries)?;
                }
                staff::set_kiosk_tries(tx, kiosk_tries)
            })?;
            Ok(match kiosk_tries.waits(now.at) {
                Some(until) => UnlockOutcome::Wait { until },
                None => UnlockOutcome::Wrong,
            })
        }
    }
}
