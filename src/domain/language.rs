//! The languages that people can choose.

use serde::{Deserialize, Serialize};

/// A language of the screens, the documents and the notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    Da,
    En,
    Sv,
    /// Norwegian as in bokmål.
    Nb,
    De,
}

impl Language {
    /// Every language, the default one first.
    pub const ALL: [Language; 5] = [Language::Da, Language::En, Language::Sv, Language::Nb, Language::De];

    /// The ISO 639-1 code, as in file names, the database and the profile.
    pub fn code(self) -> &'static str {
        match self {
            Language::Da => "da",
            Language::En => "en",
            Language::Sv => "sv",
            Language::Nb => "nb",
            Language::De => "de",
        }
    }

    /// Reads a code as [`Language::code`] writes it.
    pub fn parse(code: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The language of a POSIX locale such as `da_DK.UTF-8`. Every Norwegian is read in bokmål.
    pub fn of_locale(locale: &str) -> Option<Language> {
        match locale.get(..2)? {
            "no" | "nn" => Some(Language::Nb),
            code => Language::parse(code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_and_a_locale_read_back() {
        for language in Language::ALL {
            assert_eq!(Language::parse(language.code()), Some(language));
            assert_eq!(Language::of_locale(&format!("{}_XX.UTF-8", language.code())), Some(language));
        }
        assert_eq!(Language::of_locale("no_NO.UTF-8"), Some(Language::Nb));
        assert_eq!(Language::of_locale("nn_NO"), Some(Language::Nb));
        assert_eq!([Language::of_locale("C"), Language::of_locale("fr_FR"), Language::of_locale("")], [None; 3]);
    }
}
