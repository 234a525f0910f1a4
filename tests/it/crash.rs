//! Killed at any moment: what was done is known, what was begun is tried again at most once, nothing is lost.
//!
//! The outside world is a ledger file: each operation of the child process appends one line to it.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use gantry::check::Node;
use gantry::diag::Diagnostics;
use gantry::engine::{
    Context, ExecutionOutcome, Failure, Observation, Outcome, Provider, ProviderError, Providers, Scope,
    Store,
};
use gantry::model::{Platform, TargetSpec};
use gantry::plan::{DeploymentStatus, Edition, Goal, Operation};

use crate::topologies::{Bench, edition, node, to};

const NODES: usize = 30;
const DIRECTORY: &str = "GANTRY_TEST_CRASH_DIRECTORY";

struct Ledger(PathBuf);

#[async_trait]
impl Provider for Ledger {
    fn name(&self) -> String {
        "ledger".into()
    }

    fn check(&self, _: &Node) -> Diagnostics {
        Diagnostics::new()
    }

    async fn execute(&self, operation: &Operation, cx: &Context) -> Result<Outcome, Failure> {
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(&self.0).unwrap();
        file.write_all(format!("{} {} {}\n", operation.instance, operation.step(), cx.key).as_bytes())
            .unwrap();
        tokio::time::sleep(Duration::from_millis(3)).await;
        Ok(Outcome::default().with("made", cx.key.clone()))
    }

    fn observe(&self, _: Scope) -> BoxStream<'static, Observation> {
        stream::pending().boxed()
    }
}

struct Ledgers(PathBuf);

impl Providers for Ledgers {
    fn provider(&self, _: Platform, _: &TargetSpec) -> Result<Arc<dyn Provider>, ProviderError> {
        Ok(Arc::new(Ledger(self.0.clone())))
    }
}

fn blueprint() -> Edition {
    let nodes = (0..NODES).map(|number| {
        let node =
            node(&format!("n{number}"), "t", Platform::Host, &["create", "configure", "start", "stop"]);
        if number < 5 { node } else { to(node, "r", &format!("n{}", number - 5), &["postconfigure"]) }
    });
    edition(nodes.collect(), "{}")
}

fn bench(directory: &Path) -> Bench {
    Bench::open(&directory.join("data"), Arc::new(Ledgers(directory.join("ledger"))))
}

fn ledger(directory: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(directory.join("ledger")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// The child's work: only does something when a parent has told it where.
#[test]
fn child() {
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        bench(Path::new(&directory)).run(Goal::Deploy, "d", &blueprint());
    }
}

fn spawn(directory: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child", "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Starts the child, kills it once the ledger has `lines` lines, and gives what the ledger says then.
fn kill_at(directory: &Path, lines: usize) -> Vec<String> {
    let mut child = spawn(directory);
    let began = Instant::now();
    while ledger(directory).len() < lines && child.try_wait().unwrap().is_none() {
        assert!(began.elapsed() < Duration::from_mins(1));
        std::thread::sleep(Duration::from_micros(300));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    ledger(directory)
}

#[test]
fn killed_anywhere_it_goes_on_and_does_nothing_twice_that_was_done() {
    // 30 × (create, configure, start) and 25 × postconfigure.
    let all = NODES * 3 + NODES - 5;
    for at in [1, 2, 9, 20, 41, 60, 83, 100, all - 1] {
        let directory = tempfile::tempdir().unwrap();
        let directory = directory.path();
        let before = kill_at(directory, at);
        let store = Store::open(&directory.join("data")).unwrap();
        let state = store.state("d").unwrap().unwrap();
        if before.len() < all {
            assert_eq!(state.status, DeploymentStatus::Interrupted, "killed at {at}");
        }
        // Killed again while it goes on.
        let mut between = kill_at(directory, before.len() + 7);
        let mut bench = bench(directory);
        if bench.state("d").status != DeploymentStatus::Deployed {
            assert_eq!(bench.run(Goal::Deploy, "d", &blueprint()).0, ExecutionOutcome::Succeeded);
        }
        let after = ledger(directory);
        let mut count: HashMap<&str, usize> = HashMap::new();
        for line in &after {
            *count.entry(line).or_default() += 1;
        }
        assert_eq!(count.len(), all, "killed at {at}: every operation was done, always under the same key");
        between.dedup();
        let repeats: usize = count.values().map(|count| count - 1).sum();
        assert!(
            repeats <= 2 * 8,
            "killed at {at}: {repeats} repeats, and at most 8 ran at each of two deaths"
        );
        assert!(count.values().all(|count| *count <= 3));
        assert!(bench.job(Goal::Deploy, "d", &blueprint()).plan.is_empty());
        let left: Vec<_> =
            std::fs::read_dir(directory.join("data/work")).into_iter().flatten().flatten().collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn a_window_that_is_open_tells_that_the_other_program_died() {
    let directory = tempfile::tempdir().unwrap();
    let mut window = bench(directory.path());
    kill_at(directory.path(), 20);
    let (outcome, error) = window.end();
    assert_eq!(outcome, ExecutionOutcome::Interrupted);
    assert_eq!(error.as_deref(), Some("the program ended in the middle of it"));
    assert_eq!(window.state("d").status, DeploymentStatus::Interrupted);
}
