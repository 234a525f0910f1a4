//! Drawing lines: what a line from one node to another, or into the open, comes to.
//!
//! Which relationships make sense is [`crate::check`]'s to say; here they are offered, and written as one step.

use egui::{Pos2, vec2};
use indexmap::IndexMap;

use super::app::App;
use super::ask::{Ask, Choice, Choosing};
use super::board::Board;
use super::canvas::Line;
use super::editing::snake;
use super::view::{NodeKey, Wish};
use crate::check::{Connecting, TypeInfo, fitting_kinds, is_backwards};
use crate::diag::Path;
use crate::edit::Edit;
use crate::model::{Map, Point, Value};
use crate::scene::CARD_WIDTH;

/// A node that is added with a line to or from one that is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Attached {
    /// The node that is there.
    pub from: NodeKey,
    /// Full name of the new node's type.
    pub kind: String,
    /// The relationship's type.
    pub relationship: String,
    /// Whether the new node has the relationship, not the one that is there.
    pub backwards: bool,
    /// Where it stands in the lane; placed automatically if none.
    pub at: Option<Point>,
}

/// What a line can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// A relationship of one of these types, the most sensible one first.
    Relationship(Vec<String>),
    /// A value that is read in another lane.
    Value,
}

impl Offer {
    /// In a word.
    pub fn word(&self) -> &str {
        match self {
            Self::Relationship(kinds) => kinds.first().map_or("", |kind| short(kind)),
            Self::Value => "read a value",
        }
    }
}

impl Board {
    /// The relationship types that a lane knows or can import.
    pub fn relationships(&self, lane: usize) -> IndexMap<String, TypeInfo> {
        let all = self.library.relationships.iter();
        let usable = all.filter(|(name, _)| self.imports_for(lane, name).is_ok());
        usable.map(|(name, info)| (name.clone(), info.clone())).collect()
    }

    /// Every other node: what a line from `key` to it could be, or why there can be none. Those of the same lane first.
    pub fn targets(&self, key: &NodeKey) -> Vec<(NodeKey, Result<Offer, String>)> {
        let Some(view) = self.lanes.get(key.lane) else { return Vec::new() };
        let relationships = self.relationships(key.lane);
        let connecting = Connecting::new(&view.lane.topology, &relationships, &key.name);
        let others = view.lane.topology.nodes.keys().filter(|name| **name != key.name);
        let judged = others.map(|name| {
            let judged = connecting.to(name).map(Offer::Relationship).map_err(|why| why.to_string());
            (NodeKey { lane: key.lane, name: name.clone() }, judged)
        });
        let mut all: Vec<_> = judged.collect();
        all.extend(self.readers(key.lane));
        all
    }

    /// Every node of the other lanes: whether it can read a value of this one, or why not.
    pub fn readers(&self, source: usize) -> Vec<(NodeKey, Result<Offer, String>)> {
        let mut all = self.each_by_lane(|lane| self.may_read(lane, source).map(|()| Offer::Value));
        all.retain(|(key, _)| key.lane != source);
        all
    }

    /// Every node, with what is judged of its lane.
    pub fn each_by_lane(
        &self,
        judge: impl Fn(usize) -> Result<Offer, String>,
    ) -> Vec<(NodeKey, Result<Offer, String>)> {
        let mut all = Vec::new();
        for (lane, view) in self.lanes.iter().enumerate() {
            let judged = judge(lane);
            let names = view.lane.topology.nodes.keys();
            all.extend(names.map(|name| (NodeKey { lane, name: name.clone() }, judged.clone())));
        }
        all
    }
}

/// The last part of a type's name.
fn short(kind: &str) -> &str {
    kind.rsplit('.').next().unwrap_or(kind)
}

impl App {
    /// A line was drawn to a node: a relationship, asked for where several make sense.
    pub(super) fn connect(&mut self, from: &NodeKey, to: &NodeKey, place: Pos2) {
        let judged = self.board.targets(from).into_iter().find(|(key, _)| key == to);
        let kinds = match judged {
            Some((_, Ok(Offer::Relationship(kinds)))) => kinds,
            Some((_, Ok(Offer::Value))) => return self.ask_origin(from, to, place),
            Some((_, Err(why))) => return self.view.toast(false, why, None),
            None => return,
        };
        let mut choices = Vec::new();
        for kind in kinds {
            let Some(edit) = self.connection(from, to, &kind) else { return };
            choices.push(Choice {
                name: short(&kind).to_owned(),
                hint: kind,
                refused: None,
                wish: Wish::Edit(Box::new(edit)),
            });
        }
        match choices.as_slice() {
            [Choice { wish: Wish::Edit(edit), .. }] => drop(self.edit(&edit.clone())),
            _ => {
                let title = format!("{} → {}", from.name, to.name);
                self.view.ask = Some(Ask::Choice(Choosing::new(title, place, choices)));
            }
        }
    }

    /// The edit of a relationship, with the import that its type needs.
    fn connection(&mut self, from: &NodeKey, to: &NodeKey, kind: &str) -> Option<Edit> {
        let lane = self.lane_name(from.lane)?;
        let mut edits = self.importing(from.lane, [kind])?;
        let (from, to) = (from.name.clone(), to.name.clone());
        let connect = Edit::Connect { lane, from, to, kind: kind.to_owned() };
        if edits.is_empty() {
            return Some(connect);
        }
        let label = connect.label();
        edits.push(connect);
        Some(Edit::All { label, edits })
    }

    /// Takes the picked line away: its relationships, or what was written to read a value.
    pub(super) fn remove_line(&mut self) {
        let Some(line) = self.view.line.clone() else { return };
        let edit = match line {
            Line::Flow { property, .. } if property.is_empty() => {
                let hint =
                    "delete the lines that leave the proxy: what nobody reads goes with the last of them";
                return self.view.toast(
                    false,
                    "The proxy takes this value for others",
                    Some(hint.to_owned()),
                );
            }
            Line::Flow { end, property, .. } => {
                let Some(lane) = self.lane_name(end.lane) else { return };
                let start = Path::of(["node_templates", &end.name, "properties"]);
                Edit::Unshare { at: (lane, property.iter().fold(start, |path, key| path.key(key))) }
            }
            Line::Link { from, to, kind } => {
                let Some(lane) = self.lane_name(from.lane) else { return };
                let Some(wire) = self.board.wire(&from, &to, kind) else { return };
                let positions = self.board.positions(&wire.owner, &wire.target.name, kind);
                let (from, to) = (wire.owner.name, wire.target.name);
                let one = |position: usize| {
                    let (lane, from) = (lane.clone(), from.clone());
                    Edit::Disconnect { lane, from, position }
                };
                let label = format!("disconnect {from} → {to}");
                Edit::All { label, edits: positions.into_iter().rev().map(one).collect() }
            }
        };
        if self.edit(&edit) {
            self.view.line = None;
        }
    }

    /// Asks which node the selected one is to be connected to.
    pub(super) fn ask_target(&mut self) {
        let Some(key) = self.view.selection.last().cloned() else { return };
        let place = self.beside(&key, vec2(0.0, 0.0));
        let choice = |(to, judged): (NodeKey, Result<Offer, String>)| Choice {
            name: to.name.clone(),
            hint: judged.as_ref().map_or_else(|_| String::new(), |offer| offer.word().to_owned()),
            refused: judged.err(),
            wish: Wish::Connect { from: key.clone(), to, place },
        };
        let choices = self.board.targets(&key).into_iter().map(choice).collect();
        let title = format!("Connect {} to", key.name);
        self.view.ask = Some(Ask::Choice(Choosing::new(title, place, choices)));
    }

    /// Where a question about a node stands on the screen: at its right edge.
    pub(super) fn beside(&self, key: &NodeKey, shift: egui::Vec2) -> Pos2 {
        let corner = self.view.canvas_corner;
        let index = self.board.scene.find(key.lane, &key.name);
        index.map_or(corner + self.view.canvas_size / 2.0, |index| {
            let frame = self.board.scene.nodes[index].frame;
            let right = Point { x: frame.right() + shift.x, y: frame.y + shift.y };
            self.view.camera.to_screen(corner, right)
        })
    }

    /// Asks for a type of node to add at a place of the screen (beside the node if there is none), connected to `key`.
    pub(super) fn ask_attached(&mut self, key: &NodeKey, place: Option<Pos2>) {
        let Some(node) = self.board.node(key).cloned() else { return };
        let gap = vec2(CARD_WIDTH / 3.0, 0.0);
        let place = place.unwrap_or_else(|| self.beside(key, gap));
        let point = self.view.camera.to_canvas(self.view.canvas_corner, place);
        let at = self.in_lane(key.lane, point);
        let relationships = self.board.relationships(key.lane);
        let contained = node.container().is_some();
        let mut choices: Vec<(bool, Choice)> = Vec::new();
        for info in self.types() {
            if self.board.imports_for(key.lane, &info.name).is_err() {
                continue;
            }
            let backwards = is_backwards(&relationships, &node.type_hierarchy, &info.hierarchy);
            let kinds = if backwards {
                fitting_kinds(&relationships, &info.hierarchy, &node.type_hierarchy, false)
            } else {
                fitting_kinds(&relationships, &node.type_hierarchy, &info.hierarchy, contained)
            };
            let Some(relationship) = kinds.into_iter().next() else { continue };
            let contains = relationships
                .get(&relationship)
                .is_some_and(|kind| kind.is_a("cloudify.relationships.contained_in"));
            let plain = relationship.starts_with("cloudify.relationships.")
                && !contains
                && !relationship.ends_with("_proxy");
            let arrow = if backwards { "←" } else { "→" };
            let attached = Attached {
                from: key.clone(),
                kind: info.name.clone(),
                relationship: relationship.clone(),
                backwards,
                at: (!contains).then_some(at),
            };
            choices.push((
                plain,
                Choice {
                    name: info.short().to_owned(),
                    hint: format!("{arrow} {} · {}", short(&relationship), info.name),
                    refused: None,
                    wish: Wish::Attach(Box::new(attached)),
                },
            ));
        }
        // What goes together by its type comes before what can be connected to anything.
        choices.sort_by_key(|(plain, _)| *plain);
        let choices = choices.into_iter().map(|(_, choice)| choice).collect();
        let title = format!("Add and connect to {}", key.name);
        self.view.ask = Some(Ask::Choice(Choosing::new(title, place, choices)));
    }

    /// Adds a node with its line, as one step.
    pub(super) fn attach(&mut self, attached: &Attached) {
        let Attached { from, kind, relationship, backwards, at } = attached;
        let Some(lane) = self.lane_name(from.lane) else { return };
        let Some(session) = &self.session else { return };
        let name = session.documents().free_name(&lane, "node_templates", &snake(short(kind)));
        let label = format!("add {name} to {}", from.name);
        let Some(mut edits) = self.importing(from.lane, [kind.as_str(), relationship.as_str()]) else {
            return;
        };
        let mut template = Map::from_iter([("type".to_owned(), Value::String(kind.as_str().into()))]);
        let line = |target: &str| {
            Value::Map(Map::from_iter([
                ("type".to_owned(), relationship.as_str().into()),
                ("target".to_owned(), target.into()),
            ]))
        };
        if *backwards {
            template.insert("relationships".to_owned(), Value::List(vec![line(&from.name)]));
        }
        let template = Value::Map(template);
        edits.push(Edit::AddNode { lane: lane.clone(), name: name.clone(), template, at: *at });
        if !backwards {
            edits.push(Edit::Connect { lane, from: from.name.clone(), to: name, kind: relationship.clone() });
        }
        if self.edit(&Edit::All { label, edits }) {
            self.used(kind);
        }
    }
}
