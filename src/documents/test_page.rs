//! A page that shows whether a printer prints, and how: its edge, its length, its letters and a QR. It says nothing of
//! anybody.

use chrono::DateTime;
use chrono_tz::Tz;

use super::dates;
use super::fonts::Weight;
use super::label::{self, BadgeSize, LEADING, Label, MARGIN, MODULE};
use super::page::{About, DocumentError, Paper, heading};
use super::words::Words;
use crate::domain::language::Language;

/// What the QR says.
const CODE: &str = "VELKOMMEN";
/// From the edge of the paper to the frame, in mm: label printers reach it, others nearly.
const FRAME_MM: f32 = 4.0;
/// The bar whose length can be measured.
const BAR_MM: f32 = 30.0;

/// Renders the test page as a PDF of one page (PDF/UA-1) for a label or a sheet of this size.
///
/// # Errors
/// `Size` for a size on which nothing can be laid out.
pub fn render(printed_at: &DateTime<Tz>, language: Language, size: BadgeSize) -> Result<Vec<u8>, DocumentError> {
    size.check()?;
    let code = label::short_code(CODE)?;
    let words = Words::of(language);
    let title = words.say("test page", "Test page");
    let mut paper = Paper::new();
    let mut content = Vec::new();
    let (width, height) = size.points();
    paper.page(width, height, |canvas| {
        let mut label = Label::new(canvas, language, size);
        let mm = label.width / size.width_mm;
        let (edge, pen) = (FRAME_MM * mm, 0.5 * mm);
        let (across, down) = (label.width - 2.0 * edge, label.height - 2.0 * edge);
        label.fill(edge, edge, across, pen);
        label.fill(edge, label.height - edge - pen, across, pen);
        label.fill(edge, edge, pen, down);
        label.fill(label.width - edge - pen, edge, pen, down);
        let left = edge + MARGIN;
        let side = code.width as f32 * MODULE;
        let room = label.width - 2.0 * left;
        let lines = label.fit(&title, Weight::SemiBold, 84.0, room, 110.0);
        let leaves = label.block(left, left, &lines, LEADING);
        label.content.push(heading(&title, leaves));
        let mut top = left + label.height_of(&lines, LEADING) + 8.0;
        let length = words.say_with("test page", "The bar is {mm} mm long.", &[("mm", &BAR_MM)]);
        for (text, weight) in [
            (dates::short_date_and_time(printed_at, language), Weight::Regular),
            ("Æ Ø Å æ ø å é ß ł 0123456789".to_owned(), Weight::SemiBold),
            (length, Weight::Regular),
        ] {
            let lines = label.fit(&text, weight, 32.0, room, 40.0);
            let leaves = label.block(left, top, &lines, LEADING);
            label.push(leaves);
            top += label.height_of(&lines, LEADING) + 6.0;
        }
        label.fill(left, top + 6.0, BAR_MM * mm, 1.5 * mm);
        let (qr_left, qr_top) = (label.width - left - side, label.height - left - side);
        label.qr(&code, CODE, qr_left, qr_top);
        content = label.content;
    })?;
    paper.finish(About { pages: vec![title.clone()], title, language, made_at: *printed_at }, content)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn it_fits_every_label_and_a_sheet() {
        let at = chrono_tz::Europe::Copenhagen.with_ymd_and_hms(2026, 3, 12, 10, 0, 0).unwrap();
        for (width_mm, height_mm) in [(62.0, 100.0), (100.0, 62.0), (62.0, 62.0), (54.0, 86.0), (50.0, 50.0), (210.0, 297.0)] {
            for language in Language::ALL {
                render(&at, language, BadgeSize { width_mm, height_mm }).unwrap();
            }
        }
        assert_eq!(render(&at, Language::Da, BadgeSize { width_mm: 49.0, height_mm: 100.0 }), Err(DocumentError::Size));
    }
}
