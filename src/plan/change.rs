//! What of a blueprint an instance was made from, and what has changed since.
//!
//! A node's *parts* are all that its operations can see before they run: type, properties, operations,
//! relationships, and the inputs, foreign properties and files that these mention. Values that are known only while
//! operations run (`get_attribute`, `get_secret`) are not among them. Does not know what a change leads to.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Edition;
use crate::check::{Node, Operations};
use crate::model::{Map, Value};

/// What each part of a node says, by the name of the part for people: `properties.env`, `inputs.port`.
pub(super) type Parts = BTreeMap<String, String>;

/// Functions and properties may mention one another; more steps than this lead nowhere new.
const DEPTH: usize = 50;

/// A short text that differs when `text` differs: FNV-1a, which stays the same in every version of this program.
pub fn fingerprint(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// The fingerprint of all parts together.
pub(super) fn spec(parts: &Parts) -> String {
    let mut text = String::new();
    for (name, says) in parts {
        text.push_str(name);
        text.push('\0');
        text.push_str(says);
        text.push('\0');
    }
    fingerprint(text.as_bytes())
}

/// Names of the parts that differ.
pub(super) fn changed(old: &Parts, new: &Parts) -> Vec<String> {
    let mut names: Vec<String> = new
        .iter()
        .filter(|(name, says)| old.get(*name) != Some(says))
        .map(|(name, _)| name.clone())
        .collect();
    names.extend(old.keys().filter(|name| !new.contains_key(*name)).cloned());
    names.sort();
    names
}

/// Names of the parts in which a node of one edition differs from one of another: `properties.env`, `inputs.port`,
/// `file start.sh`.
pub fn changed_parts(old: (&Node, &Edition), new: (&Node, &Edition)) -> Vec<String> {
    changed(&parts(old.0, old.1), &parts(new.0, new.1))
}

/// The parts of `node` in `edition`.
pub(super) fn parts(node: &Node, edition: &Edition) -> Parts {
    let mut collector = Collector { edition, parts: Parts::new() };
    collector.part("type".into(), &node.type_name);
    for (name, value) in &node.properties {
        collector.value(format!("properties.{name}"), value, &node.name);
    }
    collector.operations("interfaces", &node.operations, &node.name);
    for (position, relationship) in node.relationships.iter().enumerate() {
        let name = format!("relationships[{position}]");
        collector.part(name.clone(), &(&relationship.type_name, &relationship.target));
        for (key, value) in relationship.properties.iter() {
            collector.value(format!("{name}.properties.{key}"), value, &node.name);
        }
        collector.operations(&name, &relationship.source_operations, &node.name);
        collector.operations(&name, &relationship.target_operations, &relationship.target);
    }
    collector.parts
}

struct Collector<'a> {
    edition: &'a Edition,
    parts: Parts,
}

impl Collector<'_> {
    fn part(&mut self, name: String, says: &impl Serialize) {
        self.parts.insert(name, serde_json::to_string(says).unwrap_or_default());
    }

    fn value(&mut self, name: String, value: &Value, owner: &str) {
        self.part(name, value);
        self.mentions(value, owner, DEPTH);
    }

    fn operations(&mut self, at: &str, operations: &Operations, owner: &str) {
        for (name, mapping) in operations.iter().filter(|(_, mapping)| !mapping.is_noop()) {
            let name = format!("{at}.{name}");
            self.part(name.clone(), &(&mapping.plugin, &mapping.operation, &mapping.executor));
            self.file(&mapping.operation);
            for (input, value) in &mapping.inputs {
                self.value(format!("{name}.{input}"), value, owner);
            }
        }
    }

    fn file(&mut self, path: &str) {
        if let Some(content) = self.edition.files.get(path) {
            self.parts.insert(format!("file {path}"), content.clone());
        }
    }

    fn mentions(&mut self, value: &Value, owner: &str, depth: usize) {
        if depth == 0 {
            return;
        }
        if let Some(call) = value.call() {
            let arguments = call.argument.as_list().unwrap_or(std::slice::from_ref(call.argument));
            match (call.name, arguments.first().and_then(Value::as_str)) {
                ("get_input", Some(input)) => self.input(input),
                ("get_property", Some(node)) => {
                    let node = if node == "SELF" { owner } else { node };
                    if let Some(name) = arguments.get(1).and_then(Value::as_str) {
                        self.property(node, name, depth);
                    }
                }
                _ => {}
            }
            self.mentions(call.argument, owner, depth - 1);
            return;
        }
        match value {
            Value::String(text) => self.file(text),
            Value::List(list) => list.iter().for_each(|item| self.mentions(item, owner, depth - 1)),
            Value::Map(map) => map.values().for_each(|item| self.mentions(item, owner, depth - 1)),
            _ => {}
        }
    }

    fn input(&mut self, name: &str) {
        let value = input(self.edition, name).cloned().unwrap_or_default();
        self.part(format!("inputs.{name}"), &value);
    }

    fn property(&mut self, node: &str, name: &str, depth: usize) {
        let part = format!("{node}.properties.{name}");
        let value = self.edition.topology.nodes.get(node).and_then(|node| node.properties.get(name));
        if let Some(value) = value
            && !self.parts.contains_key(&part)
        {
            self.part(part, value);
            self.mentions(value, node, depth - 1);
        }
    }
}

/// The value of an input: as given, or its default.
fn input<'a>(edition: &'a Edition, name: &str) -> Option<&'a Value> {
    edition.inputs.get(name).or_else(|| edition.topology.inputs.get(name)?.default.as_ref())
}

/// Text that is known before anything runs: a literal, or an input by name (`get_input`).
pub(super) fn known_text(value: &Value, edition: &Edition) -> Option<String> {
    let value = match value.call() {
        Some(call) if call.name == "get_input" => input(edition, call.argument.as_str()?)?,
        _ => value,
    };
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Deployments that the nodes of `edition` name: those of proxies, and the first argument of `get_capability`.
pub fn foreign_deployments(edition: &Edition) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |name: Option<String>| {
        if let Some(name) = name
            && !found.contains(&name)
        {
            found.push(name);
        }
    };
    for node in edition.topology.nodes.values() {
        let mappings = || node.operations.values().filter(|mapping| !mapping.is_noop());
        if node.is_a("cloudify.nodes.DeploymentProxy") {
            let inputs = mappings().filter_map(|mapping| mapping.inputs.get("deployment_id"));
            for value in node.properties.get("deployment_id").into_iter().chain(inputs) {
                add(known_text(value, edition));
            }
        }
        let values = mappings().flat_map(|mapping| mapping.inputs.values());
        for value in node.properties.values().chain(values) {
            capabilities(value, edition, &mut add, DEPTH);
        }
    }
    for output in edition.topology.outputs.values() {
        capabilities(&output.value, edition, &mut add, DEPTH);
    }
    found
}

fn capabilities(value: &Value, edition: &Edition, add: &mut impl FnMut(Option<String>), depth: usize) {
    if depth == 0 {
        return;
    }
    if let Some(call) = value.call()
        && call.name == "get_capability"
    {
        add(call.argument.as_list().and_then(|list| known_text(list.first()?, edition)));
    }
    match value {
        Value::List(list) => list.iter().for_each(|item| capabilities(item, edition, add, depth - 1)),
        Value::Map(map) => Map::values(map).for_each(|item| capabilities(item, edition, add, depth - 1)),
        _ => {}
    }
}
