//! Closing time: visits that were never signed out end, marked as presumed left.

use chrono::{DateTime, Days, TimeDelta, Utc};

use super::{Desk, DeskError, Now, StoreError};
use crate::domain::access::{Actor, Verb};
use crate::domain::message::ARRIVAL_HOURS;
use crate::domain::retention::{end_of_day_after_months, presumed_left_at, visit_erase_after};
use crate::store::{audit, consents, desks, invitations, messages, roll_call, scans, visits};

/// Most visits closed in one transaction, to keep it short.
const SLICE: usize = 500;

/// How far ahead a visit can be announced, in days.
const INVITED_AHEAD_MAX: u64 = 366;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayClosed {
    pub closed: usize,
    /// When the next visit is to be closed; `None` while nobody is in the house.
    pub next: Option<DateTime<Utc>>,
}

/// Ends every open visit whose closing time has passed, and a roll call that nobody ended for as long as a visit is kept. A clock in doubt closes nothing.
///
/// What was written while the clock stood in the future is dated back to now first:
/// nothing happens after now, and a wrong date must not keep anybody longer.
pub fn close_day(desk: &mut Desk, by: &Actor) -> Result<DayClosed, DeskError> {
    let now = desk.admit(by, Verb::CloseDay)?;
    let mut closed = 0;
    if now.doubt.is_none() {
        if desks::is_misdated(desk.store.reader())? {
            date_back(desk, &now)?;
        }
        loop {
            let slice = desk.write(&now, |tx| {
                roll_call::erase_due(tx, now.at)?;
                visits::close_past(tx, now.at, SLICE)
            })?;
            closed += slice;
            if slice < SLICE {
                break;
            }
        }
    }
    Ok(DayClosed { closed, next: visits::next_closing(desk.store.reader())? })
}

/// Dates everything back to now that a wrong clock put after it, and takes the earlier of two days of erasure.
fn date_back(desk: &mut Desk, now: &Now) -> Result<(), StoreError> {
    let (days, zone, at) = (desk.profile.visit.retention.days, desk.config.zone, now.at);
    let left_at = presumed_left_at(at, desk.config.closes_at, zone);
    let (open_until, ended_until) = (visit_erase_after(left_at, days, zone), visit_erase_after(at, days, zone));
    // Nobody is invited more than a year ahead.
    let invited_until = visit_erase_after(at + Days::new(INVITED_AHEAD_MAX), days, zone);
    let audit_until = end_of_day_after_months(at, desk.profile.audit.months, zone);
    desk.write(now, |tx| {
        // First, for what follows may find that the clock has gone back just now.
        desks::set_misdated(tx, false)?;
        visits::redate_future(tx, at, left_at, open_until, ended_until)?;
        invitations::redate_future(tx, at, invited_until)?;
        messages::redate_future(tx, at, at + TimeDelta::hours(i64::from(ARRIVAL_HOURS)))?;
        scans::redate_future(tx, at, ended_until)?;
        roll_call::redate_future(tx, at, ended_until)?;
        consents::redate_future(tx, at)?;
        audit::redate_future(tx, at, audit_until)
    })
}
