//! Kinds and states of devices as the window knows them, and what of them can be chosen on the screen.

use velkommen_ui as ui;

use crate::desk::choose_device::DeviceChoice;
use crate::devices::{DeviceKind, DeviceState};
use crate::domain::config::Config;

pub fn kind_out(kind: DeviceKind) -> ui::DeviceKind {
    match kind {
        DeviceKind::Camera => ui::DeviceKind::Camera,
        DeviceKind::Scanner => ui::DeviceKind::Scanner,
        DeviceKind::Printer => ui::DeviceKind::Printer,
        DeviceKind::Mail => ui::DeviceKind::Mail,
        DeviceKind::Webhook => ui::DeviceKind::Webhook,
        DeviceKind::Sound => ui::DeviceKind::Sound,
        DeviceKind::Speech => ui::DeviceKind::Speech,
    }
}

pub fn kind_in(kind: ui::DeviceKind) -> DeviceKind {
    match kind {
        ui::DeviceKind::Camera => DeviceKind::Camera,
        ui::DeviceKind::Scanner => DeviceKind::Scanner,
        ui::DeviceKind::Printer => DeviceKind::Printer,
        ui::DeviceKind::Mail => DeviceKind::Mail,
        ui::DeviceKind::Webhook => DeviceKind::Webhook,
        ui::DeviceKind::Sound => DeviceKind::Sound,
        ui::DeviceKind::Speech => DeviceKind::Speech,
    }
}

pub fn state_out(state: DeviceState) -> ui::DeviceState {
    match state {
        DeviceState::Ready => ui::DeviceState::Ready,
        DeviceState::Off => ui::DeviceState::Off,
        DeviceState::Starting => ui::DeviceState::Starting,
        DeviceState::Absent => ui::DeviceState::Absent,
        DeviceState::NoRights => ui::DeviceState::NoRights,
        DeviceState::Busy => ui::DeviceState::Busy,
        DeviceState::Silent => ui::DeviceState::Silent,
        DeviceState::Frozen => ui::DeviceState::Frozen,
        DeviceState::Dark => ui::DeviceState::Dark,
        DeviceState::OutOfPaper => ui::DeviceState::OutOfPaper,
        DeviceState::CoverOpen => ui::DeviceState::CoverOpen,
        DeviceState::Paused => ui::DeviceState::Paused,
        DeviceState::Refuses => ui::DeviceState::Refuses,
        DeviceState::Untrusted => ui::DeviceState::Untrusted,
        DeviceState::Rejected => ui::DeviceState::Rejected,
        DeviceState::Failed => ui::DeviceState::Failed,
    }
}

/// What is in use; `None` for a kind that stands in the desk's own file alone.
pub fn present(config: &Config, kind: DeviceKind) -> Option<DeviceChoice> {
    match kind {
        DeviceKind::Camera => Some(DeviceChoice::Camera(config.camera.clone())),
        DeviceKind::Scanner => Some(DeviceChoice::Scanners(config.scanners.clone())),
        DeviceKind::Printer => Some(DeviceChoice::Printer(config.printer.clone())),
        DeviceKind::Mail | DeviceKind::Webhook | DeviceKind::Sound | DeviceKind::Speech => None,
    }
}

/// Whether devices of this kind can be chosen here.
pub fn can_choose(kind: DeviceKind) -> bool {
    nothing(kind).is_some()
}

/// None of this kind.
pub fn nothing(kind: DeviceKind) -> Option<DeviceChoice> {
    present(&Config::default(), kind)
}
