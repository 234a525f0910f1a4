//! Outputs of a deployment as far as they are known, and which instances they hang on.

use std::cell::RefCell;
use std::collections::HashSet;

use super::evaluate::{Evaluator, Secrets};
use super::scrub::Scrubber;
use crate::model::{Map, Value};
use crate::plan::{Edition, State};

/// All outputs. A part that can't be known yet, or any more, is `null`; a secret in one is struck out.
pub(super) fn evaluate(edition: &Edition, state: &State, secrets: &dyn Secrets) -> Map {
    let evaluator = Evaluator {
        topology: &edition.topology,
        inputs: &edition.inputs,
        state,
        secrets,
        instance: None,
        ends: None,
        strict: true,
        used: RefCell::default(),
    };
    let outputs: Map = edition
        .topology
        .outputs
        .iter()
        .map(|(name, output)| (name.clone(), known(&output.value, &evaluator)))
        .collect();
    let scrubber = Scrubber::default();
    scrubber.learn(evaluator.used.take());
    scrubber.map(&outputs)
}

fn known(value: &Value, evaluator: &Evaluator<'_>) -> Value {
    match value {
        call if call.call().is_some() => {
            if all_known(call, evaluator) {
                evaluator.value(call).unwrap_or_default()
            } else {
                Value::Null
            }
        }
        Value::List(list) => Value::List(list.iter().map(|item| known(item, evaluator)).collect()),
        Value::Map(map) => {
            Value::Map(map.iter().map(|(key, item)| (key.clone(), known(item, evaluator))).collect())
        }
        plain => plain.clone(),
    }
}

/// Whether every attribute that a call asks for has a value: half a text is worse than none.
fn all_known(value: &Value, evaluator: &Evaluator<'_>) -> bool {
    if let Some(call) = value.call()
        && call.name == "get_attribute"
    {
        return evaluator.value(value).is_ok_and(|value| !value.is_null());
    }
    match value {
        Value::List(list) => list.iter().all(|item| all_known(item, evaluator)),
        Value::Map(map) => map.values().all(|item| all_known(item, evaluator)),
        _ => true,
    }
}

/// The nodes whose runtime properties the outputs may show; none if that can't be told.
pub(super) fn sources(edition: &Edition) -> Option<HashSet<String>> {
    let mut found = HashSet::new();
    let certain = edition.topology.outputs.values().all(|output| collect(&output.value, &mut found));
    certain.then_some(found)
}

fn collect(value: &Value, found: &mut HashSet<String>) -> bool {
    if let Some(call) = value.call()
        && call.name.starts_with("get_attribute")
    {
        let node = call.argument.as_list().and_then(|list| list.first()?.as_str());
        return node.is_some_and(|node| {
            found.insert(node.to_owned());
            call.argument.as_list().is_some_and(|list| list.iter().all(|item| collect(item, found)))
        });
    }
    match value {
        Value::List(list) => list.iter().all(|item| collect(item, found)),
        // A property may lead to an attribute of another node.
        Value::Map(map) if map.contains_key("get_property") => false,
        Value::Map(map) => map.values().all(|item| collect(item, found)),
        _ => true,
    }
}
