//! A visitor signs out by badge or code, or staff sign somebody out.

use chrono::{DateTime, Utc};

use super::{Desk, DeskError, audit_act};
use crate::domain::access::{Actor, Verb};
use crate::domain::code::ShortCode;
use crate::domain::ids::VisitId;
use crate::domain::retention::visit_erase_after;
use crate::domain::visit::VisitEnd;
use crate::store::{codes, messages, visits};

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
    let is_limited = *by == Actor::Public;
    if is_limited && !desk.code_tries.allows(now.since_boot) {
        return Ok(SignOutOutcome::TryLater);
    }
    let visit = match input {
        SignOut::OfVisit(visit) => Some(*visit),
        SignOut::ByCode(text) => match ShortCode::parse(text) {
            Some(code) => codes::find_visit(desk.store.reader(), &code)?,
            None => None,
        },
    };
    let found = match visit {
        Some(visit) => visits::find_state(desk.store.reader(), visit, now.at)?.map(|state| (visit, state)),
        None => None,
    };
    let Some((visit, state)) = found else {
        if is_limited {
            desk.code_tries.note_wrong(now.since_boot);
        }
        return Ok(SignOutOutcome::Unknown);
    };
    if let Some(left) = already_left(visit, &state) {
        return Ok(left);
    }
    // Past closing time the visit has ended, whether or not the day was closed yet. A clock in doubt closes nothing,
    // but neither does it make a visit begin later or last longer: that would put its erasure off.
    let at = now.at.clamp(state.signed_in_at, state.presumed_left_at);
    let kind = match now.doubt {
        None if at == state.presumed_left_at => VisitEnd::PresumedLeft,
        _ => VisitEnd::SignedOut,
    };
    let erase_after = visit_erase_after(at, desk.profile.visit.retention.days, desk.config.zone);
    let mut line = desk.audit_line(&now, by, verb);
    line.subject = Some(visit.to_string());
    let ended = desk.write(&now, |tx| {
        let ended = visits::end(tx, visit, at, kind, erase_after)?;
        if ended {
            messages::erase_of_visit(tx, visit)?;
            audit_act(tx, &line)?;
        }
        Ok(ended)
    })?;
    if !ended {
        // Another desk or a command was quicker.
        let state = visits::find_state(desk.store.reader(), visit, now.at)?;
        return Ok(state.and_then(|state| already_left(visit, &state)).unwrap_or(SignOutOutcome::Unknown));
    }
    Ok(match kind {
        VisitEnd::SignedOut => SignOutOutcome::SignedOut { visit, at, erase_after },
        VisitEnd::PresumedLeft => SignOutOutcome::AlreadyLeft { visit, at, erase_after },
    })
}

/// Whether a code is that of a visit, present or past. Tells a badge from a ticket, and nothing to anybody.
pub fn is_badge(desk: &Desk, code: &str) -> Result<bool, DeskError> {
    Ok(match ShortCode::parse(code) {
        Some(code) => codes::find_visit(desk.store.reader(), &code)?.is_some(),
        None => false,
    })
}

fn already_left(visit: VisitId, state: &visits::VisitState) -> Option<SignOutOutcome> {
    state.ended.map(|(at, _)| SignOutOutcome::AlreadyLeft { visit, at, erase_after: state.erase_after })
}
