//! A few pages as pictures, so that a change to what many pages share is seen. `./dev snapshots` shows what changed;
//! `./dev snapshots take` makes what is drawn now the picture to compare with.

use std::path::{Path, PathBuf};

use image::imageops::{self, FilterType};
use image::{Rgba, RgbaImage};
use velkommen::app::gallery::{self, LOOKS};
use velkommen::app::headless::SIZES;
use velkommen::domain::language::Language;

/// Language, size, look, and the states of the gallery that are looked at so.
const CORE: [(Language, usize, &str, &[&str]); 4] = [
    (
        Language::Da,
        0,
        "day-100",
        &["home-rest", "home-screen_help", "sign_in-who_asks", "sign_in-notice", "welcome-asks", "my_ticket-open"],
    ),
    (Language::En, 1, "day-100", &["check_in-scan", "today-busy", "event-participants", "settings-organisation"]),
    (Language::Sv, 0, "contrast-200-reach", &["home-rest"]),
    (Language::De, 2, "day-200", &["sign_in-who_typed", "refusal-see_desk"]),
];

/// A channel may differ by this much before a pixel counts as changed, and so many pixels of a million may.
const SHADE: u8 = 24;
const MILLIONTHS: usize = 500;

fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(format!("{name}.png"))
}

fn is_changed(a: &Rgba<u8>, b: &Rgba<u8>) -> bool {
    a.0.iter().zip(b.0).any(|(a, b)| a.abs_diff(b) > SHADE)
}

/// How many pixels of a million are not as they were.
fn changed(was: &RgbaImage, is: &RgbaImage) -> usize {
    if was.dimensions() != is.dimensions() {
        return 1_000_000;
    }
    let count = was.pixels().zip(is.pixels()).filter(|(was, is)| is_changed(was, is)).count();
    count * 1_000_000 / (was.width() * was.height()) as usize
}

/// As it was, as it is, and what is not the same in both.
fn side_by_side(was: &RgbaImage, is: &RgbaImage) -> RgbaImage {
    let (width, height) = is.dimensions();
    let mut picture = RgbaImage::from_pixel(3 * width + 32, height, Rgba([128, 128, 128, 255]));
    imageops::overlay(&mut picture, was, 0, 0);
    imageops::overlay(&mut picture, is, i64::from(width) + 16, 0);
    for (x, y, pixel) in is.enumerate_pixels() {
        let same = was.get_pixel_checked(x, y).is_some_and(|was| !is_changed(was, pixel));
        picture.put_pixel(2 * (width + 16) + x, y, if same { Rgba([255, 255, 255, 255]) } else { Rgba([200, 0, 80, 255]) });
    }
    picture
}

#[test]
fn the_core_pages_look_as_they_did() {
    let takes = std::env::var_os("VELKOMMEN_SNAPSHOTS").is_some_and(|what| what == "take");
    let shown = Path::new(env!("CARGO_TARGET_TMPDIR")).join("snapshots");
    std::fs::create_dir_all(&shown).unwrap();
    let mut differ = Vec::new();
    let mut seen = 0;
    for (language, size, look, states) in CORE {
        let look = LOOKS.into_iter().find(|one| one.name == look).unwrap();
        gallery::walk(language, SIZES[size], |state, kiosk| {
            if !states.contains(&state) {
                return Ok(());
            }
            seen += 1;
            look.put_on(kiosk);
            let shot = kiosk.shot()?;
            LOOKS[0].put_on(kiosk);
            let is = imageops::resize(&shot, shot.width() / 2, shot.height() / 2, FilterType::Triangle);
            let name = format!("{state}-{}-{}-{}", language.code(), look.name, shot.width());
            if takes {
                is.save(kept(&name)).unwrap();
                return Ok(());
            }
            let was = image::open(kept(&name)).map(image::DynamicImage::into_rgba8).unwrap_or_default();
            let millionths = changed(&was, &is);
            if millionths > MILLIONTHS {
                let file = shown.join(format!("{name}.png"));
                side_by_side(&was, &is).save(&file).unwrap();
                differ.push(format!("{:.2} % of {name}: {}", millionths as f64 / 1e4, file.display()));
            }
            Ok(())
        })
        .unwrap();
    }
    assert_eq!(seen, CORE.iter().map(|(.., states)| states.len()).sum::<usize>());
    assert!(differ.is_empty(), "was, is, and what differs:\n{}\nIf that is meant: ./dev snapshots take", differ.join("\n"));
}

#[test]
fn a_changed_picture_is_found_and_one_drawn_slightly_otherwise_is_not() {
    let was = RgbaImage::from_pixel(100, 100, Rgba([200, 200, 200, 255]));
    let mut is = was.clone();
    is.pixels_mut().for_each(|pixel| pixel.0[0] += SHADE);
    assert_eq!(changed(&was, &is), 0);
    (0..10).for_each(|x| is.put_pixel(x, 5, Rgba([0, 0, 0, 255])));
    assert_eq!(changed(&was, &is), 1_000);
    assert_eq!(changed(&was, &RgbaImage::new(5, 5)), 1_000_000);
}
