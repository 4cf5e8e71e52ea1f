//! Why the encrypted file cannot be used, and what SQLite and the system call that.

use rusqlite::{ErrorCode, ffi};

use crate::files::FileFault;

/// Why the file cannot be used. Holds nothing of what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    #[error("there is no database in this folder")]
    NotThere,
    #[error("there is a database in this folder already")]
    AlreadyThere,
    #[error(
        "the folder holds the log of a database (velkommen.db-wal, -shm or -journal) but no velkommen.db: put the database back beside it, or move the log away"
    )]
    LeftOver,
    #[error("the folder or a file in it cannot be read or written by this account")]
    NoPermission,
    #[error("the file key {0}")]
    NoKey(FileFault),
    #[error("the file key is not 64 hex digits: put it back from where it is kept")]
    BadKey,
    #[error("the database does not open with this key: the key belongs to another file, or the file is damaged at its beginning")]
    WrongKey,
    #[error("velkommen.db is a file of another program")]
    Foreign,
    #[error("velkommen.db is damaged; it was left as it is")]
    Damaged,
    #[error("the database was made by a newer version of this program (schema {found}, this program knows {ours})")]
    Newer { found: u32, ours: u32 },
    #[error("the database is in use by another program")]
    Busy,
    #[error("the database cannot be written: its disk, its folder or velkommen.db itself is read-only")]
    ReadOnly,
    #[error("the disk is full: make room on it")]
    Full,
    #[error("the disk cannot be written")]
    Io,
    #[error("another kiosk is running on this folder")]
    KioskRunning,
    /// Anything that should not happen; the number is SQLite's extended result code.
    #[error("the database failed (code {code})")]
    Failed { code: i32 },
}

impl StoreError {
    /// The file takes nothing now, whatever it is asked to keep. What is in it can still be read.
    pub fn takes_nothing(self) -> bool {
        matches!(self, StoreError::Full | StoreError::ReadOnly | StoreError::Io)
    }

    /// The word for scripts.
    pub fn word(self) -> &'static str {
        match self {
            StoreError::NotThere => "not_there",
            StoreError::AlreadyThere => "already_there",
            StoreError::LeftOver => "left_over",
            StoreError::NoPermission => "no_permission",
            StoreError::NoKey(_) | StoreError::BadKey => "no_key",
            StoreError::WrongKey => "wrong_key",
            StoreError::Foreign => "foreign",
            StoreError::Damaged => "damaged",
            StoreError::Newer { .. } => "newer",
            StoreError::Busy => "busy",
            StoreError::ReadOnly => "read_only",
            StoreError::Full => "full",
            StoreError::Io => "io",
            StoreError::KioskRunning => "kiosk_running",
            StoreError::Failed { .. } => "failed",
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        let rusqlite::Error::SqliteFailure(failure, _) = error else {
            // A column of an unexpected type: the schema forbids it, so the file was changed from outside.
            return StoreError::Failed { code: 0 };
        };
        match failure.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy,
            ErrorCode::NotADatabase => StoreError::WrongKey,
            ErrorCode::DatabaseCorrupt => StoreError::Damaged,
            ErrorCode::DiskFull => StoreError::Full,
            ErrorCode::ReadOnly => StoreError::ReadOnly,
            ErrorCode::PermissionDenied | ErrorCode::CannotOpen => StoreError::NoPermission,
            ErrorCode::SystemIoFailure => match failure.extended_code {
                // SQLCipher reports a page whose HMAC is wrong as a failed read.
                ffi::SQLITE_IOERR_READ | ffi::SQLITE_IOERR_SHORT_READ | ffi::SQLITE_IOERR_DATA => StoreError::Damaged,
                // The memory that all who have the file open share is a file beside it, which finds no room on a full disk.
                ffi::SQLITE_IOERR_SHMSIZE => StoreError::Full,
                _ => StoreError::Io,
            },
            _ => StoreError::Failed { code: failure.extended_code },
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> StoreError {
        match error.kind() {
            std::io::ErrorKind::NotFound => StoreError::NotThere,
            std::io::ErrorKind::AlreadyExists => StoreError::AlreadyThere,
            std::io::ErrorKind::PermissionDenied => StoreError::NoPermission,
            std::io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly,
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded | std::io::ErrorKind::FileTooLarge => StoreError::Full,
            _ => StoreError::Io,
        }
    }
}
