//! Finding participants while a name is typed, over an index in memory that lives as long as one event is looked at.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::memory::{EventNames, Standing};
use super::{Desk, DeskError, StoreError, inside};
use crate::domain::access::{Actor, Verb};
use crate::domain::check_in::Direction;
use crate::domain::consent::{BadgeMark, PhotoPurpose, badge_mark};
use crate::domain::event::PhotoMode;
use crate::domain::fold::Query;
use crate::domain::ids::{EventId, ParticipantId, ScanId};
use crate::domain::name_index::NameIndex;
use crate::domain::order::sort_by_names;
use crate::domain::participant::Status;
use crate::store::events::StoredEvent;
use crate::store::{badges, consents, events, participants, tickets};

/// Which participants are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    Everybody,
    /// Who is inside now.
    CheckedIn,
    /// Who is still to come; a cancelled participant is not.
    NotArrived,
    /// Whose badge says no pictures.
    NoPhotos,
}

/// What is looked for.
#[derive(Clone, Debug)]
pub struct FindParticipant {
    pub event: EventId,
    /// Beginnings of words of name and company; nothing finds everybody.
    pub typed: String,
    pub filter: Filter,
    /// How many matches to pass over, and how many to give.
    pub offset: usize,
    pub limit: usize,
}

#[derive(Clone, Debug)]
pub struct FoundParticipants {
    /// In the order of names.
    pub rows: Vec<ParticipantRow>,
    /// Whether there are more after these.
    pub has_more: bool,
}

/// A participant as staff see them.
#[derive(Clone)]
pub struct ParticipantRow {
    pub id: ParticipantId,
    pub name: String,
    pub title: Option<String>,
    pub company: Option<String>,
    pub ticket_type: Option<String>,
    pub table: Option<String>,
    pub room: Option<String>,
    pub status: Status,
    /// The last passage: which scan, and since when they are in or out.
    pub last: Option<(ScanId, Direction, DateTime<Utc>)>,
    pub photos: PhotoState,
    pub short_code: Option<String>,
    pub badge: BadgeState,
}

/// The badge that somebody has, and whether it is still true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadgeState {
    /// None came out here.
    NotPrinted,
    Printed(DateTime<Utc>),
    /// The answer about pictures is another by now.
    OldAnswer(DateTime<Utc>),
    /// The name is another by now.
    OldName(DateTime<Utc>),
}

impl std::fmt::Debug for ParticipantRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ParticipantRow(..)")
    }
}

/// What staff see of somebody's answer: the mark, or that nobody asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoState {
    NotAsked,
    Answered(BadgeMark),
}

/// How many each filter finds, the cancelled ones counted among everybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ParticipantCounts {
    pub everybody: usize,
    pub checked_in: usize,
    pub not_arrived: usize,
    pub no_photos: usize,
}

/// Participants that match, in the order of names; nothing where there is no such event.
pub fn find_participant(desk: &mut Desk, by: &Actor, input: &FindParticipant) -> Result<FoundParticipants, DeskError> {
    let now = desk.admit(by, Verb::FindParticipant)?;
    let Some(event) = events::find(desk.store.reader(), input.event, now.at)? else {
        return Ok(FoundParticipants { rows: Vec::new(), has_more: false });
    };
    let mut held = match desk.memory.names.take() {
        Some(held) if held.event == event.id && held.as_of == desk.store.data_version()? => held,
        _ => build(desk, event.id)?,
    };
    let found = find(desk, &mut held, &event, input);
    desk.memory.names = Some(held);
    Ok(found?)
}

/// How many each filter finds.
pub fn count_participants(desk: &mut Desk, by: &Actor, event: EventId) -> Result<ParticipantCounts, DeskError> {
    let now = desk.admit(by, Verb::FindParticipant)?;
    let Some(event) = events::find(desk.store.reader(), event, now.at)? else { return Ok(ParticipantCounts::default()) };
    let people = participants::list(desk.store.reader(), event.id)?;
    let standing = Standing::of(desk, &event)?;
    let count = |filter| people.iter().filter(|person| standing.is(person.id, person.status, filter)).count();
    Ok(ParticipantCounts {
        everybody: people.len(),
        checked_in: count(Filter::CheckedIn),
        not_arrived: count(Filter::NotArrived),
        no_photos: count(Filter::NoPhotos),
    })
}

/// One participant as staff see them.
pub fn find_one(desk: &mut Desk, by: &Actor, event: EventId, participant: ParticipantId) -> Result<Option<ParticipantRow>, DeskError> {
    let now = desk.admit(by, Verb::FindParticipant)?;
    let Some(event) = events::find(desk.store.reader(), event, now.at)? else { return Ok(None) };
    Ok(row(desk, &event, participant)?)
}

/// The event is looked at no longer: its names leave the memory.
pub fn forget_names(desk: &mut Desk) {
    desk.memory.names = None;
}

fn build(desk: &Desk, event: EventId) -> Result<EventNames, StoreError> {
    let as_of = desk.store.data_version()?;
    let mut people = participants::list(desk.store.reader(), event)?;
    sort_by_names(&mut people, desk.config.first_language(), |person| (person.sort_name.as_deref(), &person.name));
    let index = NameIndex::new(people.iter().map(|person| [person.name.as_str(), person.company.as_deref().unwrap_or_default()]));
    Ok(EventNames { event, as_of, people: people.into_iter().map(|person| (person.id, person.status)).collect(), index, standing: None })
}

fn find(desk: &Desk, held: &mut EventNames, event: &StoredEvent, input: &FindParticipant) -> Result<FoundParticipants, StoreError> {
    let wanted = input.offset + input.limit + 1;
    let query = Query::new(&input.typed);
    let (is_typed, is_filtered) = (!query.words().is_empty(), input.filter != Filter::Everybody);
    let places = match (is_typed, is_filtered) {
        (true, true) => held.index.find(&query, usize::MAX),
        (true, false) => held.index.find(&query, wanted),
        (false, true) => (0..held.people.len()).collect(),
        (false, false) => (0..held.people.len().min(wanted)).collect(),
    };
    let state = desk.state()?;
    if is_filtered && held.standing.as_ref().is_none_or(|(as_of, _)| *as_of != state) {
        held.standing = Some((state, Standing::of(desk, event)?));
    }
    let people = places.into_iter().map(|place| held.people[place]);
    let mut ids: Vec<_> = if let Some((_, standing)) = held.standing.as_ref().filter(|_| is_filtered) {
        people.filter(|(id, status)| standing.is(*id, *status, input.filter)).map(|(id, _)| id).take(wanted).collect()
    } else {
        people.map(|(id, _)| id).collect()
    };
    let has_more = ids.len() == wanted;
    ids.truncate(wanted - 1);
    let rows = ids.into_iter().skip(input.offset).filter_map(|id| row(desk, event, id).transpose()).collect::<Result<_, _>>()?;
    Ok(FoundParticipants { rows, has_more })
}

fn row(desk: &Desk, event: &StoredEvent, id: ParticipantId) -> Result<Option<ParticipantRow>, StoreError> {
    let reader = desk.store.reader();
    let Some(person) = participants::find(reader, event.id, id)? else { return Ok(None) };
    let last = inside::last_passage(reader, event.id, id)?;
    let answers = consents::present(reader, event.id, id)?;
    let badge = match badges::find(reader, event.id, id)? {
        None => BadgeState::NotPrinted,
        Some(printed) if printed.mark != mark(desk, event, &answers) => BadgeState::OldAnswer(printed.at),
        Some(printed) if printed.name != person.name => BadgeState::OldName(printed.at),
        Some(printed) => BadgeState::Printed(printed.at),
    };
    Ok(Some(ParticipantRow {
        id,
        badge,
        name: person.name,
        title: person.title,
        company: person.company,
        ticket_type: person.ticket_type,
        table: person.table,
        room: person.room,
        status: person.status,
        last: last.map(|passage| (passage.scan, passage.direction, passage.at)),
        photos: photo_state(desk, event, &answers),
        short_code: tickets::find_of(reader, event.id, id)?.map(|ticket| ticket.short_code),
    }))
}

type AnswersOfOne = HashMap<(PhotoPurpose, String), crate::domain::consent::Answer>;

fn photo_state(desk: &Desk, event: &StoredEvent, answers: &AnswersOfOne) -> PhotoState {
    if answers.is_empty() && event.photos == PhotoMode::Consent {
        return PhotoState::NotAsked;
    }
    PhotoState::Answered(mark(desk, event, answers))
}

fn mark(desk: &Desk, event: &StoredEvent, answers: &AnswersOfOne) -> BadgeMark {
    let channels = &desk.profile.event.photos.channels;
    let asked = PhotoPurpose::ALL.into_iter().flat_map(|purpose| channels.iter().map(move |channel| (purpose, channel.id.clone())));
    badge_mark(event.photos, asked.map(|key| answers.get(&key).copied()))
}

impl Standing {
    fn of(desk: &Desk, event: &StoredEvent) -> Result<Standing, StoreError> {
        let reader = desk.store.reader();
        let answers = consents::list_present(reader, event.id)?.into_iter();
        let no_photos = answers.filter(|(_, answers)| mark(desk, event, answers) == BadgeMark::No).map(|(id, _)| id).collect();
        Ok(Standing { last: inside::last_passages(reader, event.id)?, no_photos })
    }

    fn is(&self, id: ParticipantId, status: Status, filter: Filter) -> bool {
        match filter {
            Filter::Everybody => true,
            Filter::CheckedIn => self.last.get(&id).is_some_and(|passage| passage.direction == Direction::Entry),
            Filter::NotArrived => status != Status::Cancelled && !self.last.contains_key(&id),
            Filter::NoPhotos => self.no_photos.contains(&id),
        }
    }
}
