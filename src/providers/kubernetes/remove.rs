//! Deleting what an instance owns, in reverse order, each until it is gone.
//!
//! Owns the proof of ownership before deletion: what carries other labels is left alone, and said.

use std::time::Duration;

use kube::api::{DeleteParams, ListParams, Preconditions};
use kube::core::DynamicObject;
use serde_json::Value as Json;

use super::apply::is_of;
use super::cluster::{Cluster, core_kind};
use super::manner::Manner;
use crate::engine::{Context, Failure};
use crate::render::kubernetes::{DEPLOYMENT_LABEL, INSTANCE_LABEL, ObjectRef, label};

/// Deletes `references`, last first. Returns what was left alone because it is not ours.
pub(super) async fn remove(
    cluster: &Cluster,
    cx: &Context,
    references: &[ObjectRef],
) -> Result<Vec<ObjectRef>, Failure> {
    let manner = Manner::of(&cx.properties)
        .map_err(|bad| Failure::fatal(format!("{}: {}; {}", cx.node.name, bad.message, bad.hint)))?;
    let mut left = Vec::new();
    for reference in references.iter().rev() {
        if !gone(cluster, cx, reference, &manner).await? {
            left.push(reference.clone());
        }
    }
    if manner.leaves_dependents() {
        return Ok(left);
    }
    let mut namespaces: Vec<&str> =
        references.iter().filter_map(|reference| reference.namespace.as_deref()).collect();
    namespaces.sort_unstable();
    namespaces.dedup();
    for namespace in namespaces {
        no_pods(cluster, cx, namespace).await?;
    }
    Ok(left)
}

/// Deletes one object and waits until it is gone; false if it is somebody else's.
async fn gone(
    cluster: &Cluster,
    cx: &Context,
    reference: &ObjectRef,
    manner: &Manner,
) -> Result<bool, Failure> {
    let mut pause = Duration::from_millis(60);
    let mut asked: Option<String> = None;
    loop {
        let Some(live) = cluster.get(Some(cx), reference).await? else { return Ok(true) };
        let uid = live.metadata.uid.clone().unwrap_or_default();
        match &asked {
            // Another one of the same name, made since: not the one that was ours.
            Some(deleted) if *deleted != uid => return Ok(true),
            Some(_) => {}
            None => {
                let json = serde_json::to_value(&live).unwrap_or_default();
                if !is_of(&json, &cx.deployment, &cx.instance) {
                    return Ok(false);
                }
                delete(cluster, cx, reference, &uid, manner).await?;
                asked = Some(uid);
                continue;
            }
        }
        cx.report.progress(waits_for(reference, &live));
        pause_or_stop(cx, pause, reference).await?;
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}

async fn delete(
    cluster: &Cluster,
    cx: &Context,
    reference: &ObjectRef,
    uid: &str,
    manner: &Manner,
) -> Result<(), Failure> {
    // A kind that is gone meanwhile has taken its objects with it.
    let Some((kind, _)) = cluster.served(Some(cx), reference).await? else { return Ok(()) };
    let api = cluster.api(&kind, reference.namespace.as_deref());
    let parameters = DeleteParams {
        preconditions: Some(Preconditions { uid: Some(uid.to_owned()), resource_version: None }),
        ..manner.parameters()
    };
    cluster
        .request(Some(cx), &format!("delete {reference}"), || async {
            match api.delete(&reference.name, &parameters).await {
                Err(kube::Error::Api(status)) if matches!(status.code, 404) => Ok(()),
                other => other.map(|_| ()),
            }
        })
        .await
}

/// Waits until no pod of the instance is left in `namespace`.
async fn no_pods(cluster: &Cluster, cx: &Context, namespace: &str) -> Result<(), Failure> {
    let api = cluster.api(&core_kind("v1", "Pod", "pods"), Some(namespace));
    let selector =
        format!("{DEPLOYMENT_LABEL}={},{INSTANCE_LABEL}={}", label(&cx.deployment), label(&cx.instance));
    let parameters = ListParams::default().labels(&selector);
    let mut pause = Duration::from_millis(60);
    loop {
        let pods = match cluster.request(Some(cx), "list pods", || api.list(&parameters)).await {
            Ok(pods) => pods.items,
            // Their owners are gone, and they were to go first.
            Err(Failure::Fatal { why }) => {
                cx.report.progress(format!("whether pods are left can't be seen: {why}"));
                return Ok(());
            }
            Err(failure) => return Err(failure),
        };
        let Some(first) = pods.first() else { return Ok(()) };
        let name = first.metadata.name.clone().unwrap_or_default();
        cx.report.progress(format!("{} pods are still ending, {name} among them", pods.len()));
        let reference = ObjectRef { kind: "Pod".into(), name, ..ObjectRef::default() };
        pause_or_stop(cx, pause, &reference).await?;
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}

async fn pause_or_stop(cx: &Context, pause: Duration, reference: &ObjectRef) -> Result<(), Failure> {
    tokio::select! {
        () = tokio::time::sleep(pause) => Ok(()),
        () = cx.cancel.cancelled() => Err(Failure::retry(format!("{reference} is still being deleted"))),
    }
}

fn waits_for(reference: &ObjectRef, live: &DynamicObject) -> String {
    let finalizers = live.metadata.finalizers.clone().unwrap_or_default();
    let others: Vec<&str> =
        finalizers.iter().map(String::as_str).filter(|name| *name != "foregroundDeletion").collect();
    let conditions = live.data.pointer("/status/conditions").and_then(Json::as_array);
    let content = conditions.into_iter().flatten().find(|condition| {
        matches!(
            condition.get("type").and_then(Json::as_str),
            Some("NamespaceContentRemaining" | "NamespaceFinalizersRemaining")
        ) && condition.get("status").and_then(Json::as_str) == Some("True")
    });
    if let Some(message) = content.and_then(|condition| condition.get("message")).and_then(Json::as_str) {
        format!("{reference} is being deleted: {message}")
    } else if others.is_empty() {
        format!("{reference} is being deleted")
    } else {
        format!("{reference} is being deleted and waits for its finalizers: {}", others.join(", "))
    }
}
