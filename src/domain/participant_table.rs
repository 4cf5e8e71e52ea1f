//! What a file says about an event's participants. Its rows are packed: their texts stand behind each other in one text,
//! so that a million of them need little more room than the file did.

use std::cmp::Ordering;

use super::participant::{BadRow, Field, ParticipantName, ParticipantRow, Room, RowKey, SortName, Status, Table, TicketType};
use super::visit::{Company, Title};

/// Everything a file says about an event's participants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParticipantTable {
    /// The columns the file has, each with its header. What is not among them changes nothing.
    pub columns: Vec<(Field, String)>,
    /// The headers of the columns that are not kept, in the order of the file.
    pub dropped_columns: Vec<String>,
    /// The file has check-in times of its own, which are not taken.
    pub has_check_ins: bool,
    /// In the order of the file.
    pub rows: ParticipantRows,
    /// In the order of the file.
    pub bad_rows: Vec<BadRow>,
}

impl ParticipantTable {
    /// Whether the file has this column.
    pub fn has(&self, field: Field) -> bool {
        self.columns.iter().any(|(column, _)| *column == field)
    }
}

/// Rows in the order of the file.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ParticipantRows {
    text: String,
    rows: Vec<Packed>,
}

/// Where a row's texts stand: from `start`, each as long as `lengths` says, in the order of [`TEXTS`].
#[derive(Clone, PartialEq, Eq)]
struct Packed {
    line: u32,
    start: u32,
    /// The place in the order, or the number among what is alike.
    number: u32,
    lengths: [u16; TEXTS],
    key: Key,
    status: Status,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Code,
    Order,
    Likeness,
}

/// The key, name, sort name, title, company, ticket type, table and room.
const TEXTS: usize = 8;
/// The length of a text that a row has not; no line that is taken is as long.
const NONE: u16 = u16::MAX;

/// Rows name people, so no log shows them.
impl std::fmt::Debug for ParticipantRows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ParticipantRows({})", self.rows.len())
    }
}

impl ParticipantRows {
    /// Room for so many rows and bytes of text. A list that grows stands in memory twice meanwhile.
    pub fn with_capacity(rows: usize, bytes: usize) -> ParticipantRows {
        ParticipantRows { text: String::with_capacity(bytes), rows: Vec::with_capacity(rows) }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn push(&mut self, row: &ParticipantRow) {
        let start = self.text.len() as u32;
        let (key, key_text, number) = match &row.key {
            RowKey::Code(code) => (Key::Code, Some(&**code), 0),
            RowKey::Order(order, place) => (Key::Order, Some(&**order), *place),
            RowKey::Likeness(number) => (Key::Likeness, None, *number),
        };
        let texts: [Option<&str>; TEXTS] = [
            key_text,
            Some(row.name.as_str()),
            row.sort_name.as_ref().map(SortName::as_str),
            row.title.as_ref().map(Title::as_str),
            row.company.as_ref().map(Company::as_str),
            row.ticket_type.as_ref().map(TicketType::as_str),
            row.table.as_ref().map(Table::as_str),
            row.room.as_ref().map(Room::as_str),
        ];
        let lengths = texts.map(|text| match text {
            Some(text) => {
                self.text.push_str(text);
                text.len() as u16
            }
            None => NONE,
        });
        self.rows.push(Packed { line: row.line as u32, start, number, lengths, key, status: row.status });
    }

    pub fn get(&self, at: usize) -> Option<ParticipantRow> {
        let row = self.rows.get(at)?;
        let [key, name, sort_name, title, company, ticket_type, table, room] = self.texts(row);
        let key = key.unwrap_or("");
        Some(ParticipantRow {
            line: row.line as usize,
            key: match row.key {
                Key::Code => RowKey::Code(key.into()),
                Key::Order => RowKey::Order(key.into(), row.number),
                Key::Likeness => RowKey::Likeness(row.number),
            },
            name: ParticipantName::taken(name.unwrap_or("")),
            sort_name: sort_name.map(SortName::taken),
            title: title.map(Title::taken),
            company: company.map(Company::taken),
            ticket_type: ticket_type.map(TicketType::taken),
            status: row.status,
            table: table.map(Table::taken),
            room: room.map(Room::taken),
        })
    }

    pub fn iter(&self) -> impl Iterator<Item = ParticipantRow> {
        self.iter_from(0)
    }

    /// The rows from the one at this place on.
    pub fn iter_from(&self, start: usize) -> impl Iterator<Item = ParticipantRow> {
        (start..self.len()).filter_map(|at| self.get(at))
    }

    /// The line of the file a row begins in.
    pub(crate) fn line(&self, at: usize) -> usize {
        self.rows[at].line as usize
    }

    /// Whether nothing but its likeness tells this row from others.
    pub(crate) fn has_key(&self, at: usize) -> bool {
        self.rows[at].key != Key::Likeness
    }

    /// `Equal` for two rows of one key, and without a key for two of one name, title and company.
    pub(crate) fn order(&self, a: usize, b: usize) -> Ordering {
        let key = |at: usize| {
            let row = &self.rows[at];
            let [key, name, _, title, company, ..] = self.texts(row);
            match row.key {
                Key::Likeness => (row.key, [name, title, company].map(|text| text.unwrap_or("")), 0),
                Key::Code | Key::Order => (row.key, [key.unwrap_or(""), "", ""], row.number),
            }
        };
        key(a).cmp(&key(b))
    }

    /// Says of each row the how-manieth it is of what is equal to it. With a key only the first stays.
    pub(crate) fn number(&mut self, nth: &[u32]) {
        let mut nth = nth.iter();
        self.rows.retain_mut(|row| {
            let nth = nth.next().copied().unwrap_or(1);
            match row.key {
                Key::Likeness => row.number = nth,
                Key::Code | Key::Order if nth > 1 => return false,
                Key::Code | Key::Order => {}
            }
            true
        });
    }

    fn texts(&self, row: &Packed) -> [Option<&str>; TEXTS] {
        let mut from = row.start as usize;
        row.lengths.map(|length| {
            (length != NONE).then(|| {
                let to = from + usize::from(length);
                let text = &self.text[from..to];
                from = to;
                text
            })
        })
    }
}
