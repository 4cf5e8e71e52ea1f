//! SQL of the people who run the desk, and of the wrong tries to unlock it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Transaction, named_params};

use super::{StoreError, instant};
use crate::domain::ids::StaffId;
use crate::domain::staff::{Role, StaffName, WrongTries};

/// Somebody who can unlock.
pub struct Staff {
    pub id: StaffId,
    pub name: String,
    pub roles: BTreeSet<Role>,
    pub secret_hash: String,
    pub tries: WrongTries,
}

/// The name as it is compared: nobody has to remember how it was capitalised.
fn folded(name: &str) -> String {
    name.to_lowercase()
}

/// Adds somebody. `false` when the name is taken: then nothing is written.
pub fn insert(
    tx: &Transaction,
    id: StaffId,
    name: &StaffName,
    roles: &BTreeSet<Role>,
    secret_hash: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let added = tx
        .prepare_cached(
            "INSERT OR IGNORE INTO staff (staff_id, name, folded_name, secret_hash, added_at)
             VALUES (:staff_id, :name, :folded_name, :secret_hash, :added_at)",
        )?
        .execute(named_params! {
            ":staff_id": id.to_string(),
            ":name": name.as_str(),
            ":folded_name": folded(name.as_str()),
            ":secret_hash": secret_hash,
            ":added_at": now.timestamp_millis(),
        })?;
    if added == 0 {
        return Ok(false);
    }
    let mut insert_role = tx.prepare_cached("INSERT INTO staff_roles (staff_id, role) VALUES (:staff_id, :role)")?;
    for role in roles {
        insert_role.execute(named_params! { ":staff_id": id.to_string(), ":role": role.word() })?;
    }
    Ok(true)
}

pub fn find_by_name(connection: &Connection, name: &str) -> Result<Option<Staff>, StoreError> {
    let found = list_where(connection, Some(&folded(name)))?;
    Ok(found.into_iter().next())
}

/// What somebody is called; `None` who is no staff any more.
pub fn find_name(connection: &Connection, id: StaffId) -> Result<Option<String>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT name FROM staff WHERE staff_id = :staff_id")?
        .query_row(named_params! { ":staff_id": id.to_string() }, |row| row.get("name"))
        .optional()?)
}

/// Everybody, in the order they were added.
pub fn list(connection: &Connection) -> Result<Vec<Staff>, StoreError> {
    list_where(connection, None)
}

fn list_where(connection: &Connection, folded_name: Option<&str>) -> Result<Vec<Staff>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT staff_id, name, secret_hash, wrong_tries, wait_until,
                (SELECT group_concat(role) FROM staff_roles WHERE staff_roles.staff_id = staff.staff_id) AS roles
         FROM staff WHERE :folded_name IS NULL OR folded_name = :folded_name ORDER BY rowid",
    )?;
    let rows = statement.query_map(named_params! { ":folded_name": folded_name }, |row| {
        let id: String = row.get("staff_id")?;
        let roles: Option<String> = row.get("roles")?;
        Ok(Staff {
            id: StaffId::parse(&id).ok_or(rusqlite::Error::InvalidQuery)?,
            name: row.get("name")?,
            roles: roles.unwrap_or_default().split(',').filter_map(Role::parse).collect(),
            secret_hash: row.get("secret_hash")?,
            tries: WrongTries { count: row.get("wrong_tries")?, wait_until: row.get::<_, Option<i64>>("wait_until")?.map(instant) },
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub fn any(connection: &Connection) -> Result<bool, StoreError> {
    Ok(connection.prepare_cached("SELECT 1 FROM staff")?.exists([])?)
}

pub fn set_tries(tx: &Transaction, id: StaffId, tries: WrongTries) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE staff SET wrong_tries = :count, wait_until = :wait_until WHERE staff_id = :staff_id")?.execute(
        named_params! {
            ":staff_id": id.to_string(),
            ":count": tries.count,
            ":wait_until": tries.wait_until.map(|until| until.timestamp_millis()),
        },
    )?;
    Ok(())
}

pub fn load_kiosk_tries(connection: &Connection) -> Result<WrongTries, StoreError> {
    let tries = connection
        .prepare_cached("SELECT wrong_tries, wait_until FROM kiosk_tries")?
        .query_row([], |row| {
            Ok(WrongTries { count: row.get("wrong_tries")?, wait_until: row.get::<_, Option<i64>>("wait_until")?.map(instant) })
        })
        .optional()?;
    Ok(tries.unwrap_or_default())
}

pub fn set_kiosk_tries(tx: &Transaction, tries: WrongTries) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO kiosk_tries (one, wrong_tries, wait_until) VALUES (1, :count, :wait_until)
         ON CONFLICT (one) DO UPDATE SET wrong_tries = excluded.wrong_tries, wait_until = excluded.wait_until",
    )?
    .execute(named_params! {
        ":count": tries.count,
        ":wait_until": tries.wait_until.map(|until| until.timestamp_millis()),
    })?;
    Ok(())
}
