//! A hundred microservices at once; as a bench (`tests/live/kubernetes/run bench`) against `kubectl apply` and `kubectl
//! wait` on the same cluster in the same run, in turns.
//!
//! `GANTRY_BENCH_ROUNDS` is how many turns; who begins changes from one to the next. An ordinary test run has none and
//! says nothing about time: its machine may be busy with anything.

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

/// Seconds that `kubectl` takes, in a namespace of its own.
fn theirs(round: usize) -> f64 {
    let peer = Bench::new(&format!("peer{round}"));
    let objects: Vec<_> =
        (0..COUNT).map(|number| properties(&peer, &format!("w{number}"))["config"].clone()).collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.json");
    let list = serde_json::json!({ "apiVersion": "v1", "kind": "List", "items": objects });
    std::fs::write(&file, list.to_string()).unwrap();
    let namespace = peer.namespace.as_str();
    let began = Instant::now();
    kubectl(&["apply", "-f", file.to_str().unwrap()]);
    kubectl(&["-n", namespace, "wait", "--for=condition=Available", "deployment", "--all", "--timeout=300s"]);
    let took = began.elapsed().as_secs_f64();
    kubectl(&["-n", namespace, "delete", "deployment", "--all", "--cascade=foreground", "--grace-period=1"]);
    took
}

/// Seconds until they are ready, and until they are gone.
async fn ours(round: usize) -> (f64, f64) {
    let mut bench = Bench::new(&format!("hundred{round}"));
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
            began.elapsed().as_secs_f64()
        }
    };
    let (ready, gone) = (all("start").await, all("stop").await);
    assert!(kubectl(&["-n", &bench.namespace, "get", "deployments,pods"]).starts_with("No resources found"));
    (ready, gone)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn a_hundred_microservices_at_once_come_up_and_go() {
    let Some(rounds) = std::env::var("GANTRY_BENCH_ROUNDS").ok().and_then(|it| it.parse().ok()) else {
        ours(0).await;
        return;
    };
    let (mut sum, mut peer) = (0.0, 0.0);
    for round in 0..rounds {
        let (ready, gone, kubectl) = if round % 2 == 0 {
            let kubectl = theirs(round);
            let (ready, gone) = ours(round).await;
            (ready, gone, kubectl)
        } else {
            let (ready, gone) = ours(round).await;
            (ready, gone, theirs(round))
        };
        eprintln!(
            "{COUNT} microservices ready: {ready:.1} s, by kubectl apply and wait: {kubectl:.1} s; deleted in {gone:.1} s"
        );
        (sum, peer) = (sum + ready, peer + kubectl);
    }
    let ratio = sum / peer;
    eprintln!("ratio over {rounds} rounds: {ratio:.2} (limit 1.3)");
    assert!(ratio <= 1.3, "{sum:.1} s against {peer:.1} s");
}
