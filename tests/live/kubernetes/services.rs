//! A microservice by its image alone: a controller, and a service that really leads to its pods.

use std::time::Duration;

use gantry::providers::kubernetes::KubernetesProvider;
use serde_json::json;

use super::bench::{Bench, cluster, kubectl, until};

#[tokio::test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn a_service_leads_to_its_pods_by_its_own_address_and_by_a_port_of_the_node() {
    if cluster("inside", &["node1", "true"]).is_none() {
        eprintln!("a node can only be looked at from inside on a cluster of our own");
        return;
    }
    let mut bench = Bench::new("service");
    let place = json!({ "metadata": { "namespace": bench.namespace } });
    let mut run = place.clone();
    run["spec"] = json!({ "template": { "spec": { "terminationGracePeriodSeconds": 1 } } });
    let mut expose = place;
    expose["spec"] = json!({ "type": "NodePort" });
    bench.set(
        "web",
        "cloudify.kubernetes.Microservice",
        json!({ "name": "web", "image": "docker.io/local/web:1", "port": 8081, "target_port": 80, "replicas": 2,
            "run_overrides": run, "expose_overrides": expose }),
    );
    let provider = KubernetesProvider::new(Some("admin".into()));
    bench.run(&provider, "web", "start").await.unwrap();
    let runtime = bench.runtime("web");
    let service = &runtime["service"];
    let address = service.get("clusterIP").unwrap().to_string();
    let port = service.get("ports").unwrap().as_list().unwrap()[0].get("nodePort").unwrap().to_string();
    let node = kubectl(&["get", "node", "node1", "-o", "jsonpath={.status.addresses[0].address}"]);
    for (what, place) in
        [("its own address", format!("{address}/8081")), ("a port of the node", format!("{node}/{port}"))]
    {
        let ask =
            format!(r"exec 3<>/dev/tcp/{place}; printf 'GET / HTTP/1.0\r\n\r\n' >&3; timeout 3 cat <&3");
        // kube-proxy learns of endpoints a moment after they are ready.
        let page = || {
            cluster("inside", &["node1", "timeout", "5", "bash", "-c", &ask])
                .unwrap()
                .contains("page of web 1")
        };
        assert!(until(Duration::from_secs(30), page).await.is_some(), "{what}: no page at {place}");
    }
    bench.run(&provider, "web", "stop").await.unwrap();
}
