//! Whether a roll call runs, as the desk was last asked: what stands on the resting page follows from it.

use std::rc::Rc;

use super::faults::trouble;
use super::kiosk::Kiosk;
use crate::desk::show_roll_call::{RollCallFigures, show_figures};
use crate::domain::access::Actor;

/// Asks the desk anew.
pub fn look(kiosk: &Rc<Kiosk>) {
    kiosk.ask_for_house(
        |desk| show_figures(desk, &Actor::Public),
        |kiosk, figures| match figures {
            Ok(figures) => take(kiosk, figures),
            Err(error) => drop(trouble(&error)),
        },
    );
}

/// A change shows on the resting page at once.
pub fn take(kiosk: &Rc<Kiosk>, figures: Option<RollCallFigures>) {
    let was_resting = kiosk.page() == kiosk.resting_page();
    let changed = kiosk.roll_call.replace(figures) != figures;
    if was_resting && kiosk.page() != kiosk.resting_page() {
        kiosk.rest();
    } else if changed && was_resting {
        kiosk.speak();
    }
}
