//! Staff, Events: every event, and a new one.

use std::rc::Rc;

use slint::{ComponentHandle, ModelRc, SharedString, VecModel};
use velkommen_ui::{self as ui, EventPhase, EventsSheet, MomentFault};

use crate::desk::list_events::{EventSummary, list_events};
use crate::desk::open_event::{EventFault, EventField, EventReason, OpenEvent, OpenEventOutcome, open_event};
use crate::documents::dates;
use crate::domain::event::{EntryRule, PhotoMode};
use crate::domain::ids::EventId;
use crate::gui::doors;
use crate::gui::faults::{text_fault, trouble};
use crate::gui::kiosk::{Kiosk, Part};
use crate::gui::rail;
use crate::gui::to::To;

pub const PART: Part = Part { connect, reset, refresh, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::EventsAdapter>();
    page.on_open(kiosk.calls_with(|kiosk, key: SharedString| {
        if let Some(event) = EventId::parse(&key) {
            kiosk.go(To::Event(event));
        }
    }));
    page.on_open_new(kiosk.calls(|kiosk| {
        close_sheet(kiosk);
        kiosk.window.global::<ui::EventsAdapter>().set_sheet(EventsSheet::New);
    }));
    page.on_edited(kiosk.calls(|kiosk| {
        kiosk.note_activity();
        complain(kiosk, &[]);
    }));
    page.on_add(kiosk.calls(add));
    page.on_close_sheet(kiosk.calls(close_sheet));
}

/// Empties list and sheet.
fn reset(kiosk: &Rc<Kiosk>) {
    kiosk.window.global::<ui::EventsAdapter>().set_events(ModelRc::default());
    close_sheet(kiosk);
}

fn refresh(kiosk: &Rc<Kiosk>) {
    rail::refresh(kiosk);
    let page = kiosk.window.global::<ui::EventsAdapter>();
    page.set_loading(slint::Model::row_count(&page.get_events()) == 0);
    let by = kiosk.actor();
    kiosk.ask(
        move |desk| list_events(desk, &by),
        |kiosk, events| {
            let page = kiosk.window.global::<ui::EventsAdapter>();
            page.set_loading(false);
            match events {
                Ok(events) => {
                    let rows = events.iter().map(|event| row(kiosk, event));
                    page.set_events(ModelRc::new(rows.collect::<VecModel<_>>()));
                }
                Err(error) => page.set_trouble(trouble(&error)),
            }
        },
    );
}

fn row(kiosk: &Kiosk, event: &EventSummary) -> ui::EventRow {
    let language = kiosk.language();
    let (starts, ends) = (event.starts_at.with_timezone(&event.zone), event.ends_at.with_timezone(&event.zone));
    let day = dates::with_weekday(starts.date_naive(), &dates::long_date(starts.date_naive(), language), language);
    ui::EventRow {
        key: event.id.to_string().into(),
        name: event.name.as_str().into(),
        venue: event.venue.as_deref().unwrap_or_default().into(),
        day: day.into(),
        time: dates::time_span(&starts, &ends, language).into(),
        registered: event.registered as i32,
        inside: event.inside as i32,
        phase: match event.is_open {
            true => EventPhase::Open,
            false if event.ends_at <= kiosk.now() => EventPhase::Over,
            false => EventPhase::Ahead,
        },
    }
}

fn close_sheet(kiosk: &Rc<Kiosk>) {
    kiosk.note_activity();
    let page = kiosk.window.global::<ui::EventsAdapter>();
    page.set_sheet(EventsSheet::None);
    for empty in [
        ui::EventsAdapter::set_name,
        ui::EventsAdapter::set_venue,
        ui::EventsAdapter::set_starts_day,
        ui::EventsAdapter::set_starts_time,
        ui::EventsAdapter::set_ends_day,
        ui::EventsAdapter::set_ends_time,
    ] {
        empty(&page, SharedString::new());
    }
    page.set_asks_consent(true);
    page.set_walk_ins(false);
    page.set_enters_once(true);
    page.set_busy(false);
    page.set_trouble(ui::Trouble::None);
    complain(kiosk, &[]);
}

fn add(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::EventsAdapter>();
    if page.get_busy() {
        return;
    }
    page.set_busy(true);
    page.set_trouble(ui::Trouble::None);
    let starts_day = page.get_starts_day();
    let ends_day = if page.get_ends_day().trim().is_empty() { starts_day.clone() } else { page.get_ends_day() };
    let input = OpenEvent {
        name: page.get_name().into(),
        venue: page.get_venue().into(),
        starts: format!("{} {}", starts_day.trim(), page.get_starts_time().trim()),
        ends: format!("{} {}", ends_day.trim(), page.get_ends_time().trim()),
        photos: if page.get_asks_consent() { PhotoMode::Consent } else { PhotoMode::Objection },
        walk_ins: page.get_walk_ins(),
        entry: if page.get_enters_once() { EntryRule::Single } else { EntryRule::Multiple },
    };
    let by = kiosk.actor();
    kiosk.ask(
        move |desk| open_event(desk, &by, &input),
        |kiosk, outcome| {
            let page = kiosk.window.global::<ui::EventsAdapter>();
            page.set_busy(false);
            match outcome {
                Ok(OpenEventOutcome::Opened(event)) => {
                    close_sheet(kiosk);
                    doors::look(kiosk);
                    kiosk.go(To::Event(event));
                }
                Ok(OpenEventOutcome::Refused(faults)) => complain(kiosk, &faults),
                Err(error) => page.set_trouble(trouble(&error)),
            }
        },
    );
}

fn complain(kiosk: &Kiosk, faults: &[EventFault]) {
    let page = kiosk.window.global::<ui::EventsAdapter>();
    let of = |field| faults.iter().find(|fault| fault.field == field).map(|fault| fault.reason);
    page.set_name_fault(of(EventField::Name).map_or(ui::Fault::None, line_fault));
    page.set_venue_fault(of(EventField::Venue).map_or(ui::Fault::None, line_fault));
    page.set_starts_fault(of(EventField::Starts).map_or(MomentFault::None, moment_fault));
    page.set_ends_fault(of(EventField::Ends).map_or(MomentFault::None, moment_fault));
}

fn line_fault(reason: EventReason) -> ui::Fault {
    match reason {
        EventReason::Text(fault) => text_fault(fault),
        _ => ui::Fault::NotATime,
    }
}

fn moment_fault(reason: EventReason) -> MomentFault {
    match reason {
        EventReason::EndsBeforeStart => MomentFault::EndsBeforeStart,
        EventReason::TooLong => MomentFault::TooLong,
        EventReason::LongGone => MomentFault::LongGone,
        EventReason::Text(_) | EventReason::NoMoment => MomentFault::NotAMoment,
    }
}
