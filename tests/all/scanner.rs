//! A scanner that types: its bursts are acted on, or taken out again, and people who type are left alone.

use velkommen::gui::window::{Page, Session, SignOutAdapter, SignOutFault, SignedInAdapter};

use crate::kiosk_given::{Given, a_kiosk};

/// Somebody is in the house; their code, as on the badge.
fn with_a_visitor(kiosk: &Given) -> String {
    kiosk.press("Sign in");
    kiosk.type_text("Åse");
    kiosk.press("Continue");
    kiosk.press("Somebody else");
    kiosk.press("Sign in");
    let code = kiosk.global::<SignedInAdapter>().get_code().replace(' ', "");
    kiosk.press("Done");
    kiosk.choose_language("English");
    code
}

fn is_held(kiosk: &Given) -> bool {
    kiosk.global::<Session>().get_scan_held()
}

#[test]
fn a_badge_signs_out_on_every_public_page_where_nothing_is_typed() {
    type Open<'a> = &'a dyn Fn(&Given);
    let pages: [(&str, Open); 6] = [
        ("home", &|_| {}),
        ("sign out", &|kiosk| kiosk.press("Sign out")),
        ("notice", &|kiosk| kiosk.press("Privacy")),
        ("empty form", &|kiosk| kiosk.press("Sign in")),
        ("signed in", &|kiosk| drop(somebody_else_signs_in(kiosk))),
        ("signed out", &|kiosk| {
            let other = somebody_else_signs_in(kiosk);
            kiosk.scan(&other);
            kiosk.is_on(Page::SignedOut);
        }),
    ];
    for (name, open) in pages {
        let kiosk = a_kiosk();
        let code = with_a_visitor(&kiosk);
        open(&kiosk);
        kiosk.scan(&code);
        kiosk.is_on(Page::SignedOut);
        assert!(!kiosk.names().contains(&"Åse".to_owned()), "{name}");
    }
}

fn somebody_else_signs_in(kiosk: &Given) -> String {
    kiosk.press("Sign in");
    kiosk.type_text("Ole");
    kiosk.press("Continue");
    kiosk.press("Somebody else");
    kiosk.press("Sign in");
    kiosk.is_on(Page::SignedIn);
    kiosk.global::<SignedInAdapter>().get_code().replace(' ', "")
}

#[test]
fn a_scanner_that_holds_shift_or_sends_small_letters_is_read_the_same() {
    let kiosk = a_kiosk();
    let code = with_a_visitor(&kiosk);
    let shifted: String = code.chars().flat_map(|c| ['\u{10}', c]).collect();
    kiosk.scan(&shifted);
    kiosk.is_on(Page::SignedOut);
    kiosk.press("Done");
    kiosk.scan(&code.to_lowercase());
    kiosk.is_on(Page::SignedOut);
}

#[test]
fn a_scan_over_typed_text_is_held_and_the_field_keeps_what_was_typed() {
    let kiosk = a_kiosk();
    let code = with_a_visitor(&kiosk);
    kiosk.press("Sign in");
    kiosk.type_text("Ole Løkkegaard\tKøkkenhuset");
    kiosk.scan(&code);
    kiosk.is_on(Page::SignIn);
    assert_eq!(kiosk.value("Your name"), "Ole Løkkegaard");
    assert_eq!(kiosk.value("Company"), "Køkkenhuset");
    assert!(is_held(&kiosk));
    assert!(kiosk.sees("We did not act on that scan, because you had started typing."));
    assert_eq!(kiosk.names(), ["Åse"], "nobody was signed out");
    kiosk.press("Continue");
    kiosk.type_text("bo");
    kiosk.scan(&code);
    assert_eq!(kiosk.value("Whom are you visiting?"), "bo");
    assert_eq!(kiosk.names(), ["Åse"]);
}

#[test]
fn a_scan_in_the_middle_of_a_half_typed_code_leaves_that_code() {
    let kiosk = a_kiosk();
    let code = with_a_visitor(&kiosk);
    kiosk.press("Sign out");
    kiosk.type_text("4F7");
    kiosk.scan(&code);
    kiosk.is_on(Page::SignOut);
    assert_eq!(kiosk.global::<SignOutAdapter>().get_code(), "4F7");
    assert!(is_held(&kiosk));
    assert_eq!(kiosk.names(), ["Åse"]);
}

#[test]
fn a_scan_under_the_cover_does_nothing() {
    let kiosk = a_kiosk();
    let code = with_a_visitor(&kiosk);
    kiosk.press("Sign in");
    kiosk.pass(60);
    kiosk.scan(&code);
    assert!(kiosk.is_covered());
    assert_eq!(kiosk.names(), ["Åse"]);
}

#[test]
fn a_scan_at_the_staff_unlock_types_nothing_into_the_secret() {
    let kiosk = a_kiosk();
    kiosk.press("Lærkehøj, entrance for staff");
    kiosk.type_text("Bo Skov\t12");
    kiosk.scan("4F7K2M9Q");
    kiosk.is_on(Page::Unlock);
    assert_eq!(kiosk.global::<velkommen::gui::window::UnlockAdapter>().get_secret(), "12");
}

#[test]
fn a_burst_of_four_kilobytes_is_unknown_and_leaves_nothing_typed() {
    let kiosk = a_kiosk();
    kiosk.scan(&"7".repeat(4096));
    kiosk.is_on(Page::SignOut);
    assert_eq!(kiosk.global::<SignOutAdapter>().get_fault(), SignOutFault::Unknown);
    kiosk.scan(&"7".repeat(4096));
    assert_eq!(kiosk.global::<SignOutAdapter>().get_code(), "");
    kiosk.press("Back");
    kiosk.choose_language("English");
    kiosk.press("Sign in");
    kiosk.scan(&"ø".repeat(4096));
    kiosk.is_on(Page::SignOut);
    kiosk.press("Back");
    kiosk.choose_language("English");
    kiosk.press("Sign in");
    assert_eq!(kiosk.value("Your name"), "");
}

#[test]
fn a_burst_with_control_characters_is_unknown_and_stops_nothing() {
    let kiosk = a_kiosk();
    let all: String = (1..32u8).filter(|c| *c != b'\n' && *c != b'\r').map(char::from).collect();
    for burst in
        [format!("ABCD{all}EFGHJK"), format!("{all}ABCDEFGHJK"), "ABCDEF\u{7f}\u{0}\u{85}GH".to_owned(), "\u{FFFD}🎟️ABCDEFG".to_owned()]
    {
        kiosk.scan(&burst);
        kiosk.is_on(Page::SignOut);
        assert_eq!(kiosk.global::<SignOutAdapter>().get_fault(), SignOutFault::Unknown, "{burst:?}");
        kiosk.press("Back");
        kiosk.choose_language("English");
    }
}

#[test]
fn slow_typing_is_never_taken_for_a_scan() {
    let kiosk = a_kiosk();
    let code = with_a_visitor(&kiosk);
    // At Home nobody types; the keys of a slow hand open nothing.
    kiosk.type_text(&format!("{code}\n"));
    kiosk.is_on(Page::Home);
    assert_eq!(kiosk.names(), ["Åse"]);
    kiosk.press("Sign in");
    kiosk.type_text(&code);
    assert_eq!(kiosk.value("Your name"), code);
    kiosk.type_text("\n");
    assert_eq!(kiosk.names(), ["Åse"], "Enter went on to the next question");
    assert!(!is_held(&kiosk));
}

#[test]
fn a_pause_of_forty_five_milliseconds_is_a_scanner_and_one_of_forty_six_is_a_hand() {
    for (pause, is_scan) in [(45, true), (46, false)] {
        let kiosk = a_kiosk();
        let code = with_a_visitor(&kiosk);
        for key in code.chars().chain(['\n']) {
            kiosk.key(key.to_string());
            kiosk.clock.advance(chrono::TimeDelta::milliseconds(pause));
        }
        kiosk.settle();
        assert_eq!(kiosk.names().is_empty(), is_scan, "{pause} ms");
    }
}

#[test]
fn a_window_that_was_busy_loses_no_scan() {
    for torn in [0, 1, 4, 7, 8] {
        let kiosk = a_kiosk();
        let code = with_a_visitor(&kiosk);
        for (number, key) in code.chars().chain(['\n']).enumerate() {
            kiosk.clock.advance(chrono::TimeDelta::milliseconds(if number == torn { 700 } else { 1 }));
            kiosk.key(key.to_string());
        }
        kiosk.settle();
        assert!(kiosk.names().is_empty(), "before key {torn}");
    }
}

#[test]
fn a_short_code_that_nobody_knows_is_said_to_be_unknown() {
    for code in ["7", "A12"] {
        let kiosk = a_kiosk();
        kiosk.scan(code);
        kiosk.is_on(Page::SignOut);
        assert_eq!(kiosk.global::<SignOutAdapter>().get_fault(), SignOutFault::Unknown, "{code}");
    }
}

#[test]
fn a_scanner_that_ends_with_a_tab_two_marks_or_nothing_is_read_the_same() {
    for (before, after) in [("", "\t"), ("", "\r\n"), ("]Q1", "\n"), (" ", " \n"), ("", "")] {
        let kiosk = a_kiosk();
        let code = with_a_visitor(&kiosk);
        for key in format!("{before}{code}{after}").chars() {
            kiosk.key(key.to_string());
            kiosk.clock.advance(chrono::TimeDelta::milliseconds(1));
        }
        kiosk.settle();
        kiosk.clock.advance(chrono::TimeDelta::milliseconds(300));
        i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(301));
        kiosk.settle();
        kiosk.is_on(Page::SignedOut);
        assert!(kiosk.names().is_empty(), "{before:?} {after:?}");
    }
}

#[test]
fn a_fast_finger_on_the_keys_of_the_screen_is_no_scan() {
    let kiosk = a_kiosk();
    let code = with_a_visitor(&kiosk);
    kiosk.press("Sign out");
    for key in code.chars() {
        kiosk.control(&key.to_string()).invoke_accessible_default_action();
    }
    kiosk.settle();
    assert_eq!(kiosk.global::<SignOutAdapter>().get_code().replace(' ', ""), code);
    kiosk.is_on(Page::SignOut);
}

#[test]
fn wrong_scans_are_no_tries_and_a_badge_signs_out_after_any_number_of_them() {
    let kiosk = a_kiosk();
    let code = with_a_visitor(&kiosk);
    for number in 0..9 {
        kiosk.scan(&format!("0000000{number}"));
        assert_eq!(kiosk.global::<SignOutAdapter>().get_fault(), SignOutFault::Unknown);
    }
    kiosk.scan(&code);
    kiosk.is_on(Page::SignedOut);
    assert_eq!(kiosk.names(), [""; 0]);
}
