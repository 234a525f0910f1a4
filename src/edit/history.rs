//! [`History`]: undo and redo without limit, each step with a name.

use super::{Edit, EditError, Project};

/// What undo moves through. A step remembers the project before it: documents are shared, so it is small.
#[derive(Clone, Debug, Default)]
pub struct History {
    past: Vec<(String, Project)>,
    future: Vec<(String, Project)>,
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
        self.past.push((label, std::mem::replace(project, changed)));
        self.future.clear();
        true
    }

    /// Replaces `project`, as part of the last step if that is named `label`: typing is one step, not one a key.
    pub fn coalesce(&mut self, project: &mut Project, label: &str, changed: Project) -> bool {
        if self.future.is_empty() && self.past.last().is_some_and(|(last, _)| last == label) {
            let differs = changed != *project;
            *project = changed;
            return differs;
        }
        self.step(project, label.to_owned(), changed)
    }

    /// Takes the last step back; false if there is none.
    pub fn undo(&mut self, project: &mut Project) -> bool {
        let Some((label, before)) = self.past.pop() else { return false };
        self.future.push((label, std::mem::replace(project, before)));
        true
    }

    /// Does the last undone step again; false if there is none.
    pub fn redo(&mut self, project: &mut Project) -> bool {
        let Some((label, after)) = self.future.pop() else { return false };
        self.past.push((label, std::mem::replace(project, after)));
        true
    }

    /// Name of the step that undo takes back.
    pub fn undo_label(&self) -> Option<&str> {
        self.past.last().map(|(label, _)| label.as_str())
    }

    /// Name of the step that redo does again.
    pub fn redo_label(&self) -> Option<&str> {
        self.future.last().map(|(label, _)| label.as_str())
    }

    /// The steps that were done, oldest first, each with the project before it: what the list of changes shows.
    pub fn past(&self) -> impl DoubleEndedIterator<Item = (&str, &Project)> {
        self.past.iter().map(|(label, project)| (label.as_str(), project))
    }
}
