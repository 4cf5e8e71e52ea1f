//! The participants that come in: what another system wrote about an event, as a text file with
//! columns. What is kept of it is typed; the rest, e-mail and address and price included, is left
//! behind here, before anything touches the disk. Faults name lines and columns, never what they hold.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::documents::table::{self, BYTES_MAX, Body, COLUMNS_MAX, Row, Rows};
use crate::domain::participant::{
    BadRow, Field, ParticipantName, ParticipantRow, Room, RowFault, RowKey, SortName, Status, Table, TicketType,
};
use crate::domain::participant_table::{ParticipantRows, ParticipantTable};
use crate::domain::text::TextFault;
use crate::domain::visit::{Company, Title};

mod cell;
mod fault;
mod header;
mod status;
mod words;

use cell::{as_written, clean, folded, is_mark};
pub use fault::ParticipantFileFault;
pub use header::Headers;
use header::{Columns, Score, find_header, numbered};
use status::{by_payment, by_void, by_word, says_no};
pub use words::FileField;
use words::NO_NAMES;

/// The most rows of a file; titles and empty rows are not counted.
pub const ROWS_MAX: usize = 1_000_000;
/// The most bytes of a ticket code or an order. A QR that a scanner reads at a door has fewer.
pub const KEY_BYTES_MAX: usize = 256;

/// Reads a file whole.
///
/// # Errors
/// `NotThere` or `Unreadable`, without a word of the operating system's; `TooLarge`;
/// `ChangedWhileRead` if its size or its time of change is another afterwards, or the bytes are not
/// as many as its size says.
pub fn load(path: &Path) -> Result<Vec<u8>, ParticipantFileFault> {
    load_from(&mut crate::files::open(path).map_err(unreadable)?, || {})
}

/// As [`load`], with what happens between the two looks at the file.
fn load_from(file: &mut File, meanwhile: impl FnOnce()) -> Result<Vec<u8>, ParticipantFileFault> {
    let before = file.metadata().map_err(unreadable)?;
    if before.len() > BYTES_MAX as u64 {
        return Err(ParticipantFileFault::TooLarge);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(before.len()).unwrap_or(0) + 1);
    file.take(BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    meanwhile();
    let after = file.metadata().map_err(unreadable)?;
    let same = before.len() == after.len() && before.modified().ok() == after.modified().ok() && bytes.len() as u64 == before.len();
    if same { Ok(bytes) } else { Err(ParticipantFileFault::ChangedWhileRead) }
}

fn unreadable(error: io::Error) -> ParticipantFileFault {
    match error.kind() {
        io::ErrorKind::NotFound => ParticipantFileFault::NotThere,
        _ => ParticipantFileFault::Unreadable,
    }
}

/// Reads the participants of a file, in its order. Rows that cannot be taken are set aside with
/// their lines and reasons; rows without a filled cell are passed over.
///
/// The file is UTF-8 or UTF-16, else Windows-1252; its separator is `,`, `;`, `|` or a tab. One of
/// the first 20 rows names the columns; what stands above it are titles, and they and that row may
/// stand again further down, between blocks.
///
/// `mapping` chooses columns by their headers, in any case, or as `column 7`, and wins over what the
/// headers seem to say. An empty text leaves the field out.
///
/// # Errors
/// The fault of the file as a whole.
pub fn read(bytes: &[u8], mapping: &[(FileField, String)]) -> Result<ParticipantTable, ParticipantFileFault> {
    Ok(read_at_most(ROWS_MAX, bytes, mapping)?.0)
}

/// As [`read`], and the headers that were taken for something, in the order of the file. A field can have several.
///
/// # Errors
/// As [`read`].
pub fn read_with_headers(bytes: &[u8]) -> Result<(ParticipantTable, Headers), ParticipantFileFault> {
    read_at_most(ROWS_MAX, bytes, &[])
}

fn read_at_most(
    rows_max: usize,
    bytes: &[u8],
    mapping: &[(FileField, String)],
) -> Result<(ParticipantTable, Headers), ParticipantFileFault> {
    let text = table::text(bytes)?;
    let body = table::body(&text);
    let mut source = Source::open(&body, mapping)?;
    if !source.columns.has_name() {
        return Err(ParticipantFileFault::NoNameColumn);
    }
    let lines = memchr::memchr_iter(b'\n', text.as_bytes()).count();
    let mut taken = Taken { rows: ParticipantRows::with_capacity(lines.min(rows_max), text.len()), ..Taken::default() };
    let mut rows_read = 0;
    while let Some(row) = source.next()? {
        rows_read += 1;
        if rows_read > rows_max {
            return Err(ParticipantFileFault::TooManyRows);
        }
        taken.take(&source.columns, &source.row, row);
    }
    taken.tell_apart();
    let headers = source.columns.headers();
    Ok((taken.table(source.columns), headers))
}

/// A file whose header was found.
struct Source<'t> {
    rows: Rows<'t>,
    /// The row read last.
    row: Row<'t>,
    columns: Columns,
    header: Vec<String>,
    /// How the rows above the header begin.
    titles: HashSet<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Whole,
    Torn,
}

impl<'t> Source<'t> {
    fn open(body: &Body<'t>, mapping: &[(FileField, String)]) -> Result<Source<'t>, ParticipantFileFault> {
        // Which separator it is shows in which of them makes a header: a title above it may well
        // have more commas than semicolons.
        let likely = table::likely_separator(body.text);
        let candidates: Vec<u8> = match body.separator_said {
            Some(said) => vec![said],
            None => std::iter::once(likely).chain(table::SEPARATORS.into_iter().filter(|other| *other != likely)).collect(),
        };
        let mut best: Option<(Score, u8, usize)> = None;
        for separator in candidates {
            let Some((score, above)) = find_header(body, separator, mapping) else { continue };
            if best.as_ref().is_none_or(|(so_far, ..)| score > *so_far) {
                best = Some((score, separator, above));
            }
        }
        let (_, separator, above) = best.ok_or(ParticipantFileFault::NoNameColumn)?;
        let mut rows = Rows::new(body.text, body.lines_before, separator);
        let mut row = Row::default();
        let mut titles = HashSet::new();
        for _ in 0..above {
            rows.read(&mut row);
            titles.insert(row.cell(0).to_owned());
        }
        rows.read(&mut row);
        if row.filled > COLUMNS_MAX {
            return Err(ParticipantFileFault::TooManyColumns);
        }
        if row.too_long {
            return Err(ParticipantFileFault::CellTooLong { line: row.line });
        }
        let columns = Columns::find(&row, mapping)?;
        let header = row.cells.iter().map(|cell| cell.to_string()).collect();
        Ok(Source { rows, row, columns, header, titles })
    }

    /// Reads the next row that says something about somebody.
    fn next(&mut self) -> Result<Option<Shape>, ParticipantFileFault> {
        while self.rows.read(&mut self.row) {
            let row = &self.row;
            if row.is_blank() || self.is_header(row) || self.is_title(row) {
                continue;
            }
            if row.is_torn(self.columns.least, self.columns.most) {
                return Ok(Some(Shape::Torn));
            }
            if row.too_long {
                return Err(ParticipantFileFault::CellTooLong { line: row.line });
            }
            for (column, cell) in row.cells.iter().enumerate().skip(self.columns.labels.len()) {
                if !cell.trim().is_empty() {
                    let labels = self.columns.labels.len()..=column;
                    self.columns.labels.extend(labels.map(numbered));
                }
            }
            return Ok(Some(Shape::Whole));
        }
        Ok(None)
    }

    /// The header stands again at the head of each block.
    fn is_header(&self, row: &Row) -> bool {
        row.cells.len() == self.header.len() && row.cells.iter().zip(&self.header).all(|(cell, title)| *cell == *title)
    }

    /// Titles stand again, with other words, between the blocks. A row of numbers above the header
    /// is none, or it would hide whoever is number 1.
    fn is_title(&self, row: &Row) -> bool {
        let begin = row.cell(0);
        self.titles.contains(begin) && !begin.trim().is_empty() && (begin.trim_end().ends_with(':') || row.width < self.columns.least)
    }
}

/// What was read so far.
#[derive(Default)]
struct Taken {
    rows: ParticipantRows,
    bad_rows: Vec<BadRow>,
    has_check_ins: bool,
    /// How many rows of an order were seen, where the file does not number them.
    orders: HashMap<Box<str>, u32>,
    last_status: Option<([String; 3], Status)>,
    /// Whether a row needed them: beside a ticket code and a whole name mostly none does.
    needed_order: bool,
    needed_given_name: bool,
}

impl Taken {
    fn take(&mut self, columns: &Columns, row: &Row, shape: Shape) {
        let taken = match shape {
            Shape::Torn => Err(RowFault::Torn),
            Shape::Whole => self.row(columns, row),
        };
        match taken {
            Ok(taken) => self.rows.push(&taken),
            Err(reason) => self.bad_rows.push(BadRow { line: row.line, reason }),
        }
    }

    /// A row that orders several tickets at once (Eventbrite's Quantity) is one participant: nobody
    /// knows what the others are called.
    fn row(&mut self, columns: &Columns, row: &Row) -> Result<ParticipantRow, RowFault> {
        self.has_check_ins = self.has_check_ins || columns.check_ins.iter().any(|at| !says_no(&clean(row.cell(*at))));
        // Before the first thing that can be wrong: rows without a name have a place in their order.
        let key = self.key(columns, row)?;
        let (name, sort_name) = self.name(columns, row)?;
        let bad = |field: Field| move |fault: TextFault| RowFault::Cell(field, fault);
        let text = |field: FileField| columns.text(row, field);
        let title = Title::parse_optional(&text(FileField::Title)).map_err(bad(Field::Title))?;
        let company = Company::parse_optional(&text(FileField::Company)).map_err(bad(Field::Company))?;
        let ticket_type = TicketType::parse_optional(&text(FileField::TicketType)).map_err(bad(Field::TicketType))?;
        let table = Table::parse_optional(&text(FileField::Table)).map_err(bad(Field::Table))?;
        let room = Room::parse_optional(&text(FileField::Room)).map_err(bad(Field::Room))?;
        let status = self.status(columns, row);
        // The how-manieth of its likeness it is, all rows together say.
        let key = key.unwrap_or(RowKey::Likeness(0));
        Ok(ParticipantRow { line: row.line, key, name, sort_name, title, company, ticket_type, status, table, room })
    }

    fn key(&mut self, columns: &Columns, row: &Row) -> Result<Option<RowKey>, RowFault> {
        let code = columns.of(FileField::TicketCode).first().map_or("", |at| as_written(row.cell(*at)));
        if !code.is_empty() {
            let can_be_scanned = code.len() <= KEY_BYTES_MAX && !code.chars().any(is_mark);
            return if can_be_scanned { Ok(Some(RowKey::Code(code.into()))) } else { Err(RowFault::Code) };
        }
        let order = columns.text(row, FileField::Order);
        if order.is_empty() {
            return Ok(None);
        }
        self.needed_order = true;
        let position = columns.text(row, FileField::Position);
        if order.len() + position.len() > KEY_BYTES_MAX {
            return Err(RowFault::Code);
        }
        if position.is_empty() {
            let order: Box<str> = order.into();
            let seen = self.orders.entry(order.clone()).or_default();
            *seen += 1;
            return Ok(Some(RowKey::Order(order, *seen)));
        }
        Ok(Some(match position.parse() {
            Ok(position @ 1..) => RowKey::Order(order.into(), position),
            // A number of its own (Eventbrite's Attendee #) tells as much, and no order has a place for it.
            _ => RowKey::Order(format!("{order}/{position}").into(), 1),
        }))
    }

    fn name(&mut self, columns: &Columns, row: &Row) -> Result<(ParticipantName, Option<SortName>), RowFault> {
        let part = |field: FileField| Some(columns.text(row, field)).filter(|text| !text.is_empty() && !is_no_name(text));
        let family = part(FileField::FamilyName);
        let name = match part(FileField::Name) {
            Some(name) => name,
            None => {
                let given = part(FileField::GivenName);
                self.needed_given_name |= given.is_some();
                match (given, &family) {
                    (Some(given), Some(family)) => Cow::Owned(format!("{given} {family}")),
                    (Some(given), None) => given,
                    (None, Some(family)) => family.clone(),
                    (None, None) => return Err(RowFault::NoName),
                }
            }
        };
        let name = ParticipantName::parse(&name).map_err(|fault| match fault {
            TextFault::Missing => RowFault::NoName,
            fault => RowFault::Cell(Field::Name, fault),
        })?;
        let sort_name = match family {
            Some(family) => SortName::parse_optional(&family).map_err(|fault| RowFault::Cell(Field::SortName, fault))?,
            None => None,
        };
        Ok((name, sort_name))
    }

    /// Sets aside every row with the key of an earlier one, and numbers those that nothing but their likeness tells apart.
    ///
    /// Once for all rows: a table of the keys beside them would be as large as they are.
    fn tell_apart(&mut self) {
        let rows = &self.rows;
        let mut places: Vec<u32> = (0..rows.len() as u32).collect();
        let order = |a: u32, b: u32| rows.order(a as usize, b as usize);
        places.sort_unstable_by(|a, b| order(*a, *b).then(a.cmp(b)));
        // The first of each, by place; the others come after it.
        let mut nth = vec![0; places.len()];
        let mut doubled = Vec::new();
        for alike in places.chunk_by(|a, b| order(*a, *b) == Ordering::Equal) {
            for (n, place) in (1..).zip(alike) {
                nth[*place as usize] = n;
            }
            let first = alike[0] as usize;
            if rows.has_key(first) {
                let reason = RowFault::DoubledCode { first: rows.line(first) };
                doubled.extend(alike[1..].iter().map(|place| BadRow { line: rows.line(*place as usize), reason }));
            }
        }
        self.rows.number(&nth);
        self.bad_rows.extend(doubled);
        self.bad_rows.sort_by_key(|bad| bad.line);
    }

    /// The worst of what the three columns say. Most rows say the same as the one before.
    fn status(&mut self, columns: &Columns, row: &Row) -> Status {
        let fields = [FileField::Status, FileField::Paid, FileField::Blocked];
        let cells = fields.map(|field| columns.of(field).first().map(|at| row.cell(*at)));
        if let Some((last, status)) = &self.last_status
            && last.iter().zip(cells).all(|(last, cell)| last == cell.unwrap_or(""))
        {
            return *status;
        }
        let [status, paid, blocked] = cells.map(|cell| cell.map(|cell| folded(&clean(cell))));
        let said = [
            status.map(|word| if columns.only_void { by_void(&word) } else { by_word(&word) }),
            paid.map(|word| by_payment(&word)),
            blocked.map(|word| if says_no(&word) { Status::MayEnter } else { Status::Blocked }),
        ];
        let worst = [Status::Cancelled, Status::Blocked, Status::Unpaid].into_iter().find(|status| said.contains(&Some(*status)));
        let status = worst.unwrap_or(Status::MayEnter);
        self.last_status = Some((cells.map(|cell| cell.unwrap_or("").to_owned()), status));
        status
    }

    fn table(self, columns: Columns) -> ParticipantTable {
        let has = |field: FileField| !columns.of(field).is_empty();
        let mut kept: HashSet<usize> = HashSet::new();
        let mut named: Vec<(usize, Field)> = Vec::new();
        for field in FileField::ALL {
            let needed = match field {
                FileField::GivenName => self.needed_given_name || !has(FileField::Name),
                FileField::Order => self.needed_order || !has(FileField::TicketCode),
                FileField::Position => has(FileField::Order) && (self.needed_order || !has(FileField::TicketCode)),
                _ => true,
            };
            if !needed {
                continue;
            }
            kept.extend(columns.of(field));
            let says: &[Field] = match field {
                FileField::Name | FileField::GivenName => &[Field::Name],
                FileField::FamilyName if has(FileField::Name) || has(FileField::GivenName) => &[Field::SortName],
                FileField::FamilyName => &[Field::Name, Field::SortName],
                FileField::Title => &[Field::Title],
                FileField::Company => &[Field::Company],
                FileField::TicketCode | FileField::Order | FileField::Position => &[],
                FileField::TicketType => &[Field::TicketType],
                FileField::Status | FileField::Paid | FileField::Blocked => &[Field::Status],
                FileField::Table => &[Field::Table],
                FileField::Room => &[Field::Room],
            };
            named.extend(columns.of(field).iter().flat_map(|at| says.iter().map(|field| (*at, *field))));
        }
        named.sort_by_key(|(at, _)| *at);
        ParticipantTable {
            columns: named.into_iter().map(|(at, field)| (field, columns.labels[at].clone())).collect(),
            dropped_columns: columns
                .labels
                .iter()
                .enumerate()
                .filter(|(at, _)| !kept.contains(at))
                .map(|(_, label)| label.clone())
                .collect(),
            has_check_ins: self.has_check_ins,
            rows: self.rows,
            bad_rows: self.bad_rows,
        }
    }
}

fn is_no_name(text: &str) -> bool {
    NO_NAMES.iter().any(|no_name| no_name.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests;
