//! When the wall clock is not believed, what goes on, what stops, and how the doubt ends.

use chrono::TimeDelta;

use velkommen::desk::close_day::close_day;
use velkommen::desk::confirm_clock::{ConfirmClockOutcome, confirm_clock};
use velkommen::desk::erase_due::{EraseDueOutcome, erase_due};
use velkommen::desk::list_open_visits::list_open_visits;
use velkommen::desk::sign_out::{SignOut, SignOutOutcome, sign_out};
use velkommen::desk::unlock::{Unlock, UnlockOutcome, unlock};
use velkommen::desk::{Desk, DeskError};
use velkommen::domain::access::{Actor, Verb};
use velkommen::domain::clock::Doubt;
use velkommen::domain::staff::Role;

use crate::given::{Given, STAFF_NAME, STAFF_PIN, build, given, local, someone, visitor};

fn doubt(given: &mut Given) -> Option<Doubt> {
    given.desk.now().unwrap().doubt
}

/// The machine is off until the wall clock says this, and starts then.
fn started_at(given: Given, moment: &str) -> Given {
    given.clock.set_wall(local(moment));
    given.reopened()
}

#[test]
fn a_machine_that_wakes_before_the_last_seen_time_is_doubted() {
    let given = given().at("2026-03-02T10:00").visit("Ada");
    let mut given = started_at(given, "2026-03-02T10:00");
    assert_eq!(doubt(&mut given), None);
    let mut given = started_at(given, "2026-03-02T09:59:59.999");
    assert_eq!(doubt(&mut given), Some(Doubt::Behind));
}

#[test]
fn a_machine_that_wakes_before_its_program_was_built_is_doubted() {
    let mut given = started_at(given(), "2025-12-31T12:00");
    assert_eq!(doubt(&mut given), Some(Doubt::BeforeBuild));
}

#[test]
fn a_machine_that_was_off_for_400_days_is_believed_and_not_a_millisecond_more() {
    let given = given().at("2026-03-02T10:00").visit("Ada");
    let off = |given: Given, more: TimeDelta| {
        let mark = local("2026-03-02T10:00");
        given.clock.set_wall(mark + TimeDelta::days(400) + more);
        given.reopened()
    };
    let mut given = off(given, TimeDelta::zero());
    assert_eq!(doubt(&mut given), None);
    let mut given = off(given, TimeDelta::milliseconds(1));
    assert_eq!(doubt(&mut given), Some(Doubt::FarAhead));
}

#[test]
fn a_jump_of_more_than_a_day_while_running_is_doubted_both_ways() {
    for (hours, extra, expected) in [(24, 0, None), (24, 1, Some(Doubt::Jumped)), (-24, -1, Some(Doubt::Jumped))] {
        let mut given = given().at("2026-03-09T10:00");
        given.clock.set_wall(local("2026-03-09T10:00") + TimeDelta::hours(hours) + TimeDelta::milliseconds(extra));
        assert_eq!(doubt(&mut given), expected, "{hours} h {extra} ms");
    }
}

#[test]
fn the_time_that_passes_is_no_jump() {
    let mut given = given();
    for _ in 0..30 {
        given.clock.advance(TimeDelta::days(10));
        given.desk.note_time().unwrap();
        assert_eq!(doubt(&mut given), None);
    }
}

#[test]
fn the_kernels_word_ends_the_doubt_and_starts_the_count_anew() {
    let mut given = given().at("2026-03-09T10:00");
    given.clock.set_wall(local("2026-05-01T10:00"));
    assert_eq!(doubt(&mut given), Some(Doubt::Jumped));
    given.clock.set_synchronised(true);
    assert_eq!(doubt(&mut given), None);
    given.desk.note_time().unwrap();
    given.clock.set_synchronised(false);
    assert_eq!(doubt(&mut given), None);
}

#[test]
fn in_doubt_the_desk_still_takes_visitors_and_lets_them_go() {
    let mut given = given().at("2026-03-02T10:00").visit("Ada");
    given.clock.set_wall(local("2026-03-05T10:00"));
    assert_eq!(doubt(&mut given), Some(Doubt::Jumped));
    given = given.visit("Bo");
    assert_eq!(list_open_visits(&mut given.desk, &Actor::Operator).unwrap().len(), 2);
    let code = given.visits[1].code.as_str().to_owned();
    let outcome = sign_out(&mut given.desk, &Actor::Public, &SignOut::ByCode(code)).unwrap();
    assert!(matches!(outcome, SignOutOutcome::SignedOut { .. }));
    // The mark does not follow a clock in doubt.
    let mark = given.count("SELECT at FROM high_water");
    assert!(mark <= local("2026-03-02T10:00").timestamp_millis());
}

#[test]
fn in_doubt_nobody_is_closed_out() {
    let mut given = given().at("2026-03-02T10:00").visit("Ada");
    given.clock.set_wall(local("2026-03-05T10:00"));
    assert_eq!(close_day(&mut given.desk, &Actor::Clock).unwrap().closed, 0);
    assert_eq!(list_open_visits(&mut given.desk, &Actor::Operator).unwrap().len(), 1);
    confirmed(&mut given);
    assert!(list_open_visits(&mut given.desk, &Actor::Operator).unwrap().is_empty());
    assert_eq!(close_day(&mut given.desk, &Actor::Clock).unwrap().closed, 1);
}

#[test]
fn a_visit_written_while_the_clock_stood_in_the_future_is_kept_no_longer_for_it() {
    let mut given = given().at("2026-03-02T10:00");
    given.clock.set_wall(local("2029-03-02T10:00"));
    let [open, ended] = ["Ada", "Bo"].map(|name| given.sign_in(&visitor(name)));
    let by_code = SignOut::ByCode(ended.code.as_str().to_owned());
    sign_out(&mut given.desk, &Actor::Public, &by_code).unwrap();
    assert!(open.erase_after > local("2029-01-01T00:00"));
    given.clock.set_wall(local("2026-03-02T11:00"));
    assert_eq!(doubt(&mut given), None);
    close_day(&mut given.desk, &Actor::Clock).unwrap();
    assert_eq!(list_open_visits(&mut given.desk, &Actor::Operator).unwrap().len(), 1);
    assert_eq!(given.count("SELECT max(erase_after) FROM visits"), local("2026-04-01T00:00").timestamp_millis());
    assert_eq!(given.count("SELECT max(signed_in_at) FROM visits"), local("2026-03-02T11:00").timestamp_millis());
}

fn unlocked(desk: &mut Desk, name: &str, secret: &str) -> Actor {
    let input = Unlock { name: name.to_owned(), secret: secret.to_owned() };
    match unlock(desk, &Actor::Public, &input).unwrap() {
        UnlockOutcome::Unlocked { staff, .. } => staff,
        outcome => panic!("{outcome:?}"),
    }
}

fn confirmed(given: &mut Given) {
    let (first, second) = (someone(&[Role::Reception]), someone(&[Role::Security]));
    assert_eq!(confirm_clock(&mut given.desk, &first, &second).unwrap(), ConfirmClockOutcome::Believed);
}

#[test]
fn two_different_staff_who_unlock_in_turn_end_the_doubt() {
    let mut given = given().staff("Bo Bæk", "correct horse", &[Role::Marketing]).at("2026-03-02T10:00").visit("Ada");
    given.clock.set_wall(local("2026-06-01T10:00"));
    let first = unlocked(&mut given.desk, STAFF_NAME, STAFF_PIN);
    assert_eq!(confirm_clock(&mut given.desk, &first, &first).unwrap(), ConfirmClockOutcome::NeedsAnother);
    assert_eq!(doubt(&mut given), Some(Doubt::Jumped));
    let second = unlocked(&mut given.desk, "Bo Bæk", "correct horse");
    let before = given.count("SELECT count(*) FROM audit_entries");
    assert_eq!(confirm_clock(&mut given.desk, &first, &second).unwrap(), ConfirmClockOutcome::Believed);
    assert_eq!(doubt(&mut given), None);
    assert_eq!(given.count("SELECT count(*) FROM audit_entries WHERE verb = 'confirm_clock'"), 2);
    assert_eq!(given.count("SELECT count(*) FROM audit_entries"), before + 2);
    assert!(matches!(erase_due(&mut given.desk, &Actor::Clock).unwrap(), EraseDueOutcome::Erased(_)));
    assert_eq!(given.count("SELECT count(*) FROM visits"), 0);
    // Believed by the next start, too, and by a command beside the kiosk.
    let mut given = given.reopened();
    assert_eq!(doubt(&mut given), None);
}

#[test]
fn neither_the_operator_nor_the_public_nor_the_clock_confirms_the_time() {
    let mut given = given().at("2026-03-02T10:00").visit("Ada");
    given.clock.set_wall(local("2026-06-01T10:00"));
    let staff = someone(&[Role::Reception]);
    for other in [Actor::Operator, Actor::Public, Actor::Clock, someone(&[])] {
        for (first, second) in [(&staff, &other), (&other, &staff), (&other, &other)] {
            let refused = confirm_clock(&mut given.desk, first, second);
            assert!(matches!(refused, Err(DeskError::NotAllowed { verb: Verb::ConfirmClock, .. })), "{first:?} {second:?}");
        }
    }
    assert_eq!(doubt(&mut given), Some(Doubt::Jumped));
    assert_eq!(given.count("SELECT count(*) FROM audit_entries WHERE verb = 'confirm_clock'"), 0);
}

#[test]
fn each_kind_of_doubt_ends_with_the_confirmation_and_lasts_until_then() {
    for (moment, expected) in
        [("2026-03-01T10:00", Doubt::Behind), ("2025-06-01T10:00", Doubt::BeforeBuild), ("2030-01-01T10:00", Doubt::FarAhead)]
    {
        let given = given().at("2026-03-02T10:00").visit("Ada");
        let mut given = started_at(given, moment);
        given.sign_in(&visitor("Bo"));
        assert_eq!(doubt(&mut given), Some(expected));
        let mut given = given.reopened();
        assert_eq!(doubt(&mut given), Some(expected), "writing alone ends no doubt");
        confirmed(&mut given);
        assert_eq!(doubt(&mut given), None);
        let mut given = given.reopened();
        assert_eq!(doubt(&mut given), None, "{expected:?} after a restart");
        given.clock.advance(TimeDelta::hours(1));
        given.desk.note_time().unwrap();
        assert_eq!(doubt(&mut given), None);
    }
}

#[test]
fn a_confirmed_date_before_the_build_is_doubted_again_by_a_newer_program() {
    let mut given = started_at(given(), "2025-06-01T10:00");
    confirmed(&mut given);
    let next_build = build().succ_opt().unwrap();
    let mut newer = Desk::open(given.folder(), given.clock.clone(), next_build).unwrap();
    assert_eq!(newer.now().unwrap().doubt, Some(Doubt::BeforeBuild));
}

#[test]
fn the_mark_follows_a_believed_clock_within_a_minute() {
    let mut given = given().at("2026-03-02T10:00");
    let mark = |given: &Given| given.count("SELECT at FROM high_water");
    let start = mark(&given);
    given.clock.advance(TimeDelta::seconds(59));
    given.desk.note_time().unwrap();
    assert_eq!(mark(&given), start);
    given.clock.advance(TimeDelta::seconds(1));
    given.desk.note_time().unwrap();
    assert_eq!(mark(&given), start + 60_000);
}
