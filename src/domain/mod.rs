//! The words of the field as types, and the rules as pure functions.

pub mod language;
