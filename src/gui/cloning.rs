//! Growing the picture by keys: a copy of the selected node in a direction, with a line to it, as one step.
//!
//! What a copy is, is [`crate::edit::clipboard`]'s matter; which line makes sense, [`crate::check`]'s; where there is room,
//! [`crate::scene`]'s.

use indexmap::IndexMap;

use super::app::App;
use crate::check::{containment_of, fitting_kinds, is_backwards};
use crate::edit::{Edit, clipboard};
use crate::model::Point;
use crate::scene::{CARD_HEIGHT, CARD_WIDTH, NodeIndex, Shape, Way, beside, unplaced_around};

impl App {
    /// A copy of the selected node beside it, with the line from it that makes most sense.
    pub(super) fn clone_beside(&mut self, way: Way) {
        let key = match self.view.selection.as_slice() {
            [] => return,
            [key] => key.clone(),
            _ => {
                return self.view.toast(false, "One node at a time grows another: select a single one", None);
            }
        };
        let (Some(lane), Some(node), Some(index)) = (
            self.lane_name(key.lane),
            self.board.node(&key).cloned(),
            self.board.scene.find(key.lane, &key.name),
        ) else {
            return;
        };
        let relationships = self.board.relationships(key.lane);
        let kinds = &node.type_hierarchy;
        // The copy stands beside the node: it holds nothing, so no line puts the node into it.
        let fitting = fitting_kinds(&relationships, kinds, kinds, true);
        let best = fitting.into_iter().next();
        let Some(kind) = best.filter(|_| !is_backwards(&relationships, kinds, kinds)) else {
            let told = format!("No line makes sense from {} to another of its type", key.name);
            return self.view.toast(false, told, Some("Ctrl+D copies it without a line".to_owned()));
        };
        let shown = &self.board.scene.nodes[index];
        // What another node names as its part lies in that; a copy is nobody's part.
        let own =
            self.board.lanes.get(key.lane).and_then(|view| containment_of(&view.lane.topology, &key.name));
        let around = shown.parent.filter(|_| own.is_none_or(|(owner, _)| owner != key.name)).unwrap_or(index);
        let mut at: IndexMap<String, Point> = IndexMap::new();
        if shown.shape != Shape::Port && !shown.hidden {
            // Without what it holds a frame is a card.
            let card = matches!(shown.shape, Shape::Frame) || shown.folded;
            let size = if card { (CARD_WIDTH, CARD_HEIGHT) } else { (shown.frame.width, shown.frame.height) };
            let origin = self.board.scene.lanes[shown.lane].origin;
            let place = beside(&self.board.scene, around, way, size);
            at.insert(key.name.clone(), Point { x: place.x - origin.x, y: place.y - origin.y });
        }
        let Some(mut edits) = self.importing(key.lane, [kind.as_str()]) else { return };
        let Some(session) = &self.session else { return };
        let names = [key.name.clone()];
        let made = match clipboard::duplicate_at(session.documents(), &lane, &names, &at) {
            Ok(made) => made,
            Err(error) => return self.view.toast(true, error.to_string(), None),
        };
        let Some(to) = made.names.first().cloned() else { return };
        edits.extend(self.hold_around(&[around]));
        edits.push(made.edit);
        edits.push(Edit::Connect { lane, from: key.name.clone(), to, kind });
        self.edit(&Edit::All { label: format!("copy {} and connect it", key.name), edits });
    }

    /// The edits that hold what nobody placed around some nodes where it stands, so that nothing makes way for what comes
    /// to them.
    pub(super) fn hold_around(&self, around: &[NodeIndex]) -> Vec<Edit> {
        let places = unplaced_around(&self.board.inputs(), &self.board.scene, around);
        self.moves(self.board.keyed(places))
    }
}
