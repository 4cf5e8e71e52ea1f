//! The list of who has registered for an event, for those who keep the door. Three fields and no fourth: what is not
//! given here cannot leak from it.

use std::fmt;

use chrono::DateTime;
use chrono_tz::Tz;

/// The participants of one event, as they are handed out once. `Debug` shows nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct ParticipantList {
    pub organisation: String,
    pub event: String,
    pub venue: Option<String>,
    pub starts_at: DateTime<Tz>,
    pub ends_at: DateTime<Tz>,
    /// How many lists of this event were handed out, this one included; 0 for one that was only looked at.
    pub run: u32,
    pub printed_at: DateTime<Tz>,
    /// When the paper is to be destroyed at the latest.
    pub destroy_by: DateTime<Tz>,
    /// In the order of names.
    pub entries: Vec<ListEntry>,
}

/// A participant, with all that a list may say of them.
///
/// ```
/// # use velkommen::domain::participant_list::ListEntry;
/// ListEntry { name: "Åse Brændgaard".into(), title: None, company: None };
/// ```
///
/// Nothing else can be handed in:
///
/// ```compile_fail
/// # use velkommen::domain::participant_list::ListEntry;
/// ListEntry { name: "Åse Brændgaard".into(), title: None, company: None, email: None };
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ListEntry {
    pub name: String,
    pub title: Option<String>,
    pub company: Option<String>,
}

impl fmt::Debug for ParticipantList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParticipantList({} entries)", self.entries.len())
    }
}

impl fmt::Debug for ListEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ListEntry(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_in_a_log_says_no_names() {
        let at = DateTime::UNIX_EPOCH.with_timezone(&Tz::UTC);
        let entry = ListEntry { name: "Åse".into(), title: Some("Kemiker".into()), company: Some("Ærø Data".into()) };
        assert_eq!(format!("{entry:?}"), "ListEntry(..)");
        let list = ParticipantList {
            organisation: "Lærkehøj".into(),
            event: "Fagdag".into(),
            venue: None,
            starts_at: at,
            ends_at: at,
            run: 1,
            printed_at: at,
            destroy_by: at,
            entries: vec![entry.clone(), entry],
        };
        assert_eq!(format!("{list:?}"), "ParticipantList(2 entries)");
    }
}
