//! `velkommen retention`: what is kept, under which rule, and when it goes.

use serde_json::json;

use super::answer::{Answer, Failure};
use crate::desk::Desk;
use crate::desk::show_retention::{Period, show_retention};
use crate::documents::dates;
use crate::documents::words::Words;
use crate::domain::access::Actor;
use crate::domain::retention::Class;

pub fn run(desk: &mut Desk, answer: &Answer) -> Result<(), Failure> {
    let zone = desk.config().zone;
    for held in show_retention(desk, &Actor::Operator)? {
        let local = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| at.with_timezone(&zone));
        let (oldest, next_due) = (local(held.oldest), local(held.next_due));
        let rule = match held.period {
            Period::Hours(hours) => format!("{hours} hours"),
            Period::Days(days) => format!("{days} days"),
            Period::Months(months) => format!("{months} months"),
        };
        let object = json!({
            "class": held.class.word(),
            "rule": rule,
            "records": held.records,
            "oldest": oldest.map(|at| at.to_rfc3339()),
            "next_due": next_due.map(|at| at.to_rfc3339()),
        });
        answer.line(object, |words| {
            let kept = match held.period {
                Period::Hours(hours) => words.say_count("period", "{n} hour", "{n} hours", hours as usize),
                Period::Days(days) => words.say_count("period", "{n} day", "{n} days", days as usize),
                Period::Months(months) => words.say_count("period", "{n} month", "{n} months", months as usize),
            };
            let due = next_due.map_or_else(|| "–".to_owned(), |at| dates::date_and_time(&at, words.language()));
            let values: [(&str, &dyn std::fmt::Display); 4] =
                [("class", &class_name(words, held.class)), ("rule", &kept), ("records", &held.records), ("due", &due)];
            words.say_with("cli", "{class}: {records}, kept for {rule}, next due {due}", &values)
        })?;
    }
    Ok(())
}

/// What a class is called among people.
pub(super) fn class_name(words: Words, class: Class) -> String {
    match class {
        Class::Visit => words.say("class", "Visits"),
        Class::Invitation => words.say("class", "Invitations"),
        Class::Message => words.say("class", "Waiting messages"),
        Class::Event => words.say("class", "Events"),
        Class::Participant => words.say("class", "Participants"),
        Class::ConsentEvidence => words.say("class", "Proofs of consent"),
        Class::Scan => words.say("class", "Scans"),
        Class::AuditEntry => words.say("class", "Audit entries"),
        Class::Receipt => words.say("class", "Receipts"),
    }
}
