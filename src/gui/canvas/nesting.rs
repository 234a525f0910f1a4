//! Dropping nodes into containers and out of them: what a drag would come to, shown while it lasts.

use std::collections::HashSet;

use egui::{Stroke, StrokeKind, Ui};

use super::pen::Pen;
use super::pulling;
use crate::check::{Holding, containment_of, holding, may_contain};
use crate::gui::board::Board;
use crate::gui::status::Status;
use crate::gui::view::NodeKey;
use crate::model::{Frame, Point};
use crate::scene::{NodeIndex, Shape};

/// What nodes that are let go come to.
#[derive(Clone, Debug, PartialEq)]
pub enum Landing {
    /// They stand elsewhere.
    Move,
    /// They lie in a node.
    In(NodeKey),
    /// They lie in nothing.
    Out,
    /// They join a group, or leave some.
    Group {
        /// Position of the lane.
        lane: usize,
        /// The group that they join.
        joins: Option<String>,
        /// The groups that they leave, as far as they are in them.
        leaves: Vec<String>,
        /// Names of the outermost of them.
        nodes: Vec<String>,
    },
    /// They can't be there.
    Refused {
        /// Over what, if it is a node.
        over: Option<NodeKey>,
        /// Why.
        why: String,
    },
}

/// The innermost node at a point, those of `without` left out.
fn under(board: &Board, point: Point, without: &HashSet<NodeIndex>) -> Option<NodeIndex> {
    let scene = &board.scene;
    let at = scene.visible(&Frame::at(point, 0.0, 0.0)).into_iter();
    at.filter(|index| !without.contains(index) && scene.nodes[*index].frame.contains(point))
        .max_by_key(|&index| (scene.nodes[index].depth, index))
}

fn key(board: &Board, index: NodeIndex) -> NodeKey {
    let node = &board.scene.nodes[index];
    NodeKey { lane: node.lane, name: node.name.clone() }
}

/// What was found out for the place where a drag was last: judging many nodes in every frame takes too long.
#[derive(Clone, Debug, PartialEq)]
pub struct Hovered {
    over: Option<NodeIndex>,
    lanes: Vec<usize>,
    landing: Landing,
}

/// What `moved` come to when they are let go at a point of the canvas; `known` is what was found out in this drag.
pub fn landing(board: &Board, moved: &[NodeKey], point: Point, known: &mut Option<Hovered>) -> Landing {
    let scene = &board.scene;
    let found: Vec<NodeIndex> = moved.iter().filter_map(|key| scene.find(key.lane, &key.name)).collect();
    let carried: HashSet<NodeIndex> = found.iter().flat_map(|index| scene.with_content(*index)).collect();
    let over = under(board, point, &carried);
    let lanes: Vec<usize> =
        (0..scene.lanes.len()).filter(|lane| scene.lanes[*lane].frame.contains(point)).collect();
    let judged = known.as_ref().filter(|known| known.over == over && known.lanes == lanes);
    let landing = match judged {
        Some(known) => known.landing.clone(),
        None => judge(board, &outermost(board, &found), over, &lanes),
    };
    *known = Some(Hovered { over, lanes, landing: landing.clone() });
    match landing {
        Landing::Move if !scene.groups.is_empty() => {
            super::groups::grouping(board, &outermost(board, &found), point)
        }
        landing => landing,
    }
}

/// What the outermost of the moved nodes come to over a node, in these lanes.
fn judge(board: &Board, outermost: &[NodeIndex], over: Option<NodeIndex>, lanes: &[usize]) -> Landing {
    let scene = &board.scene;
    let Some(lane) = outermost.first().map(|index| scene.nodes[*index].lane) else { return Landing::Move };
    if outermost.iter().any(|index| scene.nodes[*index].lane != lane) {
        return Landing::Move;
    }
    if !lanes.is_empty() && !lanes.contains(&lane) {
        let why = "a node stays in its lane; copy it, and paste it in the other".to_owned();
        return Landing::Refused { over: None, why };
    }
    let relationships = board.relationships(lane);
    let Some(topology) = board.lanes.get(lane).map(|view| &view.lane.topology) else { return Landing::Move };
    let judge = |inner: NodeIndex, outer: NodeIndex| {
        may_contain(topology, &relationships, &scene.nodes[inner].name, &scene.nodes[outer].name)
    };
    let mut candidate = over.filter(|index| scene.nodes[*index].lane == lane);
    while let Some(outer) = candidate {
        let invites = match scene.nodes[outer].shape {
            Shape::Frame => true,
            Shape::Port => false,
            // A card or bus is no place yet: it becomes one only where a person expects it to.
            Shape::Card | Shape::Bus => {
                outermost.iter().all(|inner| judge(*inner, outer).is_ok_and(|made| made.natural))
            }
        };
        if invites {
            break;
        }
        candidate = scene.nodes[outer].parent;
    }
    let Some(outer) = candidate else {
        let inside = outermost.iter().any(|index| scene.nodes[*index].parent.is_some());
        return if inside { Landing::Out } else { Landing::Move };
    };
    let over = key(board, outer);
    let is_in = |index: &NodeIndex| {
        scene.nodes[*index].parent == Some(outer)
            || containment_of(topology, &scene.nodes[*index].name).is_some_and(|(owner, position)| {
                let target = topology.nodes.get(owner).and_then(|node| node.relationships.get(position));
                target.is_some_and(|relationship| relationship.target == over.name)
            })
    };
    let newcomers: Vec<NodeIndex> = outermost.iter().copied().filter(|index| !is_in(index)).collect();
    for inner in &newcomers {
        if let Err(why) = judge(*inner, outer) {
            return Landing::Refused { over: Some(over), why: why.to_string() };
        }
    }
    if newcomers.is_empty() { Landing::Move } else { Landing::In(over) }
}

/// Those that lie in no other of them.
pub fn outermost(board: &Board, found: &[NodeIndex]) -> Vec<NodeIndex> {
    let inside = |index: NodeIndex| {
        std::iter::successors(board.scene.nodes[index].parent, |above| board.scene.nodes[*above].parent)
            .any(|above| found.contains(&above))
    };
    found.iter().copied().filter(|index| !inside(*index)).collect()
}

/// Where a new node of a type lies when it is let go at a point, and how.
pub fn holder_for(board: &Board, kind: &str, point: Point) -> Option<(NodeKey, Holding)> {
    let mut candidate = under(board, point, &HashSet::new());
    let hierarchy = &board.library.nodes.get(kind)?.hierarchy;
    while let Some(outer) = candidate {
        let node = &board.scene.nodes[outer];
        let over = key(board, outer);
        if let Some(template) = board.node(&over).filter(|_| node.shape != Shape::Port) {
            let relationships = board.relationships(node.lane);
            let found = holding(&relationships, hierarchy, &template.type_hierarchy);
            if let Some(found) = found.filter(|found| found.natural || node.shape == Shape::Frame) {
                return Some((over, found));
            }
        }
        candidate = node.parent;
    }
    None
}

/// Shows where nodes that are dragged would land.
pub fn landing_ui(ui: &mut Ui, pen: &Pen, board: &Board, landing: &Landing, names: &str) {
    let Some(place) = ui.ctx().pointer_latest_pos() else { return };
    match landing {
        Landing::Move => {}
        Landing::In(outer) => {
            pulling::glow(pen, board, outer, true);
            pulling::tell(ui, pen, place, &format!("{names} in {} (hold O: only move)", outer.name), false);
        }
        Landing::Group { joins, leaves, .. } => {
            let told = match (joins, leaves.first()) {
                (Some(group), _) => format!("{names} into the group {group} (hold O: only move)"),
                (None, Some(group)) => format!("{names} out of the group {group} (hold O: only move)"),
                (None, None) => return,
            };
            pulling::tell(ui, pen, place, &told, false);
        }
        Landing::Out => {
            pulling::tell(
                ui,
                pen,
                place,
                &format!("{names} out of its container (hold O: only move)"),
                false,
            );
        }
        Landing::Refused { over, why } => {
            let frame = over.as_ref().and_then(|key| board.scene.find(key.lane, &key.name));
            if let Some(index) = frame {
                let rect = pen.rect(&board.scene.nodes[index].frame).expand(2.0);
                let stroke = Stroke::new(2.0, pen.tokens.status(Status::Failed));
                pen.painter.rect_stroke(rect, pen.radius(8.0), stroke, StrokeKind::Middle);
            }
            pulling::tell(ui, pen, place, why, true);
        }
    }
}
