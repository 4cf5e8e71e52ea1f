//! What a command prints and how it ends: for a person in sentences, for a script one JSON object a line.

use std::io::Write;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::documents::Missing;
use crate::documents::words::Words;
use crate::domain::language::Language;

/// The letters that are boxes on a paper, for a script.
pub fn boxes(missing: &[Missing]) -> Vec<Value> {
    missing.iter().map(|missing| json!({ "script": missing.script, "people": missing.entries })).collect()
}

/// Where results go.
pub struct Answer {
    json: bool,
    words: Words,
}

/// Why a command did not do what it was asked for.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    is_said: bool,
    kind: &'static str,
    word: &'static str,
    field: Option<&'static str>,
    message: String,
}

impl Failure {
    /// The desk said no; a message for people says why.
    pub fn refused(word: &'static str, field: Option<&'static str>, message: impl Into<String>) -> Failure {
        Failure { code: 1, is_said: false, kind: "refused", word, field, message: message.into() }
    }

    /// The desk said no, and the result that was printed says so.
    pub fn already_said() -> Failure {
        Failure { code: 1, is_said: true, kind: "refused", word: "", field: None, message: String::new() }
    }

    /// The program could not.
    pub fn failed(word: &'static str, message: impl Into<String>) -> Failure {
        Failure { code: 3, is_said: false, kind: "error", word, field: None, message: message.into() }
    }
}

/// Reading or writing a file that the command names.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::failed("file", error.to_string())
    }
}

impl Answer {
    pub fn new(json: bool, language: Language) -> Answer {
        Answer { json, words: Words::of(language) }
    }

    pub fn words(&self) -> Words {
        self.words
    }

    /// One result: the object for a script, the sentence for a person.
    pub fn line(&self, object: Value, sentence: impl FnOnce(Words) -> String) -> Result<(), Failure> {
        let line = if self.json { object.to_string() } else { sentence(self.words) };
        // Written and flushed at once: whoever reads it may act on it before the program ends.
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}").and_then(|()| out.flush()).map_err(Failure::from)
    }

    /// Something a person should know beside the result. A script reads it in the result.
    pub fn warn(&self, sentence: impl FnOnce(Words) -> String) {
        if !self.json {
            // Nobody is left to tell when the terminal is gone.
            drop(writeln!(std::io::stderr().lock(), "{}", sentence(self.words)));
        }
    }

    /// That a paper shows boxes in place of letters. A script reads it in the result, as [`boxes`].
    pub fn warn_of_boxes(&self, missing: &[Missing]) {
        for missing in missing {
            let values: [(&str, &dyn std::fmt::Display); 2] = [("script", &missing.script), ("people", &missing.entries)];
            self.warn(|words| {
                words.say_with(
                    "cli",
                    "This computer has no letters of the script {script}, which {people} people need; they are boxes on the paper.",
                    &values,
                )
            });
        }
    }

    /// Says how it ended.
    pub fn end(&self, done: Result<(), Failure>) -> ExitCode {
        let Err(failure) = done else { return ExitCode::SUCCESS };
        let failure = if failure.is_said { failure } else { self.fault(failure) };
        ExitCode::from(failure.code)
    }

    /// Says what went wrong with one of several things. The command goes on, and ends with what this returns.
    pub fn fault(&self, failure: Failure) -> Failure {
        let object = json!({ failure.kind: failure.word, "field": failure.field, "message": failure.message });
        let written = if self.json {
            writeln!(std::io::stdout().lock(), "{object}")
        } else {
            writeln!(std::io::stderr().lock(), "{}", failure.message)
        };
        // Nobody is left to tell when the terminal is gone.
        drop(written);
        Failure { is_said: true, ..failure }
    }
}
