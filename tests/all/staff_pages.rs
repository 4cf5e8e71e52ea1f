//! The pages behind the lock: unlock, visits, roll call, settings, and the lock that comes by itself.

use std::sync::Arc;

use i_slint_backend_testing::{AccessibleRole, ElementQuery};
use slint::{ComponentHandle, Model};
use velkommen::app::demo;
use velkommen::desk::Desk;
use velkommen::desk::add_staff::{AddStaff, AddStaffOutcome, add_staff, list_staff};
use velkommen::desk::clock::SimulatedClock;
use velkommen::domain::access::Actor;
use velkommen::domain::staff::Role;
use velkommen::gui::ask::Message;
use velkommen::gui::window::{Page, TodayAdapter, UnlockAdapter, UnlockFault, VisitsAdapter, VisitsSheet};

use crate::kiosk_given::{Given, a_kiosk, a_kiosk_with};

const DOOR: &str = "Lærkehøj, entrance for staff";

/// A kiosk with three visitors in the house.
fn a_busy_kiosk() -> Given {
    a_kiosk_with(|desk| demo::VISITORS[..3].iter().for_each(|visitor| demo::arrive(desk, visitor).unwrap()))
}

fn unlock(kiosk: &Given, name: &str, secret: &str) {
    if kiosk.kiosk.page() == Page::Home {
        kiosk.press(DOOR);
    }
    kiosk.fill("Name", name);
    let label = if kiosk.sees("PIN") { "PIN" } else { "Passphrase" };
    kiosk.fill(label, secret);
    kiosk.press("Unlock");
}

fn an_unlocked_kiosk() -> Given {
    let kiosk = a_busy_kiosk();
    unlock(&kiosk, demo::STAFF_NAME, demo::STAFF_PIN);
    kiosk.is_on(Page::Today);
    kiosk
}

fn fault(kiosk: &Given) -> UnlockFault {
    kiosk.global::<UnlockAdapter>().get_fault()
}

#[test]
fn name_and_pin_typed_by_hand_unlock_and_the_pin_is_never_shown() {
    let kiosk = a_busy_kiosk();
    kiosk.press(DOOR);
    kiosk.type_text("Bo Skov\t246810");
    assert!(!kiosk.says("246810"));
    kiosk.press("Unlock");
    kiosk.is_on(Page::Today);
    assert!(kiosk.sees("Bo Skov"), "the rail says who is unlocked");
    assert_eq!(kiosk.global::<UnlockAdapter>().get_secret(), "");
}

#[test]
fn the_pad_types_a_pin_and_clears_it() {
    let kiosk = a_busy_kiosk();
    kiosk.press(DOOR);
    kiosk.type_text("Bo Skov\t");
    for key in ["9", "9", "Clear", "2", "4", "6", "8", "1", "1", "Delete the last digit", "0"] {
        kiosk.press(key);
    }
    assert_eq!(kiosk.global::<UnlockAdapter>().get_secret(), demo::STAFF_PIN);
    kiosk.press("Unlock");
    kiosk.is_on(Page::Today);
}

#[test]
fn what_is_missing_is_said_beside_its_field() {
    let kiosk = a_busy_kiosk();
    kiosk.press(DOOR);
    kiosk.press("Unlock");
    kiosk.complains("Name", "We still need your name.");
    kiosk.type_text("Bo Skov");
    kiosk.press("Unlock");
    kiosk.complains("PIN", "We still need your PIN or passphrase.");
}

#[test]
fn a_wrong_name_and_a_wrong_pin_are_told_in_the_same_words() {
    let kiosk = a_busy_kiosk();
    for (name, secret) in [(demo::STAFF_NAME, "000000"), ("Nobody Here", demo::STAFF_PIN)] {
        unlock(&kiosk, name, secret);
        kiosk.is_on(Page::Unlock);
        assert!(kiosk.sees("That name and code do not belong together."));
        assert_eq!(kiosk.global::<UnlockAdapter>().get_secret(), "", "the secret is typed anew");
    }
}

#[test]
fn a_file_that_another_program_holds_is_not_called_a_wrong_pin() {
    let kiosk = a_busy_kiosk();
    kiosk.press(DOOR);
    let other = kiosk.raw();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    unlock(&kiosk, demo::STAFF_NAME, demo::STAFF_PIN);
    kiosk.is_on(Page::Unlock);
    assert!(kiosk.sees("Another program is using the file. Try again in a moment."));
    assert_eq!(fault(&kiosk), UnlockFault::None);
    other.execute_batch("ROLLBACK").unwrap();
    unlock(&kiosk, demo::STAFF_NAME, demo::STAFF_PIN);
    kiosk.is_on(Page::Today);
}

#[test]
fn from_the_fifth_wrong_try_even_the_right_pin_waits() {
    let kiosk = a_busy_kiosk();
    for _ in 0..4 {
        unlock(&kiosk, demo::STAFF_NAME, "000000");
        assert_eq!(fault(&kiosk), UnlockFault::Wrong);
    }
    unlock(&kiosk, demo::STAFF_NAME, "000000");
    assert_eq!(fault(&kiosk), UnlockFault::Wait);
    assert!(kiosk.says("Too many tries. You can try again at"));
    kiosk.clock.advance(chrono::TimeDelta::seconds(29));
    unlock(&kiosk, demo::STAFF_NAME, demo::STAFF_PIN);
    assert_eq!(fault(&kiosk), UnlockFault::Wait);
    kiosk.clock.advance(chrono::TimeDelta::seconds(1));
    unlock(&kiosk, demo::STAFF_NAME, demo::STAFF_PIN);
    kiosk.is_on(Page::Today);
}

#[test]
fn two_minutes_without_a_sign_of_life_lock_and_leave_no_name() {
    let kiosk = an_unlocked_kiosk();
    kiosk.press("Visits");
    assert!(kiosk.says("Løkkegaard"));
    kiosk.pass(119);
    kiosk.is_on(Page::Visits);
    kiosk.pass(1);
    kiosk.is_on(Page::Home);
    assert!(!kiosk.says("Løkkegaard"));
    assert_eq!(kiosk.global::<VisitsAdapter>().get_visits().row_count(), 0);
    assert_eq!(kiosk.global::<TodayAdapter>().get_on_site().row_count(), 0);
    assert!(kiosk.kiosk.staff.borrow().is_none());
}

#[test]
fn a_sign_of_life_keeps_the_pages_open_and_the_lock_is_one_press_away() {
    let kiosk = an_unlocked_kiosk();
    kiosk.pass(119);
    kiosk.tap(slint::LogicalPosition::new(500.0, 700.0));
    kiosk.pass(119);
    kiosk.is_on(Page::Today);
    kiosk.press("Lock");
    kiosk.is_on(Page::Home);
    assert!(kiosk.kiosk.staff.borrow().is_none());
}

#[test]
fn staff_sign_somebody_in_and_get_the_code() {
    let kiosk = an_unlocked_kiosk();
    kiosk.press("Sign somebody in");
    kiosk.type_text("Karla Bøjesen");
    kiosk.fill("Company", "Ærø Data");
    kiosk.fill("Visits whom", "Bo Skov");
    let button = kiosk.control("Sign in");
    kiosk.read();
    button.invoke_accessible_default_action();
    button.invoke_accessible_default_action();
    kiosk.settle();
    assert_eq!(kiosk.global::<VisitsAdapter>().get_sheet(), VisitsSheet::SignedIn);
    let code = kiosk.global::<VisitsAdapter>().get_code();
    assert!(kiosk.sees(&format!("The code is {code}")));
    let mut names = kiosk.names();
    names.retain(|name| name == "Karla Bøjesen");
    assert_eq!(names.len(), 1, "a second press is no second visit");
    kiosk.press("Done");
    assert!(kiosk.sees("4 in the house: 4 visitors, 0 participants"));
}

#[test]
fn a_fault_on_the_staff_form_stands_beside_its_field() {
    let kiosk = an_unlocked_kiosk();
    kiosk.press("Sign somebody in");
    kiosk.press("Sign in");
    kiosk.complains("Name", "We still need the name.");
    kiosk.fill("Name", "Karla");
    kiosk.fill("Company", &"x".repeat(201));
    kiosk.press("Sign in");
    kiosk.complains("Company", "This is longer than we can keep. Make it shorter.");
    assert_eq!(kiosk.names().len(), 3);
}

#[test]
fn staff_sign_somebody_out_after_being_asked() {
    let kiosk = an_unlocked_kiosk();
    kiosk.press("Visits");
    kiosk.press("Sign out Yusuf Özdemir");
    assert!(kiosk.sees("Sign Yusuf Özdemir out?"));
    kiosk.press("Cancel");
    assert_eq!(kiosk.names().len(), 3, "asked, and not done");
    kiosk.press("Sign out Yusuf Özdemir");
    kiosk.press("Sign out");
    assert!(!kiosk.names().contains(&"Yusuf Özdemir".to_owned()));
    assert!(!kiosk.says("Özdemir"), "the list shows it");
}

#[test]
fn staff_find_a_visit_by_name_company_or_host() {
    let kiosk = an_unlocked_kiosk();
    kiosk.press("Visits");
    for (typed, found) in [("yusuf", 1), ("køkken", 2), ("kirkegaard", 2), ("qqq", 0), ("", 3)] {
        kiosk.fill("Search name, company or host", typed);
        assert_eq!(kiosk.global::<VisitsAdapter>().get_visits().row_count(), found, "{typed:?}");
    }
}

#[test]
fn who_may_not_see_visits_is_shown_none_and_led_elsewhere() {
    let kiosk = a_kiosk_with(|desk| {
        demo::arrive(desk, &demo::VISITORS[0]).unwrap();
        let input = AddStaff { name: "Ada Admin".to_owned(), secret: "135791".to_owned(), roles: [Role::Admin].into() };
        assert!(matches!(add_staff(desk, &Actor::Operator, &input).unwrap(), AddStaffOutcome::Added(_)));
    });
    unlock(&kiosk, "Ada Admin", "135791");
    kiosk.is_on(Page::Settings);
    let tabs = ElementQuery::from_root(kiosk.window()).match_accessible_role(AccessibleRole::Tab).find_all();
    assert!(tabs.iter().all(|tab| tab.accessible_label().is_some_and(|label| label != "Visits")));
    kiosk.press("Today");
    assert!(!kiosk.says("Løkkegaard"));
}

#[test]
fn settings_are_saved_and_faults_stand_beside_their_fields() {
    let kiosk = an_unlocked_kiosk();
    kiosk.press("Setup");
    kiosk.fill("Name", "");
    kiosk.fill("Closes at", "25:00");
    kiosk.press("Save");
    kiosk.complains("Name", "We still need the name of the organisation.");
    kiosk.complains("Closes at", "Write a time, such as 18:00.");
    kiosk.fill("Name", "Havnen");
    kiosk.fill("Closes at", "17:30");
    kiosk.press("Save");
    assert!(kiosk.sees("Saved."));
    let (name, closes_at) = kiosk.ask(|desk| (desk.profile().controller.name.clone(), desk.config().closes_at.to_string()));
    assert_eq!((name.as_str(), closes_at.as_str()), ("Havnen", "17:30:00"));
    assert_eq!(kiosk.equipped_for.borrow()[1..], ["Havnen"], "mails come from the new name at once");
    kiosk.press("Lock");
    kiosk.choose_language("English");
    assert!(kiosk.sees("Welcome to Havnen"));
}

#[test]
fn somebody_new_joins_the_desk_and_can_unlock() {
    let kiosk = an_unlocked_kiosk();
    kiosk.press("Setup");
    kiosk.press("Add somebody");
    kiosk.press("Add");
    kiosk.complains("Name", "We still need the name.");
    kiosk.complains("PIN or passphrase", "Choose a PIN of 6 digits, or a passphrase of at least 8 characters.");
    kiosk.fill("Name", "Eva Holm");
    kiosk.fill("PIN or passphrase", "135791");
    kiosk.press("Reception");
    kiosk.press("Add");
    assert!(kiosk.sees("Choose at least one."));
    kiosk.press("Reception");
    kiosk.press("Add");
    let names: Vec<String> = kiosk.ask(|desk| list_staff(desk, &Actor::Operator).unwrap().into_iter().map(|person| person.name).collect());
    assert_eq!(names, [demo::STAFF_NAME, "Eva Holm"]);
    kiosk.press("Lock");
    kiosk.choose_language("English");
    unlock(&kiosk, "Eva Holm", "135791");
    kiosk.is_on(Page::Today);
}

#[test]
fn closing_the_program_asks_first() {
    let kiosk = an_unlocked_kiosk();
    kiosk.press("Setup");
    kiosk.press("Close the program");
    assert!(kiosk.sees("Close the program?"));
    kiosk.press("Cancel");
    kiosk.is_on(Page::Settings);
    assert!(!kiosk.sees("Close now"));
}

#[test]
fn closing_the_program_is_told_from_every_other_end() {
    let kiosk = an_unlocked_kiosk();
    assert!(!kiosk.kiosk.is_closed.get());
    kiosk.press("Setup");
    kiosk.press("Close the program");
    kiosk.press("Close now");
    assert!(kiosk.kiosk.is_closed.get());
}

/// Alt and F4, or the window manager's cross.
#[test]
fn the_window_of_a_kiosk_is_closed_by_nobody_and_any_other_window_is() {
    for is_kiosk in [true, false] {
        let kiosk = a_kiosk();
        kiosk.kiosk.facts.borrow_mut().config.kiosk = is_kiosk;
        kiosk.window().window().dispatch_event(slint::platform::WindowEvent::CloseRequested);
        assert_eq!(kiosk.window().window().is_visible(), is_kiosk);
    }
}

#[test]
fn a_damaged_file_is_told_to_staff() {
    let kiosk = an_unlocked_kiosk();
    let words = "A part of the data file is damaged. Stop the program and keep its folder as it is.";
    assert!(!kiosk.sees(words));
    velkommen::app::handle(&kiosk.kiosk, Message::FileChecked { sound: false });
    assert!(kiosk.sees(words));
}

#[test]
fn what_cannot_be_read_is_said_on_the_page_until_it_can() {
    let kiosk = a_kiosk();
    kiosk.unlock();
    kiosk.raw().execute_batch("ALTER TABLE visits RENAME TO elsewhere").unwrap();
    let said = "This could not be read just now, so it may not be up to date. Try again.";
    kiosk.global::<TodayAdapter>().invoke_roll_call();
    kiosk.settle();
    kiosk.is_on(Page::Today);
    assert!(kiosk.sees(said), "a roll call that does not open says so: {:?}", kiosk.labels());
    kiosk.kiosk.go(Page::Today);
    kiosk.settle();
    assert!(kiosk.sees(said), "a list that is not read says so");
    kiosk.raw().execute_batch("ALTER TABLE elsewhere RENAME TO visits").unwrap();
    kiosk.kiosk.go(Page::Today);
    kiosk.settle();
    assert!(!kiosk.sees(said));
}

#[test]
fn a_kiosk_whose_file_takes_nothing_says_so_before_anybody_tries() {
    use std::os::unix::fs::PermissionsExt;
    let kiosk = a_kiosk_with(|desk| {
        let folder = desk.folder().clone();
        std::fs::set_permissions(folder.database(), PermissionsExt::from_mode(0o400)).unwrap();
        let clock = Arc::new(SimulatedClock::at("2026-03-12T09:00:00Z".parse().unwrap()));
        *desk = Desk::open(folder, clock, crate::given::build()).unwrap();
    });
    let [public, staff] = [
        "Nobody can be signed in right now. Please see reception.",
        "Nothing can be saved: the disk is full or read-only. Who is in the house can still be seen.",
    ];
    assert!(kiosk.sees(public), "{:?}", kiosk.labels());
    kiosk.unlock();
    kiosk.is_on(Page::Today);
    assert!(kiosk.sees(staff), "{:?}", kiosk.labels());
    kiosk.press("Roll call");
    kiosk.is_on(Page::RollCall);
}
