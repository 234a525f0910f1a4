//! How many instances of a node, or of a group, there are, may be, and must be.

use egui::{RichText, Ui};

use super::field::{Field, field_ui};
use crate::check::{Node, Scalable};
use crate::diag::Path;
use crate::gui::board::Board;
use crate::gui::theme::tokens;
use crate::gui::view::{NodeKey, View};
use crate::model::Value;

/// The counts: `capabilities.scalable.properties`.
pub fn scaling_ui(ui: &mut Ui, board: &Board, view: &mut View, key: &NodeKey, node: &Node) {
    let tokens = tokens(ui.ctx());
    ui.add_space(8.0);
    ui.strong("Instances");
    let above = if node.container().is_some() { "each for one instance of what contains it" } else { "" };
    if !above.is_empty() {
        ui.label(RichText::new(above).size(11.5).color(tokens.weak));
    }
    let base = Path::of(["node_templates", &key.name, "capabilities", "scalable", "properties"]);
    counts_ui(ui, board, view, key.lane, &base, &node.scalable, Some(&key.name));
}

/// Fields for the counts that are written at `base`; `now` is what they are.
pub fn counts_ui(
    ui: &mut Ui,
    board: &Board,
    view: &mut View,
    lane: usize,
    base: &Path,
    now: &Scalable,
    node: Option<&str>,
) {
    let counts = [
        ("default_instances", &now.default_instances, "How many there are at first."),
        ("min_instances", &now.min_instances, "Never fewer."),
        ("max_instances", &now.max_instances, "Never more; -1 without limit."),
    ];
    for (name, now, told) in counts {
        let mut field = Field::plain(board, lane, base.key(name), name, Some("integer"));
        field.node = node.map(str::to_owned);
        field.info.description = Some(told.to_owned());
        field.info.constraints = vec![at_least(if name == "max_instances" { -1 } else { 0 })];
        field.default = Some(now.clone());
        field_ui(ui, board, view, &field);
    }
}

fn at_least(least: i64) -> Value {
    Value::Map([("greater_or_equal".to_owned(), Value::Int(least))].into())
}
