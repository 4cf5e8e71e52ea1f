//! Who may do what. The table of verbs stands beside the matrix of data in the privacy requirements.

use std::collections::BTreeSet;

use crate::domain::ids::StaffId;
use crate::domain::staff::Role;

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody at the touch screen.
    Public,
    /// An unlocked member of staff.
    Staff { id: StaffId, roles: BTreeSet<Role> },
    /// The operating-system account that can read the key: everything but what takes two persons.
    Operator,
    /// The sweep and the closing of the day.
    Clock,
}

impl Actor {
    pub fn word(&self) -> &'static str {
        match self {
            Actor::Public => "public",
            Actor::Staff { .. } => "staff",
            Actor::Operator => "operator",
            Actor::Clock => "clock",
        }
    }

    pub fn staff_id(&self) -> Option<StaffId> {
        match self {
            Actor::Staff { id, .. } => Some(*id),
            _ => None,
        }
    }
}

/// What the desk can be asked for; also the words of the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    SetUp,
    SignIn,
    SignOutByCode,
    SignOutVisit,
    ListOpenVisits,
    TakeRollCall,
    BeginRollCall,
    CallOffRollCall,
    EndRollCall,
    CloseDay,
    EraseDue,
    ShowRetention,
    FindHost,
    ImportHosts,
    Unlock,
    AddStaff,
    ListStaff,
    ChangeSettings,
    ConfirmClock,
    CloseProgram,
    OpenEvent,
    ListEvents,
    ListOpenEvents,
    ImportParticipants,
    AddParticipant,
    WalkIn,
    FindParticipant,
    IssueTickets,
    TakeCode,
    CheckIn,
    CheckInByName,
    CheckInParticipant,
    UndoCheckIn,
    AnswerPhotos,
    ShowTicket,
    PrintParticipantList,
    InviteVisitor,
    ListExpected,
    FindInvitation,
    SendMessages,
}

impl Verb {
    pub const ALL: [Verb; 40] = [
        Verb::SetUp,
        Verb::SignIn,
        Verb::SignOutByCode,
        Verb::SignOutVisit,
        Verb::ListOpenVisits,
        Verb::TakeRollCall,
        Verb::BeginRollCall,
        Verb::CallOffRollCall,
        Verb::EndRollCall,
        Verb::CloseDay,
        Verb::EraseDue,
        Verb::ShowRetention,
        Verb::FindHost,
        Verb::ImportHosts,
        Verb::Unlock,
        Verb::AddStaff,
        Verb::ListStaff,
        Verb::ChangeSettings,
        Verb::ConfirmClock,
        Verb::CloseProgram,
        Verb::OpenEvent,
        Verb::ListEvents,
        Verb::ListOpenEvents,
        Verb::ImportParticipants,
        Verb::AddParticipant,
        Verb::WalkIn,
        Verb::FindParticipant,
        Verb::IssueTickets,
        Verb::TakeCode,
        Verb::CheckIn,
        Verb::CheckInByName,
        Verb::CheckInParticipant,
        Verb::UndoCheckIn,
        Verb::AnswerPhotos,
        Verb::ShowTicket,
        Verb::PrintParticipantList,
        Verb::InviteVisitor,
        Verb::ListExpected,
        Verb::FindInvitation,
        Verb::SendMessages,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Verb::SetUp => "set_up",
            Verb::SignIn => "sign_in",
            Verb::SignOutByCode => "sign_out_by_code",
            Verb::SignOutVisit => "sign_out_visit",
            Verb::ListOpenVisits => "list_open_visits",
            Verb::TakeRollCall => "take_roll_call",
            Verb::BeginRollCall => "begin_roll_call",
            Verb::CallOffRollCall => "call_off_roll_call",
            Verb::EndRollCall => "end_roll_call",
            Verb::CloseDay => "close_day",
            Verb::EraseDue => "erase_due",
            Verb::ShowRetention => "show_retention",
            Verb::FindHost => "find_host",
            Verb::ImportHosts => "import_hosts",
            Verb::Unlock => "unlock",
            Verb::AddStaff => "add_staff",
            Verb::ListStaff => "list_staff",
            Verb::ChangeSettings => "change_settings",
            Verb::ConfirmClock => "confirm_clock",
            Verb::CloseProgram => "close_program",
            Verb::OpenEvent => "open_event",
            Verb::ListEvents => "list_events",
            Verb::ListOpenEvents => "list_open_events",
            Verb::ImportParticipants => "import_participants",
            Verb::AddParticipant => "add_participant",
            Verb::WalkIn => "walk_in",
            Verb::FindParticipant => "find_participant",
            Verb::IssueTickets => "issue_tickets",
            Verb::TakeCode => "take_code",
            Verb::CheckIn => "check_in",
            Verb::CheckInByName => "check_in_by_name",
            Verb::CheckInParticipant => "check_in_participant",
            Verb::UndoCheckIn => "undo_check_in",
            Verb::AnswerPhotos => "answer_photos",
            Verb::ShowTicket => "show_ticket",
            Verb::PrintParticipantList => "print_participant_list",
            Verb::InviteVisitor => "invite_visitor",
            Verb::ListExpected => "list_expected",
            Verb::FindInvitation => "find_invitation",
            Verb::SendMessages => "send_messages",
        }
    }
}

/// Whether this actor may do this. One act in need of two persons, [`Verb::ConfirmClock`], asks for both itself.
///
/// **Source** AC1, AC2.
pub fn may(actor: &Actor, verb: Verb) -> bool {
    match actor {
        Actor::Public => {
            matches!(
                verb,
                Verb::SetUp
                    | Verb::SignIn
                    | Verb::SignOutByCode
                    | Verb::BeginRollCall
                    | Verb::CallOffRollCall
                    | Verb::FindHost
                    | Verb::Unlock
                    | Verb::ListOpenEvents
                    | Verb::WalkIn
                    | Verb::TakeCode
                    | Verb::CheckIn
                    | Verb::CheckInByName
                    | Verb::AnswerPhotos
                    | Verb::ShowTicket
                    | Verb::FindInvitation
            )
        }
        Actor::Staff { roles, .. } => roles.iter().any(|role| role_may(*role, verb)),
        Actor::Operator => verb != Verb::ConfirmClock,
        Actor::Clock => matches!(verb, Verb::CloseDay | Verb::EraseDue | Verb::SendMessages),
    }
}

fn role_may(role: Role, verb: Verb) -> bool {
    if verb == Verb::ConfirmClock {
        return true;
    }
    match role {
        Role::Reception => matches!(
            verb,
            Verb::SignIn
                | Verb::SignOutByCode
                | Verb::TakeCode
                | Verb::SignOutVisit
                | Verb::ListOpenVisits
                | Verb::TakeRollCall
                | Verb::BeginRollCall
                | Verb::CallOffRollCall
                | Verb::EndRollCall
                | Verb::FindHost
                | Verb::InviteVisitor
                | Verb::ListExpected
                | Verb::FindInvitation
        ),
        Role::Event => matches!(
            verb,
            Verb::OpenEvent
                | Verb::ListEvents
                | Verb::ListOpenEvents
                | Verb::ImportParticipants
                | Verb::AddParticipant
                | Verb::WalkIn
                | Verb::FindParticipant
                | Verb::IssueTickets
                | Verb::TakeCode
                | Verb::CheckIn
                | Verb::CheckInByName
                | Verb::CheckInParticipant
                | Verb::UndoCheckIn
                | Verb::AnswerPhotos
                | Verb::ShowTicket
                | Verb::PrintParticipantList
        ),
        Role::Dpo => matches!(verb, Verb::EraseDue | Verb::ShowRetention | Verb::ListEvents | Verb::PrintParticipantList),
        Role::Admin => matches!(
            verb,
            Verb::EraseDue
                | Verb::ShowRetention
                | Verb::ImportHosts
                | Verb::AddStaff
                | Verb::ListStaff
                | Verb::ChangeSettings
                | Verb::CloseProgram
        ),
        Role::Competition | Role::Marketing | Role::Security => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One row per verb, one column per actor: public, the seven roles, operator, clock.
    const TABLE: &[(Verb, &str)] = &[
        //                        P RECMSDA O C
        (Verb::SetUp, "x ....... x ."),
        (Verb::SignIn, "x x...... x ."),
        (Verb::SignOutByCode, "x x...... x ."),
        (Verb::SignOutVisit, ". x...... x ."),
        (Verb::ListOpenVisits, ". x...... x ."),
        (Verb::TakeRollCall, ". x...... x ."),
        (Verb::BeginRollCall, "x x...... x ."),
        (Verb::CallOffRollCall, "x x...... x ."),
        (Verb::EndRollCall, ". x...... x ."),
        (Verb::CloseDay, ". ....... x x"),
        (Verb::EraseDue, ". .....xx x x"),
        (Verb::ShowRetention, ". .....xx x ."),
        (Verb::FindHost, "x x...... x ."),
        (Verb::ImportHosts, ". ......x x ."),
        (Verb::Unlock, "x ....... x ."),
        (Verb::AddStaff, ". ......x x ."),
        (Verb::ListStaff, ". ......x x ."),
        (Verb::ChangeSettings, ". ......x x ."),
        (Verb::ConfirmClock, ". xxxxxxx . ."),
        (Verb::CloseProgram, ". ......x x ."),
        (Verb::OpenEvent, ". .x..... x ."),
        (Verb::ListEvents, ". .x...x. x ."),
        (Verb::ListOpenEvents, "x .x..... x ."),
        (Verb::ImportParticipants, ". .x..... x ."),
        (Verb::AddParticipant, ". .x..... x ."),
        (Verb::WalkIn, "x .x..... x ."),
        (Verb::FindParticipant, ". .x..... x ."),
        (Verb::IssueTickets, ". .x..... x ."),
        (Verb::TakeCode, "x xx..... x ."),
        (Verb::CheckIn, "x .x..... x ."),
        (Verb::CheckInByName, "x .x..... x ."),
        (Verb::CheckInParticipant, ". .x..... x ."),
        (Verb::UndoCheckIn, ". .x..... x ."),
        (Verb::AnswerPhotos, "x .x..... x ."),
        (Verb::ShowTicket, "x .x..... x ."),
        (Verb::PrintParticipantList, ". .x...x. x ."),
        (Verb::InviteVisitor, ". x...... x ."),
        (Verb::ListExpected, ". x...... x ."),
        (Verb::FindInvitation, "x x...... x ."),
        (Verb::SendMessages, ". ....... x x"),
    ];

    #[test]
    fn every_cell_of_verb_and_role_is_as_in_the_table() {
        let staff = |role| Actor::Staff { id: StaffId::random(), roles: BTreeSet::from([role]) };
        let mut actors = vec![Actor::Public];
        actors.extend(Role::ALL.map(staff));
        actors.extend([Actor::Operator, Actor::Clock]);
        assert_eq!(TABLE.len(), Verb::ALL.len());
        for (verb, cells) in TABLE {
            let cells: Vec<bool> = cells.chars().filter(|c| *c != ' ').map(|c| c == 'x').collect();
            assert_eq!(cells.len(), actors.len());
            for (actor, expected) in actors.iter().zip(cells) {
                assert_eq!(may(actor, *verb), expected, "{verb:?} by {actor:?}");
            }
        }
    }

    #[test]
    fn several_roles_add_up_and_no_role_is_nothing() {
        let roles = BTreeSet::from([Role::Reception, Role::Admin]);
        let both = Actor::Staff { id: StaffId::random(), roles };
        assert!(may(&both, Verb::SignIn) && may(&both, Verb::AddStaff));
        let none = Actor::Staff { id: StaffId::random(), roles: BTreeSet::new() };
        assert!(Verb::ALL.into_iter().all(|verb| !may(&none, verb)));
    }
}
