//! Checked in: the welcome, and the question about pictures while it is open.

use std::rc::Rc;

use slint::{ComponentHandle, SharedString};

use super::my_ticket::Held;
use super::window::{self as ui, Page};
use super::{Kiosk, badges, photos};
use crate::documents::dates;

pub(super) fn connect(kiosk: &Rc<Kiosk>) {
    kiosk.window.global::<ui::WelcomeAdapter>().on_done(kiosk.calls(|kiosk| kiosk.rest()));
}

/// Nothing of the last participant stays in the window.
pub(super) fn reset(kiosk: &Rc<Kiosk>) {
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
}

/// Opens the page for somebody who has just entered; whoever stood here before is forgotten.
pub(super) fn open(kiosk: &Rc<Kiosk>, mut held: Held) {
    held.language = Some(kiosk.language());
    held.wants_badge = kiosk.prints("badge") && held.code.is_some();
    let is_asked = held.ticket.as_ref().is_some_and(|ticket| ticket.photos.is_open());
    kiosk.window.global::<ui::WelcomeAdapter>().set_badge_prints(held.wants_badge);
    kiosk.rest_and_go(Page::Welcome, |session| session.held = Some(held));
    if !is_asked {
        print_badge(kiosk);
    }
}

/// Prints the badge that is still to come: after the answer about pictures, or when the page ends without one.
pub(super) fn print_badge(kiosk: &Rc<Kiosk>) {
    let ticket = kiosk.session.borrow_mut().held.as_mut().and_then(|held| {
        let is_wanted = std::mem::take(&mut held.wants_badge);
        held.code.clone().filter(|_| is_wanted).map(|code| (held.event, code))
    });
    if let Some((event, code)) = ticket {
        badges::print_for_ticket(kiosk, event, code);
    }
}

pub(super) fn refresh(kiosk: &Rc<Kiosk>) {
    photos::refresh(kiosk);
    let session = kiosk.session.borrow();
    let Some(held) = &session.held else { return };
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
