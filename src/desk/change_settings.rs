//! The organisation and this desk's closing time.

use rusqlite::Transaction;
use toml_edit::{DocumentMut, value};

use super::choose_device::{edited_config, replace_files};
use super::{Desk, DeskError, Now, StoreError, audit_act};
use crate::domain::access::{Actor, Verb};
use crate::domain::config::{Config, parse_closing_time};
use crate::domain::profile::{CONTROLLER_MAX, Profile};
use crate::domain::text::{TextFault, line};

/// What was typed.
pub struct Settings {
    pub organisation: String,
    pub address: String,
    pub contact: String,
    pub closes_at: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingsOutcome {
    Changed,
    /// Nothing was written.
    Refused(Vec<SettingsFault>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsFault {
    Organisation(TextFault),
    Address(TextFault),
    Contact(TextFault),
    /// Not a time of day.
    ClosesAt,
}

/// The checked input.
pub(super) struct TakenSettings {
    organisation: String,
    address: String,
    contact: String,
    closes_at: chrono::NaiveTime,
}

/// Changes the controller in `profile.toml` and the closing time in `config.toml`.
///
/// **Shape** both files anew, the notices with a higher version if their text changes under somebody who read them,
/// one audit entry with the profile's hash.
/// Visits already signed in keep their closing time.
pub fn change_settings(desk: &mut Desk, by: &Actor, input: &Settings) -> Result<SettingsOutcome, DeskError> {
    let now = desk.admit(by, Verb::ChangeSettings)?;
    let taken = match check(input) {
        Ok(taken) => taken,
        Err(faults) => return Ok(SettingsOutcome::Refused(faults)),
    };
    save(desk, &now, by, Verb::ChangeSettings, &taken, |_| Ok(()))?;
    Ok(SettingsOutcome::Changed)
}

pub(super) fn check(input: &Settings) -> Result<TakenSettings, Vec<SettingsFault>> {
    let organisation = line(&input.organisation, CONTROLLER_MAX);
    let address = line(&input.address, CONTROLLER_MAX);
    let contact = line(&input.contact, CONTROLLER_MAX);
    let closes_at = parse_closing_time(&input.closes_at);
    match (organisation, address, contact, closes_at) {
        (Ok(organisation), Ok(address), Ok(contact), Some(closes_at)) => Ok(TakenSettings { organisation, address, contact, closes_at }),
        (organisation, address, contact, closes_at) => Err([
            organisation.err().map(SettingsFault::Organisation),
            address.err().map(SettingsFault::Address),
            contact.err().map(SettingsFault::Contact),
            closes_at.is_none().then_some(SettingsFault::ClosesAt),
        ]
        .into_iter()
        .flatten()
        .collect()),
    }
}

/// Saves settings, and in the same transaction what belongs to them.
pub(super) fn save(
    desk: &mut Desk,
    now: &Now,
    by: &Actor,
    verb: Verb,
    taken: &TakenSettings,
    with: impl FnOnce(&Transaction) -> Result<(), StoreError>,
) -> Result<(), DeskError> {
    let folder = desk.folder.clone();
    let old = folder.read(&folder.profile_file()).map_err(StoreError::from)?;
    let (mut text, mut profile) = edited(&old, |document| set_controller(document, taken))?;
    // Whoever read a notice keeps the text of its version; the changed text gets the next one.
    if desk.seen_with_other_text(&profile)?.is_some() {
        let today = now.at.with_timezone(&desk.config.zone).date_naive();
        (text, profile) = edited(&text, |document| raise_versions(document, today))?;
    }
    let mut line = desk.audit_line(now, by, verb);
    line.detail = Some(format!("profile {} {}", profile.version, Profile::sha256(&text)));
    let mut files = vec![(folder.profile_file(), text)];
    let mut config = desk.config.clone();
    if config.closes_at != taken.closes_at {
        let (text, changed) = edited_config(desk, &Config { closes_at: taken.closes_at, ..config })?;
        files.push((folder.config_file(), text));
        config = changed;
    }
    replace_files(desk, &files, |desk| {
        desk.write(now, |tx| {
            with(tx)?;
            audit_act(tx, &line)
        })
    })?;
    (desk.profile, desk.config) = (profile, config);
    Ok(())
}

/// A profile's text after an edit; comments and everything else stay.
fn edited(text: &str, edit: impl FnOnce(&mut DocumentMut) -> Option<()>) -> Result<(String, Profile), DeskError> {
    let unusable = || {
        tracing::error!("the changed profile does not load; the old one stays");
        StoreError::Io
    };
    let mut document: DocumentMut = text.parse().map_err(|_| unusable())?;
    edit(&mut document).ok_or_else(unusable)?;
    let text = document.to_string();
    let profile = Profile::parse(&text).map_err(|_| unusable())?;
    Ok((text, profile))
}

fn set_controller(document: &mut DocumentMut, taken: &TakenSettings) -> Option<()> {
    let controller = document.get_mut("controller")?.as_table_like_mut()?;
    for (key, text) in [("name", &taken.organisation), ("address", &taken.address), ("contact", &taken.contact)] {
        controller.insert(key, value(text.as_str()));
    }
    Some(())
}

fn raise_versions(document: &mut DocumentMut, today: chrono::NaiveDate) -> Option<()> {
    raise_version(document.as_table_mut())?;
    for notice in document.get_mut("notice")?.as_array_of_tables_mut()?.iter_mut() {
        raise_version(notice)?;
        notice.insert("valid_from", value(today.to_string()));
    }
    Some(())
}

fn raise_version(table: &mut toml_edit::Table) -> Option<()> {
    let version = table.get("version")?.as_integer()?;
    table.insert("version", value(version + 1));
    Some(())
}
