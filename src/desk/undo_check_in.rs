//! A check-in is taken back, with a reason.

use super::{Desk, DeskError, audit_act};
use crate::domain::access::{Actor, Verb};
use crate::domain::event::UndoReason;
use crate::domain::ids::ScanId;
use crate::domain::text::TextFault;
use crate::store::{events, scans};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UndoCheckInOutcome {
    Undone,
    /// There is no such scan, or it let nobody through.
    NoCheckIn,
    AlreadyUndone,
    /// The reason that was given is none.
    Refused(TextFault),
}

/// Takes an entry or an exit back.
///
/// **Shape** a row of its own beside the scan, which stays as it is, and one audit entry.
pub fn undo_check_in(desk: &mut Desk, by: &Actor, scan: ScanId, reason: &str) -> Result<UndoCheckInOutcome, DeskError> {
    let now = desk.admit(by, Verb::UndoCheckIn)?;
    let reason = match UndoReason::parse(reason) {
        Ok(reason) => reason,
        Err(fault) => return Ok(UndoCheckInOutcome::Refused(fault)),
    };
    let own_name = desk.config.desk.clone();
    let mut line = desk.audit_line(&now, by, Verb::UndoCheckIn);
    line.subject = Some(scan.to_string());
    let outcome = desk.write(&now, |tx| {
        let Some(state) = scans::find_state(tx, scan)? else { return Ok(UndoCheckInOutcome::NoCheckIn) };
        let is_kept = match state.event {
            Some(event) => events::find(tx, event, now.at)?.is_some(),
            None => false,
        };
        if !is_kept || !state.verdict.is_passage() {
            return Ok(UndoCheckInOutcome::NoCheckIn);
        }
        if state.is_undone || !scans::undo(tx, scan, by, &reason, &own_name, now.at)? {
            return Ok(UndoCheckInOutcome::AlreadyUndone);
        }
        audit_act(tx, &line)?;
        Ok(UndoCheckInOutcome::Undone)
    })?;
    Ok(outcome)
}
