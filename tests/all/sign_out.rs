//! Signing out: by code, by staff, too late, too often.

use chrono::TimeDelta;

use velkommen::desk::DeskError;
use velkommen::desk::list_open_visits::list_open_visits;
use velkommen::desk::sign_out::{SignOut, SignOutOutcome, sign_out};
use velkommen::domain::access::{Actor, Verb};
use velkommen::domain::staff::Role;

use crate::given::{Given, given, local, open, someone};

fn by_code(given: &mut Given, by: &Actor, code: &str) -> SignOutOutcome {
    sign_out(&mut given.desk, by, &SignOut::ByCode(code.to_owned())).unwrap()
}

fn end_of(given: &Given) -> (String, i64, i64) {
    let row = "SELECT coalesce(end_kind, '-') FROM visits";
    (given.texts(row).remove(0), given.count("SELECT coalesce(ended_at, 0) FROM visits"), given.count("SELECT erase_after FROM visits"))
}

#[test]
fn a_code_signs_out_however_it_is_typed() {
    let mut given = given().at("2026-03-02T10:00");
    for change in [
        |code: &str| code.to_owned(),
        |code: &str| code.to_lowercase(),
        |code: &str| format!(" {} {} ", &code[..4], &code[4..]),
        |code: &str| format!("{}-{}", &code[..4], &code[4..]),
    ] {
        given = given.visit("Ada");
        let visit = given.visits.pop().unwrap();
        let typed = change(visit.code.as_str());
        let outcome = by_code(&mut given, &Actor::Public, &typed);
        assert!(matches!(outcome, SignOutOutcome::SignedOut { visit: out, .. } if out == visit.visit), "{typed}: {outcome:?}");
    }
    assert!(list_open_visits(&mut given.desk, &Actor::Operator).unwrap().is_empty());
}

#[test]
fn the_end_of_the_visit_decides_when_it_is_erased() {
    let mut given = given().at("2026-03-02T23:30").visit("Ada");
    let visit = given.visits[0].visit;
    assert_eq!(given.visits[0].erase_after, local("2026-04-02T00:00"));
    given.go_to(local("2026-03-02T23:59"));
    let code = given.visits[0].code.clone();
    let outcome = by_code(&mut given, &Actor::Public, code.as_str());
    let (at, erase_after) = (local("2026-03-02T23:59"), local("2026-04-01T00:00"));
    assert_eq!(outcome, SignOutOutcome::SignedOut { visit, at, erase_after });
    assert_eq!(end_of(&given), ("signed_out".to_owned(), at.timestamp_millis(), erase_after.timestamp_millis()));
}

#[test]
fn who_has_left_already_is_told_since_when_and_nothing_is_written() {
    let mut given = given().at("2026-03-02T10:00").visit("Ada");
    let signed_in = given.visits.remove(0);
    given.go_to(local("2026-03-02T11:00"));
    by_code(&mut given, &Actor::Operator, signed_in.code.as_str());
    let (row, entries) = (end_of(&given), given.count("SELECT count(*) FROM audit_entries"));
    given.go_to(local("2026-03-02T12:00"));
    let again = by_code(&mut given, &Actor::Operator, signed_in.code.as_str());
    let already =
        SignOutOutcome::AlreadyLeft { visit: signed_in.visit, at: local("2026-03-02T11:00"), erase_after: local("2026-04-01T00:00") };
    assert_eq!(again, already);
    assert_eq!((end_of(&given), given.count("SELECT count(*) FROM audit_entries")), (row, entries));
}

#[test]
fn after_closing_time_a_visit_has_ended_at_closing_time() {
    for (moment, expected) in
        [("2026-03-02T17:59:59.999", "signed_out"), ("2026-03-02T18:00", "presumed_left"), ("2026-03-03T09:00", "presumed_left")]
    {
        let mut given = given().at("2026-03-02T10:00").visit("Ada").at(moment);
        let code = given.visits[0].code.clone();
        let outcome = by_code(&mut given, &Actor::Public, code.as_str());
        assert_eq!(matches!(outcome, SignOutOutcome::SignedOut { .. }), expected == "signed_out", "{moment}");
        let (kind, at, _) = end_of(&given);
        assert_eq!(kind, expected);
        assert_eq!(at, local(moment).min(local("2026-03-02T18:00")).timestamp_millis());
    }
}

#[test]
fn nobody_knows_an_unknown_code_or_a_text_that_is_none() {
    let mut given = given().visit("Ada");
    let code = given.visits[0].code.as_str().to_owned();
    let shorter = &code[..7];
    for text in ["00000000", "", "not a code", shorter, &format!("{code}0"), "ÅÅÅÅÅÅÅÅ", "👩‍👩‍👧", &"0".repeat(10_000), "\u{0}"]
    {
        assert_eq!(by_code(&mut given, &Actor::Operator, text), SignOutOutcome::Unknown, "{text}");
    }
    assert_eq!(
        by_code(&mut given, &Actor::Operator, &code),
        SignOutOutcome::SignedOut { visit: given.visits[0].visit, at: given.now(), erase_after: local("2026-04-01T00:00") }
    );
}

#[test]
fn five_wrong_codes_in_five_minutes_close_the_touch_screen_for_codes_and_nobody_else() {
    let mut given = given().at("2026-03-02T10:00").visit("Ada").visit("Bo").visit("Cleo");
    let codes: Vec<_> = given.visits.iter().map(|visit| visit.code.as_str().to_owned()).collect();
    for seconds in 0..5 {
        assert_eq!(by_code(&mut given, &Actor::Public, "00000000"), SignOutOutcome::Unknown, "try {seconds}");
        given.clock.advance(TimeDelta::seconds(1));
    }
    // The right code is not even looked up, by the public; staff and the operator go on.
    assert_eq!(by_code(&mut given, &Actor::Public, &codes[0]), SignOutOutcome::TryLater);
    let receptionist = someone(&[Role::Reception]);
    for _ in 0..6 {
        assert_eq!(by_code(&mut given, &receptionist, "00000000"), SignOutOutcome::Unknown);
        assert_eq!(by_code(&mut given, &Actor::Operator, "00000000"), SignOutOutcome::Unknown);
    }
    assert!(matches!(by_code(&mut given, &receptionist, &codes[1]), SignOutOutcome::SignedOut { .. }));
    // One step before the first wrong try is five minutes old, and then.
    given.clock.advance(TimeDelta::seconds(295) - TimeDelta::milliseconds(1));
    assert_eq!(by_code(&mut given, &Actor::Public, &codes[0]), SignOutOutcome::TryLater);
    given.clock.advance(TimeDelta::milliseconds(1));
    assert!(matches!(by_code(&mut given, &Actor::Public, &codes[0]), SignOutOutcome::SignedOut { .. }));
}

#[test]
fn a_wall_clock_set_forward_does_not_shorten_the_wait_for_codes() {
    let mut given = given().at("2026-03-02T10:00").visit("Ada");
    let code = given.visits[0].code.as_str().to_owned();
    for _ in 0..5 {
        by_code(&mut given, &Actor::Public, "00000000");
    }
    given.clock.set_wall(local("2026-03-02T11:00"));
    assert_eq!(by_code(&mut given, &Actor::Public, &code), SignOutOutcome::TryLater);
}

#[test]
fn right_codes_never_use_up_the_limit() {
    let mut given = given().at("2026-03-02T10:00");
    for number in 0..10 {
        given = given.visit(&format!("Visitor {number}"));
    }
    for visit in std::mem::take(&mut given.visits) {
        assert!(matches!(by_code(&mut given, &Actor::Public, visit.code.as_str()), SignOutOutcome::SignedOut { .. }));
    }
}

#[test]
fn staff_sign_out_from_their_list_and_the_public_may_not() {
    let mut given = given().at("2026-03-02T10:00").visit("Ada");
    let chosen = SignOut::OfVisit(given.visits[0].visit);
    let before = given.count("SELECT count(*) FROM audit_entries");
    for by in [Actor::Public, Actor::Clock, someone(&[Role::Admin, Role::Dpo])] {
        let refused = sign_out(&mut given.desk, &by, &chosen);
        assert!(matches!(refused, Err(DeskError::NotAllowed { verb: Verb::SignOutVisit, .. })));
    }
    let receptionist = someone(&[Role::Reception]);
    assert!(matches!(sign_out(&mut given.desk, &receptionist, &chosen).unwrap(), SignOutOutcome::SignedOut { .. }));
    assert_eq!(given.count("SELECT count(*) FROM audit_entries"), before + 1);
    let line = "SELECT actor || ' ' || staff_id || ' ' || verb || ' ' || subject FROM audit_entries ORDER BY entry_id DESC LIMIT 1";
    assert_eq!(given.texts(line), [format!("staff {} sign_out_visit {}", receptionist.staff_id().unwrap(), given.visits[0].visit)]);
}

#[test]
fn a_visit_that_is_due_is_unknown_even_before_the_sweep() {
    let mut given = given().at("2026-03-02T10:00").visit("Ada");
    let (code, due) = (given.visits[0].code.clone(), given.visits[0].erase_after);
    given.go_to(due - TimeDelta::milliseconds(1));
    assert!(matches!(by_code(&mut given, &Actor::Operator, code.as_str()), SignOutOutcome::AlreadyLeft { .. }));
    given.go_to(due);
    assert_eq!(by_code(&mut given, &Actor::Operator, code.as_str()), SignOutOutcome::Unknown);
}

#[test]
fn a_clock_wrongly_ahead_never_makes_a_visit_last_past_closing_time() {
    let mut given = given().at("2026-03-02T10:00").visit("Ada");
    let code = given.visits[0].code.clone();
    given.clock.set_wall(local("2026-03-28T10:00"));
    let outcome = by_code(&mut given, &Actor::Public, code.as_str());
    assert!(matches!(outcome, SignOutOutcome::SignedOut { .. }), "{outcome:?}");
    let (_, ended, erase_after) = end_of(&given);
    assert_eq!(ended, local("2026-03-02T18:00").timestamp_millis());
    assert_eq!(erase_after, local("2026-04-01T00:00").timestamp_millis());
}

#[test]
fn of_many_who_sign_the_same_visit_out_at_once_one_does() {
    for _ in 0..10 {
        let given = given().at("2026-03-02T10:00").visit("Ada");
        let visit = given.visits[0].visit;
        let before = given.count("SELECT count(*) FROM audit_entries");
        let gate = &std::sync::Barrier::new(4);
        let signed_out: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    let (folder, clock) = (given.folder(), given.clock.clone());
                    scope.spawn(move || {
                        let mut desk = open(folder, clock);
                        gate.wait();
                        let outcome = sign_out(&mut desk, &Actor::Operator, &SignOut::OfVisit(visit)).unwrap();
                        usize::from(matches!(outcome, SignOutOutcome::SignedOut { .. }))
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(signed_out, 1);
        assert_eq!(given.count("SELECT count(*) FROM audit_entries"), before + 1);
    }
}
