//! What the words of the columns about status, payment and refusal say.

use super::words::{CANCELLED, FileField, MAY_ENTER};
use crate::domain::participant::Status;

/// What a word of a status column says. Nothing is no objection: lists kept by hand say only who
/// does not come. A word that nobody here knows is not let in, but at the desk it shows and can be
/// put right.
pub(super) fn by_word(word: &str) -> Status {
    match word {
        "" => Status::MayEnter,
        word if MAY_ENTER.contains(&word) => Status::MayEnter,
        word if CANCELLED.contains(&word) => Status::Cancelled,
        word if FileField::Blocked.aliases().contains(&word) => Status::Blocked,
        _ => Status::Unpaid,
    }
}

pub(super) fn by_void(word: &str) -> Status {
    match word {
        word if says_no(word) => Status::MayEnter,
        word if says_yes(word) => Status::Cancelled,
        word => by_word(word),
    }
}

/// What a word of a payment column says: yes, a status, or the amount or the day of the payment.
/// Nothing is not paid.
pub(super) fn by_payment(word: &str) -> Status {
    let is_number = || word.contains(|letter: char| matches!(letter, '1'..='9')) && !word.contains(char::is_alphabetic);
    match word {
        word if says_no(word) => Status::Unpaid,
        word if says_yes(word) || is_number() => Status::MayEnter,
        word => by_word(word),
    }
}

pub(super) fn says_no(word: &str) -> bool {
    const NO: [&str; 12] = ["", "no", "nej", "nein", "false", "falsk", "falsch", "0", "-", "nei", "falskt", "usann"];
    NO.iter().any(|no| no.eq_ignore_ascii_case(word))
}

fn says_yes(word: &str) -> bool {
    ["yes", "ja", "true", "sand", "sant", "sann", "wahr", "1", "x", "✓", "✔"].contains(&word)
}
