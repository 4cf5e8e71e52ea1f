//! The row that names the columns of a participant file, and where the fields stand by it.

use std::borrow::Cow;
use std::collections::HashSet;

use super::cell::{clean, collapsed, folded};
use super::fault::ParticipantFileFault;
use super::words::{CHECK_INS, FileField, VOID_STATUS};
use crate::documents::table::{Body, Row, Rows};

/// How far from the top the row is looked for.
const HEADER_WITHIN: usize = 20;

/// Each with what it was taken for.
pub type Headers = Vec<(String, FileField)>;

/// How much a row looks like the one with the headers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Score {
    /// How many columns chosen by hand are there.
    chosen: usize,
    has_name: bool,
    known: usize,
}

/// The row that looks most like a header among the first, and how many rows stand above it. If none
/// looks like one, the first of those with the most filled cells.
pub(super) fn find_header(body: &Body, separator: u8, mapping: &[(FileField, String)]) -> Option<(Score, usize)> {
    let mut rows = Rows::new(body.text, body.lines_before, separator);
    let mut row = Row::default();
    let mut best: Option<(Score, usize, usize)> = None;
    let mut at = 0;
    while at < HEADER_WITHIN && rows.read(&mut row) {
        if !row.open_quote && row.filled > 0 {
            let titles: Vec<String> = row.cells.iter().map(|cell| folded(&clean(cell))).collect();
            let known = FileField::ALL.map(|field| titles.iter().any(|title| rank(field, title).is_some()));
            let has = |field: FileField| known[field as usize];
            let score = Score {
                chosen: mapping.iter().filter(|(_, header)| titles.contains(&folded(&clean(header)))).count(),
                has_name: has(FileField::Name) || has(FileField::GivenName) || has(FileField::FamilyName),
                known: known.into_iter().filter(|known| *known).count(),
            };
            let better = best.as_ref().is_none_or(|(so_far, filled, _)| {
                score > *so_far || (score == *so_far && score.known == 0 && score.chosen == 0 && row.filled > *filled)
            });
            if better {
                best = Some((score, row.filled, at));
            }
        }
        at += 1;
    }
    best.map(|(score, _, above)| (score, above))
}

/// How sure it is that a header names this field, 0 the surest.
fn rank(field: FileField, title: &str) -> Option<usize> {
    // pretix: "Attendee name: Given name". Its "Attendee name: Title" is Mr or Mrs.
    if let Some((whole, part)) = title.split_once(": ")
        && ["attendee", "deltager", "teilnehm"].iter().any(|somebody| whole.contains(somebody))
    {
        let is_part = matches!(field, FileField::GivenName | FileField::FamilyName) && field.aliases().contains(&part);
        return is_part.then_some(0);
    }
    field.aliases().iter().position(|alias| *alias == title)
}

/// What a column without a header is called.
pub(super) fn numbered(column: usize) -> String {
    format!("column {}", column + 1)
}

/// Where the fields stand in a row.
pub(super) struct Columns {
    /// The headers, cleaned; numbers for those that have none.
    pub(super) labels: Vec<String>,
    /// For each field its columns, the surest first.
    fields: [Vec<usize>; FileField::ALL.len()],
    pub(super) check_ins: Vec<usize>,
    /// Whether the status column is a [`VOID_STATUS`].
    pub(super) only_void: bool,
    /// How many columns the header has without the blank ones at its end, and with them.
    pub(super) least: usize,
    pub(super) most: usize,
}

impl Columns {
    pub(super) fn find(header: &Row, mapping: &[(FileField, String)]) -> Result<Columns, ParticipantFileFault> {
        let cleaned: Vec<String> = header.cells.iter().take(header.filled).map(|cell| collapsed(&clean(cell))).collect();
        let labels: Vec<String> =
            cleaned.iter().enumerate().map(|(at, title)| if title.is_empty() { numbered(at) } else { title.clone() }).collect();
        let titles: Vec<String> = cleaned.iter().map(|title| folded(title)).collect();
        let has = |title: &str| titles.iter().any(|other| other == title);

        let mut fields: [Vec<usize>; FileField::ALL.len()] = Default::default();
        let mut chosen = HashSet::new();
        for (field, wanted) in mapping {
            let wanted = collapsed(&clean(wanted)).to_lowercase();
            let found: Vec<usize> = (0..labels.len()).filter(|at| labels[*at].to_lowercase() == wanted).collect();
            let by_number = || (0..header.filled).filter(|at| numbered(*at) == wanted).collect();
            let found = if found.is_empty() && !wanted.is_empty() { by_number() } else { found };
            if found.is_empty() && !wanted.is_empty() {
                return Err(ParticipantFileFault::NoSuchColumn(*field));
            }
            chosen.extend(found.iter().copied());
            let columns = &mut fields[*field as usize];
            columns.extend(found);
            if columns.len() > 1 && !field.may_repeat() {
                return Err(ParticipantFileFault::ColumnTwice(*field));
            }
        }
        for field in FileField::ALL {
            if mapping.iter().any(|(mapped, _)| *mapped == field) {
                continue;
            }
            let rank_here = |title: &str| match (field, title) {
                // pretix in German calls the number of the ticket in its order so.
                (FileField::Title, "position") if has("bestellnummer") => None,
                (FileField::Position, "position") if has("bestellnummer") => Some(0),
                // alf.io calls the ticket so; what its QR says begins with it.
                (FileField::Order, "id") if has("reservationid") => None,
                (FileField::TicketCode, "id") if has("reservationid") => Some(0),
                _ => rank(field, title),
            };
            let free = titles.iter().enumerate().filter(|(at, _)| !chosen.contains(at));
            let mut ranked: Vec<(usize, usize)> = free.filter_map(|(at, title)| Some((rank_here(title)?, at))).collect();
            ranked.sort_unstable();
            // Somebody's company may stand in several columns; of the others the surest is meant.
            if field != FileField::Company {
                let surest = ranked.first().map(|(rank, _)| *rank);
                ranked.retain(|(rank, _)| Some(*rank) == surest);
            }
            fields[field as usize] = ranked.into_iter().map(|(_, at)| at).collect();
        }
        let columns = Columns {
            check_ins: (0..titles.len()).filter(|at| !chosen.contains(at) && CHECK_INS.contains(&titles[*at].as_str())).collect(),
            only_void: fields[FileField::Status as usize].first().is_some_and(|at| titles[*at] == VOID_STATUS),
            labels,
            fields,
            least: header.filled,
            most: header.width,
        };
        match FileField::ALL.into_iter().find(|field| !field.may_repeat() && columns.of(*field).len() > 1) {
            Some(field) => Err(ParticipantFileFault::ColumnTwice(field)),
            None => Ok(columns),
        }
    }

    pub(super) fn of(&self, field: FileField) -> &[usize] {
        &self.fields[field as usize]
    }

    pub(super) fn headers(&self) -> Headers {
        let field_of = |column: usize| FileField::ALL.into_iter().find(|field| self.of(*field).contains(&column));
        self.labels.iter().enumerate().filter_map(|(column, label)| Some((label.clone(), field_of(column)?))).collect()
    }

    pub(super) fn has_name(&self) -> bool {
        [FileField::Name, FileField::GivenName, FileField::FamilyName].into_iter().any(|field| !self.of(field).is_empty())
    }

    /// The first cell of the field that says something, cleaned.
    pub(super) fn text<'r>(&self, row: &'r Row, field: FileField) -> Cow<'r, str> {
        let cells = self.of(field).iter().map(|column| clean(row.cell(*column)));
        let mut cells = cells.skip_while(|cell| cell.is_empty());
        cells.next().unwrap_or_default()
    }
}
