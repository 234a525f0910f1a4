//! Which values flow where: outputs of lanes, the proxies that inherit them, the properties that read the proxies.
//!
//! Derived from the topologies alone, so that the lines are there before anything is deployed.

use super::LaneInput;
use crate::check::{Node, Topology};
use crate::model::{Map, Value};

/// The type that stands for another deployment.
const PROXY: &str = "cloudify.nodes.DeploymentProxy";

/// A proxy and what it takes from where.
pub(super) struct Inherited<'a> {
    /// The proxy's name.
    pub proxy: &'a str,
    /// Position of the lane that it stands for.
    pub lane: usize,
    /// Names of the outputs that it takes.
    pub outputs: Vec<String>,
}

/// A property that reads a proxy.
pub(super) struct Reading<'a> {
    /// The proxy.
    pub proxy: &'a str,
    /// The node that reads it.
    pub node: &'a str,
    /// Keys of the property: `env`, `SERVERS`.
    pub property: Vec<String>,
}

/// What the proxies of `lane` inherit from the other lanes.
pub(super) fn inherited<'a>(lane: &LaneInput<'a>, lanes: &[LaneInput<'a>]) -> Vec<Inherited<'a>> {
    let mut found = Vec::new();
    for node in lane.topology.nodes.values().filter(|node| node.is_a(PROXY)) {
        let Some(deployment) = setting(node, "deployment_id").and_then(|value| bound(value, lane)) else {
            continue;
        };
        let Some(source) = lanes
            .iter()
            .position(|other| other.deployment == deployment)
            .or_else(|| lanes.iter().position(|other| other.name == deployment))
        else {
            continue;
        };
        let outputs = setting(node, "inherit_outputs")
            .and_then(Value::as_list)
            .unwrap_or_default()
            .iter()
            .filter_map(|name| bound(name, lane))
            .collect();
        found.push(Inherited { proxy: &node.name, lane: source, outputs });
    }
    found
}

/// A property of a proxy, or the input of that name of one of its operations (as every published blueprint has it).
fn setting<'a>(node: &'a Node, key: &str) -> Option<&'a Value> {
    let given = |value: &&Value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::List(list) => !list.is_empty(),
        _ => true,
    };
    node.properties
        .get(key)
        .filter(given)
        .or_else(|| node.operations.values().find_map(|operation| operation.inputs.get(key).filter(given)))
}

/// A text that is known before deploying: written out, or an input with a value.
fn bound(value: &Value, lane: &LaneInput<'_>) -> Option<String> {
    if let Some(call) = value.call() {
        let name = call.argument.as_str().filter(|_| call.name == "get_input")?;
        let default = || lane.topology.inputs.get(name).and_then(|input| input.default.as_ref());
        return lane.inputs.get(name).or_else(default)?.as_str().map(str::to_owned);
    }
    value.as_str().map(str::to_owned)
}

/// Every property of `topology` that reads one of `proxies`, once.
pub(super) fn readings<'a>(topology: &'a Topology, proxies: &[Inherited<'a>]) -> Vec<Reading<'a>> {
    let mut found = Vec::new();
    for node in topology.nodes.values() {
        for (key, value) in &node.properties {
            walk(value, &mut vec![key.clone()], &mut |proxy, path| {
                if let Some(known) = proxies.iter().find(|known| known.proxy == proxy) {
                    let again = found.iter().any(|other: &Reading<'_>| {
                        other.node == node.name && other.proxy == proxy && other.property == path
                    });
                    if !again {
                        found.push(Reading { proxy: known.proxy, node: &node.name, property: path.to_vec() });
                    }
                }
            });
        }
    }
    found
}

/// Tells each node that `value` reads an attribute of, with the keys that lead to the function.
fn walk(value: &Value, path: &mut Vec<String>, found: &mut impl FnMut(&str, &[String])) {
    if let Some(call) = value.call() {
        let reads = call.name.starts_with("get_attribute") || call.name == "get_property";
        if let Some(name) = call.argument.as_list().and_then(|list| list.first()?.as_str()).filter(|_| reads)
        {
            found(name, path);
        }
        walk_inside(call.argument, path, found);
        return;
    }
    match value {
        Value::Map(map) => {
            for (key, item) in map {
                path.push(key.clone());
                walk(item, path, found);
                path.pop();
            }
        }
        Value::List(list) => list.iter().for_each(|item| walk(item, path, found)),
        _ => {}
    }
}

/// As `walk`, without going deeper in the path: what a function is applied to is no property of its own.
fn walk_inside(value: &Value, path: &mut Vec<String>, found: &mut impl FnMut(&str, &[String])) {
    match value {
        Value::List(list) => list.iter().for_each(|item| walk(item, path, found)),
        Value::Map(map) if value.call().is_none() => {
            map.values().for_each(|item| walk_inside(item, path, found));
        }
        Value::Map(_) => walk(value, path, found),
        _ => {}
    }
}

/// The leaves of an output: `vm_info.apache_subnet` and `vm_info.ips` of a map, else the output itself.
pub(super) fn leaves(name: &str, value: &Value) -> Vec<(Vec<String>, Option<String>)> {
    let keys: Option<&Map> = value.as_map().filter(|map| value.call().is_none() && !map.is_empty());
    match keys {
        Some(map) => {
            map.iter().map(|(key, item)| (vec![name.to_owned(), key.clone()], first_node(item))).collect()
        }
        None => vec![(vec![name.to_owned()], first_node(value))],
    }
}

fn first_node(value: &Value) -> Option<String> {
    let mut first = None;
    walk(value, &mut Vec::new(), &mut |node, _| {
        first.get_or_insert_with(|| node.to_owned());
    });
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn leaves_of_a_map_and_of_a_function() {
        let map = value(r#"{"url":{"concat":["http://",{"get_attribute":["host","ip"]}]},"n":1}"#);
        let found = leaves("info", &map);
        assert_eq!(found[0], (vec!["info".into(), "url".into()], Some("host".into())));
        assert_eq!(found[1], (vec!["info".into(), "n".into()], None));
        assert_eq!(leaves("one", &value(r#"{"get_input":"a"}"#)).len(), 1);
    }

    #[test]
    fn a_reading_ends_at_the_key_that_holds_the_function() {
        let mut paths = Vec::new();
        let property = value(r#"{"ROUTES":{"concat":[{"get_attribute":["p","o","k"]}," dev eth1"]}}"#);
        walk(&property, &mut vec!["env".into()], &mut |node, path| {
            paths.push((node.to_owned(), path.join(".")));
        });
        assert_eq!(paths, [("p".to_owned(), "env.ROUTES".to_owned())]);
    }
}
