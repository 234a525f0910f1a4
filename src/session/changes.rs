//! What each step of the history changed, file by file, and what is not saved: the list of changes.

use std::sync::Arc;

use indexmap::IndexSet;

use super::desk::layout_file;
use super::project::MANIFEST;
use super::session::Session;
use crate::dsl;
use crate::edit::Project;
use crate::edit::compare::{Comparison, compare};
use crate::model::Layout;

/// One step of the history.
#[derive(Clone, Copy)]
pub struct StepView<'s> {
    /// Its number, which it keeps while it is undone and redone.
    pub number: u64,
    /// Differs between two states of the step: typing adds to it.
    pub edition: u64,
    /// What it is called.
    pub label: &'s str,
    /// When it was made, in milliseconds since 1970.
    pub time_ms: i64,
    /// Whether it is undone now.
    pub undone: bool,
    before: &'s Project,
    after: &'s Project,
}

/// How a file differs between two moments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// Relative to the project folder.
    pub file: String,
    /// Line by line.
    pub comparison: Comparison,
}

impl Session {
    /// The steps in the order in which they were made; those that are undone are the last ones.
    pub fn steps(&self) -> Vec<StepView<'_>> {
        let history = &self.desk.history;
        let count = history.past().len() + history.future().count();
        let mut steps = Vec::with_capacity(count);
        let view = |step: &'_ crate::edit::Step| {
            let (time_ms, edition) = self.desk.made.get(&step.number).copied().unwrap_or_default();
            (step.number, time_ms, edition)
        };
        let past = history.past();
        for (position, step) in past.iter().enumerate() {
            let after = past.get(position + 1).map_or(&self.desk.project, |next| &next.project);
            let (number, time_ms, edition) = view(step);
            let label = step.label.as_str();
            steps.push(StepView {
                number,
                edition,
                label,
                time_ms,
                undone: false,
                before: &step.project,
                after,
            });
        }
        let mut before = &self.desk.project;
        for step in history.future() {
            let (number, time_ms, edition) = view(step);
            let (label, after) = (step.label.as_str(), &step.project);
            steps.push(StepView { number, edition, label, time_ms, undone: true, before, after });
            before = after;
        }
        steps
    }

    /// What a step changed.
    pub fn changes(&self, step: &StepView<'_>) -> Vec<FileChange> {
        self.between(step.before, step.after)
    }

    /// What differs from what is saved.
    pub fn unsaved_changes(&self) -> Vec<FileChange> {
        self.between(&self.desk.saved, &self.desk.project)
    }

    /// Undoes or redoes until so many steps are done. False if so many are done already, or there are not so many.
    pub fn walk(&mut self, done: usize) -> bool {
        let begun = self.desk.revision;
        while self.desk.history.past().len() > done && self.desk.step(true) {}
        while self.desk.history.past().len() < done && self.desk.step(false) {}
        let walked = self.desk.revision != begun;
        if walked {
            self.follow();
        }
        walked
    }

    fn between(&self, before: &Project, after: &Project) -> Vec<FileChange> {
        let mut found: Vec<FileChange> = Vec::new();
        let mut told = |file: &str, old: Option<&Arc<str>>, new: Option<&Arc<str>>| {
            let same = match (old, new) {
                (Some(old), Some(new)) => Arc::ptr_eq(old, new) || old == new,
                (old, new) => old.is_none() && new.is_none(),
            };
            if !same {
                let text = |text: Option<&Arc<str>>| text.map_or_else(|| "".into(), Arc::clone);
                let comparison = compare(&text(old), &text(new));
                found.push(FileChange { file: file.to_owned(), comparison });
            }
        };
        told(MANIFEST, before.manifest.as_ref(), after.manifest.as_ref());
        let both = |of: &dyn Fn(&Project) -> Vec<String>| -> IndexSet<String> {
            of(before).into_iter().chain(of(after)).collect()
        };
        for lane in both(&|project| project.documents.keys().cloned().collect()) {
            let (old, new) = (before.documents.get(&lane), after.documents.get(&lane));
            let Some(file) = new.or(old).map(|document| &document.file) else { continue };
            told(file, old.map(|it| &it.text), new.map(|it| &it.text));
            let layouts = (old.map(|it| &it.layout), new.map(|it| &it.layout));
            if layouts.0 != layouts.1 {
                let (old, new) = (layouts.0.and_then(sidecar), layouts.1.and_then(sidecar));
                told(&layout_file(file), old.as_ref(), new.as_ref());
            }
        }
        for file in both(&|project| project.files.keys().cloned().collect()) {
            let text = |project: &Project| match project.files.get(&file) {
                Some(text) => text.clone(),
                // No edit had touched it yet: it was as on disk.
                None => self.on_disk(&file),
            };
            told(&file, text(before).as_ref(), text(after).as_ref());
        }
        found
    }

    fn on_disk(&self, file: &str) -> Option<Arc<str>> {
        match self.desk.originals.get(file) {
            Some(text) => text.clone(),
            None => self.desk.opened.get(file)?.as_ref().ok().cloned(),
        }
    }
}

/// The text of a layout's file; none where there is no file.
fn sidecar(layout: &Arc<Layout>) -> Option<Arc<str>> {
    (**layout != Layout::default()).then(|| dsl::layout::write(layout).into())
}
