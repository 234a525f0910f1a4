//! The Outputs tab: what each deployment tells others.

use egui::{Grid, RichText, ScrollArea, Ui};

use crate::gui::board::Board;
use crate::gui::theme::tokens;

/// Outputs of all lanes, as far as they are known.
pub fn outputs_ui(ui: &mut Ui, board: &Board) {
    let tokens = tokens(ui.ctx());
    if board.scene.tags.is_empty() {
        ui.add_space(8.0);
        ui.weak("No blueprint has outputs.");
        return;
    }
    ScrollArea::vertical().auto_shrink(false).id_salt("outputs").show(ui, |ui| {
        Grid::new("outputs").num_columns(3).spacing([18.0, 5.0]).show(ui, |ui| {
            for tag in &board.scene.tags {
                let lane = board.lanes.get(tag.lane);
                let name = lane.map_or("", |shown| shown.lane.name.as_str());
                ui.label(RichText::new(name).size(12.0).color(tokens.weak));
                ui.label(RichText::new(tag.label()).monospace().size(12.0));
                match board.output(tag) {
                    Some(value) => {
                        let rehearsed = lane.is_some_and(|shown| shown.state.rehearsed);
                        let mark = if rehearsed { "   rehearsed" } else { "" };
                        ui.label(RichText::new(format!("{value}{mark}")).monospace().size(12.0));
                    }
                    None => {
                        ui.label(RichText::new("not known yet").size(12.0).color(tokens.weak));
                    }
                }
                ui.end_row();
            }
        });
    });
}
