//! The Kubernetes provider against a real cluster, which `tests/live/kubernetes/run` starts and names in the environment.

mod bad_days;
mod bench;
mod fault;
mod healing;
mod life;
mod many;
mod program;
mod refusals;
mod router;
mod services;
mod sight;
mod speed;
