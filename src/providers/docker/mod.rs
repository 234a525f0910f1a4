//! Docker Engines: how one is reached, and what it makes of the abstract infrastructure types.
//!
//! On an engine a Network is a Docker network with the blueprint's address range, the Compute that hosts a Swarm manager is the
//! engine's own machine, and every further Compute is leased from the swarm's other nodes. Ports and routers are recorded:
//! an engine's machines have the interfaces that they have. Scripts are not run here; that is the host platform's.

mod connection;
mod endpoint;
mod machine;
mod network;
mod observe;
pub(in crate::providers) mod ownership;

pub use connection::Connection;
pub use endpoint::{Endpoint, Surroundings, endpoint};

use async_trait::async_trait;
use futures::stream::BoxStream;

use crate::check::Node;
use crate::diag::Diagnostics;
use crate::engine::{Context, Failure, Observation, Outcome, Prospect, Provider, Scope};
use crate::model::Value;
use crate::plan::{Operation, Work, short_operation_name};
use crate::providers::ssh::SshIdentity;

/// Machines and networks of one engine and its swarm.
pub struct DockerProvider {
    connection: Connection,
}

impl DockerProvider {
    /// Of the engine at `endpoint`, which need not be reachable yet; over SSH as the person who runs this program.
    pub fn new(endpoint: Endpoint) -> Self {
        Self::with_identity(endpoint, SshIdentity::of_this_user())
    }

    /// As [`Self::new`], but over SSH as `identity`.
    pub fn with_identity(endpoint: Endpoint, identity: SshIdentity) -> Self {
        Self { connection: Connection::new(endpoint, identity) }
    }

    async fn realise(&self, step: &str, cx: &Context) -> Result<Outcome, Failure> {
        let node = &cx.node;
        match step {
            "create" if node.is_a("cloudify.nodes.Network") => network::create(&self.connection, cx).await,
            "delete" if node.is_a("cloudify.nodes.Network") => network::delete(&self.connection, cx).await,
            "create" if node.is_a("cloudify.nodes.Compute") => machine::lease(&self.connection, cx).await,
            "delete" if node.is_a("cloudify.nodes.Compute") => machine::release(&self.connection, cx).await,
            "create" => Ok(record(cx)),
            "delete" => Ok(forget(cx)),
            _ => Ok(Outcome::default()),
        }
    }
}

/// What an engine has no counterpart for is written down as the blueprint says, and said to be no more than that.
fn record(cx: &Context) -> Outcome {
    let mut outcome = Outcome::done(format!("recorded; Docker has nothing like a {}", cx.node.type_name));
    outcome.runtime.insert("verified".into(), false.into());
    let address = cx.properties.get("ip").or_else(|| cx.properties.get("fixed_ip"));
    if let Some(address) = address.filter(|address| address.as_str().is_some_and(|text| !text.is_empty())) {
        outcome.runtime.insert("ip".into(), address.clone());
    }
    outcome
}

fn forget(cx: &Context) -> Outcome {
    Outcome {
        runtime: cx.runtime.keys().map(|key| (key.clone(), Value::Null)).collect(),
        ..Outcome::default()
    }
}

#[async_trait]
impl Provider for DockerProvider {
    fn name(&self) -> String {
        format!("docker at {}", self.connection.endpoint())
    }

    async fn reach(&self, _: &Prospect) -> Result<(), Failure> {
        self.connection.reach().await
    }

    fn check(&self, _: &Node) -> Diagnostics {
        Diagnostics::new()
    }

    async fn execute(&self, operation: &Operation, cx: &Context) -> Result<Outcome, Failure> {
        let work = async {
            match &operation.work {
                Work::Nothing => Ok(Outcome::default()),
                Work::Realise => self.realise(short_operation_name(&operation.name), cx).await,
                Work::Lifecycle { implementation } | Work::Relationship { implementation, .. } => {
                    Err(Failure::fatal(format!(
                        "`{implementation}` would run on a machine, and a Docker target gives no shell there: rehearse the host \
                         platform of this lane, or name hosts that are reached by SSH"
                    )))
                }
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
