//! [`GroupBox`]: groups and scaling groups, as frames around what is in them.
//!
//! A group holds nothing in place: its frame follows its members, wherever they stand.

use std::collections::HashMap;

use super::{LaneInput, NodeBox, NodeIndex, Shape};
use crate::check::Topology;
use crate::model::{Frame, Map, Value};

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

/// The groups of a blueprint, as written.
pub(super) fn written(topology: &Topology) -> Option<&Map> {
    topology.sections.get("groups").and_then(Value::as_map)
}

/// The names in a group that is written so.
pub(super) fn members(group: &Value) -> impl Iterator<Item = &str> {
    group.get("members").and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_str)
}

/// The groups of a lane, outer ones before those in them. A group of which nothing is drawn is left out.
pub(super) fn boxes(lane: &LaneInput<'_>, number: usize, nodes: &[NodeBox], base: usize) -> Vec<GroupBox> {
    let Some(groups) = written(lane.topology) else { return Vec::new() };
    let members = |name: &str| -> Vec<String> {
        groups.get(name).into_iter().flat_map(members).map(str::to_owned).collect()
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
        // A port hangs where its network is: it counts only where there is nothing else.
        let mut ports: Option<Frame> = None;
        for member in (self.members)(name) {
            let frame = match self.places.get(member.as_str()) {
                Some(&at) => {
                    self.held.push(at + self.base);
                    let node = &self.nodes[at];
                    if node.shape == Shape::Port {
                        ports = Some(ports.map_or(node.frame, |ports| ports.union(&node.frame)));
                        continue;
                    }
                    Some(node.frame)
                }
                None => self.frame(&member),
            };
            around = match (around, frame) {
                (Some(around), Some(frame)) => Some(around.union(&frame)),
                (around, frame) => around.or(frame),
            };
        }
        self.path.pop();
        let around = around.or(ports)?.grown(PAD);
        Some(Frame { y: around.y - GROUP_TAB, height: around.height + GROUP_TAB, ..around })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::check::Node;
    use crate::model::Layout;
    use crate::scene::Scene;

    fn drawn(groups: &str, nodes: &[&str]) -> Scene {
        let node = |name: &&str| {
            let node = Node { name: (*name).to_owned(), ..Node::default() };
            ((*name).to_owned(), Arc::new(node))
        };
        let mut topology = Topology { nodes: nodes.iter().map(node).collect(), ..Topology::default() };
        topology.sections.insert("groups".into(), serde_json::from_str(groups).unwrap());
        let (layout, inputs) = (Layout::default(), Map::new());
        let lane =
            LaneInput { name: "l", deployment: "l", topology: &topology, layout: &layout, inputs: &inputs };
        Scene::new(&[lane])
    }

    #[test]
    fn a_group_is_around_its_members_and_the_groups_in_it() {
        let scene = drawn(r#"{"in":{"members":["a"]},"out":{"members":["in","b"]}}"#, &["a", "b", "c"]);
        let names: Vec<&str> = scene.groups.iter().map(|group| group.name.as_str()).collect();
        assert_eq!(names, ["out", "in"], "outer ones come first");
        let (out, inner) = (&scene.groups[0], &scene.groups[1]);
        assert!(out.frame.encloses(&inner.frame) && inner.frame.encloses(&scene.nodes[0].frame));
        assert_eq!((out.nodes.clone(), inner.depth), (vec![0, 1], 1));
        assert!(scene.lanes[0].frame.encloses(&out.frame), "a lane is as large as its groups");
    }

    #[test]
    fn groups_in_a_circle_and_empty_ones_are_drawn_as_far_as_they_go() {
        let scene =
            drawn(r#"{"x":{"members":["y","a"]},"y":{"members":["x"]},"none":{"members":[]}}"#, &["a"]);
        assert!(scene.groups.iter().all(|group| group.name != "none"));
        assert!(scene.groups.iter().any(|group| group.name == "x" && group.nodes == [0]));
    }
}
