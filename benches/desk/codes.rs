//! Codes in pictures: how soon the text of a camera's frame is there, and how many pictures of the black-box sets stay unread.

use std::path::Path;
use std::time::Duration;

use velkommen::devices::code_reader::{Grey, read, read_file};
use velkommen::devices::picture::{Picture, PictureFault};

use super::{Figures, Outcome, Unit, percentile, timed};

#[path = "../../tests/all/code_pictures.rs"]
mod code_pictures;

/// Frames of each kind of bad picture.
const EACH: u64 = 20;
/// What the best of zxing-cpp, ZBar and OpenCV leaves unread of the black-box sets.
const UNREAD_BY_BEST: f64 = 3.0;

pub fn codes(figures: &mut Figures) -> Outcome {
    let frame = |kind: &&str, seed| code_pictures::jpeg(&code_pictures::shot(kind, seed, (1280, 720)).draw());
    let frames: Vec<_> = code_pictures::KINDS.iter().flat_map(|kind| (0..EACH).map(move |seed| frame(kind, seed))).collect();
    let (mut times, mut picture, mut grey) = (Vec::new(), Picture::default(), Vec::new());
    for frame in &frames {
        // As the camera does it: a JPEG picture, into the memory of the one before.
        let (time, unpacked) = timed(|| {
            picture.unpack(frame)?;
            picture.write_grey(&mut grey);
            read(Grey { pixels: &grey, width: picture.width(), height: picture.height() });
            Ok::<(), PictureFault>(())
        });
        unpacked?;
        times.push(time);
    }
    figures.limit("QR: 1280×720 frame → text, median", percentile(&mut times, 50), Duration::from_millis(10));
    figures.limit("QR: 1280×720 frame → text, p99", percentile(&mut times, 99), Duration::from_millis(33));
    match std::env::var_os("VELKOMMEN_DATA") {
        Some(data) => {
            figures.amount("QR: pictures of data/qr not read right", Unit::Pictures, unread(&Path::new(&data).join("qr"))?, UNREAD_BY_BEST)
        }
        None => eprintln!("!!! VELKOMMEN_DATA IS NOT SET: the black-box sets of QR pictures are left out."),
    }
    Ok(())
}

fn unread(folder: &Path) -> Outcome<f64> {
    let manifest = std::fs::read_to_string(folder.join("manifest.tsv"))?;
    let mut unread = 0;
    for line in manifest.lines().skip(1) {
        let mut cells = line.split('\t');
        let (Some(file), Some(expected)) = (cells.next(), cells.next()) else { return Err("a line of the manifest is short".into()) };
        let expected = expected.replace("\\\\", "\\").replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t");
        let codes = read_file(&std::fs::read(folder.join(file))?)?;
        let is_right =
            if expected.is_empty() { codes.is_empty() } else { codes.iter().any(|code| code.as_str().trim_end() == expected.trim_end()) };
        unread += u32::from(!is_right);
    }
    Ok(f64::from(unread))
}
