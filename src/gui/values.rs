//! Values as a person wants to see them: functions evaluated with what is known now, never guessed.
//!
//! What is not known yet stays unknown; a secret is never looked up.

use crate::check::Topology;
use crate::model::{Call, Map, Value};
use crate::plan::State;

/// What values of one lane are evaluated against.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The lane's topology.
    pub topology: &'a Topology,
    /// Its inputs, bound.
    pub inputs: &'a Map,
    /// What exists of it.
    pub state: &'a State,
}

/// Functions may lead to functions; more steps than this are a circle.
const DEPTH: usize = 50;

impl Known<'_> {
    /// `value` of `node` with its functions evaluated; none if something in it is not known yet.
    pub fn evaluate(&self, node: &str, value: &Value) -> Option<Value> {
        self.deep(node, value, DEPTH)
    }

    fn deep(&self, node: &str, value: &Value, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        if let Some(call) = value.call() {
            return self.call(node, call, depth);
        }
        match value {
            Value::List(list) => {
                list.iter().map(|item| self.deep(node, item, depth)).collect::<Option<_>>().map(Value::List)
            }
            Value::Map(map) => map
                .iter()
                .map(|(key, item)| Some((key.clone(), self.deep(node, item, depth)?)))
                .collect::<Option<_>>()
                .map(Value::Map),
            plain => Some(plain.clone()),
        }
    }

    fn call(&self, node: &str, call: Call<'_>, depth: usize) -> Option<Value> {
        let single = std::slice::from_ref(call.argument);
        let arguments = call.argument.as_list().unwrap_or(single);
        match call.name {
            "concat" => {
                let parts: Option<Vec<Value>> =
                    arguments.iter().map(|part| self.deep(node, part, depth)).collect();
                let parts = parts?;
                Some(Value::String(parts.iter().map(ToString::to_string).collect()))
            }
            "get_input" => {
                let (name, rest) = arguments.split_first()?;
                let name = name.as_str()?;
                let default = || self.topology.inputs.get(name).and_then(|input| input.default.as_ref());
                let value = self.inputs.get(name).or_else(default)?;
                self.deep(node, &self.walk(node, value, rest, depth)?, depth)
            }
            "get_property" | "get_attribute" => {
                let (name, rest) = arguments.split_first()?;
                let name = match name.as_str()? {
                    "SELF" => node,
                    name => name,
                };
                let (key, rest) = rest.split_first()?;
                let key = key.as_str()?;
                let runtime = || {
                    let (_, record) = self.state.instances_of(name).next()?;
                    record.runtime.get(key)
                };
                let known = runtime().filter(|_| call.name == "get_attribute");
                let property = || self.topology.nodes.get(name)?.properties.get(key);
                let absent = Value::String(String::new());
                // An empty default is a place for a runtime property, not a value.
                let value = known.or_else(|| {
                    property().filter(|value| call.name == "get_property" || **value != absent)
                })?;
                self.deep(name, &self.walk(node, value, rest, depth)?, depth)
            }
            _ => None,
        }
    }

    /// The element of `value` that `keys` lead to.
    fn walk(&self, node: &str, value: &Value, keys: &[Value], depth: usize) -> Option<Value> {
        let mut current = self.deep(node, value, depth)?;
        for key in keys {
            current = match (self.deep(node, key, depth)?, &current) {
                (Value::String(key), Value::Map(map)) => map.get(&key)?.clone(),
                (Value::Int(index), Value::List(list)) => list.get(usize::try_from(index).ok()?)?.clone(),
                _ => return None,
            };
        }
        Some(current)
    }
}

/// A value for a chip: on one line, the common head of listed addresses told once (`10.0.0.11,.12`).
pub fn short(value: &Value) -> String {
    let text = value.to_string();
    let parts: Vec<&str> = text.split(',').collect();
    let (Some(first), true) = (parts.first(), parts.len() > 1) else { return text };
    let Some(head) = first.rfind('.').map(|end| &first[..end]).filter(|head| head.split('.').count() == 3)
    else {
        return text;
    };
    let rest = parts.iter().skip(1).map(|part| part.strip_prefix(head).unwrap_or(part));
    std::iter::once(*first).chain(rest).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::check::Node;
    use crate::plan::InstanceRecord;

    #[test]
    fn known_values_are_evaluated_and_others_stay_unknown() {
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let mut topology = Topology::default();
        let proxy = Node { name: "proxy".into(), ..Node::default() };
        topology.nodes.insert("proxy".into(), Arc::new(proxy));
        let inputs = Map::from([("ips".to_owned(), json(r#"["a","b"]"#))]);
        let mut state = State::new("d");
        let value =
            json(r#"{"concat":[{"get_attribute":["proxy","vm_info","ips"]}," ",{"get_input":["ips",1]}]}"#);
        let known = Known { topology: &topology, inputs: &inputs, state: &state };
        assert_eq!(known.evaluate("web", &value), None);
        let record = InstanceRecord {
            node: "proxy".into(),
            runtime: Map::from([("vm_info".to_owned(), json(r#"{"ips":"1,2"}"#))]),
            ..InstanceRecord::default()
        };
        state.instances.insert("proxy_1".into(), record);
        let known = Known { topology: &topology, inputs: &inputs, state: &state };
        assert_eq!(known.evaluate("web", &value), Some(Value::from("1,2 b")));
    }

    #[test]
    fn addresses_are_told_in_short() {
        assert_eq!(short(&Value::from("10.100.102.11,10.100.102.12")), "10.100.102.11,.12");
        assert_eq!(short(&Value::from("plain, text")), "plain, text");
    }
}
