//! The Kubernetes provider against a real cluster, which `tests/live/kubernetes/run` starts and names in the environment.

mod bad_days;
mod bench;
mod life;
mod program;
mod router;
mod sight;
mod speed;
