//! Signed out: goodbye, without a name.

use std::rc::Rc;

use chrono::{DateTime, Utc};
use slint::{ComponentHandle, SharedString};

use super::Kiosk;
use super::window::{self as ui, Page};
use crate::documents::dates;

/// A visit that has just ended, or had ended before.
#[derive(Clone, Copy)]
pub struct Ended {
    at: DateTime<Utc>,
    erase_after: DateTime<Utc>,
    was: Was,
}

/// Where the visitor was when the badge was scanned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Was {
    InHouse,
    Gone,
}

pub(super) fn connect(kiosk: &Rc<Kiosk>) {
    kiosk.window.global::<ui::SignedOutAdapter>().on_done(kiosk.calls(|kiosk| kiosk.rest()));
}

/// Opens the page for somebody who leaves; whoever stood here before is forgotten.
pub(super) fn goodbye(kiosk: &Rc<Kiosk>, at: DateTime<Utc>, erase_after: DateTime<Utc>, was: Was) {
    kiosk.rest_and_go(Page::SignedOut, |session| session.signed_out = Some(Ended { at, erase_after, was }));
}

pub(super) fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::SignedOutAdapter>();
    page.set_time(SharedString::new());
    page.set_erase_on(SharedString::new());
    page.set_had_left(false);
}

pub(super) fn refresh(kiosk: &Rc<Kiosk>) {
    let Some(ended) = kiosk.session.borrow().signed_out else { return };
    let page = kiosk.window.global::<ui::SignedOutAdapter>();
    page.set_time(dates::time(&kiosk.local(ended.at), kiosk.language()).into());
    page.set_erase_on(dates::day_and_month(kiosk.local(ended.erase_after).date_naive(), kiosk.language()).into());
    page.set_had_left(ended.was == Was::Gone);
}
