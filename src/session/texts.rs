//! Files of the open project as text: blueprints, `gantry.yaml`, and the descriptors and scripts beside them.
//!
//! The first two are documents anyway; any other file is read when it is asked for, off this thread. Does not know who
//! types.

use std::sync::Arc;

use super::project::MANIFEST;
use super::session::Session;
use crate::check::Catalog;
use crate::diag::Fix;
use crate::edit::{Edit, EditError};

/// A file's text, or why there is none to show.
pub type FileText = Result<Arc<str>, Arc<str>>;

impl Session {
    /// The text of a file of the project as it is drawn, by its path relative to the folder; none until it is read (see
    /// [`Self::open_text`]).
    pub fn text(&self, file: &str) -> Option<FileText> {
        let project = self.documents();
        if file == MANIFEST {
            return Some(project.manifest.clone().ok_or_else(|| "there is no gantry.yaml".into()));
        }
        // Types that come with the program can be read like files.
        if let Some(source) = file.starts_with("built-in:").then(|| Catalog::built_in().file(file)).flatten()
        {
            return Some(Ok(source.text));
        }
        if let Some(document) = project.documents.values().find(|document| &*document.file == file) {
            return Some(Ok(document.text.clone()));
        }
        match project.files.get(file) {
            Some(Some(text)) => Some(Ok(text.clone())),
            Some(None) => Some(Err("the file was taken away".into())),
            None => self.desk.opened.get(file).cloned(),
        }
    }

    /// Has a file read that is no document, once; it comes with a later [`Session::poll`].
    pub fn open_text(&mut self, file: &str) {
        if self.text(file).is_none() && !self.desk.opening.iter().any(|opening| opening == file) {
            self.desk.opening.push(file.to_owned());
            let root = self.project().root.clone();
            self.with_clerk(|clerk| clerk.open(root, file.to_owned()));
        }
    }

    pub(super) fn opened(&mut self, file: String, text: FileText) {
        self.desk.opening.retain(|opening| *opening != file);
        self.desk.opened.insert(file, text);
        self.derived += 1;
        self.watch();
    }

    /// The edit that gives a file another text, whatever kind of file it is.
    pub fn retype(&self, file: &str, text: Arc<str>) -> Edit {
        let documents = &self.documents().documents;
        match documents.iter().find(|(_, document)| &*document.file == file) {
            _ if file == MANIFEST => Edit::ManifestText(text),
            Some((lane, _)) => Edit::Text { lane: lane.clone(), text },
            None => Edit::File { path: file.to_owned(), text: Some(text) },
        }
    }

    /// Gives a file another text, as somebody typed it: one step of undo with what was typed there just before, unless
    /// `apart`.
    pub fn type_text(&mut self, file: &str, text: Arc<str>, apart: bool) -> Result<bool, EditError> {
        let edit = self.retype(file, text);
        if apart {
            let label = edit.label();
            self.edit(&Edit::All { label, edits: vec![edit] })
        } else {
            self.edit(&edit)
        }
    }
    /// Writes a mend where it stands, as one step of undo that is named after it. False, and nothing is changed, if the
    /// text is no longer the one that the mend was found for.
    pub fn mend(&mut self, fix: &Fix) -> Result<bool, EditError> {
        let (file, span) = (&*fix.place.file, fix.place.span);
        let Some(read) = self.project().source(file).map(|source| source.text.clone()) else {
            return Ok(false);
        };
        let changed = self.text(file).is_some_and(|now| now.as_ref() != Ok(&read));
        let (Some(before), Some(after)) = (read.get(..span.start), read.get(span.end..)) else {
            return Ok(false);
        };
        if changed || file.starts_with("built-in:") {
            return Ok(false);
        }
        let edit = self.retype(file, [before, &fix.replacement, after].concat().into());
        self.edit(&Edit::All { label: fix.label.clone(), edits: vec![edit] })
    }
}
