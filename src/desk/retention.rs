//! What is kept, and when it goes: one row for each class. The sweep, its forecast and the overview all read this table.

use std::fmt::Display;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Transaction};

use super::{Desk, Now, StoreError, send_messages};
use crate::domain::message::ARRIVAL_HOURS;
use crate::domain::profile::Profile;
use crate::domain::retention::Class;
use crate::store::tombstones::{self, Receipt, Tombstone};
use crate::store::{Due, Holdings, audit, consents, events, invitations, messages, participants, scans, visits};

/// Most rows erased in one transaction: a slice stays under 20 ms.
pub(super) const SLICE: usize = 100;

/// How long, as the profile or, for messages, the rule itself says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Hours(u32),
    Days(u32),
    Months(u32),
}

type Exists = fn(&Connection, &str) -> Result<bool, StoreError>;

/// One class of what is kept.
pub(super) struct Kept {
    pub class: Class,
    pub period: fn(&Profile) -> Period,
    pub holdings: fn(&Desk) -> Result<Holdings, StoreError>,
    /// Asked every ten seconds: a look into an index.
    pub next_due: fn(&Desk) -> Result<Option<DateTime<Utc>>, StoreError>,
    pub count_due: fn(&Desk, DateTime<Utc>) -> Result<usize, StoreError>,
    /// Erases at most a slice of what is due.
    pub erase: fn(&mut Desk, &Now) -> Result<Gone, StoreError>,
    /// Whether a row is in the file. `None` for what leaves no tombstone: it names nobody whom a backup could bring back.
    pub exists: Option<Exists>,
}

/// What a slice erased.
pub(super) struct Gone {
    pub rows: usize,
    pub may_be_more: bool,
    /// What proves afterwards that they are gone.
    pub traces: Vec<Vec<u8>>,
}

impl Gone {
    fn nameless(rows: usize) -> Gone {
        Gone { rows, may_be_more: rows == SLICE, traces: Vec::new() }
    }
}

/// Every class, in the order in which people read it.
pub(super) const CLASSES: [Kept; 9] = [
    Kept {
        class: Class::Visit,
        period: |profile| Period::Days(profile.visit.retention.days),
        holdings: |desk| visits::holdings(desk.store.reader()),
        next_due: |desk| visits::next_due(desk.store.reader()),
        count_due: |desk, at| visits::count_due(desk.store.reader(), at),
        erase: |desk, now| {
            let due = visits::list_due(desk.store.reader(), now.at, SLICE)?;
            bury(desk, now, Class::Visit, due, |tx, visit| visits::erase(tx, *visit))
        },
        exists: Some(visits::exists),
    },
    Kept {
        class: Class::Invitation,
        period: |profile| Period::Days(profile.visit.retention.days),
        holdings: |desk| invitations::holdings(desk.store.reader()),
        next_due: |desk| invitations::next_due(desk.store.reader()),
        count_due: |desk, at| invitations::count_due(desk.store.reader(), at),
        erase: |desk, now| {
            let due = invitations::list_due(desk.store.reader(), now.at, SLICE)?;
            bury(desk, now, Class::Invitation, due, |tx, invitation| invitations::erase(tx, *invitation))
        },
        exists: Some(invitations::exists),
    },
    Kept {
        class: Class::Message,
        period: |_| Period::Hours(ARRIVAL_HOURS),
        holdings: |desk| messages::holdings(desk.store.reader()),
        next_due: |desk| messages::next_due(desk.store.reader()),
        count_due: |desk, at| messages::count_due(desk.store.reader(), at),
        erase: |desk, now| Ok(Gone::nameless(send_messages::erase_due(desk, now, SLICE)?)),
        exists: None,
    },
    Kept {
        class: Class::Event,
        period: |profile| Period::Months(profile.event.retention.months),
        holdings: |desk| events::holdings(desk.store.reader()),
        next_due: |desk| events::next_due(desk.store.reader()),
        count_due: |desk, at| events::count_due(desk.store.reader(), at),
        erase: erase_event,
        exists: Some(events::exists),
    },
    Kept {
        class: Class::Participant,
        period: |profile| Period::Months(profile.event.retention.months),
        holdings: |desk| participants::holdings(desk.store.reader()),
        next_due: |desk| participants::next_due(desk.store.reader()),
        count_due: |desk, at| participants::count_due(desk.store.reader(), at),
        erase: |desk, now| {
            let Some((event, due_at)) = events::find_due(desk.store.reader(), now.at)? else { return Ok(Gone::nameless(0)) };
            let due = participants::list_due(desk.store.reader(), event, due_at, SLICE)?;
            bury(desk, now, Class::Participant, due, |tx, participant| participants::erase(tx, event, *participant))
        },
        exists: Some(participants::exists),
    },
    Kept {
        class: Class::ConsentEvidence,
        period: |profile| Period::Months(profile.event.photos.evidence_months),
        holdings: |desk| consents::holdings(desk.store.reader()),
        next_due: |desk| consents::next_due(desk.store.reader()),
        count_due: |desk, at| consents::count_due(desk.store.reader(), at),
        erase: |desk, now| {
            let due = consents::list_due(desk.store.reader(), now.at, SLICE)?;
            bury(desk, now, Class::ConsentEvidence, due, |tx, evidence| consents::erase_evidence(tx, *evidence))
        },
        exists: Some(consents::exists),
    },
    Kept {
        class: Class::Scan,
        period: |profile| Period::Days(profile.visit.retention.days),
        holdings: |desk| scans::holdings(desk.store.reader()),
        next_due: |desk| scans::next_due(desk.store.reader()),
        count_due: |desk, at| scans::count_due(desk.store.reader(), at),
        erase: |desk, now| Ok(Gone::nameless(desk.write(now, |tx| scans::erase_due(tx, now.at, SLICE))?)),
        exists: None,
    },
    Kept {
        class: Class::AuditEntry,
        period: |profile| Period::Months(profile.audit.months),
        holdings: |desk| audit::holdings(desk.store.reader()),
        next_due: |desk| audit::next_due(desk.store.reader()),
        count_due: |desk, at| audit::count_due(desk.store.reader(), at),
        erase: |desk, now| Ok(Gone::nameless(desk.write(now, |tx| audit::erase_due(tx, now.at, SLICE))?)),
        exists: None,
    },
    Kept {
        class: Class::Receipt,
        period: |profile| Period::Months(profile.receipts.months),
        holdings: |desk| {
            let receipts = desk.receipts()?;
            Ok(Holdings {
                records: receipts.len(),
                oldest: receipts.iter().map(|receipt| receipt.at).min(),
                next_due: receipts.iter().map(|receipt| receipt.erase_after).min(),
            })
        },
        next_due: |desk| Ok(desk.receipts()?.iter().map(|receipt| receipt.erase_after).min()),
        count_due: |desk, at| Ok(desk.receipts()?.iter().filter(|receipt| receipt.erase_after <= at).count()),
        erase: |desk, now| {
            let due: Vec<_> = desk.receipts()?.into_iter().filter(|receipt| receipt.erase_after <= now.at).take(SLICE).collect();
            due.iter().try_for_each(|receipt| tombstones::erase_receipt(&desk.folder, receipt))?;
            desk.memory.receipts.replace(None);
            Ok(Gone::nameless(due.len()))
        },
        exists: None,
    },
];

/// The order in which a sweep goes: what has lost its worth first, an event after its participants.
pub(super) const ORDER: [Class; 9] = [
    Class::Message,
    Class::Visit,
    Class::Invitation,
    Class::Participant,
    Class::Event,
    Class::ConsentEvidence,
    Class::Scan,
    Class::AuditEntry,
    Class::Receipt,
];

pub(super) fn kept(class: Class) -> &'static Kept {
    CLASSES.iter().find(|kept| kept.class == class).expect("each class has its row")
}

/// The scans of an event without participants in slices, then the event itself.
fn erase_event(desk: &mut Desk, now: &Now) -> Result<Gone, StoreError> {
    let Some((event, due_at)) = events::find_due(desk.store.reader(), now.at)? else { return Ok(Gone::nameless(0)) };
    if desk.write(now, |tx| scans::erase_of_event(tx, event, SLICE))? == SLICE {
        return Ok(Gone { rows: 0, may_be_more: true, traces: Vec::new() });
    }
    let due = vec![Due { id: event, erase_after: due_at, trace: None }];
    let gone = bury(desk, now, Class::Event, due, |tx, event| events::erase(tx, *event))?;
    desk.memory.names = None;
    Ok(gone)
}

/// Writes the tombstones of rows before the rows go: a stone too many is harmless,
/// a row without one could come back with a backup.
fn bury<Id: Display>(
    desk: &mut Desk,
    now: &Now,
    class: Class,
    due: Vec<Due<Id>>,
    erase: impl Fn(&Transaction, &Id) -> Result<(), StoreError>,
) -> Result<Gone, StoreError> {
    if due.is_empty() {
        return Ok(Gone::nameless(0));
    }
    let stone = |due: &Due<Id>| Tombstone {
        class: class.word().to_owned(),
        row: due.id.to_string(),
        rule: desk.rule(),
        due_at: due.erase_after,
        erased_at: now.at,
    };
    tombstones::append(&desk.folder, &due.iter().map(stone).collect::<Vec<_>>())?;
    desk.write(now, |tx| due.iter().try_for_each(|due| erase(tx, &due.id)))?;
    Ok(Gone { rows: due.len(), may_be_more: true, traces: due.into_iter().filter_map(|due| due.trace).collect() })
}

impl Desk {
    /// Every receipt, oldest first.
    pub(super) fn receipts(&self) -> Result<Vec<Receipt>, StoreError> {
        let changed_at = std::fs::metadata(self.folder.receipts()).and_then(|facts| facts.modified()).ok();
        if let Some((read_at, receipts)) = &*self.memory.receipts.borrow()
            && Some(*read_at) == changed_at
        {
            return Ok(receipts.clone());
        }
        let receipts = tombstones::list_receipts(&self.folder)?;
        self.memory.receipts.replace(changed_at.map(|changed_at| (changed_at, receipts.clone())));
        Ok(receipts)
    }

    /// The profile whose rules rule, as it stands on tombstones and receipts.
    pub(super) fn rule(&self) -> String {
        format!("{} {}", self.profile.profile, self.profile.version)
    }
}
