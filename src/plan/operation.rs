//! [`Plan`] and [`Operation`]: what is printed is what is run.

use std::collections::HashMap;
use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::InstanceState;
use crate::check::Instance;
use crate::model::{Map, Platform, TargetSpec};

/// What a plan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Goal {
    /// Everything the blueprint says exists, and nothing of the deployment besides.
    Deploy,
    /// Nothing of the deployment exists.
    Undeploy,
    /// What was deployed is again as it was deployed: only what has changed or failed since is touched.
    Heal,
}

impl Goal {
    /// What is done, for a sentence: "deploy of …".
    pub fn verb(self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::Undeploy => "undeploy",
            Self::Heal => "heal",
        }
    }

    /// The name of the workflow that Cloudify calls it.
    pub fn workflow(self) -> &'static str {
        match self {
            Self::Deploy => "install",
            Self::Undeploy => "uninstall",
            Self::Heal => "heal",
        }
    }
}

/// Number of an operation in its plan, from 1 in the order of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OperationId(pub u32);

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// Which end of a relationship an operation runs for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The node that has the relationship.
    Source,
    /// The node that it points to.
    Target,
}

impl Side {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Target => "target",
        }
    }
}

/// What an operation does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "work")]
pub enum Work {
    /// Runs a plugin's operation for the instance.
    Lifecycle {
        /// Plugin and function as mapped: `swarm.swarm_plugin.tasks.start_service`.
        implementation: String,
    },
    /// Runs a plugin's operation for one end of a relationship of the instance.
    Relationship {
        /// Plugin and function as mapped.
        implementation: String,
        /// Position in [`crate::check::Node::relationships`].
        index: usize,
        /// The instance at the other end.
        target: String,
        /// For which end it runs.
        side: Side,
    },
    /// The target realises an abstract type (a Compute, a Network …), which has no operations of its own.
    Realise,
    /// Nothing to run: only the instance's state changes.
    Nothing,
}

impl Work {
    /// See [`Operation::step`].
    pub fn step(&self, name: &str) -> String {
        match self {
            Self::Relationship { index, target, side, .. } => {
                format!("{name}[{index}] {target} {}", side.name())
            }
            _ => name.to_owned(),
        }
    }
}

/// How often a failing operation is tried.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Retry {
    /// Tries after the first; none for ever.
    pub max_retries: Option<u32>,
    /// Seconds between tries.
    pub interval_secs: f64,
    /// Seconds that one try may take.
    pub timeout_secs: f64,
    /// Whether a try that took too long is followed by another (`timeout_recoverable`).
    #[serde(default)]
    pub after_timeout: bool,
}

impl Default for Retry {
    /// Three more tries, 2 s apart, 10 minutes each.
    fn default() -> Self {
        Self { max_retries: Some(3), interval_secs: 2.0, timeout_secs: 600.0, after_timeout: false }
    }
}

/// One step of a plan: changes the world through a provider, or only an instance's state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// Its number.
    pub id: OperationId,
    /// The instance it works on.
    pub instance: String,
    /// The node of that instance.
    pub node: String,
    /// Full name: `cloudify.interfaces.lifecycle.create`.
    pub name: String,
    /// What it does.
    #[serde(flatten)]
    pub work: Work,
    /// The platform whose provider does it.
    pub platform: Platform,
    /// Where.
    pub target: TargetSpec,
    /// Inputs, with functions as written: they are evaluated when the operation starts. Name secrets only.
    pub inputs: Map,
    /// State of the instance while it runs.
    pub entering: Option<InstanceState>,
    /// State of the instance once it is done.
    pub reached: Option<InstanceState>,
    /// How often it is tried.
    pub retry: Retry,
    /// Why it is in the plan, for a person.
    pub cause: String,
    /// Operations that must be done first.
    pub after: Vec<OperationId>,
    /// The execution whose blueprint says what to do, for the removal of what an earlier one made; none for the
    /// blueprint that is planned.
    #[serde(default)]
    pub edition: Option<String>,
}

impl Operation {
    /// What tells it from the other operations of its instance: its name and, for a relationship, which and for
    /// which end. The same in every plan of the same blueprint.
    pub fn step(&self) -> String {
        self.work.step(&self.name)
    }

    /// Whether a provider does it at its target: not the journal alone, nor another deployment.
    pub fn calls_target(&self) -> bool {
        self.work != Work::Nothing && self.platform != Platform::Proxy
    }

    /// Whether it changes what is there without taking it apart: an update, or what heals.
    pub fn is_in_place(&self) -> bool {
        match short_operation_name(&self.name) {
            "heal" | "update" => true,
            // Started once more, though it is up.
            "start" => self.work != Work::Nothing && self.entering.is_none(),
            "establish" | "unlink" => self.is_of_neighbours(),
            _ => false,
        }
    }

    /// Whether its instance stays up, and only what it relates to comes or goes.
    fn is_of_neighbours(&self) -> bool {
        self.entering == Some(InstanceState::Started)
    }

    /// Whether it takes its instance apart.
    pub fn is_teardown(&self) -> bool {
        !self.is_of_neighbours()
            && matches!(
                short_operation_name(&self.name),
                "prestop" | "stop" | "unlink" | "delete" | "postdelete"
            )
    }
}

/// `create` of `cloudify.interfaces.lifecycle.create`.
pub fn short_operation_name(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// One line: `#3 nginx_ab12cd create on rehearsal (swarm) after #1, #2 — not there yet`.
impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.id, self.instance, short_operation_name(&self.name))?;
        if let Work::Relationship { target, side, .. } = &self.work {
            write!(f, " → {target} ({})", side.name())?;
        }
        match (&self.work, self.platform) {
            (Work::Nothing, _) => {}
            (_, Platform::Proxy) => f.write_str(" (proxy)")?,
            _ => write!(f, " on {} ({})", self.target, self.platform)?,
        }
        for (position, id) in self.after.iter().enumerate() {
            write!(f, "{}{id}", if position == 0 { " after " } else { ", " })?;
        }
        write!(f, " — {}", self.cause)
    }
}

/// The operations that reach a goal, in an order in which each comes after those it waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The deployment it is for.
    pub deployment: String,
    /// What it reaches.
    pub goal: Goal,
    /// Sequence number of the state that it was made from; it is refused if the state has moved on.
    pub based_on: u64,
    /// In a runnable order; [`Operation::id`] is the position from 1.
    pub operations: Vec<Operation>,
    /// All instances that the deployment has once the plan is done, by id.
    pub instances: IndexMap<String, PlannedInstance>,
    /// Other deployments whose values it uses.
    #[serde(default)]
    pub depends_on: Vec<String>,
}

/// An instance in a [`Plan`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlannedInstance {
    /// The node it is an instance of.
    pub node: String,
    /// See [`Instance::relationships`].
    pub relationships: Vec<(usize, String)>,
    /// See [`Instance::scaling_groups`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scaling_groups: Vec<(String, String)>,
    /// Fingerprint of what the blueprint says about the node: differs when an update is needed.
    pub spec: String,
}

impl PlannedInstance {
    /// As an instance with this id.
    pub fn to_instance(&self, id: &str) -> Instance {
        Instance {
            id: id.to_owned(),
            node: self.node.clone(),
            relationships: self.relationships.clone(),
            scaling_groups: self.scaling_groups.clone(),
        }
    }
}

impl From<&Instance> for PlannedInstance {
    fn from(instance: &Instance) -> Self {
        Self {
            node: instance.node.clone(),
            relationships: instance.relationships.clone(),
            scaling_groups: instance.scaling_groups.clone(),
            spec: String::new(),
        }
    }
}

/// What a plan does, in numbers: instances, not operations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PlanSummary {
    /// Instances that will be made.
    pub create: usize,
    /// Instances that will be made anew because the blueprint changed.
    pub replace: usize,
    /// Instances that will be changed, or put right, in place.
    pub update: usize,
    /// Instances that will go.
    pub delete: usize,
    /// Operations that call a provider.
    pub operations: usize,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// Operations grouped so that each waits only for earlier groups. Independent operations run side by side.
    pub fn waves(&self) -> Vec<Vec<&Operation>> {
        let mut wave_of: HashMap<OperationId, usize> = HashMap::new();
        let mut waves: Vec<Vec<&Operation>> = Vec::new();
        for operation in &self.operations {
            let wave =
                operation.after.iter().filter_map(|id| wave_of.get(id)).max().map_or(0, |latest| latest + 1);
            wave_of.insert(operation.id, wave);
            if waves.len() <= wave {
                waves.resize(wave + 1, Vec::new());
            }
            waves[wave].push(operation);
        }
        waves
    }

    /// Whether nothing outside the program is touched.
    pub fn is_rehearsed(&self) -> bool {
        self.operations
            .iter()
            .all(|operation| !operation.calls_target() || operation.target == TargetSpec::Rehearsal)
    }

    /// How many instances it makes, makes anew and removes.
    pub fn summary(&self) -> PlanSummary {
        let mut ends: HashMap<&str, (bool, bool, bool)> = HashMap::new();
        for operation in &self.operations {
            let (made, updated, removed) = ends.entry(&operation.instance).or_default();
            *(if operation.is_teardown() {
                removed
            } else if operation.is_in_place() {
                updated
            } else {
                made
            }) = true;
        }
        let count =
            |wanted: fn(&(bool, bool, bool)) -> bool| ends.values().filter(|ends| wanted(ends)).count();
        PlanSummary {
            create: count(|(made, _, removed)| *made && !removed),
            replace: count(|(made, _, removed)| *made && *removed),
            update: count(|(made, updated, removed)| *updated && !made && !removed),
            delete: count(|(made, _, removed)| *removed && !made),
            operations: self.operations.iter().filter(|operation| operation.work != Work::Nothing).count(),
        }
    }

    /// The operation with number `id`.
    pub fn operation(&self, id: OperationId) -> Option<&Operation> {
        self.operations.get((id.0 as usize).checked_sub(1)?)
    }
}
