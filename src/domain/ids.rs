//! One id type per table. Rows about people carry random ids, so that a tombstone tells nothing about the visit.

use std::fmt;

use chrono::{DateTime, Utc};
use uuid::{NoContext, Timestamp, Uuid};

/// Declares an id: a UUID that is printed and accepted in full.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// Reads an id as it is printed.
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::try_parse(text).ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
    };
}

/// Ids of rows about people: UUIDv4.
macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        id!($(#[$doc])* $name);
        impl $name {
            /// A new random id.
            pub fn random() -> Self {
                Self(Uuid::new_v4())
            }
        }
    };
}

/// Ids of all other rows: UUIDv7, which sort by their making.
macro_rules! dated_id {
    ($(#[$doc:meta])* $name:ident) => {
        id!($(#[$doc])* $name);
        impl $name {
            /// A new id made at `now`.
            pub fn at(now: DateTime<Utc>) -> Self {
                let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
                Self(Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos())))
            }
        }
    };
}

random_id!(/** One stay of a visitor. */ VisitId);
random_id!(/** A visit announced before. */ InvitationId);
random_id!(/** Something to tell a host or another system. */ MessageId);
random_id!(/** Somebody who can be visited. */ HostId);
random_id!(/** Somebody who runs the desk. */ StaffId);
dated_id!(/** One line of the audit. */ AuditEntryId);
dated_id!(/** One run of the sweep. */ SweepId);
dated_id!(/** A gathering. */ EventId);
dated_id!(/** A named door of an event. */ ListId);
dated_id!(/** One run of an import. */ ImportId);
random_id!(/** A person registered for an event. */ ParticipantId);
random_id!(/** The right to enter once issued. */ TicketId);
random_id!(/** One reading of a code. */ ScanId);
random_id!(/** One answer to the photo question. */ AnswerId);
random_id!(/** What proves that a consent was given. */ EvidenceId);

impl TicketId {
    /// As it stands in a ticket's code.
    pub fn bytes(self) -> [u8; 16] {
        *self.0.as_bytes()
    }

    pub fn from_bytes(bytes: [u8; 16]) -> TicketId {
        TicketId(Uuid::from_bytes(bytes))
    }
}
