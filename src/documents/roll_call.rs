//! The roll call on paper: who is inside now, for the fire warden at the assembly point. A4,
//! upright, a box to tick before every name.

use std::fmt;

use chrono::DateTime;
use chrono_tz::Tz;
use krilla::tagging::{ArtifactType, Identifier, TableHeaderScope, Tag, TagGroup};

use super::dates;
use super::fonts::{CAPITAL, Weight};
use super::page::{About, Canvas, DocumentError, Ink, MM, Paper, Place, Role, group, heading};
use super::text::{self, Line, Style};
use super::words::Words;
use crate::domain::language::Language;

/// Everybody who is inside at one moment.
#[derive(Clone, PartialEq, Eq)]
pub struct RollCallSheet {
    pub organisation: String,
    pub taken_at: DateTime<Tz>,
    /// In the order of the paper.
    pub people: Vec<RollCallPerson>,
}

/// Somebody who is inside.
#[derive(Clone, PartialEq, Eq)]
pub struct RollCallPerson {
    pub name: String,
    pub company: Option<String>,
    pub host: Option<String>,
    /// When they signed in.
    pub since: DateTime<Tz>,
}

impl fmt::Debug for RollCallSheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RollCallSheet({} people)", self.people.len())
    }
}

impl fmt::Debug for RollCallPerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RollCallPerson(..)")
    }
}

/// Renders the roll call as a PDF (PDF/UA-1): a row per person in the order given, a box to tick
/// in each, the number of people and the moment at the top, and at the foot that it is destroyed
/// after use. Nobody inside gives one page that says so.
///
/// # Errors
/// When the PDF cannot be written.
pub fn render(sheet: &RollCallSheet, language: Language) -> Result<Vec<u8>, DocumentError> {
    let words = Words::of(language);
    let title = words.say("roll call paper", "Roll call");
    let rows: Vec<Row> = sheet.people.iter().map(|person| Row::of(person, sheet, language)).collect();
    let pages = paginate(&rows);
    let page_names: Vec<String> = (1..=pages.len())
        .map(|page| words.say_with("roll call", "Page {page} of {pages}", &[("page", &page), ("pages", &pages.len())]))
        .collect();

    let mut paper = Paper::new();
    let mut head = Vec::new();
    let mut table_head = Vec::new();
    let mut table_body = TagGroup::new(Tag::TBody);
    let mut foot = Vec::new();
    for (index, on_page) in pages.iter().enumerate() {
        let place = if index == 0 { Turn::First } else { Turn::Later };
        let is_last = index + 1 == pages.len();
        paper.page(WIDTH, HEIGHT, |canvas| {
            let mut drawing = Drawing { canvas, sheet, words, title: &title };
            let top = match place {
                Turn::First => {
                    head = drawing.head();
                    FIRST_TABLE_TOP
                }
                Turn::Later => {
                    drawing.head_again();
                    LATER_TABLE_TOP
                }
            };
            if !rows.is_empty() {
                let cells = drawing.column_heads(top, place);
                if place == Turn::First {
                    table_head = cells;
                }
                let mut y = top;
                for row in &rows[on_page.clone()] {
                    table_body.push(drawing.row(row, y));
                    y += row.height;
                }
            }
            let role = if is_last { Role::Content } else { Role::Furniture(ArtifactType::Footer) };
            foot = drawing.foot(&page_names[index], role);
        })?;
    }

    let mut content = head;
    if !rows.is_empty() {
        let mut table = TagGroup::new(Tag::Table.with_summary(Some(title.clone())));
        let mut heads = TagGroup::new(Tag::TR);
        for cell in table_head {
            heads.push(cell);
        }
        let mut table_head = TagGroup::new(Tag::THead);
        table_head.push(heads);
        table.push(table_head);
        table.push(table_body);
        content.push(table);
    }
    content.push(group(Tag::P, foot));
    paper.finish(About { title: format!("{title}, {}", sheet.organisation), language, made_at: sheet.taken_at, pages: page_names }, content)
}

const WIDTH: f32 = 210.0 * MM;
const HEIGHT: f32 = 297.0 * MM;
const LEFT: f32 = 18.0 * MM;
const RIGHT: f32 = WIDTH - LEFT;
/// Where the first row begins, on the first page and on the others.
const FIRST_TABLE_TOP: f32 = 66.0 * MM;
const LATER_TABLE_TOP: f32 = 32.0 * MM;
const TABLE_BOTTOM: f32 = 269.0 * MM;
/// The side of the box to tick: a thick pen and gloves are enough.
const BOX_SIDE: f32 = 6.0 * MM;
const ROW_MIN: f32 = 9.0 * MM;
/// From the top of a row to its first baseline: the same for all cells, at half the box's height.
const FIRST_BASELINE: f32 = (ROW_MIN + CAPITAL * NAME.size) / 2.0;
/// From the last baseline of a row to the line under it: room for a g, and a little air.
const BELOW_BASELINE: f32 = 2.2 * MM;
const LEADING: f32 = 1.2;

const NAME: Style = Style { weight: Weight::SemiBold, size: 12.0 };
const CELL: Style = Style { weight: Weight::Regular, size: 10.5 };
const COLUMN_HEAD: Style = Style { weight: Weight::SemiBold, size: 9.5 };

/// The columns after the box: name, company, host, since. Left edge and width.
const COLUMNS: [(f32, f32); 4] =
    [(LEFT + 13.0 * MM, 55.0 * MM), (LEFT + 71.0 * MM, 40.0 * MM), (LEFT + 114.0 * MM, 40.0 * MM), (LEFT + 157.0 * MM, 17.0 * MM)];

/// The first page has the whole head; the later ones a line.
#[derive(Clone, Copy, PartialEq)]
enum Turn {
    First,
    Later,
}

/// A row, broken into lines.
struct Row {
    cells: [Vec<Line>; 4],
    /// In points.
    height: f32,
}

impl Row {
    fn of(person: &RollCallPerson, sheet: &RollCallSheet, language: Language) -> Row {
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
        let tallest = cells.iter().map(|lines| block_height(lines.get(1..).unwrap_or_default())).fold(0.0, f32::max);
        Row { height: (FIRST_BASELINE + tallest + BELOW_BASELINE).max(ROW_MIN), cells }
    }
}

/// Which rows stand on which page; at least one page. A row is never broken: one taller than a
/// page (a name of thousands of letters, which no name can have) would run over its foot.
fn paginate(rows: &[Row]) -> Vec<std::ops::Range<usize>> {
    let mut pages = Vec::new();
    let mut first = 0;
    let mut y = FIRST_TABLE_TOP;
    for (index, row) in rows.iter().enumerate() {
        if y + row.height > TABLE_BOTTOM && index > first {
            pages.push(first..index);
            first = index;
            y = LATER_TABLE_TOP;
        }
        y += row.height;
    }
    pages.push(first..rows.len());
    pages
}

/// A page while it is drawn.
struct Drawing<'d, 'p> {
    canvas: &'d mut Canvas<'p>,
    sheet: &'d RollCallSheet,
    words: Words,
    title: &'d str,
}

impl Drawing<'_, '_> {
    /// The whole head: organisation, title, the moment, and how many there are to find.
    fn head(&mut self) -> Vec<TagGroup> {
        let language = self.words.language();
        let taken_at = &self.sheet.taken_at;
        let weekday = dates::weekday(taken_at.date_naive(), language);
        let moment = dates::date_and_time(taken_at, language);
        let count = self.sheet.people.len();
        let inside = if count == 0 {
            self.words.say("roll call", "Nobody has signed in.")
        } else {
            self.words.say_count("roll call", "{n} person inside", "{n} people inside", count)
        };
        let bold = |size| Style { weight: Weight::SemiBold, size };
        let regular = |size| Style { weight: Weight::Regular, size };

        let mut head = Vec::new();
        let room = RIGHT - LEFT;
        let organisation = text::fit(&self.sheet.organisation, bold(12.0), room, 10.0 * MM, LEADING);
        let top = 24.0 * MM - block_height(&organisation);
        let leaves = self.block(LEFT, top, &organisation, Role::Content);
        if !leaves.is_empty() {
            head.push(group(Tag::P, leaves));
        }
        let title = text::line(self.title, bold(27.0));
        let leaves = self.put(LEFT, 36.0 * MM, &title, Role::Content);
        head.push(heading(self.title, leaves));
        let moment = text::line(&format!("{weekday} {moment}"), regular(14.0));
        let leaves = self.put(LEFT, 43.5 * MM, &moment, Role::Content);
        head.push(group(Tag::P, leaves));
        let inside = text::line(&inside, bold(18.0));
        let leaves = self.put(LEFT, 53.0 * MM, &inside, Role::Content);
        head.push(group(Tag::P, leaves));
        head
    }

    /// The head of a later page: enough to know where a loose page belongs.
    fn head_again(&mut self) {
        let language = self.words.language();
        let moment = dates::date_and_time(&self.sheet.taken_at, language);
        let furniture = Role::Furniture(ArtifactType::Header);
        let style = Style { weight: Weight::SemiBold, size: 11.0 };
        let title = text::line(self.title, style);
        self.put(LEFT, 19.0 * MM, &title, furniture);
        let rest = Style { weight: Weight::Regular, ..style };
        let moment = text::line(&moment, rest);
        self.put(RIGHT - moment.width, 19.0 * MM, &moment, furniture);
        let between = LEFT + title.width + 4.0 * MM;
        let room = RIGHT - moment.width - 4.0 * MM - between;
        let organisation = text::fit(&self.sheet.organisation, rest, room, rest.size * LEADING, LEADING);
        for line in &organisation {
            self.put(between, 19.0 * MM, line, furniture);
        }
    }

    /// The names of the columns and a strong line under them, ending at `bottom`.
    fn column_heads(&mut self, bottom: f32, turn: Turn) -> Vec<TagGroup> {
        let role = match turn {
            Turn::First => Role::Content,
            Turn::Later => Role::Furniture(ArtifactType::Header),
        };
        let heads = [
            (LEFT, self.words.say("roll call", "Here")),
            (COLUMNS[0].0, self.words.say("roll call", "Name")),
            (COLUMNS[1].0, self.words.say("roll call", "Company")),
            (COLUMNS[2].0, self.words.say("roll call", "Host")),
            (COLUMNS[3].0, self.words.say("roll call", "Since")),
        ];
        let cells = heads
            .into_iter()
            .map(|(x, name)| {
                let line = text::line(&name, COLUMN_HEAD);
                let leaves = self.put(x, bottom - 2.2 * MM, &line, role);
                group(Tag::TH(TableHeaderScope::Column), leaves)
            })
            .collect();
        self.rule(bottom, 1.4);
        cells
    }

    /// A row beginning at `top`, and the thin line under it.
    fn row(&mut self, row: &Row, top: f32) -> TagGroup {
        let mut tags = TagGroup::new(Tag::TR);
        let place = Place { x: LEFT, y: top + (ROW_MIN - BOX_SIDE) / 2.0, width: BOX_SIDE, height: BOX_SIDE };
        let tick = self.canvas.frame(place, 1.2, CELL, "\u{2610}");
        tags.push(group(Tag::TD, vec![tick]));
        for (column, lines) in row.cells.iter().enumerate() {
            let (x, _) = COLUMNS[column];
            let mut leaves = Vec::new();
            for (index, line) in lines.iter().enumerate() {
                let y = top + FIRST_BASELINE + index as f32 * LEADING * line.style.size;
                leaves.extend(self.put(x, y, line, Role::Content));
            }
            tags.push(match column {
                0 => group(Tag::TH(TableHeaderScope::Row), leaves),
                _ => group(Tag::TD, leaves),
            });
        }
        self.rule(top + row.height, 0.6);
        tags
    }

    /// The bar that says how the paper ends, and the number of the page under it.
    fn foot(&mut self, page_name: &str, role: Role) -> Vec<Identifier> {
        let bar = Place { x: LEFT, y: 273.0 * MM, width: RIGHT - LEFT, height: 9.0 * MM };
        self.canvas.rounded(bar, 2.0 * MM);
        let style = Style { weight: Weight::SemiBold, size: 11.0 };
        let destroy = self.words.say("roll call", "Destroy after use. Nothing of it is kept.");
        let destroy = text::line(&destroy, style);
        let baseline = bar.y + (bar.height + CAPITAL * style.size) / 2.0;
        let leaves = self.canvas.text(bar.x + 4.0 * MM, baseline, &destroy, Ink::White, role);
        let number = text::line(page_name, Style { size: 10.0, ..style });
        let furniture = Role::Furniture(ArtifactType::PageNumber);
        self.put(RIGHT - number.width, 288.0 * MM, &number, furniture);
        leaves
    }

    fn rule(&mut self, y: f32, thickness: f32) {
        self.canvas.rectangle(Place { x: LEFT, y: y - thickness, width: RIGHT - LEFT, height: thickness });
    }

    fn put(&mut self, x: f32, y: f32, line: &Line, role: Role) -> Vec<Identifier> {
        self.canvas.text(x, y, line, Ink::Black, role)
    }

    fn block(&mut self, x: f32, top: f32, lines: &[Line], role: Role) -> Vec<Identifier> {
        let mut leaves = Vec::new();
        let mut top = top;
        for line in lines {
            let size = line.style.size;
            leaves.extend(self.put(x, top + (LEADING + CAPITAL) / 2.0 * size, line, role));
            top += LEADING * size;
        }
        leaves
    }
}

/// The height of these lines, in points.
fn block_height(lines: &[Line]) -> f32 {
    lines.iter().map(|line| LEADING * line.style.size).sum()
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, TimeZone};

    use super::*;

    fn at(day: u32, hour: u32, minute: u32) -> DateTime<Tz> {
        chrono_tz::Europe::Copenhagen.with_ymd_and_hms(2026, 3, day, hour, minute, 0).unwrap()
    }

    fn person(name: &str) -> RollCallPerson {
        RollCallPerson {
            name: name.into(),
            company: Some("Ærø Data".into()),
            host: Some("Mikkel Kærulff Ågård".into()),
            since: at(12, 9, 43),
        }
    }

    fn sheet(people: Vec<RollCallPerson>) -> RollCallSheet {
        RollCallSheet { organisation: "Lærkehøj".into(), taken_at: at(12, 9, 58), people }
    }

    fn many(count: usize) -> RollCallSheet {
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
    fn no_row_is_lost_between_pages() {
        let sheet = many(500);
        let rows: Vec<Row> = sheet.people.iter().map(|person| Row::of(person, &sheet, Language::Da)).collect();
        let pages = paginate(&rows);
        let mut next = 0;
        for page in pages {
            assert_eq!(page.start, next);
            assert!(!page.is_empty());
            next = page.end;
        }
        assert_eq!(next, 500);
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
        let mut people: Vec<RollCallPerson> = names.into_iter().map(person).collect();
        people.push(RollCallPerson { company: None, host: None, ..person("Bo") });
        render(&sheet(people), Language::En).unwrap();
    }

    #[test]
    fn who_came_another_day_is_shown_with_the_day() {
        let sheet = sheet(Vec::new());
        let said = |since: DateTime<Tz>| {
            let person = RollCallPerson { since, ..person("Bo") };
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

    #[test]
    fn a_roll_call_in_a_log_says_no_names() {
        assert_eq!(format!("{:?}", many(2)), "RollCallSheet(2 people)");
        assert_eq!(format!("{:?}", person("Åse")), "RollCallPerson(..)");
    }
}
