//! Staff: who is added, who unlocks, and how long wrong tries wait.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use velkommen::desk::add_staff::{AddStaff, AddStaffOutcome, StaffFault, add_staff, list_staff};
use velkommen::desk::change_settings::{Settings, SettingsFault};
use velkommen::desk::set_up::{SetUp, SetUpOutcome, set_up};
use velkommen::desk::unlock::{Unlock, UnlockOutcome, unlock};
use velkommen::desk::{Desk, DeskError, Folder, SecretCost, standard_profile};
use velkommen::domain::access::{Actor, Verb};
use velkommen::domain::config::Config;
use velkommen::domain::staff::{Role, SecretFault};
use velkommen::domain::text::TextFault;

use crate::given::{Given, STAFF_NAME, STAFF_PIN, build, given, someone};

fn try_unlock(given: &mut Given, name: &str, secret: &str) -> UnlockOutcome {
    unlock(&mut given.desk, &Actor::Public, &Unlock { name: name.to_owned(), secret: secret.to_owned() }).unwrap()
}

fn waits(given: &mut Given, name: &str, secret: &str) -> Option<i64> {
    let now = given.now();
    match try_unlock(given, name, secret) {
        UnlockOutcome::Wait { until } => Some((until - now).num_milliseconds()),
        UnlockOutcome::Wrong => None,
        UnlockOutcome::Unlocked { .. } => panic!("unlocked"),
    }
}

fn is_unlocked(outcome: &UnlockOutcome) -> bool {
    matches!(outcome, UnlockOutcome::Unlocked { .. })
}

#[test]
fn who_knows_the_secret_unlocks_with_their_roles_whatever_the_case_of_their_name() {
    let mut given = given().staff("Bo Bæk", "correct horse", &[Role::Reception, Role::Dpo]);
    for name in ["Bo Bæk", "bo bæk", "  BO BÆK "] {
        let UnlockOutcome::Unlocked { staff, name } = try_unlock(&mut given, name, "correct horse") else { panic!("{name}") };
        assert_eq!(name, "Bo Bæk");
        let Actor::Staff { roles, .. } = staff else { panic!("staff") };
        assert_eq!(roles, BTreeSet::from([Role::Reception, Role::Dpo]));
    }
    assert_eq!(given.count("SELECT count(*) FROM audit_entries WHERE verb = 'unlock' AND actor = 'staff'"), 3);
}

#[test]
fn a_secret_is_compared_to_the_letter_and_stored_as_a_hash() {
    let mut given = given().staff("Bo Bæk", "correct horse", &[Role::Reception]);
    for secret in ["Correct horse", " correct horse", "correct horse ", "correct hors"] {
        assert_eq!(try_unlock(&mut given, "Bo Bæk", secret), UnlockOutcome::Wrong, "{secret:?}");
    }
    assert!(given.texts("SELECT secret_hash FROM staff").iter().all(|hash| hash.starts_with("$argon2id$")));
    assert!(memchr::memmem::find(&given.desk.decrypted_pages().unwrap(), b"correct horse").is_none());
}

#[test]
fn a_wrong_secret_and_an_unknown_name_cannot_be_told_apart() {
    let tries = |name: &str| {
        let mut given = given();
        let mut outcomes = Vec::new();
        for seconds in [0, 0, 0, 0, 0, 10, 20, 60, 120, 240, 1] {
            given.clock.advance(TimeDelta::seconds(seconds));
            outcomes.push(try_unlock(&mut given, name, "000000"));
        }
        outcomes
    };
    assert_eq!(tries(STAFF_NAME), tries("Nobody Of This Name"));
    assert_eq!(tries(STAFF_NAME), tries(""));
}

#[test]
fn the_fifth_wrong_try_waits_half_a_minute_and_each_further_one_twice_as_long() {
    let mut given = given();
    for _ in 0..4 {
        assert_eq!(waits(&mut given, STAFF_NAME, "000000"), None);
    }
    let mut wait = 30_000;
    for _ in 0..4 {
        assert_eq!(waits(&mut given, STAFF_NAME, "000000"), Some(wait));
        // One step before the end of the wait the right secret is not even compared, and it makes nothing longer.
        given.clock.advance(TimeDelta::milliseconds(wait - 1));
        assert_eq!(waits(&mut given, STAFF_NAME, STAFF_PIN), Some(1));
        given.clock.advance(TimeDelta::milliseconds(1));
        wait *= 2;
    }
    assert!(is_unlocked(&try_unlock(&mut given, STAFF_NAME, STAFF_PIN)));
    // Then it begins anew.
    assert_eq!(waits(&mut given, STAFF_NAME, "000000"), None);
}

#[test]
fn the_wait_survives_a_restart() {
    let mut given = given();
    for _ in 0..5 {
        try_unlock(&mut given, STAFF_NAME, "000000");
    }
    given.clock.advance(TimeDelta::seconds(10));
    let mut given = given.reopened();
    assert_eq!(waits(&mut given, STAFF_NAME, STAFF_PIN), Some(20_000));
    given.clock.advance(TimeDelta::seconds(20));
    let mut given = given.reopened();
    assert_eq!(waits(&mut given, STAFF_NAME, "000000"), Some(60_000));
}

#[test]
fn wrong_names_make_the_whole_kiosk_wait() {
    let mut given = given();
    for number in 0..4 {
        assert_eq!(try_unlock(&mut given, &format!("Guess {number}"), "000000"), UnlockOutcome::Wrong);
    }
    assert_eq!(waits(&mut given, "Guess 5", "000000"), Some(30_000));
    assert_eq!(waits(&mut given, STAFF_NAME, STAFF_PIN), Some(30_000));
    given.clock.advance(TimeDelta::seconds(30));
    assert!(is_unlocked(&try_unlock(&mut given, STAFF_NAME, STAFF_PIN)));
}

#[test]
fn a_colleague_who_unlocks_frees_the_kiosk_but_not_the_person_whose_secret_is_guessed() {
    let mut given = given().staff("Bo Bæk", "correct horse", &[Role::Reception]);
    for _ in 0..4 {
        assert_eq!(try_unlock(&mut given, "Bo Bæk", "000000"), UnlockOutcome::Wrong);
    }
    assert!(is_unlocked(&try_unlock(&mut given, STAFF_NAME, STAFF_PIN)));
    try_unlock(&mut given, "Bo Bæk", "000000");
    assert_eq!(waits(&mut given, "Bo Bæk", "correct horse"), Some(30_000));
    assert!(is_unlocked(&try_unlock(&mut given, STAFF_NAME, STAFF_PIN)));
    given.clock.advance(TimeDelta::seconds(30));
    assert!(is_unlocked(&try_unlock(&mut given, "Bo Bæk", "correct horse")));
}

#[test]
fn who_unlocks_a_file_that_takes_nothing_gets_in_and_wrong_tries_wait_all_the_same() {
    use std::os::unix::fs::PermissionsExt;
    let given = given().visit("Ada");
    std::fs::set_permissions(given.folder().database(), PermissionsExt::from_mode(0o400)).unwrap();
    let mut given = given.reopened();
    assert!(given.desk.is_read_only());
    let UnlockOutcome::Unlocked { staff, .. } = try_unlock(&mut given, STAFF_NAME, STAFF_PIN) else { panic!("not unlocked") };
    let roll_call = velkommen::desk::take_roll_call::take_roll_call(&mut given.desk, &staff).unwrap();
    assert_eq!(roll_call.people.len(), 1);
    for _ in 0..4 {
        assert_eq!(waits(&mut given, STAFF_NAME, "000000"), None);
    }
    assert_eq!(waits(&mut given, STAFF_NAME, "000000"), Some(30_000));
    assert_eq!(waits(&mut given, STAFF_NAME, STAFF_PIN), Some(30_000));
}

#[test]
fn tries_that_are_compared_at_once_wait_as_if_they_had_come_one_by_one() {
    use velkommen::desk::unlock::{Begun, begin, settle};
    let mut given = given();
    let input = |secret: &str| Unlock { name: STAFF_NAME.to_owned(), secret: secret.to_owned() };
    let begin = |given: &mut Given, secret: &str| match begin(&mut given.desk, &Actor::Public, &input(secret)).unwrap() {
        Begun::Try(tried) => tried.compare(),
        Begun::Ended(outcome) => panic!("{outcome:?}"),
    };
    let mut compared: Vec<_> = (0..5).map(|_| begin(&mut given, "000000")).collect();
    compared.push(begin(&mut given, STAFF_PIN));
    let outcomes: Vec<_> = compared.iter().map(|compared| settle(&mut given.desk, &Actor::Public, compared).unwrap()).collect();
    assert!(matches!(outcomes[..], [.., UnlockOutcome::Wait { .. }, UnlockOutcome::Wait { .. }]), "{outcomes:?}");
}

#[test]
fn only_the_public_unlocks() {
    let mut given = given();
    for by in [given.first(), Actor::Clock] {
        let input = Unlock { name: STAFF_NAME.to_owned(), secret: STAFF_PIN.to_owned() };
        assert!(matches!(unlock(&mut given.desk, &by, &input), Err(DeskError::NotAllowed { verb: Verb::Unlock, .. })));
    }
}

#[test]
fn each_fault_of_a_new_member_of_staff_is_told_and_nothing_is_written() {
    let mut given = given();
    let admin = given.first();
    let long = "x".repeat(101);
    let secret_long = "x".repeat(201);
    let one = &[Role::Reception][..];
    for (name, secret, roles, expected) in [
        ("", "482913", one, vec![StaffFault::Name(TextFault::Missing)]),
        (&long, "482913", one, vec![StaffFault::Name(TextFault::TooLong { max: 100 })]),
        ("Bo\u{0}Bæk", "482913", one, vec![StaffFault::Name(TextFault::ControlCharacter)]),
        ("Bo", "", one, vec![StaffFault::Secret(SecretFault::Missing)]),
        ("Bo", "12345", one, vec![StaffFault::Secret(SecretFault::TooShort)]),
        ("Bo", "1234567", one, vec![StaffFault::Secret(SecretFault::TooShort)]),
        ("Bo", &secret_long, one, vec![StaffFault::Secret(SecretFault::TooLong)]),
        ("Bo", "482913", &[], vec![StaffFault::NoRole]),
        ("kAREN kÆRSGÅRD", "482913", one, vec![StaffFault::NameTaken]),
        ("", "", &[], vec![StaffFault::Name(TextFault::Missing), StaffFault::Secret(SecretFault::Missing), StaffFault::NoRole]),
    ] {
        let input = AddStaff { name: name.to_owned(), secret: secret.to_owned(), roles: roles.iter().copied().collect() };
        assert_eq!(add_staff(&mut given.desk, &admin, &input).unwrap(), AddStaffOutcome::Refused(expected));
    }
    assert_eq!(given.count("SELECT count(*) FROM staff"), 1);
    assert_eq!(given.count("SELECT count(*) FROM audit_entries WHERE verb = 'add_staff'"), 0);
}

#[test]
fn only_an_admin_or_the_operator_adds_staff_and_that_is_written_down() {
    let mut given = given();
    let input = |name: &str| AddStaff { name: name.to_owned(), secret: "482913".to_owned(), roles: BTreeSet::from([Role::Event]) };
    for by in [Actor::Public, Actor::Clock, someone(&[Role::Reception, Role::Dpo, Role::Event])] {
        assert!(matches!(add_staff(&mut given.desk, &by, &input("Bo")), Err(DeskError::NotAllowed { .. })));
    }
    let admin = given.first();
    for (by, name) in [(&admin, "Bo"), (&Actor::Operator, "Cleo")] {
        given.clock.advance(TimeDelta::seconds(1));
        let AddStaffOutcome::Added(id) = add_staff(&mut given.desk, by, &input(name)).unwrap() else { panic!("refused") };
        assert_eq!(given.texts(&format!("SELECT actor FROM audit_entries WHERE verb = 'add_staff' AND subject = '{id}'")), [by.word()]);
    }
    let names: Vec<_> = list_staff(&mut given.desk, &admin).unwrap().into_iter().map(|person| person.name).collect();
    assert_eq!(names, [STAFF_NAME, "Bo", "Cleo"]);
}

fn settings() -> Settings {
    let [organisation, address, contact, closes_at] = ["Ny", "Vej 1", "ny@example.org", "17.30"].map(str::to_owned);
    Settings { organisation, address, contact, closes_at }
}

#[test]
fn a_desk_is_set_up_once() {
    let mut given = given();
    let profile = std::fs::read(given.folder().profile_file()).unwrap();
    let again = SetUp { settings: settings(), name: "Thief".to_owned(), secret: "482913".to_owned() };
    for by in [Actor::Public, Actor::Operator] {
        assert_eq!(set_up(&mut given.desk, &by, &again).unwrap(), SetUpOutcome::AlreadySetUp);
    }
    assert_eq!(given.texts("SELECT name FROM staff"), [STAFF_NAME]);
    assert_eq!(std::fs::read(given.folder().profile_file()).unwrap(), profile);
    assert_eq!(given.desk.profile().controller.name, "Lærkehøj");
}

#[test]
fn a_set_up_that_does_not_fit_saves_neither_the_settings_nor_the_person() {
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::at(place.path().join("desk"));
    let desk = Desk::init(folder.clone(), standard_profile(), &Config::default(), given().clock, build()).unwrap();
    let mut desk = desk.with_secret_cost(SecretCost::CHEAP);
    let raw = crate::given::raw(folder.database(), folder.key_file());
    raw.execute_batch("CREATE TRIGGER full BEFORE INSERT ON staff BEGIN SELECT RAISE(ABORT, 'full'); END").unwrap();
    let before = [folder.profile_file(), folder.config_file()].map(|file| std::fs::read(file).unwrap());
    let settings = Settings {
        organisation: "Havnen".to_owned(),
        address: "Kajen 1".to_owned(),
        contact: "post@example.org".to_owned(),
        closes_at: "17:00".to_owned(),
    };
    let input = SetUp { settings, name: "Bo Skov".to_owned(), secret: "246810".to_owned() };
    set_up(&mut desk, &Actor::Public, &input).unwrap_err();
    assert_eq!([folder.profile_file(), folder.config_file()].map(|file| std::fs::read(file).unwrap()), before);
    assert_eq!(raw.query_row("SELECT count(*) FROM audit_entries", [], |row| row.get::<_, i64>(0)).unwrap(), 0);
}

#[test]
fn a_faulty_set_up_tells_every_fault_and_writes_nothing() {
    let place = tempfile::tempdir().unwrap();
    let clock = given().clock;
    let folder = Folder::at(place.path());
    let desk = Desk::init(folder.clone(), standard_profile(), &Config::default(), clock, build()).unwrap();
    let mut desk = desk.with_secret_cost(SecretCost::CHEAP);
    let empty = Settings { organisation: String::new(), address: " ".to_owned(), contact: "x".repeat(201), closes_at: "25:00".to_owned() };
    let input = SetUp { settings: empty, name: String::new(), secret: "1".to_owned() };
    let expected = SetUpOutcome::Refused {
        settings: vec![
            SettingsFault::Organisation(TextFault::Missing),
            SettingsFault::Address(TextFault::Missing),
            SettingsFault::Contact(TextFault::TooLong { max: 200 }),
            SettingsFault::ClosesAt,
        ],
        person: vec![StaffFault::Name(TextFault::Missing), StaffFault::Secret(SecretFault::TooShort)],
    };
    assert_eq!(set_up(&mut desk, &Actor::Public, &input).unwrap(), expected);
    assert!(!desk.has_staff().unwrap());
    assert_eq!(std::fs::read_to_string(folder.profile_file()).unwrap(), standard_profile());
    // And then it goes well.
    let good = SetUp { settings: settings(), name: "Bo".to_owned(), secret: "482913".to_owned() };
    assert!(matches!(set_up(&mut desk, &Actor::Public, &good).unwrap(), SetUpOutcome::Done(_)));
    assert_eq!(desk.config().closes_at.to_string(), "17:30:00");
}
