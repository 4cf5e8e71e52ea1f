//! The list of hosts that comes in: a text file with columns, from whatever program wrote it. It
//! is read whole or refused whole, and a refusal names lines and columns, never what they hold.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The most bytes of a file: 64 MiB.
pub const BYTES_MAX: usize = 64 * 1024 * 1024;
/// The most rows of a file, the header aside, empty rows not counted.
pub const ROWS_MAX: usize = 100_000;
/// The most bytes of a cell, in UTF-8: 32 KiB.
pub const CELL_BYTES_MAX: usize = 32 * 1024;

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
/// The file is UTF-8 or UTF-16, else Windows-1252; its separator is `,`, `;` or a tab. The first
/// row names the columns, in Danish or English, in any order; others are passed over.
///
/// # Errors
/// The first fault from the top.
pub fn read_hosts(bytes: &[u8]) -> Result<Vec<HostRow>, HostFileFault> {
    if bytes.len() > BYTES_MAX {
        return Err(HostFileFault::TooLarge);
    }
    let text = decode(bytes)?;
    if text.trim().is_empty() {
        return Err(HostFileFault::Empty);
    }
    let (text, lines_before, separator) = separator_of(&text);
    // An open quote swallows the rest of the file without a word. A row of our own at the end
    // shows it: if it is not the last one that comes out, it was swallowed.
    let guarded = format!("{text}\n{SENTINEL}\n");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(guarded.as_bytes());

    let mut lines = Lines::new(&guarded, lines_before);
    let mut columns: Option<Columns> = None;
    let mut rows = Vec::new();
    let mut seen = HashSet::new();
    let mut rows_read = 0;
    let mut record = csv::StringRecord::new();
    let mut last_line = 1;
    let mut unclosed = true;
    // The text is UTF-8 and the rows may be of any length: nothing is left to fail on.
    while reader.read_record(&mut record).unwrap_or(false) {
        let start = record.position().map_or(0, |position| position.byte());
        last_line = lines.of(usize::try_from(start).unwrap_or(usize::MAX));
        let line = last_line;
        if record.len() == 1 && &record[0] == SENTINEL {
            unclosed = false;
            break;
        }
        if record.iter().any(|cell| cell.len() > CELL_BYTES_MAX) {
            // What an open quote swallowed is long, too; the quote is what to look for.
            let torn = record.iter().any(|cell| cell.ends_with(SWALLOWED));
            return Err(match torn {
                true => HostFileFault::TornRow { line },
                false => HostFileFault::CellTooLong { line },
            });
        }
        let Some(columns) = &columns else {
            columns = Some(Columns::of(&record)?);
            continue;
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        // Spreadsheets add empty cells at the end of a row. They tear nothing.
        let extra_is_empty = record.iter().skip(columns.count).all(|cell| cell.trim().is_empty());
        if record.len() < columns.count || !extra_is_empty {
            return Err(HostFileFault::TornRow { line });
        }
        rows_read += 1;
        if rows_read > ROWS_MAX {
            return Err(HostFileFault::TooManyRows);
        }
        let row = columns.row(&record).ok_or(HostFileFault::NoName { line })?;
        if seen.insert(row.clone()) {
            rows.push(row);
        }
    }
    if unclosed {
        return Err(HostFileFault::TornRow { line: last_line });
    }
    Ok(rows)
}

/// The row that is put at the end of every file. A file that has it already is no list of people:
/// it begins with a control character.
const SENTINEL: &str = "\u{1}velkommen";
/// The end of a cell that an open quote made of the rest of the file.
const SWALLOWED: &str = "\n\u{1}velkommen\n";

/// The text of the file, by its byte order mark, its zeroes, or else by what it can be.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, HostFileFault> {
    const PICTURES_AND_ARCHIVES: [&[u8]; 6] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"];
    if PICTURES_AND_ARCHIVES.iter().any(|magic| bytes.starts_with(magic)) {
        return Err(HostFileFault::NotText);
    }
    let marked = encoding_rs::Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let encoding = match marked.or_else(|| utf_16_by_zeroes(bytes)) {
        Some(encoding) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => WINDOWS_1252,
    };
    let (text, _, broken) = encoding.decode(bytes);
    if broken {
        return Err(HostFileFault::BrokenUnicode);
    }
    if text.contains('\0') || text.contains(SENTINEL) {
        return Err(HostFileFault::NotText);
    }
    Ok(text)
}

/// UTF-16 without its mark: in a text of European letters every second byte is mostly zero, and
/// the others never.
fn utf_16_by_zeroes(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let zeroes_at = |offset| {
        let mut every_second = bytes.iter().skip(offset).step_by(2);
        every_second.by_ref().filter(|byte| **byte == 0).count()
    };
    let (even, odd) = (zeroes_at(0), zeroes_at(1));
    let enough = bytes.len() / 4;
    match (even, odd) {
        _ if bytes.len() % 2 == 1 || bytes.is_empty() => None,
        (0, odd) if odd > enough => Some(UTF_16LE),
        (even, 0) if even > enough => Some(UTF_16BE),
        _ => None,
    }
}

/// The text without a line `sep=;` that Excel writes and reads, how many lines that was, and the
/// separator: said by that line, else the one the header has most of.
fn separator_of(text: &str) -> (&str, usize, u8) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(said) = text.strip_prefix("sep=")
        && let Some(&separator) = said.as_bytes().first()
        && matches!(separator, b',' | b';' | b'\t')
    {
        let rest = &said[1..];
        if let Some(rest) = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')) {
            return (rest, 1, separator);
        }
    }
    let mut quoted = false;
    let mut counts = [(b'\t', 0), (b';', 0), (b',', 0)];
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if !quoted => {
                for (separator, count) in &mut counts {
                    *count += usize::from(byte == *separator);
                }
            }
            _ => {}
        }
    }
    // A header of one column has no separator, and the names below it may well have commas: the
    // tab comes first of equals, because no name has one.
    let mut best = counts[0];
    for candidate in counts {
        if candidate.1 > best.1 {
            best = candidate;
        }
    }
    (text, 0, best.0)
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
    fn of(header: &csv::StringRecord) -> Result<Columns, HostFileFault> {
        let find = |column: HostColumn| {
            let mut found = header.iter().enumerate().filter(|(_, title)| column_of(title) == Some(column)).map(|(index, _)| index);
            match (found.next(), found.next()) {
                (_, Some(_)) => Err(HostFileFault::ColumnTwice(column)),
                (first, None) => Ok(first),
            }
        };
        let count = header.iter().enumerate().filter(|(_, title)| !title.trim().is_empty()).last().map_or(0, |(last, _)| last + 1);
        Ok(Columns {
            name: find(HostColumn::Name)?.ok_or(HostFileFault::NoNameColumn)?,
            department: find(HostColumn::Department)?,
            email: find(HostColumn::Email)?,
            count,
        })
    }

    fn row(&self, record: &csv::StringRecord) -> Option<HostRow> {
        let cell = |index: usize| record.get(index).and_then(tidy);
        Some(HostRow { name: cell(self.name)?, department: self.department.and_then(cell), email: self.email.and_then(cell) })
    }
}

fn column_of(title: &str) -> Option<HostColumn> {
    match title.trim().to_lowercase().as_str() {
        "name" | "navn" | "full name" | "fulde navn" | "host" | "vært" => Some(HostColumn::Name),
        "department" | "afdeling" | "dept" | "dept." | "afd." => Some(HostColumn::Department),
        "email" | "e-mail" | "mail" | "email address" | "e-mail address" | "e-mailadresse" | "mailadresse" => Some(HostColumn::Email),
        _ => None,
    }
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

/// Turns the places of a text into lines, from the front. The reader's own count starts a row
/// where the one before ended, blank lines and half line ends included.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: usize,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str, lines_before: usize) -> Lines<'t> {
        Lines { text: text.as_bytes(), at: 0, line: 1 + lines_before }
    }

    /// The line of the first character at or after `byte` that is no line end. Places come in
    /// rising order.
    fn of(&mut self, byte: usize) -> usize {
        let line_end = |at: usize| matches!(self.text.get(at), Some(b'\r' | b'\n'));
        let mut begin = byte.max(self.at);
        while line_end(begin) {
            begin += 1;
        }
        while self.at < begin.min(self.text.len()) {
            let next = self.text.get(self.at + 1);
            let ends = match self.text[self.at] {
                b'\n' => true,
                b'\r' => next != Some(&b'\n'),
                _ => false,
            };
            self.line += usize::from(ends);
            self.at += 1;
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use HostFileFault::*;

    fn row(name: &str, department: &str, email: &str) -> HostRow {
        HostRow { name: name.into(), department: tidy(department), email: tidy(email) }
    }

    fn utf_16(text: &str, to: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to).collect()
    }

    const SØREN: &str = "Navn;Afdeling;E-mail\r\nSøren Ågård;Økonomi;soren@laerkehoj.dk\r\n";

    #[test]
    fn hosts_are_read_with_every_separator_and_both_languages() {
        let expected = [row("Søren Ågård", "Økonomi", "soren@laerkehoj.dk")];
        for text in [
            SØREN,
            "name,department,email\nSøren Ågård,Økonomi,soren@laerkehoj.dk",
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
