//! Who is in the house, whatever the hour, the clock and the number of events say; and what a try at the screen costs.

use chrono::TimeDelta;

use velkommen::desk::check_in::{CheckIn, CheckInOutcome, Source, check_in_by_name};
use velkommen::desk::close_day::close_day;
use velkommen::desk::confirm_clock::confirm_clock;
use velkommen::desk::erase_due::erase_due;
use velkommen::desk::list_events::show_event;
use velkommen::desk::open_event::OpenEvent;
use velkommen::desk::sign_out::{SignOut, SignOutOutcome, sign_out};
use velkommen::desk::take_code::{TakeCode, TakeCodeOutcome, take_code};
use velkommen::desk::take_roll_call::take_roll_call;
use velkommen::domain::access::Actor;
use velkommen::domain::check_in::{Direction, Verdict};
use velkommen::domain::clock::Doubt;
use velkommen::domain::language::Language;
use velkommen::domain::staff::Role;

use crate::given::{Given, given, local, registered, scanned, seminar, someone, visitor};

fn roll_call(given: &mut Given) -> Vec<String> {
    take_roll_call(&mut given.desk, &Actor::Operator).unwrap().people.into_iter().map(|person| person.name).collect()
}

fn leave(given: &mut Given, code: &str) -> Verdict {
    let input = CheckIn { direction: Direction::Exit, ..scanned(given.last_event(), code) };
    given.read(&Actor::Public, &input).verdict
}

fn take(given: &mut Given, code: &str, source: Source) -> TakeCodeOutcome {
    take_code(&mut given.desk, &Actor::Public, &TakeCode { code: code.to_owned(), source, language: Language::Da }).unwrap()
}

fn verdict(outcome: &TakeCodeOutcome) -> Option<Verdict> {
    match outcome {
        TakeCodeOutcome::Ticket(judged, _) => Some(judged.verdict),
        TakeCodeOutcome::Badge(_) | TakeCodeOutcome::Invitation(_) => None,
    }
}

fn by_name(given: &mut Given, name: &str) -> Verdict {
    match check_in_by_name(&mut given.desk, &Actor::Public, None, name, "").unwrap() {
        CheckInOutcome::Judged(judged) => judged.verdict,
        CheckInOutcome::NoEvent => panic!("no event"),
    }
}

#[test]
fn who_went_in_is_on_the_roll_call_until_the_day_is_closed_and_not_only_until_the_event_ends() {
    let mut given = given().event("Open day").participant("Ada").checked_in_at("2026-03-02T10:00");
    let event = given.last_event();
    for moment in ["2026-03-02T15:59", "2026-03-02T16:00", "2026-03-02T17:59:59"] {
        given.go_to(local(moment));
        assert_eq!(roll_call(&mut given), ["Ada"], "{moment}");
        assert_eq!(show_event(&mut given.desk, &Actor::Operator, event).unwrap().unwrap().inside, 1, "{moment}");
    }
    given.go_to(local("2026-03-02T18:00"));
    assert!(roll_call(&mut given).is_empty());
    let summary = show_event(&mut given.desk, &Actor::Operator, event).unwrap().unwrap();
    assert_eq!((summary.arrived, summary.inside), (1, 0));
}

#[test]
fn who_went_out_again_is_not_on_it() {
    let mut given = given().event("Open day").participant("Ada").checked_in_at("2026-03-02T10:00");
    let ticket = given.ticket();
    given.go_to(local("2026-03-02T16:30"));
    assert_eq!(leave(&mut given, &ticket), Verdict::Exited);
    assert!(roll_call(&mut given).is_empty());
}

#[test]
fn an_event_that_ends_after_closing_time_is_closed_the_next_evening() {
    let late = OpenEvent { ends: "2026-03-02T20:00".to_owned(), ..seminar("Dinner") };
    let mut given = given().event_of(&late).participant("Ada").checked_in_at("2026-03-02T17:00");
    for (moment, inside) in [("2026-03-02T19:00", 1), ("2026-03-03T17:59", 1), ("2026-03-03T18:00", 0)] {
        given.go_to(local(moment));
        assert_eq!(roll_call(&mut given).len(), inside, "{moment}");
    }
}

#[test]
fn an_exit_counts_though_the_clock_was_put_back_between_entry_and_exit() {
    let mut given = given().event("Open day").participant("Ada").at("2026-03-02T09:00");
    let ticket = given.ticket();
    // The clock runs two hours ahead when she enters, and is put right afterwards.
    given.clock.set_wall(local("2026-03-02T12:00"));
    assert_eq!(given.scan(&ticket).verdict, Verdict::Entered);
    given.clock.set_wall(local("2026-03-02T10:10"));
    assert_eq!(leave(&mut given, &ticket), Verdict::Exited);
    assert!(roll_call(&mut given).is_empty(), "she has left");
    given.clock.advance(TimeDelta::minutes(10));
    assert_eq!(given.scan(&ticket).verdict, Verdict::Entered, "and comes again");
    assert_eq!(roll_call(&mut given), ["Ada"]);
}

#[test]
fn what_a_clock_in_the_future_wrote_is_dated_back_when_it_is_believed_again() {
    let mut given = given().event("Open day").participant("Ada").participant("Bo").at("2026-03-02T09:00");
    let ticket = given.ticket();
    given.clock.set_wall(local("2026-06-01T10:00"));
    given.scan(&ticket);
    take(&mut given, "nobody's code", Source::Scanned);
    let ahead = |given: &Given, until: &str| {
        ["scans WHERE happened_at", "scans WHERE erase_after", "audit_entries WHERE erase_after"]
            .map(|what| given.count(&format!("SELECT count(*) FROM {what} > {}", local(until).timestamp_millis())))
    };
    given.clock.set_wall(local("2026-03-02T10:00"));
    assert_eq!(ahead(&given, "2026-05-01T00:00")[..2], [2, 1]);
    close_day(&mut given.desk, &Actor::Clock).unwrap();
    assert_eq!(ahead(&given, "2026-03-02T10:00")[0], 0);
    assert_eq!(ahead(&given, "2026-04-01T00:00")[1], 0);
    assert_eq!(ahead(&given, "2027-03-03T00:00")[2], 0);
    assert_eq!(given.count("SELECT is_misdated FROM desks"), 0);
    given.go_to(local("2026-04-02T00:00"));
    erase_due(&mut given.desk, &Actor::Clock).unwrap();
    assert_eq!(given.count("SELECT count(*) FROM scans WHERE event_id IS NULL"), 0, "after thirty days, as they were told");
}

#[test]
fn while_the_clock_is_in_doubt_nobody_is_left_out_and_the_roll_call_says_so() {
    for (wall, doubt) in [("2031-03-02T10:00", Doubt::Jumped), ("2026-02-01T10:00", Doubt::Jumped)] {
        let mut given = given().visit("Bo").event("Open day").participant("Ada").checked_in_at("2026-03-02T10:00");
        given.clock.set_wall(local(wall));
        given = given.visit("Cleo");
        let taken = take_roll_call(&mut given.desk, &Actor::Operator).unwrap();
        let names: Vec<_> = taken.people.iter().map(|person| person.name.as_str()).collect();
        assert_eq!((names, taken.clock_doubt), (vec!["Ada", "Bo", "Cleo"], Some(doubt)), "{wall}");
    }
}

#[test]
fn an_event_long_over_is_not_in_the_house_because_the_clock_is_in_doubt() {
    let mut given = given().event("Open day").participant("Ada").checked_in_at("2026-03-02T10:00").at("2026-03-20T10:00");
    given.clock.set_wall(local("2031-03-02T10:00"));
    assert!(roll_call(&mut given).is_empty());
}

#[test]
fn a_confirmed_clock_dates_back_too() {
    let mut given = given().event("Open day").participant("Ada").at("2026-03-02T09:00");
    given.clock.set_wall(local("2026-03-02T15:00"));
    given.desk.note_time().unwrap();
    let ticket = given.ticket();
    given.scan(&ticket);
    given.clock.set_wall(local("2026-03-02T09:30"));
    let [first, second] = [Role::Reception, Role::Event].map(|role| someone(&[role]));
    confirm_clock(&mut given.desk, &first, &second).unwrap();
    close_day(&mut given.desk, &Actor::Clock).unwrap();
    assert_eq!(given.count("SELECT happened_at FROM scans"), local("2026-03-02T09:30").timestamp_millis());
}

// ---- Two events on one day

/// Two events whose doors are open, with three people each.
fn two_events() -> Given {
    let given = given().event("Morning").participant("Ada").participant("Bo").participant("Cleo");
    given.event("Evening").participant("Dan").participant("Eve").participant("Fay").at("2026-03-02T09:00")
}

#[test]
fn five_rightful_guests_of_two_events_close_no_door() {
    let mut given = two_events().visit("Gil");
    for name in ["Dan", "Eve", "Fay", "Ada", "Bo", "Cleo"] {
        assert_eq!(by_name(&mut given, name), Verdict::Entered, "{name}");
    }
    assert_eq!(given.count("SELECT count(*) FROM scans WHERE verdict = 'unknown'"), 0, "nobody was unknown to anybody");
    assert_eq!(given.count("SELECT count(*) FROM scans"), 6, "one line for each act");
}

#[test]
fn who_is_registered_for_two_events_is_asked_for_at_the_desk() {
    let mut given = two_events();
    let morning = given.events[0];
    given = given.participant_of(&registered(morning, "Dan"));
    assert_eq!(by_name(&mut given, "Dan"), Verdict::Ambiguous);
    assert_eq!(given.count("SELECT count(*) FROM scans WHERE verdict = 'ambiguous' AND event_id IS NULL"), 1);
}

#[test]
fn a_wrong_name_is_one_try_however_many_events_are_open() {
    let mut given = two_events();
    for _ in 0..4 {
        assert_eq!(by_name(&mut given, "Nobody"), Verdict::Unknown);
    }
    assert_eq!(by_name(&mut given, "Ada"), Verdict::Entered, "four tries of five");
    assert_eq!(given.count("SELECT count(*) FROM scans WHERE verdict = 'unknown'"), 4);
}

#[test]
fn wrong_tries_of_one_kind_close_no_other_and_scans_are_none() {
    let mut given = two_events();
    let visit = given.sign_in(&visitor("Gil"));
    for _ in 0..10 {
        by_name(&mut given, "Nobody");
        take(&mut given, "no such code", Source::Scanned);
    }
    assert_eq!(by_name(&mut given, "Ada"), Verdict::TryLater);
    let ticket = given.ticket();
    assert_eq!(verdict(&take(&mut given, &ticket, Source::Typed)), Some(Verdict::Entered), "names close no codes");
    for _ in 0..10 {
        sign_out(&mut given.desk, &Actor::Public, &SignOut::ByCode("00000000".to_owned())).unwrap();
    }
    let typed = SignOut::ByCode(visit.code.as_str().to_owned());
    assert_eq!(sign_out(&mut given.desk, &Actor::Public, &typed).unwrap(), SignOutOutcome::TryLater);
    let scanned = take(&mut given, visit.code.as_str(), Source::Scanned);
    assert!(matches!(scanned, TakeCodeOutcome::Badge(SignOutOutcome::SignedOut { .. })), "whoever holds a badge may leave: {scanned:?}");
}

#[test]
fn a_ticket_shows_its_holder_what_is_theirs_with_one_line_of_the_ledger() {
    let mut given = two_events();
    let ticket = given.ticket();
    for (expected, lines) in [(Verdict::Entered, 1), (Verdict::AlreadyEntered, 2)] {
        match take(&mut given, &ticket, Source::Scanned) {
            TakeCodeOutcome::Ticket(judged, Some(shown)) => {
                assert_eq!((judged.verdict, shown.participant.name.as_str(), shown.event_name.as_str()), (expected, "Fay", "Evening"));
                assert!(shown.inside_since.is_some());
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(given.count("SELECT count(*) FROM scans"), lines);
    }
}
