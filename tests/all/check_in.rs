//! Checking in: every verdict, each limit one step before and after, and what the ledger keeps of it.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use velkommen::desk::DeskError;
use velkommen::desk::answer_photos::TicketHolder;
use velkommen::desk::check_in::{CheckIn, CheckInOutcome, CheckedIn, Source, check_in, check_in_by_name, check_in_participant};
use velkommen::desk::erase_due::erase_due;
use velkommen::desk::find_participant::{Filter, FindParticipant, count_participants, find_participant};
use velkommen::desk::issue_tickets::{Wanted, issue_tickets};
use velkommen::desk::list_events::{list_arrivals, list_open_events, show_event};
use velkommen::desk::show_ticket::{ShowTicketOutcome, show_ticket};
use velkommen::desk::undo_check_in::{UndoCheckInOutcome, undo_check_in};
use velkommen::domain::access::{Actor, Verb};
use velkommen::domain::check_in::{Direction, Reason, Verdict};
use velkommen::domain::event::EntryRule;
use velkommen::domain::ids::TicketId;
use velkommen::domain::ids::{ListId, ParticipantId, ScanId};
use velkommen::domain::language::Language;
use velkommen::domain::staff::Role;
use velkommen::domain::text::TextFault;
use velkommen::domain::ticket::{Claim, EventTag, TicketKey};

use crate::given::{Given, given, local, open, registered, scanned, seminar, someone};

/// Ada at the event of 9 to 16, with the doors open since 7.
fn ada() -> Given {
    given().event("Open day").participant("Ada")
}

/// A file in which somebody stands as this.
fn file(rows: &[(&str, &str, &str)]) -> String {
    rows.iter().fold("name,ticket code,status\n".to_owned(), |file, (name, code, status)| file + &format!("{name},{code},{status}\n"))
}

fn told(judged: &CheckedIn) -> (Verdict, Option<Reason>) {
    (judged.verdict, judged.reason)
}

/// The ledger as far as it does not change from run to run.
fn ledger(given: &Given) -> Vec<String> {
    given.texts(
        "SELECT verdict || ' ' || coalesce(reason, '-') || ' ' || direction || ' ' || iif(event_id IS NULL, 'nowhere', 'here')
             || ' ' || iif(participant_id IS NULL, 'nobody', 'somebody') FROM scans ORDER BY happened_at, recorded_at, verdict",
    )
}

fn leave(given: &mut Given, code: &str) -> CheckedIn {
    let input = CheckIn { direction: Direction::Exit, ..scanned(given.last_event(), code) };
    given.read(&Actor::Operator, &input)
}

fn undo(given: &mut Given, scan: ScanId) -> UndoCheckInOutcome {
    undo_check_in(&mut given.desk, &Actor::Operator, scan, "the wrong person").unwrap()
}

fn at_millis(given: &Given, sql: &str) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(given.count(sql)).unwrap()
}

// ---- The window

#[test]
fn the_doors_open_two_hours_before_and_close_at_the_end() {
    let before = TimeDelta::milliseconds(1);
    for (moment, verdict) in [
        (local("2026-03-02T07:00") - before, Verdict::TooEarly),
        (local("2026-03-02T07:00"), Verdict::Entered),
        (local("2026-03-02T16:00") - before, Verdict::Entered),
        (local("2026-03-02T16:00"), Verdict::TooLate),
    ] {
        // The builder's day begins at eight, so this event is of the day after.
        let tomorrow = seminar("Open day");
        let tomorrow = velkommen::desk::open_event::OpenEvent {
            starts: "2026-03-03T09:00".to_owned(),
            ends: "2026-03-03T16:00".to_owned(),
            ..tomorrow
        };
        let moment = moment + TimeDelta::days(1);
        let mut given = given().event_of(&tomorrow).participant("Ada").at_instant(moment);
        let ticket = given.ticket();
        let judged = given.scan(&ticket);
        assert_eq!((told(&judged), judged.at), ((verdict, None), moment));
        assert_eq!(judged.opens_at, (verdict == Verdict::TooEarly).then(|| local("2026-03-03T07:00")));
        let is_open = matches!(verdict, Verdict::Entered);
        assert_eq!(list_open_events(&mut given.desk, &Actor::Public).unwrap().len(), usize::from(is_open), "{moment}");
        let event = given.last_event();
        assert_eq!(show_event(&mut given.desk, &Actor::Operator, event).unwrap().unwrap().is_open, is_open, "{moment}");
        assert_eq!(judged.participant.unwrap().name, "Ada", "whoever is refused by the hour is still told apart");
        assert_eq!(ledger(&given), [format!("{} - entry here somebody", verdict.word())]);
    }
}

// ---- Once, often, in and out

#[test]
fn a_used_ticket_is_refused_and_says_since_when() {
    let mut given = ada().checked_in_at("2026-03-02T09:12").at("2026-03-02T09:30");
    let ticket = given.ticket();
    let again = given.scan(&ticket);
    assert_eq!((told(&again), again.since), ((Verdict::AlreadyEntered, None), Some(local("2026-03-02T09:12"))));
    assert_eq!(again.participant.unwrap().name, "Ada");
    // Being refused does not make it later.
    given.go_to(local("2026-03-02T10:00"));
    assert_eq!(given.scan(&ticket).since, Some(local("2026-03-02T09:12")));
    assert_eq!(ledger(&given).iter().filter(|line| line.starts_with("entered")).count(), 1);
}

#[test]
fn after_an_exit_a_ticket_enters_again() {
    let mut given = ada().checked_in_at("2026-03-02T09:12").at("2026-03-02T12:00");
    let ticket = given.ticket();
    let left = leave(&mut given, &ticket);
    assert_eq!((told(&left), left.since), ((Verdict::Exited, None), None));
    given.go_to(local("2026-03-02T12:30"));
    assert_eq!(given.scan(&ticket).verdict, Verdict::Entered);
    given.go_to(local("2026-03-02T12:31"));
    assert_eq!(given.scan(&ticket).since, Some(local("2026-03-02T12:30")));
    // Who came is counted once, from when they came first.
    let event = given.last_event();
    assert_eq!(list_arrivals(&mut given.desk, &Actor::Operator, event).unwrap(), [local("2026-03-02T09:12")]);
    let summary = show_event(&mut given.desk, &Actor::Operator, event).unwrap().unwrap();
    assert_eq!((summary.registered, summary.arrived, summary.inside), (1, 1, 1));
}

#[test]
fn an_exit_and_an_entry_of_one_millisecond_leave_somebody_outside() {
    let mut given = ada().checked_in_at("2026-03-02T09:12");
    let ticket = given.ticket();
    assert_eq!(leave(&mut given, &ticket).verdict, Verdict::Exited);
    let event = given.last_event();
    let summary = show_event(&mut given.desk, &Actor::Operator, event).unwrap().unwrap();
    assert_eq!(summary.inside, 0);
    assert_eq!(given.scan(&ticket).verdict, Verdict::Entered, "the door and the count agree");
}

#[test]
fn an_exit_is_taken_at_any_hour_and_without_an_entry() {
    let mut given = ada().at("2026-03-02T08:30");
    let ticket = given.ticket();
    assert_eq!(leave(&mut given, &ticket).verdict, Verdict::Exited);
    given.go_to(local("2026-03-02T23:00"));
    assert_eq!(leave(&mut given, &ticket).verdict, Verdict::Exited);
    assert_eq!(given.scan(&ticket).verdict, Verdict::TooLate);
}

#[test]
fn a_ticket_of_multiple_entry_enters_as_often_as_somebody_likes() {
    let open = velkommen::desk::open_event::OpenEvent { entry: EntryRule::Multiple, ..seminar("Open house") };
    let mut given = given().event_of(&open).participant("Ada").checked_in_at("2026-03-02T09:12").at("2026-03-02T09:13");
    let ticket = given.ticket();
    let again = given.scan(&ticket);
    assert_eq!((told(&again), again.since), ((Verdict::Entered, None), None));
    let event = given.last_event();
    let summary = show_event(&mut given.desk, &Actor::Operator, event).unwrap().unwrap();
    assert_eq!((summary.arrived, summary.inside, summary.entry), (1, 1, EntryRule::Multiple));
}

// ---- Taking back

#[test]
fn a_check_in_taken_back_lets_the_ticket_in_again() {
    let mut given = ada().at("2026-03-02T09:12");
    let ticket = given.ticket();
    let scan = given.scan(&ticket).scan;
    let before = given.texts("SELECT scan_id || verdict || happened_at || recorded_at FROM scans");
    given.go_to(local("2026-03-02T09:20"));
    assert_eq!(undo(&mut given, scan), UndoCheckInOutcome::Undone);
    assert_eq!(undo(&mut given, scan), UndoCheckInOutcome::AlreadyUndone);
    // The ledger is as it was; what was taken back stands beside it, with who and why.
    assert_eq!(given.texts("SELECT scan_id || verdict || happened_at || recorded_at FROM scans"), before);
    assert_eq!(
        given.texts("SELECT actor || ' ' || reason || ' ' || (staff_id IS NULL) FROM undone_scans"),
        ["operator the wrong person 1"]
    );
    assert_eq!(at_millis(&given, "SELECT undone_at FROM undone_scans"), local("2026-03-02T09:20"));
    assert_eq!(given.count("SELECT count(*) FROM audit_entries WHERE verb = 'undo_check_in'"), 1);
    let event = given.last_event();
    let summary = show_event(&mut given.desk, &Actor::Operator, event).unwrap().unwrap();
    assert_eq!((summary.arrived, summary.inside), (0, 0));
    assert_eq!(given.scan(&ticket).verdict, Verdict::Entered);
}

#[test]
fn an_exit_taken_back_puts_somebody_inside_again_since_their_entry() {
    let mut given = ada().checked_in_at("2026-03-02T09:12").at("2026-03-02T11:00");
    let ticket = given.ticket();
    let left = leave(&mut given, &ticket).scan;
    assert_eq!(undo(&mut given, left), UndoCheckInOutcome::Undone);
    assert_eq!(given.scan(&ticket).since, Some(local("2026-03-02T09:12")));
}

#[test]
fn what_let_nobody_through_cannot_be_taken_back() {
    let mut given = ada().checked_in_at("2026-03-02T09:12");
    let ticket = given.ticket();
    let refused = given.scan(&ticket).scan;
    let unknown = given.scan("nobody's").scan;
    for scan in [refused, unknown, ScanId::random()] {
        assert_eq!(undo(&mut given, scan), UndoCheckInOutcome::NoCheckIn);
    }
    assert_eq!(given.count("SELECT count(*) FROM undone_scans"), 0);
    assert_eq!(given.count("SELECT count(*) FROM audit_entries WHERE verb = 'undo_check_in'"), 0);
}

#[test]
fn a_check_in_is_taken_back_with_a_reason_and_by_event_staff_only() {
    let mut given = ada().at("2026-03-02T09:12");
    let ticket = given.ticket();
    let scan = given.scan(&ticket).scan;
    for (reason, fault) in [("", TextFault::Missing), (" \u{200B}", TextFault::Missing), ("a\nb", TextFault::ControlCharacter)] {
        let outcome = undo_check_in(&mut given.desk, &Actor::Operator, scan, reason).unwrap();
        assert_eq!(outcome, UndoCheckInOutcome::Refused(fault));
    }
    let long = undo_check_in(&mut given.desk, &Actor::Operator, scan, &"x".repeat(201)).unwrap();
    assert_eq!(long, UndoCheckInOutcome::Refused(TextFault::TooLong { max: 200 }));
    for by in [Actor::Public, Actor::Clock, someone(&[Role::Reception]), someone(&[Role::Admin, Role::Dpo])] {
        let outcome = undo_check_in(&mut given.desk, &by, scan, "a reason");
        assert!(matches!(outcome, Err(DeskError::NotAllowed { verb: Verb::UndoCheckIn, .. })), "{by:?}");
    }
    let staff = someone(&[Role::Event]);
    assert_eq!(undo_check_in(&mut given.desk, &staff, scan, "a reason").unwrap(), UndoCheckInOutcome::Undone);
    assert_eq!(given.texts("SELECT staff_id FROM undone_scans"), [staff.staff_id().unwrap().to_string()]);
}

// ---- Codes

#[test]
fn our_ticket_our_short_code_and_the_other_systems_code_all_let_in() {
    let mut given = given().event("Open day").at("2026-03-02T09:00");
    given.import(&file(&[("Ada Berg", "7nc3x8t46pejaxv9xt4hdkdjg7vycvvh", ""), ("Bo Bæk", "b39v", "")]));
    let event = given.last_event();
    let issued = issue_tickets(&mut given.desk, &Actor::Operator, event, Wanted::Everybody).unwrap().unwrap();
    let ada = issued.iter().find(|ticket| ticket.name == "Ada Berg").unwrap();
    let short = ada.short_code.as_str().to_owned();
    let spellings = [
        ada.code.as_str().to_owned(),
        "7nc3x8t46pejaxv9xt4hdkdjg7vycvvh".to_owned(),
        short.clone(),
        short.to_lowercase(),
        format!(" {}-{} ", &short[..4], &short[4..]),
        // As a scanner gives it that adds a blank, and one beside a keyboard with Caps Lock on.
        "7nc3x8t46pejaxv9xt4hdkdjg7vycvvh ".to_owned(),
        "7NC3X8T46PEJAXV9XT4HDKDJG7VYCVVH".to_owned(),
    ];
    for code in &spellings {
        let judged = given.scan(code);
        assert_eq!((told(&judged), judged.participant.unwrap().name), ((Verdict::Entered, None), "Ada Berg".to_owned()), "{code}");
        let scan = judged.scan;
        assert_eq!(given.scan(&spellings[0]).verdict, Verdict::AlreadyEntered, "either works, once");
        assert_eq!(undo(&mut given, scan), UndoCheckInOutcome::Undone);
    }
    // Otherwise another system's code is matched to the letter.
    for near in ["7NC3x8t46pejaxv9xt4hdkdjg7vycvvh", "7nc3x8t46pejaxv9xt4hdkdjg7vycvv", "b39", "code:b39v", "%"] {
        assert_eq!(told(&given.scan(near)), (Verdict::Unknown, Some(Reason::NoMatch)), "{near}");
    }
    assert_eq!(given.count("SELECT count(*) FROM tickets"), 2);
}

#[test]
fn a_code_that_a_factory_scanner_types_on_a_nordic_keyboard_lets_in() {
    let mut given = given().event("Open day").at("2026-03-02T09:00");
    given.import(&file(&[("Ada Berg", "3f2a9c1e-7b64", ""), ("Bo Bæk", "ORDER_17;a", ""), ("Cleo", "x=e/2", ""), ("Dag", "Q1+b", "")]));
    for (typed, name) in [
        ("3f2a9c1e+7b64", "Ada Berg"),
        ("3F2A9C1E+7B64", "Ada Berg"),
        ("ORDER?17æa", "Bo Bæk"),
        ("ORDER?17öa", "Bo Bæk"),
        ("xé-2", "Cleo"),
        ("Q1+b", "Dag"),
    ] {
        let judged = given.scan(typed);
        assert_eq!((told(&judged), judged.participant.unwrap().name), ((Verdict::Entered, None), name.to_owned()), "{typed}");
        let scan = judged.scan;
        assert_eq!(undo(&mut given, scan), UndoCheckInOutcome::Undone);
    }
    let event = given.last_event();
    let issued = issue_tickets(&mut given.desk, &Actor::Operator, event, Wanted::Everybody).unwrap().unwrap();
    for (ticket, lost) in issued.iter().zip(["Q1", "1"]) {
        assert_eq!(told(&given.scan(&format!("{lost}{}", ticket.short_code.as_str()))), (Verdict::Entered, None), "{lost}");
    }
    assert_eq!(told(&given.scan("3f2a9c1e_7b64")), (Verdict::Unknown, Some(Reason::NoMatch)));
}

#[test]
fn a_ticket_is_issued_once_and_stays_the_same() {
    let mut given = ada().participant("Bo");
    let event = given.last_event();
    let mut codes = || -> Vec<(String, String)> {
        let issued = issue_tickets(&mut given.desk, &Actor::Operator, event, Wanted::Everybody).unwrap().unwrap();
        issued.into_iter().map(|ticket| (ticket.code.as_str().to_owned(), ticket.short_code.as_str().to_owned())).collect()
    };
    let first = codes();
    assert_eq!(first.len(), 2);
    assert_eq!(codes(), first);
    assert_eq!(first[0].0, given.participants[0].ticket.as_str());
}

#[test]
fn a_code_that_is_no_text_of_a_code_is_not_looked_up() {
    let mut given = ada().at("2026-03-02T09:00");
    given.import(&file(&[("Bo", &"c".repeat(256), "")]));
    assert_eq!(given.scan(&"c".repeat(256)).verdict, Verdict::Entered, "256 bytes are still read");
    for code in ["", " ", "\t", "a\0b", "a\nb", "\u{1b}[A", "\u{7f}", "\u{85}", &"c".repeat(257), &"æ".repeat(129)] {
        let judged = given.scan(code);
        assert_eq!((told(&judged), judged.participant), ((Verdict::Unknown, Some(Reason::Format)), None), "{code:?}");
    }
    assert_eq!(given.count("SELECT count(*) FROM scans WHERE reason = 'format' AND participant_id IS NULL"), 10);
}

#[test]
fn a_forged_ticket_is_nobodys() {
    let mut given = ada().at("2026-03-02T09:00");
    let tag = EventTag(given.raw().query_row("SELECT tag FROM events", [], |row| row.get(0)).unwrap());
    let ticket = TicketId::parse(&given.texts("SELECT ticket_id FROM tickets")[0]).unwrap();
    let claim = Claim { event: tag, ticket };
    let ours = given.ticket();
    // Somebody who knows all that a ticket says, and not the key.
    for forged in [TicketKey::new(1, &[7; 32]).sign(&claim), TicketKey::new(2, &[7; 32]).sign(&claim)] {
        let judged = given.scan(forged.as_str());
        assert_eq!((told(&judged), judged.participant), ((Verdict::Unknown, Some(Reason::Signature)), None));
    }
    let mut changed = ours.clone();
    changed.replace_range(20..21, if &ours[20..21] == "A" { "B" } else { "A" });
    assert_eq!(told(&given.scan(&changed)), (Verdict::Unknown, Some(Reason::Signature)));
    assert_eq!(given.scan(&ours).verdict, Verdict::Entered);
}

#[test]
fn a_signed_ticket_of_nobody_is_unknown() {
    let mut given = ada().at("2026-03-02T09:00");
    let secret: [u8; 32] = given.raw().query_row("SELECT secret FROM ticket_keys", [], |row| row.get(0)).unwrap();
    let tag = EventTag(given.raw().query_row("SELECT tag FROM events", [], |row| row.get(0)).unwrap());
    let signed = TicketKey::new(1, &secret).sign(&Claim { event: tag, ticket: TicketId::random() });
    assert_eq!(told(&given.scan(signed.as_str())), (Verdict::Unknown, Some(Reason::NoMatch)));
    let elsewhere = TicketKey::new(1, &secret).sign(&Claim { event: EventTag([0; 4]), ticket: TicketId::random() });
    assert_eq!(given.scan(elsewhere.as_str()).verdict, Verdict::WrongEvent);
}

#[test]
fn a_ticket_of_another_event_is_told_so_and_enters_there() {
    let mut given = given().event("Morning").participant("Ada").at("2026-03-02T09:00");
    given.import(&file(&[("Bo", "bo-1", "")]));
    let morning = given.last_event();
    let (ticket, short) = (given.ticket(), given.participants[0].short_code.as_str().to_owned());
    given = given.event("Evening");
    for code in [ticket.as_str(), &short, "bo-1"] {
        let judged = given.scan(code);
        assert_eq!((judged.verdict, judged.participant), (Verdict::WrongEvent, None), "{code}");
    }
    for code in [ticket.as_str(), "bo-1"] {
        assert_eq!(given.read(&Actor::Public, &scanned(morning, code)).verdict, Verdict::Entered);
    }
    // Without an event the ticket chooses.
    let anywhere = CheckIn { event: None, ..scanned(morning, &short) };
    let judged = given.read(&Actor::Public, &anywhere);
    assert_eq!((judged.verdict, judged.event), (Verdict::AlreadyEntered, Some(morning)));
}

#[test]
fn one_code_in_two_events_is_ambiguous_only_where_no_event_is_named() {
    let mut given = given().event("Morning").at("2026-03-02T09:00");
    given.import(&file(&[("Ada", "same", "")]));
    given = given.event("Also morning");
    given.import(&file(&[("Ada", "same", "")]));
    let [morning, also] = given.events[..] else { panic!("two events") };
    let anywhere = CheckIn { event: None, ..scanned(morning, "same") };
    let judged = given.read(&Actor::Public, &anywhere);
    assert_eq!((told(&judged), judged.participant, judged.event), ((Verdict::Ambiguous, None), None, None));
    assert_eq!(ledger(&given), ["ambiguous - entry nowhere nobody"]);
    for event in [morning, also] {
        assert_eq!(given.read(&Actor::Public, &scanned(event, "same")).verdict, Verdict::Entered);
    }
}

#[test]
fn one_code_in_two_events_means_the_one_whose_doors_are_open() {
    let later = velkommen::desk::open_event::OpenEvent {
        starts: "2026-03-09T09:00".to_owned(),
        ends: "2026-03-09T16:00".to_owned(),
        ..seminar("Next week")
    };
    let mut given = given().event("Today").at("2026-03-02T09:00");
    given.import(&file(&[("Ada", "same", "")]));
    given = given.event_of(&later);
    given.import(&file(&[("Ada", "same", "")]));
    let anywhere = CheckIn { event: None, ..scanned(given.events[0], "same") };
    let judged = given.read(&Actor::Public, &anywhere);
    assert_eq!((judged.verdict, judged.event), (Verdict::Entered, Some(given.events[0])));
    given.go_to(local("2026-03-09T09:00"));
    let judged = given.read(&Actor::Public, &anywhere);
    assert_eq!((judged.verdict, judged.event), (Verdict::Entered, Some(given.events[1])));
}

#[test]
fn an_imported_code_that_reads_as_anothers_short_code_lets_neither_in() {
    let mut given = ada().at("2026-03-02T09:00");
    let short = given.participants[0].short_code.as_str().to_owned();
    given.import(&file(&[("Bo", &short, "")]));
    assert_eq!(given.scan(&short).verdict, Verdict::Ambiguous);
    let ticket = given.ticket();
    assert_eq!(given.scan(&ticket).verdict, Verdict::Entered);
}

#[test]
fn who_may_not_enter_hears_why() {
    let mut given = given().event("Open day").at("2026-03-02T09:00");
    given.import(&file(&[("Una", "u", "unpaid"), ("Cai", "c", "cancelled"), ("Bo", "b", "blocked"), ("Ada", "a", "paid")]));
    for (code, verdict) in [("u", Verdict::Unpaid), ("c", Verdict::Cancelled), ("b", Verdict::Blocked), ("a", Verdict::Entered)] {
        assert_eq!(told(&given.scan(code)), (verdict, None), "{code}");
    }
    let statuses = given.texts("SELECT name || ' ' || status FROM participants ORDER BY name");
    assert_eq!(statuses, ["Ada may_enter", "Bo blocked", "Cai cancelled", "Una unpaid"]);
    // Nobody waits for who has cancelled.
    let event = given.last_event();
    let counts = count_participants(&mut given.desk, &Actor::Operator, event).unwrap();
    assert_eq!((counts.everybody, counts.checked_in, counts.not_arrived), (4, 1, 2));
    let waiting = FindParticipant { event, typed: String::new(), filter: Filter::NotArrived, offset: 0, limit: 10 };
    let rows = find_participant(&mut given.desk, &Actor::Operator, &waiting).unwrap().rows;
    assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["Bo", "Una"]);
    assert_eq!(show_event(&mut given.desk, &Actor::Operator, event).unwrap().unwrap().registered, 3);
}

#[test]
fn a_revoked_ticket_lets_nobody_in_and_the_new_one_does() {
    let mut given = ada().at("2026-03-02T09:00");
    given.raw().execute("UPDATE tickets SET revoked_at = 1", []).unwrap();
    let old = given.ticket();
    assert_eq!(given.scan(&old).verdict, Verdict::Revoked);
    let short = given.participants[0].short_code.as_str().to_owned();
    assert_eq!(given.scan(&short).verdict, Verdict::Revoked);
    let event = given.last_event();
    let issued = issue_tickets(&mut given.desk, &Actor::Operator, event, Wanted::Everybody).unwrap().unwrap();
    assert_ne!(issued[0].code.as_str(), old);
    assert_eq!(given.scan(issued[0].code.as_str()).verdict, Verdict::Entered);
    assert_eq!(given.scan(&old).verdict, Verdict::Revoked);
}

#[test]
fn a_list_that_is_not_the_events_is_no_door() {
    let mut given = ada().event("Other").at("2026-03-02T09:00");
    let [event, other] = given.events[..] else { panic!("two events") };
    let list = |event: velkommen::domain::ids::EventId| {
        let id: String =
            given.raw().query_row("SELECT list_id FROM check_in_lists WHERE event_id = ?1", [event.to_string()], |row| row.get(0)).unwrap();
        ListId::parse(&id)
    };
    let (own, others) = (list(event), list(other));
    let ticket = given.ticket();
    let at_a_list = |event, list| CheckIn { event, list, ..scanned(other, &ticket) };
    let outcome = check_in(&mut given.desk, &Actor::Operator, &at_a_list(Some(event), others)).unwrap();
    assert!(matches!(outcome, CheckInOutcome::NoEvent));
    let nowhere = CheckIn { event: Some(velkommen::domain::ids::EventId::at(local("2026-03-02T09:00"))), ..scanned(event, &ticket) };
    assert!(matches!(check_in(&mut given.desk, &Actor::Operator, &nowhere).unwrap(), CheckInOutcome::NoEvent));
    assert_eq!(ledger(&given), [""; 0]);
    // Where the ticket chooses the event, a list of another event is the wrong list.
    assert_eq!(told(&given.read(&Actor::Operator, &at_a_list(None, others))), (Verdict::WrongList, None));
    assert_eq!(given.read(&Actor::Operator, &at_a_list(Some(event), own)).verdict, Verdict::Entered);
}

// ---- The ledger

#[test]
fn every_reading_is_a_line_and_keeps_no_code() {
    let mut given = given().event("Open day").at("2026-03-02T09:00");
    given.import(&file(&[("Ada", "stemmeseddel-47", ""), ("Bo", "b", "unpaid")]));
    for code in ["stemmeseddel-47", "stemmeseddel-47", "b", "", "fremmedkode-11"] {
        given.scan(code);
    }
    let mut lines = ledger(&given);
    lines.sort();
    assert_eq!(
        lines,
        [
            "already_entered - entry here somebody",
            "entered - entry here somebody",
            "unknown format entry here nobody",
            "unknown no_match entry here nobody",
            "unpaid - entry here somebody",
        ]
    );
    let hex = |text: &str| Sha256::digest(text).iter().map(|byte| format!("{byte:02X}")).collect::<String>();
    let hashes: BTreeSet<_> = given.texts("SELECT hex(code_sha256) FROM scans").into_iter().collect();
    assert_eq!(hashes, ["stemmeseddel-47", "b", "", "fremmedkode-11"].map(hex).into_iter().collect());
    let pages = given.desk.decrypted_pages().unwrap();
    assert!(memchr::memmem::find(&pages, b"fremmedkode-11").is_none(), "an unknown code may be somebody's secret elsewhere");
    assert_eq!(given.texts("SELECT DISTINCT desk FROM scans"), ["Reception"]);
}

#[test]
fn a_scan_of_no_event_is_kept_thirty_days() {
    let mut given = ada().at("2026-03-02T09:00");
    let anywhere = CheckIn { event: None, ..scanned(given.last_event(), "stray") };
    assert_eq!(told(&given.read(&Actor::Public, &anywhere)), (Verdict::Unknown, Some(Reason::NoMatch)));
    assert_eq!(at_millis(&given, "SELECT erase_after FROM scans"), local("2026-04-01T00:00"));
    given.go_to(local("2026-04-01T00:00") - TimeDelta::milliseconds(1));
    erase_due(&mut given.desk, &Actor::Clock).unwrap();
    assert_eq!(ledger(&given), ["unknown no_match entry nowhere nobody"]);
    given.go_to(local("2026-04-01T00:00"));
    erase_due(&mut given.desk, &Actor::Clock).unwrap();
    assert_eq!(ledger(&given), [""; 0]);
}

// ---- Trying codes

#[test]
fn the_public_may_type_five_wrong_codes_in_five_minutes() {
    let mut given = ada().at("2026-03-02T09:00");
    let short = given.participants[0].short_code.as_str().to_owned();
    let typed = |given: &mut Given, by: &Actor, code: &str| {
        let input = CheckIn { source: Source::Typed, ..scanned(given.last_event(), code) };
        given.read(by, &input)
    };
    for number in 0..5 {
        assert_eq!(typed(&mut given, &Actor::Public, &format!("0000000{number}")).verdict, Verdict::Unknown);
    }
    let late = typed(&mut given, &Actor::Public, &short);
    assert_eq!((told(&late), late.participant), ((Verdict::TryLater, None), None), "a right code is not looked up either");
    assert_eq!(ledger(&given).iter().filter(|line| *line == "try_later - entry here nobody").count(), 1);
    // Neither a scanner nor staff wait.
    assert_eq!(given.scan("nobody's").verdict, Verdict::Unknown);
    assert_eq!(typed(&mut given, &someone(&[Role::Event]), "00000009").verdict, Verdict::Unknown);
    given.go_to(local("2026-03-02T09:05") - TimeDelta::milliseconds(1));
    assert_eq!(typed(&mut given, &Actor::Public, &short).verdict, Verdict::TryLater);
    given.go_to(local("2026-03-02T09:05"));
    assert_eq!(typed(&mut given, &Actor::Public, &short).verdict, Verdict::Entered);
}

#[test]
fn wrong_codes_scanned_do_not_stop_who_types() {
    let mut given = ada().at("2026-03-02T09:00");
    for _ in 0..20 {
        given.scan("nobody's");
    }
    let input = CheckIn { source: Source::Typed, ..scanned(given.last_event(), "00000001") };
    assert_eq!(given.read(&Actor::Public, &input).verdict, Verdict::Unknown);
}

// ---- By name

fn by_name(given: &mut Given, by: &Actor, name: &str, company: &str) -> CheckedIn {
    let event = given.last_event();
    match check_in_by_name(&mut given.desk, by, Some(event), name, company).unwrap() {
        CheckInOutcome::Judged(judged) => judged,
        CheckInOutcome::NoEvent => panic!("no event"),
    }
}

/// People of whom the public may learn the name and nothing else.
fn people() -> Given {
    let given = given().event("Open day");
    let event = given.last_event();
    let person = |name: &str, company: &str| {
        let mut person = registered(event, name);
        (person.company, person.title, person.table, person.room) =
            (company.to_owned(), "Kemiker".to_owned(), "Bord 4".to_owned(), "Sal B".to_owned());
        person
    };
    given
        .participant_of(&person("Søren Ærø-Kjær", "Smørrebrød & Søn A/S"))
        .participant_of(&person("Anne Holm", "Ærø Data"))
        .participant_of(&person("Anne Holm", "Fjordby"))
        .participant_of(&person("Bo Bæk", "Fjordby"))
        .participant_of(&person("Bo Bæk", "Fjordby"))
        .at("2026-03-02T09:00")
}

#[test]
fn a_whole_name_and_company_let_in_however_they_are_typed() {
    for (name, company) in [
        ("Søren Ærø-Kjær", "Smørrebrød & Søn A/S"),
        ("søren ærø-kjær", "SMØRREBRØD & SØN A/S"),
        ("Soeren Aeroe Kjaer", "Smoerrebroed & Soen A/S"),
        ("  SOREN   AERO KJAER ", "smorrebrod & son a s"),
    ] {
        let mut given = people();
        let judged = by_name(&mut given, &Actor::Public, name, company);
        assert_eq!(told(&judged), (Verdict::Entered, None), "{name}");
        assert_eq!(judged.participant.unwrap().name, "Søren Ærø-Kjær");
        assert_eq!(given.count("SELECT count(*) FROM scans WHERE verdict = 'entered' AND code_sha256 IS NULL"), 1);
    }
}

#[test]
fn part_of_a_name_or_another_company_is_nobody() {
    for (name, company) in [
        ("Søren", "Smørrebrød & Søn A/S"),
        ("Søren Ærø", "Smørrebrød & Søn A/S"),
        ("Ærø-Kjær Søren", "Smørrebrød & Søn A/S"),
        ("Søren Ærø-Kjær", ""),
        ("Søren Ærø-Kjær", "Smørrebrød"),
        ("Anne Holm", ""),
        ("", ""),
        ("", "Ærø Data"),
        (".", "Ærø Data"),
        ("%", "%"),
    ] {
        let mut given = people();
        let judged = by_name(&mut given, &Actor::Public, name, company);
        assert_eq!((told(&judged), judged.participant), ((Verdict::Unknown, Some(Reason::NoMatch)), None), "{name}, {company}");
    }
}

#[test]
fn two_people_of_one_name_and_company_are_ambiguous_and_the_company_tells_others_apart() {
    let mut given = people();
    let judged = by_name(&mut given, &Actor::Public, "Bo Bæk", "Fjordby");
    assert_eq!((told(&judged), judged.participant), ((Verdict::Ambiguous, None), None));
    assert_eq!(by_name(&mut given, &Actor::Public, "Anne Holm", "Fjordby").verdict, Verdict::Entered);
    assert_eq!(by_name(&mut given, &Actor::Public, "Anne Holm", "Ærø Data").verdict, Verdict::Entered);
}

#[test]
fn by_name_the_public_hears_the_verdict_and_the_name_and_nothing_else() {
    let mut given = people();
    by_name(&mut given, &Actor::Public, "Anne Holm", "Fjordby");
    given.go_to(local("2026-03-02T09:30"));
    let again = by_name(&mut given, &Actor::Public, "Anne Holm", "Fjordby");
    assert_eq!((again.verdict, again.since), (Verdict::AlreadyEntered, None), "nor since when somebody is here");
    let card = again.participant.unwrap();
    assert_eq!((card.name.as_str(), card.title, card.company, card.table, card.room), ("Anne Holm", None, None, None, None));
    // What is theirs needs the code, not the row.
    let shown = show_ticket(&mut given.desk, &Actor::Public, None, &TicketHolder::Participant(card.id), Language::Da);
    assert!(matches!(shown, Err(DeskError::NotAllowed { verb: Verb::ShowTicket, .. })));
    let staff = by_name(&mut given, &someone(&[Role::Event]), "Anne Holm", "Fjordby");
    assert_eq!((staff.since, staff.participant.unwrap().title.as_deref()), (Some(local("2026-03-02T09:00")), Some("Kemiker")));
}

#[test]
fn wrong_names_are_limited_like_wrong_codes() {
    let mut given = people();
    for number in 0..5 {
        assert_eq!(by_name(&mut given, &Actor::Public, &format!("Guess {number}"), "").verdict, Verdict::Unknown);
    }
    assert_eq!(by_name(&mut given, &Actor::Public, "Anne Holm", "Fjordby").verdict, Verdict::TryLater);
    assert_eq!(by_name(&mut given, &someone(&[Role::Event]), "Anne Holm", "Fjordby").verdict, Verdict::Entered);
}

// ---- By staff, from a list

#[test]
fn staff_check_in_whom_they_chose_and_it_is_written_down() {
    let mut given = ada().at("2026-03-02T09:00");
    let (event, ada) = (given.last_event(), given.participants[0].participant);
    let staff = someone(&[Role::Event]);
    let mut choose = |by: &Actor, participant, direction| check_in_participant(&mut given.desk, by, event, participant, direction);
    for by in [Actor::Public, Actor::Clock, someone(&[Role::Reception])] {
        assert!(matches!(choose(&by, ada, Direction::Entry), Err(DeskError::NotAllowed { .. })), "{by:?}");
    }
    let verdict = |outcome| match outcome {
        Ok(CheckInOutcome::Judged(judged)) => judged.verdict,
        other => panic!("{:?}", other.map(|_| ())),
    };
    assert_eq!(verdict(choose(&staff, ada, Direction::Entry)), Verdict::Entered);
    assert_eq!(verdict(choose(&staff, ada, Direction::Entry)), Verdict::AlreadyEntered);
    assert_eq!(verdict(choose(&staff, ada, Direction::Exit)), Verdict::Exited);
    assert_eq!(verdict(choose(&staff, ParticipantId::random(), Direction::Entry)), Verdict::Unknown);
    assert_eq!(given.count("SELECT count(*) FROM audit_entries WHERE verb = 'check_in_participant' AND actor = 'staff'"), 4);
}

// ---- Events that are gone, clocks that are wrong

#[test]
fn a_ticket_of_an_erased_event_is_nobodys_from_its_last_day_on() {
    let mut given = ada().at("2026-03-02T09:00");
    let event = given.last_event();
    given.import(&file(&[("Bo", "bo-1", "")]));
    let (ticket, short) = (given.ticket(), given.participants[0].short_code.as_str().to_owned());
    let codes = [ticket.as_str(), &short, "bo-1"];
    given.go_to(local("2027-03-03T00:00") - TimeDelta::milliseconds(1));
    for code in codes {
        assert_eq!(given.read(&Actor::Public, &scanned(event, code)).verdict, Verdict::TooLate, "{code}");
    }
    given.go_to(local("2027-03-03T00:00"));
    for swept in [false, true] {
        if swept {
            erase_due(&mut given.desk, &Actor::Clock).unwrap();
            assert_eq!(given.count("SELECT count(*) FROM events"), 0);
        }
        let scans = given.count("SELECT count(*) FROM scans WHERE event_id IS NOT NULL");
        for code in codes {
            let outcome = check_in(&mut given.desk, &Actor::Public, &scanned(event, code)).unwrap();
            assert!(matches!(outcome, CheckInOutcome::NoEvent), "{code}");
            let anywhere = CheckIn { event: None, ..scanned(event, code) };
            let judged = given.read(&Actor::Public, &anywhere);
            assert_eq!((told(&judged), judged.participant), ((Verdict::Unknown, Some(Reason::NoMatch)), None), "{code}");
        }
        assert_eq!(given.count("SELECT count(*) FROM scans WHERE event_id IS NOT NULL"), scans);
        assert!(list_arrivals(&mut given.desk, &Actor::Operator, event).unwrap().is_empty());
        assert!(show_event(&mut given.desk, &Actor::Operator, event).unwrap().is_none());
        let shown = show_ticket(&mut given.desk, &Actor::Operator, None, &TicketHolder::Code(ticket.clone()), Language::Da).unwrap();
        assert!(matches!(shown, ShowTicketOutcome::NoTicket(Verdict::Unknown)));
    }
    // At another event it is a ticket of another event, as long as it is signed by us.
    let next = velkommen::desk::open_event::OpenEvent {
        starts: "2027-03-03T09:00".to_owned(),
        ends: "2027-03-03T16:00".to_owned(),
        ..seminar("A year later")
    };
    given = given.event_of(&next);
    assert_eq!(given.scan(&ticket).verdict, Verdict::WrongEvent);
    assert_eq!(told(&given.scan("bo-1")), (Verdict::Unknown, Some(Reason::NoMatch)));
}

#[test]
fn in_doubt_doors_go_on_and_the_mark_stays() {
    let mut given = ada().participant("Bo").at("2026-03-02T09:00");
    let mark = at_millis(&given, "SELECT at FROM high_water");
    let ticket = given.ticket();
    // Behind: the event is still to come, which the verdict says.
    given.clock.set_wall(local("2026-02-20T09:00"));
    assert!(given.desk.now().unwrap().doubt.is_some());
    assert_eq!(given.scan(&ticket).verdict, Verdict::TooEarly);
    // Ahead by a year and more: what the wall clock calls due is hidden, and comes back with the right time.
    given.clock.set_wall(local("2027-06-01T09:00"));
    assert!(given.desk.now().unwrap().doubt.is_some());
    let event = given.last_event();
    let outcome = check_in(&mut given.desk, &Actor::Public, &scanned(event, &ticket)).unwrap();
    assert!(matches!(outcome, CheckInOutcome::NoEvent));
    assert_eq!(at_millis(&given, "SELECT at FROM high_water"), mark);
    given.clock.set_wall(local("2026-03-02T09:01"));
    assert_eq!(given.desk.now().unwrap().doubt, None);
    assert_eq!(given.scan(&ticket).verdict, Verdict::Entered);
}

#[test]
fn who_entered_in_doubt_is_inside() {
    let mut given = ada().at("2026-03-02T09:00");
    let ticket = given.ticket();
    // Back by an hour: inside the window, before the mark.
    given.clock.set_wall(local("2026-03-02T08:00"));
    assert!(given.desk.now().unwrap().doubt.is_some());
    assert_eq!(given.scan(&ticket).verdict, Verdict::Entered);
    assert_eq!(given.scan(&ticket).verdict, Verdict::AlreadyEntered);
    given.clock.set_wall(local("2026-03-02T09:05"));
    assert_eq!(given.scan(&ticket).since, Some(local("2026-03-02T08:00")));
}

// ---- Several desks

#[test]
fn two_desks_on_one_folder_let_one_ticket_in_once() {
    let mut given = ada().at("2026-03-02T09:00");
    let event = given.last_event();
    let ticket = given.ticket();
    let mut other = given.another_desk();
    assert_eq!(given.scan(&ticket).verdict, Verdict::Entered);
    let mut there = |direction| {
        let input = CheckIn { direction, ..scanned(event, &ticket) };
        match check_in(&mut other, &Actor::Public, &input).unwrap() {
            CheckInOutcome::Judged(judged) => judged.verdict,
            CheckInOutcome::NoEvent => panic!("no event"),
        }
    };
    assert_eq!(there(Direction::Entry), Verdict::AlreadyEntered);
    given.clock.advance(TimeDelta::minutes(1));
    assert_eq!(there(Direction::Exit), Verdict::Exited);
    given.clock.advance(TimeDelta::minutes(1));
    assert_eq!(given.scan(&ticket).verdict, Verdict::Entered);
    // A key made by one desk after the other had looked is known to both.
    let mut fresh = crate::given::given().event("Open day").at("2026-03-02T09:00");
    assert_eq!(fresh.scan("nobody's").verdict, Verdict::Unknown);
    let added = velkommen::desk::add_participant::add_participant(
        &mut fresh.another_desk(),
        &Actor::Operator,
        &registered(fresh.last_event(), "Bo"),
        velkommen::desk::add_participant::Way::ByStaff,
    );
    let velkommen::desk::add_participant::AddParticipantOutcome::Added(added) = added.unwrap() else { panic!("not added") };
    assert_eq!(fresh.scan(added.ticket.as_str()).verdict, Verdict::Entered);
}

#[test]
fn of_sixteen_desks_that_read_one_ticket_at_once_one_lets_it_in() {
    for round in 0..5 {
        let given = ada().at("2026-03-02T09:00");
        let (event, ticket) = (given.last_event(), given.ticket());
        let gate = std::sync::Barrier::new(16);
        let verdicts: Vec<Verdict> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..16)
                .map(|_| {
                    let (gate, folder, clock, ticket) = (&gate, given.folder(), given.clock.clone(), &ticket);
                    scope.spawn(move || {
                        let mut desk = open(folder, clock);
                        gate.wait();
                        match check_in(&mut desk, &Actor::Public, &scanned(event, ticket)).unwrap() {
                            CheckInOutcome::Judged(judged) => judged.verdict,
                            CheckInOutcome::NoEvent => panic!("no event"),
                        }
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let entered = verdicts.iter().filter(|verdict| **verdict == Verdict::Entered).count();
        let already = verdicts.iter().filter(|verdict| **verdict == Verdict::AlreadyEntered).count();
        assert_eq!((entered, already), (1, 15), "round {round}");
        assert_eq!(given.count("SELECT count(*) FROM scans WHERE verdict = 'entered'"), 1);
        assert_eq!(given.count("SELECT count(*) FROM scans"), 16);
    }
}
