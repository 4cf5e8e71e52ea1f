//! Staff, Today: who is in the house and what is erased next. And the rail of all staff pages.

use std::rc::Rc;

use slint::{ComponentHandle, ModelRc, VecModel};

use super::Kiosk;
use super::kiosk::trouble;
use super::window::{self as ui, Page};
use crate::desk::list_open_visits::{OpenVisit, list_open_visits};
use crate::desk::show_retention::show_retention;
use crate::documents::dates;
use crate::domain::access::Verb;
use crate::domain::retention::Class;

/// Most visits in the panel.
const ROWS_MAX: usize = 8;

pub(super) fn connect(kiosk: &Rc<Kiosk>) {
    let staff = kiosk.window.global::<ui::StaffAdapter>();
    staff.on_today(kiosk.calls(|kiosk| kiosk.go(Page::Today)));
    staff.on_visits(kiosk.calls(|kiosk| kiosk.go(Page::Visits)));
    staff.on_settings(kiosk.calls(|kiosk| kiosk.go(Page::Settings)));
    staff.on_lock(kiosk.calls(|kiosk| kiosk.rest()));
    let today = kiosk.window.global::<ui::TodayAdapter>();
    today.on_all_visits(kiosk.calls(|kiosk| kiosk.go(Page::Visits)));
    today.on_roll_call(kiosk.calls(super::roll_call::take));
    today.on_sign_somebody_in(kiosk.calls(|kiosk| {
        kiosk.go(Page::Visits);
        super::visits::open_sign_in(kiosk);
    }));
    today.on_confirm_clock(kiosk.calls(|kiosk| kiosk.go(Page::Clock)));
}

/// Fills the rail for whoever unlocked.
pub(super) fn refresh_rail(kiosk: &Rc<Kiosk>) {
    let staff = kiosk.window.global::<ui::StaffAdapter>();
    staff.set_name(kiosk.session.borrow().staff.as_ref().map(|(_, name)| name.as_str()).unwrap_or_default().into());
    staff.set_may_visits(kiosk.may(Verb::ListOpenVisits));
    staff.set_may_settings(kiosk.may(Verb::ChangeSettings));
}

pub(super) fn refresh_time(kiosk: &Rc<Kiosk>) {
    let (now, language) = (kiosk.now(), kiosk.language());
    let today = kiosk.window.global::<ui::TodayAdapter>();
    today.set_clock(dates::time(&now, language).into());
    today.set_date(format!("{} {}", dates::weekday(now.date_naive(), language), dates::day_and_month(now.date_naive(), language)).into());
}

pub(super) fn refresh(kiosk: &Rc<Kiosk>) {
    refresh_rail(kiosk);
    refresh_time(kiosk);
    let today = kiosk.window.global::<ui::TodayAdapter>();
    today.set_clock_doubt(kiosk.doubt.get().is_some());
    today.set_has_next_sweep(false);
    if kiosk.may(Verb::ListOpenVisits) {
        let by = kiosk.actor();
        kiosk.ask(
            move |desk| list_open_visits(desk, &by),
            |kiosk, visits| match visits {
                Ok(visits) => {
                    let today = kiosk.window.global::<ui::TodayAdapter>();
                    today.set_on_site_count(visits.len() as i32);
                    let rows = visits.iter().take(ROWS_MAX).map(|visit| row(kiosk, visit));
                    today.set_on_site(ModelRc::new(rows.collect::<VecModel<_>>()));
                }
                Err(error) => drop(trouble(&error)),
            },
        );
    }
    if kiosk.may(Verb::ShowRetention) {
        let by = kiosk.actor();
        kiosk.ask(
            move |desk| show_retention(desk, &by),
            |kiosk, held| match held {
                Ok(held) => {
                    let today = kiosk.window.global::<ui::TodayAdapter>();
                    let visits = held.iter().find(|held| held.class == Class::Visit);
                    let next = visits.and_then(|held| Some((held.next_due?, held.due_next)));
                    today.set_has_next_sweep(next.is_some());
                    if let Some((at, count)) = next {
                        today.set_next_sweep_count(count as i32);
                        today.set_next_sweep(dates::date_and_time(&kiosk.local(at), kiosk.language()).into());
                    }
                }
                Err(error) => drop(trouble(&error)),
            },
        );
    }
}

/// A visit as staff see it in a list.
pub(super) fn row(kiosk: &Kiosk, visit: &OpenVisit) -> ui::VisitRow {
    let text = |text: &Option<String>| text.as_deref().unwrap_or_default().into();
    ui::VisitRow {
        key: visit.id.to_string().into(),
        name: visit.name.as_str().into(),
        company: text(&visit.company),
        title: text(&visit.title),
        host: text(&visit.host),
        time: dates::time(&kiosk.local(visit.signed_in_at), kiosk.language()).into(),
    }
}
