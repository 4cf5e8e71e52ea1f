//! A refusal: one calm page that tells strangers nothing.

use std::rc::Rc;

use chrono::{DateTime, Utc};
use slint::{ComponentHandle, SharedString};
use velkommen_ui::{self as ui, Page, RefusalKind};

use crate::documents::dates;
use crate::gui::kiosk::{Kiosk, Part};

/// When the doors open, for somebody who was too early.
#[derive(Default)]
struct OpensAt(Option<DateTime<Utc>>);

pub const PART: Part = Part { connect, reset, refresh, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::RefusalAdapter>();
    page.on_done(kiosk.calls(|kiosk| kiosk.rest()));
    page.on_find_me(kiosk.calls(|kiosk| kiosk.rest_and_go(Page::FindMe, |_| {})));
}

/// Opens the page. Only a valid ticket knows when the doors open; everybody else is asked to see the desk.
pub(super) fn open(kiosk: &Rc<Kiosk>, opens_at: Option<DateTime<Utc>>) {
    kiosk.rest_and_go(Page::Refusal, |kiosk| kiosk.hold(OpensAt(opens_at)));
}

fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::RefusalAdapter>();
    page.set_kind(RefusalKind::SeeDesk);
    page.set_opens_on(SharedString::new());
    page.set_opens_at(SharedString::new());
}

fn refresh(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::RefusalAdapter>();
    let opens_at = kiosk.session::<OpensAt>().borrow().0.map(|at| kiosk.local(at));
    let language = kiosk.language();
    match opens_at {
        Some(at) => {
            let is_today = at.date_naive() == kiosk.now().date_naive();
            page.set_kind(RefusalKind::TooEarly);
            page.set_opens_on(if is_today { "".into() } else { dates::day_and_month(at.date_naive(), language).into() });
            page.set_opens_at(dates::time(&at, language).into());
        }
        None => page.set_kind(RefusalKind::SeeDesk),
    }
}
