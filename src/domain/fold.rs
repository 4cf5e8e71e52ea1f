//! Folding of names, so that `søren`, `SOREN` and `Soeren` find each other, and the search over folded names.

use unicode_normalization::UnicodeNormalization;

/// The keys under which one word is found: without case and accents, and with `æ ø å` in each way they are typed.
/// More than one only for words with those letters.
pub(crate) fn keys(word: &str) -> Vec<String> {
    let two_letters = fold_letters(word, Spelling::TwoLetters);
    let one_letter = fold_letters(word, Spelling::OneLetter);
    if two_letters == one_letter { vec![two_letters] } else { vec![two_letters, one_letter] }
}

/// How `æ ø å` are written without a Danish keyboard: `ae oe aa`, or `a o a`.
#[derive(Clone, Copy)]
enum Spelling {
    TwoLetters,
    OneLetter,
}

fn fold_letters(word: &str, spelling: Spelling) -> String {
    let mut folded = String::with_capacity(word.len());
    for c in word.nfc().flat_map(char::to_lowercase) {
        let danish = match (c, spelling) {
            ('æ' | 'ä', _) => Some("ae"),
            ('ø' | 'ö' | 'œ', Spelling::TwoLetters) => Some("oe"),
            ('ø' | 'ö' | 'œ', Spelling::OneLetter) => Some("o"),
            ('å', Spelling::TwoLetters) => Some("aa"),
            ('å', Spelling::OneLetter) => Some("a"),
            ('ü', Spelling::TwoLetters) => Some("ue"),
            ('ß', _) => Some("ss"),
            _ => None,
        };
        match danish {
            Some(letters) => folded.push_str(letters),
            None => folded.extend(std::iter::once(c).nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c))),
        }
    }
    folded
}

/// The words of a text: runs without white space or marks between words.
pub(crate) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '-' | ',' | '.' | '(' | ')' | '/' | '"'))
        .filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

/// Whether two texts are the same words in the same order, however they are typed.
pub fn is_same(a: &str, b: &str) -> bool {
    let mut a = words(a).map(|(_, word)| keys(word));
    let mut b = words(b).map(|(_, word)| keys(word));
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a.iter().any(|key| b.contains(key)) => {}
            _ => return false,
        }
    }
}

/// What was typed into a search field, ready to be held against names.
pub struct Query {
    words: Vec<Vec<String>>,
    letters: usize,
}

impl Query {
    pub fn new(text: &str) -> Query {
        // A word of accents alone folds to nothing, and nothing begins every name.
        let words: Vec<_> =
            words(text).map(|(_, word)| (word, keys(word))).filter(|(_, keys)| keys.iter().all(|key| !key.is_empty())).collect();
        Query {
            letters: words.iter().flat_map(|(word, _)| word.chars()).filter(|c| c.is_alphanumeric()).count(),
            words: words.into_iter().map(|(_, keys)| keys).collect(),
        }
    }

    /// Each typed word, in the spellings it is found by.
    pub fn words(&self) -> &[Vec<String>] {
        &self.words
    }

    /// How many letters and digits were typed; marks and white space show nobody.
    pub fn letters(&self) -> usize {
        self.letters
    }

    /// Whether every typed word begins a word of `name`.
    pub fn matches(&self, name: &str) -> bool {
        let names: Vec<_> = words(name).flat_map(|(_, word)| keys(word)).collect();
        self.words.iter().all(|typed| typed.iter().any(|typed| names.iter().any(|name| name.starts_with(typed.as_str()))))
    }

    /// The first piece of `name` that a typed word matches, as a byte range; for the eye only.
    pub fn piece(&self, name: &str) -> Option<std::ops::Range<usize>> {
        words(name).find_map(|(start, word)| {
            word.char_indices().map(|(at, c)| at + c.len_utf8()).find_map(|end| {
                let piece = keys(&word[..end]);
                let hit = self.words.iter().flatten().any(|typed| piece.iter().any(|piece| piece == typed));
                hit.then(|| start..start + end)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_are_the_same_however_they_are_typed() {
        assert!(is_same("søren  KJÆR", "Soeren Kjær") && is_same("Bo-Erik", "bo erik") && is_same("", " "));
        for (a, b) in [("Søren", "Søren Kjær"), ("Kjær Søren", "Søren Kjær"), ("Sø Kjær", "Søren Kjær"), ("", "Bo")] {
            assert!(!is_same(a, b), "{a} {b}");
        }
    }

    #[test]
    fn danish_letters_are_found_however_they_are_typed() {
        for (typed, name) in [
            ("søren", "Søren Kjær"),
            ("SOREN", "Søren Kjær"),
            ("Soeren", "Søren Kjær"),
            ("soren", "Sören"),
            ("aagaard", "Mikkel Ågård"),
            ("ågård", "Mikkel Aagaard"),
            ("agard", "Mikkel Ågård"),
            ("aero", "Ærø Data"),
            ("ærø", "Aeroe"),
            ("zoe", "Zoë"),
            ("kja sø", "Søren Kjær"),
            ("gre", "Anne-Grethe"),
        ] {
            assert!(Query::new(typed).matches(name), "{typed} in {name}");
        }
    }

    #[test]
    fn only_beginnings_of_words_match() {
        for (typed, name) in [("kær", "Sanne Smedekær"), ("sørensen", "Søren"), ("søren x", "Søren Kjær")] {
            assert!(!Query::new(typed).matches(name), "{typed} in {name}");
        }
    }

    #[test]
    fn marks_are_no_letters() {
        for typed in ["", "  ", ". .", "--,,", "\u{301}\u{301}", "\u{200B}\u{200B}", "%%"] {
            assert_eq!(Query::new(typed).letters(), 0, "{typed:?}");
        }
        assert_eq!(Query::new("k æ-2").letters(), 3);
    }

    #[test]
    fn the_matching_piece_is_found_in_the_name_as_written() {
        let name = "Mikkel Kærulff Ågård";
        assert_eq!(Query::new("kaer").piece(name).map(|piece| &name[piece]), Some("Kær"));
        assert_eq!(Query::new("aag").piece(name).map(|piece| &name[piece]), Some("Åg"));
        assert_eq!(Query::new("zz").piece(name), None);
    }
}
