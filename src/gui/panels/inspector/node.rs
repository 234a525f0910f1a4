//! The selected node, or what several nodes have in common.

use egui::{RichText, Ui};

use super::{head, link, live, operations, properties, relations, scaling, scrolled_ui};
use crate::gui::board::{Board, LaneView};
use crate::gui::panels::tabs;
use crate::gui::status::Status;
use crate::gui::view::{NodeKey, Section, View};
use crate::scene::Family;

/// One node.
pub fn node_ui(ui: &mut Ui, board: &Board, view: &mut View, key: &NodeKey) {
    let Some(node) = board.node(key).cloned() else { return };
    let Some(shown) = board.lanes.get(key.lane) else { return };
    let status = shown.statuses.get(&key.name);
    head(
        ui,
        Family::of(&node),
        &key.name,
        &node.type_name,
        status.map_or(Status::Absent, |known| known.status),
    );
    if let Some(known) = status {
        let rehearsed = if known.rehearsed { " · rehearsed" } else { "" };
        ui.label(RichText::new(format!("{}{rehearsed}", known.word)).size(11.5));
        if let Some(changed) = known.changed() {
            let all = known.differences.join("\n");
            ui.add(egui::Label::new(RichText::new(changed).size(11.5)).wrap()).on_hover_text(all);
        }
    }
    tabs::row_ui(ui, |ui| {
        for (section, label) in [
            (Section::Properties, "Properties"),
            (Section::Relationships, "Relations"),
            (Section::Operations, "Operations"),
            (Section::Live, "Runtime"),
        ] {
            if tabs::tab_ui(ui, label, view.section == section).clicked() {
                view.section = section;
            }
        }
    });
    broken_ui(ui, shown);
    scrolled_ui(ui, |ui| {
        if shown.lane.is_stale && view.section != Section::Live {
            ui.disable();
        }
        match view.section {
            Section::Properties => {
                properties::properties_ui(ui, board, view, std::slice::from_ref(key));
                scaling::scaling_ui(ui, board, view, key, &node);
            }
            Section::Relationships => relations::relationships_ui(ui, board, view, key, &node),
            Section::Operations => operations::operations_ui(ui, board, view, key, &node),
            Section::Live => live::runtime_ui(ui, shown, key),
        }
        ui.add_space(8.0);
        live::why_ui(ui, board, view, key);
    });
}

/// Why nothing can be changed here: the text is broken.
pub fn broken_ui(ui: &mut Ui, shown: &LaneView) {
    if shown.lane.is_stale {
        let text = "The text of this lane is broken: mend it first. What stands here may be old.";
        ui.horizontal_top(|ui| {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(14.0, 16.0), egui::Sense::hover());
            let tokens = crate::gui::theme::tokens(ui.ctx());
            crate::gui::status::glyph(ui.painter(), rect.center(), 5.0, Status::Warning, tokens);
            ui.add(egui::Label::new(RichText::new(text).size(11.5)).wrap());
        });
    }
}

/// Several nodes: what they have in common is edited together.
pub fn nodes_ui(ui: &mut Ui, board: &Board, view: &mut View, many: &[NodeKey]) {
    ui.heading(format!("{} nodes", many.len()));
    ui.horizontal_wrapped(|ui| {
        for key in many.iter().take(12) {
            link(ui, view, key);
        }
        if many.len() > 12 {
            ui.weak(format!("and {} more", many.len() - 12));
        }
    });
    ui.separator();
    scrolled_ui(ui, |ui| {
        properties::properties_ui(ui, board, view, many);
    });
}
