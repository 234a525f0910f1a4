//! Runs plans and remembers what happened: executor, events, journal, the door to providers.
//!
//! A fact is journaled before it is shown. Does not know egui, the command line, nor any one platform.

mod event;
mod provider;

pub use event::{Event, EventKind, Outcome as ExecutionOutcome};
pub use provider::{
    Context, Failure, Observation, Outcome, Provider, ProviderError, Providers, Related, Reporter, Scope,
    World,
};
