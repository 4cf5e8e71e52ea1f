//! Files of people's: read only when they are files and no larger than they may be, written for nobody else to read.
//! Any room but `domain` may use it; it uses none.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;

/// Reads a regular file of at most `bytes_max` bytes. A pipe or a device is not waited for.
///
/// **Errors** `InvalidInput` for what is no file, `FileTooLarge`, and what the system says.
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

/// Opens a regular file. A pipe or a device is not waited for.
pub fn open(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().read(true).custom_flags(OFlags::NONBLOCK.bits().cast_signed()).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(no_file()) }
}

/// Writes a file for this account alone (mode 0600), whole or not at all. What was there before is replaced if it is a
/// file; a link is not followed.
///
/// **Errors** `InvalidInput` where something else than a file has the name; nothing is left behind then.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    check_writable(path)?;
    let part = path.with_file_name(format!(".{}.part", uuid::Uuid::new_v4()));
    let written = write_new(&part, bytes).and_then(|()| std::fs::rename(&part, path));
    if written.is_err() {
        // It may never have been made.
        drop(std::fs::remove_file(&part));
    }
    written
}

/// Whether [`write_private`] could write here, as far as can be said before: nothing is lost yet.
pub fn check_writable(path: &Path) -> io::Result<()> {
    match path.symlink_metadata() {
        Ok(there) if !there.is_file() => return Err(no_file()),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if path.file_name().is_none() {
        return Err(no_file());
    }
    Ok(rustix::fs::access(folder, rustix::fs::Access::WRITE_OK)?)
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
        for other in [pipe.as_path(), place.path(), Path::new("/dev/zero")] {
            assert_eq!(read_limited(other, 5).expect_err("no file").kind(), io::ErrorKind::InvalidInput, "{}", other.display());
        }
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
}
