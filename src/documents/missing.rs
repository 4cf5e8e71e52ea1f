//! Letters that papers would show as boxes: neither the program nor this computer has them.

use std::collections::BTreeMap;

use super::text;

/// What a paper cannot draw of one script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The script, as Unicode names it: `Han`, `Devanagari`; `Common` for emoji and signs.
    pub script: &'static str,
    /// One of the letters.
    pub sample: char,
    /// How many entries have such letters.
    pub entries: usize,
}

/// What cannot be drawn of these entries, by script. Empty as a rule.
pub(super) fn missing<'t, Texts: IntoIterator<Item = &'t str>>(entries: impl Iterator<Item = Texts>) -> Vec<Missing> {
    let mut missing: BTreeMap<&'static str, Missing> = BTreeMap::new();
    for texts in entries {
        let of_entry: BTreeMap<&'static str, char> = texts.into_iter().flat_map(text::missing).collect();
        for (script, sample) in of_entry {
            missing.entry(script).or_insert(Missing { script, sample, entries: 0 }).entries += 1;
        }
    }
    missing.into_values().collect()
}
