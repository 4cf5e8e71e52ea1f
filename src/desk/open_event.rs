//! An event is opened for participants, with the check-in list it begins with.

use super::{Desk, DeskError, audit_act, random};
use crate::domain::access::{Actor, Verb};
use crate::domain::event::{EntryRule, EventName, EventTimes, PhotoMode, TimesFault, Venue, parse_moment};
use crate::domain::ids::{EventId, ListId};
use crate::domain::text::TextFault;
use crate::domain::ticket::EventTag;
use crate::store::events::{self, NewEvent};

/// What the entry list of an event is called.
const ENTRY: &str = "entry";

/// What was typed and chosen.
#[derive(Clone, Debug)]
pub struct OpenEvent {
    pub name: String,
    pub venue: String,
    /// As [`parse_moment`] reads it, on this desk's wall.
    pub starts: String,
    pub ends: String,
    pub photos: PhotoMode,
    /// Whether somebody may register at the door.
    pub walk_ins: bool,
    pub entry: EntryRule,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenEventOutcome {
    Opened(EventId),
    /// Nothing was written.
    Refused(Vec<EventFault>),
}

/// A field and what it complains about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventFault {
    pub field: EventField,
    pub reason: EventReason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventField {
    Name,
    Venue,
    Starts,
    Ends,
}

impl EventField {
    pub fn word(self) -> &'static str {
        match self {
            EventField::Name => "name",
            EventField::Venue => "venue",
            EventField::Starts => "starts",
            EventField::Ends => "ends",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventReason {
    Text(TextFault),
    /// No day and time.
    NoMoment,
    EndsBeforeStart,
    /// More than a year.
    TooLong,
    /// So long ago that its participants would be due already.
    LongGone,
}

/// Opens an event.
///
/// **Shape** one event and its entry list, committed; for staff and operator one audit entry.
pub fn open_event(desk: &mut Desk, by: &Actor, input: &OpenEvent) -> Result<OpenEventOutcome, DeskError> {
    let now = desk.admit(by, Verb::OpenEvent)?;
    let mut faults = Vec::new();
    let mut fault = |field, reason| faults.push(EventFault { field, reason });
    let name = EventName::parse(&input.name).map_err(|reason| fault(EventField::Name, EventReason::Text(reason))).ok();
    let venue = Venue::parse_optional(&input.venue).map_err(|reason| fault(EventField::Venue, EventReason::Text(reason))).ok();
    let starts = parse_moment(&input.starts);
    let ends = parse_moment(&input.ends);
    if starts.is_none() {
        fault(EventField::Starts, EventReason::NoMoment);
    }
    if ends.is_none() {
        fault(EventField::Ends, EventReason::NoMoment);
    }
    let rules = &desk.profile.event;
    let times = starts.zip(ends).and_then(|(starts, ends)| match EventTimes::new(starts, ends, desk.config.zone) {
        Ok(times) if times.erase_after(rules.retention.months) <= now.at => {
            fault(EventField::Ends, EventReason::LongGone);
            None
        }
        Ok(times) => Some(times),
        Err(TimesFault::EndsBeforeStart) => {
            fault(EventField::Ends, EventReason::EndsBeforeStart);
            None
        }
        Err(TimesFault::TooLong) => {
            fault(EventField::Ends, EventReason::TooLong);
            None
        }
    });
    let (Some(name), Some(venue), Some(times)) = (name, venue, times) else {
        return Ok(OpenEventOutcome::Refused(faults));
    };
    let mut event = NewEvent {
        id: EventId::at(now.at),
        tag: EventTag([0; 4]),
        name: &name,
        venue: venue.as_ref(),
        times: &times,
        photos: input.photos,
        walk_ins: input.walk_ins,
        purpose: rules.purpose,
        legal_basis: rules.legal_basis,
        list: ListId::at(now.at),
        list_name: ENTRY,
        entry: input.entry,
        added_at: now.at,
        erase_after: times.erase_after(rules.retention.months),
    };
    let mut line = desk.audit_line(&now, by, Verb::OpenEvent);
    line.subject = Some(event.id.to_string());
    let id = event.id;
    desk.write(&now, |tx| {
        loop {
            event.tag = EventTag(random()?);
            if events::insert(tx, &event)? {
                return audit_act(tx, &line);
            }
        }
    })?;
    Ok(OpenEventOutcome::Opened(id))
}
