//! The camera: a live picture while a page asks for it, the codes that are held up, and how the camera is.
//!
//! Pictures are never written anywhere. What held one is overwritten when nobody watches any more.

mod colour;
mod folder;
mod http;
mod open;
mod source;
mod stream;
mod v4l2;

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use zeroize::Zeroize;

pub use self::source::Resolution;
use self::source::{FRAME, Fault, SILENCE};
use super::code_reader::{self, CodeText, Grey};
use super::guard::{guarded, start};
use super::picture::Picture;
use super::status::{Candidate, DeviceKind, DeviceState, DeviceStatus};

/// The widest live picture, in pixels.
const SHOWN_WIDTH_MAX: u32 = 640;
/// The time between two live pictures.
const SHOWN_EVERY: Duration = Duration::from_millis(66);
/// A code that was out of view for less is the same one, still held up or left lying.
const OUT_OF_VIEW: Duration = Duration::from_secs(3);
/// The same picture, to the last pixel, for so long is not a live one.
const FROZEN_AFTER: Duration = Duration::from_secs(5);
const BLACK_AFTER: Duration = Duration::from_secs(1);
/// Darker than this is black.
const BLACK: u8 = 24;
/// How long until a camera that is gone is tried again, at first and at most.
const RETRY: Duration = Duration::from_millis(250);
const RETRY_MAX: Duration = Duration::from_secs(5);
/// Pictures in a row that could not be unpacked, until something else must be coming from there.
const DAMAGED_MAX: u32 = 30;

/// Which camera, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// `http://…`, or the path of a video device, of a folder of pictures, of a FIFO or of a file.
    pub source: String,
    /// What a video device is asked for; it may give another.
    pub resolution: Resolution,
    /// The live picture is as in a mirror. Codes are read from the true one.
    pub mirror: bool,
}

/// How the camera is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody watches.
    Off,
    /// Asked for; no picture yet.
    Starting,
    Running,
    /// Pictures come, and there is nothing to be seen: covered, or in the dark.
    Black,
    /// The same picture again and again.
    Frozen,
    /// Nothing comes. It is tried again until it does.
    Unplugged,
    /// This account has no right to the camera. It is tried again.
    NotAllowed,
    /// What comes is no picture. It is tried again.
    NoPictures,
}

impl State {
    /// For scripts.
    pub fn word(self) -> &'static str {
        match self {
            State::Off => "off",
            State::Starting => "starting",
            State::Running => "running",
            State::Black => "black",
            State::Frozen => "frozen",
            State::Unplugged => "unplugged",
            State::NotAllowed => "not_allowed",
            State::NoPictures => "no_pictures",
        }
    }
}

/// What a camera tells whoever watches, from a thread of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// There is a new live picture. It is told again only after [`Camera::see`] has shown it.
    Picture,
    /// Somebody holds up a code. It is told once while it stays in view.
    Code(CodeText),
    State(State),
}

type Tell = Box<dyn Fn(Event) + Send + Sync>;

/// A camera's address without the password that one on a network may have.
pub fn shown(source: &str) -> String {
    match (source.split_once("://"), source.split_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        _ => source.to_owned(),
    }
}

/// The cameras of this machine. Opens each for a moment.
pub fn list() -> Vec<Candidate> {
    v4l2::list()
}

/// The desk's camera. It is off until somebody watches.
pub struct Camera {
    setting: Setting,
    seen: Arc<Mutex<InView>>,
    watched: Mutex<Option<Watched>>,
}

/// What is watched, and the thread that films it.
type Watched = (Arc<Scene>, Option<JoinHandle<()>>);

/// Somebody watches for as long as this lives.
pub struct Watch {
    scene: Arc<Scene>,
}

impl Camera {
    pub fn new(setting: Setting) -> Camera {
        Camera { setting, seen: Arc::default(), watched: Mutex::default() }
    }

    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// Switches the camera on. `tell` is called on threads of the camera and must not wait. Whoever watched before
    /// hears nothing more.
    pub fn watch(&self, tell: impl Fn(Event) + Send + Sync + 'static) -> Watch {
        let scene = Arc::new(Scene::new(Box::new(tell), self.setting.mirror));
        let mut watched = lock(&self.watched);
        let former = watched.take().and_then(|(former, thread)| {
            former.end();
            thread
        });
        let (setting, seen, own) = (self.setting.clone(), self.seen.clone(), scene.clone());
        let run = move || {
            // A device can be opened once.
            former.map(JoinHandle::join);
            own.run(&setting, &seen);
        };
        let thread = start("camera", run).ok();
        if thread.is_none() {
            scene.become_(State::NoPictures);
        }
        *watched = Some((scene.clone(), thread));
        Watch { scene }
    }

    /// Shows the newest live picture to `show`; `None` while there is none.
    pub fn see<T>(&self, show: impl FnOnce(&Picture) -> T) -> Option<T> {
        let scene = lock(&self.watched).as_ref().map(|(scene, _)| scene.clone())?;
        let mut shown = lock(&scene.shown);
        shown.is_told = false;
        (shown.picture.width() > 0).then(|| show(&shown.picture))
    }

    /// How it is, as far as can be seen without switching it on.
    pub fn look(&self) -> DeviceStatus {
        let (source, name) = (self.setting.source.as_str(), shown(&self.setting.source));
        let state = match self.state() {
            State::Off if source.contains("://") => DeviceState::Ready,
            State::Off => match rustix::fs::access(source, rustix::fs::Access::READ_OK) {
                Ok(()) => DeviceState::Ready,
                Err(error) => return DeviceStatus::failed(DeviceKind::Camera, name, &error.into()),
            },
            State::Starting => DeviceState::Starting,
            State::Running => DeviceState::Ready,
            State::Black => DeviceState::Dark,
            State::Frozen => DeviceState::Frozen,
            State::Unplugged => DeviceState::Absent,
            State::NotAllowed => DeviceState::NoRights,
            State::NoPictures => DeviceState::Failed,
        };
        let fault = (state != DeviceState::Ready).then(|| self.state().word().to_owned());
        DeviceStatus { kind: DeviceKind::Camera, name, state, fault }
    }

    pub fn state(&self) -> State {
        lock(&self.watched).as_ref().map_or(State::Off, |(scene, _)| if scene.has_ended() { State::Off } else { *lock(&scene.state) })
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        if let Some((scene, _)) = &*lock(&self.watched) {
            scene.end();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.scene.end();
    }
}

/// A thread that died has been told of; what it held is still good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

// ---- While somebody watches

/// What the threads of one watch share.
struct Scene {
    tell: Tell,
    mirror: bool,
    has_ended: AtomicBool,
    state: Mutex<State>,
    shown: Mutex<Shown>,
    to_read: Mutex<ToRead>,
    changed: Condvar,
}

/// The live picture.
#[derive(Default)]
struct Shown {
    picture: Picture,
    is_told: bool,
}

/// The newest picture that was not read yet, in greys.
#[derive(Default)]
struct ToRead {
    pixels: Vec<u8>,
    width: u32,
    height: u32,
    is_new: bool,
}

impl Drop for ToRead {
    fn drop(&mut self) {
        self.pixels.zeroize();
    }
}

impl Scene {
    fn new(tell: Tell, mirror: bool) -> Scene {
        Scene {
            tell,
            mirror,
            has_ended: AtomicBool::new(false),
            state: Mutex::new(State::Off),
            shown: Mutex::default(),
            to_read: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    fn end(&self) {
        self.has_ended.store(true, Ordering::SeqCst);
        // Held while telling, so that whoever waits cannot miss it.
        drop(lock(&self.to_read));
        self.changed.notify_all();
        lock(&self.shown).picture.wipe();
    }

    fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::SeqCst)
    }

    fn tell(&self, event: Event) {
        if !self.has_ended() {
            // Whoever hears of it may panic; the next picture is taken all the same.
            guarded("camera", || (self.tell)(event));
        }
    }

    fn become_(&self, state: State) {
        let former = std::mem::replace(&mut *lock(&self.state), state);
        if former != state {
            tracing::info!(camera = state.word(), "the camera changed");
            self.tell(Event::State(state));
        }
    }

    /// Sleeps for so long, or until nobody watches.
    fn rest(&self, time: Duration) {
        let waiting = lock(&self.to_read);
        let ended = self.changed.wait_timeout_while(waiting, time, |_| !self.has_ended());
        drop(ended);
    }

    fn run(&self, setting: &Setting, seen: &Mutex<InView>) {
        thread::scope(|scope| {
            let reader = thread::Builder::new().name("code reader".to_owned()).spawn_scoped(scope, || self.read_codes(seen));
            if let Err(error) = reader {
                // A picture in which nobody reads would only mislead.
                tracing::error!(%error, "no codes are read");
                return self.become_(State::NoPictures);
            }
            let mut retry = RETRY;
            while !self.has_ended() {
                if !matches!(*lock(&self.state), State::Unplugged | State::NotAllowed | State::NoPictures) {
                    self.become_(State::Starting);
                }
                let mut has_pictures = false;
                // Decoders and drivers are not ours, and what they are given may be anybody's.
                let film = guarded("camera", || self.film(setting, &mut has_pictures));
                let Err(fault) = film.unwrap_or(Err(Fault::NoPictures)) else { break };
                self.become_(match fault {
                    Fault::Gone => State::Unplugged,
                    Fault::NotAllowed => State::NotAllowed,
                    Fault::NoPictures => State::NoPictures,
                });
                retry = if has_pictures { RETRY } else { (2 * retry).min(RETRY_MAX) };
                self.rest(retry);
            }
        });
        lock(&self.shown).picture.wipe();
    }

    /// Shows what comes from the source and hands it on to be read, until nobody watches.
    fn film(&self, setting: &Setting, has_pictures: &mut bool) -> Result<(), Fault> {
        let mut source = open::open(&setting.source, setting.resolution)?;
        let mut picture = Picture::default();
        let mut health = Health::new(Instant::now());
        let (mut next_at, mut show_at, mut damaged) = (Instant::now(), Instant::now(), 0);
        let mut heard_at = Instant::now();
        while !self.has_ended() {
            let is_new = source.wait()?;
            let now = Instant::now();
            if !is_new {
                if now.duration_since(heard_at) > SILENCE {
                    self.become_(State::Unplugged);
                }
                continue;
            }
            heard_at = now;
            if now + Duration::from_millis(3) < next_at {
                // Faster than anybody looks. A source that never rests must not keep a whole processor busy.
                thread::sleep(Duration::from_millis(1));
                continue;
            }
            next_at = (next_at + FRAME).max(now);
            if let Err(fault) = source.unpack(&mut picture) {
                damaged += 1;
                if damaged > DAMAGED_MAX {
                    return Err(fault);
                }
                continue;
            }
            (damaged, *has_pictures) = (0, true);
            self.hand_on(&picture, &mut health, now);
            if now >= show_at {
                show_at = now + SHOWN_EVERY;
                self.show(&picture);
            }
        }
        Ok(())
    }

    /// Judges how the camera is, and gives the picture to the reader in the place of one it has not begun.
    fn hand_on(&self, picture: &Picture, health: &mut Health, now: Instant) {
        picture.write_grey(&mut health.grey);
        self.become_(health.judge(now));
        let mut to_read = lock(&self.to_read);
        to_read.pixels.clear();
        to_read.pixels.extend_from_slice(&health.grey);
        (to_read.width, to_read.height, to_read.is_new) = (picture.width(), picture.height(), true);
        drop(to_read);
        self.changed.notify_all();
        health.keep();
    }

    fn show(&self, picture: &Picture) {
        let mut shown = lock(&self.shown);
        if self.has_ended() {
            return;
        }
        shrink(picture, &mut shown.picture, self.mirror);
        let is_told = std::mem::replace(&mut shown.is_told, true);
        drop(shown);
        if !is_told {
            self.tell(Event::Picture);
        }
    }

    /// Reads codes in the newest picture, until nobody watches.
    fn read_codes(&self, seen: &Mutex<InView>) {
        lock(seen).go_on(Instant::now());
        let mut own = ToRead::default();
        loop {
            let waiting = lock(&self.to_read);
            let mut to_read =
                self.changed.wait_while(waiting, |to_read| !to_read.is_new && !self.has_ended()).unwrap_or_else(PoisonError::into_inner);
            if self.has_ended() {
                to_read.pixels.zeroize();
                return;
            }
            to_read.is_new = false;
            std::mem::swap(&mut own, &mut *to_read);
            to_read.is_new = false;
            drop(to_read);
            let codes = code_reader::read(Grey { pixels: &own.pixels, width: own.width, height: own.height });
            let fresh = lock(seen).fresh(codes, Instant::now());
            fresh.into_iter().for_each(|code| self.tell(Event::Code(code)));
        }
    }
}

/// Draws `picture` into `small`, at most [`SHOWN_WIDTH_MAX`] wide: each pixel is the mean of a square of pixels.
fn shrink(picture: &Picture, small: &mut Picture, mirror: bool) {
    let every = picture.width().div_ceil(SHOWN_WIDTH_MAX).max(1) as usize;
    let (width, height) = (picture.width() as usize / every, picture.height() as usize / every);
    let Ok(pixels) = small.resize(width as u32, height as u32) else { return };
    let stride = 3 * picture.width() as usize;
    for (y, row) in pixels.chunks_exact_mut(3 * width.max(1)).enumerate() {
        let rows = &picture.rgb()[y * every * stride..][..every * stride];
        for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
            let from = if mirror { width - 1 - x } else { x };
            let mut sums = [0u32; 3];
            for line in rows.chunks_exact(stride) {
                for one in line[3 * from * every..][..3 * every].chunks_exact(3) {
                    sums.iter_mut().zip(one).for_each(|(sum, value)| *sum += u32::from(*value));
                }
            }
            pixel.iter_mut().zip(sums).for_each(|(value, sum)| *value = (sum / (every * every) as u32) as u8);
        }
    }
}

// ---- How it is

/// What tells a live picture from a dead one.
struct Health {
    grey: Vec<u8>,
    former: Vec<u8>,
    changed_at: Instant,
    bright_at: Instant,
}

impl Health {
    fn new(now: Instant) -> Health {
        Health { grey: Vec::new(), former: Vec::new(), changed_at: now, bright_at: now }
    }

    fn judge(&mut self, now: Instant) -> State {
        let bright = self.grey.iter().filter(|pixel| **pixel > BLACK).count();
        // A few pixels of every sensor glow.
        if bright * 500 >= self.grey.len() {
            self.bright_at = now;
        }
        if self.grey != self.former {
            self.changed_at = now;
        }
        if now.duration_since(self.bright_at) >= BLACK_AFTER {
            State::Black
        } else if now.duration_since(self.changed_at) >= FROZEN_AFTER {
            State::Frozen
        } else {
            State::Running
        }
    }

    fn keep(&mut self) {
        std::mem::swap(&mut self.grey, &mut self.former);
    }
}

impl Drop for Health {
    fn drop(&mut self) {
        self.grey.zeroize();
        self.former.zeroize();
    }
}

// ---- What is held up

/// The codes in view, by a keyed hash: who held one up is forgotten with the picture. Time while nobody watches does not
/// count, so a ticket left lying under the camera is one scan, however often pages change.
#[derive(Default)]
struct InView {
    key: RandomState,
    codes: Vec<(u64, Instant)>,
}

impl InView {
    fn go_on(&mut self, now: Instant) {
        self.codes.iter_mut().for_each(|(_, seen_at)| *seen_at = now);
    }

    /// The codes that were not in view just now.
    fn fresh(&mut self, codes: Vec<CodeText>, now: Instant) -> Vec<CodeText> {
        self.codes.retain(|(_, seen_at)| now.duration_since(*seen_at) < OUT_OF_VIEW);
        let key = &self.key;
        let known = &mut self.codes;
        codes
            .into_iter()
            .filter(|code| {
                let hash = key.hash_one(code);
                match known.iter_mut().find(|(known, _)| *known == hash) {
                    Some((_, seen_at)) => {
                        *seen_at = now;
                        false
                    }
                    None => {
                        known.push((hash, now));
                        true
                    }
                }
            })
            .collect()
    }
}
