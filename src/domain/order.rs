//! The order of names, as the readers of a language look them up: in Danish æ ø å last, aa with å.

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};
use icu_locale_core::locale;

use crate::domain::language::Language;

/// Sorts by the family name (the last word) first, then by the whole name.
pub fn sort_by_name<T>(people: &mut [T], language: Language, name: impl Fn(&T) -> &str) {
    sort_by_names(people, language, |person| (None, name(person)));
}

/// As [`sort_by_name`], with what a file gave as the family name in the place of the last word.
pub fn sort_by_names<T>(people: &mut [T], language: Language, names: impl Fn(&T) -> (Option<&str>, &str)) {
    let order = NameOrder::of(language);
    people.sort_by_cached_key(|person| {
        let (sort_name, name) = names(person);
        order.key(sort_name, name)
    });
}

/// The order of a language, for people who come one by one.
pub struct NameOrder(CollatorBorrowed<'static>);

/// Of two keys of one order, the smaller is of who comes first.
pub type NameKey = [Vec<u8>; 2];

impl NameOrder {
    pub fn of(language: Language) -> NameOrder {
        NameOrder(collator(language))
    }

    /// By the family name, which is the last word where `sort_name` does not say it, then by the whole name.
    pub fn key(&self, sort_name: Option<&str>, name: &str) -> NameKey {
        [sort_name.unwrap_or(family_name(name)), name].map(|text| {
            let mut key = Vec::new();
            match self.0.write_sort_key_to(text, &mut key) {
                Ok(()) => key,
                Err(never) => match never {},
            }
        })
    }
}

fn collator(language: Language) -> CollatorBorrowed<'static> {
    let locale = match language {
        Language::Da => locale!("da"),
        Language::En => locale!("en"),
        Language::Sv => locale!("sv"),
        Language::Nb => locale!("nb"),
        Language::De => locale!("de"),
    };
    Collator::try_new(locale.into(), CollatorOptions::default()).expect("every language is compiled in")
}

/// A name in two: what stands before the family name, and the family name to the end.
///
/// It is what a file gave, where the name ends with that, else the last word.
pub fn split_family<'n>(sort_name: Option<&str>, name: &'n str) -> (&'n str, &'n str) {
    let family = sort_name.filter(|family| !family.is_empty() && name.ends_with(family)).unwrap_or(family_name(name));
    name.split_at(name.len() - family.len())
}

/// The last word of a name.
fn family_name(name: &str) -> &str {
    name.rsplit(char::is_whitespace).next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_its_own_order() {
        let sorted = |language| {
            let mut names = ["Østby", "Aagaard", "Zimmer", "Ågård", "Ærø", "Berg", "Ähl", "Öst", "Müller", "Mutz"];
            sort_by_name(&mut names, language, |name| name);
            names.join(" ")
        };
        // Danes and Norwegians read aa as å and ä as æ, and put them last; Swedes put å first of the three.
        assert_eq!(sorted(Language::Da), "Berg Mutz Müller Zimmer Ähl Ærø Öst Østby Ågård Aagaard");
        assert_eq!(sorted(Language::Nb), "Berg Mutz Müller Zimmer Ähl Ærø Öst Østby Ågård Aagaard");
        assert_eq!(sorted(Language::Sv), "Aagaard Berg Mutz Müller Zimmer Ågård Ähl Ærø Öst Østby");
        assert_eq!(sorted(Language::En), "Aagaard Ærø Ågård Ähl Berg Müller Mutz Öst Østby Zimmer");
        assert_eq!(sorted(Language::De), "Aagaard Ærø Ågård Ähl Berg Müller Mutz Öst Østby Zimmer");
    }

    #[test]
    fn the_last_word_comes_before_the_first() {
        let mut names = ["Bo Østerby", "Ib Aagaard", "Åse Zimmer", "Ida Ågård", "Ada Berg"];
        sort_by_name(&mut names, Language::Da, |name| name);
        assert_eq!(names, ["Ada Berg", "Åse Zimmer", "Bo Østerby", "Ida Ågård", "Ib Aagaard"]);
    }

    #[test]
    fn a_name_is_split_before_the_family_name() {
        for (sort_name, name, split) in [
            (None, "Søren Kjær Østergård", ("Søren Kjær ", "Østergård")),
            (Some("van Dijk"), "Anna van Dijk", ("Anna ", "van Dijk")),
            (Some("Dijk, van"), "Anna van Dijk", ("Anna van ", "Dijk")),
            (None, "Madonna", ("", "Madonna")),
            (Some(""), "", ("", "")),
        ] {
            assert_eq!(split_family(sort_name, name), split, "{name}");
        }
    }

    #[test]
    fn a_family_name_of_a_file_wins_over_the_last_word() {
        let mut people = [(Some("van Dijk"), "Anna van Dijk"), (None, "Bo Uldum"), (Some("Abildgaard Holm"), "Cai Abildgaard Holm")];
        sort_by_names(&mut people, Language::Da, |(sort_name, name)| (*sort_name, name));
        assert_eq!(people.map(|(_, name)| name), ["Cai Abildgaard Holm", "Bo Uldum", "Anna van Dijk"]);
    }
}
