//! [`LaneFiles`]: the files that a blueprint may import: those of its folder, nothing else and nothing from a network.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;

use super::files::{self, FileProblem};
use crate::diag::Source;
use crate::dsl::{FileError, Files};

/// Files that edits have made, changed or taken away (none), by path relative to the project.
pub type Overlay = Arc<IndexMap<String, Option<Arc<str>>>>;

/// Files of one lane. Messages name them relative to the project.
pub struct LaneFiles {
    folder: PathBuf,
    prefix: String,
    overlay: Overlay,
}

impl LaneFiles {
    /// The files of the blueprint at `blueprint`, relative to the project at `root`.
    pub fn new(root: &Path, blueprint: &str) -> Self {
        let prefix = blueprint.rfind('/').map(|end| blueprint[..=end].to_owned()).unwrap_or_default();
        Self { folder: root.join(&prefix), prefix, overlay: Overlay::default() }
    }

    /// The same, with what edits have left of them.
    #[must_use]
    pub fn with(self, overlay: Overlay) -> Self {
        Self { overlay, ..self }
    }

    /// What edits have left of a file: nothing said, gone, or its text.
    fn edited(&self, relative: &str) -> Option<Option<Arc<str>>> {
        self.overlay.get(&format!("{}{}", self.prefix, clean(relative))).cloned()
    }

    /// Whether there is a file, and if not, why.
    pub fn look(&self, relative: &str) -> Result<bool, FileProblem> {
        let path = files::inside(&self.folder, relative)?;
        Ok(self.edited(relative).map_or_else(|| path.is_file(), |edited| edited.is_some()))
    }

    fn find(&self, relative: &str) -> Result<Source, FileError> {
        if let Some(edited) = self.edited(relative).filter(|_| files::inside(&self.folder, relative).is_ok())
        {
            let name = format!("{}{}", self.prefix, clean(relative));
            return edited.map(|text| Source::new(name, text)).ok_or(FileError::NotFound);
        }
        let path = files::inside(&self.folder, relative).map_err(|_| FileError::Outside)?;
        if !path.is_file() {
            return Err(FileError::NotFound);
        }
        let name = format!("{}{}", self.prefix, clean(relative));
        files::read_source(&path, &name).map_err(|problem| match problem {
            FileProblem::Outside { .. } => FileError::Outside,
            other => FileError::Unreadable(other.to_string()),
        })
    }
}

/// `a/c` of `a/./b/../c`: one file has one name.
fn clean(relative: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in Path::new(relative).components() {
        match part {
            Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
            Component::ParentDir => {
                parts.pop();
            }
            _ => {}
        }
    }
    parts.join("/")
}

impl Files for LaneFiles {
    fn read(&self, address: &str, from: &str) -> Result<Source, FileError> {
        let address = address.strip_prefix("file:").map_or(address, |path| path.trim_start_matches("//"));
        if address.contains("://") {
            return Err(FileError::Unsupported("nothing is fetched from a network".to_owned()));
        }
        let beside =
            from.strip_prefix(&self.prefix).and_then(|from| from.rfind('/').map(|end| &from[..=end]));
        if let Some(beside) = beside
            && let Ok(source) = self.find(&format!("{beside}{address}"))
        {
            return Ok(source);
        }
        self.find(address)
    }

    fn exists(&self, path: &str) -> bool {
        self.look(path).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_stay_in_the_folder_and_have_one_name() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("lane/types")).unwrap();
        std::fs::write(root.path().join("secret.yaml"), "a: 1").unwrap();
        std::fs::write(root.path().join("lane/types/a.yaml"), "a: 1").unwrap();
        let files = LaneFiles::new(root.path(), "lane/blueprint.yaml");
        let one = files.read("types/a.yaml", "lane/blueprint.yaml").unwrap();
        let two = files.read("./../types/a.yaml", "lane/types/b.yaml").unwrap();
        assert_eq!((&*one.name, &one), ("lane/types/a.yaml", &two));
        assert_eq!(files.read("../secret.yaml", "lane/blueprint.yaml"), Err(FileError::Outside));
        assert_eq!(files.read("/etc/passwd", "lane/blueprint.yaml"), Err(FileError::Outside));
        assert!(matches!(
            files.read("https://x/y.yaml", "lane/blueprint.yaml"),
            Err(FileError::Unsupported(_))
        ));
    }
}
