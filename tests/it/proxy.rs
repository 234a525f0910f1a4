//! Proxies: waiting for another deployment, taking over its outputs, and noticing that they have changed.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gantry::check::{Mapping, Node};
use gantry::engine::{EventKind, ExecutionOutcome, Notice, Settings};
use gantry::model::{Map, Platform};
use gantry::plan::{DeploymentStatus, Edition, Goal, Health};
use gantry::providers::Registry;
use gantry::providers::rehearsal::Rehearsing;

use crate::topologies::{Bench, RELATIONSHIP, edition, node, to, value, with};

fn bench(directory: &Path, observe: bool) -> Bench {
    let settings = Settings { observe, ..Settings::new(directory) };
    Bench::with_settings(settings, Arc::new(Registry::new(Rehearsing::at_once())))
}

/// A cluster of one machine that stands at `ip`.
fn cluster(ip: &str) -> Edition {
    edition(
        vec![with(
            node("vm", "cloudify.nodes.Compute", Platform::Host, &[]),
            &format!(r#"{{"ip": "{ip}"}}"#),
        )],
        r#"{"vm_info": {"ips": {"get_attribute": ["vm", "ip"]}, "port": 80}, "unknown": {"get_attribute": ["vm", "nothing"]}}"#,
    )
}

fn proxy(properties: &str) -> Node {
    with(
        node("proxy", "cloudify.nodes.DeploymentProxy", Platform::Proxy, &["create", "start", "stop"]),
        properties,
    )
}

/// A node that is connected to the proxy and is handed what that has inherited.
fn service(properties: &str) -> Edition {
    let mut web = to(
        node("web", "t", Platform::Swarm, &["start"]),
        "cloudify.relationships.connected_to_proxy",
        "proxy",
        &[],
    );
    let mapping = Mapping { plugin: "proxy".into(), operation: "tasks.inherit".into(), ..Mapping::default() };
    web.relationships[0].source_operations.insert(&format!("{RELATIONSHIP}.postconfigure"), mapping);
    edition(vec![proxy(properties), web], r#"{"ips": {"get_attribute": ["proxy", "vm_info", "ips"]}}"#)
}

const INHERITS: &str = r#"{"deployment_id": "cluster", "inherit_outputs": ["vm_info"]}"#;

#[test]
fn a_proxy_waits_for_the_other_deployment_and_says_for_what() {
    let directory = tempfile::tempdir().unwrap();
    let mut bench = bench(directory.path(), false);
    let job = bench.job(Goal::Deploy, "service", &service(INHERITS));
    let waiting = bench.engine.run(job).unwrap();
    let said = bench.until(|kind| match kind {
        EventKind::OperationProgress { message, .. } => Some(message.clone()),
        _ => None,
    });
    assert_eq!(said, "waits: cluster is not deployed");
    assert_eq!(
        bench.state("service").instances["proxy_1"].reason.as_deref(),
        Some("waits: cluster is not deployed")
    );
    assert_eq!(bench.run(Goal::Deploy, "cluster", &cluster("10.0.0.7")).0, ExecutionOutcome::Succeeded);
    while bench.state("service").status.is_running() {
        bench.next();
    }
    let state = bench.state("service");
    assert_eq!((state.status, &state.execution.as_ref().unwrap().id), (DeploymentStatus::Deployed, &waiting));
    let inherited = value(r#"{"ips": "10.0.0.7", "port": 80}"#);
    assert_eq!(state.instances["proxy_1"].runtime["vm_info"], inherited);
    assert_eq!(state.instances["proxy_1"].runtime["inherit_outputs"], value(r#"["vm_info"]"#));
    assert_eq!(state.instances["web_1"].runtime["vm_info"], inherited, "handed on by connected_to_proxy");
    assert!(state.instances["proxy_1"].rehearsed, "what it has comes from a rehearsal");
    assert_eq!(state.output(&["ips"]), Some(&value(r#""10.0.0.7""#)));
}

#[test]
fn waiting_ends_and_what_is_missing_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let mut bench = bench(directory.path(), false);
    let late = service(r#"{"deployment_id": "cluster", "inherit_outputs": ["vm_info"], "timeout": 0.1}"#);
    let error = bench.run(Goal::Deploy, "service", &late).1.unwrap();
    assert_eq!(error, "proxy_1 create: cluster is not deployed; waited 0.1 s for it");
    bench.run(Goal::Deploy, "cluster", &cluster("10.0.0.7"));
    for (outputs, why) in [
        ("info", "proxy_1 start: deployment cluster has no output `info`; its outputs: vm_info, unknown"),
        ("unknown", "proxy_1 start: output `unknown` of cluster is not known yet (tried 2 times)"),
    ] {
        let mut wrong =
            proxy(&format!(r#"{{"deployment_id": "cluster", "inherit_outputs": ["{outputs}"]}}"#));
        wrong.operations.change_each(|mapping| mapping.max_retries = Some(1));
        let deployment = format!("wrong-{outputs}");
        let error = bench.run(Goal::Deploy, &deployment, &edition(vec![wrong], "{}")).1.unwrap();
        assert_eq!(error, why);
    }
    let error = bench.run(Goal::Deploy, "lost", &edition(vec![proxy("{}")], "{}")).1.unwrap();
    assert!(error.contains("proxy names no deployment"), "{error}");
}

#[test]
fn a_value_that_changes_later_makes_the_proxy_stale() {
    let directory = tempfile::tempdir().unwrap();
    let mut bench = bench(directory.path(), true);
    bench.run(Goal::Deploy, "cluster", &cluster("10.0.0.7"));
    bench.run(Goal::Deploy, "service", &service(INHERITS));
    let seen = |bench: &mut Bench| {
        bench.until(|kind| match kind {
            EventKind::Observed { instance, health, reason, .. } if instance == "proxy_1" => {
                Some((*health, reason.clone()))
            }
            _ => None,
        })
    };
    assert_eq!(seen(&mut bench), (Health::Good, None));
    let job = bench.job(Goal::Deploy, "cluster", &cluster("10.0.0.8"));
    assert_eq!(job.plan.summary().replace, 1);
    bench.engine.run(job).unwrap();
    let mut last = seen(&mut bench);
    // While the machine is made anew its address is not known, which is a change as well.
    // It may be seen for the last time before the cluster is done.
    while bench.state("cluster").status.is_running() || last.0 != Health::Drifted {
        if let Notice::Event(event) = bench.next()
            && let EventKind::Observed { instance, health, reason, .. } = event.kind
            && instance == "proxy_1"
        {
            last = (health, reason);
        }
    }
    assert_eq!(last, (Health::Drifted, Some("vm_info.ips changed in cluster".into())));
    assert_eq!(bench.state("service").status, DeploymentStatus::Deployed);
}

/// Runtime properties after a deploy, and whether it succeeded.
fn rehearse(rehearsing: Rehearsing) -> (ExecutionOutcome, Vec<(String, Map)>) {
    let directory = tempfile::tempdir().unwrap();
    let settings = Settings { observe: false, ..Settings::new(directory.path()) };
    let mut bench = Bench::with_settings(settings, Arc::new(Registry::new(rehearsing)));
    let port = |name: &str, ip: &str| {
        let port =
            with(node(name, "cloudify.nodes.Port", Platform::Host, &[]), &format!(r#"{{"ip": "{ip}"}}"#));
        to(port, "cloudify.relationships.contained_in", "net", &[])
    };
    let connected = "cloudify.relationships.connected_to";
    let vm = |name: &str, port: &str| {
        to(node(name, "cloudify.nodes.Compute", Platform::Host, &[]), connected, port, &[])
    };
    let blueprint = edition(
        vec![
            with(node("net", "cloudify.nodes.Network", Platform::Host, &[]), r#"{"cidr": "10.9.0.0/24"}"#),
            port("fixed", "10.9.0.7"),
            port("free", ""),
            vm("vm", "fixed"),
            vm("other", "free"),
            node("alone", "cloudify.nodes.Compute", Platform::Host, &[]),
            with(
                node("web", "cloudify.swarm.Microservice", Platform::Swarm, &["start"]),
                r#"{"replicas": 3}"#,
            ),
            node("pod", "cloudify.kubernetes.Microservice", Platform::Kubernetes, &["start"]),
        ],
        "{}",
    );
    let (outcome, _) = bench.run(Goal::Deploy, "d", &blueprint);
    let instances = bench.state("d").instances;
    (outcome, instances.into_iter().map(|(id, record)| (id, record.runtime)).collect())
}

#[test]
fn a_rehearsal_is_the_same_for_the_same_seed() {
    let (outcome, first) = rehearse(Rehearsing::at_once());
    assert_eq!(outcome, ExecutionOutcome::Succeeded);
    assert_eq!(rehearse(Rehearsing::at_once()).1, first);
    assert_ne!(rehearse(Rehearsing { seed: 2, ..Rehearsing::at_once() }).1, first);
    let get = |id: &str, key: &str| {
        let found = first.iter().find(|(found, _)| found == id).unwrap();
        found.1.get(key).map(ToString::to_string)
    };
    assert_eq!(get("net_1", "cidr").as_deref(), Some("10.9.0.0/24"));
    assert_eq!(get("vm_1", "ip").as_deref(), Some("10.9.0.7"));
    assert_eq!(get("free_1", "ip"), get("other_1", "ip"));
    assert!(get("free_1", "ip").unwrap().starts_with("10.9.0.10"));
    assert!(get("alone_1", "ip").unwrap().starts_with("192.0.2."), "an address that belongs to examples");
    assert_eq!(get("web_1", "service_id").unwrap().len(), 25);
    assert!(get("pod_1", "service").unwrap().contains("clusterIP: 10.96."));
}

#[test]
fn a_rehearsal_fails_as_it_is_told() {
    let failing = Rehearsing { failing: vec!["vm".into()], ..Rehearsing::at_once() };
    assert_eq!(rehearse(failing).0, ExecutionOutcome::Failed);
    let always = Rehearsing { failure_rate: 1.0, ..Rehearsing::at_once() };
    let directory = tempfile::tempdir().unwrap();
    let mut bench = Bench::open(directory.path(), Arc::new(Registry::new(always)));
    let mut web = node("web", "t", Platform::Swarm, &["start"]);
    web.operations.change_each(|mapping| mapping.retry_interval = Some(0.0));
    let (outcome, error) = bench.run(Goal::Deploy, "d", &edition(vec![web], "{}"));
    assert_eq!(outcome, ExecutionOutcome::Failed);
    assert_eq!(error.as_deref(), Some("web_1 start: a rehearsed failure (tried 4 times)"));
    let latency = Duration::from_millis(200);
    let slow = Rehearsing { latency: (latency, latency), ..Rehearsing::default() };
    let began = std::time::Instant::now();
    rehearse(slow);
    assert!(began.elapsed() >= 3 * latency, "net, port and machine wait for each other");
}
