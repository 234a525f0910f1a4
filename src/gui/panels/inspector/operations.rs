//! What a node runs.

use egui::{RichText, Ui};

use super::mono;
use crate::check::Node;
use crate::gui::theme::tokens;
use crate::plan::short_operation_name;

/// Mapped operations.
pub fn operations_ui(ui: &mut Ui, node: &Node) {
    let tokens = tokens(ui.ctx());
    let mut none = true;
    for (name, mapping) in node.operations.iter().filter(|(_, mapping)| !mapping.is_noop()) {
        none = false;
        ui.label(RichText::new(short_operation_name(name)).strong().size(12.0)).on_hover_text(name);
        let runs = if mapping.plugin.is_empty() {
            mapping.operation.clone()
        } else {
            format!("{}.{}", mapping.plugin, mapping.operation)
        };
        ui.add(egui::Label::new(mono(runs).color(tokens.weak)).wrap());
    }
    if none {
        ui.weak("The target realises this type; the blueprint runs nothing of its own.");
    }
}
