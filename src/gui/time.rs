//! The person's time: when the cover comes, when an outcome page goes home, when staff are locked out, what the clock says.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use slint::ComponentHandle;

use super::window::{self as ui, Page};
use super::{Kiosk, clock, devices, doors, home, look, outbox, today};
use crate::desk::close_day::close_day;
use crate::desk::erase_due::{self, EraseDueOutcome};
use crate::desk::{Desk, DeskError};
use crate::domain::access::Actor;
use crate::domain::clock::Doubt;

/// After this long without a sign of life the cover asks.
const IDLE: Duration = Duration::from_secs(60);
/// After this long a resting page dims.
const DIMS: Duration = Duration::from_secs(300);
/// How long the cover waits for an answer.
const ANSWER: Duration = Duration::from_secs(20);
/// How long an outcome page stays.
const OUTCOME: Duration = Duration::from_secs(20);
/// Staff pages lock after this long without a sign of life.
pub(super) const STAFF: Duration = Duration::from_secs(120);

/// When this page or this person last showed a sign of life, and when the desk was last looked after.
pub struct Pace {
    active_at: Cell<Duration>,
    kept_at: Cell<Option<Duration>>,
    /// The last sweep could not empty the log.
    sweep_again: Cell<bool>,
    data_version: Cell<i64>,
    /// The one that was last shown, counted from 1970.
    minute: Cell<i64>,
}

impl Pace {
    pub fn new(since_boot: Duration) -> Pace {
        Pace {
            active_at: Cell::new(since_boot),
            kept_at: Cell::new(None),
            sweep_again: Cell::new(false),
            data_version: Cell::new(0),
            minute: Cell::new(0),
        }
    }

    pub fn restart(&self, since_boot: Duration) {
        self.active_at.set(since_boot);
    }

    fn idle(&self, since_boot: Duration) -> Duration {
        since_boot.saturating_sub(self.active_at.get())
    }
}

/// What a page does when nobody touches it.
enum Stay {
    /// Rests as it is.
    Resting,
    /// Asks, then wipes.
    Asks,
    /// Goes home by itself.
    Outcome,
    /// Locks.
    Locks,
}

fn stay_of(kiosk: &Kiosk) -> Stay {
    match kiosk.page() {
        Page::Home | Page::Closed => Stay::Resting,
        Page::CheckIn if doors::resting_page(kiosk) == Page::CheckIn => Stay::Resting,
        Page::SignIn
        | Page::SignOut
        | Page::CheckIn
        | Page::TicketCode
        | Page::FindMe
        | Page::WalkIn
        | Page::Notice
        | Page::Unlock
        | Page::Setup => Stay::Asks,
        Page::SignedIn | Page::SignedOut | Page::Welcome | Page::Refusal | Page::MyTicket => Stay::Outcome,
        Page::Today | Page::Visits | Page::RollCall | Page::Events | Page::Event | Page::Settings | Page::Clock => Stay::Locks,
    }
}

/// A page opens: its time begins.
pub fn begin(kiosk: &Rc<Kiosk>) {
    kiosk.pace.restart(kiosk.since_boot());
    kiosk.window.global::<ui::Session>().set_dimmed(false);
    show_outcome_left(kiosk, Duration::ZERO);
}

fn show_outcome_left(kiosk: &Rc<Kiosk>, idle: Duration) {
    let outcome = OUTCOME * patience(kiosk);
    let session = kiosk.window.global::<ui::Session>();
    session.set_seconds_of(outcome.as_secs() as i32);
    session.set_seconds(seconds(outcome, idle));
}

/// Whoever asked for more time has five times as much.
fn patience(kiosk: &Kiosk) -> u32 {
    if kiosk.window.global::<ui::ScreenHelp>().get_more_time() { 5 } else { 1 }
}

/// A touch or a key. Under the cover only its own buttons count.
pub fn note_activity(kiosk: &Rc<Kiosk>) {
    let session = kiosk.window.global::<ui::Session>();
    if !session.get_covered() {
        session.set_dimmed(false);
        kiosk.pace.restart(kiosk.since_boot());
    }
}

/// "I need more time."
pub fn stay(kiosk: &Rc<Kiosk>) {
    kiosk.window.global::<ui::Session>().set_covered(false);
    kiosk.pace.restart(kiosk.since_boot());
}

/// Runs once a second.
pub fn tick(kiosk: &Rc<Kiosk>) {
    let since_boot = kiosk.since_boot();
    let idle = kiosk.pace.idle(since_boot);
    let session = kiosk.window.global::<ui::Session>();
    let [asks_after, answer, outcome] = [IDLE, ANSWER, OUTCOME].map(|time| time * patience(kiosk));
    match stay_of(kiosk) {
        // Nobody finds the screen as somebody else needed it.
        Stay::Resting if idle >= asks_after + answer && kiosk.is_somebodys() => kiosk.rest(),
        Stay::Resting => session.set_dimmed(idle >= DIMS),
        Stay::Asks if idle >= asks_after + answer => kiosk.rest(),
        Stay::Asks => {
            session.set_cover_seconds(seconds(asks_after + answer, idle).min(answer.as_secs() as i32));
            session.set_covered(idle >= asks_after);
        }
        Stay::Outcome if idle >= outcome => kiosk.rest(),
        Stay::Outcome => show_outcome_left(kiosk, idle),
        Stay::Locks if idle >= STAFF => kiosk.rest(),
        Stay::Locks => kiosk.window.global::<ui::StaffAdapter>().set_locks_in_seconds(seconds(STAFF, idle)),
    }
    look::follow_the_hour(kiosk);
    let minute = kiosk.now().timestamp().div_euclid(60);
    let is_new_minute = kiosk.pace.minute.replace(minute) != minute;
    match kiosk.page() {
        // Each refresh is a picture, and nobody looks.
        Page::Home if is_new_minute => home::refresh(kiosk),
        Page::Clock => clock::refresh_time(kiosk),
        Page::Today => today::refresh_time(kiosk),
        _ => {}
    }
    let kept_at = kiosk.pace.kept_at.get();
    if kept_at.is_none_or(|kept_at| since_boot.saturating_sub(kept_at) >= Duration::from_secs(10)) {
        kiosk.pace.kept_at.set(Some(since_boot));
        kiosk.ask_for_house(keep, kept);
        doors::look(kiosk);
        outbox::tend(kiosk);
    }
    if since_boot.as_secs().is_multiple_of(2) {
        devices::look(kiosk);
    }
}

/// Whole seconds left, counted so that the first one shown is the full number.
fn seconds(of: Duration, idle: Duration) -> i32 {
    of.saturating_sub(idle).as_secs_f64().ceil() as i32
}

/// What the desk does by itself: follow the clock, close the day, say whether a sweep is due.
struct Kept {
    doubt: Option<Doubt>,
    closed: usize,
    sweep_due: bool,
    data_version: i64,
}

fn keep(desk: &mut Desk) -> Result<Kept, DeskError> {
    let now = desk.note_time()?;
    let closed = close_day(desk, &Actor::Clock)?.closed;
    let is_due = |at: DateTime<Utc>| at <= now.at;
    let sweep_due = now.doubt.is_none() && erase_due::next_due(desk)?.is_some_and(is_due);
    Ok(Kept { doubt: now.doubt, closed, sweep_due, data_version: desk.data_version()? })
}

fn kept(kiosk: &Rc<Kiosk>, kept: Result<Kept, DeskError>) {
    match kept {
        Ok(kept) => {
            let doubt_changed = kiosk.doubt.replace(kept.doubt) != kept.doubt;
            let file_changed = kiosk.pace.data_version.replace(kept.data_version) != kept.data_version;
            if kept.sweep_due || kiosk.pace.sweep_again.take() {
                kiosk.desk.sweep();
            }
            let is_staff = matches!(stay_of(kiosk), Stay::Locks);
            if doubt_changed || is_staff && (file_changed || kept.closed > 0) {
                kiosk.speak();
            }
        }
        Err(error) => drop(super::kiosk::trouble(&error)),
    }
}

/// A sweep has ended: staff lists show what is left, and a log that could not be emptied is tried again.
pub fn swept(kiosk: &Rc<Kiosk>, outcome: Option<&EraseDueOutcome>) {
    kiosk.pace.sweep_again.set(matches!(outcome, Some(EraseDueOutcome::WalBusy(_))));
    if matches!(stay_of(kiosk), Stay::Locks) {
        kiosk.speak();
    }
}

/// Tells staff that the file does not check out.
pub fn file_is_damaged(kiosk: &Rc<Kiosk>) {
    kiosk.window.global::<ui::TodayAdapter>().set_file_damaged(true);
}
