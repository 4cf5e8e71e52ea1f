//! What the presenters share: the window, the way to the desk, and the session of whoever stands in front of it.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use slint::{ComponentHandle, Model, ModelRc, VecModel};

use super::ask::{DeskThread, Message, Post};
use super::burst::Burst;
use super::window::{self as ui, App, Page};
use super::{
    add_participant, aloud, badges, camera, check_in, chimes, choose_device, clock, devices, doors, event, events, find_me, home, import,
    look, my_ticket, notice, outbox, participant, photos, print_list, refusal, roll_call, scan, settings, setup, sign_in, sign_out,
    signed_in, signed_out, ticket_code, time, today, unlock, visits, walk_in, welcome,
};
use crate::desk::find_participant::ParticipantRow;
use crate::desk::list_events::OpenDoor;
use crate::desk::sign_in::SignedIn;
use crate::desk::{Desk, DeskError, StoreError};
use crate::devices::Devices;
use crate::devices::scanner::Scanners;
use crate::documents::dates;
use crate::domain::access::{Actor, Verb, may};
use crate::domain::clock::{Clock, Doubt};
use crate::domain::config::Config;
use crate::domain::ids::{EventId, HostId, InvitationId, ParticipantId};
use crate::domain::language::Language;
use crate::domain::notice::Situation;
use crate::domain::profile::Profile;

/// Makes the devices that a desk's config names.
pub type Equip = Box<dyn Fn(&Facts) -> Devices>;

/// The kiosk: one window over one desk.
pub struct Kiosk {
    pub window: App,
    pub desk: DeskThread,
    pub clock: Arc<dyn Clock>,
    /// Makes the devices that the facts name.
    equip: Equip,
    devices: RefCell<Devices>,
    /// Read for as long as they are here.
    scanners: RefCell<Option<Scanners>>,
    /// What the desk was set up as; read anew after every change.
    pub facts: RefCell<Facts>,
    /// The events whose doors are open, as last looked.
    pub doors: RefCell<Vec<OpenDoor>>,
    pub session: RefCell<Session>,
    /// Rises whenever a session ends: an answer for another one is dropped.
    session_number: Cell<u64>,
    /// The doubt about the clock, as last judged.
    pub doubt: Cell<Option<Doubt>>,
    pub(super) pace: time::Pace,
    pub(super) scanner: RefCell<Burst>,
    pub(super) scan_silence: slint::Timer,
    /// While the on-screen keyboard's key goes through the window.
    pub(super) typing_on_screen: Cell<bool>,
    pub(super) aloud: aloud::Reading,
    pub(super) eye: camera::Eye,
    pub(super) outbox: outbox::Outbox,
}

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

/// What belongs to one person in front of the screen, and goes with them.
#[derive(Default)]
pub struct Session {
    /// Who unlocked the staff pages.
    pub staff: Option<(Actor, String)>,
    /// Who has confirmed the clock first; outlives the lock, since the second one unlocks after it.
    pub clock_confirmed_by: Option<(Actor, String)>,
    /// When that was, in time since boot: a word about the clock does not hold for long.
    pub clock_confirmed_at: Duration,
    pub host: Option<HostId>,
    /// What somebody came with who was invited.
    pub invitation: Option<InvitationId>,
    pub signed_in: Option<SignedIn>,
    pub signed_out: Option<signed_out::Ended>,
    /// The visit a staff sheet asks about.
    pub visit_to_end: Option<crate::domain::ids::VisitId>,
    /// The device that is being chosen.
    pub choosing: choose_device::Open,
    /// Whose badge the open sheet can print.
    pub badge: Option<badges::BadgeOf>,
    /// Somebody has typed into the settings and not saved yet.
    pub settings_typed: bool,
    /// Where the notice page goes back to, and what it is about.
    pub notice_from: Option<Page>,
    pub notice_about: Option<Situation>,
    /// The participant whose page is open.
    pub held: Option<my_ticket::Held>,
    /// Answers about pictures that were chosen one by one and not saved yet.
    pub photo_choices: photos::Choices,
    /// When the doors open, for somebody who was too early.
    pub opens_at: Option<DateTime<Utc>>,
    /// The event somebody registers for at the door.
    pub walk_in_event: Option<EventId>,
    /// The event whose staff page is open.
    pub event_page: event::OpenPage,
    /// The participant whose sheet is open.
    pub participant: Option<ParticipantRow>,
    /// Who was just added by hand.
    pub added: Option<ParticipantId>,
    /// The file on its way into the event.
    pub import: import::Open,
}

impl Kiosk {
    /// Wires every page of a window to a desk. The window shows Home, or Setup at the first start.
    pub fn open(window: App, desk: Desk, clock: Arc<dyn Clock>, equip: Equip, post: Post) -> Result<Rc<Kiosk>, DeskError> {
        let facts = Facts::of(&desk)?;
        let kiosk = Rc::new(Kiosk {
            window,
            desk: DeskThread::start(desk, post),
            pace: time::Pace::new(clock.read().since_boot),
            clock,
            devices: RefCell::new(equip(&facts)),
            equip,
            scanners: RefCell::default(),
            facts: RefCell::new(facts),
            doors: RefCell::default(),
            session: RefCell::default(),
            session_number: Cell::default(),
            doubt: Cell::new(None),
            scanner: RefCell::default(),
            scan_silence: slint::Timer::default(),
            typing_on_screen: Cell::new(false),
            aloud: aloud::Reading::default(),
            eye: camera::Eye::default(),
            outbox: outbox::Outbox::default(),
        });
        aloud::look(&kiosk);
        kiosk.connect();
        kiosk.listen();
        look::refresh(&kiosk);
        kiosk.rest();
        Ok(kiosk)
    }

    fn connect(self: &Rc<Kiosk>) {
        let session = self.window.global::<ui::Session>();
        session.on_active(self.calls(time::note_activity));
        session.on_stay(self.calls(time::stay));
        session.on_wipe(self.calls(|kiosk| kiosk.rest()));
        let languages: Vec<ui::Language> = self.facts.borrow().config.languages.iter().map(|language| language_out(*language)).collect();
        session.set_languages(slint::ModelRc::new(slint::VecModel::from(languages)));
        session.on_choose_language(self.calls_with(|kiosk, language| {
            time::note_activity(kiosk);
            kiosk.window.global::<ui::Session>().set_language(language);
            kiosk.speak();
            aloud::read_page(kiosk);
        }));
        for connect in [
            look::connect,
            aloud::connect,
            home::connect,
            sign_in::connect,
            signed_in::connect,
            sign_out::connect,
            signed_out::connect,
            check_in::connect,
            ticket_code::connect,
            find_me::connect,
            walk_in::connect,
            welcome::connect,
            refusal::connect,
            my_ticket::connect,
            photos::connect,
            notice::connect,
            unlock::connect,
            clock::connect,
            setup::connect,
            today::connect,
            visits::connect,
            roll_call::connect,
            events::connect,
            event::connect,
            participant::connect,
            add_participant::connect,
            import::connect,
            print_list::connect,
            settings::connect,
            devices::connect,
            badges::connect,
            choose_device::connect,
            scan::connect,
        ] {
            connect(self);
        }
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
        aloud::stop(self);
        self.forget();
        let first = self.facts.borrow().first_language();
        self.window.global::<ui::Session>().set_language(language_out(first));
        self.go(doors::resting_page(self));
    }

    /// As [`Kiosk::rest`], but for somebody who is still there: another page opens, in the language they chose and as
    /// they need the screen.
    pub(super) fn rest_and_go(self: &Rc<Kiosk>, page: Page, prepare: impl FnOnce(&mut Session)) {
        self.forget();
        prepare(&mut self.session.borrow_mut());
        self.go(page);
    }

    /// Nothing that was typed, found or held stays.
    fn forget(self: &Rc<Kiosk>) {
        welcome::print_badge(self);
        self.session_number.set(self.session_number.get() + 1);
        self.session.replace_with(|old| Session {
            clock_confirmed_by: old.clock_confirmed_by.take(),
            clock_confirmed_at: old.clock_confirmed_at,
            ..Session::default()
        });
        for reset in [
            sign_in::reset,
            sign_out::reset,
            unlock::reset,
            setup::reset,
            visits::reset,
            roll_call::reset,
            settings::reset,
            signed_in::reset,
            check_in::reset,
            ticket_code::reset,
            find_me::reset,
            walk_in::reset,
            welcome::reset,
            my_ticket::reset,
            photos::reset,
            events::reset,
            event::reset,
            home::reset,
            signed_out::reset,
            refusal::reset,
            notice::reset,
            clock::reset,
            today::reset,
            devices::reset,
        ] {
            reset(self);
        }
        self.scanner.take();
        let session = self.window.global::<ui::Session>();
        session.set_covered(false);
        session.set_scan_held(false);
    }

    /// Opens a page, freshly filled.
    pub fn go(self: &Rc<Kiosk>, page: Page) {
        let from = self.page();
        time::begin(self);
        let session = self.window.global::<ui::Session>();
        session.set_scan_held(false);
        session.set_overlay(ui::Overlay::None);
        session.set_goes_back((page as u32) < from as u32);
        session.set_page(page);
        camera::look(self);
        self.speak();
        chimes::play(self, from);
    }

    pub fn page(&self) -> Page {
        self.window.global::<ui::Session>().get_page()
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
        let refresh = match self.page() {
            Page::Home => home::refresh,
            Page::SignIn => sign_in::refresh,
            Page::SignedIn => signed_in::refresh,
            Page::SignOut | Page::TicketCode | Page::FindMe | Page::Setup | Page::Closed => return,
            Page::SignedOut => signed_out::refresh,
            Page::CheckIn => check_in::refresh,
            Page::WalkIn => walk_in::refresh,
            Page::Welcome => welcome::refresh,
            Page::Refusal => refusal::refresh,
            Page::MyTicket => my_ticket::refresh,
            Page::Notice => notice::refresh,
            Page::Unlock => unlock::refresh,
            Page::Clock => clock::refresh,
            Page::Today => today::refresh,
            Page::Visits => visits::refresh,
            Page::RollCall => roll_call::refresh,
            Page::Events => events::refresh,
            Page::Event => event::refresh,
            Page::Settings => settings::refresh,
        };
        refresh(self);
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

    /// Who acts: the unlocked member of staff, or the public.
    pub fn actor(&self) -> Actor {
        self.session.borrow().staff.as_ref().map_or(Actor::Public, |(actor, _)| actor.clone())
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
                        look::refresh(kiosk);
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

/// A list with these rows in the place of those it had, so that the window keeps what it has made for them: also for
/// those that have moved up or down.
pub(super) fn fill<T: Clone + PartialEq + 'static>(list: ModelRc<T>, rows: impl Iterator<Item = T>) -> ModelRc<T> {
    let rows: Vec<T> = rows.collect();
    let Some(old) = list.as_any().downcast_ref::<VecModel<T>>() else { return ModelRc::new(VecModel::from(rows)) };
    let before: Vec<T> = old.iter().collect();
    let starts_with = |whole: &[T], part: &[T]| !part.is_empty() && whole.starts_with(part);
    if let Some(up) = (1..before.len()).find(|up| starts_with(&rows, &before[*up..])) {
        (0..up).for_each(|_| drop(old.remove(0)));
    } else if let Some(down) = (1..rows.len()).find(|down| starts_with(&rows[*down..], &before[..before.len().saturating_sub(*down)])) {
        rows[..down].iter().rev().for_each(|row| old.insert(0, row.clone()));
    }
    let mut count = 0;
    for row in rows {
        match old.row_data(count) {
            Some(same) if same == row => {}
            Some(_) => old.set_row_data(count, row),
            None => old.push(row),
        }
        count += 1;
    }
    while old.row_count() > count {
        old.remove(count);
    }
    list
}

/// What a person is told when the desk fails. The details go to the log, once, here.
pub(super) fn trouble(error: &DeskError) -> ui::Trouble {
    tracing::error!(%error, "a request failed");
    match error {
        DeskError::Store(StoreError::Full) => ui::Trouble::DiskFull,
        DeskError::Store(StoreError::Busy) => ui::Trouble::FileBusy,
        DeskError::Store(_) | DeskError::NotAllowed { .. } => ui::Trouble::CannotSave,
    }
}

/// What a field says of a line of text.
pub(super) fn text_fault(fault: crate::domain::text::TextFault) -> ui::Fault {
    use crate::domain::text::TextFault;
    match fault {
        TextFault::Missing => ui::Fault::Missing,
        TextFault::TooLong { .. } => ui::Fault::TooLong,
        TextFault::ControlCharacter => ui::Fault::ControlCharacter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_becomes_what_it_is_filled_with_whatever_it_was() {
        let list = |rows: &[u32]| ModelRc::new(VecModel::from(rows.to_vec()));
        for before in [&[][..], &[1], &[1, 2, 3, 4], &[3, 4, 5, 6], &[7, 8, 9], &[4, 5, 1, 2], &[1, 1, 1, 1]] {
            for after in [&[][..], &[1], &[1, 2, 3, 4], &[3, 4, 5, 6, 7], &[0, 1, 2], &[9, 1, 2, 3], &[1, 1]] {
                let filled = fill(list(before), after.iter().copied());
                assert_eq!(filled.iter().collect::<Vec<_>>(), after, "{before:?}");
            }
        }
    }
}
