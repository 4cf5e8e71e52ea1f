//! Badges: printed when somebody comes, and once more by staff, who are told when it came out already.

use std::rc::Rc;

use slint::{ComponentHandle, SharedString};
use velkommen_ui::{self as ui, BadgePrint, BadgePromise};

use super::ask::{CameOut, Message};
use super::faults::trouble;
use super::kiosk::{Kiosk, Part};
use super::rail;
use super::to::HeldTicket;
use crate::desk::DeskError;
use crate::desk::answer_photos::TicketHolder;
use crate::desk::find_participant::{BadgeState, find_one};
use crate::desk::take_badge::{ParticipantBadge, VisitorBadge, note_badge, take_participant_badge, take_visitor_badge};
use crate::devices::printer::Job;
use crate::documents::DocumentError;
use crate::documents::badge::{self, Badge, BadgeSize};
use crate::documents::dates;
use crate::documents::participant_badge::{self, Photos};
use crate::domain::access::Actor;
use crate::domain::consent::BadgeMark;
use crate::domain::ids::{EventId, ParticipantId, VisitId};
use crate::domain::language::Language;

/// Whose badge a staff sheet can print.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum BadgeOf {
    Visit(VisitId),
    Participant(EventId, ParticipantId),
}

impl BadgeOf {
    /// What the printer remembers the badge by.
    fn key(self) -> String {
        match self {
            BadgeOf::Visit(visit) => visit.to_string(),
            BadgeOf::Participant(_, participant) => participant.to_string(),
        }
    }
}

pub const PART: Part = Part { connect, reset, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    kiosk.window.global::<ui::BadgeAdapter>().on_print(kiosk.calls(print_on_request));
}

/// A badge that is still to come is printed when the page ends.
fn reset(kiosk: &Rc<Kiosk>) {
    print_held(kiosk);
    offer(kiosk, None);
}

/// Lets the sheet that opens print this badge; `None`: there is none to print.
pub fn offer(kiosk: &Kiosk, of: Option<BadgeOf>) {
    let button = kiosk.window.global::<ui::BadgeAdapter>();
    button.set_offered(of.is_some() && kiosk.prints("badge"));
    button.set_state(BadgePrint::None);
    button.set_badge(ui::Badge::Unknown);
    button.set_printed_at(SharedString::new());
    *kiosk.session().borrow_mut() = of;
}

/// What can be promised of a badge. One that does not print comes from the desk.
pub fn promise(kiosk: &Kiosk) -> BadgePromise {
    match (kiosk.prints("badge"), kiosk.can_print("badge")) {
        (false, _) => BadgePromise::None,
        (true, true) => BadgePromise::Coming,
        (true, false) => BadgePromise::AtDesk,
    }
}

/// Says on the sheet that is open which badge its participant has.
pub fn say(kiosk: &Kiosk, badge: BadgeState) {
    let button = kiosk.window.global::<ui::BadgeAdapter>();
    let (badge, at) = match badge {
        BadgeState::NotPrinted => (ui::Badge::NotPrinted, None),
        BadgeState::Printed(at) => (ui::Badge::Printed, Some(at)),
        BadgeState::OldAnswer(at) => (ui::Badge::OldAnswer, Some(at)),
        BadgeState::OldName(at) => (ui::Badge::OldName, Some(at)),
    };
    button.set_badge(badge);
    button.set_printed_at(at.map_or_else(SharedString::new, |at| kiosk.moment(at).into()));
}

/// A badge came out: that is written down, and said where its participant is looked at.
pub fn came_out(kiosk: &Rc<Kiosk>, badge: CameOut) {
    let (event, participant) = (badge.event, badge.participant);
    kiosk.ask_for_house(
        move |desk| note_badge(desk, &Actor::Public, event, participant, &badge.name, badge.mark),
        |_, noted| {
            if let Err(error) = noted {
                trouble(&error);
            }
        },
    );
    // Whoever looks at the participant sees it.
    if *kiosk.session::<Option<BadgeOf>>().borrow() == Some(BadgeOf::Participant(event, participant)) {
        let by = kiosk.actor();
        kiosk.ask(
            move |desk| find_one(desk, &by, event, participant),
            |kiosk, found| match found {
                Ok(Some(person)) => say(kiosk, person.badge),
                Ok(None) => {}
                Err(error) => rail::cannot_read(kiosk, &error),
            },
        );
    }
}

/// The first press asks where the badge came out already and is still true, the second one prints it all the same.
fn print_on_request(kiosk: &Rc<Kiosk>) {
    kiosk.note_activity();
    let button = kiosk.window.global::<ui::BadgeAdapter>();
    let of = *kiosk.session::<Option<BadgeOf>>().borrow();
    let (Some(of), Some(printer)) = (of, kiosk.devices().printer) else { return };
    let came_out_at = match button.get_badge() {
        ui::Badge::Printed => Some(button.get_printed_at()),
        ui::Badge::NotPrinted | ui::Badge::OldAnswer | ui::Badge::OldName => None,
        // Of a visitor only the printer knows.
        ui::Badge::Unknown => {
            let ago = printer.printed_ago(&of.key());
            ago.map(|ago| dates::time(&(kiosk.now() - ago), kiosk.language()).into())
        }
    };
    if let Some(at) = came_out_at.filter(|_| button.get_state() != BadgePrint::Already) {
        button.set_printed_at(at);
        return button.set_state(BadgePrint::Already);
    }
    button.set_state(BadgePrint::OnItsWay);
    let by = kiosk.actor();
    match of {
        BadgeOf::Visit(visit) => kiosk.ask(move |desk| take_visitor_badge(desk, &by, visit), taken(print_visitor)),
        BadgeOf::Participant(event, participant) => {
            let language = kiosk.language();
            let whose = TicketHolder::Participant(participant);
            kiosk.ask(move |desk| take_participant_badge(desk, &by, Some(event), &whose, language), taken(print_participant));
        }
    }
}

/// What is done with a badge once the desk has looked it up.
fn taken<B>(print: fn(&Rc<Kiosk>, B)) -> impl FnOnce(&Rc<Kiosk>, Result<Option<B>, DeskError>) {
    move |kiosk, badge| match badge {
        Ok(Some(badge)) => print(kiosk, badge),
        Ok(None) => kiosk.window.global::<ui::BadgeAdapter>().set_state(BadgePrint::Gone),
        Err(error) => {
            kiosk.window.global::<ui::BadgeAdapter>().set_state(BadgePrint::None);
            rail::cannot_read(kiosk, &error);
        }
    }
}

/// Prints the badge of whoever holds a ticket if it is still to come: after the answer about pictures, or when the page
/// ends without one. They may have gone on while the desk looks it up.
pub fn print_held(kiosk: &Rc<Kiosk>) {
    let wanted = kiosk.session::<Option<HeldTicket>>().borrow_mut().as_mut().and_then(|held| {
        let is_wanted = std::mem::take(&mut held.wants_badge);
        held.code.clone().filter(|_| is_wanted).map(|code| (held.event, code))
    });
    let Some((event, code)) = wanted else { return };
    let (whose, language) = (TicketHolder::Code(code.clone()), kiosk.language());
    kiosk.ask_for_house(
        move |desk| take_participant_badge(desk, &Actor::Public, event, &whose, language),
        move |kiosk, badge| {
            if let (Ok(Some(badge)), Some(held)) = (&badge, kiosk.session::<Option<HeldTicket>>().borrow_mut().as_mut())
                && held.code.as_ref() == Some(&code)
            {
                held.badge = Some(badge.mark);
            }
            taken(print_participant)(kiosk, badge);
        },
    );
}

/// Prints a new badge where the one that came out says something else than the answer does now. Where nothing comes out
/// the page says that the desk has one.
pub fn renew(kiosk: &Rc<Kiosk>) {
    let prints = kiosk.can_print("badge");
    if let Some(held) = kiosk.session::<Option<HeldTicket>>().borrow_mut().as_mut()
        && let Some(mark) = held.ticket.as_ref().map(|ticket| ticket.photos.mark)
        && held.badge.is_some_and(|said| said != mark)
        && prints
    {
        (held.wants_badge, held.badge_is_new, held.badge) = (true, true, Some(mark));
    }
    print_held(kiosk);
}

pub fn print_visitor(kiosk: &Rc<Kiosk>, badge: VisitorBadge) {
    let paper = Badge {
        organisation: organisation(kiosk),
        name: badge.name,
        company: badge.company,
        host: badge.host,
        signed_in_at: kiosk.local(badge.signed_in_at),
        code: badge.code.as_str().to_owned(),
    };
    print(kiosk, badge.visit.to_string(), None, move |language, size| badge::render(&paper, language, size));
}

fn print_participant(kiosk: &Rc<Kiosk>, badge: ParticipantBadge) {
    let participant = badge.participant;
    let came_out = CameOut { event: badge.event, participant: participant.id, name: participant.name.clone(), mark: badge.mark };
    let paper = participant_badge::ParticipantBadge {
        organisation: organisation(kiosk),
        event: badge.event_name,
        name: participant.name,
        title: participant.title,
        company: participant.company,
        table: participant.table,
        room: participant.room,
        photos: Some(match badge.mark {
            BadgeMark::Yes => Photos::Yes,
            BadgeMark::No => Photos::No,
        }),
        short_code: badge.short_code.as_str().to_owned(),
        starts_at: kiosk.local(badge.starts_at),
    };
    print(kiosk, participant.id.to_string(), Some(came_out), move |language, size| participant_badge::render(&paper, language, size));
}

fn organisation(kiosk: &Kiosk) -> String {
    kiosk.facts.borrow().organisation().to_owned()
}

/// A badge that does not print holds nobody up: its code stands on the page.
fn print(
    kiosk: &Kiosk,
    key: String,
    came_out: Option<CameOut>,
    render: impl FnOnce(Language, BadgeSize) -> Result<Vec<u8>, DocumentError> + Send + 'static,
) {
    let Some(printer) = kiosk.devices().printer.filter(|printer| printer.takes("badge")) else { return };
    let (language, size) = (kiosk.language(), printer.label().map_or(BadgeSize::LABEL, size_of));
    let paper = Box::new(move || render(language, size).map_err(|error| error.to_string()));
    let post = kiosk.desk.post();
    let printed = Box::new(move |printed: Result<(), _>| {
        if let (Ok(()), Some(badge)) = (printed, came_out) {
            post.send(Message::BadgeCameOut(badge));
        }
    });
    printer.print(Job { key: Some(key), ..Job::new("badge", paper, printed) });
}

/// The size of a label, width and height in mm.
pub fn size_of((width_mm, height_mm): (f32, f32)) -> BadgeSize {
    BadgeSize { width_mm, height_mm }
}
