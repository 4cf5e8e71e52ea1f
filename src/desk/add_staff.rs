//! Somebody new runs the desk.

use std::collections::BTreeSet;

use super::{Desk, DeskError, audit_act};
use crate::domain::access::{Actor, Verb};
use crate::domain::ids::StaffId;
use crate::domain::staff::{Role, Secret, SecretFault, StaffName};
use crate::domain::text::TextFault;
use crate::store::staff;

/// What was typed and ticked.
pub struct AddStaff {
    pub name: String,
    pub secret: String,
    pub roles: BTreeSet<Role>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddStaffOutcome {
    Added(StaffId),
    /// Nothing was written.
    Refused(Vec<StaffFault>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffFault {
    Name(TextFault),
    NameTaken,
    Secret(SecretFault),
    NoRole,
}

/// Somebody in the list of staff.
pub struct StaffMember {
    pub id: StaffId,
    pub name: String,
    pub roles: BTreeSet<Role>,
}

/// Adds somebody who can unlock.
pub fn add_staff(desk: &mut Desk, by: &Actor, input: &AddStaff) -> Result<AddStaffOutcome, DeskError> {
    let now = desk.admit(by, Verb::AddStaff)?;
    let (name, secret) = match check(input) {
        Ok(checked) => checked,
        Err(faults) => return Ok(AddStaffOutcome::Refused(faults)),
    };
    let hash = desk.secret_cost.hash(&secret)?;
    let mut line = desk.audit_line(&now, by, Verb::AddStaff);
    let id = StaffId::random();
    line.subject = Some(id.to_string());
    let added = desk.write(&now, |tx| {
        let added = staff::insert(tx, id, &name, &input.roles, &hash, now.at)?;
        if added {
            audit_act(tx, &line)?;
        }
        Ok(added)
    })?;
    Ok(if added { AddStaffOutcome::Added(id) } else { AddStaffOutcome::Refused(vec![StaffFault::NameTaken]) })
}

/// Checks what was typed, without looking whether the name is free.
pub(super) fn check(input: &AddStaff) -> Result<(StaffName, Secret), Vec<StaffFault>> {
    let name = StaffName::parse(&input.name);
    let secret = Secret::parse(&input.secret);
    let faults: Vec<_> = [
        name.as_ref().err().map(|fault| StaffFault::Name(*fault)),
        secret.as_ref().err().map(|fault| StaffFault::Secret(*fault)),
        input.roles.is_empty().then_some(StaffFault::NoRole),
    ]
    .into_iter()
    .flatten()
    .collect();
    match (name, secret) {
        (Ok(name), Ok(secret)) if faults.is_empty() => Ok((name, secret)),
        _ => Err(faults),
    }
}

/// Everybody who can unlock, in the order they were added.
pub fn list_staff(desk: &mut Desk, by: &Actor) -> Result<Vec<StaffMember>, DeskError> {
    desk.admit(by, Verb::ListStaff)?;
    let all = staff::list(desk.store.reader())?;
    Ok(all.into_iter().map(|person| StaffMember { id: person.id, name: person.name, roles: person.roles }).collect())
}
