//! What a blueprint means: types inherited, defaults filled in, references bound, rules applied.
//!
//! Owns [`Catalog`] (known types) and [`Topology`] (the resolved blueprint). Pure: same input, same result, no
//! disk and no clock. Does not know where a topology will be deployed.

mod catalog;
mod constraints;
pub mod evaluate;
pub mod examples;
pub mod explain;
mod fixes;
mod functions;
mod groups;
mod inherit;
mod inputs;
mod interfaces;
mod library;
mod mapping;
mod may_connect;
mod nodes;
mod operations;
mod pattern;
mod plan;
mod platform;
mod preview;
mod resolve;
mod resources;
mod rules;
mod scalable;
mod schema;
mod topology;
mod types;

pub use catalog::{Catalog, WithCatalog};
pub use inputs::bind_inputs;
pub use library::{Library, PropertyInfo, TypeInfo, library};
pub use may_connect::{
    Connecting, Containment, Holding, Refusal, containment_of, fitting_kinds, holding, is_backwards,
    may_connect, may_contain,
};
pub use operations::Operations;
pub use plan::{evaluated, instances_of_plan, resolved_plan};
pub use preview::Preview;
use resolve::Checker;
pub use resolve::{Options, check, check_with, read, read_edited};
pub use resources::{Resource, resources};
pub use topology::{
    Input, Instance, Mapping, Node, Output, Relationship, Scalable, ScalingGroup, Topology, Workflow,
};
