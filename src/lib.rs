//! Velkommen: a reception and event kiosk that forgets people on time. `ARCHITECTURE.md` explains the rooms.

pub mod app;
pub mod cli;
pub mod desk;
pub mod devices;
pub mod documents;
pub mod domain;
pub mod files;
pub mod gui;
pub mod store;
