//! Every integration test, in one binary: one file per feature.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

#[cfg(feature = "headless")]
mod accessibility;
#[cfg(feature = "headless")]
mod answers;
#[cfg(feature = "headless")]
mod at_spi;
#[cfg(feature = "headless")]
mod badge_truth;
#[cfg(feature = "headless")]
mod by_keyboard;
mod camera;
mod catalogue;
mod check_in;
mod choose_device;
mod cli;
mod clock;
#[cfg(feature = "headless")]
mod clock_page;
mod code_pictures;
mod code_reader;
#[cfg(feature = "headless")]
mod complaints;
mod contrast;
mod demo;
mod device_pages;
mod devices;
#[cfg(feature = "headless")]
mod devices_gone;
mod disk_full;
mod display;
#[cfg(feature = "headless")]
mod double_tap;
mod erase;
#[cfg(feature = "headless")]
mod event_pages;
mod event_program;
#[cfg(feature = "headless")]
mod every_look;
#[cfg(feature = "headless")]
mod every_page;
mod faketime;
mod files;
mod forged_tickets;
mod given;
mod hard_names;
#[cfg(feature = "headless")]
mod idle;
mod import_participants;
mod invitation;
mod kill;
#[cfg(feature = "headless")]
mod kiosk_given;
mod label_pictures;
mod mail;
mod mail_servers_that_mean_ill;
#[cfg(feature = "headless")]
mod motion;
mod old_folder;
mod packaging;
mod page_rules;
mod participant_files;
mod past_schema;
mod people_inside;
mod photo_consent;
#[cfg(feature = "headless")]
mod pixels;
mod printing;
mod program;
mod promises;
mod query_plans;
#[cfg(feature = "headless")]
mod read_aloud;
mod requirements;
mod retention;
#[cfg(feature = "headless")]
mod roles;
mod roll_call;
#[cfg(feature = "headless")]
mod roll_call_page;
mod scan;
#[cfg(feature = "headless")]
mod scanner;
#[cfg(feature = "headless")]
mod screen_help;
mod servers;
#[cfg(feature = "headless")]
mod setup_page;
mod sign_in;
#[cfg(feature = "headless")]
mod sign_in_page;
mod sign_out;
#[cfg(feature = "headless")]
mod sign_out_page;
#[cfg(feature = "headless")]
mod snapshots;
#[cfg(feature = "headless")]
mod sound;
mod source;
mod staff;
#[cfg(feature = "headless")]
mod staff_pages;
mod store;
mod tidy;
mod webhook;
