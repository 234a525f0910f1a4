//! Values that may stand at the caret: types, targets, members, choices, truth values, imports, functions.

use super::keys::functions;
use super::{Around, Idea, Typed, property_doc, type_doc};
use crate::check::{Catalog, PropertyInfo, TypeInfo};
use crate::dsl::{Holds, known_value};
use crate::gui::editor::flow;
use crate::model::Value;

/// All that fits.
pub(super) fn values(around: &Around<'_>) -> Vec<Idea> {
    let way = around.spot.keys();
    let library = &around.board.library;
    let types = |all: &indexmap::IndexMap<String, TypeInfo>, what| -> Vec<Idea> {
        all.values().map(|info| Idea::new(&info.name, what, type_doc(info))).collect()
    };
    let kinds = || {
        let mut all: Vec<Idea> =
            crate::dsl::PRIMITIVES.iter().map(|kind| Idea::new(*kind, "type", "")).collect();
        all.extend(types(&library.data, "data type"));
        all
    };
    let nodes = || -> Vec<Idea> {
        let idea = |name: String| {
            let kind = around.shown.lane.topology.nodes.get(&name).map(|node| node.type_name.clone());
            Idea::new(name, "node", kind.unwrap_or_default())
        };
        around.names("node_templates").into_iter().map(idea).collect()
    };
    let named = |section: &str, what| -> Vec<Idea> {
        around.names(section).into_iter().map(|name| Idea::new(name, what, "")).collect()
    };
    let words = |all: &[&str], what| all.iter().map(|word| Idea::new(*word, what, "")).collect();
    match way.as_slice() {
        ["node_templates", _, "type"] => types(&library.nodes, "node type"),
        ["node_templates", _, "relationships", "*", "type"] => types(&library.relationships, "relationship"),
        ["node_templates", own, "relationships", "*", "target"] => {
            let mut all = nodes();
            all.retain(|idea| idea.text != *own);
            all
        }
        ["node_types", _, "derived_from"] => types(&library.nodes, "node type"),
        ["relationships", _, "derived_from"] => types(&library.relationships, "relationship"),
        ["data_types", _, "derived_from"] => types(&library.data, "data type"),
        ["inputs", _, "type" | "item_type"]
        | ["node_types" | "relationships" | "data_types", _, "properties", _, "type"] => kinds(),
        ["groups", _, "members", "*"] => {
            let mut all = nodes();
            all.extend(named("groups", "group"));
            all
        }
        ["policies", _, "targets", "*"] => named("groups", "group"),
        ["policies", _, "type"] => words(&["cloudify.policies.scaling"], "policy type"),
        ["imports", "*"] => Catalog::built_in()
            .addresses()
            .into_iter()
            .map(|address| Idea::new(address, "import", ""))
            .collect(),
        ["tosca_definitions_version"] => words(
            &[
                "cloudify_dsl_1_5",
                "cloudify_dsl_1_4",
                "cloudify_dsl_1_3",
                "cloudify_dsl_1_2",
                "cloudify_dsl_1_1",
                "cloudify_dsl_1_0",
            ],
            "version",
        ),
        [.., "executor"] => words(&["central_deployment_agent", "host_agent"], "executor"),
        _ if known_value(&way) == Some(Holds::Truth) => words(&["true", "false"], "value"),
        _ => of_property(around, &way),
    }
}

/// The value of a property, or of something inside: what its type lists, its default, functions.
fn of_property(around: &Around<'_>, way: &[&str]) -> Vec<Idea> {
    let info = around.properties(way).and_then(|(properties, path)| around.schema(properties, path));
    let mut found = info.map(listed).unwrap_or_default();
    let anything = info.is_some()
        || matches!(
            way,
            ["node_templates", _, "properties", ..]
                | ["node_templates", _, "interfaces", _, _, "inputs", ..]
                | ["outputs" | "capabilities", _, "value", ..]
                | ["inputs", _, "default"]
        )
        || around.spot.in_flow && way.contains(&"properties");
    if anything && (around.spot.typed == Typed::Value || around.spot.in_flow) {
        found.extend(functions(around, "{ "));
    }
    found
}

fn listed(info: &PropertyInfo) -> Vec<Idea> {
    let doc = property_doc(info);
    let mut values: Vec<String> = info.choices().into_iter().flatten().map(flow).collect();
    if info.kind.as_deref() == Some("boolean") {
        values.extend(["true".to_owned(), "false".to_owned()]);
    }
    let default = info.default.as_ref().filter(|value| {
        !value.is_null()
            && value.as_map().is_none()
            && value.as_list().is_none()
            && value.as_str() != Some("")
    });
    values.extend(default.map(|value: &Value| flow(value)));
    values.into_iter().map(|value| Idea::new(value, "value", doc.clone())).collect()
}
