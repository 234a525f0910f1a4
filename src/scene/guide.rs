//! Guides: where the edges and the middle of a dragged box meet those of others, or its distances to them are even.

use super::gaps::even;
use crate::model::{Frame, Point};

/// How far a dragged box still is from lying in line with others, in each direction, and the lines that it lies on then.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Guides {
    /// To the right; none if no edge is near, and no even distance.
    pub dx: Option<f32>,
    /// Down; none if no edge is near, and no even distance.
    pub dy: Option<f32>,
    /// Lines to be shown once it is there.
    pub lines: Vec<(Point, Point)>,
}

/// Guides of `moving` to those of `others` that are not farther than `reach`, the nearest first.
pub fn guides(moving: &Frame, others: &[Frame], reach: f32) -> Guides {
    let upright = |frame: &Frame| [frame.x, frame.center().x, frame.right()];
    let level = |frame: &Frame| [frame.y, frame.center().y, frame.bottom()];
    let even = even(moving, others, reach);
    let dx = nearest(&upright(moving), others, upright, reach).or(even.0);
    let dy = nearest(&level(moving), others, level, reach).or(even.1);
    let there = moving.shifted(dx.unwrap_or(0.0), dy.unwrap_or(0.0));
    let mut lines = Vec::new();
    if dx.is_some() {
        lines.extend(upright(&there).into_iter().filter_map(|x| {
            let met = others.iter().filter(|other| upright(other).iter().any(|edge| (edge - x).abs() < 0.1));
            let ends = met.map(|other| (other.y, other.bottom()));
            let (top, bottom) = ends.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)))?;
            Some((Point { x, y: top.min(there.y) }, Point { x, y: bottom.max(there.bottom()) }))
        }));
    }
    if dy.is_some() {
        lines.extend(level(&there).into_iter().filter_map(|y| {
            let met = others.iter().filter(|other| level(other).iter().any(|edge| (edge - y).abs() < 0.1));
            let ends = met.map(|other| (other.x, other.right()));
            let (left, right) = ends.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)))?;
            Some((Point { x: left.min(there.x), y }, Point { x: right.max(there.right()), y }))
        }));
    }
    Guides { dx, dy, lines }
}

/// The smallest way from one of `own` to an edge of another.
fn nearest(own: &[f32; 3], others: &[Frame], edges: impl Fn(&Frame) -> [f32; 3], reach: f32) -> Option<f32> {
    let mut best: Option<f32> = None;
    for other in others {
        for edge in edges(other) {
            for mine in own {
                let way = edge - mine;
                if way.abs() <= reach && best.is_none_or(|known| way.abs() < known.abs()) {
                    best = Some(way);
                }
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_comes_in_line_with_the_nearest_edge_and_no_farther_one() {
        let other = Frame { x: 100.0, y: 300.0, width: 180.0, height: 64.0 };
        let moving = Frame { x: 104.0, y: 0.0, width: 180.0, height: 64.0 };
        let found = guides(&moving, &[other], 6.0);
        assert_eq!((found.dx, found.dy), (Some(-4.0), None));
        assert_eq!(found.lines.len(), 3, "left edges, middles and right edges meet");
        assert_eq!(found.lines[0], (Point { x: 100.0, y: 0.0 }, Point { x: 100.0, y: 364.0 }));
        assert_eq!(guides(&moving, &[other], 3.0), Guides::default());
    }
}
