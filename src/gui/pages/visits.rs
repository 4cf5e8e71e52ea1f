//! Staff, Visits: who is in the house; sign somebody in or out.

use std::rc::Rc;

use slint::{ComponentHandle, ModelRc, SharedString, VecModel};
use velkommen_ui::{self as ui, Page, VisitsSheet};

use crate::desk::DeskError;
use crate::desk::count_inside::count_inside;
use crate::desk::list_open_visits::list_open_visits;
use crate::desk::sign_in::{Field, FieldFault, HostChoice, SignIn, SignInOutcome, sign_in};
use crate::desk::sign_out::{SignOut, sign_out};
use crate::desk::take_badge::VisitorBadge;
use crate::domain::fold::Query;
use crate::domain::ids::VisitId;
use crate::gui::badges::{self, BadgeOf};
use crate::gui::faults::{field_fault, trouble};
use crate::gui::kiosk::{Kiosk, Part};
use crate::gui::rail;
use crate::gui::rows::{inside_out, visit_row};
use crate::gui::to::To;

/// The visit that the sheet asks about.
#[derive(Default)]
struct ToEnd(Option<VisitId>);

pub const PART: Part = Part { connect, reset, refresh, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::VisitsAdapter>();
    page.on_search(kiosk.calls_with(|kiosk, _: SharedString| {
        kiosk.note_activity();
        refresh(kiosk);
    }));
    page.on_edited(kiosk.calls(|kiosk| {
        kiosk.note_activity();
        complain(kiosk, &[]);
    }));
    page.on_open_sign_in(kiosk.calls(open_sign_in));
    page.on_sign_in(kiosk.calls(sign_somebody_in));
    page.on_open_sign_out(kiosk.calls_with(open_sign_out));
    page.on_sign_out(kiosk.calls(sign_somebody_out));
    page.on_close_sheet(kiosk.calls(close_sheet));
    page.on_roll_call(kiosk.calls(|kiosk| kiosk.go(To::RollCall)));
}

/// Empties list, search and sheet.
fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::VisitsAdapter>();
    page.set_query(SharedString::new());
    page.set_visits(ModelRc::default());
    page.set_inside(ui::Inside::default());
    close_sheet(kiosk);
}

fn refresh(kiosk: &Rc<Kiosk>) {
    rail::refresh(kiosk);
    let by = kiosk.actor();
    kiosk.ask(
        move |desk| Ok((list_open_visits(desk, &by)?, count_inside(desk, &by)?)),
        |kiosk, house: Result<_, DeskError>| {
            let page = kiosk.window.global::<ui::VisitsAdapter>();
            match house {
                Ok((visits, inside)) => {
                    let query = Query::new(&page.get_query());
                    let is_wanted = |texts: [Option<&str>; 3]| query.matches(&texts.into_iter().flatten().collect::<Vec<_>>().join(" "));
                    page.set_inside(inside_out(inside));
                    let rows = visits
                        .iter()
                        .filter(|visit| is_wanted([Some(&visit.name), visit.company.as_deref(), visit.host.as_deref()]))
                        .map(|visit| visit_row(kiosk, visit));
                    page.set_visits(ModelRc::new(rows.collect::<VecModel<_>>()));
                }
                Err(error) => page.set_trouble(trouble(&error)),
            }
        },
    );
}

fn open_sign_in(kiosk: &Rc<Kiosk>) {
    close_sheet(kiosk);
    kiosk.window.global::<ui::VisitsAdapter>().set_sheet(VisitsSheet::SignIn);
}

/// Opens the page with the sheet for signing somebody in.
pub(super) fn open(kiosk: &Rc<Kiosk>) {
    kiosk.go(Page::Visits);
    open_sign_in(kiosk);
}

fn close_sheet(kiosk: &Rc<Kiosk>) {
    kiosk.note_activity();
    let page = kiosk.window.global::<ui::VisitsAdapter>();
    page.set_sheet(VisitsSheet::None);
    for empty in [
        ui::VisitsAdapter::set_name,
        ui::VisitsAdapter::set_company,
        ui::VisitsAdapter::set_title,
        ui::VisitsAdapter::set_host,
        ui::VisitsAdapter::set_code,
    ] {
        empty(&page, SharedString::new());
    }
    page.set_busy(false);
    page.set_trouble(ui::Trouble::None);
    complain(kiosk, &[]);
    kiosk.session::<ToEnd>().take();
    badges::offer(kiosk, None);
}

fn sign_somebody_in(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::VisitsAdapter>();
    if page.get_busy() {
        return;
    }
    page.set_busy(true);
    let host = page.get_host().to_string();
    let input = SignIn {
        name: page.get_name().into(),
        company: page.get_company().into(),
        title: page.get_title().into(),
        host: if host.trim().is_empty() { HostChoice::Nobody } else { HostChoice::Typed(host) },
        note: String::new(),
        language: kiosk.language(),
    };
    let by = kiosk.actor();
    kiosk.ask(
        move |desk| sign_in(desk, &by, &input),
        |kiosk, outcome| {
            let page = kiosk.window.global::<ui::VisitsAdapter>();
            page.set_busy(false);
            match outcome {
                Ok(SignInOutcome::SignedIn(signed_in)) => {
                    badges::print_visitor(kiosk, VisitorBadge::from(&signed_in));
                    page.set_code(signed_in.code.shown().into());
                    page.set_sheet(VisitsSheet::SignedIn);
                    refresh(kiosk);
                }
                Ok(SignInOutcome::Refused(faults)) => complain(kiosk, &faults),
                Err(error) => page.set_trouble(trouble(&error)),
            }
        },
    );
}

fn open_sign_out(kiosk: &Rc<Kiosk>, key: SharedString) {
    let page = kiosk.window.global::<ui::VisitsAdapter>();
    let row = slint::Model::iter(&page.get_visits()).find(|row| row.key == key);
    let (Some(row), Some(visit)) = (row, VisitId::parse(&key)) else { return };
    close_sheet(kiosk);
    kiosk.hold(ToEnd(Some(visit)));
    badges::offer(kiosk, Some(BadgeOf::Visit(visit)));
    page.set_name(row.name);
    page.set_company(row.company);
    page.set_sheet(VisitsSheet::SignOut);
}

fn sign_somebody_out(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::VisitsAdapter>();
    let Some(visit) = kiosk.session::<ToEnd>().borrow().0 else { return };
    if page.get_busy() {
        return;
    }
    page.set_busy(true);
    let by = kiosk.actor();
    kiosk.ask(
        move |desk| sign_out(desk, &by, &SignOut::OfVisit(visit)),
        |kiosk, outcome| {
            let page = kiosk.window.global::<ui::VisitsAdapter>();
            page.set_busy(false);
            match outcome {
                // Whatever the outcome says, that visit is over: the list shows it.
                Ok(_) => {
                    close_sheet(kiosk);
                    refresh(kiosk);
                }
                Err(error) => page.set_trouble(trouble(&error)),
            }
        },
    );
}

fn complain(kiosk: &Kiosk, faults: &[FieldFault]) {
    let page = kiosk.window.global::<ui::VisitsAdapter>();
    page.set_name_fault(field_fault(faults, Field::Name));
    page.set_company_fault(field_fault(faults, Field::Company));
    page.set_title_fault(field_fault(faults, Field::Title));
    page.set_host_fault(field_fault(faults, Field::Host));
}
