//! The program `velkommen`.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    velkommen::app::run(&velkommen::cli::Args::parse())
}
