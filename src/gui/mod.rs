//! The window. The kiosk is at the bottom and knows no page; each page has a presenter in `pages`: `connect` wires its
//! callbacks, `refresh` fills it, pure mappers turn outcomes into Slint values. No SQL, no rules, no wording.

mod aloud;
pub mod ask;
pub mod badges;
mod burst;
pub mod camera;
mod chimes;
pub mod clipboard;
pub mod closed;
mod device_kind;
mod doors;
mod drawers;
mod evacuations;
mod faults;
mod kiosk;
mod look;
mod open_event;
pub mod outbox;
mod pace;
pub mod pages;
mod rail;
pub mod roll_call_paper;
mod rows;
pub mod scan;
pub mod time;
mod to;

pub use kiosk::{Equip, Facts, Kiosk, language_out};
pub use velkommen_ui as window;
