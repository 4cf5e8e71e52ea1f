//! Signing out at the screen, by the code that was given when signing in.

use velkommen::gui::window::{Page, SignOutAdapter, SignOutFault, SignedInAdapter};

use crate::kiosk_given::{Given, a_kiosk};

const CODE: &str = "Your code, eight letters and digits";
const UNKNOWN: &str = "We do not know that code. Please ask reception.";

/// Somebody has signed in at the screen and gone in; their code.
fn after_signing_in(kiosk: &Given) -> String {
    kiosk.press("Sign in");
    kiosk.type_text("Åse");
    kiosk.press("Continue");
    kiosk.press("Somebody else");
    kiosk.press("Sign in");
    let code = kiosk.global::<SignedInAdapter>().get_code();
    kiosk.press("Done");
    kiosk.choose_language("English");
    code.into()
}

#[test]
fn a_typed_code_ends_the_visit_and_the_page_says_no_name() {
    let kiosk = a_kiosk();
    let code = after_signing_in(&kiosk);
    kiosk.press("Sign out");
    kiosk.type_text(&code.to_lowercase().replace(' ', ""));
    assert_eq!(kiosk.value(CODE), code, "it is shown as it stands on the badge");
    kiosk.press("Sign out");
    kiosk.is_on(Page::SignedOut);
    assert!(kiosk.sees("Goodbye, and thank you for coming"));
    assert!(!kiosk.says("Åse"));
    assert!(kiosk.visits().is_empty());
}

#[test]
fn the_keys_on_the_screen_type_a_code() {
    let kiosk = a_kiosk();
    let code = after_signing_in(&kiosk);
    kiosk.press("Sign out");
    for key in code.chars().filter(|c| *c != ' ') {
        kiosk.press(&key.to_string());
    }
    assert_eq!(kiosk.value(CODE), code);
    kiosk.press("Delete the last letter");
    assert_eq!(kiosk.value(CODE), code[..8]);
}

#[test]
fn a_second_time_says_that_the_visit_had_ended() {
    let kiosk = a_kiosk();
    let code = after_signing_in(&kiosk);
    for heading in ["Goodbye, and thank you for coming", "This visit had ended already"] {
        kiosk.press("Sign out");
        kiosk.type_text(&code);
        kiosk.press("Sign out");
        assert!(kiosk.sees(heading), "{:?}", kiosk.labels());
        kiosk.press("Done");
        kiosk.choose_language("English");
    }
}

#[test]
fn a_double_press_on_each_button_does_it_once() {
    let kiosk = a_kiosk();
    let code = after_signing_in(&kiosk);
    kiosk.press_twice("Sign out");
    kiosk.is_on(Page::SignOut);
    assert_eq!(kiosk.value(CODE), "");
    kiosk.type_text(&code);
    kiosk.press_twice("Sign out");
    kiosk.is_on(Page::SignedOut);
    assert!(kiosk.sees("Goodbye, and thank you for coming"));
    kiosk.press_twice("Done");
    kiosk.is_on(Page::Home);
}

#[test]
fn no_code_and_an_unknown_one_are_told_apart_beside_the_field() {
    let kiosk = a_kiosk();
    kiosk.press("Sign out");
    kiosk.press("Sign out");
    assert!(kiosk.sees("We still need the code. It stands on your badge."));
    kiosk.type_text("00000000");
    assert!(!kiosk.sees("We still need the code. It stands on your badge."));
    kiosk.press("Sign out");
    assert!(kiosk.sees(UNKNOWN));
    assert_eq!(kiosk.field(CODE).accessible_description().unwrap_or_default(), UNKNOWN);
    kiosk.type_text("9");
    assert_eq!(kiosk.value(CODE), "0000 0000", "a full box takes no ninth sign");
    kiosk.type_text("\u{8}");
    assert_eq!(kiosk.value(CODE), "0000 000");
}

#[test]
fn after_five_wrong_codes_even_the_right_one_waits_five_minutes() {
    let kiosk = a_kiosk();
    let code = after_signing_in(&kiosk);
    kiosk.press("Sign out");
    let fault = |typed: &str| {
        kiosk.fill(CODE, typed);
        kiosk.press("Sign out");
        kiosk.global::<SignOutAdapter>().get_fault()
    };
    for number in 0..5 {
        assert_eq!(fault(&format!("0000 000{number}")), SignOutFault::Unknown);
    }
    assert_eq!(fault(&code), SignOutFault::TryLater);
    assert!(kiosk.sees("That was many tries. Wait five minutes, or ask reception."));
    kiosk.clock.advance(chrono::TimeDelta::seconds(299));
    assert_eq!(fault(&code), SignOutFault::TryLater);
    kiosk.clock.advance(chrono::TimeDelta::seconds(1));
    fault(&code);
    kiosk.is_on(Page::SignedOut);
}
