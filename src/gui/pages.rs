//! Every page in one row, and where a presenter's visitors go. A new page is its `.slint`, its presenter, and a row here.

use std::rc::Rc;
use std::sync::Arc;

use slint::ComponentHandle;
use velkommen_ui::{App, Page, Session};

use super::ask::Post;
use super::burst::Reading;
use super::kiosk::{Equip, Kiosk, OpensFor, Pages, Part, Row};
use super::pace::Stay;
use super::to::To;
use super::{aloud, badges, camera, chimes, outbox, rail, roll_call_paper, scan, time};
use crate::desk::{Desk, DeskError};
use crate::domain::access::Verb;
use crate::domain::clock::Clock;

mod add_participant;
mod check_in;
pub mod choose_device;
mod clock;
pub mod devices;
mod evacuation;
mod event;
mod events;
mod find_me;
mod home;
pub mod import;
mod my_ticket;
mod notice;
mod participant;
mod photos;
pub mod print_list;
mod refusal;
mod roll_call;
mod settings;
mod setup;
mod sign_in;
mod sign_out;
mod signed_in;
mod signed_out;
mod ticket_code;
mod today;
mod unlock;
mod visits;
mod walk_in;
mod welcome;

static PAGES: Pages = Pages { rows: ROWS, always: ALWAYS, take, opened };

/// A page for the public.
const PUBLIC: Row =
    Row { page: Page::Home, parts: &[], sheets: &[], stay: Stay::Asks, scans: Reading::Codes, opens_for: OpensFor::Everybody };

/// A page that says what came of it, for whoever stands there and for the next one's scan.
const OUTCOME: Row = Row { stay: Stay::Outcome, scans: Reading::Anything, ..PUBLIC };

/// A page for staff, where a scan means nothing.
const STAFF: Row = Row { stay: Stay::Locks, scans: Reading::Nothing, opens_for: OpensFor::Staff, ..PUBLIC };

const ROWS: &[Row] = &[
    Row { page: Page::Home, parts: &[home::PART], stay: Stay::Rests, scans: Reading::Anything, ..PUBLIC },
    Row { page: Page::SignIn, parts: &[sign_in::PART], ..PUBLIC },
    Row { page: Page::SignedIn, parts: &[signed_in::PART], ..OUTCOME },
    Row { page: Page::SignOut, parts: &[sign_out::PART], ..PUBLIC },
    Row { page: Page::SignedOut, parts: &[signed_out::PART], ..OUTCOME },
    Row { page: Page::CheckIn, parts: &[check_in::PART], stay: Stay::RestsAtDoor, scans: Reading::Anything, ..PUBLIC },
    Row { page: Page::TicketCode, parts: &[ticket_code::PART], ..PUBLIC },
    Row { page: Page::FindMe, parts: &[find_me::PART], ..PUBLIC },
    Row { page: Page::WalkIn, parts: &[walk_in::PART], ..PUBLIC },
    Row { page: Page::Welcome, parts: &[photos::PART, welcome::PART], ..OUTCOME },
    Row { page: Page::MyTicket, parts: &[photos::PART, my_ticket::PART], ..OUTCOME },
    Row { page: Page::Refusal, parts: &[refusal::PART], ..OUTCOME },
    Row { page: Page::Notice, parts: &[notice::PART], scans: Reading::Anything, ..PUBLIC },
    Row { page: Page::Unlock, parts: &[unlock::PART], ..PUBLIC },
    Row { page: Page::Evacuation, parts: &[evacuation::PART], stay: Stay::Holds, scans: Reading::Nothing, ..PUBLIC },
    Row { page: Page::Setup, parts: &[setup::PART], scans: Reading::Nothing, ..PUBLIC },
    Row { page: Page::Closed, stay: Stay::Rests, scans: Reading::Nothing, ..PUBLIC },
    Row { page: Page::Clock, parts: &[clock::PART], ..STAFF },
    Row { page: Page::Today, parts: &[outbox::PART, today::PART], ..STAFF },
    Row { page: Page::Visits, parts: &[visits::PART], opens_for: OpensFor::WhoMay(Verb::ListOpenVisits), ..STAFF },
    Row { page: Page::RollCall, parts: &[roll_call::PART], stay: Stay::Holds, opens_for: OpensFor::WhoMay(Verb::TakeRollCall), ..STAFF },
    Row { page: Page::Events, parts: &[events::PART], opens_for: OpensFor::WhoMay(Verb::ListEvents), ..STAFF },
    Row {
        page: Page::Event,
        parts: &[event::PART],
        sheets: &[participant::PART, add_participant::PART, import::PART, print_list::PART],
        opens_for: OpensFor::WhoMay(Verb::FindParticipant),
        ..STAFF
    },
    Row {
        page: Page::Settings,
        parts: &[settings::PART, devices::PART],
        sheets: &[choose_device::PART],
        opens_for: OpensFor::WhoMay(Verb::ChangeSettings),
        ..STAFF
    },
];

/// What belongs to no page.
const ALWAYS: &[Part] = &[aloud::PART, badges::PART, rail::PART, roll_call_paper::PART, scan::PART, time::PART];

/// Opens a kiosk with every page.
pub fn open(window: App, desk: Desk, clock: Arc<dyn Clock>, equip: Equip, post: Post) -> Result<Rc<Kiosk>, DeskError> {
    let kiosk = Kiosk::open(window, desk, clock, equip, post, &PAGES)?;
    kiosk.window.global::<Session>().on_choose_language(kiosk.calls_with(|kiosk, language| {
        kiosk.note_activity();
        kiosk.window.global::<Session>().set_language(language);
        kiosk.speak();
        aloud::read_page(kiosk);
    }));
    Ok(kiosk)
}

fn take(kiosk: &Rc<Kiosk>, to: To) {
    match to {
        To::Page(page) => kiosk.show(page),
        To::Notice(about) => notice::open(kiosk, about),
        To::Invited(invited) => sign_in::open(kiosk, *invited),
        To::SignedIn(signed_in) => signed_in::open(kiosk, signed_in),
        To::SignOut(fault) => sign_out::open(kiosk, fault),
        To::SignedOut(ended) => signed_out::open(kiosk, ended),
        To::Code(code) => check_in::take(kiosk, code),
        To::WalkIn => walk_in::open(kiosk),
        To::Welcome(held) => welcome::open(kiosk, held),
        To::MyTicket(held) => my_ticket::open(kiosk, held),
        To::Refusal(opens_at) => refusal::open(kiosk, opens_at),
        To::SignSomebodyIn => visits::open(kiosk),
        To::RollCall => roll_call::open(kiosk),
        To::Evacuation => evacuation::open(kiosk),
        To::Event(event) => event::open(kiosk, event),
    }
}

fn opened(kiosk: &Rc<Kiosk>, from: Page) {
    camera::look(kiosk);
    chimes::play(kiosk, from);
}
