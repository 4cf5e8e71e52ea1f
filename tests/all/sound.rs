//! What the kiosk plays: a chime of its own for each verdict, and nothing else.

use std::sync::Arc;

use chrono::TimeDelta;
use velkommen::app::demo;
use velkommen::app::headless::Headless;
use velkommen::devices::Devices;
use velkommen::devices::sound::FolderPlayer;
use velkommen::gui::window::{MyTicketAdapter, Page};

use crate::kiosk_given::{Given, a_kiosk_with_devices};

/// A kiosk beside an event that begins in so many days, and the folder its chimes go to.
fn a_door(days: i64) -> (Given, tempfile::TempDir) {
    let chimes = tempfile::tempdir().unwrap();
    let player = Arc::new(FolderPlayer::new(chimes.path().to_owned(), 60));
    let kiosk = a_kiosk_with_devices(Devices { player: Some(player), ..Devices::default() }, |desk| {
        let nine: chrono::DateTime<chrono::Utc> = "2026-03-12T09:00:00Z".parse().unwrap();
        demo::hold_event(desk, nine.with_timezone(&chrono_tz::Europe::Copenhagen) + TimeDelta::days(days)).unwrap();
    });
    kiosk.pass(11);
    (kiosk, chimes)
}

fn played(chimes: &tempfile::TempDir) -> Vec<String> {
    let mut names: Vec<_> = chimes.path().read_dir().unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn every_verdict_at_the_door_has_its_own_chime() {
    let (kiosk, chimes) = a_door(0);
    kiosk.scan(demo::imported_codes()[0]);
    kiosk.is_on(Page::Welcome);
    kiosk.scan(demo::imported_codes()[0]);
    kiosk.is_on(Page::MyTicket);
    kiosk.scan("nobody-has-this-code");
    kiosk.is_on(Page::Refusal);
    assert_eq!(played(&chimes), ["01-welcome.wav", "02-already-inside.wav", "03-see-desk.wav"]);
    let (kiosk, chimes) = a_door(1);
    kiosk.scan(demo::imported_codes()[0]);
    assert_eq!(played(&chimes), ["01-too-early.wav"]);
}

#[test]
fn a_page_that_comes_back_from_the_full_text_is_silent() {
    let (kiosk, chimes) = a_door(0);
    kiosk.scan(demo::imported_codes()[0]);
    kiosk.scan(demo::imported_codes()[0]);
    kiosk.global::<MyTicketAdapter>().invoke_read_notice();
    kiosk.is_on(Page::Notice);
    kiosk.press("Tilbage");
    kiosk.is_on(Page::MyTicket);
    assert_eq!(played(&chimes).len(), 2);
}

#[test]
fn pages_without_a_verdict_are_silent() {
    let (kiosk, chimes) = a_door(0);
    for way in ["Sign in", "Sign out", "Privacy"] {
        kiosk.press(way);
        let headless: &Headless = &kiosk;
        headless.kiosk.rest();
        kiosk.choose_language("English");
    }
    assert!(played(&chimes).is_empty());
}
