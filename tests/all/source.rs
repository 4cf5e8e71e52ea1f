//! The source as text, for the tests that read it: files, and their code without comments and strings.

use std::path::{Path, PathBuf};

/// A file under the project's root.
pub struct File {
    /// From the root, with `/`.
    pub path: String,
    pub text: String,
}

impl File {
    pub fn new(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }
}

/// Every file below this folder (or this file) whose name ends so, in the order of their paths.
pub fn files(place: &str, ending: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut open = vec![root.join(place)];
    while let Some(place) = open.pop() {
        if place.is_dir() {
            open.extend(std::fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().path()));
        } else if place.to_string_lossy().ends_with(ending) {
            found.push(place);
        }
    }
    found.sort();
    assert!(!found.is_empty(), "nothing ends with {ending} in {place}");
    let read = |path: PathBuf| File {
        path: path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"),
        text: std::fs::read_to_string(&path).unwrap(),
    };
    found.into_iter().map(read).collect()
}

/// A string literal and where it begins.
pub struct Literal {
    pub at: usize,
    pub text: String,
}

/// Rust or Slint with comments and the insides of strings blanked, byte for byte in place, and the strings.
pub fn lex(text: &str) -> (String, Vec<Literal>) {
    let mut code = text.to_owned().into_bytes();
    let mut literals = Vec::new();
    let blank =
        |code: &mut Vec<u8>, from: usize, to: usize| code[from..to].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
    let mut at = 0;
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        let end = |of: &str, from: usize| text[from..].find(of).map_or(text.len(), |found| from + found + of.len());
        if rest.starts_with(b"//") {
            let to = end("\n", at);
            blank(&mut code, at, to);
            at = to;
        } else if rest.starts_with(b"/*") {
            let to = end("*/", at);
            blank(&mut code, at, to);
            at = to;
        } else if rest.starts_with(b"r#\"") {
            let to = end("\"#", at + 3);
            literals.push(Literal { at, text: text[at + 3..to - 2].to_owned() });
            blank(&mut code, at + 3, to - 2);
            at = to;
        } else if rest[0] == b'"' {
            let (said, to) = string(text, at);
            blank(&mut code, at + 1, to - 1);
            literals.push(Literal { at, text: said });
            at = to;
        } else if rest[0] == b'\'' && rest.get(1) == Some(&b'\\') {
            at = end("'", at + 3);
        } else if rest[0] == b'\'' && text[at + 1..].chars().next().is_some_and(|c| text[at + 1 + c.len_utf8()..].starts_with('\'')) {
            let to = end("'", at + 1).max(at + 3);
            blank(&mut code, at + 1, to - 1);
            at = to;
        } else {
            at += 1;
        }
    }
    (String::from_utf8(code).unwrap(), literals)
}

/// The literal that begins with the quote at `at`: what it says, and where it ends.
pub fn string(text: &str, at: usize) -> (String, usize) {
    let mut said = String::new();
    let mut chars = text[at + 1..].char_indices();
    while let Some((offset, c)) = chars.next() {
        match c {
            '"' => return (said, at + 1 + offset + 1),
            '\\' => match chars.next() {
                Some((_, 'n')) => said.push('\n'),
                Some((_, 't')) => said.push('\t'),
                Some((_, '\n')) => {
                    while chars.clone().next().is_some_and(|(_, c)| c.is_whitespace()) {
                        chars.next();
                    }
                }
                Some((_, 'u')) => {
                    let digits: String = chars.by_ref().map(|(_, c)| c).take_while(|c| *c != '}').filter(|c| *c != '{').collect();
                    said.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
                }
                Some((_, c)) => said.push(c),
                None => break,
            },
            c => said.push(c),
        }
    }
    (said, text.len())
}

/// The end of the bracket that opens at `at`, in code without strings.
pub fn closing(code: &str, at: usize) -> usize {
    let mut depth = 0;
    for (offset, byte) in code.as_bytes()[at..].iter().enumerate() {
        match byte {
            b'(' | b'{' | b'[' => depth += 1,
            b')' | b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + offset + 1;
                }
            }
            _ => {}
        }
    }
    code.len()
}

/// The line of a place, from 1.
pub fn line(text: &str, at: usize) -> usize {
    text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// The words of code: letters, digits, `_`, and in Slint `-` inside a word; each with its place.
pub fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut at = 0;
    std::iter::from_fn(move || {
        let begin = at + code[at..].find(|c: char| c.is_alphanumeric() || c == '_')?;
        let end = code[begin..].find(|c| !is_part(c)).map_or(code.len(), |found| begin + found);
        at = end;
        Some((begin, &code[begin..end]))
    })
}
