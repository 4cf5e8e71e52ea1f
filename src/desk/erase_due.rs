//! The sweep: what is due is erased, with tombstones, an empty write-ahead log, a look for traces and a receipt.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::{Desk, DeskError, Now, audit_act, send_messages};
use crate::domain::access::{Actor, Verb};
use crate::domain::clock::Doubt;
use crate::domain::ids::{EventId, SweepId};
use crate::domain::notice::hex;
use crate::domain::retention::{Class, end_of_day_after_months};
use crate::store::tombstones::{self, Receipt, Tombstone};
use crate::store::{audit, consents, events, invitations, messages, notices, participants, scans, visits};

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
    counts: Counts,
    digest: Sha256,
    traces: Vec<Vec<u8>>,
}

/// How many of each class.
#[derive(Clone, Copy, Default)]
struct Counts {
    visits: usize,
    invitations: usize,
    messages: usize,
    events: usize,
    participants: usize,
    consent_evidence: usize,
    scans: usize,
    audit_entries: usize,
    receipts: usize,
}

impl Counts {
    fn total(self) -> usize {
        self.visits
            + self.invitations
            + self.messages
            + self.events
            + self.participants
            + self.consent_evidence
            + self.scans
            + self.audit_entries
            + self.receipts
    }
}

/// A row about to be erased.
struct DueRow {
    class: Class,
    row: String,
    due_at: DateTime<Utc>,
    /// What is looked for afterwards.
    trace: Option<Vec<u8>>,
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
/// **Source** ER1.
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
    let counts = Counts {
        visits: visits::count_due(reader, now.at)?,
        invitations: invitations::count_due(reader, now.at)?,
        messages: messages::count_due(reader, now.at)?,
        events: events::count_due(reader, now.at)?,
        participants: participants::count_due(reader, now.at)?,
        consent_evidence: consents::count_due(reader, now.at)?,
        scans: scans::count_due(reader, now.at)?,
        audit_entries: audit::count_due(reader, now.at)?,
        receipts: receipts_due(desk, &now)?.len(),
    };
    Ok(EraseDueOutcome::Erased(report(desk, counts)?))
}

/// When the next record of any class is due.
pub fn next_due(desk: &Desk) -> Result<Option<DateTime<Utc>>, DeskError> {
    Ok(report(desk, Counts::default())?.into_iter().filter_map(|erased| erased.next_due).min())
}

impl Sweep {
    pub fn new(by: Actor) -> Sweep {
        Sweep { by, counts: Counts::default(), digest: Sha256::new(), traces: Vec::new() }
    }

    /// Erases one slice; the last one closes the sweep.
    pub fn slice(&mut self, desk: &mut Desk) -> Result<Slice, DeskError> {
        let now = desk.admit(&self.by, Verb::EraseDue)?;
        if let Some(doubt) = now.doubt {
            // What the finished slices erased still gets its receipt and an empty log.
            if self.counts.total() > 0 {
                self.close(desk, &now)?;
            }
            return Ok(Slice::Done(EraseDueOutcome::InDoubt(doubt)));
        }
        let has_more = self.erase_messages(desk, &now)?
            || self.erase_visits(desk, &now)?
            || self.erase_invitations(desk, &now)?
            || self.erase_events(desk, &now)?
            || self.erase_evidence(desk, &now)?
            || self.erase_scans(desk, &now)?
            || self.erase_audit(desk, &now)?;
        if has_more { Ok(Slice::More) } else { Ok(Slice::Done(self.close(desk, &now)?)) }
    }

    /// A message names nobody, and nothing brings it back: no tombstone.
    fn erase_messages(&mut self, desk: &mut Desk, now: &Now) -> Result<bool, DeskError> {
        let erased = send_messages::erase_due(desk, now, SLICE)?;
        self.counts.messages += erased;
        Ok(erased == SLICE)
    }

    fn erase_invitations(&mut self, desk: &mut Desk, now: &Now) -> Result<bool, DeskError> {
        let due = invitations::list_due(desk.store.reader(), now.at, SLICE)?;
        if due.is_empty() {
            return Ok(false);
        }
        self.bury(
            desk,
            now,
            due.iter().map(|invitation| DueRow {
                class: Class::Invitation,
                row: invitation.id.to_string(),
                due_at: invitation.erase_after,
                trace: Some(invitation.trace.clone()),
            }),
        )?;
        desk.write(now, |tx| due.iter().try_for_each(|invitation| invitations::erase(tx, invitation.id)))?;
        self.counts.invitations += due.len();
        Ok(true)
    }

    fn erase_visits(&mut self, desk: &mut Desk, now: &Now) -> Result<bool, DeskError> {
        let due = visits::list_due(desk.store.reader(), now.at, SLICE)?;
        if due.is_empty() {
            return Ok(false);
        }
        self.bury(
            desk,
            now,
            due.iter().map(|visit| DueRow {
                class: Class::Visit,
                row: visit.id.to_string(),
                due_at: visit.erase_after,
                trace: Some(visit.trace.clone()),
            }),
        )?;
        desk.write(now, |tx| due.iter().try_for_each(|visit| visits::erase(tx, visit.id)))?;
        self.counts.visits += due.len();
        Ok(true)
    }

    /// One slice of one event: its participants with all that is theirs, then the scans of nobody, then the event itself.
    fn erase_events(&mut self, desk: &mut Desk, now: &Now) -> Result<bool, DeskError> {
        let Some((event, due_at)) = events::find_due(desk.store.reader(), now.at)? else { return Ok(false) };
        let people = participants::list_due(desk.store.reader(), event, SLICE)?;
        if !people.is_empty() {
            self.bury(
                desk,
                now,
                people.iter().map(|person| DueRow {
                    class: Class::Participant,
                    row: person.id.to_string(),
                    due_at,
                    trace: Some(person.trace.clone()),
                }),
            )?;
            desk.write(now, |tx| people.iter().try_for_each(|person| participants::erase(tx, event, person.id)))?;
            self.counts.participants += people.len();
            return Ok(true);
        }
        if desk.write(now, |tx| scans::erase_of_event(tx, event, SLICE))? == SLICE {
            return Ok(true);
        }
        self.erase_event(desk, now, event, due_at)?;
        Ok(true)
    }

    fn erase_event(&mut self, desk: &mut Desk, now: &Now, event: EventId, due_at: DateTime<Utc>) -> Result<(), DeskError> {
        self.bury(desk, now, [DueRow { class: Class::Event, row: event.to_string(), due_at, trace: None }].into_iter())?;
        desk.write(now, |tx| events::erase(tx, event))?;
        desk.names.forget();
        self.counts.events += 1;
        Ok(())
    }

    fn erase_evidence(&mut self, desk: &mut Desk, now: &Now) -> Result<bool, DeskError> {
        let due = consents::list_due(desk.store.reader(), now.at, SLICE)?;
        if due.is_empty() {
            return Ok(false);
        }
        self.bury(
            desk,
            now,
            due.iter().map(|evidence| DueRow {
                class: Class::ConsentEvidence,
                row: evidence.id.to_string(),
                due_at: evidence.erase_after,
                trace: Some(evidence.trace.clone()),
            }),
        )?;
        desk.write(now, |tx| due.iter().try_for_each(|evidence| consents::erase_evidence(tx, evidence.id)))?;
        self.counts.consent_evidence += due.len();
        Ok(true)
    }

    /// Scans that name nobody leave no tombstone: there is nobody to bring back.
    fn erase_scans(&mut self, desk: &mut Desk, now: &Now) -> Result<bool, DeskError> {
        let scans = desk.write(now, |tx| scans::erase_due(tx, now.at, SLICE))?;
        self.counts.scans += scans;
        Ok(scans == SLICE)
    }

    fn erase_audit(&mut self, desk: &mut Desk, now: &Now) -> Result<bool, DeskError> {
        let entries = desk.write(now, |tx| audit::erase_due(tx, now.at, SLICE))?;
        self.counts.audit_entries += entries;
        Ok(entries == SLICE)
    }

    /// Writes the tombstones of rows before the rows go: a stone too many is harmless,
    /// a row without one could come back with a backup.
    fn bury(&mut self, desk: &Desk, now: &Now, rows: impl Iterator<Item = DueRow>) -> Result<(), DeskError> {
        let rule = rule(desk);
        let mut stones = Vec::new();
        for due in rows {
            let DueRow { class, row, due_at, trace } = due;
            stones.push(Tombstone { class: class.word(), row, rule: rule.clone(), due_at, erased_at: now.at });
            if self.traces.len() < TRACES_MAX {
                self.traces.extend(trace);
            }
        }
        if !stones.is_empty() {
            self.digest.update(tombstones::append(&desk.folder, &stones)?);
        }
        Ok(())
    }

    fn close(&mut self, desk: &mut Desk, now: &Now) -> Result<EraseDueOutcome, DeskError> {
        let receipts_due = receipts_due(desk, now)?;
        let counts = Counts { receipts: receipts_due.len(), ..self.counts };
        let mut line = desk.audit_line(now, &self.by, Verb::EraseDue);
        line.count = Some(counts.visits + counts.invitations + counts.participants + counts.consent_evidence);
        desk.write(now, |tx| {
            notices::erase_unused(tx)?;
            audit_act(tx, &line)
        })?;
        for receipt in &receipts_due {
            tombstones::erase_receipt(&desk.folder, &receipt.sweep)?;
        }
        let wal_emptied = desk.store.truncate_wal()?;
        let trace_found = desk.store.holds_any(&self.traces)?;
        if counts.total() > 0 {
            let receipt = Receipt {
                sweep: SweepId::at(now.at).to_string(),
                at: now.at,
                rule: rule(desk),
                visits: counts.visits,
                invitations: counts.invitations,
                messages: counts.messages,
                events: counts.events,
                participants: counts.participants,
                consent_evidence: counts.consent_evidence,
                scans: counts.scans,
                audit_entries: counts.audit_entries,
                receipts: counts.receipts,
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

fn report(desk: &Desk, counts: Counts) -> Result<Vec<Erased>, DeskError> {
    let reader = desk.store.reader();
    let next_receipt = tombstones::list_receipts(&desk.folder)?.iter().map(|receipt| receipt.erase_after).min();
    Ok([
        (Class::Visit, counts.visits, visits::holdings(reader)?.next_due),
        (Class::Invitation, counts.invitations, invitations::holdings(reader)?.next_due),
        (Class::Message, counts.messages, messages::holdings(reader)?.next_due),
        (Class::Event, counts.events, events::holdings(reader)?.next_due),
        (Class::Participant, counts.participants, participants::next_due(reader)?),
        (Class::ConsentEvidence, counts.consent_evidence, consents::next_due(reader)?),
        (Class::Scan, counts.scans, scans::holdings(reader)?.next_due),
        (Class::AuditEntry, counts.audit_entries, audit::holdings(reader)?.next_due),
        (Class::Receipt, counts.receipts, next_receipt),
    ]
    .map(|(class, erased, next_due)| Erased { class, erased, next_due })
    .to_vec())
}
