//! The time of whoever stands there: their last sign of life, and how long a page waits for the next.

use std::cell::Cell;
use std::time::Duration;

use slint::ComponentHandle;
use velkommen_ui::{App, ScreenHelp, Session};

/// After this long without a sign of life the cover asks.
pub const IDLE: Duration = Duration::from_secs(60);
/// After this long a resting page dims.
pub const DIMS: Duration = Duration::from_secs(300);
/// How long the cover waits for an answer.
pub const ANSWER: Duration = Duration::from_secs(20);
/// How long an outcome page stays.
pub const OUTCOME: Duration = Duration::from_secs(20);
/// Staff pages lock after this long without a sign of life.
pub const STAFF: Duration = Duration::from_secs(120);

/// What a page does when nobody touches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stay {
    /// Rests as it is.
    Rests,
    /// Rests where it is what stands there while nobody does, and else asks.
    RestsAtDoor,
    /// Asks, then wipes.
    Asks,
    /// Goes home by itself.
    Outcome,
    /// Locks.
    Locks,
    /// Stays as it is until somebody ends it.
    Holds,
}

/// When this page or this person last showed a sign of life.
pub struct Pace {
    active_at: Cell<Duration>,
}

impl Pace {
    pub fn new(since_boot: Duration) -> Pace {
        Pace { active_at: Cell::new(since_boot) }
    }

    pub fn restart(&self, since_boot: Duration) {
        self.active_at.set(since_boot);
    }

    pub fn idle(&self, since_boot: Duration) -> Duration {
        since_boot.saturating_sub(self.active_at.get())
    }
}

/// Whoever asked for more time has five times as much.
pub fn patience(window: &App) -> u32 {
    if window.global::<ScreenHelp>().get_more_time() { 5 } else { 1 }
}

/// Says on an outcome page how long it stays.
pub fn show_outcome_left(window: &App, idle: Duration) {
    let outcome = OUTCOME * patience(window);
    let session = window.global::<Session>();
    session.set_seconds_of(outcome.as_secs() as i32);
    session.set_seconds(seconds(outcome, idle));
}

/// Whole seconds left, counted so that the first one shown is the full number.
pub fn seconds(of: Duration, idle: Duration) -> i32 {
    of.saturating_sub(idle).as_secs_f64().ceil() as i32
}
