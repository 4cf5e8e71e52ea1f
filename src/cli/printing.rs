//! Printers as a desk's config names them, and how they are in words.

use std::sync::Arc;
use std::sync::mpsc;

use super::answer::Failure;
use crate::devices::printer::zpl::Density;
use crate::devices::printer::{FolderPrinter, Job, PrintFault, Printer, PrinterPerKind, QueuePrinter, State};
use crate::documents::words::Words;
use crate::domain::config::{self, Config, LabelSize};

/// The printers of a desk; `None` if it has none.
///
/// # Errors
/// What is wrong with an address.
pub fn printer_of(config: &Config) -> Result<Option<Arc<dyn Printer>>, PrintFault> {
    let rest = config.printer.as_ref().map(open).transpose()?;
    let kinds = [("badge", &config.printers.badge), ("roll-call", &config.printers.roll_call), ("list", &config.printers.list)];
    let mut own = Vec::new();
    for (kind, printer) in kinds {
        if let Some(printer) = printer {
            own.push((kind, open(printer)?));
        }
    }
    Ok(match rest {
        rest if own.is_empty() => rest,
        rest => Some(Arc::new(PrinterPerKind { own, rest })),
    })
}

fn open(printer: &config::Printer) -> Result<Arc<dyn Printer>, PrintFault> {
    let size = |label: &Option<LabelSize>| label.map(|label| (label.width_mm, label.height_mm));
    Ok(match printer {
        config::Printer::Folder(folder) => Arc::new(FolderPrinter::new(folder.clone())),
        config::Printer::Ipp(printer) => Arc::new(QueuePrinter::ipp(&printer.uri, size(&printer.label))?),
        config::Printer::Zebra(printer) => {
            let density = Density::of_dpi(printer.dpi).ok_or_else(|| format!("no label printer has {} dpi", printer.dpi))?;
            Arc::new(QueuePrinter::zebra(&printer.uri, density, size(&printer.label))?)
        }
    })
}

/// How a printer is, in words, and what to do about it.
pub fn say_state(words: Words, state: State) -> String {
    match state {
        State::Unknown => words.say("printer", "The printer does not say how it is."),
        State::Ready => words.say("printer", "The printer is ready."),
        State::Printing => words.say("printer", "The printer is printing."),
        State::NoPaper => words.say("printer", "The printer is out of paper."),
        State::CoverOpen => words.say("printer", "The printer's cover is open."),
        State::Jammed => words.say("printer", "Paper is jammed in the printer."),
        State::NoInk => words.say("printer", "The printer is out of ink, toner or ribbon."),
        State::Paused => words.say("printer", "The printer is paused."),
        State::Refuses => words.say("printer", "The printer does not take papers from this desk."),
        State::TakesNoPdf => words.say("printer", "The printer takes no PDF. Print through CUPS instead."),
        State::NoAnswer => words.say("printer", "The printer does not answer. Is it on, and connected?"),
        State::NotAPrinter => words.say("printer", "No printer is at this address."),
    }
}

/// Prints a paper and waits until it is out, or is not going to be.
pub(super) fn print_and_wait(printer: &dyn Printer, kind: &'static str, pdf: Vec<u8>, words: Words) -> Result<(), Failure> {
    let (told, hears) = mpsc::channel();
    // Whoever waited may be gone.
    let printed = Box::new(move |outcome| drop(told.send(outcome)));
    printer.print(Job::new(kind, Box::new(move || Ok(pdf)), printed));
    match hears.recv() {
        Ok(Ok(())) => Ok(()),
        Ok(Err(fault)) => {
            let state = printer.status(kind).state;
            let said = if state.can_print() { words.say("printer", "It could not be printed.") } else { say_state(words, state) };
            let word = if state.can_print() { "print" } else { state.word() };
            tracing::debug!(fault, "not printed");
            Err(Failure::failed(word, said))
        }
        Err(_) => Err(Failure::failed("print", words.say("printer", "It could not be printed."))),
    }
}
