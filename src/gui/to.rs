//! Where a presenter sends somebody, and with what. `pages` takes them there.

use chrono::{DateTime, Utc};
use velkommen_ui::{Page, SignOutFault};

use super::faults::trouble;
use crate::desk::DeskError;
use crate::desk::check_in::{CheckedIn, ParticipantCard};
use crate::desk::invited::Invited;
use crate::desk::show_ticket::MyTicket;
use crate::desk::sign_in::SignedIn;
use crate::desk::sign_out::SignOutOutcome;
use crate::domain::check_in::Verdict;
use crate::domain::consent::BadgeMark;
use crate::domain::ids::EventId;
use crate::domain::language::Language;
use crate::domain::notice::Situation;

pub enum To {
    /// A page that needs nothing.
    Page(Page),
    /// The full notice of a situation, over the page that is open; what was typed there stays.
    Notice(Situation),
    /// Signing in, with everything filled in.
    Invited(Box<Invited>),
    SignedIn(SignedIn),
    /// Signing out, with what is wrong with the code.
    SignOut(SignOutFault),
    SignedOut(EndedVisit),
    /// Whatever a scanned code opens.
    Code(String),
    WalkIn,
    Welcome(HeldTicket),
    MyTicket(HeldTicket),
    /// Only a valid ticket knows when the doors open; everybody else is asked to see the desk.
    Refusal(Option<DateTime<Utc>>),
    /// The visits, with the sheet for signing somebody in.
    SignSomebodyIn,
    /// The roll call: the one that runs, or one that begins.
    RollCall,
    /// The same from a locked screen, where nobody sees a name.
    Evacuation,
    Event(EventId),
}

impl From<Page> for To {
    fn from(page: Page) -> To {
        To::Page(page)
    }
}

impl To {
    /// The page of a verdict. `code` is what shows and changes what is private; who came by name has none.
    pub fn of_verdict(judged: CheckedIn, ticket: Option<Box<MyTicket>>, code: Option<String>) -> To {
        match (judged.verdict, judged.participant.clone()) {
            (Verdict::Entered, Some(card)) => To::Welcome(HeldTicket::new(&judged, card, ticket, code)),
            (Verdict::AlreadyEntered, Some(card)) => To::MyTicket(HeldTicket::new(&judged, card, ticket, code)),
            (Verdict::TooEarly, _) => To::Refusal(judged.opens_at),
            _ => To::Refusal(None),
        }
    }

    /// Goodbye, or signing out with what is wrong with the code.
    pub fn of_sign_out(outcome: Result<SignOutOutcome, DeskError>) -> To {
        match outcome {
            Ok(SignOutOutcome::SignedOut { at, erase_after, .. }) => To::SignedOut(EndedVisit { at, erase_after, had_left: false }),
            Ok(SignOutOutcome::AlreadyLeft { at, erase_after, .. }) => To::SignedOut(EndedVisit { at, erase_after, had_left: true }),
            Ok(SignOutOutcome::Unknown) => To::SignOut(SignOutFault::Unknown),
            Ok(SignOutOutcome::TryLater) => To::SignOut(SignOutFault::TryLater),
            Err(error) => {
                trouble(&error);
                To::SignOut(SignOutFault::CannotSave)
            }
        }
    }
}

/// A visit that has just ended, or had ended before.
#[derive(Clone, Copy)]
pub struct EndedVisit {
    pub at: DateTime<Utc>,
    pub erase_after: DateTime<Utc>,
    /// The visitor was out of the house already.
    pub had_left: bool,
}

/// A ticket in somebody's hand, as long as their page is open.
pub struct HeldTicket {
    /// Who came by name has none, and sees nothing that is private.
    pub code: Option<String>,
    pub event: Option<EventId>,
    pub card: ParticipantCard,
    pub at: DateTime<Utc>,
    pub since: Option<DateTime<Utc>>,
    pub ticket: Option<Box<MyTicket>>,
    /// The language that `ticket` speaks.
    pub language: Option<Language>,
    /// A badge is still to come.
    pub wants_badge: bool,
    /// What the badge says that came out, or is on its way.
    pub badge: Option<BadgeMark>,
    /// A new badge is on its way instead of one that is no longer true.
    pub badge_is_new: bool,
}

impl HeldTicket {
    fn new(judged: &CheckedIn, card: ParticipantCard, ticket: Option<Box<MyTicket>>, code: Option<String>) -> HeldTicket {
        let badge = ticket.as_ref().and_then(|ticket| ticket.badge);
        let (event, at, since) = (judged.event, judged.at, judged.since);
        HeldTicket { code, event, card, at, since, ticket, language: None, wants_badge: false, badge, badge_is_new: false }
    }
}
