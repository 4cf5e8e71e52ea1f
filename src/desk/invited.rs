//! An invitation as its visitor and the desk see it.

use chrono::{DateTime, Utc};

use crate::domain::ids::{HostId, InvitationId};
use crate::store::invitations;

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
