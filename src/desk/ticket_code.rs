//! What the verbs about tickets share: whose a code is, and a ticket for whoever has none yet. No verb of its own.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Transaction};
use sha2::{Digest, Sha256};

use super::memory::TicketKeys;
use super::{Desk, StoreError, random};
use crate::domain::check_in::{Reason, Validity, Verdict};
use crate::domain::code::ShortCode;
use crate::domain::ids::{EventId, InvitationId, ParticipantId, TicketId, VisitId};
use crate::domain::keyboard::meant;
use crate::domain::ticket::{Claim, Reading, TicketCode, TicketKey, printed, read};
use crate::store::codes::{self, CodeOwner};
use crate::store::{events, participants, tickets};

/// Meaning a code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    Known {
        event: EventId,
        participant: ParticipantId,
        validity: Validity,
    },
    /// Why it is nobody's here.
    Nobody(Verdict, Option<Reason>),
}

/// What a code means here.
pub(super) enum Meaning {
    /// A visitor's.
    Badge(VisitId),
    Invitation(InvitationId),
    /// A ticket's, or nobody's.
    Ticket(Holder),
}

pub(super) const UNMATCHED: Holder = Holder::Nobody(Verdict::Unknown, Some(Reason::NoMatch));

/// How another system's ticket code stands on its participant.
pub(super) fn import_key_of_code(code: &str) -> String {
    format!("code:{code}")
}

/// What the ledger keeps of a code: the same however it was scanned or typed.
pub(super) fn sha256(code: &str) -> [u8; 32] {
    Sha256::digest(printed(code).as_ref()).into()
}

impl Desk {
    /// The keys that sign tickets here.
    pub(super) fn ticket_keys(&mut self) -> Result<&[TicketKey], StoreError> {
        let version = self.store.data_version()?;
        if self.memory.ticket_keys.as_of != Some(version) {
            self.memory.ticket_keys = TicketKeys { keys: tickets::keys(self.store.reader())?, as_of: Some(version) };
        }
        Ok(&self.memory.ticket_keys.keys)
    }

    /// The key that signs new tickets; made with the first one.
    pub(super) fn signing_key(&mut self, now: &super::Now) -> Result<TicketKey, StoreError> {
        if let Some(key) = self.ticket_keys()?.last() {
            return Ok(key.clone());
        }
        self.write(now, |tx| {
            // Another program may have been quicker.
            if tickets::keys(tx)?.is_empty() {
                tickets::insert_key(tx, 1, &random()?, now.at)?;
            }
            Ok(())
        })?;
        self.memory.ticket_keys = TicketKeys::default();
        self.ticket_keys()?.last().cloned().ok_or(StoreError::Failed { code: 0 })
    }
}

/// Meaning `code` is among the events that are not due at `now`: at `event`, or wherever it is good.
pub(super) fn holder(
    connection: &Connection,
    keys: &[TicketKey],
    code: &str,
    event: Option<EventId>,
    now: DateTime<Utc>,
) -> Result<Holder, StoreError> {
    holder_of(connection, read(code, keys), event, now)
}

/// Meaning a ticket is that was read before. A badge and an invitation are no tickets.
pub(super) fn holder_of(
    connection: &Connection,
    reading: Reading,
    event: Option<EventId>,
    now: DateTime<Utc>,
) -> Result<Holder, StoreError> {
    Ok(match meaning(connection, reading, event, now)? {
        Meaning::Ticket(holder) => holder,
        Meaning::Badge(_) | Meaning::Invitation(_) => UNMATCHED,
    })
}

/// What a code is that was read before.
pub(super) fn meaning(
    connection: &Connection,
    reading: Reading,
    event: Option<EventId>,
    now: DateTime<Utc>,
) -> Result<Meaning, StoreError> {
    match reading {
        Reading::Unreadable => Ok(Meaning::Ticket(Holder::Nobody(Verdict::Unknown, Some(Reason::Format)))),
        Reading::Forged => Ok(Meaning::Ticket(Holder::Nobody(Verdict::Unknown, Some(Reason::Signature)))),
        Reading::Ours(claim) => holder_of_ours(connection, claim, event, now).map(Meaning::Ticket),
        Reading::Other(text) => {
            // Other systems tell small letters from capitals and dashes from pluses, so what came is meant before anything
            // that a keyboard may have made of it.
            for meant in meant(text) {
                match meaning_of_other(connection, &meant, event, now)? {
                    Meaning::Ticket(holder) if holder == UNMATCHED => {}
                    known => return Ok(known),
                }
            }
            Ok(Meaning::Ticket(UNMATCHED))
        }
    }
}

/// What a text is that is no ticket of ours.
fn meaning_of_other(connection: &Connection, text: &str, event: Option<EventId>, now: DateTime<Utc>) -> Result<Meaning, StoreError> {
    let owner = match ShortCode::parse(text) {
        Some(code) => codes::find_owner(connection, &code)?,
        None => None,
    };
    match owner {
        Some(CodeOwner::Visit(visit)) => Ok(Meaning::Badge(visit)),
        Some(CodeOwner::Invitation(invitation)) => Ok(Meaning::Invitation(invitation)),
        Some(CodeOwner::Ticket(ticket)) => holder_of_other(connection, text, Some(ticket), event, now).map(Meaning::Ticket),
        None => holder_of_other(connection, text, None, event, now).map(Meaning::Ticket),
    }
}

fn holder_of_ours(connection: &Connection, claim: Claim, event: Option<EventId>, now: DateTime<Utc>) -> Result<Holder, StoreError> {
    let of = events::find_by_tag(connection, claim.event, now)?;
    if event.is_some() && event != of {
        return Ok(Holder::Nobody(Verdict::WrongEvent, None));
    }
    let owner = tickets::find_owner(connection, claim.ticket)?.filter(|owner| Some(owner.event) == of);
    Ok(owner.map_or(UNMATCHED, |owner| Holder::Known { event: owner.event, participant: owner.participant, validity: owner.validity }))
}

/// `ticket` is the one whose short code the text is.
fn holder_of_other(
    connection: &Connection,
    text: &str,
    ticket: Option<TicketId>,
    event: Option<EventId>,
    now: DateTime<Utc>,
) -> Result<Holder, StoreError> {
    let mut found = Vec::new();
    if let Some(ticket) = ticket
        && let Some(owner) = tickets::find_owner(connection, ticket)?
        && events::find(connection, owner.event, now)?.is_some()
    {
        found.push((owner.event, owner.participant, owner.validity));
    }
    for (event, participant) in participants::list_by_key(connection, &import_key_of_code(text), now)? {
        if !found.iter().any(|(_, known, _)| *known == participant) {
            found.push((event, participant, Validity::Valid));
        }
    }
    let is_elsewhere = !found.is_empty();
    if let Some(event) = event {
        found.retain(|(of, _, _)| *of == event);
    } else if found.len() > 1 {
        // A code that several events know is meant for the one whose doors are open.
        let mut open = Vec::new();
        for known in &found {
            let at = events::find(connection, known.0, now)?;
            if at.is_some_and(|event| event.times.is_open(now)) {
                open.push(*known);
            }
        }
        found = if open.is_empty() { found } else { open };
    }
    Ok(match found.as_slice() {
        [(event, participant, validity)] => Holder::Known { event: *event, participant: *participant, validity: *validity },
        [] if is_elsewhere => Holder::Nobody(Verdict::WrongEvent, None),
        [] => UNMATCHED,
        _ => Holder::Nobody(Verdict::Ambiguous, None),
    })
}

/// The valid ticket of a participant, made where there is none.
pub(super) fn ensure(
    tx: &Transaction,
    event: EventId,
    participant: ParticipantId,
    now: DateTime<Utc>,
) -> Result<(TicketId, ShortCode), StoreError> {
    if let Some(ticket) = tickets::find_of(tx, event, participant)?
        && let Some(code) = ShortCode::parse(&ticket.short_code)
    {
        return Ok((ticket.id, code));
    }
    let ticket = TicketId::random();
    loop {
        let code = ShortCode::from_random(random()?);
        if tickets::insert(tx, ticket, event, participant, &code, now)? {
            return Ok((ticket, code));
        }
    }
}

/// The text of a ticket's QR.
pub(super) fn code(key: &TicketKey, event: &events::StoredEvent, ticket: TicketId) -> TicketCode {
    key.sign(&Claim { event: event.tag, ticket })
}
