//! The person's time: when the cover comes, when an outcome page goes home, when staff are locked out, what the clock says.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use slint::ComponentHandle;
use velkommen_ui as ui;

use super::faults::trouble;
use super::kiosk::{Kiosk, Part};
use super::pace::{ANSWER, DIMS, IDLE, OUTCOME, STAFF, Stay, patience, seconds, show_outcome_left};
use super::{doors, evacuations, outbox};
use crate::desk::close_day::close_day;
use crate::desk::erase_due::{self, EraseDueOutcome};
use crate::desk::show_roll_call::{RollCallFigures, show_figures};
use crate::desk::{Desk, DeskError};
use crate::domain::access::Actor;
use crate::domain::clock::Doubt;

pub const PART: Part = Part { connect, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let session = kiosk.window.global::<ui::Session>();
    session.on_active(kiosk.calls(|kiosk| kiosk.note_activity()));
    session.on_stay(kiosk.calls(stay));
    session.on_wipe(kiosk.calls(|kiosk| kiosk.rest()));
}

/// When the desk was last looked after.
#[derive(Default)]
struct Keeping {
    kept_at: Cell<Option<Duration>>,
    /// The last sweep could not empty the log.
    sweep_again: Cell<bool>,
    data_version: Cell<i64>,
}

/// "I need more time."
fn stay(kiosk: &Rc<Kiosk>) {
    kiosk.window.global::<ui::Session>().set_covered(false);
    kiosk.note_activity();
}

/// Runs once a second.
pub fn tick(kiosk: &Rc<Kiosk>) {
    let since_boot = kiosk.since_boot();
    let idle = kiosk.pace.idle(since_boot);
    let session = kiosk.window.global::<ui::Session>();
    let [asks_after, answer, outcome] = [IDLE, ANSWER, OUTCOME].map(|time| time * patience(&kiosk.window));
    match kiosk.stay() {
        // Nobody finds the screen as somebody else needed it.
        Stay::Rests if idle >= asks_after + answer && kiosk.is_somebodys() => kiosk.rest(),
        Stay::Rests | Stay::RestsAtDoor => session.set_dimmed(idle >= DIMS),
        Stay::Asks if idle >= asks_after + answer => kiosk.rest(),
        Stay::Asks => {
            session.set_cover_seconds(seconds(asks_after + answer, idle).min(answer.as_secs() as i32));
            session.set_covered(idle >= asks_after);
        }
        Stay::Outcome if idle >= outcome => kiosk.rest(),
        Stay::Outcome => show_outcome_left(&kiosk.window, idle),
        Stay::Locks if idle >= STAFF => kiosk.rest(),
        Stay::Holds => {}
        Stay::Locks => kiosk.window.global::<ui::StaffAdapter>().set_locks_in_seconds(seconds(STAFF, idle)),
    }
    // Evening by the desk's own clock.
    kiosk.window.global::<ui::Theme>().set_evening(kiosk.facts.borrow().config.is_evening(kiosk.now().time()));
    kiosk.tick();
    let keeping = kiosk.house::<Keeping>();
    if keeping.kept_at.get().is_none_or(|kept_at| since_boot.saturating_sub(kept_at) >= Duration::from_secs(10)) {
        keeping.kept_at.set(Some(since_boot));
        kiosk.ask_for_house(keep, kept);
        doors::look(kiosk);
        outbox::tend(kiosk);
        // Asked ahead, so that nobody is promised what a dead printer keeps.
        kiosk.can_print("badge");
    }
}

/// What the desk does by itself: follow the clock, close the day, say whether a sweep is due.
struct Kept {
    doubt: Option<Doubt>,
    closed: usize,
    sweep_due: bool,
    takes_nothing: bool,
    roll_call: Option<RollCallFigures>,
    data_version: i64,
}

fn keep(desk: &mut Desk) -> Result<Kept, DeskError> {
    let now = desk.note_time()?;
    let takes_nothing = desk.is_read_only();
    let closed = if takes_nothing { 0 } else { close_day(desk, &Actor::Clock)?.closed };
    let is_due = |at: DateTime<Utc>| at <= now.at;
    let sweep_due = now.doubt.is_none() && !takes_nothing && erase_due::next_due(desk)?.is_some_and(is_due);
    let roll_call = show_figures(desk, &Actor::Public)?;
    Ok(Kept { doubt: now.doubt, closed, sweep_due, takes_nothing, roll_call, data_version: desk.data_version()? })
}

fn kept(kiosk: &Rc<Kiosk>, kept: Result<Kept, DeskError>) {
    match kept {
        Ok(kept) => {
            let doubt_changed = kiosk.doubt.replace(kept.doubt) != kept.doubt;
            kiosk.window.global::<ui::Session>().set_takes_nothing(kept.takes_nothing);
            let keeping = kiosk.house::<Keeping>();
            let file_changed = keeping.data_version.replace(kept.data_version) != kept.data_version;
            if kept.sweep_due || keeping.sweep_again.take() {
                kiosk.desk.sweep();
            }
            evacuations::take(kiosk, kept.roll_call);
            let is_staff = matches!(kiosk.stay(), Stay::Locks | Stay::Holds);
            if doubt_changed || is_staff && (file_changed || kept.closed > 0) {
                kiosk.speak();
            }
        }
        Err(error) => {
            trouble(&error);
            let takes_nothing = matches!(error, DeskError::Store(error) if error.takes_nothing());
            kiosk.window.global::<ui::Session>().set_takes_nothing(takes_nothing);
        }
    }
}

/// A sweep has ended: staff lists show what is left, and a log that could not be emptied is tried again.
pub fn swept(kiosk: &Rc<Kiosk>, outcome: Option<&EraseDueOutcome>) {
    kiosk.house::<Keeping>().sweep_again.set(matches!(outcome, Some(EraseDueOutcome::WalBusy(_))));
    if matches!(kiosk.stay(), Stay::Locks | Stay::Holds) {
        kiosk.speak();
    }
}

/// Tells staff that the file does not check out.
pub fn file_is_damaged(kiosk: &Rc<Kiosk>) {
    kiosk.window.global::<ui::TodayAdapter>().set_file_damaged(true);
}
