//! The rehearsal: a full provider for every platform that touches nothing outside the program.
//!
//! Takes its time and fails as it is told, the same way each time for the same seed. What it leaves is marked as
//! rehearsed by the engine. Does not pretend to more than types promise: what it makes up is in `results`.

mod results;

use std::time::Duration;

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};

use crate::check::Node;
use crate::diag::Diagnostics;
use crate::engine::{Context, Failure, Observation, Outcome, Provider, Scope};
use crate::model::Platform;
use crate::plan::{Health, Operation};

/// How a rehearsal goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Rehearsing {
    /// Everything that looks like chance comes from this number.
    pub seed: u64,
    /// Shortest and longest time that an operation takes.
    pub latency: (Duration, Duration),
    /// Share of tries that fail and may be tried again, from 0 to 1.
    pub failure_rate: f64,
    /// Nodes whose operations fail for good.
    pub failing: Vec<String>,
}

impl Default for Rehearsing {
    /// Between 0.2 and 0.9 s an operation, and nothing fails.
    fn default() -> Self {
        Self {
            seed: 1,
            latency: (Duration::from_millis(200), Duration::from_millis(900)),
            failure_rate: 0.0,
            failing: Vec::new(),
        }
    }
}

impl Rehearsing {
    /// Without delay or failure: for tests and for a look at the outcome.
    pub fn at_once() -> Self {
        Self { latency: (Duration::ZERO, Duration::ZERO), ..Self::default() }
    }
}

/// The rehearsal of one platform.
pub struct Rehearsal {
    platform: Platform,
    rehearsing: Rehearsing,
}

impl Rehearsal {
    /// Rehearses operations of `platform`.
    pub fn new(platform: Platform, rehearsing: Rehearsing) -> Self {
        Self { platform, rehearsing }
    }

    /// A number from 0 up to 1 that hangs on the seed and `what` alone.
    fn chance(&self, what: &[&str]) -> f64 {
        let number = results::number(self.rehearsing.seed, what);
        (number >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn latency(&self, cx: &Context, step: &str) -> Duration {
        let (shortest, longest) = self.rehearsing.latency;
        let span = longest.saturating_sub(shortest);
        shortest + span.mul_f64(self.chance(&["latency", &cx.deployment, &cx.instance, step]))
    }
}

#[async_trait]
impl Provider for Rehearsal {
    fn name(&self) -> String {
        format!("rehearsal of {}", self.platform)
    }

    fn is_rehearsal(&self) -> bool {
        true
    }

    fn check(&self, _node: &Node) -> Diagnostics {
        Diagnostics::new()
    }

    async fn execute(&self, operation: &Operation, cx: &Context) -> Result<Outcome, Failure> {
        let step = operation.step();
        let latency = self.latency(cx, &step);
        if !latency.is_zero() {
            tokio::select! {
                () = tokio::time::sleep(latency) => {}
                () = cx.cancel.cancelled() => return Err(Failure::retry("the rehearsal was stopped")),
            }
        }
        if self.rehearsing.failing.contains(&operation.node) {
            return Err(Failure::fatal(format!("{} is rehearsed to fail", operation.node)));
        }
        let attempt = cx.attempt.to_string();
        let chance = self.chance(&["failure", &cx.deployment, &cx.instance, &step, &attempt]);
        if chance < self.rehearsing.failure_rate {
            return Err(Failure::retry("a rehearsed failure"));
        }
        results::outcome(self.rehearsing.seed, operation, cx)
    }

    fn observe(&self, scope: Scope) -> BoxStream<'static, Observation> {
        let seen: Vec<Observation> = scope
            .instances
            .iter()
            .map(|(instance, node, _, _)| Observation {
                instance: instance.clone(),
                health: Health::Good,
                ready: results::parts(node),
                ..Observation::default()
            })
            .collect();
        stream::iter(seen).chain(stream::pending()).boxed()
    }
}
