//! Sign out: by badge or by its short code.

use std::rc::Rc;

use slint::{ComponentHandle, SharedString};
use velkommen_ui::{self as ui, Page, SignOutFault};

use crate::desk::sign_out::{SignOut, sign_out};
use crate::domain::access::Actor;
use crate::gui::kiosk::{Kiosk, Part, field};
use crate::gui::to::To;

pub const PART: Part = Part { connect, reset, fields: &[field!(SignOutAdapter, get_code, set_code)], ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::SignOutAdapter>();
    page.on_edited(kiosk.calls(|kiosk| {
        kiosk.note_activity();
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

fn reset(kiosk: &Rc<Kiosk>) {
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
            kiosk.go(To::of_sign_out(outcome));
        },
    );
}

/// Says on the page what is wrong with the code; whoever comes from another page finds nothing else there.
pub(super) fn open(kiosk: &Rc<Kiosk>, fault: SignOutFault) {
    if kiosk.page() != Page::SignOut {
        kiosk.rest_and_go(Page::SignOut, |_| {});
    }
    kiosk.window.global::<ui::SignOutAdapter>().set_fault(fault);
}
