//! Printers: papers wait in memory on a thread of the printer's own, and nobody waits for one. What a printer is asked
//! stands in `ipp` and `socket`, how papers wait in `queue`, what a label printer understands in `zpl`.

use std::sync::Arc;
use std::time::Duration;

mod folder;
pub mod ipp;
mod job;
mod machine;
mod queue;
mod socket;
pub mod zpl;

pub use folder::FolderPrinter;
pub use job::{Job, KINDS, Paper, PrintFault, Printed, Printer, State, Status, WANTED_MAX};
pub use queue::QueuePrinter;

use super::status::DeviceStatus;
use ipp::IppMachine;
use socket::SocketMachine;
use zpl::Density;

impl QueuePrinter {
    /// The queue or printer at an `ipp://` URI, which takes PDF. `label` is the label in it, width × height in mm.
    ///
    /// # Errors
    /// What is wrong with the URI.
    pub fn ipp(uri: &str, label: Option<(f32, f32)>) -> Result<QueuePrinter, PrintFault> {
        Ok(QueuePrinter::with(uri, label, IppMachine::new(uri, None)?))
    }

    /// A label printer that takes ZPL: at `socket://HOST[:9100]`, or at an `ipp://` URI whose queue is raw.
    ///
    /// # Errors
    /// What is wrong with the URI.
    pub fn zebra(uri: &str, density: Density, label: Option<(f32, f32)>) -> Result<QueuePrinter, PrintFault> {
        Ok(match SocketMachine::new(uri, density) {
            Some(machine) => QueuePrinter::with(uri, label, machine),
            None => QueuePrinter::with(uri, label, IppMachine::new(uri, Some(density))?),
        })
    }
}

/// The printers of a desk, each for its kinds of paper.
pub struct PrinterPerKind {
    /// For each kind its own.
    pub own: Vec<(&'static str, Arc<dyn Printer>)>,
    /// For the others.
    pub rest: Option<Arc<dyn Printer>>,
}

impl PrinterPerKind {
    fn of(&self, kind: &str) -> Option<&Arc<dyn Printer>> {
        self.own.iter().find(|(own, _)| *own == kind).map(|(_, printer)| printer).or(self.rest.as_ref())
    }

    fn all(&self) -> impl Iterator<Item = &Arc<dyn Printer>> {
        self.own.iter().map(|(_, printer)| printer).chain(&self.rest)
    }
}

impl Printer for PrinterPerKind {
    fn print(&self, job: Job) {
        match self.of(job.kind) {
            Some(printer) => printer.print(job),
            None => (job.printed)(Err("no printer takes papers of this kind".to_owned())),
        }
    }

    fn place(&self) -> String {
        self.rest.iter().chain(self.all()).next().map_or_else(String::new, |printer| printer.place())
    }

    fn look(&self) -> Vec<DeviceStatus> {
        self.all().flat_map(|printer| printer.look()).collect()
    }

    fn forget(&self) {
        self.all().for_each(|printer| printer.forget());
    }

    fn place_of(&self, kind: &str) -> String {
        self.of(kind).map_or_else(String::new, |printer| printer.place())
    }

    fn takes(&self, kind: &str) -> bool {
        self.of(kind).is_some()
    }

    fn status(&self, kind: &str) -> Status {
        self.of(kind).map_or_else(Status::default, |printer| printer.status(kind))
    }

    fn printed_ago(&self, key: &str) -> Option<Duration> {
        self.all().filter_map(|printer| printer.printed_ago(key)).min()
    }

    fn label(&self) -> Option<(f32, f32)> {
        self.of("badge").and_then(|printer| printer.label())
    }
}
