//! Every integration test, in one binary: one file per feature.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

#[cfg(feature = "headless")]
mod accessibility;
mod catalogue;
mod check_in;
mod cli;
mod clock;
#[cfg(feature = "headless")]
mod clock_page;
mod contrast;
mod disk_full;
mod erase;
#[cfg(feature = "headless")]
mod event_pages;
mod event_program;
mod faketime;
mod forged_tickets;
mod given;
mod hard_names;
#[cfg(feature = "headless")]
mod idle;
mod import_participants;
mod kill;
#[cfg(feature = "headless")]
mod kiosk_given;
mod participant_files;
mod past_schema;
mod photo_consent;
mod program;
mod retention;
#[cfg(feature = "headless")]
mod scanner;
#[cfg(feature = "headless")]
mod screen_help;
#[cfg(feature = "headless")]
mod setup_page;
mod sign_in;
#[cfg(feature = "headless")]
mod sign_in_page;
mod sign_out;
#[cfg(feature = "headless")]
mod sign_out_page;
mod source;
mod staff;
#[cfg(feature = "headless")]
mod staff_pages;
mod store;
mod tidy;
