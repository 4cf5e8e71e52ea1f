//! A visitor who was invited shows their code, and the form is filled in for them.

use chrono::{DateTime, Utc};

use super::{Desk, DeskError};
use crate::domain::access::{Actor, Verb};
use crate::domain::code::ShortCode;
use crate::domain::ids::{HostId, InvitationId};
use crate::store::{codes, invitations};

#[derive(Debug)]
pub enum FindInvitationOutcome {
    Found(Box<Invited>),
    /// No invitation has this code, or somebody came with it already.
    Unknown,
    /// Too many wrong codes at this kiosk; the code was not looked up.
    TryLater,
}

/// What the form is filled in with. `Debug` says nothing of it.
#[derive(Clone)]
pub struct Invited {
    pub invitation: InvitationId,
    pub name: String,
    pub company: Option<String>,
    pub title: Option<String>,
    pub host: String,
    /// Where the host is still in the directory.
    pub host_id: Option<HostId>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

impl std::fmt::Debug for Invited {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Invited(..)")
    }
}

/// What was announced of whoever holds this code. Nothing is written; [`super::sign_in::sign_in_invited`] uses it up.
pub fn find_invitation(desk: &mut Desk, by: &Actor, code: &str) -> Result<FindInvitationOutcome, DeskError> {
    let now = desk.admit(by, Verb::FindInvitation)?;
    let is_limited = *by == Actor::Public;
    if is_limited && !desk.code_tries.allows(now.since_boot) {
        return Ok(FindInvitationOutcome::TryLater);
    }
    let reader = desk.store.reader();
    let found = match ShortCode::parse(code) {
        Some(code) => codes::find_invitation(reader, &code)?,
        None => None,
    };
    let found = match found {
        Some(invitation) => invitations::find(reader, invitation, now.at)?,
        None => None,
    };
    Ok(match found {
        Some(found) => FindInvitationOutcome::Found(Box::new(found.into())),
        None => {
            if is_limited {
                desk.code_tries.note_wrong(now.since_boot);
            }
            FindInvitationOutcome::Unknown
        }
    })
}

/// Whether a code is that of an invitation. Tells it from a badge and a ticket, and nothing to anybody.
pub fn is_invitation(desk: &Desk, code: &str) -> Result<bool, DeskError> {
    Ok(match ShortCode::parse(code) {
        Some(code) => codes::find_invitation(desk.store.reader(), &code)?.is_some(),
        None => false,
    })
}

impl From<invitations::StoredInvitation> for Invited {
    fn from(stored: invitations::StoredInvitation) -> Invited {
        Invited {
            invitation: stored.id,
            name: stored.name,
            company: stored.company,
            title: stored.title,
            host: stored.host,
            host_id: stored.host_id,
            starts_at: stored.starts_at,
            ends_at: stored.ends_at,
        }
    }
}
