//! Kubernetes manifests → one node for each object, of the type for its kind, related to those that it names.

mod kinds;
mod links;
mod secret;

use indexmap::IndexMap;

use super::documents::{self, Document};
use super::{Format, IngestError, Ingested, template};
use crate::model::{Map, Value};

/// Whether a document is an object, or a list of some.
pub(super) fn is_object(value: &Value) -> bool {
    ["apiVersion", "kind"].iter().all(|key| value.get(key).and_then(Value::as_str).is_some())
}

/// An object of the file.
struct Object {
    value: Value,
    kind: String,
    name: String,
    namespace: Option<String>,
    /// Name of its node.
    node: String,
    /// Its own text, where it stands alone in its document.
    text: Option<String>,
}

impl Object {
    /// `Deployment shop/web`.
    fn shown(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{} {namespace}/{}", self.kind, self.name),
            None => format!("{} {}", self.kind, self.name),
        }
    }
}

pub(super) fn read(origin: &str, text: &str) -> Result<Ingested, IngestError> {
    let mut out = Ingested::new(Format::Kubernetes, origin);
    let mut objects = Vec::new();
    let mut first = None;
    for document in documents::split(text) {
        match documents::parse(&document) {
            Ok(Value::Null) => {}
            Ok(value) => collect(value, &document, &mut objects, &mut out),
            Err(problem) => {
                out.leave(
                    format!("{origin}:{}", problem.line),
                    format!("it is no YAML: {}", problem.message),
                    None,
                );
                first.get_or_insert(problem);
            }
        }
    }
    if objects.is_empty() {
        let (line, message) = match first {
            Some(problem) => (Some(problem.line), problem.message),
            None => {
                (None, out.left_out.first().map_or_else(|| "it has no objects".into(), |one| one.why.clone()))
            }
        };
        return Err(IngestError::new(
            origin,
            line,
            message,
            "an object has `apiVersion`, `kind` and `metadata.name`",
        ));
    }
    name_nodes(&mut objects, &mut out);
    let links = links::links(&objects);
    for (object, mut relationships) in objects.iter().zip(links) {
        relationships.dedup();
        node(object, relationships, &mut out);
    }
    Ok(out)
}

/// Takes lists apart.
fn collect(mut value: Value, document: &Document, objects: &mut Vec<Object>, out: &mut Ingested) {
    let at = format!("{}:{}", out.origin, document.line);
    if !is_object(&value) {
        out.leave(at, "it is no object: it has no `apiVersion` and `kind`", Some(&value));
        return;
    }
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let kind = text(&value, "kind").unwrap_or_default();
    if let (true, Value::Map(map)) = (kind.ends_with("List"), &mut value)
        && let Some(Value::List(items)) = map.shift_remove("items")
    {
        for item in items {
            let alone = Document { line: document.line, text: String::new() };
            collect(item, &alone, objects, out);
        }
        return;
    }
    let meta = value.get("metadata").cloned().unwrap_or_default();
    let Some(name) = text(&meta, "name").filter(|name| !name.is_empty()) else {
        let why = format!("a {kind} without `metadata.name`: what is deployed is found again by its name");
        out.leave(at, why, Some(&value));
        return;
    };
    let namespace = text(&meta, "namespace");
    let text = Some(document.text.clone()).filter(|text| !text.is_empty());
    if objects.iter().any(|other| other.kind == kind && other.name == name && other.namespace == namespace) {
        out.leave(at, format!("there is a {kind} {name} already"), Some(&value));
        return;
    }
    objects.push(Object { value, kind, name, namespace, node: String::new(), text });
}

/// What runs has the plain name; what shares it, its kind behind it.
fn name_nodes(objects: &mut [Object], out: &mut Ingested) {
    let mut count: IndexMap<String, usize> = IndexMap::new();
    for object in objects.iter() {
        *count.entry(object.name.clone()).or_default() += 1;
    }
    for object in objects {
        let alone = count.get(&object.name) == Some(&1) || links::pods(&object.value).is_some();
        let wish = if alone {
            object.name.clone()
        } else {
            format!("{}_{}", object.name, object.kind.to_lowercase())
        };
        let name = out.free(&wish);
        out.nodes.insert(name.clone(), Value::Null);
        object.node = name;
    }
}

fn node(object: &Object, relationships: Vec<Value>, out: &mut Ingested) {
    let mut definition = object.value.as_map().cloned().unwrap_or_default();
    if definition.shift_remove("status").is_some() {
        out.leave(object.shown(), "`status` says how it stood in some cluster, and is not deployed", None);
    }
    for noise in ["creationTimestamp", "resourceVersion", "uid", "generation", "selfLink", "managedFields"] {
        if let Some(Value::Map(meta)) = definition.get_mut("metadata") {
            meta.shift_remove(noise);
        }
    }
    modes(&mut definition);
    if object.kind == "Secret" {
        secret::hide(object, &mut definition, out);
    }
    let kind = kinds::of(&object.kind);
    let fits = definition.keys().all(|key| kinds::takes(kind, key));
    let made = if fits {
        let properties = Map::from_iter([("definition".to_owned(), Value::Map(definition))]);
        template(&format!("cloudify.kubernetes.resources.{kind}"), properties, relationships)
    } else {
        let file = format!("resources/{}.yaml", object.node);
        let text = match &object.text {
            Some(text) if object.kind != "Secret" => text.trim_start_matches([' ', '\n']).to_owned(),
            _ => serde_yaml::to_string(&definition).unwrap_or_default(),
        };
        let resource = Map::from_iter([("resource_path".to_owned(), Value::from(file.as_str()))]);
        out.files.push((file, text.into()));
        let properties = Map::from_iter([("file".to_owned(), Value::Map(resource))]);
        template("cloudify.kubernetes.resources.FileDefinedResource", properties, relationships)
    };
    out.nodes.insert(object.node.clone(), made);
}

/// Rights of files are written in octal (`0644`), which kubectl reads so, and YAML 1.2 does not.
fn modes(map: &mut Map) {
    for (key, value) in map {
        match value {
            Value::String(text)
                if matches!(key.as_str(), "defaultMode" | "mode") && text.starts_with('0') =>
            {
                if let Ok(mode) = i64::from_str_radix(text.trim_start_matches("0o"), 8) {
                    *value = Value::Int(mode);
                }
            }
            Value::Map(map) => modes(map),
            Value::List(list) => {
                for item in list {
                    if let Value::Map(map) = item {
                        modes(map);
                    }
                }
            }
            _ => {}
        }
    }
}
