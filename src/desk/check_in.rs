//! A ticket is used at a door: somebody enters, leaves, or is refused. Each reading is a line of the ledger.

use chrono::{DateTime, Utc};
use rusqlite::Transaction;

use super::ticket_code::{self, Holder, UNMATCHED};
use super::{Desk, DeskError, Now, StoreError, audit_act, inside};
use crate::domain::access::{Actor, Verb};
use crate::domain::check_in::{Direction, Reason, Standing, Validity, Verdict, judge};
use crate::domain::code::TryKind;
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

/// Judges a code at a door that is named, and writes the line of the ledger. What a badge or an invitation says is nobody's
/// there; where no door is named, [`super::take_code`] says what a code is. Both look it up in the same way.
///
/// **Shape** one scan, committed together with what was looked at, so that two readings of one ticket enter once.
/// **Source** E10.
pub fn check_in(desk: &mut Desk, by: &Actor, input: &CheckIn) -> Result<CheckInOutcome, DeskError> {
    let now = desk.admit(by, Verb::CheckIn)?;
    let tries = Tries::of(desk, &now, by, input.source);
    // A signature needs nothing of the file, so nobody waits for the file meanwhile.
    let reading = read(&input.code, desk.ticket_keys()?);
    let door = Door { event: input.event, list: input.list, ..Door::anywhere(desk, &now, input.direction, &input.code) };
    let judged = desk.write(&now, |tx| {
        door.take(tx, &now, || match tries.are_used_up() {
            true => Ok(Holder::Nobody(Verdict::TryLater, None)),
            false => ticket_code::holder_of(tx, reading, input.event, now.at),
        })
    })?;
    let Some(judged) = judged else { return Ok(CheckInOutcome::NoEvent) };
    tries.note(desk, &now, judged.verdict);
    Ok(CheckInOutcome::Judged(judged))
}

/// Checks in whoever has exactly this name and company at one event, or at whichever has its doors open; told as little as a
/// stranger who knows both may hear.
///
/// The outcome holds the verdict and the name, and not since when they are inside. Wrong names are limited like wrong codes,
/// one try for all events. Whoever is known to two of them is asked for at the desk.
///
/// **Shape** one scan, of the event that knows them; of no event where none does and several are open.
/// **Source** AC4.
pub fn check_in_by_name(
    desk: &mut Desk,
    by: &Actor,
    event: Option<EventId>,
    name: &str,
    company: &str,
) -> Result<CheckInOutcome, DeskError> {
    let now = desk.admit(by, Verb::CheckInByName)?;
    let tries = Tries::by_hand(desk, &now, by, TryKind::Name);
    let events: Vec<_> = match event {
        Some(event) => vec![event],
        None => events::list_open(desk.store.reader(), now.at)?.into_iter().map(|event| event.id).collect(),
    };
    let only = match events.as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    let door = Door { event: only, ..Door::without_code(desk, &now, Direction::Entry) };
    let judged = desk.write(&now, |tx| {
        door.take(tx, &now, || {
            if tries.are_used_up() {
                return Ok(Holder::Nobody(Verdict::TryLater, None));
            }
            let like = |known: &str, at: Option<&str>| is_same(name, known) && is_same(company, at.unwrap_or_default());
            let mut found = Vec::new();
            for event in events {
                found.extend(participants::list_like(tx, event, like)?.into_iter().map(|participant| (event, participant)));
            }
            Ok(match found.as_slice() {
                [(event, participant)] => Holder::Known { event: *event, participant: *participant, validity: Validity::Valid },
                [] => UNMATCHED,
                _ => Holder::Nobody(Verdict::Ambiguous, None),
            })
        })
    })?;
    let Some(mut judged) = judged else { return Ok(CheckInOutcome::NoEvent) };
    tries.note(desk, &now, judged.verdict);
    if *by == Actor::Public {
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
    let door = Door::of_event(desk, &now, event, direction);
    let mut line = desk.audit_line(&now, by, Verb::CheckInParticipant);
    line.subject = Some(participant.to_string());
    let judged = desk.write(&now, |tx| {
        let judged = door.take(tx, &now, || Ok(Holder::Known { event, participant, validity: Validity::Valid }))?;
        if judged.is_some() {
            audit_act(tx, &line)?;
        }
        Ok(judged)
    })?;
    Ok(judged.map_or(CheckInOutcome::NoEvent, CheckInOutcome::Judged))
}

/// What somebody tries by hand who could try again and again; nothing else counts.
#[derive(Clone, Copy)]
pub(super) struct Tries {
    /// `None` for who is not limited.
    kind: Option<TryKind>,
    are_used_up: bool,
}

impl Tries {
    /// Of a code that comes in this way.
    pub(super) fn of(desk: &mut Desk, now: &Now, by: &Actor, source: Source) -> Tries {
        match source {
            Source::Scanned => Tries { kind: None, are_used_up: false },
            Source::Typed => Tries::by_hand(desk, now, by, TryKind::Code),
        }
    }

    pub(super) fn by_hand(desk: &mut Desk, now: &Now, by: &Actor, kind: TryKind) -> Tries {
        let kind = (*by == Actor::Public).then_some(kind);
        Tries { kind, are_used_up: kind.is_some_and(|kind| !desk.tries.of(kind).allows(now.since_boot)) }
    }

    pub(super) fn are_used_up(self) -> bool {
        self.are_used_up
    }

    pub(super) fn note(self, desk: &mut Desk, now: &Now, verdict: Verdict) {
        if verdict == Verdict::Unknown {
            self.note_wrong(desk, now);
        }
    }

    pub(super) fn note_wrong(self, desk: &mut Desk, now: &Now) {
        if let Some(kind) = self.kind {
            desk.tries.of(kind).note_wrong(now.since_boot);
        }
    }
}

/// Until when a scan is kept that belongs to no event.
fn stray_until(desk: &Desk, now: &Now) -> DateTime<Utc> {
    visit_erase_after(now.at, desk.profile.visit.retention.days, desk.config.zone)
}

/// Where somebody stands, which way they go, and what was read there.
pub(super) struct Door {
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
    fn of_event(desk: &Desk, now: &Now, event: EventId, direction: Direction) -> Door {
        Door { event: Some(event), ..Door::without_code(desk, now, direction) }
    }

    /// Where the code that was read chooses the event.
    pub(super) fn anywhere(desk: &Desk, now: &Now, direction: Direction, code: &str) -> Door {
        Door { code_sha256: Some(ticket_code::sha256(code)), ..Door::without_code(desk, now, direction) }
    }

    /// Where nothing was read, and whoever comes chooses the event.
    fn without_code(desk: &Desk, now: &Now, direction: Direction) -> Door {
        Door { desk: desk.config.desk.clone(), event: None, list: None, direction, code_sha256: None, stray_until: stray_until(desk, now) }
    }

    /// Judges whoever stands here and writes the line. `None` when there is no such door: then nothing is written.
    fn take(
        &self,
        tx: &Transaction,
        now: &Now,
        holder: impl FnOnce() -> Result<Holder, StoreError>,
    ) -> Result<Option<CheckedIn>, StoreError> {
        let own_list = self.event.map(|event| events::find_door(tx, event, self.list, now.at)).transpose()?;
        if matches!(own_list, Some(None)) {
            return Ok(None);
        }
        self.judge_and_write(tx, now, own_list.flatten(), holder()?).map(Some)
    }

    /// Judges and writes the line. `own_list` is that of this door's event, where it has one.
    pub(super) fn judge_and_write(
        &self,
        tx: &Transaction,
        now: &Now,
        own_list: Option<StoredList>,
        holder: Holder,
    ) -> Result<CheckedIn, StoreError> {
        let judged = self.judge(tx, now, holder, own_list)?;
        self.write_down(tx, now, judged)
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
        let inside_since = inside::since(tx, event, list.id, participant)?;
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
