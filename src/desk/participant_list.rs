//! The participant list that is handed out: name, title and company, in the order of names, and nothing else.

use std::collections::BTreeMap;

use super::slices::{Slices, Step, do_all};
use super::{Desk, DeskError, Now, audit_act};
use crate::domain::access::{Actor, Verb};
use crate::domain::ids::{EventId, ParticipantId};
use crate::domain::order::{NameKey, NameOrder};
use crate::domain::participant::Status;
use crate::domain::participant_list::{ListEntry, ParticipantList};
use crate::store::events::{self, StoredEvent};
use crate::store::participants;

/// How many participants are read in a slice.
const SLICE: usize = 500;

/// Whether a list leaves the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It is printed or saved, which is written down. The word says as what.
    HandOut(&'static str),
    /// Only to see what would be on it.
    LookAt,
}

/// The list of an event, cancelled participants left out; `None` where there is no such event.
///
/// **Shape** for a list handed out one more run of the event, and one audit entry with the number of people.
/// **Source** L1.
pub fn participant_list(desk: &mut Desk, by: &Actor, event: EventId, use_: Use) -> Result<Option<ParticipantList>, DeskError> {
    do_all(desk, &mut ListInTheMaking::new(by.clone(), event, use_))
}

/// As [`participant_list`], while the desk serves others.
pub struct ListInTheMaking {
    by: Actor,
    event: EventId,
    use_: Use,
    order: Option<NameOrder>,
    /// Who was read last.
    last: Option<ParticipantId>,
    entries: BTreeMap<(NameKey, ParticipantId), ListEntry>,
}

impl ListInTheMaking {
    pub fn new(by: Actor, event: EventId, use_: Use) -> ListInTheMaking {
        ListInTheMaking { by, event, use_, order: None, last: None, entries: BTreeMap::new() }
    }

    fn read(&mut self, desk: &Desk) -> Result<usize, DeskError> {
        let order = self.order.get_or_insert_with(|| NameOrder::of(desk.config.first_language()));
        let people = participants::list_after(desk.store.reader(), self.event, self.last, SLICE)?;
        let read = people.len();
        for person in people {
            self.last = Some(person.id);
            if person.status != Status::Cancelled {
                let key = order.key(person.sort_name.as_deref(), &person.name);
                self.entries.insert((key, person.id), ListEntry { name: person.name, title: person.title, company: person.company });
            }
        }
        Ok(read)
    }

    fn hand_out(&mut self, desk: &mut Desk, now: &Now, event: StoredEvent) -> Result<ParticipantList, DeskError> {
        let run = match self.use_ {
            Use::LookAt => 0,
            Use::HandOut(format) => {
                let mut line = desk.audit_line(now, &self.by, Verb::PrintParticipantList);
                line.subject = Some(event.id.to_string());
                line.count = Some(self.entries.len());
                line.detail = Some(format.to_owned());
                desk.write(now, |tx| {
                    audit_act(tx, &line)?;
                    events::next_list_run(tx, event.id)
                })?
            }
        };
        let zone = event.times.zone;
        Ok(ParticipantList {
            organisation: desk.organisation().to_owned(),
            run,
            printed_at: now.at.with_timezone(&zone),
            destroy_by: event.times.destroy_lists_by().with_timezone(&zone),
            event: event.name,
            venue: event.venue,
            starts_at: event.starts_at.with_timezone(&zone),
            ends_at: event.ends_at.with_timezone(&zone),
            entries: std::mem::take(&mut self.entries).into_values().collect(),
        })
    }
}

impl Slices for ListInTheMaking {
    type Outcome = Option<ParticipantList>;

    fn slice(&mut self, desk: &mut Desk) -> Result<Step<Self::Outcome>, DeskError> {
        let now = desk.admit(&self.by, Verb::PrintParticipantList)?;
        let Some(event) = events::find(desk.store.reader(), self.event, now.at)? else { return Ok(Step::Done(None)) };
        if self.read(desk)? == SLICE {
            return Ok(Step::More { done: self.entries.len(), of: 0 });
        }
        // Who came or went between two slices would be on half a list: then it is read again.
        if participants::count(desk.store.reader(), self.event)? != self.entries.len() {
            (self.last, self.entries) = (None, BTreeMap::new());
            return Ok(Step::More { done: 0, of: 0 });
        }
        Ok(Step::Done(Some(self.hand_out(desk, &now, event)?)))
    }

    /// Nothing was written yet, and the next slice may as well be the last.
    fn stop(&mut self) {}
}
