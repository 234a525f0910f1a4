//! The Outputs tab: what each deployment tells others, since when, who reads it, and who still has an older value.

use egui::{Grid, RichText, ScrollArea, Ui, WidgetInfo, WidgetType};

use super::events::clock;
use crate::gui::board::Board;
use crate::gui::freshness;
use crate::gui::status::{self, Status};
use crate::gui::theme::tokens;
use crate::gui::view::{View, Wish};
use crate::scene::{FlowStart, Tag};

/// Outputs of all lanes, as far as they are known.
pub fn outputs_ui(ui: &mut Ui, board: &Board, view: &mut View) {
    let tokens = tokens(ui.ctx());
    if board.scene.tags.is_empty() {
        ui.add_space(8.0);
        ui.weak("No blueprint has outputs. Select a lane and add one under Outputs, or pull a line between lanes.");
        return;
    }
    ScrollArea::both().auto_shrink(false).id_salt("outputs").show(ui, |ui| {
        Grid::new("outputs").num_columns(5).spacing([18.0, 5.0]).show(ui, |ui| {
            for head in ["Lane", "Output", "Value", "Told", "Read by"] {
                ui.label(RichText::new(head).size(11.0).color(tokens.weak));
            }
            ui.end_row();
            for (number, tag) in board.scene.tags.iter().enumerate() {
                row_ui(ui, board, view, number, tag);
                ui.end_row();
            }
        });
    });
}

fn row_ui(ui: &mut Ui, board: &Board, view: &mut View, number: usize, tag: &Tag) {
    let tokens = tokens(ui.ctx());
    let lane = board.lanes.get(tag.lane);
    let name = lane.map_or("", |shown| shown.lane.name.as_str());
    if ui.link(RichText::new(name).size(12.0).color(tokens.weak)).clicked() {
        view.wish(Wish::SelectLane(tag.lane));
    }
    let spoken = format!("go to output {}", tag.label());
    let link = ui.link(RichText::new(tag.label()).monospace().size(12.0));
    link.widget_info(|| WidgetInfo::labeled(WidgetType::Link, true, &spoken));
    if link.on_hover_text("Shows its line").clicked() {
        let path = crate::diag::Path::of(["outputs", tag.path.first().map_or("", String::as_str)]);
        if let Some(place) = lane.and_then(|shown| shown.lane.reading.source_map.key(&path)) {
            view.wish(Wish::ShowPlace { file: place.file.to_string(), line: place.span.line });
        }
    }
    match board.output(tag) {
        Some(value) => {
            let rehearsed = lane.is_some_and(|shown| shown.state.rehearsed);
            let text = value.to_string();
            let text = RichText::new(text).monospace().size(12.0);
            ui.horizontal(|ui| {
                ui.label(text);
                if rehearsed {
                    ui.label(RichText::new("rehearsed").size(11.0).color(tokens.weak));
                }
            });
            match board.since(tag) {
                Some(since) => {
                    let time = clock(since);
                    let time = time.split('.').next().unwrap_or_default();
                    let label = ui.label(RichText::new(time).monospace().size(11.0).color(tokens.weak));
                    label.on_hover_ui(|ui| drop(ui.label(freshness::age(since))));
                }
                None => drop(ui.label("")),
            }
        }
        None => {
            ui.label(RichText::new("not known yet").size(12.0).color(tokens.weak));
            ui.label("");
        }
    }
    readers_ui(ui, board, view, number);
}

/// The nodes that read an output, and what some of them still have.
fn readers_ui(ui: &mut Ui, board: &Board, view: &mut View, number: usize) {
    let tokens = tokens(ui.ctx());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let readers = board.readers_of(number);
        if readers.is_empty() {
            ui.label(RichText::new("nobody").size(12.0).color(tokens.weak));
        }
        for (key, property) in readers {
            let name =
                if property.is_empty() { key.name.clone() } else { format!("{}.{property}", key.name) };
            let spoken = format!("reader {name}");
            let link = ui.link(RichText::new(&name).size(12.0));
            link.widget_info(|| WidgetInfo::labeled(WidgetType::Link, true, &spoken));
            if link.clicked() {
                view.wish(Wish::Select { nodes: vec![key], add: false, show: true });
            }
        }
        let stale = board.scene.flows.iter().any(|flow| {
            matches!(flow.start, FlowStart::Tag(tag) if tag == number) && board.newer(flow).is_some()
        });
        if stale {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(14.0, 14.0), egui::Sense::hover());
            status::glyph(ui.painter(), rect.center(), 5.0, Status::Changed, tokens);
            ui.label(RichText::new("stale: deploy the reader to hand it on").size(11.5));
        }
    });
}
