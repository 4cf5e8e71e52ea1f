//! Devices are chosen in `config.toml`, and nothing else in that file changes.

use velkommen::desk::choose_device::{DeviceChoice, choose_device};
use velkommen::desk::{DeskError, StoreError};
use velkommen::domain::access::Actor;
use velkommen::domain::config::{Camera, Config, IppPrinter, LabelSize, Printer, Scanner};

use crate::given::given;

const FILE: &str = "# Ours.\ndesk = \"Door 2\"   # the blue one\nkiosk = false\n\n[sound]\nvolume = 20 # soft\n";

#[test]
fn a_choice_stands_in_the_file_beside_what_stood_there() {
    let given = given();
    let file = given.desk.folder().config_file();
    std::fs::write(&file, FILE).unwrap();
    let mut given = given.reopened();
    let label = Some(LabelSize { width_mm: 62.0, height_mm: 100.0 });
    let camera = DeviceChoice::Camera(Some(Camera { resolution: (640, 480), ..Camera::at("/dev/video1") }));
    let printer = Printer::Ipp(IppPrinter { uri: "ipp://localhost:631/printers/labels".to_owned(), label });
    let scanners = vec![Scanner::at("05e0:1200"), Scanner::at("/dev/ttyACM0")];
    for choice in [camera, DeviceChoice::Scanners(scanners.clone()), DeviceChoice::Printer(Some(printer.clone()))] {
        choose_device(&mut given.desk, &Actor::Operator, &choice).unwrap();
    }
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(["# Ours.", "# the blue one", "# soft"].iter().all(|comment| text.contains(comment)), "{text}");
    let config = Config::parse(&text).unwrap();
    assert_eq!((config.desk.as_str(), config.kiosk, config.sound.volume), ("Door 2", false, 20));
    assert_eq!((config.printer, config.scanners), (Some(printer), scanners));
    assert_eq!(&Config::parse(&text).unwrap(), given.desk.config());

    choose_device(&mut given.desk, &Actor::Operator, &DeviceChoice::Camera(None)).unwrap();
    let without = Config::parse(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(without.camera, None);
    assert_eq!(given.texts("SELECT DISTINCT detail FROM audit_entries WHERE detail LIKE 'config %' ORDER BY 1").len(), 3);
}

#[test]
fn what_no_config_may_say_is_not_written() {
    let mut given = given();
    let before = std::fs::read_to_string(given.desk.folder().config_file()).unwrap();
    let nowhere = Printer::Ipp(IppPrinter { uri: "http://example.org".to_owned(), label: None });
    let refused = choose_device(&mut given.desk, &Actor::Operator, &DeviceChoice::Printer(Some(nowhere)));
    assert!(matches!(refused, Err(DeskError::Store(StoreError::Io))));
    assert_eq!(std::fs::read_to_string(given.desk.folder().config_file()).unwrap(), before);
    assert_eq!(given.desk.config().printer, None);
    let by_the_public = choose_device(&mut given.desk, &Actor::Public, &DeviceChoice::Camera(None));
    assert!(matches!(by_the_public, Err(DeskError::NotAllowed { .. })));
}

#[test]
fn what_somebody_wrote_into_the_file_meanwhile_stays_and_is_taken() {
    let mut given = given();
    let file = given.desk.folder().config_file();
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("closes_at = \"18:00\"", "closes_at = \"16:30\"")).unwrap();
    choose_device(&mut given.desk, &Actor::Operator, &DeviceChoice::Scanners(vec![Scanner::at("05e0:1200")])).unwrap();
    let config = Config::parse(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!((config.closes_at.to_string().as_str(), config.scanners.len()), ("16:30:00", 1));
    assert_eq!(&config, given.desk.config());
}

#[test]
fn settings_are_saved_whole_or_not_at_all() {
    let mut given = given();
    let folder = given.desk.folder().clone();
    let profile = std::fs::read_to_string(folder.profile_file()).unwrap();
    // Somebody is in the middle of editing it.
    std::fs::write(folder.config_file(), "desk = [").unwrap();
    let [organisation, address, contact, closes_at] = ["Ny", "Vej 1", "ny@example.org", "17:30"].map(str::to_owned);
    let settings = velkommen::desk::change_settings::Settings { organisation, address, contact, closes_at };
    let refused = velkommen::desk::change_settings::change_settings(&mut given.desk, &Actor::Operator, &settings);
    assert!(refused.is_err());
    assert_eq!(std::fs::read_to_string(folder.profile_file()).unwrap(), profile);
    assert_eq!(std::fs::read_to_string(folder.config_file()).unwrap(), "desk = [");
    assert_eq!(
        (given.desk.profile().controller.name.as_str(), given.desk.config().closes_at.to_string().as_str()),
        ("Lærkehøj", "18:00:00")
    );
    // The audit says what was saved, and nothing else.
    assert_eq!(given.count("SELECT count(*) FROM audit_entries WHERE verb = 'change_settings'"), 0);
}
