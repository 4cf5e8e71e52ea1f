//! Participants from a file: all of them at once or none, the same file twice, and an import that does not come to its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use velkommen::desk::check_in::{CheckInOutcome, check_in_by_name};
use velkommen::desk::find_participant::{Filter, FindParticipant, find_participant};
use velkommen::desk::import_participants::{BadRows, Begun, Import, ImportOutcome, Imported, Run, TakeBack, import_participants};
use velkommen::desk::issue_tickets::{Wanted, issue_tickets};
use velkommen::desk::list_events::show_event;
use velkommen::desk::participant_list::{ListInTheMaking, Use, participant_list};
use velkommen::desk::slices::{Slices, Step, do_all};
use velkommen::desk::{Desk, DeskError};
use velkommen::domain::access::{Actor, Verb};
use velkommen::domain::check_in::{Reason, Verdict};
use velkommen::domain::clock::{Clock, Reading};
use velkommen::domain::participant::{BadRow, RowFault};
use velkommen::domain::staff::Role;

use crate::given::{Given, build, given, local, participant_table, someone};

/// What stands in no other place.
const NEEDLE: &str = "Nålnavn7Qx1Zk";

fn day() -> Given {
    given().event("Open day").at("2026-03-02T09:00")
}

/// So many people, the first of them with a name that is nowhere else.
fn crowd(count: usize) -> String {
    let mut file = "name,title,company,ticket code\n".to_owned();
    for number in 0..count {
        file += &format!("{NEEDLE} {number:04},Kemiker,Fjordby,code-{number}\n");
    }
    file
}

fn counts(imported: &Imported) -> [usize; 4] {
    [imported.added, imported.changed, imported.unchanged, imported.cancelled]
}

/// An import that has found its way free.
fn begin(given: &mut Given, file: &str) -> Import {
    let (event, table) = (given.last_event(), participant_table(file));
    let mut import = match Import::begin(&mut given.desk, &Actor::Operator, event, table, BadRows::Refuse, Run::Real).unwrap() {
        Begun::Import(import) => *import,
        Begun::Ended(outcome) => panic!("{outcome:?}"),
    };
    while given.count("SELECT count(*) FROM unfinished_imports") == 0 || given.count("SELECT count(*) FROM replaced_participants") > 0 {
        assert!(matches!(import.slice(&mut given.desk).unwrap(), Step::More { .. }));
    }
    import
}

fn outcome(given: &mut Given, file: &str, bad_rows: BadRows, run: Run) -> ImportOutcome {
    let (event, table) = (given.last_event(), participant_table(file));
    import_participants(&mut given.desk, &Actor::Operator, event, table, bad_rows, run).unwrap()
}

/// Everybody as they stand in the file, without ids.
fn everybody(given: &Given) -> Vec<String> {
    given.texts(
        "SELECT name || '|' || coalesce(title, '-') || '|' || coalesce(company, '-') || '|' || coalesce(table_name, '-') || '|' || status
         FROM participants ORDER BY name",
    )
}

/// How many people anybody could see, asked in every way there is.
fn seen(given: &mut Given) -> [usize; 5] {
    let event = given.last_event();
    let all = FindParticipant { event, typed: String::new(), filter: Filter::Everybody, offset: 0, limit: 10_000 };
    let by = Actor::Operator;
    let found = find_participant(&mut given.desk, &by, &all).unwrap().rows.len();
    let named = find_participant(&mut given.desk, &by, &FindParticipant { typed: "nål".to_owned(), ..all }).unwrap().rows.len();
    let listed = participant_list(&mut given.desk, &by, event, Use::LookAt).unwrap().unwrap().entries.len();
    let registered = show_event(&mut given.desk, &by, event).unwrap().unwrap().registered;
    let mut other = given.another_desk();
    let elsewhere = show_event(&mut other, &by, event).unwrap().unwrap().registered;
    [found, named, listed, registered, elsewhere]
}

fn is_readable(given: &mut Given, needle: &str) -> bool {
    memchr::memmem::find(&given.desk.decrypted_pages().unwrap(), needle.as_bytes()).is_some()
}

fn wal_bytes(given: &Given) -> u64 {
    std::fs::metadata(given.folder().path().join("velkommen.db-wal")).map_or(0, |facts| facts.len())
}

// ---- Once, twice, changed

#[test]
fn the_same_file_twice_changes_nothing() {
    for file in [
        crowd(250),
        "name,company\nAda,Fjordby\nAda,Fjordby\nBo,Fjordby\n".to_owned(),
        "Order ID,Name,Company\n1,Ada,Fjordby\n1,Bo,Fjordby\n2,Cai,\n".to_owned(),
    ] {
        let mut given = day();
        let first = given.import(&file);
        let (people, rows) = (first.added, everybody(&given));
        assert!(people >= 3 && counts(&first) == [people, 0, 0, 0], "{first:?}");
        let keys = given.texts("SELECT participant_id || import_key FROM participants ORDER BY 1");
        assert_eq!(counts(&given.import(&file)), [0, 0, people, 0]);
        assert_eq!(everybody(&given), rows);
        assert_eq!(given.texts("SELECT participant_id || import_key FROM participants ORDER BY 1"), keys);
    }
}

#[test]
fn a_changed_file_changes_whom_it_names_and_nobody_else() {
    let mut given = day();
    given.import("name,title,company,table,ticket code,status\nAda,Kemiker,Fjordby,4,a,paid\nBo,,Fjordby,5,b,paid\nCai,Smed,,,c,paid\n");
    given = given.participant("Dan By Hand");
    let before = given.texts("SELECT name || participant_id FROM participants ORDER BY name");
    // Ada has another title, Bo cancels, Cai is not in it, Eva is new; there is no column of tables.
    let changed =
        given.import("name,title,company,ticket code,status\nAda,Overkemiker,Fjordby,a,paid\nBo,,Fjordby,b,cancelled\nEva,,,e,paid\n");
    assert_eq!(counts(&changed), [1, 2, 0, 1]);
    assert_eq!(
        everybody(&given),
        [
            "Ada|Overkemiker|Fjordby|4|may_enter",
            "Bo|-|Fjordby|5|cancelled",
            "Cai|Smed|-|-|may_enter",
            "Dan By Hand|-|-|-|may_enter",
            "Eva|-|-|-|may_enter"
        ]
    );
    let after = given.texts("SELECT name || participant_id FROM participants WHERE name <> 'Eva' ORDER BY name");
    assert_eq!(after, before, "nobody becomes somebody else");
    // A column that is there and empty takes away what was known.
    assert_eq!(counts(&given.import("name,title,ticket code\nAda,,a\n")), [0, 1, 0, 0]);
    assert!(everybody(&given).contains(&"Ada|-|Fjordby|4|may_enter".to_owned()));
    assert_eq!(given.scan("b").verdict, Verdict::Cancelled);
    // And who comes back is no longer cancelled.
    assert_eq!(counts(&given.import("name,ticket code,status\nBo,b,paid\n")), [0, 1, 0, 0]);
    assert_eq!(given.scan("b").verdict, Verdict::Entered);
}

#[test]
fn a_file_without_a_status_lets_in_and_changes_no_status() {
    let mut given = day();
    given.import("name,ticket code,status\nAda,a,unpaid\nBo,b,blocked\n");
    assert_eq!(counts(&given.import("name,ticket code\nAda,a\nBo,b\nCai,c\n")), [1, 0, 2, 0]);
    let statuses = given.texts("SELECT name || ' ' || status FROM participants ORDER BY name");
    assert_eq!(statuses, ["Ada unpaid", "Bo blocked", "Cai may_enter"]);
}

#[test]
fn a_new_name_is_found_under_it_and_no_longer_under_the_old_one() {
    let mut given = day();
    given.import("name,company,ticket code\nAda Berg,Fjordby,a\n");
    let event = given.last_event();
    let found = |given: &mut Given, typed: &str| {
        let input = FindParticipant { event, typed: typed.to_owned(), filter: Filter::Everybody, offset: 0, limit: 9 };
        find_participant(&mut given.desk, &Actor::Operator, &input).unwrap().rows.len()
    };
    assert_eq!(found(&mut given, "berg"), 1);
    given.import("name,company,ticket code\nAda Holm,Fjordby,a\n");
    assert_eq!((found(&mut given, "berg"), found(&mut given, "holm")), (0, 1));
    // By another program too.
    let mut other = given.another_desk();
    let table = participant_table("name,company,ticket code\nAda Kær,Fjordby,a\n");
    import_participants(&mut other, &Actor::Operator, event, table, BadRows::Refuse, Run::Real).unwrap();
    assert_eq!((found(&mut given, "holm"), found(&mut given, "kaer")), (0, 1));
}

#[test]
fn one_code_in_two_events_is_two_people() {
    let mut given = day();
    given.import("name,ticket code\nAda,a\n");
    given = given.event("Second day");
    assert_eq!(counts(&given.import("name,ticket code\nBo,a\n")), [1, 0, 0, 0]);
    assert_eq!(given.count("SELECT count(*) FROM participants"), 2);
}

#[test]
fn who_was_imported_gets_our_ticket_too_and_keeps_it_over_the_next_file() {
    let mut given = day();
    given.import("name,ticket code\nAda,a\n");
    let event = given.last_event();
    let ticket = |given: &mut Given| {
        let issued = issue_tickets(&mut given.desk, &Actor::Operator, event, Wanted::Everybody).unwrap().unwrap();
        (issued.len(), issued[0].code.as_str().to_owned())
    };
    let first = ticket(&mut given);
    assert_eq!(given.scan(&first.1).verdict, Verdict::Entered);
    given.import("name,title,ticket code\nAda,Kemiker,a\n");
    assert_eq!(ticket(&mut given), first);
    assert_eq!(given.scan("a").verdict, Verdict::AlreadyEntered);
}

// ---- Bad rows and dry runs

#[test]
fn a_bad_row_refuses_the_file_or_is_passed_over() {
    let file = "name,ticket code\nAda,a\n,b\nCai,a\nDan,d\n";
    let bad = [BadRow { line: 3, reason: RowFault::NoName }, BadRow { line: 4, reason: RowFault::DoubledCode { first: 2 } }];
    let mut given = day();
    let ImportOutcome::Refused(refused) = outcome(&mut given, file, BadRows::Refuse, Run::Real) else { panic!("taken") };
    assert_eq!((counts(&refused), &refused.bad_rows[..]), ([0; 4], &bad[..]));
    assert_eq!((everybody(&given), given.count("SELECT count(*) FROM unfinished_imports")), (Vec::new(), 0));
    let ImportOutcome::Imported(taken) = outcome(&mut given, file, BadRows::Skip, Run::Real) else { panic!("refused") };
    assert_eq!((counts(&taken), &taken.bad_rows[..]), ([2, 0, 0, 0], &bad[..]));
    assert_eq!(given.texts("SELECT name FROM participants ORDER BY name"), ["Ada", "Dan"]);
}

#[test]
fn what_is_not_kept_is_named_and_never_reaches_the_file() {
    let mut given = day();
    let imported = given.import("name,e-mail,phone,price,ticket code\nAda,Mailnål8Rw2Yj@example.org,Telefonnål9Sv3Xh,Prisnål4Tu5Wg,a\n");
    assert_eq!(imported.dropped_columns, ["e-mail", "phone", "price"]);
    for needle in ["Mailnål8Rw2Yj", "Telefonnål9Sv3Xh", "Prisnål4Tu5Wg"] {
        assert!(!is_readable(&mut given, needle), "{needle}");
    }
}

#[test]
fn a_dry_run_counts_the_same_and_writes_nothing() {
    let mut given = day();
    given.import("name,title,ticket code,status\nAda,Kemiker,a,paid\nBo,,b,paid\n");
    let file = format!("name,title,ticket code,status\nAda,Smed,a,paid\nBo,,b,cancelled\n{NEEDLE},,c,paid\n");
    let rows = everybody(&given);
    let (audit, size) = (given.count("SELECT count(*) FROM audit_entries"), given.desk.decrypted_pages().unwrap());
    let ImportOutcome::Imported(dry) = outcome(&mut given, &file, BadRows::Refuse, Run::Dry) else { panic!("refused") };
    assert_eq!(counts(&dry), [1, 2, 0, 1]);
    assert_eq!((everybody(&given), given.count("SELECT count(*) FROM audit_entries")), (rows, audit));
    assert!(given.desk.decrypted_pages().unwrap() == size, "not one byte");
    let ImportOutcome::Imported(real) = outcome(&mut given, &file, BadRows::Refuse, Run::Real) else { panic!("refused") };
    assert_eq!(real, dry);
    // Bad rows refuse a dry run too.
    let refused = outcome(&mut given, "name\n\u{200B}x\n\n,\n", BadRows::Refuse, Run::Dry);
    assert!(matches!(refused, ImportOutcome::Refused(_) | ImportOutcome::Imported(_)));
}

#[test]
fn an_import_is_for_event_staff_and_is_written_down() {
    let mut given = day();
    let event = given.last_event();
    for by in [Actor::Public, Actor::Clock, someone(&[Role::Reception]), someone(&[Role::Admin, Role::Dpo])] {
        let outcome = Import::begin(&mut given.desk, &by, event, participant_table("name\nAda\n"), BadRows::Refuse, Run::Real);
        assert!(matches!(outcome, Err(DeskError::NotAllowed { verb: Verb::ImportParticipants, .. })), "{by:?}");
    }
    let staff = someone(&[Role::Event]);
    import_participants(&mut given.desk, &staff, event, participant_table("name\nAda\nBo\n"), BadRows::Refuse, Run::Real).unwrap();
    let line = "SELECT actor || ' ' || subject || ' ' || count FROM audit_entries WHERE verb = 'import_participants'";
    assert_eq!(given.texts(line), [format!("staff {event} 2")]);
    let nowhere = velkommen::domain::ids::EventId::at(local("2026-03-02T09:00"));
    let table = participant_table("name\nAda\n");
    let outcome = import_participants(&mut given.desk, &staff, nowhere, table, BadRows::Refuse, Run::Real).unwrap();
    assert_eq!(outcome, ImportOutcome::NoEvent);
}

// ---- Until the last slice

#[test]
fn nobody_sees_anybody_before_the_last_slice_and_doors_go_on_meanwhile() {
    let mut given = day().participant("Zeno Before");
    let event = given.last_event();
    let mut import = begin(&mut given, &crowd(250));
    for done in [100, 200] {
        let Step::More { done: said, of } = import.slice(&mut given.desk).unwrap() else { panic!("done") };
        assert_eq!((said, of), (done, 250));
        assert_eq!(given.count("SELECT count(*) FROM participants") as usize, done + 1);
        assert_eq!(seen(&mut given), [1, 0, 1, 1, 1]);
        let judged = given.scan("code-0");
        assert_eq!((judged.verdict, judged.reason), (Verdict::Unknown, Some(Reason::NoMatch)));
        let by_name = check_in_by_name(&mut given.desk, &Actor::Operator, Some(event), &format!("{NEEDLE} 0000"), "Fjordby").unwrap();
        assert!(matches!(by_name, CheckInOutcome::Judged(judged) if judged.verdict == Verdict::Unknown));
        let issued = issue_tickets(&mut given.desk, &Actor::Operator, event, Wanted::Everybody).unwrap().unwrap();
        assert_eq!(issued.len(), 1);
        let ticket = given.ticket();
        let expected = if done == 100 { Verdict::Entered } else { Verdict::AlreadyEntered };
        assert_eq!(given.scan(&ticket).verdict, expected);
    }
    assert!(matches!(do_all(&mut given.desk, &mut import).unwrap(), ImportOutcome::Imported(_)));
    assert_eq!(seen(&mut given), [251, 250, 251, 251, 251]);
    assert_eq!(given.scan("code-0").verdict, Verdict::Entered);
    assert_eq!(given.count("SELECT count(*) FROM unfinished_imports"), 0);
}

/// A clock that is a tenth of a millisecond later each time somebody looks.
struct Ticking(AtomicU32);

impl Clock for Ticking {
    fn read(&self) -> Reading {
        let since_boot = Duration::from_micros(100) * self.0.fetch_add(1, Ordering::Relaxed);
        Reading { wall: local("2026-03-02T09:00"), since_boot, synchronised: false }
    }
}

#[test]
fn a_slice_ends_when_its_time_is_up_and_not_before_somebody_came() {
    let given = day();
    let event = given.last_event();
    let mut desk = Desk::open(given.folder(), Arc::new(Ticking(AtomicU32::new(0))), build()).unwrap();
    let begun = Import::begin(&mut desk, &Actor::Operator, event, participant_table(&crowd(250)), BadRows::Refuse, Run::Real).unwrap();
    let Begun::Import(mut import) = begun else { panic!("not begun") };
    let mut ends = Vec::new();
    while let Step::More { done, .. } = import.slice(&mut desk).unwrap() {
        if done > 0 && ends.last() != Some(&done) {
            ends.push(done);
        }
    }
    assert_eq!(ends[..3], [3, 6, 9]);
    assert_eq!((ends.len(), given.count("SELECT count(*) FROM participants")), (84, 250));
}

#[test]
fn a_change_shows_with_the_last_slice_like_everything_else() {
    let mut given = day();
    given.import("name,title,ticket code\nAda,Kemiker,code-0\n");
    let mut import = begin(&mut given, &crowd(150));
    assert!(matches!(import.slice(&mut given.desk).unwrap(), Step::More { .. }));
    assert_eq!(given.texts("SELECT name || title FROM participants WHERE import_key = 'code:code-0'"), ["AdaKemiker"]);
    let ImportOutcome::Imported(imported) = do_all(&mut given.desk, &mut import).unwrap() else { panic!("not done") };
    assert_eq!(counts(&imported), [149, 1, 0, 0]);
    assert_eq!(given.texts("SELECT name FROM participants WHERE import_key = 'code:code-0'"), [format!("{NEEDLE} 0000")]);
}

#[test]
fn who_cancels_an_import_leaves_nothing_of_it() {
    let mut given = day().participant("Zeno Before");
    given.import("name,title,ticket code\nAda,Kemiker,code-0\n");
    let before = everybody(&given);
    for slices in 0..3 {
        let mut import = begin(&mut given, &crowd(250));
        for _ in 0..slices {
            assert!(matches!(import.slice(&mut given.desk).unwrap(), Step::More { .. }));
        }
        if slices > 0 {
            assert!(is_readable(&mut given, NEEDLE), "the search would find it");
        }
        import.stop();
        assert_eq!(do_all(&mut given.desk, &mut import).unwrap(), ImportOutcome::Stopped);
        drop(import);
        assert_eq!(everybody(&given), before);
        assert!(!is_readable(&mut given, NEEDLE), "{slices} slices");
        assert_eq!((given.count("SELECT count(*) FROM unfinished_imports"), wal_bytes(&given)), (0, 0));
    }
    // And the next one finds the way free.
    assert_eq!(counts(&given.import(&crowd(3))), [2, 1, 0, 0]);
}

#[test]
fn an_import_cut_short_is_taken_back_at_the_next_start() {
    let mut given = day().participant("Zeno Before");
    let mut import = begin(&mut given, &crowd(250));
    assert!(matches!(import.slice(&mut given.desk).unwrap(), Step::More { .. }));
    drop(import);
    let mut given = given.reopened();
    assert_eq!(given.count("SELECT count(*) FROM participants"), 101);
    assert_eq!(seen(&mut given), [1, 0, 1, 1, 1]);
    do_all(&mut given.desk, &mut TakeBack::default()).unwrap();
    assert_eq!((everybody(&given).len(), given.count("SELECT count(*) FROM unfinished_imports")), (1, 0));
    assert!(!is_readable(&mut given, NEEDLE));
    assert_eq!(wal_bytes(&given), 0);
}

#[test]
fn an_import_cut_short_is_taken_back_by_the_next_one_too() {
    let mut given = day();
    let mut import = begin(&mut given, &crowd(250));
    assert!(matches!(import.slice(&mut given.desk).unwrap(), Step::More { .. }));
    drop(import);
    let mut given = given.reopened();
    // The same people again: they are new, not already there.
    assert_eq!(counts(&given.import(&crowd(150))), [150, 0, 0, 0]);
    assert_eq!(seen(&mut given)[0], 150);
}

#[test]
fn one_import_at_a_time() {
    let mut given = day();
    let mut other = given.another_desk();
    let event = given.last_event();
    let mut import = begin(&mut given, &crowd(150));
    assert!(matches!(import.slice(&mut given.desk).unwrap(), Step::More { .. }));
    let second = |desk: &mut Desk, run| {
        import_participants(desk, &Actor::Operator, event, participant_table("name\nBo\n"), BadRows::Refuse, run).unwrap()
    };
    assert_eq!(second(&mut other, Run::Real), ImportOutcome::Busy);
    assert_eq!(second(&mut given.desk, Run::Real), ImportOutcome::Busy);
    // Nor does a start take back what somebody else is working on.
    do_all(&mut other, &mut TakeBack::default()).unwrap();
    assert_eq!(given.count("SELECT count(*) FROM participants"), 100);
    assert!(matches!(second(&mut other, Run::Dry), ImportOutcome::Imported(_)));
    assert!(matches!(do_all(&mut given.desk, &mut import).unwrap(), ImportOutcome::Imported(_)));
    drop(import);
    assert!(matches!(second(&mut other, Run::Real), ImportOutcome::Imported(_)));
    assert_eq!(seen(&mut given)[3], 151);
}

#[test]
fn an_import_whose_event_falls_due_ends_with_nothing() {
    let mut given = day().at("2027-03-02T23:59");
    let mut import = begin(&mut given, &crowd(250));
    assert!(matches!(import.slice(&mut given.desk).unwrap(), Step::More { .. }));
    given.go_to(local("2027-03-03T00:00"));
    for swept in [false, true] {
        if swept {
            velkommen::desk::erase_due::erase_due(&mut given.desk, &Actor::Clock).unwrap();
        }
        assert_eq!(do_all(&mut given.desk, &mut import).unwrap(), ImportOutcome::NoEvent, "{swept}");
        assert_eq!(given.count("SELECT count(*) FROM participants"), 0);
        assert!(!is_readable(&mut given, NEEDLE));
    }
}

#[test]
fn an_import_that_is_refused_by_the_file_leaves_nothing_to_be_seen() {
    let mut given = day();
    // Another program holds the file for longer than anybody waits.
    let blocker = given.raw();
    let mut import = begin(&mut given, &crowd(150));
    assert!(matches!(import.slice(&mut given.desk).unwrap(), Step::More { .. }));
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(import.slice(&mut given.desk).unwrap(), Step::More { .. }));
    blocker.execute_batch("ROLLBACK").unwrap();
    assert_eq!(seen(&mut given), [0; 5]);
    let failed = do_all(&mut given.desk, &mut import);
    assert!(matches!(failed, Err(DeskError::Store(velkommen::desk::StoreError::Busy))), "once it is taken back: {failed:?}");
    assert!(!is_readable(&mut given, NEEDLE));
}

// ---- Changes and taking back, slice by slice

/// A crowd with another title.
fn changed_crowd(count: usize) -> String {
    crowd(count).replace("Kemiker", "Rektor")
}

/// What the table of participants says, ids left out.
fn all_said(given: &Given) -> Vec<String> {
    given.texts("SELECT name || coalesce(title, '-') || status || coalesce(import_key, '') FROM participants ORDER BY participant_id")
}

#[test]
fn who_stops_an_import_finds_everybody_as_they_were_though_changes_were_written() {
    let mut given = day();
    given.import(&crowd(450));
    let before = all_said(&given);
    for slices in [1, 5, 6, 7, 9] {
        let mut import = begin(&mut given, &changed_crowd(650));
        let mut changed = 0;
        for _ in 0..slices {
            assert!(matches!(import.slice(&mut given.desk).unwrap(), Step::More { .. }));
            changed = given.count(
                "SELECT count(*) FROM participants WHERE title = 'Rektor' AND import_id NOT IN (SELECT import_id FROM unfinished_imports)",
            );
        }
        import.stop();
        let mut taken_back = 0;
        while let Step::More { .. } = import.slice(&mut given.desk).unwrap() {
            let now = given.count("SELECT count(*) FROM participants WHERE title = 'Rektor'");
            assert!(taken_back == 0 || taken_back - now <= 100, "a slice at a time");
            taken_back = now;
        }
        assert_eq!(all_said(&given), before, "{slices} slices, {changed} changed");
        assert_eq!(given.count("SELECT count(*) FROM replaced_participants"), 0);
    }
}

#[test]
fn an_import_cut_short_among_its_changes_is_put_back_at_the_next_start() {
    let mut given = day();
    given.import(&crowd(250));
    let before = all_said(&given);
    let mut import = begin(&mut given, &changed_crowd(350));
    while given.count("SELECT count(*) FROM replaced_participants") < 200 {
        assert!(matches!(import.slice(&mut given.desk).unwrap(), Step::More { .. }));
    }
    drop(import);
    let mut given = given.reopened();
    let mut take_back = TakeBack::default();
    let mut slices = 0;
    while let Step::More { .. } = take_back.slice(&mut given.desk).unwrap() {
        slices += 1;
    }
    assert!(slices >= 4, "two of changes and one of additions, each at most a hundred: {slices}");
    assert_eq!(all_said(&given), before);
}

#[test]
fn an_import_cut_short_when_everybody_sees_it_stays_and_what_stood_before_is_forgotten() {
    let mut given = day();
    given.import(&crowd(150));
    let mut import = begin(&mut given, &changed_crowd(150));
    while given.count("SELECT count(*) FROM unfinished_imports") == 1 {
        assert!(matches!(import.slice(&mut given.desk).unwrap(), Step::More { .. }));
    }
    assert_eq!(given.count("SELECT count(*) FROM replaced_participants"), 150);
    drop(import);
    let mut given = given.reopened();
    do_all(&mut given.desk, &mut TakeBack::default()).unwrap();
    assert_eq!(given.count("SELECT count(*) FROM replaced_participants"), 0);
    assert_eq!(given.count("SELECT count(*) FROM participants WHERE title = 'Rektor'"), 150);
}

#[test]
fn a_long_list_is_made_in_slices_and_is_that_of_its_last() {
    let mut given = day();
    let crowd = (0..1_200).fold("name,status\n".to_owned(), |file, number| file + &format!("Ada {number:04} Ågård,\n"));
    given.import(&(crowd + "Bo Afmeldt,cancelled\n"));
    let mut making = ListInTheMaking::new(Actor::Operator, given.last_event(), Use::LookAt);
    let (mut slices, mut begun) = (1, 1);
    let list = loop {
        match making.slice(&mut given.desk).unwrap() {
            Step::Done(list) => break list.unwrap(),
            Step::More { done: 0, .. } => begun += 1,
            Step::More { .. } => {}
        }
        if slices == 2 {
            given.import(&(0..40).fold("name\nZoe Aaberg\n".to_owned(), |file, number| file + &format!("Cai {number:02} Berg\n")));
        }
        slices += 1;
    };
    let names: Vec<&str> = list.entries.iter().map(|entry| entry.name.as_str()).collect();
    // aa is read as å, and å comes last.
    assert_eq!((names.len(), names[0], names[40], names[1_240]), (1_241, "Cai 00 Berg", "Zoe Aaberg", "Ada 1199 Ågård"));
    assert_eq!(begun, 2, "who came between two slices would be on half the list");
}
