//! Which kind of source the address of a camera means.

use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use super::source::{Fault, Resolution, Source};
use super::{folder, http, stream, v4l2};

/// Opens what `address` names: `http://…`, or the path of a video device, a folder of pictures, or a FIFO or file with
/// MJPEG or Y4M in it.
pub(super) fn open(address: &str, resolution: Resolution) -> Result<Box<dyn Source>, Fault> {
    if address.starts_with("http://") {
        return Ok(Box::new(http::open(address)?));
    }
    let path = Path::new(address);
    let kind = std::fs::metadata(path)?.file_type();
    Ok(if kind.is_dir() {
        Box::new(folder::Folder::open(path)?)
    } else if kind.is_char_device() {
        Box::new(v4l2::Device::open(path, resolution)?)
    } else if kind.is_fifo() {
        Box::new(stream::Stream::of(stream::Fifo::open(path)?))
    } else {
        Box::new(stream::Stream::of(stream::Film::open(path)?))
    })
}
