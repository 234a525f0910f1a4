//! Which relationship types make sense between two types of nodes.
//!
//! Knows what the operations of the program's own relationship types expect of their ends, and what lies in what. Knows
//! types alone: what a topology has already is `super`'s matter.

use indexmap::IndexMap;

use crate::check::library::TypeInfo;
use crate::check::nodes::CONTAINED_IN;

const CONNECTED_TO: &str = "cloudify.relationships.connected_to";
const DEPENDS_ON: &str = "cloudify.relationships.depends_on";
const PROXY: &str = "cloudify.nodes.DeploymentProxy";
const COMPUTE: &str = "cloudify.nodes.Compute";
pub(super) const NETWORK: &str = "cloudify.nodes.Network";
pub(super) const SUBNET: &str = "cloudify.nodes.Subnet";
pub(super) const PORT: &str = "cloudify.nodes.Port";
const KUBERNETES: &[&str] = &[
    "cloudify.kubernetes.Microservice",
    "cloudify.kubernetes.Node",
    "cloudify.kubernetes.resources.ResourceBase",
];
const SERVICE: &str = "cloudify.swarm.Microservice";

/// What the operations of a relationship type expect of its ends.
struct Rule {
    kind: &'static str,
    source: &'static [&'static str],
    target: &'static [&'static str],
    /// The target is a part of the source: no other relationship between the two makes sense.
    part: bool,
}

const RULES: &[Rule] = &[
    Rule {
        kind: "cloudify.swarm.relationships.container_contained_in_microservice",
        source: &[SERVICE],
        target: &["cloudify.swarm.Container"],
        part: true,
    },
    Rule {
        kind: "cloudify.swarm.relationships.port_attached_to_microservice",
        source: &[SERVICE],
        target: &["cloudify.swarm.Port"],
        part: true,
    },
    Rule {
        kind: "cloudify.swarm.relationships.volume_attached_to_container",
        source: &["cloudify.swarm.Container"],
        target: &["cloudify.swarm.Volume"],
        part: true,
    },
    Rule {
        kind: "cloudify.swarm.relationships.microservice_contained_in_manager",
        source: &[SERVICE],
        target: &["cloudify.swarm.Manager", PROXY],
        part: false,
    },
    Rule {
        kind: "cloudify.kubernetes.relationships.contained_in_host",
        source: &["cloudify.kubernetes.Base"],
        target: &[COMPUTE],
        part: false,
    },
    Rule {
        kind: "cloudify.kubernetes.relationships.connected_to_master",
        source: KUBERNETES,
        target: &["cloudify.kubernetes.Master", PROXY],
        part: false,
    },
    Rule {
        kind: "cloudify.kubernetes.relationships.managed_by_master",
        source: KUBERNETES,
        target: &["cloudify.kubernetes.nodes.Master", "cloudify.kubernetes.resources.SharedCluster"],
        part: false,
    },
    Rule {
        kind: "cloudify.relationships.kubernetes.connected_to_shared_cluster",
        source: KUBERNETES,
        target: &["cloudify.kubernetes.resources.SharedCluster"],
        part: false,
    },
    Rule { kind: "cloudify.relationships.connected_to_proxy", source: &[], target: &[PROXY], part: false },
];

/// What stands for a network or a place in one: nothing but each other lies in them.
const NETWORKING: &[&str] = &[
    NETWORK,
    SUBNET,
    PORT,
    "cloudify.nodes.Router",
    "cloudify.nodes.SecurityGroup",
    "cloudify.nodes.VirtualIP",
    "cloudify.nodes.LoadBalancer",
];
/// What holds nothing, beside what [`NETWORKING`] says.
const HOLLOW: &[&str] = &[
    PROXY,
    "cloudify.nodes.Volume",
    "cloudify.nodes.ObjectStorage",
    "cloudify.nodes.FileSystem",
    "cloudify.swarm.Container",
    "cloudify.swarm.Port",
    "cloudify.swarm.Volume",
    SERVICE,
    "cloudify.swarm.Manager",
    "cloudify.kubernetes.Base",
    "cloudify.kubernetes.nodes.Master",
    "cloudify.kubernetes.resources.ResourceBase",
    "cloudify.kubernetes.resources.SharedCluster",
];
/// What lies in nothing, unless a rule of its own says in what.
const FREE: &[&str] = &[
    PROXY,
    NETWORK,
    "cloudify.nodes.Router",
    "cloudify.nodes.SecurityGroup",
    "cloudify.nodes.Tier",
    "cloudify.swarm.Container",
    "cloudify.swarm.Port",
    "cloudify.swarm.Volume",
    SERVICE,
    "cloudify.kubernetes.Microservice",
    "cloudify.kubernetes.resources.ResourceBase",
    "cloudify.kubernetes.resources.SharedCluster",
    "cloudify.kubernetes.nodes.Master",
];

pub(super) fn is(hierarchy: &[String], names: &[&str]) -> bool {
    hierarchy.iter().any(|known| names.contains(&known.as_str()))
}

pub(super) fn short(hierarchy: &[String]) -> String {
    let own = hierarchy.last().map_or("", String::as_str);
    own.rsplit('.').next().unwrap_or(own).to_owned()
}

/// How well a relationship type suits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// The target is a part of the source.
    Part,
    /// Made for such ends.
    Made,
    /// For any ends.
    Any,
}

fn fit(kind: &TypeInfo, source: &[String], target: &[String]) -> Option<Fit> {
    for ancestor in kind.hierarchy.iter().rev() {
        if let Some(rule) = RULES.iter().find(|rule| rule.kind == ancestor) {
            let fits = (rule.source.is_empty() || is(source, rule.source)) && is(target, rule.target);
            return fits.then_some(if rule.part { Fit::Part } else { Fit::Made });
        }
    }
    if [CONNECTED_TO, DEPENDS_ON, CONTAINED_IN].contains(&kind.name.as_str()) {
        return Some(Fit::Any);
    }
    match by_name(kind.short(), source, target) {
        Some(true) => Some(Fit::Made),
        Some(false) => None,
        // A type of the program that is known neither by a rule nor by its name asks for more than two ends.
        None => (!kind.file.starts_with("built-in:")).then_some(Fit::Any),
    }
}

/// What the name of a relationship type says of its ends, if it says anything: `server_connected_to_port`.
fn by_name(name: &str, source: &[String], target: &[String]) -> Option<bool> {
    let verbs = ["connected_to", "contained_in", "attached_to", "depends_on", "associated_with"];
    let (verb, at) = verbs.iter().find_map(|verb| Some((verb, name.find(verb)?)))?;
    let (before, after) = (&name[..at], &name[at + verb.len()..]);
    let plain = |text: &str| text.replace('_', "").to_lowercase();
    let named = |hierarchy: &[String], word: &str| {
        let word = plain(word);
        let word = if word == "host" { "compute".to_owned() } else { word };
        word.is_empty()
            || hierarchy.iter().any(|name| plain(name.rsplit('.').next().unwrap_or_default()) == word)
    };
    (!(plain(before).is_empty() && plain(after).is_empty()))
        .then(|| named(source, before) && named(target, after))
}

/// Whether a node of one type can lie in one of another with a plain `contained_in`.
fn can_hold(outer: &[String], inner: &[String]) -> bool {
    if is(outer, &[NETWORK]) {
        return is(inner, &[SUBNET, PORT]);
    }
    if is(outer, &[SUBNET]) {
        return is(inner, &[PORT]);
    }
    if is(outer, NETWORKING) || is(outer, HOLLOW) || is(inner, FREE) {
        return false;
    }
    !is(inner, NETWORKING) && (!is(inner, &[COMPUTE]) || is(outer, &["cloudify.nodes.Tier"]))
}

/// Whether `contained_in` is what a person means by a line between such ends.
fn lies_naturally(outer: &[String], inner: &[String]) -> bool {
    let holder = [COMPUTE, NETWORK, SUBNET, "cloudify.nodes.Tier"];
    can_hold(outer, inner) && (is(outer, &holder) || is(inner, &["cloudify.nodes.ApplicationModule"]))
}

/// The relationship types that make sense from a node of type `source` to one of type `target` (both as hierarchies, the
/// root first), the most sensible one first. `contained` says whether the source lies in something already.
pub fn fitting_kinds(
    relationships: &IndexMap<String, TypeInfo>,
    source: &[String],
    target: &[String],
    contained: bool,
) -> Vec<String> {
    let mut found: Vec<(Fit, usize, &str)> = Vec::new();
    for kind in relationships.values() {
        let Some(fit) = fit(kind, source, target) else { continue };
        let contains = kind.is_a(CONTAINED_IN);
        if contains && (contained || (fit == Fit::Any && !can_hold(target, source))) {
            continue;
        }
        let rank = match kind.name.as_str() {
            CONTAINED_IN if lies_naturally(target, source) => 0,
            CONNECTED_TO => 2,
            CONTAINED_IN => 3,
            DEPENDS_ON => 4,
            _ => 1,
        };
        found.push((fit, rank, &kind.name));
    }
    let best = found.iter().map(|(fit, ..)| *fit).min();
    let derived =
        |base: &str| found.iter().any(|(fit, _, name)| *fit == Fit::Made && relationships[*name].is_a(base));
    let (connects, contains) = (derived(CONNECTED_TO), derived(CONTAINED_IN));
    let mut kept: Vec<&(Fit, usize, &str)> = found
        .iter()
        .filter(|(fit, _, name)| match (best, *name) {
            (Some(Fit::Part), _) => *fit == Fit::Part,
            (_, CONNECTED_TO) => !connects && !contains,
            (_, CONTAINED_IN) => !contains,
            _ => true,
        })
        .collect();
    kept.sort_by_key(|(fit, rank, _)| (*fit, *rank));
    kept.into_iter().map(|(_, _, name)| (*name).to_owned()).collect()
}

/// Whether such a line would have to be drawn from its other end: to a part, or from a network to what stands in it.
pub fn is_backwards(
    relationships: &IndexMap<String, TypeInfo>,
    source: &[String],
    target: &[String],
) -> bool {
    let part = |kind: &TypeInfo| {
        fit(kind, target, source) == Some(Fit::Part) && fit(kind, source, target) != Some(Fit::Part)
    };
    relationships.values().any(part)
        || (is(source, NETWORKING) && is(target, &[COMPUTE]))
        || (is(source, &[NETWORK]) && is(target, &[SUBNET, PORT]))
        || (is(source, &[SUBNET]) && is(target, &[PORT]))
}

/// How a node of one type lies in one of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The relationship's type.
    pub kind: String,
    /// Whether the outer node has the relationship, as it has those to its parts.
    pub part: bool,
    /// Whether a person expects it: a server in a host, not a server in a server.
    pub natural: bool,
}

/// The relationship type that puts a node of type `inner` into one of type `outer` (hierarchies, the root first), if any
/// does.
pub fn holding(
    relationships: &IndexMap<String, TypeInfo>,
    inner: &[String],
    outer: &[String],
) -> Option<Holding> {
    if let Some(part) = relationships.values().find(|kind| fit(kind, outer, inner) == Some(Fit::Part)) {
        return Some(Holding { kind: part.name.clone(), part: true, natural: true });
    }
    let contains = |name: &String| relationships.get(name).is_some_and(|kind| kind.is_a(CONTAINED_IN));
    let kind = fitting_kinds(relationships, inner, outer, false).into_iter().find(contains)?;
    let natural = kind != CONTAINED_IN || lies_naturally(outer, inner);
    Some(Holding { kind, part: false, natural })
}

/// Whether a relationship of this type names a part.
pub(super) fn names_part(hierarchy: &[String]) -> bool {
    RULES.iter().any(|rule| rule.part && is(hierarchy, &[rule.kind]))
}
