//! Staff, Setup: what the desk has around it, how each of it is, and a test of each.

use std::rc::Rc;
use std::time::Duration;

use slint::{ComponentHandle, Model, ModelRc};
use velkommen_ui::{self as ui, DeviceRow, DeviceTest, Page, SettingsSheet};

use crate::devices::camera::{Event, State};
use crate::devices::scanner;
use crate::devices::sound::Chime;
use crate::devices::speech::Line;
use crate::devices::{DeviceKind, DeviceState, DeviceStatus};
use crate::documents::badge::BadgeSize;
use crate::documents::test_page;
use crate::documents::words::Words;
use crate::gui::ask::Message;
use crate::gui::badges::size_of;
use crate::gui::device_kind::{can_choose, kind_in, kind_out, state_out};
use crate::gui::kiosk::{Kiosk, Part};
use crate::gui::rows::fill;

/// How long a camera, and somebody with a scanner, may take to show something.
const TEST: Duration = Duration::from_secs(20);

const A4: BadgeSize = BadgeSize { width_mm: 210.0, height_mm: 297.0 };

pub const PART: Part = Part { connect, reset, refresh: look, tick, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::DevicesAdapter>();
    kiosk.window.global::<ui::SettingsAdapter>().on_open_devices(kiosk.calls(open));
    page.on_close(kiosk.calls(|kiosk| turn_to(kiosk, SettingsSheet::None)));
    page.on_test(kiosk.calls_with(|kiosk, kind| {
        kiosk.note_activity();
        set_test(kiosk, kind_in(kind), DeviceTest::Running);
        test(kiosk, kind_in(kind));
    }));
}

fn reset(kiosk: &Rc<Kiosk>) {
    kiosk.window.global::<ui::DevicesAdapter>().set_devices(ModelRc::default());
}

/// The sheet opens without what was found the last time.
fn open(kiosk: &Rc<Kiosk>) {
    kiosk.reset_sheets(Page::Settings);
    turn_to(kiosk, SettingsSheet::Devices);
    look(kiosk);
}

fn turn_to(kiosk: &Kiosk, sheet: SettingsSheet) {
    kiosk.note_activity();
    kiosk.window.global::<ui::SettingsAdapter>().set_sheet(sheet);
}

/// Looks at the devices, on a thread of its own, while somebody reads how they are.
fn look(kiosk: &Rc<Kiosk>) {
    if kiosk.page() == Page::Settings && kiosk.window.global::<ui::SettingsAdapter>().get_sheet() == SettingsSheet::Devices {
        let devices = kiosk.devices();
        kiosk.desk.post().aside(move || Message::DevicesSeen(devices.look()));
    }
}

fn tick(kiosk: &Rc<Kiosk>) {
    if kiosk.since_boot().as_secs().is_multiple_of(2) {
        look(kiosk);
    }
}

/// How the devices are now; what is known of their tests stays.
pub fn seen(kiosk: &Rc<Kiosk>, found: &[DeviceStatus]) {
    let page = kiosk.window.global::<ui::DevicesAdapter>();
    let before = page.get_devices();
    let test_of =
        |row: &DeviceRow| before.iter().find(|old| old.kind == row.kind && old.name == row.name).map_or(DeviceTest::None, |old| old.test);
    let rows = found.iter().map(|status| {
        let row = row(status);
        DeviceRow { test: test_of(&row), ..row }
    });
    page.set_devices(fill(before.clone(), rows.collect::<Vec<_>>().into_iter()));
}

fn row(status: &DeviceStatus) -> DeviceRow {
    let is_there = status.state != DeviceState::Off;
    DeviceRow {
        kind: kind_out(status.kind),
        name: status.name.as_str().into(),
        state: state_out(status.state),
        // A single word is for scripts, and says what the state says.
        detail: status.fault.as_deref().filter(|fault| fault.contains(' ')).unwrap_or_default().into(),
        // A call tells another system of somebody: there is no harmless one.
        can_choose: can_choose(status.kind),
        can_test: is_there && status.kind != DeviceKind::Webhook,
        test: DeviceTest::None,
    }
}

fn test(kiosk: &Rc<Kiosk>, kind: DeviceKind) {
    match kind {
        DeviceKind::Camera => test_camera(kiosk),
        // The next scan is the answer; see `scanner_heard`.
        DeviceKind::Scanner => {
            let weak = kiosk.weak();
            slint::Timer::single_shot(TEST, move || {
                if let Some(kiosk) = weak.upgrade().filter(|kiosk| is_tested(kiosk, kind)) {
                    set_test(&kiosk, kind, DeviceTest::Failed);
                }
            });
        }
        DeviceKind::Printer => test_printer(kiosk),
        DeviceKind::Mail => {
            if let Some(mailer) = kiosk.devices().mail {
                kiosk.desk.post().aside(move || Message::DeviceTested { kind, worked: mailer.test().is_ok() });
            }
        }
        DeviceKind::Sound => {
            kiosk.devices().player.iter().for_each(|player| player.play(Chime::Welcome));
            set_test(kiosk, kind, DeviceTest::Worked);
        }
        DeviceKind::Speech => {
            let words = Words::of(kiosk.language());
            let line = Line::public(words.say("test page", "Test page"));
            kiosk.devices().voice.iter().for_each(|voice| voice.speak(kiosk.language().code(), std::slice::from_ref(&line)));
            set_test(kiosk, kind, DeviceTest::Worked);
        }
        DeviceKind::Webhook => {}
    }
}

/// On until it shows something, or has had the time to.
fn test_camera(kiosk: &Rc<Kiosk>) {
    let Some(camera) = kiosk.devices().camera else { return };
    kiosk.desk.post().aside(move || {
        let (told, hears) = std::sync::mpsc::channel();
        let watch = camera.watch(move |event| {
            if event == Event::State(State::Running) {
                // Whoever waited may have given up.
                let _ = told.send(());
            }
        });
        let worked = hears.recv_timeout(TEST / 4).is_ok();
        drop(watch);
        Message::DeviceTested { kind: DeviceKind::Camera, worked }
    });
}

fn test_printer(kiosk: &Rc<Kiosk>) {
    let Some(printer) = kiosk.devices().printer else { return };
    let (now, language, post) = (kiosk.now(), kiosk.language(), kiosk.desk.post());
    let size = printer.label().map_or(A4, size_of);
    printer.print_later(
        "test",
        Box::new(move || test_page::render(&now, language, size).map_err(|error| error.to_string())),
        Box::new(move |printed| post.send(Message::DeviceTested { kind: DeviceKind::Printer, worked: printed.is_ok() })),
    );
}

pub fn tested(kiosk: &Rc<Kiosk>, kind: DeviceKind, worked: bool) {
    set_test(kiosk, kind, if worked { DeviceTest::Worked } else { DeviceTest::Failed });
    look(kiosk);
}

/// A scanner has told something. `true`: it has read what somebody tested it with.
pub fn scanner_heard(kiosk: &Rc<Kiosk>, event: &scanner::Event) -> bool {
    match event {
        scanner::Event::Scan(_) if is_tested(kiosk, DeviceKind::Scanner) => {
            set_test(kiosk, DeviceKind::Scanner, DeviceTest::Worked);
            true
        }
        scanner::Event::Scan(_) => false,
        scanner::Event::State(_) => {
            look(kiosk);
            false
        }
    }
}

fn is_tested(kiosk: &Kiosk, kind: DeviceKind) -> bool {
    let rows = kiosk.window.global::<ui::DevicesAdapter>().get_devices();
    rows.iter().any(|row| row.kind == kind_out(kind) && row.test == DeviceTest::Running)
}

fn set_test(kiosk: &Kiosk, kind: DeviceKind, test: DeviceTest) {
    let rows = kiosk.window.global::<ui::DevicesAdapter>().get_devices();
    for (number, row) in rows.iter().enumerate().filter(|(_, row)| row.kind == kind_out(kind)) {
        rows.set_row_data(number, DeviceRow { test, ..row });
    }
}
