//! Sign out: by badge or by its short code.

use std::rc::Rc;

use slint::{ComponentHandle, SharedString};

use super::Kiosk;
use super::window::{self as ui, Page, SignOutFault};
use crate::desk::DeskError;
use crate::desk::sign_out::{SignOut, SignOutOutcome, sign_out};
use crate::domain::access::Actor;

pub(super) fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::SignOutAdapter>();
    page.on_edited(kiosk.calls(|kiosk| {
        super::time::note_activity(kiosk);
        kiosk.window.global::<ui::SignOutAdapter>().set_fault(SignOutFault::None);
    }));
    page.on_back(kiosk.calls(|kiosk| kiosk.rest()));
    page.on_sign_out(kiosk.calls(|kiosk| {
        let page = kiosk.window.global::<ui::SignOutAdapter>();
        let code = page.get_code();
        if code.trim().is_empty() {
            page.set_fault(SignOutFault::Missing);
        } else {
            by_code(kiosk, code.into());
        }
    }));
}

pub(super) fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::SignOutAdapter>();
    page.set_code(SharedString::new());
    page.set_fault(SignOutFault::None);
    page.set_busy(false);
}

/// Signs out whoever the typed code belongs to.
fn by_code(kiosk: &Rc<Kiosk>, code: String) {
    let page = kiosk.window.global::<ui::SignOutAdapter>();
    if page.get_busy() {
        return;
    }
    page.set_busy(true);
    kiosk.ask(
        move |desk| sign_out(desk, &Actor::Public, &SignOut::ByCode(code)),
        |kiosk, outcome| {
            kiosk.window.global::<ui::SignOutAdapter>().set_busy(false);
            settle(kiosk, outcome);
        },
    );
}

/// Says goodbye, or on the page for signing out what is wrong with the code.
pub(super) fn settle(kiosk: &Rc<Kiosk>, outcome: Result<SignOutOutcome, DeskError>) {
    let fault = match outcome {
        Ok(SignOutOutcome::SignedOut { at, erase_after, .. }) => {
            return super::signed_out::goodbye(kiosk, at, erase_after, super::signed_out::Was::InHouse);
        }
        Ok(SignOutOutcome::AlreadyLeft { at, erase_after, .. }) => {
            return super::signed_out::goodbye(kiosk, at, erase_after, super::signed_out::Was::Gone);
        }
        Ok(SignOutOutcome::Unknown) => SignOutFault::Unknown,
        Ok(SignOutOutcome::TryLater) => SignOutFault::TryLater,
        Err(error) => {
            super::kiosk::trouble(&error);
            SignOutFault::CannotSave
        }
    };
    if kiosk.page() != Page::SignOut {
        kiosk.rest_and_go(Page::SignOut, |_| {});
    }
    kiosk.window.global::<ui::SignOutAdapter>().set_fault(fault);
}
