//! Room for something new: where it can stand beside a box, and what must be held so that nothing makes way for it.

use std::collections::HashSet;

use super::{GRID, LaneInput, NodeIndex, Places, Scene, Shape};
use crate::model::{Frame, Point};

/// How far from a box the next one stands: room for a line with its arrow.
const GAP: f32 = 4.0 * GRID;
/// How many places aside are tried before what is in the way is covered.
const TRIES: usize = 60;

/// A direction on the canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// To smaller x.
    Left,
    /// To larger x.
    Right,
    /// To smaller y.
    Up,
    /// To larger y.
    Down,
}

impl Way {
    /// One step of it, to the right and down.
    pub fn step(self) -> (f32, f32) {
        match self {
            Self::Left => (-1.0, 0.0),
            Self::Right => (1.0, 0.0),
            Self::Up => (0.0, -1.0),
            Self::Down => (0.0, 1.0),
        }
    }
}

/// The place on the canvas for a box of `size` (width, height) beside `index`: in line with it if that is free, else as near
/// to that as may be, across the way.
pub fn beside(scene: &Scene, index: NodeIndex, way: Way, size: (f32, f32)) -> Point {
    let Some(node) = scene.nodes.get(index) else { return Point::default() };
    let (from, (width, height)) = (node.frame, size);
    let first = match way {
        Way::Left => Point { x: from.x - GAP - width, y: from.y },
        Way::Right => Point { x: from.right() + GAP, y: from.y },
        Way::Up => Point { x: from.x, y: from.y - GAP - height },
        Way::Down => Point { x: from.x, y: from.bottom() + GAP },
    };
    let taken: Vec<Frame> = scene
        .nodes
        .iter()
        .enumerate()
        .filter(|(other, node_box)| {
            let same = node_box.lane == node.lane && node_box.parent == node.parent;
            same && *other != index && !node_box.hidden && node_box.shape != Shape::Port
        })
        .map(|(_, other)| other.frame.grown(GRID / 2.0))
        .collect();
    let upright = matches!(way, Way::Up | Way::Down);
    let places = (0..TRIES).map(|turn| {
        // In line, then one step on the one side, one on the other, two on the one …
        let steps = turn.div_ceil(2) as f32 * if turn.is_multiple_of(2) { -1.0 } else { 1.0 };
        if upright {
            Point { x: first.x + steps * (width + GRID), ..first }
        } else {
            Point { y: first.y + steps * (height + GRID), ..first }
        }
    });
    let free = |place: &Point| {
        let there = Frame::at(*place, width, height);
        !taken.iter().any(|other| other.overlaps(&there))
    };
    places.into_iter().find(free).unwrap_or(first)
}

/// What nobody placed beside some boxes and beside what holds them, with where it stands: held there, it stays when
/// something comes to them.
pub fn unplaced_around(lanes: &[LaneInput<'_>], scene: &Scene, around: &[NodeIndex]) -> Places {
    let mut groups: HashSet<(usize, Option<NodeIndex>)> = HashSet::new();
    for node in around.iter().filter_map(|index| scene.nodes.get(*index)) {
        let mut parent = node.parent;
        groups.insert((node.lane, parent));
        while let Some(above) = parent {
            parent = scene.nodes.get(above).and_then(|above| above.parent);
            groups.insert((node.lane, parent));
        }
    }
    let mut places = Places::default();
    for (index, node) in scene.nodes.iter().enumerate() {
        let placed = lanes.get(node.lane).is_none_or(|lane| lane.layout.nodes.contains_key(&node.name));
        if placed || node.hidden || node.shape == Shape::Port || !groups.contains(&(node.lane, node.parent)) {
            continue;
        }
        places.nodes.push((index, scene.place(index)));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{Family, NodeBox};

    fn scene(corners: &[(f32, f32)]) -> Scene {
        let node = |&(x, y): &(f32, f32)| NodeBox {
            lane: 0,
            name: format!("at {x} {y}"),
            type_name: String::new(),
            family: Family::Host,
            shape: Shape::Card,
            frame: Frame { x, y, width: 180.0, height: 64.0 },
            parent: None,
            children: Vec::new(),
            depth: 0,
            folded: false,
            hidden: false,
            locked: false,
            instances: None,
        };
        Scene { nodes: corners.iter().map(node).collect(), ..Scene::default() }
    }

    #[test]
    fn what_comes_beside_a_box_stands_in_line_with_it_and_on_nothing() {
        let size = (180.0, 64.0);
        let alone = scene(&[(0.0, 0.0)]);
        assert_eq!(beside(&alone, 0, Way::Right, size), Point { x: 260.0, y: 0.0 });
        assert_eq!(beside(&alone, 0, Way::Left, size), Point { x: -260.0, y: 0.0 });
        assert_eq!(beside(&alone, 0, Way::Down, size), Point { x: 0.0, y: 144.0 });
        assert_eq!(beside(&alone, 0, Way::Up, size), Point { x: 0.0, y: -144.0 });
        let taken = scene(&[(0.0, 0.0), (250.0, 10.0)]);
        let place = beside(&taken, 0, Way::Right, size);
        assert_eq!(place, Point { x: 260.0, y: 84.0 }, "below what stands there");
        let taken = scene(&[(0.0, 0.0), (250.0, 10.0), (260.0, 84.0)]);
        assert_eq!(beside(&taken, 0, Way::Right, size), Point { x: 260.0, y: -84.0 }, "then above it");
    }
}
