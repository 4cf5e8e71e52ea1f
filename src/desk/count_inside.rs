//! How many are in the house.

use super::{Desk, DeskError, inside};
use crate::domain::access::{Actor, Verb};
use crate::domain::roll_call::{Inside, PersonId};

/// Counts everybody in the house: the one number of Today, of Visits and of a roll call that begins now.
///
/// **Source** V12.
pub fn count_inside(desk: &mut Desk, by: &Actor) -> Result<Inside, DeskError> {
    let now = desk.admit(by, Verb::ListOpenVisits)?;
    let people = inside::everybody(desk, &now)?;
    let visitors = people.iter().filter(|person| matches!(person.id, PersonId::Visit(_))).count();
    Ok(Inside { visitors, participants: people.len() - visitors })
}
