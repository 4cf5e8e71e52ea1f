//! The program itself, from outside: how soon its first picture is whole, what it weighs, and what it does while nobody is there.
//!
//! It opens on an X server without a screen, which keeps the pixels in a file: Xvfb with `-fbdir`. Nothing is asked of the
//! program: it is touched and typed to, and looked at.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use velkommen::desk::change_settings::Settings;
use velkommen::desk::set_up::{SetUp, SetUpOutcome, set_up};
use velkommen::domain::access::Actor;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, InputFocus, MapState};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

use super::{Figures, MANY, Outcome, Unit, import_all, micros, percentile};
use crate::given::{Draw, Ground, People};

/// Starts that are counted; one before them warms the caches.
const STARTS: usize = 9;
/// Nothing more is drawn for so long: the picture before it was whole.
const STILL: Duration = Duration::from_secs(3);
/// How long the program may take until it rests: it reads each page of the file once.
const REST_AFTER: Duration = Duration::from_secs(20);
const IDLE: Duration = Duration::from_secs(60);

const STAFF_SECRET: &str = "314159";

pub fn program(figures: &mut Figures, people: &People, is_wanted: &impl Fn(&str) -> bool) -> Outcome {
    let Some(file) = option_env!("CARGO_BIN_EXE_velkommen") else {
        eprintln!("!!! There is no program beside this bench: start, memory, idle and binary are left out.");
        return Ok(());
    };
    if is_wanted("binary") {
        figures.amount("stripped binary", Unit::Megabytes, stripped_megabytes(figures, file)?, 40.0);
    }
    if !["start", "memory", "idle", "touch", "scroll"].into_iter().any(is_wanted) {
        return Ok(());
    }
    let mut ground = Ground::new(&figures.place)?;
    let table = people.table(MANY, &mut Draw(6))?;
    import_all(&mut ground, table)?;
    let settings = Settings {
        organisation: "Lærkehøj".to_owned(),
        address: "Markvej 1, 8000 Aarhus C".to_owned(),
        contact: "privatliv@example.org".to_owned(),
        closes_at: "18:00".to_owned(),
    };
    // Until then Setup is what opens.
    let SetUpOutcome::Done(_) =
        set_up(&mut ground.desk, &Actor::Public, &SetUp { settings, name: "Ida Holm".to_owned(), secret: STAFF_SECRET.to_owned() })?
    else {
        return Err("the desk is not set up".into());
    };
    // The program has the folder alone.
    let Ground { place, desk, .. } = ground;
    let folder = desk.folder().path().to_owned();
    drop(desk);

    let screen = Screen::new(place.path())?;
    if is_wanted("start") {
        let mut times = Vec::new();
        for number in 0..=STARTS {
            let time = screen.first_picture(file, &folder)?;
            if number > 0 {
                times.push(time);
            }
        }
        figures.amount(
            "start to first complete frame, 100,000 participants, warm",
            Unit::Micros,
            micros(percentile(&mut times, 50)),
            150e3,
        );
    }
    if is_wanted("memory") || is_wanted("idle") {
        let running = screen.open(file, &folder)?;
        std::thread::sleep(REST_AFTER);
        figures.amount("memory, idle with 100,000 participants", Unit::Megabytes, running.megabytes()?, 60.0);
        if is_wanted("idle") {
            let before = running.seconds_of_a_core()?;
            std::thread::sleep(IDLE);
            let share = (running.seconds_of_a_core()? - before) / IDLE.as_secs_f64();
            figures.amount("processor over 60 s on the start page", Unit::Percent, 100.0 * share, 0.1);
        }
    }
    if is_wanted("touch") || is_wanted("scroll") {
        let running = screen.open(file, &folder)?;
        std::thread::sleep(REST_AFTER);
        let hand = Hand::at(&screen)?;
        let mut touches = Vec::new();
        for _ in 0..TOUCHES {
            touches.push(hand.touch(&screen, SIGN_IN_TILE)?);
        }
        figures.amount("touch to changed pixels, p99", Unit::Micros, micros(percentile(&mut touches, 99)), 33e3);
        if is_wanted("scroll") {
            let mut frames = hand.scroll_participants(&screen)?;
            figures.amount(
                "from picture to picture, scrolling 100,000 participants, slowest",
                Unit::Micros,
                micros(percentile(&mut frames, 100)),
                33e3,
            );
        }
        drop(running);
    }
    Ok(())
}

/// Where the first tile of the first page is, at 1080 × 1920.
const SIGN_IN_TILE: (i16, i16) = (500, 1000);
const TOUCHES: usize = 100;
/// The rail and the first event, at 1080 × 1920.
const WAY_TO_THE_TABLE: [(i16, i16); 2] = [(616, 155), (540, 420)];
/// Lines of pixels through what a row of the table says, and through "1 to 10 of 100,000" under it.
const NAMES_OF_A_ROW: i16 = 938;
const NUMBERS_OF_THE_ROWS: i16 = 1684;
/// How long the wheel turns.
const TURNING: Duration = Duration::from_secs(10);
/// From one turn of the wheel to the next: each picture of a display has something new to show, so that none is left out
/// for want of it.
const TURN: Duration = Duration::from_micros(8_333);
const DISPLAY_FRAME: Duration = Duration::from_micros(16_667);
/// As long as a page takes to open.
const OPENS: Duration = Duration::from_millis(1200);

/// A finger and a keyboard.
struct Hand {
    display: RustConnection,
    root: u32,
}

const KEY_PRESS: u8 = 2;
const BUTTON_PRESS: u8 = 4;
const MOTION: u8 = 6;
const WHEEL_DOWN: u8 = 5;

impl Hand {
    fn at(screen: &Screen) -> Outcome<Hand> {
        let (display, number) = x11rb::connect(Some(&screen.display))?;
        let root = display.setup().roots[number].root;
        // Nobody manages windows here, so nobody else gives the keys to the program.
        for window in display.query_tree(root)?.reply()?.children {
            if display.get_window_attributes(window)?.reply()?.map_state == MapState::VIEWABLE {
                display.set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME)?.check()?;
            }
        }
        Ok(Hand { display, root })
    }

    fn send(&self, kind: u8, detail: u8, (x, y): (i16, i16)) -> Outcome {
        self.display.xtest_fake_input(kind, detail, 0, self.root, x, y, 0)?.check()?;
        Ok(())
    }

    /// Puts a finger down, waits for other pixels there, and takes it away without pressing.
    fn touch(&self, screen: &Screen, at: (i16, i16)) -> Outcome<Duration> {
        self.send(MOTION, 0, at)?;
        std::thread::sleep(Duration::from_millis(150));
        let before = screen.row(at.1)?;
        let started = Instant::now();
        self.send(BUTTON_PRESS, 1, at)?;
        let time = changed(started, || Ok(screen.row(at.1)? != before))?;
        self.send(MOTION, 0, (5, 5))?;
        self.send(BUTTON_PRESS + 1, 1, (5, 5))?;
        std::thread::sleep(Duration::from_millis(250));
        Ok(time)
    }

    fn tap(&self, at: (i16, i16)) -> Outcome {
        self.send(MOTION, 0, at)?;
        self.send(BUTTON_PRESS, 1, at)?;
        self.send(BUTTON_PRESS + 1, 1, at)?;
        std::thread::sleep(OPENS);
        Ok(())
    }

    fn key(&self, symbol: u32) -> Outcome {
        let setup = self.display.setup();
        let mapping = self.display.get_keyboard_mapping(setup.min_keycode, setup.max_keycode - setup.min_keycode + 1)?.reply()?;
        let index = mapping.keysyms.iter().position(|found| *found == symbol).ok_or("no such key")?;
        let code = setup.min_keycode + (index / usize::from(mapping.keysyms_per_keycode)) as u8;
        self.send(KEY_PRESS, code, (0, 0))?;
        self.send(KEY_PRESS + 1, code, (0, 0))?;
        std::thread::sleep(Duration::from_millis(60));
        Ok(())
    }

    /// Unlocks, opens the event and its table, and turns the wheel over it without a pause: the time from each picture to
    /// the next.
    fn scroll_participants(&self, screen: &Screen) -> Outcome<Vec<Duration>> {
        const RETURN: u32 = 0xFF0D;
        const TAB: u32 = 0xFF09;
        self.tap((100, 100))?;
        for letter in "ida holm".bytes() {
            self.key(letter.into())?;
        }
        self.key(TAB)?;
        for digit in STAFF_SECRET.bytes() {
            self.key(digit.into())?;
        }
        self.key(RETURN)?;
        std::thread::sleep(3 * OPENS);
        for at in WAY_TO_THE_TABLE {
            self.tap(at)?;
        }
        let table = (540, NAMES_OF_A_ROW);
        // The numbers of the rows change with every turn; a name may stand above the same name.
        let seen = || Outcome::Ok([screen.row(table.1)?, screen.row(NUMBERS_OF_THE_ROWS)?]);
        self.send(MOTION, 0, table)?;
        std::thread::sleep(OPENS);
        let (mut frames, mut last) = (Vec::new(), None);
        let (started, mut before, mut turns) = (Instant::now(), seen()?, 0);
        while started.elapsed() < TURNING {
            if started.elapsed() >= TURN * turns {
                self.display.xtest_fake_input(BUTTON_PRESS, WHEEL_DOWN, 0, self.root, table.0, table.1, 0)?;
                self.display.xtest_fake_input(BUTTON_PRESS + 1, WHEEL_DOWN, 0, self.root, table.0, table.1, 0)?;
                self.display.flush()?;
                turns += 1;
            }
            let now = seen()?;
            if now != before {
                before = now;
                let since: Duration = last.replace(Instant::now()).map_or(Duration::ZERO, |last: Instant| last.elapsed());
                // One picture comes in parts.
                if since > DISPLAY_FRAME / 4 {
                    frames.push(since);
                }
            }
            std::thread::sleep(Duration::from_micros(300));
        }
        if frames.len() < 100 {
            return Err("the table does not scroll".into());
        }
        Ok(frames)
    }
}

/// The time until something is so.
fn changed(started: Instant, is_so: impl Fn() -> Outcome<bool>) -> Outcome<Duration> {
    while !is_so()? {
        if started.elapsed() > STILL {
            return Err("the program shows nothing new".into());
        }
    }
    Ok(started.elapsed())
}

fn stripped_megabytes(figures: &Figures, file: &str) -> Outcome<f64> {
    let stripped = figures.place.join("stripped");
    let strip = Command::new("strip").arg("--strip-all").arg("-o").arg(&stripped).arg(file).status()?;
    if !strip.success() {
        return Err("the program cannot be stripped".into());
    }
    Ok(std::fs::metadata(stripped)?.len() as f64 / 1e6)
}

/// An X server without a screen.
struct Screen {
    server: Child,
    display: String,
    pixels: File,
    /// What stands before the pixels.
    header: usize,
    _place: TempDir,
}

/// The bytes of a row of pixels, and how many rows there are.
const ROW: usize = 1080 * 4;
const ROWS: usize = 1920;

impl Screen {
    fn new(beside: &Path) -> Outcome<Screen> {
        let place = tempfile::tempdir_in(beside)?;
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1080x1920x24", "-nolisten", "tcp", "-noreset", "-fbdir"])
            .arg(place.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("Xvfb does not start: {error}"))?;
        let mut display = String::new();
        BufReader::new(server.stdout.take().ok_or("Xvfb says nothing")?).read_line(&mut display)?;
        let pixels = File::open(place.path().join("Xvfb_screen0"))?;
        let header = pixels.metadata()?.len() as usize - ROW * ROWS;
        Ok(Screen { server, display: format!(":{}", display.trim()), pixels, header, _place: place })
    }

    fn open(&self, program: &str, folder: &Path) -> Outcome<Running> {
        let mut command = Command::new(program);
        command.arg("--data").arg(folder).env("DISPLAY", &self.display).env_remove("WAYLAND_DISPLAY");
        Ok(Running(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?))
    }

    /// From the start of the program to the first moment at which the screen shows what it goes on showing.
    fn first_picture(&self, program: &str, folder: &Path) -> Outcome<Duration> {
        let started = Instant::now();
        let mut running = self.open(program, folder)?;
        let mut pictures = vec![(Duration::ZERO, self.picture()?)];
        loop {
            std::thread::sleep(Duration::from_millis(1));
            let at = started.elapsed();
            let picture = self.picture()?;
            let (last_at, last) = pictures.last().ok_or("there is a first picture")?;
            if *last != picture {
                pictures.push((at, picture));
            } else if pictures.len() > 1 && at - *last_at > STILL {
                break;
            } else if at > 10 * STILL || running.0.try_wait()?.is_some() {
                return Err("the program shows nothing".into());
            }
        }
        let (_, whole) = pictures.last().ok_or("there is a last picture")?;
        let first = pictures.iter().find(|(_, picture)| picture == whole).ok_or("it is among them")?;
        Ok(first.0)
    }

    /// Where a row of pixels lies in the picture.
    fn range(&self, y: i16) -> std::ops::Range<usize> {
        let start = self.header + y as usize * ROW;
        start..start + ROW
    }

    /// One row of pixels, which is soon read.
    fn row(&self, y: i16) -> Outcome<Vec<u8>> {
        let mut bytes = vec![0; ROW];
        self.pixels.read_exact_at(&mut bytes, self.range(y).start as u64)?;
        Ok(bytes)
    }

    /// Every pixel of the screen; before the window opens a black one.
    fn picture(&self) -> Outcome<Vec<u8>> {
        let mut bytes = vec![0; self.pixels.metadata()?.len() as usize];
        self.pixels.read_exact_at(&mut bytes, 0)?;
        Ok(bytes)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

/// The program with its window open.
struct Running(Child);

impl Running {
    fn proc(&self, file: &str) -> PathBuf {
        Path::new("/proc").join(self.0.id().to_string()).join(file)
    }

    /// What of the memory is its own, and its part of what it shares.
    fn megabytes(&self) -> Outcome<f64> {
        let rollup = std::fs::read_to_string(self.proc("smaps_rollup"))?;
        let pss = rollup.lines().find_map(|line| line.strip_prefix("Pss:")?.trim().strip_suffix(" kB"));
        Ok(pss.ok_or("no PSS")?.trim().parse::<f64>()? * 1024.0 / 1e6)
    }

    /// Of all its threads, their own time and the kernel's for them.
    fn seconds_of_a_core(&self) -> Outcome<f64> {
        let mut nanos = 0.0;
        for thread in std::fs::read_dir(self.proc("task"))? {
            let times = std::fs::read_to_string(thread?.path().join("schedstat"))?;
            nanos += times.split(' ').next().ok_or("no time")?.parse::<f64>()?;
        }
        Ok(nanos / 1e9)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
