//! Which camera, scanners and printer this desk uses.

use toml_edit::DocumentMut;

use super::{Desk, DeskError, StoreError, audit_act};
use crate::domain::access::{Actor, Verb};
use crate::domain::config::{Camera, Config, Printer, Scanner};

/// What is used from now on.
#[derive(Clone, Debug, PartialEq)]
pub enum DeviceChoice {
    Camera(Option<Camera>),
    Scanners(Vec<Scanner>),
    /// For every kind of paper that has no printer of its own.
    Printer(Option<Printer>),
}

/// Writes a choice into `config.toml`.
///
/// **Shape** the file anew, one audit entry that says which kind of device.
///
/// **Errors** `Io` for an address that no config may hold: then nothing is written.
pub fn choose_device(desk: &mut Desk, by: &Actor, choice: &DeviceChoice) -> Result<(), DeskError> {
    let now = desk.admit(by, Verb::ChangeSettings)?;
    let mut config = desk.config.clone();
    let kind = match choice.clone() {
        DeviceChoice::Camera(camera) => {
            config.camera = camera;
            "camera"
        }
        DeviceChoice::Scanners(scanners) => {
            config.scanners = scanners;
            "scanners"
        }
        DeviceChoice::Printer(printer) => {
            config.printer = printer;
            "printer"
        }
    };
    replace_config(desk, config)?;
    let mut line = desk.audit_line(&now, by, Verb::ChangeSettings);
    line.detail = Some(format!("config {kind}"));
    desk.write(&now, |tx| audit_act(tx, &line))?;
    Ok(())
}

/// Writes what differs from the present config into its file; whatever else stands there stays, comments too.
pub(super) fn replace_config(desk: &mut Desk, config: Config) -> Result<(), DeskError> {
    let unusable = || {
        tracing::error!("the changed config does not load; the old one stays");
        StoreError::Io
    };
    let parse = |text: &str| text.parse::<DocumentMut>().map_err(|_| unusable());
    let file = desk.folder.config_file();
    let mut document = parse(&std::fs::read_to_string(&file).map_err(StoreError::from)?)?;
    let (old, new) = (parse(&desk.config.to_toml())?, parse(&config.to_toml())?);
    for (key, item) in new.iter() {
        if old.get(key).map(ToString::to_string) != Some(item.to_string()) {
            document.insert(key, item.clone());
        }
    }
    for (key, _) in old.iter().filter(|(key, _)| !new.contains_key(key)) {
        document.remove(key);
    }
    let text = document.to_string();
    if Config::parse(&text).ok().as_ref() != Some(&config) {
        return Err(unusable().into());
    }
    desk.folder.replace(&file, &text)?;
    desk.config = config;
    Ok(())
}
