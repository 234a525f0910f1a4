//! Distances of a dragged box to its neighbours: where they become even, and which are worth showing.

use crate::model::{Frame, Point};

/// A distance between two boxes, from edge to edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// Where it begins.
    pub from: Point,
    /// Where it ends, to the right of it or below.
    pub to: Point,
}

impl Gap {
    /// How long it is, in points of the canvas.
    pub fn length(&self) -> f32 {
        (self.to.x - self.from.x) + (self.to.y - self.from.y)
    }

    fn turned(self) -> Self {
        let turn = |point: Point| Point { x: point.y, y: point.x };
        Self { from: turn(self.from), to: turn(self.to) }
    }
}

fn turned(frame: &Frame) -> Frame {
    Frame { x: frame.y, y: frame.x, width: frame.height, height: frame.width }
}

/// Distances that differ by less are the same.
const SAME: f32 = 0.6;

/// The boxes of one row: what stands beside a box, on each side.
struct Row<'a> {
    others: &'a [Frame],
}

impl Row<'_> {
    fn beside<'b>(&'b self, frame: &'b Frame) -> impl Iterator<Item = &'b Frame> {
        self.others.iter().filter(|other| other.y < frame.bottom() && other.bottom() > frame.y)
    }

    fn left(&self, frame: &Frame) -> Option<Frame> {
        let before = self.beside(frame).filter(|other| other.right() <= frame.x + SAME);
        before.max_by(|a, b| a.right().total_cmp(&b.right())).copied()
    }

    fn right(&self, frame: &Frame) -> Option<Frame> {
        let after = self.beside(frame).filter(|other| other.x >= frame.right() - SAME);
        after.min_by(|a, b| a.x.total_cmp(&b.x)).copied()
    }

    /// The way to where the distances to both neighbours, or to one neighbour and from that to the next, are the same.
    fn even(&self, moving: &Frame, reach: f32) -> Option<f32> {
        let (left, right) = (self.left(moving), self.right(moving));
        let mut places = Vec::new();
        if let (Some(left), Some(right)) = (left, right) {
            places.push((left.right() + right.x - moving.width) / 2.0);
        }
        if let Some(left) = left
            && let Some(next) = self.left(&left)
        {
            places.push(left.right() + left.x - next.right());
        }
        if let Some(right) = right
            && let Some(next) = self.right(&right)
        {
            places.push(right.x - (next.x - right.right()) - moving.width);
        }
        let ways = places.into_iter().map(|place| place - moving.x).filter(|way| way.abs() <= reach);
        ways.min_by(|a, b| a.abs().total_cmp(&b.abs()))
    }

    /// Distances to the neighbours: all of them if `all`, else those that are even with others, and those others.
    fn gaps(&self, there: &Frame, all: bool) -> Vec<Gap> {
        let (left, right) = (self.left(there), self.right(there));
        let to_left = left.map(|left| between(&left, there));
        let to_right = right.map(|right| between(there, &right));
        let next_left = left.and_then(|left| Some(between(&self.left(&left)?, &left)));
        let next_right = right.and_then(|right| Some(between(&right, &self.right(&right)?)));
        let same = |a: Option<Gap>, b: Option<Gap>| {
            a.zip(b).is_some_and(|(a, b)| (a.length() - b.length()).abs() < SAME && a.length() > SAME)
        };
        let middle = same(to_left, to_right);
        let (on, back) = (same(to_left, next_left), same(to_right, next_right));
        let shown = [
            (on, next_left),
            (all || middle || on, to_left),
            (all || middle || back, to_right),
            (back, next_right),
        ];
        let shown = shown.into_iter().filter_map(|(shown, gap)| gap.filter(|_| shown));
        shown.filter(|gap| gap.length() > SAME).collect()
    }
}

/// The distance between two boxes beside each other, at the height that they share.
fn between(left: &Frame, right: &Frame) -> Gap {
    let y = f32::midpoint(left.y.max(right.y), left.bottom().min(right.bottom()));
    Gap { from: Point { x: left.right(), y }, to: Point { x: right.x, y } }
}

/// How far a box still is from even distances to its neighbours, in each direction; none if that is farther than `reach`.
pub fn even(moving: &Frame, others: &[Frame], reach: f32) -> (Option<f32>, Option<f32>) {
    let upright: Vec<Frame> = others.iter().map(turned).collect();
    let across = Row { others }.even(moving, reach);
    (across, Row { others: &upright }.even(&turned(moving), reach))
}

/// The distances to show of a box: those in its row if it lies `in_row` with something, those in its column if it lies
/// `in_column`, and those that are even.
pub fn gaps(there: &Frame, others: &[Frame], in_row: bool, in_column: bool) -> Vec<Gap> {
    let upright: Vec<Frame> = others.iter().map(turned).collect();
    let mut found = Row { others }.gaps(there, in_row);
    let below = Row { others: &upright }.gaps(&turned(there), in_column);
    found.extend(below.into_iter().map(Gap::turned));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f32, y: f32) -> Frame {
        Frame { x, y, width: 100.0, height: 60.0 }
    }

    #[test]
    fn a_box_comes_between_its_neighbours_or_goes_on_with_their_distance() {
        let others = [at(0.0, 0.0), at(340.0, 0.0)];
        assert_eq!(even(&at(167.0, 10.0), &others, 6.0).0, Some(3.0), "70 to each side");
        assert_eq!(even(&at(160.0, 10.0), &others, 6.0).0, None);
        let others = [at(0.0, 0.0), at(140.0, 0.0)];
        assert_eq!(even(&at(282.0, 0.0), &others, 6.0).0, Some(-2.0), "40, as between the two");
        let upright: Vec<Frame> = others.iter().map(turned).collect();
        assert_eq!(even(&turned(&at(282.0, 0.0)), &upright, 6.0).1, Some(-2.0), "downward as well");
        assert_eq!(even(&at(282.0, 200.0), &others, 6.0), (None, None), "nothing stands beside it");
    }

    #[test]
    fn distances_are_told_where_they_are_even_or_where_boxes_lie_in_line() {
        let lengths = |gaps: Vec<Gap>| gaps.iter().map(Gap::length).collect::<Vec<_>>();
        let others = [at(0.0, 0.0), at(140.0, 0.0)];
        assert_eq!(lengths(gaps(&at(280.0, 0.0), &others, false, false)), [40.0, 40.0]);
        assert_eq!(lengths(gaps(&at(300.0, 0.0), &others, false, false)), [0.0; 0]);
        assert_eq!(lengths(gaps(&at(300.0, 0.0), &others, true, false)), [60.0]);
        let below = at(0.0, 100.0);
        let found = gaps(&below, &others, false, true);
        assert_eq!(found, [Gap { from: Point { x: 50.0, y: 60.0 }, to: Point { x: 50.0, y: 100.0 } }]);
    }
}
