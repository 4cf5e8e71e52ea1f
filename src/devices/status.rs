//! How a device is, and which ones can be chosen, in words that are the same for every kind.

use std::io;

use rustix::io::Errno;

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

/// A device that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What goes into the config.
    pub address: String,
    /// What people call it.
    pub name: String,
}
