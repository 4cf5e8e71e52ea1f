//! What there is of each class, under which rule, and when the next of it goes.

use chrono::{DateTime, Utc};
use rusqlite::Connection;

use super::{Desk, DeskError, StoreError};
use crate::domain::access::{Actor, Verb};
use crate::domain::message::ARRIVAL_HOURS;
use crate::domain::retention::Class;
use crate::store::{Holdings, audit, consents, events, invitations, messages, participants, scans, tombstones, visits};

pub struct Held {
    pub class: Class,
    pub period: Period,
    pub records: usize,
    pub oldest: Option<DateTime<Utc>>,
    pub next_due: Option<DateTime<Utc>>,
    /// How many are due at that same sweep.
    pub due_next: usize,
}

/// How long, as the profile or, for messages, the rule itself says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Hours(u32),
    Days(u32),
    Months(u32),
}

/// One row per class.
pub fn show_retention(desk: &mut Desk, by: &Actor) -> Result<Vec<Held>, DeskError> {
    desk.admit(by, Verb::ShowRetention)?;
    let (reader, profile) = (desk.store.reader(), &desk.profile);
    type CountDue = fn(&Connection, DateTime<Utc>) -> Result<usize, StoreError>;
    let row = |class, period, held: Holdings, count_due: CountDue| -> Result<Held, StoreError> {
        Ok(Held {
            class,
            period,
            records: held.records,
            oldest: held.oldest,
            next_due: held.next_due,
            due_next: held.next_due.map_or(Ok(0), |at| count_due(reader, at))?,
        })
    };
    let visit_days = Period::Days(profile.visit.retention.days);
    let event_months = Period::Months(profile.event.retention.months);
    let evidence_months = Period::Months(profile.event.photos.evidence_months);
    let receipts = tombstones::list_receipts(&desk.folder)?;
    let next_receipt = receipts.iter().map(|receipt| receipt.erase_after).min();
    Ok(vec![
        row(Class::Visit, visit_days, visits::holdings(reader)?, visits::count_due)?,
        row(Class::Invitation, visit_days, invitations::holdings(reader)?, invitations::count_due)?,
        row(Class::Message, Period::Hours(ARRIVAL_HOURS), messages::holdings(reader)?, messages::count_due)?,
        row(Class::Event, event_months, events::holdings(reader)?, events::count_due)?,
        row(Class::Participant, event_months, participants::holdings(reader)?, participants::count_due)?,
        row(Class::ConsentEvidence, evidence_months, consents::holdings(reader)?, consents::count_due)?,
        row(Class::Scan, visit_days, scans::holdings(reader)?, scans::count_due)?,
        row(Class::AuditEntry, Period::Months(profile.audit.months), audit::holdings(reader)?, audit::count_due)?,
        Held {
            class: Class::Receipt,
            period: Period::Months(profile.receipts.months),
            records: receipts.len(),
            oldest: receipts.iter().map(|receipt| receipt.at).min(),
            next_due: next_receipt,
            due_next: receipts.iter().filter(|receipt| Some(receipt.erase_after) == next_receipt).count(),
        },
    ])
}
