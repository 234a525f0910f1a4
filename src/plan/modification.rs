//! [`Modification`]: what differs between the instances before and after, in the four sets of the reference parser's
//! `modify_deployment`.
//!
//! Each set holds what changed and, with only the relationships that lead there, what that relates to. Does not know
//! why, nor what is done about it.

use std::collections::{HashMap, HashSet};

use crate::check::{Instance, Topology, instances_of_plan};
use crate::model::{Map, Value};

/// What happened to an instance of a [`Modification`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Modified {
    /// It is new.
    Added,
    /// It relates to more instances than before.
    Extended,
    /// It relates to fewer.
    Reduced,
    /// It goes.
    Removed,
    /// Nothing, but it is an end of a relationship that comes or goes.
    Related,
}

impl Modified {
    /// The word that the reference uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Extended => "extended",
            Self::Reduced => "reduced",
            Self::Removed => "removed",
            Self::Related => "related",
        }
    }
}

/// The difference between two sets of instances of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Modification {
    /// New instances with all their relationships, and what they relate to or is related to them.
    pub added_and_related: Vec<(Instance, Modified)>,
    /// Instances that stay with their new relationships to others that stay or are new, and the ends of these that stay.
    pub extended_and_related: Vec<(Instance, Modified)>,
    /// Instances that stay with the relationships that they lose, and the ends of these that stay.
    pub reduced_and_related: Vec<(Instance, Modified)>,
    /// Instances that go, as they were, and what they related to or was related to them.
    pub removed_and_related: Vec<(Instance, Modified)>,
}

impl Modification {
    /// What leads from `before` to `after`.
    pub fn between(before: &[Instance], after: &[Instance]) -> Self {
        Self {
            added_and_related: appeared(before, after, Modified::Added),
            extended_and_related: linked(before, after, Modified::Extended),
            reduced_and_related: linked(after, before, Modified::Reduced),
            removed_and_related: appeared(after, before, Modified::Removed),
        }
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.sets().iter().all(|(_, set)| set.is_empty())
    }

    fn sets(&self) -> [(&'static str, &[(Instance, Modified)]); 4] {
        [
            ("added_and_related", &self.added_and_related),
            ("extended_and_related", &self.extended_and_related),
            ("reduced_and_related", &self.reduced_and_related),
            ("removed_and_related", &self.removed_and_related),
        ]
    }

    /// The four sets under the reference's key names, each instance with its `modification`.
    pub fn to_value(&self, before: &[Instance], after: &[Instance], topology: &Topology) -> Value {
        let (before, after) = (shown(before, topology), shown(after, topology));
        let sets = self.sets().into_iter().map(|(name, set)| {
            let gone = matches!(name, "reduced_and_related" | "removed_and_related");
            let full = if gone { &before } else { &after };
            let of = |(instance, how): &(Instance, Modified)| {
                let mut shown = full.get(&instance.id).cloned().unwrap_or_default();
                if let Some(Value::List(relationships)) = shown.get_mut("relationships") {
                    relationships.retain(|it| {
                        let target = it.get("target_id").and_then(Value::as_str);
                        instance.relationships.iter().any(|(_, id)| target == Some(id))
                    });
                }
                shown.insert("modification".into(), how.name().into());
                Value::Map(shown)
            };
            (name.to_owned(), Value::List(set.iter().map(of).collect()))
        });
        Value::Map(sets.collect())
    }
}

/// Instances as a plan shows them, by id.
fn shown(instances: &[Instance], topology: &Topology) -> HashMap<String, Map> {
    let Value::List(shown) = instances_of_plan(instances, topology) else { return HashMap::new() };
    let maps =
        shown.into_iter().filter_map(|value| if let Value::Map(map) = value { Some(map) } else { None });
    instances.iter().map(|instance| instance.id.clone()).zip(maps).collect()
}

fn ids(instances: &[Instance]) -> HashSet<&str> {
    instances.iter().map(|instance| instance.id.as_str()).collect()
}

/// Instances of `after` that are not in `before`, with their neighbours.
fn appeared(before: &[Instance], after: &[Instance], how: Modified) -> Vec<(Instance, Modified)> {
    let old = ids(before);
    let new: HashSet<&str> = ids(after).difference(&old).copied().collect();
    let targets: HashSet<&str> = after
        .iter()
        .filter(|instance| new.contains(instance.id.as_str()))
        .flat_map(|instance| instance.relationships.iter().map(|(_, target)| target.as_str()))
        .collect();
    let mut set = Vec::new();
    for instance in after {
        if new.contains(instance.id.as_str()) {
            set.push((instance.clone(), how));
            continue;
        }
        let mut related = instance.clone();
        related.relationships.retain(|(_, target)| new.contains(target.as_str()));
        if !related.relationships.is_empty() || targets.contains(instance.id.as_str()) {
            set.push((related, Modified::Related));
        }
    }
    set
}

/// Instances that are in both, with the relationships that only `after` has, and the ends of these that are in both.
fn linked(before: &[Instance], after: &[Instance], how: Modified) -> Vec<(Instance, Modified)> {
    let old: HashMap<&str, HashSet<&(usize, String)>> = before
        .iter()
        .map(|instance| (instance.id.as_str(), instance.relationships.iter().collect()))
        .collect();
    let mut changed: HashMap<&str, Instance> = HashMap::new();
    let mut ends: HashSet<&str> = HashSet::new();
    for instance in after {
        let Some(known) = old.get(instance.id.as_str()) else { continue };
        let new = |it: &&(usize, String)| !known.contains(*it);
        if instance.relationships.iter().any(|it| new(&it)) {
            ends.extend(instance.relationships.iter().filter(new).map(|(_, target)| target.as_str()));
            let relationships = instance.relationships.iter().filter(new).cloned().collect();
            changed.insert(&instance.id, Instance { relationships, ..instance.clone() });
        }
    }
    let mut set = Vec::new();
    for instance in after.iter().filter(|instance| old.contains_key(instance.id.as_str())) {
        if let Some(changed) = changed.remove(instance.id.as_str()) {
            set.push((changed, how));
        } else if ends.contains(instance.id.as_str()) {
            set.push((Instance { relationships: Vec::new(), ..instance.clone() }, Modified::Related));
        }
    }
    set
}
