//! Reading aloud: everything that stands on a page is said, in its language, and nothing about a person into the room.

use std::sync::Arc;
use std::time::Duration;

use i_slint_backend_testing::{AccessibleRole, ElementQuery, mock_elapsed_time};
use velkommen::app::demo;
use velkommen::app::headless::Headless;
use velkommen::devices::Devices;
use velkommen::devices::speech::{Outlet, Recorder};
use velkommen::gui::window::{FindMeAdapter, Page};

use crate::accessibility::{CONTROLS, label, seen};
use crate::kiosk_given::{Given, a_kiosk_with_devices};

/// A kiosk on the morning of the demo's event, reading aloud, and what it has said.
fn a_reader(outlet: Outlet) -> (Given, Arc<Recorder>) {
    let voice = Arc::new(Recorder::new(outlet));
    let kiosk = a_kiosk_with_devices(Devices { voice: Some(voice.clone()), ..Devices::default() }, |desk| {
        let nine: chrono::DateTime<chrono::Utc> = "2026-03-12T09:00:00Z".parse().unwrap();
        demo::hold_event(desk, nine.with_timezone(&chrono_tz::Europe::Copenhagen)).unwrap();
    });
    kiosk.pass(11);
    ask_to_read(&kiosk);
    (kiosk, voice)
}

/// As somebody does who stands in front of the first page.
fn ask_to_read(kiosk: &Given) {
    let headless: &Headless = kiosk;
    headless.kiosk.rest();
    kiosk.choose_language("English");
    kiosk.press("Screen help");
    kiosk.press("Read aloud");
    kiosk.press("Done");
    listen(kiosk);
}

/// As long as a page needs to open and to be read.
fn listen(kiosk: &Given) {
    for _ in 0..6 {
        ElementQuery::from_root(kiosk.window()).match_predicate(|_| true).find_all();
        mock_elapsed_time(Duration::from_millis(300));
    }
    kiosk.settle();
}

/// What was said since `before` lines.
fn said(kiosk: &Given, voice: &Recorder, before: usize) -> Vec<String> {
    listen(kiosk);
    voice.transcript().split_off(before)
}

/// What is on the page for eyes, beside the keys to type with.
fn written(kiosk: &Given) -> Vec<String> {
    let roles: Vec<_> = CONTROLS.into_iter().chain([AccessibleRole::Text]).collect();
    let is_key = |name: Option<slint::SharedString>| name.is_some_and(|name| name == "KeyCap");
    seen(kiosk, &roles).into_iter().filter(|(element, _)| !is_key(element.type_name())).map(|(element, _)| label(&element)).collect()
}

#[track_caller]
fn all_is_said(kiosk: &Given, said: &[String]) {
    for text in written(kiosk) {
        assert!(said.iter().any(|line| line.contains(&text)), "{text:?} is not in {said:#?}");
    }
}

/// What the participant and the visitor of these tests have that nobody else is to hear.
const PRIVATE: [&str; 6] = ["Åse", "Brændgaard", "Kærulff", "Ærø", "Freja", "Skytte"];

#[test]
fn through_headphones_everything_on_the_page_is_said() {
    let (kiosk, voice) = a_reader(Outlet::Headphones);
    let mut before = 0;
    let mut open = |kiosk: &Given, way: &dyn Fn(&Given)| {
        way(kiosk);
        let said = said(kiosk, &voice, before);
        all_is_said(kiosk, &said);
        before += said.len();
    };
    open(&kiosk, &|_| {});
    open(&kiosk, &|kiosk| kiosk.press("Sign in"));
    open(&kiosk, &|kiosk| {
        kiosk.type_text("Åse Brændgaard");
        kiosk.press("Continue");
    });
    open(&kiosk, &|kiosk| kiosk.press("Somebody else"));
    open(&kiosk, &|kiosk| kiosk.press("Sign in"));
    kiosk.is_on(Page::SignedIn);
    // The next ticket is the next person's, who has asked for nothing.
    open(&kiosk, &|kiosk| {
        ask_to_read(kiosk);
        kiosk.scan(demo::imported_codes()[0]);
    });
    kiosk.is_on(Page::Welcome);
}

#[test]
fn nothing_about_a_person_is_said_into_the_room() {
    let (kiosk, voice) = a_reader(Outlet::Speaker);
    kiosk.press("Sign in");
    listen(&kiosk);
    kiosk.type_text("Åse Brændgaard");
    kiosk.press("Continue");
    listen(&kiosk);
    kiosk.type_text("Kæ");
    listen(&kiosk);
    let row = kiosk.labels().into_iter().find(|label| label.contains("Kærulff")).unwrap();
    kiosk.press(&row);
    listen(&kiosk);
    kiosk.press("Sign in");
    listen(&kiosk);
    kiosk.is_on(Page::SignedIn);
    let code = kiosk.global::<velkommen::gui::window::SignedInAdapter>().get_code();
    assert!(kiosk.says("Åse"), "the page shows the name");
    let mut private: Vec<String> = PRIVATE.map(str::to_owned).to_vec();
    private.push(code.into());
    for _ in 0..2 {
        ask_to_read(&kiosk);
        kiosk.scan(demo::imported_codes()[0]);
        listen(&kiosk);
        let page = kiosk.global::<velkommen::gui::window::WelcomeAdapter>();
        private.extend([page.get_name(), page.get_title(), page.get_company()].map(String::from));
    }
    kiosk.is_on(Page::MyTicket);
    private.retain(|text| !text.is_empty());
    let transcript = voice.transcript();
    assert!(transcript.iter().any(|line| line.contains("We use photos and video only here")), "{transcript:#?}");
    for text in &private {
        assert!(transcript.iter().all(|line| !line.contains(text)), "{text:?} is in {transcript:#?}");
    }
}

#[test]
fn a_complaint_is_said_when_it_comes() {
    let (kiosk, voice) = a_reader(Outlet::Speaker);
    kiosk.press("Sign in");
    listen(&kiosk);
    let before = voice.transcript().len();
    kiosk.press("Continue");
    assert!(said(&kiosk, &voice, before).contains(&"en: We still need your name.".to_owned()));
    ask_to_read(&kiosk);
    kiosk.press("Check in to today’s event");
    kiosk.press("Find my name");
    listen(&kiosk);
    let before = voice.transcript().len();
    kiosk.type_text("Ingen Kender");
    kiosk.global::<FindMeAdapter>().invoke_find();
    kiosk.settle();
    assert!(said(&kiosk, &voice, before).contains(&"en: We do not find you by that. Please see the desk.".to_owned()));
}

#[test]
fn whoever_goes_by_the_tab_key_hears_where_they_are() {
    let (kiosk, voice) = a_reader(Outlet::Speaker);
    kiosk.press("Sign in");
    listen(&kiosk);
    let before = voice.transcript().len();
    kiosk.key(slint::platform::Key::Tab);
    let said = said(&kiosk, &voice, before);
    assert!(said.iter().any(|line| line.starts_with("en: Company")), "{said:?}");
}

#[test]
fn another_language_is_read_in_that_language() {
    let (kiosk, voice) = a_reader(Outlet::Speaker);
    let before = voice.transcript().len();
    kiosk.choose_language("Dansk");
    let said = said(&kiosk, &voice, before);
    assert!(said.iter().any(|line| line.starts_with("da: Velkommen til")), "{said:?}");
    let last = said.iter().rposition(|line| line.starts_with("en:"));
    let first = said.iter().position(|line| line.starts_with("da:"));
    assert!(last < first, "no page is half in one and half in the other: {said:#?}");
}

#[test]
fn the_voice_ends_with_the_session() {
    let (kiosk, voice) = a_reader(Outlet::Speaker);
    kiosk.press("Sign in");
    listen(&kiosk);
    kiosk.press("Stop");
    let before = voice.transcript().len();
    kiosk.press("Meld afgang");
    assert!(voice.transcript()[..before].ends_with(&["-".to_owned()]));
    assert!(said(&kiosk, &voice, before).is_empty());
}

#[test]
fn the_next_person_has_asked_for_nothing() {
    let (kiosk, voice) = a_reader(Outlet::Speaker);
    kiosk.scan(demo::imported_codes()[0]);
    listen(&kiosk);
    let before = voice.transcript().len();
    assert!(before > 0);
    kiosk.scan(demo::imported_codes()[1]);
    kiosk.is_on(Page::Welcome);
    assert!(said(&kiosk, &voice, before).iter().all(|line| line == "-"));
}

#[test]
fn a_kiosk_without_a_voice_does_not_offer_it() {
    let kiosk = a_kiosk_with_devices(Devices::default(), |_| {});
    kiosk.press("Screen help");
    assert!(!kiosk.sees("Read aloud"));
}
