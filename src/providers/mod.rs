//! The doors to the outside, one for each platform; only what is in here touches a target.
//!
//! Owns [`Registry`] (which provider serves which target), [`rehearsal`] (touches nothing), [`proxy`] (another
//! deployment) and the real platforms. Does not decide what is done, nor when.

mod registry;
mod watch;

pub mod docker;
pub mod kubernetes;
pub mod proxy;
pub mod rehearsal;
pub mod ssh;
pub mod swarm;

pub use registry::Registry;
