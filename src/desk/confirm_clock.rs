//! Two different staff confirm date and time, and with that end a doubt about the clock.

use super::{Desk, DeskError, audit_act};
use crate::domain::access::{Actor, Verb, may};
use crate::store::{desks, high_water};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmClockOutcome {
    /// The wall clock is believed from now on.
    Believed,
    /// It was the same person twice.
    NeedsAnother,
}

/// Ends the doubt: the mark is set to the wall clock as it stands.
///
/// **Shape** the high-water mark and one audit entry for each of the two.
/// **Source** CK1.
pub fn confirm_clock(desk: &mut Desk, first: &Actor, second: &Actor) -> Result<ConfirmClockOutcome, DeskError> {
    let now = desk.admit(first, Verb::ConfirmClock)?;
    if !may(second, Verb::ConfirmClock) {
        return Err(DeskError::NotAllowed { actor: second.word(), verb: Verb::ConfirmClock });
    }
    if first.staff_id() == second.staff_id() {
        return Ok(ConfirmClockOutcome::NeedsAnother);
    }
    let lines = [first, second].map(|by| desk.audit_line(&now, by, Verb::ConfirmClock));
    let build = desk.build;
    desk.store.write(|tx| {
        high_water::confirm(tx, now.at, build)?;
        desks::set_misdated(tx, true)?;
        lines.iter().try_for_each(|line| audit_act(tx, line))
    })?;
    desk.anchor = desk.clock.read();
    Ok(ConfirmClockOutcome::Believed)
}
