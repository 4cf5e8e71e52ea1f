//! The languages that people can choose.

use serde::{Deserialize, Serialize};

/// A language of the screens, the documents and the notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    Da,
    En,
}

impl Language {
    /// Every language, the default one first.
    pub const ALL: [Language; 2] = [Language::Da, Language::En];

    /// The ISO 639-1 code, as in file names, the database and the profile.
    pub fn code(self) -> &'static str {
        match self {
            Language::Da => "da",
            Language::En => "en",
        }
    }

    /// Reads a code as [`Language::code`] writes it.
    pub fn parse(code: &str) -> Option<Language> {
        Language::ALL
            .into_iter()
            .find(|language| language.code() == code)
    }
}
