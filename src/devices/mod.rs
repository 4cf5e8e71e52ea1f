//! The outside world, each part behind a small trait or type with a real and a file-backed implementation. No rules.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use rustix::io::Errno;

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
pub mod scanner;
pub mod sound;
pub mod speech;
pub mod webhook;

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

/// A device that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What goes into the config.
    pub address: String,
    /// What people call it.
    pub name: String,
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

/// How a device is, for whoever looks after the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceStatus {
    pub kind: DeviceKind,
    /// As it was chosen, or what was found; empty where none is in use.
    pub name: String,
    pub state: DeviceState,
    /// What is wrong and what helps, in English as in the log.
    pub fault: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceKind {
    Camera,
    Scanner,
    Printer,
    Mail,
    Webhook,
    Sound,
    Speech,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceState {
    /// It works, as far as can be seen without using it.
    Ready,
    /// None was chosen.
    Off,
    /// It was asked, and has not answered yet.
    Starting,
    /// It is not plugged in, or not installed.
    Absent,
    /// The account of the kiosk may not use it.
    NoRights,
    /// Another program has it.
    Busy,
    /// Nobody answers there.
    Silent,
    /// The same picture again and again.
    Frozen,
    /// Nothing is to be seen.
    Dark,
    OutOfPaper,
    CoverOpen,
    Paused,
    /// It takes nothing from this desk.
    Refuses,
    /// It does not prove who it is.
    Untrusted,
    /// It does not take our name or password.
    Rejected,
    /// Anything else; the fault says what.
    Failed,
}

impl DeviceKind {
    /// For scripts.
    pub fn word(self) -> &'static str {
        match self {
            DeviceKind::Camera => "camera",
            DeviceKind::Scanner => "scanner",
            DeviceKind::Printer => "printer",
            DeviceKind::Mail => "mail",
            DeviceKind::Webhook => "webhook",
            DeviceKind::Sound => "sound",
            DeviceKind::Speech => "speech",
        }
    }
}

impl DeviceState {
    /// For scripts.
    pub fn word(self) -> &'static str {
        match self {
            DeviceState::Ready => "ready",
            DeviceState::Off => "off",
            DeviceState::Starting => "starting",
            DeviceState::Absent => "absent",
            DeviceState::NoRights => "no_rights",
            DeviceState::Busy => "busy",
            DeviceState::Silent => "silent",
            DeviceState::Frozen => "frozen",
            DeviceState::Dark => "dark",
            DeviceState::OutOfPaper => "out_of_paper",
            DeviceState::CoverOpen => "cover_open",
            DeviceState::Paused => "paused",
            DeviceState::Refuses => "refuses",
            DeviceState::Untrusted => "untrusted",
            DeviceState::Rejected => "rejected",
            DeviceState::Failed => "failed",
        }
    }
}

impl DeviceStatus {
    pub fn ready(kind: DeviceKind, name: impl Into<String>) -> DeviceStatus {
        DeviceStatus::of(kind, name, DeviceState::Ready)
    }

    pub fn of(kind: DeviceKind, name: impl Into<String>, state: DeviceState) -> DeviceStatus {
        DeviceStatus { kind, name: name.into(), state, fault: None }
    }

    pub fn off(kind: DeviceKind) -> DeviceStatus {
        DeviceStatus::of(kind, "", DeviceState::Off)
    }

    /// What went wrong with a device when it was opened or used.
    pub fn failed(kind: DeviceKind, name: impl Into<String>, error: &io::Error) -> DeviceStatus {
        let state = match (error.kind(), Errno::from_io_error(error)) {
            (_, Some(Errno::NODEV | Errno::NXIO)) | (io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused, _) => DeviceState::Absent,
            (io::ErrorKind::PermissionDenied, _) => DeviceState::NoRights,
            (io::ErrorKind::ResourceBusy, _) => DeviceState::Busy,
            _ => DeviceState::Failed,
        };
        DeviceStatus { kind, name: name.into(), state, fault: Some(error.to_string()) }
    }
}

/// Where a program is installed.
fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}
