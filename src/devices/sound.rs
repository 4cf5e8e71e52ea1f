//! Sounds: one short chime per outcome, made from sines and played on a thread of its own. Nobody waits for one, and
//! a machine that cannot play any is silent.

use std::f64::consts::TAU;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use rustix::fs::{MemfdFlags, memfd_create};

use super::guard::{guarded, start};
use super::programs::find_program;
use super::status::{DeviceKind, DeviceStatus};

/// Samples a second, one channel of 16 bits.
pub const RATE: u32 = 48_000;

/// What a sound says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Chime {
    /// Somebody may come in: three notes that rise.
    Welcome,
    /// In already: one note, twice.
    AlreadyInside,
    /// The doors are not open yet: up and back again.
    TooEarly,
    /// Every other answer: two low notes that fall.
    SeeDesk,
    /// Somebody leaves: two high notes that fall.
    Goodbye,
}

impl Chime {
    pub const ALL: [Chime; 5] = [Chime::Welcome, Chime::AlreadyInside, Chime::TooEarly, Chime::SeeDesk, Chime::Goodbye];

    /// Also the name of its file.
    pub fn word(self) -> &'static str {
        match self {
            Chime::Welcome => "welcome",
            Chime::AlreadyInside => "already-inside",
            Chime::TooEarly => "too-early",
            Chime::SeeDesk => "see-desk",
            Chime::Goodbye => "goodbye",
        }
    }

    /// When each note begins, in seconds, and its pitch in hertz.
    fn notes(self) -> &'static [(f64, f64)] {
        match self {
            Chime::Welcome => &[(0.0, C5), (0.11, E5), (0.22, G5)],
            Chime::AlreadyInside => &[(0.0, E5), (0.17, E5)],
            Chime::TooEarly => &[(0.0, D5), (0.13, F5), (0.26, D5)],
            Chime::SeeDesk => &[(0.0, A4), (0.18, F4)],
            Chime::Goodbye => &[(0.0, G5), (0.16, C5)],
        }
    }
}

const F4: f64 = 349.23;
const A4: f64 = 440.0;
const C5: f64 = 523.25;
const D5: f64 = 587.33;
const E5: f64 = 659.26;
const F5: f64 = 698.46;
const G5: f64 = 783.99;

/// Everything has died away by then.
const SECONDS: f64 = 0.56;
/// A note comes in over this long, so that it does not click.
const ATTACK: f64 = 0.012;
/// A note falls to a third in this long.
const DECAY: f64 = 0.11;
/// The end fades to nothing over this long.
const RELEASE: f64 = 0.06;
/// The partials of a note: how many times its pitch, and how loud. The higher ones die away sooner.
const PARTIALS: [(f64, f64); 3] = [(1.0, 1.0), (2.0, 0.22), (3.0, 0.06)];
/// How loud a note at 1 kHz is at full volume, of 1. No chime comes near -9 dB of the most there is.
const LEVEL: f64 = 0.16;

/// The samples of a chime. Volume is from 0 (silence) to 100, more counts as 100.
///
/// **Shape** 0.56 s at [`RATE`]; begins and ends at 0, and stays below -9 dBFS.
pub fn samples(chime: Chime, volume: u8) -> Vec<i16> {
    // Ears hear in proportion: half the number sounds about half as loud.
    let gain = (f64::from(volume.min(100)) / 100.0).powi(2) * f64::from(i16::MAX);
    let count = (SECONDS * f64::from(RATE)) as usize;
    let sample = |index: usize| {
        let at = index as f64 / f64::from(RATE);
        let sound: f64 = chime.notes().iter().filter(|(begins, _)| at >= *begins).map(|(begins, pitch)| note(at - begins, *pitch)).sum();
        let left = (count - 1 - index) as f64 / f64::from(RATE);
        (sound * rise(left / RELEASE) * gain).round() as i16
    };
    (0..count).map(sample).collect()
}

fn note(at: f64, pitch: f64) -> f64 {
    let partials = PARTIALS.iter().map(|(times, loud)| loud * (-at * times / DECAY).exp() * (TAU * pitch * times * at).sin());
    LEVEL / hearing(pitch) * rise(at / ATTACK) * partials.sum::<f64>()
}

/// From 0 to 1 on half a wave, and 1 from then on.
fn rise(part: f64) -> f64 {
    0.5 - 0.5 * (part.clamp(0.0, 1.0) * TAU / 2.0).cos()
}

/// How loud people hear a pitch, against 1 kHz.
///
/// **Source** IEC 61672-1, A-weighting.
fn hearing(pitch: f64) -> f64 {
    let weight = |hertz: f64| {
        let square = hertz * hertz;
        let low = (square + 20.6f64.powi(2)) * ((square + 107.7f64.powi(2)) * (square + 737.9f64.powi(2))).sqrt();
        square * square / (low * (square + 12_194.0f64.powi(2)))
    };
    weight(pitch) / weight(1000.0)
}

/// A chime as a WAV file.
pub fn wav(chime: Chime, volume: u8) -> Vec<u8> {
    let samples = samples(chime, volume);
    let bytes = (samples.len() * 2) as u32;
    let mut wav = Vec::with_capacity(44 + samples.len() * 2);
    wav.extend(b"RIFF");
    wav.extend((36 + bytes).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    // 16 bytes of format: PCM, one channel, rate, bytes a second, bytes a sample, bits a sample.
    wav.extend([16, 0, 0, 0, 1, 0, 1, 0]);
    wav.extend(RATE.to_le_bytes());
    wav.extend((RATE * 2).to_le_bytes());
    wav.extend([2, 0, 16, 0]);
    wav.extend(b"data");
    wav.extend(bytes.to_le_bytes());
    wav.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    wav
}

/// Something that plays chimes.
pub trait Player: Send + Sync {
    /// Plays soon and returns at once. Of those that wait for another to end only the newest is heard.
    fn play(&self, chime: Chime);

    /// What they come out of, as people call it; `None` when nothing does.
    fn place(&self) -> Option<String>;

    fn look(&self) -> DeviceStatus {
        DeviceStatus::ready(DeviceKind::Sound, "")
    }
}

/// The programs that play a file, the one of the newest desktop first.
const PROGRAMS: [&str; 3] = ["pw-play", "paplay", "aplay"];
/// How long a program may take for a chime.
const PATIENCE: Duration = Duration::from_secs(3);

/// Plays with a program of the desktop. One that fails gives way to the next; when all do, the log says so once.
pub struct ProgramPlayer {
    volume: u8,
    to_play: Sender<Chime>,
    programs: Arc<Programs>,
}

impl ProgramPlayer {
    /// A player at this volume, 0 to 100. At 0 nothing is ever started.
    pub fn new(volume: u8) -> ProgramPlayer {
        let found: Vec<PathBuf> = PROGRAMS.into_iter().filter_map(find_program).collect();
        if volume > 0 && found.is_empty() {
            tracing::warn!("no sound: none of {} is installed", PROGRAMS.join(", "));
        }
        ProgramPlayer::with(if volume > 0 { found } else { Vec::new() }, volume)
    }

    fn with(found: Vec<PathBuf>, volume: u8) -> ProgramPlayer {
        let programs = Arc::new(Programs::new(found));
        let (to_play, waiting) = mpsc::channel();
        if !programs.found.is_empty() {
            let own = programs.clone();
            let work = move || play_all(&waiting, |chime| own.play(&wav(chime, volume)));
            programs.is_silent.store(start("sound", work).is_err(), Ordering::Relaxed);
        }
        ProgramPlayer { volume, to_play, programs }
    }
}

impl Player for ProgramPlayer {
    fn play(&self, chime: Chime) {
        // Where nothing plays nobody listens.
        let _ = self.to_play.send(chime);
    }

    fn place(&self) -> Option<String> {
        let is_silent = self.programs.is_silent.load(Ordering::Relaxed);
        let program = self.programs.found.get(self.programs.first.load(Ordering::Relaxed))?;
        (!is_silent).then(|| program.file_name().unwrap_or_default().to_string_lossy().into_owned())
    }

    fn look(&self) -> DeviceStatus {
        if self.programs.is_silent.load(Ordering::Relaxed) {
            let silent = io::Error::other("no program could play the last chime");
            return DeviceStatus::failed(DeviceKind::Sound, "", &silent);
        }
        look(self.volume)
    }
}

/// Plays until nobody can send any more. An answer of a moment ago says nothing to the next person: only the newest
/// of those that wait is played.
fn play_all(waiting: &Receiver<Chime>, mut play: impl FnMut(Chime)) {
    while let Ok(chime) = waiting.recv() {
        let newest = waiting.try_iter().last().unwrap_or(chime);
        // A chime that panics is not heard, and that is all.
        guarded("sound", || play(newest));
    }
}

/// How a player at this volume would be. Whether a sound comes out only a chime can tell.
fn look(volume: u8) -> DeviceStatus {
    if volume == 0 {
        return DeviceStatus::off(DeviceKind::Sound);
    }
    match PROGRAMS.into_iter().find(|program| find_program(program).is_some()) {
        Some(program) => DeviceStatus::ready(DeviceKind::Sound, program),
        None => {
            let none = io::Error::new(io::ErrorKind::NotFound, format!("none of {} is installed", PROGRAMS.join(", ")));
            DeviceStatus::failed(DeviceKind::Sound, "", &none)
        }
    }
}

/// The programs that were found, and what became of them.
struct Programs {
    found: Vec<PathBuf>,
    /// The one that played last.
    first: AtomicUsize,
    /// None could.
    is_silent: AtomicBool,
}

impl Programs {
    fn new(found: Vec<PathBuf>) -> Programs {
        Programs { found, first: AtomicUsize::new(0), is_silent: AtomicBool::new(false) }
    }

    fn play(&self, wav: &[u8]) {
        let (count, first) = (self.found.len(), self.first.load(Ordering::Relaxed));
        for index in (first..first + count).map(|index| index % count) {
            match run(&self.found[index], wav, PATIENCE) {
                Ok(()) => {
                    self.first.store(index, Ordering::Relaxed);
                    return self.is_silent.store(false, Ordering::Relaxed);
                }
                Err(error) => tracing::debug!(%error, program = %self.found[index].display(), "not played"),
            }
        }
        if !self.is_silent.swap(true, Ordering::Relaxed) {
            tracing::warn!("no sound: every program that could play it failed");
        }
    }
}

/// Plays a WAV file with a program, to its end.
fn run(program: &Path, wav: &[u8], patience: Duration) -> io::Result<()> {
    const LOOK: Duration = Duration::from_millis(10);
    // A file in memory: through a pipe each of the programs expects something else.
    let mut file = File::from(memfd_create("chime.wav", MemfdFlags::CLOEXEC)?);
    file.write_all(wav)?;
    let mut child = Command::new(program).arg("/dev/stdin").stdin(file).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let mut waited = Duration::ZERO;
    loop {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(io::Error::other(status.to_string())),
            None if waited < patience => std::thread::sleep(LOOK),
            None => {
                child.kill()?;
                child.wait()?;
                return Err(io::ErrorKind::TimedOut.into());
            }
        }
        waited += LOOK;
    }
}

/// Writes each chime into a folder instead, numbered as they came: `01-welcome.wav`.
pub struct FolderPlayer {
    folder: PathBuf,
    volume: u8,
    played: AtomicUsize,
}

impl FolderPlayer {
    pub fn new(folder: PathBuf, volume: u8) -> FolderPlayer {
        FolderPlayer { folder, volume, played: AtomicUsize::new(0) }
    }
}

impl Player for FolderPlayer {
    fn play(&self, chime: Chime) {
        let number = self.played.fetch_add(1, Ordering::Relaxed) + 1;
        if let Err(error) = std::fs::write(self.folder.join(format!("{number:02}-{}.wav", chime.word())), wav(chime, self.volume)) {
            tracing::warn!(%error, "a chime was not written");
        }
    }

    fn place(&self) -> Option<String> {
        Some(self.folder.display().to_string())
    }
}

#[cfg(test)]
mod tests;
