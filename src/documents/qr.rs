//! QR codes as modules, for papers and pictures, and codes as people read them.

use std::io::Cursor;

use image::{GrayImage, ImageFormat, Luma};
use qrcode::{Color, EcLevel, QrCode};

use super::page::{DocumentError, Place};

/// The quiet zone around a QR, in modules. Source: ISO/IEC 18004.
pub(super) const QUIET_MODULES: f32 = 4.0;

/// How much of a QR may be damaged.
#[derive(Clone, Copy)]
pub(super) enum Level {
    /// 15 %.
    M,
    /// 30 %.
    H,
}

/// A code for a screen, black on white with its quiet zone; `module` is the side of one in pixels.
///
/// # Errors
/// `Code` if no QR can hold it.
pub fn picture(code: &str, module: u32) -> Result<GrayImage, DocumentError> {
    Ok(Qr::of(code, Level::M)?.picture(module))
}

/// A code for a terminal: half a line for a module, light blocks on a dark ground or dark ones on a light, which scanners read both.
///
/// # Errors
/// `Code` if no QR can hold it.
pub fn blocks(code: &str) -> Result<String, DocumentError> {
    let qr = Qr::of(code, Level::M)?;
    let quiet = QUIET_MODULES as usize;
    let side = qr.width + 2 * quiet;
    // A block is a light module.
    let is_light = |x: usize, y: usize| !(x >= quiet && y >= quiet && qr.is_dark(x - quiet, y - quiet));
    let lines = (0..side).step_by(2).map(|y| {
        let line = (0..side).map(|x| match (is_light(x, y), y + 1 < side && is_light(x, y + 1)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        });
        line.collect::<String>()
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

/// A QR code.
pub(super) struct Qr {
    /// In modules, without the quiet zone.
    pub(super) width: usize,
    modules: Vec<Color>,
}

impl Qr {
    /// The smallest QR for `code` at this level.
    ///
    /// # Errors
    /// `Code` if there is none.
    pub(super) fn of(code: &str, level: Level) -> Result<Qr, DocumentError> {
        let level = match level {
            Level::M => EcLevel::M,
            Level::H => EcLevel::H,
        };
        let code = QrCode::with_error_correction_level(code.as_bytes(), level).map_err(|_| DocumentError::Code)?;
        Ok(Qr { width: code.width(), modules: code.to_colors() })
    }

    /// Whether the module is dark; outside of the QR none is.
    pub(super) fn is_dark(&self, column: usize, row: usize) -> bool {
        column < self.width && row < self.width && self.modules[row * self.width + column] == Color::Dark
    }

    /// Black on white with its quiet zone. `module` is the side of one in pixels.
    fn picture(&self, module: u32) -> GrayImage {
        let quiet = QUIET_MODULES as u32;
        let side = (self.width as u32 + 2 * quiet) * module;
        GrayImage::from_fn(side, side, |x, y| {
            let place = |pixel: u32| (pixel / module).checked_sub(quiet).map(|place| place as usize);
            match (place(x), place(y)) {
                (Some(column), Some(row)) if self.is_dark(column, row) => Luma([0]),
                _ => Luma([255]),
            }
        })
    }

    /// [`Qr::picture`] as a PNG.
    pub(super) fn png(&self, module: u32) -> Vec<u8> {
        let picture = self.picture(module);
        let mut png = Cursor::new(Vec::new());
        picture.write_to(&mut png, ImageFormat::Png).expect("a small grey picture, written into memory");
        png.into_inner()
    }

    /// The dark modules as they stand in `place`. Neighbours in a row are one bar: no seam for a
    /// printer to show.
    pub(super) fn bars(&self, place: Place) -> impl Iterator<Item = Place> {
        let (across, down) = (place.width / self.width as f32, place.height / self.width as f32);
        self.modules.chunks(self.width).enumerate().flat_map(move |(row, modules)| {
            let mut bars = Vec::new();
            let mut column = 0;
            while column < modules.len() {
                let dark = modules[column..].iter().take_while(|module| **module == Color::Dark).count();
                if dark > 0 {
                    bars.push(Place {
                        x: place.x + column as f32 * across,
                        y: place.y + row as f32 * down,
                        width: dark as f32 * across,
                        height: down,
                    });
                }
                column += dark + 1;
            }
            bars
        })
    }
}

/// `7Q4M2XKD` as `7Q4M 2XKD`; another length as it is.
pub(super) fn spaced(code: &str) -> String {
    match code.split_at_checked(4) {
        Some((first, last)) if code.is_ascii() && last.len() == 4 => format!("{first} {last}"),
        _ => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_code_makes_the_smallest_qr_and_is_shown_in_two_halves() {
        assert_eq!(Qr::of("7Q4M2XKD", Level::H).unwrap().width, 21);
        assert_eq!(spaced("7Q4M2XKD"), "7Q4M 2XKD");
        assert_eq!(spaced("7Q4M2XK"), "7Q4M2XK");
        assert_eq!(spaced("æøåæ"), "æøåæ");
    }

    #[test]
    fn bars_are_the_dark_modules_and_nothing_else() {
        let qr = Qr::of("7Q4M2XKD", Level::H).unwrap();
        let bars: Vec<Place> = qr.bars(Place { x: 0.0, y: 0.0, width: 21.0, height: 21.0 }).collect();
        let dark = (0..21).flat_map(|row| (0..21).map(move |column| (column, row))).filter(|(column, row)| qr.is_dark(*column, *row));
        assert_eq!(bars.iter().map(|bar| bar.width).sum::<f32>(), dark.count() as f32);
        // The first row begins with the finder pattern: seven dark modules.
        assert_eq!(bars[0], Place { x: 0.0, y: 0.0, width: 7.0, height: 1.0 });
        assert!(!qr.is_dark(21, 0));
    }

    #[test]
    fn a_code_that_no_qr_can_hold_is_refused() {
        assert_eq!(Qr::of(&"A".repeat(5000), Level::M).err(), Some(DocumentError::Code));
    }
}
