//! Why a participant file was not read.

use super::words::FileField;
use crate::documents::table::TextFileFault;

/// Why a participant file was not read. Lines count from 1, as an editor shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParticipantFileFault {
    #[error("the file is not there")]
    NotThere,
    /// A folder, or a file that the operating system does not give out.
    #[error("the file cannot be read")]
    Unreadable,
    /// More than 64 MiB.
    #[error("the file is larger than 64 MiB")]
    TooLarge,
    /// Another program was writing it.
    #[error("the file changed while it was read")]
    ChangedWhileRead,
    /// A picture, an archive, a PDF, a workbook or a program.
    #[error("the file is not text")]
    NotText,
    #[error("the file's Unicode is broken")]
    BrokenUnicode,
    /// Nothing is in the file, or nothing but blanks.
    #[error("the file is empty")]
    Empty,
    /// No column is known to hold names.
    #[error("the file has no column for the name")]
    NoNameColumn,
    /// More than 512, blank ones at the end not counted.
    #[error("the file has more than 512 columns")]
    TooManyColumns,
    /// More than [`super::ROWS_MAX`].
    #[error("the file has more than 1,000,000 rows")]
    TooManyRows,
    /// More than 32 KiB.
    #[error("line {line}: a cell is longer than 32 KiB")]
    CellTooLong { line: usize },
    /// The column chosen by hand is not in the file.
    #[error("the file has no such column as chosen for {}", .0.word())]
    NoSuchColumn(FileField),
    /// Two columns claim to be the same, and only one can be right.
    #[error("two columns of the file could be {}", .0.word())]
    ColumnTwice(FileField),
}

impl ParticipantFileFault {
    pub fn word(self) -> &'static str {
        match self {
            ParticipantFileFault::NotThere => "not_there",
            ParticipantFileFault::Unreadable => "unreadable",
            ParticipantFileFault::TooLarge => "too_large",
            ParticipantFileFault::ChangedWhileRead => "changed_while_read",
            ParticipantFileFault::NotText => "not_text",
            ParticipantFileFault::BrokenUnicode => "broken_unicode",
            ParticipantFileFault::Empty => "empty",
            ParticipantFileFault::NoNameColumn => "no_name_column",
            ParticipantFileFault::TooManyColumns => "too_many_columns",
            ParticipantFileFault::TooManyRows => "too_many_rows",
            ParticipantFileFault::CellTooLong { .. } => "cell_too_long",
            ParticipantFileFault::NoSuchColumn(_) => "no_such_column",
            ParticipantFileFault::ColumnTwice(_) => "column_twice",
        }
    }
}

impl From<TextFileFault> for ParticipantFileFault {
    fn from(fault: TextFileFault) -> ParticipantFileFault {
        match fault {
            TextFileFault::TooLarge => ParticipantFileFault::TooLarge,
            TextFileFault::NotText => ParticipantFileFault::NotText,
            TextFileFault::BrokenUnicode => ParticipantFileFault::BrokenUnicode,
            TextFileFault::Empty => ParticipantFileFault::Empty,
        }
    }
}
