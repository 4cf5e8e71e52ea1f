//! The way from a command to the desk's devices.

use std::sync::Arc;

use crate::devices::Devices;
use crate::devices::printer::{PrintFault, Printer};
use crate::domain::config::Config;

/// How a desk comes to its devices, which the app puts together.
#[derive(Clone, Copy)]
pub struct Equip {
    /// All of them. The text is whom mails come from.
    pub devices: fn(&Config, &str) -> Devices,
    /// Its printers alone; `None` if it has none.
    pub printer: EquipPrinter,
}

type EquipPrinter = fn(&Config) -> Result<Option<Arc<dyn Printer>>, PrintFault>;
