//! Check in: the page at the door, and what comes of a code that was read on any public page.

use std::rc::Rc;

use slint::{ComponentHandle, ModelRc};

use super::Kiosk;
use super::kiosk::trouble;
use super::window::{self as ui, Page};
use super::{doors, my_ticket, refusal, sign_in, sign_out, welcome};
use crate::desk::answer_photos::Whose;
use crate::desk::check_in::{CheckIn, CheckInOutcome, CheckedIn, Source, check_in};
use crate::desk::find_invitation::{FindInvitationOutcome, Invited, find_invitation, is_invitation};
use crate::desk::list_events::list_open_events;
use crate::desk::show_ticket::{MyTicket, ShowTicketOutcome, show_ticket};
use crate::desk::sign_out::{SignOut, SignOutOutcome, is_badge, sign_out as sign_visit_out};
use crate::desk::{Desk, DeskError};
use crate::domain::access::Actor;
use crate::domain::check_in::{Direction, Verdict};
use crate::domain::language::Language;
use crate::domain::notice::Situation;

pub(super) fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::CheckInAdapter>();
    page.on_type_code(kiosk.calls(|kiosk| kiosk.go(Page::TicketCode)));
    page.on_find_me(kiosk.calls(|kiosk| kiosk.go(Page::FindMe)));
    page.on_walk_in(kiosk.calls(super::walk_in::open));
    page.on_back(kiosk.calls(|kiosk| kiosk.rest()));
    page.on_privacy(kiosk.calls(|kiosk| super::notice::open_about(kiosk, Situation::Event)));
    page.on_staff(kiosk.calls(|kiosk| kiosk.go(Page::Unlock)));
}

pub(super) fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::CheckInAdapter>();
    page.set_busy(false);
    page.set_trouble(ui::Trouble::None);
    page.set_events(ModelRc::default());
}

pub(super) fn refresh(kiosk: &Rc<Kiosk>) {
    doors::refresh(kiosk);
}

/// What a code was.
pub(super) enum Came {
    /// A badge, or a code that nobody knows where no door is open.
    Left(SignOutOutcome),
    /// An invitation: its holder only confirms.
    Invited(Box<Invited>),
    /// A ticket, or what was taken for one at a door; with what its holder may see.
    Judged(Box<CheckedIn>, Option<Box<MyTicket>>),
}

/// A code was scanned: a ticket checks in, a badge signs out. On a page with an outcome the next person begins.
pub(super) fn scanned(kiosk: &Rc<Kiosk>, code: String) {
    if kiosk.window.global::<ui::CheckInAdapter>().get_busy() {
        return;
    }
    if matches!(kiosk.page(), Page::SignedIn | Page::SignedOut | Page::Welcome | Page::Refusal | Page::MyTicket) {
        kiosk.rest();
    }
    let page = kiosk.window.global::<ui::CheckInAdapter>();
    page.set_busy(true);
    page.set_trouble(ui::Trouble::None);
    let language = kiosk.language();
    kiosk.ask(
        move |desk| Ok((read(desk, &code, language)?, code)),
        |kiosk, came: Result<_, DeskError>| {
            let page = kiosk.window.global::<ui::CheckInAdapter>();
            page.set_busy(false);
            match came {
                Ok((Came::Left(outcome), _)) => sign_out::settle(kiosk, Ok(outcome)),
                Ok((Came::Invited(invited), _)) => sign_in::open_invited(kiosk, *invited),
                Ok((Came::Judged(judged, ticket), code)) => settle(kiosk, *judged, ticket, Some(code)),
                Err(error) => {
                    page.set_trouble(trouble(&error));
                    if kiosk.page() != Page::CheckIn {
                        kiosk.rest_and_go(Page::CheckIn, |_| {});
                        page.set_trouble(trouble(&error));
                    }
                }
            }
        },
    );
}

fn read(desk: &mut Desk, code: &str, language: Language) -> Result<Came, DeskError> {
    let leave = |desk: &mut Desk| Ok(Came::Left(sign_visit_out(desk, &Actor::Public, &SignOut::ByCode(code.to_owned()))?));
    if is_badge(desk, code)? {
        return leave(desk);
    }
    if let Some(invited) = invited(desk, code)? {
        return Ok(Came::Invited(invited));
    }
    let (judged, ticket) = judge(desk, code, Source::Scanned, language)?;
    if judged.verdict == Verdict::Unknown && list_open_events(desk, &Actor::Public)?.is_empty() {
        return leave(desk);
    }
    Ok(Came::Judged(Box::new(judged), ticket))
}

/// Who was announced with this code; a code of another kind is no wrong try.
pub(super) fn invited(desk: &mut Desk, code: &str) -> Result<Option<Box<Invited>>, DeskError> {
    if is_invitation(desk, code)?
        && let FindInvitationOutcome::Found(invited) = find_invitation(desk, &Actor::Public, code)?
    {
        return Ok(Some(invited));
    }
    Ok(None)
}

/// Checks a code in, and reads what its holder may see when the door lets them.
pub(super) fn judge(
    desk: &mut Desk,
    code: &str,
    source: Source,
    language: Language,
) -> Result<(CheckedIn, Option<Box<MyTicket>>), DeskError> {
    let input = CheckIn { code: code.to_owned(), source, event: None, list: None, direction: Direction::Entry };
    let CheckInOutcome::Judged(judged) = check_in(desk, &Actor::Public, &input)? else {
        unreachable!("without an event there is none to be missing");
    };
    let is_let_in = matches!(judged.verdict, Verdict::Entered | Verdict::AlreadyEntered);
    let ticket = match is_let_in {
        true => my_ticket(desk, &judged, code, language)?,
        false => None,
    };
    Ok((judged, ticket))
}

fn my_ticket(desk: &mut Desk, judged: &CheckedIn, code: &str, language: Language) -> Result<Option<Box<MyTicket>>, DeskError> {
    match show_ticket(desk, &Actor::Public, judged.event, &Whose::Code(code.to_owned()), language)? {
        ShowTicketOutcome::Shown(ticket) => Ok(Some(ticket)),
        ShowTicketOutcome::NoTicket(_) | ShowTicketOutcome::NoEvent => Ok(None),
    }
}

/// Opens the page of a verdict. `code` is what shows and changes what is private; who came by name has none.
pub(super) fn settle(kiosk: &Rc<Kiosk>, judged: CheckedIn, ticket: Option<Box<MyTicket>>, code: Option<String>) {
    match (judged.verdict, judged.participant.clone()) {
        (Verdict::Entered, Some(card)) => welcome::open(kiosk, my_ticket::Held::new(&judged, card, ticket, code)),
        (Verdict::AlreadyEntered, Some(card)) => my_ticket::open(kiosk, my_ticket::Held::new(&judged, card, ticket, code)),
        (Verdict::TooEarly, _) => refusal::open(kiosk, judged.opens_at),
        _ => refusal::open(kiosk, None),
    }
}
