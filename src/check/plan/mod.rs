//! The resolved plan that other programs read: a topology under the key names of the reference parser's plan (DSL
//! reference, "plan produced by the parser").
//!
//! Says the same as [`Topology`] in other words; nothing here decides anything.

mod evaluated;
mod nodes;
mod plugins;
mod requirements;

use indexmap::IndexMap;

use super::nodes::CONTAINED_IN;
use super::topology::{Instance, Output, Topology};
use crate::model::{Map, Value};
pub use evaluated::evaluated;
pub(super) use nodes::counts;
pub(super) use plugins::declared as declared_plugins;

fn map<const N: usize>(entries: [(&str, Value); N]) -> Map {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn texts(list: &[String]) -> Value {
    Value::List(list.iter().map(|text| Value::string(text.as_str())).collect())
}

fn optional<T>(value: Option<T>, wrap: impl FnOnce(T) -> Value) -> Value {
    value.map_or(Value::Null, wrap)
}

fn seconds(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        Value::Int(number as i64)
    } else {
        Value::Float(number)
    }
}

fn outputs(outputs: &IndexMap<String, Output>) -> Value {
    let shown = outputs.iter().map(|(name, output)| {
        let mut map = map([("value", output.value.clone())]);
        if let Some(description) = &output.description {
            map.insert("description".into(), description.as_str().into());
        }
        (name.clone(), Value::Map(map))
    });
    Value::Map(shown.collect())
}

/// The resolved plan of a topology.
pub fn resolved_plan(topology: &Topology) -> Map {
    let nodes = nodes::nodes(topology);
    let workflows = topology.workflows.iter().map(|(name, workflow)| {
        let shown = map([
            ("plugin", workflow.plugin.as_str().into()),
            ("operation", workflow.operation.as_str().into()),
            ("parameters", Value::Map(workflow.parameters.clone())),
            ("is_cascading", Value::Bool(workflow.is_cascading)),
            ("availability_rules", optional(workflow.availability_rules.clone(), |rules| rules)),
        ]);
        (name.clone(), Value::Map(shown))
    });
    let groups = topology.scaling_groups.iter().map(|(name, group)| {
        let shown = map([("members", texts(&group.members)), ("properties", counts(&group.scalable))]);
        (name.clone(), Value::Map(shown))
    });
    let minor = topology.version.rsplit('_').next().and_then(|minor| minor.parse().ok()).unwrap_or(0);
    let version = map([
        ("raw", topology.version.as_str().into()),
        ("definitions_name", "cloudify_dsl".into()),
        ("definitions_version", Value::List(vec![Value::Int(1), Value::Int(minor)])),
    ]);
    let mut plan = map([
        ("version", Value::Map(version)),
        ("description", optional(topology.description.as_deref(), Value::from)),
        ("outputs", outputs(&topology.outputs)),
        ("capabilities", outputs(&topology.capabilities)),
        ("workflows", Value::Map(workflows.collect())),
        ("scaling_groups", Value::Map(groups.collect())),
        ("deployment_plugins_to_install", plugins::installed(&nodes, "deployment_plugins_to_install")),
        ("host_agent_plugins_to_install", plugins::installed(&nodes, "plugins_to_install")),
        ("workflow_plugins_to_install", plugins::of_workflows(topology)),
        ("nodes", Value::List(nodes)),
    ]);
    for (key, value) in topology.sections.iter().filter(|(key, _)| *key != "plugins") {
        plan.insert(key.clone(), value.clone());
    }
    let requirements = requirements::of(&plan);
    plan.insert("requirements".into(), requirements);
    plan
}

/// What a deployment adds to the plan: its instances.
pub fn instances_of_plan(instances: &[Instance], topology: &Topology) -> Value {
    let by_id: IndexMap<&str, &Instance> =
        instances.iter().map(|instance| (instance.id.as_str(), instance)).collect();
    let shown = instances.iter().map(|instance| {
        let node = topology.nodes.get(&instance.node);
        let relationships = instance.relationships.iter().filter_map(|(index, target)| {
            let relationship = node?.relationships.get(*index)?;
            Some(Value::Map(map([
                ("type", relationship.type_name.as_str().into()),
                ("target_id", target.as_str().into()),
                ("target_name", by_id.get(target.as_str()).map_or("", |target| target.node.as_str()).into()),
            ])))
        });
        let groups = instance
            .scaling_groups
            .iter()
            .map(|(name, id)| Value::Map(map([("name", name.as_str().into()), ("id", id.as_str().into())])));
        let mut shown = map([
            ("id", instance.id.as_str().into()),
            ("node_id", instance.node.as_str().into()),
            ("name", instance.node.as_str().into()),
            ("relationships", Value::List(relationships.collect())),
        ]);
        if let Some(host) = host_of(instance, &by_id, topology) {
            shown.insert("host_id".into(), host.into());
        }
        if !instance.scaling_groups.is_empty() {
            shown.insert("scaling_groups".into(), Value::List(groups.collect()));
        }
        Value::Map(shown)
    });
    Value::List(shown.collect())
}

/// The instance that hosts this one: the outermost of what contains it (and itself) that is a host; where none of them
/// is, the name of the node that hosts its node.
fn host_of<'i>(
    instance: &'i Instance,
    by_id: &IndexMap<&str, &'i Instance>,
    topology: &'i Topology,
) -> Option<&'i str> {
    let node = |instance: &Instance| topology.nodes.get(&instance.node);
    let mut host = node(instance)?.host.as_deref()?;
    let mut current = instance;
    for _ in 0..=topology.nodes.len() {
        if node(current)?.host.as_deref() == Some(&current.node) {
            host = &current.id;
        }
        let relationships = &node(current)?.relationships;
        let container = current.relationships.iter().find(|(index, _)| {
            relationships.get(*index).is_some_and(|relationship| relationship.is_a(CONTAINED_IN))
        });
        let Some(outer) = container.and_then(|(_, id)| by_id.get(id.as_str())) else { break };
        current = outer;
    }
    Some(host)
}
