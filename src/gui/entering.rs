//! Going into containers and out of them, folding them, and looking back to where one looked before.
//!
//! Where one looks is the view's matter; what is folded is an edit that only the sidecar keeps.

use super::app::App;
use super::command::Command;
use super::view::{Camera, NodeKey, View};
use crate::edit::Edit;
use crate::model::Frame;
use crate::scene::{NodeIndex, Shape};

/// How many looks are remembered.
const LOOKS: usize = 100;

/// What one has gone into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inside {
    /// A lane, by its position.
    Lane(usize),
    /// A frame.
    Frame(NodeKey),
}

/// Where one looked before, and before looking back.
#[derive(Clone, Debug, Default)]
pub struct Looks {
    back: Vec<(Camera, Option<Inside>)>,
    forward: Vec<(Camera, Option<Inside>)>,
}

impl View {
    /// Remembers where one looks: a jump to elsewhere follows.
    pub fn leave_look(&mut self) {
        self.looks.back.push((self.camera, self.inside.clone()));
        self.looks.forward.clear();
        let surplus = self.looks.back.len().saturating_sub(LOOKS);
        self.looks.back.drain(..surplus);
    }

    /// Looks where one looked before, or forward again. False if there is nothing.
    pub fn look(&mut self, back: bool) -> bool {
        let looks = &mut self.looks;
        let (from, onto) =
            if back { (&mut looks.back, &mut looks.forward) } else { (&mut looks.forward, &mut looks.back) };
        // A jump that led nowhere is none.
        while from.last().is_some_and(|(camera, _)| *camera == self.camera) {
            from.pop();
        }
        let Some((camera, inside)) = from.pop() else { return false };
        onto.push((self.camera, std::mem::replace(&mut self.inside, inside)));
        self.fly(camera);
        true
    }
}

impl App {
    /// Goes into what is selected: a frame, or the lane if nothing is.
    pub(super) fn enter_selected(&mut self) {
        if let Some(key) = self.view.focused.clone().filter(|key| !self.view.selection.contains(key)) {
            return self.select(vec![key], false, false);
        }
        match (self.view.selection.last().cloned(), self.view.lane) {
            (Some(key), _) => self.enter(&Inside::Frame(key)),
            (None, Some(lane)) => self.enter(&Inside::Lane(lane)),
            (None, None) => {}
        }
    }

    /// Looks at a container as large as it fits. What is folded is opened first.
    pub(super) fn enter(&mut self, inside: &Inside) {
        let found = |app: &Self| -> Option<(Frame, bool, Shape)> {
            match inside {
                Inside::Lane(lane) => {
                    app.board.scene.lanes.get(*lane).map(|lane| (lane.frame, false, Shape::Frame))
                }
                Inside::Frame(key) => {
                    let index = app.board.scene.find(key.lane, &key.name)?;
                    let node = &app.board.scene.nodes[index];
                    Some((node.frame, node.folded, node.shape))
                }
            }
        };
        let Some((_, folded, shape)) = found(self) else { return };
        if let Inside::Frame(key) = inside {
            if folded {
                self.fold(std::slice::from_ref(key), false);
                self.view.begin_glide = None;
            } else if shape != Shape::Frame {
                let hint = "drop a node that can lie in it on it".to_owned();
                return self.view.toast(false, format!("{} holds nothing to go into", key.name), Some(hint));
            }
        }
        if let Some((frame, ..)) = found(self) {
            self.view.leave_look();
            let mut camera = self.view.camera;
            camera.fit_closely(&frame, self.view.canvas_size);
            self.view.fly(camera);
            self.view.inside = Some(inside.clone());
        }
    }

    /// Goes out of what one has gone into, one step. False if one is in nothing.
    pub(super) fn leave_inside(&mut self) -> bool {
        let around = match &self.view.inside {
            None => return false,
            Some(Inside::Lane(_)) => None,
            Some(Inside::Frame(key)) => {
                let scene = &self.board.scene;
                let parent = scene.find(key.lane, &key.name).and_then(|index| scene.nodes[index].parent);
                Some(parent.map_or(Inside::Lane(key.lane), |parent| {
                    let node = &scene.nodes[parent];
                    Inside::Frame(NodeKey { lane: node.lane, name: node.name.clone() })
                }))
            }
        };
        match around {
            Some(around) => self.enter(&around),
            None => {
                self.view.leave_look();
                self.view.inside = None;
                self.view.fly_to_all(&self.board.scene.bounds);
            }
        }
        true
    }

    /// Does what a command of this file's kind asks for.
    pub(super) fn go(&mut self, command: Command) {
        match command {
            Command::Enter => self.enter_selected(),
            Command::Back | Command::Forward => self.look(command == Command::Back),
            Command::Fold | Command::Unfold => self.fold_selected(command == Command::Fold),
            Command::FoldAll | Command::UnfoldAll => {
                let fold = command == Command::FoldAll;
                let all = self.board.scene.nodes.iter();
                // The outermost are enough: what lies in them is out of sight.
                let wanted = all.filter(|node| {
                    if fold { node.shape == Shape::Frame && node.parent.is_none() } else { node.folded }
                });
                let keys: Vec<NodeKey> =
                    wanted.map(|node| NodeKey { lane: node.lane, name: node.name.clone() }).collect();
                self.fold(&keys, fold);
            }
            _ => {}
        }
    }

    fn look(&mut self, back: bool) {
        if !self.view.look(back) {
            self.view.toast(false, "There is no other look to go to", None);
        }
    }

    /// Folds or opens the selected frames; of a node that is none, the frame around it.
    fn fold_selected(&mut self, fold: bool) {
        let scene = &self.board.scene;
        let wanted = |index: NodeIndex| {
            let node = &scene.nodes[index];
            let own = if fold { node.shape == Shape::Frame } else { node.folded };
            let shown = if own { Some(index) } else { node.parent.filter(|_| fold) };
            shown.filter(|at| !fold || scene.nodes[*at].shape == Shape::Frame)
        };
        let found = self.view.selection.iter().filter_map(|key| scene.find(key.lane, &key.name));
        let mut keys: Vec<NodeKey> = found
            .filter_map(wanted)
            .map(|index| NodeKey { lane: scene.nodes[index].lane, name: scene.nodes[index].name.clone() })
            .collect();
        keys.sort();
        keys.dedup();
        if keys.is_empty() {
            let why =
                if fold { "No frame is selected, nor a node in one" } else { "Nothing folded is selected" };
            return self.view.toast(false, why, None);
        }
        self.fold(&keys, fold);
    }

    /// Folds or opens frames, as one step.
    pub(super) fn fold(&mut self, keys: &[NodeKey], folded: bool) {
        let mut lanes: indexmap::IndexMap<usize, Vec<String>> = indexmap::IndexMap::new();
        for key in keys {
            lanes.entry(key.lane).or_default().push(key.name.clone());
        }
        let mut edits: Vec<Edit> = Vec::new();
        for (number, names) in lanes {
            if let Some(lane) = self.lane_name(number) {
                edits.push(Edit::Fold { lane, names, folded });
            }
        }
        let edit = match edits.len() {
            0 => return,
            1 => edits.swap_remove(0),
            _ => {
                let label = if folded { "fold all" } else { "open all" };
                Edit::All { label: label.to_owned(), edits }
            }
        };
        let before = self.board.scene.clone();
        if self.edit(&edit) {
            // What is out of sight can't be what the next key is for.
            let scene = &self.board.scene;
            let seen = |key: &NodeKey| {
                scene.find(key.lane, &key.name).is_some_and(|index| !scene.nodes[index].hidden)
            };
            self.view.selection.retain(seen);
            if folded && self.view.selection.is_empty() {
                self.view.selection = keys.to_vec();
            }
            self.view.begin_glide = Some(before);
        }
    }
}
