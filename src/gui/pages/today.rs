//! Staff, Today: who is in the house and what is erased next.

use std::rc::Rc;

use chrono::{DateTime, Utc};
use slint::{ComponentHandle, ModelRc, SharedString, VecModel};
use velkommen_ui::{self as ui, Page};

use crate::desk::DeskError;
use crate::desk::count_inside::count_inside;
use crate::desk::invited::Invited;
use crate::desk::list_events::{list_arrivals, show_event};
use crate::desk::list_expected::list_expected;
use crate::desk::list_open_visits::list_open_visits;
use crate::desk::show_retention::show_retention;
use crate::documents::dates;
use crate::domain::access::Verb;
use crate::domain::retention::Class;
use crate::gui::kiosk::{Kiosk, Part};
use crate::gui::rail;
use crate::gui::rows::{inside_out, visit_row};
use crate::gui::to::To;

/// Most visits in the panel.
const ROWS_MAX: usize = 8;

pub const PART: Part = Part { connect, reset, refresh, tick: refresh_time, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let today = kiosk.window.global::<ui::TodayAdapter>();
    today.on_all_visits(kiosk.calls(|kiosk| kiosk.go(Page::Visits)));
    today.on_roll_call(kiosk.calls(|kiosk| kiosk.go(To::RollCall)));
    today.on_sign_somebody_in(kiosk.calls(|kiosk| kiosk.go(To::SignSomebodyIn)));
    today.on_open_event(kiosk.calls(|kiosk| {
        let open = kiosk.doors.borrow().first().map(|door| door.id);
        kiosk.go(open.map_or(To::Page(Page::Events), To::Event));
    }));
    today.on_confirm_clock(kiosk.calls(|kiosk| kiosk.go(Page::Clock)));
}

/// Nothing of what one member of staff saw is there for the next.
fn reset(kiosk: &Rc<Kiosk>) {
    let today = kiosk.window.global::<ui::TodayAdapter>();
    today.set_on_site(ModelRc::default());
    today.set_expected(ModelRc::default());
    today.set_arrivals(ModelRc::default());
    for empty in [
        ui::TodayAdapter::set_date,
        ui::TodayAdapter::set_clock,
        ui::TodayAdapter::set_next_sweep,
        ui::TodayAdapter::set_untold,
        ui::TodayAdapter::set_event_name,
        ui::TodayAdapter::set_most_from,
    ] {
        empty(&today, SharedString::new());
    }
    for zero in [
        ui::TodayAdapter::set_next_sweep_count,
        ui::TodayAdapter::set_arrived_count,
        ui::TodayAdapter::set_registered_count,
        ui::TodayAdapter::set_most_arrivals,
    ] {
        zero(&today, 0);
    }
    today.set_inside(ui::Inside::default());
    today.set_has_next_sweep(false);
    today.set_has_event(false);
}

fn refresh_time(kiosk: &Rc<Kiosk>) {
    let (now, language) = (kiosk.now(), kiosk.language());
    let today = kiosk.window.global::<ui::TodayAdapter>();
    today.set_clock(dates::time(&now, language).into());
    let day = now.date_naive();
    today.set_date(dates::with_weekday(day, &dates::day_and_month(day, language), language).into());
}

fn refresh(kiosk: &Rc<Kiosk>) {
    rail::refresh(kiosk);
    refresh_time(kiosk);
    let today = kiosk.window.global::<ui::TodayAdapter>();
    today.set_clock_doubt(kiosk.doubt.get().is_some());
    today.set_has_next_sweep(false);
    if kiosk.may(Verb::ListOpenVisits) {
        let by = kiosk.actor();
        kiosk.ask(
            move |desk| Ok((list_open_visits(desk, &by)?, count_inside(desk, &by)?)),
            |kiosk, house: Result<_, DeskError>| match house {
                Ok((visits, inside)) => {
                    let today = kiosk.window.global::<ui::TodayAdapter>();
                    today.set_inside(inside_out(inside));
                    let rows = visits.iter().take(ROWS_MAX).map(|visit| visit_row(kiosk, visit));
                    today.set_on_site(ModelRc::new(rows.collect::<VecModel<_>>()));
                }
                Err(error) => rail::cannot_read(kiosk, &error),
            },
        );
    }
    refresh_expected(kiosk);
    refresh_arrivals(kiosk);
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
                Err(error) => rail::cannot_read(kiosk, &error),
            },
        );
    }
}

/// Who is invited today and has not come yet.
fn refresh_expected(kiosk: &Rc<Kiosk>) {
    if !kiosk.may(Verb::ListExpected) {
        return;
    }
    let by = kiosk.actor();
    kiosk.ask(
        move |desk| list_expected(desk, &by),
        |kiosk, expected| match expected {
            Ok(expected) => {
                let today = kiosk.window.global::<ui::TodayAdapter>();
                let rows = expected.iter().take(ROWS_MAX).map(|invited| expected_row(kiosk, invited));
                today.set_expected(ModelRc::new(rows.collect::<VecModel<_>>()));
            }
            Err(error) => rail::cannot_read(kiosk, &error),
        },
    );
}

fn expected_row(kiosk: &Kiosk, invited: &Invited) -> ui::VisitRow {
    ui::VisitRow {
        key: invited.invitation.to_string().into(),
        name: invited.name.as_str().into(),
        company: invited.company.as_deref().unwrap_or_default().into(),
        title: invited.title.as_deref().unwrap_or_default().into(),
        host: invited.host.as_str().into(),
        time: dates::time(&kiosk.local(invited.starts_at), kiosk.language()).into(),
    }
}

/// The open event and its arrivals, for who runs events.
fn refresh_arrivals(kiosk: &Rc<Kiosk>) {
    let today = kiosk.window.global::<ui::TodayAdapter>();
    let open = kiosk.doors.borrow().first().map(|door| door.id);
    today.set_has_event(open.is_some() && kiosk.may(Verb::ListEvents));
    let Some(event) = open.filter(|_| kiosk.may(Verb::ListEvents)) else { return };
    let by = kiosk.actor();
    kiosk.ask(
        move |desk| Ok((show_event(desk, &by, event)?, list_arrivals(desk, &by, event)?)),
        |kiosk, looked: Result<_, DeskError>| match looked {
            Ok((Some(event), arrivals)) => {
                let today = kiosk.window.global::<ui::TodayAdapter>();
                today.set_event_name(event.name.as_str().into());
                today.set_arrived_count(event.arrived as i32);
                today.set_registered_count(event.registered as i32);
                let bars = bars(&arrivals, kiosk.now().to_utc());
                let shown: Vec<_> = bars
                    .iter()
                    .map(|(from, count)| ui::ArrivalBar {
                        count: *count as i32,
                        from: dates::time(&kiosk.local(*from), kiosk.language()).into(),
                    })
                    .collect();
                let most = shown.iter().max_by_key(|bar| bar.count);
                today.set_most_arrivals(most.map_or(0, |bar| bar.count));
                today.set_most_from(most.map(|bar| bar.from.clone()).unwrap_or_default());
                today.set_arrivals(ModelRc::new(VecModel::from(shown)));
            }
            Ok((None, _)) => kiosk.window.global::<ui::TodayAdapter>().set_has_event(false),
            Err(error) => rail::cannot_read(kiosk, &error),
        },
    );
}

/// Arrivals in quarters of an hour, from the first with anybody in it to the present one; at most the last four hours.
fn bars(arrivals: &[DateTime<Utc>], now: DateTime<Utc>) -> Vec<(DateTime<Utc>, usize)> {
    const QUARTER: i64 = 15 * 60;
    const BARS_MAX: i64 = 16;
    let quarter = |at: &DateTime<Utc>| at.timestamp().div_euclid(QUARTER);
    let Some(first) = arrivals.first().map(quarter) else { return Vec::new() };
    let last = quarter(&now).max(first);
    (first.max(last - BARS_MAX + 1)..=last)
        .filter_map(|at| {
            let count = arrivals.iter().filter(|arrival| quarter(arrival) == at).count();
            Some((DateTime::from_timestamp(at * QUARTER, 0)?, count))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_are_counted_by_the_quarter_and_quarters_without_any_stay() {
        let at = |minute: i64| DateTime::from_timestamp(60 * minute, 0).expect("an instant");
        let counted = |arrivals: &[i64], now| {
            bars(&arrivals.iter().map(|minute| at(*minute)).collect::<Vec<_>>(), at(now))
                .into_iter()
                .map(|(_, count)| count)
                .collect::<Vec<_>>()
        };
        assert_eq!(counted(&[0, 14, 15, 44], 46), [2, 1, 1, 0]);
        assert_eq!(counted(&[], 46), [0; 0]);
        assert_eq!(counted(&[0], 16 * 15).len(), 16);
    }
}
