//! What a blueprint means: types inherited, defaults filled in, references bound, rules applied.
//!
//! Owns [`Catalog`] (known types) and [`Topology`] (the resolved blueprint). Pure: same input, same result, no
//! disk and no clock. Does not know where a topology will be deployed.

mod topology;

pub use topology::{
    Input, Instance, Mapping, Node, Output, Relationship, Scalable, ScalingGroup, Topology, Workflow,
};
