//! What becomes of networks and machines.

use bollard::models::NodeState;
use bollard::query_parameters::ListNetworksOptions;
use futures::FutureExt;
use futures::stream::BoxStream;

use super::{Connection, machine, ownership};
use crate::engine::{Failure, Observation, Scope};
use crate::model::Value;
use crate::plan::Health;
use crate::providers::swarm::swarm_of;
use crate::providers::watch::watch;

/// What changes, until the stream is dropped.
pub(super) fn observe(connection: Connection, scope: Scope) -> BoxStream<'static, Observation> {
    watch(scope, move |scope| {
        let connection = connection.clone();
        async move {
            let seen = look(&connection, &scope).await;
            // An engine that is not reached says nothing of the health of what it has.
            seen.unwrap_or_else(|failure| {
                let about = |instance: &String| Observation {
                    instance: instance.clone(),
                    reason: Some(failure.to_string()),
                    ..Observation::default()
                };
                scope.instances.iter().map(|(instance, ..)| about(instance)).collect()
            })
        }
        .boxed()
    })
}

async fn look(connection: &Connection, scope: &Scope) -> Result<Vec<Observation>, Failure> {
    let docker = connection.docker().await?;
    let networks = docker.list_networks(None::<ListNetworksOptions>).await;
    let networks = networks.map_err(|error| connection.failure("lists no networks", error))?;
    let nodes = match swarm_of(connection, &docker).await? {
        Some(_) => {
            docker.list_nodes(None).await.map_err(|error| connection.failure("lists no nodes", error))?
        }
        None => Vec::new(),
    };
    let judge = |instance: &str, node: &crate::check::Node, runtime: &crate::model::Map| {
        let lost = if node.is_a("cloudify.nodes.Network") {
            let made = runtime.get("external_id").and_then(Value::as_str)?;
            let there = networks.iter().any(|network| network.id.as_deref() == Some(made));
            (!there).then(|| "the Docker network is gone".to_owned())
        } else if node.is_a("cloudify.nodes.Compute") {
            match runtime.get("node_id").and_then(Value::as_str) {
                None => None,
                Some(id) => match nodes.iter().find(|node| node.id.as_deref() == Some(id)) {
                    None => Some("the node is gone from the swarm".to_owned()),
                    Some(node) if !ownership::is_ours(machine::labels(node), &scope.deployment, instance) => {
                        Some("the node's lease was taken away".to_owned())
                    }
                    Some(node) => match node.status.as_ref().and_then(|status| status.state) {
                        Some(NodeState::READY) => None,
                        state => Some(state.map_or_else(
                            || "the node's state is unknown".into(),
                            |state| format!("the node is {state}"),
                        )),
                    },
                },
            }
        } else {
            return None;
        };
        let health = if lost.is_some() { Health::Failed } else { Health::Good };
        Some(Observation { instance: instance.to_owned(), health, reason: lost, ..Observation::default() })
    };
    Ok(scope
        .instances
        .iter()
        .filter_map(|(instance, node, runtime, _)| judge(instance, node, runtime))
        .collect())
}
