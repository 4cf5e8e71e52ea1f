//! Reading the screen aloud, for whoever asked for it: a page as a whole when it opens, then what is new.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use slint::{ComponentHandle, SharedString, Timer};
use velkommen_ui::{ScreenHelp, Session, Shown, ShownText};

use super::kiosk::{Kiosk, Part};
use crate::devices::speech::Line;

/// How long the texts of a page have to answer: they do so when the window next looks after itself.
const ANSWERS: Duration = Duration::from_millis(50);

/// The texts of the page that is being read, as they answer.
#[derive(Default)]
struct BeingRead {
    texts: RefCell<Vec<ShownText>>,
    answers: Timer,
    has_spoken: Cell<bool>,
}

pub const PART: Part = Part { connect, reset: |kiosk| stop(kiosk), ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    look(kiosk);
    kiosk.window.global::<Session>().on_opened(kiosk.calls(read_page));
    let shown = kiosk.window.global::<Shown>();
    shown.on_answered(kiosk.calls_with(|kiosk, text: ShownText| kiosk.house::<BeingRead>().texts.borrow_mut().push(text)));
    let weak = kiosk.weak();
    shown.on_came(move |text, is_private| {
        let weak = weak.clone();
        // What comes with a page is made before anybody knows that a page is opening.
        Timer::single_shot(ANSWERS, move || {
            if let Some(kiosk) = weak.upgrade() {
                tell(&kiosk, text, is_private);
            }
        });
    });
}

/// Says what is new, unless it belongs to a page that will be read as a whole.
fn tell(kiosk: &Rc<Kiosk>, text: SharedString, is_private: bool) {
    if is_on(kiosk) && !kiosk.window.global::<Shown>().get_opening() {
        say(kiosk, &[line(text.into(), is_private)]);
    }
}

/// Looks whether somebody is there to read; a voice that was absent may have come meanwhile.
fn look(kiosk: &Kiosk) {
    let can_speak = kiosk.devices().voice.as_ref().is_some_and(|voice| voice.is_there());
    kiosk.window.global::<Session>().set_can_speak(can_speak);
}

/// Reads everything that stands on the page, from the top. Without a wish for it the voice falls silent.
pub fn read_page(kiosk: &Rc<Kiosk>) {
    look(kiosk);
    if !is_on(kiosk) {
        return stop(kiosk);
    }
    let being_read = kiosk.house::<BeingRead>();
    being_read.texts.borrow_mut().clear();
    let shown = kiosk.window.global::<Shown>();
    shown.set_asked(shown.get_asked().wrapping_add(1));
    let read = kiosk.calls(|kiosk| say(kiosk, &page(kiosk.house::<BeingRead>().texts.take())));
    being_read.answers.start(slint::TimerMode::SingleShot, ANSWERS, read);
}

/// Whoever listened has gone, or has heard enough.
pub fn stop(kiosk: &Kiosk) {
    let being_read = kiosk.house::<BeingRead>();
    being_read.answers.stop();
    if let Some(voice) = &kiosk.devices().voice
        && being_read.has_spoken.take()
    {
        voice.stop();
    }
}

fn is_on(kiosk: &Kiosk) -> bool {
    kiosk.window.global::<ScreenHelp>().get_read_aloud()
}

fn say(kiosk: &Kiosk, lines: &[Line]) {
    if let Some(voice) = &kiosk.devices().voice {
        kiosk.house::<BeingRead>().has_spoken.set(true);
        voice.speak(kiosk.language().code(), lines);
    }
}

/// The lines of a page in the order of the eye: from the top, and from the left where they stand side by side.
fn page(mut texts: Vec<ShownText>) -> Vec<Line> {
    texts.retain(|text| !text.silent);
    texts.sort_by_key(|text| (text.y as i32, text.x as i32));
    // A question and the name of its field are often the same.
    texts.dedup_by(|next, last| next.text == last.text && next.private == last.private);
    texts.into_iter().map(|text| line(text.text.into(), text.private)).collect()
}

fn line(text: String, is_private: bool) -> Line {
    if is_private { Line::private(text) } else { Line::public(text) }
}
