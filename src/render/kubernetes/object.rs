//! [`Object`]: one Kubernetes object as JSON, and [`ObjectRef`]: its address in a cluster.
//!
//! Owns reading descriptors and marking what a deployment owns. Does not know how objects are sent.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map as JsonMap, Value as Json, json};

use super::RenderError;
use crate::dsl;
use crate::model::{Map, Value};

/// Label: the deployment that owns the object.
pub const DEPLOYMENT_LABEL: &str = "gantry.deployment";
/// Label: the node instance that owns the object.
pub const INSTANCE_LABEL: &str = "gantry.instance";
/// Annotation: fingerprint of what the blueprint said when the object was applied.
pub const SPEC_ANNOTATION: &str = "gantry.spec";

/// Who owns an object: goes into its labels, so that it is found again by them alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// The deployment.
    pub deployment: String,
    /// The node instance.
    pub instance: String,
    /// Fingerprint of the node in the blueprint.
    pub spec: String,
}

/// Where an object is in its cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectRef {
    /// `apps/v1`, `v1`.
    pub api_version: String,
    /// `Deployment`.
    pub kind: String,
    /// None for what belongs to no namespace, and where the connection's own namespace is meant.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
}

/// `Deployment default/web`.
impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{} {namespace}/{}", self.kind, self.name),
            None => write!(f, "{} {}", self.kind, self.name),
        }
    }
}

impl ObjectRef {
    /// As an entry of a recorded inventory.
    pub fn to_value(&self) -> Value {
        let mut entry = Map::new();
        entry.insert("apiVersion".into(), Value::string(&self.api_version));
        entry.insert("kind".into(), Value::string(&self.kind));
        if let Some(namespace) = &self.namespace {
            entry.insert("namespace".into(), Value::string(namespace));
        }
        entry.insert("name".into(), Value::string(&self.name));
        Value::Map(entry)
    }

    /// Reads an entry of a recorded inventory.
    pub fn from_value(entry: &Value) -> Option<Self> {
        let text = |key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            api_version: text("apiVersion")?,
            kind: text("kind")?,
            namespace: text("namespace"),
            name: text("name")?,
        })
    }
}

/// One Kubernetes object: a map with `apiVersion`, `kind` and `metadata.name`. What `export` writes and `deploy` applies.
#[derive(Clone, Debug, PartialEq)]
pub struct Object(Json);

impl Object {
    /// Checks that `json` is an object; `origin` names the place that it came from, for the error.
    pub fn new(json: Json, origin: &str) -> Result<Self, RenderError> {
        let Json::Object(map) = &json else {
            return Err(RenderError::new(
                format!("{origin} is {}, not a Kubernetes object", kind_of(&json)),
                "an object is a map with `apiVersion`, `kind` and `metadata`",
            ));
        };
        for key in ["apiVersion", "kind"] {
            if map.get(key).and_then(Json::as_str).is_none_or(str::is_empty) {
                return Err(RenderError::new(
                    format!("{origin} has no `{key}`"),
                    "an object is a map with `apiVersion`, `kind` and `metadata`",
                ));
            }
        }
        if json.pointer("/metadata/name").and_then(Json::as_str).is_none_or(str::is_empty) {
            return Err(RenderError::new(
                format!("{origin} has no `metadata.name`"),
                "what is deployed is found again by its name: `generateName` can't be used",
            ));
        }
        Ok(Self(json))
    }

    /// The objects of a YAML or JSON descriptor: every document, lists (`kind: List`) taken apart.
    pub fn read(text: &str, origin: &str) -> Result<Vec<Json>, RenderError> {
        let mut found = Vec::new();
        for (position, document) in serde_yaml::Deserializer::from_str(text).enumerate() {
            let json = Json::deserialize(document).map_err(|error| {
                RenderError::new(format!("{origin} is not YAML: {error}"), "correct the descriptor")
            })?;
            match json {
                Json::Null => {}
                Json::Object(mut map) if map.get("kind").and_then(Json::as_str) == Some("List") => {
                    if let Some(Json::Array(items)) = map.remove("items") {
                        found.extend(items);
                    }
                }
                Json::Object(map) => found.push(Json::Object(map)),
                other => {
                    return Err(RenderError::new(
                        format!(
                            "document {} of {origin} is {}, not a Kubernetes object",
                            position + 1,
                            kind_of(&other)
                        ),
                        "an object is a map with `apiVersion`, `kind` and `metadata`",
                    ));
                }
            }
        }
        if found.is_empty() {
            return Err(RenderError::new(
                format!("{origin} holds no object"),
                "the file is empty, or all of it is a comment",
            ));
        }
        Ok(found)
    }

    /// Where it is.
    pub fn reference(&self) -> ObjectRef {
        let text = |pointer: &str| self.0.pointer(pointer).and_then(Json::as_str).map(str::to_owned);
        ObjectRef {
            api_version: text("/apiVersion").unwrap_or_default(),
            kind: text("/kind").unwrap_or_default(),
            namespace: text("/metadata/namespace"),
            name: text("/metadata/name").unwrap_or_default(),
        }
    }

    /// As a value.
    pub fn json(&self) -> &Json {
        &self.0
    }

    /// As a YAML document: what `export` writes and what is sent to the cluster, byte for byte.
    pub fn to_yaml(&self) -> String {
        dsl::write(&Value::from(self.0.clone()))
    }

    /// Says it in another version of its group.
    pub fn set_api_version(&mut self, version: &str) {
        if let Some(slot) = self.0.get_mut("apiVersion") {
            *slot = json!(version);
        }
    }

    /// Puts it in `namespace` unless it says where it belongs.
    pub fn default_namespace(&mut self, namespace: &str) {
        if let Some(metadata) = map_at(&mut self.0, &["metadata"]) {
            metadata.entry("namespace").or_insert_with(|| json!(namespace));
        }
    }

    /// Marks it, and the pods that it makes, as owned.
    pub fn mark(&mut self, owner: &Owner) {
        let labels = [(DEPLOYMENT_LABEL, label(&owner.deployment)), (INSTANCE_LABEL, label(&owner.instance))];
        for (key, value) in &labels {
            if let Some(map) = map_at(&mut self.0, &["metadata", "labels"]) {
                map.insert((*key).to_owned(), json!(value));
            }
        }
        if let Some(map) = map_at(&mut self.0, &["metadata", "annotations"]) {
            map.insert(SPEC_ANNOTATION.to_owned(), json!(owner.spec));
        }
        for path in POD_TEMPLATES {
            let Some(template) = path.iter().try_fold(&mut self.0, |at, key| at.get_mut(*key)) else {
                continue;
            };
            // Other kinds may have a `template` that makes no pods.
            if template.pointer("/spec/containers").is_none() {
                continue;
            }
            if let Some(map) = map_at(template, &["metadata", "labels"]) {
                for (key, value) in &labels {
                    map.insert((*key).to_owned(), json!(value));
                }
            }
        }
    }

    /// Sets `env` in every container of its pods, replacing entries of the same name. Lists become comma-joined text.
    pub fn set_env(&mut self, env: &Map) {
        let mut pods: Vec<&mut Json> = Vec::new();
        if self.0.get("kind").and_then(Json::as_str) == Some("Pod") {
            pods.extend(self.0.get_mut("spec"));
        } else {
            let found = POD_TEMPLATES
                .iter()
                .find(|path| path.iter().try_fold(&self.0, |at, key| at.get(*key)).is_some());
            if let Some(template) =
                found.and_then(|path| path.iter().try_fold(&mut self.0, |at, key| at.get_mut(*key)))
            {
                pods.extend(template.get_mut("spec"));
            }
        }
        for pod in pods {
            for list in ["initContainers", "containers"] {
                for container in pod.get_mut(list).and_then(Json::as_array_mut).into_iter().flatten() {
                    set_container_env(container, env);
                }
            }
        }
    }
}

/// Where pod templates are: in workloads, and in cron jobs.
const POD_TEMPLATES: [&[&str]; 2] = [&["spec", "template"], &["spec", "jobTemplate", "spec", "template"]];

fn set_container_env(container: &mut Json, env: &Map) {
    let Some(container) = container.as_object_mut() else { return };
    let entries = container.entry("env").or_insert_with(|| json!([]));
    let Some(entries) = entries.as_array_mut() else { return };
    for (name, value) in env {
        let entry = json!({ "name": name, "value": env_text(value) });
        match entries.iter_mut().find(|entry| entry.get("name").and_then(Json::as_str) == Some(name)) {
            Some(present) => *present = entry,
            None => entries.push(entry),
        }
    }
}

/// A value as a container sees it: text as is, a list comma-joined, a map as JSON.
fn env_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::List(items) => items.iter().map(env_text).collect::<Vec<_>>().join(","),
        Value::Map(_) => value.to_json().to_string(),
        other => other.to_string(),
    }
}

/// The map at `path`, made where it is missing; none where something else stands in the way.
fn map_at<'a>(json: &'a mut Json, path: &[&str]) -> Option<&'a mut JsonMap<String, Json>> {
    path.iter()
        .try_fold(json, |at, key| {
            let slot = at.as_object_mut()?.entry(*key).or_insert(Json::Null);
            if slot.is_null() {
                *slot = json!({});
            }
            Some(slot)
        })?
        .as_object_mut()
}

/// `text` as a label value: at most 63 of letters, digits, `-`, `_`, `.`, beginning and ending with a letter or digit.
/// What has to be changed gets a fingerprint, so that two texts stay two.
pub fn label(text: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    if text.len() <= 63 && text.chars().all(allowed) && edge(text.chars().next()) && edge(text.chars().last())
    {
        return text.to_owned();
    }
    // FNV-1a: stable over builds and machines, which the standard hasher does not promise.
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let kept: String = text.chars().map(|c| if allowed(c) { c } else { '-' }).take(44).collect();
    format!("x{}-{hash:016x}", kept.trim_matches(['-', '_', '.']))
}

/// What `json` is, in words.
fn kind_of(json: &Json) -> &'static str {
    match json {
        Json::Null => "nothing",
        Json::Bool(_) => "a truth value",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "a map",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_always_valid_and_stay_apart() {
        assert_eq!(label("web_ab12cd"), "web_ab12cd");
        let (a, b) = (label(&"x".repeat(80)), label(&format!("{}y", "x".repeat(79))));
        assert_ne!(a, b);
        for text in [a, b, label("später/_"), label(""), label("-a-")] {
            assert!(text.len() <= 63 && text.starts_with(|c: char| c.is_ascii_alphanumeric()), "{text}");
            assert!(text.ends_with(|c: char| c.is_ascii_alphanumeric()), "{text}");
        }
    }

    #[test]
    fn a_descriptor_must_hold_objects() {
        let message = |text: &str| Object::read(text, "pod.yaml").unwrap_err().to_string();
        assert!(message("a: [").contains("pod.yaml is not YAML"));
        assert!(message("- 1").contains("a list, not a Kubernetes object"));
        assert!(message("# nothing").contains("holds no object"));
        let list = "kind: List\nitems: [{kind: A}, {kind: B}]\n---\nkind: C\n";
        assert_eq!(Object::read(list, "x").unwrap().len(), 3);
    }

    #[test]
    fn env_reaches_every_container_of_every_shape() {
        let mut env = Map::new();
        env.insert("ROUTES".into(), Value::List(vec!["a dev eth1".into(), "b dev eth2".into()]));
        let container =
            json!({"name": "c", "env": [{"name": "ROUTES", "value": "old"}, {"name": "X", "value": "1"}]});
        for (shape, at) in [
            (json!({"spec": {"containers": [container]}}), "/spec"),
            (json!({"spec": {"template": {"spec": {"containers": [container]}}}}), "/spec/template/spec"),
            (
                json!({"spec": {"jobTemplate": {"spec": {"template": {"spec": {"containers": [container]}}}}}}),
                "/spec/jobTemplate/spec/template/spec",
            ),
        ] {
            let mut json = shape;
            json["apiVersion"] = json!("v1");
            json["kind"] = json!(if at == "/spec" { "Pod" } else { "Workload" });
            json["metadata"] = json!({"name": "n"});
            let mut object = Object::new(json, "test").unwrap();
            object.set_env(&env);
            assert_eq!(
                object.json().pointer(&format!("{at}/containers/0/env")).unwrap(),
                &json!([{"name": "ROUTES", "value": "a dev eth1,b dev eth2"}, {"name": "X", "value": "1"}])
            );
        }
    }
}
