//! Places that forces between nodes come to: what is tied draws near, everything else keeps its distance.
//!
//! `egui_graphs` has the forces. Boxes are kept apart by [`crate::scene::apart`]: forces know points only.

use std::collections::{HashMap, HashSet};

use egui::{Pos2, Rect, Vec2, vec2};
use egui_graphs::{ForceAlgorithm as _, FruchtermanReingold, FruchtermanReingoldState, Graph};

use crate::model::{Frame, Point};
use crate::scene::{FlowStart, NodeIndex, Scene, Shape, apart};

/// Steps after which the places are taken as they are.
const STEPS: u32 = 300;
/// Mean movement in points below which it has settled.
const STILL: f32 = 0.4;
/// Room between boxes.
const GAP: f32 = 90.0;

/// Pairs of boxes of `group` that are tied: themselves, or what lies in them.
fn ties(scene: &Scene, group: &[NodeIndex]) -> Vec<(usize, usize)> {
    let members: HashMap<NodeIndex, usize> =
        group.iter().enumerate().map(|(at, index)| (*index, at)).collect();
    let holder = |index: NodeIndex| {
        let mut above = std::iter::successors(Some(index), |at| scene.nodes.get(*at)?.parent);
        above.find_map(|at| members.get(&at).copied())
    };
    let links = scene.links.iter().map(|link| (link.source, link.target));
    let flows = scene.flows.iter().filter_map(|flow| match flow.start {
        FlowStart::Proxy(proxy) => Some((flow.end, proxy)),
        FlowStart::Tag(_) => None,
    });
    let mut seen = HashSet::new();
    links
        .chain(flows)
        .filter_map(|(from, to)| holder(from).zip(holder(to)))
        .filter(|(from, to)| from != to && seen.insert((*from.min(to), *from.max(to))))
        .collect()
}

/// Corners for the boxes of `group`, which lie side by side, on the canvas: around where they stand now.
pub fn places(scene: &Scene, group: &[NodeIndex]) -> Vec<Point> {
    let sizes: Vec<Vec2> = group
        .iter()
        .map(|index| &scene.nodes[*index])
        // A network is as long as what hangs from it: how long is seen at the end.
        .map(|node| vec2(if node.shape == Shape::Bus { 280.0 } else { node.frame.width }, node.frame.height))
        .collect();
    let room: f32 = sizes.iter().map(|size| (size.x + GAP) * (size.y + GAP)).sum();
    let side = room.sqrt();
    let mut graph: Graph<(), ()> = Graph::new();
    let nodes: Vec<_> = (0..group.len())
        .map(|at| {
            // A sunflower: evenly spread, the same each time, no two in one place.
            let radius = side / 2.0 * ((at as f32 + 0.5) / group.len() as f32).sqrt();
            graph.add_node_with_location((), Pos2::ZERO + Vec2::angled(at as f32 * 2.399_963) * radius)
        })
        .collect();
    let ties = ties(scene, group);
    for (from, to) in &ties {
        graph.add_edge(nodes[*from], nodes[*to], ());
    }
    let state = FruchtermanReingoldState { dt: 0.1, damping: 0.5, ..FruchtermanReingoldState::default() };
    let mut forces = FruchtermanReingold::from_state(state);
    let view = Rect::from_center_size(Pos2::ZERO, vec2(side, side));
    for step in 0..STEPS {
        forces.step(&mut graph, view);
        if step > 30 && forces.state().last_avg_displacement.unwrap_or(0.0) < STILL {
            break;
        }
    }
    let mut frames: Vec<Frame> = nodes
        .iter()
        .zip(&sizes)
        .map(|(node, size)| {
            let center = graph.node(*node).map_or(Pos2::ZERO, egui_graphs::Node::location);
            // Cards are wider than high: so is the picture.
            let corner = Point { x: center.x * 1.25 - size.x / 2.0, y: center.y * 0.8 - size.y / 2.0 };
            Frame::at(corner, size.x, size.y)
        })
        .collect();
    let around = |frames: &mut dyn Iterator<Item = Frame>| {
        frames.reduce(|all, frame| all.union(&frame)).unwrap_or_default()
    };
    let now = around(&mut group.iter().map(|index| scene.nodes[*index].frame)).corner();
    let firm: Vec<bool> = group.iter().map(|index| scene.nodes[*index].locked).collect();
    let made = around(&mut frames.iter().copied()).corner();
    for (frame, index) in frames.iter_mut().zip(group) {
        *frame = frame.shifted(now.x - made.x, now.y - made.y);
        if scene.nodes[*index].locked {
            *frame = scene.nodes[*index].frame;
        }
    }
    for _ in 0..3 {
        stretch(scene, group, &ties, &mut frames);
        apart(&mut frames, &firm);
    }
    frames.iter().map(Frame::corner).collect()
}

/// Networks reach over what hangs from them.
fn stretch(scene: &Scene, group: &[NodeIndex], ties: &[(usize, usize)], frames: &mut [Frame]) {
    for (at, index) in group.iter().enumerate() {
        if scene.nodes[*index].shape != Shape::Bus {
            continue;
        }
        let others = ties.iter().filter_map(|(a, b)| match (*a == at, *b == at) {
            (true, _) => Some(*b),
            (_, true) => Some(*a),
            _ => None,
        });
        for other in others {
            let center = frames[other].center().x;
            let (left, right) = (frames[at].x.min(center - 30.0), frames[at].right().max(center + 30.0));
            (frames[at].x, frames[at].width) = (left, right - left);
        }
    }
}
