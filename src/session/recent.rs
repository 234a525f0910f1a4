//! The projects that were opened lately, remembered beside the deployments.

use std::path::{Path, PathBuf};

use super::files;

/// More are not remembered.
const MOST: usize = 10;
/// The file, in the data folder.
const FILE: &str = "recent.json";

/// The user's data folder, or `given`.
pub fn data_dir(given: Option<&Path>) -> Option<PathBuf> {
    match given {
        Some(given) => Some(given.to_owned()),
        None => directories::ProjectDirs::from("", "", "gantry").map(|folders| folders.data_dir().to_owned()),
    }
}

/// Where a person's own files are.
pub fn home() -> Option<PathBuf> {
    directories::UserDirs::new().map(|folders| folders.home_dir().to_owned())
}

/// The projects that are still there, the latest first. What can't be read is forgotten.
pub fn projects(data_dir: &Path) -> Vec<PathBuf> {
    let text = files::read_source(&data_dir.join(FILE), FILE).map(|source| source.text).unwrap_or_default();
    let all: Vec<PathBuf> = serde_json::from_str(&text).unwrap_or_default();
    all.into_iter().filter(|path| path.exists()).take(MOST).collect()
}

/// Remembers that a project was opened. Nothing depends on it: what can't be written is not remembered.
pub fn remember(data_dir: &Path, project: &Path) {
    let project = project.canonicalize().unwrap_or_else(|_| project.to_owned());
    let mut all = projects(data_dir);
    all.retain(|known| *known != project);
    all.insert(0, project);
    all.truncate(MOST);
    if let Ok(text) = serde_json::to_string_pretty(&all)
        && std::fs::create_dir_all(data_dir).is_ok()
    {
        let _ = files::write_atomically(&data_dir.join(FILE), text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_comes_first_once_and_what_is_gone_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        assert!(projects(&data).is_empty());
        for name in ["a", "b", "a"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
            remember(&data, &folder.path().join(name));
        }
        let names = || -> Vec<String> {
            let all = projects(&data);
            all.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
        };
        assert_eq!(names(), ["a", "b"]);
        std::fs::remove_dir(folder.path().join("a")).unwrap();
        assert_eq!(names(), ["b"]);
        std::fs::write(data.join(FILE), "rubbish").unwrap();
        assert!(projects(&data).is_empty());
    }
}
