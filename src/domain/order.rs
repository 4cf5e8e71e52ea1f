//! The order of names, as Danes sort: æ ø å last, aa with å.

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};

/// Sorts by the family name (the last word) first, then by the whole name, in Danish order.
pub fn sort_by_name<T>(people: &mut [T], name: impl Fn(&T) -> &str) {
    sort_by_names(people, |person| (None, name(person)));
}

/// As [`sort_by_name`], with what a file gave as the family name in the place of the last word.
pub fn sort_by_names<T>(people: &mut [T], names: impl Fn(&T) -> (Option<&str>, &str)) {
    let collator = danish();
    people.sort_by_cached_key(|person| {
        let (sort_name, name) = names(person);
        [sort_name.unwrap_or(family_name(name)), name].map(|text| sort_key(&collator, text))
    });
}

fn sort_key(collator: &CollatorBorrowed<'static>, text: &str) -> Vec<u8> {
    let mut key = Vec::new();
    match collator.write_sort_key_to(text, &mut key) {
        Ok(()) => key,
        Err(never) => match never {},
    }
}

fn danish() -> CollatorBorrowed<'static> {
    Collator::try_new(icu_locale_core::locale!("da").into(), CollatorOptions::default()).expect("Danish is compiled in")
}

/// The last word of a name.
fn family_name(name: &str) -> &str {
    name.rsplit(char::is_whitespace).next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aa_sorts_with_å_after_ø() {
        let mut names = ["Bo Østerby", "Ib Aagaard", "Åse Zimmer", "Ida Ågård", "Kaj Ærø", "Ada Berg"];
        sort_by_name(&mut names, |name| name);
        assert_eq!(names, ["Ada Berg", "Åse Zimmer", "Kaj Ærø", "Bo Østerby", "Ida Ågård", "Ib Aagaard"]);
    }

    #[test]
    fn a_family_name_of_a_file_wins_over_the_last_word() {
        let mut people = [(Some("van Dijk"), "Anna van Dijk"), (None, "Bo Uldum"), (Some("Abildgaard Holm"), "Cai Abildgaard Holm")];
        sort_by_names(&mut people, |(sort_name, name)| (*sort_name, name));
        assert_eq!(people.map(|(_, name)| name), ["Cai Abildgaard Holm", "Bo Uldum", "Anna van Dijk"]);
    }
}
