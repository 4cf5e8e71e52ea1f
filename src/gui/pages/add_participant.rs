//! Staff, one participant more: added by hand, and let in at once where the doors are open.

use std::rc::Rc;

use slint::{ComponentHandle, SharedString};
use velkommen_ui::{self as ui, EventSheet};

use crate::desk::add_participant::{AddParticipant, AddParticipantOutcome, Way, add_participant};
use crate::desk::check_in::check_in_participant;
use crate::desk::sign_in::{Field, FieldFault};
use crate::domain::check_in::Direction;
use crate::domain::ids::ParticipantId;
use crate::gui::faults::{field_fault, trouble};
use crate::gui::kiosk::{Kiosk, Part};
use crate::gui::open_event::{OpenEvent, close_sheet, event_of, turn_to};

/// Who was just added.
#[derive(Default)]
struct Added(Option<ParticipantId>);

pub const PART: Part = Part { connect, reset, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let sheet = kiosk.window.global::<ui::AddParticipantAdapter>();
    kiosk.window.global::<ui::EventAdapter>().on_open_add(kiosk.calls(open));
    sheet.on_edited(kiosk.calls(|kiosk| {
        kiosk.note_activity();
        complain(kiosk, &[]);
    }));
    sheet.on_add(kiosk.calls(add));
    sheet.on_check_in(kiosk.calls(check_in));
    sheet.on_close(kiosk.calls(close_sheet));
}

fn reset(kiosk: &Rc<Kiosk>) {
    let sheet = kiosk.window.global::<ui::AddParticipantAdapter>();
    for empty in [
        ui::AddParticipantAdapter::set_name,
        ui::AddParticipantAdapter::set_title,
        ui::AddParticipantAdapter::set_company,
        ui::AddParticipantAdapter::set_code,
    ] {
        empty(&sheet, SharedString::new());
    }
    sheet.set_busy(false);
    sheet.set_trouble(ui::Trouble::None);
    complain(kiosk, &[]);
    kiosk.session::<Added>().take();
}

fn open(kiosk: &Rc<Kiosk>) {
    close_sheet(kiosk);
    turn_to(kiosk, EventSheet::Add);
}

fn add(kiosk: &Rc<Kiosk>) {
    let sheet = kiosk.window.global::<ui::AddParticipantAdapter>();
    let Some(event) = event_of(kiosk) else { return };
    if sheet.get_busy() {
        return;
    }
    sheet.set_busy(true);
    sheet.set_trouble(ui::Trouble::None);
    let input = AddParticipant {
        event,
        name: sheet.get_name().into(),
        title: sheet.get_title().into(),
        company: sheet.get_company().into(),
        ticket_type: String::new(),
        table: String::new(),
        room: String::new(),
    };
    let by = kiosk.actor();
    kiosk.ask(
        move |desk| add_participant(desk, &by, &input, Way::ByStaff),
        |kiosk, outcome| {
            let sheet = kiosk.window.global::<ui::AddParticipantAdapter>();
            sheet.set_busy(false);
            match outcome {
                Ok(AddParticipantOutcome::Added(added)) => {
                    sheet.set_code(added.short_code.shown().into());
                    let is_open = kiosk.session::<OpenEvent>().borrow().event.as_ref().is_some_and(|event| event.is_open);
                    sheet.set_may_check_in(is_open);
                    kiosk.hold(Added(Some(added.participant)));
                    turn_to(kiosk, EventSheet::Added);
                    kiosk.speak();
                }
                Ok(AddParticipantOutcome::Refused(faults)) => complain(kiosk, &faults),
                Ok(AddParticipantOutcome::NoEvent | AddParticipantOutcome::NoWalkIns) => kiosk.go(ui::Page::Events),
                Err(error) => sheet.set_trouble(trouble(&error)),
            }
        },
    );
}

/// Lets in who was just added.
fn check_in(kiosk: &Rc<Kiosk>) {
    let sheet = kiosk.window.global::<ui::AddParticipantAdapter>();
    let added = kiosk.session::<Added>().borrow().0;
    let (Some(event), Some(participant)) = (event_of(kiosk), added) else { return };
    if sheet.get_busy() {
        return;
    }
    sheet.set_busy(true);
    let by = kiosk.actor();
    kiosk.ask(
        move |desk| check_in_participant(desk, &by, event, participant, Direction::Entry),
        |kiosk, outcome| {
            let sheet = kiosk.window.global::<ui::AddParticipantAdapter>();
            sheet.set_busy(false);
            match outcome {
                Ok(_) => {
                    close_sheet(kiosk);
                    kiosk.speak();
                }
                Err(error) => sheet.set_trouble(trouble(&error)),
            }
        },
    );
}

fn complain(kiosk: &Kiosk, faults: &[FieldFault]) {
    let sheet = kiosk.window.global::<ui::AddParticipantAdapter>();
    sheet.set_name_fault(field_fault(faults, Field::Name));
    sheet.set_title_fault(field_fault(faults, Field::Title));
    sheet.set_company_fault(field_fault(faults, Field::Company));
}
