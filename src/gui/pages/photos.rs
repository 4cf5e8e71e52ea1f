//! The question about pictures, on whichever page asks it or shows its answer.

use std::collections::HashMap;
use std::rc::Rc;

use slint::{ComponentHandle, ModelRc, SharedString, VecModel};
use velkommen_ui::{self as ui, PhotoBadge, PhotoState};

use crate::desk::DeskError;
use crate::desk::answer_photos::{
    Act, AnswerPhotos, AnswerPhotosOutcome, PhotoAnswer, PhotoQuestion, PhotoRow, TicketHolder, answer_photos,
};
use crate::desk::show_ticket::{ShowTicketOutcome, show_ticket};
use crate::documents::dates;
use crate::domain::access::Actor;
use crate::domain::consent::{Answer, BadgeMark, PhotoPurpose};
use crate::domain::event::PhotoMode;
use crate::domain::notice::Situation;
use crate::gui::badges;
use crate::gui::faults::trouble;
use crate::gui::kiosk::{Kiosk, Part};
use crate::gui::to::{HeldTicket, To};

/// What was chosen one by one and not saved yet, by the key of its row.
type Choices = HashMap<String, Act>;

pub const PART: Part = Part { connect, reset, refresh, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::PhotosAdapter>();
    page.on_answer(kiosk.calls_with(|kiosk, answer| {
        if let Some(act) = act(answer) {
            let all = PhotoPurpose::ALL.map(|purpose| PhotoAnswer { purpose, channel: None, act });
            save(kiosk, all.to_vec());
        }
    }));
    let weak = kiosk.weak();
    page.on_answer_row(move |key, answer| {
        if let Some(kiosk) = weak.upgrade() {
            choose(&kiosk, key.as_str(), answer);
        }
    });
    page.on_open_rows(kiosk.calls(|kiosk| open_rows(kiosk, true)));
    page.on_close_rows(kiosk.calls(|kiosk| open_rows(kiosk, false)));
    page.on_save_rows(kiosk.calls(save_rows));
    page.on_read_notice(kiosk.calls(|kiosk| kiosk.go(To::Notice(Situation::Photo))));
}

/// Nothing of the last participant's answers stays in the window.
fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::PhotosAdapter>();
    page.set_state(PhotoState::Off);
    page.set_one_by_one(false);
    page.set_rows(ModelRc::default());
    page.set_channels(ModelRc::default());
    page.set_unanswered(0);
    page.set_text_version(0);
    for empty in [ui::PhotosAdapter::set_text_valid_from, ui::PhotosAdapter::set_yes_kept_until, ui::PhotosAdapter::set_no_kept_until] {
        empty(&page, SharedString::new());
    }
    page.set_badge(PhotoBadge::None);
    page.set_busy(false);
    page.set_trouble(ui::Trouble::None);
}

/// Fills the question for whoever stands there; in another language than it was read in, it is read again.
fn refresh(kiosk: &Rc<Kiosk>) {
    let is_other_language =
        kiosk.session::<Option<HeldTicket>>().borrow().as_ref().is_some_and(|held| held.language != Some(kiosk.language()));
    if is_other_language {
        read_again(kiosk);
    }
    show(kiosk);
}

fn show(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::PhotosAdapter>();
    let (held, choices) = (kiosk.session::<Option<HeldTicket>>(), kiosk.session::<Choices>());
    let (held, choices) = (held.borrow(), choices.borrow());
    let Some((held, ticket)) = held.as_ref().and_then(|held| Some((held, held.ticket.as_ref()?))) else {
        return page.set_state(PhotoState::Off);
    };
    page.set_badge(match held.badge {
        Some(said) if said != ticket.photos.mark => PhotoBadge::Old,
        Some(_) if held.badge_is_new => PhotoBadge::New,
        _ => PhotoBadge::None,
    });
    let (photos, language) = (&ticket.photos, kiosk.language());
    page.set_state(state(photos));
    let mut channels: Vec<SharedString> = Vec::new();
    for row in &photos.rows {
        if !channels.iter().any(|channel| *channel == row.channel_name) {
            channels.push(row.channel_name.as_str().into());
        }
    }
    page.set_channels(ModelRc::new(VecModel::from(channels)));
    let rows: Vec<_> = photos.rows.iter().map(|row| shown_row(row, choices.get(&key(row)).copied())).collect();
    page.set_unanswered(rows.iter().filter(|row| row.answer == ui::PhotoAnswer::None).count() as i32);
    page.set_rows(ModelRc::new(VecModel::from(rows)));
    page.set_text_version(photos.notice.version as i32);
    page.set_text_valid_from(dates::long_date(photos.notice.valid_from, language).into());
    page.set_yes_kept_until(dates::long_date(kiosk.last_day(ticket.evidence_until), language).into());
    page.set_no_kept_until(dates::long_date(kiosk.last_day(ticket.erase_after), language).into());
    page.set_shows_on_badge(kiosk.prints("badge"));
}

/// Where the question stands.
fn state(photos: &PhotoQuestion) -> PhotoState {
    let given = photos.rows.iter().filter(|row| row.answer == Some(Answer::Given)).count();
    match (photos.mode, photos.mark) {
        (PhotoMode::Objection, BadgeMark::Yes) => PhotoState::Informs,
        (PhotoMode::Objection, BadgeMark::No) => PhotoState::Objected,
        (PhotoMode::Consent, _) if photos.is_open() => PhotoState::Open,
        (PhotoMode::Consent, BadgeMark::Yes) => PhotoState::Yes,
        (PhotoMode::Consent, BadgeMark::No) if given == 0 => PhotoState::No,
        (PhotoMode::Consent, BadgeMark::No) => PhotoState::Mixed,
    }
}

fn key(row: &PhotoRow) -> String {
    format!("{}:{}", row.purpose.word(), row.channel)
}

fn shown_row(row: &PhotoRow, chosen: Option<Act>) -> ui::PhotoRow {
    let answer = match (chosen, row.answer) {
        (Some(Act::Give), _) | (None, Some(Answer::Given)) => ui::PhotoAnswer::Yes,
        (Some(Act::Refuse | Act::Withdraw), _) | (None, Some(Answer::Refused | Answer::Withdrawn)) => ui::PhotoAnswer::No,
        (None, None) => ui::PhotoAnswer::None,
    };
    ui::PhotoRow {
        key: key(row).into(),
        purpose: match row.purpose {
            PhotoPurpose::Photo => ui::PhotoPurpose::Photo,
            PhotoPurpose::Video => ui::PhotoPurpose::Video,
        },
        channel: row.channel_name.as_str().into(),
        answer,
    }
}

fn act(answer: ui::PhotoAnswer) -> Option<Act> {
    match answer {
        ui::PhotoAnswer::Yes => Some(Act::Give),
        ui::PhotoAnswer::No => Some(Act::Refuse),
        ui::PhotoAnswer::None => None,
    }
}

fn open_rows(kiosk: &Rc<Kiosk>, is_open: bool) {
    kiosk.note_activity();
    kiosk.session::<Choices>().borrow_mut().clear();
    kiosk.window.global::<ui::PhotosAdapter>().set_one_by_one(is_open);
    show(kiosk);
}

fn choose(kiosk: &Rc<Kiosk>, key: &str, answer: ui::PhotoAnswer) {
    kiosk.note_activity();
    if let Some(act) = act(answer) {
        kiosk.session::<Choices>().borrow_mut().insert(key.to_owned(), act);
    }
    show(kiosk);
}

/// Saves what was chosen row by row. A row that was left alone keeps its answer.
fn save_rows(kiosk: &Rc<Kiosk>) {
    let chosen = kiosk.session::<Choices>().borrow().clone();
    let answers = chosen.into_iter().filter_map(|(key, act)| {
        let (purpose, channel) = key.split_once(':')?;
        Some(PhotoAnswer { purpose: PhotoPurpose::parse(purpose)?, channel: Some(channel.to_owned()), act })
    });
    save(kiosk, answers.collect());
}

fn save(kiosk: &Rc<Kiosk>, answers: Vec<PhotoAnswer>) {
    kiosk.note_activity();
    let page = kiosk.window.global::<ui::PhotosAdapter>();
    let holder = kiosk.session::<Option<HeldTicket>>().borrow().as_ref().and_then(|held| Some((held.event, held.code.clone()?)));
    let Some((event, code)) = holder.filter(|_| !page.get_busy()) else { return };
    page.set_busy(true);
    page.set_trouble(ui::Trouble::None);
    let input = AnswerPhotos { event, whose: TicketHolder::Code(code.clone()), answers, language: kiosk.language() };
    kiosk.ask(move |desk| answer_photos(desk, &Actor::Public, &input), move |kiosk, outcome| answered(kiosk, &code, outcome));
}

fn answered(kiosk: &Rc<Kiosk>, code: &str, outcome: Result<AnswerPhotosOutcome, DeskError>) {
    let page = kiosk.window.global::<ui::PhotosAdapter>();
    page.set_busy(false);
    // The next person may stand here by now.
    if !is_held(kiosk, code) {
        return;
    }
    match outcome {
        Ok(AnswerPhotosOutcome::Answered(photos)) => {
            kiosk.session::<Choices>().borrow_mut().clear();
            if let Some(ticket) = kiosk.session::<Option<HeldTicket>>().borrow_mut().as_mut().and_then(|held| held.ticket.as_mut()) {
                ticket.photos = photos;
            }
            page.set_one_by_one(false);
            badges::renew(kiosk);
            show(kiosk);
        }
        Ok(_) => kiosk.go(To::Refusal(None)),
        Err(error) => page.set_trouble(trouble(&error)),
    }
}

fn is_held(kiosk: &Kiosk, code: &str) -> bool {
    kiosk.session::<Option<HeldTicket>>().borrow().as_ref().is_some_and(|held| held.code.as_deref() == Some(code))
}

/// Reads the ticket in the language that was just chosen.
fn read_again(kiosk: &Rc<Kiosk>) {
    let language = kiosk.language();
    let (event, code) = {
        let held = kiosk.session::<Option<HeldTicket>>();
        let mut held = held.borrow_mut();
        let Some(held) = held.as_mut() else { return };
        held.language = Some(language);
        let Some(code) = held.code.clone() else { return };
        (held.event, code)
    };
    let asked = code.clone();
    kiosk.ask(
        move |desk| show_ticket(desk, &Actor::Public, event, &TicketHolder::Code(asked), language),
        move |kiosk, outcome| {
            if !is_held(kiosk, &code) {
                return;
            }
            match outcome {
                Ok(ShowTicketOutcome::Shown(ticket)) => {
                    if let Some(held) = kiosk.session::<Option<HeldTicket>>().borrow_mut().as_mut() {
                        held.ticket = Some(ticket);
                    }
                    kiosk.speak();
                }
                Ok(_) => {}
                Err(error) => drop(trouble(&error)),
            }
        },
    );
}
