//! The code of a ticket, typed.

use std::rc::Rc;

use slint::{ComponentHandle, SharedString};

use super::kiosk::trouble;
use super::window::{self as ui, Page, TicketCodeFault};
use super::{Kiosk, check_in};
use crate::desk::check_in::Source;
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
        move |desk| Ok((check_in::judge(desk, &code, Source::Typed, language)?, code)),
        |kiosk, judged: Result<_, crate::desk::DeskError>| {
            let page = kiosk.window.global::<ui::TicketCodeAdapter>();
            page.set_busy(false);
            match judged {
                Ok(((judged, _), _)) if judged.verdict == Verdict::Unknown => page.set_fault(TicketCodeFault::Unknown),
                Ok(((judged, _), _)) if judged.verdict == Verdict::TryLater => page.set_fault(TicketCodeFault::TryLater),
                Ok(((judged, ticket), code)) => check_in::settle(kiosk, judged, ticket, Some(code)),
                Err(error) => {
                    trouble(&error);
                    page.set_fault(TicketCodeFault::CannotSave);
                }
            }
        },
    );
}
