//! Pictures from outside, PNG and JPEG: unpacked within limits, and wiped when they are no longer looked at.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use zeroize::Zeroize;

use super::guard::guarded;

/// Most pixels of a picture: more than a telephone takes.
pub const PIXELS_MAX: u64 = 64_000_000;
/// Most bytes of a packed picture.
pub const BYTES_MAX: u64 = 64 << 20;
/// Most bytes of the pixels as the file has them, and as we keep them.
const MEMORY_MAX: u64 = 256 << 20;
/// Most bytes of what a file says beside its pixels: of a colour profile, which may unpack to anything.
const BESIDE_MAX: u64 = 4 << 20;
/// The longest side, in pixels.
const SIDE_MAX: u32 = 16_384;

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureFault {
    #[error("neither a PNG nor a JPEG picture")]
    Kind,
    #[error("the picture is damaged")]
    Damaged,
    #[error("the picture is too large")]
    TooLarge,
}

/// A picture, three bytes (red, green, blue) a pixel, row by row from the top. Its memory is used again for the next one
/// and overwritten when it goes. `Debug` shows nothing of it.
#[derive(Default)]
pub struct Picture {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl Picture {
    pub fn width(&self) -> u32 {
        self.width
    }

    pub fn height(&self) -> u32 {
        self.height
    }

    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// Takes this size, without a promise about the pixels, and hands them out to be drawn.
    ///
    /// # Errors
    /// `TooLarge` beyond [`PIXELS_MAX`].
    pub fn resize(&mut self, width: u32, height: u32) -> Result<&mut [u8], PictureFault> {
        let pixels = u64::from(width) * u64::from(height);
        if width > SIDE_MAX || height > SIDE_MAX || pixels > PIXELS_MAX {
            return Err(PictureFault::TooLarge);
        }
        (self.width, self.height) = (width, height);
        self.rgb.resize(pixels as usize * 3, 0);
        Ok(&mut self.rgb)
    }

    /// Unpacks a PNG or JPEG file into this picture.
    ///
    /// # Errors
    /// The picture is then wiped.
    pub fn unpack(&mut self, bytes: &[u8]) -> Result<(), PictureFault> {
        // The decoders are not ours, and the bytes may be anybody's.
        let unpacked = guarded("picture", || self.unpack_within_limits(bytes)).unwrap_or(Err(PictureFault::Damaged));
        if unpacked.is_err() {
            self.wipe();
        }
        unpacked
    }

    fn unpack_within_limits(&mut self, bytes: &[u8]) -> Result<(), PictureFault> {
        if bytes.len() as u64 > BYTES_MAX {
            return Err(PictureFault::TooLarge);
        }
        let format = image::guess_format(bytes).map_err(|_| PictureFault::Kind)?;
        if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg) {
            return Err(PictureFault::Kind);
        }
        let mut limits = Limits::default();
        limits.max_image_width = Some(SIDE_MAX);
        limits.max_image_height = Some(SIDE_MAX);
        limits.max_alloc = Some(BESIDE_MAX);
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        reader.limits(limits);
        let fault = |error: image::ImageError| match error {
            image::ImageError::Limits(_) => PictureFault::TooLarge,
            _ => PictureFault::Damaged,
        };
        let decoder = reader.into_decoder().map_err(fault)?;
        let (width, height) = decoder.dimensions();
        let is_rgb = decoder.color_type() == image::ColorType::Rgb8;
        let ours = u64::from(width) * u64::from(height) * 3;
        if !is_rgb && decoder.total_bytes() + ours > MEMORY_MAX {
            return Err(PictureFault::TooLarge);
        }
        let pixels = self.resize(width, height)?;
        if is_rgb {
            decoder.read_image(pixels).map_err(fault)
        } else {
            let mut other = DynamicImage::from_decoder(decoder).map_err(fault)?.into_rgb8();
            pixels.copy_from_slice(&other);
            other.zeroize();
            Ok(())
        }
    }

    /// The brightness of each pixel, in place of what `grey` held.
    pub fn write_grey(&self, grey: &mut Vec<u8>) {
        let (pixels, _) = self.rgb.as_chunks::<3>();
        grey.resize(pixels.len(), 0);
        for (grey, [red, green, blue]) in grey.iter_mut().zip(pixels) {
            // ITU-R BT.601.
            *grey = ((u16::from(*red) * 77 + u16::from(*green) * 150 + u16::from(*blue) * 29) >> 8) as u8;
        }
    }

    /// Overwrites every pixel and becomes empty.
    pub fn wipe(&mut self) {
        self.rgb.zeroize();
        (self.width, self.height) = (0, 0);
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({} × {})", self.width, self.height)
    }
}
