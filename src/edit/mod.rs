//! Changing a project: an [`Edit`] is one finished gesture, [`History`] what undo moves through.
//!
//! Knows documents, not files: who saves them is somebody else. So far an edit moves things on the canvas; it never
//! touches a blueprint's text.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::model::{Layout, Point};

/// One blueprint file: its text and where its nodes stand. Immutable.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// The blueprint, byte for byte.
    pub text: Arc<str>,
    /// Its sidecar.
    pub layout: Arc<Layout>,
}

/// The documents open together, by lane.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Project {
    /// In the order of `gantry.yaml`.
    pub documents: IndexMap<String, Document>,
}

/// One finished gesture: one undo step.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Nodes of a lane are put somewhere, relative to the lane's corner.
    Move {
        /// The lane.
        lane: String,
        /// Where each node goes.
        nodes: Vec<(String, Point)>,
    },
    /// A lane is put somewhere on the canvas.
    MoveLane {
        /// The lane.
        lane: String,
        /// Where to.
        to: Point,
    },
    /// Several edits as one step.
    All {
        /// What the step is called.
        label: String,
        /// In order.
        edits: Vec<Edit>,
    },
}

/// Why an edit can't be applied. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The project has no such lane.
    #[error("there is no lane `{0}`")]
    UnknownLane(String),
}

impl Edit {
    /// The project after the edit.
    pub fn apply(&self, project: &Project) -> Result<Project, EditError> {
        let mut changed = project.clone();
        self.change(&mut changed)?;
        Ok(changed)
    }

    fn change(&self, project: &mut Project) -> Result<(), EditError> {
        let mut layout = |lane: &str, change: &dyn Fn(&mut Layout)| {
            let document =
                project.documents.get_mut(lane).ok_or_else(|| EditError::UnknownLane(lane.to_owned()))?;
            change(Arc::make_mut(&mut document.layout));
            Ok(())
        };
        match self {
            Self::Move { lane, nodes } => layout(lane, &|layout| {
                layout.nodes.extend(nodes.iter().cloned());
            }),
            Self::MoveLane { lane, to } => layout(lane, &|layout| layout.lane = Some(*to)),
            Self::All { edits, .. } => edits.iter().try_for_each(|edit| edit.change(project)),
        }
    }

    /// What the undo step is called.
    pub fn label(&self) -> String {
        match self {
            Self::Move { nodes, .. } => match nodes.as_slice() {
                [(name, _)] => format!("move {name}"),
                nodes => format!("move {} nodes", nodes.len()),
            },
            Self::MoveLane { lane, .. } => format!("move lane {lane}"),
            Self::All { label, .. } => label.clone(),
        }
    }
}

/// Undo and redo without limit. A step remembers the project before it: documents are shared, so it is small.
#[derive(Clone, Debug, Default)]
pub struct History {
    past: Vec<(String, Project)>,
    future: Vec<(String, Project)>,
}

impl History {
    /// Applies `edit` to `project` as one step; what was undone can't be redone any more.
    pub fn apply(&mut self, project: &mut Project, edit: &Edit) -> Result<(), EditError> {
        let changed = edit.apply(project)?;
        if changed != *project {
            self.past.push((edit.label(), std::mem::replace(project, changed)));
            self.future.clear();
        }
        Ok(())
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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project() -> Project {
        Project { documents: IndexMap::from([("service".to_owned(), Document::default())]) }
    }

    #[test]
    fn undo_and_redo_move_through_every_step() {
        let (first, mut project, mut history) = (project(), project(), History::default());
        let step = |x: f32| Edit::Move {
            lane: "service".into(),
            nodes: vec![("nginx".into(), Point { x, y: 0.0 })],
        };
        for x in [20.0, 40.0] {
            history.apply(&mut project, &step(x)).unwrap();
        }
        let last = project.clone();
        assert_eq!(history.undo_label(), Some("move nginx"));
        while history.undo(&mut project) {}
        assert_eq!(project, first);
        while history.redo(&mut project) {}
        assert_eq!(project, last);
    }

    #[test]
    fn an_edit_of_no_lane_changes_nothing() {
        let mut all = project();
        let edit = Edit::MoveLane { lane: "nope".into(), to: Point::default() };
        assert_eq!(History::default().apply(&mut all, &edit), Err(EditError::UnknownLane("nope".into())));
        assert_eq!(all, project());
    }
}
