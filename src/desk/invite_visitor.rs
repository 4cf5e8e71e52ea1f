//! A visit is announced before: a code for the visitor, who then only confirms.

use chrono::{DateTime, TimeDelta, Utc};

use super::sign_in::{self, HostChoice, SignIn};
use super::{Desk, DeskError, audit_act, random, send_messages};
use crate::domain::access::{Actor, Verb};
use crate::domain::code::ShortCode;
use crate::domain::event::{EventTimes, TimesFault, parse_moment};
use crate::domain::field::FieldFault;
use crate::domain::ids::{InvitationId, MessageId};
use crate::domain::message::{Channel, Invitation, Visitor};
use crate::domain::retention::{presumed_left_at, visit_erase_after};
use crate::store::invitations::NewInvitation;
use crate::store::messages::{NewMessage, Subject};
use crate::store::{codes, invitations, messages};

/// How far ahead somebody is invited.
const DAYS_AHEAD_MAX: i64 = 366;
/// How long a visit is taken to be where nothing is said.
const USUAL_STAY: TimeDelta = TimeDelta::hours(1);

/// What was typed and chosen.
#[derive(Clone)]
pub struct InviteVisitor {
    pub name: String,
    pub company: String,
    pub title: String,
    pub host: HostChoice,
    /// As [`parse_moment`] reads it, on this desk's wall.
    pub starts: String,
    /// Empty: an hour after the start.
    pub ends: String,
    pub tell: TellHost,
}

impl std::fmt::Debug for InviteVisitor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InviteVisitor(..)")
    }
}

/// Whether the host gets the invitation by mail, to forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TellHost {
    ByMail,
    NotAtAll,
}

#[derive(Clone, Debug)]
pub enum InviteVisitorOutcome {
    Invited {
        invitation: Box<Invitation>,
        erase_after: DateTime<Utc>,
    },
    /// Nothing was written.
    Refused(Vec<InviteFault>),
}

/// Why somebody is not invited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InviteFault {
    Field(FieldFault),
    /// Nobody is visited.
    NoHost,
    /// A begin or an end that is no day and time.
    NoMoment(InviteTime),
    EndsBeforeStart,
    /// More than a year.
    TooLong,
    /// It would be over already.
    Past,
    /// More than a year ahead.
    TooFarAhead,
    /// The desk sends no mail, or the host has no address in the directory.
    NoMail,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InviteTime {
    Starts,
    Ends,
}

/// Invites somebody.
///
/// **Shape** one invitation and its short code, where wanted a message to the host, committed; one audit entry.
/// **Source** V11.
pub fn invite_visitor(desk: &mut Desk, by: &Actor, input: &InviteVisitor) -> Result<InviteVisitorOutcome, DeskError> {
    let now = desk.admit(by, Verb::InviteVisitor)?;
    let typed = SignIn {
        name: input.name.clone(),
        company: input.company.clone(),
        title: input.title.clone(),
        host: input.host.clone(),
        note: String::new(),
        language: desk.config.first_language(),
    };
    let mut faults = Vec::new();
    let taken = sign_in::take(desk, &typed)?.map_err(|fields| faults.extend(fields.into_iter().map(InviteFault::Field))).ok();
    let times = times(desk, input, now.at).map_err(|fault| faults.push(fault)).ok();
    if let Some(taken) = &taken {
        if taken.host_name.is_none() {
            faults.push(InviteFault::NoHost);
        }
        let has_mail =
            desk.config.mail.is_some() && taken.host.as_ref().is_some_and(|host| send_messages::address(host.email.as_deref()).is_some());
        if input.tell == TellHost::ByMail && !has_mail {
            faults.push(InviteFault::NoMail);
        }
    }
    let (Some(taken), Some(times), true) = (taken, times, faults.is_empty()) else {
        return Ok(InviteVisitorOutcome::Refused(faults));
    };
    let Some(host) = taken.host_name else { return Ok(InviteVisitorOutcome::Refused(vec![InviteFault::NoHost])) };
    let (zone, days) = (desk.config.zone, desk.profile.visit.retention.days);
    let new = NewInvitation {
        id: InvitationId::random(),
        name: &taken.name,
        company: taken.company.as_ref(),
        title: taken.title.as_ref(),
        host_name: &host,
        host_id: taken.host.as_ref().map(|host| host.id),
        starts_at: times.starts_at(),
        ends_at: times.ends_at(),
        invited_at: now.at,
        erase_after: visit_erase_after(presumed_left_at(times.ends_at(), desk.config.closes_at, zone), days, zone),
    };
    let (id, erase_after) = (new.id, new.erase_after);
    let mut line = desk.audit_line(&now, by, Verb::InviteVisitor);
    line.subject = Some(id.to_string());
    let code = desk.write(&now, |tx| {
        invitations::insert(tx, &new)?;
        audit_act(tx, &line)?;
        if input.tell == TellHost::ByMail {
            messages::insert(
                tx,
                &NewMessage {
                    id: MessageId::random(),
                    channel: Channel::Mail,
                    subject: Subject::Invitation(id),
                    queued_at: now.at,
                    erase_after: new.ends_at,
                },
            )?;
        }
        loop {
            let code = ShortCode::from_random(random()?);
            if codes::insert_for_invitation(tx, &code, id)? {
                return Ok(code);
            }
        }
    })?;
    let invitation = Invitation {
        id,
        visitor: Visitor { name: taken.name.clone(), company: taken.company.clone() },
        host: host.clone(),
        starts_at: new.starts_at,
        ends_at: new.ends_at,
        invited_at: now.at,
        code,
    };
    Ok(InviteVisitorOutcome::Invited { invitation: Box::new(invitation), erase_after })
}

fn times(desk: &Desk, input: &InviteVisitor, now: DateTime<Utc>) -> Result<EventTimes, InviteFault> {
    let starts = parse_moment(&input.starts).ok_or(InviteFault::NoMoment(InviteTime::Starts))?;
    let ends = match input.ends.trim() {
        "" => starts + USUAL_STAY,
        ends => parse_moment(ends).ok_or(InviteFault::NoMoment(InviteTime::Ends))?,
    };
    let times = EventTimes::new(starts, ends, desk.config.zone).map_err(|fault| match fault {
        TimesFault::EndsBeforeStart => InviteFault::EndsBeforeStart,
        TimesFault::TooLong => InviteFault::TooLong,
    })?;
    match () {
        () if times.ends_at() <= now => Err(InviteFault::Past),
        () if times.starts_at() > now + TimeDelta::days(DAYS_AHEAD_MAX) => Err(InviteFault::TooFarAhead),
        () => Ok(times),
    }
}

impl InviteFault {
    /// The field of the command or the form that it is about.
    pub fn field(self) -> &'static str {
        match self {
            InviteFault::Field(fault) => fault.field.word(),
            InviteFault::NoHost | InviteFault::NoMail => "host",
            InviteFault::NoMoment(InviteTime::Ends) | InviteFault::EndsBeforeStart | InviteFault::TooLong => "until",
            InviteFault::NoMoment(InviteTime::Starts) | InviteFault::Past | InviteFault::TooFarAhead => "at",
        }
    }
}
