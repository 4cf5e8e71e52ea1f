//! A roll call at the desk: begun by anybody, ticked by staff, ended with a reason; it survives what a fire brings, and leaves
//! nothing behind.

use velkommen::desk::DeskError;
use velkommen::desk::begin_roll_call::{BeginRollCallOutcome, begin_roll_call};
use velkommen::desk::close_day::close_day;
use velkommen::desk::count_inside::count_inside;
use velkommen::desk::end_roll_call::{CallOffOutcome, EndRollCallOutcome, call_off_roll_call, end_roll_call};
use velkommen::desk::erase_due::erase_due;
use velkommen::desk::list_open_visits::list_open_visits;
use velkommen::desk::mark_found::{Mark, MarkFound, MarkFoundOutcome, mark_found};
use velkommen::desk::show_roll_call::{RollCallFigures, show_figures, show_roll_call};
use velkommen::desk::sign_out::{SignOut, sign_out};
use velkommen::desk::take_roll_call::take_roll_call;
use velkommen::domain::access::Actor;
use velkommen::domain::roll_call::{EndReason, HereFor, Inside, RollCall};

use crate::given::{Given, given, local};

/// Two visitors and a participant in the house.
fn a_house() -> Given {
    given().event("Open day").participant("Ada Abel").checked_in_at("2026-03-02T09:30").visit("Bo Bæk").visit("Cleo Carl")
}

fn begin(given: &mut Given) -> RollCall {
    let first = given.first();
    match begin_roll_call(&mut given.desk, &first).unwrap() {
        BeginRollCallOutcome::Begun(taken) | BeginRollCallOutcome::Runs(taken) => taken,
    }
}

fn runs(given: &mut Given) -> Option<RollCall> {
    let first = given.first();
    show_roll_call(&mut given.desk, &first).unwrap()
}

fn figures(given: &mut Given) -> Option<RollCallFigures> {
    show_figures(&mut given.desk, &Actor::Public).unwrap()
}

fn mark(given: &mut Given, name: &str, mark: Mark) -> MarkFoundOutcome {
    let key = take_roll_call(&mut given.desk, &Actor::Operator)
        .unwrap()
        .people
        .into_iter()
        .find(|person| person.name == name)
        .map_or("nobody's".to_owned(), |person| person.id.to_string());
    let first = given.first();
    mark_found(&mut given.desk, &first, &MarkFound { key, mark }).unwrap()
}

fn end(given: &mut Given, why: Option<EndReason>) -> EndRollCallOutcome {
    let first = given.first();
    end_roll_call(&mut given.desk, &first, why).unwrap()
}

fn found(taken: &RollCall) -> Vec<&str> {
    taken.people.iter().filter(|person| person.found_at.is_some()).map(|person| person.name.as_str()).collect()
}

fn audit(given: &Given) -> Vec<String> {
    given.texts(
        "SELECT actor || ' ' || verb || ' ' || coalesce(count, '-') || ' ' || coalesce(detail, '-') FROM audit_entries
         WHERE verb LIKE '%roll_call' AND verb <> 'take_roll_call' OR verb IN ('sign_out_visit') ORDER BY sequence",
    )
}

#[test]
fn a_roll_call_survives_a_restart_until_somebody_ends_it() {
    let mut given = a_house();
    assert_eq!(begin(&mut given).people.len(), 3);
    mark(&mut given, "Bo Bæk", Mark::Found);
    given.go_to(local("2026-03-02T09:45"));
    let mut given = given.reopened();
    let taken = runs(&mut given).expect("it runs");
    assert_eq!((found(&taken), taken.people.len()), (vec!["Bo Bæk"], 3));
    assert_eq!(
        taken.begun.as_ref().map(|begun| (begun.at.to_utc(), begun.by.as_deref())),
        Some((local("2026-03-02T09:30"), Some("Karen Kærsgård")))
    );
    assert!(matches!(mark(&mut given, "Bo Bæk", Mark::Missing), MarkFoundOutcome::Marked(taken) if taken.found() == 0));
    assert_eq!(end(&mut given, Some(EndReason::Drill)), EndRollCallOutcome::Ended);
    assert_eq!((runs(&mut given), end(&mut given, None)), (None, EndRollCallOutcome::NoneRuns));
    assert_eq!(mark(&mut given, "Bo Bæk", Mark::Found), MarkFoundOutcome::NoneRuns);
}

#[test]
fn whoever_was_inside_stays_on_it_past_closing_time_and_whoever_comes_is_added() {
    let mut given = a_house();
    begin(&mut given);
    given = given.visit("Dan Dahl");
    assert_eq!(runs(&mut given).map(|taken| taken.people.len()), Some(4), "one who came since");
    let bo = given.visits[0].visit;
    sign_out(&mut given.desk, &Actor::Operator, &SignOut::OfVisit(bo)).unwrap();
    given.go_to(local("2026-03-02T18:30"));
    close_day(&mut given.desk, &Actor::Clock).unwrap();
    assert_eq!(list_open_visits(&mut given.desk, &Actor::Operator).unwrap().len(), 0, "the day is closed");
    assert_eq!(runs(&mut given).map(|taken| taken.people.len()), Some(4), "and nobody is left out for it");
    assert_eq!(take_roll_call(&mut given.desk, &Actor::Operator).unwrap().people.len(), 4, "nor on paper");
}

#[test]
fn every_page_counts_the_same_people() {
    let mut given = a_house();
    let inside = count_inside(&mut given.desk, &Actor::Operator).unwrap();
    assert_eq!(inside, Inside { visitors: 2, participants: 1 });
    let taken = begin(&mut given);
    assert_eq!(taken.inside(), inside);
    assert_eq!(figures(&mut given).map(|figures| figures.people), Some(inside.everybody()));
    let ada = taken.people.iter().find(|person| person.name == "Ada Abel").unwrap();
    assert!(matches!(&ada.here_for, HereFor::Event(event) if event == "Open day"), "an event is no host");
}

#[test]
fn with_somebody_missing_it_is_asked_why_and_with_nobody_missing_it_ends() {
    let mut given = a_house();
    begin(&mut given);
    assert_eq!(end(&mut given, None), EndRollCallOutcome::AsksWhy { missing: 3 });
    for name in ["Ada Abel", "Bo Bæk", "Cleo Carl"] {
        mark(&mut given, name, Mark::Found);
    }
    assert_eq!(end(&mut given, None), EndRollCallOutcome::Ended);
    assert_eq!(audit(&given), ["staff begin_roll_call 3 -", "staff end_roll_call 0 -"]);
}

#[test]
fn who_has_left_is_signed_out_as_presumed_and_a_drill_signs_nobody_out() {
    for (why, visits_left, inside_left) in [(EndReason::Drill, 2, 3), (EndReason::Rescue, 2, 3), (EndReason::Left, 1, 1)] {
        let mut given = a_house();
        begin(&mut given);
        mark(&mut given, "Bo Bæk", Mark::Found);
        given.go_to(local("2026-03-02T10:00"));
        assert_eq!(end(&mut given, Some(why)), EndRollCallOutcome::Ended);
        assert_eq!(list_open_visits(&mut given.desk, &Actor::Operator).unwrap().len(), visits_left, "{why:?}");
        assert_eq!(count_inside(&mut given.desk, &Actor::Operator).unwrap().everybody(), inside_left, "{why:?}");
        if why == EndReason::Left {
            let ended = given.texts("SELECT name || ' ' || end_kind || ' ' || ended_at FROM visits WHERE ended_at IS NOT NULL");
            assert_eq!(ended, [format!("Cleo Carl presumed_left {}", local("2026-03-02T10:00").timestamp_millis())]);
        }
        assert_eq!(audit(&given).last().map(String::as_str), Some(format!("staff end_roll_call 2 {}", why.word()).as_str()));
    }
}

#[test]
fn a_roll_call_from_a_locked_screen_is_noted_and_can_be_called_off_until_somebody_counts() {
    let mut given = a_house();
    let begun = begin_roll_call(&mut given.desk, &Actor::Public).unwrap();
    assert!(matches!(begun, BeginRollCallOutcome::Begun(taken) if taken.counted_by.is_none() && taken.people.len() == 3));
    assert!(matches!(begin_roll_call(&mut given.desk, &Actor::Public).unwrap(), BeginRollCallOutcome::Runs(_)), "one at a time");
    assert_eq!(call_off_roll_call(&mut given.desk, &Actor::Public).unwrap(), CallOffOutcome::CalledOff);
    assert_eq!(audit(&given), ["public begin_roll_call 3 -", "public call_off_roll_call 3 -"]);
    begin_roll_call(&mut given.desk, &Actor::Public).unwrap();
    assert_eq!(figures(&mut given).map(|figures| figures.is_counted), Some(false));
    runs(&mut given);
    assert_eq!(figures(&mut given).map(|figures| figures.is_counted), Some(true));
    assert_eq!(call_off_roll_call(&mut given.desk, &Actor::Public).unwrap(), CallOffOutcome::IsCounted);
    assert!(figures(&mut given).is_some(), "what staff have ticked is not lost by a passer-by");
}

#[test]
fn the_public_sees_nobody_and_ends_nothing() {
    let mut given = a_house();
    begin(&mut given);
    let refused = |outcome: Result<(), DeskError>| matches!(outcome, Err(DeskError::NotAllowed { .. }));
    assert!(refused(show_roll_call(&mut given.desk, &Actor::Public).map(drop)));
    assert!(refused(take_roll_call(&mut given.desk, &Actor::Public).map(drop)));
    let input = MarkFound { key: given.visits[0].visit.to_string(), mark: Mark::Found };
    assert!(refused(mark_found(&mut given.desk, &Actor::Public, &input).map(drop)));
    assert!(refused(end_roll_call(&mut given.desk, &Actor::Public, Some(EndReason::Drill)).map(drop)));
}

#[test]
fn nothing_of_a_roll_call_outlives_its_end_or_the_people_on_it() {
    let mut given = a_house();
    begin(&mut given);
    mark(&mut given, "Bo Bæk", Mark::Found);
    let rows = |given: &Given| (given.count("SELECT count(*) FROM roll_call"), given.count("SELECT count(*) FROM sought_people"));
    assert_eq!(rows(&given), (1, 3));
    end(&mut given, Some(EndReason::Rescue));
    assert_eq!(rows(&given), (0, 0));
    begin(&mut given);
    given.go_to(local("2026-04-02T00:00"));
    close_day(&mut given.desk, &Actor::Clock).unwrap();
    erase_due(&mut given.desk, &Actor::Clock).unwrap();
    assert_eq!(given.count("SELECT count(*) FROM visits"), 0);
    assert_eq!(rows(&given), (0, 0), "which nobody ended for as long as a visit is kept");
    begin(&mut given);
    assert_eq!(rows(&given), (1, 0), "nobody is inside any more");
}

#[test]
fn whoever_is_erased_is_on_no_roll_call_any_more() {
    let mut given = a_house();
    begin(&mut given);
    let raw = given.raw();
    raw.execute_batch("UPDATE visits SET erase_after = 1 WHERE name = 'Bo Bæk'").unwrap();
    drop(raw);
    erase_due(&mut given.desk, &Actor::Clock).unwrap();
    assert_eq!(given.count("SELECT count(*) FROM visits"), 1);
    assert_eq!(runs(&mut given).map(|taken| taken.people.len()), Some(2));
}

#[test]
fn on_a_disk_that_takes_nothing_it_goes_on_in_memory_and_says_so() {
    let mut given = a_house();
    let folder = given.folder();
    let permit = |mode| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder.database(), PermissionsExt::from_mode(mode)).unwrap();
    };
    permit(0o400);
    given = given.reopened();
    assert!(begin(&mut given).is_unwritten);
    let MarkFoundOutcome::Marked(taken) = mark(&mut given, "Bo Bæk", Mark::Found) else { panic!("it runs") };
    assert_eq!((taken.is_unwritten, found(&taken)), (true, vec!["Bo Bæk"]));
    assert_eq!(end(&mut given, None), EndRollCallOutcome::AsksWhy { missing: 2 });
    let first = given.first();
    assert!(end_roll_call(&mut given.desk, &first, Some(EndReason::Left)).is_err(), "nobody can be signed out");
    assert!(runs(&mut given).is_some(), "so it goes on");
    assert_eq!(end(&mut given, Some(EndReason::Rescue)), EndRollCallOutcome::Ended);
    assert!(runs(&mut given).is_none());
    permit(0o600);
    assert_eq!(given.count("SELECT count(*) FROM roll_call"), 0);
}
