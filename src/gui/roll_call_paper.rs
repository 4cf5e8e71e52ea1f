//! The roll call's paper, for the page of staff and the locked screen alike: printed, told how it went, taken back.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use slint::{ComponentHandle, SharedString};
use velkommen_ui::{self as ui, PrintState};

use super::ask::{Message, Paper};
use super::kiosk::{Kiosk, Part};
use crate::devices::printer::{Job, State};
use crate::documents::roll_call;
use crate::domain::roll_call::RollCall;

const KIND: &str = "roll-call";
/// A printer that has said nothing for so long is not waited for: the screen says that nothing came out.
const PATIENCE: Duration = Duration::from_secs(3);

pub const PART: Part = Part { reset, ..Part::EMPTY };

/// How the last paper is. Nothing of a person, so it stays whoever stands there.
struct Printed {
    state: Cell<PrintState>,
    since: Cell<Duration>,
    came_out_at: Cell<Option<DateTime<Utc>>>,
    wanted: RefCell<Arc<AtomicBool>>,
}

impl Default for Printed {
    fn default() -> Printed {
        Printed { state: Cell::new(PrintState::None), since: Cell::default(), came_out_at: Cell::default(), wanted: RefCell::default() }
    }
}

/// What the house prints stays when somebody goes.
fn reset(kiosk: &Rc<Kiosk>) {
    show(kiosk);
}

/// Prints it as it stands.
pub fn print(kiosk: &Rc<Kiosk>, taken: RollCall) {
    let paper = kiosk.house::<Printed>();
    let Some(printer) = kiosk.devices().printer.filter(|printer| printer.takes(KIND)) else {
        return turn(kiosk, PrintState::Failed);
    };
    let wanted = Arc::new(AtomicBool::new(true));
    paper.wanted.replace(wanted.clone());
    paper.since.set(kiosk.since_boot());
    turn(kiosk, PrintState::Busy);
    let (language, post, still) = (kiosk.language(), kiosk.desk.post(), wanted.clone());
    let render = move || roll_call::render(&taken, language).map_err(|error| error.to_string());
    let tell = move |printed: Result<(), _>| {
        if still.load(Ordering::Relaxed) {
            post.send(Message::Printed { paper: Paper::RollCall, succeeded: printed.is_ok() });
        }
    };
    // Asked once, so that it has looked by the time somebody wonders.
    printer.status(KIND);
    printer.print(Job { wanted, ..Job::new(KIND, Box::new(render), Box::new(tell)) });
}

/// The paper is out, or it is not. It may come out after it was given up.
pub fn printed(kiosk: &Rc<Kiosk>, succeeded: bool) {
    kiosk.house::<Printed>().came_out_at.set(succeeded.then(|| kiosk.now().to_utc()));
    turn(kiosk, if succeeded { PrintState::Done } else { PrintState::Failed });
}

/// Nobody wants it any more: what has not come out stays in.
pub fn call_off(kiosk: &Rc<Kiosk>) {
    kiosk.house::<Printed>().wanted.borrow().store(false, Ordering::Relaxed);
    turn(kiosk, PrintState::None);
}

/// A second has passed on a page that waits for it.
pub fn tick(kiosk: &Rc<Kiosk>) {
    let paper = kiosk.house::<Printed>();
    let waits_too_long = paper.state.get() == PrintState::Busy && kiosk.since_boot().saturating_sub(paper.since.get()) >= PATIENCE;
    let is_at_it = || kiosk.devices().printer.is_some_and(|printer| printer.status(KIND).state == State::Printing);
    if waits_too_long && !is_at_it() {
        turn(kiosk, PrintState::Failed);
    }
}

fn turn(kiosk: &Rc<Kiosk>, state: PrintState) {
    kiosk.house::<Printed>().state.set(state);
    show(kiosk);
}

/// Says how it is, in the chosen language.
pub fn show(kiosk: &Rc<Kiosk>) {
    let paper = kiosk.house::<Printed>();
    let page = kiosk.window.global::<ui::RollCallPaperAdapter>();
    page.set_state(paper.state.get());
    let at = paper.came_out_at.get().filter(|_| paper.state.get() == PrintState::Done);
    page.set_at(at.map_or_else(SharedString::new, |at| kiosk.moment(at).into()));
    // Of a folder its name: the way there is no word for whoever looks for a paper.
    let place = kiosk.devices().printer.map(|printer| printer.place_of(KIND)).filter(|place| place.starts_with('/'));
    let place = place.as_deref().and_then(|place| place.rsplit('/').next()).map(SharedString::from);
    page.set_place(place.filter(|_| at.is_some()).unwrap_or_default());
}
