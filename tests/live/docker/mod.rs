//! The Swarm and Docker providers against a real engine, which `tests/live/docker/run` starts and names in the environment.

mod bench;
mod machines;
mod project;
mod services;
mod ways;
