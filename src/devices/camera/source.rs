//! Where a camera's pictures come from.

use std::time::Duration;

use crate::devices::picture::{Picture, PictureFault};

/// How long a source waits for a picture before it says that none came.
pub(super) const WAIT: Duration = Duration::from_millis(100);
/// A source that had nothing to say for so long is asked anew.
pub(super) const SILENCE: Duration = Duration::from_secs(3);
/// The pace of what has none of its own, such as a file.
pub(super) const FRAME: Duration = Duration::from_millis(33);

/// In pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolution {
    pub width: u32,
    pub height: u32,
}

/// Why a source gives no pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the camera is not there")]
    Gone,
    #[error("this account may not use the camera")]
    NotAllowed,
    #[error("what comes from there is not a picture this program can read")]
    NoPictures,
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Fault {
        match error.kind() {
            std::io::ErrorKind::PermissionDenied => Fault::NotAllowed,
            _ => Fault::Gone,
        }
    }
}

impl From<PictureFault> for Fault {
    fn from(_: PictureFault) -> Fault {
        Fault::NoPictures
    }
}

/// Something that gives pictures, one after the other.
pub(super) trait Source {
    /// Waits for the newest picture, at most about [`WAIT`]; false if none came. One that nobody unpacked is dropped.
    fn wait(&mut self) -> Result<bool, Fault>;

    /// Unpacks the picture that came.
    fn unpack(&mut self, picture: &mut Picture) -> Result<(), Fault>;
}
