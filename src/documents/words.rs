//! The catalogue of words for what leaves the program as a file: the same `.po` that the window
//! bundles, read once. English is the source and needs no catalogue.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::OnceLock;

use crate::domain::language::Language;
use crate::domain::template::fill;

/// The texts of one language.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    language: Language,
}

impl Words {
    /// The texts of this language.
    pub fn of(language: Language) -> Words {
        Words { language }
    }

    /// The language of these texts.
    pub fn language(self) -> Language {
        self.language
    }

    /// Says `text` (English, as in the source) in this language. What the catalogue lacks is said
    /// in English, because a paper at an evacuation is worth more than its language.
    pub fn say(self, context: &str, text: &str) -> String {
        self.look_up(context, text).to_owned()
    }

    /// Says `text` with its `{named}` places filled. Values go in as they are: a name that
    /// contains `{code}` stays that name. A place without a value stays visible.
    pub fn say_with(self, context: &str, text: &str, values: &[(&str, &dyn Display)]) -> String {
        fill(self.look_up(context, text), values)
    }

    /// Says `one` or `many` by the number `count`, which fills the place `{n}`.
    pub fn say_count(self, context: &str, one: &str, many: &str, count: usize) -> String {
        // All the languages share the rule of the catalogues' headers: plural=(n != 1).
        let form = usize::from(count != 1);
        let translated = catalogue(self.language).and_then(|catalogue| catalogue.find(context, one, form));
        let template = translated.unwrap_or(if form == 0 { one } else { many });
        fill(template, &[("n", &count)])
    }

    fn look_up<'t>(self, context: &str, text: &'t str) -> &'t str {
        catalogue(self.language).and_then(|catalogue| catalogue.find(context, text, 0)).unwrap_or(text)
    }
}

/// The catalogue of a language, read when it is first asked for. English has none.
fn catalogue(language: Language) -> Option<&'static Catalogue> {
    static READ: [OnceLock<Catalogue>; Language::ALL.len()] = [const { OnceLock::new() }; Language::ALL.len()];
    let po = match language {
        Language::En => return None,
        Language::Da => include_str!("../../assets/lang/da/LC_MESSAGES/velkommen.po"),
        Language::Sv => include_str!("../../assets/lang/sv/LC_MESSAGES/velkommen.po"),
        Language::Nb => include_str!("../../assets/lang/nb/LC_MESSAGES/velkommen.po"),
        Language::De => include_str!("../../assets/lang/de/LC_MESSAGES/velkommen.po"),
    };
    Some(READ[language as usize].get_or_init(|| Catalogue::parse(po).expect("part of the program, and a test parses it")))
}

/// The translations of one language: context → English → its forms (one, then many).
struct Catalogue {
    contexts: HashMap<String, HashMap<String, Vec<String>>>,
}

impl Catalogue {
    fn parse(po: &str) -> Result<Catalogue, rspolib::errors::SyntaxError> {
        // The crate takes a text for a path if there is such a file. No path has many lines.
        let file = rspolib::pofile(po)?;
        let mut contexts: HashMap<String, HashMap<String, Vec<String>>> = HashMap::new();
        for entry in file.entries {
            if entry.obsolete || entry.fuzzy() {
                continue;
            }
            let forms = match entry.msgid_plural {
                Some(_) => entry.msgstr_plural,
                None => entry.msgstr.into_iter().collect(),
            };
            contexts.entry(entry.msgctxt.unwrap_or_default()).or_default().insert(entry.msgid, forms);
        }
        Ok(Catalogue { contexts })
    }

    fn find(&self, context: &str, text: &str, form: usize) -> Option<&str> {
        let translated = self.contexts.get(context)?.get(text)?.get(form)?;
        // An empty translation is what a tool leaves for a text nobody has translated yet.
        Some(translated.as_str()).filter(|said| !said.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PO: &str = r#"
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"

msgctxt "badge"
msgid "Say “{name}”"
msgstr "Sig »{name}«"

msgctxt "list"
msgid "A \"quoted\"\nline"
msgstr ""
"En \"citeret\"\n"
"linje"

msgctxt "list"
msgid "{n} person"
msgid_plural "{n} people"
msgstr[0] "{n} person"
msgstr[1] "{n} personer"

msgctxt "list"
msgid "Not yet"
msgstr ""

#, fuzzy
msgctxt "list"
msgid "Guessed"
msgstr "Gættet"
"#;

    #[test]
    fn the_catalogue_finds_by_context_and_english() {
        let catalogue = Catalogue::parse(PO).unwrap();
        assert_eq!(catalogue.find("badge", "Say “{name}”", 0), Some("Sig »{name}«"));
        assert_eq!(catalogue.find("list", "Say “{name}”", 0), None);
        assert_eq!(catalogue.find("list", "A \"quoted\"\nline", 0), Some("En \"citeret\"\nlinje"));
        assert_eq!(catalogue.find("list", "{n} person", 1), Some("{n} personer"));
    }

    #[test]
    fn what_is_untranslated_or_uncertain_is_not_in_the_catalogue() {
        let catalogue = Catalogue::parse(PO).unwrap();
        assert_eq!(catalogue.find("list", "Not yet", 0), None);
        assert_eq!(catalogue.find("list", "Guessed", 0), None);
    }

    #[test]
    fn english_is_the_source_and_danish_falls_back_to_it() {
        assert_eq!(Words::of(Language::En).say("badge", "Visitor"), "Visitor");
        assert_eq!(Words::of(Language::Da).say("badge", "Visitor"), "Besøgende");
        assert_eq!(Words::of(Language::Da).say("badge", "No such text"), "No such text");
    }

    #[test]
    fn each_language_has_a_catalogue_of_its_own() {
        let said = Language::ALL.map(|language| Words::of(language).say("badge", "Visitor"));
        assert_eq!(said, ["Besøgende", "Visitor", "Besökare", "Besøkende", "Gast"]);
    }

    #[test]
    fn a_value_is_never_read_as_a_template() {
        let said = Words::of(Language::En).say_with("test", "{name}, {code}{missing} and {", &[("name", &"{code}"), ("code", &7)]);
        assert_eq!(said, "{code}, 7{missing} and {");
    }

    #[test]
    fn one_is_counted_apart_from_none_and_many() {
        let say = |language, count| Words::of(language).say_count("participant list", "{n} participant", "{n} participants", count);
        assert_eq!(say(Language::En, 1), "1 participant");
        assert_eq!(say(Language::En, 0), "0 participants");
        assert_eq!(say(Language::Da, 1), "1 deltager");
        assert_eq!(say(Language::Da, 40), "40 deltagere");
    }
}
