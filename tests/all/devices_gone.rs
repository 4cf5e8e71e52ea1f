//! Devices that are gone hold nobody up: people come in as fast as with all of them there, and nothing is asked twice.

use std::sync::Arc;
use std::time::{Duration, Instant};

use slint::ComponentHandle;
use velkommen::app::demo;
use velkommen::app::headless::Headless;
use velkommen::desk::add_participant::{AddParticipant, AddParticipantOutcome, Way, add_participant};
use velkommen::desk::clock::SimulatedClock;
use velkommen::desk::list_events::{list_events, show_event};
use velkommen::desk::{Desk, Folder, SecretCost, standard_profile};
use velkommen::devices::Devices;
use velkommen::devices::camera::{Camera, Resolution, Setting};
use velkommen::devices::mail::{Mailer, Security};
use velkommen::devices::printer::QueuePrinter;
use velkommen::domain::access::Actor;
use velkommen::domain::clock::Clock;
use velkommen::domain::config::{Config, Mail, Mode};
use velkommen::gui::window::{HomeAdapter, SignInAdapter};

use crate::camera::NetworkCamera;
use crate::code_pictures::jpeg;
use crate::kiosk_given::nine;
use crate::printing::{Bus, Server as Printing, free_port, ipp_uri};
use crate::servers::{Certificates, Server, mail_server, smtp};

/// The house as it should be: a camera that films, a printer, a mail server.
struct House {
    _film: NetworkCamera,
    _mail: Server,
    _printing: Option<(Bus, Printing)>,
    devices: Devices,
}

fn house() -> House {
    let wall = jpeg(&image::GrayImage::from_fn(640, 480, |x, y| image::Luma([(x / 4 + y / 8) as u8])));
    let film = NetworkCamera::new("127.0.0.1:0", vec![wall], Duration::from_millis(100));
    let certificates = Certificates::new();
    let mail = smtp(0, "plain", &certificates);
    let port = free_port();
    let printing = Bus::start().map(|bus| {
        let printer = bus.printer(port, &[]);
        (bus, printer)
    });
    let devices = devices(&format!("http://{}/", film.address), port, mail.port, &certificates);
    House { _film: film, _mail: mail, _printing: printing, devices }
}

/// Devices at these places, whether or not anybody is there.
fn devices(film: &str, printer: u16, mail: u16, certificates: &Certificates) -> Devices {
    let setting = Setting { source: film.to_owned(), resolution: Resolution { width: 640, height: 480 }, mirror: true };
    Devices {
        camera: Some(Arc::new(Camera::new(setting))),
        printer: Some(Arc::new(QueuePrinter::ipp(&ipp_uri(printer), None).unwrap())),
        mail: Some(Arc::new(Mailer::new(mail_server(mail, Security::Plain, certificates)))),
        ..Devices::default()
    }
}

/// Lets so many people in at a door, and so many sign in; how long both took.
fn crowd(devices: Devices, guests: usize, visitors: usize) -> [Duration; 2] {
    let place = tempfile::tempdir().unwrap();
    let clock = Arc::new(SimulatedClock::at("2026-03-12T09:00:00Z".parse().unwrap()));
    let mail: Mail = toml_edit::de::from_str("server = \"localhost\"\nfrom = \"reception@example.org\"").unwrap();
    let config = Config { kiosk: false, mode: Mode::Door, mail: Some(mail), ..Config::default() };
    let build = clock.read().wall.date_naive();
    let desk = Desk::init(Folder::at(place.path().join("desk")), standard_profile(), &config, clock.clone(), build).unwrap();
    let mut desk = desk.with_secret_cost(SecretCost::CHEAP);
    demo::furnish(&mut desk).unwrap();
    let event = demo::hold_event(&mut desk, nine()).unwrap();
    let codes: Vec<String> = (0..guests)
        .map(|guest| {
            let none = String::new;
            let name = format!("Guest {guest}");
            let input = AddParticipant { event, name, title: none(), company: none(), ticket_type: none(), table: none(), room: none() };
            match add_participant(&mut desk, &Actor::Operator, &input, Way::ByStaff).unwrap() {
                AddParticipantOutcome::Added(added) => added.ticket.as_str().to_owned(),
                refused => panic!("{refused:?}"),
            }
        })
        .collect();
    let kiosk = Headless::with(desk, clock, Box::new(move |_| devices.clone())).unwrap();
    kiosk.pass(11);
    let arrived = || {
        let answer = std::rc::Rc::new(std::cell::Cell::new((0, 0)));
        let slot = answer.clone();
        let ask = move |desk: &mut Desk| {
            let event = list_events(desk, &Actor::Operator).unwrap()[0].id;
            let open = velkommen::desk::list_open_visits::list_open_visits(desk, &Actor::Operator).unwrap();
            (show_event(desk, &Actor::Operator, event).unwrap().unwrap().arrived, open.len())
        };
        kiosk.kiosk.ask_for_house(ask, move |_, counts| slot.set(counts));
        kiosk.settle();
        answer.get()
    };
    let begun = Instant::now();
    for code in &codes {
        kiosk.scan(code);
        kiosk.kiosk.rest();
        kiosk.settle();
    }
    let checked_in = begun.elapsed();
    let begun = Instant::now();
    let form = kiosk.window().global::<SignInAdapter>();
    for visitor in 0..visitors {
        kiosk.window().global::<HomeAdapter>().invoke_sign_in();
        form.set_name(format!("Visitor {visitor}").into());
        form.invoke_next();
        kiosk.settle();
        form.set_host_query("Karen Kærsgård".into());
        form.invoke_somebody_else();
        kiosk.settle();
        form.invoke_sign_in();
        kiosk.settle();
        kiosk.kiosk.rest();
        kiosk.settle();
    }
    let signed_in = begun.elapsed();
    assert_eq!(arrived(), (guests, visitors));
    [checked_in, signed_in]
}

#[test]
fn people_come_in_as_fast_without_any_device() {
    let is_long = std::env::var_os("VELKOMMEN_MANY").is_some();
    let (rounds, guests, visitors) = if is_long { (5, 200, 20) } else { (1, 20, 5) };
    let house = house();
    // A machine has its moods: both have their turn in each.
    let (mut with, mut without) = ([Duration::ZERO; 2], [Duration::ZERO; 2]);
    for _ in 0..rounds {
        let gone = devices("http://127.0.0.1:9/", free_port(), free_port(), &Certificates::new());
        for (times, devices) in [(&mut with, house.devices.clone()), (&mut without, gone)] {
            let took = crowd(devices, guests, visitors);
            times.iter_mut().zip(took).for_each(|(time, took)| *time += took);
        }
    }
    let ratios = [0, 1].map(|which| without[which].as_secs_f64() / with[which].as_secs_f64());
    let line = format!(
        "{rounds} × {guests} check-ins and {visitors} sign-ins: {with:?} with, {without:?} without, ratios {:.2} and {:.2}\n",
        ratios[0], ratios[1]
    );
    std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes()).unwrap();
    // A figure of a few people says little; waiting for a device would take seconds for each.
    let bound = if is_long { 1.1 } else { 3.0 };
    assert!(ratios.iter().all(|ratio| *ratio <= bound), "{line}");
}
