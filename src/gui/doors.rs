//! The events whose doors are open: what Home offers, and what rests on the screen of a door.

use std::rc::Rc;

use slint::{ComponentHandle, ModelRc, VecModel};
use velkommen_ui::{self as ui, Page};

use super::faults::trouble;
use super::kiosk::Kiosk;
use crate::desk::list_events::{OpenDoor, list_open_events};
use crate::documents::dates;
use crate::domain::access::Actor;

/// Asks the desk anew. A change shows on the resting page at once.
pub fn look(kiosk: &Rc<Kiosk>) {
    kiosk.ask_for_house(
        |desk| list_open_events(desk, &Actor::Public),
        |kiosk, doors| match doors {
            Ok(doors) if *kiosk.doors.borrow() != doors => {
                let was_resting = kiosk.page() == kiosk.resting_page();
                kiosk.doors.replace(doors);
                if was_resting && kiosk.page() != kiosk.resting_page() {
                    kiosk.rest();
                } else if matches!(kiosk.page(), Page::Home | Page::CheckIn) {
                    kiosk.speak();
                }
            }
            Ok(_) => {}
            Err(error) => drop(trouble(&error)),
        },
    );
}

/// The open doors as pages show them.
pub fn rows(kiosk: &Kiosk, wanted: impl Fn(&OpenDoor) -> bool) -> ModelRc<ui::OpenDoor> {
    let (now, language) = (kiosk.now(), kiosk.language());
    let doors = kiosk.doors.borrow();
    let rows = doors.iter().filter(|door| wanted(door)).map(|door| {
        let starts = kiosk.local(door.starts_at);
        let is_today = starts.date_naive() == now.date_naive();
        ui::OpenDoor {
            key: door.id.to_string().into(),
            name: door.name.as_str().into(),
            day: if is_today { "".into() } else { dates::day_and_month(starts.date_naive(), language).into() },
            starts: dates::time(&starts, language).into(),
            venue: door.venue.as_deref().unwrap_or_default().into(),
        }
    });
    ModelRc::new(rows.collect::<VecModel<_>>())
}

/// Whether somebody may register at one of the open doors.
fn let_walk_in(kiosk: &Kiosk) -> bool {
    kiosk.doors.borrow().iter().any(|door| door.walk_ins)
}

/// Fills what Home and the check-in page say about doors.
pub fn refresh(kiosk: &Rc<Kiosk>) {
    kiosk.window.global::<ui::HomeAdapter>().set_events(rows(kiosk, |_| true));
    let page = kiosk.window.global::<ui::CheckInAdapter>();
    page.set_events(rows(kiosk, |_| true));
    page.set_walk_ins(let_walk_in(kiosk));
    page.set_is_door(kiosk.resting_page() == Page::CheckIn);
}
