//! Photo and video consent: what was asked, what was answered, and what the badge shows.

use serde::{Deserialize, Serialize};

use crate::domain::event::PhotoMode;
use crate::domain::notice::Texts;

/// What a picture of somebody would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PhotoPurpose {
    Photo,
    Video,
}

impl PhotoPurpose {
    pub const ALL: [PhotoPurpose; 2] = [PhotoPurpose::Photo, PhotoPurpose::Video];

    pub fn word(self) -> &'static str {
        match self {
            PhotoPurpose::Photo => "photo",
            PhotoPurpose::Video => "video",
        }
    }

    pub fn parse(word: &str) -> Option<PhotoPurpose> {
        PhotoPurpose::ALL.into_iter().find(|purpose| purpose.word() == word)
    }
}

/// Where pictures are shown, by the controller's profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// A short word that stands on each record.
    pub id: String,
    pub name: Texts,
}

/// What somebody said about one purpose and channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    Given,
    Refused,
    /// Given before, and taken back.
    Withdrawn,
}

impl Answer {
    pub fn word(self) -> &'static str {
        match self {
            Answer::Given => "given",
            Answer::Refused => "refused",
            Answer::Withdrawn => "withdrawn",
        }
    }

    pub fn parse(word: &str) -> Option<Answer> {
        [Answer::Given, Answer::Refused, Answer::Withdrawn].into_iter().find(|answer| answer.word() == word)
    }
}

/// What a badge tells a photographer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadgeMark {
    Yes,
    No,
}

impl BadgeMark {
    pub fn word(self) -> &'static str {
        match self {
            BadgeMark::Yes => "yes",
            BadgeMark::No => "no",
        }
    }

    pub fn parse(word: &str) -> Option<BadgeMark> {
        [BadgeMark::Yes, BadgeMark::No].into_iter().find(|mark| mark.word() == word)
    }
}

/// The mark of a badge, from the present answer (or none) of every purpose and channel.
///
/// **Source** F6.
pub fn badge_mark(mode: PhotoMode, answers: impl IntoIterator<Item = Option<Answer>>) -> BadgeMark {
    let mut answers = answers.into_iter();
    let yes = match mode {
        PhotoMode::Consent => answers.all(|answer| answer == Some(Answer::Given)),
        PhotoMode::Objection => answers.all(|answer| !matches!(answer, Some(Answer::Refused | Answer::Withdrawn))),
    };
    if yes { BadgeMark::Yes } else { BadgeMark::No }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Answer::{Given, Refused, Withdrawn};

    #[test]
    fn consent_is_yes_only_where_every_channel_was_given() {
        let mark = |answers: &[Option<Answer>]| badge_mark(PhotoMode::Consent, answers.iter().copied());
        assert_eq!(mark(&[Some(Given), Some(Given)]), BadgeMark::Yes);
        for no in [None, Some(Refused), Some(Withdrawn)] {
            assert_eq!(mark(&[Some(Given), no]), BadgeMark::No);
        }
    }

    #[test]
    fn objection_is_yes_until_somebody_objects() {
        let mark = |answers: &[Option<Answer>]| badge_mark(PhotoMode::Objection, answers.iter().copied());
        assert_eq!(mark(&[None, None]), BadgeMark::Yes);
        assert_eq!(mark(&[None, Some(Given)]), BadgeMark::Yes);
        assert_eq!(mark(&[None, Some(Refused)]), BadgeMark::No);
    }
}
