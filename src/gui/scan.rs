//! What scanners read: from their devices, or typed as a burst of keys, told from typing in `burst`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use slint::{ComponentHandle, SharedString};
use velkommen_ui as ui;

use super::burst::{Burst, Heard, QUIET, Reading, Scan};
use super::kiosk::{Kiosk, Part};
use super::to::To;
use crate::devices::scanner::Event;

/// The keys that come through the window.
#[derive(Default)]
struct Keys {
    burst: RefCell<Burst>,
    silence: slint::Timer,
    /// While the on-screen keyboard's key goes through the window.
    typed_on_screen: Cell<bool>,
}

pub const PART: Part = Part { connect, reset, ..Part::EMPTY };

fn reset(kiosk: &Rc<Kiosk>) {
    kiosk.house::<Keys>().burst.take();
}

fn connect(kiosk: &Rc<Kiosk>) {
    let session = kiosk.window.global::<ui::Session>();
    let weak = kiosk.weak();
    session.on_capture_key(move |text| weak.upgrade().is_some_and(|kiosk| capture(&kiosk, &text)));
    session.on_type(kiosk.calls_with(|kiosk, text: SharedString| {
        kiosk.note_activity();
        // What the on-screen keyboard types is no scan, however fast the finger.
        let keys = kiosk.house::<Keys>();
        keys.burst.take();
        keys.typed_on_screen.set(true);
        let window = kiosk.window.window();
        window.dispatch_event(slint::platform::WindowEvent::KeyPressed { text: text.clone() });
        window.dispatch_event(slint::platform::WindowEvent::KeyReleased { text });
        keys.typed_on_screen.set(false);
    }));
}

/// Looks at a key before anyone else. `true`: it belongs to a scan and goes no further.
fn capture(kiosk: &Rc<Kiosk>, text: &str) -> bool {
    let (reading, keys) = (kiosk.scans(), kiosk.house::<Keys>());
    if keys.typed_on_screen.get() || reading == Reading::Nothing {
        return false;
    }
    let mut burst = keys.burst.borrow_mut();
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
        let scan = kiosk.house::<Keys>().burst.borrow_mut().quiet(kiosk.scans());
        if let Some(scan) = scan {
            act(&kiosk, scan);
        }
    };
    kiosk.house::<Keys>().silence.start(slint::TimerMode::SingleShot, QUIET, listen);
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
    let is_typed = scan.fields.iter().any(|field| !field.trim().is_empty());
    restore(kiosk, scan.fields);
    kiosk.note_activity();
    let session = kiosk.window.global::<ui::Session>();
    if session.get_covered() {
        return;
    }
    if is_typed {
        session.set_scan_held(true);
    } else {
        kiosk.go(To::Code(scan.text));
    }
}

/// What stands in the fields that a scan could type into.
fn typed(kiosk: &Kiosk) -> Vec<SharedString> {
    kiosk.fields().map(|field| (field.get)(&kiosk.window)).collect()
}

/// Takes the scan's characters out of the fields again.
fn restore(kiosk: &Kiosk, before: Vec<SharedString>) {
    for (field, text) in kiosk.fields().zip(before) {
        (field.set)(&kiosk.window, text);
    }
}

/// What a scanner tells that is read by its device.
pub fn heard(kiosk: &Rc<Kiosk>, event: Event) {
    match event {
        Event::Scan(text) => read(kiosk, text),
        Event::State(status) => {
            tracing::info!(scanner = status.name, state = status.state.word(), fault = status.fault, "scanner");
        }
    }
}

/// A device has read a code: none of its characters went through the window.
pub fn read(kiosk: &Rc<Kiosk>, text: String) {
    if kiosk.scans() != Reading::Nothing {
        act(kiosk, Scan { text, fields: typed(kiosk) });
    }
}
