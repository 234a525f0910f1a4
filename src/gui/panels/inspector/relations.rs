//! What a node needs, with the type and the properties of each relationship, and what needs it.

use egui::{ComboBox, RichText, Ui, WidgetInfo, WidgetType};

use super::field::{Field, done, field_ui, small_ui, wrong_ui};
use super::link;
use super::properties::imported_from;
use crate::check::{Node, PropertyInfo, may_connect};
use crate::diag::Path;
use crate::edit::Edit;
use crate::gui::board::{Board, LaneView};
use crate::gui::editor::suggest::{self, Suggestions};
use crate::gui::editor::{Entry, Made, entry_ui};
use crate::gui::theme::tokens;
use crate::gui::view::{NodeKey, View, Wish};
use crate::model::{Map, Value};

/// Relationships, both ways.
pub fn relationships_ui(ui: &mut Ui, board: &Board, view: &mut View, key: &NodeKey, node: &Node) {
    let tokens = tokens(ui.ctx());
    let Some(shown) = board.lanes.get(key.lane) else { return };
    let template = shown.lane.reading.blueprint.entity("node_templates", &key.name);
    let list = template.and_then(|template| template.get("relationships")?.as_list()).unwrap_or_default();
    let own = imported_from(board, key).is_none();
    ui.strong("Needs");
    ui.add_enabled_ui(own, |ui| {
        for (position, written) in list.iter().enumerate() {
            relationship_ui(ui, board, view, key, position, written);
            ui.separator();
        }
        connect_ui(ui, board, shown, view, key);
    });
    ui.add_space(8.0);
    ui.strong("Needed by");
    let mut none = true;
    for other in shown.lane.topology.nodes.values() {
        for relationship in other.relationships.iter().filter(|it| it.target == node.name) {
            none = false;
            ui.horizontal(|ui| {
                let word = short(&relationship.type_name);
                ui.label(RichText::new(word).size(11.5).color(tokens.weak));
                link(ui, view, &NodeKey { lane: key.lane, name: other.name.clone() });
            });
        }
    }
    if none {
        ui.weak("nothing");
    }
}

fn short(kind: &str) -> &str {
    kind.rsplit('.').next().unwrap_or_default()
}

/// One relationship: its type, what it points to, its properties.
pub fn relationship_ui(
    ui: &mut Ui,
    board: &Board,
    view: &mut View,
    key: &NodeKey,
    position: usize,
    written: &Value,
) {
    let Some(shown) = board.lanes.get(key.lane) else { return };
    let lane = shown.lane.name.clone();
    let text = |name: &str| written.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (kind, target) = (text("type"), text("target"));
    let number = position + 1;
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let hover = "Takes the relationship away";
            if small_ui(ui, "×", &format!("remove relationship {number}"), hover) {
                let from = key.name.clone();
                view.change(Edit::Disconnect { lane: lane.clone(), from, position });
            }
            let kinds = || {
                let mut kinds = may_connect_anew(board, shown, key, &target);
                let others = board.library.relationships.keys().filter(|name| !kinds.contains(name));
                let others: Vec<String> = others.cloned().collect();
                kinds.extend(others);
                kinds
            };
            if let Some(kind) = kind_ui(ui, &format!("type of relationship {number}"), &kind, kinds) {
                let (from, to) = (key.name.clone(), target.clone());
                view.change(Edit::Reconnect { lane: lane.clone(), from, position, to, kind: Some(kind) });
            }
        });
    });
    let make = |to: &str| -> Made {
        if !shown.lane.topology.nodes.contains_key(to) {
            return Made::Wrong(format!("there is no node `{to}`"));
        }
        let (lane, from, to) = (lane.clone(), key.name.clone(), to.to_owned());
        Made::Edit(Box::new(Edit::Reconnect { lane, from, position, to, kind: None }))
    };
    let field = format!("{lane}:{}.relationships[{position}].target", key.name);
    ui.horizontal(|ui| {
        if small_ui(ui, "→", &format!("go to {target}"), "Selects the node") {
            let nodes = vec![NodeKey { lane: key.lane, name: target.clone() }];
            view.wish(Wish::Select { nodes, add: false, show: true });
        }
        let spoken = format!("target of relationship {number}");
        let entry = Entry { key: &field, current: &target, spoken: &spoken, hint: "node", multiline: false };
        node_ui(ui, view, shown, entry, &make);
    });
    wrong_ui(ui, view, &field);
    properties_ui(ui, board, view, key, position, &kind);
}

/// The properties of a relationship by its type's schema.
fn properties_ui(ui: &mut Ui, board: &Board, view: &mut View, key: &NodeKey, position: usize, kind: &str) {
    let at = Path::of(["node_templates", &key.name, "relationships"]).index(position).key("properties");
    let known = board.library.relationships.get(kind).map(|info| &info.properties);
    let shown = board.lanes.get(key.lane);
    let written = shown.and_then(|shown| shown.lane.reading.blueprint.at(&at)?.as_map());
    let none = PropertyInfo::default();
    let undefined = written
        .into_iter()
        .flat_map(Map::keys)
        .filter(|name| known.is_none_or(|known| !known.contains_key(*name)));
    let all = known.into_iter().flatten().map(|(name, info)| (name, info, true));
    for (name, info, is_known) in all.chain(undefined.map(|name| (name, &none, false))) {
        let mut field = Field::plain(board, key.lane, at.key(name), name, None);
        field.info = info.clone();
        if name == "connection_type" && info.choices().is_none() {
            let both = Value::List(vec!["all_to_all".into(), "all_to_one".into()]);
            field.info.constraints.push(Value::Map([("valid_values".to_owned(), both)].into()));
        }
        field.node = Some(key.name.clone());
        field.default.clone_from(&info.default);
        field.may_go = !is_known;
        field_ui(ui, board, view, &field);
    }
}

/// The types that make sense between two nodes, as if they had none yet.
fn may_connect_anew(board: &Board, shown: &LaneView, key: &NodeKey, target: &str) -> Vec<String> {
    let mut without = (*shown.lane.topology).clone();
    if let Some(node) = without.nodes.get_mut(&key.name) {
        std::sync::Arc::make_mut(node).relationships.retain(|it| it.target != target);
    }
    may_connect(&without, &board.library.relationships, &key.name, target).unwrap_or_default()
}

/// A new relationship: to which node. Of which type is what makes most sense; it can be changed then.
fn connect_ui(ui: &mut Ui, board: &Board, shown: &LaneView, view: &mut View, key: &NodeKey) {
    let make = |to: &str| -> Made {
        if to.is_empty() {
            return Made::Nothing;
        }
        let kinds = may_connect(&shown.lane.topology, &board.library.relationships, &key.name, to);
        let edit = kinds.map_err(|refusal| refusal.to_string()).and_then(|kinds| {
            let kind = kinds.into_iter().next().ok_or_else(|| "no relationship makes sense".to_owned())?;
            let (lane, from) = (shown.lane.name.clone(), key.name.clone());
            Ok(Edit::Connect { lane, from, to: to.to_owned(), kind })
        });
        edit.into()
    };
    let field = format!("{}:{}.relationships[+]", shown.lane.name, key.name);
    let hint = "connect to a node";
    let entry = Entry { key: &field, current: "", spoken: "connect to", hint, multiline: false };
    node_ui(ui, view, shown, entry, &make);
    wrong_ui(ui, view, &field);
}

/// A field for the name of a node.
fn node_ui(ui: &mut Ui, view: &mut View, shown: &LaneView, entry: Entry<'_>, make: &dyn Fn(&str) -> Made) {
    let suggest = |before: &str| {
        let mut nodes = suggest::nodes(shown);
        nodes.retain(|it| it.name != "SELF");
        // All of them while the name that stands there is not changed yet.
        let typed = if before == entry.current { "" } else { before };
        Suggestions { typed: before.len(), ..Suggestions::fitting(typed, nodes) }
    };
    let edit = entry_ui(ui, &mut view.forms.drafts, entry, Some(&suggest), make);
    done(view, entry.key, edit);
}

/// The type of a relationship; the one that was chosen now.
fn kind_ui(ui: &mut Ui, spoken: &str, current: &str, all: impl FnOnce() -> Vec<String>) -> Option<String> {
    let mut chosen = None;
    let shown = ComboBox::from_id_salt(spoken)
        .selected_text(RichText::new(short(current)).size(12.0))
        .width(ui.available_width())
        .truncate()
        .show_ui(ui, |ui| {
            for name in all() {
                let row = ui.selectable_label(name == current, RichText::new(short(&name)).size(12.0));
                if row.on_hover_text(&name).clicked() && name != current {
                    chosen = Some(name);
                }
            }
        });
    shown.response.widget_info(|| WidgetInfo {
        current_text_value: Some(current.to_owned()),
        ..WidgetInfo::labeled(WidgetType::ComboBox, true, spoken)
    });
    chosen
}
