//! What a node runs: for each operation of its type what implements it, where, with which inputs and how often it is tried.

use std::collections::BTreeSet;

use egui::{CollapsingHeader, RichText, Ui};

use super::field::{Field, field_ui, small_ui};
use super::mono;
use super::properties::imported_from;
use crate::check::{Mapping, Node};
use crate::diag::Path;
use crate::gui::board::Board;
use crate::gui::theme::tokens;
use crate::gui::view::{NodeKey, View};
use crate::model::{Map, Value};
use crate::plan::short_operation_name;

/// Operations: those that do something first.
pub fn operations_ui(ui: &mut Ui, board: &Board, view: &mut View, key: &NodeKey, node: &Node) {
    let tokens = tokens(ui.ctx());
    let does = |name: &str| node.operations.get(name).is_some_and(|mapping| !mapping.is_noop());
    let info = board.library.nodes.get(&node.type_name);
    let known: BTreeSet<&str> = node
        .operations
        .keys()
        .chain(info.into_iter().flat_map(|info| info.operations.iter().map(String::as_str)))
        .collect();
    let in_order = node.operations.keys();
    let (busy, idle): (Vec<&str>, Vec<&str>) = in_order
        .chain(known.into_iter().filter(|name| !node.operations.contains_key(name)))
        .partition(|name| does(name));
    if busy.is_empty() {
        ui.weak("The target realises this type; the blueprint runs nothing of its own.");
    }
    ui.add_enabled_ui(imported_from(board, key).is_none(), |ui| {
        for name in busy {
            operation_ui(ui, board, view, key, node, name);
        }
        if !idle.is_empty() {
            ui.add_space(6.0);
            CollapsingHeader::new(RichText::new("Operations that do nothing").size(12.0).color(tokens.weak))
                .id_salt(("idle", &key.name))
                .show(ui, |ui| {
                    for name in idle {
                        operation_ui(ui, board, view, key, node, name);
                    }
                });
        }
    });
}

fn operation_ui(ui: &mut Ui, board: &Board, view: &mut View, key: &NodeKey, node: &Node, name: &str) {
    let tokens = tokens(ui.ctx());
    let Some((interface, operation)) = name.rsplit_once('.') else { return };
    let mapping = node.operations.get(name);
    let runs = mapping.map(|it| match it.plugin.as_str() {
        "" => it.operation.clone(),
        plugin => format!("{plugin}.{}", it.operation),
    });
    let runs = runs.filter(|runs| !runs.is_empty());
    let title = RichText::new(title(node, interface, operation)).size(12.5);
    let at = Path::of(["node_templates", &key.name, "interfaces", interface, operation]);
    let lane = board.lanes.get(key.lane).map_or("", |shown| shown.lane.name.as_str());
    let wanted = view.forms.wants(lane, &at).then_some(true);
    // Open or not, it stays so when it gets something to do and stands elsewhere.
    let id = egui::Id::new(("operation", key.lane, &key.name, name));
    let spot = ui.scope_builder(egui::UiBuilder::new().id(id), |ui| {
        CollapsingHeader::new(title).open(wanted).show(ui, |ui| {
            fields_ui(ui, board, view, key, (interface, operation), node);
        })
    });
    spot.inner.header_response.on_hover_text(name);
    if let Some(runs) = runs {
        ui.horizontal(|ui| {
            ui.add_space(18.0);
            ui.add(egui::Label::new(mono(&runs).color(tokens.weak)).truncate()).on_hover_text(&runs);
        });
    }
}

/// Its short name; with the interface where the lifecycle has one of that name, as `validation.create`.
fn title(node: &Node, interface: &str, operation: &str) -> String {
    const LIFECYCLE: &str = "cloudify.interfaces.lifecycle";
    let plain = interface == LIFECYCLE || !node.operations.contains_key(&format!("{LIFECYCLE}.{operation}"));
    if plain { operation.to_owned() } else { format!("{}.{operation}", short_operation_name(interface)) }
}

/// The inputs that a person gives: which script runs is told by the implementation already.
fn asked(mapping: &Mapping) -> Map {
    let told = |name: &str| name == "script_path" && mapping.plugin == "script";
    mapping
        .inputs
        .iter()
        .filter(|(name, _)| !told(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// The parts of one operation.
fn fields_ui(
    ui: &mut Ui,
    board: &Board,
    view: &mut View,
    key: &NodeKey,
    (interface, operation): (&str, &str),
    node: &Node,
) {
    let at = Path::of(["node_templates", &key.name, "interfaces", interface, operation]);
    let mapping = node.operations.get(&format!("{interface}.{operation}"));
    let whole = Field::plain(board, key.lane, at.clone(), operation, None);
    let part = |name: &str, kind: &str, told: &str, default: Option<Value>| {
        let label = format!("{}.{name}", title(node, interface, operation));
        let mut field = Field::plain(board, key.lane, at.key(name), &label, Some(kind));
        field.node = Some(key.name.clone());
        field.brief = true;
        field.info.description = Some(told.to_owned());
        field.default = default;
        field
    };
    let runs = mapping.map(|it| match it.plugin.as_str() {
        "" => Value::string(&it.operation),
        plugin => Value::string(format!("{plugin}.{}", it.operation)),
    });
    let told = "A script of the blueprint's folder, or what a plugin runs, as `plugin.module.function`.";
    if let Some(Value::String(text)) = &whole.written {
        // The short form: the text alone. It can be spelled out, to say more.
        let mut field = whole.clone();
        field.label = format!("{operation}.implementation");
        field.info.kind = Some("string".to_owned());
        field.info.description = Some(told.to_owned());
        field.default = None;
        field_ui(ui, board, view, &field);
        let hover = "Writes the operation as a map, so that it can have inputs, an executor and retries";
        if small_ui(ui, "more…", &format!("more of {operation}"), hover) {
            let map = Map::from([("implementation".to_owned(), Value::string(text))]);
            view.change(whole.set(&Value::Map(map)));
        }
        return;
    }
    field_ui(ui, board, view, &part("implementation", "string", told, runs));
    let mut inputs = part("inputs", "dict", "What it is given.", None);
    inputs.default = mapping.filter(|_| inputs.written.is_none()).map(|it| Value::Map(asked(it)));
    field_ui(ui, board, view, &inputs);
    let mut executor = part(
        "executor",
        "string",
        "Where it runs: beside this program, or on the node's host.",
        mapping.and_then(|it| it.executor.clone()).map(Value::String),
    );
    let places = Value::List(vec!["central_deployment_agent".into(), "host_agent".into()]);
    executor.info.constraints = vec![Value::Map([("valid_values".to_owned(), places)].into())];
    field_ui(ui, board, view, &executor);
    let tries = mapping.and_then(|it| it.max_retries).map(Value::Int);
    field_ui(ui, board, view, &part("max_retries", "integer", "Tries after the first; -1 for ever.", tries));
    let wait = mapping.and_then(|it| it.retry_interval).map(Value::Float);
    field_ui(ui, board, view, &part("retry_interval", "float", "Seconds between tries.", wait));
    let timeout = mapping.and_then(|it| it.timeout).map(Value::Float);
    field_ui(ui, board, view, &part("timeout", "float", "Seconds until it is given up.", timeout));
}
