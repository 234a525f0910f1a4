//! Putting nodes into others and taking them out, as one step with where they stand.

use super::app::App;
use super::canvas::Landing;
use super::view::NodeKey;
use crate::check::{containment_of, may_contain};
use crate::edit::{Edit, named};
use crate::model::Point;
use crate::scene::{FRAME_HEAD, GRID, Shape, snap};

impl App {
    /// Nodes were let go: they stand elsewhere, and may lie in something else from now on.
    pub(super) fn land(&mut self, moved: &[NodeKey], mut nodes: Vec<(NodeKey, Point)>, landing: &Landing) {
        let outer = match landing {
            Landing::Refused { why, .. } => return self.view.toast(false, why.clone(), None),
            Landing::Move => return self.shift(nodes),
            Landing::Group { lane, joins, leaves, nodes: names } => {
                return self.regroup(*lane, joins.as_deref(), leaves, names, nodes);
            }
            Landing::In(outer) => Some(outer),
            Landing::Out => None,
        };
        if self.session.as_ref().is_some_and(crate::session::Session::is_checking) {
            return self.view.toast(false, "The last edit is still being read: try again", None);
        }
        let found: Vec<usize> =
            moved.iter().filter_map(|key| self.board.scene.find(key.lane, &key.name)).collect();
        let inner: Vec<String> = super::canvas::outermost(&self.board, &found)
            .into_iter()
            .map(|index| self.board.scene.nodes[index].name.clone())
            .collect();
        let Some(number) = moved.first().map(|key| key.lane) else { return };
        let Some(mut edits) = self.containment(number, &inner, outer) else { return };
        if let Some(place) = outer.and_then(|outer| self.first_place(outer)) {
            // On a card that becomes a frame they stand where the frame has room for them.
            for (row, name) in inner.iter().enumerate() {
                let at = Point { x: place.x, y: place.y + 84.0 * row as f32 };
                if let Some((_, to)) = nodes.iter_mut().find(|(key, _)| key.name == *name) {
                    *to = at;
                }
            }
        }
        edits.extend(self.moves(nodes));
        let what = named(inner.iter().map(String::as_str));
        let label = match outer {
            Some(outer) => format!("put {what} into {}", outer.name),
            None => format!("take {what} out"),
        };
        self.edit(&Edit::All { label, edits });
    }

    /// The edits that put nodes of a lane into `outer`, or into nothing.
    fn containment(&mut self, number: usize, inner: &[String], outer: Option<&NodeKey>) -> Option<Vec<Edit>> {
        let lane = self.lane_name(number)?;
        let relationships = self.board.relationships(number);
        let topology = self.board.lanes.get(number)?.lane.topology.clone();
        let (mut kinds, mut gone, mut edits) = (Vec::new(), Vec::new(), Vec::new());
        for name in inner {
            let now = containment_of(&topology, name);
            let relationship = now.and_then(|(owner, at)| topology.nodes.get(owner)?.relationships.get(at));
            let Some(outer) = outer else {
                gone.extend(now.map(|(owner, position)| (owner.to_owned(), position)));
                continue;
            };
            let made = match may_contain(&topology, &relationships, name, &outer.name) {
                Ok(made) => made,
                Err(why) => {
                    self.view.toast(false, why.to_string(), None);
                    return None;
                }
            };
            match (now, relationship) {
                (Some((owner, _)), Some(one)) if owner == name && one.target == outer.name => {}
                (Some((owner, position)), Some(one)) if owner == name && made.source == *name => {
                    // A port may be connected to its network instead of lying in it: it stays so.
                    let keeps =
                        one.type_name == made.kind || !one.is_a("cloudify.relationships.contained_in");
                    kinds.extend((!keeps).then(|| made.kind.clone()));
                    edits.push(Edit::Reconnect {
                        lane: lane.clone(),
                        from: name.clone(),
                        position,
                        to: outer.name.clone(),
                        kind: (!keeps).then_some(made.kind),
                    });
                }
                _ => {
                    gone.extend(now.map(|(owner, position)| (owner.to_owned(), position)));
                    kinds.push(made.kind.clone());
                    let (from, to) = (made.source, made.target);
                    edits.push(Edit::Connect { lane: lane.clone(), from, to, kind: made.kind });
                }
            }
        }
        // From the last on: the places of those before stay what they are.
        gone.sort_by_key(|(_, position)| std::cmp::Reverse(*position));
        let gone =
            gone.into_iter().map(|(from, position)| Edit::Disconnect { lane: lane.clone(), from, position });
        let mut all = self.importing(number, kinds.iter().map(String::as_str))?;
        all.extend(gone.chain(edits));
        Some(all)
    }

    /// Where the first node in a card stands; none if it holds some already.
    fn first_place(&self, outer: &NodeKey) -> Option<Point> {
        let node = &self.board.scene.nodes[self.board.scene.find(outer.lane, &outer.name)?];
        let origin = self.board.scene.lanes.get(outer.lane)?.origin;
        (node.shape == Shape::Card).then(|| {
            let corner = node.frame.corner();
            snap(Point { x: corner.x - origin.x + GRID, y: corner.y - origin.y + FRAME_HEAD + GRID / 2.0 })
        })
    }
}
