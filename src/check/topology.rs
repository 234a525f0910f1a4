//! [`Topology`]: the blueprint resolved: flat, bound, every default in place.
//!
//! The shapes follow the plan of the reference parser (DSL reference, "plan produced by the parser"), under
//! the words of this program.

use std::sync::Arc;

use indexmap::IndexMap;
use serde::Serialize;

use super::operations::Operations;
use crate::model::{Map, Platform, Value};

/// A resolved blueprint. Drawn even when the blueprint has errors (with what could be resolved); planned only
/// when it has none.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Topology {
    /// `tosca_definitions_version` as written.
    pub version: String,
    /// The blueprint's `description`.
    pub description: Option<String>,
    /// Declared inputs.
    pub inputs: IndexMap<String, Input>,
    /// Node templates by name, in the order of the text.
    pub nodes: IndexMap<String, Arc<Node>>,
    /// Values that other deployments can inherit through a proxy.
    pub outputs: IndexMap<String, Output>,
    /// Values that other deployments can read with `get_capability`.
    pub capabilities: IndexMap<String, Output>,
    /// Workflows by name.
    pub workflows: IndexMap<String, Workflow>,
    /// Scaling groups by name.
    pub scaling_groups: IndexMap<String, ScalingGroup>,
    /// Every other resolved section that the plan of the reference parser has, by its key there
    /// (`groups`, `policies`, `policy_types`, `data_types`, `labels` …): for `gantry topology`, unused here.
    pub sections: Map,
}

/// A declared input.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Input {
    /// Declared type, if any.
    #[serde(rename = "type")]
    pub type_name: Option<String>,
    /// Its default.
    pub default: Option<Value>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether a deployment without it is refused (when it has no default).
    pub required: bool,
    /// Constraints as written.
    pub constraints: Vec<Value>,
}

/// An output or capability.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Output {
    /// What it is.
    pub description: Option<String>,
    /// Its value, with functions as written.
    pub value: Value,
}

/// A node template with all that it inherits.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Node {
    /// Name of the node template.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Its type and all ancestors, the root type first.
    pub type_hierarchy: Arc<[String]>,
    /// Properties, defaults filled in, functions as written.
    pub properties: Map,
    /// Operations by full name `interface.operation`.
    pub operations: Operations,
    /// In the order of the text.
    pub relationships: Vec<Relationship>,
    /// The node that hosts it (itself for a compute node), following `contained_in`.
    pub host: Option<String>,
    /// How many instances.
    pub scalable: Scalable,
    /// The platform that realises it, by its type and the plugins of its operations.
    pub platform: Option<Platform>,
}

impl Node {
    /// Whether its type is, or derives from, `type_name`.
    pub fn is_a(&self, type_name: &str) -> bool {
        self.type_hierarchy.iter().any(|ancestor| ancestor == type_name)
    }

    /// Whether a later relationship leads to the same node: between instances only that one counts, as in the reference
    /// parser; but what contains the node always counts, and repeats nothing where the node is in a scaling group (its
    /// container is then the group's).
    pub fn is_repeated(&self, index: usize, is_grouped: bool) -> bool {
        let Some((relationship, later)) =
            self.relationships.get(index..).and_then(<[Relationship]>::split_first)
        else {
            return false;
        };
        let contains = |relationship: &Relationship| relationship.is_a("cloudify.relationships.contained_in");
        !contains(relationship)
            && later
                .iter()
                .any(|other| other.target == relationship.target && !(is_grouped && contains(other)))
    }

    /// The node that contains this one directly.
    pub fn container(&self) -> Option<&str> {
        self.relationships
            .iter()
            .find(|relationship| relationship.is_a("cloudify.relationships.contained_in"))
            .map(|relationship| relationship.target.as_str())
    }
}

/// What an operation runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Mapping {
    /// Plugin name; empty for a no-op.
    pub plugin: String,
    /// What the plugin runs, for example `swarm_plugin.tasks.start_service`: the text after the plugin's name.
    pub operation: String,
    /// Where it runs: `central_deployment_agent` or `host_agent`.
    pub executor: Option<String>,
    /// Inputs with defaults filled in, functions as written.
    pub inputs: Map,
    /// Tries after the first; −1 for ever; none for the default of the run.
    pub max_retries: Option<i64>,
    /// Seconds between tries.
    pub retry_interval: Option<f64>,
    /// Seconds until it is given up.
    pub timeout: Option<f64>,
    /// Whether a time-out may be retried.
    pub timeout_recoverable: Option<bool>,
    /// Declared types of inputs that are maps, by input.
    #[serde(skip)]
    pub input_types: Map,
    /// Whether the inputs have been evaluated for a deployment: functions that remain are those of run time.
    #[serde(skip)]
    pub evaluated: bool,
}

impl Mapping {
    /// Whether it does nothing.
    pub fn is_noop(&self) -> bool {
        self.plugin.is_empty() && self.operation.is_empty()
    }
}

/// A relationship of a node, resolved.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Relationship {
    /// Its type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Its type and all ancestors, the root first.
    pub type_hierarchy: Arc<[String]>,
    /// The node it points to.
    #[serde(rename = "target_id")]
    pub target: String,
    /// Properties, defaults filled in.
    pub properties: Arc<Map>,
    /// Operations that run for the source, by full name.
    pub source_operations: Operations,
    /// Operations that run for the target, by full name.
    pub target_operations: Operations,
}

impl Relationship {
    /// Whether its type is, or derives from, `type_name`.
    pub fn is_a(&self, type_name: &str) -> bool {
        self.type_hierarchy.iter().any(|ancestor| ancestor == type_name)
    }
}

/// How many instances a node or group has (`capabilities.scalable`). A count may be a function until deployment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scalable {
    /// Instances at first (per instance of the container).
    pub default_instances: Value,
    /// Never fewer.
    pub min_instances: Value,
    /// Never more; −1 without limit.
    pub max_instances: Value,
}

impl Default for Scalable {
    fn default() -> Self {
        Self { default_instances: Value::Int(1), min_instances: Value::Int(0), max_instances: Value::Int(-1) }
    }
}

/// Nodes that are scaled together.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ScalingGroup {
    /// Names of nodes and groups.
    pub members: Vec<String>,
    /// How many instances of the whole group.
    pub scalable: Scalable,
}

/// A workflow and its parameters.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Workflow {
    /// Plugin that has it.
    pub plugin: String,
    /// What runs.
    pub operation: String,
    /// Parameter schemas as written.
    pub parameters: Map,
    /// Whether it runs for the deployments inside this one too.
    pub is_cascading: bool,
    /// When it may be started, as written.
    pub availability_rules: Option<Value>,
}

/// One instance of a node, of a deployment that is planned or exists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Instance {
    /// Unique in the deployment: node name, `_`, six characters `[a-z0-9]`.
    pub id: String,
    /// The node it is an instance of.
    pub node: String,
    /// Instances that it relates to, one entry a relationship of the node and target instance, as
    /// (position of the relationship in [`Node::relationships`], target instance).
    pub relationships: Vec<(usize, String)>,
    /// Scaling groups that it is in, as (group, group instance), the innermost first.
    pub scaling_groups: Vec<(String, String)>,
}
