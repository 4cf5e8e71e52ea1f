//! The rail of all staff pages: who has unlocked, and where they may go.

use std::rc::Rc;

use slint::ComponentHandle;
use velkommen_ui::{self as ui, Page};

use super::faults::trouble;
use super::kiosk::{Kiosk, Part};
use super::pace;
use crate::desk::DeskError;

pub const PART: Part = Part { connect, reset, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let staff = kiosk.window.global::<ui::StaffAdapter>();
    staff.on_today(kiosk.calls(|kiosk| kiosk.go(Page::Today)));
    staff.on_visits(kiosk.calls(|kiosk| kiosk.go(Page::Visits)));
    staff.on_events(kiosk.calls(|kiosk| kiosk.go(Page::Events)));
    staff.on_settings(kiosk.calls(|kiosk| kiosk.go(Page::Settings)));
    staff.on_lock(kiosk.calls(|kiosk| kiosk.rest()));
}

fn reset(kiosk: &Rc<Kiosk>) {
    let staff = kiosk.window.global::<ui::StaffAdapter>();
    staff.set_name("".into());
    staff.set_cannot_read(false);
    staff.set_locks_in_seconds(pace::STAFF.as_secs() as i32);
}

/// Fills the rail for whoever unlocked.
pub fn refresh(kiosk: &Rc<Kiosk>) {
    let staff = kiosk.window.global::<ui::StaffAdapter>();
    staff.set_name(kiosk.staff.borrow().as_ref().map(|(_, name)| name.as_str()).unwrap_or_default().into());
    staff.set_cannot_read(false);
    staff.set_may_visits(kiosk.may_open(Page::Visits));
    staff.set_may_events(kiosk.may_open(Page::Events));
    staff.set_may_settings(kiosk.may_open(Page::Settings));
}

/// Says on the page that what it shows may be older than what is kept.
pub fn cannot_read(kiosk: &Kiosk, error: &DeskError) {
    trouble(error);
    kiosk.window.global::<ui::StaffAdapter>().set_cannot_read(true);
}

/// Where somebody's work begins.
pub fn first_page(kiosk: &Kiosk) -> Page {
    if kiosk.may_open(Page::Visits) || !kiosk.may_open(Page::Settings) { Page::Today } else { Page::Settings }
}
