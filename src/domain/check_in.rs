//! Checking in: what came of a scan, and the rule that says so.

use chrono::{DateTime, Utc};

use crate::domain::event::EntryRule;
use crate::domain::participant::Status;

/// What came of a scan; also the words in the database and on the command line.
///
/// **Source** E10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    Entered,
    Exited,
    AlreadyEntered,
    Unknown,
    WrongEvent,
    WrongList,
    TooEarly,
    TooLate,
    Unpaid,
    Cancelled,
    Revoked,
    Blocked,
    /// As many as the list takes are inside.
    Full,
    /// The code belongs to more than one person.
    Ambiguous,
    /// Too many wrong codes were typed; this one was not looked up.
    TryLater,
}

impl Verdict {
    pub const ALL: [Verdict; 15] = [
        Verdict::Entered,
        Verdict::Exited,
        Verdict::AlreadyEntered,
        Verdict::Unknown,
        Verdict::WrongEvent,
        Verdict::WrongList,
        Verdict::TooEarly,
        Verdict::TooLate,
        Verdict::Unpaid,
        Verdict::Cancelled,
        Verdict::Revoked,
        Verdict::Blocked,
        Verdict::Full,
        Verdict::Ambiguous,
        Verdict::TryLater,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Verdict::Entered => "entered",
            Verdict::Exited => "exited",
            Verdict::AlreadyEntered => "already_entered",
            Verdict::Unknown => "unknown",
            Verdict::WrongEvent => "wrong_event",
            Verdict::WrongList => "wrong_list",
            Verdict::TooEarly => "too_early",
            Verdict::TooLate => "too_late",
            Verdict::Unpaid => "unpaid",
            Verdict::Cancelled => "cancelled",
            Verdict::Revoked => "revoked",
            Verdict::Blocked => "blocked",
            Verdict::Full => "full",
            Verdict::Ambiguous => "ambiguous",
            Verdict::TryLater => "try_later",
        }
    }

    pub fn parse(word: &str) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|verdict| verdict.word() == word)
    }

    /// Whether somebody went through the door.
    pub fn is_passage(self) -> bool {
        matches!(self, Verdict::Entered | Verdict::Exited)
    }
}

/// Why a code is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// In our form, with a bad signature.
    Signature,
    /// Empty, over 256 bytes, or with control characters.
    Format,
    NoMatch,
}

impl Reason {
    pub fn word(self) -> &'static str {
        match self {
            Reason::Signature => "signature",
            Reason::Format => "format",
            Reason::NoMatch => "no_match",
        }
    }
}

/// Which way somebody goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Entry,
    Exit,
}

impl Direction {
    pub fn word(self) -> &'static str {
        match self {
            Direction::Entry => "entry",
            Direction::Exit => "exit",
        }
    }
}

/// Whether a ticket is still good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    Valid,
    /// Replaced or taken back.
    Revoked,
}

/// All that a check-in list's rule looks at.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    pub status: Status,
    pub ticket: Validity,
    /// Since when they are inside, by the ledger.
    pub inside_since: Option<DateTime<Utc>>,
    pub entry: EntryRule,
    pub opens_at: DateTime<Utc>,
    pub closes_at: DateTime<Utc>,
}

/// The verdict on a known ticket of this event at this list.
///
/// An exit is refused only to who may not be here at all; neither the hour nor an earlier exit stands in its way.
pub fn judge(standing: &Standing, direction: Direction, now: DateTime<Utc>) -> Verdict {
    match (standing.status, standing.ticket) {
        (Status::Cancelled, _) => return Verdict::Cancelled,
        (Status::Blocked, _) => return Verdict::Blocked,
        (_, Validity::Revoked) => return Verdict::Revoked,
        (Status::Unpaid, _) => return Verdict::Unpaid,
        (Status::MayEnter, Validity::Valid) => {}
    }
    if direction == Direction::Exit {
        return Verdict::Exited;
    }
    if now < standing.opens_at {
        return Verdict::TooEarly;
    }
    if now >= standing.closes_at {
        return Verdict::TooLate;
    }
    match (standing.entry, standing.inside_since) {
        (EntryRule::Single, Some(_)) => Verdict::AlreadyEntered,
        _ => Verdict::Entered,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(60 * minute, 0).expect("an instant")
    }

    fn standing() -> Standing {
        Standing {
            status: Status::MayEnter,
            ticket: Validity::Valid,
            inside_since: None,
            entry: EntryRule::Single,
            opens_at: at(100),
            closes_at: at(200),
        }
    }

    #[test]
    fn the_window_is_open_from_its_first_to_before_its_last_instant() {
        let verdicts = [99, 100, 199, 200].map(|minute| judge(&standing(), Direction::Entry, at(minute)));
        assert_eq!(verdicts, [Verdict::TooEarly, Verdict::Entered, Verdict::Entered, Verdict::TooLate]);
    }

    #[test]
    fn a_single_entry_is_used_until_an_exit_and_a_multiple_one_never() {
        let inside = Standing { inside_since: Some(at(110)), ..standing() };
        assert_eq!(judge(&inside, Direction::Entry, at(120)), Verdict::AlreadyEntered);
        assert_eq!(judge(&Standing { entry: EntryRule::Multiple, ..inside }, Direction::Entry, at(120)), Verdict::Entered);
    }

    #[test]
    fn an_exit_is_never_too_late_and_never_a_duplicate() {
        for minute in [0, 150, 1000] {
            assert_eq!(judge(&standing(), Direction::Exit, at(minute)), Verdict::Exited);
        }
    }

    #[test]
    fn who_may_not_enter_hears_why_before_anything_else() {
        for (status, verdict) in
            [(Status::Unpaid, Verdict::Unpaid), (Status::Cancelled, Verdict::Cancelled), (Status::Blocked, Verdict::Blocked)]
        {
            for direction in [Direction::Entry, Direction::Exit] {
                let standing = Standing { status, inside_since: Some(at(1)), ..standing() };
                assert_eq!(judge(&standing, direction, at(0)), verdict);
            }
        }
        let revoked = Standing { ticket: Validity::Revoked, ..standing() };
        assert_eq!(judge(&revoked, Direction::Entry, at(150)), Verdict::Revoked);
    }

    #[test]
    fn every_verdict_reads_back() {
        for verdict in Verdict::ALL {
            assert_eq!(Verdict::parse(verdict.word()), Some(verdict));
        }
    }
}
