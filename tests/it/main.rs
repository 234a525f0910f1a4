//! The one integration binary: a file for each feature, seen from outside.

// Tests may stop at the first surprise, and so may what they share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod cli;
mod codes;
mod compat;
mod corpus;
mod crash;
mod edit;
mod edit_perils;
mod edit_random;
mod engine;
mod executor;
mod explained;
mod fixes;
#[path = "../fuzz/laws.rs"]
mod fuzz_laws;
mod fuzzed;
#[path = "../bench/generate.rs"]
mod generate;
mod growth;
#[cfg(feature = "gui")]
mod gui;
mod hostile;
mod hybrid;
mod ingest;
mod instances;
mod kubernetes;
mod layers;
#[path = "../live/docker/mod.rs"]
mod live_docker;
#[path = "../live/kubernetes/mod.rs"]
mod live_kubernetes;
mod older;
mod picture;
mod plan;
mod proxy;
mod round_trip;
mod scaling;
mod store;
mod targets;
mod templates;
mod tidy;
mod topologies;
mod unreachable;
