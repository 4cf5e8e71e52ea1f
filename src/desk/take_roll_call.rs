//! Who is looked for at an evacuation, now: on the roll call that runs, or, while none does, whoever is in the house.
//! Visitors, and participants who checked in.

use super::{Desk, DeskError, inside, running};
use crate::domain::access::{Actor, Verb};
use crate::domain::roll_call::RollCall;

/// Takes the roll call for a paper and writes down that it was taken; on a full disk later.
///
/// **Source** V12.
pub fn take_roll_call(desk: &mut Desk, by: &Actor) -> Result<RollCall, DeskError> {
    let now = desk.admit(by, Verb::TakeRollCall)?;
    let runs = running::load(desk)?;
    let people = match &runs {
        Some(running) => running.people.clone(),
        None => inside::everybody(desk, &now)?,
    };
    let mut line = desk.audit_line(&now, by, Verb::TakeRollCall);
    line.count = Some(people.len());
    desk.note_look(&now, line)?;
    Ok(running::with_names(desk, &now, by, runs.as_ref(), &people)?)
}
