//! The outside world, each part behind a small trait with a real and a file-backed implementation. No rules.

pub mod files;
pub mod printer;
pub mod sound;
pub mod speech;
