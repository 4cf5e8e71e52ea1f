//! One file, several programs: a command beside a kiosk, many at once, and one kiosk only.

use std::collections::BTreeSet;

use velkommen::desk::list_open_visits::list_open_visits;
use velkommen::desk::sign_in::{SignInOutcome, sign_in};
use velkommen::desk::{Desk, Folder, OpenError, StoreError, standard_profile};
use velkommen::domain::access::Actor;
use velkommen::domain::config::Config;

use crate::given::{build, given, open, visitor};

#[test]
fn a_command_beside_a_kiosk_and_the_kiosk_see_each_others_work() {
    let mut given = given();
    let _kiosk = given.folder().lock_alone().unwrap();
    let mut command = given.another_desk();
    let before = given.desk.data_version().unwrap();
    assert!(matches!(sign_in(&mut command, &Actor::Operator, &visitor("Ada")).unwrap(), SignInOutcome::SignedIn(_)));
    assert_ne!(given.desk.data_version().unwrap(), before, "the kiosk notices");
    given.sign_in(&visitor("Bo"));
    for desk in [&mut given.desk, &mut command] {
        let names: BTreeSet<_> = list_open_visits(desk, &Actor::Operator).unwrap().into_iter().map(|visit| visit.name).collect();
        assert_eq!(names, BTreeSet::from(["Ada".to_owned(), "Bo".to_owned()]));
    }
}

#[test]
fn sixteen_desks_that_sign_in_at_once_lose_nobody() {
    let mut given = given();
    let gate = std::sync::Barrier::new(16);
    let signed_in: BTreeSet<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|thread| {
                let (gate, folder, clock) = (&gate, given.folder(), given.clock.clone());
                scope.spawn(move || {
                    gate.wait();
                    let mut desk = open(folder, clock);
                    (0..8)
                        .map(|number| {
                            let name = format!("Visitor {thread}-{number}");
                            match sign_in(&mut desk, &Actor::Operator, &visitor(&name)).unwrap() {
                                SignInOutcome::SignedIn(signed_in) => signed_in.visit.to_string(),
                                SignInOutcome::Refused(faults) => panic!("{faults:?}"),
                            }
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(signed_in.len(), 128);
    let listed: BTreeSet<_> =
        list_open_visits(&mut given.desk, &Actor::Operator).unwrap().into_iter().map(|visit| visit.id.to_string()).collect();
    assert_eq!(listed, signed_in);
    assert_eq!(given.count("SELECT count(DISTINCT code) FROM short_codes"), 128);
    assert!(given.desk.is_sound().unwrap());
}

#[test]
fn a_second_kiosk_is_refused_while_the_first_runs() {
    let given = given();
    let first = given.folder().lock_alone().unwrap();
    assert!(matches!(Folder::at(given.folder().path()).lock_alone(), Err(StoreError::KioskRunning)));
    drop(first);
    assert!(given.folder().lock_alone().is_ok());
}

#[test]
fn a_desk_is_made_once() {
    let given = given();
    let before = std::fs::read(given.folder().key_file()).unwrap();
    let again = Desk::init(given.folder(), standard_profile(), &Config::default(), given.clock.clone(), build());
    assert!(matches!(again, Err(OpenError::Store(StoreError::AlreadyThere))));
    assert_eq!(std::fs::read(given.folder().key_file()).unwrap(), before);
}

#[test]
fn a_faulty_profile_makes_no_desk() {
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::at(place.path().join("desk"));
    let made = Desk::init(folder.clone(), "profile = 1", &Config::default(), given().clock, build());
    assert!(matches!(made, Err(OpenError::Profile(_))));
    assert!(!folder.path().exists());
}

#[test]
fn a_notice_changed_under_its_version_is_refused() {
    let given = given().visit("Ada");
    let file = given.folder().profile_file();
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("When you visit us", "When you come to us")).unwrap();
    let opened = Desk::open(given.folder(), given.clock.clone(), build());
    assert!(matches!(opened, Err(OpenError::NoticeChanged { language: "en", version: 1, .. })) || opened.is_ok(), "only Danish was shown");
    std::fs::write(&file, text.replace("Når du besøger os", "Når du kommer")).unwrap();
    let opened = Desk::open(given.folder(), given.clock.clone(), build());
    assert!(matches!(opened, Err(OpenError::NoticeChanged { language: "da", version: 1, .. })));
}
