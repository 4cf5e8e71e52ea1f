//! Scanners that the kiosk reads itself.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::fault::ConfigFault;

/// A scanner that this desk reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scanner {
    /// A path, such as `/dev/input/by-id/…` or `/dev/ttyACM0`; or its USB numbers, `05e0:1200`; or its name.
    pub device: String,
    #[serde(default)]
    pub suffix: Suffix,
    /// The shortest pause between two scans, in milliseconds.
    #[serde(default = "Scanner::usual_gap")]
    pub gap_ms: u16,
}

/// What a scanner sends after a code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Suffix {
    #[default]
    Enter,
    Tab,
    None,
}

impl Scanner {
    /// A scanner as it usually is.
    pub fn at(device: impl Into<String>) -> Scanner {
        Scanner { device: device.into(), suffix: Suffix::default(), gap_ms: Scanner::usual_gap() }
    }

    pub(super) fn check(&self) -> Result<(), ConfigFault> {
        match () {
            () if self.device.trim().is_empty() => Err(ConfigFault::NoDevice),
            () if !Scanner::GAPS_MS.contains(&self.gap_ms) => Err(ConfigFault::Gap(self.gap_ms)),
            () => Ok(()),
        }
    }

    const GAPS_MS: RangeInclusive<u16> = 20..=2000;

    fn usual_gap() -> u16 {
        100
    }
}
