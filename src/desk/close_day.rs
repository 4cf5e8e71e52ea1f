//! Closing time: visits that were never signed out end, marked as presumed left.

use chrono::{DateTime, Utc};

use super::{Desk, DeskError};
use crate::domain::access::{Actor, Verb};
use crate::domain::retention::{presumed_left_at, visit_erase_after};
use crate::store::visits;

/// Most visits closed in one transaction, to keep it short.
const SLICE: usize = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayClosed {
    pub closed: usize,
    /// When the next visit is to be closed; `None` while nobody is in the house.
    pub next: Option<DateTime<Utc>>,
}

/// Ends every open visit whose closing time has passed. A clock in doubt closes nothing.
///
/// Visits that were written while the clock stood in the future are dated back to now first:
/// nobody signs in after now, and a wrong date must not keep anybody longer.
pub fn close_day(desk: &mut Desk, by: &Actor) -> Result<DayClosed, DeskError> {
    let now = desk.admit(by, Verb::CloseDay)?;
    let mut closed = 0;
    if now.doubt.is_none() {
        let (days, zone) = (desk.profile.visit.retention.days, desk.config.zone);
        let left_at = presumed_left_at(now.at, desk.config.closes_at, zone);
        let (open_until, ended_until) = (visit_erase_after(left_at, days, zone), visit_erase_after(now.at, days, zone));
        desk.write(&now, |tx| visits::redate_future(tx, now.at, left_at, open_until, ended_until))?;
        loop {
            let slice = desk.write(&now, |tx| visits::close_past(tx, now.at, SLICE))?;
            closed += slice;
            if slice < SLICE {
                break;
            }
        }
    }
    Ok(DayClosed { closed, next: visits::next_closing(desk.store.reader())? })
}
