//! The ticket of a participant: the code that opens the door, as a picture to send and as a paper
//! of A6 to print. Sizes are those of the design at 8 px per millimetre.

use std::fmt;

use chrono::DateTime;
use chrono_tz::Tz;
use krilla::tagging::{Tag, TagGroup};

use super::dates;
use super::fonts::{CAPITAL, Weight};
use super::missing::{Missing, missing};
use super::page::{About, Canvas, DocumentError, Ink, MM, Paper, Place, Role, group, heading};
use super::qr::{self, QUIET_MODULES, Qr};
use super::text::{self, Line, Style};
use super::words::Words;
use crate::domain::language::Language;

/// What a ticket says. `Debug` shows none of it: it is personal data, and its code opens a door.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket {
    pub organisation: String,
    pub event: String,
    pub venue: Option<String>,
    pub starts_at: DateTime<Tz>,
    pub ends_at: DateTime<Tz>,
    pub name: String,
    pub title: Option<String>,
    pub company: Option<String>,
    /// The ticket code: 138 of `[0-9A-Z]`, into the QR as they are.
    pub code: String,
    /// The code to type where the QR cannot be read: 8 Crockford characters, shown as 4 + 4.
    pub short_code: String,
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(..)")
    }
}

/// What [`render_pdf`] cannot draw of these tickets.
pub fn missing_scripts<'t>(tickets: impl Iterator<Item = &'t Ticket>) -> Vec<Missing> {
    missing(
        tickets
            .map(|ticket| [Some(&ticket.name), ticket.title.as_ref(), ticket.company.as_ref()].into_iter().flatten().map(String::as_str)),
    )
}

/// Renders the QR alone as a PNG, black on white with its quiet zone: 49 modules of 12 px, 588 px,
/// which is the 50 mm of a paper ticket at 300 dpi. No word of a person is in it, so that it can
/// be sent.
///
/// # Errors
/// `Code` for a code that is not of a ticket's length and letters.
pub fn render_png(ticket: &Ticket) -> Result<Vec<u8>, DocumentError> {
    Ok(code_of(ticket)?.png(PNG_MODULE))
}

/// Renders the ticket as a PDF of one page of A6 (PDF/UA-1), in `language`. The QR is 52 mm wide
/// without its quiet zone. The name is always whole: it shrinks and wraps.
///
/// # Errors
/// `Code` for a code that is not of a ticket's length and letters.
pub fn render_pdf(ticket: &Ticket, language: Language) -> Result<Vec<u8>, DocumentError> {
    let qr = code_of(ticket)?;
    let words = Words::of(language);
    let mut paper = Paper::new();
    let mut content = Vec::new();
    paper.page(105.0 * MM, 148.0 * MM, |canvas| {
        content = Drawing { canvas, ticket, words, content: Vec::new() }.draw(&qr);
    })?;
    let title = words.say_with("ticket", "Ticket, {event}", &[("event", &ticket.event)]);
    let pages = vec![words.say("ticket", "Ticket")];
    paper.finish(About { title, language, made_at: ticket.starts_at, pages }, content)
}

/// A ticket code makes a QR of version 6 at level M: what is smaller or larger is not a ticket's.
fn code_of(ticket: &Ticket) -> Result<Qr, DocumentError> {
    let is_plain = ticket.code.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    let qr = Qr::of(&ticket.code, qr::Level::M)?;
    if is_plain && qr.width == QR_MODULES { Ok(qr) } else { Err(DocumentError::Code) }
}

/// The side of version 6.
const QR_MODULES: usize = 41;
/// The side of a module in the picture, in px.
const PNG_MODULE: u32 = 12;

/// Points per px of the design.
const PX: f32 = MM / 8.0;
const MARGIN: f32 = 56.0;
const WIDTH: f32 = 840.0;
const ROOM: f32 = WIDTH - 2.0 * MARGIN;
/// The side of the QR: 52 mm.
const QR_SIDE: f32 = 416.0;
const QR_TOP: f32 = 600.0;
const LEADING: f32 = 1.2;

/// The ticket while it is drawn. All lengths are px of the design until they reach the canvas.
struct Drawing<'d, 'p> {
    canvas: &'d mut Canvas<'p>,
    ticket: &'d Ticket,
    words: Words,
    content: Vec<TagGroup>,
}

impl Drawing<'_, '_> {
    fn draw(mut self, qr: &Qr) -> Vec<TagGroup> {
        self.head();
        let below = self.event();
        self.who(below);
        self.code(qr);
        self.content
    }

    /// The organisation, and what this paper is.
    fn head(&mut self) {
        let kind = text::line(&self.words.say("ticket", "Ticket"), style(Weight::Regular, 28.0));
        let kind_width = kind.width / PX;
        let organisation = fit(&self.ticket.organisation, Weight::SemiBold, 36.0, ROOM - kind_width - 32.0, 84.0);
        let middle = 84.0;
        self.paragraph(MARGIN, middle - height(&organisation) / 2.0, &organisation);
        let leaves = self.canvas.text((WIDTH - MARGIN) * PX - kind.width, (middle + CAPITAL * 14.0) * PX, &kind, Ink::Black, Role::Content);
        self.content.push(group(Tag::P, leaves));
        self.rule(146.0);
    }

    /// The event, when and where. Returns where it ends.
    fn event(&mut self) -> f32 {
        let event = fit(&self.ticket.event, Weight::SemiBold, 56.0, ROOM, 134.0);
        let mut top = 168.0;
        let leaves = self.canvas.block(MARGIN * PX, top * PX, &event, LEADING, Role::Content);
        self.content.push(heading(&self.ticket.event, leaves));
        top += height(&event) + 8.0;
        let when = fit(&self.when(), Weight::Regular, 32.0, ROOM, 78.0);
        self.paragraph(MARGIN, top, &when);
        top += height(&when) + 4.0;
        if let Some(venue) = &self.ticket.venue {
            let venue = fit(venue, Weight::Regular, 32.0, ROOM, 78.0);
            self.paragraph(MARGIN, top, &venue);
            top += height(&venue);
        }
        top
    }

    fn when(&self) -> String {
        let language = self.words.language();
        let (starts_at, ends_at) = (&self.ticket.starts_at, &self.ticket.ends_at);
        let from = dates::date_and_time(starts_at, language);
        if starts_at.date_naive() == ends_at.date_naive() {
            let weekday = dates::weekday(starts_at.date_naive(), language);
            let to = dates::time(ends_at, language);
            self.words.say_with("ticket", "{weekday} {from} to {to}", &[("weekday", &weekday), ("from", &from), ("to", &to)])
        } else {
            let to = dates::date_and_time(ends_at, language);
            self.words.say_with("ticket", "{from} to {to}", &[("from", &from), ("to", &to)])
        }
    }

    /// The name, as large as it fits whole between `above` and the QR, and title and company.
    fn who(&mut self, above: f32) {
        let work: Vec<&str> = [&self.ticket.title, &self.ticket.company].into_iter().flatten().map(String::as_str).collect();
        let work = work.join(", ");
        let top = above + 28.0;
        let room = QR_TOP - QUIET_MODULES * QR_SIDE / QR_MODULES as f32 - top;
        let both = |work_size: f32| {
            let work = fit(&work, Weight::Regular, work_size, ROOM, 2.0 * work_size * LEADING);
            // Letters of other scripts reach lower than ours.
            let gap = if work.is_empty() { 0.0 } else { 14.0 };
            let name = fit(&self.ticket.name, Weight::SemiBold, 70.0, ROOM, room - height(&work) - gap);
            (name, gap, work)
        };
        // A long name takes its room from the work, not from its own size alone.
        let mut parts = both(32.0);
        if parts.0.first().is_some_and(|line| line.style.size < 32.0 * PX) {
            parts = both(20.0);
        }
        let (name, gap, work) = parts;
        // In the middle of its place, a little high.
        let top = top + (room - height(&name) - gap - height(&work)).max(0.0) * 0.6;
        self.paragraph(MARGIN, top, &name);
        self.paragraph(MARGIN, top + height(&name) + gap, &work);
    }

    /// The QR, and beside it what to do with it and the code to type.
    fn code(&mut self, qr: &Qr) {
        let module = QR_SIDE / qr.width as f32;
        let place = Place { x: MARGIN * PX, y: QR_TOP * PX, width: QR_SIDE * PX, height: QR_SIDE * PX };
        let picture = self.canvas.picture(qr.bars(place));
        let left = MARGIN + QR_SIDE + QUIET_MODULES * module;
        let room = WIDTH - MARGIN - left;
        let hold = fit(&self.words.say("ticket", "Hold the code up to the camera"), Weight::SemiBold, 32.0, room, 170.0);
        let ask = fit(&self.words.say("ticket", "If the code does not work, ask at the desk."), Weight::Regular, 27.0, room, 170.0);
        let typed = qr::spaced(&self.ticket.short_code);
        let alt = self.words.say("ticket", "QR code of the ticket");
        self.content.push(group(Tag::Figure(Some(alt)), [picture]));
        self.paragraph(left, QR_TOP - 6.0, &hold);
        self.paragraph(left, QR_TOP + height(&hold) + 16.0, &ask);
        let typed = fit(&typed, Weight::SemiBold, 34.0, room, 48.0);
        self.paragraph(left, QR_TOP + QR_SIDE - height(&typed) + 8.0, &typed);
        self.rule(QR_TOP + QR_SIDE + 50.0);
        let keep = self.words.say("ticket", "Keep the ticket to yourself: whoever shows it first is let in.");
        let keep = fit(&keep, Weight::Regular, 24.0, ROOM, 90.0);
        self.paragraph(MARGIN, QR_TOP + QR_SIDE + 62.0, &keep);
    }

    fn rule(&mut self, y: f32) {
        self.canvas.rectangles([Place { x: MARGIN * PX, y: y * PX, width: ROOM * PX, height: 3.0 * PX }].into_iter());
    }

    fn paragraph(&mut self, x: f32, top: f32, lines: &[Line]) {
        let leaves = self.canvas.block(x * PX, top * PX, lines, LEADING, Role::Content);
        if !leaves.is_empty() {
            self.content.push(group(Tag::P, leaves));
        }
    }
}

fn style(weight: Weight, size: f32) -> Style {
    Style { weight, size: size * PX }
}

fn fit(text: &str, weight: Weight, size: f32, width: f32, height: f32) -> Vec<Line> {
    text::fit(text, style(weight, size), width * PX, height * PX, LEADING)
}

fn height(lines: &[Line]) -> f32 {
    text::height(lines, LEADING) / PX
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn at(day: u32, hour: u32) -> DateTime<Tz> {
        chrono_tz::Europe::Copenhagen.with_ymd_and_hms(2026, 3, day, hour, 0, 0).unwrap()
    }

    fn ticket(name: &str) -> Ticket {
        Ticket {
            organisation: "Lærkehøj".into(),
            event: "Sikkerhed i skyen 2026".into(),
            venue: Some("Store Sal, Lærkehøj, Bøgevej 4, 6999 Fjordby".into()),
            starts_at: at(12, 10),
            ends_at: at(12, 16),
            name: name.into(),
            title: Some("Sikkerhedsarkitekt".into()),
            company: Some("Ærø Data ApS".into()),
            code: "0123456789ABCDEFGHJKMNPQRSTVWXYZ".repeat(5)[..138].into(),
            short_code: "7Q4M2XKD".into(),
        }
    }

    fn contains(pdf: &[u8], needle: &str) -> bool {
        memchr::memmem::find(pdf, needle.as_bytes()).is_some()
    }

    #[test]
    fn a_ticket_is_one_tagged_page_of_a6() {
        let pdf = render_pdf(&ticket("Bjørn Skovgaard"), Language::Da).unwrap();
        assert!(contains(&pdf, "/MediaBox[0 0 297.63782 419.52756]"));
        assert!(contains(&pdf, "/Type/Pages/Count 1/"));
        assert!(contains(&pdf, "/Lang(da)/StructTreeRoot"));
        assert!(contains(&pdf, "<pdfuaid:part>1</pdfuaid:part>"));
        assert!(contains(&pdf, "/Title(Billet, Sikkerhed i skyen 2026)"));
    }

    #[test]
    fn the_qr_is_at_least_fifty_millimetres_wide() {
        const { assert!(QR_SIDE / 8.0 >= 50.0) };
        assert_eq!(code_of(&ticket("Bo")).unwrap().width, QR_MODULES);
    }

    #[test]
    fn the_picture_is_crisp_and_has_its_quiet_zone() {
        let png = render_png(&ticket("Bo")).unwrap();
        let picture = image::load_from_memory(&png).unwrap().into_luma8();
        assert_eq!(picture.dimensions(), (588, 588));
        assert!(picture.pixels().all(|pixel| matches!(pixel.0, [0 | 255])));
        let quiet = 4 * PNG_MODULE;
        assert!(picture.enumerate_pixels().all(|(x, y, pixel)| pixel.0 == [255] || (x.min(y) >= quiet && x.max(y) < 588 - quiet)));
        // The corner of the finder pattern.
        assert_eq!(picture.get_pixel(quiet, quiet).0, [0]);
    }

    #[test]
    fn what_is_not_a_ticket_code_makes_no_ticket() {
        let long = "A".repeat(5000);
        for code in ["", "7Q4M2XKD", &"a".repeat(100), &"A".repeat(137).replace('A', "Å"), &long] {
            let wrong = Ticket { code: code.into(), ..ticket("Bo") };
            assert_eq!(render_pdf(&wrong, Language::Da).err(), Some(DocumentError::Code), "{code}");
            assert_eq!(render_png(&wrong).err(), Some(DocumentError::Code), "{code}");
        }
    }

    #[test]
    fn every_name_and_every_event_give_a_ticket() {
        let long = "Brændgaard ".repeat(18);
        let endless = "W".repeat(200);
        for name in ["Bo", &long, &endless, "مريم عبد الله", "李小龍", "👩‍🚀 Zoë", "Phạm Thị Hồng Hạnh", "\u{feff}\u{0}\u{7}", ""]
        {
            for language in Language::ALL {
                let all = Ticket {
                    event: name.into(),
                    venue: Some(name.into()),
                    title: Some(name.into()),
                    company: Some(name.into()),
                    ..ticket(name)
                };
                if !name.is_empty() {
                    render_pdf(&all, language).unwrap();
                }
                let least = Ticket { venue: None, title: None, company: None, ends_at: at(14, 16), ..ticket(name) };
                render_pdf(&least, language).unwrap();
            }
        }
    }

    #[test]
    fn a_ticket_in_a_log_says_nothing() {
        assert_eq!(format!("{:?}", ticket("Åse")), "Ticket(..)");
    }
}
