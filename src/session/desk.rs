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
use crate::model::Layout;

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

    /// Replaces the project as one step; false if it is the same.
    pub fn replace(&mut self, label: &str, changed: Project) -> bool {
        let done = self.history.step(&mut self.project, label.to_owned(), changed);
        self.revision += u64::from(done);
        if let Some(step) = self.history.past().last().filter(|_| done) {
            self.made.insert(step.number, (now_ms(), self.revision));
        }
        done
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
        let (now, then) = (contents(&self.project), contents(&self.saved));
        let mut changed: Files = now
            .iter()
            .filter(|(path, content)| then.get(*path).is_none_or(|then| !content.is_as(then)))
            .map(|(path, content)| ((*path).clone(), content.text()))
            // What differs may be written the same.
            .filter(|(path, text)| then.get(path).is_none_or(|then| then.text() != *text))
            .collect();
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
pub(super) fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as i64)
}

/// The sidecar of a blueprint: `a/blueprint.layout.yaml` beside `a/blueprint.yaml`.
pub(super) fn layout_file(blueprint: &str) -> String {
    PathBuf::from(blueprint).with_extension("layout.yaml").to_string_lossy().replace('\\', "/")
}

/// What one file says: told apart without writing it, as long as nothing differs.
enum Content {
    /// A text; none for a file that should not be there.
    Text(Option<Arc<str>>),
    /// Where things stand.
    Places(Arc<Layout>),
}

impl Content {
    fn is_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(Some(one)), Self::Text(Some(other))) => Arc::ptr_eq(one, other) || one == other,
            (Self::Text(one), Self::Text(other)) => one.is_none() && other.is_none(),
            (Self::Places(one), Self::Places(other)) => Arc::ptr_eq(one, other) || one == other,
            _ => false,
        }
    }

    /// As it is written; none if it should not be there.
    fn text(&self) -> Option<Arc<str>> {
        match self {
            Self::Text(text) => text.clone(),
            Self::Places(layout) if **layout == Layout::default() => None,
            Self::Places(layout) => Some(dsl::layout::write(layout).into()),
        }
    }
}

/// Everything that a project says, by file.
fn contents(project: &Project) -> IndexMap<String, Content> {
    let texts = project.files.iter().map(|(path, text)| (path.clone(), Content::Text(text.clone())));
    let mut all: IndexMap<String, Content> = texts.collect();
    if let Some(manifest) = &project.manifest {
        all.insert(MANIFEST.to_owned(), Content::Text(Some(manifest.clone())));
    }
    for document in project.documents.values() {
        all.insert(document.file.to_string(), Content::Text(Some(document.text.clone())));
        all.insert(layout_file(&document.file), Content::Places(document.layout.clone()));
    }
    all
}

/// Everything that a project says, by file, as it is written.
pub(super) fn files(project: &Project) -> Files {
    contents(project).into_iter().map(|(path, content)| (path, content.text())).collect()
}
