//! The outside world, each part behind a small trait with a real and a file-backed implementation. No rules.

use std::sync::Arc;

pub mod files;
pub mod printer;
pub mod sound;
pub mod speech;

use printer::Printer;
use sound::Player;
use speech::Voice;

/// What a kiosk has around it; what is absent is simply not offered.
#[derive(Clone, Default)]
pub struct Devices {
    pub printer: Option<Arc<dyn Printer>>,
    pub player: Option<Arc<dyn Player>>,
    pub voice: Option<Arc<dyn Voice>>,
}
