//! The roll call ends: everybody is found, or somebody says why not. Or it was never meant, and is called off.

use rusqlite::Transaction;

use super::sign_out::Ending;
use super::{Desk, DeskError, Now, StoreError, inside, running};
use crate::domain::access::{Actor, Verb};
use crate::domain::check_in::{Direction, Verdict};
use crate::domain::ids::ScanId;
use crate::domain::roll_call::{EndReason, PersonId, SoughtPerson};
use crate::store::scans::{self, NewScan};
use crate::store::{events, roll_call};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndRollCallOutcome {
    Ended,
    /// So many are missing, and nobody has said why it ends. Nothing was written.
    AsksWhy {
        missing: usize,
    },
    NoneRuns,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallOffOutcome {
    CalledOff,
    /// Somebody has unlocked and counts: they end it. Nothing was written.
    IsCounted,
    NoneRuns,
}

/// Ends the roll call that runs. Nothing of it stays but the audit entry, with the number of those who are missing and why.
///
/// **Shape** for [`EndReason::Left`] the end of each missing person's visit, as presumed, or their exit, in one transaction.
/// **Errors** where people are signed out, a file that takes nothing: then the roll call goes on.
/// **Source** V13.
pub fn end_roll_call(desk: &mut Desk, by: &Actor, why: Option<EndReason>) -> Result<EndRollCallOutcome, DeskError> {
    let now = desk.admit(by, Verb::EndRollCall)?;
    let Some(runs) = running::load(desk)? else { return Ok(EndRollCallOutcome::NoneRuns) };
    let missing: Vec<_> = runs.people.into_iter().filter(|person| person.found_at.is_none()).collect();
    if why.is_none() && !missing.is_empty() {
        return Ok(EndRollCallOutcome::AsksWhy { missing: missing.len() });
    }
    if why == Some(EndReason::Left) {
        let leaving = Leaving { ending: Ending::of(desk, &now, by, Verb::SignOutVisit).presumed(), desk: desk.config.desk.clone() };
        desk.write(&now, |tx| missing.iter().try_for_each(|person| leaving.take_out(tx, &now, person)))?;
    }
    let mut line = desk.audit_line(&now, by, Verb::EndRollCall);
    line.count = Some(missing.len());
    line.detail = why.filter(|_| !missing.is_empty()).map(|why| why.word().to_owned());
    running::keep(desk, &now, None, Some(line), roll_call::erase)?;
    Ok(EndRollCallOutcome::Ended)
}

/// Whoever began it at a locked screen did not mean to. Once somebody counts, the public cannot take it back.
///
/// **Source** V13.
pub fn call_off_roll_call(desk: &mut Desk, by: &Actor) -> Result<CallOffOutcome, DeskError> {
    let now = desk.admit(by, Verb::CallOffRollCall)?;
    let Some(runs) = running::load(desk)? else { return Ok(CallOffOutcome::NoneRuns) };
    if *by == Actor::Public && runs.counted_by.is_some() {
        return Ok(CallOffOutcome::IsCounted);
    }
    let mut line = desk.audit_line(&now, by, Verb::CallOffRollCall);
    line.count = Some(runs.people.len());
    running::keep(desk, &now, None, Some(line), roll_call::erase)?;
    Ok(CallOffOutcome::CalledOff)
}

/// How somebody is taken out of the house who is presumed to have left it.
struct Leaving {
    ending: Ending,
    desk: String,
}

impl Leaving {
    fn take_out(&self, tx: &Transaction, now: &Now, person: &SoughtPerson) -> Result<(), StoreError> {
        match person.id {
            PersonId::Visit(visit) => self.ending.end(tx, now, visit).map(drop),
            PersonId::Participant(event, participant) => {
                let Some(list) = events::find_list(tx, event, None)? else { return Ok(()) };
                if inside::since(tx, event, list.id, participant)?.is_none() {
                    return Ok(());
                }
                scans::insert(
                    tx,
                    &NewScan {
                        id: ScanId::random(),
                        at: now.at,
                        desk: &self.desk,
                        event: Some(event),
                        list: Some(list.id),
                        participant: Some(participant),
                        direction: Direction::Exit,
                        code_sha256: None,
                        verdict: Verdict::Exited,
                        reason: None,
                        erase_after: None,
                    },
                )
            }
        }
    }
}
