//! [`Around`]: ways at right angles that go around boxes.
//!
//! Tries the few ways that a draughtsman would: straight, with one step in a gap, through a free row above or below what is in
//! the way. Lines from the same box share their trunk; those from different boxes keep a distance.

use std::collections::HashMap;

use super::route::{Side, Wire};
use super::{Course, Grid, NodeBox, NodeIndex, Shape};
use crate::model::{Frame, Point};

/// How far a line runs straight out of a box before it may turn.
const STUB: f32 = 16.0;
/// How far it keeps from what it goes around.
const CLEAR: f32 = 12.0;
/// Distance of lines beside each other, and how many places there are on either side of the middle of a gap.
const APART: f32 = 5.0;
const PLACES: usize = 3;
/// How many boxes in the way are looked at for free rows.
const ROWS: usize = 6;

/// Finds ways between boxes.
pub(super) struct Around<'a> {
    nodes: &'a [NodeBox],
    grid: &'a Grid,
    /// Which boxes have a trunk in a gap, by direction and place.
    trunks: HashMap<(bool, i32), Vec<usize>>,
}

/// Canvas points turned so that a line leaves to the right.
#[derive(Clone, Copy)]
struct Turned(Side);

impl Turned {
    fn there(self, point: Point) -> Point {
        match self.0 {
            Side::Right => point,
            Side::Left => Point { x: -point.x, ..point },
            Side::Bottom => Point { x: point.y, y: point.x },
            Side::Top => Point { x: -point.y, y: point.x },
        }
    }

    fn back(self, point: Point) -> Point {
        match self.0 {
            Side::Right => point,
            Side::Left => Point { x: -point.x, ..point },
            Side::Bottom => Point { x: point.y, y: point.x },
            Side::Top => Point { x: point.y, y: -point.x },
        }
    }

    fn frame(self, frame: &Frame) -> Frame {
        let (a, b) = (frame.corner(), Point { x: frame.right(), y: frame.bottom() });
        around(self.there(a), self.there(b))
    }
}

fn around(a: Point, b: Point) -> Frame {
    Frame::at(a, 0.0, 0.0).union(&Frame::at(b, 0.0, 0.0))
}

impl<'a> Around<'a> {
    pub(super) fn new(nodes: &'a [NodeBox], grid: &'a Grid) -> Self {
        Self { nodes, grid, trunks: HashMap::new() }
    }

    /// Whether `course` crosses nothing but what it begins and ends at.
    pub(super) fn free(&self, course: &Course, wire: &Wire<'_>) -> bool {
        let flat: Vec<Point> = (0..=8u8).map(|step| course.at(f32::from(step) / 8.0)).collect();
        flat.windows(2).all(|pair| self.in_the_way(pair[0], pair[1], wire).is_none())
    }

    /// Boxes that a straight piece would cross.
    fn crossed<'b>(&'b self, a: Point, b: Point, wire: &'b Wire<'_>) -> impl Iterator<Item = NodeIndex> + 'b {
        let area = around(a, b).grown(CLEAR / 3.0);
        self.grid.near(&area).into_iter().filter(move |&index| {
            let node = &self.nodes[index];
            let apart = !node.hidden && node.shape != Shape::Port && node.frame.overlaps(&area);
            apart && !self.is_at(index, Some(wire.end_key)) && !self.is_at(index, wire.start_node)
        })
    }

    fn in_the_way(&self, a: Point, b: Point, wire: &Wire<'_>) -> Option<NodeIndex> {
        self.crossed(a, b, wire).next()
    }

    /// Whether `index` is `end`, or a frame that holds it.
    fn is_at(&self, index: NodeIndex, end: Option<NodeIndex>) -> bool {
        let mut current = end;
        while let Some(at) = current {
            if at == index {
                return true;
            }
            current = self.nodes.get(at).and_then(|node| node.parent);
        }
        false
    }

    /// A way at right angles from `start` to `end`, each with the side at which the line leaves or enters its box.
    pub(super) fn way(&mut self, start: (Point, Side), end: (Point, Side), wire: &Wire<'_>) -> Course {
        let turned = Turned(start.1);
        let (from, to) = (turned.there(start.0), turned.there(end.0));
        let forward = to.x - from.x >= 2.0 * STUB;
        if forward && (to.y - from.y).abs() < 2.0 && self.in_the_way(start.0, end.0, wire).is_none() {
            return Course::straight(start.0, end.0);
        }
        let mut ways: Vec<Vec<Point>> = Vec::new();
        if forward {
            for x in [f32::midpoint(from.x, to.x), from.x + STUB, to.x - STUB] {
                let x = x + self.trunk(start.1, x, wire.start_key, (to.x - from.x) / 2.0 - STUB);
                ways.push(vec![from, Point { x, y: from.y }, Point { x, y: to.y }, to]);
            }
        }
        let cost = |way: &[Point]| -> (usize, f32) {
            let back: Vec<Point> = way.iter().map(|point| turned.back(*point)).collect();
            let pieces = back.windows(2);
            let hits =
                pieces.clone().filter(|pair| self.in_the_way(pair[0], pair[1], wire).is_some()).count();
            let length =
                pieces.map(|pair| (pair[0].x - pair[1].x).abs() + (pair[0].y - pair[1].y).abs()).sum::<f32>();
            (hits, length + way.len() as f32 * 20.0)
        };
        let mut best: Option<((usize, f32), Vec<Point>)> = None;
        let mut keep = |way: Vec<Point>| {
            let cost = cost(&way);
            if best.as_ref().is_none_or(|(known, _)| cost < *known) {
                best = Some((cost, way));
            }
            cost.0 == 0
        };
        let clear = ways.into_iter().any(&mut keep);
        if !clear {
            let (out, into) = (from.x + STUB, to.x - STUB);
            let (own, other) = (turned.frame(&wire.start), turned.frame(&wire.end));
            let mut rows = vec![own.y.min(other.y) - CLEAR, own.bottom().max(other.bottom()) + CLEAR];
            let (a, b) = (turned.back(from), turned.back(to));
            for index in self.crossed(a, b, wire).take(ROWS) {
                let frame = turned.frame(&self.nodes[index].frame);
                rows.extend([frame.y - CLEAR, frame.bottom() + CLEAR]);
            }
            let between = f32::midpoint(from.y, to.y);
            rows.sort_by(|a, b| (a - between).abs().total_cmp(&(b - between).abs()));
            for y in rows {
                let corner = |x: f32, y: f32| Point { x, y };
                keep(vec![
                    from,
                    corner(out, from.y),
                    corner(out, y),
                    corner(into, y),
                    corner(into, to.y),
                    to,
                ]);
            }
        }
        let way = best.map_or_else(|| vec![from, to], |(_, way)| way);
        let mut points: Vec<Point> = way.into_iter().map(|point| turned.back(point)).collect();
        points.dedup_by(|a, b| (a.x - b.x).abs() + (a.y - b.y).abs() < 0.5);
        if points.len() < 2 { Course::straight(start.0, end.0) } else { Course::Path(points) }
    }

    /// How far beside the middle of a gap the trunk of a box runs: each box has a place of its own.
    fn trunk(&mut self, side: Side, x: f32, key: usize, room: f32) -> f32 {
        let upright = matches!(side, Side::Left | Side::Right);
        let known = self.trunks.entry((upright, (x / 10.0).round() as i32)).or_default();
        let place = known.iter().position(|other| *other == key).unwrap_or_else(|| {
            known.push(key);
            known.len() - 1
        }) % (2 * PLACES + 1);
        let step = place.div_ceil(2) as f32 * APART;
        let beside = if place.is_multiple_of(2) { step } else { -step };
        beside.clamp(-room.max(0.0), room.max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turning_there_and_back_is_nothing() {
        let point = Point { x: 3.0, y: -7.0 };
        for side in [Side::Left, Side::Right, Side::Top, Side::Bottom] {
            assert_eq!(Turned(side).back(Turned(side).there(point)), point, "{side:?}");
        }
    }
}
