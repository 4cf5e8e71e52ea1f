//! The roll call on paper: who is looked for, for the fire warden at the assembly point. A4,
//! upright, a box to tick before every name.

use krilla::geom::PathBuilder;
use krilla::tagging::{ArtifactType, TableHeaderScope, Tag, TagGroup};

use super::dates;
use super::fonts::{CAPITAL, Weight};
use super::missing::{Missing, missing};
use super::page::{About, Canvas, DocumentError, Ink, MM, Paper, Place, Role, group};
use super::sheet::{self, EveryPage, LEADING, LEFT, Turn};
use super::text::{self, Line, Style};
use super::words::Words;
use crate::domain::language::Language;
use crate::domain::order::split_family;
use crate::domain::roll_call::{Inside, PersonInside, RollCall};

/// What [`render`] cannot draw of who is inside.
pub fn missing_scripts(sheet: &RollCall) -> Vec<Missing> {
    let texts = sheet.people.iter().map(|person| [Some(person.name.as_str()), person.company.as_deref(), person.here_for.name()]);
    missing(texts.map(|texts| texts.into_iter().flatten()))
}

/// How many are inside, in the words of every page that counts them.
pub fn say_inside(inside: Inside, words: Words) -> String {
    let all = words.say_with("house", "{0} in the house", &[("0", &inside.everybody())]);
    let visitors = words.say_count("house", "{n} visitor", "{n} visitors", inside.visitors);
    let participants = words.say_count("house", "{n} participant", "{n} participants", inside.participants);
    let parts = words.say_with("house", "{0}, {1}", &[("0", &visitors), ("1", &participants)]);
    words.say_with("house", "{0}: {1}", &[("0", &all), ("1", &parts)])
}

/// Renders the roll call as a PDF (PDF/UA-1): a row per person, whoever is missing first, else in
/// the order given, a box to tick in each, ticked where somebody was found; at the top how many
/// there are, who counted, when and where; on every page its number and where it belongs, and that
/// it is destroyed after use. Nobody inside gives one page that says so.
///
/// # Errors
/// When the PDF cannot be written.
pub fn render(sheet: &RollCall, language: Language) -> Result<Vec<u8>, DocumentError> {
    let words = Words::of(language);
    let title = words.say("roll call paper", "Roll call");
    let rows: Vec<Row> = in_order(sheet).into_iter().map(|person| Row::of(person, sheet, words)).collect();
    let below = below(sheet, words);
    let first_table_top = sheet::head_end(&title, &below) + 12.0 * MM;
    let pages = sheet::paginate(rows.iter().map(|row| row.height), first_table_top);
    let page_names: Vec<String> = (1..=pages.len())
        .map(|page| words.say_with("roll call", "Page {page} of {pages}", &[("page", &page), ("pages", &pages.len())]))
        .collect();
    let column_heads = [
        (LEFT, words.say("roll call", "Here")),
        (COLUMNS[0].0, words.say("roll call", "Name")),
        (COLUMNS[1].0, words.say("roll call", "Company")),
        (COLUMNS[2].0, words.say("roll call", "Host or event")),
        (COLUMNS[3].0, words.say("roll call", "Since")),
    ];
    let destroy = words.say("roll call", "Destroy after use. Nothing of it is kept.");
    let moment = dates::date_and_time(&sheet.taken_at, language);
    // A house without a name of its own is called as its desk.
    let desk = if sheet.desk == sheet.organisation { "" } else { sheet.desk.as_str() };
    let beside = if desk.is_empty() { sheet.organisation.clone() } else { format!("{}, {desk}", sheet.organisation) };
    let every_page = EveryPage::of(&title, &beside, &moment, &column_heads, &destroy);

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
                    content = sheet::head(canvas, &sheet.organisation, desk, &title, &below);
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

/// The side of the box to tick: a thick pen and gloves are enough.
const BOX_SIDE: f32 = 6.0 * MM;
const ROW_MIN: f32 = 9.0 * MM;
/// From the top of a row to its first baseline: the same for all cells, at half the box's height.
const FIRST_BASELINE: f32 = (ROW_MIN + CAPITAL * NAME.size) / 2.0;
/// From the last baseline of a row to the line under it: room for a g, and a little air.
const BELOW_BASELINE: f32 = 2.2 * MM;

const NAME: Style = Style { weight: Weight::SemiBold, size: 12.0 };
/// Between given names and family name.
const SPACE: f32 = 0.26 * NAME.size;
const CELL: Style = Style { weight: Weight::Regular, size: 10.5 };

/// The columns after the box: name, company, host, since. Left edge and width.
const COLUMNS: [(f32, f32); 4] =
    [(LEFT + 13.0 * MM, 55.0 * MM), (LEFT + 71.0 * MM, 40.0 * MM), (LEFT + 114.0 * MM, 40.0 * MM), (LEFT + 157.0 * MM, 17.0 * MM)];

/// Whoever is missing first.
fn in_order(sheet: &RollCall) -> Vec<&PersonInside> {
    let (found, missing): (Vec<_>, Vec<_>) = sheet.people.iter().partition(|person| person.found_at.is_some());
    missing.into_iter().chain(found).collect()
}

/// What stands under the title: the moment, how many there are to find, and who counts them where.
fn below(sheet: &RollCall, words: Words) -> Vec<Vec<Line>> {
    let language = words.language();
    let moment = match sheet.clock_doubt {
        None => dates::with_weekday(sheet.taken_at.date_naive(), &dates::date_and_time(&sheet.taken_at, language), language),
        Some(_) => words.say("roll call", "The clock is in doubt: nobody is left out"),
    };
    let inside = match sheet.people.len() {
        0 => words.say("roll call", "Nobody has signed in."),
        _ => say_inside(sheet.inside(), words),
    };
    let counts = match &sheet.counted_by {
        Some(name) => words.say_with("roll call", "Counted by {0}, {1}", &[("0", name), ("1", &sheet.desk)]),
        None => words.say_with("roll call", "Printed without anybody unlocking, {0}", &[("0", &sheet.desk)]),
    };
    let mut said = vec![counts];
    if let Some(begun) = &sheet.begun {
        let at = dates::moment(&begun.at, sheet.taken_at.date_naive(), language);
        said.insert(
            0,
            match &begun.by {
                Some(name) => words.say_with("roll call", "Begun {0} by {1}", &[("0", &at), ("1", name)]),
                None => words.say_with("roll call", "Begun {0} from the locked screen", &[("0", &at)]),
            },
        );
        let missing = sheet.people.len() - sheet.found();
        said.push(words.say_with("roll call", "{0} found, {1} missing", &[("0", &sheet.found()), ("1", &missing)]));
    }
    let small = Style { weight: Weight::Regular, size: 12.0 };
    let width = sheet::RIGHT - LEFT;
    vec![
        vec![text::line(&moment, Style { weight: Weight::Regular, size: 14.0 })],
        text::wrap(&inside, Style { weight: Weight::SemiBold, size: 18.0 }, width),
        said.iter().flat_map(|said| text::wrap(said, small, width)).collect(),
    ]
}

/// A row, broken into lines.
struct Row {
    name: Vec<Part>,
    cells: [Vec<Line>; 3],
    is_found: bool,
    /// In points.
    height: f32,
}

/// A part of a name: how far right and how many lines down it begins.
struct Part {
    x: f32,
    down: usize,
    line: Line,
}

impl Row {
    fn of(person: &PersonInside, sheet: &RollCall, words: Words) -> Row {
        let language = words.language();
        let since = match &person.found_at {
            Some(at) => words.say_with("roll call", "found {0}", &[("0", &dates::time(at, language))]),
            None if person.since.date_naive() == sheet.taken_at.date_naive() => dates::time(&person.since, language),
            // Somebody who has been inside since another day: then the day says more.
            None => {
                let day = dates::day_and_month(person.since.date_naive(), language);
                format!("{day} {}", dates::time(&person.since, language))
            }
        };
        let texts = [person.company.as_deref().unwrap_or_default(), person.here_for.name().unwrap_or_default(), since.as_str()];
        let mut column = 0;
        let cells = texts.map(|text| {
            column += 1;
            text::wrap(text, CELL, COLUMNS[column].1)
        });
        let name = name(person);
        let tallest = cells.iter().map(|lines| text::height(lines.get(1..).unwrap_or_default(), LEADING)).fold(0.0, f32::max);
        let below = name.last().map_or(0.0, |last| last.down as f32 * LEADING * NAME.size);
        Row {
            height: (FIRST_BASELINE + tallest.max(below) + BELOW_BASELINE).max(ROW_MIN),
            name,
            cells,
            is_found: person.found_at.is_some(),
        }
    }

    /// Draws the row beginning at `top`. Returns its tags and where it ends.
    fn draw(&self, canvas: &mut Canvas<'_>, top: f32) -> (TagGroup, f32) {
        let mut tags = TagGroup::new(Tag::TR);
        let place = Place { x: LEFT, y: top + (ROW_MIN - BOX_SIDE) / 2.0, width: BOX_SIDE, height: BOX_SIDE };
        let tick = canvas.frame(place, 1.2, CELL, if self.is_found { "\u{2611}" } else { "\u{2610}" });
        if self.is_found {
            let Place { x, y, width, height } = place;
            let mut path = PathBuilder::new();
            path.move_to(x + 0.22 * width, y + 0.52 * height);
            path.line_to(x + 0.42 * width, y + 0.72 * height);
            path.line_to(x + 0.78 * width, y + 0.28 * height);
            canvas.outline(path, 1.8, Ink::Black);
        }
        tags.push(group(Tag::TD, vec![tick]));
        let y_of = |index: usize, size: f32| top + FIRST_BASELINE + index as f32 * LEADING * size;
        let mut leaves = Vec::new();
        for Part { x, down, line } in &self.name {
            leaves.extend(canvas.text(COLUMNS[0].0 + x, y_of(*down, NAME.size), line, Ink::Black, Role::Content));
        }
        tags.push(group(Tag::TH(TableHeaderScope::Row), leaves));
        for (lines, (x, _)) in self.cells.iter().zip(&COLUMNS[1..]) {
            let mut leaves = Vec::new();
            for (index, line) in lines.iter().enumerate() {
                leaves.extend(canvas.text(*x, y_of(index, line.style.size), line, Ink::Black, Role::Content));
            }
            tags.push(group(Tag::TD, leaves));
        }
        (tags, top + self.height)
    }
}

/// A name with its family name in bold: on one line where there is room, else below each other.
fn name(person: &PersonInside) -> Vec<Part> {
    let width = COLUMNS[0].1;
    let (given, family) = split_family(person.sort_name.as_deref(), &person.name);
    let given = text::wrap(given.trim_end(), Style { weight: Weight::Regular, ..NAME }, width);
    let family = text::wrap(family, NAME, width);
    let mut parts: Vec<Part> = Vec::new();
    let below = |parts: &Vec<Part>| parts.last().map_or(0, |last| last.down + 1);
    for line in given {
        parts.push(Part { x: 0.0, down: below(&parts), line });
    }
    for line in family {
        let beside = parts.last().map(|last| (last.x + last.line.width + SPACE, last.down));
        let (x, down) = beside.filter(|(x, _)| x + line.width <= width).unwrap_or((0.0, below(&parts)));
        parts.push(Part { x, down, line });
    }
    parts
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration, TimeZone};
    use chrono_tz::Tz;

    use super::*;
    use crate::domain::ids::VisitId;
    use crate::domain::roll_call::{Begun, HereFor, PersonId};

    fn at(day: u32, hour: u32, minute: u32) -> DateTime<Tz> {
        chrono_tz::Europe::Copenhagen.with_ymd_and_hms(2026, 3, day, hour, minute, 0).unwrap()
    }

    fn person(name: &str) -> PersonInside {
        PersonInside {
            id: PersonId::Visit(VisitId::random()),
            name: name.into(),
            sort_name: None,
            company: Some("Ærø Data".into()),
            here_for: HereFor::Host(Some("Mikkel Kærulff Ågård".into())),
            note: None,
            since: at(12, 9, 43),
            found_at: None,
        }
    }

    fn sheet(people: Vec<PersonInside>) -> RollCall {
        RollCall {
            organisation: "Lærkehøj".into(),
            desk: "Reception".into(),
            counted_by: Some("Lone Krogh".into()),
            begun: Some(Begun { at: at(12, 9, 50), by: None }),
            taken_at: at(12, 9, 58),
            clock_doubt: None,
            is_unwritten: false,
            people,
        }
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
        for (people, pages) in [(0, 1), (1, 1), (20, 1), (21, 2), (46, 2), (500, 20)] {
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
        people.push(PersonInside { company: None, here_for: HereFor::Host(None), ..person("Bo") });
        render(&sheet(people), Language::En).unwrap();
    }

    #[test]
    fn who_is_missing_stands_first_and_the_head_says_who_counted_when_and_where() {
        let found = PersonInside { found_at: Some(at(12, 9, 55)), ..person("Ada Abel") };
        let mut sheet = sheet(vec![found, person("Bo Bæk")]);
        let said = |sheet: &RollCall| below(sheet, Words::of(Language::Da)).iter().flatten().map(text::said).collect::<Vec<_>>();
        let begun = "Startet kl. 9.50 fra den låste skærm";
        assert_eq!(
            said(&sheet),
            [
                "Torsdag 12. marts 2026 kl. 9.58",
                "2 i huset: 2 besøgende, 0 deltagere",
                begun,
                "Talt af Lone Krogh, Reception",
                "1 fundet, 1 mangler"
            ]
        );
        sheet.counted_by = None;
        assert_eq!(said(&sheet)[3], "Udskrevet, uden at nogen har låst op, Reception");
        assert_eq!(in_order(&sheet).iter().map(|person| person.name.as_str()).collect::<Vec<_>>(), ["Bo Bæk", "Ada Abel"]);
    }

    #[test]
    fn the_family_name_stands_in_bold_beside_the_given_names_or_below_them() {
        let parts = |name_text: &str, sort_name: Option<&str>| {
            let person = PersonInside { sort_name: sort_name.map(Into::into), ..person(name_text) };
            name(&person).into_iter().map(|part| (text::said(&part.line), part.line.style.weight, part.down)).collect::<Vec<_>>()
        };
        let (regular, bold) = (Weight::Regular, Weight::SemiBold);
        let said = |text: &str| text.to_owned();
        assert_eq!(parts("Bo Bæk", None), [(said("Bo"), regular, 0), (said("Bæk"), bold, 0)]);
        assert_eq!(parts("Anna van Dijk", Some("van Dijk")), [(said("Anna"), regular, 0), (said("van Dijk"), bold, 0)]);
        assert_eq!(parts("Madonna", None), [(said("Madonna"), bold, 0)]);
        let long = parts("Margrethe Alexandrine Østergård-Kristoffersen", None);
        assert_eq!(long.last().map(|(_, weight, down)| (*weight, *down)), Some((bold, 1)));
    }

    #[test]
    fn who_came_another_day_is_shown_with_the_day() {
        let sheet = sheet(Vec::new());
        let said = |since: DateTime<Tz>| {
            let person = PersonInside { since, ..person("Bo") };
            Row::of(&person, &sheet, Words::of(Language::Da)).cells[2].len()
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
