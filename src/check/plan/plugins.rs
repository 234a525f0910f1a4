//! Plugins of the plan: as declared, as a node's operations use them, and which are to be installed where.

use indexmap::IndexMap;

use crate::check::topology::{Mapping, Topology};
use crate::model::{Map, Value};

/// Every key of a plugin, in the order of the reference parser's plan.
const KEYS: &[&str] = &[
    "source",
    "executor",
    "install",
    "install_arguments",
    "package_name",
    "package_version",
    "supported_platform",
    "distribution",
    "distribution_version",
    "distribution_release",
    "properties_description",
    "properties",
];

/// The section `plugins` with every key of every plugin.
pub(in crate::check) fn declared(section: Option<&Map>) -> Value {
    let shown = section.into_iter().flatten().filter_map(|(name, plugin)| {
        let plugin = plugin.as_map()?;
        let mut map: Map = KEYS
            .iter()
            .map(|key| {
                let value = plugin.get(key).filter(|value| !value.is_null()).cloned();
                let value = value.unwrap_or_else(|| match *key {
                    "install" => Value::Bool(true),
                    "properties" => Value::Map(Map::new()),
                    _ => Value::Null,
                });
                ((*key).to_owned(), value)
            })
            .collect();
        map.insert("name".into(), name.as_str().into());
        Some((name.clone(), Value::Map(map)))
    });
    Value::Map(shown.collect())
}

fn plugin<'t>(topology: &'t Topology, name: &str) -> Option<&'t Map> {
    topology.sections.get("plugins")?.as_map()?.get(name)?.as_map()
}

/// The plugins that operations use, each with the executor that they use it with.
pub(super) fn used(mappings: &[&Mapping], topology: &Topology) -> Vec<Value> {
    let mut all: IndexMap<(&str, Option<&str>), Value> = IndexMap::new();
    for mapping in mappings.iter().filter(|mapping| !mapping.plugin.is_empty()) {
        let executor = mapping.executor.as_deref();
        all.entry((&mapping.plugin, executor)).or_insert_with(|| {
            let mut plugin = plugin(topology, &mapping.plugin).cloned().unwrap_or_default();
            plugin.insert("executor".into(), executor.map_or(Value::Null, Value::from));
            Value::Map(plugin)
        });
    }
    all.into_values().collect()
}

/// Of plugins in use those that run on `executor`, each name once (the last one counts).
pub(super) fn by_executor<'v>(plugins: impl Iterator<Item = &'v Value>, executor: &str) -> Value {
    let mut all: IndexMap<&str, &Value> = IndexMap::new();
    for plugin in plugins {
        let text = |key: &str| plugin.get(key).and_then(Value::as_str);
        if text("executor") == Some(executor) {
            all.insert(text("name").unwrap_or_default(), plugin);
        }
    }
    Value::List(all.into_values().cloned().collect())
}

/// What nodes have under `key`, each plugin once (the last one counts).
pub(super) fn installed(nodes: &[Value], key: &str) -> Value {
    let mut all: IndexMap<&str, &Value> = IndexMap::new();
    for plugin in nodes.iter().filter_map(|node| node.get(key)?.as_list()).flatten() {
        all.insert(plugin.get("name").and_then(Value::as_str).unwrap_or_default(), plugin);
    }
    Value::List(all.into_values().cloned().collect())
}

/// The plugins that workflows use, each once.
pub(super) fn of_workflows(topology: &Topology) -> Value {
    let mut all: IndexMap<&str, Value> = IndexMap::new();
    for workflow in topology.workflows.values() {
        if let Some(plugin) = plugin(topology, &workflow.plugin) {
            all.entry(&workflow.plugin).or_insert_with(|| Value::Map(plugin.clone()));
        }
    }
    Value::List(all.into_values().collect())
}
