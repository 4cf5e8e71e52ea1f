//! Staff, one participant: the way in and out, and taking a check-in back.

use std::rc::Rc;

use slint::{ComponentHandle, SharedString};
use velkommen_ui::{self as ui, EventSheet, ParticipantAnswer};

use crate::desk::DeskError;
use crate::desk::check_in::{CheckInOutcome, check_in_participant};
use crate::desk::find_participant::{ParticipantRow, find_one};
use crate::desk::undo_check_in::{UndoCheckInOutcome, undo_check_in};
use crate::domain::check_in::{Direction, Verdict};
use crate::domain::code::ShortCode;
use crate::domain::ids::ParticipantId;
use crate::gui::badges::{self, BadgeOf};
use crate::gui::faults::{text_fault, trouble};
use crate::gui::kiosk::{Kiosk, Part};
use crate::gui::open_event::{OpenEvent, close_sheet, event_of, photos_out, state_out, turn_to};

pub const PART: Part = Part { connect, reset, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let sheet = kiosk.window.global::<ui::ParticipantAdapter>();
    kiosk.window.global::<ui::EventAdapter>().on_open_participant(kiosk.calls_with(open));
    sheet.on_check_in(kiosk.calls(|kiosk| pass(kiosk, Direction::Entry)));
    sheet.on_check_out(kiosk.calls(|kiosk| pass(kiosk, Direction::Exit)));
    sheet.on_open_undo(kiosk.calls(|kiosk| turn_to(kiosk, EventSheet::Undo)));
    sheet.on_back(kiosk.calls(|kiosk| turn_to(kiosk, EventSheet::Participant)));
    sheet.on_edited(kiosk.calls(|kiosk| {
        kiosk.note_activity();
        kiosk.window.global::<ui::ParticipantAdapter>().set_reason_fault(ui::Fault::None);
    }));
    sheet.on_undo(kiosk.calls(undo));
    sheet.on_close(kiosk.calls(close_sheet));
}

fn reset(kiosk: &Rc<Kiosk>) {
    let sheet = kiosk.window.global::<ui::ParticipantAdapter>();
    for empty in [
        ui::ParticipantAdapter::set_name,
        ui::ParticipantAdapter::set_title,
        ui::ParticipantAdapter::set_company,
        ui::ParticipantAdapter::set_table,
        ui::ParticipantAdapter::set_room,
        ui::ParticipantAdapter::set_ticket_type,
        ui::ParticipantAdapter::set_code,
        ui::ParticipantAdapter::set_since,
        ui::ParticipantAdapter::set_reason,
    ] {
        empty(&sheet, SharedString::new());
    }
    sheet.set_answer(ParticipantAnswer::None);
    sheet.set_reason_fault(ui::Fault::None);
    sheet.set_busy(false);
    sheet.set_trouble(ui::Trouble::None);
    badges::offer(kiosk, None);
    kiosk.session::<Option<ParticipantRow>>().take();
}

/// Opens the sheet of a row of the table.
fn open(kiosk: &Rc<Kiosk>, key: SharedString) {
    let listed = ParticipantId::parse(&key)
        .and_then(|id| kiosk.session::<OpenEvent>().borrow().listed.iter().find(|person| person.id == id).cloned());
    let Some(person) = listed else { return };
    close_sheet(kiosk);
    badges::offer(kiosk, event_of(kiosk).map(|event| BadgeOf::Participant(event, person.id)));
    show(kiosk, person);
    turn_to(kiosk, EventSheet::Participant);
}

fn show(kiosk: &Rc<Kiosk>, person: ParticipantRow) {
    let sheet = kiosk.window.global::<ui::ParticipantAdapter>();
    let text = |text: &Option<String>| SharedString::from(text.as_deref().unwrap_or_default());
    sheet.set_name(person.name.as_str().into());
    sheet.set_title(text(&person.title));
    sheet.set_company(text(&person.company));
    sheet.set_table(text(&person.table));
    sheet.set_room(text(&person.room));
    sheet.set_ticket_type(text(&person.ticket_type));
    let code = person.short_code.as_deref().and_then(ShortCode::parse);
    sheet.set_code(code.map_or_else(String::new, |code| code.shown()).into());
    sheet.set_photos(photos_out(person.photos));
    sheet.set_state(state_out(&person));
    sheet.set_since(person.last.map_or_else(SharedString::new, |(_, _, at)| kiosk.moment(at).into()));
    sheet.set_can_undo(person.last.is_some());
    badges::say(kiosk, person.badge);
    kiosk.hold(Some(person));
}

fn pass(kiosk: &Rc<Kiosk>, direction: Direction) {
    let sheet = kiosk.window.global::<ui::ParticipantAdapter>();
    let chosen = kiosk.session::<Option<ParticipantRow>>().borrow().as_ref().map(|person| person.id);
    let (Some(event), Some(participant)) = (event_of(kiosk), chosen) else { return };
    if sheet.get_busy() {
        return;
    }
    sheet.set_busy(true);
    let by = kiosk.actor();
    kiosk.ask(
        move |desk| {
            let outcome = check_in_participant(desk, &by, event, participant, direction)?;
            Ok((outcome, find_one(desk, &by, event, participant)?))
        },
        |kiosk, outcome: Result<_, DeskError>| {
            let answer = outcome.map(|(outcome, person)| {
                let answer = match outcome {
                    CheckInOutcome::Judged(judged) => verdict_out(judged.verdict),
                    CheckInOutcome::NoEvent => ParticipantAnswer::Gone,
                };
                (answer, person)
            });
            settle(kiosk, answer);
        },
    );
}

fn verdict_out(verdict: Verdict) -> ParticipantAnswer {
    match verdict {
        Verdict::Entered => ParticipantAnswer::Entered,
        Verdict::Exited => ParticipantAnswer::Exited,
        Verdict::AlreadyEntered => ParticipantAnswer::AlreadyInside,
        Verdict::TooEarly => ParticipantAnswer::TooEarly,
        Verdict::TooLate => ParticipantAnswer::TooLate,
        Verdict::Unpaid => ParticipantAnswer::Unpaid,
        Verdict::Cancelled => ParticipantAnswer::Cancelled,
        Verdict::Revoked => ParticipantAnswer::Revoked,
        Verdict::Blocked => ParticipantAnswer::Blocked,
        Verdict::Full => ParticipantAnswer::Full,
        Verdict::Unknown | Verdict::WrongEvent | Verdict::WrongList | Verdict::Ambiguous | Verdict::TryLater => ParticipantAnswer::Gone,
    }
}

fn undo(kiosk: &Rc<Kiosk>) {
    let sheet = kiosk.window.global::<ui::ParticipantAdapter>();
    let chosen = kiosk.session::<Option<ParticipantRow>>().borrow().as_ref().and_then(|person| Some((person.id, person.last?.0)));
    let (Some(event), Some((participant, scan))) = (event_of(kiosk), chosen) else { return };
    if sheet.get_busy() {
        return;
    }
    sheet.set_busy(true);
    let (by, reason) = (kiosk.actor(), sheet.get_reason().to_string());
    kiosk.ask(
        move |desk| {
            let outcome = undo_check_in(desk, &by, scan, &reason)?;
            Ok((outcome, find_one(desk, &by, event, participant)?))
        },
        |kiosk, outcome: Result<_, DeskError>| {
            let sheet = kiosk.window.global::<ui::ParticipantAdapter>();
            if let Ok((UndoCheckInOutcome::Refused(fault), _)) = outcome {
                sheet.set_busy(false);
                return sheet.set_reason_fault(text_fault(fault));
            }
            let answer = outcome.map(|(outcome, person)| {
                let answer = match outcome {
                    UndoCheckInOutcome::Undone => ParticipantAnswer::Undone,
                    UndoCheckInOutcome::AlreadyUndone => ParticipantAnswer::AlreadyUndone,
                    UndoCheckInOutcome::NoCheckIn | UndoCheckInOutcome::Refused(_) => ParticipantAnswer::Gone,
                };
                (answer, person)
            });
            sheet.set_reason(SharedString::new());
            turn_to(kiosk, EventSheet::Participant);
            settle(kiosk, answer);
        },
    );
}

/// Shows what came of it on the sheet and in the table.
fn settle(kiosk: &Rc<Kiosk>, outcome: Result<(ParticipantAnswer, Option<ParticipantRow>), DeskError>) {
    let sheet = kiosk.window.global::<ui::ParticipantAdapter>();
    sheet.set_busy(false);
    match outcome {
        Ok((answer, person)) => {
            if let Some(person) = person {
                show(kiosk, person);
            }
            sheet.set_answer(answer);
            kiosk.speak();
        }
        Err(error) => sheet.set_trouble(trouble(&error)),
    }
}
