//! The roll call on paper: who is inside now, for the fire warden at the assembly point. A4,
//! upright, a box to tick before every name.

use krilla::tagging::{ArtifactType, TableHeaderScope, Tag, TagGroup};

use super::dates;
use super::fonts::{CAPITAL, Weight};
use super::missing::{Missing, missing};
use super::page::{About, Canvas, DocumentError, Ink, MM, Paper, Place, Role, group};
use super::sheet::{self, EveryPage, LEADING, LEFT, Turn};
use super::text::{self, Line, Style};
use super::words::Words;
use crate::domain::language::Language;
use crate::domain::roll_call::{PersonInside, RollCall};

/// What [`render`] cannot draw of who is inside.
pub fn missing_scripts(sheet: &RollCall) -> Vec<Missing> {
    let texts = sheet.people.iter().map(|person| [Some(&person.name), person.company.as_ref(), person.host.as_ref()]);
    missing(texts.map(|texts| texts.into_iter().flatten().map(String::as_str)))
}

/// Renders the roll call as a PDF (PDF/UA-1): a row per person in the order given, a box to tick
/// in each, the number of people and the moment at the top, and at the foot that it is destroyed
/// after use. Nobody inside gives one page that says so.
///
/// # Errors
/// When the PDF cannot be written.
pub fn render(sheet: &RollCall, language: Language) -> Result<Vec<u8>, DocumentError> {
    let words = Words::of(language);
    let title = words.say("roll call paper", "Roll call");
    let rows: Vec<Row> = sheet.people.iter().map(|person| Row::of(person, sheet, language)).collect();
    let pages = sheet::paginate(rows.iter().map(|row| row.height), FIRST_TABLE_TOP);
    let page_names: Vec<String> = (1..=pages.len())
        .map(|page| words.say_with("roll call", "Page {page} of {pages}", &[("page", &page), ("pages", &pages.len())]))
        .collect();
    let column_heads = [
        (LEFT, words.say("roll call", "Here")),
        (COLUMNS[0].0, words.say("roll call", "Name")),
        (COLUMNS[1].0, words.say("roll call", "Company")),
        (COLUMNS[2].0, words.say("roll call", "Host")),
        (COLUMNS[3].0, words.say("roll call", "Since")),
    ];
    let destroy = words.say("roll call", "Destroy after use. Nothing of it is kept.");
    let moment = dates::date_and_time(&sheet.taken_at, language);
    let every_page = EveryPage::of(&title, &sheet.organisation, &moment, &column_heads, &destroy);

    let mut paper = Paper::new();
    let mut content = Vec::new();
    let mut table_head = Vec::new();
    let mut table_body = TagGroup::new(Tag::TBody);
    let mut foot = None;
    for (index, on_page) in pages.iter().enumerate() {
        let turn = Turn::of(index);
        let is_last = index + 1 == pages.len();
        paper.page(sheet::WIDTH, sheet::HEIGHT, |canvas| {
            let top = match turn {
                Turn::First => {
                    content = head(canvas, sheet, &title, words);
                    FIRST_TABLE_TOP
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
            foot = every_page.bar(canvas, role);
            sheet::page_number(canvas, &page_names[index]);
        })?;
    }
    if !rows.is_empty() {
        content.push(sheet::table(&title, table_head, table_body));
    }
    content.push(group(Tag::P, foot));
    paper.finish(About { title: format!("{title}, {}", sheet.organisation), language, made_at: sheet.taken_at, pages: page_names }, content)
}

/// Where the first row begins on the first page.
const FIRST_TABLE_TOP: f32 = 66.0 * MM;
/// The side of the box to tick: a thick pen and gloves are enough.
const BOX_SIDE: f32 = 6.0 * MM;
const ROW_MIN: f32 = 9.0 * MM;
/// From the top of a row to its first baseline: the same for all cells, at half the box's height.
const FIRST_BASELINE: f32 = (ROW_MIN + CAPITAL * NAME.size) / 2.0;
/// From the last baseline of a row to the line under it: room for a g, and a little air.
const BELOW_BASELINE: f32 = 2.2 * MM;

const NAME: Style = Style { weight: Weight::SemiBold, size: 12.0 };
const CELL: Style = Style { weight: Weight::Regular, size: 10.5 };

/// The columns after the box: name, company, host, since. Left edge and width.
const COLUMNS: [(f32, f32); 4] =
    [(LEFT + 13.0 * MM, 55.0 * MM), (LEFT + 71.0 * MM, 40.0 * MM), (LEFT + 114.0 * MM, 40.0 * MM), (LEFT + 157.0 * MM, 17.0 * MM)];

/// The whole head: organisation, title, the moment, and how many there are to find.
fn head(canvas: &mut Canvas<'_>, sheet: &RollCall, title: &str, words: Words) -> Vec<TagGroup> {
    let language = words.language();
    let moment = match sheet.clock_doubt {
        None => dates::with_weekday(sheet.taken_at.date_naive(), &dates::date_and_time(&sheet.taken_at, language), language),
        Some(_) => words.say("roll call", "The clock is in doubt: nobody is left out"),
    };
    let inside = match sheet.people.len() {
        0 => words.say("roll call", "Nobody has signed in."),
        count => words.say_count("roll call", "{n} person inside", "{n} people inside", count),
    };
    let moment = text::line(&moment, Style { weight: Weight::Regular, size: 14.0 });
    let inside = text::line(&inside, Style { weight: Weight::SemiBold, size: 18.0 });
    sheet::head(canvas, &sheet.organisation, "", title, &[vec![moment], vec![inside]])
}

/// A row, broken into lines.
struct Row {
    cells: [Vec<Line>; 4],
    /// In points.
    height: f32,
}

impl Row {
    fn of(person: &PersonInside, sheet: &RollCall, language: Language) -> Row {
        let since = if person.since.date_naive() == sheet.taken_at.date_naive() {
            dates::time(&person.since, language)
        } else {
            // Somebody who has been inside since another day: then the day says more.
            let day = dates::day_and_month(person.since.date_naive(), language);
            format!("{day} {}", dates::time(&person.since, language))
        };
        let texts = [
            (person.name.as_str(), NAME),
            (person.company.as_deref().unwrap_or_default(), CELL),
            (person.host.as_deref().unwrap_or_default(), CELL),
            (since.as_str(), CELL),
        ];
        let mut column = 0;
        let cells = texts.map(|(text, style)| {
            let (_, width) = COLUMNS[column];
            column += 1;
            text::wrap(text, style, width)
        });
        let tallest = cells.iter().map(|lines| text::height(lines.get(1..).unwrap_or_default(), LEADING)).fold(0.0, f32::max);
        Row { height: (FIRST_BASELINE + tallest + BELOW_BASELINE).max(ROW_MIN), cells }
    }

    /// Draws the row beginning at `top`. Returns its tags and where it ends.
    fn draw(&self, canvas: &mut Canvas<'_>, top: f32) -> (TagGroup, f32) {
        let mut tags = TagGroup::new(Tag::TR);
        let place = Place { x: LEFT, y: top + (ROW_MIN - BOX_SIDE) / 2.0, width: BOX_SIDE, height: BOX_SIDE };
        let tick = canvas.frame(place, 1.2, CELL, "\u{2610}");
        tags.push(group(Tag::TD, vec![tick]));
        for (column, lines) in self.cells.iter().enumerate() {
            let mut leaves = Vec::new();
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

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration, TimeZone};
    use chrono_tz::Tz;

    use super::*;

    fn at(day: u32, hour: u32, minute: u32) -> DateTime<Tz> {
        chrono_tz::Europe::Copenhagen.with_ymd_and_hms(2026, 3, day, hour, minute, 0).unwrap()
    }

    fn person(name: &str) -> PersonInside {
        PersonInside {
            key: name.into(),
            name: name.into(),
            company: Some("Ærø Data".into()),
            host: Some("Mikkel Kærulff Ågård".into()),
            since: at(12, 9, 43),
        }
    }

    fn sheet(people: Vec<PersonInside>) -> RollCall {
        RollCall { organisation: "Lærkehøj".into(), taken_at: at(12, 9, 58), clock_doubt: None, people }
    }

    fn many(count: usize) -> RollCall {
        sheet((0..count).map(|n| person(&format!("Åse Brændgaard {n}"))).collect())
    }

    fn count(pdf: &[u8], needle: &str) -> usize {
        memchr::memmem::find_iter(pdf, needle.as_bytes()).count()
    }

    #[test]
    fn a_roll_call_is_a_tagged_table_with_a_title_and_a_language() {
        let pdf = render(&many(3), Language::Da).unwrap();
        assert!(pdf.starts_with(b"%PDF-1.7"));
        assert_eq!(count(&pdf, "/Lang(da)/StructTreeRoot"), 1);
        assert_eq!(count(&pdf, "<pdfuaid:part>1</pdfuaid:part>"), 1);
        assert!(count(&pdf, "Mandtal, L") > 0);
        // A row of heads, and per person a box, a name as the row's head, and three cells.
        assert_eq!(count(&pdf, "/S/TR/"), 4);
        assert_eq!(count(&pdf, "/S/TH/"), 5 + 3);
        assert_eq!(count(&pdf, "/S/TD/"), 3 * 4);
    }

    #[test]
    fn every_number_of_people_gives_a_paper() {
        for (people, pages) in [(0, 1), (1, 1), (22, 1), (23, 2), (40, 2), (500, 20)] {
            for language in Language::ALL {
                let pdf = render(&many(people), language).unwrap();
                assert_eq!(count(&pdf, "/Type/Page/"), pages, "{people} people");
            }
        }
    }

    #[test]
    fn every_name_gives_a_paper() {
        let long = "Brændgaard ".repeat(18);
        let endless = "W".repeat(200);
        let names = [
            &long,
            &endless,
            "مريم عبد الله",
            "שרה",
            "👩‍🚀 Zoë",
            "Phạm Thị Hồng Hạnh",
            "A\u{30a}se Z\u{351}\u{36f}a\u{323}",
            "\u{feff}\u{0}\u{7}",
            "",
            "\u{fffe}\u{e000}",
        ];
        let mut people: Vec<PersonInside> = names.into_iter().map(person).collect();
        people.push(PersonInside { company: None, host: None, ..person("Bo") });
        render(&sheet(people), Language::En).unwrap();
    }

    #[test]
    fn who_came_another_day_is_shown_with_the_day() {
        let sheet = sheet(Vec::new());
        let said = |since: DateTime<Tz>| {
            let person = PersonInside { since, ..person("Bo") };
            Row::of(&person, &sheet, Language::Da).cells[3].len()
        };
        assert_eq!(said(at(12, 0, 0)), 1);
        assert_eq!(said(at(12, 0, 0) - Duration::minutes(1)), 2);
    }

    #[test]
    fn five_hundred_people_take_less_than_a_second() {
        let sheet = many(500);
        let start = std::time::Instant::now();
        render(&sheet, Language::Da).unwrap();
        let allowed_ms = if cfg!(debug_assertions) { 10_000 } else { 1_000 };
        assert!(start.elapsed().as_millis() < allowed_ms);
    }
}
