//! The host directory comes in as a whole: who is no longer in the file is no longer in the directory.

use std::collections::HashSet;

use super::{Desk, DeskError, audit_act};
use crate::domain::access::{Actor, Verb};
use crate::domain::ids::HostId;
use crate::domain::text::{TextFault, optional_line};
use crate::domain::visit::HostName;
use crate::store::hosts;

/// One row of the file.
pub struct HostRow {
    pub name: String,
    pub department: String,
    pub email: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportHostsOutcome {
    Imported {
        added: usize,
        unchanged: usize,
        removed: usize,
    },
    /// Rows (counted from 1, the header apart) and what is wrong with them; nothing was written.
    Refused(Vec<(usize, TextFault)>),
}

/// Replaces the directory by the rows of a file.
pub fn import_hosts(desk: &mut Desk, by: &Actor, rows: &[HostRow]) -> Result<ImportHostsOutcome, DeskError> {
    let now = desk.admit(by, Verb::ImportHosts)?;
    let mut taken = Vec::with_capacity(rows.len());
    let mut faults = Vec::new();
    for (row, number) in rows.iter().zip(1..) {
        let parsed = HostName::parse(&row.name).and_then(|name| {
            let part = |text| optional_line(text, HostName::MAX);
            Ok((name, part(&row.department)?, part(&row.email)?))
        });
        match parsed {
            Ok(host) => taken.push(host),
            Err(fault) => faults.push((number, fault)),
        }
    }
    if !faults.is_empty() {
        return Ok(ImportHostsOutcome::Refused(faults));
    }
    let mut line = desk.audit_line(&now, by, Verb::ImportHosts);
    line.count = Some(taken.len());
    let outcome = desk.write(&now, |tx| {
        let mut kept = HashSet::new();
        let mut added = 0;
        for (name, department, email) in &taken {
            let (name, department, email) = (name.as_str(), department.as_deref(), email.as_deref());
            let id = match hosts::find_same(tx, name, department, email)? {
                Some(id) => id,
                None => {
                    added += 1;
                    let id = HostId::random();
                    hosts::insert(tx, id, name, department, email)?;
                    id
                }
            };
            kept.insert(id);
        }
        let gone: Vec<_> = hosts::list(tx)?.into_iter().filter(|host| !kept.contains(&host.id)).collect();
        for host in &gone {
            hosts::erase(tx, host.id)?;
        }
        audit_act(tx, &line)?;
        Ok(ImportHostsOutcome::Imported { added, unchanged: kept.len() - added, removed: gone.len() })
    })?;
    Ok(outcome)
}

/// How many hosts the directory has.
pub fn count_hosts(desk: &Desk) -> Result<usize, DeskError> {
    Ok(hosts::count(desk.store.reader())?)
}
