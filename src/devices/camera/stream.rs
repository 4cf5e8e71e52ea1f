//! Pictures in a stream of bytes: MJPEG, with whatever stands between two pictures, or Y4M.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use zeroize::Zeroize;

use super::colour::{Planes, write_rgb};
use super::source::{FRAME, Fault, Source, WAIT};
use crate::devices::picture::Picture;

/// Most bytes of one picture in a stream.
const PICTURE_BYTES_MAX: usize = 16 << 20;
/// How much is read at once.
const CHUNK: usize = 64 << 10;
const Y4M: &[u8] = b"YUV4MPEG2 ";
/// The longest header line of Y4M that is read.
const LINE_MAX: usize = 256;

/// Bytes that arrive in their own time.
pub(super) trait Bytes {
    /// Waits for bytes, at most about [`WAIT`].
    fn read(&mut self, chunk: &mut [u8]) -> Result<Arrived, Fault>;

    /// Whether every picture is to be shown in its time. Otherwise only the newest counts.
    fn is_film(&self) -> bool {
        false
    }
}

pub(super) enum Arrived {
    Bytes(usize),
    Nothing,
    /// What comes next begins anew.
    End,
}

/// The pictures in bytes that arrive.
pub(super) struct Stream<B> {
    bytes: B,
    chunk: Vec<u8>,
    held: Held,
    /// The newest whole picture.
    newest: Vec<u8>,
    next_at: Instant,
}

impl<B: Bytes> Stream<B> {
    pub(super) fn of(bytes: B) -> Stream<B> {
        Stream { bytes, chunk: vec![0; CHUNK], held: Held::default(), newest: Vec::new(), next_at: Instant::now() }
    }

    /// Moves the oldest whole picture to `newest`.
    fn take(&mut self) -> Result<bool, Fault> {
        let Some(end) = self.held.find_picture()? else { return Ok(false) };
        self.newest.clear();
        self.newest.extend_from_slice(&self.held.bytes[..end]);
        self.held.bytes.drain(..end);
        Ok(true)
    }
}

impl<B: Bytes> Source for Stream<B> {
    fn wait(&mut self) -> Result<bool, Fault> {
        let mut is_new = self.take()?;
        if !is_new {
            match self.bytes.read(&mut self.chunk)? {
                Arrived::Nothing => {}
                Arrived::End => self.held.reset(),
                Arrived::Bytes(count) => {
                    self.held.bytes.extend_from_slice(&self.chunk[..count]);
                    is_new = self.take()?;
                }
            }
        }
        if self.bytes.is_film() {
            if is_new {
                std::thread::sleep(self.next_at.saturating_duration_since(Instant::now()));
                self.next_at = Instant::now() + FRAME;
            }
        } else {
            while self.take()? {
                is_new = true;
            }
        }
        Ok(is_new)
    }

    fn unpack(&mut self, picture: &mut Picture) -> Result<(), Fault> {
        match &self.held.form {
            Form::Y4m(form) => form.unpack(&self.newest, picture),
            Form::Unknown | Form::Jpeg { .. } => Ok(picture.unpack(&self.newest)?),
        }
    }
}

impl<B> Drop for Stream<B> {
    fn drop(&mut self) {
        self.chunk.zeroize();
        self.newest.zeroize();
        self.held.bytes.zeroize();
    }
}

// ---- Where one picture ends

/// What has arrived and is not a whole picture yet.
#[derive(Default)]
struct Held {
    bytes: Vec<u8>,
    form: Form,
}

#[derive(Default)]
enum Form {
    #[default]
    Unknown,
    /// What was looked at from the picture's beginning, 0 before that is found, and whether that is in its pixels.
    Jpeg {
        at: usize,
        in_scan: bool,
    },
    Y4m(Y4mForm),
}

impl Held {
    fn reset(&mut self) {
        self.bytes.zeroize();
        self.form = Form::Unknown;
    }

    /// Drops what cannot be part of a picture, and says where the first one ends if it is whole.
    fn find_picture(&mut self) -> Result<Option<usize>, Fault> {
        if matches!(self.form, Form::Unknown) {
            if self.bytes.starts_with(Y4M) {
                let Some(end) = line_end(&self.bytes)? else { return Ok(None) };
                self.form = Form::Y4m(Y4mForm::parse(&self.bytes[..end]).ok_or(Fault::NoPictures)?);
                self.bytes.drain(..=end);
            } else if self.bytes.len() < Y4M.len() {
                return Ok(None);
            } else {
                self.form = Form::Jpeg { at: 0, in_scan: false };
            }
        }
        match &mut self.form {
            Form::Unknown => Ok(None),
            Form::Jpeg { at, in_scan } => {
                let end = find_jpeg(&mut self.bytes, at, in_scan);
                if end.is_none() && self.bytes.len() > PICTURE_BYTES_MAX {
                    return Err(Fault::NoPictures);
                }
                Ok(end)
            }
            Form::Y4m(form) => form.find_frame(&self.bytes),
        }
    }
}

/// The end of the first JPEG picture, which then stands at the beginning. Walks from marker to marker, because a small
/// picture can stand in a large one's header.
///
/// **Source** ITU-T T.81, annex B.
fn find_jpeg(bytes: &mut Vec<u8>, at: &mut usize, in_scan: &mut bool) -> Option<usize> {
    loop {
        if *at == 0 {
            *in_scan = false;
            match memchr::memmem::find(bytes, b"\xff\xd8\xff") {
                Some(begin) => drop(bytes.drain(..begin)),
                None => {
                    // Its first two bytes may have come.
                    bytes.drain(..bytes.len().saturating_sub(2));
                    return None;
                }
            }
            *at = 2;
        }
        if *in_scan {
            let Some(found) = memchr::memchr(0xff, &bytes[*at..]) else {
                *at = bytes.len();
                return None;
            };
            *at += found;
            match *bytes.get(*at + 1)? {
                0 | 0xd0..=0xd7 => *at += 2,
                0xff => *at += 1,
                _ => *in_scan = false,
            }
            continue;
        }
        let (first, second) = (*bytes.get(*at)?, *bytes.get(*at + 1)?);
        match (first, second) {
            (0xff, 0xff) => *at += 1,
            (0xff, 0x01 | 0xd0..=0xd7) => *at += 2,
            (0xff, 0xd9) => {
                let end = *at + 2;
                *at = 0;
                return Some(end);
            }
            (0xff, 0xc0..=0xfe) if second != 0xd8 => {
                let length = usize::from(u16::from_be_bytes([*bytes.get(*at + 2)?, *bytes.get(*at + 3)?]));
                if bytes.len() < *at + 2 + length {
                    return None;
                }
                *in_scan = second == 0xda;
                *at += 2 + length.max(2);
            }
            _ => {
                // It was cut, or never one. The next may begin right here.
                bytes.drain(..(*at).max(2));
                *at = 0;
            }
        }
    }
}

fn line_end(bytes: &[u8]) -> Result<Option<usize>, Fault> {
    match memchr::memchr(b'\n', bytes) {
        Some(end) => Ok(Some(end)),
        None if bytes.len() > LINE_MAX => Err(Fault::NoPictures),
        None => Ok(None),
    }
}

/// Raw frames, as the header of a Y4M stream has them.
struct Y4mForm {
    width: u32,
    height: u32,
    /// How many pixels share their colour, across and down; `None` without colour.
    shared: Option<(u32, u32)>,
}

impl Y4mForm {
    fn parse(header: &[u8]) -> Option<Y4mForm> {
        let header = std::str::from_utf8(header).ok()?;
        let value = |key: char| header.split(' ').skip(1).find_map(|field| field.strip_prefix(key));
        let shared = match value('C').unwrap_or("420") {
            "420" | "420jpeg" | "420mpeg2" | "420paldv" => Some((2, 2)),
            "422" => Some((2, 1)),
            "444" => Some((1, 1)),
            "mono" => None,
            _ => return None,
        };
        let form = Y4mForm { width: value('W')?.parse().ok()?, height: value('H')?.parse().ok()?, shared };
        (form.width > 0 && form.height > 0 && form.bytes()? <= PICTURE_BYTES_MAX).then_some(form)
    }

    /// The bytes of the brightness and of each colour.
    fn planes(&self) -> Option<(usize, usize)> {
        let area = |width: u32, height: u32| usize::try_from(u64::from(width) * u64::from(height)).ok();
        let colour = match self.shared {
            Some((across, down)) => area(self.width.div_ceil(across), self.height.div_ceil(down))?,
            None => 0,
        };
        Some((area(self.width, self.height)?, colour))
    }

    fn bytes(&self) -> Option<usize> {
        let (brightness, colour) = self.planes()?;
        colour.checked_mul(2)?.checked_add(brightness)
    }

    fn find_frame(&self, bytes: &[u8]) -> Result<Option<usize>, Fault> {
        const FRAME: &[u8] = b"FRAME";
        let Some(end) = line_end(&bytes[..bytes.len().min(2 * LINE_MAX)])? else { return Ok(None) };
        if !bytes.starts_with(FRAME) {
            return Err(Fault::NoPictures);
        }
        let whole = end + 1 + self.bytes().ok_or(Fault::NoPictures)?;
        Ok((bytes.len() >= whole).then_some(whole))
    }

    fn unpack(&self, frame: &[u8], picture: &mut Picture) -> Result<(), Fault> {
        let begin = line_end(frame)?.ok_or(Fault::NoPictures)? + 1;
        let (brightness, colour) = self.planes().ok_or(Fault::NoPictures)?;
        let plane = |from: usize, length: usize| frame.get(begin + from..begin + from + length).ok_or(Fault::NoPictures);
        let planes = Planes {
            brightness: plane(0, brightness)?,
            colours: match self.shared {
                Some(shared) => Some((plane(brightness, colour)?, plane(brightness + colour, colour)?, shared)),
                None => None,
            },
        };
        write_rgb(&planes, self.width, picture.resize(self.width, self.height)?);
        Ok(())
    }
}

// ---- Files

/// A FIFO into which another program writes. It stays open when that program ends: the next one may begin at any moment.
pub(super) struct Fifo(File);

impl Fifo {
    pub(super) fn open(path: &Path) -> Result<Fifo, Fault> {
        // Opening must not wait for a writer.
        let file = File::options().read(true).custom_flags(rustix::fs::OFlags::NONBLOCK.bits() as i32).open(path)?;
        Ok(Fifo(file))
    }
}

impl Bytes for Fifo {
    fn read(&mut self, chunk: &mut [u8]) -> Result<Arrived, Fault> {
        match self.0.read(chunk) {
            Ok(0) => {
                // Nobody has it open for writing, and there is no way to wait for somebody.
                std::thread::sleep(WAIT);
                Ok(Arrived::End)
            }
            Ok(count) => Ok(Arrived::Bytes(count)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                await_bytes(&self.0)?;
                Ok(Arrived::Nothing)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(Arrived::Nothing),
            Err(error) => Err(error.into()),
        }
    }
}

/// Waits until something can be read, at most [`WAIT`].
pub(super) fn await_bytes(from: &impl std::os::fd::AsFd) -> Result<(), Fault> {
    let patience = Timespec { tv_sec: 0, tv_nsec: i64::from(WAIT.subsec_nanos()) };
    match poll(&mut [PollFd::new(from, PollFlags::IN)], Some(&patience)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(io::Error::from(error).into()),
    }
}

/// A file with a film in it, shown over and over.
pub(super) struct Film(File);

impl Film {
    pub(super) fn open(path: &Path) -> Result<Film, Fault> {
        Ok(Film(File::open(path)?))
    }
}

impl Bytes for Film {
    fn read(&mut self, chunk: &mut [u8]) -> Result<Arrived, Fault> {
        match self.0.read(chunk)? {
            0 => {
                self.0.rewind()?;
                // Without a single picture in it this would go round and round.
                std::thread::sleep(FRAME);
                Ok(Arrived::End)
            }
            count => Ok(Arrived::Bytes(count)),
        }
    }

    fn is_film(&self) -> bool {
        true
    }
}
