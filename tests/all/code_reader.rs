//! What is read in pictures: those of our own that are bad in every way, the black-box sets, damaged ones, and foreign
//! payloads.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use velkommen::devices::code_reader::{CodeText, Grey, read, read_file};
use velkommen::devices::picture::{Picture, PictureFault};

use crate::code_pictures::{Draw, KINDS, Shot, held_up, jpeg, printed, shot, ticket};

fn texts(codes: Vec<CodeText>) -> Vec<String> {
    let mut texts: Vec<String> = codes.into_iter().map(CodeText::into_string).collect();
    texts.sort();
    texts
}

fn read_shot(shot: &Shot) -> Vec<String> {
    let picture = shot.draw();
    texts(read(Grey { pixels: picture.as_raw(), width: picture.width(), height: picture.height() }))
}

fn expected(shot: &Shot) -> Vec<String> {
    let mut texts: Vec<String> = shot.texts().into_iter().map(str::to_owned).collect();
    texts.sort();
    texts
}

#[test]
fn codes_are_read_in_pictures_that_are_bad_in_every_way() {
    for kind in KINDS {
        let read = (0..4).filter(|seed| {
            let shot = shot(kind, *seed, (1280, 720));
            let (read, expected) = (read_shot(&shot), expected(&shot));
            assert!(read.iter().all(|text| expected.contains(text)), "{kind} {seed}: what is read stands there");
            read == expected
        });
        let (read, least) = (read.count(), if matches!(kind, "dark" | "glare" | "close up") { 1 } else { 4 });
        assert!(read >= least, "{kind}: {read} of 4");
    }
}

#[test]
fn a_jpeg_or_png_file_is_read_and_anything_else_is_refused_with_its_reason() {
    let code = ticket(&mut Draw::new(5));
    let picture = held_up(&code, (640, 480)).draw();
    let mut png = Vec::new();
    picture.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    for bytes in [jpeg(&picture), png.clone()] {
        assert_eq!(texts(read_file(&bytes).unwrap()), [code.as_str()]);
    }
    assert_eq!(read_file(b"").unwrap_err(), PictureFault::Kind);
    assert_eq!(read_file(b"GIF89a and more").unwrap_err(), PictureFault::Kind);
    assert_eq!(read_file(&png[..png.len() / 2]).unwrap_err(), PictureFault::Damaged);
    // A file of a few bytes that claims 60,000 pixels a side: refused before anything is unpacked.
    let mut bomb = png;
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let head = crc32(&bomb[12..29]).to_be_bytes();
    bomb[29..33].copy_from_slice(&head);
    assert_eq!(read_file(&bomb).unwrap_err(), PictureFault::TooLarge);
    assert_eq!(Picture::default().resize(16_385, 1).unwrap_err(), PictureFault::TooLarge);
    assert_eq!(Picture::default().resize(8_000, 8_001).unwrap_err(), PictureFault::TooLarge);
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes
        .iter()
        .fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }))
}

#[test]
fn half_a_code_is_never_read_as_another() {
    assert_eq!(read_shot(&held_up("K7PQ2M9X", (320, 240))), ["K7PQ2M9X"]);
    assert_eq!(read_shot(&held_up("K7PQ2M9X\0and more", (320, 240))), [""; 0]);
    assert_eq!(read_shot(&held_up("K7PQ\n2M9X", (320, 240))), ["K7PQ\n2M9X"], "told as it is, for the desk to refuse");
    let size = |width, height| read(Grey { pixels: &[0; 12], width, height });
    assert!([size(4, 4), size(0, 12), size(u32::MAX, u32::MAX)].iter().all(Vec::is_empty));
}

#[test]
fn a_code_does_not_show_in_debug() {
    let picture = held_up("K7PQ2M9X", (320, 240)).draw();
    let codes = read(Grey { pixels: picture.as_raw(), width: 320, height: 240 });
    assert_eq!(format!("{codes:?}"), "[CodeText(..)]");
}

/// What nobody should have to wait for: `VELKOMMEN_MANY=1` takes all of them, in a release build.
fn count(few: u64, many: u64) -> u64 {
    if std::env::var_os("VELKOMMEN_MANY").is_some() { many } else { few }
}

/// Whether this test has its process to itself; otherwise it is run in one, for what others take would show in its memory.
fn is_alone(test: &str) -> bool {
    const ALONE: &str = "VELKOMMEN_ALONE";
    let is_alone = std::env::var_os(ALONE).is_some();
    if !is_alone {
        let itself = std::env::current_exe().unwrap();
        let process = Command::new(itself)
            .args(["--exact", &format!("code_reader::{test}"), "--nocapture"])
            .env(ALONE, "1")
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&process.stdout);
        assert!(said.contains("1 passed"), "in a process of its own: {said}");
    }
    is_alone
}

/// The memory of this process, in MB.
fn megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

fn says(line: &str) {
    std::io::Write::write_all(&mut std::io::stderr(), format!("{line}\n").as_bytes()).unwrap();
}

/// Damaged pictures, packed and unpacked: nothing falls over, and nothing is read that does not stand there.
#[test]
fn mutated_pictures_do_no_harm() {
    if !is_alone("mutated_pictures_do_no_harm") {
        return;
    }
    let mut draw = Draw::new(20);
    let shots: Vec<Shot> = KINDS.into_iter().map(|kind| shot(kind, 3, (320, 240))).collect();
    let pictures: Vec<_> = shots.iter().map(Shot::draw).collect();
    let packed: Vec<Vec<u8>> = pictures.iter().map(jpeg).collect();
    let (begun, all) = (Instant::now(), count(600, 100_000));
    let (mut intact, mut misread, mut at_first) = (0, 0, 0);
    for number in 0..all {
        let which = (draw.next() % shots.len() as u64) as usize;
        let mut below = |limit: usize| (draw.next() % limit as u64) as usize;
        let codes = if number % 2 == 0 {
            let mut bytes = packed[which].clone();
            for _ in 0..=below(8) {
                let place = below(bytes.len());
                bytes[place] ^= 1 << below(8);
            }
            if below(4) == 0 {
                bytes.truncate(below(bytes.len()));
            }
            read_file(&bytes).unwrap_or_default()
        } else {
            let mut pixels = pictures[which].as_raw().clone();
            for _ in 0..below(6) {
                // A patch of noise, of one grey, or of what stands elsewhere.
                let (left, top, wide, high, kind, grey) = (below(320), below(240), below(120), below(120), below(3), below(256));
                let shift = below(pixels.len());
                for (row, column) in
                    (top..(top + high).min(240)).flat_map(|row| (left..(left + wide).min(320)).map(move |column| (row, column)))
                {
                    let place = row * 320 + column;
                    pixels[place] = match kind {
                        0 => below(256) as u8,
                        1 => grey as u8,
                        _ => pixels[(place + shift) % (320 * 240)],
                    };
                }
            }
            read(Grey { pixels: &pixels, width: 320, height: 240 })
        };
        let expected = expected(&shots[which]);
        let codes = texts(codes);
        let right = codes.iter().filter(|text| expected.contains(text)).count();
        (intact, misread) = (intact + right, misread + codes.len() - right);
        if number == all / 10 {
            at_first = megabytes();
        }
    }
    let grown = megabytes().saturating_sub(at_first);
    says(&format!(
        "{all} mutated pictures: {intact} codes read all the same, {misread} misread, {:?}, {at_first} MB + {grown} MB",
        begun.elapsed()
    ));
    assert_eq!(misread, 0, "of {all} were read as what they are not");
    assert!(intact > 0, "some can still be read, so they were looked at");
    assert!(grown <= 16, "the memory grows: {grown} MB");
}

/// Codes with anything in them: what is read is what was written, or nothing.
#[test]
fn codes_with_anything_in_them_do_no_harm() {
    if !is_alone("codes_with_anything_in_them_do_no_harm") {
        return;
    }
    let mut draw = Draw::new(30);
    let (begun, all) = (Instant::now(), count(500, 1_000_000));
    let (mut read_back, mut at_first) = (0, 0);
    for number in 0..all {
        let length = 1 + (draw.next() % 24) as usize;
        let payload: Vec<u8> = (0..length).map(|_| draw.next() as u8).collect();
        let picture = printed(&payload, 2);
        let codes = read(Grey { pixels: picture.as_raw(), width: picture.width(), height: picture.height() });
        if payload.iter().all(|byte| (b' '..=b'~').contains(byte)) {
            assert_eq!(codes.iter().map(CodeText::as_str).collect::<Vec<_>>(), [std::str::from_utf8(&payload).unwrap()]);
        }
        assert!(codes.len() <= 1);
        assert!(codes.iter().all(|code| !code.as_str().contains('\0')));
        read_back += codes.len();
        if number == all / 10 {
            at_first = megabytes();
        }
    }
    let grown = megabytes().saturating_sub(at_first);
    says(&format!("{all} payloads: {read_back} codes read, {:?}, {at_first} MB + {grown} MB", begun.elapsed()));
    assert!(read_back > 0);
    assert!(grown <= 16, "the memory grows: {grown} MB");
}

/// The black-box sets of ZXing, with the shares that the best of other decoders reach on them.
#[test]
fn the_black_box_sets_are_read_at_least_as_well_as_by_others() {
    let Some(folder) = std::env::var_os("VELKOMMEN_DATA").map(|data| PathBuf::from(data).join("qr")) else {
        return says("\n*** SKIPPED: the black-box sets of pictures: VELKOMMEN_DATA is not set ***");
    };
    let manifest = std::fs::read_to_string(folder.join("manifest.tsv")).unwrap();
    let mut sets: std::collections::BTreeMap<&str, (usize, usize)> = std::collections::BTreeMap::new();
    for line in manifest.lines().skip(1) {
        let mut cells = line.split('\t');
        let (file, expected) = (cells.next().unwrap(), cells.next().unwrap());
        let expected = expected.replace("\\\\", "\\").replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t");
        let codes = texts(read_file(&std::fs::read(folder.join(file)).unwrap()).unwrap());
        let right = if expected.is_empty() { codes.is_empty() } else { codes.iter().any(|code| code.trim_end() == expected.trim_end()) };
        let set = sets.entry(file.split('/').next().unwrap()).or_default();
        *set = (set.0 + usize::from(right), set.1 + 1);
    }
    says(&format!("{sets:?}"));
    for (set, percent) in [("zxing-qrcode-1", 100), ("zxing-qrcode-2", 91), ("zxing-qrcode-3", 100), ("zxing-falsepositives-2", 100)] {
        let (right, all) = sets[set];
        assert!(100 * right >= percent * all, "{set}: {right} of {all}");
    }
}
