//! Signed out: goodbye, without a name.

use std::rc::Rc;

use slint::{ComponentHandle, SharedString};
use velkommen_ui::{self as ui, Page};

use crate::documents::dates;
use crate::gui::kiosk::{Kiosk, Part};
use crate::gui::to::EndedVisit;

pub const PART: Part = Part { connect, reset, refresh, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    kiosk.window.global::<ui::SignedOutAdapter>().on_done(kiosk.calls(|kiosk| kiosk.rest()));
}

/// Opens the page for somebody who leaves; whoever stood here before is forgotten.
pub(super) fn open(kiosk: &Rc<Kiosk>, ended: EndedVisit) {
    kiosk.rest_and_go(Page::SignedOut, |kiosk| kiosk.hold(Some(ended)));
}

fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::SignedOutAdapter>();
    page.set_time(SharedString::new());
    page.set_erase_on(SharedString::new());
    page.set_had_left(false);
}

fn refresh(kiosk: &Rc<Kiosk>) {
    let Some(ended) = *kiosk.session::<Option<EndedVisit>>().borrow() else { return };
    let page = kiosk.window.global::<ui::SignedOutAdapter>();
    page.set_time(dates::time(&kiosk.local(ended.at), kiosk.language()).into());
    page.set_erase_on(dates::day_and_month(kiosk.local(ended.erase_after).date_naive(), kiosk.language()).into());
    page.set_had_left(ended.had_left);
}
