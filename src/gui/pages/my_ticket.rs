//! My ticket: who is checked in already sees since when, and may change the answer about pictures.

use std::rc::Rc;

use slint::{ComponentHandle, SharedString};
use velkommen_ui::{self as ui, Page};

use crate::documents::dates;
use crate::domain::notice::Situation;
use crate::gui::kiosk::{Kiosk, Part};
use crate::gui::to::{HeldTicket, To};

pub const PART: Part = Part { connect, reset, refresh, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::MyTicketAdapter>();
    page.on_done(kiosk.calls(|kiosk| kiosk.rest()));
    page.on_read_notice(kiosk.calls(|kiosk| kiosk.go(To::Notice(Situation::Event))));
}

/// Nothing of the last participant stays in the window.
fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::MyTicketAdapter>();
    for empty in [
        ui::MyTicketAdapter::set_name,
        ui::MyTicketAdapter::set_title,
        ui::MyTicketAdapter::set_company,
        ui::MyTicketAdapter::set_event,
        ui::MyTicketAdapter::set_table,
        ui::MyTicketAdapter::set_room,
        ui::MyTicketAdapter::set_since,
        ui::MyTicketAdapter::set_kept_until,
    ] {
        empty(&page, SharedString::new());
    }
}

/// Opens the page; whoever stood here before is forgotten.
pub(super) fn open(kiosk: &Rc<Kiosk>, mut held: HeldTicket) {
    held.language = Some(kiosk.language());
    kiosk.rest_and_go(Page::MyTicket, |kiosk| kiosk.hold(Some(held)));
}

fn refresh(kiosk: &Rc<Kiosk>) {
    let held = kiosk.session::<Option<HeldTicket>>();
    let held = held.borrow();
    let Some(held) = held.as_ref() else { return };
    let language = kiosk.language();
    let page = kiosk.window.global::<ui::MyTicketAdapter>();
    let text = |text: &Option<String>| SharedString::from(text.as_deref().unwrap_or_default());
    page.set_full(held.ticket.is_some());
    page.set_name(held.card.name.as_str().into());
    page.set_title(text(&held.card.title));
    page.set_company(text(&held.card.company));
    page.set_table(text(&held.card.table));
    page.set_room(text(&held.card.room));
    let since = held.since.or(held.ticket.as_ref().and_then(|ticket| ticket.inside_since));
    page.set_since(since.map_or_else(String::new, |at| kiosk.moment(at)).into());
    if let Some(ticket) = &held.ticket {
        page.set_event(ticket.event_name.as_str().into());
        page.set_kept_until(dates::long_date(kiosk.last_day(ticket.erase_after), language).into());
    }
}
