//! Instances of a [`State`] as the evaluator of functions sees them.
//!
//! Pure reading: what a front end shows and what an operation is given look at instances through the same eyes.

use super::State;
use crate::check::Topology;
use crate::check::evaluate::InstanceView;

/// What contains an instance directly, as (node, instance).
fn container<'a>(topology: &Topology, state: &'a State, id: &str) -> Option<(&'a str, &'a str)> {
    let record = state.instances.get(id)?;
    let node = topology.nodes.get(&record.node)?;
    let (_, target) = record.relationships.iter().find(|(index, _)| {
        let relationship = node.relationships.get(*index);
        relationship.is_some_and(|relationship| relationship.is_a("cloudify.relationships.contained_in"))
    })?;
    let (id, record) = state.instances.get_key_value(target.as_str())?;
    Some((&record.node, id))
}

/// The instance `id` of `state`, which was deployed from `topology`; none if there is no such instance.
pub fn instance_view<'a>(topology: &Topology, state: &'a State, id: &str) -> Option<InstanceView<'a>> {
    let record = state.instances.get(id)?;
    let mut containers = Vec::new();
    let mut current = container(topology, state, id);
    while let Some(found) = current.filter(|found| !containers.contains(found)) {
        containers.push(found);
        current = container(topology, state, found.1);
    }
    let related = record.relationships.iter().filter_map(|(_, target)| {
        let (id, record) = state.instances.get_key_value(target.as_str())?;
        Some((record.node.as_str(), id.as_str()))
    });
    Some(InstanceView {
        node: &record.node,
        index: state.instances_of(&record.node).position(|(other, _)| other == id).unwrap_or_default(),
        runtime: Some(&record.runtime),
        relationships: related.collect(),
        container: None,
        // Instances in the same container belong together as those of one group do.
        scaling_groups: containers,
    })
}
