//! The life of one instance: the steps that make it, and those that take it apart.
//!
//! Follows the install and uninstall workflows of Cloudify 3.4 (create, preconfigure, configure, postconfigure,
//! start, establish; stop, unlink, delete) with the hooks that came later (precreate, poststart, prestop,
//! postdelete). No-ops give no step. Relationship operations run one after another in the declared order, source
//! before target; `unlink` in reverse. Does not know other instances: order between them is the planner's.

use super::{InstanceRecord, InstanceState, Retry, Side, Work};
use crate::check::{Mapping, Node, Topology};
use crate::model::{Map, Platform};

const LIFECYCLE: &str = "cloudify.interfaces.lifecycle";
const RELATIONSHIP: &str = "cloudify.interfaces.relationship_lifecycle";

/// Types that bring no operations of their own: the target realises them (DSL reference, built-in types).
const ABSTRACT: &[&str] = &[
    "cloudify.nodes.Compute",
    "cloudify.nodes.Network",
    "cloudify.nodes.Subnet",
    "cloudify.nodes.Port",
    "cloudify.nodes.Router",
    "cloudify.nodes.SecurityGroup",
    "cloudify.nodes.VirtualIP",
    "cloudify.nodes.LoadBalancer",
    "cloudify.nodes.Volume",
];

/// One operation of an instance, before it has a number. Steps of an instance run one after another.
pub(super) struct Step {
    pub name: String,
    pub work: Work,
    pub platform: Platform,
    pub inputs: Map,
    pub entering: Option<InstanceState>,
    pub reached: Option<InstanceState>,
    pub retry: Retry,
}

/// An instance and what its steps are made of.
pub(super) struct Subject<'a> {
    pub node: &'a Node,
    pub topology: &'a Topology,
    pub relationships: &'a [(usize, String)],
}

impl Subject<'_> {
    /// Steps that make it, up to `started`, without those in `done`.
    pub fn setup(&self, done: &[String]) -> Vec<Step> {
        use InstanceState::{Configured, Configuring, Created, Creating, Initializing, Started, Starting};
        let mut steps = Vec::new();
        self.lifecycle(&mut steps, "precreate", Some(Initializing), None);
        self.lifecycle(&mut steps, "create", Some(Creating), Some(Created));
        self.related(&mut steps, "preconfigure");
        self.lifecycle(&mut steps, "configure", Some(Configuring), Some(Configured));
        self.related(&mut steps, "postconfigure");
        self.lifecycle(&mut steps, "start", Some(Starting), None);
        self.lifecycle(&mut steps, "poststart", None, None);
        self.related(&mut steps, "establish");
        self.finish(steps, done, "start", Started)
    }

    /// The step that brings what is there to what its node says, without taking it apart; none if its platform knows
    /// no such step. `verb` is `update` or `heal`.
    pub fn in_place(&self, verb: &str) -> Option<Step> {
        let operation = |verb: &str| {
            let mapping = self.node.operations.get(&format!("{LIFECYCLE}.{verb}"));
            mapping.filter(|mapping| !mapping.is_noop())
        };
        // Both start (or create) by saying what shall be: doing that again changes only what differs.
        let (verb, mapping) = match self.node.platform? {
            Platform::Kubernetes => {
                let verbs = [verb, "update", "start", "create"];
                (verb, verbs.into_iter().find_map(operation)?)
            }
            Platform::Swarm if verb == "heal" && self.node.is_a("cloudify.swarm.Microservice") => {
                ("start", operation("start")?)
            }
            _ => return None,
        };
        Some(Step {
            name: format!("{LIFECYCLE}.{verb}"),
            work: Work::Lifecycle { implementation: implementation(mapping) },
            platform: platform(mapping, self.node.platform),
            inputs: mapping.inputs.clone(),
            // It stays up meanwhile, and after a failure as well.
            entering: None,
            reached: Some(InstanceState::Started),
            retry: retry(mapping),
        })
    }

    /// Steps for these relationships alone, of an instance that is up and stays so: `establish` new ones, or `unlink`
    /// those that go (install and uninstall workflows, what is done for related instances). None if there are none.
    pub fn relate(&self, verb: &str, done: &[String]) -> Vec<Step> {
        if self.relationships.is_empty() {
            return Vec::new();
        }
        let mut steps = Vec::new();
        self.related(&mut steps, verb);
        let mut steps = self.finish(steps, done, verb, InstanceState::Started);
        for step in &mut steps {
            step.entering = Some(InstanceState::Started);
            if step.work == Work::Nothing {
                step.name = format!("{RELATIONSHIP}.{verb}");
            }
        }
        steps
    }

    /// Steps that take apart what `record` says is there, up to `deleted`.
    pub fn teardown(&self, record: &InstanceRecord) -> Vec<Step> {
        use InstanceState::{
            Creating, Deleted, Deleting, Initializing, Started, Starting, Stopped, Stopping,
        };
        let mut steps = Vec::new();
        if matches!(record.state, Starting | Started | Stopping) {
            self.lifecycle(&mut steps, "prestop", Some(Stopping), None);
            self.lifecycle(&mut steps, "stop", Some(Stopping), Some(Stopped));
        }
        if !matches!(record.state, Initializing | Creating | Deleting) {
            let before = steps.len();
            self.related(&mut steps, "unlink");
            if let Some(first) = steps.get_mut(before)
                && !matches!(record.state, Stopped)
                && before == 0
            {
                first.entering = Some(Stopping);
            }
        }
        self.lifecycle(&mut steps, "delete", Some(Deleting), None);
        self.lifecycle(&mut steps, "postdelete", Some(Deleting), None);
        self.finish(steps, &record.done, "delete", Deleted)
    }

    /// Leaves out what is done, and lets the last step reach `end`. Nothing left: one step that only says so.
    fn finish(&self, mut steps: Vec<Step>, done: &[String], verb: &str, end: InstanceState) -> Vec<Step> {
        steps.retain(|step| !done.contains(&step.work.step(&step.name)));
        if let Some(last) = steps.last_mut() {
            last.reached = Some(end);
        } else {
            steps.push(Step {
                name: format!("{LIFECYCLE}.{verb}"),
                work: Work::Nothing,
                platform: self.node.platform.unwrap_or(Platform::Host),
                inputs: Map::new(),
                entering: None,
                reached: Some(end),
                retry: Retry::default(),
            });
        }
        steps
    }

    fn lifecycle(
        &self,
        steps: &mut Vec<Step>,
        verb: &str,
        entering: Option<InstanceState>,
        reached: Option<InstanceState>,
    ) {
        let name = format!("{LIFECYCLE}.{verb}");
        let mapping = self.node.operations.get(&name).filter(|mapping| !mapping.is_noop());
        let (work, platform) = match mapping {
            Some(mapping) => (
                Work::Lifecycle { implementation: implementation(mapping) },
                platform(mapping, self.node.platform),
            ),
            None if matches!(verb, "create" | "delete") && is_abstract(self.node) => {
                (Work::Realise, self.node.platform.unwrap_or(Platform::Host))
            }
            None => return,
        };
        steps.push(Step {
            name,
            work,
            platform,
            inputs: mapping.map(|mapping| mapping.inputs.clone()).unwrap_or_default(),
            entering,
            reached,
            retry: mapping.map(retry).unwrap_or_default(),
        });
    }

    fn related(&self, steps: &mut Vec<Step>, verb: &str) {
        let name = format!("{RELATIONSHIP}.{verb}");
        let before = steps.len();
        for (index, target) in self.relationships {
            let Some(relationship) = self.node.relationships.get(*index) else { continue };
            let far = self.topology.nodes.get(&relationship.target);
            let sides = [
                (Side::Source, relationship.source_operations.get(&name), self.node.platform),
                (Side::Target, relationship.target_operations.get(&name), far.and_then(|node| node.platform)),
            ];
            for (side, mapping, fallback) in sides {
                let Some(mapping) = mapping.filter(|mapping| !mapping.is_noop()) else { continue };
                steps.push(Step {
                    name: name.clone(),
                    work: Work::Relationship {
                        implementation: implementation(mapping),
                        index: *index,
                        target: target.clone(),
                        side,
                    },
                    platform: platform(mapping, fallback),
                    inputs: mapping.inputs.clone(),
                    entering: None,
                    reached: None,
                    retry: retry(mapping),
                });
            }
        }
        if verb == "unlink" {
            steps.get_mut(before..).unwrap_or_default().reverse();
        }
    }
}

fn is_abstract(node: &Node) -> bool {
    ABSTRACT.iter().any(|type_name| node.is_a(type_name))
}

fn implementation(mapping: &Mapping) -> String {
    match (mapping.plugin.is_empty(), mapping.operation.is_empty()) {
        (true, _) => mapping.operation.clone(),
        (_, true) => mapping.plugin.clone(),
        _ => format!("{}.{}", mapping.plugin, mapping.operation),
    }
}

/// The platform that a plugin works on; scripts and unknown plugins work where their node is.
fn platform(mapping: &Mapping, fallback: Option<Platform>) -> Platform {
    match mapping.plugin.rsplit("--").next().unwrap_or_default() {
        "kubernetes" => Platform::Kubernetes,
        "swarm" => Platform::Swarm,
        "proxy" | "dproxy" => Platform::Proxy,
        _ => fallback.unwrap_or(Platform::Host),
    }
}

fn retry(mapping: &Mapping) -> Retry {
    let usual = Retry::default();
    Retry {
        max_retries: match mapping.max_retries {
            None => usual.max_retries,
            Some(count) => u32::try_from(count).ok(),
        },
        interval_secs: mapping.retry_interval.filter(|secs| *secs >= 0.0).unwrap_or(usual.interval_secs),
        timeout_secs: mapping.timeout.filter(|secs| *secs > 0.0).unwrap_or(usual.timeout_secs),
        after_timeout: mapping.timeout_recoverable.unwrap_or(usual.after_timeout),
    }
}
