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
mod tests;
