//! A folder of pictures as a camera: each is shown for a while, in the order of their names, over and over.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::source::{Fault, Source, WAIT};
use crate::devices::picture::{BYTES_MAX, Picture};

/// How long a picture stands.
const EACH: Duration = Duration::from_secs(1);

pub(super) struct Folder {
    pictures: Vec<PathBuf>,
    shown: usize,
    next_at: Instant,
}

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Folder, Fault> {
        let is_picture = |path: &PathBuf| {
            let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
            matches!(ending.as_deref(), Some("png" | "jpg" | "jpeg"))
        };
        let mut pictures: Vec<PathBuf> = std::fs::read_dir(path)?.filter_map(|entry| Some(entry.ok()?.path())).filter(is_picture).collect();
        if pictures.is_empty() {
            return Err(Fault::NoPictures);
        }
        pictures.sort();
        Ok(Folder { shown: pictures.len() - 1, pictures, next_at: Instant::now() })
    }
}

impl Source for Folder {
    fn wait(&mut self) -> Result<bool, Fault> {
        let rest = self.next_at.saturating_duration_since(Instant::now());
        if rest > WAIT {
            std::thread::sleep(WAIT);
            return Ok(false);
        }
        std::thread::sleep(rest);
        self.next_at += EACH;
        self.shown = (self.shown + 1) % self.pictures.len();
        Ok(true)
    }

    fn unpack(&mut self, picture: &mut Picture) -> Result<(), Fault> {
        let path = &self.pictures[self.shown];
        if std::fs::metadata(path)?.len() > BYTES_MAX {
            return Err(Fault::NoPictures);
        }
        Ok(picture.unpack(&crate::files::read_limited(path, BYTES_MAX)?)?)
    }
}
