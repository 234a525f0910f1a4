//! What objects name of each other, as relationships: whatever is named is there first.

use super::super::relationship;
use super::Object;
use crate::model::{Map, Value};

const NEEDS: &str = "cloudify.relationships.depends_on";
const LEADS: &str = "cloudify.relationships.connected_to";

/// For each object its relationships. No two objects come to need each other: workloads need only what holds no pods,
/// services lead to workloads, ingresses to services.
pub(super) fn links(objects: &[Object]) -> Vec<Vec<Value>> {
    objects.iter().map(|object| links_of(object, objects)).collect()
}

fn links_of(object: &Object, objects: &[Object]) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    let mut add = |kind: &str, other: Option<&Object>| {
        let Some(other) = other.filter(|other| other.node != object.node) else { return };
        let target = |one: &Value| one.get("target").and_then(Value::as_str).map(str::to_owned);
        if !found.iter().any(|one| target(one).as_deref() == Some(&other.node)) {
            found.push(relationship(kind, &other.node));
        }
    };
    let find = |kind: &str, name: &str| {
        // What belongs to no namespace has none; the rest is in that of who names it.
        objects.iter().find(|other| {
            other.kind == kind && other.name == name && (other.namespace.is_none() || near(object, other))
        })
    };
    if let Some(namespace) = &object.namespace {
        add(NEEDS, find("Namespace", namespace));
    }
    let group =
        object.value.get("apiVersion").and_then(Value::as_str).and_then(|version| version.split_once('/'));
    add(NEEDS, group.and_then(|(group, _)| objects.iter().find(|other| defines(other, group, &object.kind))));
    if let Some(pod) = pods(&object.value) {
        for (kind, name) in named_by_pod(pod) {
            add(NEEDS, find(kind, name));
        }
        let spec = object.value.get("spec");
        add(NEEDS, text(spec, &["serviceName"]).and_then(|name| find("Service", name)));
        let claims = spec.and_then(|spec| spec.get("volumeClaimTemplates"));
        for claim in items(claims) {
            add(
                NEEDS,
                text(Some(claim), &["spec", "storageClassName"]).and_then(|name| find("StorageClass", name)),
            );
        }
    }
    let spec = object.value.get("spec");
    match object.kind.as_str() {
        "Service" if !is_asked_first(object, objects) => {
            if let Some(selector) = spec.and_then(|spec| spec.get("selector")).and_then(Value::as_map) {
                for other in objects.iter().filter(|other| near(object, other) && selects(selector, other)) {
                    add(LEADS, Some(other));
                }
            }
        }
        "Ingress" => {
            let mut names = Vec::new();
            backends(spec, &mut names);
            names.into_iter().for_each(|name| add(LEADS, find("Service", name)));
            for tls in items(spec.and_then(|spec| spec.get("tls"))) {
                add(NEEDS, text(Some(tls), &["secretName"]).and_then(|name| find("Secret", name)));
            }
            add(NEEDS, text(spec, &["ingressClassName"]).and_then(|name| find("IngressClass", name)));
        }
        "HorizontalPodAutoscaler" => {
            let target = spec.and_then(|spec| spec.get("scaleTargetRef"));
            if let (Some(kind), Some(name)) = (text(target, &["kind"]), text(target, &["name"])) {
                add(LEADS, find(kind, name));
            }
        }
        "RoleBinding" | "ClusterRoleBinding" => {
            let role = object.value.get("roleRef");
            if let (Some(kind), Some(name)) = (text(role, &["kind"]), text(role, &["name"])) {
                add(LEADS, find(kind, name));
            }
            for subject in items(object.value.get("subjects")) {
                if let (Some("ServiceAccount"), Some(name)) =
                    (text(Some(subject), &["kind"]), text(Some(subject), &["name"]))
                {
                    let account =
                        objects.iter().find(|other| other.kind == "ServiceAccount" && other.name == name);
                    add(LEADS, account);
                }
            }
        }
        "PersistentVolume" | "PersistentVolumeClaim" => {
            add(NEEDS, text(spec, &["storageClassName"]).and_then(|name| find("StorageClass", name)));
            if object.kind == "PersistentVolumeClaim" {
                add(NEEDS, text(spec, &["volumeName"]).and_then(|name| find("PersistentVolume", name)));
            }
        }
        _ => {}
    }
    found
}

fn near(one: &Object, other: &Object) -> bool {
    let namespace = |object: &'_ Object| object.namespace.clone().unwrap_or_else(|| "default".into());
    namespace(one) == namespace(other)
}

/// Whether `other` is the definition of a kind of a group.
fn defines(other: &Object, group: &str, kind: &str) -> bool {
    let spec = other.value.get("spec");
    other.kind == "CustomResourceDefinition"
        && text(spec, &["group"]) == Some(group)
        && text(spec, &["names", "kind"]) == Some(kind)
}

/// A headless service gives the pods of a stateful set their names: it is there before them.
fn is_asked_first(service: &Object, objects: &[Object]) -> bool {
    objects.iter().any(|other| {
        near(service, other) && text(other.value.get("spec"), &["serviceName"]) == Some(&service.name)
    })
}

/// The template of the pods that an object makes, or a pod itself.
pub(super) fn pods(value: &Value) -> Option<&Value> {
    let spec = value.get("spec")?;
    match value.get("kind").and_then(Value::as_str)? {
        "Pod" => Some(value),
        "CronJob" => spec.get("jobTemplate")?.get("spec")?.get("template"),
        "Deployment" | "ReplicaSet" | "ReplicationController" | "StatefulSet" | "DaemonSet" | "Job" => {
            spec.get("template")
        }
        _ => None,
    }
}

fn selects(selector: &Map, other: &Object) -> bool {
    let labels = pods(&other.value).and_then(|pod| pod.get("metadata")).and_then(|meta| meta.get("labels"));
    let labels = labels.and_then(Value::as_map);
    !selector.is_empty()
        && labels.is_some_and(|labels| selector.iter().all(|(key, value)| labels.get(key) == Some(value)))
}

/// Kind and name of what a pod can't start without.
fn named_by_pod(pod: &Value) -> Vec<(&'static str, &str)> {
    let Some(spec) = pod.get("spec") else { return Vec::new() };
    let mut found: Vec<(&'static str, &str)> = Vec::new();
    for volume in items(spec.get("volumes")) {
        found.extend(text(Some(volume), &["configMap", "name"]).map(|name| ("ConfigMap", name)));
        found.extend(text(Some(volume), &["secret", "secretName"]).map(|name| ("Secret", name)));
        found.extend(
            text(Some(volume), &["persistentVolumeClaim", "claimName"])
                .map(|name| ("PersistentVolumeClaim", name)),
        );
    }
    for group in ["initContainers", "containers"] {
        for container in items(spec.get(group)) {
            for entry in items(container.get("envFrom")) {
                found.extend(text(Some(entry), &["configMapRef", "name"]).map(|name| ("ConfigMap", name)));
                found.extend(text(Some(entry), &["secretRef", "name"]).map(|name| ("Secret", name)));
            }
            for entry in items(container.get("env")) {
                let from = entry.get("valueFrom");
                found.extend(text(from, &["configMapKeyRef", "name"]).map(|name| ("ConfigMap", name)));
                found.extend(text(from, &["secretKeyRef", "name"]).map(|name| ("Secret", name)));
            }
        }
    }
    for secret in items(spec.get("imagePullSecrets")) {
        found.extend(text(Some(secret), &["name"]).map(|name| ("Secret", name)));
    }
    found.extend(text(Some(spec), &["serviceAccountName"]).map(|name| ("ServiceAccount", name)));
    found
}

/// Names of services that an ingress leads to, in both forms that the API has had.
fn backends<'a>(value: Option<&'a Value>, found: &mut Vec<&'a str>) {
    match value {
        Some(Value::Map(map)) => {
            for (key, value) in map {
                if matches!(key.as_str(), "backend" | "defaultBackend") {
                    found.extend(text(Some(value), &["service", "name"]));
                    found.extend(text(Some(value), &["serviceName"]));
                } else {
                    backends(Some(value), found);
                }
            }
        }
        Some(Value::List(list)) => list.iter().for_each(|item| backends(Some(item), found)),
        _ => {}
    }
}

fn items(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_list).unwrap_or_default()
}

fn text<'a>(value: Option<&'a Value>, path: &[&str]) -> Option<&'a str> {
    path.iter().try_fold(value?, |value, key| value.get(key))?.as_str()
}
