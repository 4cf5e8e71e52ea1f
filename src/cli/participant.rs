//! `velkommen participant`: who is registered for an event.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::answer::{Answer, Failure};
use super::event::parse_event;
use super::refusal::{field_refusal, no_event};
use crate::desk::Desk;
use crate::desk::add_participant::{AddParticipant, AddParticipantOutcome, Way, add_participant};
use crate::desk::find_participant::{Filter, FindParticipant, find_participant};
use crate::desk::import_participants::{BadRows, ImportOutcome, Imported, Run, import_participants};
use crate::documents::participant_file::{self, FileField, ParticipantFileFault};
use crate::documents::words::Words;
use crate::domain::access::Actor;
use crate::domain::check_in::Direction;
use crate::domain::ids::EventId;
use crate::domain::participant::{BadRow, RowFault};
use crate::domain::text::TextFault;

/// Most participants that a search prints.
const FOUND_MAX: usize = 1000;

#[derive(Debug, Subcommand)]
pub enum Participant {
    /// Take the participants of another system's file; the same file twice changes nothing
    Import {
        file: PathBuf,
        #[arg(long, value_parser = parse_event)]
        event: EventId,
        /// What a column is, where its header does not say so: name=Fulde navn; repeats
        #[arg(long = "map", value_name = "FIELD=COLUMN", value_parser = parse_map)]
        mapping: Vec<(FileField, String)>,
        /// Take the good rows even where others are bad
        #[arg(long)]
        skip_bad: bool,
        /// Check and count, and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Add one participant with a ticket
    Add {
        #[arg(long, value_parser = parse_event)]
        event: EventId,
        #[arg(long, allow_hyphen_values = true)]
        name: String,
        #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
        title: String,
        #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
        company: String,
        #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
        ticket_type: String,
        #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
        table: String,
        #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
        room: String,
    },
    /// Find participants by beginnings of words of name and company
    Find {
        #[arg(allow_hyphen_values = true)]
        text: String,
        #[arg(long, value_parser = parse_event)]
        event: EventId,
    },
}

fn parse_map(text: &str) -> Result<(FileField, String), String> {
    let (field, column) = text.split_once('=').ok_or_else(|| "write it as FIELD=COLUMN".to_owned())?;
    let field = FileField::parse(field).ok_or_else(|| format!("a field is one of: {}", FileField::ALL.map(FileField::word).join(", ")))?;
    Ok((field, column.to_owned()))
}

impl Participant {
    pub fn run(&self, desk: &mut Desk, answer: &Answer) -> Result<(), Failure> {
        match self {
            Participant::Import { file, event, mapping, skip_bad, dry_run } => {
                let unread = |fault: ParticipantFileFault| match fault {
                    ParticipantFileFault::NotThere | ParticipantFileFault::Unreadable | ParticipantFileFault::ChangedWhileRead => {
                        Failure::failed(fault.word(), fault.to_string())
                    }
                    fault => Failure::refused(fault.word(), Some("file"), fault.to_string()),
                };
                let bytes = participant_file::load(file).map_err(unread)?;
                let table = participant_file::read(&bytes, mapping).map_err(unread)?;
                drop(bytes);
                let bad_rows = if *skip_bad { BadRows::Skip } else { BadRows::Refuse };
                let run = if *dry_run { Run::Dry } else { Run::Real };
                match import_participants(desk, &Actor::Operator, *event, table, bad_rows, run)? {
                    ImportOutcome::Imported(imported) => answer.line(counts(&imported), |words| sentence(words, &imported)),
                    ImportOutcome::Refused(imported) => {
                        answer.line(counts(&imported), |words| sentence(words, &imported))?;
                        Err(Failure::already_said())
                    }
                    ImportOutcome::NoEvent => Err(no_event(answer.words())),
                    ImportOutcome::Stopped => unreachable!("nobody can stop a command but by ending it"),
                    ImportOutcome::Busy => Err(Failure::refused(
                        "busy",
                        None,
                        answer.words().say("cli", "Another import is under way. Try again when it is done."),
                    )),
                }
            }
            Participant::Add { event, name, title, company, ticket_type, table, room } => {
                let input = AddParticipant {
                    event: *event,
                    name: name.clone(),
                    title: title.clone(),
                    company: company.clone(),
                    ticket_type: ticket_type.clone(),
                    table: table.clone(),
                    room: room.clone(),
                };
                match add_participant(desk, &Actor::Operator, &input, Way::ByStaff)? {
                    AddParticipantOutcome::Added(added) => {
                        let object = json!({
                            "participant": added.participant.to_string(),
                            "ticket": added.ticket.as_str(),
                            "code": added.short_code.as_str(),
                        });
                        answer.line(object, |words| {
                            words.say_with("cli", "Added. The code of the ticket is {code}.", &[("code", &added.short_code.shown())])
                        })
                    }
                    AddParticipantOutcome::Refused(faults) => Err(field_refusal(answer.words(), &faults)),
                    AddParticipantOutcome::NoEvent | AddParticipantOutcome::NoWalkIns => Err(no_event(answer.words())),
                }
            }
            Participant::Find { text, event } => {
                let input = FindParticipant { event: *event, typed: text.clone(), filter: Filter::Everybody, offset: 0, limit: FOUND_MAX };
                for row in find_participant(desk, &Actor::Operator, &input)?.rows {
                    let inside_since = row.last.filter(|(_, direction, _)| *direction == Direction::Entry).map(|(_, _, at)| at);
                    let object = json!({
                        "participant": row.id.to_string(),
                        "name": row.name,
                        "title": row.title,
                        "company": row.company,
                        "status": row.status.word(),
                        "inside_since": inside_since.map(|at| at.with_timezone(&desk.config().zone).to_rfc3339()),
                        "scan": row.last.map(|(scan, _, _)| scan.to_string()),
                        "code": row.short_code,
                    });
                    answer
                        .line(object, |_| [Some(row.name), row.title, row.company].into_iter().flatten().collect::<Vec<_>>().join(", "))?;
                }
                Ok(())
            }
        }
    }
}

fn counts(imported: &Imported) -> serde_json::Value {
    let bad_rows: Vec<_> = imported
        .bad_rows
        .iter()
        .map(|bad| {
            let (reason, field) = reason(bad);
            json!({ "line": bad.line, "reason": reason, "field": field })
        })
        .collect();
    json!({
        "added": imported.added,
        "changed": imported.changed,
        "unchanged": imported.unchanged,
        "cancelled": imported.cancelled,
        "bad_rows": bad_rows,
        "dropped_columns": imported.dropped_columns,
        "ignored_check_ins": imported.had_check_ins,
    })
}

/// The word for scripts, and the field where there is one.
fn reason(bad: &BadRow) -> (&'static str, Option<&'static str>) {
    match bad.reason {
        RowFault::NoName => ("no_name", Some("name")),
        RowFault::DoubledCode { .. } => ("doubled_code", Some("ticket_code")),
        RowFault::Torn => ("torn", None),
        RowFault::Cell(field, TextFault::Missing) => ("missing", Some(field.word())),
        RowFault::Cell(field, TextFault::TooLong { .. }) => ("too_long", Some(field.word())),
        RowFault::Cell(field, TextFault::ControlCharacter) => ("control_character", Some(field.word())),
        RowFault::Code => ("code", Some("ticket_code")),
    }
}

fn sentence(words: Words, imported: &Imported) -> String {
    let values: [(&str, &dyn std::fmt::Display); 4] =
        [("added", &imported.added), ("changed", &imported.changed), ("unchanged", &imported.unchanged), ("bad", &imported.bad_rows.len())];
    let mut lines = vec![words.say_with("cli", "{added} added, {changed} changed, {unchanged} unchanged, {bad} rows not taken.", &values)];
    for bad in &imported.bad_rows {
        let line: (&str, &dyn std::fmt::Display) = ("line", &bad.line);
        lines.push(match bad.reason {
            RowFault::NoName => words.say_with("cli", "Line {line}: there is no name.", &[line]),
            RowFault::DoubledCode { first } => {
                words.say_with("cli", "Line {line}: line {first} has the same ticket code.", &[line, ("first", &first)])
            }
            RowFault::Torn => words.say_with("cli", "Line {line}: it has more or fewer cells than the header.", &[line]),
            RowFault::Cell(field, TextFault::TooLong { max }) => {
                let values: [(&str, &dyn std::fmt::Display); 3] = [line, ("field", &field.word()), ("max", &max)];
                words.say_with("cli", "Line {line}: {field} has more than {max} characters.", &values)
            }
            RowFault::Cell(field, _) => words.say_with("cli", "Line {line}: {field} cannot be read.", &[line, ("field", &field.word())]),
            RowFault::Code => words.say_with("cli", "Line {line}: no scanner can read this ticket code.", &[line]),
        });
    }
    if !imported.dropped_columns.is_empty() {
        let columns = imported.dropped_columns.join(", ");
        lines.push(words.say_with("cli", "Not kept: {columns}.", &[("columns", &columns)]));
    }
    if imported.had_check_ins {
        lines.push(words.say("cli", "The file's own check-in times are not taken."));
    }
    lines.join("\n")
}
