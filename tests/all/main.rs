//! Every integration test, in one binary: one file per feature.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod cli;
mod clock;
mod disk_full;
mod erase;
mod faketime;
mod given;
mod hard_names;
mod kill;
mod program;
mod retention;
mod sign_in;
mod sign_out;
mod staff;
mod store;
