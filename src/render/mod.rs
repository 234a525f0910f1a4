//! What is shown or applied elsewhere, made from a topology: what is exported is what is deployed.
//!
//! Pure: no disk, no network. Does not know how anything rendered gets to its platform.

pub mod diagram;
pub mod kubernetes;
pub mod swarm;
