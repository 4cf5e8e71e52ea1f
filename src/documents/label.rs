//! A label as it is laid out: black on white, sizes in px of the design at 12 px per millimetre of
//! a label whose narrower side is 62 mm. What stands where belongs to the badges.

use krilla::tagging::{Node, Tag, TagGroup};
use unicode_script::{Script, UnicodeScript};

use super::fonts::Weight;
use super::page::{Canvas, DocumentError, Ink, MM, Place, Role, group};
use super::qr::{self, Level, Qr};
use super::text::{self, Line, Style};
use super::words::Words;
use crate::domain::language::Language;

/// A label, as it is printed and read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BadgeSize {
    /// From 50 to 210.
    pub width_mm: f32,
    /// From 50 to 297.
    pub height_mm: f32,
}

impl BadgeSize {
    /// The label that label printers take most often.
    pub const LABEL: BadgeSize = BadgeSize { width_mm: 62.0, height_mm: 100.0 };

    /// Whether a badge can be laid out on it.
    pub(super) fn check(self) -> Result<(), DocumentError> {
        let holds_a_badge = (50.0..=210.0).contains(&self.width_mm) && (50.0..=297.0).contains(&self.height_mm);
        if holds_a_badge { Ok(()) } else { Err(DocumentError::Size) }
    }

    /// In points.
    pub(super) fn points(self) -> (f32, f32) {
        (self.width_mm * MM, self.height_mm * MM)
    }
}

/// The margin on every side, in px of the design.
pub(super) const MARGIN: f32 = 48.0;
/// The side of a module of the QR, in px of the design.
pub(super) const MODULE: f32 = 11.0;
pub(super) const LEADING: f32 = 1.2;

/// From one baseline of a name to the next, in em: Å under g must not touch, and letters of many scripts reach further
/// down and up than ours.
pub(super) fn name_leading(name: &str) -> f32 {
    use Script::{Common, Cyrillic, Greek, Han, Hangul, Hebrew, Hiragana, Inherited, Katakana, Latin};
    let is_low = |script| matches!(script, Common | Cyrillic | Greek | Han | Hangul | Hebrew | Hiragana | Inherited | Katakana | Latin);
    if name.chars().all(|letter| is_low(letter.script())) { 1.08 } else { 1.45 }
}

/// The layout has room for version 1: up to 10 letters and digits at level H.
const QR_MODULES_MAX: usize = 21;

/// How the parts of a badge stand.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Arrangement {
    /// Under each other, as in the design of 62 × 100 mm.
    Tall,
    /// Some beside the QR, which is at the right.
    Wide,
}

/// The QR of a short code on a badge.
///
/// # Errors
/// `Code` for a code too long for it.
pub(super) fn short_code(code: &str) -> Result<Qr, DocumentError> {
    Qr::of(code, Level::H).and_then(|qr| if qr.width <= QR_MODULES_MAX { Ok(qr) } else { Err(DocumentError::Code) })
}

/// A label while it is drawn. All lengths are px of the design until they reach the canvas.
pub(super) struct Label<'d, 'p> {
    pub(super) canvas: &'d mut Canvas<'p>,
    /// The texts of the badge's language, and of the other one.
    pub(super) words: Words,
    pub(super) other: Words,
    /// Points per px.
    pub(super) scale: f32,
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) content: Vec<TagGroup>,
}

impl<'d, 'p> Label<'d, 'p> {
    pub(super) fn new(canvas: &'d mut Canvas<'p>, language: Language, size: BadgeSize) -> Label<'d, 'p> {
        // The narrower side of every label is 744 px wide: what fits one label fits all.
        let px_mm = size.width_mm.min(size.height_mm) / 744.0;
        Label {
            canvas,
            words: Words::of(language),
            other: Words::of(other(language)),
            scale: px_mm * MM,
            width: size.width_mm / px_mm,
            height: size.height_mm / px_mm,
            content: Vec::new(),
        }
    }

    /// How to lay out a label of this shape.
    pub(super) fn arrangement(&self) -> Arrangement {
        if self.height > 1.3 * self.width { Arrangement::Tall } else { Arrangement::Wide }
    }

    pub(super) fn line(&self, text: &str, weight: Weight, size: f32) -> Line {
        text::line(text, Style { weight, size: size * self.scale })
    }

    pub(super) fn fit(&self, text: &str, weight: Weight, size: f32, width: f32, height: f32) -> Vec<Line> {
        let style = Style { weight, size: size * self.scale };
        text::fit(text, style, width * self.scale, height * self.scale, LEADING)
    }

    /// A name, as large as it fits whole.
    pub(super) fn fit_name(&self, name: &str, size: f32, width: f32, height: f32) -> Vec<Line> {
        let style = Style { weight: Weight::SemiBold, size: size * self.scale };
        text::fit(name, style, width * self.scale, height * self.scale, name_leading(name))
    }

    /// The height of these lines.
    pub(super) fn height_of(&self, lines: &[Line], leading: f32) -> f32 {
        text::height(lines, leading) / self.scale
    }

    pub(super) fn put(&mut self, x: f32, y: f32, line: &Line, ink: Ink) -> Vec<Node> {
        let (x, y) = (x * self.scale, y * self.scale);
        self.canvas.text(x, y, line, ink, Role::Content).into_iter().collect()
    }

    /// Draws lines under each other, the first line's box beginning at `top`.
    pub(super) fn block(&mut self, x: f32, top: f32, lines: &[Line], leading: f32) -> Vec<Node> {
        self.canvas.block(x * self.scale, top * self.scale, lines, leading, Role::Content)
    }

    pub(super) fn fill(&mut self, x: f32, y: f32, width: f32, height: f32) {
        let scale = self.scale;
        self.canvas.rectangles([Place { x: x * scale, y: y * scale, width: width * scale, height: height * scale }].into_iter());
    }

    pub(super) fn qr(&mut self, qr: &Qr, code: &str, left: f32, top: f32) {
        let side = qr.width as f32 * MODULE * self.scale;
        let place = Place { x: left * self.scale, y: top * self.scale, width: side, height: side };
        let picture = self.canvas.picture(qr.bars(place));
        let alt = self.words.say_with("badge", "QR code with the code {code}", &[("code", &qr::spaced(code))]);
        self.content.push(group(Tag::Figure(Some(alt)), [picture]));
    }

    pub(super) fn push(&mut self, leaves: Vec<Node>) {
        if !leaves.is_empty() {
            self.content.push(group(Tag::P, leaves));
        }
    }

    /// As [`Label::push`], for what is said in the other language.
    pub(super) fn push_other(&mut self, leaves: Vec<Node>) {
        let lang = self.other.language().code().to_owned();
        self.content.push(group(Tag::P.with_lang(Some(lang)), leaves));
    }
}

fn other(language: Language) -> Language {
    match language {
        Language::En => Language::Da,
        _ => Language::En,
    }
}
