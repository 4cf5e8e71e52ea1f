//! The participant list on paper, and as CSV for a spreadsheet.

use krilla::tagging::{ArtifactType, TableHeaderScope, Tag, TagGroup};

use super::dates;
use super::fonts::{CAPITAL, Weight};
use super::missing::{Missing, missing};
use super::page::{About, Canvas, DocumentError, Ink, MM, Paper, Role, group};
use super::sheet::{self, EveryPage, LEADING, LEFT, RIGHT, Turn};
use super::text::{self, Line, Memory, Style};
use super::words::Words;
use crate::domain::language::Language;
use crate::domain::participant_list::{ListEntry, ParticipantList};

/// What stands between two cells of a CSV file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Dialect {
    /// As Danish spreadsheets read and write it.
    #[default]
    Semicolon,
    Comma,
}

/// Renders the list as a PDF (A4 upright, PDF/UA-1): a row per entry in the order given, on every
/// page the event, its days, the number of the list and of the page, when it was printed and when
/// it is destroyed. Nothing is cut: what is long wraps. No entries give one page that says so.
///
/// # Errors
/// When the PDF cannot be written.
pub fn render_pdf(list: &ParticipantList, language: Language) -> Result<Vec<u8>, DocumentError> {
    let words = Words::of(language);
    let said = ListTexts::of(list, words);
    let rows: Vec<Row> = {
        let mut memory = Memory::default();
        list.entries.iter().map(|entry| Row::of(entry, &mut memory)).collect()
    };
    let column_heads = [
        (COLUMNS[0].0, words.say("participant list", "Name")),
        (COLUMNS[1].0, words.say("participant list", "Title")),
        (COLUMNS[2].0, words.say("participant list", "Company")),
    ];
    let every_page = EveryPage::of(&list.event, &said.when, &said.run, &column_heads, &said.destroy);
    let (printed, purpose) = (text::line(&said.printed, SMALL), text::line(&said.purpose, SMALL));
    let below = said.below();
    let first_table_top = sheet::head_end(&list.event, &below) + 12.0 * MM;
    let pages = sheet::paginate(rows.iter().map(|row| row.height), first_table_top);
    let page_names: Vec<String> = (1..=pages.len())
        .map(|page| words.say_with("participant list", "Page {page} of {pages}", &[("page", &page), ("pages", &pages.len())]))
        .collect();

    let mut paper = Paper::new();
    let mut content = Vec::new();
    let mut table_head = Vec::new();
    let mut table_body = TagGroup::new(Tag::TBody);
    let mut foot = [const { None }; 3];
    for (index, on_page) in pages.iter().enumerate() {
        let turn = Turn::of(index);
        let is_last = index + 1 == pages.len();
        paper.page(sheet::WIDTH, sheet::HEIGHT, |canvas| {
            let top = match turn {
                Turn::First => {
                    content = sheet::head(canvas, &list.organisation, &said.run, &list.event, &below);
                    first_table_top
                }
                Turn::Later => {
                    every_page.head_again(canvas);
                    sheet::LATER_TABLE_TOP
                }
            };
            if !rows.is_empty() {
                let cells = every_page.column_heads(canvas, top, turn);
                if turn == Turn::First {
                    table_head = cells;
                }
                let mut bottoms = vec![top];
                for row in &rows[on_page.clone()] {
                    let (tags, bottom) = row.draw(canvas, bottoms[bottoms.len() - 1]);
                    table_body.push(tags);
                    bottoms.push(bottom);
                }
                sheet::rules(canvas, bottoms.into_iter().skip(1), 0.6);
            }
            let role = if is_last { Role::Content } else { Role::Furniture(ArtifactType::Footer) };
            let middle = (LEFT + RIGHT - purpose.width) / 2.0;
            foot = [
                every_page.bar(canvas, role),
                canvas.text(LEFT, 288.0 * MM, &printed, Ink::Black, role),
                canvas.text(middle, 288.0 * MM, &purpose, Ink::Black, role),
            ];
            sheet::page_number(canvas, &page_names[index]);
        })?;
    }
    if !rows.is_empty() {
        content.push(sheet::table(&said.what_and_when, table_head, table_body));
    }
    content.extend(foot.map(|leaf| group(Tag::P, leaf)));
    // The title of the file is the event's name alone: it is shown by programs that open files.
    paper.finish(About { title: list.event.clone(), language, made_at: list.printed_at, pages: page_names }, content)
}

/// Renders the list as CSV: UTF-8 with a byte order mark, RFC 4180, a row of heads and a row per
/// entry. A cell that a spreadsheet would take for a formula begins with an apostrophe.
pub fn render_csv(list: &ParticipantList, language: Language, dialect: Dialect) -> Vec<u8> {
    let words = Words::of(language);
    let delimiter = match dialect {
        Dialect::Semicolon => b';',
        Dialect::Comma => b',',
    };
    let mut bytes = "\u{feff}".as_bytes().to_vec();
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).terminator(csv::Terminator::CRLF).from_writer(&mut bytes);
    let heads = [words.say("participant list", "Name"), words.say("participant list", "Title"), words.say("participant list", "Company")];
    let written = writer.write_record(heads).and_then(|()| {
        for entry in &list.entries {
            for text in [Some(&entry.name), entry.title.as_ref(), entry.company.as_ref()] {
                let text = text.map(String::as_str).unwrap_or_default();
                if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
                    writer.write_field(format!("'{text}"))?;
                } else {
                    writer.write_field(text)?;
                }
            }
            writer.write_record(None::<&[u8]>)?;
        }
        Ok(writer.flush()?)
    });
    written.expect("three fields in every row, written into memory");
    drop(writer);
    bytes
}

/// What [`render_pdf`] cannot draw of this list, for asking before it prints.
pub fn missing_scripts(list: &ParticipantList) -> Vec<Missing> {
    missing(list.entries.iter().map(|entry| entry.cells().map(|(text, ..)| text)))
}

const FIRST_BASELINE: f32 = (ROW_MIN + CAPITAL * NAME.size) / 2.0;
const ROW_MIN: f32 = 7.0 * MM;
/// From the last baseline of a row to the line under it: room for a g, and a little air.
const BELOW_BASELINE: f32 = 1.8 * MM;
/// No row is taller than this, whatever somebody is called: it must fit under every head.
const ROW_MAX: f32 = sheet::TABLE_BOTTOM - 95.0 * MM;

const NAME: Style = Style { weight: Weight::SemiBold, size: 10.5 };
const CELL: Style = Style { weight: Weight::Regular, size: 10.5 };
const SMALL: Style = Style { weight: Weight::Regular, size: 10.0 };

/// Name, title, company: left edge and width.
const COLUMNS: [(f32, f32); 3] = [(LEFT, 59.0 * MM), (LEFT + 62.0 * MM, 58.0 * MM), (LEFT + 123.0 * MM, 51.0 * MM)];

/// What the list says beside its rows.
struct ListTexts {
    run: String,
    /// The days of the event.
    when: String,
    what_and_when: String,
    count: String,
    destroy: String,
    printed: String,
    purpose: String,
}

impl ListTexts {
    fn of(list: &ParticipantList, words: Words) -> ListTexts {
        let language = words.language();
        let day = list.starts_at.date_naive();
        let last_day = list.ends_at.date_naive();
        let first = dates::long_date(day, language);
        let when = if day == last_day {
            dates::with_weekday_in_sentence(day, &first, language)
        } else {
            words.say_with("participant list", "{first} to {last}", &[("first", &first), ("last", &dates::long_date(last_day, language))])
        };
        let what = match &list.venue {
            Some(venue) => words.say_with("participant list", "Participants, {when}, {venue}", &[("when", &when), ("venue", venue)]),
            None => words.say_with("participant list", "Participants, {when}", &[("when", &when)]),
        };
        let count = match list.entries.len() {
            0 => words.say("participant list", "Nobody has registered."),
            count => words.say_count("participant list", "{n} participant", "{n} participants", count),
        };
        let destroy_by = dates::date_and_time(&list.destroy_by, language);
        let printed_at = dates::date_and_time(&list.printed_at, language);
        ListTexts {
            run: words.say_with("participant list", "List {number}", &[("number", &format!("{:04}", list.run))]),
            when,
            what_and_when: what,
            count,
            destroy: words.say_with("participant list", "Destroy by {moment}", &[("moment", &destroy_by)]),
            printed: words.say_with("participant list", "Printed {moment}", &[("moment", &printed_at)]),
            purpose: words.say("participant list", "Only for use at the door"),
        }
    }

    /// What stands under the name of the event.
    fn below(&self) -> Vec<Vec<Line>> {
        let regular = Style { weight: Weight::Regular, size: 14.0 };
        let what = text::fit(&self.what_and_when, regular, RIGHT - LEFT, 18.0 * MM, LEADING);
        let count = text::line(&self.count, Style { weight: Weight::SemiBold, size: 12.0 });
        vec![what, vec![count]]
    }
}

/// A row, broken into lines.
struct Row {
    cells: [Vec<Line>; 3],
    /// In points.
    height: f32,
}

impl Row {
    fn of(entry: &ListEntry, memory: &mut Memory) -> Row {
        let cells = entry.cells().map(|(text, style, width)| memory.wrap(text, style, width));
        let row = Row::holding(cells);
        if row.height <= ROW_MAX {
            return row;
        }
        let room = ROW_MAX - FIRST_BASELINE - BELOW_BASELINE;
        Row::holding(entry.cells().map(|(text, style, width)| text::fit(text, style, width, room, LEADING)))
    }

    fn holding(cells: [Vec<Line>; 3]) -> Row {
        let tallest = cells.iter().map(|lines| text::height(lines.get(1..).unwrap_or_default(), LEADING)).fold(0.0, f32::max);
        Row { height: (FIRST_BASELINE + tallest + BELOW_BASELINE).max(ROW_MIN), cells }
    }

    /// Draws the row beginning at `top`. Returns its tags and where it ends.
    fn draw(&self, canvas: &mut Canvas<'_>, top: f32) -> (TagGroup, f32) {
        let mut tags = TagGroup::new(Tag::TR);
        for (column, lines) in self.cells.iter().enumerate() {
            let mut leaves = Vec::with_capacity(lines.len());
            for (index, line) in lines.iter().enumerate() {
                let y = top + FIRST_BASELINE + index as f32 * LEADING * line.style.size;
                leaves.extend(canvas.text(COLUMNS[column].0, y, line, Ink::Black, Role::Content));
            }
            tags.push(match column {
                0 => group(Tag::TH(TableHeaderScope::Row), leaves),
                _ => group(Tag::TD, leaves),
            });
        }
        (tags, top + self.height)
    }
}

impl ListEntry {
    /// The texts of a row, each with its look and the width of its column.
    fn cells(&self) -> [(&str, Style, f32); 3] {
        let (title, company) = (self.title.as_deref().unwrap_or_default(), self.company.as_deref().unwrap_or_default());
        [(&self.name, NAME, COLUMNS[0].1), (title, CELL, COLUMNS[1].1), (company, CELL, COLUMNS[2].1)]
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeZone};
    use chrono_tz::Tz;

    use super::*;

    fn at(day: u32, hour: u32, minute: u32) -> DateTime<Tz> {
        chrono_tz::Europe::Copenhagen.with_ymd_and_hms(2026, 3, day, hour, minute, 0).unwrap()
    }

    fn entry(name: &str) -> ListEntry {
        ListEntry { name: name.into(), title: Some("Sikkerhedsarkitekt".into()), company: Some("Ærø Data ApS".into()) }
    }

    fn list(entries: Vec<ListEntry>) -> ParticipantList {
        ParticipantList {
            organisation: "Lærkehøj".into(),
            event: "Sikkerhed i skyen 2026".into(),
            venue: Some("Store Sal".into()),
            starts_at: at(12, 10, 0),
            ends_at: at(12, 16, 0),
            run: 31,
            printed_at: at(12, 9, 58),
            destroy_by: at(13, 12, 0),
            entries,
        }
    }

    fn many(count: usize) -> ParticipantList {
        list((0..count).map(|n| entry(&format!("Åse Brændgaard {n}"))).collect())
    }

    fn count(pdf: &[u8], needle: &str) -> usize {
        memchr::memmem::find_iter(pdf, needle.as_bytes()).count()
    }

    #[test]
    fn a_list_is_a_tagged_table_and_its_title_is_the_event() {
        let pdf = render_pdf(&many(3), Language::Da).unwrap();
        assert!(pdf.starts_with(b"%PDF-1.7"));
        assert_eq!(count(&pdf, "/Lang(da)/StructTreeRoot"), 1);
        assert_eq!(count(&pdf, "<pdfuaid:part>1</pdfuaid:part>"), 1);
        assert_eq!(count(&pdf, "/Title(Sikkerhed i skyen 2026)"), 1);
        // A row of heads, and per participant a name as the row's head and two cells.
        assert_eq!(count(&pdf, "/S/TR/"), 4);
        assert_eq!(count(&pdf, "/S/TH/"), 3 + 3);
        assert_eq!(count(&pdf, "/S/TD/"), 3 * 2);
    }

    #[test]
    fn what_nobody_filled_in_keeps_its_cell() {
        let pdf = render_pdf(&list(vec![ListEntry { title: None, company: None, ..entry("Bo") }]), Language::En).unwrap();
        assert_eq!(count(&pdf, "/S/TD/"), 2);
    }

    #[test]
    fn every_number_of_entries_gives_a_list() {
        for (entries, pages) in [(0, 1), (1, 1), (29, 1), (30, 2), (1000, 31)] {
            for language in Language::ALL {
                let pdf = render_pdf(&many(entries), language).unwrap();
                assert_eq!(count(&pdf, "/Type/Page/"), pages, "{entries} entries");
            }
        }
    }

    #[test]
    fn a_list_of_nobody_says_so() {
        let said = |list: &ParticipantList, language| ListTexts::of(list, Words::of(language)).count;
        assert_eq!(said(&many(0), Language::En), "Nobody has registered.");
        assert_eq!(said(&many(1), Language::En), "1 participant");
        assert_eq!(said(&many(40), Language::Da), "40 deltagere");
    }

    #[test]
    fn the_paper_says_when_it_is_for_and_when_it_is_destroyed() {
        let said = ListTexts::of(&many(1), Words::of(Language::Da));
        assert_eq!(said.what_and_when, "Deltagere torsdag 12. marts 2026, Store Sal");
        assert_eq!(said.destroy, "Makuleres senest 13. marts 2026 kl. 12.00");
        assert_eq!(said.run, "Liste 0031");
        let long = ParticipantList { ends_at: at(14, 12, 0), venue: None, ..many(1) };
        assert_eq!(ListTexts::of(&long, Words::of(Language::En)).what_and_when, "Participants, 12 March 2026 to 14 March 2026");
    }

    #[test]
    fn nothing_is_cut_however_long_it_is() {
        for length in [200, 2000] {
            let entry = ListEntry { company: Some("Ærø Data ".repeat(length / 9)), ..entry(&"W".repeat(length)) };
            let row = Row::of(&entry, &mut Memory::default());
            assert!(row.height <= ROW_MAX + 0.1, "{length}: {}", row.height);
            assert_eq!(row.cells[0].iter().map(text::said).collect::<String>().len(), length);
            assert!(row.cells.iter().zip(COLUMNS).all(|(lines, (_, width))| lines.iter().all(|line| line.width <= width + 0.01)));
        }
        render_pdf(&ParticipantList { event: "Sikkerhed ".repeat(30), venue: Some("Sal ".repeat(60)), ..many(40) }, Language::Da).unwrap();
    }

    #[test]
    fn a_file_for_a_spreadsheet_opens_in_danish_and_holds_no_formula() {
        let entries = vec![
            entry("Åse \"Ås\" Brændgaard"),
            ListEntry { title: Some("@SUM(A1:A9)".into()), company: Some("Müller, Meier; Schulze".into()), ..entry("=1+1") },
            ListEntry { title: None, company: Some("-".into()), ..entry("\tBo") },
            ListEntry { title: Some("+45".into()), company: None, ..entry("'Bo") },
        ];
        let csv = |dialect| String::from_utf8(render_csv(&list(entries.clone()), Language::Da, dialect)).unwrap();
        assert_eq!(
            csv(Dialect::Semicolon),
            "\u{feff}Navn;Titel;Firma\r\n\"Åse \"\"Ås\"\" Brændgaard\";Sikkerhedsarkitekt;Ærø Data ApS\r\n\
             '=1+1;'@SUM(A1:A9);\"Müller, Meier; Schulze\"\r\n'\tBo;;'-\r\n'Bo;'+45;\r\n"
        );
        assert!(csv(Dialect::Comma).contains("\r\n'=1+1,'@SUM(A1:A9),\"Müller, Meier; Schulze\"\r\n"));
        assert_eq!(render_csv(&list(Vec::new()), Language::En, Dialect::default()), "\u{feff}Name;Title;Company\r\n".as_bytes());
    }

    #[test]
    fn letters_that_would_be_boxes_are_known_before_printing() {
        let entries = vec![
            entry("Åse مريم Иван"),
            ListEntry { title: Some("\u{e001}".into()), ..entry("Bo \u{e000}") },
            ListEntry { company: Some("\u{e002}".into()), ..entry("Phạm") },
        ];
        let missing = missing_scripts(&list(entries));
        assert_eq!(missing, [Missing { script: "Unknown", sample: missing[0].sample, entries: 2 }]);
        assert!(missing_scripts(&many(3)).is_empty());
    }
}
