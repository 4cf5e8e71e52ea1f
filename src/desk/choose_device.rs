//! Which camera, scanners and printer this desk uses.

use std::path::PathBuf;

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
    let (text, config) = edited_config(desk, &config)?;
    let mut line = desk.audit_line(&now, by, Verb::ChangeSettings);
    line.detail = Some(format!("config {kind}"));
    let file = desk.folder.config_file();
    replace_files(desk, &[(file, text)], |desk| desk.write(&now, |tx| audit_act(tx, &line)))?;
    desk.config = config;
    Ok(())
}

/// The text of `config.toml` with what differs from the present config, and what it then says. Whatever else stands there
/// stays: comments, and what somebody has written meanwhile.
///
/// **Errors** `Io` for a file that does not load, before or after.
pub(super) fn edited_config(desk: &Desk, config: &Config) -> Result<(String, Config), StoreError> {
    let unusable = || {
        tracing::error!("the changed config does not load; the old one stays");
        StoreError::Io
    };
    let parse = |text: &str| text.parse::<DocumentMut>().map_err(|_| unusable());
    let there = match desk.folder.read(&desk.folder.config_file()) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        there => there?,
    };
    let mut document = parse(&there)?;
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
    let config = Config::parse(&text).map_err(|_| unusable())?;
    Ok((text, config))
}

/// Replaces files of the folder and does what belongs to it. When any of it fails, all of them are as they were.
pub(super) fn replace_files(
    desk: &mut Desk,
    files: &[(PathBuf, String)],
    then: impl FnOnce(&mut Desk) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let folder = desk.folder.clone();
    let before = files.iter().map(|(file, _)| folder.read(file).ok()).collect::<Vec<_>>();
    let replaced = files.iter().try_for_each(|(file, text)| folder.replace(file, text)).and_then(|()| then(desk));
    if replaced.is_err() {
        for ((file, _), before) in files.iter().zip(before) {
            let undone = match &before {
                Some(text) => folder.replace(file, text),
                None => Ok(()),
            };
            if let Err(error) = undone {
                tracing::error!(%error, "settings that were not saved could not be taken back out of their file");
            }
        }
    }
    replaced
}
