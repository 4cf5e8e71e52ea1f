//! Velkommen: a reception and event kiosk that forgets people on time.

#![deny(unsafe_code)]

pub mod documents;
pub mod domain;
