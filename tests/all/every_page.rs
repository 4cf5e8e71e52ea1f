//! Every page, as somebody comes to it.

use velkommen::app::demo;
use velkommen::desk::end_roll_call::end_roll_call;
use velkommen::desk::list_events::list_events;
use velkommen::domain::access::Actor;
use velkommen::domain::roll_call::EndReason;
use velkommen::gui::window::{EventsAdapter, HomeAdapter, Overlay, Page, Session, StaffAdapter, TodayAdapter};

use crate::kiosk_given::Given;

pub type Open = fn(&Given);

pub const PUBLIC: [(&str, Open); 18] = [
    ("home", |_| {}),
    ("sign in", |kiosk| kiosk.press("Sign in")),
    ("host", |kiosk| {
        kiosk.press("Sign in");
        kiosk.type_text("Åse");
        kiosk.press("Continue");
        kiosk.type_text("kær");
    }),
    ("notice", |kiosk| {
        kiosk.press("Sign in");
        kiosk.type_text("Åse");
        kiosk.press("Continue");
        kiosk.press("Somebody else");
    }),
    ("signed in", |kiosk| {
        kiosk.press("Sign in");
        kiosk.type_text("Åse");
        kiosk.press("Continue");
        kiosk.press("Somebody else");
        kiosk.press("Sign in");
    }),
    ("sign out", |kiosk| kiosk.press("Sign out")),
    ("check in", |kiosk| kiosk.press("Check in to today’s event")),
    ("find me", |kiosk| {
        kiosk.press("Check in to today’s event");
        kiosk.press("Find my name");
    }),
    ("walk-in", |kiosk| {
        kiosk.press("Check in to today’s event");
        kiosk.press("I am not registered");
        kiosk.type_text("Ada Berg");
    }),
    ("welcome", walk_in),
    ("one by one", |kiosk| {
        walk_in(kiosk);
        kiosk.press("One by one");
    }),
    ("my ticket", |kiosk| {
        kiosk.scan(demo::imported_codes()[0]);
        kiosk.read();
        kiosk.scan(demo::imported_codes()[0]);
    }),
    ("refusal", |kiosk| kiosk.scan("nobody-has-this")),
    ("privacy", |kiosk| kiosk.press("Privacy")),
    ("languages", |kiosk| kiosk.global::<Session>().set_overlay(Overlay::Languages)),
    ("screen help", |kiosk| kiosk.press("Screen help")),
    ("unlock", |kiosk| kiosk.global::<HomeAdapter>().invoke_staff()),
    ("are you there", |kiosk| {
        kiosk.press("Sign in");
        kiosk.pass(60);
    }),
];

pub const STAFF: [(&str, Open); 6] = [
    ("today", |kiosk| kiosk.unlock()),
    ("visits", |kiosk| {
        kiosk.unlock();
        kiosk.global::<StaffAdapter>().invoke_visits();
    }),
    ("events", |kiosk| {
        kiosk.unlock();
        kiosk.global::<StaffAdapter>().invoke_events();
    }),
    ("participants", |kiosk| {
        kiosk.unlock();
        let event = kiosk.ask(|desk| list_events(desk, &Actor::Operator).unwrap()[0].id);
        kiosk.global::<EventsAdapter>().invoke_open(event.to_string().into());
    }),
    ("roll call", |kiosk| {
        kiosk.unlock();
        kiosk.global::<TodayAdapter>().invoke_roll_call();
    }),
    ("setup", |kiosk| {
        kiosk.unlock();
        kiosk.global::<StaffAdapter>().invoke_settings();
    }),
];

fn walk_in(kiosk: &Given) {
    kiosk.press("Check in to today’s event");
    kiosk.press("I am not registered");
    kiosk.type_text("Ada Berg");
    kiosk.press("Check in");
    kiosk.is_on(Page::Welcome);
}

/// A house with an event, at rest, in English.
pub fn at_rest(kiosk: &Given) {
    kiosk.ask(|desk| end_roll_call(desk, &Actor::Operator, Some(EndReason::Drill)).unwrap());
    kiosk.kiosk.roll_call.set(None);
    kiosk.kiosk.rest();
    kiosk.settle();
    kiosk.read();
    kiosk.choose_language("English");
}
