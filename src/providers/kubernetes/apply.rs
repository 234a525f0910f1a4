//! Applying the objects of an instance: server-side, as our field manager, owned by labels.
//!
//! Owns ownership: what others made is not touched unless that is asked for. Applying twice changes nothing.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use kube::Error;
use kube::api::{Patch, PatchParams, Request, ValidationDirective};
use kube::core::Status;
use serde_json::Value as Json;

use super::cluster::{Cluster, Kind};
use super::fields::{MANAGER, ours};
use super::inventory::{CLUSTER, FIELDS, RESOURCES, fields, record, resources};
use super::mirror::instance_of;
use super::remove;
use crate::engine::{Context, Failure, Outcome};
use crate::model::{Map, Value};
use crate::render::kubernetes::{
    DEPLOYMENT_LABEL, INSTANCE_LABEL, MICROSERVICE, Object, ObjectRef, is_external, label, version_before,
};

/// An object as the API server answered.
pub(super) struct Applied {
    pub reference: ObjectRef,
    pub live: Json,
}

/// How far applying may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Intent {
    /// Makes it; what others have set since is theirs.
    Make,
    /// Brings it to what the blueprint says now; what can't be changed in place is made anew.
    Update,
    /// Puts it right: fields that were ours and that others have set since are taken back.
    Heal,
}

/// An object and where it goes. The object itself stays as rendered: that is what is sent.
struct Placed {
    reference: ObjectRef,
    object: Object,
}

/// Applies `objects` in their order.
/// Objects that the instance had and has no longer are deleted at the end.
pub(super) async fn apply(
    cluster: &Arc<Cluster>,
    cx: &Context,
    objects: Vec<Object>,
    intent: Intent,
) -> Result<Vec<Applied>, Failure> {
    let external = is_external(&cx.properties);
    let mut placed: Vec<Placed> = Vec::new();
    let mut defines_kinds = false;
    for mut object in objects {
        let mut reference = object.reference();
        let mut kind = cluster.find_kind(Some(cx), &reference).await?;
        if kind.is_none()
            && let Some(before) = version_before(&cx.node.type_hierarchy, &cx.properties)
        {
            let older = ObjectRef { api_version: before.into(), ..reference.clone() };
            kind = cluster.find_kind(Some(cx), &older).await?;
            if kind.is_some() {
                let young = &reference.api_version;
                let told = format!("{reference} goes as {before}: the cluster knows no {young} of it");
                cx.report.made(told, Map::new()).await;
                object.set_api_version(before);
                reference = older;
            }
        }
        match kind {
            Some(kind) if kind.namespaced => {
                reference.namespace.get_or_insert_with(|| cluster.namespace.clone());
            }
            Some(_) => reference.namespace = None,
            // One of these objects may define it: then it is found once that is applied.
            None if defines_kinds => {}
            None => {
                cluster.kind(Some(cx), &reference).await?;
            }
        }
        defines_kinds |= reference.kind == "CustomResourceDefinition";
        placed.push(Placed { reference, object });
    }
    let planned: Vec<ObjectRef> = placed.iter().map(|placed| placed.reference.clone()).collect();
    let before = resources(&cx.runtime);
    let mut runtime = Map::new();
    runtime.insert(CLUSTER.into(), cluster.way.to_runtime());
    if !external {
        let mut all = planned.clone();
        all.extend(before.iter().filter(|reference| !planned.contains(reference)).cloned());
        runtime.insert(RESOURCES.into(), record(&all));
    }
    cx.report.made(format!("applies {}", listed(&planned)), runtime).await;

    let mut applied = Vec::new();
    for placed in &placed {
        if cx.cancel.is_cancelled() {
            return Err(Failure::retry("cancelled"));
        }
        if defines_kinds {
            served(cluster, cx, &placed.reference).await?;
        }
        let live = if external {
            used(cluster, cx, placed).await?
        } else {
            one(cluster, cx, placed, intent).await?
        };
        applied.push(Applied { reference: placed.reference.clone(), live });
    }
    let uids: HashSet<&str> = applied.iter().filter_map(|applied| uid(&applied.live)).collect();
    let mut stale = Vec::new();
    for reference in before.into_iter().filter(|reference| !planned.contains(reference)) {
        let live = cluster.get(Some(cx), &reference).await?;
        // In another version it may be one of those that were applied just now.
        let same = live.and_then(|live| live.metadata.uid).is_some_and(|uid| uids.contains(uid.as_str()));
        if !same {
            stale.push(reference);
        }
    }
    if !stale.is_empty() {
        remove::remove(cluster, cx, &stale).await?;
    }
    Ok(applied)
}

fn uid(live: &Json) -> Option<&str> {
    live.pointer("/metadata/uid").and_then(Json::as_str)
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
    if let [only] = applied
        && !cx.node.is_a(MICROSERVICE)
    {
        runtime.insert("kubernetes".into(), shown(&only.live));
    }
    runtime
}

/// Reads what is there again: what the cluster added while it became ready (addresses, volumes, …).
pub(super) async fn read(cluster: &Cluster, cx: &Context) -> Result<Outcome, Failure> {
    let resources = resources(&cx.runtime);
    let [only] = resources.as_slice() else { return Ok(Outcome::default()) };
    if cx.node.is_a(MICROSERVICE) {
        return Ok(Outcome::default());
    }
    let live = cluster.get(Some(cx), only).await?;
    let live = live.map(|live| serde_json::to_value(&live).unwrap_or_default());
    Ok(live.map_or_else(Outcome::default, |live| Outcome::default().with("kubernetes", shown(&live))))
}

/// The modern plugin's runtime property `kubernetes`: the object as it lives, without its bookkeeping and never with
/// what was given, which may be secret.
pub(super) fn shown(live: &Json) -> Value {
    let mut live = live.clone();
    let is_service = live.get("kind").and_then(Json::as_str) == Some("Service");
    if let Some(map) = live.as_object_mut() {
        map.retain(|key, _| {
            matches!(key.as_str(), "apiVersion" | "kind" | "metadata" | "status")
                || (key == "spec" && is_service)
        });
        if let Some(metadata) = map.get_mut("metadata").and_then(Json::as_object_mut) {
            metadata.shift_remove("managedFields");
            // `kubectl apply` keeps all that it was given here.
            if let Some(annotations) = metadata.get_mut("annotations").and_then(Json::as_object_mut) {
                annotations.shift_remove("kubectl.kubernetes.io/last-applied-configuration");
            }
        }
    }
    Value::from(live)
}

async fn one(cluster: &Cluster, cx: &Context, placed: &Placed, intent: Intent) -> Result<Json, Failure> {
    let reference = &placed.reference;
    let kind = cluster.kind(Some(cx), reference).await?;
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
            let asked = if cx.node.is_a(MICROSERVICE) { "adopt" } else { "use_if_exists" };
            return Err(Failure::fatal(format!(
                "{reference} exists already and {owner}; give yours another name, or set `{asked}: true` to take it over"
            )));
        }
        if present.metadata.deletion_timestamp.is_some() {
            return Err(Failure::retry(format!("{reference} is still being deleted")));
        }
    }
    let recorded = fields(&cx.runtime).remove(&reference.to_string()).unwrap_or_default();
    let send =
        || send(cluster, &kind, placed, adopt, |taken| intent == Intent::Heal && recorded.is_superset(taken));
    match cluster.request(Some(cx), &format!("apply {reference}"), send).await {
        Err(Failure::Fatal { why }) if intent == Intent::Update && is_fixed(&why) && present.is_some() => {
            cx.report.progress(format!("{reference} can't be changed in place and is made anew"));
            remove::remove(cluster, cx, std::slice::from_ref(reference)).await?;
            cluster.request(Some(cx), &format!("apply {reference}"), send).await
        }
        other => other,
    }
}

/// Sends one object as it was rendered. Where others have set some of its fields, `may_take` says whether these may be
/// taken from them.
async fn send(
    cluster: &Cluster,
    kind: &Kind,
    placed: &Placed,
    force: bool,
    may_take: impl Fn(&BTreeSet<String>) -> bool,
) -> Result<Json, Error> {
    let request = |force: bool| {
        let parameters = PatchParams {
            field_manager: Some(MANAGER.into()),
            field_validation: Some(ValidationDirective::Strict),
            force,
            ..PatchParams::default()
        };
        let path = cluster.path(kind, placed.reference.namespace.as_deref());
        let mut request = Request::new(path)
            .patch(&placed.reference.name, &parameters, &Patch::Apply(()))
            .map_err(Error::BuildRequest)?;
        *request.body_mut() = placed.object.to_yaml().into_bytes();
        Ok::<_, Error>(request)
    };
    match cluster.client.request(request(force)?).await {
        Err(Error::Api(status)) if !force && may_take(&conflicting(&status)) => {
            cluster.client.request(request(true)?).await
        }
        other => other,
    }
}

/// Fields that others have set, as [`super::fields`] writes them; a set that is part of nothing if there are none.
fn conflicting(status: &Status) -> BTreeSet<String> {
    let causes = status.details.as_ref().map(|details| details.causes.as_slice()).unwrap_or_default();
    let fields: BTreeSet<String> = causes
        .iter()
        .filter(|cause| cause.reason == "FieldManagerConflict")
        .map(|cause| cause.field.trim_start_matches('.').replace('"', ""))
        .collect();
    if fields.is_empty() { BTreeSet::from([String::new()]) } else { fields }
}

/// Whether a refusal says that the object can't be changed to what is wanted.
fn is_fixed(why: &str) -> bool {
    why.contains("field is immutable") || why.contains("updates to statefulset spec for fields other than")
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

/// An object that must exist and is only used; made without a mark of ours where `create_if_missing` says so.
async fn used(cluster: &Cluster, cx: &Context, placed: &Placed) -> Result<Json, Failure> {
    let reference = &placed.reference;
    match cluster.get(Some(cx), reference).await? {
        Some(live) => {
            serde_json::to_value(&live).map_err(|error| Failure::fatal(format!("{reference}: {error}")))
        }
        None if flag(cx, "create_if_missing") => {
            let kind = cluster.kind(Some(cx), reference).await?;
            let send = || send(cluster, &kind, placed, false, |_| false);
            cluster.request(Some(cx), &format!("apply {reference}"), send).await
        }
        None => Err(Failure::fatal(format!(
            "{reference} does not exist, though `use_external_resource` says so; make it, set `create_if_missing: true`, or leave `use_external_resource` out"
        ))),
    }
}

fn flag(cx: &Context, property: &str) -> bool {
    cx.properties.get(property).and_then(Value::as_bool).unwrap_or(false)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_ours_is_taken_back() {
        let status = |fields: &[&str]| -> Status {
            let causes: Vec<_> = fields
                .iter()
                .map(|field| serde_json::json!({"reason": "FieldManagerConflict", "field": field}))
                .collect();
            serde_json::from_value(serde_json::json!({"code": 409, "details": {"causes": causes}})).unwrap()
        };
        let ours: BTreeSet<String> =
            ["spec.replicas", "spec.template.spec.containers[name=web].image"].map(str::to_owned).into();
        let image = ".spec.template.spec.containers[name=\"web\"].image";
        assert!(ours.is_superset(&conflicting(&status(&[".spec.replicas", image]))));
        assert!(!ours.is_superset(&conflicting(&status(&[".spec.replicas", ".spec.paused"]))));
        assert!(!ours.is_superset(&conflicting(&status(&[]))), "another conflict is none of fields");
    }
}
