//! Small topologies, instances and engines made by hand, for tests of planning and running.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gantry::check::{Instance, Mapping, Node, Output, Relationship, Topology};
use gantry::engine::{
    Engine, EnvironmentSecrets, Event, EventKind, ExecutionOutcome, Frozen, Inbox, Job, Notice, Providers,
    Refusal, Settings,
};
use gantry::model::{Map, Platform, TargetSpec, Value};
use gantry::plan::{Edition, Goal, Plan, Request, State, plan};
use indexmap::IndexMap;

pub const LIFECYCLE: &str = "cloudify.interfaces.lifecycle";
pub const RELATIONSHIP: &str = "cloudify.interfaces.relationship_lifecycle";

pub fn value(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

pub fn map(json: &str) -> Map {
    value(json).as_map().cloned().unwrap()
}

/// A node of `type_name` on `platform`, with plugin operations for `verbs`.
pub fn node(name: &str, type_name: &str, platform: Platform, verbs: &[&str]) -> Node {
    let mapping = |verb: &str| Mapping {
        plugin: platform.name().into(),
        operation: format!("tasks.{verb}"),
        retry_interval: Some(0.01),
        ..Mapping::default()
    };
    Node {
        name: name.into(),
        type_name: type_name.into(),
        type_hierarchy: ["cloudify.nodes.Root".into(), type_name.into()].into(),
        operations: verbs.iter().map(|verb| (format!("{LIFECYCLE}.{verb}"), mapping(verb))).collect(),
        platform: Some(platform),
        ..Node::default()
    }
}

pub fn with(mut node: Node, properties: &str) -> Node {
    node.properties = map(properties);
    node
}

/// A relationship of `type_name` to `target`, with plugin operations for `verbs` on the source side.
pub fn to(mut node: Node, type_name: &str, target: &str, verbs: &[&str]) -> Node {
    let plugin = node.platform.map(Platform::name).unwrap_or_default();
    node.relationships.push(Relationship {
        type_name: type_name.into(),
        type_hierarchy: ["cloudify.relationships.depends_on".into(), type_name.into()].into(),
        target: target.into(),
        source_operations: verbs
            .iter()
            .map(|verb| {
                let mapping = Mapping {
                    plugin: plugin.into(),
                    operation: format!("tasks.{verb}"),
                    ..Mapping::default()
                };
                (format!("{RELATIONSHIP}.{verb}"), mapping)
            })
            .collect(),
        ..Relationship::default()
    });
    node
}

pub fn edition(nodes: Vec<Node>, outputs: &str) -> Edition {
    let topology = Topology {
        nodes: nodes.into_iter().map(|node| (node.name.clone(), Arc::new(node))).collect(),
        outputs: map(outputs)
            .into_iter()
            .map(|(name, value)| (name, Output { value, description: None }))
            .collect(),
        ..Topology::default()
    };
    Edition { topology: Arc::new(topology), ..Edition::default() }
}

/// One instance of each node, called `NODE_1`.
pub fn instances(edition: &Edition) -> Vec<Instance> {
    let nodes = edition.topology.nodes.values();
    nodes
        .map(|node| Instance {
            id: format!("{}_1", node.name),
            node: node.name.clone(),
            relationships: node
                .relationships
                .iter()
                .enumerate()
                .map(|(index, relationship)| (index, format!("{}_1", relationship.target)))
                .collect(),
            ..Instance::default()
        })
        .collect()
}

/// The plan for `goal`, with existing instances made from `edition` as well unless `before` says otherwise.
pub fn plan_for(
    goal: Goal,
    edition: &Edition,
    state: &State,
    made_from: &IndexMap<String, Arc<Edition>>,
) -> Plan {
    let request = Request {
        goal,
        deployment: &state.deployment,
        edition,
        instances: &instances(edition),
        targets: &IndexMap::new(),
        state,
        only: &[],
        made_from,
    };
    let (plan, diagnostics) = plan(&request);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    plan
}

/// The plan in its one-line text form.
pub fn lines(plan: &Plan) -> String {
    plan.operations.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// An engine in a directory of its own, and all that it has told.
pub struct Bench {
    pub engine: Engine<Notice>,
    pub inbox: Inbox<Notice>,
    pub events: Vec<Event>,
}

impl Bench {
    pub fn open(directory: &Path, providers: Arc<dyn Providers>) -> Self {
        Self::with_settings(Settings { observe: false, ..Settings::new(directory) }, providers)
    }

    pub fn with_settings(settings: Settings, providers: Arc<dyn Providers>) -> Self {
        let (engine, inbox) = Engine::open(settings, providers, Arc::new(EnvironmentSecrets), || {}).unwrap();
        Self { engine, inbox, events: Vec::new() }
    }

    pub fn state(&self, deployment: &str) -> State {
        self.engine.state(deployment).unwrap_or_else(|| State::new(deployment))
    }

    /// Editions that the instances of `deployment` were made from, all taken to be `edition`.
    pub fn job(&self, goal: Goal, deployment: &str, edition: &Edition) -> Job {
        let state = self.state(deployment);
        let made_from = state
            .instances
            .values()
            .map(|record| (record.execution.clone(), Arc::new(edition.clone())))
            .collect();
        Job {
            plan: Arc::new(plan_for(goal, edition, &state, &made_from)),
            edition: Arc::new(edition.clone()),
            made_from,
            targets: IndexMap::<Platform, TargetSpec>::new(),
            frozen: Frozen {
                main: "blueprint.yaml".into(),
                files: IndexMap::from([("blueprint.yaml".into(), b"text".to_vec())]),
                ..Frozen::default()
            },
            force: false,
            also: Vec::new(),
        }
    }

    /// The next notice; a minute without one is a failure.
    pub fn next(&mut self) -> Notice {
        let began = Instant::now();
        loop {
            if let Some(notice) = self.inbox.try_next() {
                if let Notice::Event(event) = &notice {
                    self.events.push(event.clone());
                }
                return notice;
            }
            assert!(began.elapsed() < Duration::from_mins(1), "nothing happens; so far: {:#?}", self.events);
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Takes in notices until `wanted` is among them.
    pub fn until<T>(&mut self, wanted: impl Fn(&EventKind) -> Option<T>) -> T {
        loop {
            match self.next() {
                Notice::Event(event) => {
                    if let Some(found) = wanted(&event.kind) {
                        return found;
                    }
                }
                other => panic!("{other:?}"),
            }
        }
    }

    pub fn end(&mut self) -> (ExecutionOutcome, Option<String>) {
        self.until(|kind| match kind {
            EventKind::ExecutionEnded { outcome, error } => Some((*outcome, error.clone())),
            _ => None,
        })
    }

    /// How the execution ended that was asked for, or the one that it was refused for.
    pub fn end_or_refusal(&mut self) -> (ExecutionOutcome, Option<String>) {
        loop {
            if let Notice::Event(Event { kind: EventKind::ExecutionEnded { outcome, error }, .. }) =
                self.next()
            {
                return (outcome, error);
            }
        }
    }

    pub fn run(
        &mut self,
        goal: Goal,
        deployment: &str,
        edition: &Edition,
    ) -> (ExecutionOutcome, Option<String>) {
        let job = self.job(goal, deployment, edition);
        let ours = self.engine.run(job).unwrap();
        loop {
            match self.next() {
                Notice::Event(Event {
                    kind: EventKind::ExecutionEnded { outcome, error },
                    execution,
                    ..
                }) if execution.as_ref() == Some(&ours) => {
                    return (outcome, error);
                }
                Notice::Event(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    pub fn refused(&mut self) -> Refusal {
        loop {
            if let Notice::Refused { refusal, .. } = self.next() {
                return refusal;
            }
        }
    }
}
