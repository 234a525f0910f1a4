//! The status bar: what is saved, how much there is, what runs, what undo would take back.

use egui::{Align, Layout, RichText, Ui};

use crate::diag::{Severity, counted};
use crate::gui::board::Board;
use crate::gui::theme::tokens;
use crate::gui::view::View;

/// The bar. `undo` names the step that undo takes back, `unsaved` counts files that differ from what is drawn.
pub fn status_bar_ui(ui: &mut Ui, board: &Board, view: &View, undo: Option<&str>, unsaved: usize) {
    let tokens = tokens(ui.ctx());
    let quiet = |text: String| RichText::new(text).size(11.0).color(tokens.weak);
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 18.0;
        let saved =
            if unsaved == 0 { "saved".to_owned() } else { format!("{} not saved", counted(unsaved, "file")) };
        let (rect, _) = ui.allocate_exact_size(egui::vec2(2.0, 12.0), egui::Sense::hover());
        let dot = if unsaved == 0 { tokens.weak } else { tokens.accent };
        ui.painter().circle_filled(rect.center(), 4.0, dot);
        ui.label(quiet(saved));
        ui.label(quiet(counted(board.lanes.len(), "blueprint")));
        ui.label(quiet(counted(board.scene.nodes.len(), "node")));
        let (errors, warnings) = (board.errors(), board.problems.count(Severity::Warning));
        if errors + warnings > 0 {
            ui.label(quiet(format!("{} · {}", counted(errors, "error"), counted(warnings, "warning"))));
        }
        let (_, done, all) = board.progress();
        if all > 0 {
            ui.label(quiet(format!("{done} of {all} operations done")));
        }
        if board.lanes.iter().any(|view| view.state.rehearsed) {
            ui.label(quiet("rehearsed: nothing outside this window was touched".to_owned()));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(quiet(format!("{:.0} %", view.camera.zoom * 100.0)));
            if let Some(step) = undo {
                ui.label(quiet(format!("undo: {step}")));
            }
        });
    });
}
