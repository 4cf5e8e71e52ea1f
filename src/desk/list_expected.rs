//! Who is invited today and has not come yet.

use chrono::Days;

use super::invited::Invited;
use super::{Desk, DeskError};
use crate::domain::access::{Actor, Verb};
use crate::domain::retention::start_of_day;
use crate::store::invitations;

/// Everybody who is expected on this local day, the earliest first.
pub fn list_expected(desk: &mut Desk, by: &Actor) -> Result<Vec<Invited>, DeskError> {
    let now = desk.admit(by, Verb::ListExpected)?;
    let zone = desk.config.zone;
    let today = now.at.with_timezone(&zone).date_naive();
    let [from, until] = [today, today + Days::new(1)].map(|day| start_of_day(day, zone));
    let expected = invitations::list(desk.store.reader(), from, until, now.at)?;
    Ok(expected.into_iter().map(Invited::from).collect())
}
