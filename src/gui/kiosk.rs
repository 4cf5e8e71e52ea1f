//! The kiosk: the window, the way to the desk, and whoever stands in front of it. It knows its pages by their rows alone.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use slint::{CloseRequestResponse, ComponentHandle, ModelRc, SharedString};
use velkommen_ui::{self as ui, App, Page};

use super::ask::{DeskThread, Message, Post};
use super::burst::Reading;
use super::clipboard;
use super::drawers::Drawers;
use super::look;
use super::pace::{self, Pace, Stay};
use super::to::To;
use crate::desk::list_events::OpenDoor;
use crate::desk::show_roll_call::RollCallFigures;
use crate::desk::slices::Slices;
use crate::desk::{Desk, DeskError};
use crate::devices::Devices;
use crate::devices::scanner::Scanners;
use crate::documents::dates;
use crate::domain::access::{Actor, Verb, may};
use crate::domain::clock::{Clock, Doubt};
use crate::domain::config::{Config, Mode};
use crate::domain::language::Language;
use crate::domain::profile::Profile;

/// Makes the devices that a desk's config names.
pub type Equip = Box<dyn Fn(&Facts) -> Devices>;

/// The kiosk: one window over one desk.
pub struct Kiosk {
    pub window: App,
    pub desk: DeskThread<Kiosk>,
    pub clock: Arc<dyn Clock>,
    pages: &'static Pages,
    /// Makes the devices that the facts name.
    equip: Equip,
    devices: RefCell<Devices>,
    /// Read for as long as they are here.
    scanners: RefCell<Option<Scanners>>,
    /// What the desk was set up as; read anew after every change.
    pub facts: RefCell<Facts>,
    /// The events whose doors are open, as last looked.
    pub doors: RefCell<Vec<OpenDoor>>,
    /// The doubt about the clock, as last judged.
    pub doubt: Cell<Option<Doubt>>,
    /// The roll call that runs, as last looked, in numbers.
    pub roll_call: Cell<Option<RollCallFigures>>,
    /// Who unlocked the staff pages.
    pub staff: RefCell<Option<(Actor, String)>>,
    /// Rises whenever a session ends: an answer for another one is dropped.
    session_number: Cell<u64>,
    /// Staff have closed the program on the screen.
    pub is_closed: Cell<bool>,
    session: Drawers,
    house: Drawers,
    pub(super) pace: Pace,
}

/// Every page, and the ways between them.
pub struct Pages {
    pub rows: &'static [Row],
    /// What belongs to no page.
    pub always: &'static [Part],
    /// Takes somebody where a presenter sends them.
    pub take: fn(&Rc<Kiosk>, To),
    /// A page has opened, after this one.
    pub opened: fn(&Rc<Kiosk>, Page),
}

impl Pages {
    fn row(&self, page: Page) -> &'static Row {
        self.rows.iter().find(|row| row.page == page).expect("every page has its row")
    }

    fn parts(&self) -> impl Iterator<Item = &'static Part> {
        self.rows.iter().flat_map(|row| row.parts.iter().chain(row.sheets)).chain(self.always)
    }
}

/// A page as the kiosk knows it.
pub struct Row {
    pub page: Page,
    /// What stands on it, in the order in which it is filled.
    pub parts: &'static [Part],
    /// What can open over it and be closed again, with nothing left in it.
    pub sheets: &'static [Part],
    pub stay: Stay,
    /// What a scanner can do there.
    pub scans: Reading,
    pub opens_for: OpensFor,
}

/// Who may open a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpensFor {
    Everybody,
    /// Whoever has unlocked.
    Staff,
    /// Whoever may do this.
    WhoMay(Verb),
}

/// A piece of a page, with an adapter of its own in the window.
pub struct Part {
    /// Wires its callbacks, once.
    pub connect: fn(&Rc<Kiosk>),
    /// Leaves nothing of whoever was here.
    pub reset: fn(&Rc<Kiosk>),
    /// Fills what stands in the chosen language or changes with time.
    pub refresh: fn(&Rc<Kiosk>),
    /// Runs every second while its page is open.
    pub tick: fn(&Rc<Kiosk>),
    /// What a scanner can type into.
    pub fields: &'static [Field],
}

impl Part {
    /// Does nothing of it.
    pub const EMPTY: Part = Part { connect: |_| {}, reset: |_| {}, refresh: |_| {}, tick: |_| {}, fields: &[] };
}

/// A field of an adapter.
pub struct Field {
    pub get: fn(&App) -> SharedString,
    pub set: fn(&App, SharedString),
}

/// The field of an adapter that these two get and set.
macro_rules! field {
    ($adapter:ident, $get:ident, $set:ident) => {
        $crate::gui::kiosk::Field {
            get: |window| slint::ComponentHandle::global::<velkommen_ui::$adapter>(window).$get(),
            set: |window, text| slint::ComponentHandle::global::<velkommen_ui::$adapter>(window).$set(text),
        }
    };
}
pub(super) use field;

/// Config and profile, copied out of the desk so that no page waits for them.
#[derive(Clone)]
pub struct Facts {
    pub config: Config,
    pub profile: Profile,
    pub has_staff: bool,
    /// The organisation's own mark, decoded.
    pub logo: Option<image::RgbaImage>,
}

impl Facts {
    pub fn of(desk: &Desk) -> Result<Facts, DeskError> {
        let logo = look::logo(desk.folder().path(), &desk.profile().look);
        Ok(Facts { config: desk.config().clone(), profile: desk.profile().clone(), has_staff: desk.has_staff()?, logo })
    }

    pub fn first_language(&self) -> Language {
        self.config.first_language()
    }

    /// The controller's name, or the desk's until somebody has filled it in.
    pub fn organisation(&self) -> &str {
        self.profile.controller.name_or(&self.config.desk)
    }
}

impl Kiosk {
    /// Wires every page of a window to a desk. The window shows Home, or Setup at the first start.
    pub fn open(
        window: App,
        desk: Desk,
        clock: Arc<dyn Clock>,
        equip: Equip,
        post: Post,
        pages: &'static Pages,
    ) -> Result<Rc<Kiosk>, DeskError> {
        let facts = Facts::of(&desk)?;
        let kiosk = Rc::new(Kiosk {
            window,
            desk: DeskThread::start(desk, post),
            pace: Pace::new(clock.read().since_boot),
            clock,
            pages,
            devices: RefCell::new(equip(&facts)),
            equip,
            scanners: RefCell::default(),
            facts: RefCell::new(facts),
            doors: RefCell::default(),
            doubt: Cell::new(None),
            roll_call: Cell::new(None),
            staff: RefCell::default(),
            session_number: Cell::default(),
            is_closed: Cell::default(),
            session: Drawers::default(),
            house: Drawers::default(),
        });
        look::connect(&kiosk.window);
        let languages: Vec<ui::Language> = kiosk.facts.borrow().config.languages.iter().map(|language| language_out(*language)).collect();
        kiosk.window.global::<ui::Session>().set_languages(ModelRc::from(languages.as_slice()));
        for part in pages.parts() {
            (part.connect)(&kiosk);
        }
        kiosk.listen();
        kiosk.dress();
        kiosk.stand_fast();
        kiosk.rest();
        Ok(kiosk)
    }

    /// The window of a kiosk is not for whoever stands there to close. Elsewhere it closes as any window does.
    fn stand_fast(self: &Rc<Kiosk>) {
        let kiosk = self.weak();
        self.window.window().on_close_requested(move || match kiosk.upgrade() {
            Some(kiosk) if kiosk.facts.borrow().config.kiosk => CloseRequestResponse::KeepWindowShown,
            _ => CloseRequestResponse::HideWindow,
        });
    }

    /// Ends the program, as staff have asked for.
    pub(super) fn close(&self) {
        self.is_closed.set(true);
        // Fails only without an event loop, and then there is nothing to end.
        drop(slint::quit_event_loop());
    }

    fn dress(&self) {
        let facts = self.facts.borrow();
        look::dress(&self.window, &facts.profile.look, facts.logo.as_ref());
    }

    /// What a page holds of whoever stands there; it goes with them.
    pub(super) fn session<T: Default + 'static>(&self) -> Rc<RefCell<T>> {
        self.session.of()
    }

    /// Holds this for whoever stands there, in the place of what was held before.
    pub(super) fn hold<T: Default + 'static>(&self, value: T) {
        self.session::<T>().replace(value);
    }

    /// What a part of the house holds, whoever stands there.
    pub(super) fn house<T: Default + 'static>(&self) -> Rc<T> {
        self.house.of()
    }

    /// A callback without arguments that runs `act` as long as the kiosk lives.
    pub(super) fn calls(self: &Rc<Kiosk>, act: impl Fn(&Rc<Kiosk>) + 'static) -> impl Fn() + 'static {
        let kiosk = Rc::downgrade(self);
        move || {
            if let Some(kiosk) = kiosk.upgrade() {
                act(&kiosk);
            }
        }
    }

    /// As [`Kiosk::calls`], with the callback's argument.
    pub(super) fn calls_with<T>(self: &Rc<Kiosk>, act: impl Fn(&Rc<Kiosk>, T) + 'static) -> impl Fn(T) + 'static {
        let kiosk = Rc::downgrade(self);
        move |argument| {
            if let Some(kiosk) = kiosk.upgrade() {
                act(&kiosk, argument);
            }
        }
    }

    pub fn weak(self: &Rc<Kiosk>) -> Weak<Kiosk> {
        Rc::downgrade(self)
    }

    /// A question of whoever stands in front: see [`DeskThread::ask`]. Has their session ended meanwhile, nobody is told the answer.
    pub fn ask<T: Send + 'static>(&self, what: impl FnOnce(&mut Desk) -> T + Send + 'static, then: impl FnOnce(&Rc<Kiosk>, T) + 'static) {
        self.desk.ask(what, self.in_this_session(then));
    }

    /// As [`Self::ask`], for what takes long.
    pub fn ask_long<S>(&self, slices: S, then: impl FnOnce(&Rc<Kiosk>, Result<S::Outcome, DeskError>) + 'static)
    where
        S: Slices<Outcome: Send> + Send + 'static,
    {
        self.desk.ask_long(slices, self.in_this_session(then));
    }

    /// Does this with an answer as long as whoever asked is still there.
    pub(super) fn in_this_session<T>(&self, then: impl FnOnce(&Rc<Kiosk>, T) + 'static) -> impl FnOnce(&Rc<Kiosk>, T) + 'static {
        let session = self.session_number.get();
        move |kiosk, answer| {
            if kiosk.session_number.get() == session {
                then(kiosk, answer);
            }
        }
    }

    /// A question of the house's own: its answer counts whoever stands there, so `then` shows nothing of a person.
    pub fn ask_for_house<T: Send + 'static>(
        &self,
        what: impl FnOnce(&mut Desk) -> T + Send + 'static,
        then: impl FnOnce(&Rc<Kiosk>, T) + 'static,
    ) {
        self.desk.ask(what, then);
    }

    /// Ends the session of whoever was here: everything typed is gone, the first language is back, the resting page is up.
    pub fn rest(self: &Rc<Kiosk>) {
        self.window.global::<ui::ScreenHelp>().invoke_end();
        self.forget();
        let first = self.facts.borrow().first_language();
        self.window.global::<ui::Session>().set_language(language_out(first));
        self.go(self.resting_page());
    }

    /// What stands there while nobody does.
    pub(super) fn resting_page(&self) -> Page {
        let facts = self.facts.borrow();
        if !facts.has_staff {
            Page::Setup
        } else if self.roll_call.get().is_some() {
            Page::Evacuation
        } else if facts.config.mode == Mode::Door && !self.doors.borrow().is_empty() {
            Page::CheckIn
        } else {
            Page::Home
        }
    }

    /// As [`Kiosk::rest`], but for somebody who is still there: another page opens, in the language they chose and as
    /// they need the screen. `prepare` takes what they came with into the new session.
    pub(super) fn rest_and_go(self: &Rc<Kiosk>, page: Page, prepare: impl FnOnce(&Kiosk)) {
        self.forget();
        prepare(self);
        self.go(page);
    }

    /// Nothing that was typed, found or held stays.
    fn forget(self: &Rc<Kiosk>) {
        self.session_number.set(self.session_number.get() + 1);
        for part in self.pages.parts() {
            (part.reset)(self);
        }
        self.session.empty();
        self.staff.take();
        let session = self.window.global::<ui::Session>();
        session.set_covered(false);
        session.set_scan_held(false);
    }

    /// Leaves nothing in the sheets of a page.
    pub(super) fn reset_sheets(self: &Rc<Kiosk>, page: Page) {
        for sheet in self.pages.row(page).sheets {
            (sheet.reset)(self);
        }
    }

    /// Takes whoever stands there to a page, and what they have with them.
    pub fn go(self: &Rc<Kiosk>, to: impl Into<To>) {
        (self.pages.take)(self, to.into());
    }

    /// Opens a page, freshly filled, unless it is not for whoever stands there. It is told to the window though it be the
    /// same page: no press is meant for it yet.
    ///
    /// **Source** F3
    pub(super) fn show(self: &Rc<Kiosk>, page: Page) {
        if !self.may_open(page) {
            return tracing::warn!(?page, "not opened: it is not for whoever stands there");
        }
        let from = self.page();
        self.pace.restart(self.since_boot());
        pace::show_outcome_left(&self.window, Duration::ZERO);
        let session = self.window.global::<ui::Session>();
        session.set_dimmed(false);
        session.set_scan_held(false);
        session.set_overlay(ui::Overlay::None);
        self.window.set_goes_back((page as u32) < from as u32);
        self.window.set_page(page);
        self.window.invoke_open_anew();
        clipboard::open(self.stay() == Stay::Locks);
        self.speak();
        (self.pages.opened)(self, from);
    }

    pub fn page(&self) -> Page {
        self.window.get_page()
    }

    pub(super) fn may_open(&self, page: Page) -> bool {
        match self.pages.row(page).opens_for {
            OpensFor::Everybody => true,
            OpensFor::Staff => self.staff.borrow().is_some(),
            OpensFor::WhoMay(verb) => self.may(verb),
        }
    }

    /// What the open page does when nobody touches it.
    pub(super) fn stay(&self) -> Stay {
        match self.pages.row(self.page()).stay {
            Stay::RestsAtDoor if self.resting_page() == self.page() => Stay::Rests,
            Stay::RestsAtDoor => Stay::Asks,
            stay => stay,
        }
    }

    /// What a scanner can do on the open page.
    pub(super) fn scans(&self) -> Reading {
        self.pages.row(self.page()).scans
    }

    /// Every field that a scanner can type into, in a fixed order.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'static Field> {
        self.pages.parts().flat_map(|part| part.fields)
    }

    /// Fills everything that stands in the chosen language or changes with time.
    pub(super) fn speak(self: &Rc<Kiosk>) {
        {
            let facts = self.facts.borrow();
            let session = self.window.global::<ui::Session>();
            session.set_organisation(facts.organisation().into());
            session.set_cctv(facts.profile.visit.cctv);
            session.set_clock_doubt(self.doubt.get().is_some());
            choose_translation(self.language());
        }
        for part in self.pages.row(self.page()).parts {
            (part.refresh)(self);
        }
    }

    /// A second has passed on the open page.
    pub(super) fn tick(self: &Rc<Kiosk>) {
        let row = self.pages.row(self.page());
        for part in row.parts.iter().chain(row.sheets) {
            (part.tick)(self);
        }
    }

    /// A touch or a key. Under the cover only its own buttons count.
    pub(super) fn note_activity(&self) {
        let session = self.window.global::<ui::Session>();
        if !session.get_covered() {
            session.set_dimmed(false);
            self.pace.restart(self.since_boot());
        }
    }

    pub fn language(&self) -> Language {
        match self.window.global::<ui::Session>().get_language() {
            ui::Language::Da => Language::Da,
            ui::Language::En => Language::En,
            ui::Language::Sv => Language::Sv,
            ui::Language::Nb => Language::Nb,
            ui::Language::De => Language::De,
        }
    }

    /// Somebody has asked something of the screen, or is about to: the next person would find it as only they need it.
    pub(super) fn is_somebodys(&self) -> bool {
        let session = self.window.global::<ui::Session>();
        session.get_overlay() != ui::Overlay::None
            || self.window.global::<ui::ScreenHelp>().get_in_use()
            || self.language() != self.facts.borrow().first_language()
    }

    pub fn zone(&self) -> Tz {
        self.facts.borrow().config.zone
    }

    /// An instant on this desk's wall.
    pub fn local(&self, at: DateTime<Utc>) -> DateTime<Tz> {
        at.with_timezone(&self.zone())
    }

    /// The last day on which something is there that is erased at `erase_after`.
    pub(super) fn last_day(&self, erase_after: DateTime<Utc>) -> NaiveDate {
        self.local(erase_after - TimeDelta::milliseconds(1)).date_naive()
    }

    /// A moment in the reader's words, with its day where that was not today.
    pub(super) fn moment(&self, at: DateTime<Utc>) -> String {
        dates::moment(&self.local(at), self.now().date_naive(), self.language())
    }

    pub fn now(&self) -> DateTime<Tz> {
        self.local(self.clock.read().wall)
    }

    pub fn since_boot(&self) -> Duration {
        self.clock.read().since_boot
    }

    /// What the kiosk has around it now.
    pub fn devices(&self) -> Devices {
        self.devices.borrow().clone()
    }

    /// The devices that the facts name now, where they name others. A printer that stays keeps the papers that wait for it.
    fn equip_anew(&self, before: &Facts) {
        let mut devices = {
            let now = self.facts.borrow();
            if now.config == before.config && now.organisation() == before.organisation() {
                return;
            }
            (self.equip)(&now)
        };
        let (now, before) = (&self.facts.borrow().config, &before.config);
        if (&now.printer, &now.printers) == (&before.printer, &before.printers) {
            devices.printer = self.devices().printer;
        }
        self.devices.replace(devices);
        self.listen();
    }

    fn listen(&self) {
        let post = self.desk.post();
        // Two at once would find each other's scanners busy.
        self.scanners.take();
        let scanners = Scanners::listen(self.devices().scanners, move |event| post.send(Message::Scanner(event)));
        // Whoever has a scanner can still have it type.
        self.scanners.replace(scanners.inspect_err(|error| tracing::error!(%error, "no scanner is read")).ok());
    }

    /// Whether papers of this kind come out anywhere.
    pub(super) fn prints(&self, kind: &str) -> bool {
        self.devices.borrow().printer.as_ref().is_some_and(|printer| printer.takes(kind))
    }

    /// Whether a paper of this kind comes out where it is sent now, as far as its printer was heard. It is asked meanwhile.
    pub(super) fn can_print(&self, kind: &str) -> bool {
        self.devices.borrow().printer.as_ref().is_some_and(|printer| printer.takes(kind) && printer.status(kind).state.can_print())
    }

    /// Who acts: the unlocked member of staff, or the public.
    pub fn actor(&self) -> Actor {
        self.staff.borrow().as_ref().map_or(Actor::Public, |(actor, _)| actor.clone())
    }

    pub fn may(&self, verb: Verb) -> bool {
        may(&self.actor(), verb)
    }

    /// Asks the desk for something that changes what it was set up as, and takes config and profile anew, and the devices
    /// they name, whoever stands there then. `then` runs only for whoever asked.
    pub(super) fn ask_and_read_facts<T: Send + 'static>(
        &self,
        what: impl FnOnce(&mut Desk) -> T + Send + 'static,
        then: impl FnOnce(&Rc<Kiosk>, T) + 'static,
    ) {
        let then = self.in_this_session(then);
        self.ask_for_house(
            move |desk| (what(desk), Facts::of(desk)),
            move |kiosk, (outcome, facts)| {
                match facts {
                    Ok(facts) => {
                        let before = kiosk.facts.replace(facts);
                        kiosk.equip_anew(&before);
                        kiosk.dress();
                    }
                    Err(error) => tracing::error!(%error, "the desk cannot be read"),
                }
                then(kiosk, outcome);
            },
        );
    }
}

/// Makes all windows of this thread speak a language.
pub(super) fn choose_translation(language: Language) {
    let code = if language == Language::En { "" } else { language.code() };
    // Fails only for a language that is not bundled; the enum has no other.
    drop(slint::select_bundled_translation(code));
}

/// The language as the window knows it.
pub fn language_out(language: Language) -> ui::Language {
    match language {
        Language::Da => ui::Language::Da,
        Language::En => ui::Language::En,
        Language::Sv => ui::Language::Sv,
        Language::Nb => ui::Language::Nb,
        Language::De => ui::Language::De,
    }
}
