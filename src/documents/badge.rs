//! The badge of a visitor: who it is, whom they visit, and the code for signing out. Black on
//! white, laid out for the label at hand; sizes are those of the design at 12 px per millimetre.

use chrono::DateTime;
use chrono_tz::Tz;
use krilla::tagging::TagGroup;

use super::dates;
use super::fonts::{CAPITAL, Weight};
pub use super::label::BadgeSize;
use super::label::{self, Arrangement, LEADING, Label, MARGIN, MODULE};
use super::page::{About, DocumentError, Ink, Paper, heading};
use super::qr::{self, Qr};
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
    size.check()?;
    let code = label::short_code(&badge.code)?;
    let words = Words::of(language);
    let mut paper = Paper::new();
    let mut content = Vec::new();
    let (width, height) = size.points();
    paper.page(width, height, |canvas| {
        content = Drawing { label: Label::new(canvas, language, size), badge }.draw(&code);
    })?;
    let title = words.say("badge", "Visitor badge");
    paper.finish(About { pages: vec![title.clone()], title, language, made_at: badge.signed_in_at }, content)
}

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

/// The badge while it is drawn. All lengths are px of the design until they reach the canvas.
struct Drawing<'d, 'p> {
    label: Label<'d, 'p>,
    badge: &'d Badge,
}

impl Drawing<'_, '_> {
    fn draw(mut self, code: &Qr) -> Vec<TagGroup> {
        let shape = if self.label.arrangement() == Arrangement::Tall {
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
        let side = code.width as f32 * MODULE;
        let qr_top = self.label.height - MARGIN - side;
        let qr_left = match shape.arrangement {
            Arrangement::Tall => MARGIN,
            Arrangement::Wide => self.label.width - MARGIN - side,
        };
        self.band(&shape);
        self.place_and_day(&shape);
        self.who(&shape, qr_top);
        match shape.arrangement {
            Arrangement::Tall => {
                self.host_above(qr_top);
                let left = MARGIN + side + (qr::QUIET_MODULES * MODULE).max(MARGIN);
                self.leaving(left, self.label.width - MARGIN - left, qr_top);
            }
            Arrangement::Wide => {
                let width = qr_left - qr::QUIET_MODULES * MODULE - MARGIN;
                self.host_and_leaving_beside(width, qr_top);
            }
        }
        self.label.qr(code, &self.badge.code, qr_left, qr_top);
        self.label.content
    }

    /// The black band: what this paper is, in both languages.
    fn band(&mut self, shape: &Shape) {
        self.label.fill(0.0, 0.0, self.label.width, shape.band_height);
        let big = self.label.line(&self.label.words.say("badge", "Visitor"), Weight::SemiBold, shape.band_size);
        let small_size = 0.6 * shape.band_size;
        let small = self.label.line(&self.label.other.say("badge", "Visitor"), Weight::Regular, small_size);
        let y = (shape.band_height + CAPITAL * shape.band_size) / 2.0;
        let leaves = self.label.put(MARGIN, y, &big, Ink::White);
        self.label.content.push(heading(&self.label.words.say("badge", "Visitor"), leaves));
        let x = self.label.width - MARGIN - small.width / self.label.scale;
        let leaves = self.label.put(x, y - 0.1 * small_size, &small, Ink::White);
        self.label.push_other(leaves);
    }

    /// The organisation and the moment of signing in.
    fn place_and_day(&mut self, shape: &Shape) {
        let middle = match shape.arrangement {
            Arrangement::Tall => shape.band_height + 68.0,
            Arrangement::Wide => shape.band_height + 48.0,
        };
        let when = dates::short_date_and_time(&self.badge.signed_in_at, self.label.words.language());
        let when = self.label.line(&when, Weight::Regular, 28.0);
        let when_width = when.width / self.label.scale;
        let room = self.label.width - 2.0 * MARGIN - when_width - 32.0;
        let organisation = self.label.fit(&self.badge.organisation, Weight::SemiBold, 36.0, room, shape.organisation_height);
        let height = self.label.height_of(&organisation, LEADING);
        let leaves = self.label.block(MARGIN, middle - height / 2.0, &organisation, LEADING);
        self.label.push(leaves);
        let y = middle + CAPITAL * 28.0 / 2.0;
        let leaves = self.label.put(self.label.width - MARGIN - when_width, y, &when, Ink::Black);
        self.label.push(leaves);
    }

    /// The name, as large as it fits whole, and the company under it.
    fn who(&mut self, shape: &Shape, qr_top: f32) {
        let bottom = match (shape.arrangement, &self.badge.host) {
            (Arrangement::Tall, Some(_)) => rule_top(qr_top) - 32.0,
            (Arrangement::Tall, None) => qr_top - 60.0,
            (Arrangement::Wide, _) => qr_top - qr::QUIET_MODULES * MODULE,
        };
        let room = self.label.width - 2.0 * MARGIN;
        let company = match &self.badge.company {
            Some(company) => self.label.fit(company, Weight::SemiBold, shape.company_size, room, shape.company_height),
            None => Vec::new(),
        };
        let company_height = self.label.height_of(&company, LEADING);
        let gap = if company.is_empty() { 0.0 } else { 16.0 };
        let name_height = bottom - shape.name_top - company_height - gap;
        let leading = label::name_leading(&self.badge.name);
        let name = self.label.fit_name(&self.badge.name, shape.name_size, room, name_height);
        let leaves = self.label.block(MARGIN, shape.name_top, &name, leading);
        self.label.push(leaves);
        let below = shape.name_top + self.label.height_of(&name, leading) + gap;
        let leaves = self.label.block(MARGIN, below, &company, LEADING);
        self.label.push(leaves);
    }

    /// A rule, and the host under it.
    fn host_above(&mut self, qr_top: f32) {
        let Some(host) = &self.badge.host else { return };
        let room = self.label.width - 2.0 * MARGIN;
        self.label.fill(MARGIN, rule_top(qr_top), room, 3.0);
        let label = self.label.line(&self.label.words.say("badge", "Host"), Weight::Regular, 28.0);
        let mut leaves = self.label.put(MARGIN, rule_top(qr_top) + 56.0, &label, Ink::Black);
        let host = self.label.fit(host, Weight::SemiBold, 44.0, room, 88.0);
        leaves.extend(self.label.block(MARGIN, rule_top(qr_top) + 68.0, &host, 1.1));
        self.label.push(leaves);
    }

    /// The code to read, and what to do with it, between the top and the foot of the QR.
    fn leaving(&mut self, left: f32, room: f32, qr_top: f32) {
        let code = self.label.line(&qr::spaced(&self.badge.code), Weight::SemiBold, 44.0);
        let leaves = self.label.put(left, qr_top + CAPITAL * 44.0, &code, Ink::Black);
        self.label.push(leaves);
        let foot = self.label.height - MARGIN;
        let other = self.label.fit(&self.label.other.say("badge", "Scan when you leave"), Weight::Regular, 28.0, room, 36.0);
        let own = self.label.fit(&self.label.words.say("badge", "Scan when you leave"), Weight::SemiBold, 36.0, room, 96.0);
        let other_top = foot - self.label.height_of(&other, LEADING);
        let own_top = other_top - self.label.height_of(&own, LEADING) - 4.0;
        let leaves = self.label.block(left, own_top, &own, LEADING);
        self.label.push(leaves);
        let leaves = self.label.block(left, other_top, &other, LEADING);
        self.label.push_other(leaves);
    }

    /// Host, code and what to do with it, in one column left of the QR.
    fn host_and_leaving_beside(&mut self, room: f32, qr_top: f32) {
        if let Some(host) = &self.badge.host {
            let label = self.label.line(&self.label.words.say("badge", "Host"), Weight::Regular, 26.0);
            let mut leaves = self.label.put(MARGIN, qr_top + CAPITAL * 26.0, &label, Ink::Black);
            let host = self.label.fit(host, Weight::SemiBold, 38.0, room, 88.0);
            leaves.extend(self.label.block(MARGIN, qr_top + 28.0, &host, 1.14));
            self.label.push(leaves);
        }
        let foot = self.label.height - MARGIN;
        let other = self.label.line(&self.label.other.say("badge", "Scan when you leave"), Weight::Regular, 24.0);
        let own = self.label.fit(&self.label.words.say("badge", "Scan when you leave"), Weight::SemiBold, 30.0, room, 36.0);
        let code = self.label.line(&qr::spaced(&self.badge.code), Weight::SemiBold, 38.0);
        let leaves = self.label.put(MARGIN, foot - 76.0, &code, Ink::Black);
        self.label.push(leaves);
        let leaves = self.label.block(MARGIN, foot - 66.0, &own, LEADING);
        self.label.push(leaves);
        let leaves = self.label.put(MARGIN, foot - 2.0, &other, Ink::Black);
        self.label.push_other(leaves);
    }
}

fn rule_top(qr_top: f32) -> f32 {
    qr_top - 201.0
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
    fn a_badge_in_a_log_says_nothing() {
        assert_eq!(format!("{:?}", badge("Åse")), "Badge(..)");
    }
}
