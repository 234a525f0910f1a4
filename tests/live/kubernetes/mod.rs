//! The Kubernetes provider against a real cluster, which `tests/live/kubernetes/run` starts and names in the environment.

mod bad_days;
mod bench;
mod fault;
mod healing;
mod inside;
mod kinds;
mod life;
mod many;
mod program;
mod reasons;
mod refusals;
mod router;
mod services;
mod sight;
mod speed;
mod through;
mod views;
