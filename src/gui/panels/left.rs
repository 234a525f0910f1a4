//! The panel at the left: the palette of types or the outline.

use egui::{RichText, Ui};

use super::outline::outline_ui;
use super::types::types_ui;
use crate::gui::board::Board;
use crate::gui::view::{Left, View};

/// Both as tabs.
pub fn left_ui(ui: &mut Ui, board: &Board, view: &mut View) {
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        for (left, label) in [(Left::Palette, "Palette"), (Left::Outline, "Outline")] {
            if ui.selectable_label(view.left == left, RichText::new(label).strong()).clicked() {
                view.left = left;
            }
        }
    });
    match view.left {
        Left::Palette => types_ui(ui, board, view),
        Left::Outline => outline_ui(ui, board, view),
    }
}
