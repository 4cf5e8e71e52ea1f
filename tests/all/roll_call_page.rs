//! An evacuation on the screen: one touch from a locked screen, a page that nothing closes, and a paper that comes or does not.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use slint::Model;
use velkommen::app::demo;
use velkommen::desk::Desk;
use velkommen::desk::show_roll_call::show_figures;
use velkommen::devices::Devices;
use velkommen::devices::printer::{Job, Printer};
use velkommen::domain::access::Actor;
use velkommen::gui::window::{EndChoice, Page, PrintState, RollCallAdapter, RollCallPaperAdapter, StaffAdapter};

use crate::kiosk_given::{Given, a_kiosk_that_starts_with, a_kiosk_with, a_kiosk_with_devices, nine};

/// Eight visitors, and as many of the event's participants as wanted, in the house.
fn a_house(desk: &mut Desk, participants: usize) {
    let event = demo::hold_event(desk, nine()).unwrap();
    demo::VISITORS.iter().for_each(|visitor| demo::arrive(desk, visitor).unwrap());
    let codes = demo::imported_codes();
    codes.into_iter().take(participants).for_each(|code| demo::enter(desk, event, code).unwrap());
}

fn a_full_kiosk() -> Given {
    let kiosk = a_kiosk_with(|desk| a_house(desk, 13));
    kiosk.pass(11);
    kiosk
}

/// Staff have begun a roll call.
fn a_running_one() -> Given {
    let kiosk = a_full_kiosk();
    kiosk.unlock();
    kiosk.press("Roll call");
    kiosk.is_on(Page::RollCall);
    kiosk
}

fn missing(kiosk: &Given) -> Vec<String> {
    kiosk.global::<RollCallAdapter>().get_missing().iter().map(|person| person.name.into()).collect()
}

fn found(kiosk: &Given) -> Vec<String> {
    kiosk.global::<RollCallAdapter>().get_found().iter().map(|person| person.name.into()).collect()
}

fn paper(kiosk: &Given) -> PrintState {
    kiosk.global::<RollCallPaperAdapter>().get_state()
}

fn evacuate(kiosk: &Given) {
    kiosk.press("Lærkehøj, entrance for staff");
    kiosk.press("Evacuation");
}

/// A printer that takes papers and lets none out until it is told.
#[derive(Default)]
struct Silent {
    jobs: Mutex<Vec<Job>>,
}

impl Printer for Silent {
    fn print(&self, job: Job) {
        self.jobs.lock().unwrap().push(job);
    }
    fn place(&self) -> String {
        "ipp://printer.example".to_owned()
    }
    fn forget(&self) {}
}

fn with_a_silent_printer() -> (Given, Arc<Silent>) {
    let printer = Arc::new(Silent::default());
    let devices = Devices { printer: Some(printer.clone()), ..Devices::default() };
    let kiosk = a_kiosk_with_devices(devices, |desk| a_house(desk, 13));
    kiosk.pass(11);
    (kiosk, printer)
}

#[test]
fn from_a_locked_screen_one_touch_prints_and_shows_no_name() {
    let kiosk = a_full_kiosk();
    kiosk.press("Lærkehøj, entrance for staff");
    kiosk.press("Evacuation");
    kiosk.is_on(Page::Evacuation);
    kiosk.wait_until(|| paper(&kiosk) == PrintState::Done);
    assert!(std::fs::read(kiosk.paper("roll-call")).unwrap().starts_with(b"%PDF"));
    assert!(kiosk.sees("21 in the house"), "{:?}", kiosk.labels());
    assert!(!kiosk.says("Løkkegaard"));
    assert_eq!(kiosk.global::<RollCallAdapter>().get_missing().row_count(), 0);
    kiosk.press("Unlock");
    kiosk.is_on(Page::Unlock);
    kiosk.unlock();
    kiosk.is_on(Page::RollCall);
    assert!(kiosk.says("Løkkegaard"));
}

#[test]
fn home_begins_one_only_where_the_config_says_so() {
    let kiosk = a_full_kiosk();
    assert!(!kiosk.sees("Evacuation"));
    kiosk.kiosk.facts.borrow_mut().config.evacuation_on_home = true;
    kiosk.kiosk.go(Page::Home);
    kiosk.press("Evacuation");
    kiosk.is_on(Page::Evacuation);
}

#[test]
fn it_is_found_again_after_a_lock_a_long_pause_and_other_pages() {
    let kiosk = a_running_one();
    let first = missing(&kiosk)[0].clone();
    kiosk.press(&first);
    kiosk.pass(300);
    kiosk.is_on(Page::RollCall);
    kiosk.press("Hand over");
    kiosk.is_on(Page::Evacuation);
    assert!(kiosk.sees("1 of 21 found"), "{:?}", kiosk.labels());
    assert!(!kiosk.says("Løkkegaard"));
    assert!(!kiosk.sees("That was not meant"), "somebody counts");
    kiosk.pass(300);
    kiosk.is_on(Page::Evacuation);
    kiosk.unlock();
    kiosk.is_on(Page::RollCall);
    assert_eq!((found(&kiosk), missing(&kiosk).len()), (vec![first], 20));
    kiosk.kiosk.go(Page::Today);
    kiosk.settle();
    kiosk.press("Roll call");
    assert!(kiosk.sees("1 of 21 found"));
}

#[test]
fn a_kiosk_that_starts_while_it_runs_shows_it() {
    let kiosk = a_kiosk_that_starts_with(|desk| {
        a_house(desk, 13);
        velkommen::desk::begin_roll_call::begin_roll_call(desk, &Actor::Public).unwrap();
    });
    kiosk.is_on(Page::Evacuation);
    kiosk.unlock();
    kiosk.is_on(Page::RollCall);
    assert_eq!(missing(&kiosk).len(), 21);
}

#[test]
fn a_touch_finds_somebody_and_another_takes_it_back() {
    let kiosk = a_running_one();
    assert!(kiosk.sees("0 of 21 found"));
    let order = missing(&kiosk);
    kiosk.press("Ole Løkkegaard");
    assert!(kiosk.sees("1 of 21 found") && kiosk.sees("20 missing"));
    assert_eq!(found(&kiosk), ["Ole Løkkegaard"]);
    assert_eq!(missing(&kiosk), order.iter().filter(|name| *name != "Ole Løkkegaard").cloned().collect::<Vec<_>>(), "in their order");
    kiosk.global::<RollCallAdapter>().invoke_undo(kiosk.global::<RollCallAdapter>().get_found().row_data(0).unwrap().key);
    kiosk.settle();
    assert_eq!((found(&kiosk).len(), missing(&kiosk)), (0, order));
}

#[test]
fn two_touches_in_one_place_find_one_person() {
    let kiosk = a_running_one();
    let first = missing(&kiosk)[0].clone();
    kiosk.press_twice(&first);
    assert_eq!(found(&kiosk), [first]);
}

#[test]
fn the_search_filters_both_lists_and_clears_after_a_tick() {
    let kiosk = a_running_one();
    kiosk.press("Birthe Nørskov");
    kiosk.fill("Search name, company or event", "køkkenhus");
    assert_eq!((missing(&kiosk), found(&kiosk)), (vec!["Ole Løkkegaard".to_owned()], vec!["Birthe Nørskov".to_owned()]));
    kiosk.press("Ole Løkkegaard");
    assert_eq!(kiosk.global::<RollCallAdapter>().get_query(), "");
    assert_eq!((missing(&kiosk).len(), found(&kiosk).len()), (19, 2));
    kiosk.fill("Search name, company or event", "sikkerhed");
    assert_eq!(missing(&kiosk).len(), 13, "an event is found by its name");
}

#[test]
fn an_event_is_shown_as_an_event_and_not_as_a_host() {
    let kiosk = a_running_one();
    let rows: Vec<_> = kiosk.global::<RollCallAdapter>().get_missing().iter().collect();
    assert_eq!(rows.iter().filter(|row| row.event == demo::EVENT && row.host.is_empty()).count(), 13);
    assert!(!kiosk.says(&format!("visits {}", demo::EVENT)));
}

#[test]
fn fourteen_people_stand_on_a_screen_at_once() {
    let kiosk = a_running_one();
    let names = missing(&kiosk);
    for size in [(1920, 1080), (1080, 1920)] {
        kiosk.resize(size);
        kiosk.settle();
        let foot = kiosk.control("Print again").absolute_position().y;
        let seen = |name: &String| {
            kiosk.find(name).is_some_and(|row| row.absolute_position().y >= 0.0 && row.absolute_position().y + row.size().height <= foot)
        };
        let count = names.iter().filter(|name| seen(name)).count();
        assert!(count >= 14, "{count} at {size:?}");
    }
}

#[test]
fn today_and_visits_say_the_same_number_as_the_roll_call() {
    let kiosk = a_full_kiosk();
    let said = "21 in the house: 8 visitors, 13 participants";
    kiosk.unlock();
    assert!(kiosk.sees(said), "{:?}", kiosk.labels());
    kiosk.press("Visits");
    assert!(kiosk.sees(said), "{:?}", kiosk.labels());
    kiosk.press("Roll call");
    assert!(kiosk.sees("0 of 21 found"));
}

#[test]
fn a_printer_that_says_nothing_is_said_within_three_seconds() {
    let (kiosk, printer) = with_a_silent_printer();
    evacuate(&kiosk);
    assert_eq!(paper(&kiosk), PrintState::Busy);
    kiosk.pass(2);
    assert!(kiosk.sees("The list is being printed now"));
    kiosk.pass(1);
    assert!(kiosk.sees("The list cannot be printed. Unlock, then it stands here."), "{:?}", kiosk.labels());
    // It comes after all.
    let job = printer.jobs.lock().unwrap().remove(0);
    (job.printed)(Ok(()));
    kiosk.wait_until(|| paper(&kiosk) == PrintState::Done);
}

#[test]
fn a_kiosk_without_a_printer_says_so_at_once() {
    let kiosk = a_kiosk_with(|desk| a_house(desk, 3));
    std::fs::write(kiosk.paper("x").parent().unwrap(), "").unwrap();
    evacuate(&kiosk);
    kiosk.wait_until(|| paper(&kiosk) == PrintState::Failed);
    assert!(kiosk.sees("The list cannot be printed. Unlock, then it stands here."));
    kiosk.unlock();
    assert!(kiosk.sees("The list did not reach the printer. Use this screen, or try again."));
    kiosk.press("Ole Løkkegaard");
    assert!(kiosk.sees("1 of 11 found"));
}

#[test]
fn what_was_not_meant_stops_what_is_not_printed() {
    let (kiosk, printer) = with_a_silent_printer();
    evacuate(&kiosk);
    kiosk.press("That was not meant");
    kiosk.is_on(Page::Home);
    let job = printer.jobs.lock().unwrap().remove(0);
    assert!(!job.wanted.load(Ordering::Relaxed), "the printer is told");
    (job.printed)(Err("taken back".to_owned()));
    kiosk.settle();
    assert_eq!(paper(&kiosk), PrintState::None);
    assert!(kiosk.ask(|desk| show_figures(desk, &Actor::Public).unwrap()).is_none());
    let noted: Vec<String> = {
        let raw = kiosk.raw();
        let mut lines = raw.prepare("SELECT verb FROM audit_entries WHERE actor = 'public' ORDER BY sequence").unwrap();
        lines.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(noted, ["begin_roll_call", "call_off_roll_call"]);
}

#[test]
fn ending_with_somebody_missing_asks_why() {
    let kiosk = a_running_one();
    kiosk.press("Ole Løkkegaard");
    kiosk.press("End the roll call");
    assert!(kiosk.sees("End the roll call with 20 missing?"));
    assert!(kiosk.says("Birthe Nørskov"), "whose names they are");
    kiosk.press("Go on");
    assert!(!kiosk.sees("Why does it end now?"));
    kiosk.press("End the roll call");
    assert!(kiosk.sees("Say why first"));
    kiosk.press("They have left");
    kiosk.press("End");
    kiosk.is_on(Page::Today);
    assert_eq!(kiosk.names(), ["Ole Løkkegaard"]);
    assert!(kiosk.sees("1 in the house: 1 visitor, 0 participants"), "{:?}", kiosk.labels());
    assert_eq!(kiosk.global::<RollCallAdapter>().get_choice(), EndChoice::None);
    kiosk.global::<StaffAdapter>().invoke_lock();
    kiosk.settle();
    kiosk.is_on(Page::Home);
}

#[test]
fn with_nobody_missing_it_ends_at_once() {
    let kiosk = a_kiosk_with(|desk| demo::arrive(desk, &demo::VISITORS[0]).unwrap());
    kiosk.unlock();
    kiosk.press("Roll call");
    kiosk.press("Ole Løkkegaard");
    assert!(kiosk.sees("Everybody is found"));
    kiosk.press("End the roll call");
    kiosk.is_on(Page::Today);
    assert_eq!(kiosk.names(), ["Ole Løkkegaard"], "nobody is signed out for it");
}

#[test]
fn the_roll_call_is_printed_when_it_begins_and_says_where_the_paper_lies() {
    let kiosk = a_running_one();
    kiosk.wait_until(|| paper(&kiosk) == PrintState::Done);
    assert!(std::fs::read(kiosk.paper("roll-call")).unwrap().starts_with(b"%PDF"));
    assert!(kiosk.says("The list lies in"), "{:?}", kiosk.labels());
    std::fs::remove_file(kiosk.paper("roll-call")).unwrap();
    kiosk.press("Print again");
    kiosk.wait_until(|| paper(&kiosk) == PrintState::Done);
    assert!(kiosk.paper("roll-call").exists());
}
