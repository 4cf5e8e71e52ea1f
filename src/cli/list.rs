//! `velkommen list`: the participant list, as a file or printed.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use serde_json::json;

use super::answer::{Answer, Failure, boxes};
use super::equip::Equip;
use super::event::parse_event;
use super::printing::print_and_wait;
use super::refusal::no_event;
use crate::desk::Desk;
use crate::desk::participant_list::{Use, participant_list};
use crate::devices::printer::{Printer, QueuePrinter};
use crate::documents::participant_list::{self as paper, Dialect};
use crate::documents::words::Words;
use crate::domain::access::Actor;
use crate::domain::ids::EventId;

#[derive(Debug, clap::Args)]
pub struct List {
    #[arg(long, value_parser = parse_event)]
    event: EventId,
    /// Where to; the ending says as what
    #[arg(long, value_name = "FILE.pdf|.csv", required_unless_present = "print")]
    out: Option<PathBuf>,
    /// Print it and wait until it is out, at most a minute
    #[arg(long, conflicts_with = "out")]
    print: bool,
    /// Where to print it [default: the desk's printer]
    #[arg(long, value_name = "IPP-URI", requires = "print")]
    printer: Option<String>,
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
    pub fn run(&self, desk: &mut Desk, equip: Equip, answer: &Answer) -> Result<(), Failure> {
        let words = answer.words();
        let ending = self.out.as_deref().and_then(Path::extension).and_then(OsStr::to_str).map(str::to_ascii_lowercase);
        let printer = if self.print { Some(self.printer(desk, equip, words)?) } else { None };
        let format = match ending.as_deref() {
            _ if self.print => "print",
            Some("pdf") => "pdf",
            Some("csv") => "csv",
            _ => return Err(Failure::refused("format", Some("out"), words.say("cli", "A list is written as .pdf or .csv."))),
        };
        let Some(list) = participant_list(desk, &Actor::Operator, self.event, Use::HandOut(format))? else { return Err(no_event(words)) };
        let missing = if format != "csv" { paper::missing_scripts(&list) } else { Vec::new() };
        answer.warn_of_boxes(&missing);
        let bytes = if format != "csv" {
            paper::render_pdf(&list, words.language()).map_err(|error| Failure::failed("document", error.to_string()))?
        } else {
            let dialect = match self.dialect {
                Separator::Semicolon => Dialect::Semicolon,
                Separator::Comma => Dialect::Comma,
            };
            paper::render_csv(&list, words.language(), dialect)
        };
        let people = list.entries.len();
        let missing = boxes(&missing);
        if let Some(printer) = printer {
            print_and_wait(&*printer, "list", bytes, words)?;
            let place = printer.place_of("list");
            return answer.line(json!({ "printer": place, "people": people, "run": list.run, "missing": missing }), |words| {
                words.say_with("cli", "{people} people, printed at {printer}.", &[("people", &people), ("printer", &place)])
            });
        }
        let file = self.out.as_deref().unwrap_or(Path::new(""));
        crate::files::write_private(file, &bytes)?;
        let path = file.display().to_string();
        answer.line(json!({ "file": path, "people": people, "run": list.run, "missing": missing }), |words| {
            words.say_with("cli", "{people} people, in {file}.", &[("people", &people), ("file", &path)])
        })
    }

    /// The printer that was named, else the desk's.
    fn printer(&self, desk: &Desk, equip: Equip, words: Words) -> Result<Arc<dyn Printer>, Failure> {
        let wrong = |fault| Failure::refused("printer", Some("printer"), fault);
        if let Some(uri) = &self.printer {
            return Ok(Arc::new(QueuePrinter::ipp(uri, None).map_err(wrong)?));
        }
        let printer = (equip.printer)(desk.config()).map_err(wrong)?.filter(|printer| printer.takes("list"));
        printer.ok_or_else(|| {
            Failure::refused("no_printer", Some("printer"), words.say("cli", "This desk has no printer: name one with --printer."))
        })
    }
}
