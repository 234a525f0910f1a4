//! Arranging anew: where nodes would stand if nobody had placed them, in layers by what they need, inside what holds them.
//!
//! Uses the automatic placement of `arrange`; what a person locked stays where it is.

use indexmap::IndexMap;

use super::{GRID, LaneInput, NodeBox, NodeIndex, Scene, Shape, build};
use crate::model::{Frame, Layout, Point};

/// New places. What is not named stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    /// Lanes by position, with their origins.
    pub lanes: Vec<(usize, Point)>,
    /// Nodes by their position in the scene, with corners relative to their lane's new origin.
    pub nodes: Vec<(NodeIndex, Point)>,
}

/// Everything in layers: all lanes, all nodes.
pub fn layered(lanes: &[LaneInput<'_>], scene: &Scene) -> Places {
    let kept: Vec<Layout> = lanes.iter().map(|lane| locked(lane, scene)).collect();
    let free: Vec<LaneInput<'_>> =
        lanes.iter().zip(&kept).map(|(lane, layout)| LaneInput { layout, ..*lane }).collect();
    let made = Scene::new(&free);
    let mut places = Places::default();
    for (number, lane) in made.lanes.iter().enumerate() {
        places.lanes.push((number, lane.origin));
    }
    for (index, node) in made.nodes.iter().enumerate() {
        if node.shape == Shape::Port || node.hidden {
            continue;
        }
        let place = made.place(index);
        places.nodes.push((index, place));
        carry_hidden(lanes, scene, index, place, &mut places);
    }
    places
}

/// The chosen nodes in layers, each where it lies: those side by side in one frame, or in none, among themselves. One
/// frame alone means what it holds.
pub fn layered_among(lanes: &[LaneInput<'_>], scene: &Scene, chosen: &[NodeIndex]) -> Places {
    let mut places = Places::default();
    for group in siblings(scene, chosen) {
        let Some(first) = group.first().and_then(|index| scene.nodes.get(*index)) else { continue };
        let Some(lane) = lanes.get(first.lane) else { continue };
        let corner = group.iter().map(|index| scene.nodes[*index].frame).reduce(|all, one| all.union(&one));
        let corner = corner.unwrap_or_default().corner();
        let made = build::group(lane, scene, first.lane, &group);
        for (index, frame) in group.iter().zip(made) {
            let to = Point { x: corner.x + frame.x, y: corner.y + frame.y };
            move_to(lanes, scene, *index, to, &mut places);
        }
    }
    places
}

/// The chosen ones that may be moved, outermost only, by the frame that they lie in; ports hang and are left out. One
/// frame alone stands for what it holds.
pub fn siblings(scene: &Scene, chosen: &[NodeIndex]) -> Vec<Vec<NodeIndex>> {
    let inner;
    let chosen = match chosen {
        [only] => {
            inner = scene.nodes.get(*only).map(|node| node.children.clone()).unwrap_or_default();
            &inner[..]
        }
        many => many,
    };
    let mut groups: IndexMap<(usize, Option<NodeIndex>), Vec<NodeIndex>> = IndexMap::new();
    for &index in chosen {
        let Some(node) = scene.nodes.get(index) else { continue };
        let inside = std::iter::successors(node.parent, |above| scene.nodes[*above].parent)
            .any(|above| chosen.contains(&above));
        if inside || node.hidden || node.locked || node.shape == Shape::Port {
            continue;
        }
        groups.entry((node.lane, node.parent)).or_default().push(index);
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}

/// Moves a node to a corner on the canvas, and with it what a person placed in it.
pub fn move_to(lanes: &[LaneInput<'_>], scene: &Scene, index: NodeIndex, to: Point, places: &mut Places) {
    let node = &scene.nodes[index];
    let (dx, dy) = (to.x - node.frame.x, to.y - node.frame.y);
    for inner in scene.with_content(index) {
        let moved = &scene.nodes[inner];
        let kept = lanes.get(node.lane).and_then(|lane| lane.layout.nodes.get(&moved.name));
        let from = match kept {
            // Out of sight it stands where it was put, not where the folded card is.
            Some(place) if moved.hidden => *place,
            None if inner != index => continue,
            _ => scene.place(inner),
        };
        if moved.shape != Shape::Port {
            places.nodes.push((inner, Point { x: from.x + dx, y: from.y + dy }));
        }
    }
}

/// What lies in a folded card goes with it.
fn carry_hidden(lanes: &[LaneInput<'_>], scene: &Scene, index: NodeIndex, to: Point, places: &mut Places) {
    let Some(node) = scene.nodes.get(index).filter(|node| node.folded) else { return };
    let origin = scene.lanes[node.lane].origin;
    let mut moved = Places::default();
    move_to(lanes, scene, index, Point { x: to.x + origin.x, y: to.y + origin.y }, &mut moved);
    places.nodes.extend(moved.nodes.into_iter().filter(|(inner, _)| *inner != index));
}

/// A layout that knows the places of what is locked, and no other.
pub(super) fn locked(lane: &LaneInput<'_>, scene: &Scene) -> Layout {
    let number = scene.lanes.iter().position(|known| known.name == lane.name);
    let mut kept = Layout {
        locked: lane.layout.locked.clone(),
        folded: lane.layout.folded.clone(),
        ..Layout::default()
    };
    let origin = number.map(|number| scene.lanes[number].origin).unwrap_or_default();
    let held = lane.layout.locked_lane || !kept.locked.is_empty();
    kept.lane = held.then_some(origin);
    kept.locked_lane = lane.layout.locked_lane;
    let held = |node: &NodeBox| node.locked && !node.hidden && Some(node.lane) == number;
    for (index, node) in scene.nodes.iter().enumerate().filter(|(_, node)| held(node)) {
        kept.nodes.insert(node.name.clone(), scene.place(index));
    }
    kept
}

/// Moves `frames` until none overlaps another, as little as may be; `firm` ones stay. Corners come to the grid.
///
/// Those that overlap go apart to the side where least is missing; what still overlaps after that goes below.
pub fn apart(frames: &mut [Frame], firm: &[bool]) {
    let gap = 2.0 * GRID;
    let is_firm = |at: usize| firm.get(at).copied().unwrap_or(false);
    for _ in 0..80 {
        let mut moved = false;
        for a in 0..frames.len() {
            for b in a + 1..frames.len() {
                let near = frames[a].grown(gap / 2.0);
                let other = frames[b].grown(gap / 2.0);
                if !near.overlaps(&other) || (is_firm(a) && is_firm(b)) {
                    continue;
                }
                moved = true;
                let (from, to) = (frames[a].center(), frames[b].center());
                let right = (near.right() - other.x).min(other.right() - near.x);
                let down = (near.bottom() - other.y).min(other.bottom() - near.y);
                let (dx, dy) = if right < down {
                    (if to.x >= from.x { right } else { -right }, 0.0)
                } else {
                    (0.0, if to.y >= from.y { down } else { -down })
                };
                let (own, others) = match (is_firm(a), is_firm(b)) {
                    (true, _) => (0.0, 1.0),
                    (_, true) => (1.0, 0.0),
                    _ => (0.5, 0.5),
                };
                frames[a] = frames[a].shifted(-dx * own, -dy * own);
                frames[b] = frames[b].shifted(dx * others, dy * others);
            }
        }
        if !moved {
            break;
        }
    }
    let mut order: Vec<usize> = (0..frames.len()).collect();
    order.sort_by(|&a, &b| is_firm(b).cmp(&is_firm(a)).then(frames[a].y.total_cmp(&frames[b].y)));
    let mut placed: Vec<Frame> = Vec::new();
    for at in order {
        if !is_firm(at) {
            let corner = super::snap(frames[at].corner());
            (frames[at].x, frames[at].y) = (corner.x, corner.y);
            while let Some(other) = placed.iter().find(|other| other.grown(GRID / 2.0).overlaps(&frames[at]))
            {
                frames[at].y = ((other.bottom() + GRID) / GRID).ceil() * GRID;
            }
        }
        placed.push(frames[at]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_overlaps_once_it_is_apart(
            corners in prop::collection::vec((-300f32..300.0, -300f32..300.0, 20f32..400.0, 20f32..300.0), 1..30)
        ) {
            let mut frames: Vec<Frame> =
                corners.into_iter().map(|(x, y, width, height)| Frame { x, y, width, height }).collect();
            let first = frames[0];
            let firm: Vec<bool> = (0..frames.len()).map(|at| at == 0).collect();
            apart(&mut frames, &firm);
            prop_assert_eq!(frames[0], first, "what is firm stays");
            for (at, a) in frames.iter().enumerate() {
                for b in &frames[at + 1..] {
                    prop_assert!(!a.overlaps(b), "{a:?} {b:?}");
                }
            }
        }
    }
}
