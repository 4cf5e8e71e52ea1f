//! Files that people bring and take: where they usually lie, and where the kiosk puts its own.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Most files that are offered.
const FOUND_MAX: usize = 6;
/// The names of the usual folders, in the languages of the desktop.
const FOLDERS: [&str; 9] =
    ["Downloads", "Hentet", "Overførsler", "Hämtningar", "Nedlastinger", "Documents", "Dokumenter", "Dokument", "Dokumente"];

/// A file that somebody may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFile {
    pub path: PathBuf,
    pub changed: SystemTime,
}

/// The newest CSV files in the usual folders and on whatever is plugged in, newest first.
pub fn list_csv() -> Vec<FoundFile> {
    let mut folders: Vec<PathBuf> = home().iter().flat_map(|home| FOLDERS.map(|name| home.join(name))).collect();
    folders.extend(plugged_in());
    newest(&folders)
}

fn newest(folders: &[PathBuf]) -> Vec<FoundFile> {
    let mut found: Vec<FoundFile> = folders
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let facts = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file)?;
            let is_csv = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
            is_csv.then_some(FoundFile { path, changed: facts.modified().ok()? })
        })
        .collect();
    found.sort_by(|a, b| b.changed.cmp(&a.changed).then_with(|| a.path.cmp(&b.path)));
    found.truncate(FOUND_MAX);
    found
}

/// Where a list that is saved goes: made when there is none yet.
pub fn own_folder() -> std::io::Result<PathBuf> {
    let folder = home().unwrap_or_else(std::env::temp_dir).join("Velkommen");
    std::fs::create_dir_all(&folder)?;
    crate::files::clear_parts(&folder);
    Ok(folder)
}

fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").map(PathBuf::from).filter(|path| path.is_absolute())
}

/// Sticks and cards: `/media/USER/NAME` and `/run/media/USER/NAME`.
fn plugged_in() -> Vec<PathBuf> {
    let folders =
        |path: &Path| std::fs::read_dir(path).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect::<Vec<_>>();
    ["/media", "/run/media"].iter().flat_map(|root| folders(Path::new(root))).flat_map(|user| folders(&user)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_csv_files_are_offered_and_nothing_else() {
        let place = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(place.path().join("folder.csv")).expect("made");
        for name in ["a.csv", "b.CSV", "c.txt"] {
            std::fs::write(place.path().join(name), name).expect("writes");
        }
        let found = newest(&[place.path().to_owned(), place.path().join("nowhere")]);
        let mut names: Vec<_> = found.iter().filter_map(|file| file.path.file_name()?.to_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["a.csv", "b.CSV"]);
    }
}
