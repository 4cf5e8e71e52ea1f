//! `velkommen roll-call`: everybody in the house, on the screen or as a PDF.

use std::path::PathBuf;

use serde_json::json;

use super::answer::{Answer, Failure, boxes};
use crate::desk::Desk;
use crate::desk::take_roll_call::take_roll_call;
use crate::documents::dates;
use crate::documents::roll_call;
use crate::domain::access::Actor;

#[derive(Debug, clap::Args)]
pub struct RollCall {
    /// Write a PDF instead of printing the names
    #[arg(long, value_name = "FILE.pdf")]
    out: Option<PathBuf>,
}

impl RollCall {
    pub fn run(&self, desk: &mut Desk, answer: &Answer) -> Result<(), Failure> {
        let taken = take_roll_call(desk, &Actor::Operator)?;
        if taken.clock_doubt.is_some() {
            answer.line(json!({ "clock_in_doubt": true }), |words| {
                words.say("cli", "The clock is in doubt: nobody is left out because of the hour.")
            })?;
        }
        let Some(file) = &self.out else {
            return taken.people.iter().try_for_each(|person| {
                let object =
                    json!({ "name": person.name, "company": person.company, "host": person.here_for.name(), "since": person.since.to_rfc3339() });
                answer.line(object, |words| {
                    let company = person.company.as_deref().unwrap_or_default();
                    format!("[ ] {}  {}  {company}", dates::time(&person.since, words.language()), person.name)
                })
            });
        };
        let count = taken.people.len();
        let missing = roll_call::missing_scripts(&taken);
        answer.warn_of_boxes(&missing);
        let pdf = roll_call::render(&taken, answer.words().language()).map_err(|error| Failure::failed("document", error.to_string()))?;
        crate::files::write_private(file, &pdf)?;
        let path = file.display().to_string();
        answer.line(json!({ "file": path, "people": count, "missing": boxes(&missing) }), |words| {
            words.say_with("cli", "{people} people, in {file}.", &[("people", &count), ("file", &path)])
        })
    }
}
