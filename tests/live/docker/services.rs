//! Services: a page through nginx, once and only once; what is wrong is said; nothing is left behind.

use std::time::{Duration, Instant};

use futures::StreamExt;
use gantry::engine::{Failure, Provider};
use gantry::plan::Health;
use gantry::providers::docker::endpoint;
use gantry::providers::swarm::SwarmProvider;

use super::bench::{Bench, docker, given, page};

pub fn swarm() -> SwarmProvider {
    SwarmProvider::new(endpoint(&given("GANTRY_TEST_DOCKER").parse().unwrap()).unwrap())
}

fn service_id(name: &str) -> String {
    docker(&["service", "inspect", "--format", "{{.ID}} {{.Version.Index}}", name])
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real Docker Engine: tests/run docker"]
async fn nginx_balances_over_real_backends_and_leaves_nothing_behind() {
    let (swarm, image) = (swarm(), given("GANTRY_TEST_NGINX_IMAGE"));
    let servers: Vec<String> = given("GANTRY_TEST_WEB").split(',').map(str::to_owned).collect();
    let bench =
        Bench::new("lane").service("lb-pages", &image, serde_json::json!({ "SERVERS": servers }), 18080);
    bench.run(&swarm, "lb-pages", "start").await.unwrap();

    let url = format!("http://{}:18080/", given("GANTRY_TEST_DOCKER_ADDRESS"));
    page(&url, |text| text == "I am web1");
    page(&url, |text| text == "I am web2");

    let made = service_id("lb-pages");
    assert_eq!(made.split(' ').next(), bench.text("lb-pages", "service_id").as_deref());
    let again = bench.run(&swarm, "lb-pages", "start").await.unwrap();
    assert_eq!(service_id("lb-pages"), made, "the second time nothing is touched");
    assert!(again.message.unwrap().contains("there already"));

    bench.run(&swarm, "lb-pages", "delete").await.unwrap();
    assert!(
        docker(&["ps", "-aq", "--filter", "name=lb-pages"]).is_empty(),
        "its containers are gone when delete is done"
    );
    assert!(docker(&["service", "ls", "-q", "--filter", "name=lb-pages"]).is_empty());
    assert_eq!(bench.text("lb-pages", "service_id"), None);
    // And once more, when it is gone.
    bench.run(&swarm, "lb-pages", "delete").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real Docker Engine: tests/run docker"]
async fn a_changed_blueprint_updates_the_same_service() {
    let (swarm, image) = (swarm(), given("GANTRY_TEST_NGINX_IMAGE"));
    let with = |env: serde_json::Value| Bench::new("lane").service("lb-update", &image, env, 18081);
    with(serde_json::json!({})).run(&swarm, "lb-update", "start").await.unwrap();
    let url = format!("http://{}:18081/", given("GANTRY_TEST_DOCKER_ADDRESS"));
    page(&url, |text| text.contains("no SERVERS"));
    let made = service_id("lb-update");

    let changed = with(serde_json::json!({ "SERVERS": given("GANTRY_TEST_WEB") }));
    changed.run(&swarm, "lb-update", "start").await.unwrap();
    page(&url, |text| text.starts_with("I am web"));
    assert_eq!(service_id("lb-update").split(' ').next(), made.split(' ').next());
    changed.run(&swarm, "lb-update", "delete").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real Docker Engine: tests/run docker"]
async fn a_missing_image_is_named_and_not_waited_for() {
    let swarm = swarm();
    let bench =
        Bench::new("lane").service("lb-noimage", "gantry-test/nowhere:1", serde_json::json!({}), 18082);
    let began = Instant::now();
    let failure = bench.run(&swarm, "lb-noimage", "start").await.unwrap_err();
    let Failure::Fatal { why } = failure else { panic!("{failure:?} should be final") };
    assert!(why.contains("image not found: gantry-test/nowhere:1"), "{why}");
    assert!(began.elapsed() < Duration::from_secs(40), "{:?}", began.elapsed());
    bench.run(&swarm, "lb-noimage", "delete").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real Docker Engine: tests/run docker"]
async fn a_container_that_ends_is_no_service() {
    let swarm = swarm();
    let bench = Bench::new("lane")
        .node(
            "job",
            "cloudify.swarm.Microservice",
            serde_json::json!({ "name": "job-ends", "replicas": 1 }),
            &[("cloudify.swarm.relationships.container_contained_in_microservice", "container")],
        )
        .node(
            "container",
            "cloudify.swarm.Container",
            serde_json::json!({ "image": given("GANTRY_TEST_BUSYBOX_IMAGE"), "entry_point": "false" }),
            &[],
        );
    let failure = bench.run(&swarm, "job", "start").await.unwrap_err();
    assert!(failure.to_string().contains("exit code 1"), "{failure}");
    bench.run(&swarm, "job", "delete").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real Docker Engine: tests/run docker"]
async fn waiting_has_a_reason_and_an_end() {
    let swarm = swarm();
    let bench = Bench::new("lane")
        .node(
            "far",
            "cloudify.swarm.Microservice",
            serde_json::json!({ "name": "far-away", "placement": { "constraints": ["node.labels.zone==moon"] } }),
            &[("cloudify.swarm.relationships.container_contained_in_microservice", "container")],
        )
        .node("container", "cloudify.swarm.Container", serde_json::json!({ "image": given("GANTRY_TEST_BUSYBOX_IMAGE") }), &[]);
    let failure = bench.run_within(&swarm, "far", "start", Duration::from_secs(4)).await.unwrap_err();
    let said = bench.said.lock().unwrap().join("\n");
    assert!(matches!(failure, Failure::Retry { .. }), "{failure:?}");
    assert!(said.contains("0/2 nodes fit: scheduling constraints not satisfied"), "{said}");
    bench.run(&swarm, "far", "delete").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real Docker Engine: tests/run docker"]
async fn somebody_elses_service_is_left_alone() {
    let (swarm, image) = (swarm(), given("GANTRY_TEST_BUSYBOX_IMAGE"));
    docker(&["service", "create", "-d", "--no-resolve-image", "--name", "taken", &image]);
    let before = service_id("taken");
    let bench =
        Bench::new("lane").service("taken", &given("GANTRY_TEST_NGINX_IMAGE"), serde_json::json!({}), 18083);
    let failure = bench.run(&swarm, "taken", "start").await.unwrap_err();
    let Failure::Fatal { why } = failure else { panic!("{failure:?} should be final") };
    assert!(why.contains("has a service taken already, and it was not made by Gantry"), "{why}");
    bench.run(&swarm, "taken", "delete").await.unwrap();
    assert_eq!(service_id("taken").split(' ').next(), before.split(' ').next());
    docker(&["service", "rm", "taken"]);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real Docker Engine: tests/run docker"]
async fn what_becomes_of_a_service_is_seen() {
    let (swarm, image) = (swarm(), given("GANTRY_TEST_NGINX_IMAGE"));
    let bench = Bench::new("seen").service("lb-seen", &image, serde_json::json!({}), 18084);
    bench.run(&swarm, "lb-seen", "start").await.unwrap();
    let mut news = swarm.observe(bench.scope(&["lb-seen"]));
    let limit = Duration::from_secs(30);
    let first = tokio::time::timeout(limit, news.next()).await.unwrap().unwrap();
    assert_eq!((first.health, first.ready), (Health::Good, Some((1, 1))), "{first:?}");
    docker(&["service", "update", "-d", "--env-add", "INTRUDER=1", "lb-seen"]);
    let drifted = tokio::time::timeout(limit, async {
        loop {
            let next = news.next().await.unwrap();
            if next.health == Health::Drifted {
                return next;
            }
        }
    });
    assert!(drifted.await.unwrap().reason.unwrap().contains("somebody else changed"));
    bench.run(&swarm, "lb-seen", "start").await.unwrap();
    let env =
        docker(&["service", "inspect", "lb-seen", "--format", "{{.Spec.TaskTemplate.ContainerSpec.Env}}"]);
    assert!(!env.contains("INTRUDER"), "{env}");
    docker(&["service", "rm", "lb-seen"]);
    let last = tokio::time::timeout(limit, async {
        loop {
            let next = news.next().await.unwrap();
            if next.health == Health::Failed {
                return next;
            }
        }
    });
    let last = last.await.unwrap();
    assert!(last.reason.as_deref().unwrap().contains("gone"), "{last:?}");
}
