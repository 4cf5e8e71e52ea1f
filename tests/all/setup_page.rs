//! The first start: whose reception this is, and who runs it.

use velkommen::gui::window::{Page, SetupAdapter, SetupStep};

use crate::kiosk_given::{Given, a_first_start};

fn organisation(kiosk: &Given) {
    kiosk.fill("Organisation", "Havnen");
    kiosk.fill("Address", "Kajen 1, 8000 Aarhus C");
    kiosk.fill("Privacy contact", "post@example.org");
    kiosk.press("Continue");
}

fn step(kiosk: &Given) -> SetupStep {
    kiosk.global::<SetupAdapter>().get_step()
}

#[test]
fn a_first_start_ends_at_home_and_its_person_can_unlock() {
    let kiosk = a_first_start();
    kiosk.is_on(Page::Setup);
    organisation(&kiosk);
    assert_eq!(step(&kiosk), SetupStep::Person);
    kiosk.type_text("Bo Skov\t246810\t246810");
    assert!(!kiosk.says("246810"));
    kiosk.press("Finish");
    kiosk.is_on(Page::Home);
    kiosk.choose_language("English");
    assert!(kiosk.sees("Welcome to Havnen"));
    kiosk.press("Havnen, entrance for staff");
    kiosk.type_text("Bo Skov\t246810\n");
    kiosk.is_on(Page::Today);
    let setup = kiosk.global::<SetupAdapter>();
    assert_eq!((setup.get_secret(), setup.get_secret_again(), setup.get_name()), Default::default(), "nothing of it stays");
}

#[test]
fn the_organisations_faults_stand_beside_their_fields() {
    let kiosk = a_first_start();
    kiosk.fill("Closes at", "noon");
    kiosk.press("Continue");
    assert_eq!(step(&kiosk), SetupStep::Organisation);
    kiosk.complains("Organisation", "We still need the name of the organisation.");
    kiosk.complains("Address", "We still need the address.");
    kiosk.complains("Privacy contact", "Where does a visitor write or call about personal data?");
    kiosk.complains("Closes at", "Write a time, such as 18:00.");
}

#[test]
fn the_persons_faults_stand_beside_their_fields_and_nothing_is_set_up() {
    let kiosk = a_first_start();
    organisation(&kiosk);
    kiosk.fill("PIN or passphrase", "12345");
    kiosk.fill("The same once more", "12345");
    kiosk.press("Finish");
    kiosk.complains("Your name", "We still need your name.");
    kiosk.complains("PIN or passphrase", "Use a PIN of 6 digits, or a passphrase of at least 8 characters.");
    kiosk.fill("Your name", "Bo Skov");
    kiosk.fill("PIN or passphrase", "246810");
    kiosk.fill("The same once more", "246811");
    kiosk.press("Finish");
    kiosk.complains("The same once more", "The two are not the same. Type it once more.");
    assert!(!kiosk.ask(|desk| desk.has_staff().unwrap()));
}

#[test]
fn back_keeps_the_organisation_and_a_double_press_finishes_once() {
    let kiosk = a_first_start();
    organisation(&kiosk);
    kiosk.press("Back");
    assert_eq!(kiosk.value("Organisation"), "Havnen");
    kiosk.press_twice("Continue");
    assert_eq!(step(&kiosk), SetupStep::Person);
    assert!(!kiosk.sees("We still need your name."), "the second press did not finish");
    kiosk.fill("Your name", "Bo Skov");
    kiosk.fill("PIN or passphrase", "246810");
    kiosk.fill("The same once more", "246810");
    kiosk.press_twice("Finish");
    kiosk.is_on(Page::Home);
}
