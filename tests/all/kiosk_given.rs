//! The kiosk of the tests: a demo desk on a simulated clock, driven by accessible names, its rows asked for at the desk.

use std::cell::RefCell;
use std::ops::Deref;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery, mock_elapsed_time};
use rusqlite::Connection;
use slint::platform::{PointerEventButton, WindowEvent};
use slint::{ComponentHandle, Global, LogicalPosition};
use velkommen::app::demo;
use velkommen::app::equip;
use velkommen::app::headless::Headless;
use velkommen::desk::clock::SimulatedClock;
use velkommen::desk::list_open_visits::{OpenVisit, list_open_visits};
use velkommen::desk::{Desk, Folder};
use velkommen::devices::Devices;
use velkommen::domain::access::Actor;
use velkommen::gui::Facts;
use velkommen::gui::window::{App, HomeAdapter, Page, Session, UnlockAdapter};

use crate::given::raw;

/// A kiosk and the folder it lives in, which is gone with it.
pub struct Given {
    kiosk: Headless,
    place: tempfile::TempDir,
    /// In whose name the devices were made, each time.
    pub equipped_for: Rc<RefCell<Vec<String>>>,
}

/// The demo's desk on a Thursday at ten, in English, with its hosts and nobody in the house.
pub fn a_kiosk() -> Given {
    let given = open(|desk| demo::furnish(desk).unwrap());
    given.choose_language("English");
    given
}

/// A desk that nobody has set up.
pub fn a_first_start() -> Given {
    let given = open(|_| {});
    given.choose_language("English");
    given
}

/// An empty house that `prepare` sets up, at this moment, in English.
pub fn a_house_at(at: &str, prepare: impl FnOnce(&mut Desk)) -> Given {
    let given = open_at(at, Devices::default(), prepare);
    given.choose_language("English");
    given
}

/// As [`a_kiosk`], after whatever `prepare` does at the desk.
pub fn a_kiosk_with(prepare: impl FnOnce(&mut Desk)) -> Given {
    let given = open(|desk| {
        demo::furnish(desk).unwrap();
        prepare(desk);
    });
    given.choose_language("English");
    given
}

/// As [`a_kiosk_with`], as it starts: in Danish.
pub fn a_kiosk_that_starts_with(prepare: impl FnOnce(&mut Desk)) -> Given {
    open(|desk| {
        demo::furnish(desk).unwrap();
        prepare(desk);
    })
}

/// As [`a_kiosk_with`], with these devices.
pub fn a_kiosk_with_devices(devices: Devices, prepare: impl FnOnce(&mut Desk)) -> Given {
    let given = open_with(devices, |desk| {
        demo::furnish(desk).unwrap();
        prepare(desk);
    });
    given.choose_language("English");
    given
}

/// When every kiosk here opens.
pub fn nine() -> DateTime<Tz> {
    let at: DateTime<Utc> = "2026-03-12T09:00:00Z".parse().unwrap();
    at.with_timezone(&chrono_tz::Europe::Copenhagen)
}

/// A kiosk while the demo's event is open.
pub fn a_door() -> Given {
    let kiosk = a_kiosk_with(|desk| drop(demo::hold_event(desk, nine())));
    kiosk.pass(11);
    kiosk
}

fn open(prepare: impl FnOnce(&mut Desk)) -> Given {
    open_with(Devices::default(), prepare)
}

fn open_with(devices: Devices, prepare: impl FnOnce(&mut Desk)) -> Given {
    open_at("2026-03-12T09:00:00Z", devices, prepare)
}

/// The printer is the desk's own where none is among the devices.
fn open_at(at: &str, devices: Devices, prepare: impl FnOnce(&mut Desk)) -> Given {
    let place = tempfile::tempdir().unwrap();
    let clock = Arc::new(SimulatedClock::at(at.parse().unwrap()));
    let mut desk = demo::bare(place.path(), clock.clone()).unwrap();
    prepare(&mut desk);
    let printer = devices.printer.clone().or(equip::printer(desk.config()).unwrap());
    let devices = Devices { printer, ..devices };
    let equipped_for: Rc<RefCell<Vec<String>>> = Rc::default();
    let names = equipped_for.clone();
    let equip = move |facts: &Facts| {
        names.borrow_mut().push(facts.organisation().to_owned());
        devices.clone()
    };
    Given { kiosk: Headless::with(desk, clock, Box::new(equip)).unwrap(), place, equipped_for }
}

impl Deref for Given {
    type Target = Headless;

    fn deref(&self) -> &Headless {
        &self.kiosk
    }
}

impl Given {
    /// The file itself, past every rule of the desk.
    pub fn raw(&self) -> Connection {
        let folder = Folder::at(self.place.path().join("desk"));
        raw(folder.database(), folder.key_file())
    }

    pub fn paper(&self, kind: &str) -> PathBuf {
        self.place.path().join("papers").join(format!("{kind}.pdf"))
    }

    pub fn global<'a, T: Global<'a, App>>(&'a self) -> T {
        self.window().global::<T>()
    }

    #[track_caller]
    pub fn is_on(&self, page: Page) {
        assert_eq!(self.kiosk.kiosk.page(), page);
    }

    pub fn is_covered(&self) -> bool {
        self.global::<Session>().get_covered()
    }

    /// Presses what has this accessible name; it has to be there and enabled.
    #[track_caller]
    pub fn press(&self, label: &str) {
        if let Err(error) = self.kiosk.press(label) {
            panic!("{error}; there is {:?}", self.labels());
        }
    }

    /// The demo's member of staff unlocks the staff pages.
    pub fn unlock(&self) {
        self.global::<HomeAdapter>().invoke_staff();
        let page = self.global::<UnlockAdapter>();
        page.set_name(demo::STAFF_NAME.into());
        page.set_secret(demo::STAFF_PIN.into());
        page.invoke_unlock();
        self.settle();
    }

    #[track_caller]
    pub fn choose_language(&self, name: &str) {
        if let Err(error) = self.kiosk.choose_language(name) {
            panic!("{error}; there is {:?}", self.labels());
        }
    }

    /// A finger lands in the middle of what has this name, and again where it was a fifth of a second later.
    #[track_caller]
    pub fn press_twice(&self, label: &str) {
        self.read();
        let element = self.control(label);
        let (at, size) = (element.absolute_position(), element.size());
        let middle = LogicalPosition::new(at.x + size.width / 2.0, at.y + size.height / 2.0);
        for _ in 0..2 {
            self.tap(middle);
            mock_elapsed_time(Duration::from_millis(200));
            self.clock.advance(chrono::TimeDelta::milliseconds(200));
        }
        mock_elapsed_time(Duration::from_millis(500));
        self.settle();
    }

    /// A finger lands here and leaves again.
    pub fn tap(&self, position: LogicalPosition) {
        let window = self.window().window();
        window.dispatch_event(WindowEvent::PointerMoved { position });
        window.dispatch_event(WindowEvent::PointerPressed { position, button: PointerEventButton::Left });
        window.dispatch_event(WindowEvent::PointerReleased { position, button: PointerEventButton::Left });
        self.settle();
    }

    /// Puts a text into a field at once, as assistive technology does.
    #[track_caller]
    pub fn fill(&self, label: &str, text: &str) {
        self.field(label).set_accessible_value(text);
        self.settle();
    }

    /// What stands in a field.
    #[track_caller]
    pub fn value(&self, label: &str) -> String {
        self.field(label).accessible_value().unwrap_or_default().into()
    }

    #[track_caller]
    pub fn field(&self, label: &str) -> ElementHandle {
        self.of_role(AccessibleRole::TextInput, label)
            .unwrap_or_else(|| panic!("no field is called {label:?}; there is {:?}", self.labels()))
    }

    /// What can be pressed and has this name.
    #[track_caller]
    pub fn control(&self, label: &str) -> ElementHandle {
        [AccessibleRole::Button, AccessibleRole::Checkbox, AccessibleRole::Tab, AccessibleRole::RadioButton]
            .into_iter()
            .find_map(|role| self.of_role(role, label))
            .unwrap_or_else(|| panic!("no control is called {label:?}; there is {:?}", self.labels()))
    }

    fn of_role(&self, role: AccessibleRole, label: &str) -> Option<ElementHandle> {
        let label = label.to_owned();
        ElementQuery::from_root(self.window())
            .match_accessible_role(role)
            .match_predicate(move |element| element.accessible_label().is_some_and(|found| found == label.as_str()))
            .find_first()
    }

    pub fn sees(&self, label: &str) -> bool {
        self.find(label).is_some()
    }

    /// Everything on the screen that has a name, in its order.
    pub fn labels(&self) -> Vec<String> {
        let named = ElementQuery::from_root(self.window())
            .match_predicate(|element| element.accessible_label().is_some_and(|label| !label.is_empty()))
            .find_all();
        named.iter().filter_map(|element| element.accessible_label().map(String::from)).collect()
    }

    /// Whether this text is in any name, value, description or placeholder on the screen.
    pub fn says(&self, text: &str) -> bool {
        let text = text.to_owned();
        ElementQuery::from_root(self.window())
            .match_predicate(move |element| {
                [
                    element.accessible_label(),
                    element.accessible_value(),
                    element.accessible_description(),
                    element.accessible_placeholder_text(),
                ]
                .into_iter()
                .flatten()
                .any(|found| found.contains(&text))
            })
            .find_first()
            .is_some()
    }

    /// The complaint stands in words right under its field, is read out, and belongs to it.
    #[track_caller]
    pub fn complains(&self, field: &str, complaint: &str) {
        let input = self.field(field);
        assert_eq!(input.accessible_description().unwrap_or_default(), complaint, "the field itself says it");
        let words = self.find(complaint).unwrap_or_else(|| panic!("nothing says {complaint:?}; there is {:?}", self.labels()));
        assert_eq!(words.accessible_live_region(), Some(i_slint_backend_testing::AccessibleLiveness::Assertive));
        let (field_at, words_at) = (input.absolute_position(), words.absolute_position());
        let below = words_at.y - (field_at.y + input.size().height);
        assert!((-8.0..80.0).contains(&below), "{below} px below its field");
        let is_scrolled = input.size().width > 1000.0;
        assert!(is_scrolled || (words_at.x - field_at.x).abs() < 80.0);
    }

    /// Which of these fields takes the next letter: it is typed, looked for and taken back.
    #[track_caller]
    pub fn focused<'l>(&self, fields: &[&'l str]) -> Option<&'l str> {
        let before: Vec<_> = fields.iter().map(|field| self.value(field)).collect();
        self.type_text("q");
        let found = fields.iter().zip(&before).find(|(field, before)| self.value(field) != **before).map(|(field, _)| *field);
        self.type_text("\u{8}");
        found
    }

    /// Asks the desk, on its thread, and waits for the answer.
    pub fn ask<T: Send + 'static>(&self, what: impl FnOnce(&mut Desk) -> T + Send + 'static) -> T {
        let answer = Rc::new(RefCell::new(None));
        let slot = answer.clone();
        self.kiosk.kiosk.ask_for_house(what, move |_, outcome| *slot.borrow_mut() = Some(outcome));
        self.settle();
        answer.take().expect("the desk has answered")
    }

    /// Who is in the house, as the desk says.
    pub fn visits(&self) -> Vec<OpenVisit> {
        self.ask(|desk| list_open_visits(desk, &Actor::Operator).unwrap())
    }

    pub fn names(&self) -> Vec<String> {
        self.visits().into_iter().map(|visit| visit.name).collect()
    }
}
