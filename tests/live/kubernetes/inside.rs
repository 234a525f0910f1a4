//! Looking into pods: logs of containers that are silent, stuck, restarted or no text; a port where nobody listens.

use std::time::Duration;

use futures::StreamExt as _;
use gantry::providers::kubernetes::KubernetesProvider;
use gantry::providers::kubernetes::session::{LogLine, LogOptions, Logs, Pods};
use serde_json::json;

use super::bench::{Bench, until};

const POD: &str = "cloudify.kubernetes.resources.Pod";

/// A pod with a container of every temper.
fn tempers(bench: &mut Bench) {
    let container = |name: &str, script: &str| {
        json!({ "name": name, "image": "docker.io/local/pause:1", "imagePullPolicy": "IfNotPresent",
            "command": ["/bin/sh", "-c", script] })
    };
    let chatty =
        r"echo begins; printf 'raw \377\n'; until [ -e /tmp/stop ]; do sleep 0.2; echo tick; done; exit 3";
    let mut stuck = container("stuck", "true");
    stuck["image"] = json!("docker.io/local/none:1");
    let definition = json!({ "metadata": { "name": "tempers", "namespace": bench.namespace }, "spec": {
        "terminationGracePeriodSeconds": 1, "initContainers": [container("first", "echo prepared")],
        "containers": [container("silent", "sleep 1000"), container("chatty", chatty), stuck] } });
    bench.set("tempers", POD, json!({ "definition": definition, "validate_resource_status": false }));
}

async fn pods(bench: &Bench, node: &str) -> Pods {
    Pods::of(&bench.deployment, &format!("{node}_1"), &bench.runtime(node), None).await.unwrap()
}

/// The first line that `wanted` takes, within some seconds.
async fn line(logs: &mut Logs, what: &str, wanted: impl Fn(&LogLine) -> bool) -> LogLine {
    let found = async {
        while let Some(said) = logs.next().await {
            if let Ok(line) = said
                && wanted(&line)
            {
                return line;
            }
        }
        panic!("the logs end without {what}");
    };
    tokio::time::timeout(Duration::from_secs(30), found)
        .await
        .unwrap_or_else(|_| panic!("never said: {what}"))
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn each_container_is_heard_whatever_the_others_do() {
    let mut bench = Bench::new("tempers");
    tempers(&mut bench);
    let provider = KubernetesProvider::new(Some("admin".into()));
    bench.run(&provider, "tempers", "create").await.unwrap();
    let pods = pods(&bench, "tempers").await;
    let follow = LogOptions { follow: true, ..LogOptions::default() };
    let mut followed = pods.logs(&follow).await.unwrap();
    line(&mut followed, "what was prepared", |line| line.container == "first" && line.text == "prepared")
        .await;
    // The silent one, which has not said a word, holds up nobody.
    line(&mut followed, "a word", |line| line.container == "chatty" && line.text == "begins").await;
    line(&mut followed, "no text", |line| line.text == "raw \u{fffd}").await;

    let all: Vec<_> = pods.logs(&LogOptions::default()).await.unwrap().collect().await;
    let lines: Vec<&LogLine> = all.iter().filter_map(|said| said.as_ref().ok()).collect();
    assert!(lines.iter().any(|line| line.container == "first"), "{all:?}");
    assert!(lines.iter().any(|line| line.text == "tick"), "{all:?}");
    let problems: Vec<String> =
        all.iter().filter_map(|said| said.as_ref().err()).map(ToString::to_string).collect();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].contains("tempers/stuck has not started"), "{problems:?}");
    let previous = LogOptions { previous: true, ..LogOptions::default() };
    let none = pods.logs(&previous).await.err().unwrap().to_string();
    assert_eq!(none, "no container of tempers_1 has been restarted");
    let other = LogOptions { container: Some("other".into()), ..LogOptions::default() };
    let none = pods.logs(&other).await.err().unwrap().to_string();
    assert_eq!(none, "tempers_1 has no container `other`; it has chatty, first, silent, stuck");

    // A container that begins again is followed on.
    let stop = ["/bin/sh", "-c", ">/tmp/stop"].map(str::to_owned);
    let mut process = pods.exec(&stop, Some("chatty"), false, false).await.unwrap();
    process.take_status().unwrap().await;
    line(&mut followed, "the next run", |line| line.text == "begins").await;
    let before: Vec<_> = pods.logs(&previous).await.unwrap().collect().await;
    assert!(before.iter().any(|said| said.as_ref().is_ok_and(|line| line.text == "tick")), "{before:?}");
    bench.run(&provider, "tempers", "delete").await.unwrap();
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn logs_are_followed_into_the_pods_of_a_rolling_update() {
    let mut bench = Bench::new("follow").web("web", "local/web:1", 1);
    let provider = KubernetesProvider::new(Some("admin".into()));
    bench.run(&provider, "web", "start").await.unwrap();
    let follow = LogOptions { follow: true, tail: Some(5), ..LogOptions::default() };
    let mut followed = pods(&bench, "web").await.logs(&follow).await.unwrap();
    let first = line(&mut followed, "the first pod", |line| line.text.contains("web starts")).await;
    bench.set("web", "cloudify.kubernetes.Microservice", bench.web_properties("web", "local/web:2", 1));
    bench.run(&provider, "web", "start").await.unwrap();
    let next = line(&mut followed, "the next pod", |line| line.text.contains("web starts")).await;
    assert_ne!(first.pod, next.pod);
    bench.run(&provider, "web", "stop").await.unwrap();
}

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn a_port_where_nobody_listens_is_told() {
    let bench = Bench::new("deaf").web("web", "local/web:1", 1);
    let provider = KubernetesProvider::new(Some("admin".into()));
    bench.run(&provider, "web", "start").await.unwrap();
    let pods = pods(&bench, "web").await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let complaints = heard.clone();
    let forwarding = tokio::spawn(async move {
        pods.forward(listener, 81, move |why| complaints.lock().unwrap().push(why)).await
    });
    let mut near = tokio::net::TcpStream::connect(address).await.unwrap();
    let _ = tokio::io::AsyncReadExt::read(&mut near, &mut [0; 8]).await;
    let told = until(Duration::from_secs(10), || !heard.lock().unwrap().is_empty()).await;
    let heard = heard.lock().unwrap().clone();
    assert!(told.is_some() && heard[0] == "nobody listens at port 81 of the pod", "{heard:?}");
    assert!(!forwarding.is_finished(), "the next connection may find somebody");
    forwarding.abort();
    bench.run(&provider, "web", "stop").await.unwrap();
}
