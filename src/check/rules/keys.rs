//! Keys in maps that no type bounds, but that a type tells of: our own finding, a warning.
//!
//! A type tells of the keys of a `dict` by its default, or in backticks in its description. Others are allowed there; one
//! that is nearly one of them is probably misspelt.

use std::collections::HashMap;

use crate::check::Checker;
use crate::check::topology::Topology;
use crate::diag::{Diagnostic, Path, closest, did_you_mean};
use crate::model::{Map, Value};

/// Tells keys that look like a slip of one that the type names.
pub(super) fn check(cx: &mut Checker<'_>, topology: &Topology) {
    let mut known: HashMap<(&str, &str), Vec<&str>> = HashMap::new();
    let mut found = Vec::new();
    let templates = cx.blueprint.section("node_templates");
    for (name, template) in templates.into_iter().flatten() {
        let Some(node) = topology.nodes.get(name) else { continue };
        for (property, value) in template.get("properties").and_then(Value::as_map).into_iter().flatten() {
            let Some(given) = value.as_map().filter(|_| value.call().is_none()) else { continue };
            let keys = known
                .entry((node.type_name.as_str(), property))
                .or_insert_with(|| documented(cx.blueprint, &node.type_hierarchy, property));
            for key in given.keys().filter(|key| !keys.is_empty() && !keys.contains(&key.as_str())) {
                let Some(near) = closest(key, keys.iter().copied().filter(|near| !given.contains_key(near)))
                else {
                    continue;
                };
                let path = Path::of(["node_templates", name, "properties", property, key]);
                let message = format!("`{key}` is none of the keys that `{property}` is known to have");
                found.push(
                    Diagnostic::warning("unknown-property-key", path, message)
                        .with_hint(did_you_mean(near))
                        .with_hint(format!("known: {}", keys.join(", "))),
                );
            }
        }
    }
    cx.diagnostics.extend(found);
}

/// Keys that the nearest type with the property tells of, if it does not bound them by a data type.
fn documented<'b>(
    blueprint: &'b crate::model::Blueprint,
    hierarchy: &[String],
    property: &str,
) -> Vec<&'b str> {
    let schema = hierarchy
        .iter()
        .rev()
        .find_map(|kind| blueprint.entity("node_types", kind)?.get("properties")?.get(property));
    let Some(schema) = schema else { return Vec::new() };
    if !matches!(schema.get("type").and_then(Value::as_str), None | Some("dict")) {
        return Vec::new();
    }
    let default = schema.get("default").filter(|default| default.call().is_none()).and_then(Value::as_map);
    let by_default = default.into_iter().flat_map(Map::keys).map(String::as_str);
    let description = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let is_key = |word: &&str| {
        word.len() > 2 && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && word.is_ascii()
    };
    let described = description.split('`').skip(1).step_by(2).filter(is_key);
    by_default.chain(described).collect()
}
