//! Applying the objects of an instance: server-side, as our field manager, owned by labels.
//!
//! Owns ownership: what others made is not touched unless that is asked for. Applying twice changes nothing.

use std::sync::Arc;
use std::time::Duration;

use kube::api::{Patch, PatchParams, ValidationDirective};
use serde_json::Value as Json;

use super::cluster::Cluster;
use super::fields::{MANAGER, ours};
use super::inventory::{CLUSTER, FIELDS, RESOURCES, record, resources};
use super::mirror::instance_of;
use super::remove;
use crate::engine::{Context, Failure};
use crate::model::{Map, Value};
use crate::render::kubernetes::{DEPLOYMENT_LABEL, INSTANCE_LABEL, Object, ObjectRef, is_external, label};

/// An object as the API server answered.
pub(super) struct Applied {
    pub reference: ObjectRef,
    pub live: Json,
}

/// Applies `objects`, whose order is kept but for what others need first (namespaces, definitions, accounts, settings).
/// Objects that the instance had and has no longer are deleted at the end.
pub(super) async fn apply(
    cluster: &Arc<Cluster>,
    cx: &Context,
    mut objects: Vec<Object>,
    force: bool,
) -> Result<Vec<Applied>, Failure> {
    objects.sort_by_key(|object| rank(&object.reference().kind));
    let external = is_external(&cx.properties);
    let mut planned = Vec::new();
    for object in &mut objects {
        match cluster.find_kind(Some(cx), &object.reference()).await? {
            Some(kind) if kind.namespaced => object.default_namespace(&cluster.namespace),
            Some(_) => {}
            // One of these objects may define it: then it is found once that is applied.
            None if defines_kinds(&planned) => {}
            None => {
                cluster.kind(Some(cx), &object.reference()).await?;
            }
        }
        planned.push(object.reference());
    }
    let before = resources(&cx.runtime);
    let mut runtime = Map::new();
    runtime.insert(CLUSTER.into(), cluster.way.to_runtime());
    if !external {
        let mut all = planned.clone();
        all.extend(before.iter().filter(|reference| !planned.contains(reference)).cloned());
        runtime.insert(RESOURCES.into(), record(&all));
    }
    cx.report.made(format!("applies {}", listed(&planned)), runtime);

    let mut applied = Vec::new();
    for object in &objects {
        if cx.cancel.is_cancelled() {
            return Err(Failure::retry("cancelled"));
        }
        let reference = object.reference();
        if defines_kinds(&planned) {
            served(cluster, cx, &reference).await?;
        }
        let live = if external {
            used(cluster, cx, &reference).await?
        } else {
            one(cluster, cx, object, force).await?
        };
        applied.push(Applied { reference, live });
    }
    let stale: Vec<ObjectRef> = before.into_iter().filter(|reference| !planned.contains(reference)).collect();
    if !stale.is_empty() {
        remove::remove(cluster, cx, &stale).await?;
    }
    Ok(applied)
}

/// Runtime properties that applying leaves.
pub(super) fn outcome(cluster: &Cluster, cx: &Context, applied: &[Applied]) -> Map {
    let mut runtime = Map::new();
    runtime.insert(CLUSTER.into(), cluster.way.to_runtime());
    let references: Vec<ObjectRef> = applied.iter().map(|applied| applied.reference.clone()).collect();
    if !is_external(&cx.properties) {
        runtime.insert(RESOURCES.into(), record(&references));
        let fields = applied.iter().map(|applied| {
            let paths = ours(&applied.live).into_iter().map(Value::String).collect();
            (applied.reference.to_string(), Value::List(paths))
        });
        runtime.insert(FIELDS.into(), Value::Map(fields.collect()));
    }
    if let Some(service) = applied.iter().find(|applied| applied.reference.kind == "Service") {
        let at = |pointer: &str| Value::from(service.live.pointer(pointer).cloned().unwrap_or_default());
        let mut map = Map::new();
        map.insert("name".into(), Value::string(&service.reference.name));
        map.insert("clusterIP".into(), at("/spec/clusterIP"));
        map.insert("ports".into(), at("/spec/ports"));
        runtime.insert("service".into(), Value::Map(map));
    }
    // The modern plugin's property: the object as it lives, here without its bookkeeping and never with a secret.
    if let [only] = applied
        && !cx.node.is_a(crate::render::kubernetes::MICROSERVICE)
    {
        let mut live = only.live.clone();
        if let Some(map) = live.as_object_mut() {
            // What was given may hold secrets; what the cluster adds does not.
            map.retain(|key, _| {
                matches!(key.as_str(), "apiVersion" | "kind" | "metadata" | "status")
                    || (key == "spec" && only.reference.kind == "Service")
            });
            if let Some(metadata) = map.get_mut("metadata").and_then(Json::as_object_mut) {
                metadata.shift_remove("managedFields");
            }
        }
        runtime.insert("kubernetes".into(), Value::from(live));
    }
    runtime
}

async fn one(cluster: &Cluster, cx: &Context, object: &Object, force: bool) -> Result<Json, Failure> {
    let reference = object.reference();
    let kind = cluster.kind(Some(cx), &reference).await?;
    let api = cluster.api(&kind, reference.namespace.as_deref());
    let adopt = flag(cx, "adopt") || flag(cx, "use_if_exists");
    let present =
        cluster.request(Some(cx), &format!("read {reference}"), || api.get_opt(&reference.name)).await?;
    if let Some(present) = &present {
        let labels = present.metadata.labels.clone().unwrap_or_default();
        let is = |key: &str, value: &str| labels.get(key).is_some_and(|found| *found == label(value));
        let mine = is(DEPLOYMENT_LABEL, &cx.deployment) && is(INSTANCE_LABEL, &cx.instance);
        if !mine && !adopt {
            let owner = if let (Some(deployment), Some(instance)) =
                (labels.get(DEPLOYMENT_LABEL), labels.get(INSTANCE_LABEL))
            {
                format!("belongs to {instance} of deployment {deployment}")
            } else {
                let managers = present.metadata.managed_fields.iter().flatten();
                let names: Vec<String> = managers.filter_map(|entry| entry.manager.clone()).collect();
                format!("was made by {}", names.first().map_or("others", String::as_str))
            };
            return Err(Failure::fatal(format!(
                "{reference} exists already and {owner}; give yours another name, or set `adopt: true` to take it over"
            )));
        }
        if present.metadata.deletion_timestamp.is_some() {
            return Err(Failure::retry(format!("{reference} is still being deleted")));
        }
    }
    let parameters = PatchParams {
        field_manager: Some(MANAGER.into()),
        field_validation: Some(ValidationDirective::Strict),
        force: force || adopt,
        ..PatchParams::default()
    };
    let patch = Patch::Apply(object.json());
    let live = cluster
        .request(Some(cx), &format!("apply {reference}"), || api.patch(&reference.name, &parameters, &patch))
        .await?;
    serde_json::to_value(&live).map_err(|error| Failure::fatal(format!("{reference}: {error}")))
}

/// Waits for a kind that was defined a moment ago.
async fn served(cluster: &Cluster, cx: &Context, reference: &ObjectRef) -> Result<(), Failure> {
    for _ in 0..50 {
        if cluster.find_kind(Some(cx), reference).await?.is_some() {
            return Ok(());
        }
        cx.report.progress(format!("waits for kind {}", reference.kind));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    cluster.kind(Some(cx), reference).await.map(|_| ())
}

/// An object that must exist and is only used.
async fn used(cluster: &Cluster, cx: &Context, reference: &ObjectRef) -> Result<Json, Failure> {
    let live = cluster.get(Some(cx), reference).await?.ok_or_else(|| {
        Failure::fatal(format!(
            "{reference} does not exist, though `use_external_resource` says so; make it, or leave that property out"
        ))
    })?;
    serde_json::to_value(&live).map_err(|error| Failure::fatal(format!("{reference}: {error}")))
}

fn flag(cx: &Context, property: &str) -> bool {
    cx.properties.get(property).and_then(Value::as_bool).unwrap_or(false)
}

fn defines_kinds(planned: &[ObjectRef]) -> bool {
    planned.iter().any(|reference| reference.kind == "CustomResourceDefinition")
}

/// What others need goes first; the rest in the order of the blueprint.
fn rank(kind: &str) -> u8 {
    match kind {
        "Namespace" | "CustomResourceDefinition" | "StorageClass" | "PriorityClass" => 0,
        "ServiceAccount" | "Secret" | "ConfigMap" | "PersistentVolume" | "PersistentVolumeClaim" => 1,
        "Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding" => 2,
        _ => 3,
    }
}

/// `Deployment default/web, Service default/web`, not endless.
pub(super) fn listed(references: &[ObjectRef]) -> String {
    let mut text = references.iter().take(4).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if references.len() > 4 {
        text = format!("{text} and {} more", references.len() - 4);
    }
    text
}

/// Whether a live object carries the labels of `instance`.
pub(super) fn is_of(live: &Json, deployment: &str, instance: &str) -> bool {
    let owner = live
        .pointer("/metadata/labels")
        .and_then(|labels| labels.get(DEPLOYMENT_LABEL))
        .and_then(Json::as_str);
    owner == Some(&label(deployment)) && instance_of(live) == Some(&label(instance))
}
