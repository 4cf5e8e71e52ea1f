//! The sweep: what is due is erased, with tombstones, an empty write-ahead log, a look for traces and a receipt.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::retention::{CLASSES, Kept, ORDER, kept};
use super::slices::{Slices, Step, do_all};
use super::{Desk, DeskError, Now, StoreError, audit_act};
use crate::domain::access::{Actor, Verb};
use crate::domain::clock::Doubt;
use crate::domain::ids::SweepId;
use crate::domain::retention::{Class, end_of_day_after_months};
use crate::store::tombstones::{self, Receipt, Tombstone, Untold};
use crate::store::{audit, notices};

/// How many erased rows are looked for afterwards.
const TRACES_MAX: usize = 16;
/// How many pages are looked through in one slice: some milliseconds.
const PAGES: u32 = 256;
/// How many tombstones are read in one slice, and their rows looked up.
const TOMBSTONES: usize = 200;

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
    began_at: Option<DateTime<Utc>>,
    counts: Counts,
    traces: Vec<Vec<u8>>,
    doubt: Option<Doubt>,
    look: Option<Look>,
}

/// How many of each class.
type Counts = BTreeMap<&'static str, usize>;

/// The end of a sweep: the look for what was erased, page after page.
struct Look {
    wal_emptied: bool,
    /// What the log tells, and a receipt does not yet.
    untold: Untold,
    /// Its rows so far: two sweeps that were cut short can tell of one row.
    seen: BTreeSet<String>,
    /// By class, the rows of those tombstones that are gone.
    gone: Counts,
    next_page: u32,
    found: bool,
}

/// Erases everything that is due, in slices without a pause.
///
/// **Shape** per slice its tombstones, then one transaction; at the end an empty write-ahead log and one receipt.
/// **Errors** a failing file: finished slices are gone for good and stand on the next sweep's receipt, the rest is still due.
/// **Source** ER1.
pub fn erase_due(desk: &mut Desk, by: &Actor) -> Result<EraseDueOutcome, DeskError> {
    do_all(desk, &mut Sweep::new(by.clone()))
}

/// What [`erase_due`] would erase now. Writes nothing.
pub fn forecast(desk: &mut Desk, by: &Actor) -> Result<EraseDueOutcome, DeskError> {
    let now = desk.admit(by, Verb::EraseDue)?;
    if let Some(doubt) = now.doubt {
        return Ok(EraseDueOutcome::InDoubt(doubt));
    }
    let counts = CLASSES.iter().map(|kept| Ok((kept.class.word(), (kept.count_due)(desk, now.at)?))).collect::<Result<_, StoreError>>()?;
    Ok(EraseDueOutcome::Erased(report(desk, &counts)?))
}

/// When the next record of any class is due.
pub fn next_due(desk: &Desk) -> Result<Option<DateTime<Utc>>, DeskError> {
    let due = CLASSES.iter().map(|kept| (kept.next_due)(desk)).collect::<Result<Vec<_>, _>>()?;
    Ok(due.into_iter().flatten().min())
}

impl Slices for Sweep {
    type Outcome = EraseDueOutcome;

    /// Erases one slice, or looks through some pages; the last one closes the sweep.
    ///
    /// Erasing makes room, and needs some first: on a full disk it takes what was kept for it.
    fn slice(&mut self, desk: &mut Desk) -> Result<Step<EraseDueOutcome>, DeskError> {
        let step = match self.step(desk) {
            Err(DeskError::Store(StoreError::Full)) if desk.folder.drop_ballast() => self.step(desk),
            step => step,
        };
        if let Ok(Step::Done(_)) = step {
            desk.folder.take_ballast();
        }
        step
    }

    /// What is due goes: nobody stops a sweep but the end of the program.
    fn stop(&mut self) {}
}

impl Sweep {
    pub fn new(by: Actor) -> Sweep {
        Sweep { by, began_at: None, counts: Counts::new(), traces: Vec::new(), doubt: None, look: None }
    }

    fn more(&self) -> Step<EraseDueOutcome> {
        Step::More { done: self.counts.values().sum(), of: 0 }
    }

    fn step(&mut self, desk: &mut Desk) -> Result<Step<EraseDueOutcome>, DeskError> {
        let now = desk.admit(&self.by, Verb::EraseDue)?;
        self.began_at.get_or_insert(now.at);
        if self.look.is_none() {
            self.doubt = now.doubt;
            if let Some(doubt) = now.doubt
                && self.counts.is_empty()
            {
                return Ok(Step::Done(EraseDueOutcome::InDoubt(doubt)));
            }
            // What the finished slices erased still gets its receipt and an empty log.
            if now.doubt.is_none() && self.erase(desk, &now)? {
                return Ok(self.more());
            }
            self.begin_look(desk, &now)?;
        }
        let Some(look) = &mut self.look else { return Ok(self.more()) };
        if let Some(tombstones) = look.untold.next(TOMBSTONES) {
            look.count_gone(desk, &tombstones, self.began_at, &mut self.traces)?;
            return Ok(self.more());
        }
        if look.goes_on(desk, &self.traces)? {
            return Ok(self.more());
        }
        let Some(look) = &self.look else { return Ok(self.more()) };
        Ok(Step::Done(self.close(desk, &now, look)?))
    }

    /// Whether something was erased, so that there may be more.
    fn erase(&mut self, desk: &mut Desk, now: &Now) -> Result<bool, DeskError> {
        for class in ORDER {
            let gone = (kept(class).erase)(desk, now)?;
            if gone.rows > 0 {
                *self.counts.entry(class.word()).or_default() += gone.rows;
            }
            let room = TRACES_MAX - self.traces.len();
            self.traces.extend(gone.traces.into_iter().take(room));
            if gone.may_be_more {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn begin_look(&mut self, desk: &mut Desk, now: &Now) -> Result<(), DeskError> {
        let mut line = desk.audit_line(now, &self.by, Verb::EraseDue);
        let people = [Class::Visit, Class::Invitation, Class::Participant, Class::ConsentEvidence];
        line.count = Some(people.iter().filter_map(|class| self.counts.get(class.word())).sum());
        desk.write(now, |tx| {
            notices::erase_unused(tx)?;
            audit_act(tx, &line)
        })?;
        let untold = Untold::begin(&desk.folder, &desk.receipts()?)?;
        let wal_emptied = desk.store.truncate_wal()?;
        self.look = Some(Look { wal_emptied, untold, seen: BTreeSet::new(), gone: Counts::new(), next_page: 1, found: false });
        Ok(())
    }

    /// Writes the receipt.
    fn close(&self, desk: &Desk, now: &Now, look: &Look) -> Result<EraseDueOutcome, DeskError> {
        let nameless =
            self.counts.iter().filter(|(class, _)| CLASSES.iter().any(|kept| kept.class.word() == **class && kept.exists.is_none()));
        let Look { wal_emptied, untold, gone, found, .. } = look;
        let (wal_emptied, found) = (*wal_emptied, *found);
        let erased: BTreeMap<String, usize> = gone.iter().chain(nameless).map(|(class, count)| ((*class).to_owned(), *count)).collect();
        let log_was_left = desk.receipts()?.last().is_some_and(|last| !last.wal_emptied);
        if !erased.is_empty() || log_was_left && wal_emptied {
            let receipt = Receipt {
                sweep: SweepId::at(now.at).to_string(),
                at: now.at,
                rule: desk.rule(),
                erased,
                tombstones: Some(untold.range()),
                tombstones_sha256: untold.sha256(),
                wal_emptied,
                rows_looked_for: if found { 0 } else { self.traces.len() },
                erase_after: end_of_day_after_months(now.at, desk.profile.receipts.months, desk.config.zone),
            };
            tombstones::write_receipt(&desk.folder, &receipt)?;
            desk.memory.receipts.replace(None);
        }
        if let Some(doubt) = self.doubt {
            return Ok(EraseDueOutcome::InDoubt(doubt));
        }
        let erased = report(desk, &self.counts)?;
        Ok(match (found, wal_emptied) {
            (true, _) => EraseDueOutcome::TraceFound(erased),
            (false, false) => EraseDueOutcome::WalBusy(erased),
            (false, true) => EraseDueOutcome::Erased(erased),
        })
    }
}

impl Look {
    /// Counts the tombstones whose rows are gone, and remembers some that a sweep cut short has left to look for.
    fn count_gone(
        &mut self,
        desk: &Desk,
        tombstones: &[Tombstone],
        began_at: Option<DateTime<Utc>>,
        traces: &mut Vec<Vec<u8>>,
    ) -> Result<(), StoreError> {
        let reader = desk.store.reader();
        for stone in tombstones {
            let Some(kept) = CLASSES.iter().find(|kept| kept.class.word() == stone.class) else { continue };
            let Some(exists) = kept.exists else { continue };
            if !self.seen.insert(stone.row.clone()) || exists(reader, &stone.row)? {
                continue;
            }
            *self.gone.entry(kept.class.word()).or_default() += 1;
            // Of a row that went before this sweep only the id is known, and where others have it too, it proves nothing.
            let is_of_another_sweep = began_at.is_some_and(|began_at| stone.erased_at < began_at) && kept.class != Class::Event;
            if is_of_another_sweep && traces.len() < TRACES_MAX && !audit::names(reader, &stone.row)? {
                traces.push(stone.row.clone().into_bytes());
            }
        }
        Ok(())
    }

    /// Looks through the next pages. Whether there are more.
    fn goes_on(&mut self, desk: &Desk, traces: &[Vec<u8>]) -> Result<bool, StoreError> {
        let pages = desk.store.pages()?;
        if traces.is_empty() || self.found || self.next_page > pages {
            return Ok(false);
        }
        let end = self.next_page.saturating_add(PAGES).min(pages.saturating_add(1));
        self.found = desk.store.holds_any(traces, self.next_page..end)?;
        self.next_page = end;
        Ok(!self.found && end <= pages)
    }
}

fn report(desk: &Desk, counts: &Counts) -> Result<Vec<Erased>, DeskError> {
    let row = |kept: &Kept| {
        let erased = counts.get(kept.class.word()).copied().unwrap_or_default();
        Ok(Erased { class: kept.class, erased, next_due: (kept.next_due)(desk)? })
    };
    CLASSES.iter().map(row).collect()
}
