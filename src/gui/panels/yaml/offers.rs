//! [`Offers`]: a short list at the caret of what could be written there: names, or mends of a problem.
//!
//! Does not know where the list comes from.

use std::ops::Range;

use egui::{
    Area, Context, Frame, Key, Order, Pos2, RichText, ScrollArea, Sense, WidgetInfo, WidgetType, vec2,
};

use super::buffer::{Buffer, Motion};
use crate::gui::theme::tokens;

/// Rows that are shown at once.
const ROWS: usize = 9;

/// One thing that could be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What is read in the list.
    pub text: String,
    /// What it is: `node type`, `input`.
    pub what: String,
    /// More about it; may be empty.
    pub doc: String,
    /// The stretch of the text that it stands for.
    pub range: Range<usize>,
    /// What is written there.
    pub with: String,
    /// How far before its end the caret stands then.
    pub back: usize,
    /// What the step of undo is called; typing if none.
    pub step: Option<String>,
}

/// The list, when there is one.
#[derive(Debug, Default)]
pub struct Offers {
    list: Vec<Offer>,
    chosen: usize,
}

impl Offers {
    /// Shows a list; nothing if it is empty. What was chosen stays chosen.
    pub fn open(&mut self, list: Vec<Offer>) {
        let before = self.list.get(self.chosen).map(|offer| offer.text.clone());
        let again = before.and_then(|text| list.iter().position(|offer| offer.text == text));
        self.chosen = if self.chosen == 0 { 0 } else { again.unwrap_or(0) };
        self.list = list;
    }

    /// Whether something is offered.
    pub fn is_open(&self) -> bool {
        !self.list.is_empty()
    }

    /// Takes the list away.
    pub fn close(&mut self) {
        self.list.clear();
        self.chosen = 0;
    }

    /// What a key does to the list: none if the key is not for it, else the name of the step that it made.
    pub fn key(&mut self, key: Key, buffer: &mut Buffer) -> Option<Option<String>> {
        if self.list.is_empty() {
            return None;
        }
        let last = self.list.len() - 1;
        match key {
            Key::ArrowDown => self.chosen = if self.chosen == last { 0 } else { self.chosen + 1 },
            Key::ArrowUp => self.chosen = self.chosen.checked_sub(1).unwrap_or(last),
            Key::PageDown => self.chosen = (self.chosen + ROWS).min(last),
            Key::PageUp => self.chosen = self.chosen.saturating_sub(ROWS),
            Key::Enter | Key::Tab => return Some(self.take(self.chosen, buffer)),
            Key::Escape => self.close(),
            _ => return None,
        }
        Some(None)
    }

    /// Writes what is offered in a row; the name of the step.
    pub fn take(&mut self, row: usize, buffer: &mut Buffer) -> Option<String> {
        let offer = self.list.get(row).cloned();
        self.close();
        let offer = offer?;
        buffer.replace(offer.range, &offer.with);
        buffer.go(Motion::To(buffer.caret() - offer.back.min(offer.with.len())), false);
        offer.step
    }

    /// What there is to say of the chosen row, below the list.
    fn doc_ui(&self, ui: &mut egui::Ui) {
        let Some(offer) = self.list.get(self.chosen).filter(|offer| !offer.doc.is_empty()) else { return };
        let weak = tokens(ui.ctx()).weak;
        ui.separator();
        let lines: Vec<&str> = offer.doc.lines().take(5).collect();
        ui.add(egui::Label::new(RichText::new(lines.join("\n")).size(11.5).color(weak)).wrap());
    }

    /// The list below `at`; gives the row that was clicked.
    pub fn ui(&self, ctx: &Context, at: Pos2, line: f32) -> Option<usize> {
        if self.list.is_empty() {
            return None;
        }
        let tokens = tokens(ctx);
        let rows = self.list.len().min(ROWS) as f32;
        let screen = ctx.content_rect();
        let doc = if self.list.iter().any(|offer| !offer.doc.is_empty()) { 60.0 } else { 0.0 };
        let high = rows * 20.0 + 12.0 + doc;
        let up = at.y + line + high > screen.bottom();
        let (corner, pivot) =
            if up { (at, egui::Align2::LEFT_BOTTOM) } else { (at + vec2(0.0, line), egui::Align2::LEFT_TOP) };
        let mut clicked = None;
        let area = Area::new(egui::Id::new("offers")).order(Order::Foreground).fixed_pos(corner);
        area.pivot(pivot).constrain(true).show(ctx, |ui| {
            Frame::popup(ui.style()).inner_margin(4).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.set_width(430.0);
                ScrollArea::vertical().max_height(ROWS as f32 * 20.0).id_salt("offers").show(ui, |ui| {
                    for (row, offer) in self.list.iter().enumerate() {
                        let (rect, response) = ui.allocate_exact_size(vec2(422.0, 20.0), Sense::click());
                        let chosen = row == self.chosen;
                        if chosen || response.hovered() {
                            ui.painter().rect_filled(rect, 3, tokens.chosen);
                        }
                        if chosen {
                            ui.scroll_to_rect_animation(rect, None, egui::style::ScrollAnimation::none());
                        }
                        let mut inside =
                            ui.new_child(egui::UiBuilder::new().max_rect(rect.shrink2(vec2(6.0, 1.0))));
                        inside.horizontal(|ui| {
                            ui.add(
                                egui::Label::new(RichText::new(&offer.text).monospace().size(12.0))
                                    .selectable(false),
                            );
                            let told =
                                format!("{}  {}", offer.what, offer.doc.lines().next().unwrap_or_default());
                            let told = RichText::new(told.trim().to_owned()).size(11.0).color(tokens.weak);
                            ui.add(egui::Label::new(told).truncate().selectable(false));
                        });
                        let spoken = format!("offer {}: {}", offer.what, offer.text);
                        response
                            .widget_info(|| WidgetInfo::selected(WidgetType::Button, true, chosen, &spoken));
                        let response =
                            if offer.doc.is_empty() { response } else { response.on_hover_text(&offer.doc) };
                        if response.clicked() {
                            clicked = Some(row);
                        }
                    }
                });
                self.doc_ui(ui);
            });
        });
        clicked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_choose_and_write() {
        let offer = |text: &str| Offer {
            text: text.to_owned(),
            what: "key".to_owned(),
            doc: String::new(),
            range: 0..2,
            with: format!("{text}: "),
            back: 0,
            step: None,
        };
        let (mut buffer, mut offers) = (Buffer::default(), Offers::default());
        buffer.set(&"ty".into(), true);
        assert_eq!(offers.key(Key::Enter, &mut buffer), None, "nothing is offered: the key is for the text");
        offers.open(vec![offer("tag"), offer("type")]);
        assert_eq!(offers.key(Key::ArrowUp, &mut buffer), Some(None));
        assert_eq!(offers.key(Key::Tab, &mut buffer), Some(None));
        assert_eq!((&**buffer.text(), offers.is_open()), ("type: ", false));
    }
}
