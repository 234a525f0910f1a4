//! [`Outlook`]: a deployment's values as its operations would see them now, for those who only look (`export`).
//!
//! Does not run anything. Which instances there are is decided by whoever makes the [`State`] to look at.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::evaluate::Evaluator;
use super::{Related, Secrets};
use crate::check::Topology;
use crate::model::{Map, Value};
use crate::plan::{Edition, InstanceState, State};

/// A deployment, looked at.
pub struct Outlook<'a> {
    /// Its blueprint and inputs.
    pub edition: &'a Edition,
    /// What exists of it, and what is about to.
    pub state: &'a State,
    /// The states of all deployments.
    pub others: &'a HashMap<String, State>,
    /// Where secrets come from.
    pub secrets: &'a dyn Secrets,
}

impl Outlook<'_> {
    fn topology(&self) -> &Topology {
        &self.edition.topology
    }

    fn evaluator<'a>(&'a self, instance: &'a str) -> Evaluator<'a> {
        Evaluator {
            topology: self.topology(),
            inputs: &self.edition.inputs,
            state: self.state,
            others: self.others,
            secrets: self.secrets,
            instance: Some(instance),
            ends: None,
            strict: false,
            used: RefCell::default(),
        }
    }

    /// Properties of an instance, functions evaluated.
    ///
    /// # Errors
    /// What is known only once something has been deployed: which property waits, and for what.
    pub fn properties(&self, instance: &str) -> Result<Map, String> {
        let record = self.state.instances.get(instance).ok_or_else(|| format!("there is no {instance}"))?;
        let node =
            self.topology().nodes.get(&record.node).ok_or_else(|| format!("there is no {}", record.node))?;
        let evaluator = self.evaluator(instance);
        if record.state != InstanceState::Started {
            for (name, value) in &node.properties {
                if let Some(what) = waits(value, &evaluator) {
                    return Err(format!("{name} waits for {what}, which is known once it is deployed"));
                }
            }
        }
        evaluator.map(&node.properties)
    }

    /// Targets of the relationships of `instance`, in their order; without those whose values are not known.
    pub fn related(&self, instance: &str) -> Vec<Related> {
        let Some(record) = self.state.instances.get(instance) else { return Vec::new() };
        let Some(source) = self.topology().nodes.get(&record.node) else { return Vec::new() };
        let known = |(index, target): &(usize, String)| {
            let there = self.state.instances.get(target)?;
            let node = self.topology().nodes.get(&there.node)?;
            let relationship = source.relationships.get(*index);
            Some(Related {
                instance: target.clone(),
                node: Arc::clone(node),
                properties: self.evaluator(target).map(&node.properties).ok()?,
                runtime: there.runtime.clone(),
                relationship: relationship.map(|found| found.type_hierarchy.to_vec()).unwrap_or_default(),
                // Nobody who only looks asks for them.
                relationship_properties: Map::new(),
            })
        };
        record.relationships.iter().filter_map(known).collect()
    }

    /// Properties and runtime properties of the first instance of `node`.
    pub fn first(&self, node: &str) -> Option<(Map, Map)> {
        let (id, record) = self.state.instances_of(node).next()?;
        let properties = &self.topology().nodes.get(node)?.properties;
        Some((self.evaluator(id).map(properties).unwrap_or_default(), record.runtime.clone()))
    }
}

/// The first attribute in `value` that has no value yet, as it is written.
fn waits(value: &Value, evaluator: &Evaluator<'_>) -> Option<String> {
    if let Some(call) = value.call()
        && call.name == "get_attribute"
    {
        let known = evaluator
            .map(&Map::from([(String::new(), value.clone())]))
            .is_ok_and(|map| map.values().all(|value| !value.is_null()));
        return (!known).then(|| value.to_json().to_string());
    }
    match value {
        Value::List(list) => list.iter().find_map(|item| waits(item, evaluator)),
        Value::Map(map) => Map::values(map).find_map(|item| waits(item, evaluator)),
        _ => None,
    }
}
