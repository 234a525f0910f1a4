//! Who sees how much: several clusters of one deployment, a role that may not look, credentials that run out while it is
//! watched, a network that goes away without a word.

use std::time::Duration;

use gantry::engine::Failure;
use gantry::plan::Health;
use gantry::providers::kubernetes::KubernetesProvider;
use serde_json::{Value as Json, json};

use super::bench::{Bench, cluster, given, kubectl};

const CONFIG_MAP: &str = "cloudify.kubernetes.resources.ConfigMap";

fn settings(bench: &Bench, name: &str, client: Json) -> Json {
    json!({ "client_config": client, "definition": { "metadata": { "name": name, "namespace": bench.namespace }, "data": { "a": "1" } } })
}

/// A kubeconfig of `account`, which may do what `rules` say in the namespace.
fn kubeconfig_of(bench: &Bench, account: &str, verbs: &str, resources: &str) -> String {
    let namespace = bench.namespace.as_str();
    kubectl(&["-n", namespace, "create", "serviceaccount", account]);
    kubectl(&[
        "-n",
        namespace,
        "create",
        "role",
        account,
        &format!("--verb={verbs}"),
        &format!("--resource={resources}"),
    ]);
    let subject = format!("--serviceaccount={namespace}:{account}");
    kubectl(&["-n", namespace, "create", "rolebinding", account, &format!("--role={account}"), &subject]);
    let token = kubectl(&["-n", namespace, "create", "token", account, "--duration=10m"]);
    with_token(token.trim())
}

/// The kubeconfig of the tests with `token` in the place of who asks.
fn with_token(token: &str) -> String {
    let minified = kubectl(&["config", "view", "--raw", "--minify", "-o", "json"]);
    let mut kubeconfig: Json = serde_json::from_str(&minified).unwrap();
    kubeconfig["users"][0]["user"] = json!({ "token": token });
    kubeconfig.to_string()
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn a_cluster_that_is_away_hides_none_of_the_others() {
    let mut bench = Bench::new("two");
    let file = json!({ "configuration": { "manager_file_path": given("GANTRY_TEST_KUBECONFIG") } });
    let provider = KubernetesProvider::new(None);
    for name in ["away", "here"] {
        bench.set(name, CONFIG_MAP, settings(&bench, name, file.clone()));
        bench.run(&provider, name, "create").await.unwrap();
    }
    let away = json!({ "configuration": { "api_options": { "host": "https://127.0.0.1:9" } } });
    bench.set("away", CONFIG_MAP, settings(&bench, "away", away));
    // Another program: this one has been to both.
    let provider = KubernetesProvider::new(None);
    let mut sight = bench.observe(&provider, &["away", "here"]);
    let mut seen = [sight.any().await.unwrap(), sight.any().await.unwrap()];
    seen.sort_by(|a, b| a.instance.cmp(&b.instance));
    assert_eq!((seen[0].instance.as_str(), seen[0].health), ("away_1", Health::Unknown));
    assert!(seen[0].reason.as_ref().unwrap().contains("can't be reached"), "{:?}", seen[0].reason);
    assert_eq!((seen[1].instance.as_str(), seen[1].health), ("here_1", Health::Good), "{:?}", seen[1].reason);
    assert!(sight.none_within(Duration::from_secs(7)).await, "the same is not told again and again");
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn a_role_that_may_not_look_is_told_and_one_that_sees_no_pods_is_enough() {
    let mut bench = Bench::new("roles").web("web", "local/web:1", 1);
    let provider = KubernetesProvider::new(None);
    let blind = kubeconfig_of(&bench, "blind", "get,create,patch,delete", "deployments.apps");
    let mut properties = bench.web_properties("web", "local/web:1", 1);
    properties["configuration"] = json!({ "file_content": blind });
    bench.set("web", "cloudify.kubernetes.Microservice", properties.clone());
    let refused = bench.run(&provider, "web", "start").await.unwrap_err();
    assert!(matches!(refused, Failure::Fatal { .. }), "{refused}");
    for part in [
        "can't be seen",
        "cannot list resource \"deployments\"",
        "ask for a role",
        "validate_resource_status: false",
    ] {
        assert!(refused.to_string().contains(part), "{part}: {refused}");
    }
    let enough = kubeconfig_of(&bench, "enough", "get,list,watch,create,patch,delete", "deployments.apps");
    properties["configuration"] = json!({ "file_content": enough });
    bench.set("web", "cloudify.kubernetes.Microservice", properties);
    bench.run(&provider, "web", "start").await.unwrap();
    let mut sight = bench.observe(&provider, &["web"]);
    let (seen, _) = sight.next("good health", |seen| seen.health == Health::Good).await;
    assert_eq!(seen.ready, Some((1, 1)));
    bench.run(&provider, "web", "stop").await.unwrap();
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn who_logs_in_again_sees_again() {
    let mut bench = Bench::new("login");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kubeconfig");
    let good = kubeconfig_of(&bench, "seer", "get,list,watch,create,patch,delete", "configmaps,pods");
    std::fs::write(&file, with_token("a-token-of-yesterday")).unwrap();
    let client = json!({ "configuration": { "manager_file_path": file } });
    bench.set("settings", CONFIG_MAP, settings(&bench, "settings", client));
    let provider = KubernetesProvider::new(None);
    let refused = bench.run(&provider, "settings", "create").await.unwrap_err().to_string();
    assert!(refused.contains("log in again") && !refused.contains("of-yesterday"), "{refused}");
    std::fs::write(&file, &good).unwrap();
    bench.run(&provider, "settings", "create").await.unwrap();
    std::fs::write(&file, with_token("a-token-of-yesterday")).unwrap();
    let provider = KubernetesProvider::new(None);
    let mut sight = bench.observe(&provider, &["settings"]);
    let (seen, _) = sight.next("a locked door", |seen| seen.health == Health::Unknown).await;
    assert!(seen.reason.as_ref().unwrap().contains("log in again"), "{:?}", seen.reason);
    std::fs::write(&file, &good).unwrap();
    let (_, took) = sight.next("good health", |seen| seen.health == Health::Good).await;
    assert!(took < Duration::from_secs(10), "{took:?}");
    bench.run(&provider, "settings", "delete").await.unwrap();
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn a_network_that_goes_away_without_a_word_is_noticed() {
    let bench = Bench::new("cutoff").web("web", "local/web:1", 1);
    let provider = KubernetesProvider::new(Some("admin".into()));
    bench.run(&provider, "web", "start").await.unwrap();
    let mut sight = bench.observe(&provider, &["web"]);
    sight.next("good health", |seen| seen.health == Health::Good).await;
    // No end of a connection, no refusal: packets just do not come through any more.
    let link = |state: &'static str| cluster("inside", &["control", "ip", "link", "set", "to-test", state]);
    if link("down").is_none() {
        eprintln!("the network can only be cut on a cluster of our own");
        return;
    }
    let noticed = tokio::spawn(async move {
        let (seen, took) = sight.next("nothing", |seen| seen.health == Health::Unknown).await;
        (sight, seen, took)
    })
    .await;
    // Whatever came of it: the tests that follow need the network.
    link("up");
    cluster("inside", &["control", "ip", "route", "replace", "default", "via", &gateway()]);
    let (mut sight, seen, took) = noticed.unwrap();
    assert!(seen.reason.as_ref().unwrap().contains("can't be reached"), "{:?}", seen.reason);
    eprintln!("a cut network is noticed after {took:.1?}");
    sight.next("good health again", |seen| seen.health == Health::Good).await;
    bench.run(&provider, "web", "stop").await.unwrap();
}

/// This machine as the control machine sees it.
fn gateway() -> String {
    let dir = given("GANTRY_TEST_KUBERNETES");
    let address = std::fs::read_to_string(format!("{dir}/address")).unwrap();
    address.trim().rsplit_once('.').unwrap().0.to_owned() + ".1"
}
