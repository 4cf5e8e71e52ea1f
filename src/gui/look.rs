//! What the window takes over from the organisation: its colour in every theme, its logo; and the evening colours when
//! it is evening.

use std::cell::RefCell;
use std::io::Cursor;
use std::path::Path;

use i_slint_core::graphics::{IntSize, image_to_rgba8_with_target_size};
use image::{ImageReader, Limits, RgbaImage};
use slint::{ComponentHandle, Image, SharedPixelBuffer};
use velkommen_ui::{self as ui, App};

use crate::domain::accent::{Accent, Rgb, Theme};
use crate::domain::profile::Look;

/// The longest side of a logo, in pixels.
const LOGO_SIDE: u32 = 2_000;
/// Most bytes of its file, and while it is unpacked.
const LOGO_BYTES_MAX: u64 = 8 << 20;
const LOGO_MEMORY_MAX: u64 = 64 << 20;

/// Icons are turned into pixels once for each size. Slint's software renderer would do it in every frame.
pub fn connect(window: &App) {
    let drawn = RefCell::new(Vec::<(Image, i32, Image)>::new());
    window.global::<ui::Icons>().on_drawn(move |icon, side| {
        let mut drawn = drawn.borrow_mut();
        if let Some((.., picture)) = drawn.iter().find(|(of, at, _)| (of, *at) == (&icon, side)) {
            return picture.clone();
        }
        let size = u32::try_from(side).map_or_else(|_| IntSize::zero(), IntSize::splat);
        let picture = image_to_rgba8_with_target_size(&icon, size).map_or_else(Image::default, Image::from_rgba8);
        drawn.push((icon, side, picture.clone()));
        picture
    });
}

/// Puts on the organisation's colour and logo.
pub fn dress(window: &App, look: &Look, logo: Option<&RgbaImage>) {
    let accent = |theme| accent_out(Accent::of(look.accent, theme));
    let theme = window.global::<ui::Theme>();
    theme.set_day_accent(accent(Theme::Day));
    theme.set_contrast_accent(accent(Theme::HighContrast));
    theme.set_evening_accent(accent(Theme::Evening));
    theme.set_logo(logo.map_or_else(Image::default, logo_out));
}

fn logo_out(logo: &RgbaImage) -> Image {
    Image::from_rgba8(SharedPixelBuffer::clone_from_slice(logo.as_raw(), logo.width(), logo.height()))
}

/// The logo that a profile names, from the desk's folder. One that cannot be shown leaves our mark in its place.
pub fn logo(folder: &Path, look: &Look) -> Option<RgbaImage> {
    let name = Path::new(look.logo.as_ref()?);
    let is_plain = name.file_name() == Some(name.as_os_str());
    let logo = if is_plain { read_logo(&folder.join(name)) } else { Err("it is to be the name of a file in the desk's folder".into()) };
    logo.inspect_err(|error| tracing::warn!(%error, "the logo cannot be shown")).ok()
}

fn read_logo(file: &Path) -> Result<RgbaImage, Box<dyn std::error::Error>> {
    let mut reader = ImageReader::new(Cursor::new(crate::files::read_limited(file, LOGO_BYTES_MAX)?)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LOGO_SIDE);
    limits.max_image_height = Some(LOGO_SIDE);
    limits.max_alloc = Some(LOGO_MEMORY_MAX);
    reader.limits(limits);
    Ok(reader.decode()?.into_rgba8())
}

fn accent_out(accent: Accent) -> ui::Accent {
    let color = |Rgb(red, green, blue)| slint::Color::from_rgb_u8(red, green, blue);
    let Accent { fill, on_fill, ink, soft, pressed, line } = accent;
    ui::Accent {
        fill: color(fill),
        on_fill: color(on_fill),
        ink: color(ink),
        soft: color(soft),
        pressed: color(pressed),
        line: color(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(logo: &str) -> Look {
        Look { logo: Some(logo.to_owned()), ..Look::default() }
    }

    #[test]
    fn a_logo_comes_from_the_folder_and_from_nowhere_else() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = place.path().join("desk");
        std::fs::create_dir(&folder).expect("a folder");
        let picture = RgbaImage::from_pixel(3, 2, image::Rgba([1, 2, 3, 4]));
        picture.save_with_format(folder.join("logo.png"), image::ImageFormat::Png).expect("written");
        picture.save_with_format(place.path().join("other.png"), image::ImageFormat::Png).expect("written");
        std::fs::write(folder.join("not.png"), b"\x89PNG\r\n\x1a\nnothing").expect("written");
        assert_eq!(logo(&folder, &named("logo.png")), Some(picture));
        for absent in ["", "..", "../other.png", "gone.png", "not.png", "/dev/zero"] {
            assert_eq!(logo(&folder, &named(absent)), None, "{absent}");
        }
        assert_eq!(logo(&folder, &Look::default()), None);
    }

    #[test]
    fn a_logo_too_large_is_not_unpacked() {
        let place = tempfile::tempdir().expect("a folder");
        let wide = RgbaImage::new(LOGO_SIDE + 1, 1);
        wide.save_with_format(place.path().join("wide.png"), image::ImageFormat::Png).expect("written");
        assert_eq!(logo(place.path(), &named("wide.png")), None);
    }
}
