//! [`State`]: what exists of one deployment. Nothing but the fold of its events.

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Goal, OperationId, PlannedInstance, Scaled};
use crate::check::Instance;
use crate::model::{Map, TargetSpec, Value};

/// State of a node instance (DSL reference, "node instance states").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InstanceState {
    /// Planned; nothing done yet.
    #[default]
    Uninitialized,
    /// Its operations are about to begin.
    Initializing,
    /// `create` runs.
    Creating,
    /// `create` is done.
    Created,
    /// `configure` runs.
    Configuring,
    /// `configure` is done.
    Configured,
    /// `start` runs.
    Starting,
    /// It is up.
    Started,
    /// `stop` runs.
    Stopping,
    /// `stop` is done.
    Stopped,
    /// `delete` runs.
    Deleting,
    /// It is gone.
    Deleted,
}

impl InstanceState {
    /// The word that the DSL uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uninitialized => "uninitialized",
            Self::Initializing => "initializing",
            Self::Creating => "creating",
            Self::Created => "created",
            Self::Configuring => "configuring",
            Self::Configured => "configured",
            Self::Starting => "starting",
            Self::Started => "started",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::Deleting => "deleting",
            Self::Deleted => "deleted",
        }
    }

    /// Whether nothing of it is (or is left) in the world.
    pub fn is_absent(self) -> bool {
        matches!(self, Self::Uninitialized | Self::Deleted)
    }
}

impl fmt::Display for InstanceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How an instance is seen to do, apart from its lifecycle state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// Not looked at.
    #[default]
    Unknown,
    /// As it should be.
    Good,
    /// On its way.
    Progressing,
    /// Up in part.
    Degraded,
    /// Down or gone.
    Failed,
    /// Somebody changed it behind our back.
    Drifted,
}

impl Health {
    /// The word for people: of an instance that is up, `reason` given if it has one.
    pub fn word(self, reason: Option<&str>) -> &'static str {
        match self {
            // What nobody looks at has no reason either.
            Self::Unknown if reason.is_some() => "not seen",
            Self::Unknown | Self::Good => "started",
            Self::Progressing => "progressing",
            Self::Degraded => "degraded",
            Self::Failed => "failed",
            Self::Drifted => "changed",
        }
    }
}

/// How a deployment stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeploymentStatus {
    /// Nothing of it exists.
    #[default]
    Absent,
    /// A deploy runs.
    Deploying,
    /// All of it is up.
    Deployed,
    /// An undeploy runs.
    Undeploying,
    /// The last execution failed; part of it may exist.
    Failed,
    /// The last execution was cancelled; part of it may exist.
    Cancelled,
    /// The program ended in the middle of an execution; deploying (or undeploying) again goes on.
    Interrupted,
}

impl DeploymentStatus {
    /// The word shown to people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Absent => "not deployed",
            Self::Deploying => "deploying",
            Self::Deployed => "deployed",
            Self::Undeploying => "undeploying",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }

    /// Whether an execution runs.
    pub fn is_running(self) -> bool {
        matches!(self, Self::Deploying | Self::Undeploying)
    }
}

impl fmt::Display for DeploymentStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What is known of one instance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InstanceRecord {
    /// The node it is an instance of.
    pub node: String,
    /// See [`crate::check::Instance::relationships`].
    pub relationships: Vec<(usize, String)>,
    /// See [`crate::check::Instance::scaling_groups`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scaling_groups: Vec<(String, String)>,
    /// Where it is in its life.
    pub state: InstanceState,
    /// Runtime properties, set by operations and observation.
    pub runtime: Map,
    /// Fingerprint of what the blueprint said when it was deployed.
    pub spec: String,
    /// Whether what is known of it was rehearsed, not real.
    pub rehearsed: bool,
    /// As last observed.
    pub health: Health,
    /// Why it is not well, or what is waited for.
    pub reason: Option<String>,
    /// What somebody else changed of it, a few words each, the first to be told first: `spec.replicas changed by kubectl`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<String>,
    /// How many parts (tasks, pods) are ready, and how many there should be.
    pub ready: Option<(u32, u32)>,
    /// Operations done since it began to be made or removed, as [`super::Operation::step`]; empty once it is started.
    #[serde(default)]
    pub done: Vec<String>,
    /// The execution that made it: its blueprint is frozen under that name.
    #[serde(default)]
    pub execution: String,
}

/// How far an operation is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OperationState {
    /// Waits for others.
    #[default]
    Pending,
    /// Runs.
    Started,
    /// Failed, will be tried again.
    Retrying,
    /// Done.
    Succeeded,
    /// Given up.
    Failed,
    /// Not tried, because something before it failed or the execution was cancelled.
    Skipped,
}

/// What is known of one operation of the last execution.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OperationRecord {
    /// The instance it works on.
    pub instance: String,
    /// Full name.
    pub name: String,
    /// How far it is.
    pub state: OperationState,
    /// Tries so far.
    pub attempts: u32,
    /// What it waits for, or why it failed.
    pub message: Option<String>,
}

/// The last run of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Execution {
    /// Unique in the store.
    pub id: String,
    /// What it is for.
    pub goal: Goal,
    /// Number of operations of its plan.
    pub operations: u32,
    /// Milliseconds since 1970 when it began.
    pub started_ms: i64,
    /// Milliseconds since 1970 when it ended; none while it runs (or was interrupted).
    pub ended_ms: Option<i64>,
    /// Why it did not succeed.
    pub error: Option<String>,
}

/// What exists of one deployment, as told by its events.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The deployment.
    pub deployment: String,
    /// Sequence number of the last event folded in; 0 before the first.
    pub sequence: u64,
    /// Sequence number of the last event that a plan depends on: what was merely observed or said does not count.
    #[serde(default)]
    pub revision: u64,
    /// How it stands.
    pub status: DeploymentStatus,
    /// The last execution.
    pub execution: Option<Execution>,
    /// Its operations.
    pub operations: IndexMap<OperationId, OperationRecord>,
    /// What the last execution was to end with.
    #[serde(default)]
    pub planned: IndexMap<String, PlannedInstance>,
    /// Instances by id; deleted ones are removed.
    pub instances: IndexMap<String, InstanceRecord>,
    /// How many of a node or scaling group were asked for, where that is not what the blueprint says.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub scaled: IndexMap<String, Scaled>,
    /// Inputs that the deployment was made with. A secret is never among them.
    pub inputs: Map,
    /// Where each instance's node was deployed, by node.
    pub targets: IndexMap<String, TargetSpec>,
    /// Outputs as last evaluated.
    pub outputs: Map,
    /// Capabilities as last evaluated.
    #[serde(default)]
    pub capabilities: Map,
    /// Deployments whose values this one uses, through its proxies.
    pub depends_on: Vec<String>,
    /// Whether any of it was rehearsed.
    pub rehearsed: bool,
}

impl State {
    /// The state before the first event.
    pub fn new(deployment: impl Into<String>) -> Self {
        Self { deployment: deployment.into(), ..Self::default() }
    }

    /// Whether an instance was only rehearsed: what was done for it, or, where nothing had to be, where it is deployed.
    pub fn is_rehearsed(&self, record: &InstanceRecord) -> bool {
        record.rehearsed || self.targets.get(&record.node) == Some(&TargetSpec::Rehearsal)
    }

    /// Whether anything of the deployment is in the world.
    pub fn exists(&self) -> bool {
        self.instances.values().any(|instance| !instance.state.is_absent())
    }

    /// Whether anything is deployed, or was begun to be.
    pub fn is_there(&self) -> bool {
        self.exists() || self.status != DeploymentStatus::Absent
    }

    /// The instances that are (or may be) in the world.
    pub fn existing(&self) -> Vec<Instance> {
        let there = self.instances.iter().filter(|(_, record)| !record.state.is_absent());
        there
            .map(|(id, record)| Instance {
                id: id.clone(),
                node: record.node.clone(),
                relationships: record.relationships.clone(),
                scaling_groups: record.scaling_groups.clone(),
            })
            .collect()
    }

    /// Instances of `node`, in the order of their making.
    pub fn instances_of<'a>(&'a self, node: &'a str) -> impl Iterator<Item = (&'a str, &'a InstanceRecord)> {
        self.instances
            .iter()
            .filter(move |(_, record)| record.node == node)
            .map(|(id, record)| (id.as_str(), record))
    }

    /// An output by path: `vm_info`, `ips`.
    pub fn output(&self, path: &[&str]) -> Option<&Value> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(self.outputs.get(first)?, |value, key| value.get(key))
    }

    /// Finished and all operations of the last execution.
    pub fn progress(&self) -> (usize, usize) {
        let done = self
            .operations
            .values()
            .filter(|record| matches!(record.state, OperationState::Succeeded | OperationState::Skipped))
            .count();
        (done, self.execution.as_ref().map_or(0, |execution| execution.operations as usize))
    }
}
