//! The outline: every lane and node as a tree, complete for keyboard and screen reader whatever the canvas shows.

use egui::{Align2, FontId, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, WidgetType, pos2, vec2};

use crate::gui::board::Board;
use crate::gui::status::{self, Status};
use crate::gui::theme::{semibold, tokens};
use crate::gui::view::{NodeKey, View, Wish};
use crate::scene::NodeIndex;

/// Up to here every row is a widget; beyond, only those in sight are.
const ALL_ROWS: usize = 1000;

/// A lane, or a node in it.
pub struct Row {
    lane: usize,
    node: Option<NodeIndex>,
    depth: usize,
}

/// The tree and its filter.
pub fn outline_ui(ui: &mut Ui, board: &Board, view: &mut View) {
    let filter = TextEdit::singleline(&mut view.filter).hint_text("filter").desired_width(f32::INFINITY);
    let response = ui.add(filter);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, "Filter the outline"));
    ui.add_space(4.0);
    let found;
    let rows = if view.filter.trim().is_empty() {
        board.outline.get_or_init(|| rows(board, ""))
    } else {
        found = rows(board, &view.filter);
        &found
    };
    if rows.is_empty() {
        ui.weak("Nothing matches.");
    }
    let height = 25.0;
    let area = ScrollArea::vertical().auto_shrink(false);
    ui.spacing_mut().item_spacing.y = 0.0;
    if rows.len() <= ALL_ROWS {
        // Every row is there for a screen reader, in sight or not.
        area.show(ui, |ui| rows.iter().for_each(|row| row_ui(ui, board, view, row, height)));
    } else {
        area.show_rows(ui, height, rows.len(), |ui, range| {
            rows.iter()
                .skip(range.start)
                .take(range.len())
                .for_each(|row| row_ui(ui, board, view, row, height));
        });
    }
}

/// Rows in the order of the text, what is held below its holder.
fn rows(board: &Board, filter: &str) -> Vec<Row> {
    let wanted = filter.trim().to_lowercase();
    let matches = |index: NodeIndex| {
        let node = &board.scene.nodes[index];
        wanted.is_empty()
            || node.name.to_lowercase().contains(&wanted)
            || node.type_name.to_lowercase().contains(&wanted)
    };
    let mut rows = Vec::new();
    for lane in 0..board.scene.lanes.len() {
        let top: Vec<NodeIndex> = (0..board.scene.nodes.len())
            .filter(|&index| {
                board.scene.nodes[index].lane == lane && board.scene.nodes[index].parent.is_none()
            })
            .collect();
        let mut found = Vec::new();
        let mut stack: Vec<NodeIndex> = top.into_iter().rev().collect();
        while let Some(index) = stack.pop() {
            let node = &board.scene.nodes[index];
            if matches(index) {
                found.push(Row { lane, node: Some(index), depth: node.depth + 1 });
            }
            stack.extend(node.children.iter().rev());
        }
        if wanted.is_empty() || !found.is_empty() {
            rows.push(Row { lane, node: None, depth: 0 });
            rows.extend(found);
        }
    }
    rows
}

fn row_ui(ui: &mut Ui, board: &Board, view: &mut View, row: &Row, height: f32) {
    let tokens = tokens(ui.ctx());
    let node = row.node.and_then(|index| board.scene.nodes.get(index));
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    let (name, status, color) = if let Some(node) = node {
        let status = board.status(node).map_or(Status::Absent, |known| known.status);
        (node.name.as_str(), status, tokens.family(node.family))
    } else {
        let Some(shown) = board.lanes.get(row.lane) else { return };
        (shown.lane.name.as_str(), shown.status.status, tokens.weak)
    };
    let chosen = match node {
        Some(node) => view.is_selected(node.lane, &node.name),
        None => view.lane == Some(row.lane) && view.selection.is_empty(),
    };
    let known = match node {
        Some(node) => board.status(node),
        None => board.lanes.get(row.lane).map(|shown| &shown.status),
    };
    let word = known.map(|known| match known.told() {
        Some(told) => format!("{}: {told}", known.word),
        None => known.word.clone(),
    });
    let word = word.unwrap_or_default();
    let spoken = format!("outline {name}");
    response.widget_info(|| WidgetInfo::selected(WidgetType::SelectableLabel, true, chosen, &spoken));
    ui.ctx().accesskit_node_builder(response.id, |built| built.set_description(word.clone()));
    if !ui.is_rect_visible(rect) && !response.clicked() {
        return;
    }
    if chosen {
        ui.painter().rect_filled(rect, 4, tokens.chosen);
    } else if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 4, tokens.card);
    }
    let left = rect.left() + 10.0 + row.depth as f32 * 14.0;
    let middle = rect.center().y;
    let bar = egui::Rect::from_center_size(pos2(left, middle), vec2(3.0, 12.0));
    ui.painter().rect_filled(bar, 1, color);
    let size = if node.is_none() { 13.0 } else { 12.5 };
    let font = if node.is_none() { semibold(size) } else { FontId::proportional(size) };
    let mut job = egui::text::LayoutJob::simple_singleline(name.to_owned(), font, tokens.text);
    job.wrap = egui::text::TextWrapping::truncate_at_width(rect.right() - left - 36.0);
    let galley = ui.painter().layout_job(job);
    let at = Align2::LEFT_CENTER.anchor_size(pos2(left + 8.0, middle), galley.size()).min;
    ui.painter().galley(at, galley, tokens.text);
    status::glyph(ui.painter(), pos2(rect.right() - 14.0, middle), 5.0, status, tokens);
    let hover = node.map_or_else(|| word.clone(), |node| format!("{}\n{word}", node.type_name));
    if response.clicked() {
        let add = ui.input(|input| input.modifiers.shift || input.modifiers.command);
        match node {
            Some(node) => {
                let key = NodeKey { lane: node.lane, name: node.name.clone() };
                view.wish(Wish::Select { nodes: vec![key], add, show: true });
            }
            None => view.wish(Wish::SelectLane(row.lane)),
        }
    }
    response.on_hover_text(hover);
}
