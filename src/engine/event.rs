//! [`Event`]: a fact about a deployment, with its number. The journal is a list of them.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::model::{Map, TargetSpec};
use crate::plan::{Goal, Health, InstanceState, OperationId, PlannedInstance, Scaled};

/// A fact, numbered and stored before anybody sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Number in the journal, from 1, over all deployments.
    pub sequence: u64,
    /// When it was journaled: milliseconds since 1970, UTC. For people; order is by `sequence`.
    pub time_ms: i64,
    /// The deployment it is about.
    pub deployment: String,
    /// The execution that it belongs to, if it does.
    pub execution: Option<String>,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// How an execution ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Goal reached.
    Succeeded,
    /// An operation failed for good.
    Failed,
    /// A person stopped it.
    Cancelled,
    /// The program ended in the middle; found when the journal was opened again.
    Interrupted,
}

/// What happened. Stored as JSON: fields are only ever added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum EventKind {
    /// A plan begins to run.
    ExecutionStarted {
        /// What for.
        goal: Goal,
        /// Number of its operations.
        operations: u32,
        /// Instances that the deployment will have.
        instances: IndexMap<String, PlannedInstance>,
        /// Inputs it is made with.
        inputs: Map,
        /// Target of each node.
        targets: IndexMap<String, TargetSpec>,
        /// Deployments that it uses through proxies.
        depends_on: Vec<String>,
        /// See [`crate::plan::State::scaled`].
        #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
        scaled: IndexMap<String, Scaled>,
    },
    /// It ended.
    ExecutionEnded {
        /// How.
        outcome: Outcome,
        /// Why it did not succeed.
        error: Option<String>,
    },
    /// An operation is tried.
    OperationStarted {
        /// Which.
        operation: OperationId,
        /// Instance it works on.
        instance: String,
        /// Full name.
        name: String,
        /// From 1.
        attempt: u32,
        /// State that the instance enters.
        entering: Option<InstanceState>,
        /// Whether it is only rehearsed.
        rehearsed: bool,
    },
    /// An operation tells what it waits for.
    OperationProgress {
        /// Which.
        operation: OperationId,
        /// Instance it works on.
        instance: String,
        /// What it does or waits for.
        message: String,
        /// Runtime properties that are known already and must not be lost (what was created on the target).
        runtime: Map,
    },
    /// An operation failed and will be tried again.
    OperationRetrying {
        /// Which.
        operation: OperationId,
        /// Instance it works on.
        instance: String,
        /// Why it failed.
        why: String,
        /// Seconds until the next try.
        after_secs: f64,
    },
    /// An operation is done.
    OperationSucceeded {
        /// Which.
        operation: OperationId,
        /// Instance it works on.
        instance: String,
        /// Full name.
        name: String,
        /// See [`crate::plan::Operation::step`].
        #[serde(default)]
        step: String,
        /// Runtime properties that changed, by instance (a relationship operation may set those of the other end);
        /// `null` removes one.
        runtime: IndexMap<String, Map>,
        /// State that the instance has reached.
        reached: Option<InstanceState>,
        /// What was done, for a person.
        message: Option<String>,
        /// Whether it was only rehearsed.
        rehearsed: bool,
    },
    /// An operation is given up.
    OperationFailed {
        /// Which.
        operation: OperationId,
        /// Instance it works on.
        instance: String,
        /// Full name.
        name: String,
        /// Why.
        why: String,
    },
    /// An operation will not be tried: something before it failed, or the execution was cancelled.
    OperationSkipped {
        /// Which.
        operation: OperationId,
        /// Instance it would have worked on.
        instance: String,
        /// Full name.
        name: String,
    },
    /// The deployment's outputs and capabilities were evaluated.
    OutputsEvaluated {
        /// By name. What is not known yet is `null`.
        outputs: Map,
        /// Its capabilities, likewise: what other deployments read by `get_capability`.
        #[serde(default)]
        capabilities: Map,
    },
    /// An instance was looked at on its target and had changed.
    Observed {
        /// Which.
        instance: String,
        /// How it does.
        health: Health,
        /// Why it is not well.
        reason: Option<String>,
        /// See [`crate::plan::InstanceRecord::differences`].
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        differences: Vec<String>,
        /// Ready and desired parts.
        ready: Option<(u32, u32)>,
        /// Runtime properties that changed; `null` removes one.
        runtime: Map,
    },
    /// A message without consequence.
    Log {
        /// Instance it is about.
        instance: Option<String>,
        /// The message.
        message: String,
    },
}
