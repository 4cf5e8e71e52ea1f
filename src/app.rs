//! Composition: which part of the program a command line means, and the one queue of the window.

use std::cell::RefCell;
use std::process::ExitCode;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::Timelike;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use slint::ComponentHandle;
use tracing::Level;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::cli::{self, Answer, Args, Command, Equip};
use crate::desk::clock::{SystemClock, build_date};
use crate::desk::erase_due::{EraseDueOutcome, erase_due};
use crate::desk::{Desk, DeskError, Folder, FolderLock, OpenError, StoreError, close_day, standard_profile};
use crate::devices::heartbeat::{BEAT, Heartbeat};
use crate::domain::access::Actor;
use crate::domain::clock::Clock;
use crate::domain::config::Config;
use crate::gui::ask::{Message, Paper, Post};
use crate::gui::pages::{self, choose_device, devices, import, print_list};
use crate::gui::window::App;
use crate::gui::{Facts, Kiosk, badges, camera, closed, outbox, roll_call_paper, scan, time};

pub mod demo;
pub mod equip;
#[cfg(feature = "headless")]
pub mod gallery;
#[cfg(feature = "headless")]
pub mod headless;
pub mod screen;
#[cfg(feature = "headless")]
mod tour;

/// What the program ends with when staff have closed it on the screen, so that whatever starts it again leaves it closed.
pub const CLOSED_BY_STAFF: u8 = 4;

/// The hour of the night in which every page of the file is checked.
const NIGHT_HOUR: u32 = 3;

/// Runs the program.
pub fn run(args: &Args) -> ExitCode {
    log_to_stderr();
    name_panics_by_place();
    let opened = match &args.command {
        None => open_kiosk(args.folder()),
        Some(Command::Demo) => demo::open().map(|()| ExitCode::SUCCESS),
        #[cfg(feature = "headless")]
        Some(Command::Gallery { dir, all }) => gallery::draw(dir, *all).map(|()| ExitCode::SUCCESS),
        #[cfg(feature = "headless")]
        Some(Command::Tour { dir }) => tour::walk(dir).map(|()| ExitCode::SUCCESS),
        Some(command) => return cli::run(args, command, Equip { devices: equip::devices, printer: equip::printer }),
    };
    let error = match opened {
        Ok(code) => return code,
        Err(error) => error,
    };
    let on_screen = match (&args.command, &error) {
        // That folder's kiosk is on the screen already.
        (None, AppError::Open(OpenError::Store(StoreError::KioskRunning))) => None,
        (None, AppError::Open(error)) => Some(closed::Reason::of(error)),
        _ => None,
    };
    let code = Answer::new(args.json, cli::language()).end(Err(error.into()));
    if let Some(Err(error)) = on_screen.map(|reason| reason.show(cli::language())) {
        tracing::warn!(%error, "no window could say why the kiosk does not open");
    }
    code
}

/// Why no window opens, or why it closed.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Desk(#[from] DeskError),
    #[error("no window can be opened: {0}")]
    Window(#[from] slint::PlatformError),
    #[error("a picture or a paper cannot be written: {0}")]
    File(#[from] std::io::Error),
    #[error("the walk stopped: {0}")]
    Walk(String),
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> AppError {
        AppError::Open(error.into())
    }
}

impl From<AppError> for cli::Failure {
    fn from(error: AppError) -> cli::Failure {
        match error {
            AppError::Open(OpenError::Store(error @ StoreError::KioskRunning)) => {
                cli::Failure::refused(error.word(), None, error.to_string())
            }
            AppError::Open(error) => error.into(),
            AppError::Desk(error) => error.into(),
            error @ (AppError::Window(_) | AppError::File(_) | AppError::Walk(_)) => cli::Failure::failed("window", error.to_string()),
        }
    }
}

/// The kiosk on a folder; an empty one gets a desk first, which then asks for its organisation.
fn open_kiosk(folder: Folder) -> Result<ExitCode, AppError> {
    end_on_signals()?;
    let clock = Arc::new(SystemClock);
    if !folder.holds_desk() {
        Desk::init(folder.clone(), standard_profile(), &Config::default(), clock.clone(), build_date())?;
    }
    let (desk, _lock) = open_alone(folder, clock.clone())?;
    show(desk, clock, |_| {})
}

/// Opens a folder's desk for the one kiosk that it may have.
pub fn open_alone(folder: Folder, clock: Arc<dyn Clock>) -> Result<(Desk, FolderLock), AppError> {
    // In this order: bringing an older file up to date takes the folder for itself meanwhile.
    let desk = Desk::open(folder.clone(), clock, build_date())?;
    let lock = folder.lock_alone()?;
    Ok((desk, lock))
}

/// Sweeps, then opens the window and stays until it closes; how it did is what the program ends with.
fn show(mut desk: Desk, clock: Arc<dyn Clock>, prepare: impl FnOnce(&Rc<Kiosk>)) -> Result<ExitCode, AppError> {
    let folder = desk.folder().clone();
    let is_kiosk = desk.config().kiosk;
    tidy_up(&mut desk)?;
    let opening = screen::select()?;
    let window = App::new()?;
    if is_kiosk {
        window.window().set_fullscreen(true);
    } else {
        drop(opening.set(window.as_weak()));
    }
    let (post, messages) = Post::new(|| drop(slint::invoke_from_event_loop(drain)));
    let equip = Box::new(|facts: &Facts| equip::devices(&facts.config, facts.organisation()));
    let kiosk = pages::open(window, desk, clock, equip, post.clone())?;
    kiosk.desk.take_back_imports();
    kiosk.devices().printer.iter().for_each(|printer| printer.forget());
    prepare(&kiosk);
    QUEUE.set(Some((Rc::downgrade(&kiosk), messages)));
    let seconds = slint::Timer::default();
    seconds.start(slint::TimerMode::Repeated, BEAT, {
        let (kiosk, heart) = (Rc::downgrade(&kiosk), Heartbeat::of_service());
        move || {
            if let Some(kiosk) = kiosk.upgrade() {
                time::tick(&kiosk);
                heart.beat();
            }
        }
    });
    time::tick(&kiosk);
    let check = Rc::new(FileCheck { folder, post, running: RefCell::default() });
    check.start();
    let hours = slint::Timer::default();
    hours.start(slint::TimerMode::Repeated, Duration::from_secs(3600), {
        let (kiosk, check) = (Rc::downgrade(&kiosk), check.clone());
        move || {
            if kiosk.upgrade().is_some_and(|kiosk| kiosk.now().hour() == NIGHT_HOUR) {
                check.start();
            }
        }
    });
    if !IS_ENDING.load(Ordering::SeqCst) {
        kiosk.window.run()?;
    }
    Ok(if kiosk.is_closed.get() { ExitCode::from(CLOSED_BY_STAFF) } else { ExitCode::SUCCESS })
}

/// A signal came that ends the program.
static IS_ENDING: AtomicBool = AtomicBool::new(false);

/// Whoever ends the program from outside ends it as its window does: what is being written is written, a throw-away folder goes.
fn end_on_signals() -> Result<(), AppError> {
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for _ in signals.forever() {
            IS_ENDING.store(true, Ordering::SeqCst);
            // There may be no window yet; then none opens.
            drop(slint::quit_event_loop());
        }
    })?;
    Ok(())
}

/// Before the first picture: what ended while the machine was off is closed, and what is due is erased.
pub fn tidy_up(desk: &mut Desk) -> Result<(), DeskError> {
    let tidied = tidy(desk);
    match &tidied {
        // A kiosk that takes nobody new still says who is inside.
        Err(DeskError::Store(error)) if error.takes_nothing() => {
            tracing::error!(%error, "nothing can be closed or erased");
            Ok(())
        }
        _ => tidied,
    }
}

fn tidy(desk: &mut Desk) -> Result<(), DeskError> {
    desk.note_time()?;
    close_day::close_day(desk, &Actor::Clock)?;
    note_sweep(&erase_due(desk, &Actor::Clock)?);
    Ok(())
}

/// The check of every page of the file, on a thread and a connection of its own: once the window is up, and every night.
struct FileCheck {
    folder: Folder,
    post: Post,
    running: RefCell<Option<JoinHandle<()>>>,
}

impl FileCheck {
    fn start(&self) {
        self.wait();
        let (folder, post) = (self.folder.clone(), self.post.clone());
        let check = move || match is_sound(folder) {
            Ok(sound) => post.send(Message::FileChecked { sound }),
            Err(error) => tracing::error!(%error, "the file could not be checked"),
        };
        match std::thread::Builder::new().name("file check".to_owned()).spawn(check) {
            Ok(thread) => drop(self.running.replace(Some(thread))),
            Err(error) => tracing::error!(%error, "the file could not be checked"),
        }
    }

    fn wait(&self) {
        if self.running.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the check of the file panicked");
        }
    }
}

/// As with the desk thread: SQLCipher is not left in the middle of its work.
impl Drop for FileCheck {
    fn drop(&mut self) {
        self.wait();
    }
}

fn is_sound(folder: Folder) -> Result<bool, AppError> {
    Ok(Desk::open(folder, Arc::new(SystemClock), build_date())?.is_sound()?)
}

thread_local! {
    /// The window's queue, for the wake-up that runs on the window's thread.
    static QUEUE: RefCell<Option<(Weak<Kiosk>, Receiver<Message>)>> = const { RefCell::new(None) };
}

/// Handles whatever is in the queue.
fn drain() {
    QUEUE.with_borrow(|queue| {
        if let Some((kiosk, messages)) = queue
            && let Some(kiosk) = kiosk.upgrade()
        {
            messages.try_iter().for_each(|message| handle(&kiosk, message));
        }
    });
}

/// The one place where messages from other threads reach the window.
pub fn handle(kiosk: &Rc<Kiosk>, message: Message) {
    match message {
        Message::Answer { ticket, answer } => kiosk.desk.settle(kiosk, ticket, answer),
        Message::Swept(outcome) => {
            outcome.iter().for_each(note_sweep);
            kiosk.devices().printer.iter().for_each(|printer| printer.forget());
            time::swept(kiosk, outcome.as_ref());
        }
        Message::Printed { paper: Paper::RollCall, succeeded } => roll_call_paper::printed(kiosk, succeeded),
        Message::Printed { paper: Paper::List, succeeded } => print_list::printed(kiosk, succeeded),
        Message::BadgeCameOut(badge) => badges::came_out(kiosk, badge),
        Message::Importing { ticket, news } => import::heard(kiosk, ticket, news),
        Message::Camera(event) => camera::heard(kiosk, event),
        Message::Scanner(event) if devices::scanner_heard(kiosk, &event) => {}
        Message::Scanner(event) => scan::heard(kiosk, event),
        Message::DevicesSeen(found) => devices::seen(kiosk, &found),
        Message::DevicesFound { kind, found } => choose_device::found(kiosk, kind, &found),
        Message::DeviceTested { kind, worked } => devices::tested(kiosk, kind, worked),
        Message::Sent(sent) => outbox::sent(kiosk, *sent),
        Message::FileChecked { sound: true } => tracing::info!("every page of the file is sound"),
        Message::FileChecked { sound: false } => {
            tracing::error!("the file is damaged: stop the kiosk and keep the folder as it is");
            time::file_is_damaged(kiosk);
        }
    }
}

/// Writes down, for those who look after the machine, how a sweep ended.
fn note_sweep(outcome: &EraseDueOutcome) {
    match outcome {
        EraseDueOutcome::Erased(_) => {}
        EraseDueOutcome::InDoubt(doubt) => tracing::warn!(?doubt, "nothing is erased while the clock is in doubt"),
        EraseDueOutcome::WalBusy(_) => tracing::warn!("the log could not be emptied after a sweep; the next sweep tries again"),
        EraseDueOutcome::TraceFound(_) => tracing::error!("traces of erased rows were found in the file"),
    }
}

/// What a panic says can hold what somebody typed, so the log has the place alone.
fn name_panics_by_place() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
}

/// Log lines go to standard error and hold no personal data.
fn log_to_stderr() {
    let wanted = std::env::var("VELKOMMEN_LOG").ok().and_then(|levels| levels.parse().ok());
    let levels = wanted.unwrap_or_else(|| Targets::new().with_target("velkommen", Level::WARN).with_default(Level::ERROR));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).without_time();
    tracing_subscriber::registry().with(lines.with_filter(levels)).init();
}
