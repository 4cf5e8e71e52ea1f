//! Staff, roll call: who is missing, who is found, and the end of it. It runs at the desk; this page only shows it.

use std::rc::Rc;

use slint::{ComponentHandle, ModelRc, SharedString};
use velkommen_ui::{self as ui, EndChoice, Page};

use crate::desk::DeskError;
use crate::desk::begin_roll_call::{BeginRollCallOutcome, begin_roll_call};
use crate::desk::end_roll_call::{EndRollCallOutcome, end_roll_call};
use crate::desk::mark_found::{Mark, MarkFound, MarkFoundOutcome, mark_found};
use crate::desk::show_roll_call::show_roll_call;
use crate::desk::take_roll_call::take_roll_call;
use crate::documents::dates;
use crate::domain::fold::Query;
use crate::domain::roll_call::{EndReason, HereFor, PersonId, PersonInside, RollCall};
use crate::gui::faults::trouble;
use crate::gui::kiosk::{Kiosk, Part};
use crate::gui::rows::fill;
use crate::gui::{evacuations, rail, roll_call_paper};

pub const PART: Part = Part { connect, reset, refresh, tick, ..Part::EMPTY };

/// The roll call as it was last shown; it holds names.
#[derive(Default)]
struct Shown(Option<RollCall>);

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::RollCallAdapter>();
    page.on_find(kiosk.calls_with(|kiosk, key| mark(kiosk, key, Mark::Found)));
    page.on_undo(kiosk.calls_with(|kiosk, key| mark(kiosk, key, Mark::Missing)));
    page.on_search(kiosk.calls(|kiosk| {
        kiosk.note_activity();
        show_rows(kiosk);
    }));
    page.on_print(kiosk.calls(print));
    page.on_hand_over(kiosk.calls(|kiosk| kiosk.rest_and_go(Page::Evacuation, |_| {})));
    page.on_end(kiosk.calls(end));
    page.on_go_on(kiosk.calls(close_sheet));
}

fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::RollCallAdapter>();
    page.set_missing(ModelRc::default());
    page.set_found(ModelRc::default());
    page.set_count(0);
    page.set_found_count(0);
    page.set_minutes(0);
    for empty in [
        ui::RollCallAdapter::set_began_at,
        ui::RollCallAdapter::set_began_by,
        ui::RollCallAdapter::set_clock,
        ui::RollCallAdapter::set_query,
    ] {
        empty(&page, SharedString::new());
    }
    page.set_is_unwritten(false);
    close_sheet(kiosk);
}

fn close_sheet(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::RollCallAdapter>();
    page.set_asks_why(false);
    page.set_missing_names(SharedString::new());
    page.set_choice(EndChoice::None);
    page.set_busy(false);
    page.set_trouble(ui::Trouble::None);
}

/// Begins a roll call, with its paper, or takes up the one that runs.
pub(super) fn open(kiosk: &Rc<Kiosk>) {
    let by = kiosk.actor();
    kiosk.ask(
        move |desk| {
            let is_begun = matches!(begin_roll_call(desk, &by)?, BeginRollCallOutcome::Begun(_));
            Ok((is_begun, show_roll_call(desk, &by)?))
        },
        |kiosk, opened: Result<_, DeskError>| match opened {
            Ok((is_begun, runs)) => {
                evacuations::look(kiosk);
                if let Some(taken) = runs.as_ref().filter(|_| is_begun) {
                    roll_call_paper::print(kiosk, taken.clone());
                }
                kiosk.hold(Shown(runs));
                kiosk.go(Page::RollCall);
            }
            Err(error) => rail::cannot_read(kiosk, &error),
        },
    );
}

fn refresh(kiosk: &Rc<Kiosk>) {
    rail::refresh(kiosk);
    roll_call_paper::show(kiosk);
    show_rows(kiosk);
    tick(kiosk);
    let by = kiosk.actor();
    kiosk.ask(
        move |desk| show_roll_call(desk, &by),
        |kiosk, shown| match shown {
            Ok(Some(taken)) => take(kiosk, taken),
            Ok(None) => leave(kiosk),
            Err(error) => rail::cannot_read(kiosk, &error),
        },
    );
}

fn take(kiosk: &Rc<Kiosk>, taken: RollCall) {
    kiosk.hold(Shown(Some(taken)));
    show_rows(kiosk);
    tick(kiosk);
}

/// It is over: nothing of it is held.
fn leave(kiosk: &Rc<Kiosk>) {
    kiosk.hold(Shown(None));
    reset(kiosk);
    evacuations::look(kiosk);
    kiosk.go(rail::first_page(kiosk));
}

/// The clock of the page, and how long it has run.
fn tick(kiosk: &Rc<Kiosk>) {
    roll_call_paper::tick(kiosk);
    let shown = kiosk.session::<Shown>();
    let shown = shown.borrow();
    let Some(begun) = shown.0.as_ref().and_then(|taken| taken.begun.as_ref()) else { return };
    let now = kiosk.now();
    let page = kiosk.window.global::<ui::RollCallAdapter>();
    page.set_clock(dates::time(&now, kiosk.language()).into());
    page.set_minutes((now.to_utc() - begun.at.to_utc()).num_minutes().max(0) as i32);
}

/// Fills both lists with whoever the search leaves.
fn show_rows(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::RollCallAdapter>();
    let shown = kiosk.session::<Shown>();
    let shown = shown.borrow();
    let Some(taken) = &shown.0 else { return };
    let query = Query::new(&page.get_query());
    let is_wanted = |person: &&PersonInside| {
        let texts = [Some(person.name.as_str()), person.company.as_deref(), person.here_for.name()];
        query.matches(&texts.into_iter().flatten().collect::<Vec<_>>().join(" "))
    };
    let (mut found, mut missing): (Vec<_>, Vec<_>) = taken.people.iter().filter(is_wanted).partition(|person| person.found_at.is_some());
    // The order of the missing never changes under the finger.
    missing.sort_by_key(|person| (matches!(person.id, PersonId::Participant(..)), std::cmp::Reverse(person.since)));
    found.sort_by_key(|person| std::cmp::Reverse(person.found_at));
    let language = kiosk.language();
    page.set_missing(fill(page.get_missing(), missing.into_iter().map(|person| row(person, dates::time(&person.since, language)))));
    let at = |person: &PersonInside| person.found_at.as_ref().map(|at| dates::time(at, language)).unwrap_or_default();
    page.set_found(fill(page.get_found(), found.into_iter().map(|person| row(person, at(person)))));
    page.set_count(taken.people.len() as i32);
    page.set_found_count(taken.found() as i32);
    page.set_is_unwritten(taken.is_unwritten);
    if let Some(begun) = &taken.begun {
        page.set_began_at(kiosk.moment(begun.at.to_utc()).into());
        page.set_began_by(begun.by.as_deref().unwrap_or_default().into());
    }
}

fn row(person: &PersonInside, time: String) -> ui::RollCallRow {
    let (host, event) = match &person.here_for {
        HereFor::Host(host) => (host.as_deref().unwrap_or_default(), ""),
        HereFor::Event(event) => ("", event.as_str()),
    };
    ui::RollCallRow {
        key: person.id.to_string().into(),
        name: person.name.as_str().into(),
        company: person.company.as_deref().unwrap_or_default().into(),
        host: host.into(),
        event: event.into(),
        note: person.note.as_deref().unwrap_or_default().into(),
        time: time.into(),
    }
}

/// Somebody is found, or not after all. The search has done its work then.
fn mark(kiosk: &Rc<Kiosk>, key: SharedString, mark: Mark) {
    kiosk.note_activity();
    kiosk.window.global::<ui::RollCallAdapter>().set_query(SharedString::new());
    let (by, input) = (kiosk.actor(), MarkFound { key: key.into(), mark });
    kiosk.ask(
        move |desk| mark_found(desk, &by, &input),
        |kiosk, marked| match marked {
            Ok(MarkFoundOutcome::Marked(taken)) => take(kiosk, *taken),
            Ok(MarkFoundOutcome::NotOnIt) => refresh(kiosk),
            Ok(MarkFoundOutcome::NoneRuns) => leave(kiosk),
            Err(error) => rail::cannot_read(kiosk, &error),
        },
    );
}

/// Prints it as it stands now.
fn print(kiosk: &Rc<Kiosk>) {
    let by = kiosk.actor();
    kiosk.ask(
        move |desk| take_roll_call(desk, &by),
        |kiosk, taken| match taken {
            Ok(taken) => roll_call_paper::print(kiosk, taken),
            Err(error) => {
                trouble(&error);
                roll_call_paper::printed(kiosk, false);
            }
        },
    );
}

/// Ends it; with somebody missing it is asked why first.
fn end(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::RollCallAdapter>();
    if page.get_busy() {
        return;
    }
    page.set_busy(true);
    page.set_query(SharedString::new());
    let why = match page.get_choice() {
        EndChoice::None => None,
        EndChoice::Rescue => Some(EndReason::Rescue),
        EndChoice::Left => Some(EndReason::Left),
        EndChoice::Drill => Some(EndReason::Drill),
    };
    let by = kiosk.actor();
    kiosk.ask(
        move |desk| end_roll_call(desk, &by, why),
        |kiosk, ended| {
            let page = kiosk.window.global::<ui::RollCallAdapter>();
            page.set_busy(false);
            match ended {
                Ok(EndRollCallOutcome::AsksWhy { .. }) => {
                    page.set_missing_names(missing_names(kiosk).into());
                    page.set_asks_why(true);
                }
                Ok(EndRollCallOutcome::Ended | EndRollCallOutcome::NoneRuns) => {
                    roll_call_paper::call_off(kiosk);
                    leave(kiosk);
                }
                Err(error) => page.set_trouble(trouble(&error)),
            }
        },
    );
}

fn missing_names(kiosk: &Rc<Kiosk>) -> String {
    let shown = kiosk.session::<Shown>();
    let shown = shown.borrow();
    let missing = shown.0.iter().flat_map(|taken| &taken.people).filter(|person| person.found_at.is_none());
    missing.map(|person| person.name.as_str()).collect::<Vec<_>>().join(", ")
}
