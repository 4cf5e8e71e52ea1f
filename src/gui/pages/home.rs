//! Home: the greeting, the clock, the choices.

use std::rc::Rc;

use chrono::Timelike;
use slint::{ComponentHandle, ModelRc, SharedString};
use velkommen_ui::{self as ui, Page};

use crate::documents::dates;
use crate::domain::notice::Situation;
use crate::gui::doors;
use crate::gui::kiosk::{Kiosk, Part};
use crate::gui::to::To;

pub const PART: Part = Part { connect, reset, refresh, tick, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let home = kiosk.window.global::<ui::HomeAdapter>();
    home.on_sign_in(kiosk.calls(|kiosk| kiosk.go(Page::SignIn)));
    home.on_sign_out(kiosk.calls(|kiosk| kiosk.go(Page::SignOut)));
    home.on_check_in(kiosk.calls(|kiosk| kiosk.go(Page::CheckIn)));
    home.on_privacy(kiosk.calls(|kiosk| kiosk.go(To::Notice(Situation::Visit))));
    home.on_evacuate(kiosk.calls(|kiosk| kiosk.go(To::Evacuation)));
    home.on_staff(kiosk.calls(|kiosk| kiosk.go(Page::Unlock)));
}

fn refresh(kiosk: &Rc<Kiosk>) {
    let (now, language) = (kiosk.now(), kiosk.language());
    let home = kiosk.window.global::<ui::HomeAdapter>();
    home.set_greeting(greeting(now.hour()));
    home.set_clock(dates::time(&now, language).into());
    home.set_minute(now.minute() as i32);
    home.set_weekday(dates::weekday(now.date_naive(), language).into());
    home.set_date(dates::long_date(now.date_naive(), language).into());
    home.set_can_evacuate(kiosk.facts.borrow().config.evacuation_on_home);
    doors::refresh(kiosk);
}

fn reset(kiosk: &Rc<Kiosk>) {
    let home = kiosk.window.global::<ui::HomeAdapter>();
    home.set_events(ModelRc::default());
    home.set_minute(0);
    for empty in [ui::HomeAdapter::set_clock, ui::HomeAdapter::set_weekday, ui::HomeAdapter::set_date] {
        empty(&home, SharedString::new());
    }
}

/// Each refresh is a picture, and nobody looks.
fn tick(kiosk: &Rc<Kiosk>) {
    if kiosk.window.global::<ui::HomeAdapter>().get_minute() != kiosk.now().minute() as i32 {
        refresh(kiosk);
    }
}

fn greeting(hour: u32) -> ui::Greeting {
    match hour {
        5..=9 => ui::Greeting::Morning,
        10..=17 => ui::Greeting::Day,
        _ => ui::Greeting::Evening,
    }
}
