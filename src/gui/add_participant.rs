//! Staff, one participant more: added by hand, and let in at once where the doors are open.

use std::rc::Rc;

use slint::{ComponentHandle, SharedString};

use super::Kiosk;
use super::event::{self, event_of};
use super::kiosk::trouble;
use super::sign_in::field_fault;
use super::window::{self as ui, EventSheet};
use crate::desk::add_participant::{AddParticipant, AddParticipantOutcome, Way, add_participant};
use crate::desk::check_in::check_in_participant;
use crate::desk::sign_in::{Field, FieldFault};
use crate::domain::check_in::Direction;

pub(super) fn connect(kiosk: &Rc<Kiosk>) {
    let sheet = kiosk.window.global::<ui::AddParticipantAdapter>();
    sheet.on_edited(kiosk.calls(|kiosk| {
        super::time::note_activity(kiosk);
        complain(kiosk, &[]);
    }));
    sheet.on_add(kiosk.calls(add));
    sheet.on_check_in(kiosk.calls(check_in));
    sheet.on_close(kiosk.calls(event::close_sheet));
}

pub(super) fn reset(kiosk: &Rc<Kiosk>) {
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
    kiosk.session.borrow_mut().added = None;
}

pub(super) fn open(kiosk: &Rc<Kiosk>) {
    event::close_sheet(kiosk);
    kiosk.window.global::<ui::EventAdapter>().set_sheet(EventSheet::Add);
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
                    let mut session = kiosk.session.borrow_mut();
                    sheet.set_may_check_in(session.event_page.event.as_ref().is_some_and(|event| event.is_open));
                    session.added = Some(added.participant);
                    drop(session);
                    kiosk.window.global::<ui::EventAdapter>().set_sheet(EventSheet::Added);
                    event::changed(kiosk);
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
    let added = kiosk.session.borrow().added;
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
                    event::close_sheet(kiosk);
                    event::changed(kiosk);
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
