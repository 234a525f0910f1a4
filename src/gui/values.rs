//! Values as a person wants to see them: functions evaluated with what is known now, never guessed.
//!
//! What is not known yet stays unknown; a secret is never looked up.

use crate::check::evaluate::{Evaluated, EvaluationError, Here, InstanceView, Lookup, World, evaluate};
use crate::check::{Preview, Topology};
use crate::model::{Map, Value};
use crate::plan::{State, instance_view};

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

impl Known<'_> {
    /// `value` of `node` with its functions evaluated; none if something in it is not known yet.
    pub fn evaluate(&self, node: &str, value: &Value) -> Option<Value> {
        let found = self.explain(node, value).ok()?;
        found.waits.is_empty().then_some(found.value)
    }

    /// `value` of `node` evaluated as far as it can be, with what it waits for; or why it can't be.
    pub fn explain(&self, node: &str, value: &Value) -> Result<Evaluated, EvaluationError> {
        let instance = self.state.instances_of(node).next().map_or(node, |(id, _)| id);
        evaluate(value, &Here::at(instance), self)
    }

    /// As [`Self::explain`], with dots in place of every secret.
    pub fn masked(&self, node: &str, value: &Value) -> Result<Evaluated, EvaluationError> {
        let instance = self.state.instances_of(node).next().map_or(node, |(id, _)| id);
        evaluate(value, &Here::at(instance), &Masked(*self))
    }

    /// What is known of `node` under `key`: the runtime property, else the property unless it is an empty place for one.
    pub fn attribute(&self, node: &str, key: &str) -> Option<Value> {
        let runtime = self.state.instances_of(node).next().and_then(|(_, record)| record.runtime.get(key));
        let property = || self.topology.nodes.get(node)?.properties.get(key);
        let value = runtime.or_else(|| property().filter(|value| value.as_str() != Some("")))?;
        self.evaluate(node, value)
    }
}

impl World for Known<'_> {
    fn input(&self, name: &str) -> Lookup {
        Preview::with_inputs(self.topology, self.inputs).input(name)
    }

    fn properties(&self, node: &str) -> Option<&Map> {
        self.topology.nodes.get(node).map(|node| &node.properties)
    }

    fn instances(&self, node: &str) -> Option<Vec<String>> {
        let ids: Vec<String> = self.state.instances_of(node).map(|(id, _)| id.to_owned()).collect();
        (!ids.is_empty()).then_some(ids)
    }

    fn instance(&self, id: &str) -> Option<InstanceView<'_>> {
        instance_view(self.topology, self.state, id)
    }

    fn sys(&self, entity: &str, property: &str) -> Lookup {
        match (entity, property) {
            ("deployment", "id" | "name") => Lookup::Known(Value::string(&self.state.deployment)),
            _ => Lookup::Later(format!("the {property} of the {entity}")),
        }
    }
}

/// The same, with secrets that nobody can read.
struct Masked<'a>(Known<'a>);

/// What stands for a secret.
const DOTS: &str = "••••••";

impl World for Masked<'_> {
    fn input(&self, name: &str) -> Lookup {
        self.0.input(name)
    }

    fn properties(&self, node: &str) -> Option<&Map> {
        self.0.properties(node)
    }

    fn instances(&self, node: &str) -> Option<Vec<String>> {
        self.0.instances(node)
    }

    fn instance(&self, id: &str) -> Option<InstanceView<'_>> {
        self.0.instance(id)
    }

    fn sys(&self, entity: &str, property: &str) -> Lookup {
        self.0.sys(entity, property)
    }

    fn secret(&self, _: &str) -> Lookup {
        Lookup::Known(Value::string(DOTS))
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
        topology.nodes.insert("web".into(), Arc::new(Node { name: "web".into(), ..Node::default() }));
        topology.inputs.insert("ips".into(), crate::check::Input::default());
        let inputs = Map::from([("ips".to_owned(), json(r#"["a","b"]"#))]);
        let mut state = State::new("d");
        let value =
            json(r#"{"concat":[{"get_attribute":["proxy","vm_info","ips"]}," ",{"get_input":["ips",1]}]}"#);
        let known = Known { topology: &topology, inputs: &inputs, state: &state };
        assert_eq!(known.evaluate("web", &value), None);
        assert_eq!(known.explain("web", &value).unwrap().waits, ["`vm_info.ips` of `proxy`"]);
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
