//! The program `velkommen`.

use std::process::ExitCode;

use clap::Parser;

/// With every frame of a table that is scrolled, rows come and go; the system's own allocator takes three times as long.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    velkommen::app::run(&velkommen::cli::Args::parse())
}
