//! Printing and waiting for it, and how a printer is in words.

use std::sync::mpsc;

use super::answer::Failure;
use crate::devices::printer::{Job, Printer, State};
use crate::documents::words::Words;

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
