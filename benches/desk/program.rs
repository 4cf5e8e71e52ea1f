//! The program itself, from outside: how soon its first picture is whole, what it weighs, and what it does while nobody is there.
//!
//! It opens on an X server without a screen, which keeps the pixels in a file: Xvfb with `-fbdir`. Nothing is asked of the program.

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

use super::{Draw, Figures, Ground, MANY, Outcome, People, Unit, import_all, micros, percentile};

/// Starts that are counted; one before them warms the caches.
const STARTS: usize = 9;
/// Nothing more is drawn for so long: the picture before it was whole.
const STILL: Duration = Duration::from_secs(3);
/// How long the program may take until it rests: it reads each page of the file once.
const REST_AFTER: Duration = Duration::from_secs(20);
const IDLE: Duration = Duration::from_secs(60);

pub fn program(figures: &mut Figures, people: &People, is_wanted: &impl Fn(&str) -> bool) -> Outcome {
    let Some(file) = option_env!("CARGO_BIN_EXE_velkommen") else {
        eprintln!("!!! There is no program beside this bench: start, memory, idle and binary are left out.");
        return Ok(());
    };
    if is_wanted("binary") {
        figures.amount("stripped binary", Unit::Megabytes, stripped_megabytes(figures, file)?, 40.0);
    }
    if !["start", "memory", "idle"].into_iter().any(is_wanted) {
        return Ok(());
    }
    let mut ground = Ground::new(figures)?;
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
        set_up(&mut ground.desk, &Actor::Public, &SetUp { settings, name: "Ida Holm".to_owned(), secret: "314159265".to_owned() })?
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
            350e3,
        );
    }
    if is_wanted("memory") || is_wanted("idle") {
        let running = screen.open(file, &folder)?;
        std::thread::sleep(REST_AFTER);
        figures.amount("memory, idle with 100,000 participants", Unit::Megabytes, running.megabytes()?, 110.0);
        if is_wanted("idle") {
            let before = running.seconds_of_a_core()?;
            std::thread::sleep(IDLE);
            let share = (running.seconds_of_a_core()? - before) / IDLE.as_secs_f64();
            figures.amount("processor over 60 s on the start page", Unit::Percent, 100.0 * share, 0.2);
        }
    }
    Ok(())
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
    _place: TempDir,
}

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
        Ok(Screen { server, display: format!(":{}", display.trim()), pixels, _place: place })
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
