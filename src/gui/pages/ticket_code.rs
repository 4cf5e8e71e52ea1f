//! The code of a ticket, typed.

use std::rc::Rc;

use slint::{ComponentHandle, SharedString};
use velkommen_ui::{self as ui, Page, TicketCodeFault};

use crate::desk::DeskError;
use crate::desk::check_in::Source;
use crate::desk::take_code::{TakeCode, TakeCodeOutcome, take_code};
use crate::domain::access::Actor;
use crate::domain::check_in::Verdict;
use crate::gui::faults::trouble;
use crate::gui::kiosk::{Kiosk, Part, field};
use crate::gui::to::To;

pub const PART: Part = Part { connect, reset, fields: &[field!(TicketCodeAdapter, get_code, set_code)], ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::TicketCodeAdapter>();
    page.on_edited(kiosk.calls(|kiosk| {
        kiosk.note_activity();
        kiosk.window.global::<ui::TicketCodeAdapter>().set_fault(TicketCodeFault::None);
    }));
    page.on_back(kiosk.calls(|kiosk| {
        reset(kiosk);
        kiosk.go(Page::CheckIn);
    }));
    page.on_check_in(kiosk.calls(typed));
}

fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::TicketCodeAdapter>();
    page.set_code(SharedString::new());
    page.set_fault(TicketCodeFault::None);
    page.set_busy(false);
}

fn typed(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::TicketCodeAdapter>();
    let code = page.get_code().trim().to_owned();
    if code.is_empty() {
        return page.set_fault(TicketCodeFault::Missing);
    }
    if page.get_busy() {
        return;
    }
    page.set_busy(true);
    let language = kiosk.language();
    kiosk.ask(
        move |desk| {
            let input = TakeCode { code, source: Source::Typed, language };
            Ok((take_code(desk, &Actor::Public, &input)?, input.code))
        },
        |kiosk, taken: Result<_, DeskError>| {
            let page = kiosk.window.global::<ui::TicketCodeAdapter>();
            page.set_busy(false);
            match taken {
                Ok((TakeCodeOutcome::Badge(outcome), _)) => kiosk.go(To::of_sign_out(Ok(outcome))),
                Ok((TakeCodeOutcome::Invitation(invited), _)) => kiosk.go(To::Invited(invited)),
                Ok((TakeCodeOutcome::Ticket(judged, ticket), code)) => match judged.verdict {
                    Verdict::Unknown => page.set_fault(TicketCodeFault::Unknown),
                    Verdict::TryLater => page.set_fault(TicketCodeFault::TryLater),
                    _ => kiosk.go(To::of_verdict(*judged, ticket, Some(code))),
                },
                Err(error) => {
                    trouble(&error);
                    page.set_fault(TicketCodeFault::CannotSave);
                }
            }
        },
    );
}
