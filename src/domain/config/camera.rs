//! The camera that codes are held up to.

use serde::{Deserialize, Serialize};

use super::fault::ConfigFault;

/// A camera that this desk can use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Camera {
    /// `/dev/video0`, `http://…`, or the path of a folder of pictures or of a FIFO or file of MJPEG or Y4M.
    pub source: String,
    /// Width and height in pixels that a video device is asked for.
    #[serde(default = "Camera::usual_resolution")]
    pub resolution: (u32, u32),
    /// Whether the live picture is as in a mirror.
    #[serde(default = "Camera::usual_mirror")]
    pub mirror: bool,
}

impl Camera {
    /// A camera as it usually is.
    pub fn at(source: impl Into<String>) -> Camera {
        Camera { source: source.into(), resolution: Camera::usual_resolution(), mirror: Camera::usual_mirror() }
    }

    pub(super) fn check(&self) -> Result<(), ConfigFault> {
        let (width, height) = self.resolution;
        if self.source.trim().is_empty() {
            return Err(ConfigFault::NoCamera);
        }
        if !(160..=3840).contains(&width) || !(120..=2160).contains(&height) {
            return Err(ConfigFault::Resolution(width, height));
        }
        Ok(())
    }

    fn usual_resolution() -> (u32, u32) {
        (1280, 720)
    }

    fn usual_mirror() -> bool {
        true
    }
}
