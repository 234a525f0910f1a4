//! Lines across lanes: a value of one lane that a node in another reads.
//!
//! Asks which value and where it goes; what is written in both files is [`crate::edit`]'s matter.

use egui::Pos2;

use super::app::App;
use super::ask::{Ask, Choice, Choosing, Named, Naming};
use super::board::Board;
use super::values;
use super::view::{NodeKey, Wish};
use crate::check::TypeInfo;
use crate::diag::Path;
use crate::edit::Edit;
use crate::model::{Map, Value};

/// Where a value that is shared comes from: lane and place, as [`Edit::Share`] wants them.
pub type Origin = (String, Path);

impl Board {
    /// Why a lane may not read values of another: it is the same one, or the two could never be deployed one after the other.
    pub fn may_read(&self, reader: usize, source: usize) -> Result<(), String> {
        if reader == source {
            return Err("both ends are in one lane: no output is needed there".to_owned());
        }
        let (Some(from), Some(to)) = (self.lanes.get(source), self.lanes.get(reader)) else { return Ok(()) };
        let mut todo = vec![source];
        let mut seen = vec![source];
        while let Some(lane) = todo.pop() {
            let Some(view) = self.lanes.get(lane) else { continue };
            for used in view.lane.uses() {
                let known = self.lanes.iter().position(|other| other.lane.deployment() == used);
                let Some(next) = known.filter(|next| !seen.contains(next)) else { continue };
                if next == reader {
                    let (from, to) = (&from.lane.name, &to.lane.name);
                    return Err(format!("`{from}` needs `{to}` already: each would wait for the other"));
                }
                seen.push(next);
                todo.push(next);
            }
        }
        Ok(())
    }

    /// Whether a value was drawn from another lane.
    pub fn is_shared(&self, lane: usize, at: &Path) -> bool {
        let shares = self.lanes.get(lane).map(|view| &view.layout.shares);
        shares.is_some_and(|shares| !shares.is_empty() && shares.contains_key(&at.to_string()))
    }

    /// The place of the value that an output's tag stands for.
    pub fn origin(&self, lane: usize, path: &[String]) -> Option<Origin> {
        let (output, keys) = path.split_first()?;
        let start = Path::of(["outputs", output, "value"]);
        let name = self.lanes.get(lane)?.lane.name.clone();
        Some((name, keys.iter().fold(start, |path, key| path.key(key))))
    }

    /// The values that a node has to share: as output, as runtime property, as property.
    pub(super) fn origins(&self, key: &NodeKey) -> Vec<(String, String, Origin)> {
        let (Some(view), Some(node)) = (self.lanes.get(key.lane), self.node(key)) else { return Vec::new() };
        let lane = view.lane.name.clone();
        let index = self.scene.find(key.lane, &key.name);
        let tags = self.scene.tags.iter().filter(|tag| tag.lane == key.lane && tag.source == index);
        let mut found: Vec<(String, String, Origin)> = tags
            .filter_map(|tag| Some((tag.label(), "output".to_owned(), self.origin(key.lane, &tag.path)?)))
            .collect();
        let start = Path::of(["node_templates", &key.name]);
        let mut attributes: Vec<String> = Vec::new();
        for (_, record) in view.state.instances_of(&key.name) {
            attributes.extend(
                record
                    .runtime
                    .keys()
                    .filter(|known| !attributes.contains(known))
                    .cloned()
                    .collect::<Vec<_>>(),
            );
        }
        // A host's address is known at run time whatever has run so far.
        if node.is_a("cloudify.nodes.Compute") && !attributes.iter().any(|known| known == "ip") {
            attributes.insert(0, "ip".to_owned());
        }
        for name in attributes {
            let at = start.key("attributes").key(&name);
            found.push((format!("{name} (at run time)"), "attribute".to_owned(), (lane.clone(), at)));
        }
        for name in node.properties.keys() {
            let at = start.key("properties").key(name);
            found.push((name.clone(), "property".to_owned(), (lane.clone(), at)));
        }
        found
    }

    /// Where a node can read a value: its properties, and the entries of those that are maps. The flag says that a new
    /// entry of the map is meant.
    pub(super) fn places(&self, key: &NodeKey) -> Vec<(String, String, Path, bool)> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let start = Path::of(["node_templates", &key.name, "properties"]);
        let empty = Map::new();
        let mut found = Vec::new();
        let schema = self.library.nodes.get(&node.type_name);
        let declared = schema.map(|info| info.properties.keys()).into_iter().flatten();
        let mut names: Vec<&String> = node.properties.keys().collect();
        names.extend(declared.filter(|name| !node.properties.contains_key(name)));
        for name in names {
            let value = node.properties.get(name).unwrap_or(&Value::Null);
            let at = start.key(name);
            if value.call().is_none() && is_map(schema, name, value) {
                for (entry, value) in value.as_map().unwrap_or(&empty) {
                    found.push((format!("{name}.{entry}"), hint(value), at.key(entry), false));
                }
                found.push((format!("{name}.…"), "a new entry".to_owned(), at, true));
            } else {
                found.push((name.clone(), hint(value), at, false));
            }
        }
        found
    }
}

fn hint(value: &Value) -> String {
    if value.is_null() || value.as_str() == Some("") {
        String::new()
    } else {
        format!("instead of {}", values::short(value))
    }
}

fn is_map(schema: Option<&TypeInfo>, name: &str, value: &Value) -> bool {
    let declared = schema.and_then(|info| info.properties.get(name));
    value.as_map().is_some()
        || name == "env"
        || declared.is_some_and(|property| {
            property.kind.as_deref() == Some("dict")
                || property.default.as_ref().is_some_and(|value| value.as_map().is_some())
        })
}

impl App {
    /// A line was drawn from a node to one of another lane: which of its values?
    pub(super) fn ask_origin(&mut self, from: &NodeKey, to: &NodeKey, place: Pos2) {
        let choices = self.board.origins(from).into_iter().map(|(name, hint, origin)| Choice {
            name,
            hint,
            refused: None,
            wish: Wish::Share { origin, to: to.clone(), place },
        });
        let choices = choices.collect();
        let title = format!("Which value of {} does {} read?", from.name, to.name);
        self.view.ask = Some(Ask::Choice(Choosing::new(title, place, choices)));
    }

    /// An output is to be read: by which node?
    pub(super) fn ask_reader(&mut self, lane: usize, path: &[String], place: Pos2) {
        let Some(origin) = self.board.origin(lane, path) else { return };
        let choices = self.board.readers(lane).into_iter().map(|(to, judged)| Choice {
            name: to.name.clone(),
            hint: self.lane_name(to.lane).unwrap_or_default(),
            refused: judged.err(),
            wish: Wish::Share { origin: origin.clone(), to, place },
        });
        let choices = choices.collect();
        let title = format!("Who reads {}?", path.join("."));
        self.view.ask = Some(Ask::Choice(Choosing::new(title, place, choices)));
    }

    /// A value of another lane is to be read at a place: which one?
    pub(super) fn ask_source(&mut self, to: &Origin, place: Pos2) {
        let (lane, at) = to;
        let Some(reader) = self.board.lanes.iter().position(|view| view.lane.name == *lane) else { return };
        let mut choices = Vec::new();
        for (number, view) in self.board.lanes.iter().enumerate().filter(|(number, _)| *number != reader) {
            let refused = self.board.may_read(reader, number).err();
            let tags = self.board.scene.tags.iter().filter(|tag| tag.lane == number);
            let outputs =
                tags.filter_map(|tag| Some((tag.label(), "output", self.board.origin(number, &tag.path)?)));
            let nodes = view.lane.topology.nodes.keys();
            let values = nodes.flat_map(|name| {
                let key = NodeKey { lane: number, name: name.clone() };
                let own = self.board.origins(&key).into_iter().filter(|(_, what, _)| what != "output");
                own.map(move |(value, _, origin)| (format!("{}.{value}", key.name), "value", origin))
                    .collect::<Vec<_>>()
            });
            choices.extend(outputs.chain(values).map(|(name, what, from)| Choice {
                name,
                hint: format!("{what} of {}", view.lane.name),
                refused: refused.clone(),
                wish: Wish::Edit(Box::new(Edit::Share { from, to: (lane.clone(), at.clone()) })),
            }));
        }
        let title = "Which value of another lane?";
        self.view.ask = Some(Ask::Choice(Choosing::new(title, place, choices)));
    }

    /// A value is to be read by a node: where in it?
    pub(super) fn ask_place(&mut self, origin: &Origin, to: &NodeKey, place: Pos2) {
        let Some(lane) = self.lane_name(to.lane) else { return };
        let source = self.board.lanes.iter().position(|view| view.lane.name == origin.0);
        if let Some(Err(why)) = source.map(|source| self.board.may_read(to.lane, source)) {
            return self.view.toast(false, why, None);
        }
        let choices = self.board.places(to).into_iter().map(|(name, hint, at, new)| {
            let wish = if new {
                let title = format!("New entry of {}", name.trim_end_matches(".…"));
                let of = Named::Entry { origin: origin.clone(), lane: lane.clone(), at };
                Wish::Ask(Box::new(Ask::Name(Naming::new(title, place, "", of))))
            } else {
                Wish::Edit(Box::new(Edit::Share { from: origin.clone(), to: (lane.clone(), at) }))
            };
            Choice { name, hint, refused: None, wish }
        });
        let choices = choices.collect();
        let title = format!("Where does {} read it?", to.name);
        self.view.ask = Some(Ask::Choice(Choosing::new(title, place, choices)));
    }
}
