//! The organisation's colour in every theme of the window.

use slint::ComponentHandle;

use super::Kiosk;
use super::window as ui;
use crate::domain::accent::{Accent, Rgb, Theme};

pub(super) fn refresh(kiosk: &Kiosk) {
    let brand = kiosk.facts.borrow().profile.look.accent;
    let accent = |theme| accent_out(Accent::of(brand, theme));
    let window = kiosk.window.global::<ui::Theme>();
    window.set_day_accent(accent(Theme::Day));
    window.set_contrast_accent(accent(Theme::HighContrast));
    window.set_evening_accent(accent(Theme::Evening));
}

fn accent_out(accent: Accent) -> ui::Accent {
    let color = |Rgb(red, green, blue)| slint::Color::from_rgb_u8(red, green, blue);
    let Accent { fill, on_fill, ink, soft, pressed, line } = accent;
    ui::Accent {
        fill: color(fill),
        on_fill: color(on_fill),
        ink: color(ink),
        soft: color(soft),
        pressed: color(pressed),
        line: color(line),
    }
}
