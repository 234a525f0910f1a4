//! Gantry: a designer and deployer for topologies that span Kubernetes, Docker Swarm and plain hosts.

pub mod check;
pub mod dag;
pub mod diag;
pub mod engine;
pub mod model;
pub mod plan;
