//! A thousand pods that change: what watching them costs, and whether the final state of each is seen.
//!
//! No kubelet here could hold so many: the pods are real objects of a real Deployment that no scheduler takes, and this
//! test writes their status through the API, as a kubelet would. The cost is the time that the watching threads alone
//! have run for. Its limit is asserted for an optimised build, where `GANTRY_BENCH_PODS` says how many pods.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use gantry::plan::Health;
use gantry::providers::kubernetes::KubernetesProvider;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{ListParams, Patch, PatchParams};
use serde_json::json;

use super::bench::{Bench, kubectl};

/// Processor seconds that threads called `name` have run for.
fn seconds_of(name: &str) -> f64 {
    let mut ticks = 0.0;
    for task in std::fs::read_dir("/proc/self/task").unwrap().flatten() {
        let stat = std::fs::read_to_string(task.path().join("stat")).unwrap_or_default();
        let Some((head, rest)) = stat.rsplit_once(')') else { continue };
        if head.ends_with(&format!("({name}")) {
            let fields: Vec<&str> = rest.split_whitespace().collect();
            ticks += fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
        }
    }
    ticks / 100.0
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn a_thousand_changing_pods_are_followed_at_little_cost() {
    let wanted: Option<u32> = std::env::var("GANTRY_BENCH_PODS").ok().and_then(|count| count.parse().ok());
    let count = wanted.unwrap_or(100);
    // How long the changes take, spread evenly.
    let spread = Duration::from_millis(30) * count;
    let mut bench = Bench::new("many");
    let mut properties = bench.web_properties("web", "local/pause:1", count);
    properties["validate_resource_status"] = json!(false);
    properties["config"]["spec"]["template"]["spec"]["schedulerName"] = json!("nobody");
    bench.set("web", "cloudify.kubernetes.Microservice", properties);
    let provider = KubernetesProvider::new(Some("admin".into()));
    bench.run(&provider, "web", "start").await.unwrap();

    let client = kube::Client::try_default().await.unwrap();
    let pods: kube::Api<Pod> = kube::Api::namespaced(client, &bench.namespace);
    let names = loop {
        let all = pods.list_metadata(&ListParams::default()).await.unwrap().items;
        if all.len() == count as usize {
            break all.into_iter().filter_map(|pod| pod.metadata.name).collect::<Vec<_>>();
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    };

    // The watching has threads of its own, whose time is counted.
    let watching = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("watching")
        .enable_all()
        .build()
        .unwrap();
    let of = bench.clone();
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let told_often = Arc::new(AtomicUsize::new(0));
    let often = told_often.clone();
    watching.spawn(async move {
        let provider = KubernetesProvider::new(Some("admin".into()));
        let mut sight = of.observe(&provider, &["web"]);
        while let Some(seen) = sight.any().await {
            often.fetch_add(1, Ordering::Relaxed);
            let _ = tell.send(seen);
        }
    });
    let mut last = told.recv().await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (began, cost) = (Instant::now(), seconds_of("watching"));
    let mut phases: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, name) in names.iter().enumerate() {
        let phase = if number % 100 == 7 { "Pending" } else { "Running" };
        *phases.entry(phase).or_default() += 1;
        let ready = if phase == "Running" { "True" } else { "False" };
        let status = json!({ "status": { "phase": phase, "podIP": format!("10.9.{}.{}", number / 250, number % 250 + 1),
            "conditions": [{ "type": "Ready", "status": ready }],
            "containerStatuses": [{ "name": "web", "image": "i", "imageID": "", "ready": phase == "Running", "restartCount": 0,
                "state": { "running": { "startedAt": null } } }] } });
        pods.patch_status(name, &PatchParams::default(), &Patch::Merge(&status)).await.unwrap();
        let due = spread.mul_f64((number + 1) as f64 / f64::from(count));
        tokio::time::sleep(due.saturating_sub(began.elapsed())).await;
    }
    let took = began.elapsed();
    let running = phases["Running"] as u32;
    let limit = Instant::now() + Duration::from_mins(2);
    while last.ready != Some((running, count)) {
        last = tokio::time::timeout_at(limit.into(), told.recv())
            .await
            .expect("the final state is seen")
            .unwrap();
    }
    let share = (seconds_of("watching") - cost) / began.elapsed().as_secs_f64() * 100.0;
    assert_ne!(last.health, Health::Good, "one in a hundred is not ready");
    eprintln!(
        "{count} pods changed in {took:.1?}: watching took {share:.1} % of a core, and told {} times; final state {:?}",
        told_often.load(Ordering::Relaxed),
        last.ready
    );
    if wanted.is_some() && !cfg!(debug_assertions) {
        assert!(share <= 5.0, "{share:.1} % of a core");
    }
    watching.shutdown_background();
    kubectl(&["-n", &bench.namespace, "delete", "deployment", "web", "--wait=false"]);
    kubectl(&[
        "-n",
        &bench.namespace,
        "delete",
        "pods",
        "--all",
        "--force",
        "--grace-period=0",
        "--wait=false",
    ]);
}
