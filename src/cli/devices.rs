//! `velkommen devices`: how each of them is.

use std::time::Duration;

use serde_json::json;

use super::answer::{Answer, Failure};
use super::equip::Equip;
use crate::desk::Folder;
use crate::devices::{DeviceKind, DeviceState, DeviceStatus, Devices};
use crate::documents::words::Words;
use crate::domain::config::Config;

/// How often a printer that has not answered yet is looked at again, and how many times.
const LOOK_AGAIN: (Duration, u32) = (Duration::from_millis(250), 20);

/// Looks at each device that the folder's config chooses; without a folder, at what the defaults are.
pub fn run(folder: &Folder, equip: Equip, answer: &Answer) -> Result<(), Failure> {
    let config = match crate::files::read_text_limited(&folder.config_file(), 1 << 20) {
        Ok(text) => Config::parse(&text).map_err(|fault| Failure::failed("config", fault.to_string()))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Config::default(),
        Err(error) => return Err(error.into()),
    };
    look(&(equip.devices)(&config, "")).iter().try_for_each(|status| {
        let DeviceStatus { kind, name, state, fault } = status;
        let object = json!({ "device": kind.word(), "name": name, "state": state.word(), "fault": fault });
        answer.line(object, |words| sentence(words, status))
    })
}

/// How devices are, once those that have to be asked have answered.
pub fn look(devices: &Devices) -> Vec<DeviceStatus> {
    let (pause, times) = LOOK_AGAIN;
    let mut found = devices.look();
    for _ in 0..times {
        if found.iter().all(|status| status.state != DeviceState::Starting) {
            break;
        }
        std::thread::sleep(pause);
        found = devices.look();
    }
    found
}

fn sentence(words: Words, status: &DeviceStatus) -> String {
    let kind = match status.kind {
        DeviceKind::Camera => words.say("device", "Camera"),
        DeviceKind::Scanner => words.say("device", "Scanner"),
        DeviceKind::Printer => words.say("device", "Printer"),
        DeviceKind::Mail => words.say("device", "Mail to hosts"),
        DeviceKind::Webhook => words.say("device", "Webhook"),
        DeviceKind::Sound => words.say("device", "Sound"),
        DeviceKind::Speech => words.say("device", "Reading aloud"),
    };
    let state = match status.state {
        DeviceState::Ready => words.say("device state", "Ready"),
        DeviceState::Off => words.say("device state", "Not set up"),
        DeviceState::Starting => words.say("device state", "Starting"),
        DeviceState::Absent => words.say("device state", "Not found"),
        DeviceState::NoRights => words.say("device state", "The program may not use it"),
        DeviceState::Busy => words.say("device state", "In use by another program"),
        DeviceState::Silent => words.say("device state", "Does not answer"),
        DeviceState::Frozen => words.say("device state", "The picture stands still"),
        DeviceState::Dark => words.say("device state", "Sees nothing. Is something in front of it?"),
        DeviceState::OutOfPaper => words.say("device state", "Out of paper"),
        DeviceState::CoverOpen => words.say("device state", "A cover is open"),
        DeviceState::Paused => words.say("device state", "Paused"),
        DeviceState::Refuses => words.say("device state", "Refuses what is sent to it"),
        DeviceState::Untrusted => words.say("device state", "Its certificate is not trusted"),
        DeviceState::Rejected => words.say("device state", "Does not accept the name or the password"),
        DeviceState::Failed => words.say("device state", "Does not work"),
    };
    let name = if status.name.is_empty() { String::new() } else { format!(" ({})", status.name) };
    let fault = status.fault.iter().map(|fault| format!(" ({fault})")).collect::<String>();
    format!("{kind}{name}: {state}{fault}")
}
