//! Composition: which part of the program a command line means, and the one queue of the window.

use std::process::ExitCode;

use crate::cli::{self, Args};

/// Runs the program.
pub fn run(args: &Args) -> ExitCode {
    log_to_stderr();
    match &args.command {
        Some(command) => cli::run(args, command),
        None => ExitCode::from(3),
    }
}

/// Log lines go to standard error and hold no personal data.
fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("VELKOMMEN_LOG").unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).without_time().init();
}
