//! The sweep: what is due is erased, with tombstones, an empty write-ahead log, a look for traces and a receipt.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::{Desk, DeskError, Now, audit_act};
use crate::domain::access::{Actor, Verb};
use crate::domain::clock::Doubt;
use crate::domain::ids::SweepId;
use crate::domain::notice::hex;
use crate::domain::retention::{Class, end_of_day_after_months};
use crate::store::tombstones::{self, Receipt, Tombstone};
use crate::store::{audit, notices, visits};

/// Most rows erased in one transaction: a slice stays under 20 ms.
const SLICE: usize = 100;
/// How many erased rows are looked for afterwards.
const TRACES_MAX: usize = 16;

/// What was erased of one class, and when the next record of it is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erased {
    pub class: Class,
    pub erased: usize,
    pub next_due: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EraseDueOutcome {
    Erased(Vec<Erased>),
    /// The clock is in doubt: nothing was erased.
    InDoubt(Doubt),
    /// The rows are gone, but a reader kept the write-ahead log from being emptied: sweep again.
    WalBusy(Vec<Erased>),
    /// The rows are gone, but their bytes were found in the file. This must not happen.
    TraceFound(Vec<Erased>),
}

/// A sweep under way. Between its slices the desk serves other requests.
pub struct Sweep {
    by: Actor,
    visits: usize,
    audit_entries: usize,
    digest: Sha256,
    traces: Vec<Vec<u8>>,
}

pub enum Slice {
    /// More is due.
    More,
    Done(EraseDueOutcome),
}

/// Erases everything that is due, in slices without a pause.
///
/// **Shape** per slice its tombstones, then one transaction; at the end an empty write-ahead log and one receipt.
/// **Errors** a failing file: finished slices are gone for good, the rest is still due.
/// **Source** DESIGN section 5; PRIVACY 2.4.
pub fn erase_due(desk: &mut Desk, by: &Actor) -> Result<EraseDueOutcome, DeskError> {
    let mut sweep = Sweep::new(by.clone());
    loop {
        if let Slice::Done(outcome) = sweep.slice(desk)? {
            return Ok(outcome);
        }
    }
}

/// What [`erase_due`] would erase now. Writes nothing.
pub fn forecast(desk: &mut Desk, by: &Actor) -> Result<EraseDueOutcome, DeskError> {
    let now = desk.admit(by, Verb::EraseDue)?;
    if let Some(doubt) = now.doubt {
        return Ok(EraseDueOutcome::InDoubt(doubt));
    }
    let reader = desk.store.reader();
    let receipts_due = receipts_due(desk, &now)?.len();
    let counts = [visits::count_due(reader, now.at)?, audit::count_due(reader, now.at)?, receipts_due];
    Ok(EraseDueOutcome::Erased(report(desk, counts)?))
}

/// When the next record of any class is due.
pub fn next_due(desk: &Desk) -> Result<Option<DateTime<Utc>>, DeskError> {
    Ok(report(desk, [0; 3])?.into_iter().filter_map(|erased| erased.next_due).min())
}

impl Sweep {
    pub fn new(by: Actor) -> Sweep {
        Sweep { by, visits: 0, audit_entries: 0, digest: Sha256::new(), traces: Vec::new() }
    }

    /// Erases one slice; the last one closes the sweep.
    pub fn slice(&mut self, desk: &mut Desk) -> Result<Slice, DeskError> {
        let now = desk.admit(&self.by, Verb::EraseDue)?;
        if let Some(doubt) = now.doubt {
            // What the finished slices erased still gets its receipt and an empty log.
            if self.visits > 0 {
                self.close(desk, &now)?;
            }
            return Ok(Slice::Done(EraseDueOutcome::InDoubt(doubt)));
        }
        let due = visits::list_due(desk.store.reader(), now.at, SLICE)?;
        if !due.is_empty() {
            self.erase_visits(desk, &now, &due)?;
            return Ok(Slice::More);
        }
        let entries = desk.write(&now, |tx| audit::erase_due(tx, now.at, SLICE))?;
        self.audit_entries += entries;
        if entries == SLICE {
            return Ok(Slice::More);
        }
        Ok(Slice::Done(self.close(desk, &now)?))
    }

    fn erase_visits(&mut self, desk: &mut Desk, now: &Now, due: &[visits::DueVisit]) -> Result<(), DeskError> {
        let rule = rule(desk);
        let stones: Vec<_> = due
            .iter()
            .map(|visit| Tombstone {
                class: Class::Visit.word(),
                row: visit.id.to_string(),
                rule: rule.clone(),
                due_at: visit.erase_after,
                erased_at: now.at,
            })
            .collect();
        // First the stones, then the rows: a stone too many is harmless, a row without one could come back with a backup.
        self.digest.update(tombstones::append(&desk.folder, &stones)?);
        desk.write(now, |tx| due.iter().try_for_each(|visit| visits::erase(tx, visit.id)))?;
        self.visits += due.len();
        let wanted = TRACES_MAX - self.traces.len();
        self.traces.extend(due.iter().take(wanted).map(|visit| visit.trace.clone()));
        Ok(())
    }

    fn close(&mut self, desk: &mut Desk, now: &Now) -> Result<EraseDueOutcome, DeskError> {
        let receipts_due = receipts_due(desk, now)?;
        let counts = [self.visits, self.audit_entries, receipts_due.len()];
        let erased_any = counts.iter().any(|count| *count > 0);
        let mut line = desk.audit_line(now, &self.by, Verb::EraseDue);
        line.count = Some(self.visits);
        desk.write(now, |tx| {
            notices::erase_unused(tx)?;
            audit_act(tx, &line)
        })?;
        for receipt in &receipts_due {
            tombstones::erase_receipt(&desk.folder, &receipt.sweep)?;
        }
        let wal_emptied = desk.store.truncate_wal()?;
        let trace_found = desk.store.holds_any(&self.traces)?;
        if erased_any {
            let receipt = Receipt {
                sweep: SweepId::at(now.at).to_string(),
                at: now.at,
                rule: rule(desk),
                visits: self.visits,
                audit_entries: self.audit_entries,
                receipts: receipts_due.len(),
                tombstones_sha256: hex(&std::mem::take(&mut self.digest).finalize()),
                wal_emptied,
                rows_looked_for: self.traces.len(),
                erase_after: end_of_day_after_months(now.at, desk.profile.receipts.months, desk.config.zone),
            };
            tombstones::write_receipt(&desk.folder, &receipt)?;
        }
        let erased = report(desk, counts)?;
        Ok(match (trace_found, wal_emptied) {
            (true, _) => EraseDueOutcome::TraceFound(erased),
            (false, false) => EraseDueOutcome::WalBusy(erased),
            (false, true) => EraseDueOutcome::Erased(erased),
        })
    }
}

/// The profile whose rules ruled, as it stands on tombstones and receipts.
fn rule(desk: &Desk) -> String {
    format!("{} {}", desk.profile.profile, desk.profile.version)
}

fn receipts_due(desk: &Desk, now: &Now) -> Result<Vec<Receipt>, DeskError> {
    let mut receipts = tombstones::list_receipts(&desk.folder)?;
    receipts.retain(|receipt| receipt.erase_after <= now.at);
    Ok(receipts)
}

fn report(desk: &Desk, [visits, audit_entries, receipts]: [usize; 3]) -> Result<Vec<Erased>, DeskError> {
    let reader = desk.store.reader();
    let next_receipt = tombstones::list_receipts(&desk.folder)?.iter().map(|receipt| receipt.erase_after).min();
    Ok(vec![
        Erased { class: Class::Visit, erased: visits, next_due: visits::holdings(reader)?.next_due },
        Erased { class: Class::AuditEntry, erased: audit_entries, next_due: audit::holdings(reader)?.next_due },
        Erased { class: Class::Receipt, erased: receipts, next_due: next_receipt },
    ])
}
