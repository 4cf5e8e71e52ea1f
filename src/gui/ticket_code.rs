//! The code of a ticket, typed.

use std::rc::Rc;

use slint::{ComponentHandle, SharedString};

use super::kiosk::trouble;
use super::window::{self as ui, Page, TicketCodeFault};
use super::{Kiosk, check_in, sign_in};
use crate::desk::check_in::{CheckedIn, Source};
use crate::desk::find_invitation::Invited;
use crate::desk::show_ticket::MyTicket;
use crate::domain::check_in::Verdict;

pub(super) fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::TicketCodeAdapter>();
    page.on_edited(kiosk.calls(|kiosk| {
        super::time::note_activity(kiosk);
        kiosk.window.global::<ui::TicketCodeAdapter>().set_fault(TicketCodeFault::None);
    }));
    page.on_back(kiosk.calls(|kiosk| {
        reset(kiosk);
        kiosk.go(Page::CheckIn);
    }));
    page.on_check_in(kiosk.calls(typed));
}

pub(super) fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::TicketCodeAdapter>();
    page.set_code(SharedString::new());
    page.set_fault(TicketCodeFault::None);
    page.set_busy(false);
}

/// Whose code was typed.
enum Came {
    Invited(Box<Invited>),
    Judged { judged: Box<CheckedIn>, ticket: Option<Box<MyTicket>>, code: String },
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
        move |desk| match check_in::invited(desk, &code)? {
            Some(invited) => Ok(Came::Invited(invited)),
            None => {
                let (judged, ticket) = check_in::judge(desk, &code, Source::Typed, language)?;
                Ok(Came::Judged { judged: Box::new(judged), ticket, code })
            }
        },
        |kiosk, came: Result<_, crate::desk::DeskError>| {
            let page = kiosk.window.global::<ui::TicketCodeAdapter>();
            page.set_busy(false);
            match came {
                Ok(Came::Invited(invited)) => sign_in::open_invited(kiosk, *invited),
                Ok(Came::Judged { judged, .. }) if judged.verdict == Verdict::Unknown => page.set_fault(TicketCodeFault::Unknown),
                Ok(Came::Judged { judged, .. }) if judged.verdict == Verdict::TryLater => page.set_fault(TicketCodeFault::TryLater),
                Ok(Came::Judged { judged, ticket, code }) => check_in::settle(kiosk, *judged, ticket, Some(code)),
                Err(error) => {
                    trouble(&error);
                    page.set_fault(TicketCodeFault::CannotSave);
                }
            }
        },
    );
}
