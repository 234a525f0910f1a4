//! Who holds whom: containment as nesting, networks as buses, ports on them.
//!
//! Knows types and relationships; not where anything stands.

use indexmap::IndexMap;

use super::{Family, NodeBox, Shape};
use crate::check::{Node, Topology};
use crate::model::{Frame, Layout, Value};

/// Relationships whose *target* is a part of the source (Swarm plugin: declared on the service, target the container).
const PARTS: &[&str] = &[
    "cloudify.swarm.relationships.container_contained_in_microservice",
    "cloudify.swarm.relationships.port_attached_to_microservice",
    "cloudify.swarm.relationships.volume_attached_to_container",
];

const PORT_TYPE: &str = "cloudify.nodes.Port";

/// Boxes of the nodes of `topology`, nested but not placed. Indices in the boxes count from `base`.
pub(super) fn boxes(topology: &Topology, lane: usize, base: usize, layout: &Layout) -> Vec<NodeBox> {
    let index: IndexMap<&str, usize> =
        topology.nodes.keys().enumerate().map(|(position, name)| (name.as_str(), position)).collect();
    let nodes: Vec<&Node> = topology.nodes.values().map(AsRef::as_ref).collect();
    let buses: Vec<bool> = nodes.iter().map(|node| is_bus(node)).collect();
    let mut parents: Vec<Option<usize>> =
        nodes.iter().map(|node| node.container().and_then(|name| index.get(name).copied())).collect();
    for (source, node) in nodes.iter().enumerate() {
        for relationship in &node.relationships {
            let part = PARTS.iter().any(|name| relationship.is_a(name));
            if let (true, Some(&target)) = (part, index.get(relationship.target.as_str())) {
                parents[target].get_or_insert(source);
            }
        }
    }
    // A port of a host that leads into a network hangs from the network, wherever it is contained.
    for (position, node) in nodes.iter().enumerate().filter(|(_, node)| node.is_a(PORT_TYPE)) {
        let targets = node.relationships.iter().filter_map(|tie| index.get(tie.target.as_str()));
        if let Some(&bus) = targets.into_iter().find(|target| buses[**target])
            && !parents[position].is_some_and(|parent| buses[parent])
        {
            parents[position] = Some(bus);
        }
    }
    for node in 0..nodes.len() {
        let holds = parents[node].is_some_and(|parent| {
            parent != node && holds(nodes[parent], buses[parent], nodes[node]) && !returns(&parents, node)
        });
        if !holds {
            parents[node] = None;
        }
    }
    let mut boxes: Vec<NodeBox> = nodes
        .iter()
        .enumerate()
        .map(|(position, node)| NodeBox {
            lane,
            name: node.name.clone(),
            type_name: node.type_name.clone(),
            family: Family::of(node),
            shape: if buses[position] { Shape::Bus } else { Shape::Card },
            frame: Frame::default(),
            parent: parents[position].map(|parent| base + parent),
            children: Vec::new(),
            depth: 0,
            folded: false,
            hidden: false,
            locked: layout.locked_lane || layout.locked.contains(&node.name),
            instances: Some(node.scalable.default_instances.clone()).filter(|count| *count != Value::Int(1)),
        })
        .collect();
    for node in 0..boxes.len() {
        let mut depth = 0;
        let mut above = parents[node];
        while let Some(parent) = above {
            depth += 1;
            above = parents[parent];
        }
        boxes[node].depth = depth;
        if let Some(parent) = parents[node] {
            boxes[parent].children.push(base + node);
            if buses[parent] {
                boxes[node].shape = Shape::Port;
            } else {
                boxes[parent].shape = Shape::Frame;
            }
        }
    }
    fold(&mut boxes, base, layout);
    boxes
}

/// Frames that a person folded are cards; what they hold is out of sight.
fn fold(boxes: &mut [NodeBox], base: usize, layout: &Layout) {
    for position in 0..boxes.len() {
        if boxes[position].shape != Shape::Frame || !layout.folded.contains(&boxes[position].name) {
            continue;
        }
        (boxes[position].folded, boxes[position].shape) = (true, Shape::Card);
        let mut inside: Vec<usize> = boxes[position].children.clone();
        while let Some(index) = inside.pop() {
            boxes[index - base].hidden = true;
            inside.extend(&boxes[index - base].children);
        }
    }
}

fn is_bus(node: &Node) -> bool {
    node.is_a("cloudify.nodes.Network") || node.is_a("cloudify.nodes.Subnet")
}

/// A bus holds only ports, a port nothing; a proxy stands for another deployment, in which nothing of this one is drawn.
fn holds(parent: &Node, bus: bool, child: &Node) -> bool {
    if bus {
        return child.is_a(PORT_TYPE);
    }
    Family::of(parent) != Family::Proxy && !parent.is_a(PORT_TYPE) && !is_bus(child)
}

/// Whether following `parents` from `node` never ends: the blueprint has a cycle, which `check` reports.
fn returns(parents: &[Option<usize>], node: usize) -> bool {
    let mut above = parents[node];
    for _ in 0..=parents.len() {
        match above {
            None => return false,
            Some(parent) => above = parents[parent],
        }
    }
    true
}
