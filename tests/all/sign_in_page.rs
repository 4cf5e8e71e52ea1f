//! Signing in at the screen: from Home to the code, with the keyboard, with the screen's keys, and with hard names.

use i_slint_backend_testing::{AccessibleRole, ElementQuery};
use velkommen::desk::import_hosts::{HostRow, import_hosts};
use velkommen::domain::access::Actor;
use velkommen::gui::window::{Page, SignInAdapter, SignInStep, SignedInAdapter};

use crate::kiosk_given::{Given, a_kiosk, a_kiosk_with};

const MIKKEL: &str = "Mikkel Kærulff Ågård, It-sikkerhed";
const FIELDS: [&str; 4] = ["Your name", "Company", "Title", "Note"];

fn at_the_form() -> Given {
    let kiosk = a_kiosk();
    kiosk.press("Sign in");
    kiosk.is_on(Page::SignIn);
    kiosk
}

fn step(kiosk: &Given) -> SignInStep {
    kiosk.global::<SignInAdapter>().get_step()
}

/// The hosts that stand on the screen to be chosen.
fn hosts_shown(kiosk: &Given) -> Vec<String> {
    let rows = ElementQuery::from_root(kiosk.window()).match_inherits("ListRow").find_all();
    rows.iter().filter_map(|row| row.accessible_label().map(String::from)).collect()
}

#[test]
fn a_visitor_signs_in_and_the_row_says_what_was_typed() {
    let kiosk = at_the_form();
    kiosk.type_text("Åse Brændgaard\tÆrø Data\tUdvikler");
    kiosk.press("Continue");
    kiosk.type_text("kær");
    kiosk.press(MIKKEL);
    assert_eq!(step(&kiosk), SignInStep::Notice);
    assert!(kiosk.visits().is_empty(), "nothing is kept before the notice was shown");
    kiosk.press("Sign in");
    kiosk.is_on(Page::SignedIn);
    assert!(kiosk.sees("Welcome, Åse Brændgaard"));
    assert!(kiosk.sees("You signed in at 10:00."));
    assert!(kiosk.sees("Reception will call Mikkel Kærulff Ågård"));
    let visits = kiosk.visits();
    let [visit] = &visits[..] else { panic!("{} visits", visits.len()) };
    assert_eq!(
        (visit.name.as_str(), visit.company.as_deref(), visit.title.as_deref(), visit.host.as_deref()),
        ("Åse Brændgaard", Some("Ærø Data"), Some("Udvikler"), Some("Mikkel Kærulff Ågård"))
    );
    let code = kiosk.global::<SignedInAdapter>().get_code();
    assert!(kiosk.sees(&code), "the code stands on the screen");
    assert_eq!(code.len(), 9);
    assert_eq!(&code[4..5], " ");
}

#[test]
fn from_home_to_signed_in_takes_four_presses_besides_typing() {
    let kiosk = a_kiosk();
    let presses = ["Sign in", "Continue", MIKKEL, "Sign in"];
    kiosk.press(presses[0]);
    kiosk.type_text("Åse");
    kiosk.press(presses[1]);
    kiosk.type_text("mi");
    kiosk.press(presses[2]);
    kiosk.press(presses[3]);
    kiosk.is_on(Page::SignedIn);
    assert!(presses.len() <= 4);
}

#[test]
fn a_visitor_who_knows_no_host_goes_on_with_nobody_or_with_what_was_typed() {
    for (typed, host) in [("", None), ("Fru Nielsen", Some("Fru Nielsen")), ("bo skov", Some("Bo Skov"))] {
        let kiosk = at_the_form();
        kiosk.type_text("Åse");
        kiosk.press("Continue");
        kiosk.type_text(typed);
        kiosk.press("Somebody else");
        kiosk.press("Sign in");
        assert_eq!(kiosk.visits()[0].host.as_deref(), host, "{typed:?}");
    }
}

#[test]
fn a_double_press_on_each_button_of_the_flow_does_it_once() {
    let kiosk = a_kiosk();
    kiosk.press_twice("Sign in");
    kiosk.is_on(Page::SignIn);
    assert_eq!(step(&kiosk), SignInStep::Who);
    assert!(FIELDS.iter().all(|field| kiosk.value(field).is_empty()), "the second press typed nothing");
    kiosk.type_text("Åse");
    kiosk.press_twice("Continue");
    assert_eq!(step(&kiosk), SignInStep::Host);
    kiosk.type_text("kær");
    kiosk.press_twice(MIKKEL);
    kiosk.is_on(Page::SignIn);
    assert_eq!(step(&kiosk), SignInStep::Notice);
    kiosk.press_twice("Read the full text");
    kiosk.is_on(Page::Notice);
    kiosk.press_twice("Back");
    kiosk.is_on(Page::SignIn);
    assert_eq!(step(&kiosk), SignInStep::Notice);
    kiosk.press_twice("Back");
    assert_eq!(step(&kiosk), SignInStep::Host);
    kiosk.press_twice("Back");
    assert_eq!(step(&kiosk), SignInStep::Who);
    kiosk.press_twice("Continue");
    kiosk.press_twice(MIKKEL);
    kiosk.press_twice("Sign in");
    kiosk.is_on(Page::SignedIn);
    assert_eq!(kiosk.names(), ["Åse"], "one visit, and its code stays on the screen");
    kiosk.press_twice("Done");
    kiosk.is_on(Page::Home);
}

#[test]
fn a_press_while_the_desk_still_works_is_not_a_second_one() {
    let kiosk = at_the_form();
    kiosk.type_text("Åse");
    kiosk.press("Continue");
    kiosk.press("Somebody else");
    let button = kiosk.control("Sign in");
    kiosk.read();
    button.invoke_accessible_default_action();
    button.invoke_accessible_default_action();
    kiosk.settle();
    assert_eq!(kiosk.names(), ["Åse"]);
}

#[test]
fn back_and_the_other_language_keep_what_was_typed() {
    let kiosk = at_the_form();
    kiosk.type_text("Åse Brændgaard\tÆrø Data\tUdvikler\tMed hund");
    kiosk.press("Continue");
    kiosk.type_text("kær");
    kiosk.press(MIKKEL);
    kiosk.press("Back");
    assert_eq!(kiosk.value("Whom are you visiting?"), "Mikkel Kærulff Ågård");
    kiosk.press("Back");
    let typed = ["Åse Brændgaard", "Ærø Data", "Udvikler", "Med hund"];
    assert_eq!(FIELDS.map(|field| kiosk.value(field)), typed);
    kiosk.choose_language("Dansk");
    assert_eq!(["Dit navn", "Firma", "Titel", "Bemærkning"].map(|field| kiosk.value(field)), typed);
    kiosk.press("Fortsæt");
    kiosk.choose_language("English");
    assert_eq!(kiosk.value("Whom are you visiting?"), "Mikkel Kærulff Ågård");
    kiosk.press("Continue");
    kiosk.press(MIKKEL);
    kiosk.press("Sign in");
    let visit = &kiosk.visits()[0];
    assert_eq!((visit.name.as_str(), visit.host.as_deref()), ("Åse Brændgaard", Some("Mikkel Kærulff Ågård")));
}

#[test]
fn reading_the_full_notice_keeps_what_was_typed() {
    let kiosk = at_the_form();
    kiosk.type_text("Åse");
    kiosk.press("Continue");
    kiosk.press("Somebody else");
    kiosk.press("Read the full text");
    kiosk.is_on(Page::Notice);
    kiosk.press("Back");
    kiosk.press("Sign in");
    assert_eq!(kiosk.names(), ["Åse"]);
}

#[test]
fn stopping_forgets_everything_typed() {
    let kiosk = at_the_form();
    kiosk.type_text("Åse Brændgaard\tÆrø Data");
    kiosk.press("Stop");
    kiosk.is_on(Page::Home);
    kiosk.choose_language("English");
    kiosk.press("Sign in");
    assert_eq!(FIELDS.map(|field| kiosk.value(field)), [""; 4]);
}

#[test]
fn a_fault_stands_beside_its_field_and_the_focus_returns_there() {
    let kiosk = at_the_form();
    kiosk.type_text("\tÆrø Data");
    kiosk.press("Continue");
    assert_eq!(step(&kiosk), SignInStep::Who);
    kiosk.complains("Your name", "We still need your name.");
    assert_eq!(kiosk.focused(&FIELDS), Some("Your name"));
    kiosk.type_text("Å");
    assert!(!kiosk.sees("We still need your name."), "typing answers the complaint");
    kiosk.fill("Company", &"Æ".repeat(201));
    kiosk.press("Continue");
    kiosk.complains("Company", "That is more than we can keep. Make it a little shorter.");
    assert_eq!(kiosk.focused(&FIELDS), Some("Company"));
}

#[test]
fn what_was_wrong_with_the_host_is_said_beside_the_host() {
    let kiosk = at_the_form();
    kiosk.type_text("Åse");
    kiosk.press("Continue");
    kiosk.fill("Whom are you visiting?", &"x".repeat(201));
    kiosk.press("Somebody else");
    kiosk.press("Sign in");
    assert_eq!(step(&kiosk), SignInStep::Host);
    assert!(kiosk.sees("That is more than we can keep. Make it a little shorter."));
    assert_eq!(kiosk.focused(&["Whom are you visiting?"]), Some("Whom are you visiting?"));
    assert!(kiosk.visits().is_empty());
}

#[test]
fn enter_in_a_field_goes_on_once() {
    let kiosk = at_the_form();
    kiosk.read();
    kiosk.type_text("Åse\n\n");
    assert_eq!(step(&kiosk), SignInStep::Host);
}

#[test]
fn the_keys_on_the_screen_are_those_of_the_language() {
    let kiosk = at_the_form();
    for (language, letters) in [("Dansk", "æøå"), ("Svenska", "öäå"), ("Norsk", "øæå"), ("Deutsch", "üöäß")] {
        kiosk.choose_language(language);
        for letter in letters.chars() {
            let name = letter.to_string();
            assert!(kiosk.sees(&name) || kiosk.sees(&name.to_uppercase()), "{language}: {letter}");
        }
    }
    kiosk.choose_language("Dansk");
    // The first letter is a capital by itself, the ones after it are not.
    for key in ["Æ", "æ", "ø", "å"] {
        kiosk.press(key);
    }
    assert_eq!(kiosk.value("Dit navn"), "Ææøå");
}

#[test]
fn the_keys_on_the_screen_type_capitals_digits_and_accents() {
    let kiosk = at_the_form();
    for key in ["A", "b", "space"] {
        kiosk.press(key);
    }
    kiosk.press("Capital letter");
    for key in ["K", "k", "123", "7", "abc", "x", "Delete the last letter", "Letters with accents", "é", "Apostrophe", "Full stop"] {
        kiosk.press(key);
    }
    assert_eq!(kiosk.value("Your name"), "Ab Kk7é’.");
    kiosk.press("Next field");
    kiosk.press("Letters with accents");
    kiosk.press("B");
    kiosk.press("b");
    assert_eq!(kiosk.value("Company"), "Bb");
    kiosk.press("Capital letter");
    kiosk.press("Capital letters, locked");
    for key in ["A", "B"] {
        kiosk.press(key);
    }
    kiosk.press("Small letters");
    kiosk.press("c");
    assert_eq!(kiosk.value("Company"), "BbABc");
}

#[test]
fn a_finger_on_the_keys_of_the_screen_leaves_the_focus_in_the_field() {
    let kiosk = at_the_form();
    kiosk.pass(1);
    let key = kiosk.control("S");
    key.mock_single_click(slint::platform::PointerEventButton::Left);
    kiosk.settle();
    kiosk.type_text("øren");
    assert_eq!(kiosk.value("Your name"), "Søren");
}

#[test]
fn hosts_show_from_the_second_letter_and_never_more_than_five() {
    let kiosk = a_kiosk_with(|desk| {
        let row = |number| HostRow { name: format!("Kær Nummer{number}"), department: String::new(), email: String::new() };
        import_hosts(desk, &Actor::Operator, &(0..40).map(row).collect::<Vec<_>>()).unwrap();
    });
    kiosk.press("Sign in");
    kiosk.type_text("Åse");
    kiosk.press("Continue");
    assert!(hosts_shown(&kiosk).is_empty());
    kiosk.type_text("k");
    assert!(hosts_shown(&kiosk).is_empty(), "one letter shows nobody");
    kiosk.type_text("æ");
    assert_eq!(hosts_shown(&kiosk).len(), 5);
    kiosk.type_text("rq");
    assert!(hosts_shown(&kiosk).is_empty());
}

#[test]
fn no_query_shows_the_directory() {
    let kiosk = at_the_form();
    kiosk.type_text("Åse");
    kiosk.press("Continue");
    for typed in ["", " ", "  ", "*", "%", "%%", "__", ". .", "k a", "\u{200B}\u{200B}", "a b c", "''", "--"] {
        kiosk.fill("Whom are you visiting?", typed);
        assert!(hosts_shown(&kiosk).len() <= 5, "{typed:?} shows {:?}", hosts_shown(&kiosk));
        let letters = typed.chars().filter(|c| c.is_alphanumeric()).count();
        assert!(letters >= 2 || hosts_shown(&kiosk).is_empty(), "{typed:?} shows {:?}", hosts_shown(&kiosk));
    }
}

#[test]
fn a_host_is_found_however_the_name_is_written() {
    let kiosk = at_the_form();
    kiosk.type_text("Åse");
    kiosk.press("Continue");
    for typed in ["søren b", "SOREN", "Soeren", "birk"] {
        kiosk.fill("Whom are you visiting?", typed);
        assert_eq!(hosts_shown(&kiosk), ["Søren Birk, Udvikling"], "{typed:?}");
    }
}

#[test]
fn a_hard_name_is_taken_as_it_is_or_told_what_is_wrong_with_it() {
    let long = "x".repeat(10_000);
    let (missing, too_long, control) = (
        "We still need your name.",
        "That is more than we can keep. Make it a little shorter.",
        "There is a sign in it that we cannot keep. Type it once more.",
    );
    let cases = [
        ("", Some(missing)),
        ("   ", Some(missing)),
        ("\u{200B}\u{200D}\u{FEFF}", Some(missing)),
        (long.as_str(), Some(too_long)),
        ("a\0b", Some(control)),
        ("a\u{1b}[31mb", Some(control)),
        ("abc\u{202E}def", Some(control)),
        ("Ø", None),
        ("محمد بن عبد الله", None),
        ("נעה כהן", None),
        ("Zoë\u{301}\u{302}\u{303}\u{304}", None),
        ("👩‍👩‍👧‍👦 Ada 🏳️‍🌈", None),
        ("李小龍", None),
        ("a\u{200B}b", None),
        ("**fed** <b>x</b> {0} %s '; DROP TABLE visits; --", None),
    ];
    for (name, complaint) in cases {
        let kiosk = at_the_form();
        kiosk.fill("Your name", name);
        kiosk.press("Continue");
        if let Some(complaint) = complaint {
            kiosk.complains("Your name", complaint);
            assert_eq!(step(&kiosk), SignInStep::Who, "{name:?}");
        } else {
            kiosk.press("Somebody else");
            kiosk.press("Sign in");
            kiosk.is_on(Page::SignedIn);
            assert!(kiosk.sees(&format!("Welcome, {name}")));
            assert_eq!(kiosk.names(), [name]);
        }
        kiosk.picture(&kiosk.paper("picture").with_file_name("picture.png")).ok();
    }
}

#[test]
fn a_hard_name_typed_key_by_key_never_stops_the_kiosk() {
    let kiosk = at_the_form();
    for name in ["נעה", "e\u{301}\u{302}", "👩‍👩‍👧", "a\u{200B}b", "\u{202E}abc", "\u{7f}\u{8}\u{0}", "\u{F700}\u{F72C}"] {
        kiosk.type_text(name);
    }
    kiosk.press("Continue");
    assert!(step(&kiosk) == SignInStep::Host || kiosk.sees("There is a sign in it that we cannot keep. Type it once more."));
}

#[test]
fn nothing_of_one_visitor_is_left_for_the_next() {
    let kiosk = at_the_form();
    kiosk.type_text("Åse Brændgaard\tÆrø Data");
    kiosk.press("Continue");
    kiosk.press("Somebody else");
    kiosk.press("Sign in");
    kiosk.press("Done");
    kiosk.choose_language("English");
    for page in ["Sign in", "Sign out", "Privacy"] {
        kiosk.press(page);
        assert!(!kiosk.says("Brændgaard") && !kiosk.says("Ærø Data"), "{page}");
        kiosk.press("Back");
        kiosk.choose_language("English");
    }
    let roles = ElementQuery::from_root(kiosk.window()).match_accessible_role(AccessibleRole::TextInput).find_all();
    assert!(roles.is_empty(), "Home asks for nothing");
}
