//! A Swarm service as the Docker API wants it, from a `cloudify.swarm.Microservice` and what hangs on it.
//!
//! Owns the meaning of the properties of the Swarm types: those before plugin 1.0 (Container, Port and Volume as nodes of
//! their own) and those of 1.0 (the API's own structure in snake case). Nothing is dropped in silence: a property
//! that has no meaning is a [`Problem`]. Does not know labels of ownership, which are the provider's.

mod api_form;
mod container;
mod resources;

use bollard::models::{
    EndpointPortConfig, EndpointPortConfigProtocolEnum, EndpointPortConfigPublishModeEnum, EndpointSpec,
    EndpointSpecModeEnum, NetworkAttachmentConfig, ServiceSpec, ServiceSpecMode, ServiceSpecModeReplicated,
    TaskSpec,
};

use crate::model::{Map, Value};

/// A service and what its relationships lead to; properties evaluated.
#[derive(Clone, Debug)]
pub struct Service<'a> {
    /// Properties of the `cloudify.swarm.Microservice`.
    pub properties: &'a Map,
    /// Its `cloudify.swarm.Container`, by (instance or node, properties).
    pub container: Option<(&'a str, &'a Map)>,
    /// Its `cloudify.swarm.Port`s.
    pub ports: Vec<(&'a str, &'a Map)>,
    /// The container's `cloudify.swarm.Volume`s.
    pub volumes: Vec<(&'a str, &'a Map)>,
}

/// A property that cannot be rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}`{property}`: {message}", if owner.is_empty() { String::new() } else { format!("{owner}, ") })]
pub struct Problem {
    /// The node or instance that has it; empty for the service itself.
    pub owner: String,
    /// The property.
    pub property: String,
    /// What is wrong with its value, and what would be right.
    pub message: String,
}

/// The API's `ServiceSpec` of `service`, or everything that is in its way.
///
/// An `endpoint_mode` of `vip` is the API's default; ports are published at the ingress mesh unless their `mode` is `host`.
pub fn service_spec(service: &Service<'_>) -> Result<ServiceSpec, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut take = Taker { owner: "", properties: service.properties, problems: &mut problems };
    let mut spec = api_form::service_spec(&mut take);
    let name = take.required("name", name);
    let labels = take.optional("labels", container::labels).filter(|labels| !labels.is_empty());
    let replicas = take.optional("replicas", replicas);
    let placement = take.optional("placement", resources::placement).flatten();
    let limits = take.optional("limits", resources::limits).flatten();
    let reservations = take.optional("reservations", resources::reservations).flatten();
    let networks = take.optional("networks", networks).filter(|networks| !networks.is_empty());
    take.optional("compose_file", compose_file);

    let ports: Vec<_> = service
        .ports
        .iter()
        .filter_map(|(owner, properties)| port(owner, properties, &mut problems))
        .collect();
    let container = service.container.and_then(|(owner, properties)| {
        container::container(owner, properties, &service.volumes, &mut problems)
    });
    let task = spec.task_template.get_or_insert_with(TaskSpec::default);
    if let Some(container) = container {
        task.container_spec = Some(container);
    }
    if task.container_spec.as_ref().and_then(|container| container.image.as_deref()).is_none_or(str::is_empty)
        && service.container.is_none()
    {
        problems.push(Problem {
            owner: String::new(),
            property: "name".into(),
            message: "the service has no container: add a cloudify.swarm.Container and relate the service to it with \
                      cloudify.swarm.relationships.container_contained_in_microservice"
                .into(),
        });
    }
    if !problems.is_empty() {
        return Err(problems);
    }

    if placement.is_some() {
        task.placement = placement;
    }
    if limits.is_some() || reservations.is_some() {
        let resources = task.resources.get_or_insert_default();
        resources.limits = limits.or(resources.limits.take());
        resources.reservations = reservations.or(resources.reservations.take());
    }
    if networks.is_some() {
        task.networks = networks;
    }
    spec.name = name;
    spec.labels = labels.or(spec.labels.take());
    if spec.mode.is_none() {
        let replicated = ServiceSpecModeReplicated { replicas: Some(replicas.unwrap_or(1)) };
        spec.mode = Some(ServiceSpecMode { replicated: Some(replicated), ..ServiceSpecMode::default() });
    }
    if !ports.is_empty() {
        let endpoint = spec
            .endpoint_spec
            .get_or_insert(EndpointSpec { mode: Some(EndpointSpecModeEnum::VIP), ports: None });
        endpoint.ports = Some(ports);
    }
    Ok(spec)
}

/// The problems of one node's literal properties: what can be said before anything is evaluated.
pub fn problems(type_hierarchy: &[String], properties: &Map) -> Vec<Problem> {
    let is = |name: &str| type_hierarchy.iter().any(|ancestor| ancestor == name);
    let literal: Map = properties
        .iter()
        .filter(|(_, value)| !value.has_calls())
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let mut problems = Vec::new();
    if is("cloudify.swarm.Microservice") {
        let mut take = Taker { owner: "", properties: &literal, problems: &mut problems };
        api_form::service_spec(&mut take);
        take.optional("name", name);
        take.optional("labels", container::labels);
        take.optional("replicas", replicas);
        take.optional("placement", resources::placement);
        take.optional("limits", resources::limits);
        take.optional("reservations", resources::reservations);
        take.optional("networks", networks);
        take.optional("compose_file", compose_file);
    } else if is("cloudify.swarm.Container") {
        container::literal_problems(&literal, &mut problems);
    } else if is("cloudify.swarm.Port") {
        let mut found = Vec::new();
        port("", &literal, &mut found);
        // What is missing here may be a function that is evaluated later.
        problems.extend(found.into_iter().filter(|problem| literal.contains_key(&problem.property)));
    }
    problems
}

/// The spec as JSON with sorted keys: the same spec, the same bytes.
pub fn service_json(spec: &ServiceSpec) -> serde_json::Value {
    sorted(serde_json::to_value(spec).unwrap_or_default())
}

fn sorted(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(map) => {
            let mut entries: Vec<_> = map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            serde_json::Value::Object(entries.into_iter().collect())
        }
        serde_json::Value::Array(list) => serde_json::Value::Array(list.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// Reads properties of one node and notes what is wrong with them.
struct Taker<'a> {
    owner: &'a str,
    properties: &'a Map,
    problems: &'a mut Vec<Problem>,
}

impl Taker<'_> {
    /// The property, read by `read`; none when it is absent, `null` or wrong.
    fn optional<T>(&mut self, property: &str, read: impl FnOnce(&Value) -> Result<T, String>) -> Option<T> {
        let value = self.properties.get(property).filter(|value| !value.is_null())?;
        read(value).map_err(|message| self.wrong(property, message)).ok()
    }

    /// As [`Self::optional`], but its absence is a problem.
    fn required<T>(&mut self, property: &str, read: impl FnOnce(&Value) -> Result<T, String>) -> Option<T> {
        if self.properties.get(property).is_none_or(Value::is_null) {
            self.wrong(property, "is missing, or its value is not known yet".into());
        }
        self.optional(property, read)
    }

    fn wrong(&mut self, property: &str, message: String) {
        self.problems.push(Problem { owner: self.owner.to_owned(), property: property.to_owned(), message });
    }
}

/// A service's name is a DNS label: the other services find it by that.
fn name(value: &Value) -> Result<String, String> {
    let text = text(value)?;
    let fits = !text.is_empty()
        && text.len() <= 63
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.ends_with(|last: char| last.is_ascii_alphanumeric());
    if fits {
        Ok(text)
    } else {
        Err(format!("`{text}` is no service name: 63 letters, digits, `-` and `_` at most"))
    }
}

/// A scalar as text, the way a shell would see it.
fn text(value: &Value) -> Result<String, String> {
    match value {
        Value::List(_) | Value::Map(_) => Err(format!("text expected, not {}", value.a_kind())),
        Value::Null => Ok(String::new()),
        _ => Ok(value.to_string()),
    }
}

/// A whole number, also written as text.
fn whole(value: &Value) -> Result<i64, String> {
    let number = value.as_int().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
    number.ok_or_else(|| format!("a whole number expected, not `{value}`"))
}

fn replicas(value: &Value) -> Result<i64, String> {
    whole(value)
        .and_then(|count| if count < 0 { Err(format!("{count} replicas are too few")) } else { Ok(count) })
}

/// Names, or the API's maps with a `target`.
fn networks(value: &Value) -> Result<Vec<NetworkAttachmentConfig>, String> {
    let list =
        value.as_list().ok_or_else(|| format!("a list of networks expected, not {}", value.a_kind()))?;
    let attach = |network: &Value| {
        let target = network.get("target").or_else(|| network.get("Target")).unwrap_or(network);
        let aliases =
            network.get("aliases").or_else(|| network.get("Aliases")).map(container::words).transpose()?;
        Ok(NetworkAttachmentConfig { target: Some(text(target)?), aliases, driver_opts: None })
    };
    list.iter().map(attach).collect()
}

fn compose_file(value: &Value) -> Result<(), String> {
    match text(value)?.as_str() {
        "" => Ok(()),
        file => Err(format!(
            "`{file}` would be run by another program, unseen: import the file's services as nodes instead"
        )),
    }
}

fn port(owner: &str, properties: &Map, problems: &mut Vec<Problem>) -> Option<EndpointPortConfig> {
    let number = |value: &Value| {
        whole(value).and_then(|port| {
            if (1..=65535).contains(&port) { Ok(port) } else { Err(format!("{port} is no port: 1 to 65535")) }
        })
    };
    let mut take = Taker { owner, properties, problems };
    let target = take.required("target_port", number);
    let published = take.required("published_port", number);
    let protocol = take.optional("protocol", |value| match text(value)?.to_lowercase().as_str() {
        "" | "tcp" => Ok(EndpointPortConfigProtocolEnum::TCP),
        "udp" => Ok(EndpointPortConfigProtocolEnum::UDP),
        "sctp" => Ok(EndpointPortConfigProtocolEnum::SCTP),
        other => Err(format!("`{other}` is no protocol: tcp, udp or sctp")),
    });
    let mode = take.optional("mode", |value| match text(value)?.as_str() {
        "" | "ingress" => Ok(EndpointPortConfigPublishModeEnum::INGRESS),
        "host" => Ok(EndpointPortConfigPublishModeEnum::HOST),
        other => Err(format!(
            "`{other}` is no publish mode: ingress (the mesh of all nodes) or host (the node of the task)"
        )),
    });
    Some(EndpointPortConfig {
        name: None,
        protocol: Some(protocol.unwrap_or(EndpointPortConfigProtocolEnum::TCP)),
        target_port: Some(target?),
        published_port: Some(published?),
        publish_mode: Some(mode.unwrap_or(EndpointPortConfigPublishModeEnum::INGRESS)),
    })
}

#[cfg(test)]
mod tests;
