//! Recovery: what is drawn and not saved, kept in the data folder, so that a crash of the program or machine loses nothing
//! that was drawn.
//!
//! One file for each open window. Who has a project open holds a lock, which the system takes away with the process: a file
//! whose lock is free was left behind. Never writes into the project.

use std::fs::File;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::desk::{self, Files};
use super::files;
use crate::diag::Source;
use crate::dsl;
use crate::edit::{Document, Project};

/// Larger ones are not read.
const FOLDER: &str = "recovery";

/// What was drawn and not saved when a window went away.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recovered {
    /// The project's folder.
    root: PathBuf,
    /// When it was kept, in milliseconds since 1970.
    pub time_ms: i64,
    /// Files that were not saved.
    pub unsaved: Vec<String>,
    manifest: Option<String>,
    documents: IndexMap<String, Kept>,
    files: IndexMap<String, Option<String>>,
    /// What was on disk then, of the files that were not saved.
    base: IndexMap<String, Option<String>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Kept {
    file: String,
    text: String,
    layout: String,
}

impl Recovered {
    /// What is drawn in `project`, of which `unsaved` differs from `known`, the files on disk.
    pub(super) fn of(root: &Path, project: &Project, unsaved: &Files, known: &Files, time_ms: i64) -> Self {
        let text = |text: &Option<Arc<str>>| text.as_ref().map(ToString::to_string);
        let kept = |document: &Document| Kept {
            file: document.file.to_string(),
            text: document.text.to_string(),
            layout: dsl::layout::write(&document.layout),
        };
        Self {
            root: real(root),
            time_ms,
            unsaved: unsaved.keys().cloned().collect(),
            manifest: text(&project.manifest),
            documents: project.documents.iter().map(|(lane, it)| (lane.clone(), kept(it))).collect(),
            files: project.files.iter().map(|(path, it)| (path.clone(), text(it))).collect(),
            base: unsaved.keys().map(|path| (path.clone(), known.get(path).and_then(text))).collect(),
        }
    }

    /// The project as it was drawn.
    pub(super) fn project(&self) -> Project {
        let text = |text: &Option<String>| text.as_ref().map(|text| Arc::from(text.as_str()));
        let document = |kept: &Kept| Document {
            file: kept.file.as_str().into(),
            text: kept.text.as_str().into(),
            layout: Arc::new(dsl::layout::read(&Source::new("layout", kept.layout.as_str())).0),
        };
        Project {
            manifest: text(&self.manifest),
            documents: self.documents.iter().map(|(lane, kept)| (lane.clone(), document(kept))).collect(),
            files: self.files.iter().map(|(path, it)| (path.clone(), text(it))).collect(),
        }
    }

    /// Files that were changed on disk since: restoring, then saving, would write over that.
    pub fn changed_since(&self) -> Vec<String> {
        let now = |path: &String| std::fs::read_to_string(self.root.join(path)).ok();
        self.base.iter().filter(|(path, base)| now(path) != **base).map(|(path, _)| path.clone()).collect()
    }

    /// Whether it says the same as what is on disk.
    fn is_saved(&self) -> bool {
        let drawn = desk::files(&self.project());
        let on_disk = |path: &String| std::fs::read_to_string(self.root.join(path)).ok();
        self.unsaved
            .iter()
            .all(|path| drawn.get(path).and_then(|it| it.as_deref().map(str::to_owned)) == on_disk(path))
    }
}

/// The place where one window keeps what is not saved.
pub(super) struct Keeper {
    file: PathBuf,
    lock: PathBuf,
    /// Held as long as the project is open.
    _held: File,
}

/// What was found when a project was opened.
#[derive(Default)]
pub struct Found {
    /// What was left behind by a window that went away without saving, and its file.
    pub left: Option<(PathBuf, Recovered)>,
    /// Whether another window has the project open.
    pub shared: bool,
}

impl Keeper {
    /// A place for the project at `root`, and what was left behind there.
    pub fn open(data_dir: &Path, root: &Path) -> std::io::Result<(Self, Found)> {
        let folder = data_dir.join(FOLDER);
        std::fs::create_dir_all(&folder)?;
        let mut hasher = DefaultHasher::new();
        real(root).hash(&mut hasher);
        let stem = format!("{:016x}", hasher.finish());
        let mut found = Found::default();
        for entry in std::fs::read_dir(&folder)?.flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.starts_with(&stem) || path.extension().is_none_or(|ending| ending != "lock") {
                continue;
            }
            let Ok(lock) = File::open(&path) else { continue };
            if lock.try_lock().is_err() {
                found.shared = true;
                continue;
            }
            let kept = path.with_extension("json");
            let read = files::read_source(&kept, "recovery").ok();
            let read = read.and_then(|source| serde_json::from_str::<Recovered>(&source.text).ok());
            let wanted = read.filter(|kept| kept.root == real(root) && !kept.is_saved());
            match wanted {
                Some(read) if found.left.as_ref().is_none_or(|(_, other)| other.time_ms < read.time_ms) => {
                    found.left = Some((kept, read));
                }
                // An older one stays until it is asked about.
                Some(_) => {}
                None => {
                    let _ = std::fs::remove_file(&kept);
                    let _ = std::fs::remove_file(&path);
                }
            }
        }
        let mut number = 0;
        loop {
            let lock = folder.join(format!("{stem}-{}-{number}.lock", std::process::id()));
            match File::create_new(&lock) {
                Ok(held) => {
                    held.lock()?;
                    let file = lock.with_extension("json");
                    return Ok((Self { file, lock, _held: held }, found));
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && number < 1_000 => {
                    number += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The file to keep things in.
    pub fn file(&self) -> &Path {
        &self.file
    }
}

impl Drop for Keeper {
    /// Left in order: what is not saved was given up by the person.
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.file);
        let _ = std::fs::remove_file(&self.lock);
    }
}

/// Forgets what was left behind.
pub(super) fn forget(file: &Path) {
    let _ = std::fs::remove_file(file);
    let _ = std::fs::remove_file(file.with_extension("lock"));
}

fn real(root: &Path) -> PathBuf {
    root.canonicalize().unwrap_or_else(|_| root.to_owned())
}
