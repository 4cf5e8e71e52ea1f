//! Messages that leave the house: to whom, what they tell, when one is tried again, and when it has lost its worth.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::code::ShortCode;
use crate::domain::ids::InvitationId;
use crate::domain::visit::{Company, HostName, VisitorName};

/// The way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// To the host.
    Mail,
    /// To another system of the house.
    Webhook,
}

impl Channel {
    pub const ALL: [Channel; 2] = [Channel::Mail, Channel::Webhook];

    pub fn word(self) -> &'static str {
        match self {
            Channel::Mail => "mail",
            Channel::Webhook => "webhook",
        }
    }

    pub fn parse(word: &str) -> Option<Channel> {
        Channel::ALL.into_iter().find(|channel| channel.word() == word)
    }
}

/// How long it is worth telling that somebody has come.
pub const ARRIVAL_HOURS: u32 = 12;

/// When the next try follows on the beginning of the one with this number (1 or more): after 30 seconds, then twice as
/// long each time, at most 10 minutes.
pub fn pause_after(attempt: u32) -> TimeDelta {
    TimeDelta::seconds((30i64 << attempt.saturating_sub(1).min(8)).min(600))
}

/// Somebody has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// `None` where the profile keeps it in the house.
    pub visitor: Option<Visitor>,
    pub host: Option<HostName>,
    pub at: DateTime<Utc>,
}

/// Who has come, or is to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    pub name: VisitorName,
    pub company: Option<Company>,
}

/// A visit announced before, as its host passes it on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    pub id: InvitationId,
    pub visitor: Visitor,
    pub host: HostName,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub invited_at: DateTime<Utc>,
    pub code: ShortCode,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_ten_minutes() {
        let pauses: Vec<i64> = (0..8).map(|attempt| pause_after(attempt).num_seconds()).collect();
        assert_eq!(pauses, [30, 30, 60, 120, 240, 480, 600, 600]);
        assert_eq!(pause_after(u32::MAX).num_seconds(), 600);
    }
}
