//! [`Preview`]: the world before anything is deployed: inputs have their defaults (or given values), attributes wait.

use super::evaluate::{Lookup, World};
use super::topology::Topology;
use crate::model::Map;

/// A topology as a [`World`], for looking at values before a deployment exists.
#[derive(Clone, Copy, Debug)]
pub struct Preview<'a> {
    topology: &'a Topology,
    inputs: Option<&'a Map>,
    deployment: bool,
}

impl<'a> Preview<'a> {
    /// With the defaults of its inputs.
    pub fn new(topology: &'a Topology) -> Self {
        Self { topology, inputs: None, deployment: false }
    }

    /// With bound inputs, as [`super::bind_inputs`] gives them.
    pub fn with_inputs(topology: &'a Topology, inputs: &'a Map) -> Self {
        Self { topology, inputs: Some(inputs), deployment: false }
    }

    /// Of a deployment that is being made with these inputs: stricter about what can be evaluated then.
    pub fn of_deployment(topology: &'a Topology, inputs: &'a Map) -> Self {
        Self { topology, inputs: Some(inputs), deployment: true }
    }
}

impl World for Preview<'_> {
    fn input(&self, name: &str) -> Lookup {
        let Some(input) = self.topology.inputs.get(name) else { return Lookup::Missing };
        let given = self.inputs.and_then(|inputs| inputs.get(name));
        match given.or(input.default.as_ref().filter(|default| !default.is_null())) {
            Some(value) => Lookup::Known(value.clone()),
            None => Lookup::Later(format!("the input `{name}`")),
        }
    }

    fn is_for_deployment(&self) -> bool {
        self.deployment
    }

    fn properties(&self, node: &str) -> Option<&Map> {
        self.topology.nodes.get(node).map(|node| &node.properties)
    }
}
