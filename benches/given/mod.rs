//! What the bench starts from.

mod ground;
mod people;

pub use ground::{Ground, an_event};
pub use people::{Draw, People};
