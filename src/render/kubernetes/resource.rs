//! `cloudify.kubernetes.resources.*`: the modern plugin's types, from their properties to objects.
//!
//! Owns what each type's name stands for. Does not know how objects are applied.

use serde_json::{Value as Json, json};

use super::{Files, Object, RenderError};
use crate::model::{Map, Value};

/// The types' common prefix.
pub const PREFIX: &str = "cloudify.kubernetes.resources.";

/// Kinds that have a type of their own, with the API version meant when a definition names none.
const KINDS: &[(&str, &str)] = &[
    ("Pod", "v1"),
    ("Service", "v1"),
    ("ConfigMap", "v1"),
    ("Secret", "v1"),
    ("Namespace", "v1"),
    ("Node", "v1"),
    ("ServiceAccount", "v1"),
    ("PersistentVolume", "v1"),
    ("PersistentVolumeClaim", "v1"),
    ("ReplicationController", "v1"),
    ("ResourceQuota", "v1"),
    ("LimitRange", "v1"),
    ("Deployment", "apps/v1"),
    ("ReplicaSet", "apps/v1"),
    ("StatefulSet", "apps/v1"),
    ("DaemonSet", "apps/v1"),
    ("Job", "batch/v1"),
    ("CronJob", "batch/v1"),
    ("Ingress", "networking.k8s.io/v1"),
    ("IngressClass", "networking.k8s.io/v1"),
    ("NetworkPolicy", "networking.k8s.io/v1"),
    ("StorageClass", "storage.k8s.io/v1"),
    ("Role", "rbac.authorization.k8s.io/v1"),
    ("RoleBinding", "rbac.authorization.k8s.io/v1"),
    ("ClusterRole", "rbac.authorization.k8s.io/v1"),
    ("ClusterRoleBinding", "rbac.authorization.k8s.io/v1"),
    ("PodDisruptionBudget", "policy/v1"),
    ("HorizontalPodAutoscaler", "autoscaling/v2"),
    ("PriorityClass", "scheduling.k8s.io/v1"),
    ("CustomResourceDefinition", "apiextensions.k8s.io/v1"),
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
    let namespace =
        properties.get("options").and_then(|options| options.get("namespace")).and_then(Value::as_str);
    if let Some(namespace) = namespace.filter(|name| !name.is_empty()) {
        for object in &mut objects {
            object.default_namespace(namespace);
        }
    }
    Ok(objects)
}

/// `definition`, completed by what the type's name says.
fn defined(type_hierarchy: &[String], properties: &Map) -> Result<Object, RenderError> {
    let mut json = properties.get("definition").map(Value::to_json).unwrap_or_default();
    let by_type = type_hierarchy
        .iter()
        .rev()
        .filter_map(|ancestor| ancestor.strip_prefix(PREFIX))
        .find_map(|name| KINDS.iter().find(|(kind, _)| *kind == name || name == format!("Custom{kind}")));
    if let (Json::Object(map), Some((kind, api_version))) = (&mut json, by_type) {
        // The plugin's own data type defaults both to empty text.
        for (key, value) in [("apiVersion", *api_version), ("kind", *kind)] {
            let slot = map.entry(key).or_insert(Json::Null);
            if slot.is_null() || slot.as_str() == Some("") {
                *slot = json!(value);
            }
        }
        map.retain(|_, value| !value.is_null());
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
