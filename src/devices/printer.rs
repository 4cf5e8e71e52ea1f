//! Printers. Papers are made and printed on a thread of their own; nobody waits for one.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Why nothing came out, for the log; never anything of what stands on the paper.
pub type PrintFault = String;
/// Makes the PDF.
pub type Paper = Box<dyn FnOnce() -> Result<Vec<u8>, PrintFault> + Send>;
/// Hears how it went.
pub type Printed = Box<dyn FnOnce(Result<(), PrintFault>) + Send>;

/// The kinds of paper there are.
pub const KINDS: [&str; 3] = ["badge", "roll-call", "list"];

/// Something that prints PDF papers.
pub trait Printer: Send + Sync {
    /// Prints later; `printed` is told how it went, on another thread. `kind` is one of [`KINDS`].
    fn print_later(&self, kind: &'static str, paper: Paper, printed: Printed);

    /// Where papers come out, as people call it.
    fn place(&self) -> String;

    /// Removes papers that still lie around: they are of people who may be due.
    fn forget(&self);
}

/// A printer whose papers become files in a folder: the last one of each kind, so that none are collected.
pub struct FolderPrinter {
    folder: PathBuf,
}

impl FolderPrinter {
    pub fn new(folder: PathBuf) -> FolderPrinter {
        FolderPrinter { folder }
    }
}

impl Printer for FolderPrinter {
    fn print_later(&self, kind: &'static str, paper: Paper, printed: Printed) {
        let folder = self.folder.clone();
        let print = move || {
            let outcome = paper().and_then(|pdf| write(&folder, kind, &pdf).map_err(|error| error.to_string()));
            if let Err(fault) = &outcome {
                tracing::warn!(kind, fault, "not printed");
            }
            printed(outcome);
        };
        if let Err(error) = std::thread::Builder::new().name("printer".to_owned()).spawn(print) {
            tracing::warn!(%error, kind, "not printed");
        }
    }

    fn place(&self) -> String {
        self.folder.display().to_string()
    }

    fn forget(&self) {
        for kind in KINDS {
            match std::fs::remove_file(self.folder.join(format!("{kind}.pdf"))) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => tracing::warn!(%error, kind, "a paper could not be removed"),
                _ => {}
            }
        }
    }
}

/// Writes a paper under another name first, so that two at once do not mix.
fn write(folder: &Path, kind: &str, pdf: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let part = folder.join(format!("{}.part", uuid::Uuid::new_v4()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
    file.write_all(pdf)?;
    std::fs::rename(part, folder.join(format!("{kind}.pdf")))
}
