//! Outputs and capabilities of a deployment as far as they are known, and which instances they hang on.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::evaluate::{Evaluator, Secrets};
use super::scrub::Scrubber;
use crate::check::Output;
use crate::model::{Map, Value};
use crate::plan::{Edition, State};

/// All outputs, and all capabilities. A part that can't be known yet, or any more, is `null`; a secret in one is struck
/// out.
pub(super) fn evaluate(
    edition: &Edition,
    state: &State,
    others: &HashMap<String, State>,
    secrets: &dyn Secrets,
) -> (Map, Map) {
    let evaluator = Evaluator {
        topology: &edition.topology,
        inputs: &edition.inputs,
        state,
        others,
        secrets,
        instance: None,
        ends: None,
        strict: true,
        used: RefCell::default(),
    };
    let all = |values: &IndexMap<String, Output>| -> Map {
        values.iter().map(|(name, output)| (name.clone(), known(&output.value, &evaluator))).collect()
    };
    let (outputs, capabilities) = (all(&edition.topology.outputs), all(&edition.topology.capabilities));
    let scrubber = Scrubber::default();
    scrubber.learn(evaluator.used.take());
    (scrubber.map(&outputs), scrubber.map(&capabilities))
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

/// The nodes whose runtime properties the outputs and capabilities may show; none if that can't be told.
pub(super) fn sources(edition: &Edition) -> Option<HashSet<String>> {
    let mut found = HashSet::new();
    let topology = &edition.topology;
    let shown = topology.outputs.values().chain(topology.capabilities.values());
    let certain = shown.fold(true, |certain, output| certain & collect(&output.value, &mut found));
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
