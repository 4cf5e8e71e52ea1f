//! A clock in doubt: the public page says so, nothing is erased, and two people end it.

use velkommen::app::demo;
use velkommen::desk::add_staff::{AddStaff, add_staff};
use velkommen::domain::access::Actor;
use velkommen::domain::staff::Role;
use velkommen::gui::window::Page;

use crate::kiosk_given::{Given, a_kiosk_with};

const SECOND: &str = "Eva Holm";

/// The wall clock falls back by two months while the kiosk runs.
fn a_doubtful_kiosk() -> Given {
    let kiosk = a_kiosk_with(|desk| {
        let input = AddStaff { name: SECOND.to_owned(), secret: "135791".to_owned(), roles: [Role::Reception].into() };
        add_staff(desk, &Actor::Operator, &input).unwrap();
    });
    kiosk.clock.set_wall("2026-01-05T08:41:00Z".parse().unwrap());
    kiosk.pass(11);
    kiosk
}

fn unlock(kiosk: &Given, name: &str, secret: &str) {
    kiosk.choose_language("English");
    kiosk.press("Lærkehøj, entrance for staff");
    kiosk.type_text(&format!("{name}\t{secret}\n"));
}

#[test]
fn the_public_page_says_that_the_clock_may_be_wrong_and_people_still_sign_in() {
    let kiosk = a_doubtful_kiosk();
    assert!(kiosk.sees("The clock may be wrong. Reception is asked to check it."));
    kiosk.press("Sign in");
    kiosk.type_text("Åse");
    kiosk.press("Continue");
    kiosk.press("Somebody else");
    kiosk.press("Sign in");
    kiosk.is_on(Page::SignedIn);
}

#[test]
fn two_different_people_end_the_doubt_one_after_the_other() {
    let kiosk = a_doubtful_kiosk();
    unlock(&kiosk, demo::STAFF_NAME, demo::STAFF_PIN);
    kiosk.is_on(Page::Clock);
    assert!(kiosk.sees("Nothing is erased until two people have confirmed it."));
    kiosk.press("Confirm");
    kiosk.is_on(Page::Home);
    assert!(kiosk.ask(|desk| desk.now().unwrap().doubt.is_some()), "one is not enough");
    unlock(&kiosk, SECOND, "135791");
    assert!(kiosk.sees("Bo Skov has confirmed. One more person is needed."));
    kiosk.press("Confirm");
    kiosk.is_on(Page::Today);
    assert!(kiosk.ask(|desk| desk.now().unwrap().doubt.is_none()));
    kiosk.press("Lock");
    kiosk.choose_language("English");
    assert!(!kiosk.sees("The clock may be wrong. Reception is asked to check it."));
}

#[test]
fn the_same_person_twice_is_told_that_somebody_else_is_needed() {
    let kiosk = a_doubtful_kiosk();
    for _ in 0..2 {
        unlock(&kiosk, demo::STAFF_NAME, demo::STAFF_PIN);
        kiosk.is_on(Page::Clock);
        if !kiosk.sees("Confirm") {
            break;
        }
        kiosk.press("Confirm");
    }
    assert!(kiosk.sees("You have confirmed. Now somebody else must unlock and confirm too."));
    kiosk.press("Go on");
    kiosk.is_on(Page::Today);
    assert!(kiosk.sees("The date and time are in doubt. Two people must confirm them."));
    assert!(kiosk.ask(|desk| desk.now().unwrap().doubt.is_some()));
}

#[test]
fn not_now_goes_on_and_keeps_the_doubt() {
    let kiosk = a_doubtful_kiosk();
    unlock(&kiosk, demo::STAFF_NAME, demo::STAFF_PIN);
    kiosk.press("Not now");
    kiosk.is_on(Page::Today);
    assert!(kiosk.sees("Nothing is erased while the date is in doubt."));
    kiosk.press("Check the date and time");
    kiosk.is_on(Page::Clock);
}
