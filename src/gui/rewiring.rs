//! An end of a line put elsewhere: which nodes it may go to, and what is written when it is let go there.
//!
//! The relationship stays the same one, with its properties; its type changes only where that makes no sense any more.

use std::sync::Arc;

use super::app::App;
use super::board::Board;
use super::canvas::Line;
use super::connecting::Offer;
use super::view::NodeKey;
use crate::check::{Connecting, Relationship, Topology, may_connect};
use crate::diag::Path;
use crate::edit::Edit;
use crate::model::Value;
use crate::scene::LinkKind;

/// The relationships that a line of the picture stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wire {
    /// The node that has them.
    pub owner: NodeKey,
    /// The node that they point to.
    pub target: NodeKey,
    /// What the line means.
    pub kind: LinkKind,
}

/// An end of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// At the node that has the relationship.
    Owner,
    /// At the node that it points to.
    Target,
}

impl Board {
    /// Positions of a node's relationships to another that a line of this kind stands for.
    pub fn positions(&self, from: &NodeKey, to: &str, kind: LinkKind) -> Vec<usize> {
        let Some(node) = self.node(from) else { return Vec::new() };
        let fits = |relationship: &Relationship| match kind {
            LinkKind::Leg => true,
            LinkKind::Containment => relationship.is_a("cloudify.relationships.contained_in"),
            LinkKind::Connection => relationship.is_a("cloudify.relationships.connected_to"),
            LinkKind::Dependency => {
                !relationship.is_a("cloudify.relationships.contained_in")
                    && !relationship.is_a("cloudify.relationships.connected_to")
            }
        };
        let all = node.relationships.iter().enumerate();
        all.filter(|(_, one)| one.target == to && fits(one)).map(|(position, _)| position).collect()
    }

    /// What a line of the picture stands for: it may be drawn from either end.
    pub fn wire(&self, from: &NodeKey, to: &NodeKey, kind: LinkKind) -> Option<Wire> {
        let ends = [(from, to), (to, from)];
        let (owner, target) =
            ends.into_iter().find(|(owner, target)| !self.positions(owner, &target.name, kind).is_empty())?;
        Some(Wire { owner: owner.clone(), target: target.clone(), kind })
    }

    /// The lane's topology as if the line were not there.
    fn without(&self, wire: &Wire) -> Option<Topology> {
        let mut topology = (*self.lanes.get(wire.owner.lane)?.lane.topology).clone();
        let gone = self.positions(&wire.owner, &wire.target.name, wire.kind);
        let node = Arc::make_mut(topology.nodes.get_mut(&wire.owner.name)?);
        let mut position = 0;
        node.relationships.retain(|_| {
            position += 1;
            !gone.contains(&(position - 1))
        });
        Some(topology)
    }

    /// Every node but the one where the end is: what the line would be if the end were there, or why it can't be there.
    pub fn rewirings(&self, wire: &Wire, end: End) -> Vec<(NodeKey, Result<Offer, String>)> {
        let (Some(topology), number) = (self.without(wire), wire.owner.lane) else { return Vec::new() };
        let relationships = self.relationships(number);
        let from_owner = Connecting::new(&topology, &relationships, &wire.owner.name);
        let here = match end {
            End::Owner => &wire.owner.name,
            End::Target => &wire.target.name,
        };
        let others = topology.nodes.keys().filter(|name| *name != here);
        let judged = others.map(|name| {
            let judged = match end {
                End::Target => from_owner.to(name),
                End::Owner => may_connect(&topology, &relationships, name, &wire.target.name),
            };
            let judged = judged.map(|kinds| Offer::Relationship(self.kept(wire, kinds)));
            (NodeKey { lane: number, name: name.clone() }, judged.map_err(|why| why.to_string()))
        });
        let mut all: Vec<_> = judged.collect();
        let why = "a relationship stays in its lane; a value is what is read from another one";
        for (lane, view) in self.lanes.iter().enumerate().filter(|(lane, _)| *lane != number) {
            let names = view.lane.topology.nodes.keys();
            all.extend(names.map(|name| (NodeKey { lane, name: name.clone() }, Err(why.to_owned()))));
        }
        all
    }

    /// The types that fit, the one that the line has first where it is among them.
    fn kept(&self, wire: &Wire, mut kinds: Vec<String>) -> Vec<String> {
        let first = self.positions(&wire.owner, &wire.target.name, wire.kind).first().copied();
        let now = first.and_then(|at| Some(&self.node(&wire.owner)?.relationships.get(at)?.type_name));
        if let Some(at) = now.and_then(|now| kinds.iter().position(|kind| kind == now)) {
            let kept = kinds.remove(at);
            kinds.insert(0, kept);
        }
        kinds
    }
}

impl App {
    /// An end of a line was let go over a node: one step.
    pub(super) fn rewire(&mut self, wire: &Wire, end: End, onto: &NodeKey) {
        let judged = self.board.rewirings(wire, end).into_iter().find(|(key, _)| key == onto);
        let kinds = match judged {
            Some((_, Ok(Offer::Relationship(kinds)))) => kinds,
            Some((_, Err(why))) => return self.view.toast(false, why, None),
            _ => return,
        };
        if self.session.as_ref().is_some_and(crate::session::Session::is_checking) {
            return self.view.toast(false, "The last edit is still being read: try again", None);
        }
        let Some(lane) = self.lane_name(wire.owner.lane) else { return };
        let positions = self.board.positions(&wire.owner, &wire.target.name, wire.kind);
        let fits = |kind: &str| kinds.iter().any(|known| known == kind);
        let types: Vec<String> = positions
            .iter()
            .filter_map(|at| Some(self.board.node(&wire.owner)?.relationships.get(*at)?.type_name.clone()))
            .map(|now| if fits(&now) { now } else { kinds.first().cloned().unwrap_or(now) })
            .collect();
        let Some(mut edits) = self.importing(wire.owner.lane, types.iter().map(String::as_str)) else {
            return;
        };
        let (from, to) = (wire.owner.name.clone(), wire.target.name.clone());
        let label = match end {
            End::Target => format!("reconnect {from} → {}", onto.name),
            End::Owner => format!("reconnect {} → {to}", onto.name),
        };
        let straight = |a: &NodeKey, b: &NodeKey| Edit::Bend {
            lane: lane.clone(),
            from: a.name.clone(),
            to: b.name.clone(),
            bends: Vec::new(),
        };
        // Its bends led elsewhere.
        let find = |key: &NodeKey| self.board.scene.find(key.lane, &key.name);
        if let (Some(a), Some(b)) = (find(&wire.owner), find(&wire.target)) {
            let bent = |link: &&crate::scene::Link| !link.bends.is_empty();
            for link in self.board.scene.links.iter().filter(bent) {
                match (link.source, link.target) {
                    ends if ends == (a, b) => edits.push(straight(&wire.owner, &wire.target)),
                    ends if ends == (b, a) => edits.push(straight(&wire.target, &wire.owner)),
                    _ => {}
                }
            }
        }
        match end {
            End::Target => {
                for (position, kind) in positions.iter().zip(types) {
                    let now = self.board.node(&wire.owner).and_then(|node| node.relationships.get(*position));
                    let kind = now.is_none_or(|now| now.type_name != kind).then_some(kind);
                    let (from, to) = (from.clone(), onto.name.clone());
                    edits.push(Edit::Reconnect { lane: lane.clone(), from, position: *position, to, kind });
                }
            }
            End::Owner => edits.extend(self.hand_over(&lane, wire, &positions, types, onto)),
        }
        if self.edit(&Edit::All { label, edits }) {
            let (owner, target) = match end {
                End::Target => (wire.owner.clone(), onto.clone()),
                End::Owner => (onto.clone(), wire.target.clone()),
            };
            self.view.line = Some(Line::Link { from: owner, to: target, kind: wire.kind });
        }
    }

    /// The edits that take relationships from one node and give them to another, with all that they say.
    fn hand_over(
        &self,
        lane: &str,
        wire: &Wire,
        positions: &[usize],
        types: Vec<String>,
        onto: &NodeKey,
    ) -> Vec<Edit> {
        let list = |name: &str| {
            let shown = self.board.lanes.get(wire.owner.lane)?;
            let template = shown.lane.reading.blueprint.entity("node_templates", name)?;
            template.get("relationships")?.as_list()
        };
        let (own, there) = (list(&wire.owner.name).unwrap_or_default(), list(&onto.name));
        let first = there.map_or(0, <[Value]>::len);
        let gone = positions.iter().rev().map(|position| Edit::Disconnect {
            lane: lane.to_owned(),
            from: wire.owner.name.clone(),
            position: *position,
        });
        let given = positions.iter().zip(types).enumerate().filter_map(|(more, (position, kind))| {
            let mut value = own.get(*position)?.clone();
            if let Value::Map(map) = &mut value {
                map.insert("type".to_owned(), kind.as_str().into());
            }
            let at = Path::of(["node_templates", &onto.name, "relationships"]).index(first + more);
            Some(Edit::Set { lane: lane.to_owned(), at, value })
        });
        gone.chain(given).collect()
    }
}
