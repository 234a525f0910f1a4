//! [`Preview`]: the world before anything is deployed: inputs have their defaults (or given values), attributes wait.

use super::evaluate::{Lookup, World};
use super::topology::Topology;
use crate::model::Map;

/// A topology as a [`World`], for looking at values before a deployment exists.
#[derive(Clone, Copy, Debug)]
pub struct Preview<'a> {
    topology: &'a Topology,
    inputs: Option<&'a Map>,
}

impl<'a> Preview<'a> {
    /// With the defaults of its inputs.
    pub fn new(topology: &'a Topology) -> Self {
        Self { topology, inputs: None }
    }

    /// With bound inputs, as [`super::bind_inputs`] gives them.
    pub fn with_inputs(topology: &'a Topology, inputs: &'a Map) -> Self {
        Self { topology, inputs: Some(inputs) }
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

    fn properties(&self, node: &str) -> Option<&Map> {
        self.topology.nodes.get(node).map(|node| &node.properties)
    }
}
