//! The minimap: the whole picture small, and what of it is seen.

use egui::{Rect, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, WidgetType, pos2, vec2};

use super::pen::Pen;
use crate::gui::board::Board;
use crate::gui::view::View;

const SIZE: Vec2 = Vec2 { x: 168.0, y: 104.0 };

/// In the lower right corner; a click or drag looks there.
pub fn minimap_ui(ui: &mut Ui, pen: &Pen, board: &Board, view: &mut View, area: Rect) {
    let bounds = board.scene.bounds;
    let seen = view.camera.seen(area.size());
    // Nothing to find when all of it is in sight, and no room for it in a small window.
    if board.scene.nodes.is_empty() || seen.encloses(&bounds) || area.width() < 520.0 || area.height() < 260.0
    {
        return;
    }
    let place = Rect::from_min_size(area.max - SIZE - vec2(12.0, 12.0), SIZE);
    let response = ui.interact(place, ui.id().with("minimap"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Other, true, "minimap"));
    let tokens = pen.tokens;
    pen.painter.rect(place, 8, tokens.panel, Stroke::new(1.0, tokens.border), StrokeKind::Inside);
    let inner = place.shrink(8.0);
    let scale = (inner.width() / bounds.width.max(1.0)).min(inner.height() / bounds.height.max(1.0));
    let corner = inner.center() - vec2(bounds.width, bounds.height) * scale / 2.0;
    let small = |frame: &crate::model::Frame| {
        let min = corner + vec2(frame.x - bounds.x, frame.y - bounds.y) * scale;
        Rect::from_min_size(min, vec2(frame.width, frame.height) * scale)
    };
    for (lane, shown) in board.scene.lanes.iter().zip(&board.lanes) {
        let color = tokens.family(shown.family);
        pen.painter.rect(small(&lane.frame), 2, tokens.lane, Stroke::new(1.2, color), StrokeKind::Inside);
    }
    for node in board.scene.nodes.iter().take(400).filter(|node| node.parent.is_none()) {
        pen.painter.rect_filled(small(&node.frame), 1, tokens.family(node.family).gamma_multiply(0.6));
    }
    let window = small(&seen).intersect(place.shrink(2.0));
    pen.painter.rect_stroke(window, 2, Stroke::new(1.5, tokens.accent), StrokeKind::Inside);
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.dragged() || response.clicked()) {
        let point = (at - corner) / scale + vec2(bounds.x, bounds.y);
        let middle = pos2(point.x, point.y).to_vec2();
        view.fit = false;
        view.camera.look = middle - area.size() / 2.0 / view.camera.zoom;
    }
}
