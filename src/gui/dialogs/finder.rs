//! The command palette and "go to node": one list, filled from the registry of commands and from the picture.
//!
//! Arrow keys choose, Enter takes, Escape leaves. Going to a node shows each chosen one on the canvas at once.

use egui::{
    Atom, AtomExt as _, Button, Context, Key, Modal, Modifiers, RichText, ScrollArea, TextEdit, WidgetInfo,
    WidgetType, vec2,
};

use crate::gui::board::Board;
use crate::gui::command::{Command, Situation};
use crate::gui::view::{Camera, Finder, NodeKey, View, Wish};

/// Width of the list, in points.
const WIDTH: f32 = 640.0;
/// More rows than this help nobody.
const ROWS: usize = 60;

/// Something that can be chosen.
struct Row {
    name: String,
    hint: String,
    /// Why it can't be chosen now.
    refused: Option<&'static str>,
    wish: Wish,
    rank: usize,
}

/// The list, when it is open.
pub fn finder_ui(ctx: &Context, board: &Board, view: &mut View, situation: Situation) {
    let Some(mut finder) = view.finder.take() else { return };
    let mut taken = None;
    let (up, down, enter) = ctx.input_mut(|input| {
        let mut pressed = |key| input.count_and_consume_key(Modifiers::NONE, key);
        (pressed(Key::ArrowUp), pressed(Key::ArrowDown), pressed(Key::Enter) > 0)
    });
    let response = Modal::new(egui::Id::new("finder")).show(ctx, |ui| {
        ui.set_width(WIDTH);
        let (hint, spoken) = if finder.nodes_only {
            ("Name or type of a node", "Go to node")
        } else {
            ("Name of a command, lane or node", "Find command or node")
        };
        let field = TextEdit::singleline(&mut finder.text).hint_text(hint).desired_width(f32::INFINITY);
        let field = ui.add(field);
        field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, spoken));
        field.request_focus();
        if field.changed() {
            finder.chosen = 0;
        }
        let rows = rows(board, situation, &finder);
        finder.chosen = (finder.chosen + down).saturating_sub(up).min(rows.len().saturating_sub(1));
        let moved = up + down > 0;
        if let Some(Row { wish: Wish::Select { nodes, .. }, .. }) = rows.get(finder.chosen)
            && finder.nodes_only
            && (moved || field.changed())
        {
            look_at(board, view, nodes);
        }
        ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
            for (position, row) in rows.iter().enumerate() {
                let chosen = position == finder.chosen;
                let hint = row.refused.unwrap_or(&row.hint);
                // The name is always whole; of what there is to say of it as much as there is room for.
                let told = RichText::new(hint).weak().atom_shrink(true);
                let button = Button::selectable(chosen, (row.name.as_str(), Atom::grow(), told)).truncate();
                let size = vec2(ui.available_width(), 26.0);
                let response =
                    ui.add_enabled_ui(row.refused.is_none(), |ui| ui.add_sized(size, button)).inner;
                response.widget_info(|| {
                    WidgetInfo::selected(WidgetType::Button, row.refused.is_none(), chosen, &row.name)
                });
                if chosen && moved {
                    response.scroll_to_me(None);
                }
                if response.clicked() || (enter && chosen && row.refused.is_none()) {
                    taken = Some(row.wish.clone());
                }
            }
            if rows.is_empty() {
                ui.weak("Nothing has such a name.");
            }
        });
    });
    match taken {
        Some(wish) => view.wish(wish),
        None if !response.should_close() => view.finder = Some(finder),
        None => {
            if let Some((camera, fit)) = finder.before {
                (view.camera, view.fit) = (camera, fit);
            }
        }
    }
}

/// Brings nodes to the middle of the canvas without selecting them.
fn look_at(board: &Board, view: &mut View, nodes: &[NodeKey]) {
    let found = nodes.first().and_then(|key| board.scene.find(key.lane, &key.name));
    let Some(node) = found.and_then(|index| board.scene.nodes.get(index)) else { return };
    let center = node.frame.center();
    let zoom = view.camera.zoom.max(0.7);
    view.fly(Camera { look: vec2(center.x, center.y) - view.canvas_size / 2.0 / zoom, zoom });
}

/// How well `name` fits what was typed: whole words first, then letters in their order; none if not at all.
fn rank(name: &str, wanted: &str) -> Option<usize> {
    let name = name.to_lowercase();
    if wanted.is_empty() {
        return Some(0);
    }
    if name.starts_with(wanted) {
        return Some(0);
    }
    if wanted.split_whitespace().all(|word| name.contains(word)) {
        return Some(1);
    }
    let mut letters = name.chars();
    let scattered = wanted.chars().filter(|c| !c.is_whitespace()).all(|c| letters.any(|found| found == c));
    scattered.then_some(2)
}

fn rows(board: &Board, situation: Situation, finder: &Finder) -> Vec<Row> {
    let wanted = finder.text.trim().to_lowercase();
    let mut found = Vec::new();
    if !finder.nodes_only {
        for command in Command::ALL.iter().filter(|command| **command != Command::Palette) {
            let spec = command.spec();
            let Some(rank) = rank(spec.name, &wanted) else { continue };
            let refused = command.usable(situation).err();
            found.push(Row {
                name: spec.name.to_owned(),
                hint: spec.tooltip.to_owned(),
                refused,
                wish: Wish::Run(*command),
                rank: rank + if refused.is_some() { 10 } else { 0 },
            });
        }
        for (number, shown) in board.lanes.iter().enumerate() {
            let Some(rank) = rank(&shown.lane.name, &wanted) else { continue };
            found.push(Row {
                name: shown.lane.name.clone(),
                hint: "lane".to_owned(),
                refused: None,
                wish: Wish::SelectLane(number),
                rank,
            });
        }
    }
    if finder.nodes_only || !wanted.is_empty() {
        for node in &board.scene.nodes {
            let by_type = || rank(node.short_type(), &wanted).filter(|rank| *rank < 2).map(|rank| rank + 1);
            let Some(rank) = rank(&node.name, &wanted).or_else(by_type) else { continue };
            let lane = board.lanes.get(node.lane).map_or("", |shown| shown.lane.name.as_str());
            let key = NodeKey { lane: node.lane, name: node.name.clone() };
            found.push(Row {
                name: node.name.clone(),
                hint: format!("{} · {lane}", node.short_type()),
                refused: None,
                wish: Wish::Select { nodes: vec![key], add: false, show: true },
                rank,
            });
        }
    }
    found.sort_by_key(|row| row.rank);
    found.truncate(ROWS);
    found
}

#[cfg(test)]
mod tests {
    use super::rank;

    #[test]
    fn whole_words_come_before_scattered_letters() {
        assert_eq!(rank("Fit selection", "fit"), Some(0));
        assert_eq!(rank("Zoom 100 %", "100"), Some(1));
        assert_eq!(rank("nginx_container", "ngcon"), Some(2));
        assert_eq!(rank("nginx", "x1"), None);
    }
}
