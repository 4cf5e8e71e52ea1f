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
use crate::domain::ticket::read;
use crate::store::events::{self, StoredList};
use crate::store::participants;
use crate::store::scans::{self, NewScan};

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
    let is_limited = *by == Actor::Public && input.source == Source::Typed;
    let is_late = is_limited && !desk.code_tries.allows(now.since_boot);
    // A signature needs nothing of the file, so nobody waits for the file meanwhile.
    let reading = read(&input.code, desk.ticket_keys()?);
    let door = Door {
        desk: desk.config.desk.clone(),
        event: input.event,
        list: input.list,
        direction: input.direction,
        code_sha256: Some(ticket_code::sha256(&input.code)),
        stray_until: visit_erase_after(now.at, desk.profile.visit.retention.days, desk.config.zone),
    };
    let judged = desk.write(&now, |tx| {
        door.pass(tx, &now, || match is_late {
            true => Ok(Holder::Nobody(Verdict::TryLater, None)),
            false => ticket_code::holder_of(tx, reading, input.event, now.at),
        })
    })?;
    let Some(judged) = judged else { return Ok(CheckInOutcome::NoEvent) };
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
    let is_limited = *by == Actor::Public;
    let is_late = is_limited && !desk.code_tries.allows(now.since_boot);
    let door = Door::without_code(desk, &now, event, Direction::Entry);
    let judged = desk.write(&now, |tx| {
        door.pass(tx, &now, || {
            if is_late {
                return Ok(Holder::Nobody(Verdict::TryLater, None));
            }
            let like = |known: &str, at: Option<&str>| is_same(name, known) && is_same(company, at.unwrap_or_default());
            Ok(match participants::list_like(tx, event, like)?.as_slice() {
                [participant] => Holder::Known { event, participant: *participant, validity: Validity::Valid },
                [] => Holder::Nobody(Verdict::Unknown, Some(Reason::NoMatch)),
                _ => Holder::Nobody(Verdict::Ambiguous, None),
            })
        })
    })?;
    let Some(mut judged) = judged else { return Ok(CheckInOutcome::NoEvent) };
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
    let door = Door::without_code(desk, &now, event, direction);
    let mut line = desk.audit_line(&now, by, Verb::CheckInParticipant);
    line.subject = Some(participant.to_string());
    let judged = desk.write(&now, |tx| {
        let judged = door.pass(tx, &now, || Ok(Holder::Known { event, participant, validity: Validity::Valid }))?;
        if judged.is_some() {
            audit_act(tx, &line)?;
        }
        Ok(judged)
    })?;
    Ok(judged.map_or(CheckInOutcome::NoEvent, CheckInOutcome::Judged))
}

/// Where somebody stands, which way they go, and what was read there.
struct Door {
    desk: String,
    /// The event of this door; without one the ticket chooses.
    event: Option<EventId>,
    list: Option<ListId>,
    direction: Direction,
    code_sha256: Option<[u8; 32]>,
    /// Until when a scan is kept that belongs to no event.
    stray_until: DateTime<Utc>,
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
    /// The first list of an event, where somebody comes without a code.
    fn without_code(desk: &Desk, now: &Now, event: EventId, direction: Direction) -> Door {
        Door { desk: desk.config.desk.clone(), event: Some(event), list: None, direction, code_sha256: None, stray_until: now.at }
    }

    /// Judges whoever stands here and writes the line. `None` when there is no such door: then nothing is written.
    fn pass(
        &self,
        tx: &Transaction,
        now: &Now,
        holder: impl FnOnce() -> Result<Holder, StoreError>,
    ) -> Result<Option<CheckedIn>, StoreError> {
        let own_list = self.event.map(|event| events::find_door(tx, event, self.list, now.at)).transpose()?;
        if matches!(own_list, Some(None)) {
            return Ok(None);
        }
        let judged = self.judge(tx, now, holder()?, own_list.flatten())?;
        self.write_down(tx, now, judged).map(Some)
    }

    /// `own_list` is that of this door's event, where it has one.
    fn judge(&self, tx: &Transaction, now: &Now, holder: Holder, own_list: Option<StoredList>) -> Result<Judged, StoreError> {
        let nobody =
            |verdict, reason| Judged { verdict, reason, since: None, event: self.event, list: None, opens_at: None, participant: None };
        let (event, participant, validity) = match holder {
            Holder::Nobody(verdict, reason) => return Ok(nobody(verdict, reason)),
            Holder::Known { event, participant, validity } => (event, participant, validity),
        };
        let Some(stored) = participants::find(tx, event, participant)? else {
            return Ok(nobody(Verdict::Unknown, Some(Reason::NoMatch)));
        };
        // Whoever is known at a door with an event belongs to that event; elsewhere the list asked for may be another event's.
        // A further list without a rule for this ticket is not written yet.
        let list = match own_list {
            Some(list) => Some(list),
            None => events::find_list(tx, event, self.list)?,
        };
        let Some(list) = list else { return Ok(nobody(Verdict::WrongList, None)) };
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

    fn write_down(&self, tx: &Transaction, now: &Now, judged: Judged) -> Result<CheckedIn, StoreError> {
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
                code_sha256: self.code_sha256,
                verdict: judged.verdict,
                reason: judged.reason,
                erase_after: judged.event.is_none().then_some(self.stray_until),
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
