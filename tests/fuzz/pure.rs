//! The pure layers of the program, compiled for the fuzzer without everything above them: it builds in a minute and
//! looks for nothing else.

#[path = "../../src/check/mod.rs"]
pub mod check;
#[path = "../../src/dag.rs"]
pub mod dag;
#[path = "../../src/diag/mod.rs"]
pub mod diag;
#[path = "../../src/dsl/mod.rs"]
pub mod dsl;
#[path = "../../src/model/mod.rs"]
pub mod model;
#[path = "../../src/ordered.rs"]
pub mod ordered;
#[path = "../../src/plan/mod.rs"]
pub mod plan;
