//! The roll call that runs: with its names for staff, and without any for a locked screen.

use chrono::{DateTime, Utc};

use super::{Desk, DeskError, inside, running};
use crate::domain::access::{Actor, Verb};
use crate::domain::roll_call::RollCall;
use crate::store::roll_call;

/// What a locked screen may know of a roll call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RollCallFigures {
    pub began_at: DateTime<Utc>,
    pub people: usize,
    pub found: usize,
    /// Somebody has unlocked and counts: only staff end it from then on.
    pub is_counted: bool,
}

/// The roll call that runs, with whoever came in since it began. Who looks counts.
pub fn show_roll_call(desk: &mut Desk, by: &Actor) -> Result<Option<RollCall>, DeskError> {
    let now = desk.admit(by, Verb::TakeRollCall)?;
    let Some(mut runs) = running::load(desk)? else { return Ok(None) };
    let mut newcomers = inside::everybody(desk, &now)?;
    newcomers.retain(|person| !runs.people.iter().any(|sought| sought.id == person.id));
    let counts = by.staff_id().filter(|staff| runs.counted_by != Some(*staff));
    if !newcomers.is_empty() || counts.is_some() {
        runs.people.extend(&newcomers);
        runs.counted_by = counts.or(runs.counted_by);
        running::keep(desk, &now, Some(runs.clone()), None, |tx| {
            newcomers.iter().try_for_each(|person| roll_call::seek(tx, person))?;
            counts.map_or(Ok(()), |staff| roll_call::set_counted_by(tx, staff))
        })?;
    }
    Ok(Some(running::with_names(desk, &now, by, Some(&runs), &runs.people)?))
}

/// How the roll call that runs stands, in numbers.
pub fn show_figures(desk: &mut Desk, by: &Actor) -> Result<Option<RollCallFigures>, DeskError> {
    desk.admit(by, Verb::BeginRollCall)?;
    Ok(running::load(desk)?.map(|runs| RollCallFigures {
        began_at: runs.began_at,
        people: runs.people.len(),
        found: runs.people.iter().filter(|person| person.found_at.is_some()).count(),
        is_counted: runs.counted_by.is_some(),
    }))
}
