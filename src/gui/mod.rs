//! One presenter per page: `connect` wires its callbacks, `refresh` fills it, pure mappers turn outcomes into Slint
//! values. No SQL, no rules, no wording.

mod add_participant;
mod aloud;
pub mod ask;
mod badges;
mod burst;
pub mod camera;
mod check_in;
mod chimes;
pub mod choose_device;
mod clock;
pub mod closed;
pub mod devices;
mod doors;
mod event;
mod events;
mod find_me;
mod home;
pub mod import;
mod kiosk;
mod look;
mod my_ticket;
mod notice;
pub mod outbox;
mod participant;
mod photos;
pub mod print_list;
mod refusal;
pub mod roll_call;
pub mod scan;
mod settings;
mod setup;
mod sign_in;
mod sign_out;
mod signed_in;
mod signed_out;
mod ticket_code;
pub mod time;
mod today;
mod unlock;
mod visits;
mod walk_in;
mod welcome;

pub use kiosk::{Equip, Facts, Kiosk, language_out};
pub use velkommen_ui as window;
