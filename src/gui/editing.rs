//! Drawing: what gestures and commands do to the blueprints, through the session's documents.
//!
//! The text changes at once; what follows from it (the checked picture) comes with a later report of the session. Does not
//! know how a text is patched, nor who writes it.

use std::collections::HashMap;

use egui::Context;
use indexmap::IndexMap;

use super::app::App;
use super::view::{Leave, NodeKey};
use crate::edit::{Edit, EditError, References};
use crate::model::{Point, Value};

/// How many of the types used last the palette remembers.
const RECENT: usize = 8;

impl App {
    /// Applies a finished gesture as one step of undo; a refusal is told.
    pub(super) fn edit(&mut self, edit: &Edit) -> bool {
        let Some(session) = &mut self.session else { return false };
        match session.edit(edit) {
            Ok(done) => {
                self.drawn();
                done
            }
            Err(error) => {
                let hint = match error {
                    EditError::Used { .. } => Some("take the functions away first, then the node".to_owned()),
                    _ => None,
                };
                self.view.toast(true, error.to_string(), hint);
                false
            }
        }
    }

    /// Takes the last step back, or does it again.
    pub(super) fn step(&mut self, back: bool) {
        let Some(session) = &mut self.session else { return };
        if if back { session.undo() } else { session.redo() } {
            self.drawn();
        }
    }

    /// Shows at once what needs no reading: where things stand.
    fn drawn(&mut self) {
        let Some(session) = &self.session else { return };
        for shown in &mut self.board.lanes {
            if let Some(document) = session.documents().documents.get(&shown.lane.name) {
                shown.layout = document.layout.clone();
            }
        }
        self.board.place();
        if !session.is_checking() {
            self.seen = session.revision();
        }
    }

    /// Takes over what was read since the last frame, and tells how saving went.
    pub(super) fn follow_edits(&mut self, ctx: &Context) {
        let Some(session) = &mut self.session else { return };
        match (session.saved(), self.leaving.take()) {
            (Some(Err(error)), _) => {
                self.view.toast(
                    true,
                    error.to_string(),
                    Some("what you drew is kept in this window".to_owned()),
                );
            }
            (Some(Ok(())), Some(how)) => return self.left(ctx, how),
            (_, leaving) => self.leaving = leaving,
        }
        let Some(session) = &self.session else { return };
        if session.revision() != self.seen {
            self.seen = session.revision();
            self.take_over();
            self.board.waves = None;
            let scene = &self.board.scene;
            self.view.selection.retain(|key| scene.find(key.lane, &key.name).is_some());
            if let Some(key) = self.view.awaited.clone()
                && self.board.scene.find(key.lane, &key.name).is_some()
            {
                self.view.awaited = None;
                self.select(vec![key], false, true);
            }
        }
    }

    /// Adds a node of a type to a lane (the one that is shown if no place is given), and selects it.
    pub(super) fn add_node(&mut self, kind: &str, place: Option<(usize, Point)>) {
        let shown = self.view.selection.first().map(|key| key.lane).or(self.view.lane).unwrap_or(0);
        let number = place.map_or(shown, |(lane, _)| lane);
        let Some(lane) = self.lane_name(number) else { return };
        let Some(session) = &self.session else { return };
        let short = kind.rsplit('.').next().unwrap_or(kind);
        let name = session.documents().free_name(&lane, "node_templates", &snake(short));
        let template = Value::Map(IndexMap::from([("type".to_owned(), Value::String(kind.into()))]));
        if self.edit(&Edit::AddNode { lane, name: name.clone(), template, at: place.map(|(_, at)| at) }) {
            let recent = &mut self.view.recent;
            recent.retain(|known| known != kind);
            recent.insert(0, kind.to_owned());
            recent.truncate(RECENT);
            self.view.awaited = Some(NodeKey { lane: number, name });
        }
    }

    /// Removes the selected nodes, with the relationships that point to them.
    pub(super) fn remove_selected(&mut self, reconnect: bool) {
        let mut lanes: IndexMap<usize, Vec<String>> = IndexMap::new();
        for key in &self.view.selection {
            lanes.entry(key.lane).or_default().push(key.name.clone());
        }
        let mut edits: Vec<Edit> = Vec::new();
        for (number, names) in lanes {
            let Some(lane) = self.lane_name(number) else { continue };
            edits.push(Edit::RemoveNodes { lane, names, references: References::Refuse, reconnect });
        }
        let edit = match edits.len() {
            0 => return,
            1 => edits.swap_remove(0),
            _ => Edit::All { label: format!("remove {} nodes", self.view.selection.len()), edits },
        };
        if self.edit(&edit) {
            self.view.selection.clear();
        }
    }

    /// Puts nodes somewhere.
    pub(super) fn shift(&mut self, nodes: Vec<(NodeKey, Point)>) {
        let mut lanes: HashMap<usize, Vec<(String, Point)>> = HashMap::new();
        let count = nodes.len();
        for (key, to) in nodes {
            lanes.entry(key.lane).or_default().push((key.name, to));
        }
        let label = match lanes.values().flatten().collect::<Vec<_>>().as_slice() {
            [(name, _)] => format!("move {name}"),
            _ => format!("move {count} nodes"),
        };
        let mut order: Vec<usize> = lanes.keys().copied().collect();
        order.sort_unstable();
        let mut edits = Vec::new();
        for number in order {
            let (Some(lane), Some(nodes)) = (self.lane_name(number), lanes.remove(&number)) else { continue };
            let free = self.board.lanes.get(number).is_some_and(|shown| shown.layout.lane.is_none());
            if let Some(origin) = self.board.scene.lanes.get(number).map(|lane| lane.origin).filter(|_| free)
            {
                // A lane that grows to the left or upward must not push the rest of itself away.
                edits.push(Edit::MoveLane { lane: lane.clone(), to: origin });
            }
            edits.push(Edit::Move { lane, nodes });
        }
        self.edit(&Edit::All { label, edits });
    }

    /// Writes what was drawn into the files.
    pub(super) fn save(&mut self) {
        if let Some(session) = &mut self.session {
            session.save();
        }
    }

    /// How many files are not saved.
    pub(super) fn unsaved(&self) -> usize {
        self.session.as_ref().map_or(0, |session| session.unsaved().len())
    }

    /// Leaves the project, after asking if something is not saved.
    pub(super) fn leave(&mut self, ctx: &Context, how: Leave) {
        if self.unsaved() == 0 {
            self.left(ctx, how);
        } else {
            self.view.leave = Some(how);
        }
    }

    /// Leaves after everything is saved.
    pub(super) fn save_and_leave(&mut self, how: Leave) {
        self.leaving = Some(how);
        self.save();
    }

    /// Leaves the project, saved or not.
    pub(super) fn left(&mut self, ctx: &Context, how: Leave) {
        match how {
            Leave::Close => {
                self.abandoned = true;
                ctx.send_viewport_cmd(egui::ViewportCommand::Close);
            }
            Leave::Reload => self.reload(),
            Leave::Open(path) => self.open(&path),
        }
    }
}

/// `WebServer` as a node is called: `web_server`.
fn snake(name: &str) -> String {
    let mut made = String::new();
    let mut before = None;
    for letter in name.chars() {
        let begins = letter.is_uppercase() && before.is_some_and(|before: char| before.is_lowercase());
        if begins {
            made.push('_');
        }
        made.extend(if letter.is_alphanumeric() { letter.to_lowercase().collect() } else { vec!['_'] });
        before = Some(letter);
    }
    made
}

#[cfg(test)]
mod tests {
    use super::snake;

    #[test]
    fn names_of_nodes_are_made_from_types() {
        assert_eq!(snake("WebServer"), "web_server");
        assert_eq!(snake("VXLAN"), "vxlan");
        assert_eq!(snake("my-Type2Go"), "my_type2_go".replace("2_go", "2go"));
    }
}
