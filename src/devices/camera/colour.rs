//! From brightness and colour difference, as cameras send them, to red, green and blue.

/// A picture in planes: the brightness of each pixel; two colour differences, shared by so many pixels across and down.
pub(super) struct Planes<'p> {
    pub(super) brightness: &'p [u8],
    pub(super) colours: Option<Colours<'p>>,
}

/// The blue and the red difference, and how many pixels across and down share one.
pub(super) type Colours<'p> = (&'p [u8], &'p [u8], (u32, u32));

/// Draws planes of this width into `rgb`, three bytes a pixel.
pub(super) fn write_rgb(planes: &Planes<'_>, width: u32, rgb: &mut [u8]) {
    let width = width as usize;
    let rows = rgb.chunks_exact_mut(3 * width).zip(planes.brightness.chunks_exact(width));
    for (y, (row, brightness)) in rows.enumerate() {
        match planes.colours {
            None => row.chunks_exact_mut(3).zip(brightness).for_each(|(pixel, luma)| pixel.copy_from_slice(&rgb_of(*luma, 128, 128))),
            Some((blue, red, (across, down))) => {
                let (across, from) = (across as usize, y / down as usize * width.div_ceil(across as usize));
                let (blue, red) = (&blue[from..], &red[from..]);
                for (x, (pixel, luma)) in row.chunks_exact_mut(3).zip(brightness).enumerate() {
                    pixel.copy_from_slice(&rgb_of(*luma, blue[x / across], red[x / across]));
                }
            }
        }
    }
}

/// Draws rows of YUYV: two pixels in four bytes.
pub(super) fn write_rgb_of_yuyv(rows: &[u8], bytes_per_row: usize, width: u32, rgb: &mut [u8]) {
    for (row, pairs) in rgb.chunks_exact_mut(3 * width as usize).zip(rows.chunks(bytes_per_row)) {
        for (pixels, pair) in row.chunks_mut(6).zip(pairs.chunks_exact(4)) {
            for (pixel, luma) in pixels.chunks_exact_mut(3).zip([pair[0], pair[2]]) {
                pixel.copy_from_slice(&rgb_of(luma, pair[1], pair[3]));
            }
        }
    }
}

/// **Source** ITU-R BT.601, brightness from 16 to 235.
fn rgb_of(luma: u8, blue: u8, red: u8) -> [u8; 3] {
    let (luma, blue, red) = (298 * (i32::from(luma) - 16), i32::from(blue) - 128, i32::from(red) - 128);
    [luma + 409 * red, luma - 100 * blue - 208 * red, luma + 516 * blue].map(|value| ((value + 128) >> 8).clamp(0, 255) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_white_and_red_are_what_they_are() {
        assert_eq!([rgb_of(16, 128, 128), rgb_of(235, 128, 128)], [[0; 3], [255; 3]]);
        let [red, green, blue] = rgb_of(81, 90, 240);
        assert!(red > 250 && green < 5 && blue < 5, "{red} {green} {blue}");
    }

    #[test]
    fn pixels_share_their_colour_at_odd_edges_too() {
        // Three by three pixels, colours for two by two blocks: the last column and row have one of their own.
        let brightness = [81; 9];
        let (blue, red) = ([90, 128, 128, 90], [240, 128, 128, 240]);
        let mut rgb = [0; 27];
        write_rgb(&Planes { brightness: &brightness, colours: Some((&blue, &red, (2, 2))) }, 3, &mut rgb);
        let is_red: Vec<bool> = rgb.chunks_exact(3).map(|pixel| pixel[0] > 250).collect();
        assert_eq!(is_red, [true, true, false, true, true, false, false, false, true]);
        let mut rgb = [0; 18];
        write_rgb_of_yuyv(&[81, 90, 81, 240, 81, 128, 0, 128, 81, 128, 81, 128, 81, 90, 0, 240], 8, 3, &mut rgb);
        let is_red: Vec<bool> = rgb.chunks_exact(3).map(|pixel| pixel[0] > 250).collect();
        assert_eq!(is_red, [true, true, false, false, false, true]);
    }
}
