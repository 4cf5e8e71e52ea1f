//! The data folder: where its files are, the key, and the lock that keeps a second kiosk out.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::error::StoreError;
use crate::domain::notice::hex;
use crate::files::{self, FileFault};

/// Most bytes of a text file of the folder.
pub const TEXT_BYTES_MAX: u64 = 1024 * 1024;

/// More than a slice of a sweep, its tombstones and its receipt need.
const BALLAST_BYTES: u64 = 5 * 1024 * 1024;

/// One desk's folder.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

/// The 32 random bytes that encrypt the file, as 64 hex digits.
pub struct Key(String);

impl Key {
    fn parse(text: &str) -> Result<Key, StoreError> {
        let text = text.trim();
        let is_key = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_key { Ok(Key(text.to_owned())) } else { Err(StoreError::BadKey) }
    }

    pub(super) fn hex(&self) -> &str {
        &self.0
    }
}

/// Held as long as the folder belongs to one kiosk, or to one command that needs it alone.
#[derive(Debug)]
pub struct FolderLock(#[expect(dead_code, reason = "the lock lives as long as the file is open")] File);

impl Folder {
    pub fn at(path: impl Into<PathBuf>) -> Folder {
        Folder { path: path.into() }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn database(&self) -> PathBuf {
        self.path.join("velkommen.db")
    }

    pub fn key_file(&self) -> PathBuf {
        self.path.join("key")
    }

    pub fn config_file(&self) -> PathBuf {
        self.path.join("config.toml")
    }

    pub fn profile_file(&self) -> PathBuf {
        self.path.join("profile.toml")
    }

    pub fn tombstones(&self) -> PathBuf {
        self.path.join("tombstones.log")
    }

    pub fn receipts(&self) -> PathBuf {
        self.path.join("receipts")
    }

    pub fn ballast(&self) -> PathBuf {
        self.path.join("ballast")
    }

    /// Keeps some room for the day on which the disk is full: erasing needs it. Where there is none now, there will be later.
    pub fn take_ballast(&self) {
        let taken = || -> std::io::Result<()> {
            let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(self.ballast())?;
            if file.metadata()?.len() < BALLAST_BYTES {
                rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, BALLAST_BYTES)?;
            }
            Ok(())
        };
        if let Err(error) = taken() {
            tracing::warn!(%error, "no room could be kept for erasing on a full disk");
        }
    }

    /// Gives the room back. `false` when there was none.
    pub fn drop_ballast(&self) -> bool {
        std::fs::metadata(self.ballast()).is_ok_and(|facts| facts.len() > 0) && std::fs::remove_file(self.ballast()).is_ok()
    }

    /// Whether a desk lives here already.
    pub fn holds_desk(&self) -> bool {
        self.database().exists()
    }

    /// Makes the folder (mode 0700) and a key (mode 0600) where there is none. The key is there whole or not at all.
    ///
    /// Hands on the lock it was made under, so that nobody comes between making and filling.
    ///
    /// **Errors** [`StoreError::KioskRunning`] while somebody else has the folder.
    pub fn make(&self) -> Result<FolderLock, StoreError> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.path)?;
        // A folder in which others keep something has the rights they gave it. What we put into it is nobody else's.
        if std::fs::read_dir(&self.path)?.next().is_none() {
            std::fs::set_permissions(&self.path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        }
        self.make_receipts()?;
        // Two programs that make a key at once would each keep another one.
        let alone = self.lock_alone()?;
        if credential().is_some() || self.key_file().exists() {
            return Ok(alone);
        }
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| StoreError::Io)?;
        self.replace(&self.key_file(), &hex(&bytes))?;
        Ok(alone)
    }

    /// The key, from systemd's credentials or from the folder.
    pub fn key(&self) -> Result<Key, StoreError> {
        let file = credential().unwrap_or_else(|| self.key_file());
        let text = files::read_text_limited(&file, TEXT_BYTES_MAX).map_err(|error| match FileFault::from(error) {
            FileFault::NoPermission => StoreError::NoPermission,
            fault => StoreError::NoKey(fault),
        })?;
        Key::parse(&text)
    }

    /// Takes the folder for one kiosk, or for one command that needs it alone.
    ///
    /// **Errors** [`StoreError::KioskRunning`] while somebody else has it.
    pub fn lock_alone(&self) -> Result<FolderLock, StoreError> {
        let lock = self.path.join("lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&lock).or_else(|error| {
            // Where nothing can be made, what is there is locked: a folder that is read-only can be read by one kiosk.
            match StoreError::from(error) {
                StoreError::ReadOnly | StoreError::Full | StoreError::NoPermission => File::open(&lock).or_else(|_| File::open(&self.path)),
                _ => OpenOptions::new().write(true).open(&lock),
            }
        })?;
        match file.try_lock() {
            Ok(()) => Ok(FolderLock(file)),
            Err(TryLockError::WouldBlock) => Err(StoreError::KioskRunning),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Takes the right to import, which only one program has at a time. `None` while another one has it.
    pub fn lock_imports(&self) -> Result<Option<File>, StoreError> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(self.path.join("import.lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Reads one of the folder's text files, which somebody may have edited or put there.
    pub fn read(&self, file: &Path) -> std::io::Result<String> {
        files::read_text_limited(file, TEXT_BYTES_MAX)
    }

    /// Replaces one of the folder's text files, whole or not at all.
    pub fn replace(&self, file: &Path, text: &str) -> Result<(), StoreError> {
        let next = file.with_extension("next");
        let mut written = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&next)?;
        written.write_all(text.as_bytes())?;
        written.sync_all()?;
        std::fs::rename(&next, file)?;
        sync_folder(file.parent().unwrap_or(&self.path))
    }

    /// Makes the folder of the receipts where there is none, and waits until the disk knows of it.
    pub(super) fn make_receipts(&self) -> Result<(), StoreError> {
        match std::fs::DirBuilder::new().mode(0o700).create(self.receipts()) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error.into()),
            Ok(()) => sync_folder(&self.path),
        }
    }
}

/// Waits until the disk has the names in a folder.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    Ok(File::open(folder)?.sync_all()?)
}

/// The key that systemd hands over, which wins over the folder's own.
fn credential() -> Option<PathBuf> {
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY")?;
    Some(Path::new(&folder).join("velkommen-key")).filter(|file| file.exists())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_key_is_new_random_and_nobody_elses() {
        let place = tempfile::tempdir().expect("a folder");
        let keys: Vec<String> = ["a", "b"]
            .map(|name| {
                let folder = Folder::at(place.path().join(name));
                folder.make().expect("made");
                folder.make().expect("keeps what is there");
                let mode = std::fs::metadata(folder.key_file()).expect("reads").permissions().mode();
                assert_eq!(mode & 0o777, 0o600);
                folder.key().expect("a key").hex().to_owned()
            })
            .to_vec();
        assert_ne!(keys[0], keys[1]);
    }

    #[test]
    fn a_second_kiosk_is_refused_until_the_first_is_gone() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::at(place.path());
        let first = folder.lock_alone().expect("taken");
        assert_eq!(folder.lock_alone().err(), Some(StoreError::KioskRunning));
        drop(first);
        assert!(folder.lock_alone().is_ok());
    }
}
