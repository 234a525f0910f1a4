//! From applied to gone: waiting with a reason, updates, ownership, what is pruned, an API server that goes away.

use std::time::Duration;

use futures::StreamExt;
use gantry::engine::Failure;
use gantry::providers::kubernetes::KubernetesProvider;
use gantry::providers::kubernetes::session::{LogOptions, Pods};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::bench::{Bench, cluster, kubectl, until};

fn admin() -> KubernetesProvider {
    KubernetesProvider::new(Some("admin".into()))
}

/// The page that a pod of `node` serves, through a forwarded port.
async fn page(bench: &Bench, node: &str) -> String {
    let pods = Pods::of(&bench.deployment, &format!("{node}_1"), &bench.runtime(node), None).await.unwrap();
    let mut stream = pods.connect(80).await.unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_string(&mut answer)).await;
    answer
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn a_rolling_update_then_logs_a_command_and_a_forwarded_port() {
    let mut bench = Bench::new("update").web("web", "local/web:1", 2);
    let provider = admin();
    bench.run(&provider, "web", "start").await.unwrap();
    assert!(page(&bench, "web").await.contains("page of web 1"));
    bench.set("web", "cloudify.kubernetes.Microservice", bench.web_properties("web", "local/web:2", 2));
    bench.run(&provider, "web", "start").await.unwrap();
    assert!(page(&bench, "web").await.contains("page of web 2"));
    let images = || {
        let path = "jsonpath={.items[*].spec.containers[*].image}";
        kubectl(&["-n", &bench.namespace, "get", "pods", "-o", path])
    };
    // Old pods may still be ending when the new ones are up.
    let only_new = until(Duration::from_secs(10), || images() == "local/web:2 local/web:2").await;
    assert!(only_new.is_some(), "{}", images());

    let pods = Pods::of("update", "web_1", &bench.runtime("web"), None).await.unwrap();
    let lines: Vec<_> = pods.logs(&LogOptions::default()).await.unwrap().collect().await;
    let started =
        lines.iter().filter(|line| line.as_ref().unwrap().text.contains("SERVERS=10.0.0.1,10.0.0.2")).count();
    assert_eq!(started, 2, "one line of each pod: {lines:?}");
    let command = ["/bin/cat".to_owned(), "/www/index.html".to_owned()];
    let mut process = pods.exec(&command, None, false, false).await.unwrap();
    let mut said = String::new();
    process.stdout().unwrap().read_to_string(&mut said).await.unwrap();
    assert_eq!(said, "page of web 2\n");
    bench.run(&provider, "web", "stop").await.unwrap();
    assert!(Pods::of("update", "web_1", &bench.runtime("web"), None).await.is_err());
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn an_image_that_does_not_exist_is_named_and_the_rest_is_cleaned_up() {
    let bench = Bench::new("image").web("web", "local/none:1", 1);
    let provider = admin();
    let failure = bench.run(&provider, "web", "start").await.unwrap_err();
    assert!(failure.to_string().contains("image `local/none:1` can't be pulled"), "{failure}");
    assert!(bench.said("can't be pulled"), "the reason is told while waiting");
    bench.run(&provider, "web", "stop").await.unwrap();
    let left = kubectl(&["-n", &bench.namespace, "get", "deployments,pods"]);
    assert!(left.starts_with("No resources found"), "{left}");
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn what_others_made_is_not_touched_unless_asked() {
    let mut bench = Bench::new("owner");
    let provider = admin();
    let namespace = bench.namespace.clone();
    kubectl(&["-n", &namespace, "create", "configmap", "settings", "--from-literal=a=theirs"]);
    let settings = |adopt: bool| {
        json!({ "use_if_exists": adopt, "definition": {
        "metadata": { "name": "settings", "namespace": namespace }, "data": { "a": "ours" } } })
    };
    bench.set("settings", "cloudify.kubernetes.resources.ConfigMap", settings(false));
    let failure = bench.run(&provider, "settings", "create").await.unwrap_err();
    assert!(
        matches!(failure, Failure::Fatal { .. }) && failure.to_string().contains("kubectl-create"),
        "{failure}"
    );
    let value =
        || kubectl(&["-n", &bench.namespace, "get", "configmap", "settings", "-o", "jsonpath={.data.a}"]);
    assert_eq!(value(), "theirs");
    // A delete after the refused create must not take what never was ours.
    bench.run(&provider, "settings", "delete").await.unwrap();
    assert_eq!(value(), "theirs");
    let mut bench = bench.clone();
    bench.set("settings", "cloudify.kubernetes.resources.ConfigMap", settings(true));
    bench.run(&provider, "settings", "create").await.unwrap();
    let value =
        kubectl(&["-n", &bench.namespace, "get", "configmap", "settings", "-o", "jsonpath={.data.a}"]);
    assert_eq!(value, "ours");
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn a_microservice_takes_over_only_when_asked() {
    let mut bench = Bench::new("adopt");
    let provider = admin();
    let namespace = bench.namespace.clone();
    kubectl(&["-n", &namespace, "create", "configmap", "settings", "--from-literal=a=theirs"]);
    let settings = |adopt: bool| {
        json!({ "name": "settings", "adopt": adopt, "config": { "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": { "name": "settings", "namespace": namespace }, "data": { "a": "ours" } } })
    };
    bench.set("settings", "cloudify.kubernetes.Microservice", settings(false));
    let refused = bench.run(&provider, "settings", "start").await.unwrap_err().to_string();
    assert!(refused.contains("`adopt: true`") && refused.contains("kubectl-create"), "{refused}");
    bench.set("settings", "cloudify.kubernetes.Microservice", settings(true));
    bench.run(&provider, "settings", "start").await.unwrap();
    let value = kubectl(&["-n", &namespace, "get", "configmap", "settings", "-o", "jsonpath={.data.a}"]);
    assert_eq!(value, "ours");
    bench.run(&provider, "settings", "stop").await.unwrap();
    assert!(!kubectl(&["-n", &namespace, "get", "configmaps", "-o", "name"]).contains("settings"));

    // What is only used stays; what is used and not there is made where that is asked for, and stays as well.
    let used = |create: bool| {
        json!({ "use_external_resource": true, "create_if_missing": create,
            "definition": { "metadata": { "name": "used", "namespace": namespace }, "data": { "a": "1" } } })
    };
    bench.set("used", "cloudify.kubernetes.resources.ConfigMap", used(false));
    let missing = bench.run(&provider, "used", "create").await.unwrap_err().to_string();
    assert!(missing.contains("`create_if_missing: true`"), "{missing}");
    bench.set("used", "cloudify.kubernetes.resources.ConfigMap", used(true));
    bench.run(&provider, "used", "create").await.unwrap();
    bench.run(&provider, "used", "delete").await.unwrap();
    assert_eq!(kubectl(&["-n", &namespace, "get", "configmap", "used", "-o", "jsonpath={.data.a}"]), "1");
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn a_definition_and_its_object_in_one_node_and_what_is_dropped_is_pruned() {
    let mut bench = Bench::new("crd");
    let provider = admin();
    let group = format!("{}.example.com", bench.namespace);
    let definition = json!({ "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": { "name": format!("routers.{group}") },
        "spec": { "group": group, "scope": "Namespaced", "names": { "plural": "routers", "kind": "Router" },
            "versions": [{ "name": "v1", "served": true, "storage": true, "schema": { "openAPIV3Schema": { "type": "object",
                "properties": { "spec": { "type": "object", "properties": { "routes": { "type": "integer" } } } } } } }] } });
    let router = json!({ "apiVersion": format!("{group}/v1"), "kind": "Router",
        "metadata": { "name": "r", "namespace": bench.namespace }, "spec": { "routes": 2 } });
    bench.set(
        "all",
        "cloudify.kubernetes.Microservice",
        json!({ "name": "all", "config": { "kind": "List", "items": [router, definition] } }),
    );
    bench.run(&provider, "all", "start").await.unwrap();
    let plural = format!("routers.{group}");
    assert_eq!(kubectl(&["-n", &bench.namespace, "get", &plural, "r", "-o", "jsonpath={.spec.routes}"]), "2");
    bench.set(
        "all",
        "cloudify.kubernetes.Microservice",
        json!({ "name": "all", "config": { "kind": "List", "items": [definition] } }),
    );
    bench.run(&provider, "all", "start").await.unwrap();
    assert!(kubectl(&["-n", &bench.namespace, "get", &plural]).starts_with("No resources found"));
    bench.run(&provider, "all", "stop").await.unwrap();
    assert!(!kubectl(&["get", "crd"]).contains(&group));
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn an_api_server_killed_in_mid_install_costs_time_only() {
    let bench = (0..6)
        .fold(Bench::new("outage"), |bench, number| bench.web(&format!("web{number}"), "local/web:1", 1));
    let provider = std::sync::Arc::new(admin());
    bench.run(&provider, "web0", "start").await.unwrap();
    let rest: Vec<_> = (1..6)
        .map(|number| {
            let (bench, provider) = (bench.clone(), provider.clone());
            tokio::spawn(async move { bench.run(&provider, &format!("web{number}"), "start").await })
        })
        .collect();
    if cluster("apiserver", &["stop"]).is_none() {
        eprintln!("the API server can only be killed on a cluster of our own");
    } else {
        tokio::time::sleep(Duration::from_secs(3)).await;
        tokio::task::spawn_blocking(|| cluster("apiserver", &["start"])).await.unwrap();
    }
    for task in rest {
        task.await.unwrap().unwrap();
    }
    let names =
        kubectl(&["-n", &bench.namespace, "get", "deployments", "-o", "jsonpath={.items[*].metadata.name}"]);
    assert_eq!(names, "web0 web1 web2 web3 web4 web5");
}
