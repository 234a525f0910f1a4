//! When an object is ready, by its kind; pure.
//!
//! The rules are those of the modern plugin (ready replicas, bound volumes, load balancers with an address), with the
//! generations of the API respected: a status that speaks of an older spec says nothing.

use serde_json::Value as Json;

/// How far an object is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// As it should be.
    Ready,
    /// On its way: what is missing.
    Waiting(String),
    /// It will not get there by itself: why.
    Failed(String),
}

/// How far `object` is.
pub fn readiness(object: &Json) -> Readiness {
    let kind = object.get("kind").and_then(Json::as_str).unwrap_or_default();
    let phase = text(object, "/status/phase");
    if text(object, "/metadata/deletionTimestamp").is_some() {
        return Readiness::Waiting("is being deleted".into());
    }
    match kind {
        "Pod" => pod(object, phase.unwrap_or_default()),
        "Deployment" | "ReplicaSet" | "ReplicationController" | "StatefulSet" | "DaemonSet" => {
            workload(object, kind)
        }
        "Job" => job(object),
        "Service" if text(object, "/spec/type") == Some("LoadBalancer") => has_address(object),
        "Ingress" if text(object, "/spec/ingressClassName").is_some() => has_address(object),
        "PersistentVolumeClaim" => match phase {
            // A claim may wait for its first pod: that is not for us to wait for.
            Some("Lost") => Readiness::Failed("its volume is lost".into()),
            _ => Readiness::Ready,
        },
        "PersistentVolume" => match phase {
            Some("Available" | "Bound") => Readiness::Ready,
            Some("Failed") => Readiness::Failed(text(object, "/status/message").unwrap_or("failed").into()),
            other => Readiness::Waiting(format!("is {}", other.unwrap_or("not known yet"))),
        },
        "Namespace" => match phase {
            Some("Terminating") => Readiness::Waiting("is being deleted".into()),
            _ => Readiness::Ready,
        },
        "CustomResourceDefinition" => by_condition(object, "Established", false),
        "Service" | "Ingress" | "ConfigMap" | "Secret" => Readiness::Ready,
        _ => by_condition(object, "Ready", true),
    }
}

/// Ready and desired parts of a workload or pod; none for objects without parts.
pub fn parts(object: &Json) -> Option<(u32, u32)> {
    let kind = object.get("kind").and_then(Json::as_str)?;
    let count = |pointer: &str| object.pointer(pointer).and_then(Json::as_u64).map(|count| count as u32);
    Some(match kind {
        "Pod" => (u32::from(readiness(object) == Readiness::Ready), 1),
        "DaemonSet" => {
            (count("/status/numberReady").unwrap_or(0), count("/status/desiredNumberScheduled").unwrap_or(0))
        }
        "Deployment" | "ReplicaSet" | "ReplicationController" | "StatefulSet" => {
            (count("/status/readyReplicas").unwrap_or(0), count("/spec/replicas").unwrap_or(1))
        }
        _ => return None,
    })
}

fn pod(object: &Json, phase: &str) -> Readiness {
    match phase {
        "Succeeded" => Readiness::Ready,
        "Running" => by_condition(object, "Ready", false),
        "Failed" => Readiness::Failed(
            text(object, "/status/message")
                .or(text(object, "/status/reason"))
                .unwrap_or("it has failed")
                .into(),
        ),
        other => Readiness::Waiting(format!("is {}", if other.is_empty() { "Pending" } else { other })),
    }
}

fn workload(object: &Json, kind: &str) -> Readiness {
    let count = |pointer: &str| object.pointer(pointer).and_then(Json::as_i64);
    if count("/status/observedGeneration").unwrap_or(0) < count("/metadata/generation").unwrap_or(0) {
        return Readiness::Waiting("its controller has not seen it yet".into());
    }
    if let Some(condition) = condition(object, "Progressing")
        && condition.get("status").and_then(Json::as_str) == Some("False")
    {
        return Readiness::Failed(
            condition.get("message").and_then(Json::as_str).unwrap_or("the rollout has stopped").into(),
        );
    }
    if let Some(condition) = condition(object, "ReplicaFailure")
        && condition.get("status").and_then(Json::as_str) == Some("True")
    {
        return Readiness::Waiting(
            condition.get("message").and_then(Json::as_str).unwrap_or("pods can't be made").into(),
        );
    }
    let (ready, desired) = parts(object).unwrap_or_default();
    let (ready, desired) = (i64::from(ready), i64::from(desired));
    let updated = match kind {
        "Deployment" => count("/status/updatedReplicas").unwrap_or(0),
        "DaemonSet" => count("/status/updatedNumberScheduled").unwrap_or(0),
        "StatefulSet" if text(object, "/spec/updateStrategy/type") != Some("OnDelete") => {
            if text(object, "/status/currentRevision") == text(object, "/status/updateRevision") {
                desired
            } else {
                count("/status/updatedReplicas").unwrap_or(0)
            }
        }
        _ => desired,
    };
    if updated < desired {
        return Readiness::Waiting(format!("{updated} of {desired} pods are updated"));
    }
    if kind == "Deployment" && count("/status/replicas").unwrap_or(0) > updated {
        return Readiness::Waiting("old pods are still there".into());
    }
    if ready < desired {
        return Readiness::Waiting(format!("{ready} of {desired} pods are ready"));
    }
    Readiness::Ready
}

fn job(object: &Json) -> Readiness {
    let is = |kind: &str| {
        condition(object, kind)
            .filter(|condition| condition.get("status").and_then(Json::as_str) == Some("True"))
    };
    if is("Complete").is_some() {
        Readiness::Ready
    } else if let Some(failed) = is("Failed") {
        Readiness::Failed(failed.get("message").and_then(Json::as_str).unwrap_or("the job has failed").into())
    } else {
        Readiness::Waiting("the job is running".into())
    }
}

fn has_address(object: &Json) -> Readiness {
    let list = object.pointer("/status/loadBalancer/ingress").and_then(Json::as_array);
    if list.is_some_and(|list| !list.is_empty()) {
        Readiness::Ready
    } else {
        Readiness::Waiting("no load balancer has given it an address".into())
    }
}

/// Ready when condition `kind` is true; `without` says what it means if there is none.
fn by_condition(object: &Json, kind: &str, without: bool) -> Readiness {
    match condition(object, kind) {
        Some(found) if found.get("status").and_then(Json::as_str) == Some("True") => Readiness::Ready,
        None if without => Readiness::Ready,
        found => Readiness::Waiting(
            found
                .and_then(|found| found.get("message").or(found.get("reason")))
                .and_then(Json::as_str)
                .filter(|message| !message.is_empty())
                .map_or_else(|| format!("is not {kind} yet"), str::to_owned),
        ),
    }
}

fn condition<'a>(object: &'a Json, kind: &str) -> Option<&'a Json> {
    object
        .pointer("/status/conditions")?
        .as_array()?
        .iter()
        .find(|condition| condition.get("type").and_then(Json::as_str) == Some(kind))
}

fn text<'a>(object: &'a Json, pointer: &str) -> Option<&'a str> {
    object.pointer(pointer).and_then(Json::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_kind_by_its_rule() {
        let waiting = |object: Json| matches!(readiness(&object), Readiness::Waiting(_));
        let ready = |object: Json| readiness(&object) == Readiness::Ready;
        let failed = |object: Json| matches!(readiness(&object), Readiness::Failed(_));
        assert!(waiting(
            json!({"kind": "Deployment", "metadata": {"generation": 2}, "spec": {"replicas": 1},
            "status": {"observedGeneration": 1, "readyReplicas": 1, "updatedReplicas": 1, "replicas": 1}})
        ));
        assert!(ready(json!({"kind": "Deployment", "metadata": {"generation": 2}, "spec": {"replicas": 1},
            "status": {"observedGeneration": 2, "readyReplicas": 1, "updatedReplicas": 1, "replicas": 1}})));
        assert!(waiting(json!({"kind": "Deployment", "spec": {"replicas": 1},
            "status": {"readyReplicas": 2, "updatedReplicas": 1, "replicas": 2}})));
        assert!(failed(json!({"kind": "Deployment", "spec": {"replicas": 1},
            "status": {"conditions": [{"type": "Progressing", "status": "False", "message": "deadline"}]}})));
        assert!(ready(json!({"kind": "ReplicationController", "spec": {"replicas": 0}})));
        assert!(waiting(
            json!({"kind": "StatefulSet", "spec": {"replicas": 2}, "status": {"readyReplicas": 1}})
        ));
        assert!(waiting(json!({"kind": "Pod", "status": {"phase": "Running"}})));
        assert!(ready(
            json!({"kind": "Pod", "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}})
        ));
        assert!(failed(json!({"kind": "Pod", "status": {"phase": "Failed"}})));
        assert!(ready(json!({"kind": "Service", "spec": {"type": "ClusterIP"}})));
        assert!(waiting(json!({"kind": "Service", "spec": {"type": "LoadBalancer"}})));
        assert!(ready(json!({"kind": "PersistentVolumeClaim", "status": {"phase": "Pending"}})));
        assert!(waiting(json!({"kind": "CustomResourceDefinition"})));
        assert!(ready(json!({"kind": "Whatever"})));
        assert!(waiting(
            json!({"kind": "Whatever", "status": {"conditions": [{"type": "Ready", "status": "False"}]}})
        ));
        assert!(ready(
            json!({"kind": "Job", "status": {"conditions": [{"type": "Complete", "status": "True"}]}})
        ));
        assert!(waiting(
            json!({"kind": "ConfigMap", "metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}})
        ));
    }
}
