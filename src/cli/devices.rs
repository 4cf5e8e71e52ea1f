//! The devices as `config.toml` names them; and `velkommen devices`: how each of them is.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::answer::{Answer, Failure};
use super::{outside, printing};
use crate::desk::Folder;
use crate::devices::camera::{self, Camera};
use crate::devices::scanner::{self, framing};
use crate::devices::sound::ProgramPlayer;
use crate::devices::speech::{Outlet, SpeechDispatcher};
use crate::devices::{DeviceKind, DeviceState, DeviceStatus, Devices};
use crate::documents::words::Words;
use crate::domain::config::{self, Config};

/// How often a printer that has not answered yet is looked at again, and how many times.
const LOOK_AGAIN: (Duration, u32) = (Duration::from_millis(250), 20);

/// The devices of a desk. `organisation` is whom mails come from.
pub fn of(config: &Config, organisation: &str) -> Devices {
    let outlet = match config.speech.outlet {
        config::Outlet::Speaker => Outlet::Speaker,
        config::Outlet::Headphones => Outlet::Headphones,
    };
    let printer = printing::printer_of(config).inspect_err(|fault| tracing::warn!(fault, "no printer"));
    Devices {
        camera: config.camera.as_ref().map(|camera| Arc::new(Camera::new(setting(camera)))),
        scanners: scanners(config),
        printer: printer.ok().flatten(),
        player: Some(Arc::new(ProgramPlayer::new(config.sound.volume))),
        voice: Some(Arc::new(SpeechDispatcher::new(outlet))),
        mail: outside::mailer(config, organisation).map(Arc::new),
        webhook: outside::webhook(config).map(Arc::new),
    }
}

fn setting(camera: &config::Camera) -> camera::Setting {
    let (width, height) = camera.resolution;
    camera::Setting { source: camera.source.clone(), resolution: camera::Resolution { width, height }, mirror: camera.mirror }
}

/// Looks at each device that the folder's config chooses; without a folder, at what the defaults are.
pub fn run(folder: &Folder, answer: &Answer) -> Result<(), Failure> {
    let config = match crate::files::read_text_limited(&folder.config_file(), 1 << 20) {
        Ok(text) => Config::parse(&text).map_err(|fault| Failure::failed("config", fault.to_string()))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Config::default(),
        Err(error) => return Err(error.into()),
    };
    look(&config).iter().try_for_each(|status| {
        let DeviceStatus { kind, name, state, fault } = status;
        let object = json!({ "device": kind.word(), "name": name, "state": state.word(), "fault": fault });
        answer.line(object, |words| sentence(words, status))
    })
}

/// How the devices of a config are, once those that have to be asked have answered.
pub fn look(config: &Config) -> Vec<DeviceStatus> {
    let devices = of(config, "");
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

/// The scanners of a config.
pub fn scanners(config: &Config) -> Vec<scanner::Choice> {
    let choice = |scanner: &config::Scanner| scanner::Choice {
        device: scanner.device.clone(),
        suffix: match scanner.suffix {
            config::Suffix::Enter => framing::Suffix::Enter,
            config::Suffix::Tab => framing::Suffix::Tab,
            config::Suffix::None => framing::Suffix::None,
        },
        gap: Duration::from_millis(scanner.gap_ms.into()),
    };
    config.scanners.iter().map(choice).collect()
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
