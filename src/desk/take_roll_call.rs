//! The roll call: everybody in the house, for an evacuation. Visitors, and participants who checked in.

use chrono::{DateTime, Utc};

use super::list_open_visits::open_at;
use super::{Desk, DeskError, Now, StoreError, audit_act};
use crate::domain::access::{Actor, Verb};
use crate::domain::event::DOORS_OPEN_BEFORE;
use crate::domain::order::sort_by_names;
use crate::store::{events, participants, scans};

pub struct RollCall {
    pub taken_at: DateTime<Utc>,
    /// In the order of the family names.
    pub people: Vec<PersonInside>,
}

/// Somebody in the house.
pub struct PersonInside {
    /// Of the visit or the participant, to tell rows apart.
    pub key: String,
    pub name: String,
    pub company: Option<String>,
    /// Whom they visit, or the event they are at.
    pub host: Option<String>,
    pub since: DateTime<Utc>,
}

impl std::fmt::Debug for PersonInside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonInside(..)")
    }
}

/// Takes the roll call and writes down that it was taken.
///
/// **Source** PRIVACY, decisions ("Roll call holds visitors in the house and participants inside").
pub fn take_roll_call(desk: &mut Desk, by: &Actor) -> Result<RollCall, DeskError> {
    let now = desk.admit(by, Verb::TakeRollCall)?;
    let visitors = open_at(desk, &now)?.into_iter().map(|visit| {
        let person = PersonInside {
            key: visit.id.to_string(),
            name: visit.name,
            company: visit.company,
            host: visit.host,
            since: visit.signed_in_at,
        };
        (None, person)
    });
    let mut people: Vec<(Option<String>, PersonInside)> = visitors.chain(participants_inside(desk, &now)?).collect();
    sort_by_names(&mut people, desk.config.first_language(), |(sort_name, person)| (sort_name.as_deref(), &person.name));
    let mut line = desk.audit_line(&now, by, Verb::TakeRollCall);
    line.count = Some(people.len());
    desk.write(&now, |tx| audit_act(tx, &line))?;
    Ok(RollCall { taken_at: now.at, people: people.into_iter().map(|(_, person)| person).collect() })
}

/// Whoever is inside an event whose doors are open, with what they are sorted by.
fn participants_inside(desk: &Desk, now: &Now) -> Result<Vec<(Option<String>, PersonInside)>, StoreError> {
    let reader = desk.store.reader();
    let mut inside = Vec::new();
    for event in events::list_between(reader, now.at, now.at + DOORS_OPEN_BEFORE)? {
        let Some(list) = events::find_list(reader, event.id, None)? else { continue };
        let last = scans::list_last(reader, event.id, list.id)?;
        let people = participants::list(reader, event.id)?;
        inside.extend(people.into_iter().filter_map(|person| {
            let since = last.get(&person.id)?.inside_since()?;
            let inside = PersonInside {
                key: person.id.to_string(),
                name: person.name,
                company: person.company,
                host: Some(event.name.clone()),
                since,
            };
            Some((person.sort_name, inside))
        }));
    }
    Ok(inside)
}
