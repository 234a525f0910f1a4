//! What a drag lies in line with, and how far it is from its neighbours: thin lines with small numbers.

use egui::{Align2, FontId, Rect, Stroke, Ui, WidgetInfo, WidgetType, vec2};

use super::dragging::Reach;
use super::pen::Pen;
use crate::gui::status::Status;

/// Guides and distances.
pub fn guides_ui(ui: &mut Ui, pen: &Pen, reach: &Reach) {
    let stroke = Stroke::new(1.0, pen.tokens.status(Status::Changed));
    for (from, to) in &reach.lines {
        pen.painter.line_segment([pen.pos(*from), pen.pos(*to)], stroke);
    }
    for gap in &reach.gaps {
        let (from, to) = (pen.pos(gap.from), pen.pos(gap.to));
        let level = (from.y - to.y).abs() < 0.1;
        let end = if level { vec2(0.0, 3.0) } else { vec2(3.0, 0.0) };
        pen.painter.line_segment([from, to], stroke);
        for place in [from, to] {
            pen.painter.line_segment([place - end, place + end], stroke);
        }
        let text = format!("{:.0}", gap.length());
        let galley = pen.painter.layout_no_wrap(text, FontId::proportional(10.5), pen.tokens.text);
        let middle = from + (to - from) / 2.0;
        // On the line where it is long enough, else beside it.
        let room = if level {
            (to.x - from.x).abs() - galley.size().x
        } else {
            (to.y - from.y).abs() - galley.size().y
        };
        let beside = if level { vec2(0.0, -10.0) } else { vec2(galley.size().x / 2.0 + 8.0, 0.0) };
        let at = if room > 8.0 { middle } else { middle + beside };
        let rect = Align2::CENTER_CENTER.anchor_size(at, galley.size());
        pen.painter.rect_filled(rect.expand2(vec2(3.0, 0.0)), 3, pen.tokens.canvas);
        pen.painter.galley(rect.min, galley, pen.tokens.text);
    }
    let Some(place) = ui.ctx().pointer_latest_pos() else { return };
    let Some(told) = told(reach) else { return };
    let response = ui.interact(
        Rect::from_center_size(place, vec2(1.0, 1.0)),
        ui.id().with("guides"),
        egui::Sense::hover(),
    );
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Label, true, &told));
}

/// The same in words.
fn told(reach: &Reach) -> Option<String> {
    let upright = reach.lines.iter().filter(|(from, to)| (from.x - to.x).abs() < 0.1).count();
    let line = match (upright, reach.lines.len() - upright) {
        (0, 0) => None,
        (0, _) => Some("in a row"),
        (_, 0) => Some("in a column"),
        _ => Some("in a row and a column"),
    };
    let lengths: Vec<String> = reach.gaps.iter().map(|gap| format!("{:.0}", gap.length())).collect();
    match (line, lengths.is_empty()) {
        (None, true) => None,
        (Some(line), true) => Some(line.to_owned()),
        (line, false) => {
            let line = line.unwrap_or("even distances");
            Some(format!("{line}, distances {}", lengths.join(", ")))
        }
    }
}
