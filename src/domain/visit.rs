//! A visit: who comes, whom they visit, and how it ends.

use crate::domain::text::personal_line;

personal_line!(/** A visitor's name, as shown. */ VisitorName, max 200);
personal_line!(/** The company somebody comes from. */ Company, max 200);
personal_line!(/** What somebody is in their company. */ Title, max 200);
personal_line!(/** What a visitor adds of their own accord. */ Note, max 500);
personal_line!(/** A host's name, from the directory or as a visitor typed it. */ HostName, max 200);

/// How a visit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitEnd {
    /// Signed out by badge, by code or by staff.
    SignedOut,
    /// Closed at closing time, or at the end of a roll call that did not find them.
    PresumedLeft,
}

impl VisitEnd {
    pub fn word(self) -> &'static str {
        match self {
            VisitEnd::SignedOut => "signed_out",
            VisitEnd::PresumedLeft => "presumed_left",
        }
    }

    pub fn parse(word: &str) -> Option<VisitEnd> {
        [VisitEnd::SignedOut, VisitEnd::PresumedLeft].into_iter().find(|end| end.word() == word)
    }
}
