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
        ("unknown-token", "log in again"),
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

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn a_file_that_is_no_descriptor_is_told_before_anything_is_made() {
    let mut bench = Bench::new("files");
    let folder = tempfile::tempdir().unwrap();
    bench.folder = folder.path().to_owned();
    let good = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: first, namespace: {} }}\n",
        bench.namespace
    );
    std::fs::write(folder.path().join("good.yaml"), good).unwrap();
    let provider = KubernetesProvider::new(Some("admin".into()));
    for (text, part) in [
        ("a: [", "is not YAML"),
        ("- a\n- b\n", "is a list, not a Kubernetes object"),
        ("just words", "is text, not a Kubernetes object"),
        ("", "holds no object"),
        ("kind: ConfigMap\n", "has no `apiVersion`"),
        ("apiVersion: v1\nkind: Widget\nmetadata: { name: w }\n", "knows no `Widget` of `v1`"),
        (
            "apiVersion: apps/v1beta1\nkind: Deployment\nmetadata: { name: w }\n",
            "it has `apps/v1`: set `apiVersion`",
        ),
    ] {
        std::fs::write(folder.path().join("bad.yaml"), text).unwrap();
        let files = json!([{ "file": "good.yaml" }, { "file": "bad.yaml" }]);
        bench.set("web", "cloudify.kubernetes.Microservice", json!({ "name": "web", "config_files": files }));
        let failure = bench.run(&provider, "web", "start").await.unwrap_err();
        assert!(matches!(failure, Failure::Fatal { .. }) && failure.to_string().contains(part), "{failure}");
        let made = kubectl(&["-n", &bench.namespace, "get", "configmaps", "-o", "name"]);
        assert!(!made.contains("first"), "half of it was made: {made}");
    }
}
