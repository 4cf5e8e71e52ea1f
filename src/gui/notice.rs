//! Privacy: the notice of the situation in full.

use std::rc::Rc;

use slint::{ComponentHandle, ModelRc, SharedString, VecModel};

use super::Kiosk;
use super::window::{self as ui, Page};
use crate::documents::dates;
use crate::domain::notice::Situation;

pub(super) fn connect(kiosk: &Rc<Kiosk>) {
    kiosk.window.global::<ui::NoticeAdapter>().on_close(kiosk.calls(|kiosk| {
        let back = kiosk.session.borrow_mut().notice_from.take().unwrap_or(Page::Home);
        kiosk.go(back);
    }));
}

/// Opens the notice for visitors over the page that is open; what was typed there stays.
pub(super) fn open(kiosk: &Rc<Kiosk>) {
    open_about(kiosk, Situation::Visit);
}

/// As [`open`], with the notice of another situation.
pub(super) fn open_about(kiosk: &Rc<Kiosk>, situation: Situation) {
    let mut session = kiosk.session.borrow_mut();
    session.notice_from = Some(kiosk.page());
    session.notice_about = Some(situation);
    drop(session);
    kiosk.go(Page::Notice);
}

pub(super) fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::NoticeAdapter>();
    page.set_clauses(ModelRc::default());
    page.set_version(0);
    for empty in [ui::NoticeAdapter::set_title, ui::NoticeAdapter::set_valid_from, ui::NoticeAdapter::set_url] {
        empty(&page, SharedString::new());
    }
}

pub(super) fn refresh(kiosk: &Rc<Kiosk>) {
    let facts = kiosk.facts.borrow();
    let about = kiosk.session.borrow().notice_about.unwrap_or(Situation::Visit);
    let shown = facts.profile.shown_notice(about, kiosk.language());
    let page = kiosk.window.global::<ui::NoticeAdapter>();
    let clauses =
        shown.clauses.iter().map(|clause| ui::NoticeClause { heading: clause.heading.as_str().into(), text: clause.text.as_str().into() });
    page.set_title(shown.title.as_str().into());
    page.set_clauses(ModelRc::new(clauses.collect::<VecModel<_>>()));
    page.set_version(shown.version as i32);
    page.set_valid_from(dates::long_date(shown.valid_from, kiosk.language()).into());
    page.set_shown_in_english(shown.language != kiosk.language());
    page.set_url(facts.profile.controller.url.as_str().into());
}
