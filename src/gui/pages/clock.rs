//! The clock's doubt: two staff, one after the other, confirm date and time.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use slint::{ComponentHandle, SharedString};
use velkommen_ui::{self as ui, ClockDoubt};

use crate::desk::confirm_clock::{ConfirmClockOutcome, confirm_clock};
use crate::documents::dates;
use crate::domain::access::Actor;
use crate::domain::clock::Doubt;
use crate::gui::faults::trouble;
use crate::gui::kiosk::{Kiosk, Part};
use crate::gui::rail;

/// How long one person's word about the clock waits for the second person's.
const CONFIRMATION_HOLDS: Duration = Duration::from_secs(15 * 60);

type Person = (Actor, String);

/// Who has confirmed the clock first; outlives the lock, since the second one unlocks after it.
#[derive(Default)]
struct Confirmed {
    by: RefCell<Option<Person>>,
    /// When that was, in time since boot: a word about the clock does not hold for long.
    at: Cell<Duration>,
}

pub const PART: Part = Part { connect, reset, refresh, tick: refresh_time, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::ClockAdapter>();
    page.on_confirm(kiosk.calls(confirm));
    page.on_not_now(kiosk.calls(|kiosk| kiosk.go(rail::first_page(kiosk))));
}

fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::ClockAdapter>();
    for empty in [ui::ClockAdapter::set_first, ui::ClockAdapter::set_clock, ui::ClockAdapter::set_date] {
        empty(&page, SharedString::new());
    }
    page.set_busy(false);
}

fn refresh(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::ClockAdapter>();
    if let Some(doubt) = kiosk.doubt.get() {
        page.set_doubt(doubt_out(doubt));
    }
    let first = first(kiosk);
    page.set_first(first.as_ref().map(|(_, name)| name.as_str()).unwrap_or_default().into());
    let id = |who: &Option<Person>| who.as_ref().and_then(|(actor, _)| actor.staff_id());
    page.set_needs_another(first.is_some() && id(&first) == id(&kiosk.staff.borrow()));
    page.set_busy(false);
    refresh_time(kiosk);
}

/// Who has confirmed already, unless that is too long ago to speak of the same moment.
fn first(kiosk: &Kiosk) -> Option<Person> {
    let confirmed = kiosk.house::<Confirmed>();
    let age = kiosk.since_boot().saturating_sub(confirmed.at.get());
    confirmed.by.borrow().clone().filter(|_| age < CONFIRMATION_HOLDS)
}

fn refresh_time(kiosk: &Rc<Kiosk>) {
    let (now, language) = (kiosk.now(), kiosk.language());
    let page = kiosk.window.global::<ui::ClockAdapter>();
    page.set_clock(dates::time(&now, language).into());
    let day = now.date_naive();
    page.set_date(dates::with_weekday(day, &dates::long_date(day, language), language).into());
}

fn doubt_out(doubt: Doubt) -> ClockDoubt {
    match doubt {
        Doubt::Behind => ClockDoubt::Behind,
        Doubt::BeforeBuild => ClockDoubt::BeforeBuild,
        Doubt::FarAhead => ClockDoubt::FarAhead,
        Doubt::Jumped => ClockDoubt::Jumped,
    }
}

fn confirm(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::ClockAdapter>();
    let Some(second) = kiosk.staff.borrow().clone() else { return };
    if page.get_busy() {
        return;
    }
    let Some((first, _)) = first(kiosk) else {
        // The first one's word is kept; the kiosk locks for the second one to unlock it.
        let confirmed = kiosk.house::<Confirmed>();
        confirmed.by.replace(Some(second));
        confirmed.at.set(kiosk.since_boot());
        return kiosk.rest();
    };
    page.set_busy(true);
    kiosk.ask(
        move |desk| confirm_clock(desk, &first, &second.0),
        |kiosk, outcome| match outcome {
            Ok(ConfirmClockOutcome::Believed) => {
                kiosk.house::<Confirmed>().by.take();
                kiosk.doubt.set(None);
                kiosk.desk.sweep();
                kiosk.go(rail::first_page(kiosk));
            }
            Ok(ConfirmClockOutcome::NeedsAnother) => refresh(kiosk),
            Err(error) => {
                trouble(&error);
                refresh(kiosk);
            }
        },
    );
}
