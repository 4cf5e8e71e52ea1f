//! `velkommen host import`: the host directory from a file.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::answer::{Answer, Failure};
use crate::desk::Desk;
use crate::desk::import_hosts::{HostRow, ImportHostsOutcome, import_hosts};
use crate::documents::host_file;
use crate::domain::access::Actor;

#[derive(Debug, Subcommand)]
pub enum Host {
    /// Replace the directory by the rows of a CSV file with the columns name, department, email
    Import { file: PathBuf },
}

/// No directory is larger.
const BYTES_MAX: u64 = 8 << 20;

impl Host {
    pub fn run(&self, desk: &mut Desk, answer: &Answer) -> Result<(), Failure> {
        let Host::Import { file } = self;
        let rows = host_file::read_hosts(&crate::files::read_limited(file, BYTES_MAX)?)
            .map_err(|fault| Failure::refused("host_file", Some("file"), fault.to_string()))?;
        let rows: Vec<_> = rows
            .into_iter()
            .map(|row| HostRow { name: row.name, department: row.department.unwrap_or_default(), email: row.email.unwrap_or_default() })
            .collect();
        match import_hosts(desk, &Actor::Operator, &rows)? {
            ImportHostsOutcome::Imported { added, unchanged, removed } => {
                answer.line(json!({ "added": added, "unchanged": unchanged, "removed": removed }), |words| {
                    let values: [(&str, &dyn std::fmt::Display); 3] = [("added", &added), ("unchanged", &unchanged), ("removed", &removed)];
                    words.say_with("cli", "{added} hosts added, {unchanged} unchanged, {removed} removed.", &values)
                })
            }
            ImportHostsOutcome::Refused(faults) => {
                let rows: Vec<_> = faults.iter().take(20).map(|(row, _)| row.to_string()).collect();
                let message = answer.words().say_with(
                    "cli",
                    "Nothing was imported: these rows have no name, too long a text or control characters: {rows}",
                    &[("rows", &rows.join(", "))],
                );
                Err(Failure::refused("bad_rows", Some("file"), message))
            }
        }
    }
}
