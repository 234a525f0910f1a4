//! [`expand`]: how many instances a deployment has, and which relates to which (DSL reference, "instances, scaling
//! groups, expansion").
//!
//! `contained_in` multiplies; members of a scaling group multiply together and relate within their group instance;
//! `all_to_all` and `all_to_one` say which ends meet. Ids are the same every time: a hash of deployment, node and
//! place. [`modify`] goes on from what exists: instances that stay keep their ids. Does not know operations.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use indexmap::IndexMap;

use super::existing::Existing;
use super::scale::{Wanted, number};
use crate::check::{Instance, Node, Preview, Relationship, Scalable, Topology};
use crate::diag::{Diagnostic, Diagnostics, Path};
use crate::model::{Map, Value};

/// Instances that one deployment may have.
const INSTANCES: u64 = 100_000;
/// Relationships between instances that one deployment may have.
const RELATIONSHIPS: u64 = 2_000_000;

const ALL_TO_ALL: &str = "all_to_all";
const ALL_TO_ONE: &str = "all_to_one";
const CONTAINED_IN: &str = "cloudify.relationships.contained_in";
const BASES: &[&str] =
    &[CONTAINED_IN, "cloudify.relationships.connected_to", "cloudify.relationships.depends_on"];

/// The instances of a deployment, containers before what they contain, else in the order of the text.
///
/// # Errors
/// A count that is no number, more instances than can be handled, a relationship of no known kind.
pub fn expand(deployment: &str, topology: &Topology, inputs: &Map) -> Result<Vec<Instance>, Diagnostics> {
    modify(deployment, topology, inputs, &[], &IndexMap::new())
}

/// The instances of a deployment of which `existing` ones are there, with as many of a node or scaling group (for each
/// instance of what contains it) as `wanted` says, else as the blueprint says. What need not go stays, under its id;
/// what must go goes latest first, unless hints say otherwise; an `all_to_one` keeps its target as long as that is
/// there (reference parser, `modify_deployment`).
///
/// # Errors
/// As [`expand`].
pub fn modify(
    deployment: &str,
    topology: &Topology,
    inputs: &Map,
    existing: &[Instance],
    wanted: &IndexMap<String, Wanted>,
) -> Result<Vec<Instance>, Diagnostics> {
    let mut expansion = Expansion::new(deployment, topology, inputs, existing, wanted)?;
    expansion.build()?;
    expansion.relate()?;
    Ok(expansion.instances)
}

fn one(diagnostic: Diagnostic) -> Diagnostics {
    [diagnostic].into_iter().collect()
}

/// Which instances a relationship joins: [`ALL_TO_ALL`] or [`ALL_TO_ONE`]. Said by its type's default, else by the node
/// itself; functions are not evaluated there.
fn connection(relationship: &Relationship, path: impl Fn() -> Path) -> Result<&'static str, Diagnostics> {
    let refuse = |code: &'static str, class: &'static str, message: String| {
        Err(one(Diagnostic::error(code, path(), message).with_reference(class, None)))
    };
    if !relationship.type_hierarchy.iter().any(|kind| BASES.contains(&kind.as_str())) {
        let message = format!(
            "`{}` derives from none of {}: nothing says which instances meet",
            relationship.type_name,
            BASES.join(", ")
        );
        return refuse("unsupported-relationship", "UnsupportedRelationship", message);
    }
    let written = relationship.properties.get("connection_type").unwrap_or(&Value::Null);
    match written.as_str() {
        // Its container is the one that it is in.
        _ if relationship.is_a(CONTAINED_IN) => Ok(ALL_TO_ALL),
        Some(ALL_TO_ALL) => Ok(ALL_TO_ALL),
        Some(ALL_TO_ONE) => Ok(ALL_TO_ONE),
        _ => {
            let message = format!("`{written}` is no connection type; `all_to_all` and `all_to_one` are");
            refuse("connection-type", "IllegalConnectedToConnectionType", message)
        }
    }
}

/// Names and ids of group instances and container instances, the innermost first; shared by all that are in them.
type Chain<'t> = Rc<Vec<(&'t str, String)>>;

struct Expansion<'t> {
    deployment: &'t str,
    topology: &'t Topology,
    inputs: &'t Map,
    counts: HashMap<&'t str, u64>,
    /// What a node or group is multiplied by: the group that it is a member of, else its container.
    parent: HashMap<&'t str, &'t str>,
    children: IndexMap<&'t str, Vec<&'t str>>,
    instances: Vec<Instance>,
    /// For each instance, what it is in.
    chains: Vec<Chain<'t>>,
    by_node: HashMap<&'t str, Vec<usize>>,
    ids: HashSet<String>,
    existing: Existing<'t>,
    wanted: &'t IndexMap<String, Wanted>,
}

impl<'t> Expansion<'t> {
    fn new(
        deployment: &'t str,
        topology: &'t Topology,
        inputs: &'t Map,
        existing: &'t [Instance],
        wanted: &'t IndexMap<String, Wanted>,
    ) -> Result<Self, Diagnostics> {
        let mut expansion = Self {
            deployment,
            topology,
            inputs,
            counts: HashMap::new(),
            parent: HashMap::new(),
            children: IndexMap::new(),
            instances: Vec::new(),
            chains: Vec::new(),
            by_node: HashMap::new(),
            ids: HashSet::new(),
            existing: Existing::default(),
            wanted,
        };
        expansion.count()?;
        expansion.contain();
        expansion.existing = Existing::new(topology, &expansion.parent, existing);
        expansion.ids.clone_from(&expansion.existing.ids);
        Ok(expansion)
    }

    /// How many of each node (per container) and group.
    fn count(&mut self) -> Result<(), Diagnostics> {
        let world = Preview::with_inputs(self.topology, self.inputs);
        let mut problems = Diagnostics::new();
        let wanted = self.wanted;
        let mut count = |name: &str, scalable: &Scalable, path: Path| {
            if let Some(wanted) = wanted.get(name) {
                return wanted.instances;
            }
            if let Some(number) = number(&scalable.default_instances, &world) {
                // Fewer than none is none.
                u64::try_from(number).unwrap_or(0)
            } else {
                let message = format!("`{}` is no number of instances", scalable.default_instances);
                let problem = Diagnostic::error("instance-count", path, message);
                problems.push(problem.with_reference("TypeError", None));
                0
            }
        };
        for (name, node) in &self.topology.nodes {
            self.counts.insert(name, count(name, &node.scalable, Path::of(["node_templates", name])));
        }
        for (name, group) in &self.topology.scaling_groups {
            self.counts.insert(name, count(name, &group.scalable, Path::of(["groups", name])));
        }
        for (name, group) in &self.topology.scaling_groups {
            let unscaled = group.members.iter().find(|member| {
                !self.topology.nodes.contains_key(*member)
                    && !self.topology.scaling_groups.contains_key(*member)
            });
            if let Some(member) = unscaled {
                let message =
                    format!("the group `{member}` is a member of `{name}`, and no policy scales it");
                problems.push(
                    Diagnostic::error("group-not-scaled", Path::of(["groups", name]), message)
                        .with_hint(format!(
                            "make `{member}` a target of a scaling policy, or name its members"
                        ))
                        .with_reference("KeyError", None),
                );
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn contain(&mut self) {
        let topology = self.topology;
        let mut group_of: HashMap<&str, &str> = HashMap::new();
        for (group, members) in &topology.scaling_groups {
            for member in &members.members {
                group_of.insert(member, group);
            }
        }
        for (name, node) in &topology.nodes {
            let container = node.container().filter(|container| topology.nodes.contains_key(*container));
            match (group_of.get(name.as_str()), container) {
                (Some(group), container) => {
                    self.parent.insert(name, group);
                    if let Some(container) = container {
                        let mut top = *group;
                        let mut steps = 0;
                        while let Some(outer) = group_of.get(top).filter(|_| steps < 1000) {
                            top = outer;
                            steps += 1;
                        }
                        self.parent.entry(top).or_insert(container);
                    }
                }
                (None, Some(container)) => {
                    self.parent.insert(name, container);
                }
                (None, None) => {}
            }
        }
        for group in topology.scaling_groups.keys() {
            if let Some(outer) = group_of.get(group.as_str()) {
                self.parent.insert(group, outer);
            }
        }
        for name in topology.scaling_groups.keys().chain(topology.nodes.keys()) {
            if let Some(parent) = self.parent.get(name.as_str()) {
                self.children.entry(parent).or_default().push(name);
            }
        }
    }

    fn build(&mut self) -> Result<(), Diagnostics> {
        let topology = self.topology;
        let roots = topology.nodes.keys().chain(topology.scaling_groups.keys());
        let roots: Vec<&str> =
            roots.map(String::as_str).filter(|name| !self.parent.contains_key(*name)).collect();
        self.bounded(&roots)?;
        // Depth first, with a stack: containment may be deep.
        let mut open: Vec<(&str, Chain<'_>)> =
            roots.into_iter().rev().map(|name| (name, Chain::default())).collect();
        while let Some((name, chain)) = open.pop() {
            let count = self.counts.get(name).copied().unwrap_or(1);
            let place = chain.first().map(|(_, id)| id.clone()).unwrap_or_default();
            let mut below = Vec::new();
            let mut ids = self.existing.at(name, &place);
            if let Some(surplus) = (ids.len() as u64).checked_sub(count) {
                let none = Wanted::default();
                self.wanted.get(name).unwrap_or(&none).cut(&mut ids, surplus as usize, &self.existing);
            }
            for index in ids.len() as u64..count {
                ids.push(self.id(name, &place, index));
            }
            for id in ids {
                let children = self.children.get(name).map(Vec::as_slice).unwrap_or_default();
                if !children.is_empty() {
                    let inner = std::iter::once((name, id.clone())).chain(chain.iter().cloned());
                    let inner: Chain<'_> = Rc::new(inner.collect());
                    below.extend(children.iter().map(|child| (*child, Rc::clone(&inner))));
                }
                if topology.nodes.contains_key(name) {
                    self.by_node.entry(name).or_default().push(self.instances.len());
                    self.instances.push(Instance { id, node: name.to_owned(), ..Instance::default() });
                    self.chains.push(Rc::clone(&chain));
                }
            }
            open.extend(below.into_iter().rev());
        }
        self.sort();
        for (instance, chain) in self.instances.iter_mut().zip(&self.chains) {
            instance.scaling_groups = chain
                .iter()
                // Those of what contains it are its container's.
                .take_while(|(name, _)| topology.scaling_groups.contains_key(*name))
                .map(|(name, id)| ((*name).to_owned(), id.clone()))
                .collect();
        }
        Ok(())
    }

    /// Refuses more instances than can be handled, before any is made.
    fn bounded(&self, roots: &[&'t str]) -> Result<(), Diagnostics> {
        let mut open: Vec<(&str, u64)> = roots.iter().rev().map(|name| (*name, 1)).collect();
        let mut made = 0u64;
        while let Some((name, containers)) = open.pop() {
            let count = self.counts.get(name).copied().unwrap_or(1).saturating_mul(containers);
            made = made.saturating_add(count);
            if made > INSTANCES {
                let section =
                    if self.topology.nodes.contains_key(name) { "node_templates" } else { "groups" };
                let message = format!("`{name}` makes more than {INSTANCES} instances");
                return Err(one(Diagnostic::error("too-many-instances", Path::of([section, name]), message)
                    .with_hint(
                        "lower `default_instances` (or `instances.deploy`) of it or of what contains it",
                    )));
            }
            let below = self.children.get(name).into_iter().flatten();
            open.extend(below.rev().map(|child| (*child, count)));
        }
        Ok(())
    }

    /// Instances in the order of their nodes; those of one node in the order of their making.
    fn sort(&mut self) {
        let order = |node: &str| self.topology.nodes.get_index_of(node);
        let mut all: Vec<(Instance, Chain<'_>)> =
            self.instances.drain(..).zip(self.chains.drain(..)).collect();
        all.sort_by_cached_key(|(instance, _)| order(&instance.node));
        self.by_node.clear();
        for (instance, chain) in all {
            if let Some((name, _)) = self.topology.nodes.get_key_value(&instance.node) {
                self.by_node.entry(name).or_default().push(self.instances.len());
            }
            self.instances.push(instance);
            self.chains.push(chain);
        }
    }

    /// `web_k3x09a`, the same every time.
    fn id(&mut self, name: &str, place: &str, index: u64) -> String {
        for salt in 0u64.. {
            let mut hash = 0xcbf2_9ce4_8422_2325_u64;
            let parts = [
                self.deployment.as_bytes(),
                name.as_bytes(),
                place.as_bytes(),
                &index.to_le_bytes(),
                &salt.to_le_bytes(),
            ];
            for byte in parts.into_iter().flat_map(|part| part.iter().copied().chain([0xff])) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
            // FNV mixes its low bits well, its high ones less: fold them.
            hash ^= hash >> 32;
            let alphabet = b"abcdefghijklmnopqrstuvwxyz0123456789";
            let mut suffix = String::with_capacity(6);
            for _ in 0..6 {
                suffix.push(char::from(alphabet[(hash % 36) as usize]));
                hash /= 36;
            }
            let id = format!("{name}_{suffix}");
            if self.ids.insert(id.clone()) {
                return id;
            }
        }
        name.to_owned()
    }

    fn relate(&mut self) -> Result<(), Diagnostics> {
        let mut total = 0u64;
        let topology = self.topology;
        for (name, node) in &topology.nodes {
            let is_grouped = self
                .parent
                .get(name.as_str())
                .is_some_and(|parent| topology.scaling_groups.contains_key(*parent));
            for (index, relationship) in node.relationships.iter().enumerate() {
                if node.is_repeated(index, is_grouped) {
                    continue;
                }
                let path = || Path::of(["node_templates", name]).key("relationships").index(index);
                connection(relationship, path)?;
                let sources = self.by_node.get(name.as_str()).cloned().unwrap_or_default();
                let mut left = sources.len() as u64;
                for source in sources {
                    let targets = self.targets(node, source, index, relationship, path)?;
                    total += targets.len() as u64;
                    // Those of one node lead to about as many each: no need to make them all to know.
                    left -= 1;
                    if total.saturating_add(targets.len() as u64 * left) > RELATIONSHIPS {
                        let message = format!("more than {RELATIONSHIPS} relationships between instances");
                        return Err(one(Diagnostic::error("too-many-instances", path(), message)
                            .with_hint("`connection_type: all_to_one` relates each to one instance only")));
                    }
                    self.instances[source]
                        .relationships
                        .extend(targets.into_iter().map(|target| (index, target)));
                }
            }
        }
        Ok(())
    }

    /// The instances that a relationship of one instance leads to.
    fn targets(
        &self,
        node: &Node,
        source: usize,
        index: usize,
        relationship: &Relationship,
        path: impl Fn() -> Path,
    ) -> Result<Vec<String>, Diagnostics> {
        let target = relationship.target.as_str();
        if relationship.is_a(CONTAINED_IN) {
            let container = self.chains[source].iter().find(|(name, _)| *name == target);
            return Ok(container.map(|(_, id)| id.clone()).into_iter().collect());
        }
        let all = self.by_node.get(target).map(Vec::as_slice).unwrap_or_default();
        let groups = |instance: usize| {
            self.chains[instance]
                .iter()
                .filter(|(name, _)| self.topology.scaling_groups.contains_key(*name))
                .collect::<Vec<_>>()
        };
        let theirs = all.first().map(|&first| groups(first)).unwrap_or_default();
        let shared =
            groups(source).into_iter().find(|(name, _)| theirs.iter().any(|(other, _)| other == name));
        match (connection(relationship, &path)?, shared) {
            (ALL_TO_ALL, None) => Ok(all.iter().map(|&target| self.instances[target].id.clone()).collect()),
            (ALL_TO_ALL, Some(shared)) => Ok(all
                .iter()
                .filter(|&&target| self.chains[target].contains(shared))
                .map(|&target| self.instances[target].id.clone())
                .collect()),
            (_, None) => {
                let ids = all.iter().map(|&target| self.instances[target].id.as_str());
                let before =
                    self.existing.target(&node.name, index).filter(|id| ids.clone().any(|it| it == *id));
                Ok(before.or_else(|| ids.min()).map(str::to_owned).into_iter().collect())
            }
            (_, Some((group, _))) => {
                let message = format!(
                    "`{}` and `{target}` are both in group `{group}`: `all_to_one` has no meaning there",
                    node.name
                );
                let refused = Diagnostic::error("all-to-one-in-group", path(), message);
                Err(one(refused.with_reference("UnsupportedAllToOneInGroup", None)))
            }
        }
    }
}
