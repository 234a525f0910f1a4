//! [`Watch`]: whether files of the project hold something else than is known of them. Looks at their times and lengths, and
//! into those that differ.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use indexmap::IndexMap;

use super::clerk::Report;
use super::desk::Files;
use super::files;

type Signature = Option<(SystemTime, u64)>;

/// What is looked at.
pub(super) struct Watch {
    root: PathBuf,
    known: Files,
    seen: IndexMap<String, Signature>,
    vanished: bool,
}

impl Watch {
    /// Looks at the files of `known` below `root`; what `before` has seen need not be looked into again.
    pub fn new(root: PathBuf, known: Files, before: Option<Self>) -> Self {
        let (mut seen, vanished) = before.map(|before| (before.seen, before.vanished)).unwrap_or_default();
        seen.retain(|path, _| known.contains_key(path));
        Self { root, known, seen, vanished }
    }

    /// What has changed since it was looked at last.
    pub fn look(&mut self) -> Vec<Report> {
        let vanished = !self.root.is_dir();
        if std::mem::replace(&mut self.vanished, vanished) != vanished && vanished {
            return vec![Report::Vanished];
        }
        if vanished {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (path, known) in &self.known {
            let file = self.root.join(path);
            let now = signature(&file);
            if self.seen.get(path) == Some(&now) {
                continue;
            }
            self.seen.insert(path.clone(), now);
            // What can't be read as text is no text to take over.
            let Some(text) = content(&self.root, path) else { continue };
            if text != *known {
                found.push(Report::Changed { file: path.clone(), text });
            }
        }
        found
    }
}

fn signature(file: &Path) -> Signature {
    let meta = std::fs::metadata(file).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}

/// The text; none in it if there is no file, none at all if it can't be told.
fn content(root: &Path, path: &str) -> Option<Option<Arc<str>>> {
    let file = files::inside(root, path).ok()?;
    match files::read_source(&file, path) {
        Ok(source) => Some(Some(source.text)),
        Err(files::FileProblem::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            Some(None)
        }
        Err(_) => None,
    }
}
