//! Finding a name among many while it is typed. Held in memory as long as an event is open, and dropped with it.

use crate::domain::fold::{Query, keys, words};

/// Ranges of words up to this long are looked through word by word; longer ones name by name, which ends sooner.
const RANGE_MAX: usize = 4096;

/// The folded words of many names. Names are known by their place in the order they were given.
#[derive(Default)]
pub struct NameIndex {
    /// All keys, one after the other.
    letters: String,
    /// Where each key stands in `letters` and whose it is, sorted by key.
    keys: Vec<Key>,
    /// The same keys by name: where those of each name begin in `of_name`.
    begins: Vec<u32>,
    of_name: Vec<(u32, u8)>,
}

#[derive(Clone, Copy)]
struct Key {
    start: u32,
    length: u8,
    name: u32,
}

impl NameIndex {
    /// Takes each name with whatever else it is found by, in the order in which matches are to come.
    pub fn new<'t>(names: impl Iterator<Item = [&'t str; 2]>) -> NameIndex {
        let mut index = NameIndex::default();
        for (texts, name) in names.zip(0..) {
            index.begins.push(index.of_name.len() as u32);
            for key in texts.into_iter().flat_map(words).flat_map(|(_, word)| keys(word)) {
                let length = key.floor_char_boundary(255) as u8;
                let start = index.letters.len() as u32;
                index.letters.push_str(&key[..usize::from(length)]);
                index.keys.push(Key { start, length, name });
                index.of_name.push((start, length));
            }
        }
        index.begins.push(index.of_name.len() as u32);
        let letters = &index.letters;
        index
            .keys
            .sort_unstable_by(|a, b| text(letters, a.start, a.length).cmp(text(letters, b.start, b.length)).then(a.name.cmp(&b.name)));
        index
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.begins.len().saturating_sub(1)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The places of at most `limit` names that match, in order: every typed word begins one of a name's words.
    pub fn find(&self, query: &Query, limit: usize) -> Vec<usize> {
        let ranges: Vec<usize> = query.words().iter().map(|typed| typed.iter().map(|typed| self.range(typed).len()).sum()).collect();
        let Some((rarest, count)) = ranges.into_iter().enumerate().min_by_key(|(_, count)| *count) else { return Vec::new() };
        if count > RANGE_MAX {
            return (0..self.len()).filter(|name| self.matches(*name, query)).take(limit).collect();
        }
        let mut found: Vec<usize> =
            query.words()[rarest].iter().flat_map(|typed| &self.keys[self.range(typed)]).map(|key| key.name as usize).collect();
        found.sort_unstable();
        found.dedup();
        found.retain(|name| self.matches(*name, query));
        found.truncate(limit);
        found
    }

    fn matches(&self, name: usize, query: &Query) -> bool {
        let own = &self.of_name[self.begins[name] as usize..self.begins[name + 1] as usize];
        let begins = |typed: &String| own.iter().any(|(start, length)| text(&self.letters, *start, *length).starts_with(typed.as_str()));
        query.words().iter().all(|typed| typed.iter().any(begins))
    }

    /// The keys that begin with `typed`.
    fn range(&self, typed: &str) -> std::ops::Range<usize> {
        let key = |key: &Key| text(&self.letters, key.start, key.length);
        let start = self.keys.partition_point(|other| key(other) < typed);
        let length = self.keys[start..].partition_point(|other| key(other).starts_with(typed));
        start..start + length
    }
}

fn text(letters: &str, start: u32, length: u8) -> &str {
    let start = start as usize;
    &letters[start..start + usize::from(length)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [[&str; 2]; 5] =
        [["Ada Berg", "Ærø Data"], ["Søren Kjær", "Fjordby"], ["Søren Ågård", "Studio Ø"], ["Mikkel Aagaard", ""], ["李小龍", ""]];

    fn found(typed: &str) -> Vec<usize> {
        NameIndex::new(NAMES.into_iter()).find(&Query::new(typed), 10)
    }

    #[test]
    fn every_word_begins_a_word_of_the_name_or_what_stands_with_it() {
        assert_eq!(found("soren"), [1, 2]);
        assert_eq!(found("SOE ag"), [2]);
        assert_eq!(found("ågård"), [2, 3]);
        assert_eq!(found("aero"), [0]);
        assert_eq!(found("李"), [4]);
        assert_eq!(found("berg søren"), [0; 0]);
        assert_eq!(found(""), [0; 0]);
    }

    #[test]
    fn a_frequent_beginning_gives_the_first_in_order() {
        let many: Vec<String> = (0..20_000).map(|number| format!("Anna {number:05} Berg")).collect();
        let index = NameIndex::new(many.iter().map(|name| [name.as_str(), ""]));
        assert_eq!(index.find(&Query::new("an be"), 3), [0, 1, 2]);
        assert_eq!(index.find(&Query::new("anna 19999"), 3), [19_999]);
    }
}
