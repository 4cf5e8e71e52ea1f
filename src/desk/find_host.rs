//! Finding a host by the beginnings of words, without ever showing the whole directory.

use std::ops::Range;

use super::{Desk, DeskError};
use crate::domain::access::{Actor, Verb};
use crate::domain::fold::Query;
use crate::domain::ids::HostId;
use crate::domain::order::sort_by_name;
use crate::store::hosts;

/// Fewest letters that show anybody.
pub const LETTERS_MIN: usize = 2;
/// Most matches shown.
pub const MATCHES_MAX: usize = 5;

pub struct HostMatch {
    pub id: HostId,
    pub name: String,
    pub department: Option<String>,
    /// The bytes of `name` that match what was typed.
    pub piece: Range<usize>,
}

/// At most five hosts that match, in the order of names; none for fewer than two letters.
pub fn find_host(desk: &mut Desk, by: &Actor, typed: &str) -> Result<Vec<HostMatch>, DeskError> {
    desk.admit(by, Verb::FindHost)?;
    let query = Query::new(typed);
    if query.letters() < LETTERS_MIN {
        return Ok(Vec::new());
    }
    let mut found = hosts::list(desk.store.reader())?;
    found.retain(|host| query.matches(&host.name));
    sort_by_name(&mut found, desk.config.first_language(), |host| &host.name);
    found.truncate(MATCHES_MAX);
    let matches = found.into_iter().map(|host| {
        let piece = query.piece(&host.name).unwrap_or(0..0);
        HostMatch { id: host.id, name: host.name, department: host.department, piece }
    });
    Ok(matches.collect())
}
