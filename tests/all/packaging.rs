//! What is shipped beside the program: systemd understands the kiosk's unit, and the unit beats as the window does.

use std::io::Write;
use std::path::Path;
use std::process::Command;

const UNIT: &str = include_str!("../../packaging/velkommen.service");

fn setting(name: &str) -> &'static str {
    let prefix = format!("{name}=");
    UNIT.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn the_unit_waits_for_the_window_and_starts_it_again() {
    for (name, value) in [("Type", "notify"), ("NotifyAccess", "all"), ("Restart", "always"), ("StartLimitIntervalSec", "0")] {
        assert_eq!(setting(name), value);
    }
    let limit: u64 = setting("WatchdogSec").parse().unwrap();
    assert!(limit >= 2 * velkommen::devices::heartbeat::BEAT.as_secs(), "{limit} s");
}

/// Anybody could end it with 0, by closing the window.
#[test]
fn only_what_staff_closed_on_the_screen_stays_closed() {
    assert_eq!(setting("Restart"), "always");
    assert_eq!(setting("RestartPreventExitStatus"), velkommen::app::CLOSED_BY_STAFF.to_string());
}

#[test]
fn systemd_understands_the_unit() {
    let verify = |unit: &str| {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("velkommen.service");
        // What it starts need not be installed here.
        std::fs::write(&file, unit.replace("ExecStart=/usr/bin/cage", "ExecStart=/bin/true")).unwrap();
        let ran = Command::new("systemd-analyze").arg("verify").arg(&file).output().unwrap();
        ran.status.success() && ran.stderr.is_empty()
    };
    if !Path::new("/usr/bin/systemd-analyze").exists() {
        return std::io::stderr().write_all(b"\n*** SKIPPED: systemd-analyze is not installed ***\n").unwrap();
    }
    assert!(verify(UNIT));
    assert!(!verify(&UNIT.replace("Restart=always", "Restart=sometimes")), "a unit that is wrong is found");
}
