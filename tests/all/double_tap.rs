//! A second touch, a held key and a finger that came down too early decide nothing on the page that has just opened.

use std::time::Duration;

use chrono::TimeDelta;
use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery, mock_elapsed_time};
use rusqlite::Connection;
use slint::platform::{Key, PointerEventButton, WindowEvent};
use slint::{ComponentHandle, LogicalPosition, SharedString};
use velkommen::app::demo;
use velkommen::app::headless::SIZES;
use velkommen::gui::window::{
    CheckInAdapter, EventAdapter, EventsAdapter, Page, PhotoState, PhotosAdapter, ScreenHelp, Session, SettingsAdapter, SetupAdapter,
    SetupStep, Shown, SignInAdapter, VisitsAdapter, WalkInAdapter,
};

use crate::accessibility::{CONTROLS, label, place, seen};
use crate::every_page::{Open, PUBLIC, STAFF, at_rest};
use crate::kiosk_given::{Given, a_door, a_first_start, a_kiosk};

/// How long after the first touch the second one comes.
const PAUSES_MS: [u64; 4] = [100, 400, 650, 900];

/// What leads back, moves what is in sight or says it otherwise: it may be touched at once.
const AT_ONCE: [&str; 13] = [
    "Back",
    "Back to visitors",
    "Language",
    "Sprog",
    "Dansk",
    "English",
    "Screen help",
    "Skærmhjælp",
    "Up",
    "Down",
    "Today",
    "Visits",
    "Events",
];

/// Time passes for the window and for the desk.
fn wait(kiosk: &Given, ms: u64) {
    (0..ms / 50).for_each(|_| mock_elapsed_time(Duration::from_millis(50)));
    kiosk.clock.advance(TimeDelta::milliseconds(ms as i64));
    kiosk.settle();
}

fn middle([left, top, right, bottom]: [f32; 4]) -> LogicalPosition {
    LogicalPosition::new((left + right) / 2.0, (top + bottom) / 2.0)
}

/// What a finger can press, and where.
fn buttons(kiosk: &Given) -> Vec<(ElementHandle, [f32; 4])> {
    let is_for_typing = |element: &ElementHandle| {
        element.accessible_role() == Some(AccessibleRole::TextInput) || element.type_name().is_some_and(|name| name == "KeyCap")
    };
    let is_idle = |element: &ElementHandle| element.accessible_enabled() == Some(false);
    seen(kiosk, &CONTROLS).into_iter().filter(|(element, _)| !is_for_typing(element) && !is_idle(element)).collect()
}

/// Everything that can have been decided: which page and step is open, and how many rows the file has of anything.
fn decided(kiosk: &Given, file: &Connection) -> Vec<String> {
    let mut found = vec![
        format!("{:?}", kiosk.kiosk.page()),
        format!("{:?}", kiosk.global::<Session>().get_overlay()),
        format!("{:?}", kiosk.global::<SignInAdapter>().get_step()),
        format!("{:?}", kiosk.global::<WalkInAdapter>().get_step()),
        format!("{:?}", kiosk.global::<PhotosAdapter>().get_state()),
        format!("{:?}", kiosk.global::<PhotosAdapter>().get_one_by_one()),
        format!("{:?}", kiosk.global::<VisitsAdapter>().get_sheet()),
        format!("{:?}", kiosk.global::<EventsAdapter>().get_sheet()),
        format!("{:?}", kiosk.global::<EventAdapter>().get_sheet()),
        format!("{:?}", kiosk.global::<SettingsAdapter>().get_sheet()),
    ];
    let mut tables = file.prepare_cached("SELECT name FROM sqlite_master WHERE type = 'table'").unwrap();
    let names: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    // A badge that the first touch has ordered comes out in its own time.
    for table in names.into_iter().filter(|name| name != "printed_badges") {
        let rows: i64 = file.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        found.push(format!("{table}: {rows}"));
    }
    found
}

/// Touches every button of every page twice, with these pauses in turn; what was decided by the second touch is told.
fn decided_by_a_second_touch(pages: &[(&str, Open)], size: (u32, u32), mut pauses_ms: impl Iterator<Item = u64>) -> Vec<String> {
    let kiosk = a_door();
    kiosk.resize(size);
    let file = kiosk.raw();
    let mut found = Vec::new();
    for (page, open) in pages {
        let arrive = || {
            at_rest(&kiosk);
            open(&kiosk);
            kiosk.settle();
            kiosk.read();
            wait(&kiosk, 300);
        };
        arrive();
        let names: Vec<String> = buttons(&kiosk).iter().map(|(element, _)| label(element)).collect();
        for (number, name) in names.iter().enumerate() {
            arrive();
            let Some((_, place)) = buttons(&kiosk).into_iter().nth(number) else { continue };
            let openings = kiosk.global::<Shown>().get_openings();
            kiosk.tap(middle(place));
            if kiosk.global::<Shown>().get_openings() == openings {
                continue;
            }
            let before = decided(&kiosk, &file);
            let pause = pauses_ms.next().unwrap();
            wait(&kiosk, pause);
            let under = under(&kiosk, middle(place));
            kiosk.tap(middle(place));
            let after = decided(&kiosk, &file);
            if before != after && !AT_ONCE.contains(&under.as_str()) {
                let differs: Vec<_> = before.iter().zip(&after).filter(|(before, after)| before != after).collect();
                found.push(format!("{page}: {name:?} twice, {pause} ms apart, pressed {under:?}: {differs:?}"));
            }
        }
    }
    found
}

/// The name of the button there.
fn under(kiosk: &Given, at: LogicalPosition) -> String {
    let is_there = |[left, top, right, bottom]: [f32; 4]| left <= at.x && at.x <= right && top <= at.y && at.y <= bottom;
    buttons(kiosk).into_iter().rev().find(|(_, place)| is_there(*place)).map(|(element, _)| label(&element)).unwrap_or_default()
}

#[test]
fn no_button_of_a_public_page_touched_twice_decides_anything_on_the_next() {
    let mut found = decided_by_a_second_touch(&PUBLIC, SIZES[0], std::iter::repeat(900));
    found.extend(decided_by_a_second_touch(&PUBLIC, SIZES[1], PAUSES_MS.into_iter().cycle()));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_button_of_a_staff_page_touched_twice_decides_anything_on_the_next() {
    let found = decided_by_a_second_touch(&STAFF, SIZES[1], PAUSES_MS.into_iter().cycle());
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn whoever_walks_in_with_a_double_tap_has_not_answered_about_pictures() {
    // Where a thumb lies: in the middle, and to either side of it.
    for (pause, aside) in [(100, 0.0), (400, 0.0), (900, 0.0), (100, -300.0), (650, -300.0), (900, 300.0)] {
        let kiosk = a_door();
        kiosk.press("Check in to today’s event");
        kiosk.press("I am not registered");
        kiosk.type_text("Ada Berg");
        kiosk.read();
        let at = middle(place(&kiosk.control("Check in")));
        for _ in 0..2 {
            kiosk.tap(LogicalPosition::new(at.x + aside, at.y));
            wait(&kiosk, pause);
        }
        kiosk.is_on(Page::Welcome);
        assert_eq!(kiosk.global::<PhotosAdapter>().get_state(), PhotoState::Open, "{pause} ms");
    }
}

#[test]
fn who_signs_in_with_a_double_tap_still_sees_the_welcome_and_its_code() {
    for pause in [100, 400, 900] {
        let kiosk = a_kiosk();
        kiosk.press("Sign in");
        kiosk.type_text("Åse");
        kiosk.press("Continue");
        kiosk.press("Somebody else");
        kiosk.read();
        let at = middle(place(&kiosk.control("Sign in")));
        kiosk.tap(at);
        wait(&kiosk, pause);
        kiosk.tap(at);
        kiosk.is_on(Page::SignedIn);
        wait(&kiosk, 1000);
        kiosk.tap(at);
        kiosk.is_on(Page::Home);
    }
}

/// In every size, text and reach: whoever touches once more where the page before had its primary action answers nothing.
#[test]
fn no_answer_about_pictures_lies_where_the_last_primary_action_was() {
    let kiosk = a_door();
    for size in SIZES {
        kiosk.resize(size);
        for (text, reach) in [(100, false), (150, false), (200, false), (100, true), (200, true)] {
            at_rest(&kiosk);
            let help = kiosk.global::<ScreenHelp>();
            help.set_text(text);
            help.set_reach(reach);
            kiosk.kiosk.go(Page::CheckIn);
            kiosk.global::<CheckInAdapter>().invoke_walk_in();
            kiosk.type_text("Ada Berg");
            kiosk.read();
            let primary = place(&kiosk.control("Check in"));
            kiosk.press("Check in");
            kiosk.read();
            wait(&kiosk, 500);
            let answers = seen(&kiosk, &[AccessibleRole::RadioButton]);
            let answers: Vec<_> =
                answers.into_iter().filter(|(element, _)| element.type_name().is_some_and(|name| name == "AnswerButton")).collect();
            assert_eq!(answers.len(), 2, "{size:?} at {text} %: both answers are in sight");
            let [yes, no] = [0, 1].map(|number| answers[number].0.size());
            assert!((yes.width - no.width).abs() < 1.0 && (yes.height - no.height).abs() < 1.0, "two equal answers");
            for (answer, place) in answers {
                let apart = place[2] <= primary[0] || primary[2] <= place[0] || place[3] <= primary[1] || primary[3] <= place[1];
                assert!(apart, "{:?} at {place:?} lies over {primary:?}: {size:?} at {text} %, reach {reach}", label(&answer));
            }
        }
    }
}

#[test]
fn a_finger_that_came_down_before_the_page_did_decides_nothing() {
    let kiosk = a_door();
    let codes = demo::imported_codes();
    kiosk.scan(codes[0]);
    kiosk.is_on(Page::Welcome);
    wait(&kiosk, 1200);
    let position = middle(place(&kiosk.control("Yes, you may")));
    let window = kiosk.window().window();
    window.dispatch_event(WindowEvent::PointerMoved { position });
    window.dispatch_event(WindowEvent::PointerPressed { position, button: PointerEventButton::Left });
    // The next one's ticket, while the finger of the one before still lies on the screen.
    kiosk.scan(codes[1]);
    kiosk.is_on(Page::Welcome);
    wait(&kiosk, 2000);
    window.dispatch_event(WindowEvent::PointerReleased { position, button: PointerEventButton::Left });
    kiosk.settle();
    assert_eq!(kiosk.global::<PhotosAdapter>().get_state(), PhotoState::Open);
    kiosk.tap(position);
    assert_eq!(kiosk.global::<PhotosAdapter>().get_state(), PhotoState::Yes, "whoever has read it answers at once");
}

#[test]
fn a_finger_that_lies_on_a_button_while_another_step_opens_does_not_press_it() {
    let kiosk = a_kiosk();
    kiosk.press("Sign in");
    kiosk.type_text("Åse");
    kiosk.read();
    let position = middle(place(&kiosk.control("Stop")));
    let window = kiosk.window().window();
    window.dispatch_event(WindowEvent::PointerMoved { position });
    window.dispatch_event(WindowEvent::PointerPressed { position, button: PointerEventButton::Left });
    kiosk.key(Key::Return);
    kiosk.settle();
    assert!(kiosk.sees("Whom are you visiting?"));
    wait(&kiosk, 2000);
    window.dispatch_event(WindowEvent::PointerReleased { position, button: PointerEventButton::Left });
    kiosk.settle();
    kiosk.is_on(Page::SignIn);
}

#[test]
fn a_scan_waits_for_nothing() {
    let kiosk = a_door();
    for code in &demo::imported_codes()[..3] {
        kiosk.scan(code);
        kiosk.is_on(Page::Welcome);
    }
}

#[test]
fn nothing_looks_as_if_it_could_not_be_pressed_while_it_waits() {
    let kiosk = a_door();
    kiosk.scan(demo::imported_codes()[0]);
    let at_once = kiosk.shot().unwrap();
    let [yes, no] = ["Yes, you may", "No, thank you"].map(|name| kiosk.control(name).accessible_enabled());
    assert_eq!([yes, no], [Some(true); 2]);
    kiosk.read();
    assert!(at_once == kiosk.shot().unwrap(), "the page looks the same before and after");
}

#[test]
fn enter_that_is_held_or_struck_twice_goes_one_step() {
    let enter = |kiosk: &Given, repeats: bool| {
        let text: SharedString = Key::Return.into();
        let event = if repeats { WindowEvent::KeyPressRepeated { text } } else { WindowEvent::KeyPressed { text } };
        kiosk.window().window().dispatch_event(event);
        wait(kiosk, 100);
    };
    for is_held in [false, true] {
        let kiosk = a_first_start();
        for (field, text) in [("Organisation", "Havnen"), ("Address", "Kajen 1"), ("Privacy contact", "data@havnen.dk")] {
            kiosk.fill(field, text);
        }
        kiosk.read();
        enter(&kiosk, false);
        assert_eq!(kiosk.global::<SetupAdapter>().get_step(), SetupStep::Person);
        for _ in 0..if is_held { 30 } else { 8 } {
            enter(&kiosk, is_held);
        }
        assert!(!kiosk.sees("We still need your name."), "the next page was not sent off empty");
    }
}

#[test]
fn space_struck_twice_on_an_answer_does_not_press_done() {
    let kiosk = a_door();
    kiosk.scan(demo::imported_codes()[0]);
    kiosk.read();
    let is_there = || ElementQuery::from_root(kiosk.window()).match_inherits("AnswerButton").find_first().is_some();
    assert!(is_there());
    kiosk.press("No, thank you");
    for pause in [100, 300, 400] {
        kiosk.control("Done").invoke_accessible_default_action();
        wait(&kiosk, pause);
        kiosk.is_on(Page::Welcome);
    }
    wait(&kiosk, 300);
    kiosk.control("Done").invoke_accessible_default_action();
    kiosk.settle();
    kiosk.is_on(Page::Home);
}
