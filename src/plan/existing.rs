//! [`Existing`]: where the instances that are there stand among the containers and groups of a blueprint.
//!
//! Does not know how many are wanted, nor what becomes of those that have no place any more.

use std::collections::{HashMap, HashSet};

use crate::check::{Instance, Topology};

const CONTAINED_IN: &str = "cloudify.relationships.contained_in";

/// Instances, and instances of scaling groups, by what they are of and what they are in.
#[derive(Default)]
pub(super) struct Existing<'t> {
    /// Ids of all that have a place.
    pub ids: HashSet<String>,
    /// By node or group and the id of the instance that contains them (empty for none), in the order of their making.
    places: HashMap<(&'t str, &'t str), Vec<&'t str>>,
    /// What each node's relationship, by its position, led to first.
    targets: HashMap<(&'t str, usize), &'t str>,
    /// Group instances that each instance is in.
    groups: HashMap<&'t str, &'t [(String, String)]>,
}

impl<'t> Existing<'t> {
    /// `parent` says what each node and group is multiplied by.
    pub fn new(
        topology: &'t Topology,
        parent: &HashMap<&'t str, &'t str>,
        instances: &'t [Instance],
    ) -> Self {
        let mut existing = Self::default();
        let node_of: HashMap<&str, &str> =
            instances.iter().map(|instance| (instance.id.as_str(), instance.node.as_str())).collect();
        for instance in instances {
            for (index, target) in &instance.relationships {
                existing.targets.entry((&instance.node, *index)).or_insert(target);
            }
            existing.groups.insert(&instance.id, &instance.scaling_groups);
            // The instance itself, its innermost group, and so on outward, each in the next.
            let groups = instance.scaling_groups.iter().map(|(name, id)| (name.as_str(), id.as_str()));
            let mut chain: Vec<(&str, &str)> = vec![(&instance.node, &instance.id)];
            chain.extend(groups);
            let container = container(topology, instance, parent, &node_of);
            for (position, (name, id)) in chain.iter().enumerate() {
                let outer = chain.get(position + 1).copied().or(container);
                let place = match (parent.get(name), outer) {
                    (None, _) => "",
                    (Some(parent), Some((name, id))) if *parent == name => id,
                    // The blueprint has moved it.
                    _ => break,
                };
                if existing.ids.insert((*id).to_owned()) {
                    existing.places.entry((name, place)).or_default().push(id);
                }
            }
        }
        existing
    }

    /// Instances of `name` in the instance `place`.
    pub fn at(&self, name: &str, place: &str) -> Vec<String> {
        let ids = self.places.get(&(name, place)).into_iter().flatten();
        ids.map(|id| (*id).to_owned()).collect()
    }

    /// What a relationship of `node` leads to.
    pub fn target(&self, node: &str, index: usize) -> Option<&str> {
        self.targets.get(&(node, index)).copied()
    }

    /// Whether `id` names the instance `member`, or one that is in the group instance `member`.
    pub fn means(&self, id: &str, member: &str) -> bool {
        id == member || self.groups.get(id).is_some_and(|groups| groups.iter().any(|(_, id)| id == member))
    }
}

/// The node instance that the outermost group of `instance`, or itself, is contained in.
fn container<'t>(
    topology: &Topology,
    instance: &'t Instance,
    parent: &HashMap<&'t str, &'t str>,
    node_of: &HashMap<&'t str, &'t str>,
) -> Option<(&'t str, &'t str)> {
    let outermost = instance.scaling_groups.last().map_or(instance.node.as_str(), |(name, _)| name);
    let wanted = *parent.get(outermost)?;
    let contained = |index: usize| {
        let node = topology.nodes.get(&instance.node);
        node.and_then(|node| node.relationships.get(index)).is_some_and(|it| it.is_a(CONTAINED_IN))
    };
    let mut named = instance
        .relationships
        .iter()
        .map(|(index, target)| (*index, target.as_str()))
        .filter(|(_, target)| node_of.get(target) == Some(&wanted));
    // Positions may have changed since: then by the node alone.
    let first = named.clone().next();
    let target = named.find(|(index, _)| contained(*index)).or(first);
    target.map(|(_, id)| (node_of.get(id).copied().unwrap_or_default(), id))
}
