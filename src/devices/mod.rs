//! The outside world, each part behind a small trait or type with a real and a file-backed implementation. No rules.

use std::sync::Arc;

mod bounded;
pub mod camera;
pub mod code_reader;
pub mod delivery;
pub mod files;
mod guard;
pub mod heartbeat;
pub mod mail;
pub mod picture;
pub mod printer;
mod programs;
pub mod scanner;
pub mod sound;
pub mod speech;
mod status;
pub mod webhook;

pub use status::{Candidate, DeviceKind, DeviceState, DeviceStatus};

use camera::Camera;
use mail::Mailer;
use printer::Printer;
use sound::Player;
use speech::Voice;
use webhook::Webhook;

/// What a kiosk has around it; what is absent is simply not offered.
#[derive(Clone, Default)]
pub struct Devices {
    pub camera: Option<Arc<Camera>>,
    /// Those that are read for the kiosk alone.
    pub scanners: Vec<scanner::Choice>,
    pub printer: Option<Arc<dyn Printer>>,
    pub player: Option<Arc<dyn Player>>,
    pub voice: Option<Arc<dyn Voice>>,
    pub mail: Option<Arc<Mailer>>,
    pub webhook: Option<Arc<Webhook>>,
}

impl Devices {
    /// How each is; a kind of which there is none has one line that says so. Looks into folders and sockets.
    pub fn look(&self) -> Vec<DeviceStatus> {
        let kinds = [
            (DeviceKind::Camera, self.camera.iter().map(|camera| camera.look()).collect()),
            (DeviceKind::Scanner, self.scanners.iter().map(scanner::look).collect()),
            (DeviceKind::Printer, self.printer.iter().flat_map(|printer| printer.look()).collect()),
            (DeviceKind::Mail, self.mail.iter().map(|mail| mail.look()).collect()),
            (DeviceKind::Webhook, self.webhook.iter().map(|webhook| webhook.look()).collect()),
            (DeviceKind::Sound, self.player.iter().map(|player| player.look()).collect()),
            (DeviceKind::Speech, self.voice.iter().map(|voice| voice.look()).collect()),
        ];
        let or_off = |(kind, found): (DeviceKind, Vec<_>)| if found.is_empty() { vec![DeviceStatus::off(kind)] } else { found };
        kinds.into_iter().flat_map(or_off).collect()
    }
}

/// The cameras, scanners or printers that this machine knows of. Opens cameras for a moment, and asks its print server.
pub fn list_candidates(kind: DeviceKind) -> Vec<Candidate> {
    match kind {
        DeviceKind::Camera => camera::list(),
        DeviceKind::Scanner => scanner::list(),
        DeviceKind::Printer => printer::ipp::list(printer::ipp::LOCAL)
            .inspect_err(|state| tracing::info!(state = state.word(), "the print server of this machine lists no printers"))
            .unwrap_or_default()
            .into_iter()
            .map(|found| Candidate { address: found.uri, name: found.name })
            .collect(),
        DeviceKind::Mail | DeviceKind::Webhook | DeviceKind::Sound | DeviceKind::Speech => Vec::new(),
    }
}
