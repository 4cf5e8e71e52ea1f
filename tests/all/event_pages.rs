//! The pages of an event: at the door, the welcome with its question, and the staff's table, import and list.

use chrono::TimeDelta;
use slint::Model;
use velkommen::app::demo;
use velkommen::desk::answer_photos::TicketHolder;
use velkommen::desk::find_participant::{Filter, FindParticipant, find_participant};
use velkommen::desk::list_events::list_events;
use velkommen::desk::show_ticket::{MyTicket, ShowTicketOutcome, show_ticket};
use velkommen::domain::access::Actor;
use velkommen::domain::check_in::Direction;
use velkommen::domain::clock::Clock;
use velkommen::domain::config::{Config, Mode};
use velkommen::domain::consent::{Answer, BadgeMark};
use velkommen::domain::ids::EventId;
use velkommen::domain::language::Language;
use velkommen::gui::ask::Message;
use velkommen::gui::window::{
    CheckInAdapter, EventAdapter, EventsAdapter, FindMeAdapter, FindMeAnswer, HomeAdapter, ImportAdapter, ImportStep, MyTicketAdapter,
    Page, ParticipantAdapter, ParticipantAnswer, PhotoAnswer, PhotoState, PhotosAdapter, PrintListAdapter, RefusalAdapter, RefusalKind,
    StaffAdapter, TicketCodeAdapter, TicketCodeFault, TodayAdapter, WelcomeAdapter,
};

use crate::kiosk_given::{Given, a_door, a_kiosk_with, nine};

fn code(number: usize) -> &'static str {
    demo::imported_codes()[number]
}

fn event(kiosk: &Given) -> EventId {
    kiosk.ask(|desk| list_events(desk, &Actor::Operator).unwrap()[0].id)
}

/// What the desk has of whoever holds this code.
fn ticket(kiosk: &Given, code: &str) -> MyTicket {
    let code = code.to_owned();
    let shown = kiosk.ask(move |desk| show_ticket(desk, &Actor::Operator, None, &TicketHolder::Code(code), Language::En).unwrap());
    match shown {
        ShowTicketOutcome::Shown(ticket) => *ticket,
        other => panic!("{other:?}"),
    }
}

fn open_event(kiosk: &Given) {
    kiosk.unlock();
    kiosk.global::<StaffAdapter>().invoke_events();
    kiosk.settle();
    let key = kiosk.global::<EventsAdapter>().get_events().row_data(0).unwrap().key;
    kiosk.global::<EventsAdapter>().invoke_open(key);
    kiosk.settle();
    kiosk.is_on(Page::Event);
}

#[test]
fn home_offers_an_event_only_while_its_doors_are_open() {
    let kiosk = a_door();
    assert_eq!(kiosk.global::<HomeAdapter>().get_events().row_count(), 1);
    kiosk.leap(TimeDelta::hours(8));
    kiosk.pass(11);
    assert_eq!(kiosk.global::<HomeAdapter>().get_events().row_count(), 0);
}

#[test]
fn a_scan_on_home_welcomes_and_asks_and_each_answer_leads_the_same_way() {
    for (number, answer, expected, state) in
        [(0, PhotoAnswer::Yes, Answer::Given, PhotoState::Yes), (1, PhotoAnswer::No, Answer::Refused, PhotoState::No)]
    {
        let kiosk = a_door();
        kiosk.scan(code(number));
        kiosk.is_on(Page::Welcome);
        assert_eq!(kiosk.global::<PhotosAdapter>().get_state(), PhotoState::Open);
        assert!(ticket(&kiosk, code(number)).inside_since.is_some(), "the check-in is done at the scan");
        kiosk.press(if answer == PhotoAnswer::Yes { "Yes, you may" } else { "No, thank you" });
        kiosk.is_on(Page::Welcome);
        assert_eq!(kiosk.global::<PhotosAdapter>().get_state(), state);
        assert!(ticket(&kiosk, code(number)).photos.rows.iter().all(|row| row.answer == Some(expected)));
        kiosk.pass(21);
        kiosk.is_on(Page::Home);
        assert_eq!(kiosk.global::<WelcomeAdapter>().get_name(), "", "nothing of the last person stays");
    }
}

#[test]
fn thirty_people_come_in_a_row_without_a_touch_but_their_answer() {
    let kiosk = a_door();
    for number in 0..30 {
        kiosk.scan(code(number));
        kiosk.is_on(Page::Welcome);
        kiosk.global::<PhotosAdapter>().invoke_answer(PhotoAnswer::No);
        kiosk.settle();
    }
    let summary = kiosk.ask(|desk| list_events(desk, &Actor::Operator).unwrap().remove(0));
    assert_eq!((summary.arrived, summary.inside), (30, 30));
}

#[test]
fn one_by_one_only_what_was_answered_is_saved_and_the_badge_says_no() {
    let kiosk = a_door();
    kiosk.scan(code(3));
    let photos = kiosk.global::<PhotosAdapter>();
    photos.invoke_open_rows();
    let keys: Vec<_> = photos.get_rows().iter().map(|row| row.key).collect();
    assert_eq!((keys.len(), photos.get_unanswered()), (4, 4));
    for (key, answer) in keys.iter().zip([PhotoAnswer::Yes, PhotoAnswer::Yes, PhotoAnswer::Yes, PhotoAnswer::No]) {
        photos.invoke_answer_row(key.clone(), answer);
    }
    assert_eq!(photos.get_unanswered(), 0);
    photos.invoke_save_rows();
    kiosk.settle();
    assert_eq!(photos.get_state(), PhotoState::Mixed);
    let shown = ticket(&kiosk, code(3)).photos;
    assert_eq!(shown.mark, BadgeMark::No);
    assert_eq!(shown.rows.iter().filter(|row| row.answer == Some(Answer::Given)).count(), 3);
}

#[test]
fn one_by_one_keeps_no_room_for_scroll_buttons_that_are_not_there() {
    let kiosk = a_door();
    kiosk.resize((1920, 1080));
    kiosk.scan(code(3));
    kiosk.press("One by one");
    kiosk.pass(1);
    let right = |label: &str| {
        let control = kiosk.control(label);
        control.absolute_position().x + control.size().width
    };
    assert!(!kiosk.sees("Down"), "all of it is in sight");
    assert_eq!(right("Language"), right("4 more to answer"));
}

#[test]
fn a_second_scan_says_since_when_and_changing_an_answer_costs_one_touch() {
    let kiosk = a_door();
    kiosk.scan(code(4));
    kiosk.press("Yes, you may");
    kiosk.pass(21);
    kiosk.leap(TimeDelta::minutes(30));
    kiosk.choose_language("English");
    kiosk.scan(code(4));
    kiosk.is_on(Page::MyTicket);
    assert_eq!(kiosk.global::<MyTicketAdapter>().get_since(), "10:00");
    assert_eq!(kiosk.global::<PhotosAdapter>().get_state(), PhotoState::Yes);
    kiosk.press("No, thank you");
    assert_eq!(kiosk.global::<PhotosAdapter>().get_state(), PhotoState::No);
    assert!(ticket(&kiosk, code(4)).photos.rows.iter().all(|row| row.answer == Some(Answer::Withdrawn)));
}

#[test]
fn another_language_reads_the_ticket_again_and_loses_nothing() {
    let kiosk = a_door();
    kiosk.scan(code(5));
    let channels = |kiosk: &Given| kiosk.global::<PhotosAdapter>().get_channels().iter().map(String::from).collect::<Vec<_>>();
    assert_eq!(channels(&kiosk), ["Our website", "Social media"]);
    kiosk.global::<velkommen::gui::window::Session>().invoke_choose_language(velkommen::gui::window::Language::Da);
    kiosk.settle();
    assert_eq!(channels(&kiosk), ["Vores hjemmeside", "Sociale medier"]);
    kiosk.is_on(Page::Welcome);
    assert_eq!(kiosk.global::<PhotosAdapter>().get_state(), PhotoState::Open);
}

#[test]
fn strangers_are_told_nothing_but_to_see_the_desk() {
    for scanned in ["nobody-has-this", "https://example.org/?pk=1234", "\u{c6}\u{d8}\u{c5}12345"] {
        let kiosk = a_door();
        kiosk.scan(scanned);
        kiosk.is_on(Page::Refusal);
        assert_eq!(kiosk.global::<RefusalAdapter>().get_kind(), RefusalKind::SeeDesk);
        kiosk.pass(21);
        kiosk.is_on(Page::Home);
    }
}

#[test]
fn four_kilobytes_of_anything_are_refused_calmly() {
    let kiosk = a_door();
    kiosk.scan(&"8Q".repeat(2048));
    kiosk.is_on(Page::Refusal);
    let everything: String = (1..0x20u8).filter(|byte| !matches!(byte, 8..=10 | 13)).map(char::from).collect();
    kiosk.scan(&format!("ABC{everything}DEF"));
    assert!(matches!(kiosk.kiosk.page(), Page::Refusal | Page::Home));
}

#[test]
fn who_comes_the_day_before_hears_when_the_doors_open() {
    let kiosk = a_kiosk_with(|desk| drop(demo::hold_event(desk, nine() + TimeDelta::days(1))));
    kiosk.scan(code(0));
    kiosk.is_on(Page::Refusal);
    let page = kiosk.global::<RefusalAdapter>();
    assert_eq!(page.get_kind(), RefusalKind::TooEarly);
    assert_eq!((page.get_opens_on().as_str(), page.get_opens_at().as_str()), ("13 March", "9:00"));
}

#[test]
fn a_code_is_typed_and_five_wrong_ones_wait() {
    let kiosk = a_door();
    kiosk.kiosk.go(Page::TicketCode);
    let page = kiosk.global::<TicketCodeAdapter>();
    page.invoke_check_in();
    assert_eq!(page.get_fault(), TicketCodeFault::Missing);
    for _ in 0..5 {
        page.set_code("4F7K2M9Q".into());
        page.invoke_check_in();
        kiosk.settle();
        assert_eq!(page.get_fault(), TicketCodeFault::Unknown);
    }
    page.set_code(code(7).into());
    page.invoke_check_in();
    kiosk.settle();
    assert_eq!(page.get_fault(), TicketCodeFault::TryLater);
    kiosk.leap(TimeDelta::minutes(6));
    kiosk.kiosk.go(Page::TicketCode);
    page.set_code(code(7).into());
    page.invoke_check_in();
    kiosk.settle();
    kiosk.is_on(Page::Welcome);
}

#[test]
fn who_knows_name_and_company_enters_and_sees_no_more_than_the_name() {
    let kiosk = a_door();
    kiosk.kiosk.go(Page::FindMe);
    let page = kiosk.global::<FindMeAdapter>();
    for (name, company) in [("Bjørn Skovgaard", ""), ("Bjørn", "Ærø Data ApS"), ("Bjørn Skovgaard", "Ærø")] {
        page.set_name(name.into());
        page.set_company(company.into());
        page.invoke_find();
        kiosk.settle();
        assert_eq!(page.get_answer(), FindMeAnswer::NotFound, "{name} {company}");
    }
    page.set_name("bjorn skovgaard".into());
    page.set_company("aeroe data aps".into());
    page.invoke_find();
    kiosk.settle();
    kiosk.is_on(Page::Welcome);
    let welcome = kiosk.global::<WelcomeAdapter>();
    assert_eq!((welcome.get_name().as_str(), welcome.get_title().as_str()), ("Bjørn Skovgaard", ""));
    assert_eq!(kiosk.global::<PhotosAdapter>().get_state(), PhotoState::Off);
}

#[test]
fn somebody_who_is_not_registered_walks_in_once() {
    let kiosk = a_door();
    kiosk.kiosk.go(Page::CheckIn);
    assert!(kiosk.global::<CheckInAdapter>().get_walk_ins());
    kiosk.press("I am not registered");
    kiosk.is_on(Page::WalkIn);
    let page = kiosk.global::<velkommen::gui::window::WalkInAdapter>();
    page.invoke_check_in();
    kiosk.settle();
    assert_eq!(page.get_name_fault(), velkommen::gui::window::Fault::Missing);
    page.set_name("Kim Larsen".into());
    page.invoke_check_in();
    page.invoke_check_in();
    kiosk.settle();
    kiosk.is_on(Page::Welcome);
    let event = event(&kiosk);
    let input = FindParticipant { event, typed: "kim larsen".to_owned(), filter: Filter::CheckedIn, offset: 0, limit: 10 };
    assert_eq!(kiosk.ask(move |desk| find_participant(desk, &Actor::Operator, &input).unwrap()).rows.len(), 1);
}

#[test]
fn a_door_rests_on_the_check_in_page_and_the_queue_needs_no_touch() {
    let place = tempfile::tempdir().unwrap();
    let clock = std::sync::Arc::new(velkommen::desk::clock::SimulatedClock::at("2026-03-12T09:00:00Z".parse().unwrap()));
    let config = Config { kiosk: false, mode: Mode::Door, ..Config::default() };
    let folder = velkommen::desk::Folder::at(place.path().join("desk"));
    let build = clock.read().wall.date_naive();
    let desk = velkommen::desk::Desk::init(folder, velkommen::desk::standard_profile(), &config, clock.clone(), build).unwrap();
    let mut desk = desk.with_secret_cost(velkommen::desk::SecretCost::CHEAP);
    demo::furnish(&mut desk).unwrap();
    demo::hold_event(&mut desk, nine()).unwrap();
    let kiosk = velkommen::app::headless::Headless::open(desk, clock).unwrap();
    kiosk.pass(11);
    assert_eq!(kiosk.kiosk.page(), Page::CheckIn);
    kiosk.pass(90);
    assert_eq!(kiosk.kiosk.page(), Page::CheckIn, "it rests, and nothing asks whether somebody is there");
    for number in 0..5 {
        kiosk.scan(code(number));
        assert_eq!(kiosk.kiosk.page(), Page::Welcome);
    }
    kiosk.pass(21);
    assert_eq!(kiosk.kiosk.page(), Page::CheckIn);
    // The event ends: reception rests on Home again.
    kiosk.leap(TimeDelta::hours(9));
    kiosk.pass(11);
    assert_eq!(kiosk.kiosk.page(), Page::Home);
}

#[test]
fn staff_search_filter_and_take_a_check_in_back() {
    let kiosk = a_door();
    kiosk.scan(code(0));
    kiosk.press("No, thank you");
    kiosk.pass(21);
    open_event(&kiosk);
    let page = kiosk.global::<EventAdapter>();
    assert_eq!((page.get_count_everybody(), page.get_count_checked_in(), page.get_count_no_photos()), (40, 1, 1));
    page.set_query("aksel".into());
    page.invoke_search("aksel".into());
    kiosk.settle();
    assert_eq!(page.get_participants().row_count(), 1);
    let row = page.get_participants().row_data(0).unwrap();
    assert_eq!(row.name, "Aksel Brandt");
    page.invoke_open_participant(row.key);
    let sheet = kiosk.global::<ParticipantAdapter>();
    assert!(sheet.get_can_undo());
    sheet.invoke_open_undo();
    sheet.invoke_undo();
    kiosk.settle();
    assert_eq!(sheet.get_reason_fault(), velkommen::gui::window::Fault::Missing);
    sheet.set_reason("Wrong person".into());
    sheet.invoke_undo();
    kiosk.settle();
    assert_eq!(sheet.get_answer(), ParticipantAnswer::Undone);
    assert_eq!(page.get_count_checked_in(), 0);
    sheet.invoke_check_in();
    kiosk.settle();
    assert_eq!(sheet.get_answer(), ParticipantAnswer::Entered);
    sheet.invoke_check_out();
    kiosk.settle();
    assert_eq!(sheet.get_answer(), ParticipantAnswer::Exited);
    let event = event(&kiosk);
    let input = FindParticipant { event, typed: "aksel".to_owned(), filter: Filter::Everybody, offset: 0, limit: 1 };
    let found = kiosk.ask(move |desk| find_participant(desk, &Actor::Operator, &input).unwrap());
    assert!(matches!(found.rows[0].last, Some((_, Direction::Exit, _))));
}

#[test]
fn a_wheel_that_turns_faster_than_pages_are_found_ends_where_it_was_turned_to() {
    let kiosk = a_door();
    open_event(&kiosk);
    let page = kiosk.global::<EventAdapter>();
    let places = || (page.get_first(), page.get_last());
    let (_, rows) = places();
    let total = page.get_of();
    let top = page.get_participants().row_data(0).unwrap();
    (0..3).for_each(|_| page.invoke_scroll(3));
    kiosk.settle();
    assert_eq!(places(), (10, 9 + rows));
    assert!(page.get_has_earlier() && page.get_participants().row_count() == rows as usize);
    (0..total).for_each(|_| page.invoke_scroll(3));
    kiosk.settle();
    assert_eq!(places(), (total - rows + 1, total), "the last one stands at the foot");
    assert!(!page.get_has_more());
    (0..total).for_each(|_| page.invoke_scroll(-3));
    kiosk.settle();
    assert_eq!(places(), (1, rows));
    assert_eq!(page.get_participants().row_data(0), Some(top));
    // Nobody has counted what a search finds.
    page.set_query("s".into());
    page.invoke_search("s".into());
    kiosk.settle();
    (0..total).for_each(|_| {
        page.invoke_scroll(3);
        kiosk.settle();
    });
    assert!(!page.get_has_more() && page.get_participants().row_count() > 0, "it stops before the end of what was found");
}

/// Waits for a step of the import.
fn step_comes(kiosk: &Given, step: ImportStep) {
    kiosk.wait_until(|| kiosk.global::<ImportAdapter>().get_step() == step);
}

#[test]
fn a_file_is_looked_at_imported_with_progress_and_counted() {
    let kiosk = a_door();
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    let rows: String = (0..450).map(|number| format!("Person {number};Udvikler;Ærø;mail{number}@example.org;x{number}\n")).collect();
    std::fs::write(file.path(), format!("Navn;Titel;Firma;E-mail;Billetkode\n{rows};;;;\nOnly;two\n")).unwrap();
    open_event(&kiosk);
    kiosk.global::<EventAdapter>().invoke_open_import();
    let sheet = kiosk.global::<ImportAdapter>();
    assert!(sheet.get_looking(), "no page waits for a stick that answers slowly");
    kiosk.settle();
    assert!(!sheet.get_looking());
    sheet.set_path(file.path().display().to_string().into());
    sheet.invoke_read();
    step_comes(&kiosk, ImportStep::Preview);
    assert_eq!((sheet.get_added(), sheet.get_bad_count()), (450, 1));
    assert_eq!(sheet.get_dropped().iter().map(String::from).collect::<Vec<_>>(), ["E-mail"]);
    assert_eq!(kiosk.global::<EventAdapter>().get_count_everybody(), 40, "nothing is written by looking");
    sheet.set_skip_bad(true);
    sheet.invoke_start();
    assert_eq!(sheet.get_step(), ImportStep::Running);
    kiosk.wait_until(|| sheet.get_done() > 0);
    assert_eq!(sheet.get_of(), 450);
    step_comes(&kiosk, ImportStep::Done);
    assert_eq!(kiosk.global::<EventAdapter>().get_count_everybody(), 490);
}

#[test]
fn an_import_that_is_stopped_leaves_nothing() {
    let kiosk = a_door();
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    let rows: String = (0..2000).map(|number| format!("Needle {number}\n")).collect();
    std::fs::write(file.path(), format!("Navn\n{rows}")).unwrap();
    open_event(&kiosk);
    kiosk.global::<EventAdapter>().invoke_open_import();
    let sheet = kiosk.global::<ImportAdapter>();
    sheet.set_path(file.path().display().to_string().into());
    sheet.invoke_read();
    step_comes(&kiosk, ImportStep::Preview);
    sheet.invoke_start();
    // Stopped before the desk has done all of it: the window learns of a slice only when it looks.
    sheet.invoke_stop();
    step_comes(&kiosk, ImportStep::Stopped);
    let pages = kiosk.ask(|desk| desk.decrypted_pages().unwrap());
    assert!(memchr::memmem::find(&pages, b"Needle 1").is_none());
}

#[test]
fn a_file_that_is_no_list_is_refused_beside_its_field() {
    use velkommen::gui::window::FileFault;
    let kiosk = a_door();
    open_event(&kiosk);
    kiosk.global::<EventAdapter>().invoke_open_import();
    let sheet = kiosk.global::<ImportAdapter>();
    sheet.invoke_read();
    assert_eq!(sheet.get_fault(), FileFault::Missing);
    let file = tempfile::NamedTempFile::new().unwrap();
    for (bytes, fault) in
        [(&b"\x89PNG\r\n\x1a\n0000"[..], FileFault::NotText), (b"a;b\n1;2\n", FileFault::NoNameColumn), (b"", FileFault::Empty)]
    {
        std::fs::write(file.path(), bytes).unwrap();
        sheet.set_path(file.path().display().to_string().into());
        sheet.invoke_read();
        kiosk.wait_until(|| sheet.get_fault() != FileFault::None);
        assert_eq!(sheet.get_fault(), fault);
        assert_eq!(sheet.get_step(), ImportStep::Choose);
    }
}

#[test]
fn the_list_is_printed_and_holds_nobody_who_is_cancelled() {
    let kiosk = a_door();
    open_event(&kiosk);
    kiosk.global::<EventAdapter>().invoke_open_print();
    kiosk.settle();
    let sheet = kiosk.global::<PrintListAdapter>();
    assert_eq!((sheet.get_count(), sheet.get_unprintable_count()), (40, 0));
    sheet.invoke_print();
    kiosk.settle();
    kiosk.wait(|message| matches!(message, Message::Printed { .. }));
    assert!(std::fs::read(kiosk.paper("list")).unwrap().starts_with(b"%PDF"));
}

#[test]
fn today_shows_the_arrivals_of_the_open_event() {
    let kiosk = a_door();
    for number in 0..3 {
        kiosk.scan(code(number));
    }
    kiosk.pass(21);
    kiosk.leap(TimeDelta::minutes(20));
    kiosk.scan(code(3));
    kiosk.pass(21);
    kiosk.unlock();
    let today = kiosk.global::<TodayAdapter>();
    assert!(today.get_has_event());
    assert_eq!((today.get_arrived_count(), today.get_registered_count(), today.get_most_arrivals()), (4, 40, 3));
    assert_eq!(today.get_arrivals().iter().map(|bar| bar.count).collect::<Vec<_>>(), [3, 1]);
}
