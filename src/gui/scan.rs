//! What scanners read: from their devices, or typed as a burst of keys, told from typing in `burst`.

use std::rc::Rc;
use std::time::Duration;

use slint::{ComponentHandle, SharedString};

use super::Kiosk;
use super::burst::{Heard, QUIET, Reading, Scan};
use super::window::{self as ui, Page};
use crate::devices::scanner::Event;

pub(super) fn connect(kiosk: &Rc<Kiosk>) {
    let session = kiosk.window.global::<ui::Session>();
    let weak = kiosk.weak();
    session.on_capture_key(move |text| weak.upgrade().is_some_and(|kiosk| capture(&kiosk, &text)));
    session.on_type(kiosk.calls_with(|kiosk, text: SharedString| {
        super::time::note_activity(kiosk);
        // What the on-screen keyboard types is no scan, however fast the finger.
        kiosk.scanner.take();
        kiosk.typing_on_screen.set(true);
        let window = kiosk.window.window();
        window.dispatch_event(slint::platform::WindowEvent::KeyPressed { text: text.clone() });
        window.dispatch_event(slint::platform::WindowEvent::KeyReleased { text });
        kiosk.typing_on_screen.set(false);
    }));
}

/// Looks at a key before anyone else. `true`: it belongs to a scan and goes no further.
fn capture(kiosk: &Rc<Kiosk>, text: &str) -> bool {
    let reading = reading(kiosk.page());
    if kiosk.typing_on_screen.get() || reading == Reading::Nothing {
        return false;
    }
    let mut burst = kiosk.scanner.borrow_mut();
    match burst.key(kiosk.since_boot(), text, reading, || typed(kiosk)) {
        Heard::Key => {
            if burst.may_be_whole(reading) {
                wait_for_silence(kiosk);
            }
            false
        }
        Heard::End(scan) => {
            act_soon(kiosk, scan);
            true
        }
        Heard::Rest => true,
    }
}

/// A scanner may send no Enter; then a scan ends when nothing more comes.
fn wait_for_silence(kiosk: &Rc<Kiosk>) {
    let (weak, since) = (kiosk.weak(), kiosk.since_boot());
    let listen = move || {
        let Some(kiosk) = weak.upgrade() else { return };
        // A window that was busy has keys that wait for it, and they come before the next silence.
        if kiosk.since_boot().saturating_sub(since) > 2 * QUIET {
            return wait_for_silence(&kiosk);
        }
        let scan = kiosk.scanner.borrow_mut().quiet(reading(kiosk.page()));
        if let Some(scan) = scan {
            act(&kiosk, scan);
        }
    };
    kiosk.scan_silence.start(slint::TimerMode::SingleShot, QUIET, listen);
}

fn reading(page: Page) -> Reading {
    match page {
        Page::Home | Page::SignedIn | Page::SignedOut | Page::CheckIn | Page::Welcome | Page::Refusal | Page::MyTicket | Page::Notice => {
            Reading::Anything
        }
        Page::SignIn | Page::SignOut | Page::TicketCode | Page::FindMe | Page::WalkIn | Page::Unlock => Reading::Codes,
        Page::Setup
        | Page::Clock
        | Page::Today
        | Page::Visits
        | Page::RollCall
        | Page::Events
        | Page::Event
        | Page::Settings
        | Page::Closed => Reading::Nothing,
    }
}

fn act_soon(kiosk: &Rc<Kiosk>, scan: Scan) {
    let weak = kiosk.weak();
    // The key event still holds the window; the scan is acted on right after it.
    slint::Timer::single_shot(Duration::ZERO, move || {
        if let Some(kiosk) = weak.upgrade() {
            act(&kiosk, scan);
        }
    });
}

fn act(kiosk: &Rc<Kiosk>, scan: Scan) {
    restore(kiosk, &scan.fields);
    super::time::note_activity(kiosk);
    let session = kiosk.window.global::<ui::Session>();
    if session.get_covered() {
        return;
    }
    if scan.fields.iter().any(|field| !field.trim().is_empty()) {
        session.set_scan_held(true);
    } else {
        super::check_in::scanned(kiosk, scan.text);
    }
}

/// What stands in the fields that a scan could type into, in a fixed order.
fn typed(kiosk: &Kiosk) -> Vec<SharedString> {
    let (form, code) = (kiosk.window.global::<ui::SignInAdapter>(), kiosk.window.global::<ui::SignOutAdapter>());
    let unlock = kiosk.window.global::<ui::UnlockAdapter>();
    let (ticket, find_me) = (kiosk.window.global::<ui::TicketCodeAdapter>(), kiosk.window.global::<ui::FindMeAdapter>());
    let walk_in = kiosk.window.global::<ui::WalkInAdapter>();
    vec![
        form.get_name(),
        form.get_company(),
        form.get_title(),
        form.get_note(),
        form.get_host_query(),
        code.get_code(),
        unlock.get_name(),
        unlock.get_secret(),
        ticket.get_code(),
        find_me.get_name(),
        find_me.get_company(),
        walk_in.get_name(),
        walk_in.get_title(),
        walk_in.get_company(),
    ]
}

/// What a scanner tells that is read by its device.
pub fn heard(kiosk: &Rc<Kiosk>, event: Event) {
    match event {
        Event::Scan(_) if super::devices::scanned(kiosk) => {}
        Event::Scan(text) => read(kiosk, text),
        Event::State(status) => {
            tracing::info!(scanner = status.name, state = status.state.word(), fault = status.fault, "scanner");
            super::devices::look(kiosk);
        }
    }
}

/// A device has read a code: none of its characters went through the window.
pub(super) fn read(kiosk: &Rc<Kiosk>, text: String) {
    if reading(kiosk.page()) != Reading::Nothing {
        act(kiosk, Scan { text, fields: typed(kiosk) });
    }
}

/// Takes the scan's characters out of the fields again.
fn restore(kiosk: &Kiosk, fields: &[SharedString]) {
    let (form, code) = (kiosk.window.global::<ui::SignInAdapter>(), kiosk.window.global::<ui::SignOutAdapter>());
    let unlock = kiosk.window.global::<ui::UnlockAdapter>();
    let (ticket, find_me) = (kiosk.window.global::<ui::TicketCodeAdapter>(), kiosk.window.global::<ui::FindMeAdapter>());
    let walk_in = kiosk.window.global::<ui::WalkInAdapter>();
    if let [
        name,
        company,
        title,
        note,
        host_query,
        typed_code,
        staff,
        secret,
        ticket_code,
        own_name,
        own_company,
        new_name,
        new_title,
        new_company,
    ] = fields
    {
        form.set_name(name.clone());
        form.set_company(company.clone());
        form.set_title(title.clone());
        form.set_note(note.clone());
        form.set_host_query(host_query.clone());
        code.set_code(typed_code.clone());
        unlock.set_name(staff.clone());
        unlock.set_secret(secret.clone());
        ticket.set_code(ticket_code.clone());
        find_me.set_name(own_name.clone());
        find_me.set_company(own_company.clone());
        walk_in.set_name(new_name.clone());
        walk_in.set_title(new_title.clone());
        walk_in.set_company(new_company.clone());
    }
}
