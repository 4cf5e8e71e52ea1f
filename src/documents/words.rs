//! The catalogue of words for what leaves the program as a file: the same `.po` that the window
//! bundles, read once. English is the source and needs no catalogue.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::LazyLock;

use crate::domain::language::Language;

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
        // English and Danish share the rule of the catalogue's header: plural=(n != 1).
        let form = usize::from(count != 1);
        let translated = match self.language {
            Language::En => None,
            Language::Da => DANISH.find(context, one, form),
        };
        let template = translated.unwrap_or(if form == 0 { one } else { many });
        fill(template, &[("n", &count)])
    }

    fn look_up<'t>(self, context: &str, text: &'t str) -> &'t str {
        match self.language {
            Language::En => text,
            Language::Da => DANISH.find(context, text, 0).unwrap_or(text),
        }
    }
}

static DANISH: LazyLock<Catalogue> = LazyLock::new(|| {
    Catalogue::parse(include_str!("../../assets/lang/da/LC_MESSAGES/velkommen.po"))
        .expect("the catalogue is part of the program, and a test parses it")
});

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

/// Fills the places of a template in one pass, so that no value is ever read as a template.
fn fill(template: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        filled.push_str(&rest[..open]);
        let after = &rest[open + 1..];
        let place = after.find('}').and_then(|close| {
            let (_, value) = values.iter().find(|(name, _)| *name == &after[..close])?;
            Some((close, value))
        });
        match place {
            Some((close, value)) => {
                filled.push_str(&value.to_string());
                rest = &after[close + 1..];
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
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
    fn a_value_is_never_read_as_a_template() {
        let said = Words::of(Language::En).say_with("test", "{name}, {code}{missing} and {", &[("name", &"{code}"), ("code", &7)]);
        assert_eq!(said, "{code}, 7{missing} and {");
    }

    #[test]
    fn one_is_counted_apart_from_none_and_many() {
        let say = |language, count| Words::of(language).say_count("roll call", "{n} person inside", "{n} people inside", count);
        assert_eq!(say(Language::En, 1), "1 person inside");
        assert_eq!(say(Language::En, 0), "0 people inside");
        assert_eq!(say(Language::Da, 1), "1 person i huset");
        assert_eq!(say(Language::Da, 40), "40 personer i huset");
    }
}
