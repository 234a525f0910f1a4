//! [`History`]: undo and redo without limit, each step with a name.

use super::{Edit, EditError, Project};

/// A step and the project on its other side: documents are shared, so it is small.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its number, which it keeps while it is undone and redone.
    pub number: u64,
    /// What it is called.
    pub label: String,
    /// The project before it; that after it if it is undone.
    pub project: Project,
}

/// What undo moves through.
#[derive(Clone, Debug, Default)]
pub struct History {
    past: Vec<Step>,
    future: Vec<Step>,
    /// Steps that were ever made.
    made: u64,
}

impl History {
    /// Applies `edit` to `project` as one step; what was undone can't be redone any more. False if nothing changed.
    pub fn apply(&mut self, project: &mut Project, edit: &Edit) -> Result<bool, EditError> {
        let changed = edit.apply(project)?;
        Ok(self.step(project, edit.label(), changed))
    }

    /// Replaces `project` as one step named `label`. False if nothing changed.
    pub fn step(&mut self, project: &mut Project, label: String, changed: Project) -> bool {
        if changed == *project {
            return false;
        }
        self.made += 1;
        self.past.push(Step { number: self.made, label, project: std::mem::replace(project, changed) });
        self.future.clear();
        true
    }

    /// Replaces `project`, as part of the last step if that is named `label`: typing is one step, not one a key.
    pub fn coalesce(&mut self, project: &mut Project, label: &str, changed: Project) -> bool {
        if self.future.is_empty() && self.past.last().is_some_and(|last| last.label == label) {
            let differs = changed != *project;
            *project = changed;
            return differs;
        }
        self.step(project, label.to_owned(), changed)
    }

    /// Takes the last step back; false if there is none.
    pub fn undo(&mut self, project: &mut Project) -> bool {
        let Some(step) = self.past.pop() else { return false };
        self.future.push(Step { project: std::mem::replace(project, step.project), ..step });
        true
    }

    /// Does the last undone step again; false if there is none.
    pub fn redo(&mut self, project: &mut Project) -> bool {
        let Some(step) = self.future.pop() else { return false };
        self.past.push(Step { project: std::mem::replace(project, step.project), ..step });
        true
    }

    /// Name of the step that undo takes back.
    pub fn undo_label(&self) -> Option<&str> {
        self.past.last().map(|step| step.label.as_str())
    }

    /// Name of the step that redo does again.
    pub fn redo_label(&self) -> Option<&str> {
        self.future.last().map(|step| step.label.as_str())
    }

    /// The steps that were done, oldest first, each with the project before it.
    pub fn past(&self) -> &[Step] {
        &self.past
    }

    /// The steps that were undone, the one that redo does next first, each with the project after it.
    pub fn future(&self) -> impl DoubleEndedIterator<Item = &Step> {
        self.future.iter().rev()
    }
}
