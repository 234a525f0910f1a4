//! What is seen: a killed pod, an edit behind our back, a deletion, a watch that is cut.

use std::time::Duration;

use gantry::model::Value;
use gantry::plan::Health;
use gantry::providers::kubernetes::KubernetesProvider;
use serde_json::json;

use super::bench::{Bench, cluster, kubectl};

const SOON: Duration = Duration::from_secs(2);

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn the_picture_follows_what_happens() {
    let bench = Bench::new("sight").web("web", "local/web:1", 1);
    let provider = KubernetesProvider::new(Some("admin".into()));
    bench.run(&provider, "web", "start").await.unwrap();
    let mut sight = bench.observe(&provider, &["web"]);
    let (seen, _) = sight.next("good health", |seen| seen.health == Health::Good).await;
    assert_eq!(seen.ready, Some((1, 1)));
    let pods = seen.runtime.get("pods").and_then(Value::as_list).unwrap();
    assert_eq!(pods[0].get("phase").and_then(Value::as_str), Some("Running"));

    let namespace = bench.namespace.as_str();
    kubectl(&["-n", namespace, "delete", "pods", "--all", "--force", "--grace-period=0", "--wait=false"]);
    let (_, took) =
        sight.next("a dead pod", |seen| seen.health == Health::Failed && seen.ready == Some((0, 1))).await;
    assert!(took < SOON, "{took:?}");
    sight.next("healed by the controller", |seen| seen.health == Health::Good).await;

    kubectl(&["-n", namespace, "set", "env", "deployment/web", "SERVERS=elsewhere"]);
    let (seen, _) = sight.next("an edit", |seen| seen.health == Health::Drifted).await;
    let reason = seen.reason.unwrap();
    assert!(
        reason.contains("containers[name=web].env[name=SERVERS].value was changed by kubectl-set"),
        "{reason}"
    );
    // In a few words, for a card: what first, and by whom.
    assert!(
        seen.differences[0].ends_with("env[name=SERVERS].value changed by kubectl-set"),
        "{:?}",
        seen.differences
    );
    // An ordinary apply does not take it back silently; healing does.
    let refused = bench.run(&provider, "web", "start").await.unwrap_err().to_string();
    assert!(refused.contains("kubectl-set"), "{refused}");
    bench.run(&provider, "web", "heal").await.unwrap();
    let (seen, _) = sight.next("healed by us", |seen| seen.health == Health::Good).await;
    assert_eq!(seen.differences, Vec::<String>::new());

    kubectl(&["-n", namespace, "delete", "deployment", "web"]);
    let (seen, took) = sight.next("a deletion", |seen| seen.health == Health::Drifted).await;
    assert!(seen.reason.unwrap().contains("was deleted") && took < SOON, "{took:?}");
    bench.run(&provider, "web", "heal").await.unwrap();
    sight.next("made again", |seen| seen.health == Health::Good).await;
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn a_cut_watch_misses_no_final_state() {
    let bench = Bench::new("cut").web("web", "local/web:1", 1);
    let provider = KubernetesProvider::new(Some("admin".into()));
    bench.run(&provider, "web", "start").await.unwrap();
    let mut sight = bench.observe(&provider, &["web"]);
    sight.next("good health", |seen| seen.health == Health::Good).await;
    if cluster("apiserver", &["stop"]).is_none() {
        eprintln!("the API server can only be killed on a cluster of our own");
        return;
    }
    sight.next("nothing", |seen| seen.health == Health::Unknown && seen.reason.is_some()).await;
    tokio::task::spawn_blocking(|| cluster("apiserver", &["start"])).await.unwrap();
    kubectl(&["-n", &bench.namespace, "scale", "deployment", "web", "--replicas=2"]);
    let (seen, _) = sight.next("two pods", |seen| seen.ready == Some((2, 2))).await;
    assert!(seen.reason.unwrap().contains("spec.replicas was changed by kubectl"));
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn a_master_tells_whether_its_cluster_answers() {
    let bench = Bench::new("answers").node("cluster", "cloudify.kubernetes.nodes.Master", json!({}));
    let provider = KubernetesProvider::new(Some("admin".into()));
    bench.run(&provider, "cluster", "start").await.unwrap();
    let mut sight = bench.observe(&provider, &["cluster"]);
    sight.next("that it answers", |seen| seen.health == Health::Good).await;
    if cluster("apiserver", &["stop"]).is_none() {
        eprintln!("the API server can only be killed on a cluster of our own");
        return;
    }
    let (seen, took) = sight.next("that it is away", |seen| seen.health == Health::Unknown).await;
    tokio::task::spawn_blocking(|| cluster("apiserver", &["start"])).await.unwrap();
    let reason = seen.reason.unwrap();
    assert!(reason.contains("can't be reached") && took < Duration::from_secs(5), "{took:?}: {reason}");
    sight.next("that it answers again", |seen| seen.health == Health::Good).await;
}
