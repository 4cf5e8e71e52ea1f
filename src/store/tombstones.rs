//! The two records of erasure that live outside the database and hold no personal data:
//! a line per erased row, so that a restored file can forget again, and a receipt per sweep.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::StoreError;
use super::folder::{Folder, sync_folder};
use crate::domain::ids::SweepId;
use crate::domain::notice::hex;
use crate::files;

/// One erased row.
#[derive(Debug, Serialize, Deserialize)]
pub struct Tombstone {
    pub class: String,
    /// Random, and nowhere else: it names nobody.
    pub row: String,
    /// The profile and version whose rule ruled.
    pub rule: String,
    pub due_at: DateTime<Utc>,
    pub erased_at: DateTime<Utc>,
}

/// What one sweep did, in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct Receipt {
    pub sweep: String,
    pub at: DateTime<Utc>,
    pub rule: String,
    /// Erased rows by the word of their class. Those of a sweep that was cut short stand on the next one's receipt.
    pub erased: BTreeMap<String, usize>,
    /// The bytes of the log of tombstones that this receipt is about. `None` on those of the first versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tombstones: Option<Range>,
    /// SHA-256 over exactly those bytes.
    pub tombstones_sha256: String,
    /// The write-ahead log was emptied.
    pub wal_emptied: bool,
    /// How many erased rows were looked for afterwards in every decrypted page, and found nowhere.
    pub rows_looked_for: usize,
    pub erase_after: DateTime<Utc>,
}

/// Bytes of the log, from the first to the one before `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    pub from: u64,
    pub to: u64,
}

/// A receipt as it may stand in a file: the first versions had a field for each class.
#[derive(Deserialize)]
struct Written {
    sweep: String,
    at: DateTime<Utc>,
    rule: String,
    #[serde(default)]
    erased: BTreeMap<String, usize>,
    tombstones: Option<Range>,
    tombstones_sha256: String,
    wal_emptied: bool,
    rows_looked_for: usize,
    erase_after: DateTime<Utc>,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

/// The fields of the first versions, and the words of their classes.
const FIRST_FIELDS: [(&str, &str); 9] = [
    ("visits", "visit"),
    ("invitations", "invitation"),
    ("messages", "message"),
    ("events", "event"),
    ("participants", "participant"),
    ("consent_evidence", "consent_evidence"),
    ("scans", "scan"),
    ("audit_entries", "audit_entry"),
    ("receipts", "receipt"),
];

impl From<Written> for Receipt {
    fn from(written: Written) -> Receipt {
        let mut erased = written.erased;
        for (field, class) in FIRST_FIELDS {
            if let Some(count) = written.rest.get(field).and_then(serde_json::Value::as_u64) {
                erased.insert(class.to_owned(), count as usize);
            }
        }
        Receipt {
            sweep: written.sweep,
            at: written.at,
            rule: written.rule,
            erased,
            tombstones: written.tombstones,
            tombstones_sha256: written.tombstones_sha256,
            wal_emptied: written.wal_emptied,
            rows_looked_for: written.rows_looked_for,
            erase_after: written.erase_after,
        }
    }
}

/// Appends tombstones and waits until the disk has them. A line that a power cut tore stays, and is ended first.
pub fn append(folder: &Folder, tombstones: &[Tombstone]) -> Result<(), StoreError> {
    let path = folder.tombstones();
    let is_new = !path.exists();
    let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
    let mut lines = Vec::new();
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            lines.push(b'\n');
        }
    }
    for tombstone in tombstones {
        serde_json::to_writer(&mut lines, tombstone).map_err(|_| StoreError::Io)?;
        lines.push(b'\n');
    }
    file.write_all(&lines)?;
    file.sync_data()?;
    if is_new {
        sync_folder(folder.path())?;
    }
    Ok(())
}

/// What of the log no receipt tells of yet, read some lines at a time.
pub struct Untold {
    log: Vec<u8>,
    from: usize,
    /// Up to where it was read.
    at: usize,
    sha256: Sha256,
}

impl Untold {
    /// Begins behind the newest receipt that fits the log.
    pub fn begin(folder: &Folder, receipts: &[Receipt]) -> Result<Untold, StoreError> {
        let mut log = Vec::new();
        match files::open(&folder.tombstones()) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            file => drop(file?.read_to_end(&mut log)?),
        }
        let mut told: Vec<_> = receipts.iter().filter_map(|receipt| Some((receipt.tombstones?, &receipt.tombstones_sha256))).collect();
        told.sort_unstable_by_key(|(range, _)| std::cmp::Reverse(range.to));
        let fits = |(range, sha256): (Range, &String)| {
            let (from, to) = (usize::try_from(range.from).ok()?, usize::try_from(range.to).ok()?);
            (hex(&Sha256::digest(log.get(from..to)?)) == *sha256).then_some(to)
        };
        let from = told.into_iter().find_map(fits).unwrap_or_else(|| told_by_first_versions(&log, receipts));
        Ok(Untold { log, from, at: from, sha256: Sha256::new() })
    }

    /// The tombstones of the next lines; `None` behind the last. A torn line is in the range, and no tombstone.
    pub fn next(&mut self, lines_max: usize) -> Option<Vec<Tombstone>> {
        let rest = &self.log[self.at..];
        let lines: Vec<&[u8]> = rest.split_inclusive(|byte| *byte == b'\n').take(lines_max).collect();
        let read = lines.iter().map(|line| line.len()).sum::<usize>();
        if read == 0 {
            return None;
        }
        self.sha256.update(&rest[..read]);
        self.at += read;
        Some(lines.into_iter().filter_map(|line| serde_json::from_slice(line).ok()).collect())
    }

    /// What was read so far.
    pub fn range(&self) -> Range {
        Range { from: self.from as u64, to: self.at as u64 }
    }

    /// SHA-256 over exactly that.
    pub fn sha256(&self) -> String {
        hex(&self.sha256.clone().finalize())
    }
}

/// Receipts of the first versions do not say which lines they tell of: they are taken to tell of all until they were written.
fn told_by_first_versions(log: &[u8], receipts: &[Receipt]) -> usize {
    let Some(newest) = receipts.iter().filter(|receipt| receipt.tombstones.is_none()).map(|receipt| receipt.at).max() else { return 0 };
    let is_told = |line: &[u8]| serde_json::from_slice::<Tombstone>(line).is_ok_and(|stone| stone.erased_at <= newest);
    let (mut at, mut told) = (0, 0);
    for line in log.split_inclusive(|byte| *byte == b'\n') {
        at += line.len();
        if is_told(line) {
            told = at;
        }
    }
    told
}

/// Writes a receipt and waits until the disk has it, and knows its name.
pub fn write_receipt(folder: &Folder, receipt: &Receipt) -> Result<(), StoreError> {
    let text = serde_json::to_string_pretty(receipt).map_err(|_| StoreError::Io)?;
    folder.make_receipts()?;
    folder.replace(&folder.receipts().join(format!("{}.json", receipt.sweep)), &(text + "\n"))
}

/// Every receipt, oldest first. A file that is none, or that has another name than its sweep, is passed over and stays.
pub fn list_receipts(folder: &Folder) -> Result<Vec<Receipt>, StoreError> {
    let entries = match std::fs::read_dir(folder.receipts()) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let read = |entry: std::fs::DirEntry| {
        let name = entry.file_name();
        let sweep = name.to_str()?.strip_suffix(".json")?;
        if SweepId::parse(sweep)?.to_string() != sweep || !entry.file_type().ok()?.is_file() {
            return None;
        }
        let mut bytes = Vec::new();
        File::open(entry.path()).ok()?.take(RECEIPT_BYTES_MAX).read_to_end(&mut bytes).ok()?;
        let receipt: Receipt = serde_json::from_slice(&bytes).ok()?;
        (receipt.sweep == sweep).then_some(receipt)
    };
    let mut receipts: Vec<Receipt> = entries.filter_map(|entry| read(entry.ok()?)).collect();
    receipts.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.sweep.cmp(&b.sweep)));
    Ok(receipts)
}

/// More than any receipt of ours has.
const RECEIPT_BYTES_MAX: u64 = 64 * 1024;

/// Erases one of the receipts that [`list_receipts`] listed. One that is gone already is no fault.
pub fn erase_receipt(folder: &Folder, receipt: &Receipt) -> Result<(), StoreError> {
    match std::fs::remove_file(folder.receipts().join(format!("{}.json", receipt.sweep))) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
