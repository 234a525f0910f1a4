//! Why something is not ready: each reason is told while it is waited for, and when waiting ends.

use std::time::Duration;

use gantry::engine::Failure;
use gantry::plan::Health;
use gantry::providers::kubernetes::KubernetesProvider;
use serde_json::{Value as Json, json};

use super::bench::{Bench, kubectl};

fn merged(into: &mut Json, from: &Json) {
    match (into, from) {
        (Json::Object(into), Json::Object(from)) => {
            from.iter().for_each(|(key, value)| merged(into.entry(key.clone()).or_insert(Json::Null), value));
        }
        (into, from) => *into = from.clone(),
    }
}

/// What becomes of a web whose pods are changed so.
async fn waited(bench: &mut Bench, pod: Json, container: Json, limit: u64) -> Failure {
    let mut properties = bench.web_properties("web", "local/web:1", 1);
    let spec = &mut properties["config"]["spec"]["template"]["spec"];
    merged(spec, &pod);
    merged(&mut spec["containers"][0], &container);
    bench.set("web", "cloudify.kubernetes.Microservice", properties);
    let provider = KubernetesProvider::new(Some("admin".into()));
    let failure = bench.run_within(&provider, "web", "start", Duration::from_secs(limit)).await.unwrap_err();
    bench.run(&provider, "web", "stop").await.unwrap();
    failure
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn each_reason_for_waiting_is_told() {
    let mut bench = Bench::new("reasons");
    let none = json!({ "volumes": [{ "name": "v", "configMap": { "name": "none-of-that-name" } }] });
    let mounted = json!({ "volumeMounts": [{ "name": "v", "mountPath": "/v" }] });
    for (what, pod, container, limit, part) in [
        (
            "no node fits",
            json!({ "nodeSelector": { "none": "of-that-kind" } }),
            json!({}),
            6,
            "can't be scheduled: 0/1 nodes are available",
        ),
        (
            "it keeps ending",
            json!({}),
            json!({ "command": ["/bin/sh", "-c", "exit 3"] }),
            60,
            "container `web` keeps ending with exit code 3",
        ),
        (
            "there is no such program",
            json!({}),
            json!({ "command": ["/bin/none-of-that-name"] }),
            15,
            "container `web` can't be started (exec: \"/bin/none-of-that-name\"",
        ),
        ("a volume is missing", none, mounted, 15, "configmap \"none-of-that-name\" not found"),
        (
            "its probe fails",
            json!({}),
            json!({ "readinessProbe": { "httpGet": { "path": "/none", "port": 80 }, "periodSeconds": 1 } }),
            15,
            "Readiness probe failed",
        ),
    ] {
        let failure = waited(&mut bench, pod, container, limit).await;
        assert!(matches!(failure, Failure::Retry { .. }), "{what}: {failure}");
        assert!(failure.to_string().contains(part), "{what}: {failure}");
        assert!(bench.said(part), "{what} is told while waiting: {:?}", bench.said.lock().unwrap());
    }
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn a_quota_and_a_job_that_fails_are_told() {
    let mut bench = Bench::new("quota");
    kubectl(&["-n", &bench.namespace, "create", "quota", "none", "--hard=pods=0"]);
    let failure = waited(&mut bench, json!({}), json!({}), 8).await.to_string();
    assert!(failure.contains("exceeded quota: none"), "{failure}");
    kubectl(&["-n", &bench.namespace, "delete", "quota", "none"]);

    let spec = json!({ "backoffLimit": 0, "template": { "spec": { "restartPolicy": "Never", "containers": [
        { "name": "c", "image": "docker.io/local/pause:1", "imagePullPolicy": "IfNotPresent", "command": ["/bin/sh", "-c", "exit 4"] }] } } });
    let definition = json!({ "metadata": { "name": "once", "namespace": bench.namespace }, "spec": spec });
    bench.set("once", "cloudify.kubernetes.resources.Job", json!({ "definition": definition }));
    let provider = KubernetesProvider::new(Some("admin".into()));
    let failure = bench.run(&provider, "once", "create").await.unwrap_err().to_string();
    assert!(failure.contains("backoff limit"), "{failure}");
    let mut sight = bench.observe(&provider, &["once"]);
    let (seen, _) = sight.next("a failed job", |seen| seen.health == Health::Failed).await;
    assert!(seen.reason.unwrap().contains("backoff limit"));
    bench.run(&provider, "once", "delete").await.unwrap();
    let left = kubectl(&["-n", &bench.namespace, "get", "jobs,pods"]);
    assert!(left.starts_with("No resources found"), "{left}");
}
