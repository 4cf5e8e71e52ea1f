//! Participants come in from another system's file, all of them at once or none.

use std::fs::File;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{Desk, DeskError, Now, StoreError, audit_act, ticket_code};
use crate::domain::access::{Actor, Verb};
use crate::domain::ids::{EventId, ImportId, ParticipantId};
use crate::domain::notice::hex;
use crate::domain::participant::{BadRow, Field, ParticipantRow, ParticipantTable, RowKey, Status};
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
    /// Another import is under way, here or in another program.
    Busy,
}

/// An import under way. Between its slices the desk serves other requests.
pub struct Import {
    by: Actor,
    event: EventId,
    id: ImportId,
    run: Run,
    table: ParticipantTable,
    /// How many rows are done.
    done: usize,
    counts: Imported,
    changes: Vec<StoredParticipant>,
    _alone: Option<File>,
}

/// How an import begins.
pub enum Begun {
    Import(Box<Import>),
    Ended(ImportOutcome),
}

/// How far an import is.
pub enum Slice {
    More { done: usize, of: usize },
    Done(ImportOutcome),
}

/// Imports slice after slice; between two of them other programs write.
pub fn import_participants(
    desk: &mut Desk,
    by: &Actor,
    event: EventId,
    table: ParticipantTable,
    bad_rows: BadRows,
    run: Run,
) -> Result<ImportOutcome, DeskError> {
    match Import::begin(desk, by, event, table, bad_rows, run)? {
        Begun::Ended(outcome) => Ok(outcome),
        Begun::Import(mut import) => loop {
            match import.slice(desk) {
                Ok(Slice::More { .. }) => {}
                Ok(Slice::Done(outcome)) => return Ok(outcome),
                Err(error) => {
                    // Where the file takes no more, this fails too, and the next start takes it back.
                    drop(import.cancel(desk));
                    return Err(error);
                }
            }
        },
    }
}

/// Takes back what imports left that were cut short. An import under way in another program is left alone.
pub fn erase_unfinished_imports(desk: &mut Desk) -> Result<(), DeskError> {
    if participants::find_unfinished_import(desk.store.reader())?.is_none() {
        return Ok(());
    }
    let Some(_alone) = desk.folder.lock_imports()? else { return Ok(()) };
    let now = desk.now()?;
    Ok(take_back_unfinished(desk, &now)?)
}

/// For whoever holds the lock on imports.
fn take_back_unfinished(desk: &mut Desk, now: &Now) -> Result<(), StoreError> {
    while let Some(import) = participants::find_unfinished_import(desk.store.reader())? {
        take_back(desk, now, import)?;
    }
    Ok(())
}

fn take_back(desk: &mut Desk, now: &Now, import: ImportId) -> Result<(), StoreError> {
    while desk.write(now, |tx| participants::erase_of_import(tx, import, SLICE))? > 0 {
        desk.store.checkpoint()?;
    }
    desk.write(now, |tx| participants::finish_import(tx, import))?;
    // A reader may keep the log from being emptied; then the next sweep does it.
    desk.store.truncate_wal()?;
    Ok(())
}

impl Import {
    /// Checks that the import can be done, and begins it.
    pub fn begin(
        desk: &mut Desk,
        by: &Actor,
        event: EventId,
        table: ParticipantTable,
        bad_rows: BadRows,
        run: Run,
    ) -> Result<Begun, DeskError> {
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
        let id = ImportId::at(now.at);
        let alone = match run {
            Run::Dry => None,
            Run::Real => {
                let Some(alone) = desk.folder.lock_imports()? else { return Ok(Begun::Ended(ImportOutcome::Busy)) };
                take_back_unfinished(desk, &now)?;
                desk.write(&now, |tx| participants::begin_import(tx, id, event, now.at))?;
                Some(alone)
            }
        };
        Ok(Begun::Import(Box::new(Import { by: by.clone(), event, id, run, table, done: 0, counts, changes: Vec::new(), _alone: alone })))
    }

    /// Does one slice; the last one shows everybody.
    pub fn slice(&mut self, desk: &mut Desk) -> Result<Slice, DeskError> {
        let now = desk.admit(&self.by, Verb::ImportParticipants)?;
        if events::find(desk.store.reader(), self.event, now.at)?.is_none() {
            if self.run == Run::Real {
                take_back(desk, &now, self.id)?;
            }
            return Ok(Slice::Done(ImportOutcome::NoEvent));
        }
        let mut next = Vec::with_capacity(SLICE);
        let event = self.event;
        for row in self.table.rows.iter().skip(self.done).take(SLICE) {
            let key = import_key(row);
            let known = participants::find_by_key(desk.store.reader(), event, &key)?;
            match known {
                None => {
                    self.counts.added += 1;
                    next.push((row, key));
                }
                Some(known) => {
                    let wanted = changed(&self.table, &known, row);
                    if wanted == known {
                        self.counts.unchanged += 1;
                    } else {
                        self.counts.changed += 1;
                        self.counts.cancelled += usize::from(wanted.status == Status::Cancelled && known.status != Status::Cancelled);
                        self.changes.push(wanted);
                    }
                }
            }
            self.done += 1;
            if desk.clock.read().since_boot.saturating_sub(now.since_boot) >= LOOK_UP_MAX {
                break;
            }
        }
        if self.run == Run::Real && !next.is_empty() {
            let import = self.id;
            desk.write(&now, |tx| {
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
        if self.done < self.table.rows.len() {
            return Ok(Slice::More { done: self.done, of: self.table.rows.len() });
        }
        self.finish(desk, &now)
    }

    fn finish(&mut self, desk: &mut Desk, now: &Now) -> Result<Slice, DeskError> {
        let counts = std::mem::take(&mut self.counts);
        if self.run == Run::Dry {
            return Ok(Slice::Done(ImportOutcome::Imported(counts)));
        }
        let mut line = desk.audit_line(now, &self.by, Verb::ImportParticipants);
        line.subject = Some(self.event.to_string());
        line.count = Some(counts.added + counts.changed);
        desk.write(now, |tx| {
            self.changes.iter().try_for_each(|changed| participants::update(tx, changed))?;
            participants::finish_import(tx, self.id)?;
            audit_act(tx, &line)
        })?;
        desk.names.forget();
        Ok(Slice::Done(ImportOutcome::Imported(counts)))
    }

    /// Takes back whatever the import wrote so far.
    pub fn cancel(self, desk: &mut Desk) -> Result<(), DeskError> {
        if self.run == Run::Real {
            let now = desk.now()?;
            take_back(desk, &now, self.id)?;
        }
        Ok(())
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
