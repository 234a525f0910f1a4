//! One service of a compose file as nodes.

use super::super::{Ingested, relationship, scalar, template};
use super::{mounts, ports, variables};
use crate::model::{Map, Value};

/// What is to be made.
pub(super) struct Wanted<'a> {
    /// The service's key in the file.
    pub key: &'a str,
    /// Name of its node.
    pub name: &'a str,
    /// What the file says of it.
    pub value: &'a Value,
    /// Volumes that the file declares.
    pub volumes: Option<&'a Map>,
    /// Name of the manager's node.
    pub manager: &'a str,
}

/// Keys that need no place: what Swarm does anyway, and what says nothing to a machine.
const MET: &[&str] = &["expose", "depends_on", "image", "annotations", "detach", "rm"];

/// Why a key has no place.
fn reason(key: &str) -> &'static str {
    match key {
        "build" => "an image is not built by a deploy: build it and push it to where the swarm can fetch it",
        "healthcheck" => "the Swarm types have no check of health; the one of the image counts",
        "networks" | "network_mode" | "links" | "network" => {
            "the Swarm types name no networks: services find each other only where their network is made by hand"
        }
        "container_name" | "hostname" => {
            "Swarm names its containers itself; the service is found by its own name"
        }
        "env_file" => "other files are not read along: write its lines into `env`",
        "secrets" | "configs" => "the Swarm types have none; give the value in `env`, by `get_secret`",
        "extends" => "other services are not read along: write here what it takes from there",
        "profiles" => "nothing is left out by profile: delete the nodes that are not wanted",
        "restart" => "Swarm starts again what has ended, whatever it was",
        "labels" => {
            "the Swarm types have labels of the service only (`deploy.labels`), not of its containers"
        }
        "logging" => "the Swarm types leave logging to the engine",
        _ => "the Swarm types have no place for it",
    }
}

pub(super) fn service(wanted: &Wanted<'_>, out: &mut Ingested) {
    let at = format!("services.{}", wanted.key);
    let Some(service) = wanted.value.as_map() else {
        out.leave(at, "it is no service", Some(wanted.value));
        return;
    };
    // The service stands before what hangs on it.
    out.nodes.insert(wanted.name.to_owned(), Value::Null);
    let mut properties = Map::from_iter([("name".to_owned(), Value::from(service_name(wanted.key)))]);
    let mut relationships =
        vec![relationship("cloudify.swarm.relationships.microservice_contained_in_manager", wanted.manager)];

    let container = out.free(&format!("{}_container", wanted.name));
    out.nodes.insert(container.clone(), Value::Null);
    relationships
        .push(relationship("cloudify.swarm.relationships.container_contained_in_microservice", &container));
    let mut inside = container_of(service, wanted.name, &at, out);
    let mut mounted = Vec::new();
    let mut list = |made: Vec<Map>, out: &mut Ingested| {
        for properties in made {
            let source = properties.get("source").and_then(Value::as_str).unwrap_or_default();
            let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
            let target = properties.get("target").and_then(Value::as_str).unwrap_or_default();
            let hint =
                if source.is_empty() || source.starts_with('/') { last(target) } else { source.to_owned() };
            let name = out.free(&format!("{}_{hint}", wanted.name));
            out.nodes.insert(name.clone(), template("cloudify.swarm.Volume", properties, Vec::new()));
            mounted.push(relationship("cloudify.swarm.relationships.volume_attached_to_container", &name));
        }
    };
    if let Some(entries) = service.get("volumes").and_then(Value::as_list) {
        let made = mounts::mounts(entries, wanted.volumes, &format!("{at}.volumes"), out);
        list(made, out);
    }
    if let Some(paths) = service.get("tmpfs") {
        list(mounts::memory(paths), out);
    }
    if let Some(entries) = service.get("ports").and_then(Value::as_list) {
        let made = ports::ports(entries, &format!("{at}.ports"), out);
        let several = made.len() > 1;
        for port in made {
            let number = port.get("target_port").map(ToString::to_string).unwrap_or_default();
            let wish = if several {
                format!("{}_port_{number}", wanted.name)
            } else {
                format!("{}_port", wanted.name)
            };
            let name = out.free(&wish);
            out.nodes.insert(name.clone(), template("cloudify.swarm.Port", port, Vec::new()));
            relationships
                .push(relationship("cloudify.swarm.relationships.port_attached_to_microservice", &name));
        }
    }
    deploy(service, &mut properties, &at, out);
    for (key, value) in service {
        let taken = ["entrypoint", "command", "environment", "volumes", "tmpfs", "ports", "deploy", "scale"];
        let sizes = ["mem_limit", "mem_reservation", "cpus", "pids_limit"];
        let known = [MET, &taken, &sizes].iter().any(|keys| keys.contains(&key.as_str()));
        let restarts = key == "restart" && value.as_str().is_some_and(|how| how != "no");
        if known || restarts || key.starts_with("x-") || value.is_null() {
            continue;
        }
        out.leave(format!("{at}.{key}"), reason(key), Some(value));
    }
    inside.retain(|_, value| !value.is_null());
    out.nodes.insert(container, template("cloudify.swarm.Container", inside, mounted));
    let node = template("cloudify.swarm.Microservice", properties, relationships);
    out.nodes.insert(wanted.name.to_owned(), node);
}

/// A name that Swarm takes: a DNS label.
fn service_name(key: &str) -> String {
    let name = super::super::clean(key);
    let name: String = name.chars().take(63).collect();
    name.trim_end_matches(['-', '_']).to_owned()
}

/// Image, command and environment.
fn container_of(service: &Map, name: &str, at: &str, out: &mut Ingested) -> Map {
    let mut properties = Map::new();
    let image = match service.get("image").and_then(scalar) {
        Some(image) => variables::value(&image, &format!("{at}.image"), out),
        None => format!("{}:latest", name.to_lowercase()).into(),
    };
    properties.insert("image".to_owned(), image);
    for (key, property) in [("entrypoint", "entry_point"), ("command", "args")] {
        let at = format!("{at}.{key}");
        let words = match service.get(key) {
            Some(Value::List(list)) => {
                let word = |word: &Value| scalar(word).map(|word| variables::value(&word, &at, out));
                Value::List(list.iter().filter_map(word).collect())
            }
            Some(text) => scalar(text).map_or(Value::Null, |text| variables::value(&text, &at, out)),
            None => Value::Null,
        };
        properties.insert(property.to_owned(), words);
    }
    let mut env = Map::new();
    let at = format!("{at}.environment");
    let mut variable = |name: &str, value: Option<String>, out: &mut Ingested| {
        if name.is_empty() || name.contains(['=', '\0']) {
            out.leave(&at, format!("`{name}` is no name of an environment variable"), None);
            return;
        }
        let at = format!("{at}.{name}");
        let value = match value {
            Some(text) => variables::value(&text, &at, out),
            // Without a value it is that of the shell.
            None => {
                variables::declare(name, None, &at, out);
                Value::Map(Map::from_iter([("get_input".to_owned(), name.into())]))
            }
        };
        env.insert(name.to_owned(), value);
    };
    match service.get("environment") {
        Some(Value::Map(map)) => map.iter().for_each(|(name, value)| variable(name, scalar(value), out)),
        Some(Value::List(list)) => {
            list.iter().filter_map(scalar).for_each(|entry| match entry.split_once('=') {
                Some((name, value)) => variable(name, Some(value.to_owned()), out),
                None => variable(&entry, None, out),
            });
        }
        _ => {}
    }
    if !env.is_empty() {
        properties.insert("env".to_owned(), Value::Map(env));
    }
    properties
}

/// `deploy`, and the keys of older files that say the same.
fn deploy(service: &Map, properties: &mut Map, at: &str, out: &mut Ingested) {
    let empty = Map::new();
    let deploy = service.get("deploy").and_then(Value::as_map).unwrap_or(&empty);
    let replicas = deploy.get("replicas").or_else(|| service.get("scale")).and_then(scalar);
    if let Some(text) = replicas {
        match variables::plain(&text).trim().parse::<i64>() {
            Ok(count) if count >= 0 => drop(properties.insert("replicas".into(), Value::Int(count))),
            _ => out.leave(format!("{at}.deploy.replicas"), format!("`{text}` is no number"), None),
        }
    }
    let resources = deploy.get("resources").and_then(Value::as_map).unwrap_or(&empty);
    let of = |group: &str, key: &str| resources.get(group).and_then(|group| group.get(key));
    let older = |key: &str| service.get(key);
    let wanted = [
        ("limits", "cpus", of("limits", "cpus").or_else(|| older("cpus"))),
        ("limits", "memory", of("limits", "memory").or_else(|| older("mem_limit"))),
        ("limits", "pids", of("limits", "pids").or_else(|| older("pids_limit"))),
        ("reservations", "cpus", of("reservations", "cpus")),
        ("reservations", "memory", of("reservations", "memory").or_else(|| older("mem_reservation"))),
    ];
    for (group, key, value) in wanted {
        let Some(text) = value.and_then(scalar) else { continue };
        match amount(key, &variables::plain(&text)) {
            Some(amount) => {
                let entry = properties.get_or_insert_with(group.to_owned(), || Value::Map(Map::new()));
                if let Value::Map(map) = entry {
                    map.insert(key.to_owned(), amount);
                }
            }
            None => out.leave(
                format!("{at}.deploy.resources.{group}.{key}"),
                format!("`{text}` is no amount"),
                value,
            ),
        }
    }
    if let Some(labels) = deploy.get("labels") {
        properties.insert("labels".into(), Value::Map(labels_of(labels)));
    }
    let mut placement = Map::new();
    for (key, value) in deploy.get("placement").and_then(Value::as_map).into_iter().flatten() {
        let spread = |one: &Value| one.get("spread").is_some();
        let says = |one: &Value| one.as_str().is_some_and(|text| text.contains("==") || text.contains("!="));
        match (key.as_str(), value) {
            ("constraints", Value::List(list)) if list.iter().all(says) => {
                placement.insert(key.clone(), value.clone());
            }
            ("preferences", Value::List(list)) if list.iter().all(spread) => {
                placement.insert(key.clone(), value.clone());
            }
            ("max_replicas_per_node", Value::Int(_)) => {
                placement.insert("max_replicas".into(), value.clone());
            }
            _ => {
                out.leave(format!("{at}.deploy.placement.{key}"), "it is no way to place tasks", Some(value));
            }
        }
    }
    if !placement.is_empty() {
        properties.insert("placement".into(), Value::Map(placement));
    }
    for (key, value) in deploy {
        let why = match key.as_str() {
            "replicas" | "resources" | "labels" | "placement" => continue,
            "mode" if value.as_str() == Some("replicated") => continue,
            "mode" => "the Swarm types run a number of replicas, not one on each node",
            "update_config" | "rollback_config" => {
                "Swarm updates one task after the other, as it does unless told otherwise"
            }
            "restart_policy" => "Swarm starts again what has ended, whatever it was",
            _ => "the Swarm types have no place for it",
        };
        out.leave(format!("{at}.deploy.{key}"), why, Some(value));
    }
    for (group, extra) in resources {
        for (key, value) in extra.as_map().into_iter().flatten() {
            let known = matches!(
                (group.as_str(), key.as_str()),
                ("limits" | "reservations", "cpus" | "memory") | ("limits", "pids")
            );
            if !known {
                let at = format!("{at}.deploy.resources.{group}.{key}");
                out.leave(at, "the Swarm types have no place for it", Some(value));
            }
        }
    }
}

/// Processors as written, memory in bytes where the unit is no whole one.
fn amount(key: &str, text: &str) -> Option<Value> {
    let text = text.trim().to_lowercase();
    if key == "cpus" {
        return text.parse::<f64>().ok().filter(|count| (0.0..=1e6).contains(count)).map(|_| text.into());
    }
    if key == "pids" {
        return text.parse().ok().map(Value::Int);
    }
    let number = text.trim_end_matches(|unit: char| unit.is_ascii_alphabetic());
    let scale: f64 = match &text[number.len()..] {
        "" | "b" => 1.0,
        "k" | "kb" | "kib" => 1024.0,
        "m" | "mb" | "mib" => 1024.0 * 1024.0,
        "g" | "gb" | "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    let count: f64 = number.trim().parse().ok()?;
    match number.trim().parse::<u32>() {
        Ok(_) => Some(text.into()),
        Err(_) if count.is_finite() && (0.0..1e15).contains(&(count * scale)) => {
            Some(Value::Int((count * scale) as i64))
        }
        Err(_) => None,
    }
}

fn labels_of(labels: &Value) -> Map {
    let text = |text: String| Value::from(variables::plain(&text));
    match labels {
        Value::Map(map) => {
            map.iter().map(|(key, value)| (key.clone(), text(scalar(value).unwrap_or_default()))).collect()
        }
        Value::List(list) => list
            .iter()
            .filter_map(scalar)
            .map(|entry| {
                let (key, value) = entry.split_once('=').unwrap_or((&entry, ""));
                (key.to_owned(), text(value.to_owned()))
            })
            .collect(),
        _ => Map::new(),
    }
}
