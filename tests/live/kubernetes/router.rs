//! The article's router: a privileged pod on the node's own network puts routes into the node's table.

use std::path::PathBuf;
use std::time::Duration;

use gantry::providers::kubernetes::KubernetesProvider;
use serde_json::json;

use super::bench::{Bench, cluster, kubectl, until};

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn the_router_routes_and_is_gone_without_a_trace() {
    let Some(before) = cluster("inside", &["node1", "ip", "route"]) else {
        eprintln!("the node's routing table can only be read on a cluster of our own");
        return;
    };
    assert!(!before.contains("10.100.102.0/24"), "{before}");
    let mut bench = Bench::new("router");
    bench.folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/blueprints/hybrid-vnf/service"));
    bench.set("proxy", "cloudify.nodes.DeploymentProxy", json!({ "image": "local/router:1" }));
    let namespace = format!("['metadata']['namespace'] = '{}'", bench.namespace);
    let container = "['spec']['template']['spec']['containers'][0]";
    bench.set(
        "quagga",
        "cloudify.kubernetes.Microservice",
        json!({
            "name": "quagga",
            "config_files": [
                { "file": "resources/kubernetes/pod.yaml", "overrides": [
                    format!("{container}['image'] = '@{{proxy,image}}'"), format!("{container}['command'] = ['bash', 'start.sh']"), namespace,
                ] },
                { "file": "resources/kubernetes/service.yaml", "overrides": [namespace] },
            ],
            "env": { "ROUTES": ["10.100.102.0/24 dev eth1"] },
        }),
    );
    let provider = KubernetesProvider::new(Some("admin".into()));
    bench.run(&provider, "quagga", "start").await.unwrap();
    let pods = kubectl(&["-n", &bench.namespace, "get", "pods", "-o", "wide"]);
    assert!(pods.contains("1/1") && pods.contains("10.213."), "not on the node's network: {pods}");
    // The pod is ready before its daemons have spoken to the kernel.
    let routed = || cluster("inside", &["node1", "ip", "route"]).unwrap().contains("10.100.102.0/24");
    until(Duration::from_secs(10), routed).await.expect("the route appears in the node's table");
    let ask = r"exec 3<>/dev/tcp/10.100.102.31/80; printf 'GET / HTTP/1.0\r\n\r\n' >&3; timeout 3 cat <&3";
    let page = cluster("inside", &["node1", "bash", "-c", ask]).unwrap();
    assert!(page.contains("page of the conventional host"), "{page}");
    // Again, as after a crash in the middle: nothing is made twice.
    let uid = || {
        kubectl(&[
            "-n",
            &bench.namespace,
            "get",
            "rc,service,pods",
            "-o",
            "jsonpath={.items[*].metadata.uid}",
        ])
    };
    let first = uid();
    bench.run(&provider, "quagga", "start").await.unwrap();
    assert_eq!(uid(), first);

    bench.run(&provider, "quagga", "stop").await.unwrap();
    let after = cluster("inside", &["node1", "ip", "route"]).unwrap();
    assert!(!after.contains("10.100.102.0/24"), "{after}");
    assert_eq!(
        kubectl(&["-n", &bench.namespace, "get", "rc,service,pods"]),
        format!("No resources found in {} namespace.", bench.namespace)
    );
    assert!(bench.runtime("quagga").get("kubernetes_resources").is_none());
}
