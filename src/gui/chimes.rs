//! A chime for each verdict, so that nobody has to look.

use std::rc::Rc;

use slint::ComponentHandle;
use velkommen_ui::{Page, RefusalAdapter, RefusalKind};

use super::kiosk::Kiosk;
use crate::devices::sound::Chime;

/// Plays what belongs to the page that has just opened. Coming back from the full text is no news.
pub fn play(kiosk: &Rc<Kiosk>, from: Page) {
    if let (Some(player), Some(chime)) = (&kiosk.devices().player, chime(kiosk))
        && from != Page::Notice
    {
        player.play(chime);
    }
}

fn chime(kiosk: &Kiosk) -> Option<Chime> {
    match kiosk.page() {
        Page::SignedIn | Page::Welcome => Some(Chime::Welcome),
        Page::SignedOut => Some(Chime::Goodbye),
        Page::MyTicket => Some(Chime::AlreadyInside),
        Page::Refusal => Some(match kiosk.window.global::<RefusalAdapter>().get_kind() {
            RefusalKind::TooEarly => Chime::TooEarly,
            RefusalKind::SeeDesk => Chime::SeeDesk,
        }),
        _ => None,
    }
}
