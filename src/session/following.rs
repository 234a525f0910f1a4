//! Following the disk: what other programs change in the project's files is taken over where it is in other places than
//! what was drawn, and asked about where it is in the same.

use std::sync::Arc;

use super::desk;
use super::project::MANIFEST;
use super::session::Session;
use crate::edit::Project;
use crate::edit::merge::merge;

/// A file that somebody else changed in the same lines as the person who draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Relative to the project folder.
    pub file: String,
    /// What stands on disk.
    pub theirs: Arc<str>,
}

impl Session {
    /// The first file that was changed in the same lines by somebody else.
    pub fn clash(&self) -> Option<&Clash> {
        self.clashes.first()
    }

    /// Ends the clash over a file: what is drawn stays and is written with the next saving, or what stands on disk is drawn.
    pub fn settle_clash(&mut self, file: &str, mine: bool) {
        let Some(position) = self.clashes.iter().position(|clash| clash.file == file) else { return };
        let clash = self.clashes.remove(position);
        self.desk.saved = with_text(&self.desk.saved, file, &clash.theirs);
        if !mine {
            let changed = with_text(&self.desk.project, file, &clash.theirs);
            self.desk.replace(&format!("{file} as it is on disk"), changed);
        }
        self.follow();
        self.watch();
    }

    /// What there is to tell of the disk, each once.
    pub fn news(&mut self) -> Vec<String> {
        std::mem::take(&mut self.news)
    }

    /// Has the files of the project looked at from now on, if this session follows the disk.
    pub(super) fn watch(&mut self) {
        if self.keeper.is_none() {
            return;
        }
        let mut known = self.desk.known();
        known.retain(|path, _| !path.ends_with(".layout.yaml"));
        let root = self.project().root.clone();
        self.with_clerk(|clerk| clerk.watch(root, known));
    }

    /// Takes over what somebody else made of a file; none if it is gone.
    pub(super) fn changed_elsewhere(&mut self, file: &str, theirs: Option<&Arc<str>>) {
        let known = self.desk.known();
        let base = known.get(file).cloned().flatten();
        if theirs == base.as_ref() {
            return;
        }
        let Some(theirs) = theirs else {
            self.news.push(format!("{file} is gone from the disk; saving writes it again"));
            self.desk.saved = with_text(&self.desk.saved, file, &Arc::from(""));
            self.derived += 1;
            return self.watch();
        };
        self.clashes.retain(|clash| clash.file != file);
        let drawn = desk::files(&self.desk.project);
        let Some(mine) = drawn.get(file).cloned().flatten() else {
            // Only looked at.
            self.desk.opened.insert(file.to_owned(), Ok(theirs.clone()));
            self.derived += 1;
            return self.watch();
        };
        let base = base.unwrap_or_default();
        let merged = if mine == base { Some(theirs.to_string()) } else { merge(&base, &mine, theirs) };
        match merged {
            Some(text) => {
                self.desk.saved = with_text(&self.desk.saved, file, theirs);
                let changed = with_text(&self.desk.project, file, &text.into());
                let told =
                    if mine == base { "was changed on disk" } else { "was merged with what changed on disk" };
                self.news.push(format!("{file} {told}"));
                self.desk.replace(&format!("{file} as changed on disk"), changed);
                self.follow();
            }
            None => self.clashes.push(Clash { file: file.to_owned(), theirs: theirs.clone() }),
        }
        self.watch();
    }
}

/// `project` with another text of a file.
fn with_text(project: &Project, file: &str, text: &Arc<str>) -> Project {
    let mut changed = project.clone();
    if file == MANIFEST {
        changed.manifest = Some(text.clone());
    } else if let Some(document) = changed.documents.values_mut().find(|document| &*document.file == file) {
        document.text = text.clone();
    } else {
        changed.files.insert(file.to_owned(), Some(text.clone()));
    }
    changed
}
