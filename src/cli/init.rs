//! `velkommen init`: folder, key, database.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;

use super::answer::{Answer, Failure};
use crate::desk::clock::{SystemClock, build_date};
use crate::desk::{Desk, Folder, OpenError, StoreError, TEXT_BYTES_MAX, standard_profile};
use crate::domain::config::Config;
use crate::domain::profile::Profile;
use crate::files;

#[derive(Debug, clap::Args)]
pub struct Init {
    /// The controller's rules and notices [default: the standard profile]
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
}

impl Init {
    pub fn run(&self, folder: Folder, answer: &Answer) -> Result<(), Failure> {
        let profile = match &self.profile {
            Some(file) => files::read_text_limited(file, TEXT_BYTES_MAX)?,
            None => standard_profile().to_owned(),
        };
        if let Err(fault) = Profile::parse(&profile) {
            return Err(Failure::refused("profile", Some("profile"), fault.to_string()));
        }
        let is_other = |text: String| text != profile;
        if self.profile.is_some() && folder.read(&folder.profile_file()).is_ok_and(is_other) {
            let message = "another profile.toml lies in the folder: move it away, or leave --profile out to take it".to_owned();
            return Err(Failure::refused("already_there", Some("profile"), message));
        }
        let path = folder.path().display().to_string();
        match Desk::init(folder, &profile, &Config::default(), Arc::new(SystemClock), build_date()) {
            Ok(_) => {}
            Err(error @ OpenError::Store(StoreError::AlreadyThere | StoreError::KioskRunning)) => {
                return Err(Failure::refused("already_there", None, error.to_string()));
            }
            Err(error @ OpenError::Store(StoreError::LeftOver)) => return Err(Failure::refused("left_over", None, error.to_string())),
            Err(error) => return Err(error.into()),
        }
        answer.line(json!({ "folder": path }), |words| words.say_with("cli", "A new desk is in {folder}.", &[("folder", &path)]))
    }
}
