//! The journal under bad luck: damage, newer formats, places that can't be written, two programs at once.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gantry::engine::{ExecutionOutcome, FILE_NAME, Refusal, Store, StoreError};
use gantry::model::Platform;
use gantry::plan::{DeploymentStatus, Edition, Goal};
use gantry::providers::Registry;
use gantry::providers::rehearsal::Rehearsing;

use crate::topologies::{Bench, edition, node, to};

fn blueprint(count: usize) -> Edition {
    let nodes =
        (0..count).map(|number| node(&format!("n{number}"), "t", Platform::Host, &["create", "start"]));
    edition(nodes.collect(), r#"{"known": "value"}"#)
}

fn bench(directory: &Path) -> Bench {
    Bench::open(directory, Arc::new(Registry::new(Rehearsing::at_once())))
}

fn slowly(directory: &Path, millis: u64) -> Bench {
    let latency = Duration::from_millis(millis);
    Bench::open(
        directory,
        Arc::new(Registry::new(Rehearsing { latency: (latency, latency), ..Rehearsing::default() })),
    )
}

/// A directory with the journal of one deployment of `count` nodes.
fn journal(count: usize) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    bench(directory.path()).run(Goal::Deploy, "d", &blueprint(count));
    directory
}

#[test]
fn what_was_journaled_is_there_again() {
    let directory = journal(5);
    let store = Store::open(directory.path()).unwrap();
    assert_eq!(store.deployments().unwrap(), ["d"]);
    let state = store.state("d").unwrap().unwrap();
    assert_eq!((state.status, state.instances.len()), (DeploymentStatus::Deployed, 5));
    assert_eq!(bench(directory.path()).state("d"), state, "the engine folds the same");
    assert_eq!(store.state("other").unwrap(), None);
    let execution = state.execution.unwrap().id;
    assert_eq!(store.plan(&execution).unwrap().unwrap().operations.len(), 10);
    let frozen = store.frozen(&execution).unwrap().unwrap();
    assert_eq!(frozen.files["blueprint.yaml"], b"text");
    assert_eq!(store.last_deploy("d").unwrap(), Some(execution.clone()));
    assert!(store.holder("d").unwrap().is_none());
    assert!(!directory.path().join("work").join(&execution).exists(), "nothing is left of the run");

    // What nothing was made from any more is forgotten.
    bench(directory.path()).run(Goal::Undeploy, "d", &blueprint(5));
    assert_eq!(store.frozen(&execution).unwrap(), None);
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let outer = tempfile::tempdir().unwrap();
    let directory = outer.path().join("data");
    let mut bench = bench(&directory);
    bench.run(Goal::Deploy, "d", &blueprint(1));
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    for file in std::fs::read_dir(&directory).unwrap().flatten().filter(|file| file.path().is_file()) {
        assert_eq!(mode(&file.path()), 0o600, "{}", file.path().display());
    }
}

#[test]
fn damage_is_told_and_never_taken_for_nothing() {
    let whole = journal(40);
    // Everything in the main file: the log of a journal that was closed is empty.
    let content = std::fs::read(whole.path().join(FILE_NAME)).unwrap();
    let open = |content: &[u8]| {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join(FILE_NAME), content).unwrap();
        let store = Store::open(directory.path())?;
        let state = store.state("d");
        let after = std::fs::read(directory.path().join(FILE_NAME)).unwrap();
        assert_eq!(after.len(), content.len(), "looking changes nothing");
        state
    };
    let intact = open(&content).unwrap().unwrap();
    let mut noticed = 0;
    for cut in (1..content.len()).step_by(content.len() / 40) {
        match open(&content[..cut]) {
            Err(StoreError::Corrupt { .. } | StoreError::Unusable { .. }) => noticed += 1,
            Ok(Some(state)) => assert_eq!(state, intact, "cut at {cut}"),
            other => panic!("cut at {cut}: {other:?}"),
        }
    }
    assert!(noticed >= 38, "{noticed}");
    assert!(matches!(open(&[]), Err(StoreError::Corrupt { .. })), "an empty file is no new journal");
    let mut flipped = 0;
    for at in (0..content.len()).step_by(content.len() / 150) {
        let mut content = content.clone();
        content[at] ^= 0x10;
        match open(&content) {
            Err(error) => {
                flipped += 1;
                assert!(!error.hint().is_empty());
            }
            Ok(state) => assert_eq!(state.as_ref(), Some(&intact), "flipped at {at}"),
        }
    }
    assert!(flipped > 20, "{flipped}");
}

#[test]
fn what_is_none_of_ours_is_left_alone() {
    for (content, word) in
        [(&b"dear diary, this is no database of any kind"[..], "damaged"), (b"x", "damaged")]
    {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE_NAME);
        std::fs::write(&path, content).unwrap();
        let error = Store::open(directory.path()).err().unwrap();
        assert!(error.to_string().contains(word), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), content);
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(FILE_NAME);
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE mine (x)").unwrap();
    let error = Store::open(directory.path()).err().unwrap();
    assert!(error.to_string().contains("not a journal of Gantry"), "{error}");
}

#[test]
fn a_newer_format_is_refused() {
    let directory = journal(1);
    let path = directory.path().join(FILE_NAME);
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let error = Store::open(directory.path()).err().unwrap();
    assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error:?}");
    assert!(error.hint().contains("GANTRY_DATA_DIR"));
}

#[test]
fn a_place_that_cannot_be_written_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    for place in [file.join("below"), Path::new("/proc/gantry").to_owned()] {
        let error = Store::open(&place).err().unwrap();
        assert!(matches!(error, StoreError::Unusable { .. }), "{error:?}");
        assert!(error.hint().contains("writable"), "{}", error.hint());
    }
}

#[test]
fn a_second_program_sees_the_first_one_live_and_does_not_disturb_it() {
    let directory = tempfile::tempdir().unwrap();
    let mut window = bench(directory.path());
    let mut command_line = slowly(directory.path(), 150);
    let blueprint = blueprint(12);
    let job = command_line.job(Goal::Deploy, "d", &blueprint);
    command_line.engine.run(job.clone()).unwrap();
    // The window hears of it while it runs, and may not begin another.
    window.until(|kind| matches!(kind, gantry::engine::EventKind::ExecutionStarted { .. }).then_some(()));
    assert!(window.state("d").status.is_running());
    window.engine.run(job).unwrap();
    assert!(matches!(window.refused(), Refusal::Running { .. }));
    assert_eq!(command_line.end().0, ExecutionOutcome::Succeeded);
    assert_eq!(window.end().0, ExecutionOutcome::Succeeded);
    assert_eq!(window.state("d"), command_line.state("d"));
    let numbers = |bench: &Bench| bench.events.iter().map(|event| event.sequence).collect::<Vec<_>>();
    assert_eq!(numbers(&window), numbers(&command_line));
}

#[test]
fn of_many_that_begin_at_once_one_does() {
    let directory = tempfile::tempdir().unwrap();
    let mut benches: Vec<Bench> = (0..4).map(|_| slowly(directory.path(), 50)).collect();
    let blueprint = blueprint(6);
    let jobs: Vec<_> = benches.iter().map(|bench| bench.job(Goal::Deploy, "d", &blueprint)).collect();
    for (bench, job) in benches.iter().zip(jobs) {
        bench.engine.run(job).unwrap();
    }
    for bench in &mut benches {
        assert_eq!(bench.end_or_refusal().0, ExecutionOutcome::Succeeded);
    }
    let events = Store::open(directory.path()).unwrap().events(Some("d"), 0, 10_000).unwrap();
    let began = events
        .iter()
        .filter(|event| matches!(event.kind, gantry::engine::EventKind::ExecutionStarted { .. }));
    assert_eq!(began.count(), 1);
}

#[test]
fn an_inbox_that_nobody_reads_holds_nobody_up() {
    let directory = tempfile::tempdir().unwrap();
    let mut bench = bench(directory.path());
    let nodes = (0..600).map(|number| node(&format!("n{number}"), "t", Platform::Host, &["create"]));
    let job = bench.job(Goal::Deploy, "d", &edition(nodes.collect(), "{}"));
    bench.engine.run(job).unwrap();
    let began = Instant::now();
    while bench.state("d").status != DeploymentStatus::Deployed {
        assert!(began.elapsed() < Duration::from_mins(1));
        std::thread::sleep(Duration::from_millis(5));
    }
    // It all arrives in the end, once and in order.
    assert_eq!(bench.end().0, ExecutionOutcome::Succeeded);
    let numbers: Vec<u64> = bench.events.iter().map(|event| event.sequence).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    assert_eq!(numbers.len(), 1202, "one start, one end, and two for each of 600");
}

#[test]
fn an_engine_that_is_dropped_in_the_middle_leaves_an_interrupted_deployment() {
    let directory = tempfile::tempdir().unwrap();
    let first = node("first", "t", Platform::Host, &["create"]);
    let second = to(node("second", "t", Platform::Host, &["create"]), "r", "first", &[]);
    let blueprint = edition(vec![first, second], "{}");
    let mut bench_ = slowly(directory.path(), 300);
    let job = bench_.job(Goal::Deploy, "d", &blueprint);
    bench_.engine.run(job).unwrap();
    bench_.until(|kind| matches!(kind, gantry::engine::EventKind::OperationSucceeded { .. }).then_some(()));
    drop(bench_);
    let store = Store::open(directory.path()).unwrap();
    assert_eq!(store.state("d").unwrap().unwrap().status, DeploymentStatus::Interrupted);
    let mut again = bench(directory.path());
    assert_eq!(again.state("d").status, DeploymentStatus::Interrupted);
    assert_eq!(again.run(Goal::Deploy, "d", &blueprint).0, ExecutionOutcome::Succeeded);
    assert_eq!(again.state("d").operations.len(), 1, "only the second was left to do");
}
