//! Node templates: each with all that its type gives it, its relationships, its host.

use std::sync::Arc;

use indexmap::IndexMap;

use super::Checker;
use super::inherit::TypeDefinition;
use super::mapping::Of;
use super::schema::{self, Fitting};
use super::topology::{Mapping, Node, Relationship};
use super::types::Types;
use crate::dag::Dag;
use crate::diag::{Diagnostic, Path, Trail, closest, did_you_mean};
use crate::model::{Blueprint, Map, Value};

pub(super) const CONTAINED_IN: &str = "cloudify.relationships.contained_in";
const LIFECYCLE_OPERATION: &str = "cloudify.relationships.depends_on_lifecycle_operation";
const COMPUTE: &str = "cloudify.nodes.Compute";

impl Checker<'_> {
    /// All node templates, in the order of the text.
    pub(super) fn nodes(&mut self, types: &Types) -> IndexMap<String, Arc<Node>> {
        let templates = self.blueprint.section("node_templates");
        let mut nodes: IndexMap<String, Node> = IndexMap::new();
        for (name, template) in templates.into_iter().flatten() {
            if template.as_map().is_some() {
                let node = self.node(name, template, types);
                nodes.insert(name.clone(), node);
            }
        }
        self.node_cycles(&nodes);
        let hosts: Vec<Option<String>> = nodes.values().map(|node| host(node, &nodes)).collect();
        for (node, host) in nodes.values_mut().zip(hosts) {
            node.host = host;
        }
        self.host_agents(&nodes);
        nodes.into_iter().map(|(name, node)| (name, Arc::new(node))).collect()
    }

    fn unknown(
        &mut self,
        code: &'static str,
        number: i32,
        path: Path,
        message: String,
        name: &str,
        known: &[&str],
    ) {
        if self.blueprint.incomplete && number != 25 {
            return;
        }
        let mut diagnostic = Diagnostic::error(code, path.clone(), message)
            .with_reference("DSLParsingLogicException", Some(number));
        if let Some(address) = self.catalog.address_of(name) {
            diagnostic = diagnostic.with_hint(format!("import `{address}`, which defines it"));
        } else if let Some(near) = closest(name, known.iter().copied()) {
            diagnostic = diagnostic.with_hint(did_you_mean(near));
        }
        self.diagnostics.push(diagnostic);
    }

    fn node(&mut self, name: &str, template: &Value, types: &Types) -> Node {
        let section = Trail::section("node_templates");
        let path = section.key(name);
        let type_name = template.get("type").and_then(Value::as_str).unwrap_or_default();
        let kind = types.nodes.get(type_name, &types.data);
        let said = template.get("type").is_some_and(|kind| kind.as_str().is_some());
        if kind.is_none() && said && self.blueprint.entity("node_types", type_name).is_none() {
            let known: Vec<&str> = types.nodes.names().collect();
            let message = format!("no node type is named `{type_name}`");
            self.unknown("unknown-node-type", 7, path.key("type").path(), message, type_name, &known);
        }
        let nothing = Map::new();
        let given = template.get("properties").and_then(Value::as_map).unwrap_or(&nothing);
        let owner = format_args!("node `{name}`");
        let scalable = self.node_counts(template, &path);
        let properties = match &kind {
            Some(kind) if !kind.partial => {
                let mut fitting = Fitting {
                    data_types: &types.data,
                    room: &self.room,
                    diagnostics: &mut self.diagnostics,
                    owner,
                    complete: true,
                };
                fitting.properties(given, &kind.properties, None, &path.key("properties"))
            }
            _ => given.clone(),
        };
        let operations = self.operations(
            kind.as_ref().map(|kind| &kind.interfaces),
            template.get("interfaces"),
            Of::Node,
            owner,
            &path.key("interfaces"),
        );
        let list = template.get("relationships").and_then(Value::as_list).unwrap_or_default();
        let mut relationships = Vec::with_capacity(list.len());
        let path = path.key("relationships");
        for (index, relationship) in list.iter().enumerate() {
            let at = path.index(index);
            if let Some(relationship) = self.relationship(name, relationship, types, &at) {
                relationships.push(relationship);
            }
        }
        let containers: Vec<&str> =
            relationships.iter().filter(|r| r.is_a(CONTAINED_IN)).map(|r| r.target.as_str()).collect();
        if containers.len() > 1 {
            let message = format!("node `{name}` is contained in several nodes: {}", containers.join(", "));
            self.diagnostics.push(
                Diagnostic::error("several-containers", path.path(), message)
                    .with_hint("a node is in one place; use `connected_to` for the others")
                    .with_reference("DSLParsingLogicException", Some(112)),
            );
        }
        let hierarchy = hierarchy(kind.as_deref(), type_name);
        let platform = super::platform::of(type_name, &hierarchy, &operations, &relationships);
        let node = Node {
            name: name.to_owned(),
            type_name: type_name.to_owned(),
            type_hierarchy: hierarchy,
            properties,
            operations,
            relationships,
            host: None,
            scalable,
            platform,
        };
        for (index, relationship) in node.relationships.iter().enumerate() {
            if node.is_repeated(index, false)
                && node.is_repeated(index, is_scaled_in_group(self.blueprint, name))
            {
                let message = format!(
                    "node `{name}` has another relationship to `{}` further down: between instances only that one counts",
                    relationship.target
                );
                self.diagnostics.push(
                    Diagnostic::warning("relationship-repeated", path.index(index).path(), message)
                        .with_hint("put both into one relationship"),
                );
            }
        }
        node
    }

    fn relationship(
        &mut self,
        name: &str,
        value: &Value,
        types: &Types,
        path: &Trail<'_>,
    ) -> Option<Relationship> {
        let type_name = value.get("type").and_then(Value::as_str)?;
        let target = value.get("target").and_then(Value::as_str)?;
        let kind = types.relationships.get(type_name, &types.data);
        if kind.is_none() && self.blueprint.entity("relationships", type_name).is_none() {
            let known: Vec<&str> = types.relationships.names().collect();
            let message = format!("no relationship is named `{type_name}`");
            self.unknown("unknown-relationship", 26, path.key("type").path(), message, type_name, &known);
        }
        if self.blueprint.entity("node_templates", target).is_none() {
            let empty = Map::new();
            let known: Vec<&str> = self
                .blueprint
                .section("node_templates")
                .unwrap_or(&empty)
                .keys()
                .map(String::as_str)
                .collect();
            let message = format!("node `{name}` has a relationship to `{target}`, which is no node");
            self.unknown("unknown-target", 25, path.key("target").path(), message, target, &known);
        } else if target == name {
            self.diagnostics.push(
                Diagnostic::error(
                    "self-relationship",
                    path.key("target").path(),
                    format!("node `{name}` has a relationship to itself"),
                )
                .with_reference("DSLParsingLogicException", Some(23)),
            );
        }
        let nothing = Map::new();
        let given = value.get("properties").and_then(Value::as_map).unwrap_or(&nothing);
        let owner = format_args!("the relationship of `{name}` to `{target}`");
        let properties = match &kind {
            Some(kind) if !kind.partial => {
                let plain = kind.plain.get_or_init(|| schema::plain(&kind.properties, &types.data));
                let shared = plain.as_ref().filter(|_| given.is_empty());
                let shared = shared.filter(|(_, values)| self.room.take_if_free(*values));
                if let Some((shared, _)) = shared {
                    shared.clone()
                } else {
                    let mut fitting = Fitting {
                        data_types: &types.data,
                        room: &self.room,
                        diagnostics: &mut self.diagnostics,
                        owner,
                        complete: true,
                    };
                    Arc::new(fitting.properties(given, &kind.properties, None, &path.key("properties")))
                }
            }
            _ => Arc::new(given.clone()),
        };
        if type_name == LIFECYCLE_OPERATION {
            self.lifecycle_operation(value, target, path);
        }
        let source_operations = self.operations(
            kind.as_ref().map(|k| &k.interfaces),
            value.get("source_interfaces"),
            Of::Relationship,
            owner,
            &path.key("source_interfaces"),
        );
        let target_operations = self.operations(
            kind.as_ref().map(|k| &k.target_interfaces),
            value.get("target_interfaces"),
            Of::Relationship,
            owner,
            &path.key("target_interfaces"),
        );
        Some(Relationship {
            type_name: type_name.to_owned(),
            type_hierarchy: hierarchy(kind.as_deref(), type_name),
            target: target.to_owned(),
            properties,
            source_operations,
            target_operations,
        })
    }

    /// The operation that `depends_on_lifecycle_operation` waits for must be one that the target's template has.
    fn lifecycle_operation(&mut self, value: &Value, target: &str, path: &Trail<'_>) {
        let operation = value.get("properties").and_then(|properties| properties.get("operation"));
        let wanted = operation.filter(|operation| schema::truthy(operation));
        let (number, message) = match wanted {
            None => {
                (215, "`operation` says for which lifecycle operation of the target is waited".to_owned())
            }
            Some(wanted) => {
                let has = self
                    .blueprint
                    .entity("node_templates", target)
                    .and_then(|node| node.get("interfaces")?.get("cloudify.interfaces.lifecycle"))
                    .is_some_and(|interface| {
                        wanted.as_str().is_some_and(|name| interface.get(name).is_some())
                    });
                if has {
                    return;
                }
                (216, format!("node `{target}` gives no lifecycle operation `{wanted}`"))
            }
        };
        self.diagnostics.push(
            Diagnostic::error("lifecycle-operation", path.key("properties").path(), message)
                .with_reference("DSLParsingLogicException", Some(number)),
        );
    }

    fn node_cycles(&mut self, nodes: &IndexMap<String, Node>) {
        // By position: names of thousands of nodes are long to compare.
        let mut dag: Dag<usize> = Dag::new();
        for (position, node) in nodes.values().enumerate() {
            dag.add(position);
            for relationship in &node.relationships {
                if let Some(target) = nodes.get_index_of(&relationship.target)
                    && target != position
                {
                    dag.need(position, target);
                }
            }
        }
        if let Err(cycle) = dag.waves() {
            let name = |position: usize| nodes.get_index(position).map_or("", |(name, _)| name.as_str());
            let cycle: Vec<&str> = cycle.into_iter().map(name).collect();
            let Some(first) = cycle.first() else { return };
            let message = format!("nodes need each other in a circle: {}", cycle.join(" → "));
            let mut diagnostic =
                Diagnostic::error("node-cycle", Path::of(["node_templates", first]), message)
                    .with_hint("none of them could be the first; remove one of the relationships")
                    .with_reference("DSLParsingLogicException", Some(100));
            // Of a long circle the beginning says enough.
            for name in cycle.iter().skip(1).take(cycle.len().saturating_sub(2).min(20)) {
                if let Some(place) = self.source_map.key(&Path::of(["node_templates", name])) {
                    diagnostic = diagnostic.with_related(format!("`{name}` is part of it"), place);
                }
            }
            self.diagnostics.push(diagnostic);
        }
    }

    /// Operations that run on a host need one.
    fn host_agents(&mut self, nodes: &IndexMap<String, Node>) {
        let on_host = |mapping: &&Mapping| {
            !mapping.plugin.is_empty() && mapping.executor.as_deref() == Some("host_agent")
        };
        let mut told: Vec<(String, String)> = Vec::new();
        for node in nodes.values() {
            if node.host.is_none()
                && let Some(mapping) = node
                    .operations
                    .values()
                    .chain(node.relationships.iter().flat_map(|r| r.source_operations.values()))
                    .find(on_host)
            {
                told.push((node.name.clone(), mapping.plugin.clone()));
            }
            for relationship in &node.relationships {
                let hosted = nodes.get(&relationship.target).is_none_or(|target| target.host.is_some());
                if let Some(mapping) =
                    relationship.target_operations.values().find(on_host).filter(|_| !hosted)
                {
                    told.push((relationship.target.clone(), mapping.plugin.clone()));
                }
            }
        }
        let mut seen = std::collections::HashSet::new();
        for (name, plugin) in told {
            if !seen.insert(name.clone()) {
                continue;
            }
            let message = format!(
                "an operation of node `{name}` runs on its host (plugin `{plugin}`), and it has none"
            );
            self.diagnostics.push(
                Diagnostic::error("no-host", Path::of(["node_templates", &name]), message)
                    .with_hint("put it on a Compute node with a `contained_in` relationship, or run the operation with `executor: central_deployment_agent`")
                    .with_reference("DSLParsingLogicException", Some(24)),
            );
        }
    }
}

/// The type and its ancestors; an unknown one has none.
fn hierarchy(kind: Option<&TypeDefinition>, name: &str) -> Arc<[String]> {
    kind.map_or_else(|| [name.to_owned()].into(), |kind| kind.hierarchy.clone())
}

/// The node that hosts `node`: itself if it is a compute node, else the host of what contains it.
fn host(node: &Node, nodes: &IndexMap<String, Node>) -> Option<String> {
    let mut current = node;
    for _ in 0..=nodes.len() {
        if current.type_hierarchy.iter().any(|name| name.contains(COMPUTE)) {
            return Some(current.name.clone());
        }
        current = nodes.get(current.container()?)?;
    }
    None
}

/// Whether a node is a member of a group that a policy scales, as written.
fn is_scaled_in_group(blueprint: &Blueprint, node: &str) -> bool {
    fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
        value.and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_str)
    }
    let policies = blueprint.section("policies").into_iter().flat_map(Map::values);
    policies.flat_map(|policy| texts(policy.get("targets"))).any(|target| {
        let group = blueprint.entity("groups", target);
        texts(group.and_then(|group| group.get("members"))).any(|member| member == node)
    })
}
