//! The kiosk without a display: real pages, real pixels, simulated time. The gallery, the tour and the tests stand on it.

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use chrono::TimeDelta;
use i_slint_backend_testing::{ElementHandle, TestingBackend, TestingBackendOptions, mock_elapsed_time};
use image::RgbaImage;
use slint::platform::WindowEvent;
use slint::{ComponentHandle, PhysicalSize, SharedString};

use super::equip;
use super::{AppError, handle};
use crate::desk::Desk;
use crate::desk::clock::SimulatedClock;
use crate::devices::Devices;
use crate::gui::ask::{Message, Post};
use crate::gui::clipboard::Guarded;
use crate::gui::window::{App, Shown};
use crate::gui::{Equip, Kiosk, pages, time};

/// How long an answer of the desk may take before something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);
/// Of a second that passes.
const STEPS: u32 = 10;

/// A kiosk that is driven by hand.
pub struct Headless {
    pub kiosk: Rc<Kiosk>,
    pub clock: Arc<SimulatedClock>,
    messages: Receiver<Message>,
}

/// The standard sizes of a screen, upright and lying.
pub const SIZES: [(u32, u32); 4] = [(1080, 1920), (1920, 1080), (1280, 800), (800, 1280)];

impl Headless {
    /// Opens a desk's kiosk on this thread, with the desk's printer.
    pub fn open(desk: Desk, clock: Arc<SimulatedClock>) -> Result<Headless, AppError> {
        let devices = Devices { printer: equip::printer(desk.config()).ok().flatten(), ..Devices::default() };
        Headless::with(desk, clock, Box::new(move |_| devices.clone()))
    }

    /// As [`Headless::open`], with these devices.
    pub fn with(desk: Desk, clock: Arc<SimulatedClock>, equip: Equip) -> Result<Headless, AppError> {
        let options = TestingBackendOptions { mock_time: true, threading: false, renderer_name: Some("software".into()) };
        // Refused only when this thread has one already, which is the same.
        drop(slint::platform::set_platform(Box::new(Guarded(Box::new(TestingBackend::new(options))))));
        let (post, messages) = Post::new(|| {});
        let kiosk = pages::open(App::new()?, desk, clock.clone(), equip, post)?;
        let headless = Headless { kiosk, clock, messages };
        headless.resize(SIZES[0]);
        headless.kiosk.window.show()?;
        time::tick(&headless.kiosk);
        headless.settle();
        Ok(headless)
    }

    pub fn window(&self) -> &App {
        &self.kiosk.window
    }

    pub fn resize(&self, (width, height): (u32, u32)) {
        self.window().window().set_size(PhysicalSize::new(width, height));
    }

    /// Handles messages until every question to the desk is answered, and none came of what the answers opened.
    pub fn settle(&self) {
        loop {
            mock_elapsed_time(Duration::from_millis(1));
            let handled = self.messages.try_iter().map(|message| handle(&self.kiosk, message)).count();
            match (self.kiosk.desk.is_settled(), handled) {
                (true, 0) => return,
                (true, _) => continue,
                (false, _) => {}
            }
            let message = self.messages.recv_timeout(PATIENCE).expect("the desk answers");
            handle(&self.kiosk, message);
        }
    }

    /// Waits for a message that no question asked for, such as the end of a sweep.
    pub fn wait(&self, is_it: impl Fn(&Message) -> bool) {
        loop {
            let message = self.messages.recv_timeout(PATIENCE).expect("the message comes");
            let found = is_it(&message);
            handle(&self.kiosk, message);
            if found {
                return self.settle();
            }
        }
    }

    /// Handles messages until this is so.
    pub fn wait_until(&self, is_so: impl Fn() -> bool) {
        self.settle();
        while !is_so() {
            let message = self.messages.recv_timeout(PATIENCE).expect("a message makes it so");
            handle(&self.kiosk, message);
        }
        self.settle();
    }

    /// Lets seconds pass one by one.
    pub fn pass(&self, seconds: u32) {
        for _ in 0..seconds {
            self.clock.advance(TimeDelta::seconds(1));
            // A timer that a change starts runs only from the next step on: one long step would not end it.
            (0..STEPS).for_each(|_| mock_elapsed_time(Duration::from_secs(1) / STEPS));
            time::tick(&self.kiosk);
            self.settle();
        }
    }

    /// Lets days and hours pass at once.
    pub fn leap(&self, by: TimeDelta) {
        self.clock.advance(by);
        time::tick(&self.kiosk);
        self.settle();
    }

    /// Stands before what has just opened until it takes a press.
    pub fn read(&self) {
        let waits = |_: &u32| self.window().global::<Shown>().get_fresh();
        (0..2 * STEPS).take_while(waits).for_each(|_| mock_elapsed_time(Duration::from_secs(1) / STEPS));
    }

    /// The first element of this accessible name.
    pub fn find(&self, label: &str) -> Option<ElementHandle> {
        ElementHandle::find_by_accessible_label(self.window(), label).next()
    }

    /// Presses what has this accessible name, as assistive technology does.
    pub fn press(&self, label: &str) -> Result<(), AppError> {
        self.read();
        let element = self.find(label).ok_or_else(|| AppError::Walk(format!("nothing is called {label:?}")))?;
        if element.accessible_enabled() == Some(false) {
            return Err(AppError::Walk(format!("{label:?} is disabled")));
        }
        element.invoke_accessible_default_action();
        mock_elapsed_time(Duration::from_millis(300));
        self.settle();
        Ok(())
    }

    /// Chooses a language by its own name, the way somebody does who reads none of the others.
    pub fn choose_language(&self, name: &str) -> Result<(), AppError> {
        let way = ["Language", "Sprog", "Språk", "Sprache"].into_iter().find(|label| self.find(label).is_some());
        self.press(way.unwrap_or("Language"))?;
        self.press(name)
    }

    /// Types as people do, with a pause after each key.
    pub fn type_text(&self, text: &str) {
        for c in text.chars() {
            self.key(c.to_string());
            self.clock.advance(TimeDelta::milliseconds(120));
            mock_elapsed_time(Duration::from_millis(120));
        }
        self.settle();
    }

    /// A scanner types: fast, and Enter at the end.
    pub fn scan(&self, text: &str) {
        for c in text.chars().chain(['\n']) {
            self.key(c.to_string());
            self.clock.advance(TimeDelta::milliseconds(1));
        }
        mock_elapsed_time(Duration::from_millis(10));
        self.settle();
    }

    /// One key, pressed and released.
    pub fn key(&self, text: impl Into<SharedString>) {
        let text = text.into();
        self.window().window().dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
        self.window().window().dispatch_event(WindowEvent::KeyReleased { text });
    }

    /// Writes what the screen shows into a PNG file.
    pub fn picture(&self, file: &Path) -> Result<(), AppError> {
        self.shot()?.save(file).map_err(|error| AppError::File(std::io::Error::other(error)))
    }

    /// What the screen shows, once everything that moves has arrived.
    pub fn shot(&self) -> Result<RgbaImage, AppError> {
        // What moves begins to when it is first looked at.
        drop(self.find(""));
        mock_elapsed_time(Duration::from_millis(100));
        drop(self.window().window().take_snapshot()?);
        mock_elapsed_time(Duration::from_millis(500));
        let shot = self.window().window().take_snapshot()?;
        let (width, height) = (shot.width(), shot.height());
        RgbaImage::from_raw(width, height, shot.as_bytes().to_vec()).ok_or_else(|| AppError::Walk("a picture of another size".to_owned()))
    }
}
