//! Values as operations see them: functions evaluated against what exists at this moment.
//!
//! An adapter: the rules are `check::evaluate`'s, the answers come from a [`State`]. Secrets are resolved here and
//! nowhere else, and each one that was used is remembered so that it can be struck out of whatever is said later.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::check::Topology;
use crate::check::evaluate::{Evaluated, Here, InstanceView, Lookup, World, evaluate};
use crate::model::{Map, Value};
use crate::plan::{DeploymentStatus, State, instance_view};

/// Where secrets come from.
pub trait Secrets: Send + Sync {
    /// The secret called `name`.
    fn secret(&self, name: &str) -> Option<String>;
}

/// Secrets from environment variables: `GANTRY_SECRET_` and the name in capitals, other characters than letters and
/// digits as `_`.
pub struct EnvironmentSecrets;

impl Secrets for EnvironmentSecrets {
    fn secret(&self, name: &str) -> Option<String> {
        let name: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
            .collect();
        std::env::var(format!("GANTRY_SECRET_{name}")).ok()
    }
}

/// From where a value is looked at.
pub(super) struct Evaluator<'a> {
    pub topology: &'a Topology,
    pub inputs: &'a Map,
    pub state: &'a State,
    /// The states of all deployments: their capabilities can be read.
    pub others: &'a HashMap<String, State>,
    pub secrets: &'a dyn Secrets,
    /// The instance that `SELF` is.
    pub instance: Option<&'a str>,
    /// The instances that `SOURCE` and `TARGET` are, for the inputs of relationship operations.
    pub ends: Option<(&'a str, &'a str)>,
    /// For outputs: what belongs to an instance that is not there is not known.
    pub strict: bool,
    /// Secrets that were used.
    pub used: RefCell<Vec<String>>,
}

impl Evaluator<'_> {
    /// All values of a map of the instance.
    pub fn map(&self, map: &Map) -> Result<Map, String> {
        self.all(map, &self.instance.map_or_else(Here::default, Here::at))
    }

    /// The inputs of an operation: of the relationship, if it is one of those.
    pub fn operation_inputs(&self, map: &Map) -> Result<Map, String> {
        match self.ends {
            Some((source, target)) => self.all(map, &Here::between(source, target)),
            None => self.map(map),
        }
    }

    fn all(&self, map: &Map, here: &Here) -> Result<Map, String> {
        map.iter()
            .map(|(key, value)| {
                let value = self.at(value, here).map_err(|why| format!("{key}: {why}"))?;
                Ok((key.clone(), value))
            })
            .collect()
    }

    /// One value, of the deployment as a whole.
    pub fn value(&self, value: &Value) -> Result<Value, String> {
        self.at(value, &Here::default())
    }

    fn at(&self, value: &Value, here: &Here) -> Result<Value, String> {
        let Evaluated { value, waits } = evaluate(value, here, self).map_err(|error| error.message)?;
        if waits.is_empty() { Ok(value) } else { Err(format!("not known: {}", waits.join(", "))) }
    }
}

impl World for Evaluator<'_> {
    fn input(&self, name: &str) -> Lookup {
        let default = || self.topology.inputs.get(name)?.default.as_ref();
        self.inputs.get(name).or_else(default).cloned().into()
    }

    fn properties(&self, node: &str) -> Option<&Map> {
        self.topology.nodes.get(node).map(|node| &node.properties)
    }

    fn instances(&self, node: &str) -> Option<Vec<String>> {
        let ids: Vec<String> = self.state.instances_of(node).map(|(id, _)| id.to_owned()).collect();
        (!ids.is_empty()).then_some(ids)
    }

    fn instance(&self, id: &str) -> Option<InstanceView<'_>> {
        let record = self.state.instances.get(id)?;
        (!self.strict || !record.state.is_absent()).then(|| instance_view(self.topology, self.state, id))?
    }

    fn secret(&self, name: &str) -> Lookup {
        let secret = self.secrets.secret(name);
        if let Some(secret) = &secret {
            let mut used = self.used.borrow_mut();
            used.extend(parts(secret));
        }
        secret.map(Value::String).into()
    }

    fn capability(&self, deployment: &str, name: &str) -> Lookup {
        let state = self.others.get(deployment).filter(|state| state.status != DeploymentStatus::Absent);
        let Some(state) = state else {
            return Lookup::Later(format!(
                "the capability `{name}` of deployment `{deployment}`, which is not deployed"
            ));
        };
        match state.capabilities.get(name) {
            Some(Value::Null) => Lookup::Later(format!(
                "the capability `{name}` of deployment `{deployment}`, which has no value yet"
            )),
            found => found.cloned().into(),
        }
    }

    fn sys(&self, entity: &str, property: &str) -> Lookup {
        match (entity, property) {
            ("deployment", "id" | "name") => Lookup::Known(Value::string(&self.state.deployment)),
            _ => Lookup::Missing,
        }
    }

    fn is_for_outputs(&self) -> bool {
        self.strict
    }
}

/// A secret and, since they can be asked for as well, the texts in it.
pub(super) fn parts(secret: &str) -> Vec<String> {
    let mut found = vec![secret.to_owned()];
    if let Ok(parsed) = serde_json::from_str::<Value>(secret) {
        leaves(&parsed, &mut found);
    }
    found
}

/// The texts in a value; numbers and truths are no secrets by themselves.
fn leaves(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::List(list) => list.iter().for_each(|item| leaves(item, found)),
        Value::Map(map) => map.values().for_each(|item| leaves(item, found)),
        _ => {}
    }
}
