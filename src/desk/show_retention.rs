//! What there is of each class, under which rule, and when the next of it goes.

use chrono::{DateTime, Utc};

use super::retention::CLASSES;
use super::{Desk, DeskError};
use crate::domain::access::{Actor, Verb};
use crate::domain::retention::Class;

pub use super::retention::Period;

pub struct ClassHoldings {
    pub class: Class,
    pub period: Period,
    pub records: usize,
    pub oldest: Option<DateTime<Utc>>,
    pub next_due: Option<DateTime<Utc>>,
    /// How many are due at that same sweep.
    pub due_next: usize,
}

/// One row per class.
pub fn show_retention(desk: &mut Desk, by: &Actor) -> Result<Vec<ClassHoldings>, DeskError> {
    desk.admit(by, Verb::ShowRetention)?;
    CLASSES
        .iter()
        .map(|kept| {
            let held = (kept.holdings)(desk)?;
            Ok(ClassHoldings {
                class: kept.class,
                period: (kept.period)(&desk.profile),
                records: held.records,
                oldest: held.oldest,
                next_due: held.next_due,
                due_next: held.next_due.map_or(Ok(0), |at| (kept.count_due)(desk, at))?,
            })
        })
        .collect()
}
