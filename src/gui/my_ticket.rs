//! My ticket: who is checked in already sees since when, and may change the answer about pictures.

use std::rc::Rc;

use chrono::{DateTime, TimeDelta, Utc};
use slint::{ComponentHandle, SharedString};

use super::window::{self as ui, Page};
use super::{Kiosk, photos};
use crate::desk::check_in::{CheckedIn, ParticipantCard};
use crate::desk::show_ticket::MyTicket;
use crate::documents::dates;
use crate::domain::ids::EventId;
use crate::domain::language::Language;
use crate::domain::notice::Situation;

/// A ticket in somebody's hand, as long as their page is open.
pub struct Held {
    /// Who came by name has none, and sees nothing that is private.
    pub code: Option<String>,
    pub event: Option<EventId>,
    pub card: ParticipantCard,
    pub at: DateTime<Utc>,
    pub since: Option<DateTime<Utc>>,
    pub ticket: Option<Box<MyTicket>>,
    /// The language that `ticket` speaks.
    pub language: Option<Language>,
    /// A badge is still to come.
    pub wants_badge: bool,
}

impl Held {
    pub fn new(judged: &CheckedIn, card: ParticipantCard, ticket: Option<Box<MyTicket>>, code: Option<String>) -> Held {
        Held { code, event: judged.event, card, at: judged.at, since: judged.since, ticket, language: None, wants_badge: false }
    }
}

pub(super) fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::MyTicketAdapter>();
    page.on_done(kiosk.calls(|kiosk| kiosk.rest()));
    page.on_read_notice(kiosk.calls(|kiosk| super::notice::open_about(kiosk, Situation::Event)));
}

/// Nothing of the last participant stays in the window.
pub(super) fn reset(kiosk: &Rc<Kiosk>) {
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
pub(super) fn open(kiosk: &Rc<Kiosk>, mut held: Held) {
    held.language = Some(kiosk.language());
    kiosk.rest_and_go(Page::MyTicket, |session| session.held = Some(held));
}

pub(super) fn refresh(kiosk: &Rc<Kiosk>) {
    photos::refresh(kiosk);
    let session = kiosk.session.borrow();
    let Some(held) = &session.held else { return };
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
        page.set_kept_until(dates::long_date(last_day(kiosk, ticket.erase_after), language).into());
    }
}

/// The last day on which something is there that is erased at `erase_after`.
pub(super) fn last_day(kiosk: &Kiosk, erase_after: DateTime<Utc>) -> chrono::NaiveDate {
    kiosk.local(erase_after - TimeDelta::milliseconds(1)).date_naive()
}
