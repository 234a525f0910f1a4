//! Each way in which a cluster refuses is told so that a person knows what to do.

use std::time::{Duration, Instant};

use gantry::engine::Failure;
use gantry::providers::kubernetes::KubernetesProvider;
use serde_json::{Value as Json, json};

use super::bench::{Bench, kubectl};

fn settings(namespace: &str, changes: &Json) -> Json {
    let mut object = json!({ "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": { "name": "settings", "namespace": namespace }, "data": { "a": "1" } });
    for (key, value) in changes.as_object().unwrap() {
        object[key] = value.clone();
    }
    json!({ "name": "settings", "config": object })
}

async fn refused(bench: &mut Bench, context: &str, changes: Json) -> Failure {
    let properties = settings(&bench.namespace, &changes);
    bench.set("settings", "cloudify.kubernetes.Microservice", properties);
    let provider = KubernetesProvider::new(Some(context.into()));
    bench.run_within(&provider, "settings", "start", Duration::from_secs(20)).await.unwrap_err()
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn every_wrong_way_to_the_cluster_is_told() {
    let mut bench = Bench::new("ways");
    for (context, part) in [
        ("none-of-that-name", "lists the contexts"),
        ("nobody", "ask for a role"),
        ("expired", "log in again"),
        ("other-authority", "certificate is not trusted"),
        ("other-host", "certificate is for another name"),
        ("nobody-listens", "can't be reached"),
    ] {
        let began = Instant::now();
        let failure = refused(&mut bench, context, json!({})).await;
        assert!(failure.to_string().contains(part), "{context}: {failure}");
        assert!(began.elapsed() < Duration::from_secs(10), "{context} took {:?}", began.elapsed());
        assert!(!failure.to_string().contains("a-token-of-yesterday"));
        assert_eq!(
            matches!(failure, Failure::Retry { .. }),
            context == "nobody-listens",
            "{context}: {failure}"
        );
    }
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn every_wrong_descriptor_is_told() {
    let mut bench = Bench::new("descriptors");
    for (changes, part) in [
        (json!({ "kind": "Configmap" }), "knows no `Configmap` of `v1`"),
        (json!({ "apiVersion": "none.example.com/v1" }), "knows no `ConfigMap` of `none.example.com/v1`"),
        (json!({ "_privileged": true }), "_privileged: field not declared"),
        (json!({ "data": { "a": { "b": 1 } } }), "correct the descriptor"),
        (
            json!({ "metadata": { "name": "settings", "namespace": "none-of-that-name" } }),
            "make the namespace first",
        ),
        (
            json!({ "metadata": { "name": "Not_A_Name", "namespace": bench.namespace.clone() } }),
            "correct the descriptor",
        ),
    ] {
        let failure = refused(&mut bench, "admin", changes).await;
        assert!(matches!(failure, Failure::Fatal { .. }), "{failure}");
        assert!(failure.to_string().contains(part), "{failure}");
    }
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn a_namespace_that_is_terminating_is_waited_for() {
    let mut bench = Bench::new("ending");
    let namespace = bench.namespace.clone();
    kubectl(&["-n", &namespace, "create", "configmap", "held"]);
    let finalizers = |list: &str| {
        let patch = format!("{{\"metadata\": {{\"finalizers\": {list}}}}}");
        kubectl(&["-n", &namespace, "patch", "configmap", "held", "-p", &patch]);
    };
    finalizers("[\"example.com/held\"]");
    kubectl(&["delete", "namespace", &namespace, "--wait=false"]);
    let failure = refused(&mut bench, "admin", json!({})).await;
    finalizers("null");
    assert!(matches!(failure, Failure::Retry { .. }), "{failure}");
    assert!(failure.to_string().contains("being terminated"), "{failure}");
}
