//! The order of names, as Danes sort: æ ø å last, aa with å.

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};

/// Sorts by the family name (the last word) first, then by the whole name, in Danish order.
pub fn sort_by_name<T>(people: &mut [T], name: impl Fn(&T) -> &str) {
    let collator = danish();
    people.sort_by(|a, b| {
        let (a, b) = (name(a), name(b));
        collator.compare(family_name(a), family_name(b)).then_with(|| collator.compare(a, b))
    });
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
}
