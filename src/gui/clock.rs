//! The clock's doubt: two staff, one after the other, confirm date and time.

use std::rc::Rc;

use slint::ComponentHandle;

use super::Kiosk;
use super::kiosk::trouble;
use super::window::{self as ui, ClockDoubt};
use crate::desk::confirm_clock::{ConfirmClockOutcome, confirm_clock};
use crate::documents::dates;
use crate::domain::clock::Doubt;

pub(super) fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::ClockAdapter>();
    page.on_confirm(kiosk.calls(confirm));
    page.on_not_now(kiosk.calls(|kiosk| kiosk.go(super::unlock::first_page(kiosk))));
}

pub(super) fn refresh(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::ClockAdapter>();
    if let Some(doubt) = kiosk.doubt.get() {
        page.set_doubt(doubt_out(doubt));
    }
    let session = kiosk.session.borrow();
    let id = |who: &Option<(crate::domain::access::Actor, String)>| who.as_ref().and_then(|(actor, _)| actor.staff_id());
    let first = session.clock_confirmed_by.as_ref().map(|(_, name)| name.as_str()).unwrap_or_default();
    page.set_first(first.into());
    page.set_needs_another(id(&session.clock_confirmed_by).is_some() && id(&session.clock_confirmed_by) == id(&session.staff));
    page.set_busy(false);
    drop(session);
    refresh_time(kiosk);
}

pub(super) fn refresh_time(kiosk: &Rc<Kiosk>) {
    let (now, language) = (kiosk.now(), kiosk.language());
    let page = kiosk.window.global::<ui::ClockAdapter>();
    page.set_clock(dates::time(&now, language).into());
    page.set_date(format!("{} {}", dates::weekday(now.date_naive(), language), dates::long_date(now.date_naive(), language)).into());
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
    let Some(second) = kiosk.session.borrow().staff.clone() else { return };
    if page.get_busy() {
        return;
    }
    let Some((first, _)) = kiosk.session.borrow().clock_confirmed_by.clone() else {
        // The first one's word is kept; the kiosk locks for the second one to unlock it.
        kiosk.session.borrow_mut().clock_confirmed_by = Some(second);
        return kiosk.rest();
    };
    page.set_busy(true);
    kiosk.ask(
        move |desk| confirm_clock(desk, &first, &second.0),
        |kiosk, outcome| match outcome {
            Ok(ConfirmClockOutcome::Believed) => {
                kiosk.session.borrow_mut().clock_confirmed_by = None;
                kiosk.doubt.set(None);
                kiosk.desk.sweep();
                kiosk.go(super::unlock::first_page(kiosk));
            }
            Ok(ConfirmClockOutcome::NeedsAnother) => refresh(kiosk),
            Err(error) => {
                trouble(&error);
                refresh(kiosk);
            }
        },
    );
}
