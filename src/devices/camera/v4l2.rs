//! A camera of this machine, through Video4Linux: MJPEG where it has that, else YUYV.

use std::io;
use std::path::Path;
use std::time::Instant;

use linuxvideo::format::{PixFormat, PixelFormat};
use linuxvideo::stream::ReadStream;
use linuxvideo::{BufType, CapabilityFlags};
use zeroize::Zeroize;

use super::colour::write_rgb_of_yuyv;
use super::source::{Fault, Resolution, SILENCE, Source};
use super::stream::await_bytes;
use crate::devices::picture::Picture;
use crate::devices::status::Candidate;

pub(super) struct Device {
    stream: ReadStream,
    form: PixelFormat,
    width: u32,
    height: u32,
    bytes_per_row: usize,
    newest: Vec<u8>,
    heard_at: Instant,
}

impl Device {
    pub(super) fn open(path: &Path, resolution: Resolution) -> Result<Device, Fault> {
        let device = linuxvideo::Device::open(path)?;
        let formats: Vec<PixelFormat> =
            device.formats(BufType::VIDEO_CAPTURE).map(|format| Ok(format?.pixel_format())).collect::<io::Result<_>>()?;
        let known = [PixelFormat::MJPG, PixelFormat::JPEG, PixelFormat::YUYV].into_iter().find(|format| formats.contains(format));
        let wanted = PixFormat::new(resolution.width, resolution.height, known.ok_or(Fault::NoPictures)?);
        let capture = device.video_capture(wanted)?;
        // The driver may have chosen another size.
        let given = capture.format();
        let (form, width, height) = (given.pixel_format(), given.width(), given.height());
        let bytes_per_row = (given.bytes_per_line() as usize).max(2 * width as usize);
        Ok(Device { stream: capture.into_stream()?, form, width, height, bytes_per_row, newest: Vec::new(), heard_at: Instant::now() })
    }
}

impl Source for Device {
    fn wait(&mut self) -> Result<bool, Fault> {
        let mut is_new = false;
        if self.stream.will_block()? {
            await_bytes(&self.stream)?;
        }
        while !self.stream.will_block()? {
            let newest = &mut self.newest;
            is_new |= self.stream.dequeue(|frame| {
                let is_whole = !frame.is_error() && !frame.is_empty();
                if is_whole {
                    newest.clear();
                    newest.extend_from_slice(&frame);
                }
                Ok(is_whole)
            })?;
        }
        if is_new {
            self.heard_at = Instant::now();
        } else if self.heard_at.elapsed() > SILENCE {
            return Err(Fault::Gone);
        }
        Ok(is_new)
    }

    fn unpack(&mut self, picture: &mut Picture) -> Result<(), Fault> {
        if self.form != PixelFormat::YUYV {
            return Ok(picture.unpack(&self.newest)?);
        }
        let pixels = picture.resize(self.width, self.height)?;
        if self.width == 0 || self.newest.len() < self.bytes_per_row * self.height as usize {
            return Err(Fault::NoPictures);
        }
        write_rgb_of_yuyv(&self.newest, self.bytes_per_row, self.width, pixels);
        Ok(())
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.newest.zeroize();
    }
}

/// The cameras of this machine, by path.
pub(super) fn list() -> Vec<Candidate> {
    let Ok(devices) = linuxvideo::list() else { return Vec::new() };
    let mut found: Vec<Candidate> = devices
        .filter_map(|device| {
            let device = device.ok()?;
            let abilities = device.capabilities().ok()?;
            let can = abilities.device_capabilities().contains(CapabilityFlags::VIDEO_CAPTURE);
            can.then_some(Candidate { address: device.path().ok()?.display().to_string(), name: abilities.card().to_owned() })
        })
        .collect();
    found.sort_by(|a, b| a.address.cmp(&b.address));
    found
}
