//! The words of the field as types and the rules as pure functions. No SQL, no Slint, no files, no reading of the clock.

pub mod accent;
pub mod access;
pub mod audit;
pub mod check_in;
pub mod clock;
pub mod code;
pub mod config;
pub mod consent;
pub mod event;
pub mod fold;
pub mod ids;
pub mod language;
pub mod mail_address;
pub mod message;
pub mod name_index;
pub mod notice;
pub mod order;
pub mod participant;
pub mod participant_list;
pub mod profile;
pub mod retention;
pub mod roll_call;
pub mod staff;
pub mod text;
pub mod ticket;
pub mod visit;
