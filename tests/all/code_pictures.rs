//! Pictures of QR codes as a camera sees them: dark, blurred, tilted, curved, under glare. The same seed draws the same
//! picture. The tests and the bench both draw here.

#![allow(dead_code, reason = "the tests and the bench use different parts")]

use image::{GrayImage, ImageEncoder, Luma};
use qrcode::{Color, EcLevel, QrCode};

/// A code somewhere in a picture.
#[derive(Clone)]
pub struct Seen {
    pub text: String,
    /// The middle, in pixels.
    pub at: (f32, f32),
    /// With its quiet zone, in pixels.
    pub side: f32,
    /// In the plane of the picture, in radians.
    pub turn: f32,
    /// Away from the camera about the upright axis, in radians.
    pub tilt: f32,
    /// Around an upright cylinder: 0 is flat, 2 half the way round.
    pub bend: f32,
}

/// What a camera sees, and how well.
#[derive(Clone)]
pub struct Shot {
    pub size: (u32, u32),
    pub codes: Vec<Seen>,
    /// The grey of ink and of paper.
    pub ink: f32,
    pub paper: f32,
    /// How much darker the light is on the right, as a share.
    pub shade: f32,
    /// A bright spot: its middle, its radius in pixels, and how much light it adds.
    pub glare: Option<((f32, f32), f32, f32)>,
    /// The radius of a box blur that is done twice.
    pub blur: u32,
    /// The standard deviation of the noise, in greys.
    pub noise: f32,
    pub seed: u64,
}

/// A ticket held up well, in the middle of a picture.
pub fn held_up(text: &str, size: (u32, u32)) -> Shot {
    let (width, height) = (size.0 as f32, size.1 as f32);
    let code = Seen { text: text.to_owned(), at: (width / 2.0, height / 2.0), side: 0.6 * height, turn: 0.0, tilt: 0.0, bend: 0.0 };
    Shot { size, codes: vec![code], ink: 40.0, paper: 215.0, shade: 0.1, glare: None, blur: 0, noise: 2.0, seed: 1 }
}

/// The ways in which a picture can be bad.
pub const KINDS: [&str; 14] = [
    "plain", "dark", "faint", "blurred", "noisy", "turned", "tilted", "curved", "shaded", "glare", "inverted", "close up", "far", "several",
];

/// A picture that is bad in its way; how bad, the seed decides. The texts that stand in it are those of its codes.
pub fn shot(kind: &str, seed: u64, size: (u32, u32)) -> Shot {
    let mut draw = Draw::new(seed);
    let mut shot = held_up(&ticket(&mut draw), size);
    shot.seed = seed;
    let (width, height) = (size.0 as f32, size.1 as f32);
    // Nobody holds a ticket quite straight, or in the middle.
    let code = &mut shot.codes[0];
    code.side = height * draw.between(0.5, 0.7);
    code.at = (width * draw.between(0.4, 0.6), height * draw.between(0.45, 0.55));
    code.turn = draw.between(-0.15, 0.15);
    code.tilt = draw.between(-0.15, 0.15);
    match kind {
        "plain" => {}
        "dark" => (shot.ink, shot.paper, shot.noise) = (4.0, draw.between(16.0, 40.0), 3.0),
        "faint" => (shot.ink, shot.paper) = (120.0, draw.between(140.0, 170.0)),
        "blurred" => shot.blur = if draw.between(0.0, 1.0) < 0.5 { 2 } else { 3 },
        "noisy" => shot.noise = draw.between(15.0, 40.0),
        "turned" => code.turn = draw.between(-std::f32::consts::PI, std::f32::consts::PI),
        "tilted" => code.tilt = draw.between(0.5, 1.1) * if draw.between(0.0, 1.0) < 0.5 { -1.0 } else { 1.0 },
        "curved" => code.bend = draw.between(0.6, 1.5),
        "shaded" => shot.shade = draw.between(0.5, 0.9),
        "glare" => {
            let at = (code.at.0 + draw.between(-0.4, 0.4) * code.side, code.at.1 + draw.between(-0.4, 0.4) * code.side);
            shot.glare = Some((at, code.side * draw.between(0.1, 0.25), 255.0));
        }
        "inverted" => (shot.ink, shot.paper) = (215.0, 40.0),
        "close up" => (code.side, code.at, shot.blur) = (height * draw.between(0.95, 1.15), (width / 2.0, height / 2.0), 2),
        "far" => code.side = height * draw.between(0.2, 0.3),
        "several" => {
            let side = height * 0.38;
            shot.codes = (0..4u8)
                .map(|place| Seen {
                    text: ticket(&mut draw),
                    at: (width * (0.3 + 0.4 * f32::from(place % 2)), height * (0.27 + 0.46 * f32::from(place / 2))),
                    side,
                    turn: draw.between(-0.3, 0.3),
                    tilt: draw.between(-0.3, 0.3),
                    bend: 0.0,
                })
                .collect();
        }
        _ => panic!("no such kind: {kind}"),
    }
    shot
}

/// A text of the form of our tickets, that nobody signed.
pub fn ticket(draw: &mut Draw) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    (0..138).map(|_| char::from(ALPHABET[(draw.next() % 32) as usize])).collect()
}

impl Shot {
    pub fn texts(&self) -> Vec<&str> {
        self.codes.iter().map(|code| code.text.as_str()).collect()
    }

    /// The picture, in greys.
    pub fn draw(&self) -> GrayImage {
        let (width, height) = self.size;
        let mut picture = GrayImage::from_fn(width, height, |x, y| {
            // Something to look at behind the codes: soft folds and hard edges.
            let folds = (x as f32 / 37.0).sin() + (y as f32 / 23.0 + x as f32 / 91.0).cos();
            let edges: f32 = if (x / 61 + y / 47) % 3 == 0 { 25.0 } else { 0.0 };
            Luma([grey(0.5 * (self.ink + self.paper) + 0.12 * (self.paper - self.ink) * folds + edges * (self.paper - self.ink) / 255.0)])
        });
        for code in &self.codes {
            self.lay(code, &mut picture);
        }
        for _ in 0..2 {
            picture = blurred(&picture, self.blur);
        }
        let mut draw = Draw::new(self.seed ^ 0x5eed);
        for (x, y, pixel) in picture.enumerate_pixels_mut() {
            let light = 1.0 - self.shade * x as f32 / width as f32;
            let glare = self.glare.map_or(0.0, |((left, top), radius, added)| {
                let far = ((x as f32 - left).powi(2) + (y as f32 - top).powi(2)).sqrt() / radius;
                added * (1.5 - far).clamp(0.0, 1.0)
            });
            pixel.0[0] = grey(f32::from(pixel.0[0]) * light + glare + self.noise * draw.normal());
        }
        picture
    }

    fn lay(&self, code: &Seen, picture: &mut GrayImage) {
        const QUIET: f32 = 4.0;
        /// Each pixel is the mean of so many by so many places.
        const FINE: u32 = 3;
        let qr = QrCode::with_error_correction_level(code.text.as_bytes(), EcLevel::M).expect("the text fits");
        let (modules, count) = (qr.to_colors(), qr.width() as f32);
        let (sin, cos) = code.turn.sin_cos();
        // Seen from a distance of two and a half times its side.
        let (tilt_sin, tilt_cos) = (code.tilt.sin() / 2.5, code.tilt.cos());
        let reach = 0.9 * code.side;
        let from = |middle: f32| (middle - reach).max(0.0) as u32;
        let to = |middle: f32, most: u32| ((middle + reach).max(0.0) as u32).min(most);
        for y in from(code.at.1)..to(code.at.1, picture.height()) {
            for x in from(code.at.0)..to(code.at.0, picture.width()) {
                let mut sum = 0.0;
                let mut inside = 0;
                for part in 0..FINE * FINE {
                    let fine = |part: u32| (part as f32 + 0.5) / FINE as f32;
                    let across = (x as f32 + fine(part % FINE) - code.at.0) / code.side;
                    let down = (y as f32 + fine(part / FINE) - code.at.1) / code.side;
                    let (across, down) = (across * cos + down * sin, down * cos - across * sin);
                    let depth = tilt_cos - across * tilt_sin;
                    if depth <= 0.05 {
                        continue;
                    }
                    let (u, v) = (across / depth, down * (1.0 + across / depth * tilt_sin));
                    let u = if code.bend > 0.0 { (u * code.bend).clamp(-1.0, 1.0).asin() / code.bend } else { u };
                    let whole = count + 2.0 * QUIET;
                    let (column, row) = ((u + 0.5) * whole, (v + 0.5) * whole);
                    if !(0.0..whole).contains(&column) || !(0.0..whole).contains(&row) {
                        continue;
                    }
                    let (column, row) = (column - QUIET, row - QUIET);
                    let is_dark = (0.0..count).contains(&column)
                        && (0.0..count).contains(&row)
                        && modules[row as usize * count as usize + column as usize] == Color::Dark;
                    sum += if is_dark { self.ink } else { self.paper };
                    inside += 1;
                }
                if inside > 0 {
                    let share = inside as f32 / (FINE * FINE) as f32;
                    let behind = f32::from(picture.get_pixel(x, y).0[0]);
                    picture.put_pixel(x, y, Luma([grey(sum / inside as f32 * share + behind * (1.0 - share))]));
                }
            }
        }
    }
}

/// A code and its quiet zone, with so many pixels a module.
pub fn printed(payload: &[u8], module: u32) -> GrayImage {
    const QUIET: u32 = 4;
    let qr = QrCode::with_error_correction_level(payload, EcLevel::M).expect("the payload fits");
    let (modules, width) = (qr.to_colors(), qr.width() as u32);
    let side = (width + 2 * QUIET) * module;
    GrayImage::from_fn(side, side, |x, y| {
        let (column, row) = ((x / module).wrapping_sub(QUIET), (y / module).wrapping_sub(QUIET));
        let is_dark = column < width && row < width && modules[(row * width + column) as usize] == Color::Dark;
        Luma([if is_dark { 0 } else { 255 }])
    })
}

/// A picture as a camera sends it: JPEG at quality 80.
pub fn jpeg(picture: &GrayImage) -> Vec<u8> {
    let rgb: Vec<u8> = picture.as_raw().iter().flat_map(|grey| [*grey; 3]).collect();
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 80)
        .write_image(&rgb, picture.width(), picture.height(), image::ExtendedColorType::Rgb8)
        .expect("a picture in memory");
    bytes
}

/// People hold up their tickets one after the other before a camera that is not quite still. Each ticket comes in from
/// the left, stays a while and leaves to the right; then nothing is there for a moment.
pub fn scene(texts: &[&str], size: (u32, u32), frames_each: u32) -> Vec<Shot> {
    let frame = |(index, text): (usize, &&str), frame: u32| {
        let number = (index as u32 * frames_each + frame) as f32;
        // From 0 when it comes to 1 when it has left, at rest between.
        let way = frame as f32 / frames_each as f32;
        let (width, height) = (size.0 as f32, size.1 as f32);
        let at = match way {
            way if way < 0.25 => width * (2.0 * way - 0.1),
            way if way < 0.65 => width * 0.4 + width * 0.2 * (way - 0.25),
            way => width * (0.48 + 3.0 * (way - 0.65)),
        };
        let mut shot = held_up(text, size);
        shot.seed = u64::from(index as u32 * frames_each + frame) + 1;
        shot.codes[0].at = (at + 6.0 * (number / 3.0).sin(), height * 0.5 + 9.0 * (number / 5.0).cos());
        shot.codes[0].side = height * (0.62 + 0.05 * (number / 11.0).sin());
        shot.codes[0].turn = 0.12 * (number / 7.0).sin();
        shot.codes[0].tilt = 0.25 * (number / 9.0).cos();
        // Whoever moves is blurred.
        shot.blur = if (0.25..0.65).contains(&way) { 0 } else { 2 };
        if way > 0.9 {
            shot.codes.clear();
        }
        shot
    };
    texts.iter().enumerate().flat_map(|text| (0..frames_each).map(move |number| frame(text, number))).collect()
}

/// Random numbers: splitmix64.
pub struct Draw(u64);

impl Draw {
    pub fn new(seed: u64) -> Draw {
        Draw(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * (self.next() >> 40) as f32 / (1 << 24) as f32
    }

    /// Near enough to a normal distribution: the sum of four.
    fn normal(&mut self) -> f32 {
        let four = self.next();
        let sum: i32 = (0..4).map(|part| (four >> (16 * part) & 0xffff) as i32 - 0x8000).sum();
        sum as f32 / 37_837.0
    }
}

fn grey(value: f32) -> u8 {
    value.clamp(0.0, 255.0) as u8
}

/// A box blur, along the rows and then along the columns.
fn blurred(picture: &GrayImage, radius: u32) -> GrayImage {
    if radius == 0 {
        return picture.clone();
    }
    let (width, height, reach) = (picture.width() as i64, picture.height() as i64, i64::from(radius));
    let mean = |from: &GrayImage, step: (i64, i64)| {
        GrayImage::from_fn(picture.width(), picture.height(), |x, y| {
            let sum: u32 = (-reach..=reach)
                .map(|away| {
                    let (x, y) = (i64::from(x) + away * step.0, i64::from(y) + away * step.1);
                    u32::from(from.get_pixel(x.clamp(0, width - 1) as u32, y.clamp(0, height - 1) as u32).0[0])
                })
                .sum();
            Luma([(sum / (2 * radius + 1)) as u8])
        })
    };
    mean(&mean(picture, (1, 0)), (0, 1))
}
