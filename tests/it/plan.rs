//! Plans in their one-line text form: what is printed is what is run.

use std::sync::Arc;

use gantry::engine::{Event, EventKind, fold};
use gantry::model::{Platform, TargetSpec};
use gantry::plan::{
    DeploymentStatus, Edition, Goal, Health, InstanceState, Operation, Plan, Request, State, plan,
};
use indexmap::IndexMap;

use crate::topologies::{edition, instances, lines, map, node, plan_for, to, with};

const CONNECTED: &str = "cloudify.relationships.connected_to";

/// A host, a proxy, and a service that stands on the one and uses the other.
fn service(env: &str) -> Edition {
    edition(
        vec![
            to(
                to(
                    with(
                        node(
                            "web",
                            "cloudify.swarm.Microservice",
                            Platform::Swarm,
                            &["create", "start", "stop", "delete"],
                        ),
                        &format!(r#"{{"env": {env}}}"#),
                    ),
                    CONNECTED,
                    "proxy",
                    &["preconfigure", "postconfigure", "unlink"],
                ),
                CONNECTED,
                "host",
                &["establish", "unlink"],
            ),
            with(
                node(
                    "proxy",
                    "cloudify.nodes.DeploymentProxy",
                    Platform::Proxy,
                    &["create", "start", "stop"],
                ),
                r#"{"deployment_id": {"get_input": "cluster"}}"#,
            ),
            node("host", "cloudify.nodes.Compute", Platform::Host, &[]),
            node("plain", "cloudify.nodes.Root", Platform::Host, &[]),
        ],
        "{}",
    )
}

fn nothing() -> IndexMap<String, Arc<Edition>> {
    IndexMap::new()
}

/// The state after `count` of the plan's operations have been done, all of them if there are fewer.
fn after(state: &State, plan: &Plan, count: usize) -> State {
    let mut state = state.clone();
    let execution = format!("e{}", state.sequence + 1);
    let mut tell = |kind| {
        let (sequence, execution) = (state.sequence + 1, Some(execution.clone()));
        let event = Event { sequence, time_ms: 0, deployment: "d".into(), execution, kind };
        fold(&mut state, &event);
    };
    tell(EventKind::ExecutionStarted {
        goal: plan.goal,
        operations: 1,
        instances: plan.instances.clone(),
        inputs: map("{}"),
        targets: IndexMap::new(),
        depends_on: plan.depends_on.clone(),
        scaled: IndexMap::new(),
    });
    let started = |operation: &Operation| EventKind::OperationStarted {
        operation: operation.id,
        instance: operation.instance.clone(),
        name: operation.name.clone(),
        attempt: 1,
        entering: operation.entering,
        rehearsed: false,
    };
    for operation in plan.operations.iter().take(count) {
        tell(started(operation));
        tell(EventKind::OperationSucceeded {
            operation: operation.id,
            instance: operation.instance.clone(),
            name: operation.name.clone(),
            step: operation.step(),
            runtime: IndexMap::new(),
            reached: operation.reached,
            message: None,
            rehearsed: false,
        });
    }
    if let Some(next) = plan.operations.get(count) {
        tell(started(next));
        state.status = DeploymentStatus::Interrupted;
    } else {
        state.status = DeploymentStatus::Deployed;
    }
    state
}

fn deployed(edition: &Edition) -> State {
    let state = State::new("d");
    after(&state, &plan_for(Goal::Deploy, edition, &state, &nothing()), usize::MAX)
}

#[test]
fn deploying_follows_the_install_workflow() {
    let mut blueprint = service("1");
    blueprint.inputs = map(r#"{"cluster": "k8s"}"#);
    let plan = plan_for(Goal::Deploy, &blueprint, &State::new("d"), &nothing());
    assert_eq!(
        lines(&plan),
        "\
#1 proxy_1 create (proxy) — not there yet
#2 proxy_1 start (proxy) after #1 — not there yet
#3 host_1 create on rehearsal (host) — not there yet
#4 plain_1 start — not there yet
#5 web_1 create on rehearsal (swarm) after #2, #3 — not there yet
#6 web_1 preconfigure → proxy_1 (source) on rehearsal (swarm) after #5 — not there yet
#7 web_1 postconfigure → proxy_1 (source) on rehearsal (swarm) after #6 — not there yet
#8 web_1 start on rehearsal (swarm) after #7 — not there yet
#9 web_1 establish → host_1 (source) on rehearsal (swarm) after #8 — not there yet"
    );
    assert_eq!(plan.depends_on, ["k8s"]);
    assert_eq!(plan.waves().len(), 7);
    let summary = plan.summary();
    assert_eq!((summary.create, summary.replace, summary.delete, summary.operations), (4, 0, 0, 8));
}

#[test]
fn undeploying_is_the_reverse() {
    let blueprint = service("1");
    let plan = plan_for(Goal::Undeploy, &blueprint, &deployed(&blueprint), &nothing());
    assert_eq!(
        lines(&plan),
        "\
#1 web_1 stop on rehearsal (swarm) — undeploy
#2 web_1 unlink → host_1 (source) on rehearsal (swarm) after #1 — undeploy
#3 web_1 unlink → proxy_1 (source) on rehearsal (swarm) after #2 — undeploy
#4 web_1 delete on rehearsal (swarm) after #3 — undeploy
#5 plain_1 delete — undeploy
#6 host_1 delete on rehearsal (host) after #4 — undeploy
#7 proxy_1 stop (proxy) after #4 — undeploy"
    );
    assert!(plan.instances.is_empty());
}

#[test]
fn what_is_deployed_needs_nothing() {
    let blueprint = service("1");
    assert!(plan_for(Goal::Deploy, &blueprint, &deployed(&blueprint), &nothing()).is_empty());
    assert!(plan_for(Goal::Undeploy, &blueprint, &State::new("d"), &nothing()).is_empty());
}

#[test]
fn a_change_makes_anew_what_it_touches_and_says_why() {
    let before = service("1");
    let state = deployed(&before);
    let made_from = IndexMap::from([("e1".to_owned(), Arc::new(before.clone()))]);
    let plan = plan_for(Goal::Deploy, &service("2"), &state, &made_from);
    assert_eq!(
        lines(&plan),
        "\
#1 web_1 stop on rehearsal (swarm) — blueprint changed: properties.env
#2 web_1 unlink → host_1 (source) on rehearsal (swarm) after #1 — blueprint changed: properties.env
#3 web_1 unlink → proxy_1 (source) on rehearsal (swarm) after #2 — blueprint changed: properties.env
#4 web_1 delete on rehearsal (swarm) after #3 — blueprint changed: properties.env
#5 web_1 create on rehearsal (swarm) after #4 — blueprint changed: properties.env
#6 web_1 preconfigure → proxy_1 (source) on rehearsal (swarm) after #5 — blueprint changed: properties.env
#7 web_1 postconfigure → proxy_1 (source) on rehearsal (swarm) after #6 — blueprint changed: properties.env
#8 web_1 start on rehearsal (swarm) after #7 — blueprint changed: properties.env
#9 web_1 establish → host_1 (source) on rehearsal (swarm) after #8 — blueprint changed: properties.env"
    );
    assert_eq!(plan.summary().replace, 1);
    // It is taken apart as the blueprint that made it says.
    assert_eq!(plan.operations[0].edition.as_deref(), Some("e1"));
    assert_eq!(plan.operations[4].edition, None);
    assert!(plan_for(Goal::Deploy, &service("2"), &after(&state, &plan, usize::MAX), &nothing()).is_empty());

    // An input that the proxy mentions: what depends on the proxy has used its values.
    let mut other = before.clone();
    other.inputs = map(r#"{"cluster": "k8s"}"#);
    let plan = plan_for(Goal::Deploy, &other, &state, &made_from);
    let causes: Vec<_> =
        plan.operations.iter().map(|operation| (&*operation.instance, &*operation.cause)).collect();
    assert_eq!(causes.first(), Some(&("web_1", "proxy_1 is made anew")));
    assert!(causes.contains(&("proxy_1", "blueprint changed: inputs.cluster")));
    assert!(causes.iter().all(|(instance, _)| *instance != "host_1"));
}

#[test]
fn a_file_that_an_operation_uses_is_part_of_the_blueprint() {
    let mut before = service(r#"{"file": "pod.yaml"}"#);
    before.files = IndexMap::from([("pod.yaml".into(), "1".into()), ("other".into(), "1".into())]);
    let state = deployed(&before);
    let made_from = IndexMap::from([("e1".to_owned(), Arc::new(before.clone()))]);
    let mut now = before.clone();
    now.files.insert("other".into(), "2".into());
    assert!(plan_for(Goal::Deploy, &now, &state, &made_from).is_empty(), "nobody uses it");
    now.files.insert("pod.yaml".into(), "2".into());
    let plan = plan_for(Goal::Deploy, &now, &state, &made_from);
    assert_eq!(plan.operations[0].cause, "blueprint changed: file pod.yaml");
}

#[test]
fn an_interrupted_deploy_goes_on_where_it_stopped() {
    let blueprint = service("1");
    let empty = State::new("d");
    let whole = plan_for(Goal::Deploy, &blueprint, &empty, &nothing());
    let state = after(&empty, &whole, 6);
    assert_eq!(state.instances["web_1"].state, InstanceState::Created);
    let plan = plan_for(Goal::Deploy, &blueprint, &state, &nothing());
    assert_eq!(
        lines(&plan),
        "\
#1 web_1 postconfigure → proxy_1 (source) on rehearsal (swarm) — interrupted while created
#2 web_1 start on rehearsal (swarm) after #1 — interrupted while created
#3 web_1 establish → host_1 (source) on rehearsal (swarm) after #2 — interrupted while created"
    );
    // Cut off after any number of operations, all the rest and nothing else is done.
    for done in 0..whole.operations.len() {
        let state = after(&empty, &whole, done);
        let rest = plan_for(Goal::Deploy, &blueprint, &state, &nothing());
        assert_eq!(rest.operations.len(), whole.operations.len() - done, "after {done}:\n{}", lines(&rest));
    }
}

#[test]
fn a_half_made_deployment_can_be_undeployed_from_any_point() {
    let blueprint = service("1");
    let empty = State::new("d");
    let whole = plan_for(Goal::Deploy, &blueprint, &empty, &nothing());
    for done in 0..whole.operations.len() {
        let state = after(&empty, &whole, done);
        let plan = plan_for(Goal::Undeploy, &blueprint, &state, &nothing());
        let gone = after(&state, &plan, usize::MAX);
        assert!(!gone.exists(), "after {done}: {:?}", gone.instances);
        let stopped = plan.operations.iter().any(|operation| {
            gantry::plan::short_operation_name(&operation.name) == "stop" && operation.node == "web"
        });
        assert_eq!(stopped, done >= 7, "only what was being started is stopped (after {done})");
    }
    // An undeploy that was cut off goes on as well, and a deploy after it makes all anew.
    let state = deployed(&blueprint);
    let plan = plan_for(Goal::Undeploy, &blueprint, &state, &nothing());
    for done in 0..plan.operations.len() {
        let half = after(&state, &plan, done);
        let rest = plan_for(Goal::Undeploy, &blueprint, &half, &nothing());
        assert_eq!(rest.operations.len(), plan.operations.len() - done, "after {done}:\n{}", lines(&rest));
        let again = plan_for(Goal::Deploy, &blueprint, &half, &nothing());
        let up = after(&half, &again, usize::MAX);
        assert!(up.instances.values().all(|record| record.state == InstanceState::Started), "after {done}");
        assert_eq!(up.instances.len(), 4);
    }
}

#[test]
fn what_left_the_blueprint_goes() {
    let before = service("1");
    let now = edition(before.topology.nodes.values().skip(1).map(|node| (**node).clone()).collect(), "{}");
    let made_from = IndexMap::from([("e1".to_owned(), Arc::new(before.clone()))]);
    let plan = plan_for(Goal::Deploy, &now, &deployed(&before), &made_from);
    assert!(plan.operations.iter().all(|operation| operation.cause == "removed from the blueprint"));
    assert_eq!(plan.operations.len(), 4);

    // Without the blueprint that made it, nobody knows how to remove it.
    let state = deployed(&before);
    let request = Request {
        goal: Goal::Deploy,
        deployment: "d",
        edition: &now,
        instances: &instances(&now),
        targets: &IndexMap::new(),
        state: &state,
        only: &[],
        made_from: &nothing(),
    };
    let (_, diagnostics) = gantry::plan::plan(&request);
    assert_eq!(diagnostics.iter().map(|found| found.code).collect::<Vec<_>>(), ["unknown-instance"]);
}

#[test]
fn a_target_that_serves_nothing_and_a_cycle_are_told() {
    let blueprint = service("1");
    let state = State::new("d");
    let targets = IndexMap::from([(Platform::Swarm, TargetSpec::Kubernetes(None))]);
    let request = Request {
        goal: Goal::Deploy,
        deployment: "d",
        edition: &blueprint,
        instances: &instances(&blueprint),
        targets: &targets,
        state: &state,
        only: &[],
        made_from: &nothing(),
    };
    let codes = |request: &Request<'_>| {
        plan(request).1.iter().map(|found| (found.code, found.message.clone())).collect::<Vec<_>>()
    };
    assert_eq!(
        codes(&request),
        [(
            "target-does-not-serve",
            "target `kubernetes` does no swarm operations, and web needs them".to_owned()
        )]
    );
    let circle = edition(
        vec![
            to(node("a", "cloudify.nodes.Root", Platform::Host, &[]), CONNECTED, "b", &[]),
            to(node("b", "cloudify.nodes.Root", Platform::Host, &[]), CONNECTED, "a", &[]),
        ],
        "{}",
    );
    let (all, none) = (instances(&circle), IndexMap::new());
    let request = Request { edition: &circle, instances: &all, targets: &none, ..request };
    assert_eq!(codes(&request)[0].0, "relationship-cycle");
}

/// Two services on Kubernetes, one of which uses the other, and a host.
fn on_kubernetes(image: &str) -> Edition {
    let microservice = |name: &str, properties: &str| {
        let name = node(name, "cloudify.kubernetes.Microservice", Platform::Kubernetes, &["start", "stop"]);
        with(name, properties)
    };
    edition(
        vec![
            microservice("db", &format!(r#"{{"image": "{image}"}}"#)),
            to(microservice("web", r#"{"image": "web:1"}"#), CONNECTED, "db", &["establish"]),
            node("host", "cloudify.nodes.Compute", Platform::Host, &[]),
        ],
        "{}",
    )
}

fn ill(mut state: State, instance: &str, health: Health, reason: &str) -> State {
    let record = state.instances.get_mut(instance).unwrap();
    (record.health, record.reason) = (health, Some(reason.into()));
    state
}

fn healing(edition: &Edition, state: &State, only: &[&str]) -> Plan {
    let only: Vec<String> = only.iter().map(ToString::to_string).collect();
    let request = Request {
        goal: Goal::Heal,
        deployment: "d",
        edition,
        instances: &instances(edition),
        targets: &IndexMap::new(),
        state,
        only: &only,
        made_from: &IndexMap::from([("e1".to_owned(), Arc::new(edition.clone()))]),
    };
    let (plan, diagnostics) = plan(&request);
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    plan
}

#[test]
fn healing_touches_only_what_is_not_well() {
    let blueprint = on_kubernetes("db:1");
    let state = deployed(&blueprint);
    assert!(healing(&blueprint, &state, &[]).is_empty());
    let state = ill(state, "db_1", Health::Drifted, "spec.replicas was changed by kubectl");
    let plan = healing(&blueprint, &state, &[]);
    assert_eq!(
        lines(&plan),
        "#1 db_1 heal on rehearsal (kubernetes) — changed: spec.replicas was changed by kubectl"
    );
    assert_eq!(
        plan.operations[0].edition.as_deref(),
        Some("e1"),
        "as it was deployed, not as it is written now"
    );
    assert_eq!((plan.summary().update, plan.summary().create), (1, 0));
    // It stays up all the while, and is what it was.
    let healed = after(&state, &plan, 1);
    assert_eq!(healed.instances["db_1"].state, InstanceState::Started);
    assert_eq!(healed.instances["db_1"].health, Health::Unknown);
    assert_eq!(healed.instances["db_1"].spec, state.instances["db_1"].spec);
    let failed = ill(state, "web_1", Health::Failed, "0 of 1 pods are ready");
    assert_eq!(healing(&blueprint, &failed, &["web"]).operations.len(), 1);
    assert_eq!(healing(&blueprint, &failed, &["host_1"]).operations.len(), 2, "asked for: made anew");
    // A host can't be put right in place.
    let gone = ill(deployed(&blueprint), "host_1", Health::Failed, "it is gone");
    assert_eq!(
        lines(&healing(&blueprint, &gone, &[])),
        "#1 host_1 delete on rehearsal (host) — failed: it is gone
#2 host_1 create on rehearsal (host) after #1 — failed: it is gone"
    );
}

#[test]
fn what_kubernetes_can_change_in_place_is_not_taken_apart() {
    let before = on_kubernetes("db:1");
    let now = on_kubernetes("db:2");
    let made_from = IndexMap::from([("e1".to_owned(), Arc::new(before.clone()))]);
    let plan = plan_for(Goal::Deploy, &now, &deployed(&before), &made_from);
    assert_eq!(
        lines(&plan),
        "#1 db_1 update on rehearsal (kubernetes) — blueprint changed: properties.image"
    );
    let updated = after(&deployed(&before), &plan, 1);
    assert_ne!(updated.instances["db_1"].execution, "e1");
    let made_from = IndexMap::from([
        ("e1".to_owned(), Arc::new(before.clone())),
        (updated.instances["db_1"].execution.clone(), Arc::new(now.clone())),
    ]);
    assert!(plan_for(Goal::Deploy, &now, &updated, &made_from).is_empty(), "it is what the blueprint says");
    // Without the blueprint that it was made from nobody knows what changed.
    let plan = plan_for(Goal::Deploy, &now, &deployed(&before), &nothing());
    assert!(plan.operations.iter().any(Operation::is_teardown));
}
