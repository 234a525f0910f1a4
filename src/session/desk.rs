//! [`Desk`]: the texts as they are drawn, as they were saved, and the steps between.
//!
//! Knows which files differ, not how they are written.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;

use super::project::{MANIFEST, OpenProject};
use super::texts::FileText;
use crate::dsl;
use crate::edit::{Edit, EditError, History, Project};

/// A file of the project folder and what it should hold; none if it should not be there.
pub(super) type Files = IndexMap<String, Option<Arc<str>>>;

/// What is edited.
#[derive(Default)]
pub(super) struct Desk {
    /// As drawn.
    pub project: Project,
    /// What undo moves through.
    pub history: History,
    /// When each step was made or typed on, by its number, and the revision that it led to then.
    pub made: HashMap<u64, (i64, u64)>,
    /// As on disk, as far as this program knows.
    pub saved: Project,
    /// Files as they were before this program wrote them first.
    pub originals: Files,
    /// Counts the changes of [`Self::project`].
    pub revision: u64,
    /// Files that are no documents and were read to be looked at, as they are on disk.
    pub opened: IndexMap<String, FileText>,
    /// Such files that are being read.
    pub opening: Vec<String>,
}

impl Desk {
    pub fn new(project: &OpenProject) -> Self {
        let documents = project.documents();
        Self { saved: documents.clone(), project: documents, ..Self::default() }
    }

    /// Applies an edit. Typing that goes on is one step with what was typed before.
    pub fn edit(&mut self, edit: &Edit) -> Result<bool, EditError> {
        let changed = edit.apply(&self.project)?;
        let done = if edit.is_typing() {
            self.history.coalesce(&mut self.project, &edit.label(), changed)
        } else {
            self.history.step(&mut self.project, edit.label(), changed)
        };
        self.revision += u64::from(done);
        if let Some(step) = self.history.past().last().filter(|_| done) {
            self.made.insert(step.number, (now_ms(), self.revision));
        }
        Ok(done)
    }

    /// Every file as it is on disk, as far as this program knows.
    pub fn known(&self) -> Files {
        let mut known = files(&self.saved);
        for (path, text) in &self.opened {
            if let Ok(text) = text {
                known.entry(path.clone()).or_insert_with(|| Some(text.clone()));
            }
        }
        known
    }

    pub fn step(&mut self, back: bool) -> bool {
        let done =
            if back { self.history.undo(&mut self.project) } else { self.history.redo(&mut self.project) };
        self.revision += u64::from(done);
        done
    }

    /// The files that differ from what was saved: blueprints and the manifest as they are, layouts as they are written.
    pub fn unsaved(&self) -> Files {
        let (now, then) = (files(&self.project), files(&self.saved));
        let mut changed: Files =
            now.iter().filter(|(path, text)| then.get(*path) != Some(text)).map(clone).collect();
        // What only an undone edit knew is again as it was. A lane that was removed keeps its files.
        for path in self.saved.files.keys().filter(|path| !now.contains_key(*path)) {
            if let Some(original) = self.originals.get(path) {
                changed.insert(path.clone(), original.clone());
            }
        }
        changed
    }

    /// Whether what differs is where things stand, and nothing else.
    pub fn only_layouts(unsaved: &Files) -> bool {
        unsaved.keys().all(|path| path.ends_with(".layout.yaml"))
    }
}

/// Milliseconds since 1970, in UTC.
fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as i64)
}

fn clone((path, text): (&String, &Option<Arc<str>>)) -> (String, Option<Arc<str>>) {
    (path.clone(), text.clone())
}

/// The sidecar of a blueprint: `a/blueprint.layout.yaml` beside `a/blueprint.yaml`.
pub(super) fn layout_file(blueprint: &str) -> String {
    PathBuf::from(blueprint).with_extension("layout.yaml").to_string_lossy().replace('\\', "/")
}

/// Everything that a project says, by file.
pub(super) fn files(project: &Project) -> Files {
    let mut all = project.files.clone();
    if let Some(manifest) = &project.manifest {
        all.insert(MANIFEST.to_owned(), Some(manifest.clone()));
    }
    for document in project.documents.values() {
        all.insert(document.file.to_string(), Some(document.text.clone()));
        let layout = (*document.layout != crate::model::Layout::default())
            .then(|| dsl::layout::write(&document.layout));
        all.insert(layout_file(&document.file), layout.map(Into::into));
    }
    all
}
