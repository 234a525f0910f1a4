//! The properties of a node by the schema of its type; of several nodes, those that they have in common.

use std::collections::BTreeSet;

use egui::{RichText, TextEdit, Ui, WidgetInfo, WidgetType};
use indexmap::IndexMap;

use super::field::{Field, field_ui};
use crate::check::PropertyInfo;
use crate::diag::Path;
use crate::gui::board::Board;
use crate::gui::theme::tokens;
use crate::gui::view::{NodeKey, View};
use crate::model::{Map, Value};

/// From so many fields on, they can be filtered.
const MANY: usize = 9;

/// The properties of `nodes`, as fields.
fn fields(board: &Board, nodes: &[NodeKey]) -> Vec<Field> {
    let mut all: Option<IndexMap<String, Field>> = None;
    for key in nodes {
        let own = fields_of(board, key);
        all = Some(match all {
            None => own,
            Some(common) => common
                .into_iter()
                .filter_map(|(name, field)| {
                    let other = own.get(&name).filter(|other| other.info.kind == field.info.kind)?;
                    Some((name, field.with(other)))
                })
                .collect(),
        });
    }
    all.unwrap_or_default().into_values().collect()
}

fn fields_of(board: &Board, key: &NodeKey) -> IndexMap<String, Field> {
    let (Some(shown), Some(node)) = (board.lanes.get(key.lane), board.node(key)) else {
        return IndexMap::new();
    };
    let at = Path::of(["node_templates", &key.name, "properties"]);
    let template = shown.lane.reading.blueprint.entity("node_templates", &key.name);
    let written = template.and_then(|template| template.get("properties"));
    let known = board.library.nodes.get(&node.type_name).map(|info| &info.properties);
    let undefined = written.and_then(Value::as_map).into_iter().flat_map(Map::keys);
    let none = PropertyInfo::default();
    let names = known.into_iter().flatten().map(|(name, info)| (name, info, true));
    let undefined = undefined
        .filter(|name| known.is_none_or(|known| !known.contains_key(*name)))
        .map(|name| (name, &none, false));
    names
        .chain(undefined)
        .map(|(name, info, is_known)| {
            let field = Field {
                lane: key.lane,
                node: Some(key.name.clone()),
                places: vec![(shown.lane.name.clone(), at.key(name))],
                label: name.clone(),
                info: info.clone(),
                written: written.and_then(|map| map.get(name)).cloned(),
                default: node.properties.get(name).or(info.default.as_ref()).cloned(),
                mixed: false,
                may_go: !is_known,
                named: false,
                brief: false,
                in_manifest: false,
            };
            (name.clone(), field)
        })
        .collect()
}

impl Field {
    /// This field for another node, too.
    fn with(mut self, other: &Self) -> Self {
        self.mixed |= self.current() != other.current();
        self.written = self.written.filter(|_| other.written.is_some());
        self.places.extend(other.places.iter().cloned());
        self
    }
}

/// The form.
pub fn properties_ui(ui: &mut Ui, board: &Board, view: &mut View, nodes: &[NodeKey]) {
    let foreign: BTreeSet<String> = nodes.iter().filter_map(|key| imported_from(board, key)).collect();
    if let Some(file) = foreign.first() {
        ui.weak(format!("It comes from {file}: what is imported is changed in its own file."));
    }
    let fields = fields(board, nodes);
    if fields.is_empty() {
        ui.weak(if nodes.len() == 1 {
            "This type has no properties."
        } else {
            "These nodes have no properties in common."
        });
    }
    if fields.len() >= MANY {
        filter_ui(ui, view);
    }
    let wanted = if fields.len() >= MANY { view.forms.filter.to_lowercase() } else { String::new() };
    ui.add_enabled_ui(foreign.is_empty(), |ui| {
        let mut hidden = 0;
        for field in &fields {
            if matches(field, &wanted) {
                field_ui(ui, board, view, field);
            } else {
                hidden += 1;
            }
        }
        if hidden > 0 {
            ui.weak(format!("{hidden} more do not hold `{}`", view.forms.filter));
        }
    });
}

fn matches(field: &Field, wanted: &str) -> bool {
    wanted.is_empty()
        || field.label.to_lowercase().contains(wanted)
        || field.current().is_some_and(|value| value.to_string().to_lowercase().contains(wanted))
        || field.info.description.as_ref().is_some_and(|text| text.to_lowercase().contains(wanted))
}

fn filter_ui(ui: &mut Ui, view: &mut View) {
    let weak = tokens(ui.ctx()).weak;
    let hint = RichText::new("filter the fields").color(weak);
    let response =
        ui.add(TextEdit::singleline(&mut view.forms.filter).hint_text(hint).desired_width(f32::INFINITY));
    let value = view.forms.filter.clone();
    response.widget_info(|| WidgetInfo {
        label: Some("Filter the fields".to_owned()),
        current_text_value: Some(value.clone()),
        ..WidgetInfo::new(WidgetType::TextEdit)
    });
    ui.add_space(4.0);
}

/// The file from which a node is imported; none if it stands in the lane's own text.
pub fn imported_from(board: &Board, key: &NodeKey) -> Option<String> {
    let shown = board.lanes.get(key.lane)?;
    let at = Path::of(["node_templates", &key.name]);
    let place = shown.lane.reading.source_map.key(&at)?;
    (place.file != shown.lane.source.name).then(|| place.file.to_string())
}
