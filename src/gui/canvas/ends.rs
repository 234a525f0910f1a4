//! The ends of the picked line: knobs that are dragged to another node, or another value.

use egui::{CursorIcon, PointerButton, Rect, Response, Sense, Stroke, Ui, WidgetInfo, WidgetType, vec2};

use super::pen::Pen;
use super::picking::Line;
use super::pulling::{Pull, Start};
use crate::gui::board::Board;
use crate::gui::rereading::ValueEnd;
use crate::gui::rewiring::End;
use crate::gui::view::View;
use crate::scene::{Course, Link};

/// How far from the node its end's knob is, on the screen: nearer it would lie on the handle of the node.
const AWAY: f32 = 15.0;

/// Knobs at both ends of a line.
pub fn ends_ui(ui: &mut Ui, pen: &Pen, board: &Board, view: &mut View, link: &Link, line: &Line) {
    let Line::Link { from, to, kind } = line else { return };
    let Some(wire) = board.wire(from, to, *kind) else { return };
    for (at_start, node) in [(true, from), (false, to)] {
        let word = if at_start { "start" } else { "end" };
        let spoken = format!("{word} of line {} → {}", from.name, to.name);
        let Some(response) = knob(ui, pen, &link.course, at_start, &spoken) else { continue };
        if response.drag_started_by(PointerButton::Primary) {
            let end = if *node == wire.owner { End::Owner } else { End::Target };
            let fixed = if at_start { link.course.end() } else { link.course.start() };
            view.fit = false;
            view.pull = Some(Pull::new(board, Start::End { wire: wire.clone(), end, fixed }));
        }
        pen.tip(response, "Drag it to another node; Esc leaves it");
    }
}

/// Knobs at both ends of a line of values; where a proxy takes an output over, only the output can be another one.
pub fn value_ends_ui(ui: &mut Ui, pen: &Pen, board: &Board, view: &mut View, number: usize) {
    let flow = &board.scene.flows[number];
    let readings = board.readings(flow);
    if readings.is_empty() {
        return;
    }
    let reader = &board.scene.nodes[flow.end].name;
    let ends = [(true, ValueEnd::Source), (false, ValueEnd::Reader)];
    let movable = ends.into_iter().filter(|(at_start, _)| *at_start || !flow.property.is_empty());
    for (at_start, end) in movable {
        let word = if at_start { "start" } else { "end" };
        let spoken = format!("{word} of value {} → {reader}", flow.label);
        let Some(response) = knob(ui, pen, &flow.course, at_start, &spoken) else { continue };
        if response.drag_started_by(PointerButton::Primary) {
            let fixed = if at_start { flow.course.end() } else { flow.course.start() };
            view.fit = false;
            view.pull = Some(Pull::new(board, Start::Value { readings: readings.clone(), end, fixed }));
        }
        let told = match end {
            ValueEnd::Source => "Drag it to another output, or to a node of another lane; Esc leaves it",
            ValueEnd::Reader => "Drag it to where the value is to be read; Esc leaves it",
        };
        pen.tip(response, told);
    }
}

/// A knob near an end of a line.
fn knob(ui: &mut Ui, pen: &Pen, course: &Course, at_start: bool, spoken: &str) -> Option<Response> {
    let points = course.points();
    let length: f32 =
        points.windows(2).map(|pair| (pair[1].x - pair[0].x).hypot(pair[1].y - pair[0].y)).sum();
    let share = (AWAY / pen.camera.zoom / length.max(1.0)).min(0.3);
    let place = pen.pos(course.at(if at_start { share } else { 1.0 - share }));
    let rect = Rect::from_center_size(place, vec2(14.0, 14.0));
    if !pen.painter.clip_rect().contains_rect(rect) {
        return None;
    }
    let response = ui.interact(rect, ui.id().with(("end", spoken)), Sense::drag());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, spoken));
    let fill = if response.hovered() { pen.tokens.accent } else { pen.tokens.panel };
    let stroke = Stroke::new(1.5, pen.tokens.accent);
    let square = Rect::from_center_size(place, vec2(8.0, 8.0));
    pen.painter.rect(square, 2, fill, stroke, egui::StrokeKind::Middle);
    if response.hovered() {
        ui.ctx().set_cursor_icon(CursorIcon::Grab);
    }
    Some(response)
}
