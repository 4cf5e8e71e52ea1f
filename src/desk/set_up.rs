//! The first start: the organisation, and the first person, who gets all desk roles and `admin`.

use std::collections::BTreeSet;

use super::add_staff::{AddStaff, StaffFault};
use super::change_settings::{Settings, SettingsFault};
use super::{Desk, DeskError, add_staff, change_settings};
use crate::domain::access::{Actor, Verb};
use crate::domain::ids::StaffId;
use crate::domain::staff::Role;
use crate::store::staff;

/// What was typed.
pub struct SetUp {
    pub settings: Settings,
    pub name: String,
    pub secret: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetUpOutcome {
    Done(StaffId),
    /// Nothing was written.
    Refused {
        settings: Vec<SettingsFault>,
        person: Vec<StaffFault>,
    },
    /// Somebody can unlock already; from now on the settings are theirs.
    AlreadySetUp,
}

/// Sets up a new desk. Only while nobody can unlock it.
pub fn set_up(desk: &mut Desk, by: &Actor, input: &SetUp) -> Result<SetUpOutcome, DeskError> {
    let now = desk.admit(by, Verb::SetUp)?;
    if desk.has_staff()? {
        return Ok(SetUpOutcome::AlreadySetUp);
    }
    let person = AddStaff { name: input.name.clone(), secret: input.secret.clone(), roles: BTreeSet::from(Role::FIRST) };
    let (settings, (name, secret)) = match (change_settings::check(&input.settings), add_staff::check(&person)) {
        (Ok(settings), Ok(person)) => (settings, person),
        (settings, person) => {
            return Ok(SetUpOutcome::Refused { settings: settings.err().unwrap_or_default(), person: person.err().unwrap_or_default() });
        }
    };
    let hash = desk.secret_cost.hash(&secret)?;
    let id = StaffId::random();
    // From here on it is the first person's act, and written down as theirs.
    let first = Actor::Staff { id, roles: person.roles.clone() };
    change_settings::save(desk, &now, &first, Verb::SetUp, &settings, |tx| {
        staff::insert(tx, id, &name, &person.roles, &hash, now.at).map(drop)
    })?;
    Ok(SetUpOutcome::Done(id))
}

/// Checks the first page of Setup alone, so that its faults show before the next question.
pub fn check_settings(input: &Settings) -> Vec<SettingsFault> {
    change_settings::check(input).err().unwrap_or_default()
}
