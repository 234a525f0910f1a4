//! The Problems tab: every diagnostic, the worst first; a click goes to the node and the line, a button mends
//! what can be mended mechanically.

use egui::{Button, RichText, ScrollArea, Sense, Ui, WidgetInfo, WidgetType, vec2};

use crate::diag::{Diagnostic, Segment, Severity};
use crate::gui::board::Board;
use crate::gui::status::{self, Status};
use crate::gui::theme::tokens;
use crate::gui::view::{LaneSection, NodeKey, Section, View, Wish};

/// The list.
pub fn problems_ui(ui: &mut Ui, board: &Board, view: &mut View) {
    let tokens = tokens(ui.ctx());
    if board.problems.is_empty() {
        ui.add_space(8.0);
        ui.weak("No problems. The blueprints can be planned.");
        return;
    }
    ScrollArea::vertical().auto_shrink(false).id_salt("problems").show(ui, |ui| {
        for diagnostic in &board.problems {
            let row = ui.scope(|ui| {
                ui.horizontal(|ui| {
                    let (rect, _) = ui.allocate_exact_size(vec2(16.0, 18.0), Sense::hover());
                    let status = match diagnostic.severity {
                        Severity::Error => Status::Failed,
                        Severity::Warning => Status::Warning,
                        Severity::Hint => Status::Busy,
                    };
                    status::glyph(ui.painter(), rect.center(), 5.5, status, tokens);
                    if let Some(place) = &diagnostic.place {
                        ui.label(RichText::new(place.to_string()).monospace().size(11.0).color(tokens.weak));
                    }
                    ui.label(RichText::new(diagnostic.code).size(11.0).color(tokens.weak));
                    ui.add(egui::Label::new(RichText::new(&diagnostic.message).size(12.5)).truncate());
                });
                for hint in &diagnostic.hints {
                    ui.horizontal(|ui| {
                        ui.add_space(24.0);
                        let text = RichText::new(format!("Hint: {hint}")).size(11.5).color(tokens.weak);
                        ui.add(egui::Label::new(text).truncate());
                    });
                }
            });
            let response = row.response.interact(Sense::click());
            let spoken = format!("problem {}: {}", diagnostic.code, diagnostic.message);
            response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
            if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
                go_to(board, view, diagnostic);
            }
            fix_ui(ui, view, diagnostic);
            ui.separator();
        }
    });
}

/// The button that mends a problem, where there is a mend.
fn fix_ui(ui: &mut Ui, view: &mut View, diagnostic: &Diagnostic) {
    let Some(fix) = &diagnostic.fix else { return };
    ui.horizontal(|ui| {
        ui.add_space(24.0);
        let button = Button::new(RichText::new(format!("Fix: {}", fix.label)).size(11.5)).small();
        if ui.add(button).on_hover_text(format!("Writes it at {}; one step of undo", fix.place)).clicked() {
            view.wish(Wish::Mend(Box::new(fix.clone())));
        }
    });
}

/// Selects the node of a problem and shows its line.
pub fn go_to(board: &Board, view: &mut View, diagnostic: &Diagnostic) {
    let file = diagnostic.place.as_ref().map(|place| place.file.clone());
    let lane = board.lanes.iter().position(|shown| file.as_ref() == Some(&shown.lane.source.name));
    let Some(lane) = lane else { return };
    let node = diagnostic.path.node().filter(|name| board.scene.find(lane, name).is_some());
    match node {
        Some(name) => {
            let key = NodeKey { lane, name: name.to_owned() };
            view.wish(Wish::Select { nodes: vec![key], add: false, show: true });
        }
        None => view.wish(Wish::SelectLane(lane)),
    }
    show_field(board, view, lane, diagnostic);
    if let Some(place) = &diagnostic.place {
        view.wish(Wish::ShowLine { lane, line: place.span.line });
    }
}

/// Has the inspector show the field that a problem is about.
fn show_field(board: &Board, view: &mut View, lane: usize, diagnostic: &Diagnostic) {
    let keys: Vec<&str> = diagnostic
        .path
        .segments()
        .iter()
        .map(|step| match step {
            Segment::Key(key) => &**key,
            Segment::Index(_) => "*",
        })
        .collect();
    match keys.as_slice() {
        ["node_templates", _, "relationships", ..] => view.section = Section::Relationships,
        ["node_templates", _, "interfaces", ..] => view.section = Section::Operations,
        ["node_templates", ..] => view.section = Section::Properties,
        ["inputs", ..] => view.lane_section = LaneSection::Inputs,
        ["outputs", ..] => view.lane_section = LaneSection::Outputs,
        ["capabilities", ..] => view.lane_section = LaneSection::Capabilities,
        _ => return,
    }
    if let Some(shown) = board.lanes.get(lane) {
        view.forms.reveal(&shown.lane.name, &diagnostic.path);
    }
}
