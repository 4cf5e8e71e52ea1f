//! Not registered: somebody registers at the door of an event that allows it, and is checked in at once.

use std::rc::Rc;

use slint::{ComponentHandle, SharedString};
use velkommen_ui::{self as ui, Page, WalkInStep};

use crate::desk::DeskError;
use crate::desk::add_participant::{AddParticipant, AddParticipantOutcome, Way, add_participant};
use crate::desk::check_in::{CheckedIn, Source};
use crate::desk::show_ticket::MyTicket;
use crate::desk::sign_in::{Field, FieldFault};
use crate::desk::take_code::{TakeCode, TakeCodeOutcome, take_code};
use crate::domain::access::Actor;
use crate::domain::ids::EventId;
use crate::domain::notice::Situation;
use crate::gui::doors;
use crate::gui::faults::{field_fault, trouble};
use crate::gui::kiosk::{Kiosk, Part, field};
use crate::gui::to::To;

/// The event somebody registers for.
#[derive(Default)]
struct Chosen(Option<EventId>);

pub const PART: Part = Part {
    connect,
    reset,
    refresh,
    fields: &[
        field!(WalkInAdapter, get_name, set_name),
        field!(WalkInAdapter, get_title, set_title),
        field!(WalkInAdapter, get_company, set_company),
    ],
    ..Part::EMPTY
};

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::WalkInAdapter>();
    page.on_edited(kiosk.calls(|kiosk| {
        kiosk.note_activity();
        complain(kiosk, &[]);
    }));
    page.on_choose_event(kiosk.calls_with(|kiosk, key: SharedString| choose(kiosk, EventId::parse(&key))));
    page.on_back(kiosk.calls(back));
    page.on_stop(kiosk.calls(|kiosk| kiosk.rest()));
    page.on_read_notice(kiosk.calls(|kiosk| kiosk.go(To::Notice(Situation::Event))));
    page.on_check_in(kiosk.calls(register));
}

fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::WalkInAdapter>();
    for empty in [ui::WalkInAdapter::set_name, ui::WalkInAdapter::set_title, ui::WalkInAdapter::set_company, ui::WalkInAdapter::set_event] {
        empty(&page, SharedString::new());
    }
    page.set_events(slint::ModelRc::default());
    page.set_keep_months(0);
    page.set_step(WalkInStep::Event);
    page.set_busy(false);
    page.set_trouble(ui::Trouble::None);
    complain(kiosk, &[]);
}

/// Asks which event where there are several.
pub(super) fn open(kiosk: &Rc<Kiosk>) {
    reset(kiosk);
    let only = {
        let doors = kiosk.doors.borrow();
        let mut open = doors.iter().filter(|door| door.walk_ins).map(|door| door.id);
        open.next().filter(|_| open.next().is_none())
    };
    kiosk.hold(Chosen(only));
    if only.is_some() {
        kiosk.window.global::<ui::WalkInAdapter>().set_step(WalkInStep::Who);
    }
    kiosk.go(Page::WalkIn);
}

fn refresh(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::WalkInAdapter>();
    page.set_events(doors::rows(kiosk, |door| door.walk_ins));
    page.set_keep_months(kiosk.facts.borrow().profile.event.retention.months as i32);
    let chosen = kiosk.session::<Chosen>().borrow().0;
    let doors = kiosk.doors.borrow();
    let name = doors.iter().find(|door| Some(door.id) == chosen).map(|door| door.name.as_str());
    page.set_event(name.unwrap_or_default().into());
}

fn choose(kiosk: &Rc<Kiosk>, event: Option<EventId>) {
    kiosk.hold(Chosen(event));
    kiosk.window.global::<ui::WalkInAdapter>().set_step(WalkInStep::Who);
    kiosk.note_activity();
    refresh(kiosk);
}

fn back(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::WalkInAdapter>();
    let has_choice = slint::Model::row_count(&page.get_events()) > 1;
    if page.get_step() == WalkInStep::Who && has_choice {
        kiosk.note_activity();
        page.set_step(WalkInStep::Event);
    } else {
        reset(kiosk);
        kiosk.go(Page::CheckIn);
    }
}

/// What came of a registration.
enum Registered {
    In(Box<CheckedIn>, Option<Box<MyTicket>>, String),
    Refused(Vec<FieldFault>),
    /// The door was closed meanwhile.
    Closed,
}

fn register(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::WalkInAdapter>();
    let Some(event) = kiosk.session::<Chosen>().borrow().0 else { return page.set_step(WalkInStep::Event) };
    if page.get_busy() {
        return;
    }
    page.set_busy(true);
    page.set_trouble(ui::Trouble::None);
    let language = kiosk.language();
    let input = AddParticipant {
        event,
        name: page.get_name().into(),
        title: page.get_title().into(),
        company: page.get_company().into(),
        ticket_type: String::new(),
        table: String::new(),
        room: String::new(),
    };
    kiosk.ask(
        move |desk| -> Result<Registered, DeskError> {
            Ok(match add_participant(desk, &Actor::Public, &input, Way::WalkIn(language))? {
                AddParticipantOutcome::Added(added) => {
                    let code = added.ticket.as_str().to_owned();
                    let input = TakeCode { code: code.clone(), source: Source::Scanned, language };
                    match take_code(desk, &Actor::Public, &input)? {
                        TakeCodeOutcome::Ticket(judged, ticket) => Registered::In(judged, ticket, code),
                        TakeCodeOutcome::Badge(_) | TakeCodeOutcome::Invitation(_) => unreachable!("a ticket is signed as one"),
                    }
                }
                AddParticipantOutcome::Refused(faults) => Registered::Refused(faults),
                AddParticipantOutcome::NoEvent | AddParticipantOutcome::NoWalkIns => Registered::Closed,
            })
        },
        |kiosk, registered| {
            let page = kiosk.window.global::<ui::WalkInAdapter>();
            page.set_busy(false);
            match registered {
                Ok(Registered::In(judged, ticket, code)) => {
                    reset(kiosk);
                    kiosk.go(To::of_verdict(*judged, ticket, Some(code)));
                }
                Ok(Registered::Refused(faults)) => complain(kiosk, &faults),
                Ok(Registered::Closed) => kiosk.go(To::Refusal(None)),
                Err(error) => page.set_trouble(trouble(&error)),
            }
        },
    );
}

fn complain(kiosk: &Kiosk, faults: &[FieldFault]) {
    let page = kiosk.window.global::<ui::WalkInAdapter>();
    page.set_name_fault(field_fault(faults, Field::Name));
    page.set_title_fault(field_fault(faults, Field::Title));
    page.set_company_fault(field_fault(faults, Field::Company));
}
