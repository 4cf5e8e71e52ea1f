//! The roll call: everybody in the house, for an evacuation.

use chrono::{DateTime, Utc};

use super::list_open_visits::{OpenVisit, open_at};
use super::{Desk, DeskError, audit_act};
use crate::domain::access::{Actor, Verb};
use crate::domain::order::sort_by_name;

pub struct RollCall {
    pub taken_at: DateTime<Utc>,
    /// In Danish order of the family names.
    pub people: Vec<OpenVisit>,
}

/// Takes the roll call and writes down that it was taken.
pub fn take_roll_call(desk: &mut Desk, by: &Actor) -> Result<RollCall, DeskError> {
    let now = desk.admit(by, Verb::TakeRollCall)?;
    let mut people = open_at(desk, &now)?;
    sort_by_name(&mut people, |visit| &visit.name);
    let mut line = desk.audit_line(&now, by, Verb::TakeRollCall);
    line.count = Some(people.len());
    desk.write(&now, |tx| audit_act(tx, &line))?;
    Ok(RollCall { taken_at: now.at, people })
}
