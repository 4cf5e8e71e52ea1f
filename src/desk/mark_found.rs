//! Somebody on the roll call is found, or was not after all.

use super::{Desk, DeskError, running};
use crate::domain::access::{Actor, Verb};
use crate::domain::roll_call::RollCall;
use crate::store::roll_call;

/// Whom, by the key of their row, and which of the two.
#[derive(Clone, Debug)]
pub struct MarkFound {
    pub key: String,
    pub mark: Mark,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Found,
    /// Takes the mark back.
    Missing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarkFoundOutcome {
    /// As it stands now; who was marked so before stays as they were.
    Marked(Box<RollCall>),
    /// Nobody on it has this key: they were erased meanwhile.
    NotOnIt,
    /// Somebody has ended it.
    NoneRuns,
}

/// Marks somebody on the roll call that runs.
///
/// **Shape** one row, or the memory while the file takes nothing; no audit entry, since the roll call itself has one.
/// **Source** V13.
pub fn mark_found(desk: &mut Desk, by: &Actor, input: &MarkFound) -> Result<MarkFoundOutcome, DeskError> {
    let now = desk.admit(by, Verb::TakeRollCall)?;
    let Some(mut runs) = running::load(desk)? else { return Ok(MarkFoundOutcome::NoneRuns) };
    let Some(person) = runs.people.iter_mut().find(|person| person.id.to_string() == input.key) else {
        return Ok(MarkFoundOutcome::NotOnIt);
    };
    let was_found = person.found_at.is_some();
    if was_found != (input.mark == Mark::Found) {
        person.found_at = (!was_found).then_some(now.at);
        let person = *person;
        running::keep(desk, &now, Some(runs.clone()), None, |tx| roll_call::set_found(tx, person.id, person.found_at))?;
    }
    let marked = running::with_names(desk, &now, by, Some(&runs), &runs.people)?;
    Ok(MarkFoundOutcome::Marked(Box::new(marked)))
}
