//! The list of hosts that comes in: a text file with columns, from whatever program wrote it. It
//! is read whole or refused whole, and a refusal names lines and columns, never what they hold.

use std::collections::HashSet;
use std::fmt;

use crate::documents::table::{self, Row, Rows, TextFileFault};

pub use crate::documents::table::{BYTES_MAX, CELL_BYTES_MAX};

/// The most rows of a file, the header aside, empty rows not counted.
pub const ROWS_MAX: usize = 100_000;

/// A host, as the file has it. Blanks at the ends are gone, those within are single.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct HostRow {
    /// Never empty.
    pub name: String,
    pub department: Option<String>,
    pub email: Option<String>,
}

impl fmt::Debug for HostRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostRow(..)")
    }
}

/// A column that a list of hosts can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostColumn {
    Name,
    Department,
    Email,
}

/// Why a list of hosts was not read. Lines count from 1, as an editor shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostFileFault {
    /// Nothing is in the file, or nothing but blanks.
    #[error("the file is empty")]
    Empty,
    /// More than [`BYTES_MAX`].
    #[error("the file is larger than 64 MiB")]
    TooLarge,
    /// A picture, a PDF, a workbook or a program.
    #[error("the file is not text")]
    NotText,
    /// The file begins as Unicode and breaks its rules.
    #[error("the file's Unicode is broken")]
    BrokenUnicode,
    /// No column is called name (navn).
    #[error("the file has no column for the name")]
    NoNameColumn,
    /// Two columns claim to be the same.
    #[error("two columns of the file are the same: {0:?}")]
    ColumnTwice(HostColumn),
    /// The row has more or fewer cells than the header, or a quote that never closes.
    #[error("line {line}: the row is torn")]
    TornRow { line: usize },
    #[error("line {line}: the row has no name")]
    NoName { line: usize },
    /// More than [`CELL_BYTES_MAX`].
    #[error("line {line}: a cell is longer than 32 KiB")]
    CellTooLong { line: usize },
    /// More than [`ROWS_MAX`].
    #[error("the file has more than 100,000 rows")]
    TooManyRows,
}

/// Reads the hosts of a file, in its order; a row that says the same as an earlier one is left
/// out, and so is a row of empty cells.
///
/// The file is UTF-8 or UTF-16, else Windows-1252; its separator is `,`, `;`, `|` or a tab. The
/// first row names the columns, in one of our languages, in any order; others are passed over.
///
/// # Errors
/// The first fault from the top.
pub fn read_hosts(bytes: &[u8]) -> Result<Vec<HostRow>, HostFileFault> {
    let text = table::text(bytes)?;
    // Begins a heading on a wire or in a database. No list of people has one.
    if text.contains('\u{1}') {
        return Err(HostFileFault::NotText);
    }
    let body = table::body(&text);
    let separator = body.separator_said.unwrap_or_else(|| table::likely_separator(body.text));
    let mut source = Rows::new(body.text, body.lines_before, separator);
    let mut row = Row::default();
    let mut columns: Option<Columns> = None;
    let mut rows = Vec::new();
    let mut seen = HashSet::new();
    let mut rows_read = 0;
    while source.read(&mut row) {
        let line = row.line;
        if row.open_quote {
            return Err(HostFileFault::TornRow { line });
        }
        if row.too_long {
            return Err(HostFileFault::CellTooLong { line });
        }
        let Some(columns) = &columns else {
            columns = Some(Columns::of(&row)?);
            continue;
        };
        if row.is_blank() {
            continue;
        }
        if row.is_torn(columns.count, columns.count) {
            return Err(HostFileFault::TornRow { line });
        }
        rows_read += 1;
        if rows_read > ROWS_MAX {
            return Err(HostFileFault::TooManyRows);
        }
        let host = columns.host(&row).ok_or(HostFileFault::NoName { line })?;
        if seen.insert(host.clone()) {
            rows.push(host);
        }
    }
    Ok(rows)
}

impl From<TextFileFault> for HostFileFault {
    fn from(fault: TextFileFault) -> HostFileFault {
        match fault {
            TextFileFault::TooLarge => HostFileFault::TooLarge,
            TextFileFault::NotText => HostFileFault::NotText,
            TextFileFault::BrokenUnicode => HostFileFault::BrokenUnicode,
            TextFileFault::Empty => HostFileFault::Empty,
        }
    }
}

/// Where the columns stand in a row.
struct Columns {
    name: usize,
    department: Option<usize>,
    email: Option<usize>,
    /// How many cells the header has, empty ones at its end not counted.
    count: usize,
}

impl Columns {
    fn of(header: &Row) -> Result<Columns, HostFileFault> {
        let find = |column: HostColumn| {
            let mut found = header.cells.iter().enumerate().filter(|(_, title)| column_of(title) == Some(column)).map(|(index, _)| index);
            match (found.next(), found.next()) {
                (_, Some(_)) => Err(HostFileFault::ColumnTwice(column)),
                (first, None) => Ok(first),
            }
        };
        Ok(Columns {
            name: find(HostColumn::Name)?.ok_or(HostFileFault::NoNameColumn)?,
            department: find(HostColumn::Department)?,
            email: find(HostColumn::Email)?,
            count: header.filled,
        })
    }

    fn host(&self, row: &Row) -> Option<HostRow> {
        let cell = |index: usize| tidy(row.cell(index));
        Some(HostRow { name: cell(self.name)?, department: self.department.and_then(cell), email: self.email.and_then(cell) })
    }
}

/// What each column is called.
const TITLES: [(HostColumn, &[&str]); 3] = [
    (
        HostColumn::Name,
        &[
            "name",
            "navn",
            "namn",
            "full name",
            "fulde navn",
            "fullt navn",
            "fullständigt namn",
            "vollständiger name",
            "host",
            "vært",
            "värd",
            "vert",
            "gastgeber",
        ],
    ),
    (HostColumn::Department, &["department", "afdeling", "avdelning", "avdeling", "abteilung", "dept", "dept.", "afd.", "avd.", "abt."]),
    (
        HostColumn::Email,
        &[
            "email",
            "e-mail",
            "mail",
            "e-post",
            "epost",
            "email address",
            "e-mail address",
            "e-mailadresse",
            "mailadresse",
            "e-postadress",
            "e-postadresse",
            "e-mail-adresse",
        ],
    ),
];

fn column_of(title: &str) -> Option<HostColumn> {
    let title = title.trim().to_lowercase();
    TITLES.into_iter().find(|(_, titles)| titles.contains(&title.as_str())).map(|(column, _)| column)
}

/// A cell without needless blanks and without control characters; `None` for an empty one.
fn tidy(cell: &str) -> Option<String> {
    let mut tidied = String::with_capacity(cell.len());
    for word in cell.split_whitespace() {
        let word: String = word.chars().filter(|letter| !letter.is_control()).collect();
        if !tidied.is_empty() && !word.is_empty() {
            tidied.push(' ');
        }
        tidied.push_str(&word);
    }
    Some(tidied).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use HostFileFault::*;
    use encoding_rs::WINDOWS_1252;

    fn row(name: &str, department: &str, email: &str) -> HostRow {
        HostRow { name: name.into(), department: tidy(department), email: tidy(email) }
    }

    fn utf_16(text: &str, to: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to).collect()
    }

    const SØREN: &str = "Navn;Afdeling;E-mail\r\nSøren Ågård;Økonomi;soren@laerkehoj.dk\r\n";

    #[test]
    fn hosts_are_read_with_every_separator_and_language() {
        let expected = [row("Søren Ågård", "Økonomi", "soren@laerkehoj.dk")];
        for text in [
            SØREN,
            "name,department,email\nSøren Ågård,Økonomi,soren@laerkehoj.dk",
            "E-post;Namn;Avdelning\nsoren@laerkehoj.dk;Søren Ågård;Økonomi\n",
            "Navn;Avdeling;E-postadresse\nSøren Ågård;Økonomi;soren@laerkehoj.dk\n",
            "Name;Abteilung;E-Mail-Adresse\nSøren Ågård;Økonomi;soren@laerkehoj.dk\n",
            "MAIL\tName\tPhone\tDepartment\nsoren@laerkehoj.dk\tSøren Ågård\t12\tØkonomi\n",
            "sep=;\r\nnavn;mail;afdeling\r\n\" Søren\nÅgård \";soren@laerkehoj.dk;Økonomi;;\r\n",
            "\r\n\r\nnavn;mail;afdeling\r\n;;\r\nSøren Ågård;soren@laerkehoj.dk;Økonomi\r\n",
        ] {
            assert!(read_hosts(text.as_bytes()).unwrap() == expected, "{text}");
        }
    }

    #[test]
    fn hosts_are_read_in_every_encoding() {
        let expected = read_hosts(SØREN.as_bytes()).unwrap();
        let marked = format!("\u{feff}{SØREN}");
        let (windows, _, _) = WINDOWS_1252.encode(SØREN);
        for bytes in [
            marked.clone().into_bytes(),
            utf_16(&marked, u16::to_le_bytes),
            utf_16(&marked, u16::to_be_bytes),
            utf_16(SØREN, u16::to_le_bytes),
            utf_16(SØREN, u16::to_be_bytes),
            windows.into_owned(),
        ] {
            assert!(read_hosts(&bytes).unwrap() == expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_list_of_names_alone_may_have_commas_in_them() {
        let rows = read_hosts(b"navn\nHansen, Bo\nOlsen; Ib\n").unwrap();
        assert!(rows == [row("Hansen, Bo", "", ""), row("Olsen; Ib", "", "")]);
    }

    #[test]
    fn the_same_host_twice_is_one_and_another_email_is_another() {
        let rows = read_hosts(b"name,email\nBo,a@b\n Bo ,a@b\nBo,c@d\nBo,\n").unwrap();
        assert_eq!(rows.len(), 3);
        assert!(rows[0] == row("Bo", "", "a@b") && rows[2] == row("Bo", "", ""));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for bytes in [
            &b"\x89PNG\r\n\x1a\n...."[..],
            b"\xff\xd8\xff\xe0 jpeg",
            b"%PDF-1.7",
            b"PK\x03\x04 xlsx",
            b"name\nBo\0\n",
            b"name\n\x01velkommen\nBo\n",
            b"\0\0\0\0\0\0\0\0",
        ] {
            assert_eq!(read_hosts(bytes).unwrap_err(), NotText, "{bytes:?}");
        }
        assert_eq!(read_hosts(b"\xef\xbb\xbfname\nS\xf8ren\n").unwrap_err(), BrokenUnicode);
        assert_eq!(read_hosts(b"").unwrap_err(), Empty);
        assert_eq!(read_hosts(b" \r\n\n").unwrap_err(), Empty);
    }

    #[test]
    fn the_header_has_one_name_column() {
        assert_eq!(read_hosts(b"email,phone\na@b,1\n").unwrap_err(), NoNameColumn);
        assert_eq!(read_hosts(b"name,navn\nBo,Bo\n").unwrap_err(), ColumnTwice(HostColumn::Name));
        assert!(read_hosts(b"name,email\n").unwrap().is_empty());
    }

    #[test]
    fn a_torn_row_is_refused_with_its_line() {
        for (text, line) in [
            ("name,email\nBo,a@b\nIb\n", 3),
            ("name,email\r\nBo,a@b\r\n\r\nIb,c@d,e\r\n", 4),
            ("name,email\nBo,\"a\nb\"\nIb\n", 4),
            ("sep=,\nname,email\nBo\n", 3),
            ("name,email\nBo,a@b\n\"Ib,c@d\nEva,e@f\n", 3),
            ("name,email\nBo,a@b\nIb,\"c@d\nEva,e@f\n", 3),
            ("name\n\"Ib\nEva\n", 2),
            ("name,\"email\nBo,a@b", 1),
        ] {
            let fault = read_hosts(text.as_bytes()).unwrap_err();
            assert_eq!(fault, TornRow { line }, "{text}");
        }
    }

    #[test]
    fn a_row_without_a_name_is_refused_with_its_line() {
        for (text, line) in [("name,email\nBo,a@b\n,c@d\n", 3), ("name,email\r\n\r\n  ,c@d\r\n", 3), ("name,email\r\rBo,a\r\x07,c@d\r", 4)]
        {
            assert_eq!(read_hosts(text.as_bytes()).unwrap_err(), NoName { line }, "{text}");
        }
    }

    #[test]
    fn a_cell_of_32_kib_is_read_and_a_longer_one_is_not() {
        let with = |length| format!("name,email\nBo,a@b\nIb,{}\n", "x".repeat(length));
        assert_eq!(read_hosts(with(CELL_BYTES_MAX).as_bytes()).unwrap().len(), 2);
        assert_eq!(read_hosts(with(CELL_BYTES_MAX + 1).as_bytes()).unwrap_err(), CellTooLong { line: 3 });
        let open = format!("name,email\nBo,\"a@b\n{}", "Ib,c@d\n".repeat(9000));
        assert_eq!(read_hosts(open.as_bytes()).unwrap_err(), TornRow { line: 2 });
    }

    #[test]
    fn a_hundred_thousand_rows_are_read_and_one_more_is_not() {
        let mut text = String::from("name\n");
        for number in 0..ROWS_MAX {
            text.push_str(&format!("Bo {number}\n"));
        }
        assert_eq!(read_hosts(text.as_bytes()).unwrap().len(), ROWS_MAX);
        text.push_str("Ib\n");
        assert_eq!(read_hosts(text.as_bytes()).unwrap_err(), TooManyRows);
    }

    #[test]
    fn a_file_over_64_mib_is_refused() {
        let mut bytes = vec![b' '; BYTES_MAX];
        assert_eq!(read_hosts(&bytes).unwrap_err(), Empty);
        bytes.push(b' ');
        assert_eq!(read_hosts(&bytes).unwrap_err(), TooLarge);
    }

    #[test]
    fn a_host_in_a_log_says_nothing() {
        assert_eq!(format!("{:?}", row("Bo", "", "")), "HostRow(..)");
    }
}
