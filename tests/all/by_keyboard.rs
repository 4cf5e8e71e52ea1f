//! Every public journey by keyboard alone: Tab to a control, whose name is told when it has the focus, and Enter.

use std::cell::RefCell;
use std::rc::Rc;

use i_slint_backend_testing::{AccessibleRole, ElementQuery};
use slint::ComponentHandle;
use slint::platform::Key;
use velkommen::app::demo;
use velkommen::app::headless::SIZES;
use velkommen::desk::list_events::list_events;
use velkommen::domain::access::Actor;
use velkommen::gui::window::{
    FindMeAdapter, HomeAdapter, Language, Overlay, Page, PhotoState, PhotosAdapter, ScreenHelp, Session, Shown, SignInAdapter, SignInStep,
};

use crate::accessibility::{CONTROLS, label, place};
use crate::every_page::{PUBLIC, STAFF, at_rest};
use crate::kiosk_given::{Given, a_kiosk_with};

/// Somebody at the keys, and the names of what had the focus.
struct Keys {
    kiosk: Given,
    focused: Rc<RefCell<Vec<String>>>,
}

/// No page has more stops than this.
const STOPS: usize = 60;

fn at_the_keys() -> Keys {
    let kiosk = a_kiosk_with(|desk| {
        let nine: chrono::DateTime<chrono::Utc> = "2026-03-12T09:00:00Z".parse().unwrap();
        demo::hold_event(desk, nine.with_timezone(&chrono_tz::Europe::Copenhagen)).unwrap();
    });
    kiosk.pass(11);
    let focused = Rc::new(RefCell::new(Vec::new()));
    kiosk.global::<Shown>().on_came({
        let focused = focused.clone();
        move |text, _| focused.borrow_mut().push(text.into())
    });
    Keys { kiosk, focused }
}

impl Keys {
    /// One press of Tab; the name of what has the focus then.
    fn tab(&self) -> Option<String> {
        self.focused.borrow_mut().clear();
        self.kiosk.key(Key::Tab);
        self.kiosk.settle();
        self.focused.borrow().last().cloned()
    }

    /// Goes on with Tab until this control has the focus.
    #[track_caller]
    fn go_to(&self, name: &str) {
        self.kiosk.pass(1);
        let mut met = Vec::new();
        for _ in 0..STOPS {
            let Some(focused) = self.tab() else { continue };
            if focused == name {
                return;
            }
            met.push(focused);
        }
        panic!("{name:?} never had the focus, but {met:?}");
    }

    #[track_caller]
    fn press(&self, name: &str) {
        self.go_to(name);
        self.kiosk.key(Key::Return);
        self.kiosk.pass(1);
    }

    /// What Tab reaches from here until it comes round.
    fn round(&self) -> Vec<String> {
        self.kiosk.pass(1);
        let mut met: Vec<String> = Vec::new();
        for _ in 0..STOPS {
            let Some(focused) = self.tab() else { continue };
            if met.first() == Some(&focused) {
                break;
            }
            met.push(focused);
        }
        met
    }
}

/// The controls of the page that is open. The keys of the screen are for fingers: who has keys needs no others.
fn controls(kiosk: &Given) -> Vec<String> {
    let is_control = |element: &i_slint_backend_testing::ElementHandle| {
        element.accessible_role().is_some_and(|role| CONTROLS.contains(&role) && role != AccessibleRole::ListItem)
            && element.accessible_enabled() != Some(false)
            && element.type_name().is_none_or(|name| name != "KeyCap")
    };
    ElementQuery::from_root(kiosk.window()).match_predicate(is_control).find_all().iter().map(label).collect()
}

#[test]
fn a_visitor_signs_in() {
    let keys = at_the_keys();
    keys.press("Sign in");
    keys.kiosk.type_text("Åse Brændgaard");
    keys.press("Continue");
    keys.kiosk.type_text("kær");
    let row = keys.kiosk.labels().into_iter().find(|label| label.contains("Kærulff")).unwrap();
    keys.press(&row);
    keys.press("Sign in");
    keys.kiosk.is_on(Page::SignedIn);
    keys.press("Done");
    keys.kiosk.is_on(Page::Home);
    assert_eq!(keys.kiosk.names(), ["Åse Brændgaard"]);
}

/// However little room large words leave, whoever opens a form can type at once.
#[test]
fn what_is_typed_arrives_in_every_text_size() {
    let keys = at_the_keys();
    for size in SIZES {
        for text in [100, 150, 200] {
            keys.kiosk.resize(size);
            let typed = |page, field| {
                keys.kiosk.kiosk.rest();
                keys.kiosk.global::<Session>().invoke_choose_language(Language::En);
                keys.kiosk.global::<ScreenHelp>().set_text(text);
                keys.kiosk.kiosk.go(page);
                keys.kiosk.pass(1);
                keys.kiosk.type_text("K7PQ");
                assert_eq!(keys.kiosk.value(field), "K7PQ", "{page:?} at {text} % on {size:?}");
            };
            typed(Page::SignIn, "Your name");
            typed(Page::FindMe, "Your whole name");
            typed(Page::SignOut, "Your code, eight letters and digits");
            typed(Page::TicketCode, "The ticket’s code, eight letters and digits");
        }
    }
}

#[test]
fn a_visitor_signs_out() {
    let keys = at_the_keys();
    keys.kiosk.press("Sign in");
    keys.kiosk.type_text("Åse");
    keys.kiosk.press("Continue");
    keys.kiosk.press("Somebody else");
    keys.kiosk.press("Sign in");
    let code = keys.kiosk.global::<velkommen::gui::window::SignedInAdapter>().get_code();
    keys.kiosk.press("Done");
    keys.kiosk.choose_language("English");
    keys.press("Sign out");
    keys.kiosk.type_text(&code.replace(' ', ""));
    keys.press("Sign out");
    keys.kiosk.is_on(Page::SignedOut);
    assert!(keys.kiosk.names().is_empty());
}

#[test]
fn a_participant_types_the_code_and_answers() {
    let keys = at_the_keys();
    let code = keys.kiosk.ask(|desk| {
        let event = list_events(desk, &Actor::Operator).unwrap()[0].id;
        demo::tickets(desk, event).unwrap()[0].short_code.as_str().to_owned()
    });
    keys.press("Check in to today’s event");
    keys.press("Type the code");
    keys.kiosk.type_text(&code);
    keys.press("Check in");
    keys.kiosk.is_on(Page::Welcome);
    keys.press("No, thank you");
    assert_eq!(keys.kiosk.global::<PhotosAdapter>().get_state(), PhotoState::No);
    keys.press("Done");
    keys.kiosk.is_on(Page::Home);
}

#[test]
fn screen_help_language_and_the_notice_are_reached() {
    let keys = at_the_keys();
    keys.press("Screen help");
    keys.press("High contrast");
    keys.press("Done");
    assert!(keys.kiosk.global::<velkommen::gui::window::ScreenHelp>().get_contrast());
    keys.press("Language");
    keys.press("Deutsch");
    assert_eq!(keys.kiosk.global::<Session>().get_language(), Language::De);
    keys.press("Datenschutz");
    keys.kiosk.is_on(Page::Notice);
}

#[test]
fn escape_goes_back_and_loses_nothing() {
    let keys = at_the_keys();
    keys.press("Sign in");
    keys.kiosk.type_text("Åse");
    keys.press("Screen help");
    keys.kiosk.key(Key::Escape);
    keys.kiosk.pass(1);
    keys.kiosk.is_on(Page::SignIn);
    assert_eq!(keys.kiosk.global::<SignInAdapter>().get_name(), "Åse");
}

/// On each page Tab comes by every control and round again, so nobody is caught anywhere.
#[test]
fn tab_reaches_every_control_and_comes_round() {
    let keys = at_the_keys();
    type Open = fn(&Given);
    let open: [(&str, Open); 8] = [
        ("home", |_| {}),
        ("sign in", |kiosk| kiosk.press("Sign in")),
        ("sign out", |kiosk| kiosk.press("Sign out")),
        ("check in", |kiosk| kiosk.press("Check in to today’s event")),
        ("find me", |kiosk| {
            kiosk.press("Check in to today’s event");
            kiosk.press("Find my name");
            assert!(kiosk.global::<FindMeAdapter>().get_name().is_empty());
        }),
        ("welcome", |kiosk| kiosk.scan(demo::imported_codes()[0])),
        ("my ticket", |kiosk| kiosk.scan(demo::imported_codes()[0])),
        ("unlock", |kiosk| kiosk.global::<HomeAdapter>().invoke_staff()),
    ];
    for (page, open) in open {
        let headless: &velkommen::app::headless::Headless = &keys.kiosk;
        headless.kiosk.rest();
        keys.kiosk.choose_language("English");
        open(&keys.kiosk);
        keys.kiosk.settle();
        let round = keys.round();
        for control in controls(&keys.kiosk) {
            let is_met = |met: &String| *met == control || met.starts_with(&format!("{control}. "));
            assert!(round.iter().any(is_met), "{page}: {control:?} is not among {round:?}");
        }
    }
}

/// A press of Tab that leads to nothing one can see leaves whoever has no mouse lost.
#[test]
fn every_press_of_tab_shows_where_it_went_on_every_page() {
    let keys = at_the_keys();
    let mut found = Vec::new();
    for (page, open) in PUBLIC.iter().chain(&STAFF) {
        at_rest(&keys.kiosk);
        open(&keys.kiosk);
        keys.kiosk.settle();
        keys.kiosk.pass(1);
        let met: Vec<_> = (0..14).map(|_| keys.tab()).collect();
        if met.contains(&None) {
            found.push(format!("{page}: {met:?}"));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn escape_leads_back_from_every_page() {
    let keys = at_the_keys();
    let kiosk = &keys.kiosk;
    let leads_to = |page: &str| match page {
        "host" | "notice" | "are you there" => Page::SignIn,
        "find me" | "walk-in" => Page::CheckIn,
        "one by one" => Page::Welcome,
        "today" | "visits" | "events" | "setup" => Page::Today,
        "participants" => Page::Events,
        // Who is missing in a fire is not left by a key.
        "roll call" => Page::RollCall,
        _ => Page::Home,
    };
    for (page, open) in PUBLIC.iter().chain(&STAFF) {
        at_rest(kiosk);
        open(kiosk);
        kiosk.settle();
        kiosk.read();
        kiosk.key(Key::Escape);
        kiosk.pass(1);
        assert_eq!(kiosk.kiosk.page(), leads_to(page), "from {page}");
        let step = kiosk.global::<SignInAdapter>().get_step();
        match *page {
            "host" => assert_eq!(step, SignInStep::Who),
            "notice" => assert_eq!(step, SignInStep::Host),
            "one by one" => assert!(!kiosk.global::<PhotosAdapter>().get_one_by_one()),
            _ => assert!(!kiosk.is_covered() && kiosk.global::<Session>().get_overlay() == Overlay::None, "{page}"),
        }
    }
}

#[test]
fn a_key_of_the_screen_that_is_held_types_its_letter_and_offers_its_forms() {
    let keys = at_the_keys();
    let kiosk = &keys.kiosk;
    kiosk.press("Sign in");
    kiosk.read();
    let name = || kiosk.value("Your name");
    let finger = |label: &str| {
        let [left, top, right, bottom] = place(&kiosk.control(label));
        slint::LogicalPosition::new((left + right) / 2.0, (top + bottom) / 2.0)
    };
    let window = kiosk.window().window();
    let hold = |label: &str| {
        let position = finger(label);
        let button = slint::platform::PointerEventButton::Left;
        window.dispatch_event(slint::platform::WindowEvent::PointerMoved { position });
        window.dispatch_event(slint::platform::WindowEvent::PointerPressed { position, button });
        kiosk.pass(1);
        window.dispatch_event(slint::platform::WindowEvent::PointerReleased { position, button });
        kiosk.settle();
    };
    hold("E");
    assert_eq!(name(), "E", "once, however long");
    kiosk.tap(finger("É"));
    assert_eq!(name(), "É", "the form takes the letter's place");
    hold("o");
    kiosk.tap(finger("n"));
    assert_eq!(name(), "Éon", "the next letter is not swallowed");
    assert!(!kiosk.sees("ö"), "and the row is gone");
    hold("a");
    kiosk.tap(finger("Continue"));
    assert_eq!(kiosk.global::<SignInAdapter>().get_step(), SignInStep::Host, "nor is a press beside the keys");
    assert_eq!(kiosk.global::<SignInAdapter>().get_name(), "Éona");
}

/// One key with Control held.
fn control(kiosk: &Given, letter: &str) {
    let control: slint::SharedString = Key::Control.into();
    let window = kiosk.window().window();
    window.dispatch_event(slint::platform::WindowEvent::KeyPressed { text: control.clone() });
    kiosk.key(letter);
    window.dispatch_event(slint::platform::WindowEvent::KeyReleased { text: control });
    kiosk.settle();
}

#[test]
fn what_one_person_copied_the_next_cannot_paste() {
    let keys = at_the_keys();
    let kiosk = &keys.kiosk;
    kiosk.press("Sign in");
    kiosk.type_text("Karen Kærsgård");
    control(kiosk, "a");
    control(kiosk, "c");
    control(kiosk, "v");
    assert_eq!(kiosk.value("Your name"), "Karen Kærsgård", "not even by themselves");
    kiosk.kiosk.rest();
    kiosk.choose_language("English");
    kiosk.press("Sign in");
    control(kiosk, "v");
    assert_eq!(kiosk.value("Your name"), "");
}

#[test]
fn no_secret_can_be_copied() {
    let keys = at_the_keys();
    let kiosk = &keys.kiosk;
    kiosk.global::<HomeAdapter>().invoke_staff();
    kiosk.type_text("x\t246810");
    control(kiosk, "a");
    control(kiosk, "c");
    kiosk.kiosk.rest();
    kiosk.choose_language("English");
    kiosk.press("Sign in");
    control(kiosk, "v");
    assert_eq!(kiosk.value("Your name"), "");
    kiosk.kiosk.rest();
    kiosk.choose_language("English");
    kiosk.unlock();
    kiosk.press("Visits");
    kiosk.fill("Search name, company or host", "");
    control(kiosk, "v");
    assert!(!kiosk.says("246810"));
}
