//! SQL of the host directory.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params};

use super::StoreError;
use crate::domain::ids::HostId;

/// Somebody who can be visited.
pub struct Host {
    pub id: HostId,
    pub name: String,
    pub department: Option<String>,
    pub email: Option<String>,
}

fn from_row(row: &Row) -> rusqlite::Result<Host> {
    let id: String = row.get("host_id")?;
    Ok(Host {
        id: HostId::parse(&id).ok_or(rusqlite::Error::InvalidQuery)?,
        name: row.get("name")?,
        department: row.get("department")?,
        email: row.get("email")?,
    })
}

pub fn insert(tx: &Transaction, id: HostId, name: &str, department: Option<&str>, email: Option<&str>) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT INTO hosts (host_id, name, department, email) VALUES (:host_id, :name, :department, :email)")?
        .execute(named_params! { ":host_id": id.to_string(), ":name": name, ":department": department, ":email": email })?;
    Ok(())
}

/// The host of the same name, department and e-mail, if there is one.
pub fn find_same(connection: &Connection, name: &str, department: Option<&str>, email: Option<&str>) -> Result<Option<HostId>, StoreError> {
    let id: Option<String> = connection
        .prepare_cached("SELECT host_id FROM hosts WHERE name = :name AND department IS :department AND email IS :email")?
        .query_row(named_params! { ":name": name, ":department": department, ":email": email }, |row| row.get("host_id"))
        .optional()?;
    Ok(id.and_then(|id| HostId::parse(&id)))
}

pub fn erase(tx: &Transaction, id: HostId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM hosts WHERE host_id = :host_id")?.execute(named_params! { ":host_id": id.to_string() })?;
    Ok(())
}

pub fn load(connection: &Connection, id: HostId) -> Result<Option<Host>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT host_id, name, department, email FROM hosts WHERE host_id = :host_id")?
        .query_row(named_params! { ":host_id": id.to_string() }, from_row)
        .optional()?)
}

/// Everybody, in no particular order.
pub fn list(connection: &Connection) -> Result<Vec<Host>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT host_id, name, department, email FROM hosts")?;
    let hosts = statement.query_map([], from_row)?.collect::<Result<_, _>>()?;
    Ok(hosts)
}

pub fn count(connection: &Connection) -> Result<usize, StoreError> {
    Ok(connection.query_row("SELECT count(*) FROM hosts", [], |row| row.get::<_, i64>(0))? as usize)
}
