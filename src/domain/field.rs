//! The fields that somebody fills in about a person, and what each of them complains about.

use super::text::TextFault;

/// A field and what it complains about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldFault {
    pub field: Field,
    pub reason: FieldReason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Name,
    Company,
    Title,
    Host,
    Note,
    TicketType,
    Table,
    Room,
}

impl Field {
    pub fn word(self) -> &'static str {
        match self {
            Field::Name => "name",
            Field::Company => "company",
            Field::Title => "title",
            Field::Host => "host",
            Field::Note => "note",
            Field::TicketType => "ticket_type",
            Field::Table => "table",
            Field::Room => "room",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldReason {
    Text(TextFault),
    /// The profile does not ask for this field, so nothing of it is taken.
    NotAsked,
    /// The chosen host is no longer in the directory.
    HostGone,
}
