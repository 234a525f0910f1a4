//! `cloudify.kubernetes.Microservice`: from its properties to objects.
//!
//! Owns the choice between the type's three forms (inline, files, image) and the two objects of the last. Does not know
//! the modern plugin's types.

use serde_json::{Value as Json, json};

use super::overrides::Override;
use super::substitute::substitute;
use super::{Files, Object, RenderError, Surroundings};
use crate::model::{Map, Value};

/// The objects of a microservice: `config` wins over `config_files`, which win over `image`; `env` goes into all of them.
pub fn objects(
    properties: &Map,
    files: &dyn Files,
    around: &dyn Surroundings,
) -> Result<Vec<Object>, RenderError> {
    let mut objects = match (properties.get("config"), properties.get("config_files")) {
        (Some(Value::Map(config)), _) if !config.is_empty() => inline(config)?,
        (_, Some(Value::List(list))) if !list.is_empty() => from_files(list, files, around)?,
        _ => from_image(properties)?,
    };
    match properties.get("env") {
        Some(Value::Map(env)) => objects.iter_mut().for_each(|object| object.set_env(env)),
        None | Some(Value::Null) => {}
        Some(other) => {
            return Err(RenderError::new(
                format!("`env` is of kind {}", other.kind()),
                "`env` maps names to values; a list becomes comma-joined text",
            ));
        }
    }
    Ok(objects)
}

fn inline(config: &Map) -> Result<Vec<Object>, RenderError> {
    let json = Value::Map(config.clone()).to_json();
    if let (Some("List"), Some(Json::Array(items))) =
        (json.get("kind").and_then(Json::as_str), json.get("items"))
    {
        return items.iter().map(|item| Object::new(item.clone(), "an item of `config`")).collect();
    }
    Ok(vec![Object::new(json, "`config`")?])
}

fn from_files(
    list: &[Value],
    files: &dyn Files,
    around: &dyn Surroundings,
) -> Result<Vec<Object>, RenderError> {
    let mut objects = Vec::new();
    for (position, item) in list.iter().enumerate() {
        let path = item.as_str().or_else(|| item.get("file").and_then(Value::as_str)).ok_or_else(|| {
            RenderError::new(
                format!("item {} of `config_files` names no `file`", position + 1),
                "an item is `{ file: PATH, overrides: [ … ] }`, with a path inside the blueprint",
            )
        })?;
        let mut documents = Object::read(&files.read(path)?, path)?;
        match item.get("overrides") {
            None | Some(Value::Null) => {}
            Some(Value::List(overrides)) => {
                let [document] = documents.as_mut_slice() else {
                    return Err(RenderError::new(
                        format!("{path} holds {} objects: which do the overrides mean?", documents.len()),
                        "give each object a file of its own",
                    ));
                };
                for text in overrides {
                    let text = text.as_str().ok_or_else(|| {
                        RenderError::new(
                            format!("an override of {path} is of kind {}, not text", text.kind()),
                            "an override looks like `\"['spec']['replicas'] = 2\"`",
                        )
                    })?;
                    // Substituted first, as the plugin did: a path may name a runtime property too.
                    Override::parse(&substitute(text, around)?)?.apply(document)?;
                }
            }
            Some(other) => {
                return Err(RenderError::new(
                    format!("`overrides` of {path} is of kind {}", other.kind()),
                    "`overrides` is a list of texts",
                ));
            }
        }
        for document in documents {
            objects.push(Object::new(document, path)?);
        }
    }
    Ok(objects)
}

/// One controller, and one service if a port is given.
fn from_image(properties: &Map) -> Result<Vec<Object>, RenderError> {
    let text = |key: &str| properties.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let number = |key: &str| {
        properties.get(key).and_then(|value| match value {
            Value::Int(number) => Some(*number),
            Value::String(digits) => digits.trim().parse().ok(),
            _ => None,
        })
    };
    let name = text("name").ok_or_else(|| {
        RenderError::new("the microservice has no `name`", "objects are named after it: set `name`")
    })?;
    let image = text("image").ok_or_else(|| {
        RenderError::new(
            "the microservice says nothing about what to run",
            "set `config`, `config_files` or `image`",
        )
    })?;
    let port = number("port").filter(|port| *port > 0);
    let target_port = number("target_port").filter(|port| *port > 0).or(port);
    let protocol = text("protocol").unwrap_or("TCP").to_uppercase();
    let mut container = json!({ "name": name, "image": image });
    if let Some(port) = target_port {
        container["ports"] = json!([{ "containerPort": port, "protocol": protocol }]);
    }
    let labels = json!({ "app": name });
    let mut controller = json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": name, "labels": labels },
        "spec": {
            "replicas": number("replicas").unwrap_or(1),
            "selector": { "matchLabels": labels },
            "template": { "metadata": { "labels": labels }, "spec": { "containers": [container] } },
        },
    });
    merge_overrides(&mut controller, properties.get("run_overrides"), "run_overrides")?;
    let mut objects = vec![Object::new(controller, "`run_overrides`")?];
    if let Some(port) = port {
        let mut service = json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": { "name": name, "labels": labels },
            "spec": {
                "selector": labels,
                "ports": [{ "port": port, "targetPort": target_port, "protocol": protocol }],
            },
        });
        merge_overrides(&mut service, properties.get("expose_overrides"), "expose_overrides")?;
        objects.push(Object::new(service, "`expose_overrides`")?);
    }
    Ok(objects)
}

/// Merges JSON (given as text or as a map) into an object, as `kubectl run --overrides` does (RFC 7386).
fn merge_overrides(json: &mut Json, overrides: Option<&Value>, property: &str) -> Result<(), RenderError> {
    let patch = match overrides {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::String(text)) if text.trim().is_empty() => return Ok(()),
        Some(Value::String(text)) => serde_json::from_str(text).map_err(|error| {
            RenderError::new(
                format!("`{property}` is not JSON: {error}"),
                "it is merged into the object: `{\"spec\": …}`",
            )
        })?,
        Some(other) => other.to_json(),
    };
    merge(json, patch);
    Ok(())
}

fn merge(into: &mut Json, patch: Json) {
    match patch {
        Json::Object(patch) => {
            if !into.is_object() {
                *into = json!({});
            }
            if let Some(map) = into.as_object_mut() {
                for (key, value) in patch {
                    if value.is_null() {
                        map.shift_remove(&key);
                    } else {
                        merge(map.entry(key).or_insert(Json::Null), value);
                    }
                }
            }
        }
        other => *into = other,
    }
}
