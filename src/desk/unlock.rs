//! Staff unlock: name first, then the secret. Wrong tries wait longer and longer, for the person and for the kiosk.

use chrono::{DateTime, Utc};

use super::memory::Tries;
use super::secret_cost::SecretCost;
use super::{Desk, DeskError, StoreError};
use crate::domain::access::{Actor, Verb};
use crate::store::staff::{self, Staff};

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
            desk.memory.tries.keep(Some(person.id), Tries::default());
            let line = desk.audit_line(&now, &staff, Verb::Unlock);
            desk.note_look(&now, line)?;
            Ok(UnlockOutcome::Unlocked { staff, name: person.name })
        }
        person => {
            let tries = Tries { kiosk: tries.kiosk.another(now.at), person: tries.person.another(now.at) };
            desk.memory.tries.keep(person.map(|person| person.id), tries);
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

fn look_up(desk: &Desk, name: &str) -> Result<(Option<Staff>, Tries), StoreError> {
    let reader = desk.store.reader();
    let person = staff::find_by_name(reader, name.trim())?;
    let unwritten = &desk.memory.tries;
    let kiosk = match unwritten.kiosk {
        Some(tries) => tries,
        None => staff::load_kiosk_tries(reader)?,
    };
    let of = |person: &Staff| unwritten.people.get(&person.id).copied().unwrap_or(person.tries);
    let person_tries = person.as_ref().map(of).unwrap_or_default();
    Ok((person, Tries { kiosk, person: person_tries }))
}
