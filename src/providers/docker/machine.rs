//! A Compute on an engine: the engine's own machine, or another node of its swarm.

use bollard::Docker;
use bollard::models::{Node, NodeSpec, NodeSpecAvailabilityEnum, NodeState};
use bollard::query_parameters::UpdateNodeOptions;

use super::{Connection, forget, ownership};
use crate::engine::{Context, Failure, Outcome};
use crate::model::Map;
use crate::providers::swarm::swarm_of;

/// The engine's own machine for the Compute that hosts the Swarm manager; a node that nobody uses for every other one.
pub(super) async fn lease(connection: &Connection, cx: &Context) -> Result<Outcome, Failure> {
    let docker = connection.docker().await?;
    let sources = cx.world.related_to(&cx.instance)?;
    if sources
        .iter()
        .any(|source| source.node.is_a("cloudify.swarm.Manager") && is_contained(&source.relationship))
    {
        return own_machine(connection, &docker).await;
    }
    let Some(swarm) = swarm_of(connection, &docker).await? else {
        return Err(Failure::fatal(format!(
            "Docker at {} is one machine, and manages no swarm: there is none for {}",
            connection.endpoint(),
            cx.instance
        )));
    };
    let mut nodes =
        docker.list_nodes(None).await.map_err(|error| connection.failure("lists no nodes", error))?;
    nodes.retain(|node| node.id != swarm.node_id);
    nodes.sort_by_key(hostname);
    let ours = |node: &&Node| ownership::is_ours(labels(node), &cx.deployment, &cx.instance);
    if let Some(node) = nodes.iter().find(ours) {
        return Ok(leased(node));
    }
    let Some(node) = nodes.iter().find(|node| is_free(node)) else {
        let taken: Vec<String> =
            nodes.iter().map(|node| format!("{} ({})", hostname(node), why_not(node))).collect();
        let others = if taken.is_empty() { "it has no other node".to_owned() } else { taken.join(", ") };
        return Err(Failure::fatal(format!(
            "the swarm of Docker at {} has no node free for {}: {others}. Let another machine join (`docker swarm join-token \
             worker` says how), or deploy fewer instances of {}",
            connection.endpoint(),
            cx.instance,
            cx.node.name
        )));
    };
    mark(connection, &docker, node, |labels| labels.extend(ownership::labels(&cx.deployment, &cx.instance)))
        .await?;
    let known = Map::from_iter([("node_id".to_owned(), node.id.clone().unwrap_or_default().into())]);
    cx.report.made(format!("node {} is leased", hostname(node)), known).await;
    Ok(leased(node))
}

fn is_contained(relationship: &[String]) -> bool {
    relationship.is_empty() || relationship.iter().any(|name| name == "cloudify.relationships.contained_in")
}

async fn own_machine(connection: &Connection, docker: &Docker) -> Result<Outcome, Failure> {
    let info = docker.info().await.map_err(|error| connection.failure("says nothing of itself", error))?;
    let name = info.name.unwrap_or_default();
    let in_swarm = info.swarm.and_then(|swarm| swarm.node_addr).filter(|address| !address.is_empty());
    let mut outcome = Outcome::done(format!("the engine's own machine {name}")).with("hostname", name);
    // An engine behind a local socket has no address of its own until it is in a swarm.
    if let Some(address) = in_swarm.or_else(|| connection.endpoint().host()) {
        outcome.runtime.insert("ip".into(), address.into());
    }
    outcome.runtime.insert("verified".into(), true.into());
    Ok(outcome)
}

fn leased(node: &Node) -> Outcome {
    let address = node.status.as_ref().and_then(|status| status.addr.clone()).unwrap_or_default();
    Outcome::done(format!("node {} of the swarm", hostname(node)))
        .with("hostname", hostname(node))
        .with("ip", address)
        .with("node_id", node.id.clone().unwrap_or_default())
        .with("verified", true)
}

pub(super) fn labels(node: &Node) -> Option<&std::collections::HashMap<String, String>> {
    node.spec.as_ref().and_then(|spec| spec.labels.as_ref())
}

fn hostname(node: &Node) -> String {
    node.description.as_ref().and_then(|description| description.hostname.clone()).unwrap_or_default()
}

fn is_ready(node: &Node) -> bool {
    let up = node.status.as_ref().and_then(|status| status.state) == Some(NodeState::READY);
    let active =
        node.spec.as_ref().and_then(|spec| spec.availability) == Some(NodeSpecAvailabilityEnum::ACTIVE);
    up && active
}

fn is_free(node: &Node) -> bool {
    is_ready(node) && labels(node).is_none_or(|labels| !labels.contains_key(ownership::DEPLOYMENT))
}

fn why_not(node: &Node) -> String {
    if is_ready(node) { ownership::owner(labels(node)) } else { "it is not ready".into() }
}

/// Changes a node's labels; refused by the swarm when somebody else did since, which is tried again.
async fn mark(
    connection: &Connection,
    docker: &Docker,
    node: &Node,
    change: impl FnOnce(&mut std::collections::HashMap<String, String>),
) -> Result<(), Failure> {
    let mut spec: NodeSpec = node.spec.clone().unwrap_or_default();
    change(spec.labels.get_or_insert_default());
    let version = node.version.as_ref().and_then(|version| version.index).unwrap_or_default();
    let options = UpdateNodeOptions { version: i64::try_from(version).unwrap_or(i64::MAX) };
    let id = node.id.clone().unwrap_or_default();
    docker.update_node(&id, spec, options).await.map_err(|error| {
        match connection.failure("does not lease a node", error) {
            Failure::Fatal { why } if why.contains("out of sequence") => Failure::retry(why),
            other => other,
        }
    })
}

/// Gives a leased node back.
pub(super) async fn release(connection: &Connection, cx: &Context) -> Result<Outcome, Failure> {
    let docker = connection.docker().await?;
    if swarm_of(connection, &docker).await?.is_some() {
        let nodes =
            docker.list_nodes(None).await.map_err(|error| connection.failure("lists no nodes", error))?;
        for node in nodes.iter().filter(|node| ownership::is_ours(labels(node), &cx.deployment, &cx.instance))
        {
            mark(connection, &docker, node, |labels| {
                labels.remove(ownership::DEPLOYMENT);
                labels.remove(ownership::INSTANCE);
            })
            .await?;
        }
    }
    Ok(forget(cx))
}
