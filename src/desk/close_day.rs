//! Closing time: visits that were never signed out end, marked as presumed left.

use chrono::{DateTime, Utc};

use super::{Desk, DeskError};
use crate::domain::access::{Actor, Verb};
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
pub fn close_day(desk: &mut Desk, by: &Actor) -> Result<DayClosed, DeskError> {
    let now = desk.admit(by, Verb::CloseDay)?;
    let mut closed = 0;
    if now.doubt.is_none() {
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
