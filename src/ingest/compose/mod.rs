//! Compose files → Swarm: each service a `cloudify.swarm.Microservice` with its Container, Ports and Volumes, below one
//! Manager.
//!
//! Source of the format: the Compose specification. Variables become inputs of the blueprint.

mod mounts;
mod ports;
mod service;
mod variables;

use super::{Format, IngestError, Ingested, documents, relationship, template};
use crate::model::{Map, Value};

/// The services of a compose file, or of a part of one: a map of services alone.
pub(super) fn services(value: &Value) -> Option<&Map> {
    let is_service = |value: &Value| {
        value.as_map().is_some_and(|map| {
            (map.contains_key("image") || map.contains_key("build")) && !map.contains_key("type")
        })
    };
    let map = value.as_map()?;
    match map.get("services") {
        Some(services) => services.as_map(),
        None => (!map.is_empty() && map.values().all(is_service)).then_some(map),
    }
}

pub(super) fn read(origin: &str, text: &str) -> Result<Ingested, IngestError> {
    let wrong =
        |line, message: String| IngestError::new(origin, line, message, "mend the file at that place");
    let documents = documents::split(text);
    let Some(document) = documents.first() else { return Err(wrong(None, "it is empty".into())) };
    let value = documents::parse(document).map_err(|problem| wrong(Some(problem.line), problem.message))?;
    let mut out = Ingested::new(Format::Compose, origin);
    if matches!(out.name.as_str(), "compose" | "docker-compose") {
        // The usual names say nothing; the folder does.
        let folder = origin.rsplit(['/', '\\']).nth(1).filter(|folder| !matches!(*folder, "" | "." | ".."));
        out.name = folder.map_or_else(|| "services".to_owned(), super::clean);
    }
    if let Some(name) = value.get("services").and(value.get("name")).and_then(Value::as_str) {
        out.name = super::clean(name);
    }
    if services(&value).is_none_or(Map::is_empty) {
        return Err(wrong(Some(document.line), "it has no services".into()));
    }
    fill(&value, &mut out);
    Ok(out)
}

/// Makes nodes of the services of `value`.
pub(super) fn fill(value: &Value, out: &mut Ingested) {
    let whole = value.get("services").is_some();
    let Some(services) = services(value) else { return };
    for (key, part) in value.as_map().into_iter().flatten().filter(|_| whole) {
        let why = match key.as_str() {
            "services" | "version" | "name" | "volumes" => continue,
            key if key.starts_with("x-") => continue,
            "networks" => {
                "the Swarm types name no networks: services find each other only where their network is made by hand"
            }
            "secrets" | "configs" => {
                "the Swarm types have none; give the values as environment, by `get_secret`"
            }
            "include" => "other files are not read along; import them, too",
            _ => "it means nothing here",
        };
        // A network that says nothing is the default one.
        if !(part.is_null() || part.as_map().is_some_and(|map| map.values().all(Value::is_null))) {
            out.leave(key, why, Some(part));
        }
    }
    let volumes = value.get("volumes").and_then(Value::as_map).filter(|_| whole);
    // Names first: services wait for each other in any order.
    let mut names = Map::new();
    for key in services.keys() {
        let mut name = super::clean(key);
        while names.values().any(|taken| taken.as_str() == Some(&name)) {
            name.push('_');
        }
        names.insert(key.clone(), name.into());
    }
    out.reserved = names.values().filter_map(Value::as_str).map(str::to_owned).collect();
    let manager = out.free("swarm");
    out.reserved.push(manager.clone());
    for (key, value) in services {
        let name = names[key].as_str().unwrap_or_default().to_owned();
        service::service(&service::Wanted { key, name: &name, value, volumes, manager: &manager }, out);
    }
    waits(services, &names, out);
    // Each service is there in its own right, before what hangs on it.
    let properties = Map::from_iter([("ip".to_owned(), "".into()), ("init".to_owned(), Value::Bool(true))]);
    out.nodes.insert(manager, template("cloudify.swarm.Manager", properties, Vec::new()));
}

/// `depends_on` as relationships; those that would close a circle are left out.
fn waits(services: &Map, names: &Map, out: &mut Ingested) {
    let mut made: Vec<(String, String)> = Vec::new();
    for (key, service) in services {
        let Some(wanted) = service.get("depends_on") else { continue };
        let others: Vec<(&str, Option<&Value>)> = match wanted {
            Value::List(list) => list.iter().filter_map(Value::as_str).map(|name| (name, None)).collect(),
            Value::Map(map) => map.iter().map(|(name, how)| (name.as_str(), Some(how))).collect(),
            _ => Vec::new(),
        };
        for (other, how) in others {
            let at = format!("services.{key}.depends_on.{other}");
            if !services.contains_key(other) {
                out.leave(at, format!("there is no service `{other}`"), None);
                continue;
            }
            if reaches(&made, other, key) {
                out.leave(at, "the services would wait for each other", None);
                continue;
            }
            let condition = how.and_then(|how| how.get("condition")).and_then(Value::as_str);
            if condition.is_some_and(|condition| condition != "service_started") {
                let why = "taken over as: waits until its tasks run; a check of health is not waited for";
                out.leave(at, why, how);
            }
            made.push((key.clone(), other.to_owned()));
            let name = |key: &str| names.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let relationships = out.nodes.get_mut(&name(key)).and_then(|node| match node {
                Value::Map(node) => node.get_mut("relationships"),
                _ => None,
            });
            if let Some(Value::List(list)) = relationships {
                list.push(relationship("cloudify.relationships.depends_on", &name(other)));
            }
        }
    }
}

/// Whether `from` waits for `to`, through any number of others.
fn reaches(made: &[(String, String)], from: &str, to: &str) -> bool {
    let (mut todo, mut seen) = (vec![from], Vec::new());
    while let Some(current) = todo.pop() {
        if current == to {
            return true;
        }
        if !seen.contains(&current) {
            seen.push(current);
            todo.extend(made.iter().filter(|(one, _)| one == current).map(|(_, other)| other.as_str()));
        }
    }
    false
}
