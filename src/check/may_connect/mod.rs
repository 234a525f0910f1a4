//! Which relationships a node may have to another, judged before one is drawn.
//!
//! The DSL itself lets every relationship point to every node (a type says nothing of its targets) and refuses only
//! circles, second containers and a node's relationship to itself. What sense a type makes is known here: for the types
//! that come with the program by what their operations expect, for others by their name (`port_connected_to_subnet`).
//! Does not know what a gesture writes.

mod kinds;

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::library::TypeInfo;
use super::nodes::CONTAINED_IN;
use super::topology::{Node, Topology};
pub use kinds::{Holding, fitting_kinds, holding, is_backwards};
use kinds::{NETWORK, PORT, SUBNET, is, names_part, short};

/// Why a node can't have a relationship to another.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// One of them is not there (any more).
    #[error("there is no node `{0}`")]
    Unknown(String),
    /// Both ends are one node.
    #[error("a node can't have a relationship to itself")]
    Itself,
    /// There is one.
    #[error("`{source_node}` has a relationship to `{target}` already")]
    Already {
        /// The node that has it.
        source_node: String,
        /// The node it points to.
        target: String,
    },
    /// A node is in one place.
    #[error("`{node}` is contained in `{container}` already")]
    SecondContainer {
        /// The node.
        node: String,
        /// Where it is.
        container: String,
    },
    /// None of them could be made first.
    #[error("that would be a circle: {}", .0.join(" → "))]
    Circle(Vec<String>),
    /// It makes sense from the other end only.
    #[error("the line goes the other way: from `{from}` to `{to}`")]
    Backwards {
        /// Where it begins.
        from: String,
        /// Where it ends.
        to: String,
    },
    /// No relationship type makes sense.
    #[error("a {inner} can't be contained in a {outer}")]
    NoContainer {
        /// Short type of the one.
        inner: String,
        /// Short type of the other.
        outer: String,
    },
}

/// A relationship that puts a node into another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Containment {
    /// The node that gets it: the inner one, or the outer one where that names its parts.
    pub source: String,
    /// The node that it points to.
    pub target: String,
    /// Its type.
    pub kind: String,
    /// Whether a person expects it.
    pub natural: bool,
}

fn node<'a>(topology: &'a Topology, name: &str) -> Result<&'a Node, Refusal> {
    topology.nodes.get(name).map(AsRef::as_ref).ok_or_else(|| Refusal::Unknown(name.to_owned()))
}

/// What can be connected from one node: what needs that node, directly or not, is found once for all targets.
pub struct Connecting<'a> {
    topology: &'a Topology,
    relationships: &'a IndexMap<String, TypeInfo>,
    source: &'a str,
    /// Each node that needs the source, with the node through which it does.
    needing: HashMap<&'a str, &'a str>,
}

impl<'a> Connecting<'a> {
    /// From the node `source`, with these relationship types.
    pub fn new(
        topology: &'a Topology,
        relationships: &'a IndexMap<String, TypeInfo>,
        source: &'a str,
    ) -> Self {
        Self { topology, relationships, source, needing: needing(topology, source, |_, _| false) }
    }

    /// The relationship types that fit from the source to `target`, the most sensible one first, or why there is none.
    pub fn to(&self, target: &str) -> Result<Vec<String>, Refusal> {
        let (from, to) = (node(self.topology, self.source)?, node(self.topology, target)?);
        if self.source == target {
            return Err(Refusal::Itself);
        }
        if from.relationships.iter().any(|relationship| relationship.target == target) {
            return Err(Refusal::Already { source_node: self.source.to_owned(), target: target.to_owned() });
        }
        if is_backwards(self.relationships, &from.type_hierarchy, &to.type_hierarchy) {
            return Err(Refusal::Backwards { from: target.to_owned(), to: self.source.to_owned() });
        }
        circle(&self.needing, self.source, target)?;
        let kinds = |contained| {
            fitting_kinds(self.relationships, &from.type_hierarchy, &to.type_hierarchy, contained)
        };
        let found = kinds(from.container().is_some());
        match (found.is_empty(), from.container()) {
            (false, _) => Ok(found),
            (true, Some(container)) if !kinds(false).is_empty() => Err(Refusal::SecondContainer {
                node: self.source.to_owned(),
                container: container.to_owned(),
            }),
            (true, _) => Err(Refusal::NoContainer {
                inner: short(&from.type_hierarchy),
                outer: short(&to.type_hierarchy),
            }),
        }
    }
}

/// The relationship types that fit from one node of a topology to another, the most sensible one first, or why there is
/// none. For many targets of one source see [`Connecting`].
pub fn may_connect(
    topology: &Topology,
    relationships: &IndexMap<String, TypeInfo>,
    source: &str,
    target: &str,
) -> Result<Vec<String>, Refusal> {
    Connecting::new(topology, relationships, source).to(target)
}

/// The relationship that would put `inner` into `outer` instead of where it is, or why there is none.
pub fn may_contain(
    topology: &Topology,
    relationships: &IndexMap<String, TypeInfo>,
    inner: &str,
    outer: &str,
) -> Result<Containment, Refusal> {
    let (inside, around) = (node(topology, inner)?, node(topology, outer)?);
    if inner == outer {
        return Err(Refusal::Itself);
    }
    let (ins, out) = (&inside.type_hierarchy, &around.type_hierarchy);
    let Some(Holding { kind, part, natural }) = holding(relationships, ins, out) else {
        return Err(Refusal::NoContainer { inner: short(ins), outer: short(out) });
    };
    let (source, target) = if part { (outer, inner) } else { (inner, outer) };
    let left = |from: &str, to: &str| holds_now(topology, inner, from, to);
    circle(&needing(topology, source, left), source, target)?;
    Ok(Containment { source: source.to_owned(), target: target.to_owned(), kind, natural })
}

/// The relationship that puts `inner` where it is now, by the node that has it and its position there.
pub fn containment_of<'a>(topology: &'a Topology, inner: &str) -> Option<(&'a str, usize)> {
    let holds = |node: &'a Node| {
        let position =
            node.relationships.iter().position(|one| holds_now(topology, inner, &node.name, &one.target));
        position.map(|position| (node.name.as_str(), position))
    };
    topology
        .nodes
        .get(inner)
        .and_then(|node| holds(node))
        .or_else(|| topology.nodes.values().filter(|node| node.name != inner).find_map(|node| holds(node)))
}

/// Whether a relationship between two nodes is what puts `inner` where it is: its `contained_in`, the line of a port to its
/// network, or that of the node whose part it is.
fn holds_now(topology: &Topology, inner: &str, from: &str, to: &str) -> bool {
    let Some(source) = topology.nodes.get(from) else { return false };
    source.relationships.iter().filter(|one| one.target == to).any(|one| {
        let part = names_part(&one.type_hierarchy);
        let network =
            || topology.nodes.get(to).is_some_and(|node| is(&node.type_hierarchy, &[NETWORK, SUBNET]));
        (part && to == inner)
            || (from == inner && one.is_a(CONTAINED_IN))
            || (from == inner && source.container().is_none() && source.is_a(PORT) && network())
    })
}

/// All nodes that need `source`, each with the next one on its way there. Relationships that are `left` out don't count.
fn needing<'a>(
    topology: &'a Topology,
    source: &'a str,
    left: impl Fn(&str, &str) -> bool,
) -> HashMap<&'a str, &'a str> {
    let mut pointing: HashMap<&str, Vec<&str>> = HashMap::new();
    for node in topology.nodes.values() {
        for relationship in &node.relationships {
            if !left(&node.name, &relationship.target) {
                pointing.entry(&relationship.target).or_default().push(&node.name);
            }
        }
    }
    let mut found: HashMap<&str, &str> = HashMap::new();
    let mut seen: HashSet<&str> = HashSet::from([source]);
    let mut todo = vec![source];
    while let Some(current) = todo.pop() {
        for &user in pointing.get(current).into_iter().flatten() {
            if seen.insert(user) {
                found.insert(user, current);
                todo.push(user);
            }
        }
    }
    found
}

fn circle(needing: &HashMap<&str, &str>, source: &str, target: &str) -> Result<(), Refusal> {
    let mut way = vec![source.to_owned(), target.to_owned()];
    let mut current = target;
    while let Some(&next) = needing.get(current) {
        way.push(next.to_owned());
        if next == source {
            return Err(Refusal::Circle(way));
        }
        current = next;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
