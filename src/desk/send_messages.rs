//! The outbox: a message is claimed, sent by a device that this room does not know, and settled. Between the two the
//! desk waits for nobody.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Desk, DeskError, Now, StoreError};
use crate::domain::access::{Actor, Verb};
use crate::domain::ids::{InvitationId, MessageId, VisitId};
use crate::domain::mail_address::MailAddress;
use crate::domain::message::{ARRIVAL_HOURS, Arrival, Channel, Invitation, Visitor, pause_after};
use crate::domain::profile::HostNoticeContent;
use crate::domain::visit::{Company, HostName, VisitorName};
use crate::store::messages::{NewMessage, Subject};
use crate::store::{audit, hosts, invitations, messages, visits};

/// A message to send now. Sent or not, [`settle_message`] hears of it; if it never does, as after a crash, the message is
/// claimed again later, with the same id.
#[derive(Clone, Debug)]
pub struct ClaimedMessage {
    pub id: MessageId,
    /// When it was first to be told; the date of the mail.
    pub queued_at: DateTime<Utc>,
    pub claimed_at: DateTime<Utc>,
    pub telling: Telling,
}

/// What a message tells, and to whom by mail; a webhook has its own address.
#[derive(Clone, Debug)]
pub enum Telling {
    Arrival { to: Option<MailAddress>, arrival: Arrival },
    Invitation { to: MailAddress, invitation: Box<Invitation> },
}

/// What came of sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The other side has it.
    Taken,
    /// Not this time: try again.
    Failed,
    /// Never: the other side refuses this message, whenever it comes.
    Refused,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettleMessageOutcome {
    /// It was sent; the row is gone.
    Sent,
    /// It is tried again then, unless it has lost its worth.
    Waits(DateTime<Utc>),
    /// It is not tried again, and the audit says so.
    Ended,
}

/// The next message of a channel whose time has come, its try counted.
///
/// **Shape** the try and the time of the next one, committed before anything is sent; what is no longer worth telling is erased.
pub fn claim_message(desk: &mut Desk, by: &Actor, channel: Channel) -> Result<Option<ClaimedMessage>, DeskError> {
    let now = desk.admit(by, Verb::SendMessages)?;
    while let Some(due) = messages::find_due(desk.store.reader(), channel, now.at)? {
        let telling = match due.subject {
            Subject::Visit(visit) => telling_of_visit(desk, &now, channel, visit)?,
            Subject::Invitation(invitation) => telling_of_invitation(desk, &now, invitation)?,
        };
        let next_at = now.at + pause_after(due.attempts.saturating_add(1));
        desk.write(&now, |tx| match telling {
            Some(_) => messages::begin_attempt(tx, due.id, next_at),
            None => messages::erase(tx, due.id).map(|_| ()),
        })?;
        if let Some(telling) = telling {
            return Ok(Some(ClaimedMessage { id: due.id, queued_at: due.queued_at, claimed_at: now.at, telling }));
        }
    }
    Ok(None)
}

/// Takes in what came of a claimed message.
///
/// **Shape** the message erased when it was taken or refused; a refusal stands in the audit with the visit or invitation
/// it was about.
pub fn settle_message(
    desk: &mut Desk,
    by: &Actor,
    message: &ClaimedMessage,
    delivery: Delivery,
) -> Result<SettleMessageOutcome, DeskError> {
    let now = desk.admit(by, Verb::SendMessages)?;
    match delivery {
        Delivery::Taken => {
            desk.write(&now, |tx| messages::erase(tx, message.id))?;
            Ok(SettleMessageOutcome::Sent)
        }
        Delivery::Failed => {
            let next = messages::find(desk.store.reader(), message.id)?;
            Ok(next.map_or(SettleMessageOutcome::Ended, |(_, next_at)| SettleMessageOutcome::Waits(next_at)))
        }
        Delivery::Refused => {
            let found = messages::find(desk.store.reader(), message.id)?;
            let mut line = desk.audit_line(&now, by, Verb::SendMessages);
            line.detail = Some("refused".to_owned());
            line.subject = found.map(|(subject, _)| match subject {
                Subject::Visit(id) => id.to_string(),
                Subject::Invitation(id) => id.to_string(),
            });
            desk.write(&now, |tx| {
                // Unlike what else the clock does, this is about somebody who waits.
                if messages::erase(tx, message.id)? { audit::insert(tx, &line) } else { Ok(()) }
            })?;
            Ok(SettleMessageOutcome::Ended)
        }
    }
}

/// What is to be told when somebody signs in, as this desk and its profile have it.
pub(super) fn of_arrival(desk: &Desk, now: &Now, visit: VisitId, host: Option<&hosts::Host>, visit_due: DateTime<Utc>) -> Vec<NewMessage> {
    if desk.profile.visit.host_notice.content == HostNoticeContent::Off {
        return Vec::new();
    }
    let has_mail = desk.config.mail.is_some() && host.is_some_and(|host| address(host.email.as_deref()).is_some());
    let erase_after = visit_due.min(now.at + TimeDelta::hours(i64::from(ARRIVAL_HOURS)));
    [(Channel::Mail, has_mail), (Channel::Webhook, desk.config.webhook.is_some())]
        .into_iter()
        .filter(|(_, is_wanted)| *is_wanted)
        .map(|(channel, _)| NewMessage { id: MessageId::random(), channel, subject: Subject::Visit(visit), queued_at: now.at, erase_after })
        .collect()
}

/// Erases at most `limit` messages that have lost their worth; how many it were.
pub(super) fn erase_due(desk: &mut Desk, now: &Now, limit: usize) -> Result<usize, StoreError> {
    desk.write(now, |tx| messages::erase_due(tx, now.at, limit))
}

/// An e-mail of the directory that a server can be asked about.
pub(super) fn address(email: Option<&str>) -> Option<MailAddress> {
    MailAddress::of(email?).ok()
}

/// `None` when there is nobody left to tell, or nothing.
fn telling_of_visit(desk: &Desk, now: &Now, channel: Channel, visit: VisitId) -> Result<Option<Telling>, StoreError> {
    let content = desk.profile.visit.host_notice.content;
    let Some(arrived) = visits::find_arrived(desk.store.reader(), visit, now.at)? else { return Ok(None) };
    let to = address(arrived.email.as_deref());
    if content == HostNoticeContent::Off || channel == Channel::Mail && to.is_none() {
        return Ok(None);
    }
    let visitor = match content {
        HostNoticeContent::Name => visitor(&arrived.name, arrived.company.as_deref()),
        _ => None,
    };
    let host = arrived.host.as_deref().and_then(|host| HostName::parse(host).ok());
    Ok(Some(Telling::Arrival { to, arrival: Arrival { visitor, host, at: arrived.signed_in_at } }))
}

fn telling_of_invitation(desk: &Desk, now: &Now, id: InvitationId) -> Result<Option<Telling>, StoreError> {
    let reader = desk.store.reader();
    let Some(stored) = invitations::find(reader, id, now.at)? else { return Ok(None) };
    let host = match stored.host_id {
        Some(host) => hosts::load(reader, host)?,
        None => None,
    };
    let to = host.and_then(|host| address(host.email.as_deref()));
    Ok(to.zip(announced(&stored)).map(|(to, invitation)| Telling::Invitation { to, invitation: Box::new(invitation) }))
}

/// A stored invitation as its host passes it on.
pub(super) fn announced(stored: &invitations::StoredInvitation) -> Option<Invitation> {
    Some(Invitation {
        id: stored.id,
        visitor: visitor(&stored.name, stored.company.as_deref())?,
        host: HostName::parse(&stored.host).ok()?,
        starts_at: stored.starts_at,
        ends_at: stored.ends_at,
        invited_at: stored.invited_at,
        code: stored.code.clone(),
    })
}

fn visitor(name: &str, company: Option<&str>) -> Option<Visitor> {
    let company = company.and_then(|company| Company::parse(company).ok());
    Some(Visitor { name: VisitorName::parse(name).ok()?, company })
}
