//! The text of the selected lane's blueprint: highlighted, numbered, the selected node's lines marked.
//!
//! Read-only: the text is changed elsewhere.

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Color32, FontId, Pos2, Rect, ScrollArea, Sense, Ui, WidgetInfo, WidgetType, pos2, vec2};

use crate::gui::board::Board;
use crate::gui::theme::{Tokens, tokens};
use crate::gui::view::{NodeKey, View, Wish};

const LINE: f32 = 17.0;
const SIZE: f32 = 12.0;

/// The text; a click on a line selects the node that it belongs to.
pub fn yaml_ui(ui: &mut Ui, board: &Board, view: &mut View) {
    let tokens = tokens(ui.ctx());
    let Some(number) = view.lane.or_else(|| (!board.lanes.is_empty()).then_some(0)) else { return };
    let Some(shown) = board.lanes.get(number) else { return };
    let lines: Vec<&str> = shown.lane.source.text.lines().collect();
    let marked: Vec<(u32, u32)> = view
        .selection
        .iter()
        .filter(|key| key.lane == number)
        .filter_map(|key| board.lines(key))
        .filter(|(file, _, _)| *file == shown.lane.source.name)
        .map(|(_, first, last)| (first, last))
        .collect();
    let mut area = ScrollArea::both().auto_shrink(false).id_salt(("yaml", number));
    if let Some(line) = view.scroll_to.take() {
        let target = (line.saturating_sub(3)) as f32 * LINE;
        area = area.vertical_scroll_offset(target.max(0.0));
    }
    let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let mut clicked = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    area.show_rows(ui, LINE, lines.len(), |ui, range| {
        let width = (longest as f32 * 7.3 + 60.0).max(ui.available_width());
        for index in range {
            let line = index as u32 + 1;
            let (rect, response) = ui.allocate_exact_size(vec2(width, LINE), Sense::click());
            let chosen = marked.iter().any(|(first, last)| (*first..=*last).contains(&line));
            if chosen {
                ui.painter().rect_filled(rect, 0, tokens.chosen.gamma_multiply(0.7));
                let edge = Rect::from_min_size(rect.min, vec2(3.0, LINE));
                ui.painter().rect_filled(edge, 0, tokens.accent);
            }
            let spoken = format!("line {line}: {}", lines[index].trim_end());
            response.widget_info(|| WidgetInfo::selected(WidgetType::Label, true, chosen, &spoken));
            ui.ctx().accesskit_node_builder(response.id, |built| built.set_selected(chosen));
            paint(ui, rect, line, lines[index], tokens);
            if response.clicked() {
                clicked = Some(line);
            }
        }
    });
    if let Some(line) = clicked {
        let map = &shown.lane.reading.source_map;
        let node = map.at_line(&shown.lane.source.name, line);
        let node = node.as_ref().and_then(|path| path.node());
        if let Some(name) = node {
            let key = NodeKey { lane: number, name: name.to_owned() };
            view.wish(Wish::Select { nodes: vec![key], add: false, show: true });
        }
    }
}

fn paint(ui: &Ui, rect: Rect, line: u32, text: &str, tokens: &Tokens) {
    let font = FontId::monospace(SIZE);
    let place = pos2(rect.left() + 36.0, rect.center().y);
    let number = ui.painter().layout_no_wrap(line.to_string(), FontId::monospace(10.5), tokens.weak);
    let left: Pos2 = place - vec2(number.size().x, number.size().y / 2.0);
    ui.painter().galley(left, number, tokens.weak);
    let mut job = LayoutJob::default();
    for (part, color) in parts(text, tokens) {
        let format =
            TextFormat { font_id: font.clone(), color, valign: Align::Center, ..TextFormat::default() };
        job.append(part, 0.0, format);
    }
    let galley = ui.painter().layout_job(job);
    let at = pos2(rect.left() + 50.0, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, tokens.text);
}

/// A line in pieces with their colours: comment, key, number, other values.
fn parts<'a>(line: &'a str, tokens: &Tokens) -> Vec<(&'a str, Color32)> {
    let (code, comment) = match comment_start(line) {
        Some(at) => line.split_at(at),
        None => (line, ""),
    };
    let mut parts = Vec::new();
    let body = code.trim_start_matches([' ', '-']);
    let indent = code.len() - body.len();
    parts.push((&code[..indent], tokens.weak));
    let key = body.find(": ").or_else(|| body.trim_end().ends_with(':').then(|| body.trim_end().len() - 1));
    let (key, value) = key.map_or(("", body), |end| body.split_at(end + 1));
    parts.push((key, tokens.key));
    let plain = value.trim();
    let number = plain.parse::<f64>().is_ok() || matches!(plain, "true" | "false" | "null");
    parts.push((value, if number { tokens.number } else { tokens.value }));
    parts.push((comment, tokens.weak));
    parts.retain(|(text, _)| !text.is_empty());
    parts
}

/// Where a comment begins: a `#` at the start or after a space, outside quotes.
fn comment_start(line: &str) -> Option<usize> {
    let mut quote = None;
    let mut before = ' ';
    for (at, character) in line.char_indices() {
        match (quote, character) {
            (None, '#') if before.is_whitespace() => return Some(at),
            (None, '\'' | '"') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
        before = character;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::theme::DARK;

    #[test]
    fn pieces_make_up_the_line() {
        for line in ["  - type: a.b # why", "key:", "x: '# no comment'", "", "  url: http://a:80/", "n: 3"] {
            let joined: String = parts(line, &DARK).into_iter().map(|(text, _)| text).collect();
            assert_eq!(joined, line);
        }
        assert_eq!(parts("n: 3", &DARK).last().map(|(_, color)| *color), Some(DARK.number));
        assert_eq!(comment_start("x: '# no'"), None);
    }
}
