//! Scaling: how many instances are wanted where that is not what the blueprint says (DSL reference, "instances,
//! scaling groups, expansion"; Cloudify's `scale` workflow).
//!
//! A count is that of one node or scaling group, for each instance of what contains it. It holds until the blueprint
//! itself says another number than when it was given, or the deployment is taken down. Does not know instances:
//! which are made and which go is decided in `instances`.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::State;
use super::existing::Existing;
use crate::check::evaluate::{Here, evaluate};
use crate::check::{Preview, Scalable, Topology};
use crate::diag::{closest, did_you_mean};
use crate::model::{Map, Value};

/// How many of a node or group were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Scaled {
    /// Instances, for each instance of what contains it.
    pub instances: u64,
    /// What the blueprint said when they were asked for.
    pub default: u64,
}

/// Counts that were asked for, by node or group.
pub type ScaledCounts = IndexMap<String, Scaled>;

/// How many of a node or group are wanted, and which of them rather go than others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Instances, for each instance of what contains it.
    pub instances: u64,
    /// Instances that go first if some must (`removed_ids_include_hint`): its own, or members of its group instances.
    pub include: Vec<String>,
    /// Instances that go last (`removed_ids_exclude_hint`).
    pub exclude: Vec<String>,
}

impl Wanted {
    /// Takes `surplus` of `ids` away: included ones first, then the latest made, excluded ones last.
    pub(super) fn cut(&self, ids: &mut Vec<String>, surplus: usize, existing: &Existing<'_>) {
        let named = |hints: &[String], id: &str| hints.iter().any(|hint| existing.means(hint, id));
        let mut order: Vec<(u8, usize)> = ids
            .iter()
            .enumerate()
            .map(|(place, id)| match (named(&self.include, id), named(&self.exclude, id)) {
                (true, _) => (0, place),
                (false, false) => (1, place),
                (false, true) => (2, place),
            })
            .collect();
        order.sort_by_key(|(rank, place)| (*rank, std::cmp::Reverse(*place)));
        let mut going: Vec<usize> = order.into_iter().take(surplus).map(|(_, place)| place).collect();
        going.sort_unstable();
        for place in going.into_iter().rev() {
            ids.remove(place);
        }
    }
}

/// What a person asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So many.
    To(u64),
    /// So many more or fewer (`delta`).
    By(i64),
    /// As the blueprint says.
    Default,
}

/// A wish to scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaling {
    /// Node or scaling group.
    pub entity: String,
    /// How many.
    pub amount: Amount,
}

/// Wishes to scale, with what holds for all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scalings {
    /// One for each node or group.
    pub wishes: Vec<Scaling>,
    /// Whether the host is scaled, where a node on one is named (`scale_compute`).
    pub compute: bool,
    /// Instances that go first.
    pub include: Vec<String>,
    /// Instances that go last.
    pub exclude: Vec<String>,
}

/// Why something can't be scaled so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScaleError {
    /// No node and no scaling group has that name.
    #[error("there is no node or scaling group `{name}` to scale")]
    Unknown {
        /// As given.
        name: String,
        /// What may be meant.
        like: Option<String>,
    },
    /// Fewer than none, or outside the limits of the blueprint.
    #[error("`{entity}` can't be scaled from {now} to {to}: {why}")]
    Bounds {
        /// Node or group.
        entity: String,
        /// Instances now.
        now: u64,
        /// Instances asked for.
        to: i64,
        /// The limit.
        why: String,
    },
    /// An instance that is to go or to stay, and is not there.
    #[error("there is no instance `{0}` to include or exclude")]
    NoInstance(String),
    /// An instance that is to go and to stay.
    #[error("`{0}` is both included and excluded")]
    Both(String),
    /// Which instances go was said, and none goes.
    #[error("instances can't be included or excluded when nothing is scaled in")]
    NothingGoes,
}

impl ScaleError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { like, .. } => like.as_deref().map(did_you_mean),
            Self::Bounds { .. } => Some(
                "`min_instances` and `max_instances` under `capabilities.scalable` (of a group: in its policy) are the limits"
                    .to_owned(),
            ),
            Self::NoInstance(_) => Some("`gantry status` lists the instances".to_owned()),
            Self::Both(_) | Self::NothingGoes => None,
        }
    }
}

/// The number that a count is, evaluated before anything is deployed.
pub(super) fn number(count: &Value, world: &Preview<'_>) -> Option<i64> {
    let evaluated = evaluate(count, &Here::default(), world).ok()?;
    match evaluated.known()? {
        Value::Int(number) => Some(*number),
        Value::Bool(truth) => Some(i64::from(*truth)),
        // A part of an instance is none.
        Value::Float(number) if number.is_finite() => Some(*number as i64),
        _ => None,
    }
}

fn scalable<'t>(topology: &'t Topology, entity: &str) -> Option<&'t Scalable> {
    let group = topology.scaling_groups.get(entity).map(|group| &group.scalable);
    group.or_else(|| topology.nodes.get(entity).map(|node| &node.scalable))
}

fn default(topology: &Topology, inputs: &Map, entity: &str) -> Option<u64> {
    let count = &scalable(topology, entity)?.default_instances;
    number(count, &Preview::with_inputs(topology, inputs)).and_then(|count| u64::try_from(count).ok())
}

/// The counts of `scaled` that still hold: the blueprint has the node or group, and says of it what it said then.
pub fn still_scaled(scaled: &ScaledCounts, topology: &Topology, inputs: &Map) -> ScaledCounts {
    let holds = |(entity, scaled): &(&String, &Scaled)| {
        default(topology, inputs, entity) == Some(scaled.default) && scaled.instances != scaled.default
    };
    scaled.iter().filter(holds).map(|(entity, scaled)| (entity.clone(), *scaled)).collect()
}

/// What is wanted of `scaled`, without hints.
pub fn wanted(scaled: &ScaledCounts) -> IndexMap<String, Wanted> {
    let plain = |scaled: &Scaled| Wanted { instances: scaled.instances, ..Wanted::default() };
    scaled.iter().map(|(entity, scaled)| (entity.clone(), plain(scaled))).collect()
}

/// What is wanted after `scalings`, of a deployment that is in `state`: counts to remember, and the hints of this time.
///
/// # Errors
/// What is asked for is not there, or outside the limits.
pub fn scale(
    topology: &Topology,
    inputs: &Map,
    state: &State,
    scalings: &Scalings,
) -> Result<(ScaledCounts, IndexMap<String, Wanted>), ScaleError> {
    let mut scaled = still_scaled(&state.scaled, topology, inputs);
    let mut fewer = Vec::new();
    for Scaling { entity, amount } in &scalings.wishes {
        let entity = named(topology, entity, scalings.compute)?;
        let world = Preview::with_inputs(topology, inputs);
        let Some((scalable, default)) = scalable(topology, entity).zip(default(topology, inputs, entity))
        else {
            continue;
        };
        let now = scaled.get(entity).map_or(default, |scaled| scaled.instances);
        let to = match *amount {
            Amount::To(count) => i64::try_from(count).unwrap_or(i64::MAX),
            Amount::By(delta) => i64::try_from(now).unwrap_or(i64::MAX).saturating_add(delta),
            Amount::Default => i64::try_from(default).unwrap_or(i64::MAX),
        };
        let min = number(&scalable.min_instances, &world).unwrap_or(0);
        let max = number(&scalable.max_instances, &world).filter(|max| *max >= 0);
        let refuse = |why: String| ScaleError::Bounds { entity: entity.to_owned(), now, to, why };
        let Ok(instances) = u64::try_from(to) else {
            return Err(refuse("there are no fewer than none".to_owned()));
        };
        if to < min {
            return Err(refuse(format!("its least is {min} (`min_instances`)")));
        }
        if let Some(max) = max.filter(|max| to > *max) {
            return Err(refuse(format!("its most is {max} (`max_instances`)")));
        }
        if instances < now {
            fewer.push(entity);
        }
        scaled.shift_remove(entity);
        if instances != default {
            scaled.insert(entity.to_owned(), Scaled { instances, default });
        }
    }
    hints_are_sound(state, scalings, &fewer)?;
    let mut wanted = wanted(&scaled);
    for entity in fewer {
        let instances = default(topology, inputs, entity).unwrap_or_default();
        let wanted = wanted.entry(entity.to_owned()).or_insert(Wanted { instances, ..Wanted::default() });
        wanted.include.clone_from(&scalings.include);
        wanted.exclude.clone_from(&scalings.exclude);
    }
    Ok((scaled, wanted))
}

/// The node or group of that name; with `compute`, the host of a node.
fn named<'t>(topology: &'t Topology, name: &str, compute: bool) -> Result<&'t str, ScaleError> {
    if let Some((group, _)) = topology.scaling_groups.get_key_value(name) {
        return Ok(group);
    }
    let Some((own, node)) = topology.nodes.get_key_value(name) else {
        let names = topology.scaling_groups.keys().chain(topology.nodes.keys()).map(String::as_str);
        let like = closest(name, names).map(str::to_owned);
        return Err(ScaleError::Unknown { name: name.to_owned(), like });
    };
    let host = node.host.as_ref().filter(|_| compute);
    Ok(host.unwrap_or(own))
}

fn hints_are_sound(state: &State, scalings: &Scalings, fewer: &[&str]) -> Result<(), ScaleError> {
    let Scalings { include, exclude, .. } = scalings;
    if let Some(both) = include.iter().find(|id| exclude.contains(id)) {
        return Err(ScaleError::Both(both.clone()));
    }
    let groups = || state.instances.values().flat_map(|record| &record.scaling_groups);
    let exists = |id: &String| state.instances.contains_key(id) || groups().any(|(_, group)| group == id);
    if let Some(unknown) = include.iter().chain(exclude).find(|id| !exists(id)) {
        return Err(ScaleError::NoInstance(unknown.clone()));
    }
    if fewer.is_empty() && !(include.is_empty() && exclude.is_empty()) {
        return Err(ScaleError::NothingGoes);
    }
    Ok(())
}
