//! Privacy: the notice of the situation in full.

use std::rc::Rc;

use slint::{ComponentHandle, ModelRc, SharedString, VecModel};
use velkommen_ui::{self as ui, Page};

use crate::documents::dates;
use crate::domain::notice::Situation;
use crate::gui::kiosk::{Kiosk, Part};

/// What the notice is about, and where it goes back to.
#[derive(Default)]
struct Opened {
    from: Option<Page>,
    about: Option<Situation>,
}

pub const PART: Part = Part { connect, reset, refresh, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    kiosk.window.global::<ui::NoticeAdapter>().on_close(kiosk.calls(|kiosk| {
        let from = kiosk.session::<Opened>().take().from;
        kiosk.go(from.unwrap_or_else(|| kiosk.resting_page()));
    }));
}

/// Opens the notice over the page that is open; what was typed there stays.
pub(super) fn open(kiosk: &Rc<Kiosk>, about: Situation) {
    kiosk.hold(Opened { from: Some(kiosk.page()), about: Some(about) });
    kiosk.go(Page::Notice);
}

fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::NoticeAdapter>();
    page.set_clauses(ModelRc::default());
    page.set_version(0);
    for empty in [ui::NoticeAdapter::set_title, ui::NoticeAdapter::set_valid_from, ui::NoticeAdapter::set_url] {
        empty(&page, SharedString::new());
    }
}

fn refresh(kiosk: &Rc<Kiosk>) {
    let facts = kiosk.facts.borrow();
    let about = kiosk.session::<Opened>().borrow().about.unwrap_or(Situation::Visit);
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
