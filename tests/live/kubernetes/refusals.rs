//! A server that is busy, breaks, or asks for patience; a webhook that hangs; ways to a cluster that a blueprint gives.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use gantry::engine::Failure;
use gantry::model::Value;
use gantry::plan::Health;
use gantry::providers::kubernetes::KubernetesProvider;
use serde_json::{Value as Json, json};

use super::bench::{Bench, kubectl, kubectl_may_fail};
use super::fault::{Door, answer};

fn config_map(namespace: &str, configuration: Json) -> Json {
    json!({ "client_config": { "configuration": configuration },
        "definition": { "metadata": { "name": "settings", "namespace": namespace }, "data": { "a": "1" } } })
}

const CONFIG_MAP: &str = "cloudify.kubernetes.resources.ConfigMap";

/// A deployment whose one `ConfigMap` goes through a door.
async fn through_a_door(name: &str) -> (Bench, Door) {
    let door = Door::open().await;
    let mut bench = Bench::new(name);
    let properties = config_map(&bench.namespace, json!({ "api_options": { "host": door.url } }));
    bench.set("settings", CONFIG_MAP, properties);
    (bench, door)
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn a_busy_server_is_asked_again_when_it_says() {
    let (bench, door) = through_a_door("busy").await;
    let provider = KubernetesProvider::new(None);
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    door.refuse(move |asked| {
        if asked.method != "PATCH" {
            return None;
        }
        match counted.fetch_add(1, Ordering::SeqCst) {
            // As priority and fairness says it: no status, only a header.
            0 => Some(answer("429 Too Many Requests", "Retry-After: 2\r\n", "Too many requests, please try again later.\n")),
            1 => Some(answer("503 Service Unavailable", "", "the balancer finds no server")),
            2 => Some(answer(
                "500 Internal Server Error",
                "Content-Type: application/json\r\n",
                &json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 500, "reason": "ServerTimeout",
                    "message": "the server was slow", "details": { "retryAfterSeconds": 1 } }).to_string(),
            )),
            _ => None,
        }
    });
    let began = Instant::now();
    bench.run(&provider, "settings", "create").await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(3), "asked before it was wanted: {:?}", began.elapsed());
    assert_eq!(count.load(Ordering::SeqCst), 4, "each refusal is asked again once");
    for said in ["Too many requests", "the balancer finds no server", "the server was slow"] {
        assert!(bench.said(said), "not told: {said}");
    }
    // What was sent is what is exported: YAML, with our marks.
    let sent = door.asked("PATCH").pop().unwrap();
    assert_eq!(sent.content_type, "application/apply-patch+yaml");
    assert!(
        sent.body.starts_with("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n"),
        "{}",
        sent.body
    );

    // The same for somebody who deletes.
    let once = AtomicUsize::new(0);
    door.refuse(move |asked| {
        let first = asked.method == "DELETE" && once.fetch_add(1, Ordering::SeqCst) == 0;
        first.then(|| answer("429 Too Many Requests", "Retry-After: 1\r\n", "later"))
    });
    bench.run(&provider, "settings", "delete").await.unwrap();
    assert!(!kubectl_may_fail(&["-n", &bench.namespace, "get", "configmap", "settings"]).0);
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn an_outage_that_does_not_end_is_told_and_can_be_cancelled() {
    let (bench, door) = through_a_door("outage").await;
    let provider = KubernetesProvider::new(None);
    bench.run(&provider, "settings", "create").await.unwrap();
    door.refuse(|_| Some(answer("502 Bad Gateway", "", "nobody behind the gateway")));
    let began = Instant::now();
    let failure = bench.run_within(&provider, "settings", "heal", Duration::from_secs(3)).await.unwrap_err();
    assert!(matches!(failure, Failure::Retry { .. }), "{failure}");
    assert!(failure.to_string().contains("nobody behind the gateway"), "{failure}");
    // Far below the patience that it would have had.
    assert!(began.elapsed() < Duration::from_mins(1), "{:?}", began.elapsed());
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn a_webhook_that_hangs_is_named() {
    let Ok(dir) = std::env::var("GANTRY_TEST_KUBERNETES") else {
        eprintln!("a webhook of this machine is reached only by a cluster of our own");
        return;
    };
    let address = std::fs::read_to_string(format!("{dir}/address")).unwrap();
    let here = address.trim().rsplit_once('.').unwrap().0.to_owned() + ".1";
    let listener = tokio::net::TcpListener::bind((here.as_str(), 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut held = Vec::new();
        // Takes every call and never answers.
        while let Ok((call, _)) = listener.accept().await {
            held.push(call);
        }
    });
    let mut bench = Bench::new("hangs");
    let hook = format!("{}.example.com", bench.namespace);
    let webhook = json!({ "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
        "metadata": { "name": hook }, "webhooks": [{ "name": hook, "sideEffects": "None", "timeoutSeconds": 2,
            "admissionReviewVersions": ["v1"], "failurePolicy": "Fail",
            "clientConfig": { "url": format!("https://{here}:{port}/") },
            "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": bench.namespace } },
            "rules": [{ "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"] }] }] });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("webhook.json");
    std::fs::write(&file, webhook.to_string()).unwrap();
    kubectl(&["apply", "-f", file.to_str().unwrap()]);
    let properties =
        json!({ "definition": { "metadata": { "name": "settings", "namespace": bench.namespace } } });
    bench.set("settings", CONFIG_MAP, properties);
    let provider = KubernetesProvider::new(Some("admin".into()));
    // The API server learns of a webhook a moment after it was made.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let failure = bench.run_within(&provider, "settings", "create", Duration::from_secs(12)).await;
    kubectl(&["delete", "validatingwebhookconfiguration", &hook]);
    let failure = failure.unwrap_err();
    assert!(matches!(failure, Failure::Retry { .. }), "{failure}");
    assert!(bench.said("failed calling webhook") && bench.said(&hook), "{failure}");
    // Nothing is forgotten, and nothing is left.
    assert!(bench.runtime("settings").contains_key("kubernetes_resources"));
    bench.run(&provider, "settings", "delete").await.unwrap();
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn a_blueprint_leads_to_its_cluster_in_every_way() {
    let mut bench = Bench::new("masters");
    let namespace = bench.namespace.clone();
    kubectl(&["-n", &namespace, "create", "serviceaccount", "deployer"]);
    let subject = format!("--serviceaccount={namespace}:deployer");
    kubectl(&["create", "clusterrolebinding", &namespace, "--clusterrole=cluster-admin", &subject]);
    let token = kubectl(&["-n", &namespace, "create", "token", "deployer", "--duration=10m"]);
    let of = |path: &str| {
        let path = format!("jsonpath={{.clusters[?(@.name==\"{}\")].cluster.{path}}}", cluster_name());
        kubectl(&["config", "view", "--raw", "-o", &path])
    };
    let (server, authority) = (of("server"), decoded(&of("certificate-authority-data")));
    let file = super::bench::given("GANTRY_TEST_KUBECONFIG");
    let text = std::fs::read_to_string(&file).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), &authority).unwrap();
    std::fs::write(folder.path().join("cluster.kubeconfig"), &text).unwrap();
    bench.folder = folder.path().to_owned();
    let provider = KubernetesProvider::new(None);
    let options = |changes: Json| {
        let mut options = json!({ "host": server, "api_key": token.trim(), "ssl_ca_cert": authority });
        for (key, value) in changes.as_object().unwrap() {
            options[key] = value.clone();
        }
        json!({ "api_options": options })
    };
    for (what, configuration) in [
        ("a token and an authority", options(json!({}))),
        ("an authority in a file", options(json!({ "ssl_ca_cert": "ca.pem" }))),
        ("any certificate", options(json!({ "ssl_ca_cert": null, "verify_ssl": "false" }))),
        ("a kubeconfig as text", json!({ "file_content": text })),
        ("a kubeconfig of the blueprint", json!({ "blueprint_file_name": "cluster.kubeconfig" })),
        ("a kubeconfig of this machine", json!({ "manager_file_path": file })),
    ] {
        let master = json!({ "configuration": configuration });
        bench.set("cluster", "cloudify.kubernetes.nodes.Master", master);
        let outcome =
            bench.run(&provider, "cluster", "start").await.unwrap_or_else(|why| panic!("{what}: {why}"));
        let version = outcome.runtime["version"].to_string();
        assert!(version.starts_with("v1."), "{what}: {version}");
        let nodes = outcome.runtime["nodes"].as_list().unwrap();
        assert!(
            nodes.iter().all(|node| node.get("ip").is_some_and(|ip| !ip.to_string().is_empty())),
            "{nodes:?}"
        );
        assert_eq!(outcome.runtime["addresses"].as_list().map(<[Value]>::len), Some(nodes.len()));
        let left = format!("{:?}", outcome.runtime);
        assert!(!left.contains(token.trim()), "{what}: a credential is left");
        bench.set("settings", CONFIG_MAP, config_map(&namespace, configuration));
        bench.run(&provider, "settings", "create").await.unwrap_or_else(|why| panic!("{what}: {why}"));
        let mut sight = bench.observe(&provider, &["settings"]);
        sight.next(what, |seen| seen.health == Health::Good).await;
        bench.run(&provider, "settings", "delete").await.unwrap();
    }
    for (what, configuration, part) in [
        ("no authority", options(json!({ "ssl_ca_cert": null })), "certificate is not trusted"),
        ("a wrong token", options(json!({ "api_key": "yesterday" })), "log in again"),
        ("no such file", json!({ "blueprint_file_name": "none" }), "can't be read"),
        ("not a kubeconfig", json!({ "file_content": "x: [" }), "correct the kubeconfig"),
    ] {
        bench.set("settings", CONFIG_MAP, config_map(&namespace, configuration));
        let failure = bench.run(&provider, "settings", "create").await.unwrap_err();
        assert!(matches!(failure, Failure::Fatal { .. }), "{what}: {failure}");
        assert!(failure.to_string().contains(part), "{what}: {failure}");
    }
    kubectl(&["delete", "clusterrolebinding", &namespace]);
}

/// The name of the current context's cluster.
fn cluster_name() -> String {
    kubectl(&["config", "view", "--minify", "-o", "jsonpath={.clusters[0].name}"])
}

fn decoded(base64: &str) -> String {
    use std::io::Write as _;
    let mut decoder = std::process::Command::new("base64")
        .arg("-d")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    decoder.stdin.take().unwrap().write_all(base64.as_bytes()).unwrap();
    String::from_utf8(decoder.wait_with_output().unwrap().stdout).unwrap()
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn a_definition_deleted_while_it_is_watched_takes_its_objects_and_nobody_else() {
    let mut bench = Bench::new("unserved");
    let provider = KubernetesProvider::new(Some("admin".into()));
    let group = format!("{}.example.com", bench.namespace);
    let definition = json!({ "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": { "name": format!("routers.{group}") },
        "spec": { "group": group, "scope": "Namespaced", "names": { "plural": "routers", "kind": "Router" },
            "versions": [{ "name": "v1", "served": true, "storage": true,
                "schema": { "openAPIV3Schema": { "type": "object" } } }] } });
    bench.set(
        "definition",
        "cloudify.kubernetes.resources.CustomResourceDefinition",
        json!({ "definition": definition }),
    );
    bench.run(&provider, "definition", "create").await.unwrap();
    let router = json!({ "definition": { "kind": "Router", "metadata": { "name": "r" } },
        "options": { "group": group, "version": "v1", "plural": "routers", "namespace": bench.namespace } });
    bench.set("router", "cloudify.kubernetes.resources.CustomObject", router);
    let settings =
        json!({ "definition": { "metadata": { "name": "settings", "namespace": bench.namespace } } });
    bench.set("settings", CONFIG_MAP, settings);
    for node in ["router", "settings"] {
        bench.run(&provider, node, "create").await.unwrap();
    }
    let mut router = bench.observe(&provider, &["router"]);
    let mut settings = bench.observe(&provider, &["settings"]);
    router.next("the object", |seen| seen.health == Health::Good).await;
    settings.next("the other", |seen| seen.health == Health::Good).await;
    kubectl(&["delete", "crd", &format!("routers.{group}")]);
    let (seen, _) = router.next("that it is gone", |seen| seen.health == Health::Drifted).await;
    assert!(seen.reason.unwrap().contains("was deleted"));
    assert!(settings.none_within(Duration::from_secs(4)).await, "the other is as it was");
    // Both are gone already: taking them back is no failure.
    for node in ["router", "definition"] {
        bench.run(&provider, node, "delete").await.unwrap();
    }
}
