//! Drawing: what gestures and commands do to the blueprints, through the session's documents.
//!
//! The text changes at once; what follows from it (the checked picture) comes with a later report of the session. Does not
//! know how a text is patched, nor who writes it.

use std::collections::HashMap;

use egui::Context;
use indexmap::IndexMap;

use super::app::App;
use super::ask::{Ask, Named, Naming};
use super::view::{Leave, NodeKey};
use crate::diag::Path;
use crate::edit::{Edit, EditError, References, named};
use crate::model::{Map, Point, Value};

/// How many of the types used last the palette remembers.
const RECENT: usize = 8;

impl App {
    /// Applies a finished gesture as one step of undo; a refusal is told.
    pub(super) fn edit(&mut self, edit: &Edit) -> bool {
        let Some(session) = &mut self.session else { return false };
        match session.edit(edit) {
            Ok(done) => {
                if done {
                    self.await_nodes(edit);
                }
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

    /// Undoes or redoes until so many steps are done.
    pub(super) fn walk(&mut self, done: usize) {
        self.finish_typing();
        let Some(session) = &mut self.session else { return };
        if session.walk(done) {
            self.tabs.text.follow_next();
            self.drawn();
        }
    }

    /// Shows at once what needs no reading: where things stand.
    pub(super) fn drawn(&mut self) {
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
            if !session.is_checking() {
                self.view.forms.drafts.settled();
            }
            self.seen = session.revision();
            self.take_over();
            self.board.waves = None;
            let scene = &self.board.scene;
            self.view.selection.retain(|key| scene.find(key.lane, &key.name).is_some());
            let awaited = &self.view.awaited;
            let there = |key: &NodeKey| scene.find(key.lane, &key.name).is_some();
            if !awaited.is_empty() && awaited.iter().all(there) {
                let nodes = std::mem::take(&mut self.view.awaited);
                self.select(nodes, false, true);
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
        let template = Value::Map(Map::from([("type".to_owned(), Value::String(kind.into()))]));
        let label = format!("add {name}");
        let Some(mut edits) = self.importing(number, [kind]) else { return };
        edits.push(Edit::AddNode { lane, name, template, at: place.map(|(_, at)| at) });
        if self.edit(&Edit::All { label, edits }) {
            self.used(kind);
        }
    }

    /// Remembers a type as used lately.
    pub(super) fn used(&mut self, kind: &str) {
        let recent = &mut self.view.recent;
        recent.retain(|known| known != kind);
        recent.insert(0, kind.to_owned());
        recent.truncate(RECENT);
    }

    /// The edits that make a lane know types before they are used in it; none, told, if it can't know one.
    pub(super) fn importing<'a>(
        &mut self,
        lane: usize,
        kinds: impl IntoIterator<Item = &'a str>,
    ) -> Option<Vec<Edit>> {
        let name = self.lane_name(lane)?;
        let value = self.session.as_ref()?.documents().documents.get(&name)?.value();
        let there = value.get("imports").and_then(Value::as_list).unwrap_or_default();
        let mut needed: Vec<&str> = Vec::new();
        for kind in kinds {
            match self.board.imports_for(lane, kind) {
                Ok(imports) => {
                    // Written a moment ago, it is in the text before it is read.
                    let new = imports.into_iter().filter(|import| {
                        !needed.contains(import) && !there.iter().any(|one| one.as_str() == Some(import))
                    });
                    let new: Vec<&str> = new.collect();
                    needed.extend(new);
                }
                Err(why) => {
                    self.view.toast(true, why, Some("import that file in this lane, too".to_owned()));
                    return None;
                }
            }
        }
        let set = |(position, import): (usize, &&str)| Edit::Set {
            lane: name.clone(),
            at: Path::of(["imports"]).index(there.len() + position),
            value: (*import).into(),
        };
        Some(needed.iter().enumerate().map(set).collect())
    }

    /// What an edit adds or renames is selected once it is there.
    fn await_nodes(&mut self, edit: &Edit) {
        let mut brought = Vec::new();
        brings(edit, &mut brought);
        let lanes = &self.board.lanes;
        let key = |(lane, name): (&str, &str)| {
            let lane = lanes.iter().position(|shown| shown.lane.name == lane)?;
            Some(NodeKey { lane, name: name.to_owned() })
        };
        let keys: Vec<NodeKey> = brought.into_iter().filter_map(key).collect();
        if !keys.is_empty() {
            self.view.awaited = keys;
        }
    }

    /// Asks for another name of the node that is selected, or of the lane if none is.
    pub(super) fn rename_selected(&mut self) {
        if let Some(group) = self.view.group.clone() {
            return self.ask_group_name(&group);
        }
        if let Some(key) = self.view.selection.last().cloned() {
            self.ask_name(&key);
        } else {
            self.ask_lane_name();
        }
    }

    /// Asks for another name of a node, on its title.
    pub(super) fn ask_name(&mut self, key: &NodeKey) {
        let (Some(lane), Some(index)) =
            (self.lane_name(key.lane), self.board.scene.find(key.lane, &key.name))
        else {
            return;
        };
        let node = &self.board.scene.nodes[index];
        let card = self.view.camera.rect(self.view.canvas_corner, &node.frame);
        let place = card.min;
        // In the card itself, where there is room to type.
        let over = super::canvas::title(node, card, self.view.camera.zoom);
        let title = format!("New name of {}", key.name);
        let of = Named::Other { lane, at: Path::of(["node_templates", &key.name]) };
        let naming = Naming::new(title, place, &key.name, of);
        self.view.ask = Some(Ask::Name(Naming { over, ..naming }));
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
        let label = format!("move {}", named(nodes.iter().map(|(key, _)| key.name.as_str())));
        let edits = self.moves(nodes);
        self.edit(&Edit::All { label, edits });
    }

    /// The edits that put nodes somewhere.
    pub(super) fn moves(&self, nodes: Vec<(NodeKey, Point)>) -> Vec<Edit> {
        let mut lanes: HashMap<usize, Vec<(String, Point)>> = HashMap::new();
        for (key, to) in nodes {
            lanes.entry(key.lane).or_default().push((key.name, to));
        }
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
            edits.extend(self.carry_bends(number, &nodes));
            edits.push(Edit::Move { lane, nodes });
        }
        edits
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

/// The nodes that an edit adds or renames, with their lanes.
fn brings<'a>(edit: &'a Edit, found: &mut Vec<(&'a str, &'a str)>) {
    match edit {
        Edit::AddNode { lane, name, .. } => found.push((lane, name)),
        Edit::Rename { lane, at, to } if at.node().is_some() && at.segments().len() == 2 => {
            found.push((lane, to));
        }
        Edit::All { edits, .. } => edits.iter().for_each(|edit| brings(edit, found)),
        _ => {}
    }
}

/// `WebServer` as a node is called: `web_server`.
pub(super) fn snake(name: &str) -> String {
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
