//! Scanners at the other end of a line.

use std::io::Write;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::*;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);
const GAP: Duration = Duration::from_millis(100);

/// The scanner's end of a line, and the path of ours.
fn line() -> (File, PathBuf) {
    let scanner = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&scanner).unwrap();
    unlockpt(&scanner).unwrap();
    let path = ptsname(&scanner, Vec::new()).unwrap().into_string().unwrap();
    rustix::io::ioctl_fionbio(&scanner, true).unwrap();
    (scanner.into(), path.into())
}

fn choice(device: impl AsRef<Path>) -> Choice {
    Choice { device: device.as_ref().to_str().unwrap().to_owned(), suffix: Suffix::Enter, gap: GAP }
}

fn listen(choices: Vec<Choice>) -> (Scanners, Receiver<Event>) {
    let (sender, events) = mpsc::channel();
    (Scanners::listen(choices, move |event| sender.send(event).unwrap()).unwrap(), events)
}

/// The next thing that happens: a scan as it is, a state by its name.
fn next(events: &Receiver<Event>) -> String {
    match events.recv_timeout(PATIENCE).unwrap() {
        Event::Scan(scan) => scan,
        Event::State(status) => format!("{:?}", status.state),
    }
}

#[test]
fn a_line_is_read_byte_by_byte_and_framed_by_suffix_and_gap() {
    let (mut scanner, path) = line();
    let (scanners, events) = listen(vec![choice(&path)]);
    assert_eq!(next(&events), "Ready");
    scanner.write_all(b"]Q2\\000026K7QM2NXP\r\n\x02second\x03\x1a\x1c\r").unwrap();
    assert_eq!([next(&events), next(&events)], ["K7QM2NXP", "second"]);
    scanner.write_all(b"without a suffix").unwrap();
    assert_eq!(next(&events), "without a suffix");
    scanner.write_all(&[b'x'; 3000]).unwrap();
    assert_eq!(next(&events).len(), framing::SCAN_BYTES_MAX + 1);
    let echo = std::io::Read::read(&mut scanner, &mut [0; 8]).unwrap_err();
    assert_eq!(echo.kind(), ErrorKind::WouldBlock, "a line answers nothing");
    drop(scanners);
    assert!(matches!(events.recv_timeout(PATIENCE), Err(RecvTimeoutError::Disconnected)), "its thread ends");
}

#[test]
fn a_scan_at_which_somebody_panics_is_not_the_last_one() {
    let (mut scanner, path) = line();
    let (sender, events) = mpsc::channel();
    let hear = move |event| match event {
        Event::Scan(scan) if scan == "FIRST" => panic!("at a scan"),
        event => sender.send(event).unwrap(),
    };
    let _scanners = Scanners::listen(vec![choice(&path)], hear).unwrap();
    assert_eq!(next(&events), "Ready");
    scanner.write_all(b"FIRST\rSECOND\r").unwrap();
    assert_eq!(next(&events), "SECOND");
}

#[test]
fn two_lines_at_once_do_not_mix() {
    let lines = [line(), line()];
    let (_scanners, events) = listen(lines.iter().map(|(_, path)| choice(path)).collect());
    assert_eq!([next(&events), next(&events)], ["Ready", "Ready"]);
    for (one, other) in b"ONE\r".iter().zip(b"TWO\r") {
        (&lines[0].0).write_all(&[*one]).unwrap();
        (&lines[1].0).write_all(&[*other]).unwrap();
    }
    let mut scans = [next(&events), next(&events)];
    scans.sort_unstable();
    assert_eq!(scans, ["ONE", "TWO"]);
}

#[test]
fn a_scanner_that_is_unplugged_is_read_again_when_it_is_back() {
    let place = tempfile::tempdir().unwrap();
    let device = place.path().join("scanner");
    let (_scanners, events) = listen(vec![Choice { gap: PATIENCE, ..choice(&device) }]);
    assert_eq!(next(&events), "Absent");
    for scan in ["FIRST", "SECOND"] {
        let (mut scanner, path) = line();
        std::os::unix::fs::symlink(path, &device).unwrap();
        assert_eq!(next(&events), "Ready");
        scanner.write_all(format!("{scan}\rHALF").as_bytes()).unwrap();
        assert_eq!(next(&events), scan);
        std::fs::remove_file(&device).unwrap();
        drop(scanner);
        assert_eq!(next(&events), "Absent", "and half a scan is none");
    }
    let later = events.recv_timeout(3 * WAIT_MIN);
    assert!(matches!(later, Err(RecvTimeoutError::Timeout)), "looked for again and again, said once");
}

#[test]
fn what_is_no_scanner_says_so() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    std::fs::write(&file, "K7QM2NXP\n").unwrap();
    let (_line, path) = line();
    for (device, open, seen) in [
        (Path::new("/dev/null"), DeviceState::Failed, DeviceState::Failed),
        (&file, DeviceState::Failed, DeviceState::Failed),
        (&place.path().join("nothing"), DeviceState::Absent, DeviceState::Absent),
        (Path::new("No such scanner"), DeviceState::Absent, DeviceState::Absent),
        (Path::new("ffff:ffff"), DeviceState::Absent, DeviceState::Absent),
        (&path, DeviceState::Ready, DeviceState::Ready),
    ] {
        let choice = choice(device);
        assert_eq!(choice.status(Port::open(&choice).err().as_ref()).state, open, "{device:?}");
        assert_eq!(look(&choice).state, seen, "{device:?}");
    }
}

#[test]
fn without_rights_the_fault_says_what_helps() {
    let status = |device: &str, error: Errno| choice(device).status(Some(&error.into()));
    for (device, group) in [("05e0:1200", "input"), ("/dev/input/event3", "input"), ("/dev/serial/by-id/usb-a", "dialout")] {
        let status = status(device, Errno::ACCESS);
        assert_eq!(status.state, DeviceState::NoRights);
        let fault = status.fault.unwrap();
        assert!(fault.contains(&format!("group {group},")) && fault.contains("60-velkommen-scanner.rules"), "{fault}");
    }
    assert_eq!(status("05e0:1200", Errno::BUSY).state, DeviceState::Busy);
    assert_eq!(status("05e0:1200", Errno::NODEV).state, DeviceState::Absent, "unplugged while it was read");
    assert_eq!(status("05e0:1200", Errno::IO).state, DeviceState::Failed);
}

#[test]
fn a_scanner_is_found_by_name_or_numbers_and_only_where_it_types() {
    let place = tempfile::tempdir().unwrap();
    // Bitmaps as a keyboard, a keyboard of a 32-bit kernel, the buttons and the one key of a scanner, and a power button have them.
    let keyboard = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe";
    for (input, name, usb, keys) in [
        ("event3", "Symbol Bar Code Scanner", "05e0:1200", keyboard),
        ("event12", "Symbol Bar Code Scanner", "05E0:1200", "7 ff800000 7ff fffffffe"),
        ("event4", "Symbol Bar Code Scanner", "05e0:1200", "3eff00000000 0 0 0"),
        ("event7", "Symbol Bar Code Scanner", "05e0:1200", "4"),
        ("event5", "Power Button", "0000:0001", "10000000000000 0"),
        ("mouse0", "Symbol Bar Code Scanner", "05e0:1200", keyboard),
        ("event6", "Keyboard", "046d:c31c", keyboard),
    ] {
        let device = place.path().join(input).join("device");
        let (vendor, product) = usb.split_once(':').unwrap();
        for (fact, value) in [("name", name), ("id/vendor", vendor), ("id/product", product), ("capabilities/key", keys)] {
            std::fs::create_dir_all(device.join(fact).parent().unwrap()).unwrap();
            std::fs::write(device.join(fact), format!("{value}\n")).unwrap();
        }
    }
    let list = |device: &str| choice(device).list_inputs(place.path());
    let both = [PathBuf::from("/dev/input/event3"), PathBuf::from("/dev/input/event12")];
    assert_eq!([list("05e0:1200"), list("05E0:1200"), list("Symbol Bar Code Scanner")], [&both; 3]);
    assert!(list("Symbol").is_empty() && list("0000:0001").is_empty());
    let lines = tempfile::tempdir().unwrap();
    std::fs::write(lines.path().join("usb-Honeywell_1470g-if00"), "").unwrap();
    let all: Vec<String> = list_in(place.path(), lines.path()).into_iter().map(|found| found.name).collect();
    assert_eq!(all, ["Symbol Bar Code Scanner", "Keyboard", "Symbol Bar Code Scanner", "usb-Honeywell_1470g-if00"]);
    // Each is tried until one can be had; where none can, the last one says why.
    let attempt = |path: &Path| if path.ends_with("event3") { Err(Errno::BUSY.into()) } else { Ok(path.to_owned()) };
    assert_eq!(choice("05e0:1200").first_of(place.path(), attempt).unwrap(), both[1]);
    let none: io::Result<()> = choice("05e0:1200").first_of(place.path(), |_| Err(Errno::BUSY.into()));
    assert_eq!(none.unwrap_err().kind(), ErrorKind::ResourceBusy);
    assert_eq!(choice("05e0:9999").status(Some(&unplugged())).fault.as_deref(), Some("not plugged in"));
}
