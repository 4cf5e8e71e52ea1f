//! `velkommen gallery`: every page in its states, drawn by the real renderer.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::TimeDelta;
use image::{DynamicImage, Rgba, RgbaImage, imageops};
use slint::ComponentHandle;

use super::headless::{Headless, SIZES};
use super::{AppError, demo};
use crate::desk::clock::SimulatedClock;
use crate::devices::{DeviceKind, DeviceState, DeviceStatus};
use crate::documents::qr;
use crate::domain::clock::Clock;
use crate::domain::language::Language;
use crate::gui::pages::devices;
use crate::gui::{language_out, window as ui};

/// A page in a state: how to reach it from the resting page.
type Reach = fn(&Headless);

const STATES: &[(&str, Reach)] = &[
    ("home-rest", |_| {}),
    ("home-languages", |kiosk| overlay(kiosk, ui::Overlay::Languages)),
    ("home-screen_help", |kiosk| overlay(kiosk, ui::Overlay::ScreenHelp)),
    ("sign_in-who", who),
    ("sign_in-who_typed", |kiosk| {
        who(kiosk);
        fill_who(kiosk);
    }),
    ("sign_in-who_asks", |kiosk| {
        who(kiosk);
        form(kiosk).invoke_next();
    }),
    ("sign_in-host", host),
    ("sign_in-host_matches", |kiosk| {
        host(kiosk);
        kiosk.type_text("kæ");
    }),
    ("sign_in-notice", summary),
    ("signed_in-welcome", signed_in),
    ("sign_out-empty", sign_out),
    ("sign_out-unknown", |kiosk| {
        sign_out(kiosk);
        kiosk.window().global::<ui::SignOutAdapter>().set_code("4F7K2M9Q".into());
        kiosk.window().global::<ui::SignOutAdapter>().invoke_sign_out();
    }),
    ("signed_out-goodbye", |kiosk| {
        signed_in(kiosk);
        kiosk.settle();
        let code = kiosk.window().global::<ui::SignedInAdapter>().get_code();
        // The next ticket would be the next person's, whom the desk greets in its first language.
        let language = kiosk.kiosk.language();
        kiosk.kiosk.rest();
        kiosk.window().global::<ui::Session>().invoke_choose_language(language_out(language));
        kiosk.scan(&code.replace(' ', ""));
    }),
    ("notice-full", |kiosk| kiosk.window().global::<ui::HomeAdapter>().invoke_privacy()),
    ("cover-asks", |kiosk| {
        who(kiosk);
        fill_who(kiosk);
        kiosk.pass(62);
    }),
    ("unlock-empty", unlock),
    ("unlock-wrong", |kiosk| {
        unlock(kiosk);
        try_unlock(kiosk, "000000");
    }),
    ("check_in-scan", |kiosk| kiosk.kiosk.go(ui::Page::CheckIn)),
    ("check_in-camera", |kiosk| {
        kiosk.kiosk.go(ui::Page::CheckIn);
        let page = kiosk.window().global::<ui::CheckInAdapter>();
        page.set_picture(held_up());
        page.set_camera(ui::CameraView::Live);
    }),
    ("ticket_code-empty", |kiosk| kiosk.kiosk.go(ui::Page::TicketCode)),
    ("ticket_code-unknown", |kiosk| {
        kiosk.kiosk.go(ui::Page::TicketCode);
        kiosk.window().global::<ui::TicketCodeAdapter>().set_code("4F7K2M9Q".into());
        kiosk.window().global::<ui::TicketCodeAdapter>().invoke_check_in();
    }),
    ("find_me-empty", |kiosk| kiosk.kiosk.go(ui::Page::FindMe)),
    ("find_me-not_found", |kiosk| {
        kiosk.kiosk.go(ui::Page::FindMe);
        kiosk.type_text("Ingen Kender");
        kiosk.window().global::<ui::FindMeAdapter>().invoke_find();
    }),
    ("walk_in-who", |kiosk| kiosk.window().global::<ui::CheckInAdapter>().invoke_walk_in()),
    ("welcome-asks", |kiosk| kiosk.scan(ticket(0))),
    ("welcome-one_by_one", |kiosk| {
        kiosk.scan(ticket(1));
        kiosk.window().global::<ui::PhotosAdapter>().invoke_open_rows();
        kiosk.window().global::<ui::PhotosAdapter>().invoke_answer_row("photo:website".into(), ui::PhotoAnswer::Yes);
    }),
    ("welcome-answered", |kiosk| {
        kiosk.scan(ticket(2));
        kiosk.window().global::<ui::PhotosAdapter>().invoke_answer(ui::PhotoAnswer::No);
    }),
    ("my_ticket-open", |kiosk| kiosk.scan(ticket(demo::EARLY))),
    ("refusal-see_desk", |kiosk| kiosk.scan("demo-nobody-has-this-code")),
    ("today-busy", staff),
    ("today-untold", |kiosk| {
        staff(kiosk);
        kiosk.window().global::<ui::TodayAdapter>().set_untold("Karen Kærsgård".into());
    }),
    ("events-list", events),
    ("events-new", |kiosk| {
        events(kiosk);
        kiosk.window().global::<ui::EventsAdapter>().invoke_open_new();
    }),
    ("event-participants", event),
    ("event-search", |kiosk| {
        event(kiosk);
        kiosk.window().global::<ui::EventAdapter>().set_query("sø".into());
        kiosk.window().global::<ui::EventAdapter>().invoke_search("sø".into());
    }),
    ("event-participant", |kiosk| {
        event(kiosk);
        let page = kiosk.window().global::<ui::EventAdapter>();
        let first = slint::Model::row_data(&page.get_participants(), 0).map(|row| row.key).unwrap_or_default();
        page.invoke_open_participant(first);
    }),
    ("event-add", |kiosk| {
        event(kiosk);
        kiosk.window().global::<ui::EventAdapter>().invoke_open_add();
    }),
    ("event-import", |kiosk| {
        event(kiosk);
        kiosk.window().global::<ui::EventAdapter>().invoke_open_import();
    }),
    ("event-print", |kiosk| {
        event(kiosk);
        kiosk.window().global::<ui::EventAdapter>().invoke_open_print();
    }),
    ("visits-list", visits),
    ("visits-sign_in", |kiosk| {
        visits(kiosk);
        kiosk.window().global::<ui::VisitsAdapter>().invoke_open_sign_in();
    }),
    ("visits-sign_out", |kiosk| {
        visits(kiosk);
        kiosk.settle();
        let page = kiosk.window().global::<ui::VisitsAdapter>();
        let first = slint::Model::row_data(&page.get_visits(), 0).map(|row| row.key).unwrap_or_default();
        page.invoke_open_sign_out(first);
    }),
    ("settings-organisation", settings),
    ("settings-staff", |kiosk| {
        settings(kiosk);
        kiosk.window().global::<ui::SettingsAdapter>().invoke_open_staff();
    }),
    ("closed-damaged", |kiosk| kiosk.kiosk.go(ui::Page::Closed)),
    ("settings-devices", |kiosk| {
        settings(kiosk);
        kiosk.window().global::<ui::SettingsAdapter>().set_sheet(ui::SettingsSheet::Devices);
        devices::seen(
            &kiosk.kiosk,
            &[
                DeviceStatus::ready(DeviceKind::Camera, "/dev/video0"),
                DeviceStatus {
                    fault: Some("not plugged in".to_owned()),
                    ..DeviceStatus::of(DeviceKind::Scanner, "05e0:1200", DeviceState::Absent)
                },
                DeviceStatus::of(DeviceKind::Printer, "ipp://localhost:631/printers/labels", DeviceState::OutOfPaper),
                DeviceStatus::ready(DeviceKind::Mail, "mail.example.org"),
                DeviceStatus::off(DeviceKind::Webhook),
                DeviceStatus::ready(DeviceKind::Sound, "pw-play"),
                DeviceStatus::ready(DeviceKind::Speech, "speech-dispatcher"),
            ],
        );
    }),
    ("settings-choose-device", |kiosk| {
        settings(kiosk);
        kiosk.window().global::<ui::SettingsAdapter>().set_sheet(ui::SettingsSheet::Devices);
        let page = kiosk.window().global::<ui::DevicesAdapter>();
        let printer = |name: &str, queue: &str, chosen| ui::CandidateRow {
            key: queue.into(),
            name: name.into(),
            address: format!("ipp://localhost:631/printers/{queue}").into(),
            chosen,
        };
        let printers = vec![printer("Brother QL-820NWB", "labels", true), printer("HP LaserJet, 2. sal", "office", false)];
        page.set_candidates(slint::ModelRc::new(slint::VecModel::from(printers)));
        let sizes = ["A4", "62 × 100", "100 × 150", "86 × 54", "54 × 86"].map(slint::SharedString::from);
        page.set_sizes(slint::ModelRc::new(slint::VecModel::from(sizes.to_vec())));
        page.set_size("62 × 100".into());
        page.set_has_one(true);
        page.set_choice(ui::DeviceKind::Printer);
        page.set_choosing(true);
    }),
    ("settings-about", |kiosk| {
        settings(kiosk);
        kiosk.window().global::<ui::SettingsAdapter>().invoke_open_about();
    }),
];

/// What a camera sees: somebody's ticket in front of a wall.
fn held_up() -> slint::Image {
    let mut picture = RgbaImage::from_pixel(640, 480, Rgba([90, 90, 90, 255]));
    let paper = RgbaImage::from_pixel(240, 390, Rgba([245, 245, 245, 255]));
    imageops::overlay(&mut picture, &paper, 200, 90);
    if let Ok(code) = qr::picture(ticket(0), 6) {
        let code = DynamicImage::from(code).into_rgba8();
        imageops::overlay(&mut picture, &code, 320 - i64::from(code.width()) / 2, 120);
    }
    slint::Image::from_rgba8(slint::SharedPixelBuffer::clone_from_slice(&picture, 640, 480))
}

fn overlay(kiosk: &Headless, overlay: ui::Overlay) {
    kiosk.window().global::<ui::Session>().set_overlay(overlay);
}

fn events(kiosk: &Headless) {
    staff(kiosk);
    kiosk.window().global::<ui::StaffAdapter>().invoke_events();
    kiosk.settle();
}

fn event(kiosk: &Headless) {
    events(kiosk);
    let page = kiosk.window().global::<ui::EventsAdapter>();
    let first = slint::Model::row_data(&page.get_events(), 0).map(|row| row.key).unwrap_or_default();
    page.invoke_open(first);
    kiosk.settle();
}

/// The other system's code of one of the demo's participants; the first ones have not come yet.
fn ticket(number: usize) -> &'static str {
    demo::imported_codes()[number]
}

/// States of an evacuation, which goes on from one to the next.
const EVACUATION: &[(&str, Reach)] = &[
    ("evacuation-locked", |kiosk| {
        unlock(kiosk);
        kiosk.window().global::<ui::UnlockAdapter>().invoke_evacuate();
    }),
    ("roll_call-found", |kiosk| {
        staff(kiosk);
        let page = kiosk.window().global::<ui::RollCallAdapter>();
        let first = slint::Model::row_data(&page.get_missing(), 0).map(|row| row.key).unwrap_or_default();
        page.invoke_find(first);
    }),
    ("roll_call-search", |kiosk| {
        staff(kiosk);
        let page = kiosk.window().global::<ui::RollCallAdapter>();
        page.set_query("sø".into());
        page.invoke_search();
    }),
    ("roll_call-end", |kiosk| {
        staff(kiosk);
        kiosk.window().global::<ui::RollCallAdapter>().invoke_end();
    }),
];

/// States of a desk whose clock is in doubt.
const DOUBTFUL: &[(&str, Reach)] = &[("home-clock_in_doubt", |_| {}), ("clock-first", staff)];

/// States of a desk that has not been set up.
const FIRST_START: &[(&str, Reach)] = &[
    ("setup-organisation", |_| {}),
    ("setup-person", |kiosk| {
        let setup = kiosk.window().global::<ui::SetupAdapter>();
        setup.set_organisation("Lærkehøj".into());
        setup.set_address("Markvej 1, 8000 Aarhus C".into());
        setup.set_contact("privatliv@example.org".into());
        setup.invoke_next();
    }),
];

/// How somebody may need the screen, or the hour wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub name: &'static str,
    theme: ThemeOf,
    /// In per cent.
    text: i32,
    /// Everything in the lower two thirds of an upright screen.
    reach: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ThemeOf {
    Day,
    Contrast,
    Evening,
}

const fn look(name: &'static str, theme: ThemeOf, text: i32, reach: bool) -> Look {
    Look { name, theme, text, reach }
}

/// Day first: it is what most people see.
pub const LOOKS: [Look; 7] = [
    look("day-100", ThemeOf::Day, 100, false),
    look("contrast-100", ThemeOf::Contrast, 100, false),
    look("evening-100", ThemeOf::Evening, 100, false),
    look("day-150", ThemeOf::Day, 150, false),
    look("day-200", ThemeOf::Day, 200, false),
    look("day-100-reach", ThemeOf::Day, 100, true),
    look("contrast-200-reach", ThemeOf::Contrast, 200, true),
];

impl Look {
    /// Whether anything stands elsewhere, or in another size, than by day.
    pub fn changes_layout(self) -> bool {
        self == LOOKS[0] || self.text != 100 || self.reach
    }

    /// Gives the window this look until somebody's session ends.
    pub fn put_on(self, kiosk: &Headless) {
        let help = kiosk.window().global::<ui::ScreenHelp>();
        help.set_contrast(self.theme == ThemeOf::Contrast);
        help.set_text(self.text);
        help.set_reach(self.reach);
        kiosk.window().global::<ui::Theme>().set_evening(self.theme == ThemeOf::Evening);
    }

    /// Whether somebody can meet a page so: behind the unlock text has its one size, and reach mode is for upright screens.
    pub fn suits(self, kiosk: &Headless, (width, height): (u32, u32)) -> bool {
        let page = kiosk.kiosk.page();
        let has_help = !is_staff(page) || matches!(page, ui::Page::Unlock | ui::Page::Setup);
        (has_help || self.text == 100 && !self.reach) && !(self.reach && width > height)
    }
}

/// Whether only staff, with a mouse and a steady hand, meet a page.
pub fn is_staff(page: ui::Page) -> bool {
    use ui::Page::{Clock, Event, Events, RollCall, Settings, Setup, Today, Unlock, Visits};
    matches!(page, Unlock | Clock | Setup | Today | Visits | RollCall | Events | Event | Settings)
}

/// Draws the gallery: every page in every language at the two large sizes; with `all` a contact sheet of each page
/// too, in every size and look.
pub(super) fn draw(dir: &Path, all: bool) -> Result<(), AppError> {
    let mut sheets = Sheets { dir: dir.join("sheets"), made: BTreeMap::new() };
    std::fs::create_dir_all(&sheets.dir)?;
    for size in if all { &SIZES[..] } else { &SIZES[..2] } {
        for language in Language::ALL {
            let (width, height) = *size;
            walk(language, *size, |name, kiosk| {
                if SIZES[..2].contains(size) {
                    kiosk.picture(&dir.join(format!("{name}-{}-day-{width}x{height}-100.png", language.code())))?;
                }
                for (column, look) in LOOKS.into_iter().enumerate() {
                    if all && look.suits(kiosk, *size) {
                        look.put_on(kiosk);
                        sheets.add(name, column, language, *size, &kiosk.shot()?);
                    }
                }
                LOOKS[0].put_on(kiosk);
                Ok(())
            })?;
        }
    }
    sheets.save()
}

/// The contact sheets, one per page and state: a row for each language and size, a column for each look.
struct Sheets {
    dir: PathBuf,
    made: BTreeMap<String, RgbaImage>,
}

/// The place of one picture on a sheet, upright or lying.
const CELL: (u32, u32) = (240, 240);
const GAP: u32 = 8;

impl Sheets {
    fn add(&mut self, name: &str, column: usize, language: Language, size: (u32, u32), shot: &RgbaImage) {
        let index = |found: Option<usize>| found.unwrap_or_default() as u32;
        let row = index(Language::ALL.iter().position(|one| *one == language)) * SIZES.len() as u32
            + index(SIZES.iter().position(|one| *one == size));
        let at = |number: u32, cell: u32| GAP + number * (cell + GAP);
        let sheet = self.made.entry(name.to_owned()).or_insert_with(|| {
            let rows = (Language::ALL.len() * SIZES.len()) as u32;
            RgbaImage::from_pixel(at(LOOKS.len() as u32, CELL.0), at(rows, CELL.1), Rgba([128, 128, 128, 255]))
        });
        let small = DynamicImage::ImageRgba8(shot.clone()).thumbnail(CELL.0, CELL.1);
        imageops::overlay(sheet, &small, at(column as u32, CELL.0).into(), at(row, CELL.1).into());
    }

    fn save(&self) -> Result<(), AppError> {
        for (name, sheet) in &self.made {
            sheet.save(self.dir.join(format!("{name}.png"))).map_err(|error| AppError::File(std::io::Error::other(error)))?;
        }
        Ok(())
    }
}

/// Brings fresh kiosks into every state of the gallery, one after the other, and shows each to `see`.
pub fn walk(language: Language, size: (u32, u32), mut see: impl FnMut(&str, &Headless) -> Result<(), AppError>) -> Result<(), AppError> {
    let (place, empty_place) = (demo::ThrowAway::new()?, demo::ThrowAway::new()?);
    let furnished = open(place.path(), Furnishing::Furnished)?;
    walk_states(&furnished, STATES, language, size, &mut see)?;
    furnished.kiosk.rest();
    furnished.clock.set_wall("2026-01-05T08:41:00Z".parse().expect("a date"));
    furnished.pass(11);
    walk_states(&furnished, DOUBTFUL, language, size, &mut see)?;
    let burning_place = demo::ThrowAway::new()?;
    walk_states(&open(burning_place.path(), Furnishing::Furnished)?, EVACUATION, language, size, &mut see)?;
    walk_states(&open(empty_place.path(), Furnishing::Bare)?, FIRST_START, language, size, &mut see)
}

#[derive(PartialEq, Eq)]
enum Furnishing {
    Bare,
    Furnished,
}

/// The demo's kiosk on the morning of the pictures.
fn open(place: &Path, furnishing: Furnishing) -> Result<Headless, AppError> {
    let clock = Arc::new(SimulatedClock::at("2026-03-12T07:41:00Z".parse().expect("a date")));
    let mut desk = demo::bare(place, clock.clone())?;
    if furnishing == Furnishing::Furnished {
        demo::furnish(&mut desk)?;
        let event = demo::hold_event(&mut desk, clock.read().wall.with_timezone(&chrono_tz::Europe::Copenhagen))?;
        let mut codes = demo::imported_codes().into_iter().skip(demo::EARLY);
        for (visitor, number) in demo::VISITORS.iter().zip(0..) {
            clock.advance(TimeDelta::minutes(7));
            demo::arrive(&mut desk, visitor)?;
            codes.by_ref().take(number % 4).try_for_each(|code| demo::enter(&mut desk, event, code))?;
        }
        clock.advance(TimeDelta::minutes(4));
    }
    Headless::open(desk, clock)
}

fn walk_states(
    kiosk: &Headless,
    states: &[(&str, Reach)],
    language: Language,
    size: (u32, u32),
    see: &mut impl FnMut(&str, &Headless) -> Result<(), AppError>,
) -> Result<(), AppError> {
    kiosk.resize(size);
    for (name, reach) in states {
        kiosk.kiosk.rest();
        kiosk.window().global::<ui::Session>().invoke_choose_language(language_out(language));
        reach(kiosk);
        kiosk.settle();
        see(name, kiosk)?;
    }
    Ok(())
}

fn form<'a>(kiosk: &'a Headless) -> ui::SignInAdapter<'a> {
    kiosk.window().global::<ui::SignInAdapter>()
}

fn who(kiosk: &Headless) {
    kiosk.window().global::<ui::HomeAdapter>().invoke_sign_in();
}

fn fill_who(kiosk: &Headless) {
    form(kiosk).set_name("Åse Brændgaard".into());
    form(kiosk).set_company("Ærø Data".into());
}

fn host(kiosk: &Headless) {
    who(kiosk);
    fill_who(kiosk);
    form(kiosk).invoke_next();
    kiosk.settle();
}

fn summary(kiosk: &Headless) {
    host(kiosk);
    form(kiosk).set_host_query("kær".into());
    form(kiosk).invoke_host_edited("kær".into());
    kiosk.settle();
    let matches = form(kiosk).get_host_matches();
    form(kiosk).invoke_choose_host(slint::Model::row_data(&matches, 1).map(|found| found.key).unwrap_or_default());
}

fn signed_in(kiosk: &Headless) {
    summary(kiosk);
    form(kiosk).invoke_sign_in();
    kiosk.settle();
    kiosk.pass(8);
}

fn sign_out(kiosk: &Headless) {
    kiosk.window().global::<ui::HomeAdapter>().invoke_sign_out();
}

fn unlock(kiosk: &Headless) {
    kiosk.window().global::<ui::HomeAdapter>().invoke_staff();
}

fn try_unlock(kiosk: &Headless, pin: &str) {
    let page = kiosk.window().global::<ui::UnlockAdapter>();
    page.set_name(demo::STAFF_NAME.into());
    page.set_secret(pin.into());
    page.invoke_unlock();
    kiosk.settle();
}

fn staff(kiosk: &Headless) {
    unlock(kiosk);
    try_unlock(kiosk, demo::STAFF_PIN);
}

fn visits(kiosk: &Headless) {
    staff(kiosk);
    kiosk.window().global::<ui::StaffAdapter>().invoke_visits();
}

fn settings(kiosk: &Headless) {
    staff(kiosk);
    kiosk.window().global::<ui::StaffAdapter>().invoke_settings();
}
