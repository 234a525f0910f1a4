//! Runs plans and remembers what happened: executor, events, journal, the door to providers.
//!
//! A fact is journaled before it is shown. Does not know egui, the command line, nor any one platform.

mod attempt;
mod begin;
mod evaluate;
mod event;
mod executor;
mod fold;
mod folders;
mod frozen_file;
mod journal;
mod lease;
mod observer;
mod open;
mod outlook;
mod outputs;
mod provider;
mod reach;
mod runtime;
mod schedule;
mod scrub;
mod store;
mod surroundings;
mod writer;

pub use begin::Refusal;
pub use evaluate::{EnvironmentSecrets, Secrets};
pub use event::{Event, EventKind, Outcome as ExecutionOutcome};
pub use fold::fold;
pub use open::{FILE_NAME, StoreError};
pub use outlook::Outlook;
pub use provider::{
    Context, Failure, Observation, Outcome, Provider, ProviderError, Providers, Related, Reporter, Scope,
    World,
};
pub use reach::{Ahead, Prospect};
pub use runtime::{Engine, Inbox, Job, Notice, Settings};
pub use store::{Frozen, Holder, Store};
