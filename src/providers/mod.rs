//! The doors to the outside, one for each platform; only what is in here touches a target.

pub mod docker;
pub mod ssh;
pub mod swarm;
mod watch;
