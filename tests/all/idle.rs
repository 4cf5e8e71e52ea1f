//! The time of whoever stands there: the cover that hides, the wipe that forgets, and the pages that go home alone.

use i_slint_backend_testing::{AccessibleRole, ElementQuery};
use velkommen::gui::window::{Language, Page, Session, SignInAdapter, SignInStep, SignOutAdapter, UnlockAdapter};

use crate::kiosk_given::{Given, a_kiosk};

const MORE: &str = "I need more time";

fn typing(kiosk: &Given) {
    kiosk.press("Sign in");
    kiosk.type_text("Åse Brændgaard\tÆrø Data\tUdvikler\tMed hund");
}

fn controls(kiosk: &Given) -> Vec<String> {
    let controls = ElementQuery::from_root(kiosk.window()).match_accessible_role(AccessibleRole::Button).find_all();
    controls.iter().filter_map(|control| control.accessible_label().map(String::from)).collect()
}

#[test]
fn after_sixty_seconds_a_cover_hides_everything_and_says_how_long_there_is() {
    let kiosk = a_kiosk();
    typing(&kiosk);
    kiosk.pass(59);
    assert!(!kiosk.is_covered());
    kiosk.pass(1);
    assert!(kiosk.is_covered());
    for typed in ["Åse", "Brændgaard", "Ærø", "Udvikler", "hund"] {
        assert!(!kiosk.says(typed), "{typed} can still be found");
    }
    assert_eq!(controls(&kiosk), ["Stop and erase now", MORE], "nothing of the page can be reached");
    assert!(kiosk.says("In 20 seconds we go back"));
    kiosk.pass(5);
    assert!(kiosk.says("In 15 seconds we go back"));
}

#[test]
fn twenty_seconds_later_everything_is_wiped_and_the_first_language_is_back() {
    let kiosk = a_kiosk();
    typing(&kiosk);
    kiosk.press("Continue");
    kiosk.type_text("kær");
    kiosk.pass(79);
    assert!(kiosk.is_covered());
    kiosk.pass(1);
    kiosk.is_on(Page::Home);
    assert!(!kiosk.is_covered());
    assert_eq!(kiosk.global::<Session>().get_language(), Language::Da);
    let form = kiosk.global::<SignInAdapter>();
    let left = [form.get_name(), form.get_company(), form.get_title(), form.get_note(), form.get_host_query(), form.get_host()];
    assert!(left.iter().all(|text| text.is_empty()), "{left:?}");
    assert_eq!(slint::Model::row_count(&form.get_host_matches()), 0);
    assert_eq!(form.get_step(), SignInStep::Who);
}

#[test]
fn a_half_typed_code_and_a_half_typed_pin_are_wiped_too() {
    let kiosk = a_kiosk();
    kiosk.press("Sign out");
    kiosk.type_text("4F7K");
    kiosk.pass(80);
    kiosk.is_on(Page::Home);
    assert_eq!(kiosk.global::<SignOutAdapter>().get_code(), "");
    kiosk.choose_language("English");
    kiosk.press("Lærkehøj, entrance for staff");
    kiosk.type_text("Bo Skov\t2468");
    assert_eq!(kiosk.global::<UnlockAdapter>().get_secret(), "2468");
    kiosk.pass(80);
    assert_eq!(kiosk.global::<UnlockAdapter>().get_name(), "");
    assert_eq!(kiosk.global::<UnlockAdapter>().get_secret(), "");
}

#[test]
fn more_time_keeps_what_was_typed_ten_times_over() {
    let kiosk = a_kiosk();
    typing(&kiosk);
    for time in 0..10 {
        kiosk.pass(79);
        assert!(kiosk.is_covered(), "time {time}");
        kiosk.press(MORE);
        assert!(!kiosk.is_covered());
        assert_eq!(kiosk.value("Your name"), "Åse Brændgaard");
        assert_eq!(kiosk.value("Note"), "Med hund");
    }
    kiosk.type_text("!");
    assert_eq!(kiosk.value("Your name"), "Åse Brændgaard!", "the field takes the next letter again");
    kiosk.pass(59);
    assert!(!kiosk.is_covered(), "each time has its full sixty seconds");
}

#[test]
fn stopping_from_the_cover_forgets_at_once() {
    let kiosk = a_kiosk();
    typing(&kiosk);
    kiosk.pass(60);
    kiosk.press("Stop and erase now");
    kiosk.is_on(Page::Home);
    assert_eq!(kiosk.global::<SignInAdapter>().get_name(), "");
}

#[test]
fn keys_and_fingers_beside_the_buttons_of_the_cover_are_no_answer() {
    let kiosk = a_kiosk();
    typing(&kiosk);
    kiosk.pass(60);
    kiosk.type_text("q");
    kiosk.tap(slint::LogicalPosition::new(40.0, 40.0));
    assert_eq!(kiosk.global::<SignInAdapter>().get_name(), "Åse Brændgaard", "the key went nowhere");
    kiosk.pass(20);
    kiosk.is_on(Page::Home);
}

#[test]
fn every_sign_of_life_begins_the_sixty_seconds_anew() {
    let kiosk = a_kiosk();
    kiosk.press("Sign in");
    let signs: [(&str, &dyn Fn()); 4] = [
        ("a key", &|| kiosk.type_text("Å")),
        ("a key of the screen", &|| kiosk.press("space")),
        ("a touch beside everything", &|| kiosk.tap(slint::LogicalPosition::new(20.0, 20.0))),
        ("the other language", &|| {
            kiosk.choose_language("Dansk");
            kiosk.choose_language("English");
        }),
    ];
    for (name, sign) in signs {
        kiosk.pass(59);
        sign();
        kiosk.pass(59);
        assert!(!kiosk.is_covered(), "{name}");
        kiosk.pass(1);
        assert!(kiosk.is_covered(), "{name}");
        kiosk.press(MORE);
    }
}

#[test]
fn home_rests_as_it_is() {
    let kiosk = a_kiosk();
    kiosk.pass(200);
    kiosk.is_on(Page::Home);
    assert!(!kiosk.is_covered());
}

#[test]
fn an_outcome_goes_home_after_twenty_seconds_and_counts_them() {
    let kiosk = a_kiosk();
    typing(&kiosk);
    kiosk.press("Continue");
    kiosk.press("Somebody else");
    kiosk.press("Sign in");
    let code = kiosk.global::<velkommen::gui::window::SignedInAdapter>().get_code();
    let seconds = || kiosk.global::<velkommen::gui::window::Session>().get_seconds();
    assert_eq!(seconds(), 20);
    kiosk.pass(19);
    kiosk.is_on(Page::SignedIn);
    assert_eq!(seconds(), 1);
    kiosk.pass(1);
    kiosk.is_on(Page::Home);
    assert_eq!(kiosk.global::<Session>().get_language(), Language::Da);
    kiosk.scan(&code.replace(' ', ""));
    kiosk.is_on(Page::SignedOut);
    kiosk.pass(19);
    kiosk.is_on(Page::SignedOut);
    kiosk.pass(1);
    kiosk.is_on(Page::Home);
}

#[test]
fn abandoning_any_page_ends_at_home_with_nothing_left() {
    let pages = ["Sign in", "Sign out", "Privacy", "Lærkehøj, entrance for staff"];
    for page in pages {
        let kiosk = a_kiosk();
        kiosk.press(page);
        kiosk.type_text("Qwertz");
        kiosk.pass(80);
        kiosk.is_on(Page::Home);
        assert!(!kiosk.says("Qwertz"));
    }
}

#[test]
fn a_page_that_nobody_touches_dims_and_any_sign_of_life_wakes_it() {
    let kiosk = a_kiosk();
    let is_dim = || kiosk.global::<Session>().get_dimmed();
    for wake in [
        (|kiosk| kiosk.tap(slint::LogicalPosition::new(540.0, 700.0))) as fn(&Given),
        |kiosk| kiosk.key("x"),
        |kiosk| kiosk.scan("nobody-has-this-code"),
    ] {
        let headless: &velkommen::app::headless::Headless = &kiosk;
        headless.kiosk.rest();
        kiosk.pass(299);
        assert!(!is_dim());
        kiosk.pass(1);
        assert!(is_dim());
        wake(&kiosk);
        assert!(!is_dim());
    }
}

#[test]
fn a_touch_on_a_dim_page_does_what_it_says() {
    let kiosk = a_kiosk();
    // It goes back to Danish first.
    kiosk.pass(80);
    kiosk.pass(300);
    assert!(kiosk.global::<Session>().get_dimmed());
    kiosk.press_twice("Meld ankomst");
    kiosk.is_on(Page::SignIn);
}

#[test]
fn a_first_page_left_in_another_language_goes_back_to_the_first() {
    let kiosk = a_kiosk();
    kiosk.pass(79);
    assert!(kiosk.sees("Sign in"));
    kiosk.pass(1);
    assert!(kiosk.sees("Meld ankomst"));
}
