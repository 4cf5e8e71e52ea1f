//! Chimes, and how loud they are.

use serde::{Deserialize, Serialize};

use super::fault::ConfigFault;

/// Chimes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sound {
    /// From 0, which is silence, to 100.
    pub volume: u8,
}

impl Default for Sound {
    fn default() -> Sound {
        Sound { volume: 60 }
    }
}

impl Sound {
    pub(super) fn check(self) -> Result<(), ConfigFault> {
        if self.volume > 100 { Err(ConfigFault::Volume(self.volume)) } else { Ok(()) }
    }
}
