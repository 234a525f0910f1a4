//! Tabs as words with a line under the chosen one.

use egui::{Align2, Color32, Response, Sense, Stroke, Ui, WidgetInfo, WidgetType, vec2};

use crate::gui::theme::{Tokens, semibold, tokens};

/// Letters of a tab.
const SIZE: f32 = 12.5;
/// Height of a row of tabs.
const HEIGHT: f32 = 28.0;

/// One tab of a row; its name is its label.
pub fn tab_ui(ui: &mut Ui, label: &str, chosen: bool) -> Response {
    let tokens = tokens(ui.ctx());
    // As wide as the heavier letters, so that nothing moves when another is chosen.
    let galley = ui.painter().layout_no_wrap(label.to_owned(), semibold(SIZE), tokens.text);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 2.0, HEIGHT), Sense::click());
    response
        .widget_info(|| WidgetInfo::selected(WidgetType::SelectableLabel, ui.is_enabled(), chosen, label));
    if ui.is_rect_visible(rect) {
        let ink = ink(tokens, chosen, response.hovered() || response.has_focus());
        let font = if chosen { semibold(SIZE) } else { egui::FontId::proportional(SIZE) };
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, label, font, ink);
        if chosen {
            underline(ui, rect);
        }
    }
    response
}

/// The line under the chosen tab at `rect`.
pub fn underline(ui: &Ui, rect: egui::Rect) {
    let stroke = Stroke::new(2.0, tokens(ui.ctx()).accent);
    ui.painter().hline(rect.x_range(), rect.bottom() - 1.0, stroke);
}

/// Colour of a tab's letters.
pub fn ink(tokens: &Tokens, chosen: bool, hovered: bool) -> Color32 {
    if chosen || hovered { tokens.text } else { tokens.weak }
}

/// A row of tabs over a thin line.
pub fn row_ui(ui: &mut Ui, tabs: impl FnOnce(&mut Ui)) {
    let row = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        tabs(ui);
    });
    let border = Stroke::new(1.0, tokens(ui.ctx()).border.gamma_multiply(0.7));
    ui.painter().hline(ui.max_rect().x_range(), row.response.rect.bottom(), border);
    ui.add_space(4.0);
}
