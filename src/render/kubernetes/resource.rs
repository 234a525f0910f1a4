//! `cloudify.kubernetes.resources.*`: the modern plugin's types, from their properties to objects.
//!
//! Owns what each type's name stands for. Does not know how objects are applied.

use serde_json::{Value as Json, json};

use super::{Files, Object, RenderError};
use crate::model::{Map, Value};

/// The types' common prefix.
pub const PREFIX: &str = "cloudify.kubernetes.resources.";

/// A kind that has a type of its own.
struct Known {
    kind: &'static str,
    /// Meant when a definition names none.
    api_version: &'static str,
    /// Whether its objects live in namespaces.
    namespaced: bool,
    /// The version of the same form on clusters that are too old for that one.
    before: Option<&'static str>,
}

const fn known(kind: &'static str, api_version: &'static str, namespaced: bool) -> Known {
    Known { kind, api_version, namespaced, before: None }
}

const fn young(kind: &'static str, api_version: &'static str, before: &'static str) -> Known {
    Known { kind, api_version, namespaced: true, before: Some(before) }
}

/// Kinds that have a type of their own. Their versions are served from 1.20 on, but for `CronJob` and
/// `PodDisruptionBudget` (1.21) and `HorizontalPodAutoscaler` (1.23); `PodSecurityPolicy` ended with 1.25.
const KINDS: &[Known] = &[
    known("Pod", "v1", true),
    known("Service", "v1", true),
    known("ConfigMap", "v1", true),
    known("Secret", "v1", true),
    known("Namespace", "v1", false),
    known("Node", "v1", false),
    known("ServiceAccount", "v1", true),
    known("PersistentVolume", "v1", false),
    known("PersistentVolumeClaim", "v1", true),
    known("ReplicationController", "v1", true),
    known("ResourceQuota", "v1", true),
    known("LimitRange", "v1", true),
    known("Deployment", "apps/v1", true),
    known("ReplicaSet", "apps/v1", true),
    known("StatefulSet", "apps/v1", true),
    known("DaemonSet", "apps/v1", true),
    known("Job", "batch/v1", true),
    young("CronJob", "batch/v1", "batch/v1beta1"),
    known("Ingress", "networking.k8s.io/v1", true),
    known("IngressClass", "networking.k8s.io/v1", false),
    known("NetworkPolicy", "networking.k8s.io/v1", true),
    known("StorageClass", "storage.k8s.io/v1", false),
    known("Role", "rbac.authorization.k8s.io/v1", true),
    known("RoleBinding", "rbac.authorization.k8s.io/v1", true),
    known("ClusterRole", "rbac.authorization.k8s.io/v1", false),
    known("ClusterRoleBinding", "rbac.authorization.k8s.io/v1", false),
    young("PodDisruptionBudget", "policy/v1", "policy/v1beta1"),
    young("HorizontalPodAutoscaler", "autoscaling/v2", "autoscaling/v2beta2"),
    known("PriorityClass", "scheduling.k8s.io/v1", false),
    known("CustomResourceDefinition", "apiextensions.k8s.io/v1", false),
    known("PodSecurityPolicy", "policy/v1beta1", false),
];

/// The objects of a node of type `type_hierarchy` (the root first).
pub fn objects(
    type_hierarchy: &[String],
    properties: &Map,
    files: &dyn Files,
) -> Result<Vec<Object>, RenderError> {
    let is_a = |name: &str| type_hierarchy.iter().any(|ancestor| ancestor.strip_prefix(PREFIX) == Some(name));
    let mut objects = if is_a("FileDefinedResource") {
        file(properties.get("file"), files)?
    } else if is_a("MultipleFileDefinedResources") {
        let mut all = Vec::new();
        for item in properties.get("files").and_then(Value::as_list).unwrap_or_default() {
            all.extend(file(Some(item), files)?);
        }
        if all.is_empty() {
            return Err(RenderError::new(
                "`files` names no file",
                "an item is `{ resource_path: PATH }`, with a path inside the blueprint",
            ));
        }
        all
    } else {
        vec![defined(type_hierarchy, properties)?]
    };
    let namespace = option(properties, "namespace");
    if let Some(namespace) = namespace.filter(|name| !name.is_empty()) {
        for object in &mut objects {
            let kind = object.reference().kind;
            // It says nothing about what belongs to no namespace.
            if !KINDS.iter().any(|known| known.kind == kind && !known.namespaced) {
                object.default_namespace(namespace);
            }
        }
    }
    Ok(objects)
}

fn option<'a>(properties: &'a Map, name: &str) -> Option<&'a str> {
    properties.get("options").and_then(|options| options.get(name)).and_then(Value::as_str)
}

/// What the name of the type says.
fn by_type(type_hierarchy: &[String]) -> Option<&'static Known> {
    type_hierarchy
        .iter()
        .rev()
        .filter_map(|ancestor| ancestor.strip_prefix(PREFIX))
        .find_map(|name| KINDS.iter().find(|known| known.kind == name))
}

/// The version in which a cluster knows the object that is too old for the one that the type means; none where the
/// definition itself names one, and where nothing was of the same form before.
pub fn version_before(type_hierarchy: &[String], properties: &Map) -> Option<&'static str> {
    let named = properties.get("definition").and_then(|definition| definition.get("apiVersion"));
    if named.and_then(Value::as_str).is_some_and(|version| !version.is_empty()) {
        return None;
    }
    by_type(type_hierarchy)?.before
}

/// `definition`, completed by what the type's name (or a custom object's options) says.
fn defined(type_hierarchy: &[String], properties: &Map) -> Result<Object, RenderError> {
    let mut json = properties.get("definition").map(Value::to_json).unwrap_or_default();
    let by_type = by_type(type_hierarchy);
    if let Json::Object(map) = &mut json {
        let custom = option(properties, "version").map(|version| match option(properties, "group") {
            Some(group) if !group.is_empty() => format!("{group}/{version}"),
            _ => version.to_owned(),
        });
        let api_version = by_type.map(|known| known.api_version.to_owned()).or(custom);
        // The plugin's own data type defaults both to empty text.
        for (key, value) in
            [("apiVersion", api_version), ("kind", by_type.map(|known| known.kind.to_owned()))]
        {
            let slot = map.entry(key).or_insert(Json::Null);
            if let Some(value) = value
                && (slot.is_null() || slot.as_str() == Some(""))
            {
                *slot = json!(value);
            }
        }
        // What the data type knows and nobody said.
        map.retain(|_, value| !value.is_null());
        // Data types put their keys in their own order.
        let rank = |key: &str| {
            ["apiVersion", "kind", "metadata"].iter().position(|first| *first == key).unwrap_or(3)
        };
        let mut entries: Vec<(String, Json)> = std::mem::take(map).into_iter().collect();
        entries.sort_by_key(|(key, _)| rank(key));
        map.extend(entries);
    }
    Object::new(json, "`definition`")
}

/// A descriptor file, given as `{ resource_path, template_variables }` or as its path.
fn file(item: Option<&Value>, files: &dyn Files) -> Result<Vec<Object>, RenderError> {
    let path = item
        .and_then(|item| item.as_str().or_else(|| item.get("resource_path").and_then(Value::as_str)))
        .filter(|path| !path.is_empty())
        .ok_or_else(|| {
            RenderError::new(
                "no `resource_path` is given",
                "`file: { resource_path: PATH }`, with a path inside the blueprint",
            )
        })?;
    let variables = item.and_then(|item| item.get("template_variables")).and_then(Value::as_map);
    let text = files.read(path)?;
    let text = match variables {
        Some(variables) if !variables.is_empty() => fill(&text, variables, path)?,
        _ => text,
    };
    Object::read(&text, path)?.into_iter().map(|document| Object::new(document, path)).collect()
}

/// Fills `{{ name }}`. The rest of the Jinja language (loops, conditions, filters) is refused, not ignored.
fn fill(text: &str, variables: &Map, path: &str) -> Result<String, RenderError> {
    let beyond = |what: &str| {
        RenderError::new(
            format!("{path} uses `{what}`"),
            "of the template language only `{{ name }}` and `{{ name.key }}` are understood",
        )
    };
    if text.contains("{%") {
        return Err(beyond("{%"));
    }
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let (inner, tail) = after.split_once("}}").ok_or_else(|| beyond("{{ without }}"))?;
        let mut words = inner.trim().split('.');
        let value = words
            .next()
            .and_then(|name| variables.get(name))
            .and_then(|first| words.try_fold(first, |at, key| at.get(key)))
            .ok_or_else(|| {
                RenderError::new(
                    format!(
                        "{path} uses `{{{{ {} }}}}`, which `template_variables` does not give",
                        inner.trim()
                    ),
                    "add the variable, or correct its name",
                )
            })?;
        filled.push_str(&match value {
            Value::List(_) | Value::Map(_) => value.to_json().to_string(),
            other => other.to_string(),
        });
        rest = tail;
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Group versions that an API server 1.20 serves and a young one does not.
    const OLD: &[&str] = &["batch/v1beta1", "policy/v1beta1", "autoscaling/v2beta2"];

    /// Group versions that an API server 1.20 serves and 1.36 serves still.
    const BOTH: &[&str] = &[
        "v1",
        "apps/v1",
        "batch/v1",
        "networking.k8s.io/v1",
        "storage.k8s.io/v1",
        "rbac.authorization.k8s.io/v1",
        "scheduling.k8s.io/v1",
        "apiextensions.k8s.io/v1",
    ];

    #[test]
    fn versions_are_those_of_old_and_new_clusters() {
        for known in KINDS {
            let young = known.before.is_some_and(|before| OLD.contains(&before));
            let ended = known.kind == "PodSecurityPolicy";
            assert!(
                young || ended || BOTH.contains(&known.api_version),
                "{} of {}",
                known.kind,
                known.api_version
            );
        }
    }
}
