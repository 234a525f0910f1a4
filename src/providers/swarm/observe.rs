//! What becomes of managers and services.

use bollard::Docker;
use bollard::query_parameters::ListServicesOptions;
use futures::FutureExt;
use futures::stream::BoxStream;

use super::{manager, service};
use crate::engine::{Failure, Observation, Scope};
use crate::model::{Map, Value};
use crate::plan::Health;
use crate::providers::docker::{Connection, ownership};
use crate::providers::watch::watch;

/// What changes, until the stream is dropped.
pub(super) fn observe(connection: Connection, scope: Scope) -> BoxStream<'static, Observation> {
    watch(scope, move |scope| {
        let connection = connection.clone();
        async move { look(&connection, &scope).await }.boxed()
    })
}

async fn look(connection: &Connection, scope: &Scope) -> Vec<Observation> {
    let docker = match connection.docker().await {
        Ok(docker) => docker,
        Err(failure) => return unknown(scope, &failure),
    };
    let mut observations = Vec::new();
    for (instance, node, runtime, _) in &scope.instances {
        let seen = if node.is_a("cloudify.swarm.Microservice") {
            service_health(connection, &docker, &scope.deployment, instance, runtime).await
        } else if node.is_a("cloudify.swarm.Manager") {
            manager_health(connection, &docker).await
        } else {
            continue;
        };
        let seen = seen.unwrap_or_else(|failure| Observation {
            reason: Some(failure.to_string()),
            ..Observation::default()
        });
        observations.push(Observation { instance: instance.clone(), ..seen });
    }
    observations
}

/// An engine that is not reached says nothing of the health of what it runs.
fn unknown(scope: &Scope, failure: &Failure) -> Vec<Observation> {
    let about = |node: &crate::check::Node| {
        node.is_a("cloudify.swarm.Microservice") || node.is_a("cloudify.swarm.Manager")
    };
    let watched = scope.instances.iter().filter(|(_, node, _, _)| about(node));
    watched
        .map(|(instance, ..)| Observation {
            instance: instance.clone(),
            reason: Some(failure.to_string()),
            ..Observation::default()
        })
        .collect()
}

async fn service_health(
    connection: &Connection,
    docker: &Docker,
    deployment: &str,
    instance: &str,
    runtime: &Map,
) -> Result<Observation, Failure> {
    let filters = Some(ownership::filter(deployment, instance));
    let listed =
        docker.list_services(Some(ListServicesOptions { filters, ..ListServicesOptions::default() })).await;
    let listed = listed.map_err(|error| connection.failure("lists no services", error))?;
    let Some(found) = listed.first() else {
        let reason = Some("its service is gone from the swarm".into());
        return Ok(Observation {
            health: Health::Failed,
            reason,
            ready: Some((0, 0)),
            ..Observation::default()
        });
    };
    let standing = service::standing(connection, docker, found).await?;
    let health = match (standing.running, standing.desired, &standing.reason) {
        (_, _, None) => Health::Good,
        (0, _, _) if standing.hopeless => Health::Failed,
        (0, _, _) => Health::Progressing,
        _ => Health::Degraded,
    };
    let ready = Some((standing.running, standing.desired));
    let kept = runtime.get(service::AS_STORED).and_then(Value::as_str);
    if health == Health::Good && kept.is_some_and(|kept| kept != service::as_stored(found)) {
        let reason = Some("somebody else changed the service".into());
        let differences = vec!["service changed by somebody else".into()];
        return Ok(Observation {
            health: Health::Drifted,
            reason,
            differences,
            ready,
            ..Observation::default()
        });
    }
    Ok(Observation { health, reason: standing.reason, ready, ..Observation::default() })
}

async fn manager_health(connection: &Connection, docker: &Docker) -> Result<Observation, Failure> {
    let swarm = manager::swarm(connection, docker).await?;
    if manager::manages(&swarm) {
        return Ok(Observation { health: Health::Good, ..Observation::default() });
    }
    let reason = swarm
        .error
        .filter(|error| !error.is_empty())
        .unwrap_or_else(|| "the engine manages no swarm any more".into());
    Ok(Observation { health: Health::Failed, reason: Some(reason), ..Observation::default() })
}
