//! Notices: what the controller tells the data subject, versioned, and the proof of what was shown.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::language::Language;
use crate::domain::template::fill;

/// A text in each language the controller wrote it in.
pub type Texts = BTreeMap<Language, String>;

/// What a clause is about. A notice holds each of them once, as Art. 13 asks.
///
/// **Source** GDPR 13(1) and (2); N2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClauseId {
    Controller,
    Kept,
    Why,
    HowLong,
    SeenBy,
    Basis,
    Rights,
    Complaint,
}

impl ClauseId {
    pub const ALL: [ClauseId; 8] = [
        ClauseId::Controller,
        ClauseId::Kept,
        ClauseId::Why,
        ClauseId::HowLong,
        ClauseId::SeenBy,
        ClauseId::Basis,
        ClauseId::Rights,
        ClauseId::Complaint,
    ];
}

/// One clause: its full text, and for the page before the final button a summary, whose `**beginning**` may be strong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    pub id: ClauseId,
    pub heading: Texts,
    pub text: Texts,
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub summary: Texts,
}

/// The situation a notice is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Situation {
    Visit,
    Event,
    /// Photos and video at an event.
    Photo,
}

impl Situation {
    pub const ALL: [Situation; 3] = [Situation::Visit, Situation::Event, Situation::Photo];

    /// Also the notice's id on every record.
    pub fn word(self) -> &'static str {
        match self {
            Situation::Visit => "visit",
            Situation::Event => "event",
            Situation::Photo => "photo",
        }
    }
}

/// A notice as the controller wrote it, with `{controller}`, `{address}`, `{contact}`, `{days}` (visits), `{months}` (events),
/// `{channels}` and `{evidence_months}` (photos) still open.
/// A summary may also name `{erase_on}`, the day this one visit goes, which is no part of the text that is hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    pub situation: Situation,
    pub version: u32,
    pub valid_from: NaiveDate,
    pub title: Texts,
    #[serde(rename = "clause")]
    pub clauses: Vec<Clause>,
}

/// A notice as somebody reads it: one language, everything filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownNotice {
    pub situation: Situation,
    pub version: u32,
    pub valid_from: NaiveDate,
    /// The language of the text, which is English where the controller has none in the one asked for.
    pub language: Language,
    pub title: String,
    pub clauses: Vec<ShownClause>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownClause {
    pub id: ClauseId,
    pub heading: String,
    pub text: String,
    /// The strong beginning and the rest; both empty when the clause is not summarised.
    pub summary: (String, String),
}

impl Notice {
    /// The languages in which the whole notice exists.
    pub fn languages(&self) -> impl Iterator<Item = Language> + '_ {
        Language::ALL.into_iter().filter(|language| self.title.contains_key(language))
    }

    /// Fills in `values` (name without braces → text) and picks the language.
    pub fn shown(&self, language: Language, values: &[(&str, &str)]) -> ShownNotice {
        let language = if self.title.contains_key(&language) { language } else { Language::En };
        let text = |texts: &Texts| texts.get(&language).map(|text| fill(text, values)).unwrap_or_default();
        ShownNotice {
            situation: self.situation,
            version: self.version,
            valid_from: self.valid_from,
            language,
            title: text(&self.title),
            clauses: self
                .clauses
                .iter()
                .map(|clause| ShownClause {
                    id: clause.id,
                    heading: text(&clause.heading),
                    text: text(&clause.text),
                    summary: split_strong(&text(&clause.summary)),
                })
                .collect(),
        }
    }
}

impl ShownNotice {
    /// The full text, from which the hash is taken and which is kept as long as a record points to it.
    pub fn full_text(&self) -> String {
        let mut text = format!("{}\n", self.title);
        for clause in &self.clauses {
            let (strong, rest) = &clause.summary;
            write!(text, "\n{}\n{}\n{strong}{rest}\n", clause.heading, clause.text).expect("a String takes everything");
        }
        text
    }

    /// The SHA-256 of [`ShownNotice::full_text`], as hex.
    ///
    /// **Source** N3.
    pub fn sha256(&self) -> String {
        hex(&Sha256::digest(self.full_text()))
    }
}

/// Bytes as small hex digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}

fn split_strong(text: &str) -> (String, String) {
    match text.strip_prefix("**").and_then(|text| text.split_once("**")) {
        Some((strong, rest)) => (strong.to_owned(), rest.trim_start().to_owned()),
        None => (String::new(), text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_may_begin_strongly() {
        assert_eq!(split_strong("**30 days.** Then it is gone."), ("30 days.".to_owned(), "Then it is gone.".to_owned()));
        assert_eq!(split_strong("Nobody else."), (String::new(), "Nobody else.".to_owned()));
    }
}
