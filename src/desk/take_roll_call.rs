//! The roll call: everybody in the house, for an evacuation. Visitors, and participants who checked in.

use super::list_open_visits::open_at;
use super::{Desk, DeskError, Now, StoreError, inside};
use crate::domain::access::{Actor, Verb};
use crate::domain::order::sort_by_names;
use crate::domain::roll_call::{PersonInside, RollCall};
use crate::store::participants;

/// Takes the roll call and writes down that it was taken; on a full disk later.
///
/// **Source** V12.
pub fn take_roll_call(desk: &mut Desk, by: &Actor) -> Result<RollCall, DeskError> {
    let now = desk.admit(by, Verb::TakeRollCall)?;
    let zone = desk.config.zone;
    let visitors = open_at(desk, &now)?.into_iter().map(|visit| {
        let person = PersonInside {
            key: visit.id.to_string(),
            name: visit.name,
            company: visit.company,
            host: visit.host,
            since: visit.signed_in_at.with_timezone(&zone),
        };
        (None, person)
    });
    let mut people: Vec<(Option<String>, PersonInside)> = visitors.chain(participants_inside(desk, &now)?).collect();
    sort_by_names(&mut people, desk.config.first_language(), |(sort_name, person)| (sort_name.as_deref(), &person.name));
    let mut line = desk.audit_line(&now, by, Verb::TakeRollCall);
    line.count = Some(people.len());
    desk.note_look(&now, line)?;
    Ok(RollCall {
        organisation: desk.organisation().to_owned(),
        taken_at: now.at.with_timezone(&zone),
        clock_doubt: now.doubt,
        people: people.into_iter().map(|(_, person)| person).collect(),
    })
}

/// Whoever is inside an event whose day is not closed, with what they are sorted by.
fn participants_inside(desk: &Desk, now: &Now) -> Result<Vec<(Option<String>, PersonInside)>, StoreError> {
    let mut people = Vec::new();
    for (event, inside) in inside::in_house(desk, now)? {
        people.extend(participants::list(desk.store.reader(), event.id)?.into_iter().filter_map(|person| {
            let since = inside.get(&person.id)?;
            let inside = PersonInside {
                key: person.id.to_string(),
                name: person.name,
                company: person.company,
                host: Some(event.name.clone()),
                since: since.with_timezone(&desk.config.zone),
            };
            Some((person.sort_name, inside))
        }));
    }
    Ok(people)
}
