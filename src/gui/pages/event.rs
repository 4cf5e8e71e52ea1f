//! Staff, one event: its participants, searched, filtered and leafed through.

use std::rc::Rc;

use slint::{ComponentHandle, ModelRc, SharedString};
use velkommen_ui::{self as ui, Page, ParticipantFilter};

use crate::desk::find_participant::{
    self, Filter, FindParticipant, FoundParticipants, ParticipantCounts, ParticipantRow, count_participants, find_participant,
};
use crate::desk::list_events::show_event;
use crate::documents::dates;
use crate::domain::ids::EventId;
use crate::gui::faults::trouble;
use crate::gui::kiosk::{Kiosk, Part};
use crate::gui::open_event::{OpenEvent, close_sheet, event_of, photos_out, state_out};
use crate::gui::rail;
use crate::gui::rows::fill;

/// Fewest rows of a page, before the window has said how many fit.
const ROWS_MIN: usize = 9;

/// Where in the participants the table is.
#[derive(Default)]
struct Table {
    filter: Option<Filter>,
    offset: usize,
    rows: usize,
    /// The desk is asked for a page of the table.
    asked: bool,
    /// Meanwhile somebody wants another.
    wants_another: bool,
    counts: ParticipantCounts,
}

pub const PART: Part = Part { connect, reset, refresh, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::EventAdapter>();
    page.on_fits(kiosk.calls_with(|kiosk, rows: i32| {
        let rows = usize::try_from(rows).unwrap_or(0).max(1);
        if std::mem::replace(&mut kiosk.session::<Table>().borrow_mut().rows, rows) != rows {
            list(kiosk);
        }
    }));
    page.on_search(kiosk.calls_with(|kiosk, _: SharedString| {
        kiosk.note_activity();
        kiosk.session::<Table>().borrow_mut().offset = 0;
        list(kiosk);
    }));
    page.on_choose_filter(kiosk.calls_with(|kiosk, chosen| {
        kiosk.note_activity();
        let table = kiosk.session::<Table>();
        table.borrow_mut().filter = Some(filter_in(chosen));
        table.borrow_mut().offset = 0;
        kiosk.window.global::<ui::EventAdapter>().set_filter(chosen);
        list(kiosk);
    }));
    page.on_earlier(kiosk.calls(|kiosk| leaf(kiosk, Leaf::Back)));
    page.on_later(kiosk.calls(|kiosk| leaf(kiosk, Leaf::On)));
    page.on_scroll(kiosk.calls_with(scroll));
    page.on_all_events(kiosk.calls(|kiosk| kiosk.go(Page::Events)));
}

/// Empties search and table.
fn reset(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::EventAdapter>();
    page.set_query(SharedString::new());
    clear(kiosk);
    page.set_filter(ParticipantFilter::Everybody);
    page.set_trouble(ui::Trouble::None);
    page.set_busy(false);
    kiosk.ask(find_participant::forget_names, |_, ()| {});
}

/// No name and no figure of the event that was open before.
fn clear(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::EventAdapter>();
    page.set_participants(ModelRc::default());
    page.set_name(SharedString::new());
    page.set_day(SharedString::new());
    for zero in [
        ui::EventAdapter::set_count_everybody,
        ui::EventAdapter::set_count_checked_in,
        ui::EventAdapter::set_count_not_arrived,
        ui::EventAdapter::set_count_no_photos,
        ui::EventAdapter::set_first,
        ui::EventAdapter::set_last,
        ui::EventAdapter::set_of,
    ] {
        zero(&page, 0);
    }
    page.set_has_earlier(false);
    page.set_has_more(false);
}

/// Opens the page of an event.
pub(super) fn open(kiosk: &Rc<Kiosk>, event: EventId) {
    let by = kiosk.actor();
    let page = kiosk.window.global::<ui::EventAdapter>();
    page.set_query(SharedString::new());
    page.set_filter(ParticipantFilter::Everybody);
    clear(kiosk);
    close_sheet(kiosk);
    kiosk.ask(
        move |desk| show_event(desk, &by, event),
        |kiosk, event| match event {
            Ok(Some(event)) => {
                let table = kiosk.session::<Table>();
                let rows = table.borrow().rows;
                table.replace(Table { rows, ..Table::default() });
                kiosk.hold(OpenEvent { event: Some(event), listed: Vec::new() });
                kiosk.go(Page::Event);
            }
            Ok(None) => kiosk.go(Page::Events),
            Err(error) => kiosk.window.global::<ui::EventsAdapter>().set_trouble(trouble(&error)),
        },
    );
}

fn refresh(kiosk: &Rc<Kiosk>) {
    rail::refresh(kiosk);
    let page = kiosk.window.global::<ui::EventAdapter>();
    {
        let open = kiosk.session::<OpenEvent>();
        let open = open.borrow();
        let Some(event) = &open.event else { return };
        page.set_name(event.name.as_str().into());
        page.set_day(dates::long_date(event.starts_at.with_timezone(&event.zone).date_naive(), kiosk.language()).into());
    }
    changed(kiosk);
}

enum Leaf {
    Back,
    On,
}

fn leaf(kiosk: &Rc<Kiosk>, to: Leaf) {
    kiosk.note_activity();
    {
        let table = kiosk.session::<Table>();
        let mut table = table.borrow_mut();
        let rows = table.rows.max(1);
        table.offset = match to {
            Leaf::Back => table.offset.saturating_sub(rows),
            Leaf::On => table.offset + rows,
        };
    }
    list(kiosk);
}

/// A turn of the wheel; past either end it does nothing.
fn scroll(kiosk: &Rc<Kiosk>, rows: i32) {
    kiosk.note_activity();
    let page = kiosk.window.global::<ui::EventAdapter>();
    {
        let open = kiosk.session::<Table>();
        let mut open = open.borrow_mut();
        // While nobody has counted, all that is known of the end is whether there is more than is shown.
        let count = |number: i32| usize::try_from(number).unwrap_or(0);
        let shown = count(page.get_first()).saturating_sub(1);
        let end = match count(page.get_of()) {
            0 if page.get_has_more() => shown + open.rows,
            0 => shown,
            of => of.saturating_sub(open.rows),
        };
        let offset = open.offset.saturating_add_signed(rows as isize).min(end.max(open.offset));
        if std::mem::replace(&mut open.offset, offset) == offset {
            return;
        }
    }
    list(kiosk);
}

fn filter_in(filter: ParticipantFilter) -> Filter {
    match filter {
        ParticipantFilter::Everybody => Filter::Everybody,
        ParticipantFilter::CheckedIn => Filter::CheckedIn,
        ParticipantFilter::NotArrived => Filter::NotArrived,
        ParticipantFilter::NoPhotos => Filter::NoPhotos,
    }
}

/// Counts anew, which takes a look at everybody, and lists.
fn changed(kiosk: &Rc<Kiosk>) {
    let Some(event) = event_of(kiosk) else { return };
    let by = kiosk.actor();
    kiosk.ask(
        move |desk| count_participants(desk, &by, event),
        |kiosk, counts| match counts {
            Ok(counts) => {
                let page = kiosk.window.global::<ui::EventAdapter>();
                page.set_count_everybody(counts.everybody as i32);
                page.set_count_checked_in(counts.checked_in as i32);
                page.set_count_not_arrived(counts.not_arrived as i32);
                page.set_count_no_photos(counts.no_photos as i32);
                kiosk.session::<Table>().borrow_mut().counts = counts;
                list(kiosk);
            }
            Err(error) => kiosk.window.global::<ui::EventAdapter>().set_trouble(trouble(&error)),
        },
    );
}

/// Asks for the participants of this page of the table.
fn list(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::EventAdapter>();
    let Some(event) = event_of(kiosk) else { return };
    // One question at a time: a wheel turns faster than pages are found, and what was found on the way is shown.
    {
        let open = kiosk.session::<Table>();
        let mut open = open.borrow_mut();
        if std::mem::replace(&mut open.asked, true) {
            open.wants_another = true;
            return;
        }
    }
    page.set_loading(slint::Model::row_count(&page.get_participants()) == 0);
    let (by, typed) = (kiosk.actor(), page.get_query());
    let input = {
        let open = kiosk.session::<Table>();
        let open = open.borrow();
        FindParticipant {
            event,
            typed: typed.to_string(),
            filter: open.filter.unwrap_or(Filter::Everybody),
            offset: open.offset,
            limit: open.rows.max(if open.rows == 0 { ROWS_MIN } else { 1 }),
        }
    };
    let asked = input.clone();
    kiosk.ask(
        move |desk| find_participant(desk, &by, &asked),
        move |kiosk, found| {
            let page = kiosk.window.global::<ui::EventAdapter>();
            let wants_another = {
                let open = kiosk.session::<Table>();
                let mut open = open.borrow_mut();
                open.asked = false;
                std::mem::take(&mut open.wants_another)
            };
            // Somebody has typed on, or opened another event.
            let is_wanted = page.get_query() == typed && event_of(kiosk) == Some(event) && filter_in(page.get_filter()) == input.filter;
            if is_wanted {
                page.set_loading(false);
                match found {
                    Ok(found) => show(kiosk, &input, found),
                    Err(error) => page.set_trouble(trouble(&error)),
                }
            }
            if wants_another {
                list(kiosk);
            }
        },
    );
}

fn show(kiosk: &Rc<Kiosk>, input: &FindParticipant, found: FoundParticipants) {
    let page = kiosk.window.global::<ui::EventAdapter>();
    let counts = kiosk.session::<Table>().borrow().counts;
    let rows = found.rows.iter().map(|person| row(kiosk, person));
    page.set_participants(fill(page.get_participants(), rows));
    page.set_first((input.offset + usize::from(!found.rows.is_empty())) as i32);
    page.set_last((input.offset + found.rows.len()) as i32);
    let of = match input.filter {
        _ if !input.typed.trim().is_empty() => 0,
        Filter::Everybody => counts.everybody,
        Filter::CheckedIn => counts.checked_in,
        Filter::NotArrived => counts.not_arrived,
        Filter::NoPhotos => counts.no_photos,
    };
    page.set_of(of as i32);
    page.set_has_earlier(input.offset > 0);
    page.set_has_more(found.has_more);
    kiosk.session::<OpenEvent>().borrow_mut().listed = found.rows;
}

fn row(kiosk: &Kiosk, person: &ParticipantRow) -> ui::ParticipantRow {
    let text = |text: &Option<String>| text.as_deref().unwrap_or_default().into();
    ui::ParticipantRow {
        key: person.id.to_string().into(),
        name: person.name.as_str().into(),
        title: text(&person.title),
        company: text(&person.company),
        table: text(&person.table),
        photos: photos_out(person.photos),
        state: state_out(person),
        since: person.last.map_or_else(SharedString::new, |(_, _, at)| kiosk.moment(at).into()),
    }
}
