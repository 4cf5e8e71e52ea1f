//! Participants come in from another system's file, all of them at once or none.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::slices::{Slices, Step, do_all};
use super::{Desk, DeskError, Now, audit_act, ticket_code};
use crate::domain::access::{Actor, Verb};
use crate::domain::ids::{EventId, ImportId, ParticipantId};
use crate::domain::notice::hex;
use crate::domain::participant::{BadRow, Field, ParticipantRow, RowKey, Status};
use crate::domain::participant_table::ParticipantTable;
use crate::domain::visit::{Company, Title};
use crate::store::events;
use crate::store::participants::{self, NewParticipant, StoredParticipant};

/// Most rows of a slice, where looking them up takes no time.
const SLICE: usize = 100;
/// How long a slice looks up whom it knows already. Writing what is new, with its pages encrypted and forced to the disk, takes
/// some fifteen times as long, and cannot be cut short: so a slice takes about 4 ms, for which somebody at the door waits.
const LOOK_UP_MAX: Duration = Duration::from_micros(250);

/// What to do when some rows cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadRows {
    /// Then none is taken.
    Refuse,
    /// The others are taken.
    Skip,
}

/// Whether anything is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    Real,
    /// Everything is checked and counted, nothing is written.
    Dry,
}

/// What an import did, or with [`Run::Dry`] would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub added: usize,
    pub changed: usize,
    pub unchanged: usize,
    /// Of the changed ones, who is now cancelled and was not.
    pub cancelled: usize,
    pub bad_rows: Vec<BadRow>,
    pub dropped_columns: Vec<String>,
    /// The file had check-in times of its own, which were not taken.
    pub had_check_ins: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportOutcome {
    Imported(Imported),
    /// Some rows cannot be taken, and none was.
    Refused(Imported),
    NoEvent,
    /// Somebody stopped it; nothing of it is left.
    Stopped,
    /// Another import is under way, here or in another program.
    Busy,
}

/// An import under way. Between its slices the desk serves other requests.
pub struct Import {
    by: Actor,
    event: EventId,
    id: ImportId,
    run: Run,
    table: Arc<ParticipantTable>,
    phase: Phase,
    /// How many rows were looked up.
    looked_up: usize,
    counts: Imported,
    changes: Vec<StoredParticipant>,
    /// How many of the changes are written.
    changed: usize,
    _alone: Option<File>,
}

/// What the next slice does.
enum Phase {
    /// Takes back what an import before this one left that was cut short.
    ClearTheWay(TakeBack),
    /// Looks rows up, and adds who is new, hidden.
    Add,
    /// Writes what changed, what stood there being kept.
    Change,
    /// Shows everybody.
    Show,
    /// Forgets what stood there.
    Forget,
    /// Takes everything back, for this reason.
    TakeBack(TakeBack, Because),
    Ended,
}

enum Because {
    Stopped,
    NoEvent,
    Failed(DeskError),
}

/// How an import begins.
pub enum Begun {
    Import(Box<Import>),
    Ended(ImportOutcome),
}

/// Imports slice after slice; between two of them other programs write.
pub fn import_participants(
    desk: &mut Desk,
    by: &Actor,
    event: EventId,
    table: impl Into<Arc<ParticipantTable>>,
    bad_rows: BadRows,
    run: Run,
) -> Result<ImportOutcome, DeskError> {
    match Import::begin(desk, by, event, table, bad_rows, run)? {
        Begun::Ended(outcome) => Ok(outcome),
        Begun::Import(mut import) => do_all(desk, &mut *import),
    }
}

/// What imports left that were cut short, taken back: whom they added goes, whom they changed stands as before.
///
/// An import under way in another program is left alone.
#[derive(Default)]
pub struct TakeBack {
    lock: Lock,
    has_written: bool,
}

/// The lock on imports, which keeps an import that another program has under way from being taken back.
#[derive(Default)]
enum Lock {
    #[default]
    Wanted,
    Held(#[expect(dead_code, reason = "the lock lives as long as the file is open")] File),
    /// The import that takes back has it.
    OfTheImport,
}

impl Slices for TakeBack {
    type Outcome = ();

    fn slice(&mut self, desk: &mut Desk) -> Result<Step<()>, DeskError> {
        let reader = desk.store.reader();
        let unfinished = participants::find_unfinished_import(reader)?;
        let replacing = participants::find_replacing_import(reader)?;
        if unfinished.is_none() && replacing.is_none() {
            if self.has_written {
                desk.memory.names = None;
                // A reader may keep the log from being emptied; then the next sweep does it.
                desk.store.truncate_wal()?;
            }
            return Ok(Step::Done(()));
        }
        if matches!(self.lock, Lock::Wanted) {
            let Some(alone) = desk.folder.lock_imports()? else { return Ok(Step::Done(())) };
            self.lock = Lock::Held(alone);
        }
        self.has_written = true;
        let now = desk.now()?;
        match (unfinished, replacing) {
            (Some(import), _) => desk.write(&now, |tx| {
                if participants::put_back(tx, import, SLICE)? == 0 && participants::erase_of_import(tx, import, SLICE)? == 0 {
                    participants::finish_import(tx, import)?;
                }
                Ok(())
            })?,
            (None, Some(import)) => desk.write(&now, |tx| participants::forget_replaced(tx, import, SLICE).map(|_| ()))?,
            (None, None) => {}
        }
        desk.store.checkpoint()?;
        Ok(Step::More { done: 0, of: 0 })
    }

    /// What was hidden stays hidden until the next start.
    fn stop(&mut self) {}
}

impl TakeBack {
    /// Within an import, which has the lock.
    fn of_import() -> TakeBack {
        TakeBack { lock: Lock::OfTheImport, has_written: false }
    }
}

impl Import {
    /// Checks that the import can be done, and begins it.
    pub fn begin(
        desk: &mut Desk,
        by: &Actor,
        event: EventId,
        table: impl Into<Arc<ParticipantTable>>,
        bad_rows: BadRows,
        run: Run,
    ) -> Result<Begun, DeskError> {
        let table = table.into();
        let now = desk.admit(by, Verb::ImportParticipants)?;
        if events::find(desk.store.reader(), event, now.at)?.is_none() {
            return Ok(Begun::Ended(ImportOutcome::NoEvent));
        }
        let counts = Imported {
            bad_rows: table.bad_rows.clone(),
            dropped_columns: table.dropped_columns.clone(),
            had_check_ins: table.has_check_ins,
            ..Imported::default()
        };
        if bad_rows == BadRows::Refuse && !counts.bad_rows.is_empty() {
            return Ok(Begun::Ended(ImportOutcome::Refused(counts)));
        }
        let (phase, alone) = match run {
            Run::Dry => (Phase::Add, None),
            Run::Real => match desk.folder.lock_imports()? {
                Some(alone) => (Phase::ClearTheWay(TakeBack::of_import()), Some(alone)),
                None => return Ok(Begun::Ended(ImportOutcome::Busy)),
            },
        };
        Ok(Begun::Import(Box::new(Import {
            by: by.clone(),
            event,
            id: ImportId::at(now.at),
            run,
            table,
            phase,
            looked_up: 0,
            counts,
            changes: Vec::new(),
            changed: 0,
            _alone: alone,
        })))
    }

    /// The slice of the present phase; `None` while there is more.
    fn go_on(&mut self, desk: &mut Desk) -> Result<Option<ImportOutcome>, DeskError> {
        if let Phase::TakeBack(take_back, _) = &mut self.phase {
            let Step::Done(()) = take_back.slice(desk)? else { return Ok(None) };
            return match std::mem::replace(&mut self.phase, Phase::Ended) {
                Phase::TakeBack(_, Because::Failed(error)) => Err(error),
                Phase::TakeBack(_, Because::NoEvent) => Ok(Some(ImportOutcome::NoEvent)),
                _ => Ok(Some(ImportOutcome::Stopped)),
            };
        }
        let now = desk.admit(&self.by, Verb::ImportParticipants)?;
        if events::find(desk.store.reader(), self.event, now.at)?.is_none() {
            self.take_back(Because::NoEvent);
            return Ok(None);
        }
        match &mut self.phase {
            Phase::ClearTheWay(take_back) => {
                if let Step::Done(()) = take_back.slice(desk)? {
                    desk.write(&now, |tx| participants::begin_import(tx, self.id, self.event, now.at))?;
                    self.phase = Phase::Add;
                }
            }
            Phase::Add => {
                self.add(desk, &now)?;
                if self.looked_up == self.table.rows.len() {
                    if self.run == Run::Dry {
                        return Ok(Some(ImportOutcome::Imported(std::mem::take(&mut self.counts))));
                    }
                    self.phase = Phase::Change;
                }
            }
            Phase::Change if self.changed < self.changes.len() => self.change(desk, &now)?,
            Phase::Change => self.phase = Phase::Show,
            Phase::Show => {
                self.show(desk, &now)?;
                self.phase = Phase::Forget;
            }
            Phase::Forget => {
                if desk.write(&now, |tx| participants::forget_replaced(tx, self.id, SLICE))? < SLICE {
                    return Ok(Some(ImportOutcome::Imported(std::mem::take(&mut self.counts))));
                }
            }
            Phase::TakeBack(..) | Phase::Ended => {}
        }
        Ok(None)
    }

    /// Looks a slice of rows up and adds who is new.
    fn add(&mut self, desk: &mut Desk, now: &Now) -> Result<(), DeskError> {
        let mut next = Vec::with_capacity(SLICE);
        let event = self.event;
        for row in self.table.rows.iter_from(self.looked_up).take(SLICE) {
            let key = import_key(&row);
            let known = participants::find_by_key(desk.store.reader(), event, &key)?;
            match known {
                None => {
                    self.counts.added += 1;
                    next.push((row, key));
                }
                Some(known) => {
                    let wanted = changed(&self.table, &known, &row);
                    if wanted == known {
                        self.counts.unchanged += 1;
                    } else {
                        self.counts.changed += 1;
                        self.counts.cancelled += usize::from(wanted.status == Status::Cancelled && known.status != Status::Cancelled);
                        self.changes.push(wanted);
                    }
                }
            }
            self.looked_up += 1;
            if desk.clock.read().since_boot.saturating_sub(now.since_boot) >= LOOK_UP_MAX {
                break;
            }
        }
        if self.run == Run::Real && !next.is_empty() {
            let import = self.id;
            desk.write(now, |tx| {
                next.iter().try_for_each(|(row, key)| {
                    participants::insert(
                        tx,
                        &NewParticipant {
                            event,
                            id: ParticipantId::random(),
                            name: &row.name,
                            sort_name: row.sort_name.as_ref(),
                            title: row.title.as_ref(),
                            company: row.company.as_ref(),
                            ticket_type: row.ticket_type.as_ref(),
                            status: row.status,
                            table: row.table.as_ref(),
                            room: row.room.as_ref(),
                            import_key: Some(key),
                            import: Some(import),
                            notice: None,
                            added_at: now.at,
                        },
                    )
                })
            })?;
            desk.store.checkpoint()?;
        }
        Ok(())
    }

    fn change(&mut self, desk: &mut Desk, now: &Now) -> Result<(), DeskError> {
        let slice = &self.changes[self.changed..(self.changed + SLICE).min(self.changes.len())];
        let import = self.id;
        desk.write(now, |tx| {
            slice.iter().try_for_each(|wanted| {
                participants::keep_replaced(tx, import, wanted.event, wanted.id)?;
                participants::update(tx, wanted)
            })
        })?;
        desk.store.checkpoint()?;
        self.changed += slice.len();
        Ok(())
    }

    fn show(&mut self, desk: &mut Desk, now: &Now) -> Result<(), DeskError> {
        let mut line = desk.audit_line(now, &self.by, Verb::ImportParticipants);
        line.subject = Some(self.event.to_string());
        line.count = Some(self.counts.added + self.counts.changed);
        desk.write(now, |tx| {
            participants::finish_import(tx, self.id)?;
            audit_act(tx, &line)
        })?;
        desk.memory.names = None;
        Ok(())
    }

    fn take_back(&mut self, because: Because) {
        self.phase = Phase::TakeBack(TakeBack::of_import(), because);
    }
}

impl Slices for Import {
    type Outcome = ImportOutcome;

    /// **Errors** come when everything is taken back, or cannot be: then the next start does it.
    fn slice(&mut self, desk: &mut Desk) -> Result<Step<ImportOutcome>, DeskError> {
        match self.go_on(desk) {
            Ok(Some(outcome)) => Ok(Step::Done(outcome)),
            Ok(None) => Ok(Step::More { done: self.looked_up + self.changed, of: self.table.rows.len() + self.changes.len() }),
            Err(error) if self.run == Run::Dry || matches!(self.phase, Phase::TakeBack(..) | Phase::Forget | Phase::Ended) => Err(error),
            Err(error) => {
                self.take_back(Because::Failed(error));
                Ok(Step::More { done: self.looked_up, of: self.table.rows.len() })
            }
        }
    }

    /// Whom everybody sees already stays.
    fn stop(&mut self) {
        match (self.run, &self.phase) {
            (_, Phase::Forget | Phase::TakeBack(..) | Phase::Ended) => {}
            _ => self.take_back(Because::Stopped),
        }
    }
}

/// What stands on a participant to know them again in the next file.
fn import_key(row: &ParticipantRow) -> String {
    match &row.key {
        RowKey::Code(code) => ticket_code::import_key_of_code(code),
        RowKey::Order(order, position) => format!("order:{order}/{position}"),
        RowKey::Likeness(number) => {
            let title = row.title.as_ref().map_or("", Title::as_str);
            let company = row.company.as_ref().map_or("", Company::as_str);
            let likeness = [row.name.as_str(), title, company].join("\0");
            format!("row:{}#{number}", hex(&Sha256::digest(likeness)))
        }
    }
}

/// What a row makes of somebody already known; a column the file does not have changes nothing.
fn changed(table: &ParticipantTable, known: &StoredParticipant, row: &ParticipantRow) -> StoredParticipant {
    let mut wanted = known.clone();
    wanted.name = row.name.as_str().to_owned();
    let text = |field, known: &Option<String>, new: Option<&str>| if table.has(field) { new.map(str::to_owned) } else { known.clone() };
    wanted.sort_name = text(Field::SortName, &known.sort_name, row.sort_name.as_ref().map(|text| text.as_str()));
    wanted.title = text(Field::Title, &known.title, row.title.as_ref().map(|text| text.as_str()));
    wanted.company = text(Field::Company, &known.company, row.company.as_ref().map(|text| text.as_str()));
    wanted.ticket_type = text(Field::TicketType, &known.ticket_type, row.ticket_type.as_ref().map(|text| text.as_str()));
    wanted.table = text(Field::Table, &known.table, row.table.as_ref().map(|text| text.as_str()));
    wanted.room = text(Field::Room, &known.room, row.room.as_ref().map(|text| text.as_str()));
    if table.has(Field::Status) {
        wanted.status = row.status;
    }
    wanted
}
