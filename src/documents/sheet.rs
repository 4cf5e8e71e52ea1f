//! What the papers of many rows share: an upright A4 page with its head, its table over several
//! pages, and the bar at the foot that says when the paper is destroyed.

use std::ops::Range;

use krilla::tagging::{ArtifactType, Node, TableHeaderScope, Tag, TagGroup};

use super::fonts::{CAPITAL, Weight};
use super::page::{Canvas, Ink, MM, Place, Role, group, heading};
use super::text::{self, Line, Style};

pub(super) const WIDTH: f32 = 210.0 * MM;
pub(super) const HEIGHT: f32 = 297.0 * MM;
pub(super) const LEFT: f32 = 18.0 * MM;
pub(super) const RIGHT: f32 = WIDTH - LEFT;
/// From one baseline to the next, in em.
pub(super) const LEADING: f32 = 1.2;
/// Where the first row begins on a page that is not the first.
pub(super) const LATER_TABLE_TOP: f32 = 32.0 * MM;
pub(super) const TABLE_BOTTOM: f32 = 269.0 * MM;

const COLUMN_HEAD: Style = Style { weight: Weight::SemiBold, size: 9.5 };

/// The first page has the whole head; the later ones a line.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Turn {
    First,
    Later,
}

impl Turn {
    /// The turn of the page with this index.
    pub(super) fn of(index: usize) -> Turn {
        if index == 0 { Turn::First } else { Turn::Later }
    }
}

/// Which rows stand on which page; at least one page. A row is never broken.
pub(super) fn paginate(heights: impl Iterator<Item = f32>, first_table_top: f32) -> Vec<Range<usize>> {
    let mut pages = Vec::new();
    let (mut first, mut next) = (0, 0);
    let mut y = first_table_top;
    for height in heights {
        if y + height > TABLE_BOTTOM && next > first {
            pages.push(first..next);
            first = next;
            y = LATER_TABLE_TOP;
        }
        y += height;
        next += 1;
    }
    pages.push(first..next);
    pages
}

/// The organisation, what stands `aside` of it, `title`, which is the heading of the document, and
/// `below` under it. It ends at [`head_end`].
pub(super) fn head(canvas: &mut Canvas<'_>, organisation: &str, aside: &str, title: &str, below: &[Vec<Line>]) -> Vec<TagGroup> {
    let mut head = Vec::new();
    let aside = text::line(aside, Style { weight: Weight::Regular, size: 10.5 });
    let room = RIGHT - LEFT - aside.width - 8.0 * MM;
    let organisation = text::fit(organisation, Style { weight: Weight::SemiBold, size: 12.0 }, room, 10.0 * MM, LEADING);
    let top = 24.0 * MM - text::height(&organisation, LEADING);
    push(&mut head, canvas.block(LEFT, top, &organisation, LEADING, Role::Content));
    push(&mut head, canvas.text(RIGHT - aside.width, 23.0 * MM, &aside, Ink::Black, Role::Content));
    let lines = title_lines(title);
    let mut top = TITLE_TOP;
    head.push(heading(title, canvas.block(LEFT, top, &lines, LEADING, Role::Content)));
    top += text::height(&lines, LEADING);
    for lines in below {
        push(&mut head, canvas.block(LEFT, top + BETWEEN, lines, LEADING, Role::Content));
        top += BETWEEN + text::height(lines, LEADING);
    }
    head
}

/// Where a head with this title and these lines below it ends.
pub(super) fn head_end(title: &str, below: &[Vec<Line>]) -> f32 {
    let below: f32 = below.iter().map(|lines| BETWEEN + text::height(lines, LEADING)).sum();
    TITLE_TOP + text::height(&title_lines(title), LEADING) + below
}

const TITLE_TOP: f32 = 27.0 * MM;
/// The air above each block under the title.
const BETWEEN: f32 = 1.2 * MM;

fn title_lines(title: &str) -> Vec<Line> {
    text::fit(title, Style { weight: Weight::SemiBold, size: 27.0 }, RIGHT - LEFT, 24.0 * MM, LEADING)
}

/// What stands on every page, laid out once: a list can have hundreds.
pub(super) struct EveryPage {
    /// Where each line begins.
    head: Vec<(f32, Line)>,
    columns: Vec<(f32, Line)>,
    bar: Line,
}

impl EveryPage {
    /// The head of a later page is `title`, `beside` and `moment`, enough to know where a loose
    /// page belongs. `columns` have their left edge and their name; `bar` says how the paper ends.
    pub(super) fn of(title: &str, beside: &str, moment: &str, columns: &[(f32, String)], bar: &str) -> EveryPage {
        let bold = Style { weight: Weight::SemiBold, size: 11.0 };
        let regular = Style { weight: Weight::Regular, ..bold };
        let moment = text::line(moment, regular);
        let room = RIGHT - LEFT - moment.width - 8.0 * MM;
        let mut x = LEFT;
        let mut head = Vec::new();
        for (said, style, share) in [(title, bold, 0.7), (beside, regular, 1.0)] {
            let left = room - (x - LEFT);
            for line in text::fit(said, style, left * share, style.size * LEADING, LEADING) {
                let width = line.width;
                head.push((x, line));
                x += width + 4.0 * MM;
            }
        }
        head.push((RIGHT - moment.width, moment));
        EveryPage {
            head,
            columns: columns.iter().map(|(x, name)| (*x, text::line(name, COLUMN_HEAD))).collect(),
            bar: text::line(bar, bold),
        }
    }

    /// Draws the head of a later page.
    pub(super) fn head_again(&self, canvas: &mut Canvas<'_>) {
        for (x, line) in &self.head {
            canvas.text(*x, 19.0 * MM, line, Ink::Black, Role::Furniture(ArtifactType::Header));
        }
    }

    /// Draws the names of the columns and a strong line under them, ending at `bottom`. On a later
    /// page they are furniture.
    pub(super) fn column_heads(&self, canvas: &mut Canvas<'_>, bottom: f32, turn: Turn) -> Vec<TagGroup> {
        let role = match turn {
            Turn::First => Role::Content,
            Turn::Later => Role::Furniture(ArtifactType::Header),
        };
        let mut cells = Vec::new();
        for (x, name) in &self.columns {
            let leaves = canvas.text(*x, bottom - 2.2 * MM, name, Ink::Black, role);
            cells.push(group(Tag::TH(TableHeaderScope::Column), leaves));
        }
        rules(canvas, [bottom].into_iter(), 1.4);
        cells
    }

    /// Draws the bar.
    pub(super) fn bar(&self, canvas: &mut Canvas<'_>, role: Role) -> Option<Node> {
        let bar = Place { x: LEFT, y: 273.0 * MM, width: RIGHT - LEFT, height: 9.0 * MM };
        canvas.rounded(bar, 2.0 * MM);
        let baseline = bar.y + (bar.height + CAPITAL * self.bar.style.size) / 2.0;
        canvas.text(bar.x + 4.0 * MM, baseline, &self.bar, Ink::White, role)
    }
}

/// Lines across the page, ending at these heights.
pub(super) fn rules(canvas: &mut Canvas<'_>, bottoms: impl Iterator<Item = f32>, thickness: f32) {
    canvas.rules(LEFT, RIGHT, bottoms, thickness);
}

/// The number of the page, under the bar.
pub(super) fn page_number(canvas: &mut Canvas<'_>, name: &str) {
    let number = text::line(name, Style { weight: Weight::SemiBold, size: 10.0 });
    canvas.text(RIGHT - number.width, 288.0 * MM, &number, Ink::Black, Role::Furniture(ArtifactType::PageNumber));
}

/// The table of these heads and rows, as it is read.
pub(super) fn table(summary: &str, heads: Vec<TagGroup>, body: TagGroup) -> TagGroup {
    let mut row = TagGroup::new(Tag::TR);
    for cell in heads {
        row.push(cell);
    }
    let mut head = TagGroup::new(Tag::THead);
    head.push(row);
    let mut table = TagGroup::new(Tag::Table.with_summary(Some(summary.to_owned())));
    table.push(head);
    table.push(body);
    table
}

fn push(content: &mut Vec<TagGroup>, leaves: impl IntoIterator<Item = Node>) {
    let mut leaves = leaves.into_iter().peekable();
    if leaves.peek().is_some() {
        content.push(group(Tag::P, leaves));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_is_lost_between_pages() {
        let pages = paginate((0..500).map(|row| if row % 7 == 0 { 60.0 } else { 25.5 }), 188.0);
        assert!(pages.len() > 20);
        let mut next = 0;
        for page in pages {
            assert_eq!(page.start, next);
            assert!(!page.is_empty());
            next = page.end;
        }
        assert_eq!(next, 500);
    }

    #[test]
    fn no_rows_are_one_page_and_a_row_of_any_height_is_on_one() {
        assert_eq!(paginate(std::iter::empty(), 188.0), [0..0]);
        assert_eq!(paginate([5000.0, 10.0, 5000.0].into_iter(), 188.0), [0..1, 1..2, 2..3]);
    }

    #[test]
    fn a_row_that_ends_at_the_foot_stays_and_one_a_little_taller_goes_on() {
        let room = TABLE_BOTTOM - 188.0;
        assert_eq!(paginate([room / 2.0, room / 2.0].into_iter(), 188.0), [0..2]);
        assert_eq!(paginate([room / 2.0, room / 2.0 + 0.1].into_iter(), 188.0), [0..1, 1..2]);
    }
}
