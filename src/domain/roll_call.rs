//! A roll call: everybody who is looked for at one moment, for the fire warden at the assembly point.

use std::fmt;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::domain::clock::Doubt;
use crate::domain::ids::{EventId, ParticipantId, StaffId, VisitId};

/// A roll call that somebody has begun and nobody has ended: whom it looks for, by what they are and not by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningRollCall {
    pub began_at: DateTime<Utc>,
    /// Nobody's where it was begun at a locked screen.
    pub began_by: Option<StaffId>,
    /// Who counts. Nobody does yet while it stands at a locked screen.
    pub counted_by: Option<StaffId>,
    /// When it ends if nobody has ended it.
    pub erase_after: DateTime<Utc>,
    /// Nobody leaves it by themselves: who was inside is looked for until somebody has seen them.
    pub people: Vec<SoughtPerson>,
}

/// Somebody on a roll call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoughtPerson {
    pub id: PersonId,
    /// When they came in.
    pub since: DateTime<Utc>,
    pub found_at: Option<DateTime<Utc>>,
}

/// A visit or a participant: whoever can be inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PersonId {
    Visit(VisitId),
    Participant(EventId, ParticipantId),
}

/// Of the visit or the participant alone: no two have the same.
impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PersonId::Visit(visit) => visit.fmt(f),
            PersonId::Participant(_, participant) => participant.fmt(f),
        }
    }
}

/// How many are inside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inside {
    pub visitors: usize,
    pub participants: usize,
}

impl Inside {
    pub fn everybody(self) -> usize {
        self.visitors + self.participants
    }
}

/// Why a roll call ends though somebody is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// The rescue service has the list and goes on.
    Rescue,
    /// Who is missing has left: they are signed out as presumed.
    Left,
    /// It was a drill: nobody is signed out.
    Drill,
}

impl EndReason {
    pub fn word(self) -> &'static str {
        match self {
            EndReason::Rescue => "rescue",
            EndReason::Left => "left",
            EndReason::Drill => "drill",
        }
    }
}

/// A roll call as it stood at one moment. `Debug` shows nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct RollCall {
    pub organisation: String,
    /// Where it is counted.
    pub desk: String,
    /// Who counts it.
    pub counted_by: Option<String>,
    /// When it was begun, and by whom; `None` where nobody has begun one and this is only who is inside.
    pub begun: Option<Begun>,
    pub taken_at: DateTime<Tz>,
    /// Why `taken_at` is not believed, if it is not: then nobody is left out because of the hour.
    pub clock_doubt: Option<Doubt>,
    /// The file takes nothing: what was ticked is remembered as long as the program runs.
    pub is_unwritten: bool,
    /// In the order of the family names.
    pub people: Vec<PersonInside>,
}

/// When a roll call was begun, and by whom: nobody where it was at a locked screen.
#[derive(Clone, PartialEq, Eq)]
pub struct Begun {
    pub at: DateTime<Tz>,
    pub by: Option<String>,
}

impl RollCall {
    pub fn found(&self) -> usize {
        self.people.iter().filter(|person| person.found_at.is_some()).count()
    }

    pub fn inside(&self) -> Inside {
        let visitors = self.people.iter().filter(|person| matches!(person.id, PersonId::Visit(_))).count();
        Inside { visitors, participants: self.people.len() - visitors }
    }
}

/// Somebody who is looked for.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonInside {
    pub id: PersonId,
    pub name: String,
    /// What a file gave as the family name.
    pub sort_name: Option<String>,
    pub company: Option<String>,
    pub here_for: HereFor,
    /// What a visitor added of their own accord.
    pub note: Option<String>,
    /// When they came in.
    pub since: DateTime<Tz>,
    pub found_at: Option<DateTime<Tz>>,
}

/// What somebody is in the house for.
#[derive(Clone, PartialEq, Eq)]
pub enum HereFor {
    Host(Option<String>),
    Event(String),
}

impl HereFor {
    /// The host's or the event's name.
    pub fn name(&self) -> Option<&str> {
        match self {
            HereFor::Host(host) => host.as_deref(),
            HereFor::Event(event) => Some(event),
        }
    }
}

impl fmt::Debug for RollCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RollCall({} people)", self.people.len())
    }
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Begun({})", self.at)
    }
}

impl fmt::Debug for PersonInside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonInside(..)")
    }
}

impl fmt::Debug for HereFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HereFor(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_roll_call_in_a_log_says_no_names() {
        let at = DateTime::UNIX_EPOCH.with_timezone(&Tz::UTC);
        let person = PersonInside {
            id: PersonId::Visit(VisitId::random()),
            name: "Åse".into(),
            sort_name: None,
            company: None,
            here_for: HereFor::Host(Some("Bo".into())),
            note: Some("Åse hører dårligt".into()),
            since: at,
            found_at: None,
        };
        assert_eq!(format!("{person:?}"), "PersonInside(..)");
        let roll_call = RollCall {
            organisation: "Lærkehøj".into(),
            desk: "Reception".into(),
            counted_by: Some("Bo".into()),
            begun: Some(Begun { at, by: Some("Bo".into()) }),
            taken_at: at,
            clock_doubt: None,
            is_unwritten: false,
            people: vec![person.clone(), person],
        };
        assert_eq!(format!("{roll_call:?}"), "RollCall(2 people)");
        assert!(!format!("{:?}", roll_call.begun).contains("Bo"));
    }
}
