//! Puts a [`Scene`] together: lane by lane, then the lanes beside each other, then the lines.

use std::collections::HashMap;

use super::arrange::{self, Ties};
use super::connect::connect;
use super::flow::{self, Inherited};
use super::route::{self, Leg};
use super::sizes::{TAG_HEIGHT, tag_width};
use super::{
    GRID, GROUP_TAB, Grid, GroupBox, LaneBox, LaneInput, NodeBox, NodeIndex, Scene, Shape, TITLE, Tag,
    groups, manual, nest,
};
use crate::dag::Dag;
use crate::model::{Frame, Map, Point};

/// Space around the content of a lane.
const MARGIN: f32 = 24.0;
/// Space between lanes above each other, and between those that values flow between: room for a chip.
const LANE_GAP: f32 = 40.0;
const FLOW_GAP: f32 = 180.0;

pub(super) fn build(lanes: &[LaneInput<'_>]) -> Scene {
    let inherited: Vec<Vec<Inherited<'_>>> = lanes.iter().map(|lane| flow::inherited(lane, lanes)).collect();
    let mut scene = Scene::default();
    let mut legs: Vec<(usize, Leg)> = Vec::new();
    for (number, lane) in lanes.iter().enumerate() {
        let base = scene.nodes.len();
        let mut boxes = nest::boxes(lane.topology, number, base, lane.layout);
        let lane_legs = find_legs(lane, &boxes, base);
        let ties = ties(lane, &boxes, base, &lane_legs, &inherited[number]);
        arrange::arrange(&mut boxes, base, &ties);
        manual::apply(&mut boxes, base, lane.layout);
        hide(&mut boxes, base);
        route::hang(&mut boxes, base, &lane_legs);
        let groups = groups::boxes(lane, number, &boxes, base);
        let mut frame = outline(lane, &boxes, &groups);
        let taken = taken(&boxes, &lane_legs, &groups);
        scene.tags.extend(put_tags(number, lane, &boxes, base, taken, &mut frame));
        scene.groups.extend(groups);
        scene.lanes.push(LaneBox {
            name: lane.name.to_owned(),
            deployment: lane.deployment.to_owned(),
            origin: Point::default(),
            frame,
        });
        let names = boxes.iter().enumerate().map(|(position, node)| (node.name.clone(), base + position));
        scene.names.push(names.collect());
        legs.extend(lane_legs.into_iter().map(|leg| (base, leg)));
        scene.nodes.extend(boxes);
    }
    place_lanes(&mut scene, lanes, &inherited);
    scene.grid = Grid::new(scene.nodes.iter().map(|node| &node.frame));
    connect(&mut scene, lanes, &legs, &inherited);
    let outlines = scene.lanes.iter().map(|lane| lane.frame).chain(scene.nodes.iter().map(|node| node.frame));
    scene.bounds = outlines.reduce(|all, frame| all.union(&frame)).unwrap_or_default();
    let (links, flows): (Vec<Frame>, Vec<Frame>) = (
        scene.links.iter().map(|link| link.course.bounds()).collect(),
        scene.flows.iter().map(|flow| flow.course.bounds()).collect(),
    );
    (scene.link_grid, scene.flow_grid) = (Grid::new(&links), Grid::new(&flows));
    scene
}

/// Automatic places for some nodes of a lane that lie side by side, as large as they are in `scene`; the first corner is
/// at zero.
pub(super) fn group(lane: &LaneInput<'_>, scene: &Scene, number: usize, group: &[NodeIndex]) -> Vec<Frame> {
    let base = scene.nodes.iter().position(|node| node.lane == number).unwrap_or(0);
    let mut boxes = nest::boxes(lane.topology, number, base, lane.layout);
    let legs = find_legs(lane, &boxes, base);
    let ties = ties(lane, &boxes, base, &legs, &[]);
    let members: Vec<usize> = group.iter().map(|index| index - base).collect();
    for (node, drawn) in boxes.iter_mut().zip(&scene.nodes[base..]) {
        node.frame = Frame { x: 0.0, y: 0.0, ..drawn.frame };
    }
    arrange::among(&mut boxes, base, &members, &ties);
    members.into_iter().map(|member| boxes[member].frame).collect()
}

/// What is not drawn stands where the folded card is that it lies in: there its lines end.
fn hide(boxes: &mut [NodeBox], base: usize) {
    for position in 0..boxes.len() {
        let mut shown = position;
        while boxes[shown].hidden {
            let Some(parent) = boxes[shown].parent else { break };
            shown = parent - base;
        }
        boxes[position].frame = boxes[shown].frame;
    }
}

/// Which nodes have a leg in which network, directly or through a port: one that it is connected to, or that it contains.
fn find_legs(lane: &LaneInput<'_>, boxes: &[NodeBox], base: usize) -> Vec<Leg> {
    let at = |name: &str| lane.topology.nodes.get_index_of(name);
    let bus_of = |port: usize| boxes[port].parent.map(|bus| bus - base);
    let mut legs = Vec::new();
    for (position, node) in lane.topology.nodes.values().enumerate() {
        if boxes[position].shape == Shape::Port {
            let host = node.container().and_then(at).filter(|host| Some(*host) != bus_of(position));
            if let (Some(host), Some(bus)) = (host, bus_of(position)) {
                legs.push(Leg { host, bus, port: Some(position) });
            }
            continue;
        }
        if boxes[position].shape == Shape::Bus {
            continue;
        }
        for target in node.relationships.iter().filter_map(|relationship| at(&relationship.target)) {
            match boxes[target].shape {
                Shape::Port => {
                    if let Some(bus) = bus_of(target) {
                        legs.push(Leg { host: position, bus, port: Some(target) });
                    }
                }
                Shape::Bus => legs.push(Leg { host: position, bus: target, port: None }),
                Shape::Card | Shape::Frame => {}
            }
        }
    }
    legs
}

fn ties(
    lane: &LaneInput<'_>,
    boxes: &[NodeBox],
    base: usize,
    legs: &[Leg],
    inherited: &[Inherited<'_>],
) -> Ties {
    let at = |name: &str| lane.topology.nodes.get_index_of(name);
    let legs = legs.iter().map(|leg| (leg.host, leg.bus)).collect();
    let mut ties = Ties { needs: vec![Vec::new(); boxes.len()], legs, ..Ties::default() };
    for (source, node) in lane.topology.nodes.values().enumerate() {
        for target in node.relationships.iter().filter_map(|relationship| at(&relationship.target)) {
            let inside =
                boxes[target].parent == Some(source + base) || boxes[source].parent == Some(target + base);
            let plain = |at: usize| !matches!(boxes[at].shape, Shape::Port | Shape::Bus);
            if source != target && !inside && plain(source) && plain(target) {
                ties.needs[source].push(target);
            }
        }
    }
    for reading in flow::readings(lane.topology, inherited) {
        if let (Some(node), Some(proxy)) = (at(reading.node), at(reading.proxy)) {
            ties.needs[node].push(proxy);
            ties.fed.insert(node);
        }
    }
    let groups = groups::written(lane.topology).into_iter().flat_map(Map::values);
    ties.grouped.extend(groups.flat_map(groups::members).filter_map(at));
    ties
}

/// The outline of a lane whose boxes stand relative to its origin.
fn outline(lane: &LaneInput<'_>, boxes: &[NodeBox], groups: &[GroupBox]) -> Frame {
    let groups = groups.iter().map(|group| group.frame);
    let content = boxes.iter().map(|node| node.frame).chain(groups).reduce(|all, frame| all.union(&frame));
    let content = content.unwrap_or(Frame { x: 0.0, y: 0.0, width: 200.0, height: 40.0 });
    let title = lane.name.chars().count() as f32 * 9.0 + 240.0;
    let (left, top) = (content.x.min(0.0) - MARGIN, content.y.min(0.0) - TITLE - MARGIN + 4.0);
    let width = (content.right() + MARGIN - left).max(title);
    let height = content.bottom() + MARGIN - top;
    Frame { x: left, y: top, width: grid_up(width), height: grid_up(height) }
}

fn grid_up(edge: f32) -> f32 {
    (edge / GRID).ceil() * GRID
}

/// Where no tag stands: on boxes, beside legs, on the tabs of groups.
fn taken(boxes: &[NodeBox], legs: &[Leg], groups: &[GroupBox]) -> Vec<Frame> {
    let mut taken: Vec<Frame> = boxes.iter().map(|node| node.frame.grown(7.0)).collect();
    for leg in legs {
        let line = route::leg(boxes, leg.host, leg.bus, leg.port).bounds();
        taken.push(Frame { x: line.x - 6.0, width: 40.0, ..line });
    }
    taken.extend(groups.iter().map(|group| Frame { height: GROUP_TAB, ..group.frame }.grown(4.0)));
    taken
}

/// Outputs as tags on the right edge of a lane, each as near as may be to the node that it is read from, and on nothing
/// else: where there is no room, the lane grows downward. Positions are relative to the lane's origin.
fn put_tags(
    number: usize,
    lane: &LaneInput<'_>,
    boxes: &[NodeBox],
    base: usize,
    mut taken: Vec<Frame>,
    frame: &mut Frame,
) -> Vec<Tag> {
    let mut wanted: Vec<(f32, Vec<String>, Option<NodeIndex>)> = Vec::new();
    for (name, output) in &lane.topology.outputs {
        for (path, node) in flow::leaves(name, &output.value) {
            let source = node.and_then(|node| lane.topology.nodes.get_index_of(&node));
            let y = source.map_or(frame.center().y, |source| boxes[source].frame.center().y);
            wanted.push((y, path, source.map(|source| source + base)));
        }
    }
    wanted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut tags = Vec::new();
    for (y, path, source) in wanted {
        let width = tag_width(&path.join("."));
        let right = frame.right();
        let at = |top: f32| Frame { x: right - width, y: top, width, height: TAG_HEIGHT };
        let (first, last) = (frame.y + TITLE + 10.0, frame.bottom() - TAG_HEIGHT - 10.0);
        let steps = ((last - first).max(0.0) / 4.0) as usize;
        let free = (0..=steps)
            .map(|step| first + step as f32 * 4.0)
            .filter(|top| !taken.iter().any(|other| other.overlaps(&at(*top))))
            .min_by(|a, b| (a + TAG_HEIGHT / 2.0 - y).abs().total_cmp(&(b + TAG_HEIGHT / 2.0 - y).abs()));
        let top = free.unwrap_or_else(|| {
            let top = frame.bottom() - 8.0;
            frame.height = grid_up(top + TAG_HEIGHT + 12.0 - frame.y);
            top
        });
        taken.push(at(top).grown(5.0));
        tags.push(Tag { lane: number, path, frame: at(top), source });
    }
    tags
}

/// Lanes from left to right by what they take from each other; a layout's place wins.
fn place_lanes(scene: &mut Scene, lanes: &[LaneInput<'_>], inherited: &[Vec<Inherited<'_>>]) {
    let mut dag = Dag::new();
    for lane in 0..lanes.len() {
        dag.add(lane);
    }
    for (lane, list) in inherited.iter().enumerate() {
        for source in list.iter().map(|known| known.lane).filter(|source| *source != lane) {
            dag.need(lane, source);
        }
    }
    // Lanes that need each other in a circle stand below each other.
    let columns = dag.waves().unwrap_or_else(|_| vec![(0..lanes.len()).collect()]);
    let mut corners: HashMap<usize, Point> = HashMap::new();
    let heights: Vec<f32> = columns
        .iter()
        .map(|column| column.iter().map(|&lane| scene.lanes[lane].frame.height + LANE_GAP).sum())
        .collect();
    let tallest = heights.iter().copied().fold(0.0, f32::max);
    let mut x = 0.0;
    for (column, height) in columns.iter().zip(heights) {
        let mut y = ((tallest - height) / 3.0 / GRID).floor() * GRID;
        let mut width: f32 = 0.0;
        for &lane in column {
            corners.insert(lane, Point { x, y });
            y += scene.lanes[lane].frame.height + LANE_GAP;
            width = width.max(scene.lanes[lane].frame.width);
        }
        // Lanes of a column are as wide as the widest, so that their tags stand in line.
        for &lane in column {
            let wider = width - scene.lanes[lane].frame.width;
            scene.lanes[lane].frame.width = width;
            for tag in scene.tags.iter_mut().filter(|tag| tag.lane == lane) {
                tag.frame.x += wider;
            }
        }
        x += width + FLOW_GAP;
    }
    let mut fixed: Vec<Frame> = Vec::new();
    let mut order: Vec<usize> = (0..lanes.len()).collect();
    let placed = |lane: usize| lanes[lane].layout.lane.filter(|at| at.x.is_finite() && at.y.is_finite());
    order.sort_by_key(|&lane| placed(lane).is_none());
    for lane in order {
        let relative = scene.lanes[lane].frame;
        let automatic = corners.get(&lane).copied().unwrap_or_default();
        // Where positions count from: a person's choice, or so that the outline's corner is where the lane stands.
        let mut origin =
            placed(lane).unwrap_or(Point { x: automatic.x - relative.x, y: automatic.y - relative.y });
        if placed(lane).is_none() {
            while let Some(other) =
                fixed.iter().find(|other| other.overlaps(&relative.shifted(origin.x, origin.y)))
            {
                origin.y = other.bottom() + LANE_GAP - relative.y;
            }
        }
        let lane_box = &mut scene.lanes[lane];
        lane_box.origin = origin;
        lane_box.frame = relative.shifted(origin.x, origin.y);
        fixed.push(lane_box.frame);
    }
    for node in &mut scene.nodes {
        let origin = scene.lanes[node.lane].origin;
        node.frame = node.frame.shifted(origin.x, origin.y);
    }
    for group in &mut scene.groups {
        let origin = scene.lanes[group.lane].origin;
        group.frame = group.frame.shifted(origin.x, origin.y);
    }
    for tag in &mut scene.tags {
        let origin = scene.lanes[tag.lane].origin;
        tag.frame = tag.frame.shifted(origin.x, origin.y);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::check::{Node, Output, Relationship, Topology};
    use crate::model::{Layout, Map, Value};
    use crate::scene::LinkKind;

    const KINDS: &[&str] = &[
        "cloudify.nodes.Compute",
        "cloudify.nodes.Network",
        "cloudify.nodes.Port",
        "cloudify.kubernetes.Master",
        "cloudify.nodes.DeploymentProxy",
    ];
    const TIES: &[&str] = &[
        "cloudify.relationships.contained_in",
        "cloudify.relationships.connected_to",
        "cloudify.relationships.depends_on",
    ];

    fn node(name: &str, kind: &str, ties: &[(&str, &str)]) -> Node {
        let relationship = |(kind, target): &(&str, &str)| Relationship {
            type_name: (*kind).to_owned(),
            type_hierarchy: [(*kind).to_owned()].into(),
            target: (*target).to_owned(),
            ..Relationship::default()
        };
        Node {
            name: name.to_owned(),
            type_name: kind.to_owned(),
            type_hierarchy: [kind.to_owned()].into(),
            relationships: ties.iter().map(relationship).collect(),
            ..Node::default()
        }
    }

    fn topology(nodes: Vec<Node>) -> Topology {
        Topology {
            nodes: nodes.into_iter().map(|node| (node.name.clone(), Arc::new(node))).collect(),
            ..Topology::default()
        }
    }

    fn scene(lanes: &[(&str, &Topology, &Layout)]) -> Scene {
        let inputs = Map::new();
        let lanes: Vec<LaneInput<'_>> = lanes
            .iter()
            .map(|(name, topology, layout)| LaneInput {
                name,
                deployment: name,
                topology,
                layout,
                inputs: &inputs,
            })
            .collect();
        Scene::new(&lanes)
    }

    fn json(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    /// Pairs of sibling boxes that overlap, ports (which stand on an edge) left out.
    fn overlaps(scene: &Scene) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for (index, a) in scene.nodes.iter().enumerate() {
            for b in &scene.nodes[index + 1..] {
                let ports = a.shape == Shape::Port || b.shape == Shape::Port;
                if a.parent == b.parent && a.lane == b.lane && !ports && a.frame.overlaps(&b.frame) {
                    found.push((a.name.clone(), b.name.clone()));
                }
            }
        }
        for (index, a) in scene.lanes.iter().enumerate() {
            for b in scene.lanes[index + 1..].iter().filter(|b| a.frame.overlaps(&b.frame)) {
                found.push((a.name.clone(), b.name.clone()));
            }
        }
        found
    }

    #[test]
    fn a_host_holds_software_and_hangs_from_its_network_by_a_port() {
        let topology = topology(vec![
            node("net", "cloudify.nodes.Network", &[]),
            node("port", "cloudify.nodes.Port", &[(TIES[0], "net")]),
            node("host", "cloudify.nodes.Compute", &[(TIES[1], "port")]),
            node("web", "cloudify.nodes.WebServer", &[(TIES[0], "host")]),
        ]);
        let scene = scene(&[("lane", &topology, &Layout::default())]);
        let shapes: Vec<Shape> = scene.nodes.iter().map(|node| node.shape).collect();
        assert_eq!(shapes, [Shape::Bus, Shape::Port, Shape::Frame, Shape::Card]);
        assert!(scene.nodes[2].frame.encloses(&scene.nodes[3].frame));
        let (bus, port) = (scene.nodes[0].frame, scene.nodes[1].frame);
        assert!(
            (port.center().y - bus.bottom()).abs() < 0.01 && bus.x < port.x && port.right() < bus.right()
        );
        assert_eq!(scene.links.len(), 1);
        assert_eq!(scene.links[0].kind, LinkKind::Leg);
        let inside = scene.nodes[3].frame.center();
        assert_eq!(scene.hit(inside), Some(3));
    }

    #[test]
    fn an_output_flows_to_the_proxy_and_on_to_the_property_that_reads_it() {
        let mut source = topology(vec![node("vm", "cloudify.nodes.Compute", &[])]);
        let value = json(r#"{"ips":{"get_attribute":["vm","ip"]},"subnet":"10.0.0.0/24"}"#);
        source.outputs.insert("vm_info".into(), Output { description: None, value });
        let mut proxy = node("proxy", "cloudify.nodes.DeploymentProxy", &[]);
        proxy.properties.insert("deployment_id".into(), json(r#"{"get_input":"where"}"#));
        proxy.properties.insert("inherit_outputs".into(), json(r#"["vm_info"]"#));
        let mut web = node("web", "cloudify.swarm.Container", &[]);
        web.properties
            .insert("env".into(), json(r#"{"SERVERS":{"get_attribute":["proxy","vm_info","ips"]}}"#));
        let target = topology(vec![proxy, web]);
        let (layout, none) = (Layout::default(), Map::new());
        let given = Map::from([("where".to_owned(), Value::from("cluster"))]);
        let lane =
            |name, topology, inputs| LaneInput { name, deployment: name, topology, layout: &layout, inputs };
        let scene = Scene::new(&[lane("cluster", &source, &none), lane("service", &target, &given)]);
        let mut flows: Vec<(&str, &str)> = scene
            .flows
            .iter()
            .map(|flow| (flow.label.as_str(), scene.nodes[flow.end].name.as_str()))
            .collect();
        flows.sort_unstable();
        assert_eq!(flows, [("SERVERS", "web"), ("vm_info.ips", "proxy"), ("vm_info.subnet", "proxy")]);
        assert!(scene.lanes[0].frame.right() < scene.lanes[1].frame.x, "a lane stands right of what it uses");
        assert!(scene.tags.iter().any(|tag| tag.label() == "vm_info.ips" && tag.source == Some(0)));
        let edge = scene.lanes[0].frame.right();
        assert!(scene.tags.iter().all(|tag| (tag.frame.right() - edge).abs() < 0.01));
    }

    #[test]
    fn a_circle_of_containment_is_drawn_all_the_same() {
        let topology = topology(vec![
            node("a", "cloudify.nodes.Compute", &[(TIES[0], "b")]),
            node("b", "cloudify.nodes.Compute", &[(TIES[0], "a")]),
        ]);
        let scene = scene(&[("lane", &topology, &Layout::default())]);
        assert!(scene.nodes.iter().any(|node| node.parent.is_none()), "a circle has a way in");
        assert!(overlaps(&scene).is_empty());
    }

    type Drawn = Vec<(usize, Vec<(usize, usize)>)>;

    fn drawn() -> impl Strategy<Value = Drawn> {
        prop::collection::vec(
            (0..KINDS.len(), prop::collection::vec((0..TIES.len(), 0usize..24), 0..3)),
            1..24,
        )
    }

    fn random(drawn: &Drawn) -> Topology {
        let names: Vec<String> = (0..drawn.len()).map(|number| format!("n{number}")).collect();
        let nodes = drawn.iter().zip(&names).map(|((kind, ties), name)| {
            let ties: Vec<(&str, &str)> =
                ties.iter().map(|(tie, to)| (TIES[*tie], names[to % names.len()].as_str())).collect();
            node(name, KINDS[*kind], &ties)
        });
        topology(nodes.collect())
    }

    proptest! {
        #[test]
        fn no_two_sibling_boxes_overlap(one in drawn(), two in drawn()) {
            let (one, two) = (random(&one), random(&two));
            let layout = Layout::default();
            let scene = scene(&[("one", &one, &layout), ("two", &two, &layout)]);
            prop_assert_eq!(overlaps(&scene), vec![]);
            for node in &scene.nodes {
                let holder = node.parent.map_or(scene.lanes[node.lane].frame, |parent| scene.nodes[parent].frame);
                let hangs = node.shape == Shape::Port;
                prop_assert!(hangs || holder.grown(0.1).encloses(&node.frame), "{node:?} lies in {holder:?}");
            }
        }

        #[test]
        fn what_is_automatic_makes_room_for_what_a_person_placed(one in drawn(), x in -300f32..900.0, y in -300f32..900.0) {
            let one = random(&one);
            let mut layout = Layout::default();
            layout.nodes.insert("n0".into(), Point { x, y });
            let scene = scene(&[("one", &one, &layout)]);
            let of_buses = |name: &str| scene.nodes.iter().any(|node| node.name == name && node.shape == Shape::Bus);
            let boxes: Vec<_> =
                overlaps(&scene).into_iter().filter(|(a, b)| !of_buses(a) && !of_buses(b)).collect();
            prop_assert_eq!(boxes, vec![]);
        }
    }
}
