//! `cloudify.swarm.Microservice`: made once, brought up to date, waited for, removed without a trace.

use std::collections::HashMap;
use std::time::Duration;

use bollard::Docker;
use bollard::models::{Service, ServiceSpec, ServiceUpdateStatusStateEnum};
use bollard::query_parameters::{
    ListContainersOptions, ListServicesOptions, ListTasksOptions, UpdateServiceOptions,
};

use super::tasks::{self, Standing};
use crate::engine::{Context, Failure, Outcome, Related};
use crate::model::{Map, Value};
use crate::providers::docker::{Connection, ownership};
use crate::render::swarm as render;

/// Between two looks at the tasks.
const LOOK: Duration = Duration::from_millis(500);
/// Looks in a row at which all tasks must run: a container that ends at once is not up.
const STEADY_LOOKS: u32 = 3;

/// Runtime property: fingerprint of the spec as the swarm keeps it, by which a change from outside is seen.
pub(super) const AS_STORED: &str = "service_fingerprint";

/// The value of [`AS_STORED`] for a service as it is now.
pub(super) fn as_stored(service: &Service) -> String {
    let spec = service.spec.clone().unwrap_or_default();
    ownership::fingerprint(&render::service_json(&spec).to_string())
}

/// Creates the service, or adopts or updates the one that an earlier try made, and waits until its tasks run.
pub(super) async fn start(connection: &Connection, cx: &Context) -> Result<Outcome, Failure> {
    let docker = connection.docker().await?;
    let mut spec = spec(cx)?;
    let name = spec.name.clone().unwrap_or_default();
    let fingerprint = ownership::fingerprint(&render::service_json(&spec).to_string());
    let labels = spec.labels.get_or_insert_default();
    labels.extend(ownership::labels(&cx.deployment, &cx.instance));
    labels.insert(ownership::SPEC.into(), fingerprint.clone());

    let (id, what) = match named(connection, &docker, &name).await? {
        None => {
            let asked = docker.create_service(spec.clone(), None).await;
            let created =
                asked.map_err(|error| connection.failure(&format!("makes no service {name}"), error))?;
            (created.id.unwrap_or_default(), "created")
        }
        Some(found) => adopt(connection, &docker, found, &spec, &fingerprint, cx).await?,
    };
    let known = Map::from_iter([
        ("service_id".to_owned(), Value::from(id.clone())),
        ("service_name".to_owned(), Value::from(name.clone())),
    ]);
    cx.report.made(format!("service {name} is {what}"), known.clone()).await;

    let (standing, as_stored) = wait_until_up(connection, &docker, &id, &spec, cx).await?;
    let mut outcome =
        Outcome::done(format!("service {name} {what}: {}/{} tasks run", standing.running, standing.desired));
    outcome.runtime = known;
    outcome.runtime.insert(AS_STORED.into(), as_stored.into());
    for (key, value) in manager_address(cx)? {
        outcome.runtime.insert(key, value);
    }
    Ok(outcome)
}

/// The spec as the blueprint says, without our labels.
fn spec(cx: &Context) -> Result<ServiceSpec, Failure> {
    let related = cx.world.related(&cx.instance)?;
    let of_type = |related: &[Related], name: &str| -> Vec<Related> {
        related.iter().filter(|other| other.node.is_a(name)).cloned().collect()
    };
    let containers = of_type(&related, "cloudify.swarm.Container");
    if let [first, second, ..] = containers.as_slice() {
        let (first, second) = (&first.instance, &second.instance);
        return Err(Failure::fatal(format!(
            "a Swarm service runs one container, but {} has {first} and {second}",
            cx.instance
        )));
    }
    let volumes = match containers.first() {
        Some(container) => of_type(&cx.world.related(&container.instance)?, "cloudify.swarm.Volume"),
        None => Vec::new(),
    };
    let ports = of_type(&related, "cloudify.swarm.Port");
    let parts = |list: &'_ [Related]| -> Vec<(String, Map)> {
        list.iter().map(|other| (other.instance.clone(), other.properties.clone())).collect()
    };
    let (container, ports, volumes) = (parts(&containers), parts(&ports), parts(&volumes));
    let service = render::Service {
        properties: &cx.properties,
        container: borrowed(&container).first().copied(),
        ports: borrowed(&ports),
        volumes: borrowed(&volumes),
    };
    render::service_spec(&service).map_err(|problems| {
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Failure::fatal(format!("{} can't be made a Swarm service: {}", cx.instance, told.join("; ")))
    })
}

fn borrowed(list: &[(String, Map)]) -> Vec<(&str, &Map)> {
    list.iter().map(|(owner, properties)| (owner.as_str(), properties)).collect()
}

/// The manager's `ip` and `port`, as the relationship to the manager has always handed them over.
fn manager_address(cx: &Context) -> Result<Map, Failure> {
    let related = cx.world.related(&cx.instance)?;
    let manager = related.iter().find(|other| {
        other
            .relationship
            .iter()
            .any(|name| name == "cloudify.swarm.relationships.microservice_contained_in_manager")
    });
    let mut address = Map::new();
    if let Some(manager) = manager {
        let info = manager.runtime.get("swarm_info");
        for (key, inherited) in [("ip", "manager_ip"), ("port", "manager_port")] {
            let value = info.and_then(|info| info.get(inherited)).or_else(|| manager.properties.get(key));
            if let Some(value) = value.filter(|value| !value.is_null() && !value.has_calls()) {
                address.insert(key.into(), value.clone());
            }
        }
    }
    Ok(address)
}

/// The service of exactly this name.
async fn named(connection: &Connection, docker: &Docker, name: &str) -> Result<Option<Service>, Failure> {
    let filters = Some(HashMap::from([("name".into(), vec![name.to_owned()])]));
    let listed =
        docker.list_services(Some(ListServicesOptions { filters, ..ListServicesOptions::default() })).await;
    let listed = listed.map_err(|error| connection.failure("lists no services", error))?;
    // The filter takes beginnings of names.
    Ok(listed
        .into_iter()
        .find(|service| service.spec.as_ref().and_then(|spec| spec.name.as_deref()) == Some(name)))
}

/// Takes over a service that exists under our name, if it is ours; brings it up to date if it asks for something else.
async fn adopt(
    connection: &Connection,
    docker: &Docker,
    found: Service,
    wanted: &ServiceSpec,
    fingerprint: &str,
    cx: &Context,
) -> Result<(String, &'static str), Failure> {
    let stored = as_stored(&found);
    let (name, id) = (wanted.name.clone().unwrap_or_default(), found.id.unwrap_or_default());
    let labels = found.spec.as_ref().and_then(|spec| spec.labels.as_ref());
    if !ownership::is_ours(labels, &cx.deployment, &cx.instance) {
        return Err(Failure::fatal(format!(
            "Docker at {} has a service {name} already, and {}. Give this one another name, or remove that one \
             (`docker service rm {name}`)",
            connection.endpoint(),
            ownership::owner(labels)
        )));
    }
    let asked =
        labels.and_then(|labels| labels.get(ownership::SPEC)).is_some_and(|asked| asked == fingerprint);
    let kept = cx.runtime.get(AS_STORED).and_then(Value::as_str);
    if asked && kept.is_none_or(|kept| kept == stored) {
        return Ok((id, "there already"));
    }
    let version = found.version.and_then(|version| version.index).unwrap_or_default();
    let options = UpdateServiceOptions {
        version: i32::try_from(version).unwrap_or(i32::MAX),
        registry_auth_from: "spec".into(),
        rollback: None,
    };
    let updated = docker.update_service(&id, wanted.clone(), options, None).await;
    updated.map_err(|error| connection.failure(&format!("does not update service {name}"), error))?;
    Ok((id, "updated"))
}

/// How the tasks of a service stand.
pub(super) async fn standing(
    connection: &Connection,
    docker: &Docker,
    service: &Service,
) -> Result<Standing, Failure> {
    let id = service.id.clone().unwrap_or_default();
    let filters = Some(HashMap::from([("service".into(), vec![id])]));
    let listed = docker.list_tasks(Some(ListTasksOptions { filters })).await;
    let listed = listed.map_err(|error| connection.failure("lists no tasks", error))?;
    let nodes = docker.list_nodes(None).await.map_err(|error| connection.failure("lists no nodes", error))?;
    let mode = service.spec.as_ref().and_then(|spec| spec.mode.as_ref());
    let replicas = mode.and_then(|mode| mode.replicated.as_ref()).and_then(|replicated| replicated.replicas);
    Ok(tasks::judge(&listed, replicas.and_then(|replicas| u32::try_from(replicas).ok()), nodes.len()))
}

async fn wait_until_up(
    connection: &Connection,
    docker: &Docker,
    id: &str,
    spec: &ServiceSpec,
    cx: &Context,
) -> Result<(Standing, String), Failure> {
    let name = spec.name.as_deref().unwrap_or_default();
    let mut steady = 0;
    let mut last = String::from("no task is made yet");
    loop {
        let service = docker.inspect_service(id, None).await;
        let service =
            service.map_err(|error| connection.failure(&format!("shows no service {name}"), error))?;
        let updating = service.update_status.as_ref().and_then(|update| update.state);
        let standing = standing(connection, docker, &service).await?;
        if matches!(
            updating,
            Some(ServiceUpdateStatusStateEnum::PAUSED | ServiceUpdateStatusStateEnum::ROLLBACK_PAUSED)
        ) {
            let why = service.update_status.and_then(|update| update.message).unwrap_or_default();
            return Err(Failure::fatal(format!("the update of service {name} is paused: {why}")));
        }
        if standing.reason.is_none() && updating != Some(ServiceUpdateStatusStateEnum::UPDATING) {
            steady += 1;
            if steady >= STEADY_LOOKS {
                return Ok((standing, as_stored(&service)));
            }
        } else {
            steady = 0;
            last = standing.reason.clone().unwrap_or_else(|| "tasks are replaced".into());
            if standing.hopeless {
                return Err(Failure::fatal(format!("service {name} does not come up: {last}")));
            }
            cx.report.progress(format!("{}/{} tasks run: {last}", standing.running, standing.desired));
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = cx.cancel.cancelled() => {
                return Err(Failure::retry(format!("service {name} is not up in time, or was cancelled: {last}")));
            }
        }
    }
}

/// Removes the service and waits until it and its containers on this engine are gone. Nothing there is as good.
pub(super) async fn delete(connection: &Connection, cx: &Context) -> Result<Outcome, Failure> {
    let docker = connection.docker().await?;
    let filters = Some(ownership::filter(&cx.deployment, &cx.instance));
    let ours =
        docker.list_services(Some(ListServicesOptions { filters, ..ListServicesOptions::default() })).await;
    let ours = ours.map_err(|error| connection.failure("lists no services", error))?;
    let mut names = Vec::new();
    for service in &ours {
        let id = service.id.clone().unwrap_or_default();
        let name = service.spec.as_ref().and_then(|spec| spec.name.clone()).unwrap_or_else(|| id.clone());
        match docker.delete_service(&id).await {
            Ok(()) => {}
            Err(error) if is_gone(&error) => {}
            Err(error) => return Err(connection.failure(&format!("does not remove service {name}"), error)),
        }
        cx.report.progress(format!("waiting until the containers of {name} are gone"));
        wait_until_gone(connection, &docker, &id).await?;
        names.push(name);
    }
    let message = if names.is_empty() {
        "there was no service".into()
    } else {
        format!("service {} removed", names.join(", "))
    };
    let mut outcome = Outcome::done(message);
    for key in ["service_id", "service_name", AS_STORED, "ip", "port"] {
        if cx.runtime.contains_key(key) {
            outcome.runtime.insert(key.into(), Value::Null);
        }
    }
    Ok(outcome)
}

/// Whether the API says that something is not there.
pub(super) fn is_gone(error: &bollard::errors::Error) -> bool {
    matches!(error, bollard::errors::Error::DockerResponseServerError { status_code: 404, .. })
}

/// A removed service leaves containers that still stop; their published ports are taken until they have.
async fn wait_until_gone(connection: &Connection, docker: &Docker, id: &str) -> Result<(), Failure> {
    loop {
        let there = match docker.inspect_service(id, None).await {
            Ok(_) => true,
            Err(error) if is_gone(&error) => false,
            Err(error) => return Err(connection.failure("shows no services", error)),
        };
        let filters =
            Some(HashMap::from([("label".into(), vec![format!("com.docker.swarm.service.id={id}")])]));
        let options = ListContainersOptions { all: true, filters, ..ListContainersOptions::default() };
        let containers = docker.list_containers(Some(options)).await;
        let containers = containers.map_err(|error| connection.failure("lists no containers", error))?;
        if !there && containers.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
}
