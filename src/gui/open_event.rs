//! The event whose staff page is open: what its table and its sheets share.

use std::rc::Rc;

use slint::ComponentHandle;
use velkommen_ui::{EventAdapter, EventSheet, Page, ParticipantPhotos, ParticipantState};

use super::kiosk::Kiosk;
use crate::desk::find_participant::{ParticipantRow, PhotoState};
use crate::desk::list_events::EventSummary;
use crate::domain::check_in::Direction;
use crate::domain::consent::BadgeMark;
use crate::domain::ids::EventId;
use crate::domain::participant::Status;

#[derive(Default)]
pub struct OpenEvent {
    pub event: Option<EventSummary>,
    /// The participants of the table as the desk gave them.
    pub listed: Vec<ParticipantRow>,
}

/// Which event the page is about.
pub fn event_of(kiosk: &Kiosk) -> Option<EventId> {
    kiosk.session::<OpenEvent>().borrow().event.as_ref().map(|event| event.id)
}

/// Turns to another sheet of the page.
pub fn turn_to(kiosk: &Kiosk, sheet: EventSheet) {
    kiosk.note_activity();
    kiosk.window.global::<EventAdapter>().set_sheet(sheet);
}

/// Closes whichever sheet is open, and leaves nothing in any of them.
pub fn close_sheet(kiosk: &Rc<Kiosk>) {
    turn_to(kiosk, EventSheet::None);
    kiosk.reset_sheets(Page::Event);
}

pub fn photos_out(photos: PhotoState) -> ParticipantPhotos {
    match photos {
        PhotoState::NotAsked => ParticipantPhotos::NotAsked,
        PhotoState::Answered(BadgeMark::Yes) => ParticipantPhotos::Yes,
        PhotoState::Answered(BadgeMark::No) => ParticipantPhotos::No,
    }
}

/// Who may not enter is shown as that; everybody else by the last passage.
pub fn state_out(person: &ParticipantRow) -> ParticipantState {
    match (person.status, person.last) {
        (Status::Cancelled, _) => ParticipantState::Cancelled,
        (Status::Blocked, _) => ParticipantState::Blocked,
        (_, Some((_, Direction::Entry, _))) => ParticipantState::Inside,
        (_, Some((_, Direction::Exit, _))) => ParticipantState::Left,
        (Status::Unpaid, None) => ParticipantState::Unpaid,
        (Status::MayEnter, None) => ParticipantState::NotArrived,
    }
}
