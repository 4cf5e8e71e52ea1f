//! Files of people's: read only when they are files and no larger than they may be, written for nobody else to read.
//! Any room but `domain` may use it; it uses none.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

/// Reads a regular file of at most `bytes_max` bytes. A pipe or a device is not waited for.
///
/// **Errors** `IsADirectory`, `InvalidInput` for what else is no file, `FileTooLarge`, and what the system says.
pub fn read_limited(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let mut bytes = Vec::new();
    // One more than may be: a file can grow while it is read, and those of the kernel say that they are empty.
    file.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {bytes_max} bytes")));
    }
    Ok(bytes)
}

/// As [`read_limited`], for text.
///
/// **Errors** `InvalidData` too, for what is not UTF-8.
pub fn read_text_limited(path: &Path, bytes_max: u64) -> io::Result<String> {
    String::from_utf8(read_limited(path, bytes_max)?).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8"))
}

/// What is wrong with a text file, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    #[error("is missing: put it back")]
    Missing,
    #[error("is a folder: move it away")]
    Folder,
    #[error("is no regular file: move it away")]
    NoFile,
    #[error("is larger than such a file can be: put the right one back")]
    TooLarge,
    #[error("is not text in UTF-8: save it as UTF-8")]
    NotUtf8,
    #[error("cannot be read by this account: give it the right to")]
    NoPermission,
    #[error("cannot be read: look after the disk")]
    Io,
}

impl From<io::Error> for FileFault {
    fn from(error: io::Error) -> FileFault {
        match error.kind() {
            io::ErrorKind::NotFound => FileFault::Missing,
            io::ErrorKind::IsADirectory => FileFault::Folder,
            io::ErrorKind::InvalidInput => FileFault::NoFile,
            io::ErrorKind::FileTooLarge => FileFault::TooLarge,
            io::ErrorKind::InvalidData => FileFault::NotUtf8,
            io::ErrorKind::PermissionDenied => FileFault::NoPermission,
            _ => FileFault::Io,
        }
    }
}

/// Opens a regular file. A pipe or a device is not waited for.
pub fn open(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().read(true).custom_flags(OFlags::NONBLOCK.bits().cast_signed()).open(path)?;
    let facts = file.metadata()?;
    if facts.is_file() {
        return Ok(file);
    }
    Err(if facts.is_dir() { io::ErrorKind::IsADirectory.into() } else { no_file() })
}

/// Writes a file for this account alone (mode 0600), whole or not at all. What was there before is replaced if it is a
/// file; a link is not followed.
///
/// **Errors** `InvalidInput` where something else than a file has the name; nothing is left behind then.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    check_writable(path)?;
    let part = part_of(path);
    let written = write_new(&part, bytes).and_then(|()| std::fs::rename(&part, path));
    if written.is_err() {
        // It may never have been made.
        drop(std::fs::remove_file(&part));
    }
    written
}

/// This path, or where something is there already the same with a number before its ending.
pub fn free(path: &Path) -> PathBuf {
    let part = |part: Option<&OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    let (stem, ending) = (part(path.file_stem()), part(path.extension()));
    let numbered = (2..).map(|number: u32| path.with_file_name(format!("{stem}-{number}.{ending}")));
    let mut paths = std::iter::once(path.to_owned()).chain(numbered);
    paths.find(|path| path.symlink_metadata().is_err()).unwrap_or_else(|| path.to_owned())
}

/// How a file ends that is being written.
const PART: &str = ".part";

/// Removes what [`write_private`] left in a folder when its program ended while it wrote: there are names in it.
pub fn clear_parts(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if is_abandoned(&entry.file_name()).unwrap_or(false)
            && let Err(error) = std::fs::remove_file(entry.path())
        {
            tracing::warn!(%error, "a file that was half written could not be removed");
        }
    }
}

/// Whether this is a part of ours whose program has ended. The first versions did not say whose it is.
fn is_abandoned(name: &OsStr) -> Option<bool> {
    let part = name.to_str()?.strip_prefix('.')?.strip_suffix(PART)?;
    let own = part.split_once('-').filter(|(_, id)| uuid::Uuid::try_parse(id).is_ok());
    Some(match own {
        Some((process, _)) => process.parse::<u32>().is_ok_and(|process| !Path::new("/proc").join(process.to_string()).exists()),
        None => uuid::Uuid::try_parse(part).is_ok(),
    })
}

/// Whether [`write_private`] could write here, as far as can be said before: nothing is lost yet.
pub fn check_writable(path: &Path) -> io::Result<()> {
    match path.symlink_metadata() {
        Ok(there) if !there.is_file() => return Err(no_file()),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    if path.file_name().is_none() {
        return Err(no_file());
    }
    // Whether there is a right to write, and room, shows in nothing but writing.
    let part = part_of(path);
    write_new(&part, b"").and_then(|()| std::fs::remove_file(&part))
}

/// What a file is called while it is written.
fn part_of(path: &Path) -> PathBuf {
    path.with_file_name(format!(".{}-{}{PART}", std::process::id(), uuid::Uuid::new_v4()))
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.write_all(bytes)
}

fn no_file() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "this is no regular file")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn a_file_is_read_up_to_its_limit_and_nothing_else_is() {
        let place = tempfile::tempdir().expect("a folder");
        let file = place.path().join("file");
        std::fs::write(&file, "12345").expect("written");
        assert_eq!(read_limited(&file, 5).expect("within"), b"12345");
        assert_eq!(read_limited(&file, 4).expect_err("over").kind(), io::ErrorKind::FileTooLarge);
        let pipe = place.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).expect("a pipe");
        for other in [pipe.as_path(), Path::new("/dev/zero")] {
            assert_eq!(read_limited(other, 5).expect_err("no file").kind(), io::ErrorKind::InvalidInput, "{}", other.display());
        }
        assert_eq!(read_limited(place.path(), 5).expect_err("a folder").kind(), io::ErrorKind::IsADirectory);
        std::fs::write(&file, [0xff]).expect("written");
        assert_eq!(read_text_limited(&file, 5).expect_err("no text").kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn what_is_written_is_nobody_elses_and_goes_through_no_link() {
        let place = tempfile::tempdir().expect("a folder");
        let at = |name: &str| place.path().join(name);
        std::fs::write(at("list.csv"), "old").expect("written");
        std::fs::set_permissions(at("list.csv"), PermissionsExt::from_mode(0o644)).expect("open to all");
        for name in ["list.csv", "new.csv"] {
            write_private(&at(name), b"names").expect("written");
            assert_eq!(std::fs::read(at(name)).expect("there"), b"names");
            assert_eq!(std::fs::metadata(at(name)).expect("there").permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(at("database"), "precious").expect("written");
        symlink(at("database"), at("link.csv")).expect("linked");
        assert!(write_private(&at("link.csv"), b"names").is_err());
        assert!(write_private(place.path(), b"names").is_err());
        assert_eq!(std::fs::read(at("database")).expect("there"), b"precious");
        assert!(check_writable(&at("no/folder/list.csv")).is_err());
        assert_eq!(std::fs::read_dir(place.path()).expect("lists").count(), 4, "nothing is left behind");
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let place = tempfile::tempdir().expect("a folder");
        let at = |name: &str| place.path().join(name);
        for expected in ["list-Open-day-1.csv", "list-Open-day-1-2.csv", "list-Open-day-1-3.csv"] {
            let free = free(&at("list-Open-day-1.csv"));
            assert_eq!(free, at(expected));
            std::fs::write(free, "names").expect("written");
        }
    }

    #[test]
    fn what_was_half_written_when_its_program_ended_is_removed_and_nothing_else_is() {
        let place = tempfile::tempdir().expect("a folder");
        let id = uuid::Uuid::new_v4();
        // No process has the highest number there is.
        let gone = [format!(".{}-{id}.part", u32::MAX), format!(".{id}.part")];
        let stays = [format!(".{}-{id}.part", std::process::id()), "list.pdf".to_owned(), "a.part".to_owned(), format!("{id}.part")];
        for name in gone.iter().chain(&stays) {
            std::fs::write(place.path().join(name), "names").expect("written");
        }
        clear_parts(place.path());
        let mut left: Vec<_> = std::fs::read_dir(place.path()).expect("lists").map(|entry| entry.expect("one").file_name()).collect();
        left.sort();
        let mut stays = stays.map(std::ffi::OsString::from);
        stays.sort();
        assert_eq!(left, stays);
        clear_parts(Path::new("/nowhere/at/all"));
    }
}
