//! The two records of erasure that live outside the database and hold no personal data:
//! a line per erased row, so that a restored file can forget again, and a receipt per sweep.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::folder::Folder;

/// One erased row.
#[derive(Debug, Serialize)]
pub struct Tombstone {
    pub class: &'static str,
    /// Random, and nowhere else: it names nobody.
    pub row: String,
    /// The profile and version whose rule ruled.
    pub rule: String,
    pub due_at: DateTime<Utc>,
    pub erased_at: DateTime<Utc>,
}

/// What one sweep did, in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub sweep: String,
    pub at: DateTime<Utc>,
    pub rule: String,
    /// Erased rows of each class.
    pub visits: usize,
    #[serde(default)]
    pub invitations: usize,
    #[serde(default)]
    pub messages: usize,
    #[serde(default)]
    pub events: usize,
    #[serde(default)]
    pub participants: usize,
    #[serde(default)]
    pub consent_evidence: usize,
    #[serde(default)]
    pub scans: usize,
    pub audit_entries: usize,
    pub receipts: usize,
    /// SHA-256 over this sweep's tombstones.
    pub tombstones_sha256: String,
    /// The write-ahead log was emptied.
    pub wal_emptied: bool,
    /// How many erased rows were looked for afterwards in every decrypted page, and found nowhere.
    pub rows_looked_for: usize,
    pub erase_after: DateTime<Utc>,
}

/// Appends tombstones and waits until the disk has them.
pub fn append(folder: &Folder, tombstones: &[Tombstone]) -> Result<Vec<u8>, StoreError> {
    let mut lines = Vec::new();
    for tombstone in tombstones {
        serde_json::to_writer(&mut lines, tombstone).map_err(|_| StoreError::Io)?;
        lines.push(b'\n');
    }
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(folder.tombstones())?;
    file.write_all(&lines)?;
    file.sync_data()?;
    Ok(lines)
}

pub fn write_receipt(folder: &Folder, receipt: &Receipt) -> Result<(), StoreError> {
    let text = serde_json::to_string_pretty(receipt).map_err(|_| StoreError::Io)?;
    std::fs::create_dir_all(folder.receipts())?;
    folder.replace(&folder.receipts().join(format!("{}.json", receipt.sweep)), &(text + "\n"))
}

/// Every receipt, oldest first. A file that is none is passed over and stays.
pub fn list_receipts(folder: &Folder) -> Result<Vec<Receipt>, StoreError> {
    let entries = match std::fs::read_dir(folder.receipts()) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut receipts: Vec<Receipt> = entries
        .filter_map(|entry| std::fs::read(entry.ok()?.path()).ok())
        .filter_map(|bytes| serde_json::from_slice(&bytes).ok())
        .collect();
    receipts.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.sweep.cmp(&b.sweep)));
    Ok(receipts)
}

pub fn erase_receipt(folder: &Folder, sweep: &str) -> Result<(), StoreError> {
    Ok(std::fs::remove_file(folder.receipts().join(format!("{sweep}.json")))?)
}
