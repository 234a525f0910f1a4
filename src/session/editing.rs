//! Editing the open project: edits, undo and redo, saving. What follows from an edit is read off this thread and taken
//! over by [`Session::poll`]; see [`Session::revision`].

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::clerk::{Clerk, Reading, Report, SaveError, Writing};
use super::desk::Desk;
use super::project::OpenProject;
use super::session::Session;
use crate::edit::{Edit, EditError, Project};

impl Session {
    /// The texts as they are drawn: what an edit changes.
    pub fn documents(&self) -> &Project {
        &self.desk.project
    }

    /// Applies an edit as one step of undo. False if it changes nothing. The documents are changed at once, and so is
    /// where things stand; what follows from a changed text comes with a later [`Session::poll`].
    pub fn edit(&mut self, edit: &Edit) -> Result<bool, EditError> {
        let done = self.desk.edit(edit)?;
        if done {
            self.follow();
        }
        Ok(done)
    }

    /// Takes the last step back; false if there is none.
    pub fn undo(&mut self) -> bool {
        let done = self.desk.step(true);
        if done {
            self.follow();
        }
        done
    }

    /// Does the last undone step again; false if there is none.
    pub fn redo(&mut self) -> bool {
        let done = self.desk.step(false);
        if done {
            self.follow();
        }
        done
    }

    /// Name of the step that undo takes back.
    pub fn undo_label(&self) -> Option<&str> {
        self.desk.history.undo_label()
    }

    /// Name of the step that redo does again.
    pub fn redo_label(&self) -> Option<&str> {
        self.desk.history.redo_label()
    }

    /// Changes whenever [`Session::project`] or [`Session::documents`] is another: what was derived from them is old then.
    pub fn revision(&self) -> u64 {
        self.desk.revision + self.derived
    }

    /// Whether an edit is not yet read and checked: [`Session::project`] is still that before it.
    pub fn is_checking(&self) -> bool {
        self.checked != self.desk.revision
    }

    /// Files that are not saved, by path relative to the project folder.
    pub fn unsaved(&self) -> Vec<String> {
        self.desk.unsaved().into_keys().collect()
    }

    /// Begins to save everything. How it went comes with [`Session::saved`].
    pub fn save(&mut self) {
        let changed = self.desk.unsaved();
        self.write(changed);
    }

    /// How the last saving went; told once.
    pub fn saved(&mut self) -> Option<Result<(), SaveError>> {
        self.save_result.take()
    }

    fn write(&mut self, changed: super::desk::Files) {
        if changed.is_empty() {
            self.save_result = Some(Ok(()));
            return;
        }
        let known = self.desk.known();
        let writing = Writing {
            root: self.project().root.clone(),
            files: changed,
            known,
            project: self.desk.project.clone(),
        };
        self.with_clerk(|clerk| clerk.write(writing));
    }

    /// Has what follows from the documents read, and takes over at once what needs no reading.
    pub(super) fn follow(&mut self) {
        let mut layouts_only = self.checked + 1 == self.desk.revision;
        let documents = self.desk.project.clone();
        let project = &mut self.project;
        layouts_only &= project.manifest.as_ref().map(|source| &source.text) == documents.manifest.as_ref();
        layouts_only &= project.lanes.len() == documents.documents.len();
        for (name, document) in &documents.documents {
            let Some(lane) = project.lanes.get_mut(name) else {
                layouts_only = false;
                continue;
            };
            lane.layout = Arc::clone(&document.layout);
            layouts_only &= lane.source.text == document.text && *lane.overlay == documents.files;
        }
        if layouts_only {
            self.checked = self.desk.revision;
        } else {
            let before = self.project().clone();
            let reading = Reading { revision: self.desk.revision, project: documents, before };
            self.with_clerk(|clerk| clerk.read(reading));
        }
        self.keep();
        // Where things stand is kept without being asked, as long as it is not part of anything that is not saved.
        let unsaved = self.desk.unsaved();
        if !unsaved.is_empty() && Desk::only_layouts(&unsaved) {
            self.write(unsaved);
        }
    }

    pub(super) fn with_clerk(&mut self, ask: impl FnOnce(&Clerk)) {
        if self.clerk.is_none() {
            match Clerk::start(self.ring()) {
                Ok(clerk) => self.clerk = Some(clerk),
                Err(error) => self.trouble = Some(format!("no thread can be started: {error}")),
            }
        }
        if let Some(clerk) = &self.clerk {
            ask(clerk);
        }
    }

    /// Takes over what the clerk has done.
    pub(super) fn take_reports(&mut self) {
        while let Some(report) = self.clerk.as_ref().and_then(Clerk::report) {
            self.take(report);
        }
    }

    fn take(&mut self, report: Report) {
        match report {
            // An older reading shows at least what was drawn a moment ago.
            Report::Read { revision, mut project } => {
                for (name, document) in &self.desk.project.documents {
                    if let Some(lane) = project.lanes.get_mut(name) {
                        lane.layout = Arc::clone(&document.layout);
                    }
                }
                self.checked = revision;
                self.derived += 1;
                // An older one may still have lanes that were taken away meanwhile.
                if revision == self.desk.revision {
                    self.adopt(&project);
                }
                self.install(*project);
            }
            Report::Opened { file, text } => self.opened(file, text),
            Report::Changed { file, text } => self.changed_elsewhere(&file, text.as_ref()),
            Report::Vanished => {
                self.news.push(format!(
                    "{} is gone: what is drawn is kept in this window and can be saved elsewhere",
                    self.project().root.display()
                ));
            }
            Report::Written { project, before, result } => {
                if result.is_ok() {
                    for (path, text) in before {
                        self.desk.originals.entry(path).or_insert(text);
                    }
                    self.desk.saved = *project;
                    self.keep();
                    self.watch();
                }
                self.save_result = Some(result);
            }
        }
    }

    /// Lanes that the manifest names by now and that were read from disk can be drawn in, too.
    fn adopt(&mut self, project: &OpenProject) {
        for (name, lane) in &project.lanes {
            if !self.desk.project.documents.contains_key(name) {
                self.desk.project.documents.insert(name.clone(), lane.document());
                self.desk.saved.documents.insert(name.clone(), lane.document());
            }
        }
    }

    /// Waits until every edit is read, checked and, if asked for, saved; false if that takes longer than `patience`. Not
    /// for the window's thread.
    pub fn settle(&mut self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        while let Some(clerk) = &self.clerk {
            let Some(left) = until.checked_duration_since(Instant::now()) else { return false };
            match clerk.wait(left) {
                Some(report) => self.take(report),
                None => break,
            }
        }
        !self.is_checking()
    }
}
