//! The Plan tab: waves with what is done, where, and why.

use egui::{Align2, FontId, RichText, ScrollArea, Sense, Ui, WidgetInfo, WidgetType, vec2};

use crate::diag::counted;
use crate::gui::board::{Board, Wave};
use crate::gui::theme::tokens;
use crate::gui::view::{NodeKey, View, Wish};

/// The table of waves.
pub fn plan_ui(ui: &mut Ui, board: &Board, view: &mut View) {
    let Some(waves) = &board.waves else {
        ui.add_space(8.0);
        ui.weak("No plan yet. Plan shows, wave by wave, what deploying would do, and touches nothing.");
        return;
    };
    let summary = &waves.summary;
    let rehearsed = if waves.rehearsed { "rehearsal: nothing outside this window is touched" } else { "" };
    ui.horizontal(|ui| {
        let last = waves.waves.last().map_or(0, |wave| wave.number);
        let told = [(summary.operations, "operation"), (last, "wave"), (summary.create, "instance")];
        ui.strong(told.map(|(number, word)| counted(number, word)).join(" · "));
        ui.weak(rehearsed);
    });
    if waves.waves.is_empty() {
        ui.weak("Nothing to do: everything is as the blueprints say.");
    }
    ScrollArea::vertical().auto_shrink(false).id_salt("plan").show_rows(
        ui,
        24.0,
        waves.waves.len(),
        |ui, range| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for wave in &waves.waves[range] {
                wave_ui(ui, board, view, wave);
            }
        },
    );
}

fn wave_ui(ui: &mut Ui, board: &Board, view: &mut View, wave: &Wave) {
    let tokens = tokens(ui.ctx());
    let width = ui.available_width();
    let (rect, response) = ui.allocate_exact_size(vec2(width, 24.0), Sense::click());
    let lane = board.lanes.get(wave.lane).map_or("", |shown| shown.lane.name.as_str());
    let nodes = wave.nodes.join(" · ");
    let work = wave.work.join(", ");
    let spoken = format!("wave {}: {work} {nodes} of {lane}", wave.number);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
    if response.hovered() {
        ui.painter().rect_filled(rect, 4, tokens.card);
    }
    let middle = rect.left_center();
    ui.painter().circle_filled(middle + vec2(12.0, 0.0), 9.0, tokens.accent);
    let number = FontId::proportional(11.0);
    ui.painter().text(middle + vec2(12.0, 0.0), Align2::CENTER_CENTER, wave.number, number, tokens.on_accent);
    let shares = [0.30, 0.18, 0.14, 0.38];
    let texts = [
        (nodes.as_str(), tokens.text),
        (work.as_str(), tokens.text),
        (lane, tokens.weak),
        (wave.cause.as_str(), tokens.weak),
    ];
    let room = width - 34.0;
    let mut x = 32.0;
    for (share, (text, color)) in shares.into_iter().zip(texts) {
        let mut job =
            egui::text::LayoutJob::simple_singleline(text.to_owned(), FontId::proportional(12.0), color);
        job.wrap = egui::text::TextWrapping::truncate_at_width(room * share - 12.0);
        let galley = ui.painter().layout_job(job);
        let at = middle + vec2(x, -galley.size().y / 2.0);
        ui.painter().galley(at, galley, color);
        x += room * share;
    }
    if response.clicked() {
        let nodes = wave.nodes.iter().map(|name| NodeKey { lane: wave.lane, name: name.clone() }).collect();
        view.wish(Wish::Select { nodes, add: false, show: true });
    }
    let hover = format!("{spoken}\non {}\nbecause {}", wave.targets.join(", "), wave.cause);
    response.on_hover_text(RichText::new(hover));
}
