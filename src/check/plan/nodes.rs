//! Nodes of the plan: operations, relationships, and the plugins that they use.

use indexmap::IndexMap;

use super::{map, optional, plugins, seconds, texts};
use crate::check::operations::Operations;
use crate::check::topology::{Mapping, Node, Relationship, Scalable, Topology};
use crate::model::{Map, Value};

/// Counts as `capabilities.scalable.properties` has them.
pub(in crate::check) fn counts(scalable: &Scalable) -> Value {
    let default = &scalable.default_instances;
    Value::Map(map([
        ("default_instances", default.clone()),
        ("min_instances", scalable.min_instances.clone()),
        ("max_instances", scalable.max_instances.clone()),
        ("current_instances", default.clone()),
        ("planned_instances", default.clone()),
    ]))
}

fn mapping(mapping: &Mapping) -> Value {
    let nothing = Mapping::default();
    let mapping = if mapping.is_noop() { &nothing } else { mapping };
    let runtime = mapping.inputs.values().any(Value::has_calls);
    let mut shown = map([
        ("plugin", mapping.plugin.as_str().into()),
        ("operation", mapping.operation.as_str().into()),
        ("executor", optional(mapping.executor.as_deref(), Value::from)),
        ("inputs", Value::Map(mapping.inputs.clone())),
        ("has_intrinsic_functions", Value::Bool(mapping.evaluated && runtime)),
        ("max_retries", optional(mapping.max_retries, Value::Int)),
        ("retry_interval", optional(mapping.retry_interval, seconds)),
        ("timeout", optional(mapping.timeout, seconds)),
        ("timeout_recoverable", optional(mapping.timeout_recoverable, Value::Bool)),
    ]);
    if !mapping.input_types.is_empty() {
        shown.insert("inputs_types".into(), Value::Map(mapping.input_types.clone()));
    }
    Value::Map(shown)
}

/// Operations under their full names, and under their short ones where only one interface has it.
fn operations(all: &Operations) -> Value {
    let short = |name: &str| name.rsplit_once('.').map_or(name, |(_, short)| short).to_owned();
    let mut seen: IndexMap<String, usize> = IndexMap::new();
    for name in all.keys() {
        *seen.entry(short(name)).or_default() += 1;
    }
    let mut shown = Map::new();
    for (name, operation) in all.iter() {
        let value = mapping(operation);
        if seen.get(&short(name)) == Some(&1) {
            shown.insert(short(name), value.clone());
        }
        shown.insert(name.to_owned(), value);
    }
    Value::Map(shown)
}

fn relationship(relationship: &Relationship) -> Value {
    Value::Map(map([
        ("type", relationship.type_name.as_str().into()),
        ("type_hierarchy", texts(&relationship.type_hierarchy)),
        ("target_id", relationship.target.as_str().into()),
        ("properties", Value::Map((*relationship.properties).clone())),
        ("source_operations", operations(&relationship.source_operations)),
        ("target_operations", operations(&relationship.target_operations)),
    ]))
}

/// A node, but for its plugins.
fn node(node: &Node) -> Map {
    let scalable = map([("properties", counts(&node.scalable))]);
    let capabilities = map([("scalable", Value::Map(scalable))]);
    let mut shown = map([
        ("id", node.name.as_str().into()),
        ("name", node.name.as_str().into()),
        ("type", node.type_name.as_str().into()),
        ("type_hierarchy", texts(&node.type_hierarchy)),
        ("properties", Value::Map(node.properties.clone())),
        ("operations", operations(&node.operations)),
        ("relationships", Value::List(node.relationships.iter().map(relationship).collect())),
        ("capabilities", Value::Map(capabilities)),
    ]);
    if let Some(host) = &node.host {
        shown.insert("host_id".into(), host.as_str().into());
    }
    shown
}

/// Every node, in the order of the text.
pub(super) fn nodes(topology: &Topology) -> Vec<Value> {
    // Whose operations run on a node: its own, those of its relationships, and those of relationships that lead to
    // it, in the order of the text.
    let mut used: IndexMap<&str, Vec<&Mapping>> =
        topology.nodes.keys().map(|name| (name.as_str(), Vec::new())).collect();
    for node in topology.nodes.values() {
        let own = used.entry(&node.name).or_default();
        own.extend(node.operations.values());
        for relationship in &node.relationships {
            used.entry(&node.name).or_default().extend(relationship.source_operations.values());
            used.entry(&relationship.target).or_default().extend(relationship.target_operations.values());
        }
    }
    let used: IndexMap<&str, Vec<Value>> =
        used.into_iter().map(|(name, mappings)| (name, plugins::used(&mappings, topology))).collect();
    let mut hosted: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for node in topology.nodes.values() {
        if let Some(host) = &node.host {
            hosted.entry(host).or_default().push(&node.name);
        }
    }
    let shown = topology.nodes.values().map(|each| {
        let mut shown = node(each);
        let own = used.get(each.name.as_str()).cloned().unwrap_or_default();
        if each.host.as_deref() == Some(&each.name) {
            let all = hosted.get(each.name.as_str()).into_iter().flatten();
            let all = all.filter_map(|name| used.get(name)).flatten();
            shown.insert("plugins_to_install".into(), plugins::by_executor(all, "host_agent"));
        }
        let central = plugins::by_executor(own.iter(), "central_deployment_agent");
        shown.insert("deployment_plugins_to_install".into(), central);
        shown.insert("plugins".into(), Value::List(own));
        Value::Map(shown)
    });
    shown.collect()
}
