//! Staff, roll call: tick marks on the screen, and paper.

use std::rc::Rc;

use slint::{ComponentHandle, Model, ModelRc, SharedString, VecModel};
use velkommen_ui::{self as ui, Page, PrintState};

use crate::desk::take_roll_call::take_roll_call;
use crate::documents::dates;
use crate::documents::roll_call;
use crate::domain::roll_call::RollCall;
use crate::gui::ask::{Message, Paper};
use crate::gui::faults::trouble;
use crate::gui::kiosk::{Kiosk, Part};
use crate::gui::rail;

pub const PART: Part = Part { connect, reset, refresh, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::RollCallAdapter>();
    page.on_account(kiosk.calls_with(account));
    page.on_print(kiosk.calls(print));
    page.on_back(kiosk.calls(|kiosk| kiosk.go(Page::Visits)));
}

fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::RollCallAdapter>();
    page.set_people(ModelRc::default());
    page.set_count(0);
    page.set_accounted_count(0);
    page.set_print_state(PrintState::None);
    page.set_printed_to(SharedString::new());
    page.set_taken_at(SharedString::new());
}

fn refresh(kiosk: &Rc<Kiosk>) {
    rail::refresh(kiosk);
}

/// Takes the roll call anew and opens its page.
pub(super) fn open(kiosk: &Rc<Kiosk>) {
    let by = kiosk.actor();
    kiosk.ask(
        move |desk| take_roll_call(desk, &by),
        |kiosk, taken| match taken {
            Ok(taken) => {
                reset(kiosk);
                show(kiosk, &taken);
                kiosk.go(Page::RollCall);
            }
            Err(error) => rail::cannot_read(kiosk, &error),
        },
    );
}

fn show(kiosk: &Kiosk, taken: &RollCall) {
    let page = kiosk.window.global::<ui::RollCallAdapter>();
    let text = |text: &Option<String>| text.as_deref().unwrap_or_default().into();
    let people = taken.people.iter().map(|person| ui::RollCallRow {
        key: person.key.as_str().into(),
        name: person.name.as_str().into(),
        company: text(&person.company),
        host: text(&person.host),
        since: dates::time(&person.since, kiosk.language()).into(),
        accounted: false,
    });
    page.set_people(ModelRc::new(people.collect::<VecModel<_>>()));
    page.set_count(taken.people.len() as i32);
    page.set_taken_at(dates::time(&taken.taken_at, kiosk.language()).into());
}

/// Ticks somebody, or takes the tick back.
fn account(kiosk: &Rc<Kiosk>, key: SharedString) {
    kiosk.note_activity();
    let page = kiosk.window.global::<ui::RollCallAdapter>();
    let people = page.get_people();
    if let Some(at) = people.iter().position(|person| person.key == key)
        && let Some(mut person) = people.row_data(at)
    {
        person.accounted = !person.accounted;
        people.set_row_data(at, person);
    }
    page.set_accounted_count(people.iter().filter(|person| person.accounted).count() as i32);
}

fn print(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::RollCallAdapter>();
    let Some(printer) = kiosk.devices().printer else {
        return page.set_print_state(PrintState::Failed);
    };
    page.set_print_state(PrintState::Busy);
    page.set_printed_to(printer.place_of("roll-call").into());
    let (by, post) = (kiosk.actor(), kiosk.desk.post());
    let language = kiosk.language();
    kiosk.ask(
        // The paper shows who is here now, which may be others than when the page was opened.
        move |desk| take_roll_call(desk, &by),
        move |kiosk, taken| match taken {
            Ok(taken) => printer.print_later(
                "roll-call",
                Box::new(move || roll_call::render(&taken, language).map_err(|error| error.to_string())),
                Box::new(move |printed| post.send(Message::Printed { paper: Paper::RollCall, succeeded: printed.is_ok() })),
            ),
            Err(error) => {
                trouble(&error);
                printed(kiosk, false);
            }
        },
    );
}

/// The paper is out, or it is not.
pub fn printed(kiosk: &Rc<Kiosk>, succeeded: bool) {
    let page = kiosk.window.global::<ui::RollCallAdapter>();
    // Whoever waited for it may have locked.
    if page.get_print_state() == PrintState::Busy {
        page.set_print_state(if succeeded { PrintState::Done } else { PrintState::Failed });
    }
}
