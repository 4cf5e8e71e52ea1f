//! How a secret is kept and compared: slowly, so that nobody tries many.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::domain::staff::Secret;
use crate::store::StoreError;

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
    pub(super) fn verify(self, secret: &str, hash: Option<&str>) -> bool {
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
