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
mod tests {
    use super::*;

    /// The strongest pitch below 1 kHz in a piece of sound, in hertz, and how loud ears hear the whole piece.
    fn heard(piece: &[i16]) -> (f64, f64) {
        // Every fourth sample is enough: no partial is above 2.4 kHz.
        let piece: Vec<f64> = piece.iter().step_by(4).map(|sample| f64::from(*sample) / f64::from(i16::MAX)).collect();
        let strength = |hertz: f64| {
            let (mut real, mut imaginary) = (0.0, 0.0);
            for (index, sample) in piece.iter().enumerate() {
                let (sine, cosine) = (TAU * hertz * index as f64 * 4.0 / f64::from(RATE)).sin_cos();
                (real, imaginary) = (real + sample * cosine, imaginary + sample * sine);
            }
            (real * real + imaginary * imaginary) / (piece.len() * piece.len()) as f64
        };
        let bins: Vec<(f64, f64)> = (1..=300).map(|bin| f64::from(bin) * 10.0).map(|hertz| (hertz, strength(hertz))).collect();
        let (pitch, _) = bins.iter().copied().filter(|(hertz, _)| *hertz < 1000.0).max_by(|a, b| a.1.total_cmp(&b.1)).expect("bins");
        (pitch, bins.iter().map(|(hertz, strength)| strength * hearing(*hertz).powi(2)).sum())
    }

    /// Pieces of 80 ms.
    fn pieces(chime: Chime) -> Vec<(f64, f64)> {
        samples(chime, 100).chunks_exact(RATE as usize * 80 / 1000).map(heard).collect()
    }

    #[test]
    fn a_chime_is_short_and_begins_and_ends_without_a_click() {
        for chime in Chime::ALL {
            let samples = samples(chime, 100);
            assert!(samples.len() < RATE as usize * 6 / 10, "{chime:?} lasts {} samples", samples.len());
            for ends in [&samples[..10], &samples[samples.len() - 10..]] {
                assert!(ends.iter().all(|sample| sample.unsigned_abs() < 20), "{chime:?}: {ends:?}");
            }
            // Nor anywhere between: no step is larger than one of the highest partial.
            let step = samples.windows(2).map(|pair| pair[0].abs_diff(pair[1])).max().expect("samples");
            assert!(step < 1600, "{chime:?} jumps by {step}");
        }
    }

    #[test]
    fn no_chime_is_louder_than_nine_decibels_below_the_most() {
        let peak = |volume: u8, chime: Chime| samples(chime, volume).iter().map(|sample| sample.unsigned_abs()).max().expect("samples");
        for chime in Chime::ALL {
            let limit = f64::from(i16::MAX) * 10f64.powf(-9.0 / 20.0);
            assert!((4000.0..=limit).contains(&f64::from(peak(100, chime))), "{chime:?} reaches {}", peak(100, chime));
            assert_eq!(peak(255, chime), peak(100, chime));
            assert!(peak(50, chime).abs_diff(peak(100, chime) / 4) <= 1);
            assert_eq!(peak(0, chime), 0);
        }
    }

    #[test]
    fn all_chimes_are_heard_equally_loud() {
        let loudest = Chime::ALL.map(|chime| pieces(chime).into_iter().map(|(_, loud)| 10.0 * loud.log10()).fold(f64::MIN, f64::max));
        let (most, least) = (loudest.into_iter().fold(f64::MIN, f64::max), loudest.into_iter().fold(f64::MAX, f64::min));
        assert!(most - least < 3.0, "{loudest:?}");
    }

    #[test]
    fn each_chime_goes_its_own_way() {
        let contours = Chime::ALL.map(|chime| pieces(chime).into_iter().map(|(pitch, _)| pitch).collect::<Vec<_>>());
        for (index, contour) in contours.iter().enumerate() {
            assert!(!contours[..index].contains(contour), "{contour:?} twice");
        }
        let way = |chime: Chime| {
            let mut pitches = contours[chime as usize].clone();
            pitches.dedup();
            pitches.windows(2).map(|pair| if pair[1] > pair[0] { '/' } else { '\\' }).collect::<String>()
        };
        assert_eq!(Chime::ALL.map(way), ["//", "", "/\\", "\\", "\\"]);
        assert!(contours[Chime::SeeDesk as usize][0] < contours[Chime::Goodbye as usize][0], "the sadder one is lower");
    }

    #[test]
    fn a_wav_says_how_long_it_is() {
        let (wav, samples) = (wav(Chime::Welcome, 40), samples(Chime::Welcome, 40));
        let number = |at: usize| u32::from_le_bytes(wav[at..at + 4].try_into().expect("four bytes"));
        assert_eq!([&wav[..4], &wav[8..16], &wav[36..40]], [&b"RIFF"[..], b"WAVEfmt ", b"data"]);
        assert_eq!([number(4), number(24), number(40)], [wav.len() as u32 - 8, RATE, samples.len() as u32 * 2]);
        assert_eq!(wav.len(), 44 + samples.len() * 2);
        assert_eq!(wav[44 + 2000..44 + 2002], samples[1000].to_le_bytes());
    }

    #[test]
    fn a_folder_gets_them_in_order() {
        let place = tempfile::tempdir().expect("a folder");
        let player = FolderPlayer::new(place.path().to_owned(), 40);
        player.play(Chime::Welcome);
        player.play(Chime::Goodbye);
        let read = |name: &str| std::fs::read(place.path().join(name)).expect(name);
        assert_eq!(read("01-welcome.wav"), wav(Chime::Welcome, 40));
        assert_eq!(read("02-goodbye.wav"), wav(Chime::Goodbye, 40));
    }

    #[test]
    fn only_the_newest_of_those_that_wait_is_played() {
        let (to_play, waiting) = mpsc::channel();
        for chime in [Chime::Welcome, Chime::TooEarly, Chime::SeeDesk] {
            to_play.send(chime).expect("somebody listens");
        }
        drop(to_play);
        let mut played = Vec::new();
        play_all(&waiting, |chime| played.push(chime));
        assert_eq!(played, [Chime::SeeDesk]);
    }

    #[test]
    fn a_chime_that_panics_silences_no_later_one() {
        let (to_play, waiting) = mpsc::channel();
        to_play.send(Chime::Welcome).expect("somebody listens");
        let (mut to_play, mut played) = (Some(to_play), Vec::new());
        play_all(&waiting, |chime| {
            played.push(chime);
            if let Some(to_play) = to_play.take() {
                to_play.send(Chime::Goodbye).expect("somebody listens");
                panic!("a chime that cannot be played");
            }
        });
        assert_eq!(played, [Chime::Welcome, Chime::Goodbye]);
    }

    #[test]
    fn a_program_gets_the_whole_sound_as_a_file() {
        let place = tempfile::tempdir().expect("a folder");
        // The shell takes what it is given for a script; what it does shows that it got it.
        let copy = place.path().join("copy");
        let script = format!("cat /dev/stdin > {}", copy.display());
        run(Path::new("/bin/sh"), script.as_bytes(), PATIENCE).expect("runs");
        assert_eq!(std::fs::read_to_string(copy).expect("written"), script);
        assert!(run(Path::new("/bin/sh"), b"exit 1", PATIENCE).is_err());
        let fault = run(Path::new("/bin/sh"), b"exec sleep 60", Duration::from_millis(30)).expect_err("too slow");
        assert_eq!(fault.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn a_program_that_fails_gives_way_to_the_next_and_all_failing_is_silence() {
        let programs = |names: &[&str]| Programs::new(names.iter().map(|name| Path::new("/bin").join(name)).collect());
        let one_plays = programs(&["no-such-program", "false", "true"]);
        one_plays.play(b"");
        assert_eq!((one_plays.first.load(Ordering::Relaxed), one_plays.is_silent.load(Ordering::Relaxed)), (2, false));
        let none_plays = programs(&["false", "no-such-program"]);
        none_plays.play(b"");
        assert!(none_plays.is_silent.load(Ordering::Relaxed));
    }

    #[test]
    fn a_player_says_where_it_plays_and_without_one_there_is_silence() {
        let player = ProgramPlayer::with(vec!["/bin/true".into()], 40);
        assert_eq!(player.place().as_deref(), Some("true"));
        for silent in [ProgramPlayer::with(Vec::new(), 40), ProgramPlayer::new(0)] {
            silent.play(Chime::Welcome);
            assert_eq!(silent.place(), None);
        }
    }
}
