//! One presenter per page: `connect` wires its callbacks, `refresh` fills it, pure mappers turn outcomes into Slint
//! values. No SQL, no rules, no wording.

pub mod ask;
mod clock;
pub mod closed;
mod home;
mod kiosk;
mod notice;
pub mod roll_call;
mod scan;
mod settings;
mod setup;
mod sign_in;
mod sign_out;
mod signed_in;
mod signed_out;
pub mod time;
mod today;
mod unlock;
mod visits;
pub mod window;

pub use kiosk::Kiosk;
