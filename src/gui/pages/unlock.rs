//! Staff unlock.

use std::rc::Rc;

use slint::{ComponentHandle, SharedString};
use velkommen_ui::{self as ui, Page, UnlockFault};

use crate::desk::DeskError;
use crate::desk::unlock::{self, Begun, Unlock, UnlockOutcome};
use crate::documents::dates;
use crate::domain::access::Actor;
use crate::gui::faults::trouble;
use crate::gui::kiosk::{Kiosk, Part, field};
use crate::gui::to::To;
use crate::gui::{aloud, rail};

pub const PART: Part = Part {
    connect,
    reset,
    refresh,
    fields: &[field!(UnlockAdapter, get_name, set_name), field!(UnlockAdapter, get_secret, set_secret)],
    ..Part::EMPTY
};

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::UnlockAdapter>();
    page.on_edited(kiosk.calls(|kiosk| {
        kiosk.note_activity();
        let page = kiosk.window.global::<ui::UnlockAdapter>();
        page.set_fault(UnlockFault::None);
        page.set_trouble(ui::Trouble::None);
    }));
    page.on_back(kiosk.calls(|kiosk| kiosk.rest()));
    page.on_unlock(kiosk.calls(try_unlock));
    page.on_evacuate(kiosk.calls(|kiosk| kiosk.go(To::Evacuation)));
}

fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::UnlockAdapter>();
    page.set_name(SharedString::new());
    page.set_secret(SharedString::new());
    page.set_wait_until(SharedString::new());
    page.set_fault(UnlockFault::None);
    page.set_trouble(ui::Trouble::None);
    page.set_busy(false);
}

fn refresh(kiosk: &Rc<Kiosk>) {
    kiosk.window.global::<ui::UnlockAdapter>().set_evacuates(kiosk.roll_call.get().is_some());
}

fn try_unlock(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::UnlockAdapter>();
    if page.get_busy() {
        return;
    }
    let input = Unlock { name: page.get_name().into(), secret: page.get_secret().into() };
    let missing = match (input.name.trim().is_empty(), input.secret.is_empty()) {
        (true, _) => Some(UnlockFault::NameMissing),
        (false, true) => Some(UnlockFault::SecretMissing),
        (false, false) => None,
    };
    if let Some(fault) = missing {
        return page.set_fault(fault);
    }
    page.set_trouble(ui::Trouble::None);
    page.set_busy(true);
    kiosk.ask(
        move |desk| unlock::begin(desk, &Actor::Public, &input),
        |kiosk, begun| match begun {
            // Comparing takes its time, and the door is not held up by it.
            Ok(Begun::Try(attempt)) => {
                let tried = kiosk.in_this_session(tried);
                let settle = |kiosk: &Rc<Kiosk>, compared| {
                    // A wrong try counts whoever stands there by now; what came of it is told to whoever tried.
                    kiosk.ask_for_house(move |desk| unlock::settle(desk, &Actor::Public, &compared), tried);
                };
                if !kiosk.desk.ask_aside(move || attempt.compare(), settle) {
                    let page = kiosk.window.global::<ui::UnlockAdapter>();
                    page.set_busy(false);
                    page.set_trouble(ui::Trouble::CannotSave);
                }
            }
            Ok(Begun::Ended(outcome)) => tried(kiosk, Ok(outcome)),
            Err(error) => tried(kiosk, Err(error)),
        },
    );
}

fn tried(kiosk: &Rc<Kiosk>, outcome: Result<UnlockOutcome, DeskError>) {
    let page = kiosk.window.global::<ui::UnlockAdapter>();
    page.set_busy(false);
    page.set_secret(SharedString::new());
    match outcome {
        Ok(UnlockOutcome::Unlocked { staff, name }) => {
            reset(kiosk);
            // Behind the unlock text has its one size, and everything its one place.
            let help = kiosk.window.global::<ui::ScreenHelp>();
            help.set_text(100);
            help.set_reach(false);
            // What staff see is for nobody's ears.
            help.set_read_aloud(false);
            aloud::stop(kiosk);
            kiosk.staff.replace(Some((staff, name)));
            kiosk.go(if kiosk.roll_call.get().is_some() && kiosk.may_open(Page::RollCall) {
                To::RollCall
            } else if kiosk.doubt.get().is_some() {
                To::Page(Page::Clock)
            } else {
                To::Page(rail::first_page(kiosk))
            });
        }
        Ok(UnlockOutcome::Wrong) => page.set_fault(UnlockFault::Wrong),
        Ok(UnlockOutcome::Wait { until }) => {
            page.set_wait_until(dates::time(&kiosk.local(until), kiosk.language()).into());
            page.set_fault(UnlockFault::Wait);
        }
        Err(error) => page.set_trouble(trouble(&error)),
    }
}
