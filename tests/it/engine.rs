//! The engine from outside: a plan in, events out, with rehearsed and with scripted providers.

use std::sync::Arc;

use gantry::engine::ExecutionOutcome;
use gantry::model::Platform;
use gantry::plan::{DeploymentStatus, Goal, Health, InstanceState};
use gantry::providers::Registry;
use gantry::providers::rehearsal::Rehearsing;

use crate::topologies::{Bench, edition, node, to, value, with};

fn registry() -> Arc<Registry> {
    Arc::new(Registry::new(Rehearsing::at_once()))
}

#[test]
fn two_lanes_are_rehearsed_and_a_proxy_hands_values_over() {
    let directory = tempfile::tempdir().unwrap();
    let mut bench = Bench::open(directory.path(), registry());
    let cluster = edition(
        vec![
            with(node("net", "cloudify.nodes.Network", Platform::Host, &[]), r#"{"cidr": "10.1.2.0/24"}"#),
            to(
                with(node("vm", "cloudify.nodes.Compute", Platform::Host, &[]), r#"{"ip": ""}"#),
                "cloudify.relationships.connected_to",
                "net",
                &[],
            ),
        ],
        r#"{"vm_info": {"ips": {"concat": [{"get_attribute": ["vm", "ip"]}, ",x"]}, "net": {"get_property": ["net", "cidr"]}}}"#,
    );
    assert_eq!(bench.run(Goal::Deploy, "cluster", &cluster), (ExecutionOutcome::Succeeded, None));
    let state = bench.state("cluster");
    assert_eq!(state.status, DeploymentStatus::Deployed);
    assert!(state.rehearsed);
    assert_eq!(state.output(&["vm_info", "ips"]), Some(&value(r#""10.1.2.100,x""#)));

    let service = edition(
        vec![
            with(
                node(
                    "proxy",
                    "cloudify.nodes.DeploymentProxy",
                    Platform::Proxy,
                    &["create", "start", "stop"],
                ),
                r#"{"deployment_id": "cluster", "inherit_outputs": ["vm_info"]}"#,
            ),
            to(
                with(
                    node("web", "cloudify.swarm.Microservice", Platform::Swarm, &["start", "delete"]),
                    r#"{"name": "web", "servers": {"get_attribute": ["proxy", "vm_info", "ips"]}}"#,
                ),
                "cloudify.relationships.connected_to",
                "proxy",
                &[],
            ),
        ],
        r#"{"servers": {"get_attribute": ["web", "servers"]}}"#,
    );
    assert_eq!(bench.run(Goal::Deploy, "service", &service), (ExecutionOutcome::Succeeded, None));
    let state = bench.state("service");
    assert_eq!(state.output(&["servers"]), Some(&value(r#""10.1.2.100,x""#)));
    assert_eq!(state.depends_on, ["cluster"]);
    assert!(state.instances["web_1"].runtime.contains_key("service_id"));
    assert!(state.instances.values().all(|record| record.state == InstanceState::Started));
    assert!(state.instances["web_1"].rehearsed && state.instances["proxy_1"].rehearsed);
    assert_eq!(state.instances["web_1"].health, Health::Unknown, "nobody looks");

    // What is deployed needs nothing more.
    assert!(bench.job(Goal::Deploy, "service", &service).plan.is_empty());

    // The cluster can't go while the service uses it.
    let job = bench.job(Goal::Undeploy, "cluster", &cluster);
    bench.engine.run(job).unwrap();
    assert_eq!(bench.refused().to_string(), "service still uses it");
    assert_eq!(bench.run(Goal::Undeploy, "service", &service), (ExecutionOutcome::Succeeded, None));
    assert_eq!(bench.run(Goal::Undeploy, "cluster", &cluster), (ExecutionOutcome::Succeeded, None));
    let state = bench.state("cluster");
    assert!(!state.exists() && state.outputs.is_empty() && state.instances.is_empty());
    assert_eq!(state.status, DeploymentStatus::Absent);
}
