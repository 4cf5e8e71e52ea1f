//! Printers. Papers are made and printed on a thread of their own; nobody waits for one.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

/// Why nothing came out, for the log; never anything of what stands on the paper.
pub type PrintFault = String;
/// Makes the PDF.
pub type Paper = Box<dyn FnOnce() -> Result<Vec<u8>, PrintFault> + Send>;
/// Hears how it went.
pub type Printed = Box<dyn FnOnce(Result<(), PrintFault>) + Send>;

/// Something that prints PDF papers.
pub trait Printer: Send + Sync {
    /// Prints later; `printed` is told how it went, on another thread. `kind` is a word such as `badge`.
    fn print_later(&self, kind: &'static str, paper: Paper, printed: Printed);

    /// Where papers come out, as people call it.
    fn place(&self) -> String;
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
        let file = self.folder.join(format!("{kind}.pdf"));
        let print = move || {
            let outcome = paper().and_then(|pdf| {
                std::fs::create_dir_all(file.parent().unwrap_or(&file)).map_err(|error| error.to_string())?;
                let mut file = OpenOptions::new()
                    .write(true)
                    .create(true)
                    .truncate(true)
                    .mode(0o600)
                    .open(&file)
                    .map_err(|error| error.to_string())?;
                file.write_all(&pdf).map_err(|error| error.to_string())
            });
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
}
