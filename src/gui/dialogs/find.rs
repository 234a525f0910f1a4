//! The find bar: text in the blueprints, and so in the names and types of everything on the canvas.

use egui::{
    Align2, Area, Button, Context, Frame, Key, Modifiers, Order, TextEdit, WidgetInfo, WidgetType, vec2,
};

use crate::gui::board::Board;
use crate::gui::view::{NodeKey, View, Wish};

/// Every line that holds `text`, whatever its case: lane, line from 1, and the node that the line belongs to.
pub fn places(board: &Board, text: &str) -> Vec<(usize, u32, Option<NodeKey>)> {
    let wanted = text.trim().to_lowercase();
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (lane, shown) in board.lanes.iter().enumerate() {
        let source = &shown.lane.source;
        for (index, _) in
            source.text.lines().enumerate().filter(|(_, line)| line.to_lowercase().contains(&wanted))
        {
            let line = index as u32 + 1;
            let path = shown.lane.reading.source_map.at_line(&source.name, line);
            let node = path.as_ref().and_then(|path| path.node());
            found.push((lane, line, node.map(|name| NodeKey { lane, name: name.to_owned() })));
        }
    }
    found
}

/// The bar, when it is open.
pub fn find_ui(ctx: &Context, board: &Board, view: &mut View) {
    if !view.find.open {
        return;
    }
    if ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        view.find.open = false;
        return;
    }
    let area = Area::new(egui::Id::new("find")).order(Order::Foreground);
    area.anchor(Align2::CENTER_TOP, vec2(0.0, 52.0)).show(ctx, |ui| {
        Frame::popup(ui.style()).show(ui, |ui| {
            ui.horizontal(|ui| {
                let field = TextEdit::singleline(&mut view.find.text).hint_text("Find").desired_width(240.0);
                let field = ui.add(field);
                field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, "Find text"));
                if std::mem::take(&mut view.find.focus) {
                    field.request_focus();
                }
                let count = places(board, &view.find.text).len();
                if field.changed() {
                    view.find.at = 0;
                    view.wish(Wish::Find(0));
                }
                let (enter, back) = ui.input(|input| (input.key_pressed(Key::Enter), input.modifiers.shift));
                if field.lost_focus() && enter {
                    view.wish(Wish::Find(if back { -1 } else { 1 }));
                    field.request_focus();
                }
                let at = if count == 0 { 0 } else { view.find.at.min(count - 1) + 1 };
                ui.weak(format!("{at} of {count}"));
                for (label, spoken, by) in [("▲", "Previous match", -1), ("▼", "Next match", 1)] {
                    let button = ui.add_enabled(count > 0, Button::new(label).small());
                    button.widget_info(|| WidgetInfo::labeled(WidgetType::Button, count > 0, spoken));
                    if button.on_hover_text(spoken).clicked() {
                        view.wish(Wish::Find(by));
                    }
                }
                let close = ui.add(Button::new("×").frame(false));
                close.widget_info(|| WidgetInfo::labeled(WidgetType::Button, true, "Close find"));
                if close.clicked() {
                    view.find.open = false;
                }
            });
        });
    });
}
