//! Answers of the desk that come late: nobody but whoever asked is told.

use std::sync::mpsc::channel;

use slint::Model;
use velkommen::app::demo;
use velkommen::gui::window::{
    EventAdapter, Page, RollCallAdapter, SettingsAdapter, SignInAdapter, StaffAdapter, TodayAdapter, UnlockAdapter, VisitsAdapter,
};

use crate::kiosk_given::{Given, a_kiosk_with, nine};

/// Staff have unlocked a house with visitors and an event.
fn an_unlocked_house() -> Given {
    let kiosk = a_kiosk_with(|desk| {
        demo::hold_event(desk, nine()).unwrap();
        demo::VISITORS.iter().for_each(|visitor| demo::arrive(desk, visitor).unwrap());
    });
    kiosk.pass(11);
    kiosk.unlock();
    kiosk.is_on(Page::Today);
    kiosk
}

/// Does this while the desk is busy with something else, and then lets the desk answer.
fn while_the_desk_is_busy(kiosk: &Given, act: impl FnOnce()) {
    let (free, waits) = channel::<()>();
    kiosk.kiosk.ask_for_house(move |_| waits.recv().is_ok(), |_, _| {});
    act();
    drop(free);
    kiosk.settle();
}

#[test]
fn a_roll_call_that_comes_after_the_lock_is_shown_to_nobody() {
    let kiosk = an_unlocked_house();
    while_the_desk_is_busy(&kiosk, || {
        kiosk.global::<TodayAdapter>().invoke_roll_call();
        kiosk.global::<StaffAdapter>().invoke_lock();
    });
    kiosk.is_on(Page::Home);
    let page = kiosk.global::<RollCallAdapter>();
    assert_eq!((page.get_missing().row_count(), page.get_found().row_count(), page.get_count()), (0, 0, 0));
}

#[test]
fn no_page_of_staff_is_filled_or_opened_after_the_lock() {
    let kiosk = an_unlocked_house();
    let event =
        kiosk.ask(|desk| velkommen::desk::list_events::list_open_events(desk, &velkommen::domain::access::Actor::Public).unwrap()[0].id);
    let asks: [&dyn Fn(); 4] = [
        &|| kiosk.global::<StaffAdapter>().invoke_today(),
        &|| kiosk.global::<StaffAdapter>().invoke_visits(),
        &|| kiosk.global::<velkommen::gui::window::EventsAdapter>().invoke_open(event.to_string().into()),
        &|| kiosk.global::<StaffAdapter>().invoke_settings(),
    ];
    for ask in asks {
        kiosk.unlock();
        while_the_desk_is_busy(&kiosk, || {
            ask();
            kiosk.global::<StaffAdapter>().invoke_lock();
        });
        kiosk.is_on(Page::Home);
        let (today, visits) = (kiosk.global::<TodayAdapter>(), kiosk.global::<VisitsAdapter>());
        assert_eq!((today.get_on_site().row_count(), today.get_inside().visitors, today.get_expected().row_count()), (0, 0, 0));
        assert_eq!((visits.get_visits().row_count(), visits.get_inside().visitors), (0, 0));
        let event = kiosk.global::<EventAdapter>();
        assert_eq!((event.get_name().as_str(), event.get_count_everybody(), event.get_participants().row_count()), ("", 0, 0));
        assert_eq!(kiosk.global::<SettingsAdapter>().get_staff().row_count(), 0);
        assert_eq!(kiosk.global::<StaffAdapter>().get_name(), "");
    }
}

#[test]
fn an_unlock_that_comes_after_the_person_has_gone_unlocks_nothing() {
    let kiosk = an_unlocked_house();
    kiosk.global::<StaffAdapter>().invoke_lock();
    kiosk.global::<velkommen::gui::window::HomeAdapter>().invoke_staff();
    while_the_desk_is_busy(&kiosk, || {
        let page = kiosk.global::<UnlockAdapter>();
        page.set_name(demo::STAFF_NAME.into());
        page.set_secret(demo::STAFF_PIN.into());
        page.invoke_unlock();
        kiosk.kiosk.rest();
    });
    kiosk.is_on(Page::Home);
    assert!(kiosk.kiosk.staff.borrow().is_none());
    assert!(!kiosk.global::<UnlockAdapter>().get_busy(), "the next one can try");
}

#[test]
fn a_form_that_was_left_while_the_desk_was_busy_serves_the_next_visitor() {
    let kiosk = an_unlocked_house();
    kiosk.global::<StaffAdapter>().invoke_lock();
    let form = kiosk.global::<SignInAdapter>();
    let begin = || {
        kiosk.global::<velkommen::gui::window::HomeAdapter>().invoke_sign_in();
        form.set_name("Karen Kærsgård".into());
        form.invoke_next();
    };
    while_the_desk_is_busy(&kiosk, || {
        begin();
        kiosk.kiosk.rest();
    });
    assert_eq!(form.get_step(), velkommen::gui::window::SignInStep::Who, "the first one's answer opens nothing");
    assert!(!form.get_busy());
    begin();
    kiosk.settle();
    assert_ne!(form.get_step(), velkommen::gui::window::SignInStep::Who);
}

#[test]
fn settings_that_were_saved_before_the_lock_are_known_after_it() {
    let kiosk = an_unlocked_house();
    kiosk.global::<StaffAdapter>().invoke_settings();
    kiosk.settle();
    while_the_desk_is_busy(&kiosk, || {
        let page = kiosk.global::<SettingsAdapter>();
        page.set_organisation("Nyt Hus".into());
        page.invoke_save();
        kiosk.global::<StaffAdapter>().invoke_lock();
    });
    kiosk.is_on(Page::Home);
    assert_eq!(kiosk.kiosk.facts.borrow().organisation(), "Nyt Hus");
}

#[test]
fn no_sweep_begins_while_one_is_under_way() {
    let kiosk = an_unlocked_house();
    while_the_desk_is_busy(&kiosk, || {
        assert!(kiosk.kiosk.desk.sweep());
        assert!(!kiosk.kiosk.desk.sweep(), "the first one still waits for the desk");
    });
    // The next one begins when it is over.
    kiosk.wait_until(|| kiosk.kiosk.desk.sweep());
}
