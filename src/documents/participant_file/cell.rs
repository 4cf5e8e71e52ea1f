//! What a cell of a participant file says, once what other systems put around it is gone.

use std::borrow::Cow;

/// Control characters and the marks that steer the direction of writing.
pub(super) fn is_mark(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn is_line_end(letter: char) -> bool {
    matches!(letter, '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// A cell without outer blanks and without what was put before it so that no spreadsheet takes it
/// for a formula: an apostrophe (pretix), or a tab (alf.io), which is a blank.
pub(super) fn as_written(cell: &str) -> &str {
    let trimmed = cell.trim();
    match trimmed.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest.trim(),
        _ => trimmed,
    }
}

/// A cell [`as_written`], its lines made one, and without marks.
pub(super) fn clean(cell: &str) -> Cow<'_, str> {
    let written = as_written(cell);
    // What begins none of the letters below: nearly every cell.
    let is_clean = written.bytes().all(|byte| byte >= b' ' && !matches!(byte, 0x7F | 0xC2 | 0xD8 | 0xE2));
    if is_clean || !written.contains(|letter| is_mark(letter) || is_line_end(letter)) {
        return Cow::Borrowed(written);
    }
    let mut cleaned = String::with_capacity(written.len());
    for line in written.split(is_line_end) {
        let line = line.trim();
        let blank = if cleaned.is_empty() || line.is_empty() { "" } else { " " };
        cleaned.push_str(blank);
        cleaned.extend(line.chars().filter(|letter| !is_mark(*letter)));
    }
    Cow::Owned(cleaned.trim().to_owned())
}

/// A header with single blanks.
pub(super) fn collapsed(title: &str) -> String {
    title.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A header as it is compared: small letters, single blanks, no underscores, and without what stands
/// at the end of a question.
pub(super) fn folded(title: &str) -> String {
    let mut folded = String::with_capacity(title.len());
    for word in title.split(|letter: char| letter.is_whitespace() || letter == '_').filter(|word| !word.is_empty()) {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(&word.to_lowercase());
    }
    let end = folded.trim_end_matches([' ', ':', '*', '?', '.', '!']).len();
    // All of it, where nothing else is left.
    if end > 0 {
        folded.truncate(end);
    }
    folded
}
