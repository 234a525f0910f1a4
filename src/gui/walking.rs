//! Walking the picture by keys: from the selected node to the next one in a direction, along its lines where there are any.

use std::collections::HashSet;

use super::app::App;
use super::view::{NodeKey, Wish};
use crate::model::Point;
use crate::scene::{NodeIndex, Scene, Shape, Way};

/// A node at the end of a line counts as so much nearer.
const TIED: f32 = 0.4;

impl App {
    /// Selects the next node in a direction; with Shift held beside what is selected already.
    pub(super) fn go_along(&mut self, way: Way) {
        let scene = &self.board.scene;
        let from = self.view.selection.last().and_then(|key| scene.find(key.lane, &key.name));
        let next = match from {
            Some(from) => next(scene, from, way.step()),
            None => (0..scene.nodes.len()).find(|index| is_there(scene, *index)),
        };
        let Some(node) = next.and_then(|index| scene.nodes.get(index)) else { return };
        let key = NodeKey { lane: node.lane, name: node.name.clone() };
        self.view.wish(Wish::Select { nodes: vec![key], add: self.held.shift, show: true });
    }
}

/// Whether a node can be walked to: what lies in a folded card can't, and dots on networks are no places.
fn is_there(scene: &Scene, index: NodeIndex) -> bool {
    scene.nodes.get(index).is_some_and(|node| !node.hidden && node.shape != Shape::Port)
}

/// The node that comes next from `from` along `way`: the nearest one that lies more ahead than aside, nodes at the ends of
/// its lines first.
fn next(scene: &Scene, from: NodeIndex, way: (f32, f32)) -> Option<NodeIndex> {
    let center = |index: NodeIndex| scene.nodes[index].frame.center();
    let Point { x, y } = center(from);
    let ends = scene.links.iter().filter_map(|link| match (link.source, link.target) {
        (source, target) if source == from => Some(target),
        (source, target) if target == from => Some(source),
        _ => None,
    });
    let tied: HashSet<NodeIndex> = ends.collect();
    let others = (0..scene.nodes.len()).filter(|&index| index != from && is_there(scene, index));
    let ahead = others.filter_map(|index| {
        let to = center(index);
        let (dx, dy) = (to.x - x, to.y - y);
        let (along, aside) = (dx * way.0 + dy * way.1, (dx * way.1 + dy * way.0).abs());
        (along > 1.0 && along >= aside * 0.5).then(|| {
            let far = along + 2.0 * aside;
            (if tied.contains(&index) { far * TIED } else { far }, index)
        })
    });
    ahead.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, index)| index)
}
