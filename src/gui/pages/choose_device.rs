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

/// What can be chosen: devices, and the sizes by their names.
#[derive(Default)]
struct Choosing {
    kind: Option<DeviceKind>,
    rows: Vec<DeviceChoice>,
    sizes: Vec<(String, DeviceChoice)>,
}

pub const PART: Part = Part { connect, reset, ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    let page = kiosk.window.global::<ui::DevicesAdapter>();
    page.on_choose(kiosk.calls_with(|kiosk, kind| {
        kiosk.note_activity();
        open(kiosk, kind_in(kind));
    }));
    page.on_take(kiosk.calls_with(|kiosk, key: SharedString| {
        let choice = {
            let open = kiosk.session::<Choosing>();
            let open = open.borrow();
            match key.as_str() {
                "" => open.kind.and_then(nothing),
                key => open.rows.iter().find(|choice| address_of(choice) == key).cloned(),
            }
        };
        if let Some(choice) = choice {
            take(kiosk, choice);
        }
    }));
    page.on_take_size(kiosk.calls_with(|kiosk, size: SharedString| {
        let choice = {
            let open = kiosk.session::<Choosing>();
            let open = open.borrow();
            open.sizes.iter().find(|(name, _)| *name == size.as_str()).map(|(_, choice)| choice.clone())
        };
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
    page.set_size(SharedString::new());
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
            let row = row(&choice, &candidate.name, &candidate.address);
            Some((choice, row))
        })
        .collect();
    if Some(&present) != nothing(kind).as_ref() && rows.iter().all(|(choice, _)| *choice != present) {
        rows.insert(0, (present.clone(), row(&present, &address_of(&present), "")));
    }
    let (choices, rows): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    kiosk.session::<Choosing>().borrow_mut().rows = choices;
    let page = kiosk.window.global::<ui::DevicesAdapter>();
    page.set_candidates(ModelRc::new(VecModel::from(rows)));
    page.set_looking(false);
    mark(kiosk);
}

fn row(choice: &DeviceChoice, name: &str, address: &str) -> CandidateRow {
    CandidateRow { key: address_of(choice).into(), name: name.into(), address: address.into(), chosen: false }
}

/// Marks what is in use, and offers its sizes.
fn mark(kiosk: &Kiosk) {
    let page = kiosk.window.global::<ui::DevicesAdapter>();
    let choosing = kiosk.session::<Choosing>();
    let mut choosing = choosing.borrow_mut();
    let present = choosing.kind.and_then(|kind| present(&kiosk.facts.borrow().config, kind));
    let Some(present) = present else { return };
    let rows = page.get_candidates();
    let in_use = address_of(&present);
    choosing.rows.iter_mut().filter(|choice| address_of(choice) == in_use).for_each(|choice| choice.clone_from(&present));
    for (number, row) in slint::Model::iter(&rows).enumerate() {
        slint::Model::set_row_data(&rows, number, CandidateRow { chosen: row.key == in_use.as_str(), ..row });
    }
    page.set_has_one(!in_use.is_empty());
    let sizes = sizes(&present);
    page.set_size(sizes.iter().find(|(_, choice)| *choice == present).map(|(name, _)| name.as_str()).unwrap_or_default().into());
    page.set_sizes(ModelRc::new(sizes.iter().map(|(name, _)| SharedString::from(name)).collect::<VecModel<_>>()));
    choosing.sizes = sizes;
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
