//! The ends of the picked line: knobs that are dragged to another node.

use egui::{CursorIcon, PointerButton, Rect, Sense, Stroke, Ui, WidgetInfo, WidgetType, vec2};

use super::pen::Pen;
use super::picking::Line;
use super::pulling::{Pull, Start};
use crate::gui::board::Board;
use crate::gui::rewiring::End;
use crate::gui::view::View;
use crate::scene::Link;

/// How far from the node its end's knob is, on the screen: nearer it would lie on the handle of the node.
const AWAY: f32 = 15.0;

/// Knobs at both ends of a line.
pub fn ends_ui(ui: &mut Ui, pen: &Pen, board: &Board, view: &mut View, link: &Link, line: &Line) {
    let Line::Link { from, to, kind } = line else { return };
    let Some(wire) = board.wire(from, to, *kind) else { return };
    let points = link.course.points();
    let length: f32 =
        points.windows(2).map(|pair| (pair[1].x - pair[0].x).hypot(pair[1].y - pair[0].y)).sum();
    let share = (AWAY / pen.camera.zoom / length.max(1.0)).min(0.3);
    for (at_start, share, node) in [(true, share, from), (false, 1.0 - share, to)] {
        let place = pen.pos(link.course.at(share));
        let rect = Rect::from_center_size(place, vec2(14.0, 14.0));
        if !pen.painter.clip_rect().contains_rect(rect) {
            continue;
        }
        let response = ui.interact(rect, ui.id().with(("end", from, to, at_start)), Sense::drag());
        let word = if at_start { "start" } else { "end" };
        let spoken = format!("{word} of line {} → {}", from.name, to.name);
        response.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
        let fill = if response.hovered() { pen.tokens.accent } else { pen.tokens.panel };
        pen.painter.rect(
            Rect::from_center_size(place, vec2(8.0, 8.0)),
            2,
            fill,
            Stroke::new(1.5, pen.tokens.accent),
            egui::StrokeKind::Middle,
        );
        if response.hovered() {
            ui.ctx().set_cursor_icon(CursorIcon::Grab);
        }
        if response.drag_started_by(PointerButton::Primary) {
            let end = if *node == wire.owner { End::Owner } else { End::Target };
            let fixed = if at_start { link.course.end() } else { link.course.start() };
            view.fit = false;
            view.pull = Some(Pull::new(board, Start::End { wire: wire.clone(), end, fixed }));
        }
        response.on_hover_text("Drag it to another node; Esc leaves it");
    }
}
