//! A ticket is used at a door: somebody enters, leaves, or is refused. Each reading is a line of the ledger.

use chrono::{DateTime, Utc};
use rusqlite::Transaction;

use super::ticket_code::{self, Holder};
use super::{Desk, DeskError, Now, StoreError, audit_act};
use crate::domain::access::{Actor, Verb};
use crate::domain::check_in::{Direction, Reason, Standing, Validity, Verdict, judge};
use crate::domain::fold::is_same;
use crate::domain::ids::{EventId, ListId, ParticipantId, ScanId};
use crate::domain::retention::visit_erase_after;
use crate::store::scans::{self, NewScan};
use crate::store::{events, participants};

/// What was read at a door.
#[derive(Clone)]
pub struct CheckIn {
    pub code: String,
    pub source: Source,
    /// The event of this door; without one the ticket chooses.
    pub event: Option<EventId>,
    /// A list of that event; without one the list every event begins with.
    pub list: Option<ListId>,
    pub direction: Direction,
}

/// How a code came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Scanned,
    /// By hand, which can be tried again and again.
    Typed,
}

#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "one is made per scan, and nearly all are judged")]
pub enum CheckInOutcome {
    Judged(CheckedIn),
    /// There is no such event, or it has no such list. Nothing was written.
    NoEvent,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct CheckedIn {
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub scan: ScanId,
    pub at: DateTime<Utc>,
    /// Since when somebody is inside who is inside already.
    pub since: Option<DateTime<Utc>>,
    pub event: Option<EventId>,
    /// When the doors open, for somebody who is too early.
    pub opens_at: Option<DateTime<Utc>>,
    pub participant: Option<ParticipantCard>,
}

/// A participant as a welcome shows them.
#[derive(Clone, PartialEq, Eq)]
pub struct ParticipantCard {
    pub id: ParticipantId,
    pub name: String,
    pub title: Option<String>,
    pub company: Option<String>,
    pub table: Option<String>,
    pub room: Option<String>,
}

impl std::fmt::Debug for ParticipantCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ParticipantCard(..)")
    }
}

impl From<participants::StoredParticipant> for ParticipantCard {
    fn from(stored: participants::StoredParticipant) -> ParticipantCard {
        let participants::StoredParticipant { id, name, title, company, table, room, .. } = stored;
        ParticipantCard { id, name, title, company, table, room }
    }
}

/// Judges a code and writes the line of the ledger.
///
/// **Shape** one scan, committed together with what was looked at, so that two readings of one ticket enter once.
/// **Source** DESIGN section 3, "Verdicts".
pub fn check_in(desk: &mut Desk, by: &Actor, input: &CheckIn) -> Result<CheckInOutcome, DeskError> {
    let now = desk.admit(by, Verb::CheckIn)?;
    if let Some(event) = input.event
        && !is_door(desk, &now, event, input.list)?
    {
        return Ok(CheckInOutcome::NoEvent);
    }
    let is_limited = *by == Actor::Public && input.source == Source::Typed;
    let is_late = is_limited && !desk.code_tries.allows(now.since_boot);
    desk.ticket_keys()?;
    let keys = std::mem::take(&mut desk.ticket_keys);
    let door = Door { desk: desk.config.desk.clone(), list: input.list, direction: input.direction };
    let stray_until = visit_erase_after(now.at, desk.profile.visit.retention.days, desk.config.zone);
    let code_sha256 = Some(ticket_code::sha256(&input.code));
    let judged = desk.write(&now, |tx| {
        let holder = match is_late {
            true => Holder::Nobody(Verdict::TryLater, None),
            false => ticket_code::holder(tx, keys.list(), &input.code, input.event, now.at)?,
        };
        let judged = door.judge(tx, &now, holder, input.event)?;
        door.write_down(tx, &now, judged, code_sha256, stray_until)
    });
    desk.ticket_keys = keys;
    let judged = judged?;
    if is_limited && judged.verdict == Verdict::Unknown {
        desk.code_tries.note_wrong(now.since_boot);
    }
    Ok(CheckInOutcome::Judged(judged))
}

/// Checks in whoever has exactly this name and company, told as little as a stranger who knows both may hear.
///
/// The outcome holds the verdict and the name, and not since when they are inside. Wrong names are limited like wrong codes.
///
/// **Source** PRIVACY, decisions ("Public and own").
pub fn check_in_by_name(desk: &mut Desk, by: &Actor, event: EventId, name: &str, company: &str) -> Result<CheckInOutcome, DeskError> {
    let now = desk.admit(by, Verb::CheckInByName)?;
    if !is_door(desk, &now, event, None)? {
        return Ok(CheckInOutcome::NoEvent);
    }
    let is_limited = *by == Actor::Public;
    let is_late = is_limited && !desk.code_tries.allows(now.since_boot);
    let door = Door { desk: desk.config.desk.clone(), list: None, direction: Direction::Entry };
    let stray_until = now.at;
    let mut judged = desk.write(&now, |tx| {
        let holder = if is_late {
            Holder::Nobody(Verdict::TryLater, None)
        } else {
            let like = |known: &str, at: Option<&str>| is_same(name, known) && is_same(company, at.unwrap_or_default());
            match participants::list_like(tx, event, like)?.as_slice() {
                [participant] => Holder::Known { event, participant: *participant, validity: Validity::Valid },
                [] => Holder::Nobody(Verdict::Unknown, Some(Reason::NoMatch)),
                _ => Holder::Nobody(Verdict::Ambiguous, None),
            }
        };
        let judged = door.judge(tx, &now, holder, Some(event))?;
        door.write_down(tx, &now, judged, None, stray_until)
    })?;
    if is_limited && judged.verdict == Verdict::Unknown {
        desk.code_tries.note_wrong(now.since_boot);
    }
    if is_limited {
        judged.since = None;
        if let Some(card) = &mut judged.participant {
            *card = ParticipantCard { title: None, company: None, table: None, room: None, ..card.clone() };
        }
    }
    Ok(CheckInOutcome::Judged(judged))
}

/// Checks somebody in or out whom staff chose in a list.
///
/// **Shape** one scan and one audit entry.
pub fn check_in_participant(
    desk: &mut Desk,
    by: &Actor,
    event: EventId,
    participant: ParticipantId,
    direction: Direction,
) -> Result<CheckInOutcome, DeskError> {
    let now = desk.admit(by, Verb::CheckInParticipant)?;
    if !is_door(desk, &now, event, None)? {
        return Ok(CheckInOutcome::NoEvent);
    }
    let door = Door { desk: desk.config.desk.clone(), list: None, direction };
    let mut line = desk.audit_line(&now, by, Verb::CheckInParticipant);
    line.subject = Some(participant.to_string());
    let judged = desk.write(&now, |tx| {
        let holder = Holder::Known { event, participant, validity: Validity::Valid };
        let judged = door.judge(tx, &now, holder, Some(event))?;
        let judged = door.write_down(tx, &now, judged, None, now.at)?;
        audit_act(tx, &line)?;
        Ok(judged)
    })?;
    Ok(CheckInOutcome::Judged(judged))
}

fn is_door(desk: &Desk, now: &Now, event: EventId, list: Option<ListId>) -> Result<bool, StoreError> {
    let reader = desk.store.reader();
    Ok(events::find(reader, event, now.at)?.is_some() && events::find_list(reader, event, list)?.is_some())
}

/// Where somebody stands, and which way they go.
struct Door {
    desk: String,
    list: Option<ListId>,
    direction: Direction,
}

/// A verdict before it is written down.
struct Judged {
    verdict: Verdict,
    reason: Option<Reason>,
    since: Option<DateTime<Utc>>,
    event: Option<EventId>,
    list: Option<ListId>,
    opens_at: Option<DateTime<Utc>>,
    participant: Option<ParticipantCard>,
}

impl Door {
    fn judge(&self, tx: &Transaction, now: &Now, holder: Holder, asked: Option<EventId>) -> Result<Judged, StoreError> {
        let nobody = |verdict, reason| Judged { verdict, reason, since: None, event: asked, list: None, opens_at: None, participant: None };
        let (event, participant, validity) = match holder {
            Holder::Nobody(verdict, reason) => return Ok(nobody(verdict, reason)),
            Holder::Known { event, participant, validity } => (event, participant, validity),
        };
        let Some(stored) = participants::find(tx, event, participant)? else {
            return Ok(nobody(Verdict::Unknown, Some(Reason::NoMatch)));
        };
        // A list of another event than the ticket's is refused before; a further list without a rule for this ticket is not written yet.
        let Some(list) = events::find_list(tx, event, self.list)? else {
            return Ok(nobody(Verdict::WrongList, None));
        };
        let inside_since = scans::find_last(tx, event, list.id, participant)?.and_then(scans::Passage::inside_since);
        let standing = Standing {
            status: stored.status,
            ticket: validity,
            inside_since,
            entry: list.entry,
            opens_at: list.opens_at,
            closes_at: list.closes_at,
        };
        let verdict = judge(&standing, self.direction, now.at);
        Ok(Judged {
            verdict,
            reason: None,
            since: inside_since.filter(|_| verdict == Verdict::AlreadyEntered),
            event: Some(event),
            list: Some(list.id),
            opens_at: (verdict == Verdict::TooEarly).then_some(list.opens_at),
            participant: Some(stored.into()),
        })
    }

    fn write_down(
        &self,
        tx: &Transaction,
        now: &Now,
        judged: Judged,
        code_sha256: Option<[u8; 32]>,
        stray_until: DateTime<Utc>,
    ) -> Result<CheckedIn, StoreError> {
        let scan = ScanId::random();
        scans::insert(
            tx,
            &NewScan {
                id: scan,
                at: now.at,
                desk: &self.desk,
                event: judged.event,
                list: judged.list,
                participant: judged.participant.as_ref().map(|card| card.id),
                direction: self.direction,
                code_sha256,
                verdict: judged.verdict,
                reason: judged.reason,
                erase_after: judged.event.is_none().then_some(stray_until),
            },
        )?;
        Ok(CheckedIn {
            verdict: judged.verdict,
            reason: judged.reason,
            scan,
            at: now.at,
            since: judged.since,
            event: judged.event,
            opens_at: judged.opens_at,
            participant: judged.participant,
        })
    }
}
