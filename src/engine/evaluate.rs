//! Values as operations see them: functions evaluated against what exists at this moment.
//!
//! Follows the DSL's intrinsic functions (DSL reference, "intrinsic functions"). Secrets are resolved here and
//! nowhere else, and each one that was used is remembered so that it can be struck out of whatever is said later.

use std::cell::RefCell;

use crate::check::{Node, Topology};
use crate::model::{Call, Map, Value};
use crate::plan::{InstanceRecord, State};

/// Functions may lead to functions; more steps than this are a circle (as in the reference parser).
const DEPTH: usize = 50;

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
    pub secrets: &'a dyn Secrets,
    /// The instance that `SELF` is.
    pub instance: Option<&'a str>,
    /// The instances that `SOURCE` and `TARGET` are.
    pub ends: Option<(&'a str, &'a str)>,
    /// Whether an attribute that is not known yet is an error; it is `null` otherwise.
    pub strict: bool,
    /// Secrets that were used.
    pub used: RefCell<Vec<String>>,
}

impl<'a> Evaluator<'a> {
    /// All values of a map.
    pub fn map(&self, map: &Map) -> Result<Map, String> {
        map.iter()
            .map(|(key, value)| {
                let value = self.value(value).map_err(|why| format!("{key}: {why}"))?;
                Ok((key.clone(), value))
            })
            .collect()
    }

    /// One value.
    pub fn value(&self, value: &Value) -> Result<Value, String> {
        self.deep(value, self.instance, DEPTH)
    }

    fn deep(&self, value: &Value, me: Option<&'a str>, depth: usize) -> Result<Value, String> {
        let depth = depth.checked_sub(1).ok_or("functions lead in a circle")?;
        if let Some(call) = value.call() {
            return self.call(call, me, depth);
        }
        Ok(match value {
            Value::List(list) => {
                Value::List(list.iter().map(|item| self.deep(item, me, depth)).collect::<Result<_, _>>()?)
            }
            Value::Map(map) => Value::Map(
                map.iter()
                    .map(|(key, item)| Ok((key.clone(), self.deep(item, me, depth)?)))
                    .collect::<Result<_, String>>()?,
            ),
            plain => plain.clone(),
        })
    }

    fn call(&self, call: Call<'_>, me: Option<&'a str>, depth: usize) -> Result<Value, String> {
        let argument = self.deep(call.argument, me, depth)?;
        let list = match argument {
            Value::List(list) => list,
            single => vec![single],
        };
        let text = |index: usize| {
            list.get(index)
                .and_then(Value::as_str)
                .ok_or_else(|| format!("{} needs text as its argument {}", call.name, index + 1))
        };
        let plain = |index: usize| list.get(index).map(as_text).unwrap_or_default();
        match call.name {
            "get_input" => {
                let name = text(0)?;
                let value =
                    self.inputs.get(name).or_else(|| self.topology.inputs.get(name)?.default.as_ref());
                let value = value.ok_or_else(|| format!("input `{name}` has no value"))?;
                descend(self.deep(value, None, depth)?, list.get(1..).unwrap_or_default(), "get_input")
            }
            "get_property" => {
                let (instance, node) = self.place(text(0)?, me)?;
                let name = text(1)?;
                let value = node
                    .properties
                    .get(name)
                    .ok_or_else(|| format!("get_property: {} has no property `{name}`", node.name))?;
                let value = self.deep(value, instance, depth)?;
                descend(value, list.get(2..).unwrap_or_default(), "get_property")
            }
            "get_attribute" => self.attribute(&list, text(0)?, text(1)?, me, depth),
            "get_attributes_list" => {
                let (node, name) = (text(0)?, text(1)?);
                let ids = self.state.instances_of(node);
                let values = ids.map(|(id, record)| {
                    let value = self.known(id, record, name, depth)?;
                    descend(value, list.get(2..).unwrap_or_default(), "get_attributes_list")
                });
                Ok(Value::List(values.collect::<Result<_, _>>()?))
            }
            "get_secret" => {
                let name = text(0)?;
                let secret = self.secrets.secret(name).ok_or_else(|| {
                    format!(
                        "secret `{name}` is not known; set it, for example by GANTRY_SECRET_{}",
                        name.to_uppercase()
                    )
                })?;
                self.used.borrow_mut().push(secret.clone());
                if list.len() == 1 {
                    return Ok(Value::String(secret));
                }
                // The parser's message would quote the secret.
                let parsed: Value = serde_json::from_str(&secret)
                    .map_err(|_| format!("secret `{name}` is no JSON, so it has no keys"))?;
                let value = descend(parsed, list.get(1..).unwrap_or_default(), "get_secret")?;
                self.used.borrow_mut().push(as_text(&value));
                Ok(value)
            }
            "concat" => Ok(Value::String(list.iter().map(as_text).collect())),
            "merge" => {
                let mut merged = Map::new();
                for part in list {
                    let Value::Map(part) = part else { return Err("merge takes a list of maps".into()) };
                    merged.extend(part);
                }
                Ok(Value::Map(merged))
            }
            "string_lower" => Ok(Value::String(plain(0).to_lowercase())),
            "string_upper" => Ok(Value::String(plain(0).to_uppercase())),
            "string_find" => {
                Ok(Value::Int(plain(0).find(text(1)?).and_then(|at| i64::try_from(at).ok()).unwrap_or(-1)))
            }
            "string_replace" => match list.get(3).and_then(Value::as_int) {
                Some(count) => Ok(Value::String(plain(0).replacen(
                    text(1)?,
                    text(2)?,
                    usize::try_from(count).unwrap_or(usize::MAX),
                ))),
                None => Ok(Value::String(plain(0).replace(text(1)?, text(2)?))),
            },
            "string_split" => {
                let whole = plain(0);
                let parts: Vec<Value> = whole.split(text(1)?).map(Value::from).collect();
                descend(Value::List(parts), list.get(2..).unwrap_or_default(), "string_split")
            }
            other => Err(format!("{other} can't be evaluated here")),
        }
    }

    fn attribute(
        &self,
        list: &[Value],
        node: &str,
        name: &str,
        me: Option<&'a str>,
        depth: usize,
    ) -> Result<Value, String> {
        let (instance, template) = self.place(node, me)?;
        let exists = instance.and_then(|id| self.state.instances.get_key_value(id));
        if self.strict && exists.is_none_or(|(_, record)| record.state.is_absent()) {
            return Err(format!("{node} is not there yet"));
        }
        let value = match exists {
            Some((id, record)) => self.known(id, record, name, depth)?,
            None => match template.properties.get(name) {
                Some(value) => self.deep(value, None, depth)?,
                None => Value::Null,
            },
        };
        if value.is_null() {
            return if self.strict {
                Err(format!("{name} of {node} is not known yet"))
            } else {
                Ok(Value::Null)
            };
        }
        descend(value, list.get(2..).unwrap_or_default(), "get_attribute")
    }

    /// Runtime property, then the special names, then the node's property, then nothing.
    fn known(&self, id: &'a str, record: &InstanceRecord, name: &str, depth: usize) -> Result<Value, String> {
        if let Some(value) = record.runtime.get(name) {
            return Ok(value.clone());
        }
        if name == "node_instance_id" {
            return Ok(Value::from(id));
        }
        match self.topology.nodes.get(&record.node).and_then(|node| node.properties.get(name)) {
            Some(value) => self.deep(value, Some(id), depth),
            None => Ok(Value::Null),
        }
    }

    /// The node that a name stands for, and its instance as seen from `me`.
    fn place(&self, name: &str, me: Option<&'a str>) -> Result<(Option<&'a str>, &'a Node), String> {
        let instance = match name {
            "SELF" => Some(me.ok_or("SELF means nothing here")?),
            "SOURCE" => Some(self.ends.ok_or("SOURCE means nothing outside a relationship")?.0),
            "TARGET" => Some(self.ends.ok_or("TARGET means nothing outside a relationship")?.1),
            _ => None,
        };
        let node = match instance {
            Some(id) => self.state.instances.get(id).map(|record| record.node.as_str()),
            None => Some(name),
        };
        let node = node
            .and_then(|node| self.topology.nodes.get(node))
            .ok_or_else(|| format!("there is no node `{name}`"))?;
        Ok((instance.or(self.instance_of(&node.name, me)?), node))
    }

    /// The one instance of `node` that `me` means: the only one, the one it relates to, or the one in the same container.
    fn instance_of(&self, node: &str, me: Option<&'a str>) -> Result<Option<&'a str>, String> {
        let all: Vec<&str> = self.state.instances_of(node).map(|(id, _)| id).collect();
        let all: Vec<&'a str> = all
            .into_iter()
            .filter_map(|id| Some(self.state.instances.get_key_value(id)?.0.as_str()))
            .collect();
        if all.len() <= 1 {
            return Ok(all.first().copied());
        }
        let own = me.and_then(|me| self.state.instances.get(me));
        let related =
            own.and_then(|own| all.iter().find(|id| own.relationships.iter().any(|(_, to)| to == *id)));
        if let Some(id) = related.copied().or_else(|| self.neighbour(&all, me?)) {
            return Ok(Some(id));
        }
        Err(format!("{node} has {} instances, and which one is meant is not clear", all.len()))
    }

    fn neighbour(&self, all: &[&'a str], me: &str) -> Option<&'a str> {
        let mine = self.containers(me);
        for container in &mine {
            let mut inside = all.iter().filter(|id| self.containers(id).contains(container));
            if let (Some(id), None) = (inside.next(), inside.next()) {
                return Some(id);
            }
        }
        None
    }

    /// What contains `id`, from the inside out.
    fn containers(&self, id: &str) -> Vec<&'a str> {
        let mut found: Vec<&'a str> = Vec::new();
        let mut current = self.state.instances.get_key_value(id);
        while let Some((id, record)) = current {
            if found.contains(&id.as_str()) {
                break;
            }
            found.push(id);
            let node = self.topology.nodes.get(&record.node);
            let next = record.relationships.iter().find(|(index, _)| {
                let relationship = node.and_then(|node| node.relationships.get(*index));
                relationship
                    .is_some_and(|relationship| relationship.is_a("cloudify.relationships.contained_in"))
            });
            current = next.and_then(|(_, target)| self.state.instances.get_key_value(target.as_str()));
        }
        found
    }
}

/// Follows keys and indexes into a value (DSL reference, "path rule").
fn descend(mut value: Value, path: &[Value], function: &str) -> Result<Value, String> {
    for step in path {
        let next = match (&mut value, step) {
            (Value::Map(map), Value::String(key)) => map.shift_remove(key.as_str()),
            (Value::List(list), Value::Int(index)) => {
                usize::try_from(*index).ok().and_then(|index| list.get_mut(index).map(std::mem::take))
            }
            _ => None,
        };
        value = next.ok_or_else(|| format!("{function}: there is no `{step}` in its value"))?;
    }
    Ok(value)
}

/// A part of `concat` as the reference prints it.
fn as_text(value: &Value) -> String {
    match value {
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Null => "None".into(),
        other => other.to_string(),
    }
}
