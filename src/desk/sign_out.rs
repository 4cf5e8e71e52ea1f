//! A visitor signs out by badge or code, or staff sign somebody out.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use rusqlite::Transaction;

use super::check_in::Tries;
use super::{Desk, DeskError, Now, StoreError, audit_act};
use crate::domain::access::{Actor, Verb};
use crate::domain::code::{ShortCode, TryKind};
use crate::domain::ids::VisitId;
use crate::domain::retention::visit_erase_after;
use crate::domain::visit::VisitEnd;
use crate::store::audit::NewAuditEntry;
use crate::store::codes::{self, CodeOwner};
use crate::store::{messages, visits};

/// Whose visit ends.
#[derive(Clone, Debug)]
pub enum SignOut {
    /// The text of a badge's QR, or what was typed.
    ByCode(String),
    /// Chosen in a staff list.
    OfVisit(VisitId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignOutOutcome {
    SignedOut {
        visit: VisitId,
        at: DateTime<Utc>,
        erase_after: DateTime<Utc>,
    },
    /// The visit had ended before; nothing was written.
    AlreadyLeft {
        visit: VisitId,
        at: DateTime<Utc>,
        erase_after: DateTime<Utc>,
    },
    /// Nobody knows this code.
    Unknown,
    /// Too many wrong codes at this kiosk; the code was not looked up.
    TryLater,
}

/// Ends a visit.
///
/// **Shape** the visit's end and its new `erase_after`, committed; for staff and operator one audit entry.
pub fn sign_out(desk: &mut Desk, by: &Actor, input: &SignOut) -> Result<SignOutOutcome, DeskError> {
    let verb = match input {
        SignOut::ByCode(_) => Verb::SignOutByCode,
        SignOut::OfVisit(_) => Verb::SignOutVisit,
    };
    let now = desk.admit(by, verb)?;
    let tries = Tries::by_hand(desk, &now, by, TryKind::Badge);
    if tries.are_used_up() {
        return Ok(SignOutOutcome::TryLater);
    }
    let ending = Ending::of(desk, &now, by, verb);
    let outcome = desk.write(&now, |tx| {
        let visit = match input {
            SignOut::OfVisit(visit) => Some(*visit),
            SignOut::ByCode(text) => visit_of(tx, text)?,
        };
        visit.map_or(Ok(SignOutOutcome::Unknown), |visit| ending.end(tx, &now, visit))
    })?;
    if outcome == SignOutOutcome::Unknown {
        tries.note_wrong(desk, &now);
    }
    Ok(outcome)
}

fn visit_of(tx: &Transaction, text: &str) -> Result<Option<VisitId>, StoreError> {
    let owner = match ShortCode::parse(text) {
        Some(code) => codes::find_owner(tx, &code)?,
        None => None,
    };
    Ok(match owner {
        Some(CodeOwner::Visit(visit)) => Some(visit),
        Some(CodeOwner::Ticket(_) | CodeOwner::Invitation(_)) | None => None,
    })
}

/// How a visit ends here, whoever asks for it.
pub(super) struct Ending {
    days: u32,
    zone: Tz,
    line: NewAuditEntry,
    kind: VisitEnd,
}

impl Ending {
    pub(super) fn of(desk: &Desk, now: &Now, by: &Actor, verb: Verb) -> Ending {
        let line = desk.audit_line(now, by, verb);
        Ending { days: desk.profile.visit.retention.days, zone: desk.config.zone, line, kind: VisitEnd::SignedOut }
    }

    /// Nobody saw them leave.
    pub(super) fn presumed(self) -> Ending {
        Ending { kind: VisitEnd::PresumedLeft, ..self }
    }

    /// Ends a visit, unless it has ended before.
    pub(super) fn end(&self, tx: &Transaction, now: &Now, visit: VisitId) -> Result<SignOutOutcome, StoreError> {
        let Some(state) = visits::find_state(tx, visit, now.at)? else { return Ok(SignOutOutcome::Unknown) };
        if let Some((at, _)) = state.ended {
            return Ok(SignOutOutcome::AlreadyLeft { visit, at, erase_after: state.erase_after });
        }
        // Past closing time the visit has ended, whether or not the day was closed yet. A clock in doubt closes nothing,
        // but neither does it make a visit begin later or last longer: that would put its erasure off.
        let at = now.at.clamp(state.signed_in_at, state.presumed_left_at);
        let kind = match now.doubt {
            None if at == state.presumed_left_at => VisitEnd::PresumedLeft,
            _ => self.kind,
        };
        let erase_after = visit_erase_after(at, self.days, self.zone);
        visits::end(tx, visit, at, kind, erase_after)?;
        messages::erase_of_visit(tx, visit)?;
        audit_act(tx, &NewAuditEntry { subject: Some(visit.to_string()), ..self.line.clone() })?;
        Ok(match kind {
            VisitEnd::SignedOut => SignOutOutcome::SignedOut { visit, at, erase_after },
            VisitEnd::PresumedLeft => SignOutOutcome::AlreadyLeft { visit, at, erase_after },
        })
    }
}
