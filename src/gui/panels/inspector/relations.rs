//! What a node needs and what needs it.

use egui::{RichText, Ui};

use super::link;
use crate::check::Node;
use crate::gui::board::Board;
use crate::gui::theme::tokens;
use crate::gui::view::{NodeKey, View};

/// Relationships, both ways.
pub fn relationships_ui(ui: &mut Ui, board: &Board, view: &mut View, key: &NodeKey, node: &Node) {
    let tokens = tokens(ui.ctx());
    let mut row = |ui: &mut Ui, word: &str, other: &str| {
        ui.horizontal(|ui| {
            ui.label(RichText::new(word).size(11.5).color(tokens.weak));
            link(ui, view, &NodeKey { lane: key.lane, name: other.to_owned() });
        });
    };
    ui.strong("Needs");
    for relationship in &node.relationships {
        row(ui, relationship.type_name.rsplit('.').next().unwrap_or_default(), &relationship.target);
    }
    if node.relationships.is_empty() {
        ui.weak("nothing");
    }
    ui.add_space(6.0);
    ui.strong("Needed by");
    let mut none = true;
    for other in board.lanes.get(key.lane).iter().flat_map(|shown| shown.lane.topology.nodes.values()) {
        for relationship in other.relationships.iter().filter(|relationship| relationship.target == key.name)
        {
            none = false;
            row(ui, relationship.type_name.rsplit('.').next().unwrap_or_default(), &other.name);
        }
    }
    if none {
        ui.weak("nothing");
    }
}
