//! Check in: the page at the door, and what comes of a code that was read on any public page.

use std::rc::Rc;

use slint::{ComponentHandle, ModelRc};
use velkommen_ui::{self as ui, Page, SignOutFault};

use crate::desk::DeskError;
use crate::desk::check_in::Source;
use crate::desk::take_code::{TakeCode, TakeCodeOutcome, take_code};
use crate::domain::access::Actor;
use crate::domain::check_in::Verdict;
use crate::domain::notice::Situation;
use crate::gui::doors;
use crate::gui::faults::trouble;
use crate::gui::kiosk::{Kiosk, Part};
use crate::gui::pace::Stay;
use crate::gui::to::To;

pub const PART: Part = Part { connect, reset, refresh, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::CheckInAdapter>();
    page.on_type_code(kiosk.calls(|kiosk| kiosk.go(Page::TicketCode)));
    page.on_find_me(kiosk.calls(|kiosk| kiosk.go(Page::FindMe)));
    page.on_walk_in(kiosk.calls(|kiosk| kiosk.go(To::WalkIn)));
    page.on_back(kiosk.calls(|kiosk| kiosk.rest()));
    page.on_privacy(kiosk.calls(|kiosk| kiosk.go(To::Notice(Situation::Event))));
    page.on_staff(kiosk.calls(|kiosk| kiosk.go(Page::Unlock)));
}

fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::CheckInAdapter>();
    page.set_busy(false);
    page.set_trouble(ui::Trouble::None);
    page.set_events(ModelRc::default());
}

fn refresh(kiosk: &Rc<Kiosk>) {
    doors::refresh(kiosk);
}

/// A code was scanned: a ticket checks in, a badge signs out. On a page with an outcome the next person begins.
pub(super) fn take(kiosk: &Rc<Kiosk>, code: String) {
    if kiosk.window.global::<ui::CheckInAdapter>().get_busy() {
        return;
    }
    if kiosk.stay() == Stay::Outcome {
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
                Ok((TakeCodeOutcome::Badge(outcome), _)) => kiosk.go(To::of_sign_out(Ok(outcome))),
                Ok((TakeCodeOutcome::Invitation(invited), _)) => kiosk.go(To::Invited(invited)),
                // Where no door is open, only visitors come with a code.
                Ok((TakeCodeOutcome::Ticket(judged, _), _)) if judged.verdict == Verdict::Unknown && kiosk.doors.borrow().is_empty() => {
                    kiosk.go(To::SignOut(SignOutFault::Unknown));
                }
                Ok((TakeCodeOutcome::Ticket(judged, ticket), code)) => kiosk.go(To::of_verdict(*judged, ticket, Some(code))),
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
