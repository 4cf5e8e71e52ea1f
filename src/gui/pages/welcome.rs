//! Checked in: the welcome, and the question about pictures while it is open.

use std::rc::Rc;

use slint::{ComponentHandle, SharedString};
use velkommen_ui::{self as ui, BadgePromise, Page};

use crate::documents::dates;
use crate::gui::badges;
use crate::gui::kiosk::{Kiosk, Part};
use crate::gui::to::HeldTicket;

pub const PART: Part = Part { connect, reset, refresh, tick, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    kiosk.window.global::<ui::WelcomeAdapter>().on_done(kiosk.calls(|kiosk| kiosk.rest()));
}

/// Nothing of the last participant stays in the window.
fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::WelcomeAdapter>();
    for empty in [
        ui::WelcomeAdapter::set_name,
        ui::WelcomeAdapter::set_title,
        ui::WelcomeAdapter::set_company,
        ui::WelcomeAdapter::set_table,
        ui::WelcomeAdapter::set_room,
        ui::WelcomeAdapter::set_event,
        ui::WelcomeAdapter::set_starts,
        ui::WelcomeAdapter::set_time,
    ] {
        empty(&page, SharedString::new());
    }
    page.set_badge(BadgePromise::None);
}

/// Opens the page for somebody who has just entered; whoever stood here before is forgotten.
pub(super) fn open(kiosk: &Rc<Kiosk>, mut held: HeldTicket) {
    held.language = Some(kiosk.language());
    held.wants_badge = kiosk.prints("badge") && held.code.is_some();
    let is_asked = held.ticket.as_ref().is_some_and(|ticket| ticket.photos.is_open());
    kiosk.rest_and_go(Page::Welcome, |kiosk| kiosk.hold(Some(held)));
    if !is_asked {
        badges::print_held(kiosk);
    }
}

/// A printer may stop answering while the badge is still to come.
fn tick(kiosk: &Rc<Kiosk>) {
    let has_code = kiosk.session::<Option<HeldTicket>>().borrow().as_ref().is_some_and(|held| held.code.is_some());
    kiosk.window.global::<ui::WelcomeAdapter>().set_badge(if has_code { badges::promise(kiosk) } else { BadgePromise::None });
}

fn refresh(kiosk: &Rc<Kiosk>) {
    tick(kiosk);
    let held = kiosk.session::<Option<HeldTicket>>();
    let held = held.borrow();
    let Some(held) = held.as_ref() else { return };
    let language = kiosk.language();
    let page = kiosk.window.global::<ui::WelcomeAdapter>();
    let text = |text: &Option<String>| SharedString::from(text.as_deref().unwrap_or_default());
    page.set_name(held.card.name.as_str().into());
    page.set_title(text(&held.card.title));
    page.set_company(text(&held.card.company));
    page.set_table(text(&held.card.table));
    page.set_room(text(&held.card.room));
    page.set_time(dates::time(&kiosk.local(held.at), language).into());
    let doors = kiosk.doors.borrow();
    let door = doors.iter().find(|door| Some(door.id) == held.event);
    let name = door.map(|door| door.name.as_str()).or(held.ticket.as_ref().map(|ticket| ticket.event_name.as_str()));
    page.set_event(name.unwrap_or_default().into());
    let starts_at = door.map(|door| door.starts_at).or(held.ticket.as_ref().map(|ticket| ticket.starts_at));
    let still_to_come = starts_at.map(|at| kiosk.local(at)).filter(|at| *at > kiosk.now());
    page.set_starts(still_to_come.map_or_else(String::new, |at| dates::time(&at, language)).into());
}
