//! A participant: a person registered for an event, and what a file says about one.

use crate::domain::text::{TextFault, personal_line};
use crate::domain::visit::{Company, Title};

personal_line!(/** A participant's name, as shown. */ ParticipantName, max 300);
personal_line!(/** What a name is sorted by: the family column of a file. */ SortName, max 300);
personal_line!(/** The kind of ticket somebody holds. */ TicketType, max 200);
personal_line!(/** The table somebody sits at. */ Table, max 60);
personal_line!(/** The room somebody goes to. */ Room, max 60);

/// Whether a participant may enter, as far as the organiser's own system knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    MayEnter,
    Unpaid,
    /// On no list, and refused at the door.
    Cancelled,
    Blocked,
}

impl Status {
    pub const ALL: [Status; 4] = [Status::MayEnter, Status::Unpaid, Status::Cancelled, Status::Blocked];

    pub fn word(self) -> &'static str {
        match self {
            Status::MayEnter => "may_enter",
            Status::Unpaid => "unpaid",
            Status::Cancelled => "cancelled",
            Status::Blocked => "blocked",
        }
    }

    pub fn parse(word: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// What a file can say about a participant besides the name and what tells rows apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    Name,
    SortName,
    Title,
    Company,
    TicketType,
    Status,
    Table,
    Room,
}

impl Field {
    pub const ALL: [Field; 8] =
        [Field::Name, Field::SortName, Field::Title, Field::Company, Field::TicketType, Field::Status, Field::Table, Field::Room];

    pub fn word(self) -> &'static str {
        match self {
            Field::Name => "name",
            Field::SortName => "sort_name",
            Field::Title => "title",
            Field::Company => "company",
            Field::TicketType => "ticket_type",
            Field::Status => "status",
            Field::Table => "table",
            Field::Room => "room",
        }
    }
}

/// What tells a row of a file from the others, so that the same file twice changes nothing.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowKey {
    /// The other system's ticket code, as it stands in its QR.
    Code(Box<str>),
    /// The order and the place in it (from 1).
    Order(Box<str>, u32),
    /// Neither: the how-manieth row (from 1) with this name, title and company.
    Likeness(u32),
}

/// Keys name people, so no log shows them.
impl std::fmt::Debug for RowKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RowKey(..)")
    }
}

/// One participant as a file has them. What the file does not say is `None`.
#[derive(Clone, PartialEq, Eq)]
pub struct ParticipantRow {
    /// The line of the file this row begins in, from 1.
    pub line: usize,
    pub key: RowKey,
    pub name: ParticipantName,
    pub sort_name: Option<SortName>,
    pub title: Option<Title>,
    pub company: Option<Company>,
    pub ticket_type: Option<TicketType>,
    pub status: Status,
    pub table: Option<Table>,
    pub room: Option<Room>,
}

impl std::fmt::Debug for ParticipantRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ParticipantRow(line {})", self.line)
    }
}

/// A row that cannot be taken, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// The line of the file, from 1.
    pub line: usize,
    pub reason: RowFault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFault {
    NoName,
    /// Another row, at this line, has the same ticket code, or without one the same place in the same order.
    DoubledCode {
        first: usize,
    },
    /// More or fewer cells than the header.
    Torn,
    /// A cell that is no line of text.
    Cell(Field, TextFault),
    /// A ticket code over 256 bytes or with control characters: no scanner could read it. Or an order as long.
    Code,
}
