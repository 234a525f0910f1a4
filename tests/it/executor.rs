//! The executor under scripted providers: retries, failures, time-outs, cancelling, limits, secrets.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use gantry::check::Node;
use gantry::diag::Diagnostics;
use gantry::engine::{
    Context, Event, EventKind, ExecutionOutcome, Failure, Observation, Outcome, Provider, ProviderError,
    Providers, Refusal, Scope, Settings,
};
use gantry::model::{Map, Platform, TargetSpec};
use gantry::plan::{DeploymentStatus, Edition, Goal, Health, InstanceState, Operation, OperationState};

use crate::topologies::{Bench, edition, node, to, value, with};

const CONNECTED: &str = "cloudify.relationships.connected_to";

/// Does what the name of a node says, and keeps a ledger of what it did.
#[derive(Default)]
struct Scripted {
    ledger: Mutex<Vec<String>>,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
}

struct Door(Arc<Scripted>);

impl Providers for Door {
    fn provider(&self, _: Platform, _: &TargetSpec) -> Result<Arc<dyn Provider>, ProviderError> {
        Ok(Arc::new(Hands(Arc::clone(&self.0))))
    }
}

struct Hands(Arc<Scripted>);

#[async_trait]
impl Provider for Hands {
    fn name(&self) -> String {
        "script".into()
    }

    fn check(&self, _: &Node) -> Diagnostics {
        Diagnostics::new()
    }

    async fn execute(&self, operation: &Operation, cx: &Context) -> Result<Outcome, Failure> {
        let now = self.0.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.most_at_once.fetch_max(now, Ordering::SeqCst);
        self.0.ledger.lock().unwrap().push(format!("{} {}", operation.node, cx.key));
        let result = script(operation, cx).await;
        self.0.at_once.fetch_sub(1, Ordering::SeqCst);
        result
    }

    fn observe(&self, scope: Scope) -> BoxStream<'static, Observation> {
        let seen = move |count: u32| {
            let (instance, ..) = scope.instances.first().cloned()?;
            let runtime = Map::from([("seen".into(), value(&count.to_string()))]);
            let health = Health::Good;
            Some(Observation {
                instance,
                health,
                ready: Some((count, 500)),
                runtime,
                ..Observation::default()
            })
        };
        let burst = stream::iter(1..=500).filter_map(move |count| {
            let seen = seen(count);
            async move {
                tokio::time::sleep(Duration::from_micros(100)).await;
                seen
            }
        });
        burst.chain(stream::pending()).boxed()
    }
}

async fn script(operation: &Operation, cx: &Context) -> Result<Outcome, Failure> {
    match operation.node.split('_').next().unwrap() {
        "fatal" => Err(Failure::fatal("no such image")),
        "panics" => panic!("a fault of the provider"),
        "twice" if cx.attempt <= 2 => Err(Failure::retry(format!("not yet ({})", cx.attempt))),
        "never" => Err(Failure::retry("never")),
        "later" if cx.attempt == 1 => {
            Err(Failure::Retry { after: Some(Duration::from_millis(300)), why: "429".into() })
        }
        "slow" => {
            cx.report.progress("waits for a thing");
            cx.report.progress("waits for a thing");
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(30)) => Ok(Outcome::default()),
                () = cx.cancel.cancelled() => Err(Failure::retry("told to stop")),
            }
        }
        "short" => {
            tokio::time::sleep(Duration::from_millis(30)).await;
            Ok(Outcome::done("done").with("ip", "10.0.0.1"))
        }
        "secret" => {
            let password = cx.inputs["password"].as_str().unwrap().to_owned();
            cx.report
                .made(
                    format!("made with {password}"),
                    Map::from([("url".into(), format!("x:{password}@h").into())]),
                )
                .await;
            tokio::time::sleep(Duration::from_millis(20)).await;
            if cx.attempt == 1 {
                return Err(Failure::retry(format!("401 for {password}")));
            }
            Ok(Outcome::done(format!("used {password}")).with("again", password))
        }
        _ => Ok(Outcome::default().with("ip", "10.0.0.2")),
    }
}

fn work(name: &str) -> Node {
    node(name, "cloudify.nodes.Root", Platform::Host, &["create"])
}

fn needing(name: &str, target: &str) -> Node {
    to(work(name), CONNECTED, target, &[])
}

fn bench(directory: &Path) -> (Bench, Arc<Scripted>) {
    let scripted = Arc::new(Scripted::default());
    (Bench::open(directory, Arc::new(Door(Arc::clone(&scripted)))), scripted)
}

fn run(nodes: Vec<Node>) -> (Bench, Arc<Scripted>, (ExecutionOutcome, Option<String>)) {
    let directory = tempfile::tempdir().unwrap();
    let (mut bench, scripted) = bench(directory.path());
    let ended = bench.run(Goal::Deploy, "d", &edition(nodes, "{}"));
    (bench, scripted, ended)
}

fn set_retry(node: &mut Node, set: impl Fn(&mut gantry::check::Mapping)) {
    node.operations.change_each(set);
}

#[test]
fn what_fails_twice_succeeds_at_the_third_try() {
    let (bench, scripted, ended) = run(vec![work("twice")]);
    assert_eq!(ended, (ExecutionOutcome::Succeeded, None));
    let retries: Vec<_> = bench
        .events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::OperationRetrying { why, .. } => Some(why.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(retries, ["not yet (1)", "not yet (2)"]);
    let ledger = scripted.ledger.lock().unwrap();
    assert_eq!(ledger.len(), 3);
    assert!(ledger.iter().all(|line| *line == ledger[0]), "every try has the same key");
}

#[test]
fn tries_end_where_the_plan_says() {
    let mut never = work("never");
    set_retry(&mut never, |mapping| mapping.max_retries = Some(2));
    let (_, scripted, ended) = run(vec![never]);
    assert_eq!(ended, (ExecutionOutcome::Failed, Some("never_1 create: never (tried 3 times)".into())));
    assert_eq!(scripted.ledger.lock().unwrap().len(), 3);
}

#[test]
fn a_target_that_names_a_time_is_not_asked_before() {
    let began = Instant::now();
    let (.., ended) = run(vec![work("later")]);
    assert_eq!(ended.0, ExecutionOutcome::Succeeded);
    assert!(began.elapsed() >= Duration::from_millis(300));
}

#[test]
fn a_failure_takes_its_dependents_with_it_and_nothing_else() {
    for (culprit, why) in [
        ("fatal", "fatal_1 create: no such image"),
        ("panics", "panics_1 create: the provider crashed; this is a fault of the program"),
    ] {
        let nodes = vec![
            work(culprit),
            needing("b", culprit),
            needing("c", "b"),
            work("short_1"),
            needing("e", "short_1"),
        ];
        let (bench, _, ended) = run(nodes);
        assert_eq!(ended, (ExecutionOutcome::Failed, Some(why.into())));
        let state = bench.state("d");
        assert_eq!(state.status, DeploymentStatus::Failed);
        let states = state.operations.values().map(|record| (record.instance.as_str(), record.state));
        let states: HashMap<_, _> = states.collect();
        assert_eq!(states["b_1"], OperationState::Skipped);
        assert_eq!(states["c_1"], OperationState::Skipped);
        assert_eq!(states["e_1"], OperationState::Succeeded);
        assert_eq!(state.instances["e_1"].state, InstanceState::Started);
        assert_eq!(state.instances[&format!("{culprit}_1")].health, Health::Failed);
    }
}

#[test]
fn an_operation_that_takes_too_long_is_stopped() {
    let mut slow = work("slow");
    set_retry(&mut slow, |mapping| mapping.timeout = Some(0.1));
    let (bench, _, ended) = run(vec![slow.clone()]);
    let why = "slow_1 create: took longer than 0.1 s (told to stop)";
    assert_eq!(ended, (ExecutionOutcome::Failed, Some(why.into())));
    let said = bench.events.iter().filter(|event| matches!(event.kind, EventKind::OperationProgress { .. }));
    assert_eq!(said.count(), 1, "what is said twice is journaled once");
    set_retry(&mut slow, |mapping| {
        mapping.timeout_recoverable = Some(true);
        mapping.max_retries = Some(1);
    });
    let (_, scripted, ended) = run(vec![slow]);
    assert_eq!((ended.0, scripted.ledger.lock().unwrap().len()), (ExecutionOutcome::Failed, 2));
}

#[test]
fn cancelled_once_it_starts_nothing_new_and_twice_it_stops() {
    let directory = tempfile::tempdir().unwrap();
    let (mut bench, scripted) = bench(directory.path());
    let blueprint = edition(vec![work("short"), needing("after", "short"), work("slow")], "{}");
    let job = bench.job(Goal::Deploy, "d", &blueprint);
    bench.engine.run(job).unwrap();
    let mut running = 0;
    while running < 2 {
        bench.until(|kind| matches!(kind, EventKind::OperationStarted { .. }).then_some(()));
        running += 1;
    }
    bench.engine.cancel("d").unwrap();
    bench.until(|kind| matches!(kind, EventKind::OperationSucceeded { .. }).then_some(()));
    assert!(!bench.state("d").status.eq(&DeploymentStatus::Cancelled), "what runs is left to end");
    let began = Instant::now();
    bench.engine.cancel("d").unwrap();
    assert_eq!(bench.end(), (ExecutionOutcome::Cancelled, None));
    assert!(began.elapsed() < Duration::from_secs(4));
    let state = bench.state("d");
    assert_eq!(state.status, DeploymentStatus::Cancelled);
    assert_eq!(state.instances["after_1"].state, InstanceState::Uninitialized);
    assert_eq!(state.instances["slow_1"].state, InstanceState::Creating);
    assert_eq!(scripted.ledger.lock().unwrap().len(), 2);
    // What was cancelled can be gone on with: only what is not done is planned.
    let rest = bench.job(Goal::Deploy, "d", &blueprint).plan;
    let rest: Vec<_> =
        rest.operations.iter().map(|operation| (&*operation.instance, &*operation.cause)).collect();
    assert_eq!(rest, [("after_1", "not there yet"), ("slow_1", "cancelled while creating")]);
}

#[test]
fn one_execution_at_a_time_and_only_of_a_plan_that_is_up_to_date() {
    let directory = tempfile::tempdir().unwrap();
    let (mut bench, scripted) = bench(directory.path());
    let blueprint = edition((0..20).map(|number| work(&format!("short_{number}"))).collect(), "{}");
    let job = bench.job(Goal::Deploy, "d", &blueprint);
    let first = bench.engine.run(job.clone()).unwrap();
    bench.engine.run(job.clone()).unwrap();
    let refusal = bench.refused();
    assert_eq!(refusal, Refusal::Running { execution: first, pid: std::process::id() });
    assert_eq!(bench.end().0, ExecutionOutcome::Succeeded);
    bench.engine.run(job).unwrap();
    assert!(matches!(bench.refused(), Refusal::Outdated { planned: 0, .. }));
    assert_eq!(scripted.ledger.lock().unwrap().len(), 20);
}

#[test]
fn an_execution_that_begins_as_the_last_one_ends_is_not_cancelled_by_its_end() {
    let directory = tempfile::tempdir().unwrap();
    let (mut bench, _) = bench(directory.path());
    let blueprint = edition(vec![work("a"), needing("b", "a")], "{}");
    for round in 0..100 {
        let goal = if round % 2 == 0 { Goal::Deploy } else { Goal::Undeploy };
        assert_eq!(bench.run(goal, "d", &blueprint), (ExecutionOutcome::Succeeded, None), "round {round}");
    }
}

#[test]
fn operations_run_side_by_side_up_to_the_limits() {
    let directory = tempfile::tempdir().unwrap();
    let scripted = Arc::new(Scripted::default());
    let settings = Settings { observe: false, parallel_per_provider: 8, ..Settings::new(directory.path()) };
    let mut bench = Bench::with_settings(settings, Arc::new(Door(Arc::clone(&scripted))));
    let mut nodes: Vec<Node> = (0..24).map(|number| work(&format!("short_{number}"))).collect();
    // A second provider has slots of its own.
    nodes.extend((0..24).map(|number| {
        node(&format!("short_s{number}"), "cloudify.nodes.Root", Platform::Swarm, &["create"])
    }));
    let began = Instant::now();
    bench.run(Goal::Deploy, "d", &edition(nodes, "{}"));
    assert_eq!(scripted.most_at_once.load(Ordering::SeqCst), 16);
    let took = began.elapsed();
    assert!(took < Duration::from_millis(48 * 30), "48 times 30 ms one after another is {took:?}");
}

/// Knows one secret.
struct Given(&'static str);

impl gantry::engine::Secrets for Given {
    fn secret(&self, name: &str) -> Option<String> {
        (name == "db").then(|| self.0.to_owned())
    }
}

#[test]
fn secrets_reach_the_provider_and_nothing_else() {
    let canary = "canary-7f3a-secret";
    let directory = tempfile::tempdir().unwrap();
    let scripted = Arc::new(Scripted::default());
    let settings = Settings { observe: false, ..Settings::new(directory.path()) };
    let providers = Arc::new(Door(scripted));
    let (engine, inbox) =
        gantry::engine::Engine::open(settings, providers, Arc::new(Given(canary)), || {}).unwrap();
    let mut bench = Bench { engine, inbox, events: Vec::new() };
    let mut secret = with(work("secret"), r#"{"key": {"get_secret": "db"}}"#);
    set_retry(&mut secret, |mapping| {
        mapping.inputs = crate::topologies::map(r#"{"password": {"concat": ["", {"get_secret": "db"}]}}"#);
    });
    let blueprint = edition(vec![secret], r#"{"password": {"get_attribute": ["secret", "key"]}}"#);
    assert_eq!(bench.run(Goal::Deploy, "d", &blueprint).0, ExecutionOutcome::Succeeded);
    let told = format!("{:?} {:?}", bench.events, bench.state("d"));
    assert!(told.contains("401 for ***") && told.contains("used ***") && told.contains("x:***@h"), "{told}");
    drop(bench);
    for file in std::fs::read_dir(directory.path()).unwrap().flatten() {
        let content = std::fs::read(file.path()).unwrap_or_default();
        let found = content.windows(canary.len()).any(|bytes| bytes == canary.as_bytes());
        assert!(!found && !told.contains(canary), "the secret is in {}", file.path().display());
    }
}

#[test]
fn observations_are_journaled_ten_a_second_at_most() {
    let directory = tempfile::tempdir().unwrap();
    let scripted = Arc::new(Scripted::default());
    let mut bench = Bench::with_settings(Settings::new(directory.path()), Arc::new(Door(scripted)));
    let blueprint = edition(vec![work("plain")], r#"{"seen": {"get_attribute": ["plain", "seen"]}}"#);
    let began = Instant::now();
    bench.run(Goal::Deploy, "d", &blueprint);
    bench.until(|kind| match kind {
        EventKind::OutputsEvaluated { outputs, .. } => (outputs["seen"] == value("500")).then_some(()),
        _ => None,
    });
    let observed: Vec<&Event> =
        bench.events.iter().filter(|event| matches!(event.kind, EventKind::Observed { .. })).collect();
    let most = began.elapsed().as_millis() / 100 + 2;
    assert!((1..=most).contains(&(observed.len() as u128)), "{} in {:?}", observed.len(), began.elapsed());
    let state = bench.state("d");
    assert_eq!(state.instances["plain_1"].ready, Some((500, 500)));
    // Looking changes nothing that a plan depends on.
    assert!(state.revision < state.sequence);
    let job = bench.job(Goal::Undeploy, "d", &blueprint);
    bench.engine.run(job).unwrap();
    assert_eq!(bench.end().0, ExecutionOutcome::Succeeded);
}

/// Numbers for a person: `cargo test --release --test it many_nodes -- --nocapture`.
#[test]
fn many_nodes_are_done_in_a_second() {
    let directory = tempfile::tempdir().unwrap();
    let providers =
        Arc::new(gantry::providers::Registry::new(gantry::providers::rehearsal::Rehearsing::at_once()));
    let mut bench = Bench::open(directory.path(), providers);
    let nodes = (0..1000).map(|number| {
        let node = node(
            &format!("n{number}"),
            "cloudify.nodes.Root",
            Platform::Host,
            &["create", "configure", "start"],
        );
        if number < 10 { node } else { to(node, CONNECTED, &format!("n{}", number / 10), &[]) }
    });
    let blueprint: Edition = edition(nodes.collect(), "{}");
    let (began, before) = (Instant::now(), cpu());
    assert_eq!(bench.run(Goal::Deploy, "d", &blueprint).0, ExecutionOutcome::Succeeded);
    println!("1000 nodes, 3000 operations: {:?} of {:?}", cpu().saturating_sub(before), began.elapsed());
    assert_eq!(bench.events.len(), 6002);
    let sequences: Vec<u64> = bench.events.iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, (1..=6002).collect::<Vec<_>>(), "every event once, in order");
    assert!(cpu().saturating_sub(before) < Duration::from_secs(20));
}

/// Processor time of this process so far (in 10 ms steps).
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse().ok()).unwrap_or(0_u64);
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}

#[test]
fn a_capability_of_another_deployment_is_read_while_operations_run() {
    let directory = tempfile::tempdir().unwrap();
    let scripted = Arc::new(Scripted::default());
    let mut bench = Bench::open(directory.path(), Arc::new(Door(scripted)));
    let mut cluster = edition(vec![work("short")], "{}");
    let capability = r#"{"address": {"concat": [{"get_attribute": ["short", "ip"]}, ":6443"]}}"#;
    Arc::make_mut(&mut cluster.topology).capabilities = crate::topologies::map(capability)
        .into_iter()
        .map(|(name, value)| (name, gantry::check::Output { value, description: None }))
        .collect();
    let mut user = with(work("secret"), "{}");
    set_retry(&mut user, |mapping| {
        mapping.inputs =
            crate::topologies::map(r#"{"password": {"get_capability": ["cluster", "address"]}}"#);
    });
    let user = edition(vec![user], r#"{"where": {"get_capability": ["cluster", "address"]}}"#);

    let (outcome, why) = bench.run(Goal::Deploy, "user", &user);
    assert_eq!(outcome, ExecutionOutcome::Failed);
    let why = why.unwrap();
    assert!(why.contains("the capability `address` of deployment `cluster`, which is not deployed"), "{why}");

    assert_eq!(bench.run(Goal::Deploy, "cluster", &cluster).0, ExecutionOutcome::Succeeded);
    assert_eq!(bench.state("cluster").capabilities["address"], "10.0.0.1:6443".into());
    assert_eq!(bench.run(Goal::Deploy, "user", &user).0, ExecutionOutcome::Succeeded);
    let state = bench.state("user");
    assert_eq!(state.instances["secret_1"].runtime["url"], "x:10.0.0.1:6443@h".into());
    assert_eq!(state.outputs["where"], "10.0.0.1:6443".into());
    // They are journaled: another process knows them.
    drop(bench);
    let bench = Bench::open(directory.path(), Arc::new(Door(Arc::default())));
    assert_eq!(bench.state("cluster").capabilities["address"], "10.0.0.1:6443".into());
}
