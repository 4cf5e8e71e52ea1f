//! The badge of a visitor: who it is, whom they visit, and the code for signing out. Black on
//! white, laid out for the label at hand; sizes are those of the design at 12 px per millimetre.

use chrono::DateTime;
use chrono_tz::Tz;
use krilla::tagging::{Identifier, Tag, TagGroup};
use qrcode::{Color, EcLevel, QrCode};

use super::dates;
use super::fonts::{CAPITAL, Weight};
use super::page::{About, Canvas, DocumentError, Ink, MM, Paper, Place, Role, group, heading};
use super::text::{self, Line, Style};
use super::words::Words;
use crate::domain::language::Language;

/// What a visitor's badge says. `Debug` shows none of it: it is personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Badge {
    pub organisation: String,
    pub name: String,
    pub company: Option<String>,
    pub host: Option<String>,
    pub signed_in_at: DateTime<Tz>,
    /// The short code for signing out: 8 Crockford characters, into the QR as they are, and to
    /// read as 4 + 4.
    pub code: String,
}

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
}

impl std::fmt::Debug for Badge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Badge(..)")
    }
}

/// Renders the badge as a PDF of one page (PDF/UA-1): in `language`, with the other one small.
///
/// The name is always whole: it shrinks and wraps. The QR is of version 1 at level H for a short
/// code, its modules 11/12 mm on a label 62 mm wide, with a quiet zone of 4.
///
/// # Errors
/// `Size` for a label outside its range, `Code` for a code too long for the badge's QR.
pub fn render(badge: &Badge, language: Language, size: BadgeSize) -> Result<Vec<u8>, DocumentError> {
    let holds_a_badge = (50.0..=210.0).contains(&size.width_mm) && (50.0..=297.0).contains(&size.height_mm);
    if !holds_a_badge {
        return Err(DocumentError::Size);
    }
    let code = QrCode::with_error_correction_level(badge.code.as_bytes(), EcLevel::H)
        .ok()
        .filter(|qr| qr.width() <= QR_MODULES_MAX)
        .ok_or(DocumentError::Code)?;
    let words = Words::of(language);
    let mut paper = Paper::new();
    let mut content = Vec::new();
    paper.page(size.width_mm * MM, size.height_mm * MM, |canvas| {
        content = Drawing::new(canvas, badge, language, size).draw(&code);
    })?;
    let title = words.say("badge", "Visitor badge");
    paper.finish(About { pages: vec![title.clone()], title, language, made_at: badge.signed_in_at }, content)
}

/// The margin on every side, in px of the design.
const MARGIN: f32 = 48.0;
/// The side of a module of the QR, in px of the design.
const MODULE: f32 = 11.0;
/// The quiet zone around the QR, in modules. Source: ISO/IEC 18004.
const QUIET_MODULES: f32 = 4.0;
/// The layout has room for version 1: up to 10 letters and digits at level H.
const QR_MODULES_MAX: usize = 21;
/// From one baseline of the name to the next, in em: Å under g must not touch.
const NAME_LEADING: f32 = 1.08;
const LEADING: f32 = 1.2;

/// What differs between labels that are clearly taller than wide and the others.
struct Shape {
    band_height: f32,
    band_size: f32,
    /// The top of the name.
    name_top: f32,
    name_size: f32,
    /// The room of the organisation and of the company: two lines of 36 and 44 px, or one of 36.
    organisation_height: f32,
    company_size: f32,
    company_height: f32,
    arrangement: Arrangement,
}

#[derive(Clone, Copy, PartialEq)]
enum Arrangement {
    /// The host above the QR, the QR at the left, as in the design of 62 × 100 mm.
    Tall,
    /// The host beside the QR, the QR at the right.
    Wide,
}

/// The badge while it is drawn. All lengths are px of the design until they reach the canvas.
struct Drawing<'d, 'p> {
    canvas: &'d mut Canvas<'p>,
    badge: &'d Badge,
    words: Words,
    other: Words,
    /// Points per px.
    scale: f32,
    width: f32,
    height: f32,
    content: Vec<TagGroup>,
}

impl<'d, 'p> Drawing<'d, 'p> {
    fn new(canvas: &'d mut Canvas<'p>, badge: &'d Badge, language: Language, size: BadgeSize) -> Drawing<'d, 'p> {
        // The narrower side of every label is 744 px wide: what fits one label fits all.
        let px_mm = size.width_mm.min(size.height_mm) / 744.0;
        Drawing {
            canvas,
            badge,
            words: Words::of(language),
            other: Words::of(other(language)),
            scale: px_mm * MM,
            width: size.width_mm / px_mm,
            height: size.height_mm / px_mm,
            content: Vec::new(),
        }
    }

    fn draw(mut self, code: &QrCode) -> Vec<TagGroup> {
        let shape = if self.height > 1.3 * self.width {
            Shape {
                band_height: 136.0,
                band_size: 60.0,
                name_top: 276.0,
                name_size: 150.0,
                organisation_height: 88.0,
                company_size: 44.0,
                company_height: 106.0,
                arrangement: Arrangement::Tall,
            }
        } else {
            Shape {
                band_height: 104.0,
                band_size: 52.0,
                name_top: 196.0,
                name_size: 130.0,
                organisation_height: 44.0,
                company_size: 36.0,
                company_height: 44.0,
                arrangement: Arrangement::Wide,
            }
        };
        let side = code.width() as f32 * MODULE;
        let qr_top = self.height - MARGIN - side;
        let qr_left = match shape.arrangement {
            Arrangement::Tall => MARGIN,
            Arrangement::Wide => self.width - MARGIN - side,
        };
        self.band(&shape);
        self.place_and_day(&shape);
        self.who(&shape, qr_top);
        match shape.arrangement {
            Arrangement::Tall => {
                self.host_above(qr_top);
                let left = MARGIN + side + (QUIET_MODULES * MODULE).max(MARGIN);
                self.leaving(left, self.width - MARGIN - left, qr_top);
            }
            Arrangement::Wide => {
                let width = qr_left - QUIET_MODULES * MODULE - MARGIN;
                self.host_and_leaving_beside(width, qr_top);
            }
        }
        self.qr(code, qr_left, qr_top);
        self.content
    }

    /// The black band: what this paper is, in both languages.
    fn band(&mut self, shape: &Shape) {
        self.fill(0.0, 0.0, self.width, shape.band_height);
        let big = self.line(&self.words.say("badge", "Visitor"), Weight::SemiBold, shape.band_size);
        let small_size = 0.6 * shape.band_size;
        let small = self.line(&self.other.say("badge", "Visitor"), Weight::Regular, small_size);
        let y = (shape.band_height + CAPITAL * shape.band_size) / 2.0;
        let leaves = self.put(MARGIN, y, &big, Ink::White);
        self.content.push(heading(&self.words.say("badge", "Visitor"), leaves));
        let x = self.width - MARGIN - small.width / self.scale;
        let leaves = self.put(x, y - 0.1 * small_size, &small, Ink::White);
        self.push_other(leaves);
    }

    /// The organisation and the moment of signing in.
    fn place_and_day(&mut self, shape: &Shape) {
        let middle = match shape.arrangement {
            Arrangement::Tall => shape.band_height + 68.0,
            Arrangement::Wide => shape.band_height + 48.0,
        };
        let when = dates::short_date_and_time(&self.badge.signed_in_at, self.words.language());
        let when = self.line(&when, Weight::Regular, 28.0);
        let when_width = when.width / self.scale;
        let room = self.width - 2.0 * MARGIN - when_width - 32.0;
        let organisation = self.fit(&self.badge.organisation, Weight::SemiBold, 36.0, room, shape.organisation_height);
        let height = text::height(&organisation, LEADING) / self.scale;
        let leaves = self.block(MARGIN, middle - height / 2.0, &organisation, LEADING);
        self.push(leaves);
        let y = middle + CAPITAL * 28.0 / 2.0;
        let leaves = self.put(self.width - MARGIN - when_width, y, &when, Ink::Black);
        self.push(leaves);
    }

    /// The name, as large as it fits whole, and the company under it.
    fn who(&mut self, shape: &Shape, qr_top: f32) {
        let bottom = match (shape.arrangement, &self.badge.host) {
            (Arrangement::Tall, Some(_)) => rule_top(qr_top) - 32.0,
            (Arrangement::Tall, None) => qr_top - 60.0,
            (Arrangement::Wide, _) => qr_top - QUIET_MODULES * MODULE,
        };
        let room = self.width - 2.0 * MARGIN;
        let company = match &self.badge.company {
            Some(company) => self.fit(company, Weight::SemiBold, shape.company_size, room, shape.company_height),
            None => Vec::new(),
        };
        let company_height = text::height(&company, LEADING) / self.scale;
        let gap = if company.is_empty() { 0.0 } else { 16.0 };
        let name_height = bottom - shape.name_top - company_height - gap;
        let style = Style { weight: Weight::SemiBold, size: shape.name_size * self.scale };
        let name = text::fit(&self.badge.name, style, room * self.scale, name_height * self.scale, NAME_LEADING);
        let leaves = self.block(MARGIN, shape.name_top, &name, NAME_LEADING);
        self.push(leaves);
        let below = shape.name_top + text::height(&name, NAME_LEADING) / self.scale + gap;
        let leaves = self.block(MARGIN, below, &company, LEADING);
        self.push(leaves);
    }

    /// A rule, and the host under it.
    fn host_above(&mut self, qr_top: f32) {
        let Some(host) = &self.badge.host else { return };
        let room = self.width - 2.0 * MARGIN;
        self.fill(MARGIN, rule_top(qr_top), room, 3.0);
        let label = self.line(&self.words.say("badge", "Host"), Weight::Regular, 28.0);
        let mut leaves = self.put(MARGIN, rule_top(qr_top) + 56.0, &label, Ink::Black);
        let host = self.fit(host, Weight::SemiBold, 44.0, room, 88.0);
        leaves.extend(self.block(MARGIN, rule_top(qr_top) + 68.0, &host, 1.1));
        self.push(leaves);
    }

    /// The code to read, and what to do with it, between the top and the foot of the QR.
    fn leaving(&mut self, left: f32, room: f32, qr_top: f32) {
        let code = self.line(&spaced(&self.badge.code), Weight::SemiBold, 44.0);
        let leaves = self.put(left, qr_top + CAPITAL * 44.0, &code, Ink::Black);
        self.push(leaves);
        let foot = self.height - MARGIN;
        let other = self.fit(&self.other.say("badge", "Scan when you leave"), Weight::Regular, 28.0, room, 36.0);
        let own = self.fit(&self.words.say("badge", "Scan when you leave"), Weight::SemiBold, 36.0, room, 96.0);
        let other_top = foot - text::height(&other, LEADING) / self.scale;
        let own_top = other_top - text::height(&own, LEADING) / self.scale - 4.0;
        let leaves = self.block(left, own_top, &own, LEADING);
        self.push(leaves);
        let leaves = self.block(left, other_top, &other, LEADING);
        self.push_other(leaves);
    }

    /// Host, code and what to do with it, in one column left of the QR.
    fn host_and_leaving_beside(&mut self, room: f32, qr_top: f32) {
        if let Some(host) = &self.badge.host {
            let label = self.line(&self.words.say("badge", "Host"), Weight::Regular, 26.0);
            let mut leaves = self.put(MARGIN, qr_top + CAPITAL * 26.0, &label, Ink::Black);
            let host = self.fit(host, Weight::SemiBold, 38.0, room, 88.0);
            leaves.extend(self.block(MARGIN, qr_top + 28.0, &host, 1.14));
            self.push(leaves);
        }
        let foot = self.height - MARGIN;
        let other = self.line(&self.other.say("badge", "Scan when you leave"), Weight::Regular, 24.0);
        let own = self.fit(&self.words.say("badge", "Scan when you leave"), Weight::SemiBold, 30.0, room, 36.0);
        let code = self.line(&spaced(&self.badge.code), Weight::SemiBold, 38.0);
        let leaves = self.put(MARGIN, foot - 76.0, &code, Ink::Black);
        self.push(leaves);
        let leaves = self.block(MARGIN, foot - 66.0, &own, LEADING);
        self.push(leaves);
        let leaves = self.put(MARGIN, foot - 2.0, &other, Ink::Black);
        self.push_other(leaves);
    }

    fn qr(&mut self, code: &QrCode, left: f32, top: f32) {
        let width = code.width();
        let scale = self.scale;
        let colors = code.to_colors();
        // Dark neighbours in a row become one rectangle: no seam for a printer to show.
        let rows = colors.chunks(width).enumerate().flat_map(|(row, modules)| {
            let mut bars = Vec::new();
            let mut column = 0;
            while column < width {
                let dark = modules[column..].iter().take_while(|module| **module == Color::Dark).count();
                if dark > 0 {
                    bars.push(Place {
                        x: (left + column as f32 * MODULE) * scale,
                        y: (top + row as f32 * MODULE) * scale,
                        width: dark as f32 * MODULE * scale,
                        height: MODULE * scale,
                    });
                }
                column += dark + 1;
            }
            bars
        });
        let identifier = self.canvas.picture(rows);
        let code = spaced(&self.badge.code);
        let alt = self.words.say_with("badge", "QR code with the code {code}", &[("code", &code)]);
        self.content.push(group(Tag::Figure(Some(alt)), vec![identifier]));
    }

    fn line(&self, text: &str, weight: Weight, size: f32) -> Line {
        text::line(text, Style { weight, size: size * self.scale })
    }

    fn fit(&self, text: &str, weight: Weight, size: f32, width: f32, height: f32) -> Vec<Line> {
        let style = Style { weight, size: size * self.scale };
        text::fit(text, style, width * self.scale, height * self.scale, LEADING)
    }

    fn put(&mut self, x: f32, y: f32, line: &Line, ink: Ink) -> Vec<Identifier> {
        let (x, y) = (x * self.scale, y * self.scale);
        self.canvas.text(x, y, line, ink, Role::Content)
    }

    fn block(&mut self, x: f32, top: f32, lines: &[Line], leading: f32) -> Vec<Identifier> {
        self.canvas.block(x * self.scale, top * self.scale, lines, leading, Role::Content)
    }

    fn fill(&mut self, x: f32, y: f32, width: f32, height: f32) {
        let scale = self.scale;
        self.canvas.rectangles([Place { x: x * scale, y: y * scale, width: width * scale, height: height * scale }].into_iter());
    }

    fn push(&mut self, leaves: Vec<Identifier>) {
        if !leaves.is_empty() {
            self.content.push(group(Tag::P, leaves));
        }
    }

    fn push_other(&mut self, leaves: Vec<Identifier>) {
        let lang = self.other.language().code().to_owned();
        self.content.push(group(Tag::P.with_lang(Some(lang)), leaves));
    }
}

fn rule_top(qr_top: f32) -> f32 {
    qr_top - 201.0
}

fn other(language: Language) -> Language {
    match language {
        Language::Da => Language::En,
        Language::En => Language::Da,
    }
}

/// `7Q4M2XKD` as `7Q4M 2XKD`; another length as it is.
fn spaced(code: &str) -> String {
    match code.split_at_checked(4) {
        Some((first, last)) if code.is_ascii() && last.len() == 4 => format!("{first} {last}"),
        _ => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    const LABELS: [BadgeSize; 3] = [
        BadgeSize { width_mm: 62.0, height_mm: 100.0 },
        BadgeSize { width_mm: 100.0, height_mm: 62.0 },
        BadgeSize { width_mm: 62.0, height_mm: 62.0 },
    ];

    fn badge(name: &str) -> Badge {
        Badge {
            organisation: "Lærkehøj".into(),
            name: name.into(),
            company: Some("Ærø Data".into()),
            host: Some("Mikkel Kærulff Ågård".into()),
            signed_in_at: chrono_tz::Europe::Copenhagen.with_ymd_and_hms(2026, 3, 12, 9, 43, 0).unwrap(),
            code: "7Q4M2XKD".into(),
        }
    }

    fn contains(pdf: &[u8], needle: &str) -> bool {
        memchr::memmem::find(pdf, needle.as_bytes()).is_some()
    }

    #[test]
    fn a_badge_is_one_tagged_page_of_the_size_of_its_label() {
        let pdf = render(&badge("Åse Brændgaard"), Language::Da, LABELS[0]).unwrap();
        assert!(pdf.starts_with(b"%PDF-1.7"));
        assert!(contains(&pdf, "/MediaBox[0 0 175.74803 283.46457]"));
        assert!(contains(&pdf, "/Type/Pages/Count 1/"));
        assert!(contains(&pdf, "/Lang(da)/StructTreeRoot"));
        assert!(contains(&pdf, "/Marked true"));
        assert!(contains(&pdf, "<pdfuaid:part>1</pdfuaid:part>"));
    }

    #[test]
    fn every_name_gives_a_badge_on_every_label() {
        let long = "Brændgaard ".repeat(18);
        let endless = "Æ".repeat(200);
        let names = [
            "Bo",
            &long,
            &endless,
            "مريم عبد الله",
            "שרה",
            "李小龍",
            "👩‍🚀 Zoë",
            "Phạm Thị Hồng Hạnh",
            "A\u{30a}se Z\u{351}\u{36f}a\u{323}",
            "\u{feff}\u{0}\u{7}",
            "",
            "\u{fffe}\u{e000}",
        ];
        for name in names {
            for size in LABELS {
                for language in Language::ALL {
                    render(&badge(name), language, size).unwrap();
                }
            }
        }
    }

    #[test]
    fn a_badge_needs_neither_company_nor_host() {
        let alone = Badge { company: None, host: None, ..badge("Bo") };
        for size in LABELS {
            render(&alone, Language::En, size).unwrap();
        }
    }

    #[test]
    fn a_label_that_holds_no_badge_is_refused() {
        for (width_mm, height_mm) in [(49.9, 100.0), (62.0, 298.0), (f32::NAN, 62.0)] {
            let size = BadgeSize { width_mm, height_mm };
            assert_eq!(render(&badge("Bo"), Language::Da, size), Err(DocumentError::Size));
        }
        let smallest = BadgeSize { width_mm: 50.0, height_mm: 50.0 };
        assert!(render(&badge("Bo"), Language::Da, smallest).is_ok());
    }

    #[test]
    fn a_code_too_long_for_the_qr_is_refused() {
        for (length, expected) in [(10, None), (11, Some(DocumentError::Code)), (5000, Some(DocumentError::Code))] {
            let longer = Badge { code: "A".repeat(length), ..badge("Bo") };
            assert_eq!(render(&longer, Language::Da, LABELS[0]).err(), expected);
        }
    }

    #[test]
    fn the_short_code_makes_the_smallest_qr_and_is_shown_in_two_halves() {
        let code = QrCode::with_error_correction_level("7Q4M2XKD", EcLevel::H).unwrap();
        assert_eq!(code.width(), 21);
        assert_eq!(spaced("7Q4M2XKD"), "7Q4M 2XKD");
        assert_eq!(spaced("7Q4M2XK"), "7Q4M2XK");
        assert_eq!(spaced("æøåæ"), "æøåæ");
    }

    #[test]
    fn a_badge_in_a_log_says_nothing() {
        assert_eq!(format!("{:?}", badge("Åse")), "Badge(..)");
    }
}
