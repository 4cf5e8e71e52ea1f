//! What a desk keeps in memory between two verbs: copies of what stands in the file or beside it, made anew when that has
//! changed, and what waits until the file takes something again.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use rusqlite::Transaction;

use crate::domain::ids::{EventId, ParticipantId, StaffId};
use crate::domain::name_index::NameIndex;
use crate::domain::participant::Status;
use crate::domain::roll_call::RunningRollCall;
use crate::domain::staff::WrongTries;
use crate::domain::ticket::TicketKey;
use crate::store::audit::NewAuditEntry;
use crate::store::scans::Passage;
use crate::store::tombstones::Receipt;
use crate::store::{StoreError, staff};

#[derive(Default)]
pub(super) struct Memory {
    pub ticket_keys: TicketKeys,
    /// Of the event that is looked at, and of no other.
    pub names: Option<EventNames>,
    /// The receipts as they were last read, and when their folder had last changed then.
    pub receipts: RefCell<Option<(SystemTime, Vec<Receipt>)>>,
    /// Audit lines of who looked, or called the roll, while the file took nothing.
    pub lines: Vec<NewAuditEntry>,
    pub tries: UnwrittenTries,
    /// What the file does not know yet of a roll call: how it stands, or that it has ended.
    pub roll_call: Option<Option<RunningRollCall>>,
}

/// Most audit lines that wait in memory for a file that takes nothing.
const LINES_MAX: usize = 1000;

impl Memory {
    /// Keeps audit lines until the file takes them.
    pub fn keep_lines(&mut self, lines: impl IntoIterator<Item = NewAuditEntry>) {
        self.lines.extend(lines);
        self.lines.truncate(LINES_MAX);
    }
}

/// The keys of tickets, kept as long as no other program changes the file.
#[derive(Default)]
pub(super) struct TicketKeys {
    pub keys: Vec<TicketKey>,
    pub as_of: Option<i64>,
}

/// The participants of one event in the order of names, and the index over their names.
///
/// What this desk changes itself shows in no data version: whoever does forgets the names.
pub(super) struct EventNames {
    pub event: EventId,
    pub as_of: i64,
    pub people: Vec<(ParticipantId, Status)>,
    pub index: NameIndex,
    /// Where everybody stands, and in which state of the file: a filter is not worked out anew for each key.
    pub standing: Option<((i64, u64), Standing)>,
}

/// Where everybody of an event stands, for the filters.
pub(super) struct Standing {
    pub last: HashMap<ParticipantId, Passage>,
    /// Whose badge says no pictures. Who was not asked is not photographed either, but is no "no" yet.
    pub no_photos: HashSet<ParticipantId>,
}

/// The wrong tries that count against one try.
#[derive(Clone, Copy, Default)]
pub(super) struct Tries {
    pub kiosk: WrongTries,
    pub person: WrongTries,
}

impl Tries {
    pub fn wait(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.kiosk.waits(now).max(self.person.waits(now))
    }
}

/// Wrong tries on their way into the file. While it takes nothing they count here.
#[derive(Default)]
pub(super) struct UnwrittenTries {
    pub kiosk: Option<WrongTries>,
    pub people: HashMap<StaffId, WrongTries>,
}

impl UnwrittenTries {
    pub fn keep(&mut self, person: Option<StaffId>, tries: Tries) {
        self.kiosk = Some(tries.kiosk);
        self.people.extend(person.map(|person| (person, tries.person)));
    }

    pub fn write(&self, tx: &Transaction) -> Result<(), StoreError> {
        self.people.iter().try_for_each(|(person, tries)| staff::set_tries(tx, *person, *tries))?;
        self.kiosk.map_or(Ok(()), |tries| staff::set_kiosk_tries(tx, tries))
    }

    pub fn clear(&mut self) {
        *self = UnwrittenTries::default();
    }
}
