//! What a Zebra label printer understands: the same picture as the PDF, in black and white, one dot for one. The picture
//! is drawn by `pdftoppm` of Poppler, from memory to memory.
//!
//! **Source** Zebra, ZPL II programming guide, `^GF` and its compression.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::fs::{MemfdFlags, memfd_create};

use super::job::PrintFault;

/// How finely a label printer prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Density {
    /// 203 dpi: 8 dots a millimetre.
    Dpi203,
    /// 300 dpi.
    Dpi300,
}

impl Density {
    /// The density of this many dots an inch, if there are such printers.
    pub fn of_dpi(dpi: u16) -> Option<Density> {
        match dpi {
            203 => Some(Density::Dpi203),
            300 => Some(Density::Dpi300),
            _ => None,
        }
    }

    fn dots_mm(self) -> f32 {
        match self {
            Density::Dpi203 => 8.0,
            Density::Dpi300 => 300.0 / 25.4,
        }
    }
}

/// Points per millimetre.
const MM: f32 = 72.0 / 25.4;
/// Most pages, and most dots on one side: a label is far below.
const PAGES_MAX: usize = 20;
const SIDE_MAX: f32 = 4_000.0;
/// Half of the way from black to white.
const MIDDLE: u8 = 128;
/// How long drawing may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A page in dots.
pub struct Bitmap {
    /// In dots.
    pub width: usize,
    /// In dots.
    pub height: usize,
    /// Row by row, eight dots a byte, the first one highest; a set bit is black.
    pub rows: Vec<u8>,
}

impl Bitmap {
    /// Bytes a row.
    pub fn stride(&self) -> usize {
        self.width.div_ceil(8)
    }

    pub fn is_black(&self, x: usize, y: usize) -> bool {
        self.rows[y * self.stride() + x / 8] & (0x80 >> (x % 8)) != 0
    }
}

/// A PDF as labels, one for each page.
///
/// # Errors
/// If it is no PDF, or larger than any label.
pub fn of_pdf(pdf: &[u8], density: Density) -> Result<Vec<u8>, PrintFault> {
    let pages = bitmaps(pdf, density)?;
    Ok(pages.iter().map(label).collect::<String>().into_bytes())
}

/// The pages of a PDF of ours in dots; all are as large as the first.
///
/// # Errors
/// As [`of_pdf`], and if Poppler is not installed.
pub fn bitmaps(pdf: &[u8], density: Density) -> Result<Vec<Bitmap>, PrintFault> {
    let not_drawn = || "the paper could not be drawn as a label".to_owned();
    let dots = |mm: f32| (mm * density.dots_mm()).round();
    let (width, height) = page_size_mm(pdf).map(|(width, height)| (dots(width), dots(height))).ok_or_else(not_drawn)?;
    if !(1.0..=SIDE_MAX).contains(&width) || !(1.0..=SIDE_MAX).contains(&height) {
        return Err(not_drawn());
    }
    let (width, height) = (width as usize, height as usize);
    let grey = draw(pdf, width, height).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "labels need pdftoppm: install poppler-utils".to_owned(),
        _ => not_drawn(),
    })?;
    let head = format!("P5\n{width} {height}\n255\n");
    let pages = grey.chunks_exact(head.len() + width * height);
    if pages.len() == 0 || !pages.remainder().is_empty() {
        return Err(not_drawn());
    }
    pages.map(|page| page.strip_prefix(head.as_bytes()).map(|grey| black(grey, width, height)).ok_or_else(not_drawn)).collect()
}

/// Width × height of the first page of a PDF of ours, in mm.
pub fn page_size_mm(pdf: &[u8]) -> Option<(f32, f32)> {
    const BOX: &[u8] = b"/MediaBox[0 0 ";
    let from = memchr::memmem::find(pdf, BOX)? + BOX.len();
    let text = pdf[from..].split(|byte| *byte == b']').next().filter(|text| text.len() < 40)?;
    let (width, height) = std::str::from_utf8(text).ok()?.trim().split_once(' ')?;
    Some((width.parse::<f32>().ok()? / MM, height.trim().parse::<f32>().ok()? / MM))
}

/// The pages in grey, one after the other, each with its head.
fn draw(pdf: &[u8], width: usize, height: usize) -> io::Result<Vec<u8>> {
    const LOOK: Duration = Duration::from_millis(5);
    // Files in memory: nothing of a paper reaches a disk, and no pipe fills.
    let mut paper = File::from(memfd_create("paper.pdf", MemfdFlags::CLOEXEC)?);
    paper.write_all(pdf)?;
    paper.rewind()?;
    let mut pages = File::from(memfd_create("pages.pgm", MemfdFlags::CLOEXEC)?);
    let mut command = Command::new("pdftoppm");
    command.args(["-q", "-gray", "-l", &PAGES_MAX.to_string()]);
    command.args(["-scale-to-x", &width.to_string(), "-scale-to-y", &height.to_string(), "-"]);
    let mut child = command.stdin(paper).stdout(pages.try_clone()?).stderr(Stdio::null()).spawn()?;
    let mut waited = Duration::ZERO;
    let status = loop {
        match child.try_wait()? {
            Some(status) => break status,
            None if waited < PATIENCE => std::thread::sleep(LOOK),
            None => {
                child.kill()?;
                child.wait()?;
                return Err(io::ErrorKind::TimedOut.into());
            }
        }
        waited += LOOK;
    };
    if !status.success() {
        return Err(io::Error::other(status.to_string()));
    }
    let mut grey = Vec::new();
    pages.rewind()?;
    pages.read_to_end(&mut grey)?;
    Ok(grey)
}

fn black(grey: &[u8], width: usize, height: usize) -> Bitmap {
    let stride = width.div_ceil(8);
    let mut rows = vec![0; stride * height];
    for (index, _) in grey.iter().enumerate().filter(|(_, light)| **light < MIDDLE) {
        let (x, y) = (index % width, index / width);
        rows[y * stride + x / 8] |= 0x80 >> (x % 8);
    }
    Bitmap { width, height, rows }
}

/// A label: its size, its picture, and that it is printed once.
fn label(bitmap: &Bitmap) -> String {
    let (stride, bytes) = (bitmap.stride(), bitmap.rows.len());
    let mut zpl = format!("^XA^PW{}^LL{}^LH0,0^FO0,0^GFA,{bytes},{bytes},{stride},", bitmap.width, bitmap.height);
    let mut before: &[u8] = &[];
    for row in bitmap.rows.chunks(stride) {
        if row == before {
            zpl.push(':');
        } else {
            compress(row, &mut zpl);
            before = row;
        }
    }
    zpl.push_str("^FS^PQ1^XZ\n");
    zpl
}

/// A row in hexadecimal digits: the same digit to the end of the row as `,` (white) or `!` (black), else a count and the
/// digit.
fn compress(row: &[u8], zpl: &mut String) {
    let mut digits = String::with_capacity(row.len() * 2);
    for byte in row {
        // Writing into a string cannot fail.
        let _ = write!(digits, "{byte:02X}");
    }
    let mut rest = digits.as_bytes();
    while let Some(digit) = rest.first() {
        let count = rest.iter().take_while(|other| *other == digit).count();
        match (digit, count == rest.len()) {
            (b'0', true) => zpl.push(','),
            (b'F', true) => zpl.push('!'),
            _ => repeat(char::from(*digit), count, zpl),
        }
        rest = &rest[count..];
    }
}

/// `G` to `Y` stand for 1 to 19, `g` to `z` for 20 to 400 in steps of 20; they add up.
fn repeat(digit: char, count: usize, zpl: &mut String) {
    let mut left = count;
    while left > 0 {
        if left == 1 {
            zpl.push(digit);
            return;
        }
        let now = left.min(419);
        if now >= 20 {
            zpl.push(char::from(b'g' + (now / 20 - 1) as u8));
        }
        if !now.is_multiple_of(20) {
            zpl.push(char::from(b'G' + (now % 20 - 1) as u8));
        }
        zpl.push(digit);
        left -= now;
    }
}
