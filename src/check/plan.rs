//! The resolved plan that other programs read: a topology under the key names of the reference parser's plan (DSL
//! reference, "plan produced by the parser").
//!
//! Says the same as [`Topology`] in other words; nothing here decides anything.

use indexmap::IndexMap;

use super::evaluate::{EvaluationError, Here, World, evaluate};
use super::topology::{Instance, Mapping, Node, Output, Relationship, Scalable, Topology};
use crate::model::{Map, Value};

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

/// Counts as `capabilities.scalable.properties` has them.
pub(super) fn counts(scalable: &Scalable) -> Value {
    let default = &scalable.default_instances;
    Value::Map(map([
        ("default_instances", default.clone()),
        ("min_instances", scalable.min_instances.clone()),
        ("max_instances", scalable.max_instances.clone()),
        ("current_instances", default.clone()),
        ("planned_instances", default.clone()),
    ]))
}

fn mapping(mapping: &Mapping) -> Value {
    if mapping.is_noop() {
        return mapping_of("", "", None, Map::new(), &Mapping::default());
    }
    mapping_of(
        &mapping.plugin,
        &mapping.operation,
        mapping.executor.as_deref(),
        mapping.inputs.clone(),
        mapping,
    )
}

fn mapping_of(plugin: &str, operation: &str, executor: Option<&str>, inputs: Map, rest: &Mapping) -> Value {
    Value::Map(map([
        ("plugin", plugin.into()),
        ("operation", operation.into()),
        ("executor", optional(executor, Value::from)),
        ("inputs", Value::Map(inputs)),
        ("max_retries", optional(rest.max_retries, Value::Int)),
        ("retry_interval", optional(rest.retry_interval, seconds)),
        ("timeout", optional(rest.timeout, seconds)),
        ("timeout_recoverable", optional(rest.timeout_recoverable, Value::Bool)),
    ]))
}

/// Operations under their full names, and under their short ones where only one interface has it.
fn operations(all: &IndexMap<String, Mapping>) -> Value {
    let short = |name: &str| name.rsplit_once('.').map_or(name, |(_, short)| short).to_owned();
    let mut seen: IndexMap<String, usize> = IndexMap::new();
    for name in all.keys() {
        *seen.entry(short(name)).or_default() += 1;
    }
    let mut shown = Map::new();
    for (name, operation) in all {
        let value = mapping(operation);
        if seen.get(&short(name)) == Some(&1) {
            shown.insert(short(name), value.clone());
        }
        shown.insert(name.clone(), value);
    }
    Value::Map(shown)
}

fn relationship(relationship: &Relationship) -> Value {
    Value::Map(map([
        ("type", relationship.type_name.as_str().into()),
        ("type_hierarchy", texts(&relationship.type_hierarchy)),
        ("target_id", relationship.target.as_str().into()),
        ("properties", Value::Map(relationship.properties.clone())),
        ("source_operations", operations(&relationship.source_operations)),
        ("target_operations", operations(&relationship.target_operations)),
    ]))
}

/// The plugins that a node's operations use, each with the executor that they use it with.
fn plugins<'t>(used: impl Iterator<Item = &'t Mapping>, topology: &Topology) -> Value {
    let declared = topology.sections.get("plugins").and_then(Value::as_map);
    let mut all: IndexMap<(&str, Option<&str>), Value> = IndexMap::new();
    for mapping in used.filter(|mapping| !mapping.plugin.is_empty()) {
        let executor = mapping.executor.as_deref();
        all.entry((&mapping.plugin, executor)).or_insert_with(|| {
            let mut plugin = declared
                .and_then(|plugins| plugins.get(&mapping.plugin)?.as_map())
                .cloned()
                .unwrap_or_default();
            plugin.insert("name".into(), mapping.plugin.as_str().into());
            plugin.insert("executor".into(), optional(executor, Value::from));
            plugin.entry("install".into()).or_insert(Value::Bool(true));
            Value::Map(plugin)
        });
    }
    Value::List(all.into_values().collect())
}

fn node(node: &Node, incoming: &[&Relationship], topology: &Topology) -> Value {
    let scalable = map([("properties", counts(&node.scalable))]);
    let capabilities = map([("scalable", Value::Map(scalable))]);
    let used = node
        .operations
        .values()
        .chain(node.relationships.iter().flat_map(|r| r.source_operations.values()))
        .chain(incoming.iter().flat_map(|r| r.target_operations.values()));
    let mut shown = map([
        ("id", node.name.as_str().into()),
        ("name", node.name.as_str().into()),
        ("type", node.type_name.as_str().into()),
        ("type_hierarchy", texts(&node.type_hierarchy)),
        ("properties", Value::Map(node.properties.clone())),
        ("operations", operations(&node.operations)),
        ("relationships", Value::List(node.relationships.iter().map(relationship).collect())),
        ("capabilities", Value::Map(capabilities)),
        ("plugins", plugins(used, topology)),
    ]);
    if let Some(host) = &node.host {
        shown.insert("host_id".into(), host.as_str().into());
    }
    Value::Map(shown)
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
    let mut incoming: IndexMap<&str, Vec<&Relationship>> = IndexMap::new();
    for relationship in topology.nodes.values().flat_map(|node| &node.relationships) {
        incoming.entry(&relationship.target).or_default().push(relationship);
    }
    let none = Vec::new();
    let nodes = topology
        .nodes
        .values()
        .map(|each| node(each, incoming.get(each.name.as_str()).unwrap_or(&none), topology))
        .collect();
    let workflows = topology.workflows.iter().map(|(name, workflow)| {
        let shown = map([
            ("plugin", workflow.plugin.as_str().into()),
            ("operation", workflow.operation.as_str().into()),
            ("parameters", Value::Map(workflow.parameters.clone())),
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
        ("nodes", Value::List(nodes)),
        ("workflows", Value::Map(workflows.collect())),
        ("scaling_groups", Value::Map(groups.collect())),
    ]);
    for (key, value) in topology.sections.iter().filter(|(key, _)| *key != "plugins") {
        plan.insert(key.clone(), value.clone());
    }
    plan
}

/// What a deployment adds to the plan: its instances.
pub fn instances_of_plan(instances: &[Instance], topology: &Topology) -> Value {
    let by_id: IndexMap<&str, &str> =
        instances.iter().map(|instance| (instance.id.as_str(), instance.node.as_str())).collect();
    let shown = instances.iter().map(|instance| {
        let node = topology.nodes.get(&instance.node);
        let relationships = instance.relationships.iter().filter_map(|(index, target)| {
            let relationship = node?.relationships.get(*index)?;
            Some(Value::Map(map([
                ("type", relationship.type_name.as_str().into()),
                ("target_id", target.as_str().into()),
                ("target_name", by_id.get(target.as_str()).copied().unwrap_or_default().into()),
            ])))
        });
        let groups = instance
            .scaling_groups
            .iter()
            .map(|(name, id)| Value::Map(map([("name", name.as_str().into()), ("id", id.as_str().into())])));
        Value::Map(map([
            ("id", instance.id.as_str().into()),
            ("node_id", instance.node.as_str().into()),
            ("name", instance.node.as_str().into()),
            ("relationships", Value::List(relationships.collect())),
            ("scaling_groups", Value::List(groups.collect())),
        ]))
    });
    Value::List(shown.collect())
}

/// A topology with every function evaluated that is known when a deployment is made; the others stay as written.
///
/// # Errors
/// The first call that can't be evaluated, with the path of the value.
pub fn evaluated(
    topology: &Topology,
    world: &dyn World,
) -> Result<Topology, (crate::diag::Path, EvaluationError)> {
    use crate::diag::Path;
    let mut result = topology.clone();
    let fill = |values: &mut Map, here: &Here, path: &dyn Fn(&str) -> Path| {
        for (key, value) in values.iter_mut().filter(|(_, value)| value.has_calls()) {
            *value = evaluate(value, here, world).map_err(|error| (path(key), error))?.value;
        }
        Ok(())
    };
    for (name, shared) in &mut result.nodes {
        let mut node = (**shared).clone();
        let here = Here::at(name.as_str());
        let at = Path::of(["node_templates", name]);
        fill(&mut node.properties, &here, &|key| at.key("properties").key(key))?;
        for count in [
            &mut node.scalable.default_instances,
            &mut node.scalable.min_instances,
            &mut node.scalable.max_instances,
        ] {
            *count = evaluate(count, &here, world).map_err(|error| (at.key("capabilities"), error))?.value;
        }
        for (operation, mapping) in &mut node.operations {
            fill(&mut mapping.inputs, &here, &|_| at.key("interfaces").key(operation))?;
        }
        for (index, relationship) in node.relationships.iter_mut().enumerate() {
            let here = Here::between(name.as_str(), relationship.target.as_str());
            let at = at.key("relationships").index(index);
            let both = relationship.source_operations.iter_mut().chain(&mut relationship.target_operations);
            for (operation, mapping) in both {
                fill(&mut mapping.inputs, &here, &|_| at.key(operation))?;
            }
        }
        *shared = std::sync::Arc::new(node);
    }
    let here = Here::default();
    for (section, outputs) in [("outputs", &mut result.outputs), ("capabilities", &mut result.capabilities)] {
        for (name, output) in outputs {
            output.value = evaluate(&output.value, &here, world)
                .map_err(|error| (Path::of([section, name]), error))?
                .value;
        }
    }
    for (name, group) in &mut result.scaling_groups {
        for count in [
            &mut group.scalable.default_instances,
            &mut group.scalable.min_instances,
            &mut group.scalable.max_instances,
        ] {
            *count =
                evaluate(count, &here, world).map_err(|error| (Path::of(["groups", name]), error))?.value;
        }
    }
    for section in ["labels", "deployment_settings", "policies"] {
        if let Some(value) = result.sections.get_mut(section) {
            *value = evaluate(value, &here, world).map_err(|error| (Path::of([section]), error))?.value;
        }
    }
    Ok(result)
}
