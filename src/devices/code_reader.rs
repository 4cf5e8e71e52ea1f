//! Reading QR codes in pictures. Which library and which attempts, decision 12 says.

use std::fmt;

use zxingcpp::{BarcodeFormat, Binarizer, ImageFormat, ImageView, TextMode};

use super::guard::guarded;
use super::picture::{Picture, PictureFault};

/// Most codes that are read in one picture.
const CODES_MAX: i32 = 64;

/// The text of a code. `Debug` says nothing of it: it may open a door.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CodeText(String);

impl CodeText {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Debug for CodeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeText(..)")
    }
}

/// A picture in greys, a byte a pixel, row by row from the top.
#[derive(Clone, Copy)]
pub struct Grey<'p> {
    pub pixels: &'p [u8],
    pub width: u32,
    pub height: u32,
}

/// The codes in a PNG or JPEG file, each text once.
pub fn read_file(bytes: &[u8]) -> Result<Vec<CodeText>, PictureFault> {
    let mut picture = Picture::default();
    picture.unpack(bytes)?;
    let mut pixels = Vec::new();
    picture.write_grey(&mut pixels);
    Ok(read(Grey { pixels: &pixels, width: picture.width(), height: picture.height() }))
}

/// The codes in a picture, each text once. There are none if the picture has no such size, or the decoder fails.
pub fn read(grey: Grey<'_>) -> Vec<CodeText> {
    // The decoders are not ours, and the picture may be anybody's.
    guarded("code reader", || read_twice(grey)).unwrap_or_default()
}

/// Most codes are read when the whole picture is held against one threshold. Each place held against its surroundings
/// shows what stands in bad light, at three times the time.
fn read_twice(grey: Grey<'_>) -> Vec<CodeText> {
    if grey.width == 0 || grey.height == 0 || grey.pixels.len() as u64 != u64::from(grey.width) * u64::from(grey.height) {
        return Vec::new();
    }
    let first = attempt(grey, Binarizer::GlobalHistogram);
    if first.is_empty() { attempt(grey, Binarizer::LocalAverage) } else { first }
}

fn attempt(grey: Grey<'_>, binarizer: Binarizer) -> Vec<CodeText> {
    let Ok(view) = ImageView::from_slice(grey.pixels, grey.width, grey.height, ImageFormat::Lum) else { return Vec::new() };
    let reader = zxingcpp::read()
        // Not its small kin: a Micro QR has hardly any redundancy, and digits were read where none stood.
        .formats([BarcodeFormat::QRCodeModel2])
        .text_mode(TextMode::Plain)
        .binarizer(binarizer)
        .try_invert(true)
        .max_number_of_symbols(CODES_MAX);
    let mut codes: Vec<CodeText> = Vec::new();
    for code in reader.from(view).unwrap_or_default() {
        let text = code.text();
        // Texts come over from C, where a null ends them: half a code must not pass for another.
        let is_whole = !code.bytes().contains(&0);
        if code.is_valid() && is_whole && !codes.iter().any(|known| known.0 == text) {
            codes.push(CodeText(text));
        }
    }
    codes
}
