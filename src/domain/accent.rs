//! The accent of an organisation: from one colour the six that the window draws with, in each theme. Pure arithmetic
//! on sRGB; what is drawn with which is the window's matter.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An opaque sRGB colour: red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rgb(pub u8, pub u8, pub u8);

/// The colour of an organisation that names no other.
pub const KOBOLT: Rgb = Rgb(0x1E, 0x3F, 0x9E);

const WHITE: Rgb = Rgb(255, 255, 255);
const BLACK: Rgb = Rgb(0, 0, 0);

/// A text that is no colour.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no colour: write # and six digits, such as #1E3F9E")]
pub struct NoColour(String);

impl Rgb {
    /// Reads `#RRGGBB`, in any case.
    pub fn parse(text: &str) -> Result<Rgb, NoColour> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).ok_or_else(|| NoColour(text.to_owned()))?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Rgb(red, green, blue))
    }

    fn channels(self) -> [f64; 3] {
        [self.0, self.1, self.2].map(|channel| f64::from(channel) / 255.0)
    }

    fn of(channels: [f64; 3]) -> Rgb {
        let [red, green, blue] = channels.map(|channel| (channel.clamp(0.0, 1.0) * 255.0).round() as u8);
        Rgb(red, green, blue)
    }

    /// This colour with a part (0 to 1) of another over it.
    fn under(self, over: Rgb, part: f64) -> Rgb {
        let (below, above) = (self.channels(), over.channels());
        Rgb::of([0, 1, 2].map(|channel| below[channel] + (above[channel] - below[channel]) * part))
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02X}{:02X}{:02X}", self.0, self.1, self.2)
    }
}

impl TryFrom<String> for Rgb {
    type Error = NoColour;

    fn try_from(text: String) -> Result<Rgb, NoColour> {
        Rgb::parse(&text)
    }
}

impl From<Rgb> for String {
    fn from(colour: Rgb) -> String {
        colour.to_string()
    }
}

/// How light two colours are against each other, 1 to 21, whichever comes first.
///
/// **Source** WCAG 2.2, contrast ratio and relative luminance.
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(colour: Rgb) -> f64 {
    let linear = |channel: f64| if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) };
    let [red, green, blue] = colour.channels().map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// A theme of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Day,
    HighContrast,
    Evening,
}

impl Theme {
    pub const ALL: [Theme; 3] = [Theme::Day, Theme::HighContrast, Theme::Evening];

    fn room(self) -> &'static Room {
        match self {
            Theme::Day => &DAY,
            Theme::HighContrast => &HIGH_CONTRAST,
            Theme::Evening => &EVENING,
        }
    }
}

/// What a theme lays an accent on, and how it makes one.
///
/// **Source** the window's palette; a test compares the two.
struct Room {
    ground: Rgb,
    surface: Rgb,
    /// Dark text on a light accent.
    dark: Rgb,
    /// Saturation from and to, and lightness of the soft ground; `None` where it is black.
    soft: Option<(f64, f64, f64)>,
    /// What a dark theme lifts the accent to: the least contrast on its surface.
    lifted_to: Option<f64>,
}

const INK_OF_DAY: Rgb = Rgb(0x1D, 0x1A, 0x16);
const DAY: Room = Room {
    ground: Rgb(0xF5, 0xF1, 0xEA),
    surface: Rgb(0xFF, 0xFD, 0xFA),
    dark: INK_OF_DAY,
    soft: Some((0.35, 0.55, 0.93)),
    lifted_to: None,
};
const HIGH_CONTRAST: Room = Room { ground: BLACK, surface: BLACK, dark: BLACK, soft: None, lifted_to: Some(10.0) };
const EVENING: Room = Room {
    ground: Rgb(0x1A, 0x18, 0x14),
    surface: Rgb(0x26, 0x23, 0x1E),
    dark: INK_OF_DAY,
    soft: Some((0.30, 0.40, 0.17)),
    lifted_to: Some(8.0),
};

/// Least contrast of text on a filled accent.
const TEXT_MIN: f64 = 4.5;
/// Least contrast of text in accent.
const INK_MIN: f64 = 7.0;
/// Least contrast of a line.
const LINE_MIN: f64 = 3.0;
const SATURATION_MIN_IN_THE_DARK: f64 = 0.5;
/// One step of lightness on the way to a contrast.
const STEP: f64 = 0.005;
/// How much of black or white is laid over what is pressed.
const PRESSED: f64 = 0.28;
/// Below this distance of its channels a colour is a grey: its hue is chance, and is not made stronger.
const GREY: f64 = 12.0 / 255.0;

/// The six colours that one brand becomes in one theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accent {
    /// What a primary button is filled with.
    pub fill: Rgb,
    /// Text on it, at least 4.5 : 1, pressed too.
    pub on_fill: Rgb,
    /// Text and icons in accent, at least 7 : 1 on ground, surface and `soft`.
    pub ink: Rgb,
    /// The ground of an icon.
    pub soft: Rgb,
    /// A primary button under the finger.
    pub pressed: Rgb,
    /// An edge, at least 3 : 1 on ground and surface.
    pub line: Rgb,
}

impl Accent {
    /// Computes the accent of a theme from any brand colour.
    pub fn of(brand: Rgb, theme: Theme) -> Accent {
        let room = theme.room();
        let fill = match room.lifted_to {
            None => toward(Hsl::of(brand), brand, -STEP, |fill| contrast(fill, WHITE) >= TEXT_MIN || contrast(fill, room.dark) >= TEXT_MIN),
            Some(floor) => {
                let lively = Hsl::of(brand).saturated(SATURATION_MIN_IN_THE_DARK, 1.0);
                toward(lively, lively.rgb(), STEP, |fill| contrast(fill, room.surface) >= floor)
            }
        };
        let on_fill = if contrast(fill, WHITE) >= TEXT_MIN { WHITE } else { room.dark };
        let soft = room.soft.map_or(BLACK, |(from, to, lightness)| Hsl { lightness, ..Hsl::of(brand).saturated(from, to) }.rgb());
        let step = if room.lifted_to.is_none() { -STEP } else { STEP };
        let ink = toward(Hsl::of(fill), fill, step, |ink| {
            [room.ground, room.surface, soft].into_iter().all(|below| contrast(ink, below) >= INK_MIN)
        });
        let is_line = [room.ground, room.surface].into_iter().all(|below| contrast(fill, below) >= LINE_MIN);
        let pressed = fill.under(if on_fill == WHITE { BLACK } else { WHITE }, PRESSED);
        Accent { fill, on_fill, ink, soft, pressed, line: if is_line { fill } else { ink } }
    }
}

/// The first colour that is good enough, beginning with `first` and going on from `hsl` in steps of lightness.
/// Black or white where none is.
fn toward(mut hsl: Hsl, first: Rgb, step: f64, is_enough: impl Fn(Rgb) -> bool) -> Rgb {
    let mut colour = first;
    while !is_enough(colour) && (0.0..=1.0).contains(&hsl.lightness) {
        hsl.lightness += step;
        colour = hsl.rgb();
    }
    colour
}

/// Hue in sixths of the circle, saturation and lightness from 0 to 1.
#[derive(Clone, Copy)]
struct Hsl {
    hue: f64,
    saturation: f64,
    lightness: f64,
    /// The distance of the channels in the colour this was made of.
    chroma: f64,
}

impl Hsl {
    fn of(colour: Rgb) -> Hsl {
        let [red, green, blue] = colour.channels();
        let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
        let (chroma, lightness) = (most - least, (most + least) / 2.0);
        if chroma == 0.0 {
            return Hsl { hue: 0.0, saturation: 0.0, lightness, chroma };
        }
        let hue = match most {
            most if most == red => ((green - blue) / chroma).rem_euclid(6.0),
            most if most == green => (blue - red) / chroma + 2.0,
            _ => (red - green) / chroma + 4.0,
        };
        Hsl { hue, saturation: chroma / (1.0 - (2.0 * lightness - 1.0).abs()), lightness, chroma }
    }

    fn saturated(self, least: f64, most: f64) -> Hsl {
        let saturation = if self.chroma < GREY { self.saturation.min(GREY) } else { self.saturation.clamp(least, most) };
        Hsl { saturation, ..self }
    }

    fn rgb(self) -> Rgb {
        let lightness = self.lightness.clamp(0.0, 1.0);
        let chroma = self.saturation * (1.0 - (2.0 * lightness - 1.0).abs());
        // How far each channel's own place on the circle is from the hue.
        Rgb::of([0.0, 2.0, 4.0].map(|place: f64| {
            let away = (self.hue - place).rem_euclid(6.0);
            let away = away.min(6.0 - away);
            lightness - chroma / 2.0 + chroma * (2.0 - away).clamp(0.0, 1.0)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rgb(text: &str) -> Rgb {
        Rgb::parse(text).expect(text)
    }

    #[test]
    fn a_colour_is_read_and_written_and_anything_else_is_refused_in_words() {
        assert_eq!(rgb("#1e3F9E"), KOBOLT);
        assert_eq!(KOBOLT.to_string(), "#1E3F9E");
        for text in ["", "#", "1E3F9E", "#1E3F9", "#1E3F9E0", "#1E3F9G", "#+E3F9E", "blue", "#é3F9E"] {
            assert_eq!(
                Rgb::parse(text).expect_err(text).to_string(),
                format!("`{text}` is no colour: write # and six digits, such as #1E3F9E")
            );
        }
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        let of = |a, b| (contrast(rgb(a), rgb(b)) * 100.0).round() / 100.0;
        assert_eq!(of("#000000", "#FFFFFF"), 21.0);
        assert_eq!(of("#FFFFFF", "#767676"), 4.54);
        assert_eq!(of("#1E3F9E", "#1E3F9E"), 1.0);
        // Channels at the knee of the curve.
        assert_eq!(luminance(Rgb(10, 10, 10)), 10.0 / 255.0 / 12.92);
        assert!((luminance(Rgb(11, 11, 11)) - ((11.0f64 / 255.0 + 0.055) / 1.055).powf(2.4)).abs() < 1e-12);
    }

    #[test]
    fn the_rooms_are_those_of_the_palette() {
        let palette = include_str!("../../ui/theme/palette.slint");
        for (name, theme) in [("day", Theme::Day), ("contrast", Theme::HighContrast), ("evening", Theme::Evening)] {
            let room = theme.room();
            let (_, colours) = palette.split_once(&format!("> {name}: {{")).expect(name);
            let expected = format!("ground: {}, surface: {},", room.ground, room.surface);
            assert!(colours.trim_start().starts_with(&expected), "{name}: {expected}");
        }
    }

    /// Equal, or one step of rounding away in each channel.
    #[track_caller]
    fn near(found: Rgb, expected: &str) {
        let expected = rgb(expected);
        let away = [(found.0, expected.0), (found.1, expected.1), (found.2, expected.2)].map(|(a, b)| a.abs_diff(b));
        assert!(away.iter().all(|away| *away <= 1), "{found} is not {expected}");
    }

    #[test]
    fn four_brands_become_what_the_table_says() {
        for [brand, fill, on_fill, ink, soft, pressed, line, in_high_contrast] in [
            ["#1E3F9E", "#1E3F9E", "#FFFFFF", "#1E3F9E", "#E3E8F7", "#162D72", "#1E3F9E", "#9EB2ED"],
            ["#1F5A44", "#1F5A44", "#FFFFFF", "#1F5A44", "#E4F6EF", "#164131", "#1F5A44", "#55C79C"],
            ["#7A2150", "#7A2150", "#FFFFFF", "#7A2150", "#F7E3EE", "#58183A", "#7A2150", "#E59EC4"],
            ["#FFC93C", "#FFC93C", "#1D1A16", "#674B00", "#F7F2E3", "#FFD873", "#674B00", "#FFC93C"],
        ] {
            let day = Accent::of(rgb(brand), Theme::Day);
            near(day.fill, fill);
            near(day.on_fill, on_fill);
            near(day.ink, ink);
            near(day.soft, soft);
            near(day.pressed, pressed);
            near(day.line, line);
            near(Accent::of(rgb(brand), Theme::HighContrast).fill, in_high_contrast);
        }
    }

    #[test]
    fn kobolt_in_the_dark_is_what_the_palette_says() {
        for (theme, [fill, on_fill, pressed, ink, soft, line]) in [
            (Theme::HighContrast, ["#9EB2ED", "#000000", "#B9C8F2", "#9EB2ED", "#000000", "#9EB2ED"]),
            (Theme::Evening, ["#A7B9EE", "#1D1A16", "#C0CDF3", "#A7B9EE", "#1A233D", "#A7B9EE"]),
        ] {
            let found = Accent::of(KOBOLT, theme);
            near(found.fill, fill);
            near(found.on_fill, on_fill);
            near(found.pressed, pressed);
            near(found.ink, ink);
            near(found.soft, soft);
            near(found.line, line);
        }
    }

    /// Every sixteenth value of each channel, the ends, and every grey.
    fn colours() -> impl Iterator<Item = Rgb> {
        let values = || (0..=17u16).map(|step| (step * 15) as u8);
        let grid = values().flat_map(move |red| values().flat_map(move |green| values().map(move |blue| Rgb(red, green, blue))));
        grid.chain((0..=255).map(|grey| Rgb(grey, grey, grey))).chain((0..=255).map(|red| Rgb(red, 0, 1)))
    }

    #[test]
    fn every_floor_holds_for_thousands_of_brands_in_every_theme() {
        assert!(colours().count() > 6000);
        for (brand, theme) in colours().flat_map(|brand| Theme::ALL.map(|theme| (brand, theme))) {
            let (found, room) = (Accent::of(brand, theme), theme.room());
            let ink = if theme == Theme::Day { INK_OF_DAY } else { Rgb(0xF5, 0xF1, 0xEA) };
            for (floor, what, on) in [
                (4.5, found.on_fill, found.fill),
                (4.5, found.on_fill, found.pressed),
                (7.0, found.ink, room.ground),
                (7.0, found.ink, room.surface),
                (7.0, found.ink, found.soft),
                (7.0, ink, found.soft),
                (3.0, found.line, room.ground),
                (3.0, found.line, room.surface),
            ] {
                let reached = contrast(what, on);
                assert!(reached >= floor, "{brand} {theme:?}: {what} on {on} has {reached:.2}, not {floor}: {found:?}");
            }
            if let Some(floor) = room.lifted_to {
                assert!(contrast(found.fill, room.surface) >= floor, "{brand} {theme:?}");
            }
        }
    }

    #[test]
    fn a_grey_brand_stays_grey() {
        for theme in Theme::ALL {
            let found = Accent::of(Rgb(0x80, 0x80, 0x80), theme);
            for colour in [found.fill, found.ink, found.pressed, found.line, found.soft] {
                assert!(colour.0 == colour.1 && colour.1 == colour.2, "{theme:?}: {colour}");
            }
        }
        // Nearly black is no red either.
        let Rgb(red, green, _) = Accent::of(Rgb(3, 0, 0), Theme::Evening).fill;
        assert!(red.abs_diff(green) < 12, "{red} {green}");
    }
}
