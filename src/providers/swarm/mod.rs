//! Docker Swarm: managers and services on a real engine.
//!
//! Owns the operations of `cloudify.swarm.Manager` and `cloudify.swarm.Microservice`, and what is seen of them. Their specs come
//! from [`crate::render::swarm`]; the way to the engine from [`super::docker`].

mod manager;
mod observe;
mod service;
mod tasks;

pub(in crate::providers) use manager::swarm_of;

use async_trait::async_trait;
use futures::stream::BoxStream;

use crate::check::Node;
use crate::diag::{Diagnostic, Diagnostics, Path};
use crate::engine::{Context, Failure, Observation, Outcome, Prospect, Provider, Scope};
use crate::plan::{Operation, Work, short_operation_name};
use crate::providers::docker::{Connection, Endpoint};
use crate::providers::ssh::SshIdentity;
use crate::render::swarm::problems;

/// The swarm that one engine manages.
pub struct SwarmProvider {
    connection: Connection,
}

impl SwarmProvider {
    /// Of the engine at `endpoint`, which need not be reachable yet; over SSH as the person who runs this program.
    pub fn new(endpoint: Endpoint) -> Self {
        Self::with_identity(endpoint, SshIdentity::of_this_user())
    }

    /// As [`Self::new`], but over SSH as `identity`.
    pub fn with_identity(endpoint: Endpoint, identity: SshIdentity) -> Self {
        Self { connection: Connection::new(endpoint, identity) }
    }
}

#[async_trait]
impl Provider for SwarmProvider {
    fn name(&self) -> String {
        format!("swarm at {}", self.connection.endpoint())
    }

    async fn reach(&self, _: &Prospect) -> Result<(), Failure> {
        self.connection.reach().await
    }

    fn check(&self, node: &Node) -> Diagnostics {
        let diagnostic = |problem: crate::render::swarm::Problem| {
            let path = Path::of(["node_templates", &node.name, "properties"]).key(&problem.property);
            Diagnostic::error("invalid-swarm-property", path, problem.to_string())
        };
        problems(&node.type_hierarchy, &node.properties).into_iter().map(diagnostic).collect()
    }

    async fn execute(&self, operation: &Operation, cx: &Context) -> Result<Outcome, Failure> {
        let step = short_operation_name(&operation.name);
        if matches!(operation.work, Work::Nothing) {
            return Ok(Outcome::default());
        }
        if let Work::Relationship { .. } = operation.work {
            // Ports and containers are read where they stand when the service starts: there is nothing to hand over.
            return Ok(Outcome::default());
        }
        let work = async {
            match step {
                "create" | "configure" if cx.node.is_a("cloudify.swarm.Manager") => {
                    manager::create(&self.connection, cx).await
                }
                "delete" if cx.node.is_a("cloudify.swarm.Manager") => {
                    manager::delete(&self.connection, cx).await
                }
                "start" if cx.node.is_a("cloudify.swarm.Microservice") => {
                    service::start(&self.connection, cx).await
                }
                "stop" | "delete" if cx.node.is_a("cloudify.swarm.Microservice") => {
                    service::delete(&self.connection, cx).await
                }
                _ => Err(Failure::fatal(format!(
                    "Docker Swarm has no operation `{}` for a {}",
                    operation.name, cx.node.type_name
                ))),
            }
        };
        tokio::select! {
            done = work => done,
            () = cx.cancel.cancelled() => Err(Failure::retry("it took too long, or was cancelled")),
        }
    }

    fn observe(&self, scope: Scope) -> BoxStream<'static, Observation> {
        observe::observe(self.connection.clone(), scope)
    }
}
