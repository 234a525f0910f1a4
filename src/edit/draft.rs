//! [`Draft`]: a project while an edit changes it, and what the edit has touched.

use std::sync::Arc;

use super::{EditError, Project, Subject};
use crate::diag::Path;
use crate::dsl::patch::{Change, patch};
use crate::model::{Layout, Value};

pub(super) struct Draft {
    pub project: Project,
    pub touched: Vec<(Subject, Path)>,
}

impl Draft {
    pub fn new(project: &Project) -> Self {
        Self { project: project.clone(), touched: Vec::new() }
    }

    /// What the lane's own text says now.
    pub fn value(&self, lane: &str) -> Result<Value, EditError> {
        Ok(self.project.document(lane)?.value())
    }

    pub fn layout(&mut self, lane: &str) -> Result<&mut Layout, EditError> {
        Ok(Arc::make_mut(&mut self.project.document_mut(lane)?.layout))
    }

    /// Changes a lane's text.
    pub fn patch(&mut self, lane: &str, changes: &[Change]) -> Result<(), EditError> {
        let document = self.project.document_mut(lane)?;
        let subject = Subject::Lane(lane.to_owned());
        let text = patch(&document.text, changes)
            .map_err(|source| EditError::Text { subject: subject.clone(), source })?;
        if text != *document.text {
            document.text = text.into();
        }
        let touched = changes.iter().flat_map(Change::touches).map(|path| (subject.clone(), path));
        self.touched.extend(touched);
        Ok(())
    }

    pub fn set(&mut self, lane: &str, at: Path, value: Value) -> Result<(), EditError> {
        self.patch(lane, &[Change::Set { at, value }])
    }

    pub fn unset(&mut self, lane: &str, at: Path) -> Result<(), EditError> {
        self.patch(lane, &[Change::Unset { at }])
    }

    /// Takes `at` away, and every map or list around it that is empty then, up to its section.
    pub fn prune(&mut self, lane: &str, at: &Path) -> Result<(), EditError> {
        self.unset(lane, at.clone())?;
        let mut around = at.parent();
        while let Some(path) = around {
            let value = self.value(lane)?;
            let empty = match super::references::value_at(&value, &path) {
                Some(Value::Map(map)) => map.is_empty(),
                Some(Value::List(list)) => list.is_empty(),
                _ => false,
            };
            if !empty || path.segments().is_empty() {
                break;
            }
            self.unset(lane, path.clone())?;
            around = path.parent();
        }
        Ok(())
    }

    /// Changes `gantry.yaml`.
    pub fn manifest(&mut self, changes: &[Change]) -> Result<(), EditError> {
        let text = self.project.manifest.as_ref().ok_or(EditError::NoManifest)?;
        let text =
            patch(text, changes).map_err(|source| EditError::Text { subject: Subject::Manifest, source })?;
        self.project.manifest = Some(text.into());
        let touched = changes.iter().flat_map(Change::touches).map(|path| (Subject::Manifest, path));
        self.touched.extend(touched);
        Ok(())
    }

    pub fn configure(&mut self, at: &Path, value: Option<&Value>) -> Result<(), EditError> {
        let at = at.clone();
        match value {
            Some(value) => self.manifest(&[Change::Set { at, value: value.clone() }]),
            None => self.manifest(&[Change::Unset { at }]),
        }
    }
}

/// Refuses names that a reader or a function could take for something else.
pub(super) fn check_name(name: &str) -> Result<(), EditError> {
    let bad = |c: char| c.is_whitespace() || c.is_control() || "[]{},:#&*!|>'\"%@`".contains(c);
    if name.is_empty() || name.contains(bad) || !name.chars().any(char::is_alphanumeric) {
        return Err(EditError::BadName(name.to_owned()));
    }
    Ok(())
}
