//! The file that puts an invited visit into a calendar, with the code that opens it at the kiosk.

use chrono::{DateTime, Utc};

use super::letter::House;
use super::page::DocumentError;
use super::qr::{Level, Qr};
use super::words::Words;
use crate::domain::language::Language;
use crate::domain::message::Invitation;

/// The side of a module in a picture to send.
const PNG_MODULE: u32 = 12;
/// The most bytes of a line. Source: RFC 5545 section 3.1.
const LINE_BYTES_MAX: usize = 75;

/// The QR of an invitation's code as a PNG, black on white with its quiet zone, 348 px.
///
/// # Errors
/// `Code` for a code that no QR can hold.
pub fn qr_png(invitation: &Invitation) -> Result<Vec<u8>, DocumentError> {
    Ok(Qr::of(invitation.code.as_str(), Level::M)?.png(PNG_MODULE))
}

/// An iCalendar file of one event. The QR is in it too, as an attachment; the code stands in the description for programs
/// that do not show it. Times are in UTC, so no table of zones is needed. `organiser` is the address that speaks for the house.
///
/// # Errors
/// `Code` for a code that no QR can hold.
/// **Source** RFC 5545; RFC 5546 section 3.2.1 for `PUBLISH`.
pub fn calendar(invitation: &Invitation, house: &House, organiser: Option<&str>) -> Result<Vec<u8>, DocumentError> {
    use base64::Engine;
    let words = Words::of(house.language);
    let description =
        house.languages().into_iter().map(|language| description(invitation, house, language)).collect::<Vec<_>>().join("\n\n");
    let qr = base64::engine::general_purpose::STANDARD.encode(qr_png(invitation)?);
    let mut file = Calendar::default();
    file.line("BEGIN:VCALENDAR");
    file.line("VERSION:2.0");
    file.line("PRODID:-//Velkommen//Reception kiosk//EN");
    file.line("CALSCALE:GREGORIAN");
    file.line("METHOD:PUBLISH");
    file.line("BEGIN:VEVENT");
    file.line(&format!("UID:{}", invitation.id));
    file.line(&format!("DTSTAMP:{}", utc(invitation.invited_at)));
    file.line(&format!("DTSTART:{}", utc(invitation.starts_at)));
    file.line(&format!("DTEND:{}", utc(invitation.ends_at)));
    let organisation: &dyn std::fmt::Display = &house.organisation;
    file.text("SUMMARY", &words.say_with("letter", "Visit to {organisation}", &[("organisation", organisation)]));
    file.text("DESCRIPTION", &description);
    if !house.address.trim().is_empty() {
        file.text("LOCATION", &house.address);
    }
    if let Some(address) = organiser {
        file.line(&format!("ORGANIZER;CN=\"{}\":mailto:{address}", quoted(invitation.host.as_str())));
    }
    file.line("CLASS:PRIVATE");
    file.line("STATUS:CONFIRMED");
    file.line("SEQUENCE:0");
    file.line(&format!("ATTACH;FMTTYPE=image/png;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=\"code.png\":{qr}"));
    file.line("END:VEVENT");
    file.line("END:VCALENDAR");
    Ok(file.0.into_bytes())
}

fn description(invitation: &Invitation, house: &House, language: Language) -> String {
    let words = Words::of(language);
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("organisation", &house.organisation), ("host", &invitation.host.as_str()), ("code", &invitation.code.shown())];
    words.say_with(
        "letter",
        "You visit {host} at {organisation}. Show the QR code to the scanner in reception, or type {code} there. Everything is filled in, and you only confirm.",
        &values,
    )
}

fn utc(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// Text between quotation marks in a parameter, which can hold none itself.
fn quoted(text: &str) -> String {
    text.chars().map(|c| if c == '"' { '\'' } else { c }).filter(|c| !c.is_control()).collect()
}

/// The lines of a file, folded and ended as the standard asks.
#[derive(Default)]
struct Calendar(String);

impl Calendar {
    /// A property whose value is text.
    fn text(&mut self, name: &str, text: &str) {
        let mut value = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '\\' | ';' | ',' => value.extend(['\\', c]),
                '\n' => value.push_str("\\n"),
                c if c.is_control() => {}
                c => value.push(c),
            }
        }
        self.line(&format!("{name}:{value}"));
    }

    /// A line, broken where it is too long, never inside a character.
    fn line(&mut self, line: &str) {
        let mut bytes = 0;
        for c in line.chars() {
            if bytes + c.len_utf8() > LINE_BYTES_MAX {
                self.0.push_str("\r\n ");
                bytes = 1;
            }
            self.0.push(c);
            bytes += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::letter::tests::{house, invited};

    #[test]
    fn no_line_is_longer_than_the_standard_allows_and_unfolding_gives_the_text_back() {
        let file = calendar(&invited("Ada"), &house(Language::Da), Some("reception@example.org")).unwrap();
        let text = String::from_utf8(file).unwrap();
        assert!(text.ends_with("END:VCALENDAR\r\n"));
        assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')));
        let unfolded = text.replace("\r\n ", "");
        assert!(unfolded.contains("DTSTART:20260312T080000Z\r\nDTEND:20260312T090000Z\r\n"));
        assert!(unfolded.contains("SUMMARY:Besøg hos Lærkehøj\r\n"));
        assert!(unfolded.contains("LOCATION:Markvej 1\\, 8000 Aarhus C\r\n"));
        assert!(unfolded.contains("ORGANIZER;CN=\"Karen 'K' Kærsgård\":mailto:reception@example.org\r\n"));
        assert!(unfolded.contains("7Q4M 2XKD"));
        assert!(!unfolded.contains("Ada"), "the visitor knows who they are, and a calendar is shared");
    }

    #[test]
    fn a_line_is_never_broken_inside_a_character() {
        for length in 60..90 {
            let mut file = Calendar::default();
            let text = format!("{}{}", "x".repeat(length), "å👩‍👩‍👧".repeat(20));
            file.text("SUMMARY", &text);
            assert!(file.0.split("\r\n").all(|line| line.len() <= 75));
            assert_eq!(file.0.replace("\r\n ", ""), format!("SUMMARY:{text}\r\n"));
        }
    }

    #[test]
    fn what_means_something_in_the_file_is_escaped() {
        let mut file = Calendar::default();
        file.text("SUMMARY", "a;b,c\\d\ne\r\0");
        assert_eq!(file.0, "SUMMARY:a\\;b\\,c\\\\d\\ne\r\n");
    }
}
