//! What the screen does for whoever asks, and that it forgets it with them.

use velkommen::gui::window::{Language, Page, ScreenHelp, Session};

use crate::kiosk_given::a_kiosk;

#[test]
fn more_time_makes_the_wait_and_the_answer_five_times_as_long() {
    let kiosk = a_kiosk();
    kiosk.press("Screen help");
    kiosk.press("More time");
    kiosk.press("Done");
    kiosk.press("Sign in");
    kiosk.type_text("Åse");
    kiosk.pass(299);
    assert!(!kiosk.is_covered());
    kiosk.pass(1);
    assert!(kiosk.is_covered());
    assert!(kiosk.says("In 100 seconds we go back"));
    kiosk.pass(99);
    assert!(kiosk.is_covered());
    kiosk.pass(1);
    kiosk.is_on(Page::Home);
}

#[test]
fn what_was_asked_of_the_screen_ends_with_the_session() {
    let kiosk = a_kiosk();
    kiosk.press("Screen help");
    kiosk.press("High contrast");
    kiosk.press("Less movement");
    assert!(kiosk.global::<ScreenHelp>().get_contrast() && kiosk.global::<ScreenHelp>().get_less_motion());
    kiosk.press("Done");
    kiosk.press("Sign in");
    kiosk.press("Stop");
    kiosk.is_on(Page::Home);
    assert!(!kiosk.global::<ScreenHelp>().get_in_use());
}

#[test]
fn a_screen_left_as_somebody_needed_it_goes_back_by_itself() {
    let kiosk = a_kiosk();
    kiosk.press("Screen help");
    kiosk.press("High contrast");
    kiosk.pass(79);
    assert!(kiosk.global::<ScreenHelp>().get_contrast());
    kiosk.pass(1);
    assert!(!kiosk.global::<ScreenHelp>().get_contrast());
    assert!(kiosk.sees("Skærmhjælp"), "nothing lies over the page, and the first language is back");
}

#[test]
fn every_language_is_there_under_its_own_name_and_what_was_typed_stays() {
    let kiosk = a_kiosk();
    kiosk.press("Sign in");
    kiosk.type_text("Åse Brændgaard");
    for (name, language, question) in [
        ("Dansk", Language::Da, "Hvem er du?"),
        ("Svenska", Language::Sv, "Vem är du?"),
        ("Norsk", Language::Nb, "Hvem er du?"),
        ("Deutsch", Language::De, "Wer sind Sie?"),
        ("English", Language::En, "Who are you?"),
    ] {
        kiosk.choose_language(name);
        assert_eq!(kiosk.global::<Session>().get_language(), language);
        assert!(kiosk.says(question), "{name}: {:?}", kiosk.labels());
        assert_eq!(kiosk.global::<velkommen::gui::window::SignInAdapter>().get_name(), "Åse Brændgaard");
    }
}
