//! `velkommen devices`: every kind has a line, whatever is there, and asking changes nothing.

use std::collections::BTreeMap;

use serde_json::Value;

use velkommen::app::equip::{self, scanners};
use velkommen::cli::devices::look;
use velkommen::devices::scanner::framing::{SCAN_BYTES_MAX, Suffix};
use velkommen::devices::{DeviceKind, DeviceState};
use velkommen::domain::code::CODE_BYTES_MAX;
use velkommen::domain::config::Config;

use crate::program::{nowhere, program};

/// How each kind is that the config chooses.
fn states(config: &str) -> Vec<(DeviceKind, String, DeviceState)> {
    let found = look(&equip::devices(&Config::parse(config).unwrap(), ""));
    assert!(found.iter().all(|status| status.fault.is_none() == matches!(status.state, DeviceState::Ready | DeviceState::Off)));
    found.into_iter().map(|status| (status.kind, status.name, status.state)).collect()
}

#[test]
fn what_nobody_chose_is_off() {
    let found = states("sound = { volume = 0 }");
    for kind in [DeviceKind::Scanner, DeviceKind::Printer, DeviceKind::Sound] {
        assert_eq!(found.iter().filter(|(found, ..)| *found == kind).collect::<Vec<_>>(), [&(kind, String::new(), DeviceState::Off)]);
    }
    assert_eq!(found.iter().filter(|(kind, ..)| *kind == DeviceKind::Speech).count(), 1);
}

#[test]
fn every_device_that_is_chosen_has_its_line() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    std::fs::write(&file, "").unwrap();
    let (missing, papers, inside_file) = (place.path().join("event3"), place.path().join("not/yet/there"), file.join("papers"));
    let chosen = format!(
        "scanners = [{{ device = {missing:?} }}, {{ device = {file:?} }}, {{ device = \"No such scanner\" }}]\nprinter = {{ folder = {papers:?} }}"
    );
    let found = states(&chosen);
    let of = |kind| found.iter().filter(|(found, ..)| *found == kind).map(|(_, name, state)| (name.as_str(), *state)).collect::<Vec<_>>();
    assert_eq!(
        of(DeviceKind::Scanner),
        [
            (missing.to_str().unwrap(), DeviceState::Absent),
            (file.to_str().unwrap(), DeviceState::Failed),
            ("No such scanner", DeviceState::Absent)
        ]
    );
    assert_eq!(of(DeviceKind::Printer), [(papers.to_str().unwrap(), DeviceState::Ready)]);
    assert!(!papers.exists(), "asking makes no folder");
    let found = states(&format!("printer = {{ folder = {inside_file:?} }}"));
    assert!(found.contains(&(DeviceKind::Printer, inside_file.display().to_string(), DeviceState::Failed)));
}

#[test]
fn a_scanner_is_read_as_the_config_says() {
    let config = Config::parse("scanners = [{ device = \"a\" }, { device = \"b\", suffix = \"tab\", gap_ms = 250 }]").unwrap();
    let read: Vec<_> = scanners(&config).into_iter().map(|choice| (choice.device, choice.suffix, choice.gap.as_millis())).collect();
    assert_eq!(read, [("a".to_owned(), Suffix::Enter, 100), ("b".to_owned(), Suffix::Tab, 250)]);
}

#[test]
fn a_scan_that_is_too_long_is_no_code() {
    assert_eq!(SCAN_BYTES_MAX, CODE_BYTES_MAX);
}

#[test]
fn the_command_needs_no_folder_and_makes_none() {
    let empty = nowhere();
    let lines = empty.json(&["devices"]).ends(0).lines();
    let by_kind: BTreeMap<_, _> = lines.iter().map(|line| (line["device"].as_str().unwrap(), line)).collect();
    for kind in ["scanner", "printer", "sound", "speech"] {
        let line = by_kind[kind].as_object().unwrap();
        assert_eq!(line.keys().map(String::as_str).collect::<Vec<_>>(), ["device", "fault", "name", "state"]);
    }
    assert_eq!((&by_kind["scanner"]["state"], &by_kind["scanner"]["fault"]), (&Value::from("off"), &Value::Null));
    assert!(!empty.folder().exists());
    assert!(empty.run(&["devices"]).ends(0).out.contains("Scanner: Not set up\n"));
}

#[test]
fn the_command_reads_the_config_of_the_folder() {
    let program = program();
    let config = program.folder().join("config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{text}\n[[scanners]]\ndevice = \"/dev/null/scanner\"\n")).unwrap();
    let lines = program.json(&["devices"]).ends(0).lines();
    let scanner = lines.iter().find(|line| line["device"] == "scanner").unwrap();
    assert_eq!((&scanner["name"], &scanner["state"]), (&Value::from("/dev/null/scanner"), &Value::from("failed")));
    assert!(program.run(&["devices"]).ends(0).out.contains("Scanner (/dev/null/scanner): Does not work ("));
    std::fs::write(&config, "moed = 1").unwrap();
    assert_eq!(program.json(&["devices"]).ends(3).line()["error"], "config");
}
