//! Staff, Setup: choosing the camera, the scanner or the printer among those that this machine knows of.

use std::rc::Rc;

use slint::{ComponentHandle, ModelRc, SharedString, VecModel};
use velkommen_ui::{self as ui, CandidateRow};

use crate::desk::choose_device::{DeviceChoice, choose_device};
use crate::devices::{Candidate, DeviceKind, camera, list_candidates};
use crate::domain::config::{Camera, IppPrinter, LabelSize, Printer, Scanner};
use crate::gui::ask::Message;
use crate::gui::device_kind::{kind_in, kind_out, nothing, present};
use crate::gui::faults::trouble;
use crate::gui::kiosk::{Kiosk, Part};

/// What a video device can be asked for.
const RESOLUTIONS: [(u32, u32); 3] = [(640, 480), (1280, 720), (1920, 1080)];
/// Labels that badges are made for, width × height in mm.
const LABELS: [(f32, f32); 4] = [(62.0, 100.0), (100.0, 150.0), (86.0, 54.0), (54.0, 86.0)];

/// What can be chosen, row by row and size by size of the sheet.
#[derive(Default)]
struct Choosing {
    kind: Option<DeviceKind>,
    rows: Vec<DeviceChoice>,
    sizes: Vec<DeviceChoice>,
}

pub const PART: Part = Part { connect, reset, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::DevicesAdapter>();
    page.on_choose(kiosk.calls_with(|kiosk, row: i32| {
        kiosk.note_activity();
        let rows = kiosk.window.global::<ui::DevicesAdapter>().get_devices();
        if let Some(row) = usize::try_from(row).ok().and_then(|row| slint::Model::row_data(&rows, row)) {
            open(kiosk, kind_in(row.kind));
        }
    }));
    page.on_take(kiosk.calls_with(|kiosk, row: i32| {
        let choice = {
            let open = kiosk.session::<Choosing>();
            let open = open.borrow();
            usize::try_from(row).map_or_else(|_| open.kind.and_then(nothing), |row| open.rows.get(row).cloned())
        };
        if let Some(choice) = choice {
            take(kiosk, choice);
        }
    }));
    page.on_take_size(kiosk.calls_with(|kiosk, size: i32| {
        let choice = usize::try_from(size).ok().and_then(|size| kiosk.session::<Choosing>().borrow().sizes.get(size).cloned());
        if let Some(choice) = choice {
            take(kiosk, choice);
        }
    }));
    page.on_end_choice(kiosk.calls(|kiosk| {
        kiosk.note_activity();
        reset(kiosk);
        kiosk.speak();
    }));
}

/// What can be chosen is looked for on a thread of its own: a print server may take its time.
fn open(kiosk: &Rc<Kiosk>, kind: DeviceKind) {
    let page = kiosk.window.global::<ui::DevicesAdapter>();
    reset(kiosk);
    kiosk.session::<Choosing>().borrow_mut().kind = Some(kind);
    page.set_choice(kind_out(kind));
    page.set_looking(true);
    page.set_choosing(true);
    kiosk.desk.post().aside(move || Message::DevicesFound { kind, found: list_candidates(kind) });
}

fn reset(kiosk: &Rc<Kiosk>) {
    kiosk.session::<Choosing>().take();
    let page = kiosk.window.global::<ui::DevicesAdapter>();
    page.set_choosing(false);
    page.set_candidates(ModelRc::default());
    page.set_sizes(ModelRc::default());
    page.set_has_one(false);
    page.set_trouble(ui::Trouble::None);
}

/// What this machine knows of, and whatever is in use beside.
pub fn found(kiosk: &Rc<Kiosk>, kind: DeviceKind, found: &[Candidate]) {
    if kiosk.session::<Choosing>().borrow().kind != Some(kind) {
        return;
    }
    let config = kiosk.facts.borrow().config.clone();
    let Some(present) = present(&config, kind) else { return };
    let mut rows: Vec<(DeviceChoice, CandidateRow)> = found
        .iter()
        .filter_map(|candidate| {
            let choice = choice_of(kind, &candidate.address, &present)?;
            Some((choice, row(&candidate.name, &candidate.address)))
        })
        .collect();
    if Some(&present) != nothing(kind).as_ref() && rows.iter().all(|(choice, _)| *choice != present) {
        rows.insert(0, (present.clone(), row(&address_of(&present), "")));
    }
    let (choices, rows): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    kiosk.session::<Choosing>().borrow_mut().rows = choices;
    let page = kiosk.window.global::<ui::DevicesAdapter>();
    page.set_candidates(ModelRc::new(VecModel::from(rows)));
    page.set_looking(false);
    mark(kiosk);
}

fn row(name: &str, address: &str) -> CandidateRow {
    CandidateRow { name: name.into(), address: address.into(), chosen: false }
}

/// Marks what is in use, and offers its sizes.
fn mark(kiosk: &Kiosk) {
    let page = kiosk.window.global::<ui::DevicesAdapter>();
    let choosing = kiosk.session::<Choosing>();
    let mut choosing = choosing.borrow_mut();
    let present = choosing.kind.and_then(|kind| present(&kiosk.facts.borrow().config, kind));
    let Some(present) = present else { return };
    let rows = page.get_candidates();
    for (number, (choice, row)) in choosing.rows.iter_mut().zip(slint::Model::iter(&rows)).enumerate() {
        let chosen = address_of(choice) == address_of(&present);
        if chosen {
            choice.clone_from(&present);
        }
        slint::Model::set_row_data(&rows, number, CandidateRow { chosen, ..row });
    }
    page.set_has_one(!address_of(&present).is_empty());
    let sizes = sizes(&present);
    page.set_size(sizes.iter().position(|(_, choice)| *choice == present).map_or(-1, |size| size as i32));
    page.set_sizes(ModelRc::new(sizes.iter().map(|(name, _)| SharedString::from(name)).collect::<VecModel<_>>()));
    choosing.sizes = sizes.into_iter().map(|(_, choice)| choice).collect();
}

fn take(kiosk: &Rc<Kiosk>, choice: DeviceChoice) {
    kiosk.note_activity();
    let by = kiosk.actor();
    kiosk.ask_and_read_facts(
        move |desk| choose_device(desk, &by, &choice),
        |kiosk, outcome| {
            let page = kiosk.window.global::<ui::DevicesAdapter>();
            match outcome {
                Ok(()) => {
                    page.set_trouble(ui::Trouble::None);
                    mark(kiosk);
                }
                Err(error) => page.set_trouble(trouble(&error)),
            }
        },
    );
}

/// What choosing an address means; where it is in use, everything else that was said of it stays.
fn choice_of(kind: DeviceKind, address: &str, present: &DeviceChoice) -> Option<DeviceChoice> {
    if address_of(present) == address {
        return Some(present.clone());
    }
    match kind {
        DeviceKind::Camera => Some(DeviceChoice::Camera(Some(Camera::at(address)))),
        DeviceKind::Scanner => Some(DeviceChoice::Scanners(vec![Scanner::at(address)])),
        DeviceKind::Printer => Some(DeviceChoice::Printer(Some(Printer::Ipp(IppPrinter { uri: address.to_owned(), label: None })))),
        DeviceKind::Mail | DeviceKind::Webhook | DeviceKind::Sound | DeviceKind::Speech => None,
    }
}

/// Where a choice is, as people are shown it; empty for none.
fn address_of(choice: &DeviceChoice) -> String {
    match choice {
        DeviceChoice::Camera(camera) => camera.as_ref().map_or_else(String::new, |camera| camera::shown(&camera.source)),
        DeviceChoice::Scanners(scanners) => scanners.iter().map(|scanner| scanner.device.as_str()).collect::<Vec<_>>().join(", "),
        DeviceChoice::Printer(printer) => printer.as_ref().map_or_else(String::new, Printer::place),
    }
}

/// The sizes of picture or paper that what is in use can be told, each with the whole choice.
fn sizes(present: &DeviceChoice) -> Vec<(String, DeviceChoice)> {
    match present {
        DeviceChoice::Camera(Some(camera)) if !camera.source.contains("://") => with(RESOLUTIONS.to_vec(), camera.resolution)
            .into_iter()
            .map(|(width, height)| {
                let camera = Camera { resolution: (width, height), ..camera.clone() };
                (format!("{width} × {height}"), DeviceChoice::Camera(Some(camera)))
            })
            .collect(),
        DeviceChoice::Printer(Some(printer @ (Printer::Ipp(_) | Printer::Zebra(_)))) => {
            let labels = LABELS.map(|(width_mm, height_mm)| Some(LabelSize { width_mm, height_mm }));
            let told = |label: Option<LabelSize>| {
                let name = label.map_or_else(|| "A4".to_owned(), |label| format!("{} × {}", label.width_mm, label.height_mm));
                (name, DeviceChoice::Printer(Some(printer.clone().with_label(label))))
            };
            with([None].into_iter().chain(labels).collect(), printer.label()).into_iter().map(told).collect()
        }
        DeviceChoice::Camera(_) | DeviceChoice::Scanners(_) | DeviceChoice::Printer(_) => Vec::new(),
    }
}

/// The usual ones, and the one in use where it is another.
fn with<T: PartialEq>(mut usual: Vec<T>, present: T) -> Vec<T> {
    if !usual.contains(&present) {
        usual.push(present);
    }
    usual
}
