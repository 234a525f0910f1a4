//! Ways of lines: where a line leaves a box, where it enters the other, and a way between that goes around boxes.
//!
//! Relationships run at right angles, values in curves as long as nothing is in their way.

use std::collections::HashMap;

use super::around::Around;
use super::arrange::HEAD;
use super::bends::through;
use super::{BUS_HEIGHT, Course, Grid, NodeBox, NodeIndex, PORT, Shape};
use crate::model::{Frame, Point};

/// A host's leg in a network: the host, the bus, and the port between them if the blueprint has one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leg {
    /// Position of the host.
    pub host: usize,
    /// Position of the bus.
    pub bus: usize,
    /// Position of the port.
    pub port: Option<usize>,
}

/// Stretches buses over what hangs from them and puts ports on their edges. Positions count from `base`.
pub(super) fn hang(boxes: &mut [NodeBox], base: usize, legs: &[Leg]) {
    let mut taken: HashMap<(usize, i32), usize> = HashMap::new();
    for leg in legs {
        let host = boxes[leg.host].frame;
        let center = host.center().x;
        let bus = &mut boxes[leg.bus].frame;
        let (left, right) = (bus.x.min(center - 30.0), bus.right().max(center + 30.0));
        (bus.x, bus.width) = (left, right - left);
        if let Some(port) = leg.port {
            let above = host.center().y < bus.center().y;
            let edge = if above { bus.y } else { bus.bottom() };
            // A second port at the same place stands beside the first.
            let again = taken.entry((leg.bus, (center / PORT) as i32)).or_default();
            let x = center + *again as f32 * PORT * 1.6;
            *again += 1;
            boxes[port].frame = dot(x, edge);
        }
    }
    let hung: Vec<usize> = legs.iter().filter_map(|leg| leg.port).collect();
    for bus in 0..boxes.len() {
        if boxes[bus].shape != Shape::Bus {
            continue;
        }
        let loose: Vec<usize> = boxes[bus].children.iter().map(|child| child - base).collect();
        let mut x = boxes[bus].frame.right() - 30.0;
        for port in loose.into_iter().filter(|port| !hung.contains(port)) {
            boxes[port].frame = dot(x, boxes[bus].frame.bottom());
            x -= PORT * 2.0;
        }
    }
}

fn dot(x: f32, y: f32) -> Frame {
    Frame { x: x - PORT / 2.0, y: y - PORT / 2.0, width: PORT, height: PORT }
}

/// The straight course of a leg, from the host to the bus.
pub(super) fn leg(boxes: &[NodeBox], host: NodeIndex, bus: NodeIndex, port: Option<NodeIndex>) -> Course {
    let (host, bus) = (boxes[host].frame, boxes[bus].frame);
    let x = port.map_or(host.center().x, |port| boxes[port].frame.center().x);
    let above = host.center().y < bus.center().y;
    let start = Point { x, y: if above { host.bottom() } else { host.y } };
    let end = Point { x, y: if above { bus.y } else { bus.bottom() } };
    Course::straight(start, end)
}

/// Sides of a box at which lines begin and end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Side {
    Left,
    Right,
    Top,
    Bottom,
}

/// A line to be drawn: boxes at both ends.
pub(super) struct Wire<'a> {
    /// Outline at the start.
    pub start: Frame,
    /// Key of the start, to spread what leaves the same box.
    pub start_key: usize,
    /// The box at the start, unless it is a tag.
    pub start_node: Option<NodeIndex>,
    /// Outline at the end.
    pub end: Frame,
    /// The box at the end.
    pub end_key: NodeIndex,
    /// A value: leaves to the right and enters from the left wherever it can, in a curve.
    pub flows: bool,
    /// Where a person bent it.
    pub bends: &'a [Point],
}

/// How far along a side a line wants to be, its number, and whether it starts there.
type End = (f32, usize, bool);

/// Ways for `wires`, in their order: lines at the same side of a box are spread along it.
pub(super) fn courses(wires: &[Wire<'_>], nodes: &[NodeBox], grid: &Grid) -> Vec<Course> {
    let sides: Vec<(Side, Side)> = wires.iter().map(sides).collect();
    // Lines of one side, ordered by where they go, so that they don't cross at the box.
    let mut ends: HashMap<(usize, Side), Vec<End>> = HashMap::new();
    for (number, (wire, (from, to))) in wires.iter().zip(&sides).enumerate() {
        let along = |side: Side, far: Point| match side {
            Side::Left | Side::Right => far.y,
            Side::Top | Side::Bottom => far.x,
        };
        let (out, into) = (wire.bends.first().copied(), wire.bends.last().copied());
        let out = along(*from, out.unwrap_or(wire.end.center()));
        let into = along(*to, into.unwrap_or(wire.start.center()));
        ends.entry((wire.start_key, *from)).or_default().push((out, number, true));
        ends.entry((wire.end_key, *to)).or_default().push((into, number, false));
    }
    let mut share = vec![(0.5, 0.5); wires.len()];
    for list in ends.values_mut() {
        list.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (place, (_, number, at_start)) in list.iter().enumerate() {
            let part = (place + 1) as f32 / (list.len() + 1) as f32;
            if *at_start { share[*number].0 = part } else { share[*number].1 = part }
        }
    }
    let mut around = Around::new(nodes, grid);
    let ways = wires.iter().zip(sides).zip(share);
    ways.map(|((wire, (from, to)), (at_start, at_end))| {
        let start = anchor(&wire.start, from, at_start);
        let end = anchor(&wire.end, to, at_end);
        if !wire.bends.is_empty() {
            let level = |side: Side| matches!(side, Side::Left | Side::Right);
            return Course::Path(through(start, level(from), wire.bends, end, level(to)));
        }
        if wire.flows {
            let reach = (((end.x - start.x).abs() + (end.y - start.y).abs()) * 0.35).clamp(24.0, 160.0);
            let curve = Course::Curve([start, toward(start, from, reach), toward(end, to, reach), end]);
            if around.free(&curve, wire) {
                return curve;
            }
        }
        around.way((start, from), (end, to), wire)
    })
    .collect()
}

fn sides(wire: &Wire<'_>) -> (Side, Side) {
    if let [first, ..] = wire.bends {
        return (facing(&wire.start, *first), facing(&wire.end, *wire.bends.last().unwrap_or(first)));
    }
    if wire.flows && wire.end.x >= wire.start.right() - 8.0 {
        return (Side::Right, Side::Left);
    }
    let (start, end) = (wire.start.center(), wire.end.center());
    let across = (wire.start.right() <= wire.end.x) || (wire.end.right() <= wire.start.x);
    let stacked = (wire.start.bottom() <= wire.end.y) || (wire.end.bottom() <= wire.start.y);
    let wide = (end.x - start.x).abs() > (end.y - start.y).abs();
    if across && (wide || !stacked) {
        if start.x < end.x { (Side::Right, Side::Left) } else { (Side::Left, Side::Right) }
    } else if start.y < end.y {
        (Side::Bottom, Side::Top)
    } else {
        (Side::Top, Side::Bottom)
    }
}

fn anchor(frame: &Frame, side: Side, share: f32) -> Point {
    // Lines enter a tall frame at its head, where its name is.
    let (height, width) = (frame.height.min(HEAD.max(64.0)), frame.width);
    let y = frame.y + if height < BUS_HEIGHT { frame.height / 2.0 } else { height * share };
    match side {
        Side::Left => Point { x: frame.x, y },
        Side::Right => Point { x: frame.right(), y },
        Side::Top => Point { x: frame.x + width * share, y: frame.y },
        Side::Bottom => Point { x: frame.x + width * share, y: frame.bottom() },
    }
}

pub(super) fn toward(point: Point, side: Side, reach: f32) -> Point {
    match side {
        Side::Left => Point { x: point.x - reach, ..point },
        Side::Right => Point { x: point.x + reach, ..point },
        Side::Top => Point { y: point.y - reach, ..point },
        Side::Bottom => Point { y: point.y + reach, ..point },
    }
}

/// The side of `frame` that faces `point`.
fn facing(frame: &Frame, point: Point) -> Side {
    let (dx, dy) = (point.x - frame.center().x, point.y - frame.center().y);
    if dx.abs() * frame.height >= dy.abs() * frame.width {
        if dx > 0.0 { Side::Right } else { Side::Left }
    } else if dy > 0.0 {
        Side::Bottom
    } else {
        Side::Top
    }
}
