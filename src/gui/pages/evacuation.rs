//! An evacuation at a locked screen: the paper, a count, and no name until somebody unlocks.

use std::rc::Rc;

use slint::{ComponentHandle, SharedString};
use velkommen_ui::{self as ui, Page};

use crate::desk::DeskError;
use crate::desk::begin_roll_call::{BeginRollCallOutcome, begin_roll_call};
use crate::desk::end_roll_call::call_off_roll_call;
use crate::desk::show_roll_call::show_figures;
use crate::domain::access::Actor;
use crate::gui::faults::trouble;
use crate::gui::kiosk::{Kiosk, Part};
use crate::gui::{evacuations, roll_call_paper};

pub const PART: Part = Part { connect, reset, refresh, tick: roll_call_paper::tick, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::EvacuationAdapter>();
    page.on_unlock(kiosk.calls(|kiosk| kiosk.go(Page::Unlock)));
    page.on_call_off(kiosk.calls(call_off));
}

fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::EvacuationAdapter>();
    page.set_began_at(SharedString::new());
    page.set_count(0);
    page.set_found_count(0);
    page.set_is_counted(false);
}

fn refresh(kiosk: &Rc<Kiosk>) {
    roll_call_paper::show(kiosk);
    let page = kiosk.window.global::<ui::EvacuationAdapter>();
    let Some(figures) = kiosk.roll_call.get() else { return reset(kiosk) };
    page.set_began_at(kiosk.moment(figures.began_at).into());
    page.set_count(figures.people as i32);
    page.set_found_count(figures.found as i32);
    page.set_is_counted(figures.is_counted);
}

/// One touch: it begins, and is printed at once. Nothing is asked first, and whoever leaves the page does not end it.
pub(super) fn open(kiosk: &Rc<Kiosk>) {
    kiosk.ask_for_house(
        |desk| Ok((begin_roll_call(desk, &Actor::Public)?, show_figures(desk, &Actor::Public)?)),
        |kiosk, begun: Result<_, DeskError>| match begun {
            Ok((outcome, figures)) => {
                if let BeginRollCallOutcome::Begun(taken) = outcome {
                    roll_call_paper::print(kiosk, taken);
                }
                kiosk.roll_call.set(figures);
                kiosk.rest_and_go(Page::Evacuation, |_| {});
            }
            Err(error) => {
                trouble(&error);
                roll_call_paper::printed(kiosk, false);
                kiosk.go(Page::Evacuation);
            }
        },
    );
}

fn call_off(kiosk: &Rc<Kiosk>) {
    kiosk.ask_for_house(
        |desk| {
            call_off_roll_call(desk, &Actor::Public)?;
            show_figures(desk, &Actor::Public)
        },
        |kiosk, figures: Result<_, DeskError>| match figures {
            Ok(figures) => {
                if figures.is_none() {
                    roll_call_paper::call_off(kiosk);
                }
                evacuations::take(kiosk, figures);
            }
            Err(error) => drop(trouble(&error)),
        },
    );
}
