//! A folder in the place of a printer.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use rustix::fs::Access;

use super::job::{Job, KINDS, PrintFault, Printer};
use crate::devices::guard::work_aside;
use crate::devices::status::{DeviceKind, DeviceStatus};

/// A printer whose papers become files in a folder: the last one of each kind, so that none are collected.
pub struct FolderPrinter {
    folder: PathBuf,
}

impl FolderPrinter {
    pub fn new(folder: PathBuf) -> FolderPrinter {
        FolderPrinter { folder }
    }
}

/// How a printer into this folder is. The folder is made with the first paper, so what counts is where that can be.
fn look_at_folder(folder: &Path) -> DeviceStatus {
    let name = folder.display().to_string();
    let nearest = folder.ancestors().find(|place| place.exists()).unwrap_or(folder);
    let can_write = match nearest.is_dir() {
        true => rustix::fs::access(nearest, Access::WRITE_OK).map_err(io::Error::from),
        false => Err(io::ErrorKind::NotADirectory.into()),
    };
    match can_write {
        Ok(()) => DeviceStatus::ready(DeviceKind::Printer, name),
        Err(error) => DeviceStatus::failed(DeviceKind::Printer, name, &error),
    }
}

impl Printer for FolderPrinter {
    fn print(&self, job: Job) {
        let Job { kind, paper, printed, wanted, .. } = job;
        let folder = self.folder.clone();
        let is_wanted = move || if wanted.load(Ordering::Relaxed) { Ok(()) } else { Err("nobody wants it any more".to_owned()) };
        let print = move || {
            paper().and_then(|pdf| is_wanted().map(|()| pdf)).and_then(|pdf| write(&folder, kind, &pdf).map_err(|error| error.to_string()))
        };
        let tell = move |outcome: Result<(), PrintFault>| {
            if let Err(fault) = &outcome {
                tracing::warn!(kind, fault, "not printed");
            }
            printed(outcome);
        };
        work_aside("printer", print, Err("the paper could not be made".to_owned()), tell);
    }

    fn place(&self) -> String {
        self.folder.display().to_string()
    }

    fn look(&self) -> Vec<DeviceStatus> {
        vec![look_at_folder(&self.folder)]
    }

    fn forget(&self) {
        crate::files::clear_parts(&self.folder);
        for kind in KINDS {
            match std::fs::remove_file(self.folder.join(format!("{kind}.pdf"))) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => tracing::warn!(%error, kind, "a paper could not be removed"),
                _ => {}
            }
        }
    }
}

/// Two papers at once do not mix, and one that finds no room leaves nothing behind.
fn write(folder: &Path, kind: &str, pdf: &[u8]) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    crate::files::write_private(&folder.join(format!("{kind}.pdf")), pdf)
}
