//! [`Board`]: the session as the window draws it: lanes with their states, the scene, the plan, the problems.
//!
//! Everything that drawing needs is derived here once per change, not once per frame.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};

use super::freshness;
use super::panels::outline::Row;
use super::status::{NodeStatus, Status, of_lane, of_node};
use super::telling::{Tellings, lane_family, lane_targets};
use super::values::Known;
use super::view::NodeKey;
use crate::check::{Catalog, Library, Node};
use crate::diag::{Diagnostics, Path, Severity};
use crate::model::{Layout, Value};
use crate::plan::{Goal, Plan, PlanSummary, State, Work, short_operation_name};
use crate::scene::{Family, Flow, FlowStart, NodeBox, Scene, Tag};
use crate::session::{Lane, Session};

/// A lane with what exists of it.
pub struct LaneView {
    /// As read.
    pub lane: Lane,
    /// Where its nodes stand; may be newer than what was read.
    pub layout: Arc<Layout>,
    /// What exists.
    pub state: Arc<State>,
    /// By node.
    pub statuses: HashMap<String, NodeStatus>,
    /// How all of it does: never better than what its nodes show.
    pub status: NodeStatus,
    /// The family that gives the lane its colour.
    pub family: Family,
    /// What it told others, and when.
    pub told: freshness::Told,
    /// Where it is deployed, in a few words.
    pub targets: String,
    /// Whose errors keep it from being deployed by itself: a lane, or `gantry.yaml`.
    pub hindrance: Option<String>,
    /// What is to be told of its nodes.
    tellings: Tellings,
}

/// A wave of one lane's plan.
pub struct Wave {
    /// From 1, over all lanes.
    pub number: usize,
    /// Position of the lane.
    pub lane: usize,
    /// Nodes it works on, each once.
    pub nodes: Vec<String>,
    /// What is done: `create`, `start`.
    pub work: Vec<String>,
    /// Where.
    pub targets: Vec<String>,
    /// Why, by the first of its operations.
    pub cause: String,
    /// Number of operations.
    pub operations: usize,
}

/// The plans of all lanes as one list of waves.
#[derive(Default)]
pub struct Waves {
    /// In order.
    pub waves: Vec<Wave>,
    /// What all of it does.
    pub summary: PlanSummary,
    /// The first wave of each node.
    pub first: HashMap<NodeKey, usize>,
    /// Why each node is in the plan.
    pub causes: HashMap<NodeKey, Vec<String>>,
    /// Whether nothing outside the program is touched.
    pub rehearsed: bool,
}

/// What the window draws.
#[derive(Default)]
pub struct Board {
    /// The project's name.
    pub name: String,
    /// Whether there is a `gantry.yaml`, or a single blueprint is open.
    pub has_manifest: bool,
    /// In the order of the project.
    pub lanes: Vec<LaneView>,
    /// Where everything stands.
    pub scene: Scene,
    /// The whole outline of that, once somebody has asked.
    pub outline: OnceCell<Vec<Row>>,
    /// The types that can be drawn with: those of the blueprints, and those that come with the program.
    pub library: Arc<Library>,
    /// The types of each lane that it was put together from.
    libraries: Vec<Arc<Library>>,
    /// All problems, the worst first.
    pub problems: Diagnostics,
    /// The last plan, if one was asked for.
    pub waves: Option<Waves>,
    /// What differs from what was, if somebody has asked.
    pub compared: Option<super::comparing::Compared>,
    /// What is being done.
    pub running: Option<Goal>,
    /// Things on their way to where they come to.
    pub gliding: Option<super::arranging::Glide>,
}

impl Board {
    /// Derives everything from `session`. What `before` has put together of the same types is taken from there.
    pub fn new(session: &Session, before: &Self) -> Self {
        let project = session.project();
        let broken = project.diagnostics.has_errors()
            || project.lanes.values().any(|lane| lane.diagnostics.has_errors());
        let lanes: Vec<LaneView> = project
            .lanes
            .values()
            .map(|lane| LaneView {
                layout: lane.layout.clone(),
                lane: lane.clone(),
                state: session.state(&lane.name),
                statuses: HashMap::new(),
                status: of_lane(&State::default(), std::iter::empty()),
                told: freshness::Told::default(),
                family: lane_family(&lane.topology),
                targets: lane_targets(lane),
                hindrance: if broken { project.hindrance(&lane.name) } else { None },
                tellings: Tellings::default(),
            })
            .collect();
        let mut board =
            Self { name: project.name.clone(), lanes, problems: project.problems(&[]), ..Self::default() };
        board.has_manifest = project.manifest.is_some();
        board.libraries = board.lanes.iter().map(|view| view.lane.library()).collect();
        let same = board.libraries.len() == before.libraries.len()
            && board.libraries.iter().zip(&before.libraries).all(|(one, other)| Arc::ptr_eq(one, other));
        board.library = if same { before.library.clone() } else { Arc::new(types(&board.libraries)) };
        board.place();
        board.follow(session);
        board
    }

    /// Takes over what has happened. Nothing moves.
    pub fn follow(&mut self, session: &Session) {
        self.running = session.rollout().map(|rollout| rollout.goal);
        for view in &mut self.lanes {
            let state = session.state(&view.lane.name);
            let fresh = view.statuses.is_empty() || !Arc::ptr_eq(&state, &view.state);
            view.state = state;
            if fresh {
                view.tellings = Tellings::default();
                view.told = freshness::told(session.recent_events(), view.lane.deployment());
                let names = view.lane.topology.nodes.keys();
                view.statuses = names.map(|name| (name.clone(), of_node(&view.state, name))).collect();
                let names = view.lane.topology.nodes.keys();
                let nodes = names.filter_map(|name| Some((name.as_str(), view.statuses.get(name)?)));
                view.status = of_lane(&view.state, nodes);
            }
        }
    }

    /// Draws the scene anew, after a move.
    pub fn place(&mut self) {
        self.gliding = None;
        let scene = Scene::new(&self.inputs());
        self.scene = scene;
        self.outline = OnceCell::new();
    }

    /// The template of `key`.
    pub fn node(&self, key: &NodeKey) -> Option<&Arc<Node>> {
        self.lanes.get(key.lane)?.lane.topology.nodes.get(&key.name)
    }

    /// How a box does.
    pub fn status(&self, node: &NodeBox) -> Option<&NodeStatus> {
        self.lanes.get(node.lane)?.statuses.get(&node.name)
    }

    /// What tells most about a node: its image, address, range or port.
    pub fn summary(&self, node: &NodeBox) -> Option<Rc<str>> {
        let view = self.lanes.get(node.lane)?;
        view.tellings.summary(view.lane.topology.nodes.get(&node.name)?, &self.known(node.lane)?)
    }

    /// `.20 eth1` of a port with a fixed address in its network.
    pub fn port_text(&self, node: &NodeBox) -> Option<Rc<str>> {
        let view = self.lanes.get(node.lane)?;
        view.tellings.port(view.lane.topology.nodes.get(&node.name)?, &self.known(node.lane)?)
    }

    /// What values of `lane` are evaluated against.
    pub fn known(&self, lane: usize) -> Option<Known<'_>> {
        let view = self.lanes.get(lane)?;
        Some(Known { topology: &view.lane.topology, inputs: &view.lane.inputs, state: &view.state })
    }

    /// The value of an output, once its deployment has told it.
    pub fn output(&self, tag: &Tag) -> Option<&Value> {
        let path: Vec<&str> = tag.path.iter().map(String::as_str).collect();
        self.lanes.get(tag.lane)?.state.output(&path).filter(|value| !value.is_null())
    }

    /// The value that flows, as far as it is known: what the source says, or what the reader was given.
    pub fn flowing(&self, flow: &Flow) -> Option<Value> {
        let end = self.scene.nodes.get(flow.end)?;
        match flow.start {
            FlowStart::Tag(tag) => self.output(self.scene.tags.get(tag)?).cloned(),
            FlowStart::Proxy(_) => {
                let node = self.lanes.get(end.lane)?.lane.topology.nodes.get(&end.name)?;
                let (first, rest) = flow.property.split_first()?;
                let written =
                    rest.iter().try_fold(node.properties.get(first)?, |value, key| value.get(key))?;
                self.known(end.lane)?.evaluate(&end.name, written)
            }
        }
    }

    /// Lines of `key` in its blueprint, from 1, with the file's name.
    pub fn lines(&self, key: &NodeKey) -> Option<(Arc<str>, u32, u32)> {
        let map = &self.lanes.get(key.lane)?.lane.reading.source_map;
        map.lines(&Path::of(["node_templates", &key.name]))
    }

    /// What a lane has to import, in this order, before it can use a type of node or relationship.
    pub fn imports_for(&self, lane: usize, kind: &str) -> Result<Vec<&'static str>, String> {
        let Some(view) = self.lanes.get(lane) else { return Ok(Vec::new()) };
        let knows = |name: &str| {
            let blueprint = &view.lane.reading.blueprint;
            ["node_types", "relationships"].iter().any(|section| blueprint.entity(section, name).is_some())
        };
        if knows(kind) {
            return Ok(Vec::new());
        }
        let import = |kind: &str| {
            let types = built_in();
            types.nodes.get(kind).or_else(|| types.relationships.get(kind))?.import.as_deref()
        };
        let Some(own) = import(kind) else {
            let lane = &view.lane.name;
            return Err(format!("`{lane}` does not know the type `{kind}`: it is of another lane's file"));
        };
        // Every plugin builds upon the basic types.
        let basic =
            import("cloudify.nodes.Root").filter(|basic| *basic != own && !knows("cloudify.nodes.Root"));
        Ok(basic.into_iter().chain([own]).collect())
    }

    /// Number of errors.
    pub fn errors(&self) -> usize {
        self.problems.count(Severity::Error)
    }

    /// The worst status of all lanes, and finished and all operations of those that run.
    pub fn progress(&self) -> (Status, usize, usize) {
        let statuses = self.lanes.iter().map(|view| view.status.status);
        let running = self.lanes.iter().filter(|view| view.state.status.is_running());
        let (done, all) = running
            .map(|view| view.state.progress())
            .fold((0, 0), |(done, all), (more_done, more)| (done + more_done, all + more));
        (statuses.max().unwrap_or(Status::Absent), done, all)
    }

    /// Lays the lanes' plans one after the other: a lane's waves come after those of the lanes it uses.
    pub fn set_plans(&mut self, plans: &[(usize, Plan)]) {
        let mut waves = Waves { rehearsed: true, ..Waves::default() };
        let mut ends: HashMap<usize, usize> = HashMap::new();
        for (lane, plan) in plans {
            let uses = self.lanes.get(*lane).map(|view| view.lane.uses()).unwrap_or_default();
            let start = plans
                .iter()
                .filter(|(other, plan)| other != lane && uses.contains(&plan.deployment))
                .filter_map(|(other, _)| ends.get(other).copied())
                .max()
                .unwrap_or(0);
            let end = waves.add(*lane, plan, start);
            ends.insert(*lane, end);
        }
        waves.waves.sort_by_key(|wave| (wave.number, wave.lane));
        self.waves = Some(waves);
    }
}

/// The types that come with the program.
fn built_in() -> &'static Library {
    static BUILT_IN: LazyLock<Library> = LazyLock::new(|| Library::built_in(&Catalog::built_in()));
    &BUILT_IN
}

/// What the blueprints know, and what they could import.
fn types(lanes: &[Arc<Library>]) -> Library {
    lanes.iter().fold(Library::default(), |all, library| all.with(library)).with(built_in())
}

impl Waves {
    /// Adds one lane's plan from wave `start` on; gives the number of its last wave.
    fn add(&mut self, lane: usize, plan: &Plan, start: usize) -> usize {
        let mut number = start;
        let made: std::collections::HashSet<&str> = plan
            .operations
            .iter()
            .filter(|operation| operation.work != Work::Nothing)
            .map(|operation| operation.instance.as_str())
            .collect();
        self.summary.create += made.len();
        for operations in plan.waves() {
            let real: Vec<_> =
                operations.into_iter().filter(|operation| operation.work != Work::Nothing).collect();
            let Some(first) = real.first() else { continue };
            number += 1;
            let mut wave = Wave {
                number,
                lane,
                nodes: Vec::new(),
                work: Vec::new(),
                targets: Vec::new(),
                cause: first.cause.clone(),
                operations: real.len(),
            };
            for operation in real {
                let key = NodeKey { lane, name: operation.node.clone() };
                self.summary.operations += 1;
                self.rehearsed &= operation.target == crate::model::TargetSpec::Rehearsal
                    || operation.platform == crate::model::Platform::Proxy;
                self.first.entry(key.clone()).or_insert(number);
                let short = short_operation_name(&operation.name);
                self.causes.entry(key).or_default().push(format!("{number} · {short}: {}", operation.cause));
                let once = |list: &mut Vec<String>, text: String| {
                    if !list.contains(&text) {
                        list.push(text);
                    }
                };
                once(&mut wave.nodes, operation.node.clone());
                once(&mut wave.work, short.to_owned());
                once(&mut wave.targets, operation.target.to_string());
            }
            self.waves.push(wave);
        }
        number
    }
}
