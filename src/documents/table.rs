//! A table that comes in as a text file: its encoding, its separator, and its rows with the lines
//! they begin in. What the columns mean is not known here.
//!
//! The rows are read by hand rather than with the `csv` crate (which is what the tests compare
//! with), because a file of a stranger asks for three things that it does not give: no memory for
//! columns nobody reads, cells that borrow from the text, and an open quote that costs its own
//! row instead of the rest of the file.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::{memchr, memchr2, memchr3};

/// The most bytes of a file: 64 MiB.
pub const BYTES_MAX: usize = 64 * 1024 * 1024;
/// The most bytes of a cell, in UTF-8: 32 KiB.
pub const CELL_BYTES_MAX: usize = 32 * 1024;
/// The most columns that are kept of a row. Those behind are counted.
pub const COLUMNS_MAX: usize = 512;
/// What can stand between two cells. The first of equals: no name has a tab, and many have a comma.
pub const SEPARATORS: [u8; 4] = [b'\t', b';', b',', b'|'];

/// Why a file is no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFileFault {
    /// More than [`BYTES_MAX`].
    TooLarge,
    /// A picture, an archive (as workbooks are), a PDF or a program.
    NotText,
    /// The file is Unicode and breaks its rules.
    BrokenUnicode,
    /// Nothing is in the file, or nothing but blanks.
    Empty,
}

/// The text of a file that is UTF-8 or UTF-16, by its mark or by what it can be, else Windows-1252.
pub fn text(bytes: &[u8]) -> Result<Cow<'_, str>, TextFileFault> {
    const PICTURES_AND_ARCHIVES: [&[u8]; 9] = [
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"GIF8",
        b"%PDF",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0",
        b"\x1f\x8b",
        b"7z\xbc\xaf\x27\x1c",
        b"Rar!\x1a\x07",
    ];
    if bytes.len() > BYTES_MAX {
        return Err(TextFileFault::TooLarge);
    }
    if PICTURES_AND_ARCHIVES.iter().any(|magic| bytes.starts_with(magic)) {
        return Err(TextFileFault::NotText);
    }
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let encoding = match marked.or_else(|| utf_16_by_zeroes(bytes)) {
        Some(encoding) => encoding,
        None => utf_8_or_windows(bytes)?,
    };
    let (text, _, broken) = encoding.decode(bytes);
    if broken {
        return Err(TextFileFault::BrokenUnicode);
    }
    if memchr(0, text.as_bytes()).is_some() {
        return Err(TextFileFault::NotText);
    }
    if text.trim().is_empty() {
        return Err(TextFileFault::Empty);
    }
    Ok(text)
}

/// UTF-16 without its mark: in a text of European letters every second byte is mostly zero, and
/// the others never.
fn utf_16_by_zeroes(bytes: &[u8]) -> Option<&'static Encoding> {
    if bytes.len() % 2 == 1 || memchr(0, bytes).is_none() {
        return None;
    }
    let zeroes_at = |offset| bytes.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeroes_at(0), zeroes_at(1));
    let enough = bytes.len() / 4;
    match (even, odd) {
        (0, odd) if odd > enough => Some(UTF_16LE),
        (even, 0) if even > enough => Some(UTF_16BE),
        _ => None,
    }
}

/// A file whose letters are mostly right UTF-8 is a broken one, not Windows-1252: read as that, every
/// name in it would be wrong without a word.
fn utf_8_or_windows(bytes: &[u8]) -> Result<&'static Encoding, TextFileFault> {
    if std::str::from_utf8(bytes).is_ok() {
        return Ok(UTF_8);
    }
    let (mut right, mut wrong) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        right += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    match right > wrong {
        true => Err(TextFileFault::BrokenUnicode),
        false => Ok(WINDOWS_1252),
    }
}

/// A text without what spreadsheets put before the first row.
pub struct Body<'t> {
    pub text: &'t str,
    /// How many lines were left out.
    pub lines_before: usize,
    /// What a line `sep=;` says, which Excel writes and reads.
    pub separator_said: Option<u8>,
}

pub fn body(text: &str) -> Body<'_> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let said = |line: &str| match line.trim_matches('"').as_bytes() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] if SEPARATORS.contains(separator) => Some(*separator),
        _ => None,
    };
    let line_end = memchr2(b'\r', b'\n', text.as_bytes()).unwrap_or(text.len());
    match said(&text[..line_end]) {
        Some(separator) => {
            let rest = &text[line_end..];
            let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\r', '\n'])).unwrap_or(rest);
            Body { text: rest, lines_before: 1, separator_said: Some(separator) }
        }
        None => Body { text, lines_before: 0, separator_said: None },
    }
}

/// The separator that the first row has most of; a tab if it has none.
pub fn likely_separator(text: &str) -> u8 {
    let mut quoted = false;
    let mut counts = SEPARATORS.map(|separator| (separator, 0));
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
    let mut best = counts[0];
    for candidate in counts {
        if candidate.1 > best.1 {
            best = candidate;
        }
    }
    best.0
}

/// A row of a table.
#[derive(Default)]
pub struct Row<'t> {
    /// The line it begins in, from 1.
    pub line: usize,
    /// At most [`COLUMNS_MAX`].
    pub cells: Vec<Cow<'t, str>>,
    /// How many cells it has, kept or not.
    pub width: usize,
    /// How many it has without the blank ones at its end.
    pub filled: usize,
    /// A quote opens in it that never closes. Nothing else is known of such a row.
    pub open_quote: bool,
    /// A cell is longer than [`CELL_BYTES_MAX`].
    pub too_long: bool,
}

impl<'t> Row<'t> {
    /// Whether all its cells are blank.
    pub fn is_blank(&self) -> bool {
        self.filled == 0 && !self.open_quote
    }

    /// Whether it has more or fewer cells than a header has that is `least` wide without the blank
    /// titles at its end, and `most` with them. Spreadsheets add blank cells at the end of a row;
    /// they tear nothing.
    pub fn is_torn(&self, least: usize, most: usize) -> bool {
        self.open_quote || self.width < least || self.filled > most
    }

    /// The text of a cell; nothing behind the last one.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell)
    }

    fn push(&mut self, cell: Cow<'t, str>) {
        self.too_long |= cell.len() > CELL_BYTES_MAX;
        self.width += 1;
        // Most cells begin with a letter, and trimming all of them is half of the work.
        let filled = cell.as_bytes().first().is_some_and(|first| first.is_ascii_graphic()) || !cell.trim().is_empty();
        if filled {
            self.filled = self.width;
        }
        if self.cells.len() < COLUMNS_MAX {
            self.cells.push(cell);
        }
    }
}

/// The rows of a text, from the front, as RFC 4180 has them, with any line end. Empty lines are no
/// rows.
///
/// A quote that does not close, or closes lines later in the middle of a word, was never meant as
/// one: its row is torn, and the next line begins a row again. Each letter is looked at twice at
/// most, since such a quote has no other one up to where it was given up.
pub struct Rows<'t> {
    text: &'t str,
    separator: u8,
    at: usize,
    /// The line of `at`.
    line: usize,
}

impl<'t> Rows<'t> {
    pub fn new(text: &'t str, lines_before: usize, separator: u8) -> Rows<'t> {
        Rows { text, separator, at: 0, line: 1 + lines_before }
    }

    /// Reads the next row into `row`; no if there is none.
    pub fn read(&mut self, row: &mut Row<'t>) -> bool {
        row.cells.clear();
        (row.width, row.filled, row.open_quote, row.too_long) = (0, 0, false, false);
        while matches!(self.byte(self.at), Some(b'\r' | b'\n')) {
            self.pass_line_end();
        }
        row.line = self.line;
        if self.at == self.text.len() {
            return false;
        }
        loop {
            let cell = match self.byte(self.at) {
                Some(b'"') => self.quoted(),
                _ => Some(Cow::Borrowed(self.plain())),
            };
            let Some(cell) = cell else {
                row.open_quote = true;
                self.at += memchr2(b'\r', b'\n', self.rest()).unwrap_or(self.rest().len());
                break;
            };
            row.push(cell);
            match self.byte(self.at) {
                Some(byte) if byte == self.separator => self.at += 1,
                _ => break,
            }
        }
        if self.at < self.text.len() {
            self.pass_line_end();
        }
        true
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn rest(&self) -> &'t [u8] {
        &self.text.as_bytes()[self.at..]
    }

    fn pass_line_end(&mut self) {
        let both = self.byte(self.at) == Some(b'\r') && self.byte(self.at + 1) == Some(b'\n');
        self.at += if both { 2 } else { 1 };
        self.line += 1;
    }

    /// Up to the next separator or line end. Quotes in it are letters.
    fn plain(&mut self) -> &'t str {
        let begin = self.at;
        self.at += memchr3(self.separator, b'\r', b'\n', self.rest()).unwrap_or(self.rest().len());
        &self.text[begin..self.at]
    }

    /// A cell that begins with a quote; `None`, without having moved, if the quote stays open.
    fn quoted(&mut self) -> Option<Cow<'t, str>> {
        let begin = self.at + 1;
        let mut end = begin;
        let mut doubled = false;
        loop {
            end += memchr(b'"', &self.text.as_bytes()[end..])?;
            if self.byte(end + 1) != Some(b'"') {
                break;
            }
            doubled = true;
            end += 2;
        }
        let inside = &self.text[begin..end];
        let lines = lines_in(inside);
        let closes = self.byte(end + 1).is_none_or(|next| next == self.separator || matches!(next, b'\r' | b'\n'));
        if !closes && lines > 0 {
            return None;
        }
        self.line += lines;
        self.at = end + 1;
        let inside = if doubled { Cow::Owned(inside.replace("\"\"", "\"")) } else { Cow::Borrowed(inside) };
        match closes {
            true => Some(inside),
            // As spreadsheets do: what stands behind the quote belongs to the cell.
            false => Some(Cow::Owned(inside.into_owned() + self.plain())),
        }
    }
}

/// How many line ends a text has.
fn lines_in(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut lines = 0;
    let mut at = 0;
    while let Some(end) = memchr2(b'\r', b'\n', &bytes[at..]) {
        at += end + if bytes[at + end..].starts_with(b"\r\n") { 2 } else { 1 };
        lines += 1;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows_of(text: &str, separator: u8) -> Vec<(usize, Vec<String>, bool)> {
        let mut rows = Rows::new(text, 0, separator);
        let mut row = Row::default();
        let mut all = Vec::new();
        while rows.read(&mut row) {
            all.push((row.line, row.cells.iter().map(|cell| cell.to_string()).collect(), row.open_quote));
        }
        all
    }

    fn by_the_csv_crate(text: &str, separator: u8) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
        reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn a_quoted_cell_may_hold_separators_quotes_and_lines() {
        let text = "a,\"b,\"\"c\"\"\r\nd\"\r\n\r\n\"\",e\n";
        let expected = [(1, vec!["a".into(), "b,\"c\"\r\nd".into()], false), (4, vec!["".into(), "e".into()], false)];
        assert_eq!(rows_of(text, b','), expected);
    }

    #[test]
    fn an_open_quote_costs_its_own_row_and_no_other() {
        for text in ["a;b\nc;\"d\ne;f\ng;h\n", "a;b\nc;\"d\ne;\"f, g\" h\ng;h\n"] {
            let rows = rows_of(text, b';');
            assert_eq!(rows.iter().map(|row| (row.0, row.2)).collect::<Vec<_>>(), [(1, false), (2, true), (3, false), (4, false)]);
            assert_eq!(rows[3].1, ["g", "h"]);
        }
    }

    #[test]
    fn columns_behind_the_last_that_is_kept_are_counted_only() {
        let text = format!("{}x{}\n", ";".repeat(600), ";".repeat(2_000_000));
        let mut row = Row::default();
        assert!(Rows::new(&text, 0, b';').read(&mut row));
        assert_eq!((row.cells.len(), row.filled, row.width), (COLUMNS_MAX, 601, 2_000_601));
        assert!(row.cells.capacity() < 2 * COLUMNS_MAX);
    }

    #[test]
    fn a_row_is_torn_by_a_filled_cell_too_many_or_a_cell_too_few() {
        for (text, torn) in [("a,b", false), ("a,b,,,", false), ("a", true), ("a,b,c", false), ("a,b,c,d", true), ("a,\"b", true)] {
            let mut row = Row::default();
            assert!(Rows::new(text, 0, b',').read(&mut row));
            assert_eq!(row.is_torn(2, 3), torn, "{text}");
        }
    }

    #[test]
    fn a_line_says_the_separator() {
        for (text, rest, said) in [
            ("sep=;\r\na", "a", Some(b';')),
            ("\u{feff}\"SEP=,\"\na", "a", Some(b',')),
            ("sep=\t\ra", "a", Some(b'\t')),
            ("sep=;", "", Some(b';')),
            ("sep=x\na", "sep=x\na", None),
            ("sep=;;\na", "sep=;;\na", None),
        ] {
            let body = body(text);
            assert_eq!((body.text, body.separator_said, body.lines_before), (rest, said, usize::from(said.is_some())), "{text:?}");
        }
        assert_eq!(likely_separator("\n\"a;b;c\",d|e,f\n;;;;;;;"), b',');
        assert_eq!(likely_separator("a|b"), b'|');
        assert_eq!(likely_separator("a"), b'\t');
    }

    #[test]
    fn broken_unicode_is_not_taken_for_windows() {
        let whole = "Søren Ågård, Æbeltoft, Ø".as_bytes();
        let cut = &whole[..whole.len() - 1];
        assert_eq!(text(cut), Err(TextFileFault::BrokenUnicode));
        assert_eq!(text(b"S\xf8ren \xc5g\xe5rd").as_deref(), Ok("Søren Ågård"));
        assert_eq!(text(b"Caf\xe9").as_deref(), Ok("Café"));
    }

    proptest! {
        /// Whatever the text, the rows are those of the csv crate, as long as no quote stays open.
        #[test]
        fn rows_are_those_of_the_csv_crate(text in "[ab,;\"\n\r ]{0,40}", separator in prop::sample::select(vec![b',', b';'])) {
            let ours = rows_of(&text, separator);
            // A quoted cell of several lines with a word behind it, and an open quote, are where we differ.
            prop_assume!(ours.iter().all(|row| !row.2));
            let ours: Vec<Vec<String>> = ours.into_iter().map(|row| row.1).collect();
            prop_assert_eq!(ours, by_the_csv_crate(&text, separator));
        }

        #[test]
        fn what_the_csv_crate_writes_is_read_back(table in prop::collection::vec(prop::collection::vec("[aø,;\"\n\r ]{0,6}", 3), 1..6)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let rows = rows_of(&text, b',');
            prop_assert!(rows.iter().all(|row| !row.2));
            let mut line = 1;
            for (row, written) in rows.iter().zip(&table) {
                prop_assert_eq!(row.0, line);
                line += 1 + written.iter().map(|cell| lines_in(cell)).sum::<usize>();
            }
            prop_assert_eq!(rows.into_iter().map(|row| row.1).collect::<Vec<_>>(), table);
        }
    }
}
