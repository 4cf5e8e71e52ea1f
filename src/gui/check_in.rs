//! Check in: the page at the door, and what comes of a code that was read on any public page.

use std::rc::Rc;

use slint::{ComponentHandle, ModelRc};

use super::Kiosk;
use super::kiosk::trouble;
use super::window::{self as ui, Page};
use super::{doors, my_ticket, refusal, sign_in, sign_out, welcome};
use crate::desk::DeskError;
use crate::desk::check_in::{CheckedIn, Source};
use crate::desk::show_ticket::MyTicket;
use crate::desk::sign_out::SignOutOutcome;
use crate::desk::take_code::{TakeCode, TakeCodeOutcome, take_code};
use crate::domain::access::Actor;
use crate::domain::check_in::Verdict;
use crate::domain::notice::Situation;

pub(super) fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::CheckInAdapter>();
    page.on_type_code(kiosk.calls(|kiosk| kiosk.go(Page::TicketCode)));
    page.on_find_me(kiosk.calls(|kiosk| kiosk.go(Page::FindMe)));
    page.on_walk_in(kiosk.calls(super::walk_in::open));
    page.on_back(kiosk.calls(|kiosk| kiosk.rest()));
    page.on_privacy(kiosk.calls(|kiosk| super::notice::open_about(kiosk, Situation::Event)));
    page.on_staff(kiosk.calls(|kiosk| kiosk.go(Page::Unlock)));
}

pub(super) fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::CheckInAdapter>();
    page.set_busy(false);
    page.set_trouble(ui::Trouble::None);
    page.set_events(ModelRc::default());
}

pub(super) fn refresh(kiosk: &Rc<Kiosk>) {
    doors::refresh(kiosk);
}

/// A code was scanned: a ticket checks in, a badge signs out. On a page with an outcome the next person begins.
pub(super) fn scanned(kiosk: &Rc<Kiosk>, code: String) {
    if kiosk.window.global::<ui::CheckInAdapter>().get_busy() {
        return;
    }
    if matches!(kiosk.page(), Page::SignedIn | Page::SignedOut | Page::Welcome | Page::Refusal | Page::MyTicket) {
        kiosk.rest();
    }
    let page = kiosk.window.global::<ui::CheckInAdapter>();
    page.set_busy(true);
    page.set_trouble(ui::Trouble::None);
    let language = kiosk.language();
    kiosk.ask(
        move |desk| {
            let input = TakeCode { code, source: Source::Scanned, language };
            Ok((take_code(desk, &Actor::Public, &input)?, input.code))
        },
        |kiosk, taken: Result<_, DeskError>| {
            let page = kiosk.window.global::<ui::CheckInAdapter>();
            page.set_busy(false);
            match taken {
                Ok((TakeCodeOutcome::Badge(outcome), _)) => sign_out::settle(kiosk, Ok(outcome)),
                Ok((TakeCodeOutcome::Invitation(invited), _)) => sign_in::open_invited(kiosk, *invited),
                // Where no door is open, only visitors come with a code.
                Ok((TakeCodeOutcome::Ticket(judged, _), _)) if judged.verdict == Verdict::Unknown && kiosk.doors.borrow().is_empty() => {
                    sign_out::settle(kiosk, Ok(SignOutOutcome::Unknown));
                }
                Ok((TakeCodeOutcome::Ticket(judged, ticket), code)) => settle(kiosk, *judged, ticket, Some(code)),
                Err(error) => {
                    page.set_trouble(trouble(&error));
                    if kiosk.page() != Page::CheckIn {
                        kiosk.rest_and_go(Page::CheckIn, |_| {});
                        page.set_trouble(trouble(&error));
                    }
                }
            }
        },
    );
}

/// Opens the page of a verdict. `code` is what shows and changes what is private; who came by name has none.
pub(super) fn settle(kiosk: &Rc<Kiosk>, judged: CheckedIn, ticket: Option<Box<MyTicket>>, code: Option<String>) {
    match (judged.verdict, judged.participant.clone()) {
        (Verdict::Entered, Some(card)) => welcome::open(kiosk, my_ticket::Held::new(&judged, card, ticket, code)),
        (Verdict::AlreadyEntered, Some(card)) => my_ticket::open(kiosk, my_ticket::Held::new(&judged, card, ticket, code)),
        (Verdict::TooEarly, _) => refusal::open(kiosk, judged.opens_at),
        _ => refusal::open(kiosk, None),
    }
}
