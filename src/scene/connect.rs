//! All lines of a [`Scene`]: legs of hosts in networks, relationships, values that flow.
//!
//! Decides which lines there are and between what; the way of each is `route`'s.

use std::collections::{HashMap, HashSet};

use super::flow::{self, Inherited};
use super::route::{self, Leg, Wire};
use super::{Course, Flow, FlowStart, LaneInput, Link, LinkKind, NodeBox, NodeIndex, Scene};
use crate::model::{Layout, Point};

/// The name under which a layout keeps the bends of a line from one box to another of its lane.
pub fn bend_key(source: &str, target: &str) -> String {
    format!("{source} -> {target}")
}

/// All lines: legs, relationships, flows.
pub(super) fn connect(
    scene: &mut Scene,
    lanes: &[LaneInput<'_>],
    legs: &[(usize, Leg)],
    inherited: &[Vec<Inherited<'_>>],
) {
    let mut leg_pairs = HashSet::new();
    for (base, leg) in legs {
        let (host, bus, port) = (base + leg.host, base + leg.bus, leg.port.map(|port| base + port));
        leg_pairs.insert((host, port.unwrap_or(bus)));
        leg_pairs.extend(port.map(|port| (port, host)));
        let course = route::leg(&scene.nodes, host, bus, port);
        let target = port.unwrap_or(bus);
        scene.links.push(Link { course, ..link(host, target, LinkKind::Leg) });
    }
    let straight = scene.links.len();
    let names = scene.nodes.iter().enumerate().map(|(index, node)| ((node.lane, node.name.as_str()), index));
    let by_name: HashMap<(usize, &str), NodeIndex> = names.collect();
    let links = relationships(scene, lanes, &by_name, &leg_pairs);
    let (flows, starts) = values(scene, lanes, inherited, &by_name);
    let mut wires: Vec<Wire<'_>> =
        links.iter().map(|link| wire(&scene.nodes, link.source, link.target, &link.bends)).collect();
    for (flow, start) in flows.iter().zip(&starts) {
        wires.push(match flow.start {
            FlowStart::Tag(number) => Wire {
                start: scene.tags[number].frame,
                start_key: usize::MAX - number,
                start_node: None,
                flows: true,
                ..wire(&scene.nodes, flow.end, flow.end, &[])
            },
            FlowStart::Proxy(_) => Wire { flows: true, ..wire(&scene.nodes, *start, flow.end, &[]) },
        });
    }
    let courses = route::courses(&wires, &scene.nodes, &scene.grid);
    drop(wires);
    let mut courses = courses.into_iter();
    let with = |mut link: Link| {
        link.course = courses.next().unwrap_or_default();
        link
    };
    let links: Vec<Link> = links.into_iter().map(with).collect();
    let with = |mut flow: Flow| {
        flow.course = courses.next().unwrap_or_default();
        flow
    };
    scene.flows = flows.into_iter().map(with).collect();
    scene.links.truncate(straight);
    scene.links.extend(links);
}

fn link(source: NodeIndex, target: NodeIndex, kind: LinkKind) -> Link {
    Link {
        source,
        target,
        label: String::new(),
        kind,
        count: 1,
        bends: Vec::new(),
        course: Course::default(),
    }
}

fn wire<'a>(nodes: &[NodeBox], source: NodeIndex, target: NodeIndex, bends: &'a [Point]) -> Wire<'a> {
    Wire {
        start: nodes[source].frame,
        start_key: source,
        start_node: Some(source),
        end: nodes[target].frame,
        end_key: target,
        flows: false,
        bends,
    }
}

fn bends(layout: &Layout, origin: Point, source: &str, target: &str) -> Vec<Point> {
    let kept = layout.bends.get(&bend_key(source, target)).into_iter().flatten();
    kept.map(|bend| Point { x: bend.x + origin.x, y: bend.y + origin.y }).collect()
}

/// Relationships that are not told by nesting or by a leg; those of one kind between the same two boxes are one line.
fn relationships(
    scene: &Scene,
    lanes: &[LaneInput<'_>],
    by_name: &HashMap<(usize, &str), NodeIndex>,
    leg_pairs: &HashSet<(NodeIndex, NodeIndex)>,
) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut known: HashMap<(NodeIndex, NodeIndex, LinkKind), usize> = HashMap::new();
    for (lane, input) in lanes.iter().enumerate() {
        for node in input.topology.nodes.values() {
            let Some(&source) = by_name.get(&(lane, node.name.as_str())) else { continue };
            for relationship in &node.relationships {
                let Some(&target) = by_name.get(&(lane, relationship.target.as_str())) else { continue };
                let nested =
                    scene.nodes[source].parent == Some(target) || scene.nodes[target].parent == Some(source);
                let (from, to) = (scene.shown(source), scene.shown(target));
                if from == to || nested || leg_pairs.contains(&(source, target)) {
                    continue;
                }
                let kind = if relationship.is_a("cloudify.relationships.contained_in") {
                    LinkKind::Containment
                } else if relationship.is_a("cloudify.relationships.connected_to") {
                    LinkKind::Connection
                } else {
                    LinkKind::Dependency
                };
                if let Some(&again) = known.get(&(from, to, kind)) {
                    links[again].count += 1;
                    continue;
                }
                known.insert((from, to, kind), links.len());
                let label = relationship.type_name.rsplit('.').next().unwrap_or_default().to_owned();
                let origin = scene.lanes[lane].origin;
                let bends = bends(input.layout, origin, &scene.nodes[from].name, &scene.nodes[to].name);
                links.push(Link { label, bends, ..link(from, to, kind) });
            }
        }
    }
    links
}

/// Values from outputs to proxies and from proxies to properties, with the box that each leaves.
fn values(
    scene: &Scene,
    lanes: &[LaneInput<'_>],
    inherited: &[Vec<Inherited<'_>>],
    by_name: &HashMap<(usize, &str), NodeIndex>,
) -> (Vec<Flow>, Vec<NodeIndex>) {
    let (mut flows, mut starts) = (Vec::new(), Vec::new());
    for (lane, input) in lanes.iter().enumerate() {
        for known in &inherited[lane] {
            let Some(&proxy) = by_name.get(&(lane, known.proxy)) else { continue };
            let end = scene.shown(proxy);
            for (number, tag) in scene.tags.iter().enumerate() {
                let taken = tag.lane == known.lane
                    && tag.path.first().is_some_and(|name| known.outputs.contains(name));
                if taken {
                    let (start, label) = (FlowStart::Tag(number), tag.label());
                    flows.push(Flow { start, end, label, property: Vec::new(), course: Course::default() });
                    starts.push(end);
                }
            }
        }
        for reading in flow::readings(input.topology, &inherited[lane]) {
            let (Some(&proxy), Some(&end)) =
                (by_name.get(&(lane, reading.proxy)), by_name.get(&(lane, reading.node)))
            else {
                continue;
            };
            let (from, end) = (scene.shown(proxy), scene.shown(end));
            if from == end {
                continue;
            }
            let label = reading.property.last().cloned().unwrap_or_default();
            let start = FlowStart::Proxy(proxy);
            flows.push(Flow { start, end, label, property: reading.property, course: Course::default() });
            starts.push(from);
        }
    }
    (flows, starts)
}
