//! A badge says what its holder answered: a changed answer prints a new one, or is said to be printed with the old answer.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use slint::Model;
use velkommen::app::demo;
use velkommen::desk::Desk;
use velkommen::desk::find_participant::{BadgeState, Filter, FindParticipant, find_participant};
use velkommen::desk::import_participants::{BadRows, Run, import_participants};
use velkommen::desk::list_events::list_events;
use velkommen::desk::open_event::{OpenEvent, OpenEventOutcome, open_event};
use velkommen::devices::Devices;
use velkommen::devices::printer::{Job, Printer, State, Status};
use velkommen::domain::access::Actor;
use velkommen::domain::event::{EntryRule, PhotoMode};
use velkommen::gui::window::{EventAdapter, EventsAdapter, Page, StaffAdapter};

use crate::given::participant_table;
use crate::kiosk_given::{Given, a_kiosk_with_devices, nine};

/// Prints at once while it is well, and counts.
#[derive(Default)]
struct Badges(Mutex<(State, usize)>);

impl Badges {
    fn is(&self, state: State) {
        self.0.lock().unwrap().0 = state;
    }

    fn count(&self) -> usize {
        self.0.lock().unwrap().1
    }
}

impl Printer for Badges {
    fn print(&self, job: Job) {
        if self.status(job.kind).state.can_print() {
            assert!((job.paper)().unwrap().starts_with(b"%PDF"));
            self.0.lock().unwrap().1 += 1;
            (job.printed)(Ok(()));
        } else {
            (job.printed)(Err("nobody answers".to_owned()));
        }
    }

    fn place(&self) -> String {
        "here".to_owned()
    }

    fn forget(&self) {}

    fn status(&self, _kind: &str) -> Status {
        Status { state: self.0.lock().unwrap().0, ..Status::default() }
    }
}

fn kiosk(prepare: impl FnOnce(&mut Desk)) -> (Given, Arc<Badges>) {
    let printer = Arc::new(Badges::default());
    printer.is(State::Ready);
    let kiosk = a_kiosk_with_devices(Devices { printer: Some(printer.clone()), ..Devices::default() }, prepare);
    kiosk.pass(11);
    (kiosk, printer)
}

fn door() -> (Given, Arc<Badges>) {
    kiosk(|desk| drop(demo::hold_event(desk, nine())))
}

/// The badge of the first participant of the file.
fn state(kiosk: &Given) -> BadgeState {
    kiosk.ask(|desk| {
        let event = list_events(desk, &Actor::Operator).unwrap()[0].id;
        let input = FindParticipant { event, typed: "Aksel Brandt".to_owned(), filter: Filter::Everybody, offset: 0, limit: 1 };
        find_participant(desk, &Actor::Operator, &input).unwrap().rows[0].badge
    })
}

/// Comes with a yes, goes on, and holds up the ticket again.
fn say_yes_and_come_back(kiosk: &Given) {
    kiosk.scan(demo::imported_codes()[0]);
    kiosk.is_on(Page::Welcome);
    kiosk.press("Yes, you may");
    assert!(matches!(state(kiosk), BadgeState::Printed(_)));
    kiosk.pass(21);
    kiosk.choose_language("English");
    kiosk.scan(demo::imported_codes()[0]);
    kiosk.is_on(Page::MyTicket);
}

#[test]
fn an_answer_changed_after_printing_prints_a_new_badge_and_says_so() {
    let (kiosk, printer) = door();
    say_yes_and_come_back(&kiosk);
    assert_eq!(printer.count(), 1);
    assert!(!kiosk.says("A new badge"));
    kiosk.press("No, thank you");
    assert_eq!(printer.count(), 2);
    assert!(kiosk.says("A new badge is on its way. Please leave the old one at the desk."), "{:?}", kiosk.labels());
    assert!(matches!(state(&kiosk), BadgeState::Printed(_)), "what stands on it is what was answered last");
    // The same answer again is nothing new.
    kiosk.press("No, thank you");
    assert_eq!(printer.count(), 2);
}

#[test]
fn where_nothing_prints_its_holder_and_staff_see_that_the_badge_says_the_old_answer() {
    let (kiosk, printer) = door();
    say_yes_and_come_back(&kiosk);
    printer.is(State::NoAnswer);
    kiosk.press("No, thank you");
    assert!(kiosk.says("Your badge still shows the old answer. The desk gives you a new one."), "{:?}", kiosk.labels());
    assert!(matches!(state(&kiosk), BadgeState::OldAnswer(_)));
    // Whoever comes back to it still reads it.
    kiosk.pass(21);
    kiosk.choose_language("English");
    kiosk.scan(demo::imported_codes()[0]);
    assert!(kiosk.says("Your badge still shows the old answer."), "{:?}", kiosk.labels());
    kiosk.pass(21);

    printer.is(State::Ready);
    kiosk.choose_language("English");
    kiosk.unlock();
    kiosk.global::<StaffAdapter>().invoke_events();
    kiosk.settle();
    let events = kiosk.global::<EventsAdapter>();
    events.invoke_open(events.get_events().row_data(0).unwrap().key);
    kiosk.settle();
    let event = kiosk.global::<EventAdapter>();
    event.invoke_open_participant(event.get_participants().row_data(0).unwrap().key);
    kiosk.settle();
    assert!(kiosk.says("with the old answer about photos."), "{:?}", kiosk.labels());
    kiosk.press("Print a new badge");
    kiosk.settle();
    assert_eq!(printer.count(), 2, "a badge that is not true is printed anew without a question");
    assert!(matches!(state(&kiosk), BadgeState::Printed(_)));
    assert!(!kiosk.says("with the old answer about photos."), "{:?}", kiosk.labels());
}

#[test]
fn who_says_no_where_an_event_only_informs_gets_a_badge_that_says_so() {
    let (kiosk, printer) = kiosk(|desk| {
        let moment = |hours: i64| (nine() + TimeDelta::hours(hours)).format("%Y-%m-%dT%H:%M").to_string();
        let input = OpenEvent {
            name: "Åbent hus".to_owned(),
            venue: String::new(),
            starts: moment(1),
            ends: moment(6),
            photos: PhotoMode::Objection,
            walk_ins: true,
            entry: EntryRule::Single,
        };
        let OpenEventOutcome::Opened(event) = open_event(desk, &Actor::Operator, &input).unwrap() else { panic!("refused") };
        let table = participant_table("name,ticket code\nAksel Brandt,code-1\n");
        import_participants(desk, &Actor::Operator, event, table, BadRows::Refuse, Run::Real).unwrap();
    });
    kiosk.scan("code-1");
    kiosk.is_on(Page::Welcome);
    assert_eq!(printer.count(), 1);
    kiosk.press("No photos of me");
    assert_eq!(printer.count(), 2, "{:?}", kiosk.labels());
    assert!(kiosk.says("A new badge is on its way"), "{:?}", kiosk.labels());
    assert!(matches!(state(&kiosk), BadgeState::Printed(_)));
}

#[test]
fn a_badge_is_promised_only_while_its_printer_answers() {
    let (kiosk, printer) = door();
    kiosk.scan(demo::imported_codes()[1]);
    kiosk.press("Yes, you may");
    assert!(kiosk.says("Your badge is on its way"), "{:?}", kiosk.labels());
    printer.is(State::NoPaper);
    kiosk.pass(1);
    assert!(kiosk.says("The desk gives you your badge") && !kiosk.says("Your badge is on its way"), "{:?}", kiosk.labels());
    kiosk.pass(21);
    kiosk.choose_language("English");
    kiosk.press("Sign in");
    kiosk.type_text("Ada Berg\tÆrø Data");
    kiosk.press("Continue");
    kiosk.type_text("kær");
    kiosk.press("Mikkel Kærulff Ågård, It-sikkerhed");
    kiosk.press("Sign in");
    kiosk.is_on(Page::SignedIn);
    assert!(kiosk.says("The desk gives you your badge") && !kiosk.says("Your badge is on its way"), "{:?}", kiosk.labels());
    printer.is(State::Ready);
    kiosk.pass(1);
    assert!(kiosk.says("Your badge is on its way"), "{:?}", kiosk.labels());
}
