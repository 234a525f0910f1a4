//! Managers, machines and networks: what an engine makes of the infrastructure types.

use std::process::Command;

use futures::StreamExt;
use gantry::engine::{Failure, Provider};
use gantry::plan::Health;
use gantry::providers::docker::{DockerProvider, endpoint};
use gantry::providers::swarm::SwarmProvider;

use super::bench::{ALONE, Bench, docker, given};
use super::services::swarm;

const CONTAINED: &str = "cloudify.relationships.contained_in";

fn engine() -> DockerProvider {
    DockerProvider::new(endpoint(&given("GANTRY_TEST_DOCKER").parse().unwrap()).unwrap())
}

fn cluster(deployment: &str) -> Bench {
    Bench::new(deployment)
        .node("host", "cloudify.nodes.Compute", serde_json::json!({ "ip": "10.100.100.10" }), &[])
        .node(
            "manager",
            "cloudify.swarm.Manager",
            serde_json::json!({ "ip": "10.100.100.10", "port": 2375, "init": true }),
            &[(CONTAINED, "host")],
        )
        .node(
            "worker",
            "cloudify.nodes.Compute",
            serde_json::json!({}),
            &[("cloudify.relationships.connected_to", "manager")],
        )
        .node(
            "spare",
            "cloudify.nodes.Compute",
            serde_json::json!({}),
            &[("cloudify.relationships.connected_to", "manager")],
        )
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real Docker Engine: tests/run docker"]
async fn the_existing_swarm_is_used_and_its_other_node_is_leased() {
    let _alone = ALONE.lock().await;
    let (engine, swarm, bench) = (engine(), swarm(), cluster("lease"));
    bench.run(&engine, "host", "create").await.unwrap();
    bench.run(&swarm, "manager", "create").await.unwrap();
    let address = given("GANTRY_TEST_DOCKER_ADDRESS");
    assert_eq!(bench.text("host", "ip").as_deref(), Some(address.as_str()));
    let info = bench.runtime("manager")["swarm_info"].clone();
    assert_eq!(info.get("manager_ip").unwrap().to_string(), address);
    assert_eq!(info.get("nodes").unwrap().as_int(), Some(2));
    assert!(!info.to_string().contains("SWMTKN"), "join tokens are secrets");

    bench.run(&engine, "worker", "create").await.unwrap();
    assert_eq!(bench.text("worker", "hostname").as_deref(), Some("m2"));
    bench.run(&engine, "worker", "create").await.unwrap();
    let Failure::Fatal { why } = bench.run(&engine, "spare", "create").await.unwrap_err() else {
        panic!("not final")
    };
    assert!(
        why.contains("no node free for spare_1: m2 (it belongs to worker_1 of deployment lease)"),
        "{why}"
    );
    assert!(why.contains("docker swarm join-token worker"), "{why}");

    bench.run(&engine, "worker", "delete").await.unwrap();
    bench.run(&engine, "spare", "create").await.unwrap();
    bench.run(&engine, "spare", "delete").await.unwrap();
    assert_eq!(docker(&["node", "inspect", "m2", "--format", "{{.Spec.Labels}}"]), "map[]");
    bench.run(&swarm, "manager", "delete").await.unwrap();
    assert!(docker(&["node", "ls", "-q"]).lines().count() == 2, "a swarm that was there before stays");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real Docker Engine: tests/run docker"]
async fn a_network_has_the_blueprints_range_and_goes_again() {
    let engine = engine();
    let network = |deployment: &str, cidr: &str, external: bool| {
        let properties = serde_json::json!({ "cidr": cidr, "use_external_resource": external });
        Bench::new(deployment).node("edge", "cloudify.nodes.Network", properties, &[])
    };
    let bench = network("nets", "10.99.100.0/24", false);
    bench.run(&engine, "edge", "create").await.unwrap();
    let name = bench.text("edge", "external_name").unwrap();
    let shown = docker(&[
        "network",
        "inspect",
        &name,
        "--format",
        "{{(index .IPAM.Config 0).Subnet}} {{.Attachable}} {{.Driver}}",
    ]);
    assert_eq!(shown, "10.99.100.0/24 true overlay");
    let again = bench.run(&engine, "edge", "create").await.unwrap();
    assert!(again.message.unwrap().contains("is there already"));

    let rival = network("rival", "10.99.0.0/16", false);
    let Failure::Fatal { why } = rival.run(&engine, "edge", "create").await.unwrap_err() else {
        panic!("not final")
    };
    assert!(why.contains("overlaps with Docker's network nets_edge_1 (10.99.100.0/24)"), "{why}");
    let guest = network("guest", "10.99.100.0/24", true);
    guest.run(&engine, "edge", "create").await.unwrap();
    guest.run(&engine, "edge", "delete").await.unwrap();
    // Only its own network is looked for: other tests make and remove theirs at the same time.
    let left = || docker(&["network", "ls", "-q", "--filter", &format!("name={name}")]).lines().count();
    assert_eq!(left(), 1, "a guest's network is not its own to remove");

    bench.run(&engine, "edge", "delete").await.unwrap();
    assert_eq!(left(), 0);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real Docker Engine: tests/run docker"]
async fn an_engine_becomes_a_swarm_when_asked_and_none_again() {
    let folder = tempfile::Builder::new().prefix("gantry-init").tempdir().unwrap();
    let own = folder.path().join("e");
    let run = |words: &[&str]| Command::new(given("GANTRY_TEST_ENGINE")).args(words).status().unwrap();
    let (path, me) = (own.to_str().unwrap(), std::process::id().to_string());
    assert!(run(&["up", path, "--no-web", "--while", &me]).success());
    let socket = format!("unix://{path}/m1/docker.sock");
    let target = endpoint(&socket.parse().unwrap()).unwrap();
    let (engine, swarm) = (DockerProvider::new(target.clone()), SwarmProvider::new(target));

    let plain =
        Bench::new("plain").node("manager", "cloudify.swarm.Manager", serde_json::json!({ "ip": "x" }), &[]);
    let Failure::Fatal { why } = plain.run(&swarm, "manager", "create").await.unwrap_err() else {
        panic!("not final")
    };
    assert!(why.contains("is in no swarm") && why.contains("init: true"), "{why}");
    let service = Bench::new("plain").service("web", "x", serde_json::json!({}), 80);
    let Failure::Fatal { why } = service.run(&swarm, "web", "start").await.unwrap_err() else {
        panic!("not final")
    };
    assert!(why.contains("not a manager of a swarm"), "{why}");

    let bench = cluster("made");
    bench.run(&engine, "host", "create").await.unwrap();
    bench.run(&swarm, "manager", "create").await.unwrap();
    let state = || {
        let output = Command::new("docker")
            .args(["-H", &socket, "info", "-f", "{{.Swarm.LocalNodeState}}"])
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    assert_eq!(state(), "active");
    assert_eq!(
        bench.text("host", "ip"),
        bench.runtime("manager")["swarm_info"].get("manager_ip").map(ToString::to_string)
    );
    bench.run(&swarm, "manager", "create").await.unwrap();
    let Failure::Fatal { why } = bench.run(&engine, "worker", "create").await.unwrap_err() else {
        panic!("not final")
    };
    assert!(why.contains("it has no other node"), "{why}");
    bench.run(&swarm, "manager", "delete").await.unwrap();
    assert_eq!(state(), "inactive");
    assert!(run(&["down", path]).success());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real Docker Engine: tests/run docker"]
async fn a_lost_node_is_seen_and_seen_to_come_back() {
    let _alone = ALONE.lock().await;
    let (engine, swarm, bench) = (engine(), swarm(), cluster("loss"));
    bench.run(&swarm, "manager", "create").await.unwrap();
    bench.run(&engine, "worker", "create").await.unwrap();
    let mut news = engine.observe(bench.scope(&["worker"]));
    let limit = std::time::Duration::from_mins(1);
    let mut next = async || tokio::time::timeout(limit, news.next()).await.unwrap().unwrap();
    assert_eq!(next().await.health, Health::Good);
    let machine = |verb: &str| {
        let done =
            Command::new(given("GANTRY_TEST_ENGINE")).args([verb, &given("GANTRY_TEST_DIR"), "m2"]).status();
        assert!(done.unwrap().success(), "{verb}");
    };
    machine("kill");
    let lost = next().await;
    assert_eq!((lost.health, lost.reason.as_deref()), (Health::Failed, Some("the node is down")));
    machine("start");
    assert_eq!(next().await.health, Health::Good);
    bench.run(&engine, "worker", "delete").await.unwrap();
}
