//! `velkommen list`: the participant list as a file.

use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::json;

use super::answer::{Answer, Failure};
use super::event::{no_event, parse_event};
use crate::desk::Desk;
use crate::desk::participant_list::{Use, participant_list};
use crate::documents::participant_list::{self as paper, Dialect, ListEntry, ParticipantList};
use crate::domain::access::Actor;
use crate::domain::ids::EventId;

#[derive(Debug, clap::Args)]
pub struct List {
    #[arg(long, value_parser = parse_event)]
    event: EventId,
    /// Where to; the ending says as what
    #[arg(long, value_name = "FILE.pdf|.csv")]
    out: PathBuf,
    /// What stands between two cells of a CSV file
    #[arg(long, default_value = "semicolon")]
    dialect: Separator,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Separator {
    Semicolon,
    Comma,
}

impl List {
    pub fn run(&self, desk: &mut Desk, answer: &Answer) -> Result<(), Failure> {
        let words = answer.words();
        let ending = self.out.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
        let format = match ending.as_deref() {
            Some("pdf") => "pdf",
            Some("csv") => "csv",
            _ => return Err(Failure::refused("format", Some("out"), words.say("cli", "A list is written as .pdf or .csv."))),
        };
        let Some(list) = participant_list(desk, &Actor::Operator, self.event, Use::HandOut(format))? else { return Err(no_event(words)) };
        let run = list.run;
        let sheet = ParticipantList {
            organisation: desk.profile().controller.name.clone(),
            starts_at: list.starts_at.with_timezone(&list.zone),
            ends_at: list.ends_at.with_timezone(&list.zone),
            printed_at: list.printed_at.with_timezone(&list.zone),
            destroy_by: list.destroy_by.with_timezone(&list.zone),
            event: list.event,
            venue: list.venue,
            run: list.run,
            entries: list
                .entries
                .into_iter()
                .map(|person| ListEntry { name: person.name, title: person.title, company: person.company })
                .collect(),
        };
        let missing = if format == "pdf" { paper::missing_scripts(&sheet) } else { Vec::new() };
        if let Some(first) = missing.first() {
            let values: [(&str, &dyn std::fmt::Display); 2] = [("script", &first.script), ("people", &first.entries)];
            answer.warn(|words| {
                words.say_with(
                    "cli",
                    "This computer has no letters of the script {script}, which {people} people need; they are boxes on the paper.",
                    &values,
                )
            });
        }
        let bytes = if format == "pdf" {
            paper::render_pdf(&sheet, words.language()).map_err(|error| Failure::failed("document", error.to_string()))?
        } else {
            let dialect = match self.dialect {
                Separator::Semicolon => Dialect::Semicolon,
                Separator::Comma => Dialect::Comma,
            };
            paper::render_csv(&sheet, words.language(), dialect)
        };
        std::fs::write(&self.out, bytes)?;
        let (path, people) = (self.out.display().to_string(), sheet.entries.len());
        let missing: Vec<_> = missing.iter().map(|missing| json!({ "script": missing.script, "people": missing.entries })).collect();
        answer.line(json!({ "file": path, "people": people, "run": run, "missing": missing }), |words| {
            words.say_with("cli", "{people} people, in {file}.", &[("people", &people), ("file", &path)])
        })
    }
}
