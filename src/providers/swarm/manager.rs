//! `cloudify.swarm.Manager`: the swarm that an engine is in, or the one that it becomes.

use bollard::Docker;
use bollard::models::{LocalNodeState, SwarmInfo, SwarmInitRequest, SwarmSpec};
use bollard::query_parameters::LeaveSwarmOptions;

use crate::engine::{Context, Failure, Outcome, Related};
use crate::model::{Map, Value};
use crate::providers::docker::{Connection, ownership};

/// What the engine says of its swarm.
pub(super) async fn swarm(connection: &Connection, docker: &Docker) -> Result<SwarmInfo, Failure> {
    let info = docker.info().await.map_err(|error| connection.failure("says nothing of itself", error))?;
    Ok(info.swarm.unwrap_or_default())
}

/// Whether the engine is a manager that answers.
pub(super) fn manages(swarm: &SwarmInfo) -> bool {
    swarm.local_node_state == Some(LocalNodeState::ACTIVE) && swarm.control_available == Some(true)
}

/// The swarm, if the engine manages one.
pub(in crate::providers) async fn swarm_of(
    connection: &Connection,
    docker: &Docker,
) -> Result<Option<SwarmInfo>, Failure> {
    Ok(Some(swarm(connection, docker).await?).filter(manages))
}

/// Uses the engine's swarm; makes it one if it is in none and the node says `init: true`.
///
/// Runtime: `swarm_info` (`manager_ip`, `manager_port`, `id`, `nodes`, `managers`). Join tokens are secrets and are not kept.
pub(super) async fn create(connection: &Connection, cx: &Context) -> Result<Outcome, Failure> {
    let docker = connection.docker().await?;
    let at = connection.endpoint();
    let mut found = swarm(connection, &docker).await?;
    let mut message = "uses the swarm that is there";
    if !manages(&found) {
        match found.local_node_state {
            Some(LocalNodeState::ACTIVE) => {
                return Err(Failure::fatal(format!(
                    "Docker at {at} is a worker: name one of its managers as target ({})",
                    managers_of(&found)
                )));
            }
            Some(LocalNodeState::PENDING) => {
                return Err(Failure::retry(format!("Docker at {at} is about to join a swarm")));
            }
            Some(LocalNodeState::LOCKED) => {
                return Err(Failure::fatal(format!(
                    "the swarm of Docker at {at} is locked: `docker swarm unlock` there"
                )));
            }
            Some(LocalNodeState::ERROR) => {
                let why = found.error.unwrap_or_default();
                return Err(Failure::retry(format!("the swarm of Docker at {at} is in trouble: {why}")));
            }
            _ => {}
        }
        if cx.properties.get("init").and_then(Value::as_bool) != Some(true) {
            return Err(Failure::fatal(format!(
                "Docker at {at} is in no swarm. `docker swarm init` there makes it one, or `init: true` at {}",
                cx.node.name
            )));
        }
        init(connection, &docker, cx).await?;
        found = swarm(connection, &docker).await?;
        if !manages(&found) {
            return Err(Failure::retry(format!("Docker at {at} is not a manager yet")));
        }
        message = "made the engine a swarm of its own";
    }

    let address = found.node_addr.clone().unwrap_or_default();
    let port = cx.properties.get("port").cloned().unwrap_or(Value::Int(2375));
    let mut info = Map::from_iter([
        ("manager_ip".to_owned(), Value::from(address.clone())),
        ("manager_port".to_owned(), port),
    ]);
    if let Some(id) = found.cluster.as_ref().and_then(|cluster| cluster.id.clone()) {
        info.insert("id".into(), id.into());
    }
    info.insert("nodes".into(), found.nodes.unwrap_or_default().into());
    info.insert("managers".into(), found.managers.unwrap_or_default().into());
    let mut outcome =
        Outcome::done(format!("{message} (manager {address})")).with("swarm_info", Value::Map(info));
    // The machine below is the engine's own: now its address in the swarm is known.
    for host in hosts(cx)? {
        outcome
            .others
            .insert(host.instance, Map::from_iter([("ip".to_owned(), Value::from(address.clone()))]));
    }
    Ok(outcome)
}

fn hosts(cx: &Context) -> Result<Vec<Related>, Failure> {
    let related = cx.world.related(&cx.instance)?;
    Ok(related.into_iter().filter(|other| other.node.is_a("cloudify.nodes.Compute")).collect())
}

fn managers_of(swarm: &SwarmInfo) -> String {
    let managers: Vec<_> =
        swarm.remote_managers.iter().flatten().filter_map(|peer| peer.addr.clone()).collect();
    if managers.is_empty() { "none is known".into() } else { managers.join(", ") }
}

/// Makes the engine the first manager of a new swarm, marked as ours by the swarm's labels.
async fn init(connection: &Connection, docker: &Docker, cx: &Context) -> Result<(), Failure> {
    let wish =
        |property: &str| cx.properties.get(property).and_then(Value::as_str).filter(|text| !text.is_empty());
    // The address of the blueprint is one of the engine's only if the engine has it; the engine chooses otherwise.
    let host_of_target = match connection.endpoint().host() {
        Some(host) => address_of(&host).await,
        None => None,
    };
    let advertise = wish("advertise_addr").map(str::to_owned).or(host_of_target);
    let request = SwarmInitRequest {
        listen_addr: Some("0.0.0.0:2377".into()),
        advertise_addr: advertise.clone(),
        spec: Some(SwarmSpec {
            labels: Some(ownership::labels(&cx.deployment, &cx.instance)),
            ..SwarmSpec::default()
        }),
        ..SwarmInitRequest::default()
    };
    match docker.init_swarm(request).await {
        Ok(_) => {
            cx.report.progress("the engine is a swarm now");
            Ok(())
        }
        Err(error) => match connection.failure("makes no swarm", error) {
            Failure::Retry { why, .. } | Failure::Fatal { why }
                if why.contains("could not choose an IP address") =>
            {
                Err(Failure::fatal(format!("{why}. Set `advertise_addr` at {}", cx.node.name)))
            }
            other => Err(other),
        },
    }
}

/// A swarm is advertised at an address, not at a name.
async fn address_of(host: &str) -> Option<String> {
    let mut found = tokio::net::lookup_host((host, 0)).await.ok()?;
    found.next().map(|address| address.ip().to_string())
}

/// Leaves a swarm that [`create`] made, unless something of others is in it.
pub(super) async fn delete(connection: &Connection, cx: &Context) -> Result<Outcome, Failure> {
    let docker = connection.docker().await?;
    let found = swarm(connection, &docker).await?;
    let labels = found
        .cluster
        .as_ref()
        .and_then(|cluster| cluster.spec.as_ref())
        .and_then(|spec| spec.labels.as_ref());
    let mut outcome = if !manages(&found) || !ownership::is_ours(labels, &cx.deployment, &cx.instance) {
        Outcome::done("the swarm was there before and stays")
    } else {
        let services = docker
            .list_services(None)
            .await
            .map_err(|error| connection.failure("lists no services", error))?;
        if let Some(service) = services.first() {
            let name = service.spec.as_ref().and_then(|spec| spec.name.as_deref()).unwrap_or_default();
            let owner = ownership::owner(service.spec.as_ref().and_then(|spec| spec.labels.as_ref()));
            return Err(Failure::fatal(format!(
                "the swarm still runs service {name} ({owner}): remove it first"
            )));
        }
        let left = docker.leave_swarm(Some(LeaveSwarmOptions { force: true })).await;
        left.map_err(|error| connection.failure("does not leave its swarm", error))?;
        Outcome::done("the engine is in no swarm any more")
    };
    outcome.runtime.insert("swarm_info".into(), Value::Null);
    Ok(outcome)
}
