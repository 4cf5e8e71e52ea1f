//! Who is in the house.

use super::{Desk, DeskError, Now, StoreError};
use crate::domain::access::{Actor, Verb};
use crate::store::visits;

pub use crate::store::visits::OpenVisit;

/// Everybody in the house, latest arrival first.
pub fn list_open_visits(desk: &mut Desk, by: &Actor) -> Result<Vec<OpenVisit>, DeskError> {
    let now = desk.admit(by, Verb::ListOpenVisits)?;
    Ok(open_at(desk, &now)?)
}

/// Whoever is past closing time counts as left, unless the clock that says so is in doubt: then nobody is left out.
pub(super) fn open_at(desk: &Desk, now: &Now) -> Result<Vec<OpenVisit>, StoreError> {
    let believed = now.doubt.is_none().then_some(now.at);
    visits::list_open(desk.store.reader(), believed)
}
