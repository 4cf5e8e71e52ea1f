//! Reading aloud, and who hears it.

use serde::{Deserialize, Serialize};

/// Reading aloud.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Speech {
    pub outlet: Outlet,
}

/// Who hears what is read aloud.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outlet {
    /// Everybody near by, so nothing about a person is read.
    #[default]
    Speaker,
    /// Who has plugged them in.
    Headphones,
}
