//! What there is of each class, under which rule, and when the next of it goes.

use chrono::{DateTime, Utc};

use super::{Desk, DeskError};
use crate::domain::access::{Actor, Verb};
use crate::domain::retention::Class;
use crate::store::{audit, tombstones, visits};

pub struct Held {
    pub class: Class,
    pub period: Period,
    pub records: usize,
    pub oldest: Option<DateTime<Utc>>,
    pub next_due: Option<DateTime<Utc>>,
    /// How many are due at that same sweep.
    pub due_next: usize,
}

/// How long, as the profile says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Days(u32),
    Months(u32),
}

/// One row per class.
pub fn show_retention(desk: &mut Desk, by: &Actor) -> Result<Vec<Held>, DeskError> {
    desk.admit(by, Verb::ShowRetention)?;
    let reader = desk.store.reader();
    let due_by = |due: Option<DateTime<Utc>>, count: &dyn Fn(DateTime<Utc>) -> Result<usize, DeskError>| due.map_or(Ok(0), count);
    let visits = visits::holdings(reader)?;
    let entries = audit::holdings(reader)?;
    let receipts = tombstones::list_receipts(&desk.folder)?;
    let next_receipt = receipts.iter().map(|receipt| receipt.erase_after).min();
    Ok(vec![
        Held {
            class: Class::Visit,
            period: Period::Days(desk.profile.visit.retention.days),
            records: visits.records,
            oldest: visits.oldest,
            next_due: visits.next_due,
            due_next: due_by(visits.next_due, &|at| Ok(visits::count_due(reader, at)?))?,
        },
        Held {
            class: Class::AuditEntry,
            period: Period::Months(desk.profile.audit.months),
            records: entries.records,
            oldest: entries.oldest,
            next_due: entries.next_due,
            due_next: due_by(entries.next_due, &|at| Ok(audit::count_due(reader, at)?))?,
        },
        Held {
            class: Class::Receipt,
            period: Period::Months(desk.profile.receipts.months),
            records: receipts.len(),
            oldest: receipts.iter().map(|receipt| receipt.at).min(),
            next_due: next_receipt,
            due_next: receipts.iter().filter(|receipt| Some(receipt.erase_after) == next_receipt).count(),
        },
    ])
}
