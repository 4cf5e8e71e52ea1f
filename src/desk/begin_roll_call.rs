//! An evacuation: a roll call begins, and runs until somebody ends it. Whoever stands at the screen may begin one.

use super::{Desk, DeskError, inside, running};
use crate::domain::access::{Actor, Verb};
use crate::domain::retention::visit_erase_after;
use crate::domain::roll_call::{RollCall, RunningRollCall};
use crate::store::roll_call;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BeginRollCallOutcome {
    /// For the paper: nobody but staff sees on a screen who is on it.
    Begun(RollCall),
    /// One runs already; nothing was written.
    Runs(RollCall),
}

/// Begins a roll call of everybody in the house.
///
/// **Shape** the roll call, and one audit entry, whoever begins it; in memory until the file takes them.
/// **Source** V13.
pub fn begin_roll_call(desk: &mut Desk, by: &Actor) -> Result<BeginRollCallOutcome, DeskError> {
    let now = desk.admit(by, Verb::BeginRollCall)?;
    if let Some(runs) = running::load(desk)? {
        return Ok(BeginRollCallOutcome::Runs(running::with_names(desk, &now, by, Some(&runs), &runs.people)?));
    }
    let people = inside::everybody(desk, &now)?;
    let erase_after = visit_erase_after(now.at, desk.profile.visit.retention.days, desk.config.zone);
    let begun = RunningRollCall { began_at: now.at, began_by: by.staff_id(), counted_by: by.staff_id(), erase_after, people };
    let mut line = desk.audit_line(&now, by, Verb::BeginRollCall);
    line.count = Some(begun.people.len());
    running::keep(desk, &now, Some(begun.clone()), Some(line), |tx| roll_call::replace(tx, &begun))?;
    Ok(BeginRollCallOutcome::Begun(running::with_names(desk, &now, by, Some(&begun), &begun.people)?))
}
