//! Scanners, each read on a thread of its own: such as type, over evdev, and such on a serial line.

use std::fs::File;
use std::io::{self, ErrorKind, PipeReader, PipeWriter};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, UNIX_EPOCH};

use evdev::raw_stream::RawDevice;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Access, Mode, OFlags, major, minor};
use rustix::io::Errno;
use rustix::termios::{self, ControlModes, OptionalActions, QueueSelector};

use super::guard::{guarded, start};
use super::status::{Candidate, DeviceKind, DeviceState, DeviceStatus};
use framing::{Framer, KeyEvent, Suffix, Wedge};

pub mod framing;

/// A scanner that this desk uses.
#[derive(Clone, Debug)]
pub struct Choice {
    /// A path, such as `/dev/input/by-id/…` or `/dev/ttyACM0`; or of one that types its USB numbers, `05e0:1200`, or its
    /// name.
    pub device: String,
    pub suffix: Suffix,
    /// The shortest pause between two scans.
    pub gap: Duration,
}

/// What scanners have to say.
pub enum Event {
    /// A code was read. More than [`framing::SCAN_BYTES_MAX`] bytes are no code. A code opens a visit, so no log shows it.
    Scan(String),
    /// A scanner is ready, or is no longer, or cannot be had.
    State(DeviceStatus),
}

/// Scanners that are read for as long as this lives.
pub struct Scanners {
    _stop: PipeWriter,
}

impl Scanners {
    /// Reads these scanners. One that is gone is looked for until it is back.
    ///
    /// `hear` is called on the scanners' threads. It hears of a state when that begins, and of a scanner for which there
    /// is no thread.
    ///
    /// **Errors** no pipe could be had.
    pub fn listen(choices: Vec<Choice>, hear: impl Fn(Event) + Clone + Send + 'static) -> io::Result<Scanners> {
        let (stopped, stop) = io::pipe()?;
        for choice in choices {
            let (stopped, hear) = (stopped.try_clone()?, hear.clone());
            let mut listener = Listener { choice: choice.clone(), stopped, hear: hear.clone(), said: None };
            if let Err(error) = start("scanner", move || listener.run()) {
                hear(Event::State(choice.status(Some(&error))));
            }
        }
        Ok(Scanners { _stop: stop })
    }
}

/// How a scanner is, seen from outside: nothing is opened, so a kiosk that reads it is not disturbed.
pub fn look(choice: &Choice) -> DeviceStatus {
    let see = |path: &Path| {
        rustix::fs::access(path, Access::READ_OK)?;
        let file = std::fs::metadata(path)?;
        let number = format!("/sys/dev/char/{}:{}/subsystem", major(file.rdev()), minor(file.rdev()));
        let subsystem = std::fs::read_link(number).unwrap_or_default();
        // A line to a program, as in tests, is of no subsystem.
        let may_be = subsystem.as_os_str().is_empty() || ["input", "tty"].iter().any(|known| subsystem.ends_with(known));
        if file.file_type().is_char_device() && may_be { Ok(()) } else { Err(no_scanner()) }
    };
    choice.status(choice.first_of(Path::new(INPUTS), see).err().as_ref())
}

/// What can be chosen on this machine: whatever types, keyboards too, and serial lines that are plugged in.
pub fn list() -> Vec<Candidate> {
    list_in(Path::new(INPUTS), Path::new(LINES))
}

fn list_in(inputs: &Path, lines: &Path) -> Vec<Candidate> {
    let mut found: Vec<Candidate> =
        list_typers(inputs).into_iter().map(|typer| Candidate { address: typer.usb, name: typer.name }).collect();
    let mut lines: Vec<PathBuf> = std::fs::read_dir(lines).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
    lines.sort_unstable();
    found.extend(
        lines
            .iter()
            .filter_map(|line| Some(Candidate { address: line.to_str()?.to_owned(), name: line.file_name()?.to_str()?.to_owned() })),
    );
    found.dedup();
    found
}

/// Where serial lines have lasting names.
const LINES: &str = "/dev/serial/by-id";
/// Where the kernel tells of input devices, to everybody.
const INPUTS: &str = "/sys/class/input";
/// How long until a scanner that is gone is looked for again, at first and at last.
const WAIT_MIN: Duration = Duration::from_millis(250);
const WAIT_MAX: Duration = Duration::from_secs(4);

fn unplugged() -> io::Error {
    ErrorKind::NotFound.into()
}

fn no_scanner() -> io::Error {
    io::Error::other("neither an input device nor a serial line")
}

impl Choice {
    /// Tries the devices that are meant until one succeeds. Of two of the same make the second choice finds the first busy.
    ///
    /// **Errors** that of the last one tried.
    fn first_of<T>(&self, inputs: &Path, attempt: impl Fn(&Path) -> io::Result<T>) -> io::Result<T> {
        let meant = if self.device.starts_with('/') { vec![PathBuf::from(&self.device)] } else { self.list_inputs(inputs) };
        let mut last = unplugged();
        for path in meant {
            match attempt(&path) {
                Ok(found) => return Ok(found),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// The input devices that have this name or these USB numbers and letters to type: a scanner may also have buttons.
    fn list_inputs(&self, inputs: &Path) -> Vec<PathBuf> {
        let is_meant = |typer: &Typer| typer.name == self.device || typer.usb.eq_ignore_ascii_case(&self.device);
        let meant = list_typers(inputs).into_iter().filter(is_meant);
        meant.map(|typer| PathBuf::from(format!("/dev/input/event{}", typer.number))).collect()
    }

    fn status(&self, error: Option<&io::Error>) -> DeviceStatus {
        let Some(error) = error else { return DeviceStatus::ready(DeviceKind::Scanner, &self.device) };
        let mut status = DeviceStatus::failed(DeviceKind::Scanner, &self.device, error);
        match status.state {
            DeviceState::Absent => status.fault = Some("not plugged in".to_owned()),
            DeviceState::NoRights => {
                let is_line = ["/dev/tty", "/dev/serial"].iter().any(|start| self.device.starts_with(start));
                let group = if is_line { "dialout" } else { "input" };
                let hint = format!("add the kiosk's account to the group {group}, or install 60-velkommen-scanner.rules");
                status.fault = Some(format!("{error}: {hint}"));
            }
            _ => {}
        }
        status
    }
}

/// An input device that types: a scanner, or a keyboard.
struct Typer {
    number: u32,
    name: String,
    /// `05e0:1200`
    usb: String,
}

/// Those with letters to type, in the kernel's order.
fn list_typers(inputs: &Path) -> Vec<Typer> {
    let typer = |entry: io::Result<std::fs::DirEntry>| {
        let input = entry.ok()?.path();
        let fact = |name: &str| std::fs::read_to_string(input.join("device").join(name)).unwrap_or_default().trim().to_owned();
        let number = input.file_name()?.to_str()?.strip_prefix("event")?.parse().ok()?;
        let usb = format!("{}:{}", fact("id/vendor"), fact("id/product"));
        has_letters(&fact("capabilities/key")).then(|| Typer { number, name: fact("name"), usb })
    };
    let mut typers: Vec<Typer> = std::fs::read_dir(inputs).into_iter().flatten().filter_map(typer).collect();
    typers.sort_unstable_by_key(|typer| typer.number);
    typers
}

/// Whether a device has the keys 1 and A, by the kernel's bitmap: words in hexadecimal, the lowest one last.
fn has_letters(bitmap: &str) -> bool {
    const KEYS: u64 = 1 << 2 | 1 << 30;
    bitmap.split_whitespace().last().and_then(|word| u64::from_str_radix(word, 16).ok()).is_some_and(|word| word & KEYS == KEYS)
}

/// Who reads one scanner.
struct Listener<H> {
    choice: Choice,
    /// Hangs up when nobody listens any more.
    stopped: PipeReader,
    hear: H,
    said: Option<DeviceStatus>,
}

impl<H: Fn(Event)> Listener<H> {
    fn run(&mut self) {
        let mut wait = WAIT_MIN;
        loop {
            let error = match attempt(|| Port::open(&self.choice)) {
                Ok(port) => {
                    self.note(None);
                    wait = WAIT_MIN;
                    match attempt(|| self.read(port)) {
                        Ok(()) => return,
                        Err(error) => error,
                    }
                }
                Err(error) => error,
            };
            self.note(Some(&error));
            // A pipe in which nothing is ever written is ready when its other end is gone.
            if self.is_stopped(wait) {
                return;
            }
            wait = (wait * 2).min(WAIT_MAX);
        }
    }

    /// Reads until nobody listens any more.
    ///
    /// **Errors** the scanner can be read no more.
    fn read(&self, mut port: Port) -> io::Result<()> {
        let started = Instant::now();
        loop {
            let patience = (!port.framer().is_at_rest()).then(|| timespec(port.framer().gap()));
            let mut waiting = [PollFd::new(&port, PollFlags::IN), PollFd::new(&self.stopped, PollFlags::IN)];
            match poll(&mut waiting, patience.as_ref()) {
                Ok(0) => port.framer().pause().into_iter().for_each(|scan| self.tell(Event::Scan(scan))),
                Ok(_) if !waiting[1].revents().is_empty() => return Ok(()),
                Ok(_) => port.read(started, |scan| self.tell(Event::Scan(scan)))?,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Whoever hears of it may panic; the next scan is read all the same.
    fn tell(&self, event: Event) {
        guarded("scanner", || (self.hear)(event));
    }

    fn is_stopped(&self, patience: Duration) -> bool {
        let mut waiting = [PollFd::new(&self.stopped, PollFlags::IN)];
        poll(&mut waiting, Some(&timespec(patience))).is_ok_and(|ready| ready > 0)
    }

    fn note(&mut self, error: Option<&io::Error>) {
        let status = self.choice.status(error);
        if self.said.as_ref() == Some(&status) {
            return;
        }
        match &status.fault {
            None => tracing::info!(device = status.name, "the scanner is ready"),
            Some(fault) => tracing::warn!(device = status.name, fault, "no scanner"),
        }
        self.said = Some(status.clone());
        self.tell(Event::State(status));
    }
}

/// What panics at a device is a fault of the device.
fn attempt<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    guarded("scanner", work).unwrap_or_else(|| Err(io::Error::other("what it sends cannot be read")))
}

fn timespec(duration: Duration) -> Timespec {
    Timespec { tv_sec: duration.as_secs() as i64, tv_nsec: duration.subsec_nanos().into() }
}

/// An open scanner.
enum Port {
    /// It types, for us alone.
    Keys(Box<RawDevice>, Wedge),
    Line(File, Framer),
}

impl Port {
    fn open(choice: &Choice) -> io::Result<Port> {
        choice.first_of(Path::new(INPUTS), |path| {
            let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
            let file = rustix::fs::open(path, flags, Mode::empty())?;
            let framer = Framer::new(choice.suffix, choice.gap);
            if termios::isatty(&file) { Port::line(file, framer) } else { Port::keys(file, framer) }
        })
    }

    fn keys(file: OwnedFd, framer: Framer) -> io::Result<Port> {
        let mut device = RawDevice::from_fd(file).map_err(|error| match Errno::from_io_error(&error) {
            Some(Errno::NOTTY | Errno::INVAL) => no_scanner(),
            _ => error,
        })?;
        device.grab()?;
        Ok(Port::Keys(Box::new(device), Wedge::new(framer)))
    }

    /// Bytes as they come, without the echoes and signals of a terminal, whether or not there is a carrier.
    fn line(file: OwnedFd, framer: Framer) -> io::Result<Port> {
        termios::ioctl_tiocexcl(&file)?;
        let mut modes = termios::tcgetattr(&file)?;
        modes.make_raw();
        modes.control_modes |= ControlModes::CLOCAL | ControlModes::CREAD;
        termios::tcsetattr(&file, OptionalActions::Now, &modes)?;
        // What was scanned while nobody listened is too late.
        termios::tcflush(&file, QueueSelector::IFlush)?;
        Ok(Port::Line(file.into(), framer))
    }

    fn framer(&mut self) -> &mut Framer {
        match self {
            Port::Keys(_, wedge) => wedge.framer(),
            Port::Line(_, framer) => framer,
        }
    }

    /// Reads what is there. `started` is where a line's time counts from.
    fn read(&mut self, started: Instant, scanned: impl FnMut(String)) -> io::Result<()> {
        match self {
            Port::Keys(device, wedge) => {
                // The kernel's time: a kiosk that was busy reads late.
                let scans = device.fetch_events().map(|events| {
                    events.filter_map(|event| {
                        let at = event.timestamp().duration_since(UNIX_EPOCH).unwrap_or_default();
                        wedge.take(at, KeyEvent { kind: event.event_type().0, code: event.code(), value: event.value() })
                    })
                });
                scans.map(|scans| scans.for_each(scanned)).or_else(unless_empty)
            }
            Port::Line(file, framer) => {
                let mut bytes = [0; 512];
                match rustix::io::read(&*file, &mut bytes) {
                    // An unplugged line ends.
                    Ok(0) => Err(unplugged()),
                    Ok(count) => {
                        let at = started.elapsed();
                        bytes[..count].iter().filter_map(|byte| framer.take(at, *byte)).for_each(scanned);
                        Ok(())
                    }
                    Err(error) => unless_empty(error.into()),
                }
            }
        }
    }
}

/// That there is nothing to read yet is no error.
fn unless_empty(error: io::Error) -> io::Result<()> {
    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) { Ok(()) } else { Err(error) }
}

impl AsFd for Port {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Port::Keys(device, _) => device.as_fd(),
            Port::Line(file, _) => file.as_fd(),
        }
    }
}

#[cfg(test)]
mod tests {
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
}
