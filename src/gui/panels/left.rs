//! The panel at the left: the palette of types or the outline.

use egui::Ui;

use super::outline::outline_ui;
use super::tabs;
use super::types::types_ui;
use crate::gui::board::Board;
use crate::gui::view::{Left, View};

/// Both as tabs.
pub fn left_ui(ui: &mut Ui, board: &Board, view: &mut View) {
    tabs::row_ui(ui, |ui| {
        for (left, label) in [(Left::Palette, "Palette"), (Left::Outline, "Outline")] {
            if tabs::tab_ui(ui, label, view.left == left).clicked() {
                view.left = left;
            }
        }
    });
    match view.left {
        Left::Palette => types_ui(ui, board, view),
        Left::Outline => outline_ui(ui, board, view),
    }
}
