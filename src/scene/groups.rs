//! [`GroupBox`]: groups and scaling groups, as frames around what is in them.
//!
//! A group holds nothing in place: its frame follows its members, wherever they stand.

use std::collections::HashMap;

use super::{LaneInput, NodeBox, NodeIndex};
use crate::model::{Frame, Value};

/// Space between a group's edge and its members, and height of the tab with its name.
const PAD: f32 = 10.0;
/// Height of the tab with a group's name.
pub const GROUP_TAB: f32 = 20.0;

/// A group on the canvas.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupBox {
    /// Position of its lane.
    pub lane: usize,
    /// Its name.
    pub name: String,
    /// Nodes and groups, as written.
    pub members: Vec<String>,
    /// The nodes in it, also those of groups in it.
    pub nodes: Vec<NodeIndex>,
    /// How many instances all of it has at first, if it is scaled together.
    pub instances: Option<Value>,
    /// Around its members, the tab with its name at the top.
    pub frame: Frame,
    /// How many groups it lies in.
    pub depth: usize,
}

/// The groups of a lane, outer ones before those in them. A group of which nothing is drawn is left out.
pub(super) fn boxes(lane: &LaneInput<'_>, number: usize, nodes: &[NodeBox], base: usize) -> Vec<GroupBox> {
    let Some(groups) = lane.topology.sections.get("groups").and_then(Value::as_map) else {
        return Vec::new();
    };
    let members = |name: &str| -> Vec<String> {
        let list = groups.get(name).and_then(|group| group.get("members")).and_then(Value::as_list);
        list.unwrap_or_default().iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let places: HashMap<&str, usize> =
        lane.topology.nodes.keys().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
    let mut found = Vec::new();
    for name in groups.keys() {
        let mut made =
            Making { members: &members, places: &places, nodes, base, path: Vec::new(), held: Vec::new() };
        let Some(frame) = made.frame(name) else { continue };
        let mut held = made.held;
        held.sort_unstable();
        held.dedup();
        let scaled = lane.topology.scaling_groups.get(name);
        found.push(GroupBox {
            lane: number,
            name: name.clone(),
            members: members(name),
            nodes: held,
            instances: scaled.map(|group| group.scalable.default_instances.clone()),
            frame,
            depth: 0,
        });
    }
    let depths: Vec<usize> = found
        .iter()
        .map(|group| {
            let mut depth = 0;
            let mut inner = &group.name;
            while let Some(outer) = found.iter().find(|other| other.members.contains(inner)) {
                depth += 1;
                inner = &outer.name;
                if depth > found.len() {
                    break;
                }
            }
            depth
        })
        .collect();
    for (group, depth) in found.iter_mut().zip(depths) {
        group.depth = depth;
    }
    found.sort_by_key(|group| group.depth);
    found
}

/// Finds out around what a group stands.
struct Making<'a> {
    members: &'a dyn Fn(&str) -> Vec<String>,
    places: &'a HashMap<&'a str, usize>,
    nodes: &'a [NodeBox],
    base: usize,
    /// Groups on the way: one in itself is a mistake that is told elsewhere.
    path: Vec<String>,
    held: Vec<NodeIndex>,
}

impl Making<'_> {
    fn frame(&mut self, name: &str) -> Option<Frame> {
        if self.path.iter().any(|known| known == name) {
            return None;
        }
        self.path.push(name.to_owned());
        let mut around: Option<Frame> = None;
        for member in (self.members)(name) {
            let frame = match self.places.get(member.as_str()) {
                Some(&at) => {
                    self.held.push(at + self.base);
                    Some(self.nodes[at].frame)
                }
                None => self.frame(&member),
            };
            around = match (around, frame) {
                (Some(around), Some(frame)) => Some(around.union(&frame)),
                (around, frame) => around.or(frame),
            };
        }
        self.path.pop();
        let around = around?.grown(PAD);
        Some(Frame { y: around.y - GROUP_TAB, height: around.height + GROUP_TAB, ..around })
    }
}
