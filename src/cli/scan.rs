//! `velkommen scan`: what the camera's decoder reads in pictures. It needs no desk.

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::json;

use super::answer::{Answer, Failure};
use crate::devices::code_reader::{self, CodeText};
use crate::devices::picture::BYTES_MAX;
use crate::files;

#[derive(Debug, clap::Args)]
pub struct Scan {
    /// PNG or JPEG files
    #[arg(required = true, value_name = "PICTURE")]
    pictures: Vec<PathBuf>,
}

impl Scan {
    /// One result a picture, in their order. A file that cannot be read is named, and the others are still read.
    pub fn run(&self, answer: &Answer) -> Result<(), Failure> {
        let mut done = Ok(());
        for path in &self.pictures {
            let name = path.display().to_string();
            let begun = Instant::now();
            match read(path) {
                Ok(codes) => {
                    let ms = (begun.elapsed().as_secs_f64() * 1e4).round() / 10.0;
                    let codes: Vec<&str> = codes.iter().map(CodeText::as_str).collect();
                    let shown = shown(&name);
                    answer.line(json!({ "picture": name, "codes": codes, "ms": ms }), |words| {
                        if codes.is_empty() {
                            return words.say_with("cli", "{picture}: no code ({ms} ms)", &[("picture", &shown), ("ms", &ms)]);
                        }
                        // Escaped, so that no code writes on the terminal what it likes.
                        let codes: Vec<String> = codes.iter().map(|code| code.escape_debug().to_string()).collect();
                        format!("{shown}: {} ({ms} ms)", codes.join(" · "))
                    })?;
                }
                Err(fault) => done = Err(answer.fault(Failure::failed("file", format!("{}: {fault}", shown(&name))))),
            }
        }
        done
    }
}

/// A name without what would steer the terminal.
fn shown(name: &str) -> String {
    name.replace(char::is_control, "\u{FFFD}")
}

fn read(path: &Path) -> Result<Vec<CodeText>, String> {
    let bytes = files::read_limited(path, BYTES_MAX).map_err(|error| error.to_string())?;
    code_reader::read_file(&bytes).map_err(|fault| fault.to_string())
}
