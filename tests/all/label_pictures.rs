//! Badges as pictures: names that are hard to set, on every kind of label, as the PDF and as ZPL. What is drawn is the
//! same, and its QR can be read.

use std::path::Path;
use std::process::Command;

use chrono::TimeZone;
use velkommen::devices::printer::zpl::{self, Bitmap, Density};
use velkommen::documents::badge::{self, Badge, BadgeSize};
use velkommen::documents::participant_badge::{self, ParticipantBadge, Photos};
use velkommen::domain::language::Language;

const NAMES: [&str; 20] = [
    "Bo",
    "Åse Brændgaard",
    "Øjvind Æbelø-Ågård",
    "Søren Kjærgård Ørsted Nørregård Møller",
    "Sofie Amalie Charlotte Brændgaard-Kærulff von der Østervraa-Lindenskov",
    "Donaudampfschifffahrtsgesellschaftskapit",
    "Wolfeschlegelsteinhausenbergerdorff Ǿyvindsøn",
    "Phạm Thị Hồng Hạnh",
    "Łukasz Żółć-Grzęda",
    "Þórgunnur Ýr Ðórðardóttir",
    "Иван Сергеевич Тургенев",
    "Ἀλέξανδρος Παπαδόπουλος",
    "שרה לוי",
    "مريم عبد الله الأنصاري",
    "李小龍",
    "佐藤 美咲",
    "김서연",
    "👩‍🚀 Zoë 🎉",
    "A\u{30a}se Bjo\u{308}rk (Ib) \"O'Neill\"",
    "i i i i i i i i i i i i i i i i i i i i i i i i",
];

const SIZES: [(f32, f32); 5] = [(62.0, 100.0), (100.0, 62.0), (100.0, 150.0), (62.0, 62.0), (54.0, 86.0)];

fn pdf(index: usize, name: &str, (width_mm, height_mm): (f32, f32)) -> Vec<u8> {
    let size = BadgeSize { width_mm, height_mm };
    let at = chrono_tz::Europe::Copenhagen.with_ymd_and_hms(2026, 3, 12, 9, 41, 0).unwrap();
    if index.is_multiple_of(2) {
        let (company, host) = (Some("Ærø Data ApS".into()), Some("Karen Kærsgård".into()));
        let badge = Badge { organisation: "Lærkehøj".into(), name: name.into(), company, host, signed_in_at: at, code: code(index) };
        badge::render(&badge, Language::Da, size).unwrap()
    } else {
        let badge = ParticipantBadge {
            organisation: "Lærkehøj".into(),
            event: "Sikkerhed i skyen 2026".into(),
            starts_at: at,
            name: name.into(),
            title: Some("Sikkerhedsarkitekt".into()),
            company: Some("Ærø Data ApS".into()),
            table: (index % 8 == 1).then(|| "12".into()),
            room: (index % 8 == 1).then(|| "Store Sal".into()),
            photos: Some(if index % 4 == 1 { Photos::No } else { Photos::Yes }),
            short_code: code(index),
        };
        participant_badge::render(&badge, Language::Da, size).unwrap()
    }
}

/// Another one for each picture, so that none is read for another.
fn code(index: usize) -> String {
    format!("7Q4M2X{index:02}")
}

/// Reads `^GFA` back by the manual: what a label printer would see.
fn decoded(zpl: &[u8]) -> Bitmap {
    let text = std::str::from_utf8(zpl).unwrap();
    let number = |tag: &str| -> usize {
        let rest = text.split(tag).nth(1).unwrap();
        rest.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
    };
    let (width, height) = (number("^PW"), number("^LL"));
    let field = text.split("^GFA,").nth(1).unwrap().split("^FS").next().unwrap();
    let mut parts = field.splitn(4, ',');
    let mut part = || parts.next().unwrap();
    let (bytes, same, stride): (usize, usize, usize) = (part().parse().unwrap(), part().parse().unwrap(), part().parse().unwrap());
    assert_eq!((bytes, same), (stride * height, bytes));
    let mut digits: Vec<u8> = Vec::new();
    let mut count = 0;
    for c in part().bytes() {
        let filled = digits.len() % (stride * 2);
        match c {
            b':' => {
                let row = digits[digits.len() - stride * 2..].to_vec();
                digits.extend(row);
            }
            b',' => digits.resize(digits.len() + stride * 2 - filled, 0),
            b'!' => digits.resize(digits.len() + stride * 2 - filled, 15),
            b'G'..=b'Y' => count += usize::from(c - b'G' + 1),
            b'g'..=b'z' => count += usize::from(c - b'g' + 1) * 20,
            digit => {
                let value = char::from(digit).to_digit(16).unwrap() as u8;
                digits.resize(digits.len() + count.max(1), value);
                count = 0;
            }
        }
    }
    assert_eq!(digits.len(), stride * 2 * height);
    Bitmap { width, height, rows: digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect() }
}

/// A plain black and white picture, with air around it as where a label lies on a table.
fn write_picture(bitmap: &Bitmap, path: &Path) {
    let mut file = format!("P4\n{} {}\n", bitmap.width, bitmap.height).into_bytes();
    file.extend_from_slice(&bitmap.rows);
    std::fs::write(path, file).unwrap();
}

fn run(program: &str, arguments: &[&str], files: &[String]) -> String {
    let ran = Command::new(program).args(arguments).args(files).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

#[test]
fn every_name_on_every_label_is_one_picture_whose_qr_is_read() {
    let own = tempfile::tempdir().unwrap();
    // For looking at them: they stay where this says.
    let kept = std::env::var_os("VELKOMMEN_PICTURES").map(std::path::PathBuf::from);
    let place = kept.as_deref().unwrap_or(own.path());
    let mut pictures = Vec::new();
    let mut worst = 0.0f64;
    for (width, height) in SIZES {
        for (index, name) in NAMES.iter().enumerate() {
            let pdf = pdf(index, name, (width, height));
            let stem = place.join(format!("{index:02}-{width}x{height}")).display().to_string();
            std::fs::write(format!("{stem}.pdf"), &pdf).unwrap();
            run("pdftoppm", &["-r", "203.2", "-gray", "-singlefile"], &[format!("{stem}.pdf"), stem.clone()]);
            let label = zpl::of_pdf(&pdf, Density::Dpi203).unwrap();
            let seen = decoded(&label);
            assert_eq!((seen.width, seen.height), ((width * 8.0) as usize, (height * 8.0) as usize));
            write_picture(&seen, Path::new(&format!("{stem}.pbm")));
            worst = worst.max(difference(&seen, &std::fs::read(format!("{stem}.pgm")).unwrap()));
            pictures.extend([(code(index), format!("{stem}.pgm")), (code(index), format!("{stem}.pbm"))]);
        }
    }
    // At another size to the dot the edges of letters differ a little, and nothing else does.
    assert!(worst < 0.02, "{worst}");
    let files: Vec<String> = pictures.iter().map(|(_, file)| file.clone()).collect();
    let read = run("zbarimg", &["-q", "--raw", "-Sdisable", "-Sqrcode.enable"], &files);
    let wanted: Vec<&str> = pictures.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(read.lines().collect::<Vec<_>>(), wanted);
}

/// The share of dots that differ from a grey picture of the same size, as `pdftoppm` writes it.
fn difference(bitmap: &Bitmap, pgm: &[u8]) -> f64 {
    let mut head = pgm.splitn(4, |byte| byte.is_ascii_whitespace());
    let mut number = || -> usize { std::str::from_utf8(head.next().unwrap()).unwrap().parse().unwrap_or(5) };
    let (_, width, height) = (number(), number(), number());
    let grey = &pgm[pgm.len() - width * height..];
    let (columns, rows) = (width.min(bitmap.width), height.min(bitmap.height));
    let differ = |x: usize, y: usize| bitmap.is_black(x, y) != (grey[y * width + x] < 128);
    let count = (0..rows).flat_map(|y| (0..columns).map(move |x| (x, y))).filter(|(x, y)| differ(*x, *y)).count();
    count as f64 / (columns * rows) as f64
}

#[test]
fn a_finer_printer_gets_the_same_label_in_more_dots() {
    let label = zpl::of_pdf(&pdf(0, "Åse", (62.0, 100.0)), Density::Dpi300).unwrap();
    let seen = decoded(&label);
    assert_eq!((seen.width, seen.height), (732, 1181));
    let made = &zpl::bitmaps(&pdf(0, "Åse", (62.0, 100.0)), Density::Dpi300).unwrap()[0];
    assert!(seen.rows == made.rows);
    // Of plain digits it would be four times as long.
    assert!(label.len() * 2 < made.rows.len() * 2, "{} of {}", label.len(), made.rows.len() * 2);
    assert!(label.starts_with(b"^XA") && label.ends_with(b"^PQ1^XZ\n"));
}

#[test]
fn what_is_no_paper_is_refused_and_nothing_panics() {
    let good = pdf(0, "Åse", (62.0, 62.0));
    for bad in [&b""[..], b"%PDF-1.7", b"\xff\xfe", &good[..good.len() / 3]] {
        let _ = zpl::page_size_mm(bad);
        assert!(zpl::of_pdf(bad, Density::Dpi203).is_err() || bad.len() > 100);
    }
    let (width, height) = zpl::page_size_mm(&good).unwrap();
    assert!((width - 62.0).abs() < 0.1 && (height - 62.0).abs() < 0.1);
}
