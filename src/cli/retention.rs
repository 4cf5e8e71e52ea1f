//! `velkommen retention`: what is kept, under which rule, and when it goes.

use serde_json::json;

use super::answer::{Answer, Failure};
use crate::desk::Desk;
use crate::desk::show_retention::{Period, show_retention};
use crate::documents::dates;
use crate::domain::access::Actor;

pub fn run(desk: &mut Desk, answer: &Answer) -> Result<(), Failure> {
    let zone = desk.config().zone;
    for held in show_retention(desk, &Actor::Operator)? {
        let local = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| at.with_timezone(&zone));
        let (oldest, next_due) = (local(held.oldest), local(held.next_due));
        let rule = match held.period {
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
            let due = next_due.map_or_else(|| "–".to_owned(), |at| dates::date_and_time(&at, words.language()));
            let values: [(&str, &dyn std::fmt::Display); 4] =
                [("class", &held.class.word()), ("rule", &rule), ("records", &held.records), ("due", &due)];
            words.say_with("cli", "{class}: {records} records, rule {rule}, next due {due}", &values)
        })?;
    }
    Ok(())
}
