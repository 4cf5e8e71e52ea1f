//! Who is visiting.

use super::{Desk, DeskError, inside};
use crate::domain::access::{Actor, Verb};

pub use crate::store::visits::OpenVisit;

/// Every visitor in the house, latest arrival first.
pub fn list_open_visits(desk: &mut Desk, by: &Actor) -> Result<Vec<OpenVisit>, DeskError> {
    let now = desk.admit(by, Verb::ListOpenVisits)?;
    Ok(inside::visitors(desk, &now)?)
}
