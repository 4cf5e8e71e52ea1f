//! The badge of a participant: who it is, of which event, and at the foot whether pictures may be
//! taken of them, to be seen from three metres: an open strip says yes, a solid one no.

use std::fmt;

use chrono::DateTime;
use chrono_tz::Tz;
use krilla::geom::PathBuilder;
use krilla::tagging::TagGroup;

use super::dates;
use super::fonts::{CAPITAL, Weight};
pub use super::label::BadgeSize;
use super::label::{self, Arrangement, LEADING, Label, MARGIN, MODULE};
use super::page::{About, DocumentError, Ink, Paper, heading};
use super::qr::{self, Qr};
use super::text::Line;
use super::words::Words;
use crate::domain::language::Language;

/// What a participant's badge says. `Debug` shows none of it: it is personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct ParticipantBadge {
    pub organisation: String,
    pub event: String,
    pub starts_at: DateTime<Tz>,
    pub name: String,
    pub title: Option<String>,
    pub company: Option<String>,
    pub table: Option<String>,
    pub room: Option<String>,
    /// `None` where nobody takes pictures: then there is no strip.
    pub photos: Option<Photos>,
    /// The short code of the ticket: 8 Crockford characters, into the QR as they are, and to read
    /// as 4 + 4.
    pub short_code: String,
}

/// Whether pictures may be taken of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Photos {
    Yes,
    No,
}

impl fmt::Debug for ParticipantBadge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ParticipantBadge(..)")
    }
}

/// Renders the badge as a PDF of one page (PDF/UA-1): in `language`, the mark in the other one too.
///
/// The name is always whole: it shrinks and wraps. The QR is that of a visitor's badge.
///
/// # Errors
/// `Size` for a label outside its range, `Code` for a code too long for the badge's QR.
pub fn render(badge: &ParticipantBadge, language: Language, size: BadgeSize) -> Result<Vec<u8>, DocumentError> {
    size.check()?;
    let code = label::short_code(&badge.short_code)?;
    let words = Words::of(language);
    let mut paper = Paper::new();
    let mut content = Vec::new();
    let (width, height) = size.points();
    paper.page(width, height, |canvas| {
        content = Drawing { label: Label::new(canvas, language, size), badge }.draw(&code);
    })?;
    let title = words.say("badge", "Participant badge");
    paper.finish(About { pages: vec![title.clone()], title, language, made_at: badge.starts_at }, content)
}

/// What differs between labels that are clearly taller than wide and the others.
struct Shape {
    /// The middle of the organisation's line, and the rule under it.
    head_middle: f32,
    rule: f32,
    event_size: f32,
    event_height: f32,
    name_size: f32,
    work_size: f32,
    strip_height: f32,
    /// The air above the strip.
    above_strip: f32,
}

const TALL: Shape = Shape {
    head_middle: 80.0,
    rule: 136.0,
    event_size: 36.0,
    event_height: 88.0,
    name_size: 150.0,
    work_size: 44.0,
    strip_height: 168.0,
    above_strip: 48.0,
};

const WIDE: Shape = Shape {
    head_middle: 52.0,
    rule: 88.0,
    event_size: 32.0,
    event_height: 40.0,
    name_size: 120.0,
    work_size: 34.0,
    strip_height: 136.0,
    above_strip: 36.0,
};

/// The badge while it is drawn. All lengths are px of the design until they reach the canvas.
struct Drawing<'d, 'p> {
    label: Label<'d, 'p>,
    badge: &'d ParticipantBadge,
}

impl Drawing<'_, '_> {
    fn draw(mut self, qr: &Qr) -> Vec<TagGroup> {
        let arrangement = self.label.arrangement();
        let shape = match arrangement {
            Arrangement::Tall => TALL,
            Arrangement::Wide => WIDE,
        };
        let side = qr.width as f32 * MODULE;
        let strip_height = if self.badge.photos.is_some() { shape.strip_height } else { 0.0 };
        let foot = self.label.height - strip_height - shape.above_strip;
        let (qr_left, qr_top) = (self.label.width - MARGIN - side, foot - side);
        let quiet = qr::QUIET_MODULES * MODULE;

        let top = self.head(&shape);
        let beside = qr_left - quiet - MARGIN;
        match arrangement {
            Arrangement::Tall => {
                let work = self.work(&shape, self.label.width - 2.0 * MARGIN, 168.0);
                self.name_and_work(&shape, top, qr_top - quiet, &work);
            }
            Arrangement::Wide => {
                self.name_and_work(&shape, top, qr_top - quiet, &[]);
                let place_height = if self.place().is_some() { 56.0 } else { 0.0 };
                let work = self.work(&shape, beside, side - 60.0 - place_height);
                self.lines(qr_top - 6.0, &work);
            }
        }
        if let Some(place) = self.place() {
            let lines = self.label.fit(&place, Weight::SemiBold, 40.0, beside, 80.0);
            let top = foot - 56.0 - self.label.height_of(&lines, LEADING);
            self.lines(top, &lines);
        }
        let code = self.label.line(&qr::spaced(&self.badge.short_code), Weight::SemiBold, 44.0);
        let leaves = self.label.put(MARGIN, foot, &code, Ink::Black);
        self.label.push(leaves);
        self.label.qr(qr, &self.badge.short_code, qr_left, qr_top);
        if let Some(photos) = self.badge.photos {
            self.strip(photos, shape.strip_height);
        }
        self.label.content
    }

    /// Where they sit.
    fn place(&self) -> Option<String> {
        let table = self.badge.table.as_ref().map(|table| self.label.words.say_with("badge", "Table {table}", &[("table", table)]));
        let places: Vec<String> = table.into_iter().chain(self.badge.room.clone()).collect();
        (!places.is_empty()).then(|| places.join(" · "))
    }

    /// The organisation, the day and the event. Returns where it ends.
    fn head(&mut self, shape: &Shape) -> f32 {
        let day = dates::short_date(self.badge.starts_at.date_naive(), self.label.words.language());
        let day = self.label.line(&day, Weight::Regular, 28.0);
        let day_width = day.width / self.label.scale;
        let room = self.label.width - 2.0 * MARGIN;
        let organisation = self.label.fit(&self.badge.organisation, Weight::SemiBold, 36.0, room - day_width - 32.0, 64.0);
        let height = self.label.height_of(&organisation, LEADING);
        let leaves = self.label.block(MARGIN, shape.head_middle - height / 2.0, &organisation, LEADING);
        self.label.push(leaves);
        let y = shape.head_middle + CAPITAL * 28.0 / 2.0;
        let leaves = self.label.put(self.label.width - MARGIN - day_width, y, &day, Ink::Black);
        self.label.push(leaves);
        self.label.fill(MARGIN, shape.rule, room, 3.0);
        let event = self.label.fit(&self.badge.event, Weight::SemiBold, shape.event_size, room, shape.event_height);
        let top = shape.rule + 24.0;
        let leaves = self.label.block(MARGIN, top, &event, LEADING);
        self.label.content.push(heading(&self.badge.event, leaves));
        top + self.label.height_of(&event, LEADING)
    }

    /// Title and company, as they fit into `width` × `height`.
    fn work(&self, shape: &Shape, width: f32, height: f32) -> Vec<Line> {
        let both = self.badge.title.is_some() && self.badge.company.is_some();
        let height = if both { height / 2.0 } else { height };
        let fit = |text: &Option<String>, weight| match text {
            Some(text) => self.label.fit(text, weight, shape.work_size, width, height),
            None => Vec::new(),
        };
        let mut lines = fit(&self.badge.title, Weight::Regular);
        lines.extend(fit(&self.badge.company, Weight::SemiBold));
        lines
    }

    /// The name, as large as it fits whole between `top` and `bottom` with `work` under it.
    fn name_and_work(&mut self, shape: &Shape, top: f32, bottom: f32, work: &[Line]) {
        let work_height = self.label.height_of(work, LEADING);
        let gap = if work.is_empty() { 0.0 } else { 20.0 };
        let top = top + 0.12 * (bottom - top);
        let room = self.label.width - 2.0 * MARGIN;
        let leading = label::name_leading(&self.badge.name);
        let name = self.label.fit_name(&self.badge.name, shape.name_size, room, bottom - top - work_height - gap);
        let leaves = self.label.block(MARGIN, top, &name, leading);
        self.label.push(leaves);
        self.lines(top + self.label.height_of(&name, leading) + gap, work);
    }

    fn lines(&mut self, top: f32, lines: &[Line]) {
        let leaves = self.label.block(MARGIN, top, lines, LEADING);
        self.label.push(leaves);
    }

    /// The strip at the foot. Its form says it, then its picture, then its words.
    fn strip(&mut self, photos: Photos, height: f32) {
        let top = self.label.height - height;
        let (ink, said, other) = match photos {
            Photos::Yes => {
                self.label.fill(0.0, top, self.label.width, 6.0);
                (Ink::Black, self.label.words.say("badge", "Photos: yes"), self.label.other.say("badge", "Photos: yes"))
            }
            Photos::No => {
                self.label.fill(0.0, top, self.label.width, height);
                (Ink::White, self.label.words.say("badge", "No photos, please"), self.label.other.say("badge", "No photos, please"))
            }
        };
        let unit = 0.68 * height / 24.0;
        self.camera(photos, MARGIN, top + 0.16 * height, unit, ink);
        let left = MARGIN + 24.0 * unit + 28.0;
        let room = self.label.width - MARGIN - left;
        let said = self.label.fit(&said, Weight::SemiBold, 0.42 * height, room, 0.42 * height * LEADING);
        let other = self.label.line(&other, Weight::Regular, 28.0);
        for line in &said {
            let size = line.style.size / self.label.scale;
            let leaves = self.label.put(left, top + 0.36 * height + CAPITAL * size / 2.0, line, ink);
            self.label.push(leaves);
        }
        let leaves = self.label.put(left, top + 0.82 * height, &other, ink);
        self.label.push_other(leaves);
    }

    /// A camera, crossed where pictures may not be taken, drawn on a grid of 24 × 24 units after
    /// the icons of the screen (`assets/icons/camera.svg`).
    fn camera(&mut self, photos: Photos, left: f32, top: f32, unit: f32, ink: Ink) {
        let scale = self.label.scale;
        let at = |x: f32, y: f32| ((left + x * unit) * scale, (top + y * unit) * scale);
        let line = 2.0 * unit * scale;
        let mut path = PathBuilder::new();
        let to = |path: &mut PathBuilder, points: &[(f32, f32)]| {
            for (index, (x, y)) in points.iter().enumerate() {
                let (x, y) = at(*x, *y);
                if index == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
            }
        };
        to(
            &mut path,
            &[(14.0, 4.0), (15.3, 4.4), (16.7, 6.6), (18.0, 7.0), (20.0, 7.0), (21.4, 7.6), (22.0, 9.0), (22.0, 18.0), (21.4, 19.4)],
        );
        for (x, y) in [
            (20.0, 20.0),
            (4.0, 20.0),
            (2.6, 19.4),
            (2.0, 18.0),
            (2.0, 9.0),
            (2.6, 7.6),
            (4.0, 7.0),
            (6.0, 7.0),
            (7.3, 6.6),
            (8.7, 4.4),
            (10.0, 4.0),
        ] {
            let (x, y) = at(x, y);
            path.line_to(x, y);
        }
        path.close();
        let around: Vec<(f32, f32)> = (0..=24).map(|step| f32::sin_cos(step as f32 * std::f32::consts::TAU / 24.0)).collect();
        to(&mut path, &around.iter().map(|(sin, cos)| (12.0 + 3.0 * cos, 13.0 + 3.0 * sin)).collect::<Vec<_>>());
        self.label.canvas.outline(path, line, ink);
        if photos == Photos::No {
            for (width, ink) in [(3.0 * line, other_ink(ink)), (line, ink)] {
                let mut cross = PathBuilder::new();
                to(&mut cross, &[(2.0, 2.0), (22.0, 22.0)]);
                self.label.canvas.outline(cross, width, ink);
            }
        }
    }
}

fn other_ink(ink: Ink) -> Ink {
    match ink {
        Ink::Black => Ink::White,
        Ink::White => Ink::Black,
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

    fn badge(name: &str) -> ParticipantBadge {
        ParticipantBadge {
            organisation: "Lærkehøj".into(),
            event: "Sikkerhed i skyen 2026".into(),
            starts_at: chrono_tz::Europe::Copenhagen.with_ymd_and_hms(2026, 3, 12, 10, 0, 0).unwrap(),
            name: name.into(),
            title: Some("Sikkerhedsarkitekt".into()),
            company: Some("Ærø Data ApS".into()),
            table: Some("12".into()),
            room: Some("Store Sal".into()),
            photos: Some(Photos::No),
            short_code: "7Q4M2XKD".into(),
        }
    }

    fn contains(pdf: &[u8], needle: &str) -> bool {
        memchr::memmem::find(pdf, needle.as_bytes()).is_some()
    }

    #[test]
    fn a_badge_is_one_tagged_page_of_the_size_of_its_label() {
        let pdf = render(&badge("Åse Brændgaard"), Language::Da, LABELS[0]).unwrap();
        assert!(contains(&pdf, "/MediaBox[0 0 175.74803 283.46457]"));
        assert!(contains(&pdf, "/Type/Pages/Count 1/"));
        assert!(contains(&pdf, "/Title(Skilt til deltager)"));
        assert!(contains(&pdf, "<pdfuaid:part>1</pdfuaid:part>"));
    }

    #[test]
    fn every_name_gives_a_badge_on_every_label() {
        let long = "Brændgaard ".repeat(18);
        let endless = "Æ".repeat(200);
        for name in ["Bo", &long, &endless, "مريم عبد الله", "李小龍", "👩‍🚀 Zoë", "Phạm Thị Hồng Hạnh", "\u{feff}\u{0}\u{7}", ""]
        {
            for size in LABELS {
                for (language, photos) in [(Language::Da, None), (Language::En, Some(Photos::Yes)), (Language::Da, Some(Photos::No))] {
                    render(&ParticipantBadge { photos, ..badge(name) }, language, size).unwrap();
                    let all = ParticipantBadge {
                        photos,
                        title: Some(name.into()),
                        company: Some(name.into()),
                        table: Some(name.into()),
                        room: Some(name.into()),
                        ..badge(name)
                    };
                    render(&all, language, size).unwrap();
                    let alone = ParticipantBadge { photos, title: None, company: None, table: None, room: None, ..badge(name) };
                    render(&alone, language, size).unwrap();
                }
            }
        }
    }

    #[test]
    fn a_label_that_holds_no_badge_and_a_code_too_long_are_refused() {
        let small = BadgeSize { width_mm: 49.9, height_mm: 100.0 };
        assert_eq!(render(&badge("Bo"), Language::Da, small), Err(DocumentError::Size));
        let long = ParticipantBadge { short_code: "A".repeat(11), ..badge("Bo") };
        assert_eq!(render(&long, Language::Da, LABELS[0]), Err(DocumentError::Code));
    }

    #[test]
    fn the_marks_differ_in_more_than_their_words() {
        let size = |photos| render(&ParticipantBadge { photos, ..badge("Bo") }, Language::Da, LABELS[0]).unwrap().len();
        assert_ne!(size(Some(Photos::Yes)), size(Some(Photos::No)));
        assert!(size(None) < size(Some(Photos::Yes)));
    }

    #[test]
    fn where_somebody_sits_stands_on_the_badge() {
        for size in LABELS {
            let with = |table: Option<&str>, room: Option<&str>| {
                let badge = ParticipantBadge { table: table.map(str::to_owned), room: room.map(str::to_owned), ..badge("Bo") };
                render(&badge, Language::Da, size).unwrap().len()
            };
            let (nothing, table, both) = (with(None, None), with(Some("12"), None), with(Some("12"), Some("Store Sal")));
            assert!(nothing < table && table < both, "{nothing} {table} {both}");
        }
    }

    #[test]
    fn a_badge_in_a_log_says_nothing() {
        assert_eq!(format!("{:?}", badge("Åse")), "ParticipantBadge(..)");
    }
}
