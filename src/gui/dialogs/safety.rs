//! Questions about what could be lost: what an earlier window left behind, and what another program changed.

use egui::{Context, Label, RichText, ScrollArea};

use super::modal;
use crate::gui::freshness;
use crate::gui::theme::tokens;
use crate::gui::view::{View, Wish};

/// Files that are named one by one.
const NAMED: usize = 50;

/// Asks whether what was left behind is drawn again.
pub fn left_behind_ui(ctx: &Context, view: &mut View) {
    let Some(left) = view.left_behind.clone() else { return };
    modal(ctx, "left behind").show(ctx, |ui| {
        ui.set_width(440.0);
        ui.heading("Restore what was not saved?");
        let when = freshness::age(left.recovered.time_ms);
        ui.add(Label::new(format!("The program ended {when} while these files were not saved:")).wrap());
        list_ui(ui, &left.recovered.unsaved);
        if !left.changed.is_empty() {
            ui.add_space(4.0);
            ui.add(
                Label::new(
                    "Since then these were changed on disk; restored, they are drawn as they were before:",
                )
                .wrap(),
            );
            list_ui(ui, &left.changed);
        }
        let text = "Restoring is one step of undo, and writes nothing.";
        ui.label(RichText::new(text).color(tokens(ui.ctx()).weak).size(11.5));
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            if ui.button("Restore").clicked() {
                view.wish(Wish::Recover(true));
            }
            ui.add_space(60.0);
            if ui.button("Forget it").clicked() {
                view.wish(Wish::Recover(false));
            }
        });
    });
}

/// Asks which text of a file is drawn on, where two were changed in the same lines.
pub fn clash_ui(ctx: &Context, view: &mut View) {
    let Some(file) = view.clash.clone() else { return };
    modal(ctx, "clash").show(ctx, |ui| {
        ui.set_width(440.0);
        ui.heading("Changed here and on disk");
        let told = format!("Another program changed {file} in the same lines as you did.");
        ui.add(Label::new(told).wrap());
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let hint = "What you drew stays; saving writes it over the other";
            if ui.button("Keep what is drawn").on_hover_text(hint).clicked() {
                view.wish(Wish::SettleClash(true));
            }
            let hint = "What you drew is one step of undo away";
            if ui.button("Take what is on disk").on_hover_text(hint).clicked() {
                view.wish(Wish::SettleClash(false));
            }
        });
    });
}

fn list_ui(ui: &mut egui::Ui, files: &[String]) {
    ScrollArea::vertical().id_salt(files).max_height(140.0).show(ui, |ui| {
        for file in files.iter().take(NAMED) {
            ui.label(RichText::new(file).monospace().size(11.5));
        }
        if files.len() > NAMED {
            ui.label(format!("and {} more", files.len() - NAMED));
        }
    });
}
