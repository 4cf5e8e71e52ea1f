//! Badges: printed when somebody comes, and once more by staff, who are told when it came out already.

use std::rc::Rc;

use slint::{ComponentHandle, SharedString};
use velkommen_ui::{self as ui, BadgePrint};

use super::kiosk::{Kiosk, Part};
use super::rail;
use super::to::HeldTicket;
use crate::desk::DeskError;
use crate::desk::answer_photos::TicketHolder;
use crate::desk::take_badge::{ParticipantBadge, VisitorBadge, take_participant_badge, take_visitor_badge};
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
    button.set_printed_at(SharedString::new());
    *kiosk.session().borrow_mut() = of;
}

/// The first press asks where the badge came out already, the second one prints it all the same.
fn print_on_request(kiosk: &Rc<Kiosk>) {
    kiosk.note_activity();
    let button = kiosk.window.global::<ui::BadgeAdapter>();
    let of = *kiosk.session::<Option<BadgeOf>>().borrow();
    let (Some(of), Some(printer)) = (of, kiosk.devices().printer) else { return };
    match printer.printed_ago(&of.key()) {
        Some(ago) if button.get_state() != BadgePrint::Already => {
            let at = kiosk.now() - ago;
            button.set_printed_at(dates::time(&at, kiosk.language()).into());
            button.set_state(BadgePrint::Already);
        }
        _ => {
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
    let (by, language) = (Actor::Public, kiosk.language());
    kiosk
        .ask_for_house(move |desk| take_participant_badge(desk, &by, event, &TicketHolder::Code(code), language), taken(print_participant));
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
    print(kiosk, badge.visit.to_string(), move |language, size| badge::render(&paper, language, size));
}

fn print_participant(kiosk: &Rc<Kiosk>, badge: ParticipantBadge) {
    let participant = badge.participant;
    let paper = participant_badge::ParticipantBadge {
        organisation: organisation(kiosk),
        event: badge.event_name,
        name: participant.name,
        title: participant.title,
        company: participant.company,
        photos: Some(match badge.mark {
            BadgeMark::Yes => Photos::Yes,
            BadgeMark::No => Photos::No,
        }),
        short_code: badge.short_code.as_str().to_owned(),
        starts_at: kiosk.local(badge.starts_at),
    };
    print(kiosk, participant.id.to_string(), move |language, size| participant_badge::render(&paper, language, size));
}

fn organisation(kiosk: &Kiosk) -> String {
    kiosk.facts.borrow().organisation().to_owned()
}

/// A badge that does not print holds nobody up: its code stands on the page.
fn print(kiosk: &Kiosk, key: String, render: impl FnOnce(Language, BadgeSize) -> Result<Vec<u8>, DocumentError> + Send + 'static) {
    let Some(printer) = kiosk.devices().printer.filter(|printer| printer.takes("badge")) else { return };
    let (language, size) = (kiosk.language(), printer.label().map_or(BadgeSize::LABEL, size_of));
    let paper = Box::new(move || render(language, size).map_err(|error| error.to_string()));
    printer.print(Job { key: Some(key), ..Job::new("badge", paper, Box::new(|_| {})) });
}

/// The size of a label, width and height in mm.
pub fn size_of((width_mm, height_mm): (f32, f32)) -> BadgeSize {
    BadgeSize { width_mm, height_mm }
}
