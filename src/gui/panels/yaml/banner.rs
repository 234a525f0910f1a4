//! What stands over the picture while it is not what the text says: the text is broken.

use egui::{
    Align2, Area, Button, Context, Frame, Order, Rect, RichText, Stroke, WidgetInfo, WidgetType, vec2,
};

use crate::gui::board::Board;
use crate::gui::status::{self, Status};
use crate::gui::theme::tokens;
use crate::gui::view::{View, Wish};

/// One line for each lane whose text can't be read, with its first error.
pub fn stale_ui(ctx: &Context, board: &Board, view: &mut View, canvas: Rect) {
    let tokens = tokens(ctx);
    let broken: Vec<usize> =
        (0..board.lanes.len()).filter(|number| board.lanes[*number].lane.is_stale).collect();
    if broken.is_empty() {
        return;
    }
    let place = canvas.center_top() + vec2(0.0, 8.0);
    let area = Area::new(egui::Id::new("broken texts")).order(Order::Middle).fixed_pos(place);
    area.pivot(Align2::CENTER_TOP).show(ctx, |ui| {
        let stroke = Stroke::new(1.2, tokens.status(Status::Warning));
        Frame::popup(ui.style()).stroke(stroke).show(ui, |ui| {
            for number in broken {
                let lane = &board.lanes[number].lane;
                // What else is wrong most often follows from where the text breaks.
                let breaks = lane.diagnostics.iter().find(|problem| problem.code == "syntax");
                let error = breaks.or_else(|| lane.diagnostics.first_error());
                let line = error.and_then(|error| error.place.as_ref()).map(|place| place.span.line);
                let what = error.map_or("", |error| error.message.as_str());
                let place = line.map_or(String::new(), |line| format!(", line {line}"));
                let text =
                    format!("{}{place}: {what}. The picture is the last one that could be read.", lane.name);
                ui.horizontal(|ui| {
                    let (rect, _) = ui.allocate_exact_size(vec2(16.0, 16.0), egui::Sense::hover());
                    status::glyph(ui.painter(), rect.center(), 5.5, Status::Warning, tokens);
                    ui.add(egui::Label::new(RichText::new(&text).size(12.0)).extend());
                    if let Some(line) = line {
                        let button = ui.add(Button::new(format!("Show line {line}")).small());
                        let spoken = format!("Show line {line} of {}", lane.name);
                        button.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, &spoken));
                        if button.clicked() {
                            view.wish(Wish::ShowLine { lane: number, line });
                        }
                    }
                });
            }
        });
    });
}
