//! Somebody shows or types a code, and the desk says what it is: a badge signs out, an invitation fills in the form, a ticket
//! checks in. Everything else is nobody's.

use super::check_in::{CheckedIn, Door, Source, Tries};
use super::invited::Invited;
use super::show_ticket::MyTicket;
use super::sign_out::{Ending, SignOutOutcome};
use super::ticket_code::{self, Holder, Meaning};
use super::{Desk, DeskError, show_ticket};
use crate::domain::access::{Actor, Verb, may};
use crate::domain::check_in::{Direction, Verdict};
use crate::domain::language::Language;
use crate::domain::ticket::read;
use crate::store::invitations;

/// A code, and in which language its holder reads.
#[derive(Clone)]
pub struct TakeCode {
    pub code: String,
    pub source: Source,
    pub language: Language,
}

/// What a code was, and what came of it.
#[derive(Debug)]
pub enum TakeCodeOutcome {
    /// A visitor's badge: its visit has ended.
    Badge(SignOutOutcome),
    /// An invitation: its holder only confirms. Nothing was written.
    Invitation(Box<Invited>),
    /// A ticket, or nobody's code; with what its holder may see where the door lets them in.
    Ticket(Box<CheckedIn>, Option<Box<MyTicket>>),
}

/// Within the transaction, before what its holder may see is read.
enum Taken {
    Badge(SignOutOutcome),
    Invitation(Box<Invited>),
    Ticket(CheckedIn),
}

/// Takes a code. Each room it needs is entered once.
///
/// **Shape** what the badge or the ticket asks for, in one transaction with the look-up: the visit's end, or a line of the ledger.
pub fn take_code(desk: &mut Desk, by: &Actor, input: &TakeCode) -> Result<TakeCodeOutcome, DeskError> {
    let now = desk.admit(by, Verb::TakeCode)?;
    let tries = Tries::of(desk, &now, by, input.source);
    // A signature needs nothing of the file, so nobody waits for the file meanwhile.
    let reading = read(&input.code, desk.ticket_keys()?);
    let door = Door::anywhere(desk, &now, Direction::Entry, &input.code);
    let ending = Ending::of(desk, &now, by, Verb::SignOutByCode);
    let is_allowed = |verb| may(by, verb);
    let taken = desk.write(&now, |tx| {
        let judge = |holder| door.judge_and_write(tx, &now, None, holder);
        if tries.are_used_up() {
            return judge(Holder::Nobody(Verdict::TryLater, None)).map(Taken::Ticket);
        }
        match ticket_code::meaning(tx, reading, None, now.at)? {
            Meaning::Badge(visit) if is_allowed(Verb::SignOutByCode) => ending.end(tx, &now, visit).map(Taken::Badge),
            Meaning::Invitation(invitation) if is_allowed(Verb::FindInvitation) => match invitations::find(tx, invitation, now.at)? {
                Some(invited) => Ok(Taken::Invitation(Box::new(invited.into()))),
                None => judge(ticket_code::UNMATCHED).map(Taken::Ticket),
            },
            Meaning::Ticket(holder) if is_allowed(Verb::CheckIn) => judge(holder).map(Taken::Ticket),
            Meaning::Badge(_) | Meaning::Invitation(_) | Meaning::Ticket(_) => judge(ticket_code::UNMATCHED).map(Taken::Ticket),
        }
    })?;
    Ok(match taken {
        Taken::Badge(outcome) => TakeCodeOutcome::Badge(outcome),
        Taken::Invitation(invited) => TakeCodeOutcome::Invitation(invited),
        Taken::Ticket(judged) => {
            tries.note(desk, &now, judged.verdict);
            let ticket = show_ticket::of_let_in(desk, &now, &judged, input.language)?;
            TakeCodeOutcome::Ticket(Box::new(judged), ticket.map(Box::new))
        }
    })
}
