//! A hundred microservices at once, against `kubectl apply` and `kubectl wait` on the same cluster in the same run.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gantry::providers::kubernetes::KubernetesProvider;

use super::bench::{Bench, kubectl};

const COUNT: usize = 100;

/// Small pods: what is measured is the way to ready, not the programs in them.
fn properties(bench: &Bench, name: &str) -> serde_json::Value {
    let mut properties = bench.web_properties(name, "local/pause:1", 1);
    let pod = &mut properties["config"]["spec"]["template"]["spec"];
    pod["hostNetwork"] = serde_json::json!(true);
    pod["containers"][0].as_object_mut().unwrap().remove("readinessProbe");
    properties
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn a_hundred_microservices_as_fast_as_kubectl() {
    let peer = Bench::new("peer");
    let objects: Vec<_> =
        (0..COUNT).map(|number| properties(&peer, &format!("w{number}"))["config"].clone()).collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.json");
    std::fs::write(
        &file,
        serde_json::json!({ "apiVersion": "v1", "kind": "List", "items": objects }).to_string(),
    )
    .unwrap();
    let began = Instant::now();
    kubectl(&["apply", "-f", file.to_str().unwrap()]);
    kubectl(&[
        "-n",
        &peer.namespace,
        "wait",
        "--for=condition=Available",
        "deployment",
        "--all",
        "--timeout=300s",
    ]);
    let theirs = began.elapsed();
    kubectl(&[
        "-n",
        &peer.namespace,
        "delete",
        "deployment",
        "--all",
        "--cascade=foreground",
        "--grace-period=1",
    ]);

    let mut bench = Bench::new("hundred");
    for number in 0..COUNT {
        let name = format!("w{number}");
        bench.set(&name, "cloudify.kubernetes.Microservice", properties(&bench, &name));
    }
    let provider = Arc::new(KubernetesProvider::new(Some("admin".into())));
    let all = |step: &'static str| {
        let (bench, provider) = (bench.clone(), provider.clone());
        async move {
            let began = Instant::now();
            let tasks: Vec<_> = (0..COUNT)
                .map(|number| {
                    let (bench, provider) = (bench.clone(), provider.clone());
                    let limit = Duration::from_mins(5);
                    tokio::spawn(async move {
                        bench.run_within(&provider, &format!("w{number}"), step, limit).await
                    })
                })
                .collect();
            for task in tasks {
                task.await.unwrap().unwrap();
            }
            began.elapsed()
        }
    };
    let ours = all("start").await;
    let gone = all("stop").await;
    eprintln!(
        "{COUNT} microservices ready: {ours:.1?}, by kubectl apply and wait: {theirs:.1?}; deleted in {gone:.1?}"
    );
    assert!(ours.as_secs_f64() <= theirs.as_secs_f64() * 1.3, "{ours:?} against {theirs:?}");
    assert!(kubectl(&["-n", &bench.namespace, "get", "deployments,pods"]).starts_with("No resources found"));
}
