//! How long and how much memory the way from text to instances takes: read, check, expand, for 500 to 10 000 nodes.
//!
//! `cargo bench --bench dsl` prints a line for each size, with the budgets and a verdict, and fails if one is over.
//! Every run is a process of its own, as `gantry check` is: no run finds the memory of another. Memory is its peak; times
//! are CPU time of the thread until the result is there; on a machine with other work the median is too high all the
//! same, since caches are shared, so the best run is printed beside it, and growth is told of the best ones.

// A benchmark may stop at the first surprise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod generate;

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use std::process::{Command, ExitCode};
use std::time::Duration;

use gantry::check::{Catalog, Instance, Topology, check, read, read_edited};
use gantry::diag::Source;
use gantry::dsl::{NoFiles, Reading};
use gantry::model::Map;
use gantry::plan::expand;

use generate::Shape;
use rustix::time::{ClockId, clock_gettime};

/// Nodes, budget of the median in milliseconds, of the peak in MB, and runs.
const SIZES: &[(usize, Option<u32>, Option<u32>, usize)] = &[
    (500, None, None, 41),
    (1_000, Some(40), None, 41),
    (2_000, None, None, 21),
    (5_000, None, None, 11),
    (10_000, Some(600), Some(250), 11),
];
/// Time of 10 000 nodes by that of 1 000.
const GROWTH: f64 = 11.0;
/// Milliseconds to read and check again after one edit at 500 nodes.
const RECHECK: u32 = 15;
/// Tells the child which size to run once.
const CHILD: &str = "GANTRY_BENCH_CHILD";

/// Reads, checks and expands.
fn work(text: &str, catalog: &Catalog) -> (Reading, Topology, Vec<Instance>) {
    let reading = read(&Source::new("blueprint.yaml", text), &NoFiles, catalog);
    let (topology, problems) = check(&reading, catalog);
    assert!(!problems.has_errors(), "{:?}", problems.iter().next());
    let instances = expand("bench", &topology, &Map::new()).unwrap();
    (reading, topology, instances)
}

/// CPU time of this thread: what other programs do at the same time doesn't count.
fn cpu() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec.unsigned_abs() as u32)
}

struct Times(Vec<Duration>);

impl Times {
    /// Putting a result away is not part of it.
    fn of<T>(runs: usize, mut run: impl FnMut(usize) -> T) -> Self {
        let mut times: Vec<Duration> = (0..runs)
            .map(|round| {
                let start = cpu();
                let result = run(round);
                let spent = cpu().saturating_sub(start);
                drop(result);
                spent
            })
            .collect();
        times.sort();
        Self(times)
    }

    fn at(&self, share: f64) -> f64 {
        self.0[((self.0.len() - 1) as f64 * share).round() as usize].as_secs_f64() * 1e3
    }
}

/// Peak memory of this process in MB.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? / 1024)
}

/// What a process that does the work once tells: how long it took, and its peak of memory in MB.
fn once(nodes: usize) -> Option<(Duration, u64)> {
    let child = Command::new(std::env::current_exe().ok()?).env(CHILD, nodes.to_string()).output().ok()?;
    let told = String::from_utf8(child.stdout).ok()?;
    let (nanoseconds, peak) = told.trim().split_once(' ')?;
    Some((Duration::from_nanos(nanoseconds.parse().ok()?), peak.parse().ok()?))
}

/// Does the work once, after a glance at the types that every blueprint imports, and tells what it took.
fn child(nodes: usize) {
    let catalog = Catalog::built_in();
    drop(work(&generate::blueprint(&Shape::of(1)), &catalog));
    let text = generate::blueprint(&Shape::of(nodes));
    let start = cpu();
    let result = work(&text, &catalog);
    let spent = cpu().saturating_sub(start);
    assert_eq!(result.2.len(), nodes);
    println!("{} {}", spent.as_nanos(), peak().unwrap_or_default());
}

fn verdict(within: bool, failed: &mut bool) -> &'static str {
    *failed |= !within;
    if within { "ok" } else { "OVER" }
}

fn main() -> ExitCode {
    if let Some(nodes) = std::env::var(CHILD).ok().and_then(|nodes| nodes.parse().ok()) {
        child(nodes);
        return ExitCode::SUCCESS;
    }
    let catalog = Catalog::built_in();
    let mut failed = false;
    let mut best = Vec::new();
    println!("read + check + instances   kB  best ms  median  p95  peak MB   budget");
    for &(nodes, time, memory, runs) in SIZES {
        let text = generate::blueprint(&Shape::of(nodes));
        let all: Vec<(Duration, u64)> = (0..runs).filter_map(|_| once(nodes)).collect();
        assert_eq!(all.len(), runs, "every process tells what it took");
        let peak = all.iter().map(|(_, peak)| *peak).max().unwrap_or_default();
        let mut times: Vec<Duration> = all.into_iter().map(|(time, _)| time).collect();
        times.sort();
        let times = Times(times);
        let within = time.is_none_or(|budget| times.at(0.5) <= f64::from(budget))
            && memory.is_none_or(|budget| peak > 0 && peak <= u64::from(budget));
        let budget = [time.map(|ms| format!("≤ {ms} ms")), memory.map(|mb| format!("≤ {mb} MB"))];
        let budget: Vec<String> = budget.into_iter().flatten().collect();
        println!(
            "{nodes:>6} nodes  {:>15}  {:>7.1}  {:>6.1}  {:>5.1}  {peak:>6}   {}  {}",
            text.len() / 1024,
            times.at(0.0),
            times.at(0.5),
            times.at(0.95),
            if budget.is_empty() { "–".to_owned() } else { budget.join(", ") },
            verdict(within, &mut failed)
        );
        best.push((nodes, times.at(0.0)));
    }
    let of = |size: usize| best.iter().find(|(nodes, _)| *nodes == size).map_or(f64::NAN, |(_, ms)| *ms);
    let growth = of(10_000) / of(1_000);
    println!("growth 10 000 / 1 000: {growth:.1}   ≤ {GROWTH}  {}", verdict(growth <= GROWTH, &mut failed));
    let recheck = recheck(&catalog);
    println!(
        "check again after one edit, 500 nodes: best {:.1} ms, median {:.1}, p95 {:.1}   ≤ {RECHECK} ms  {}",
        recheck.at(0.0),
        recheck.at(0.5),
        recheck.at(0.95),
        verdict(recheck.at(0.5) <= f64::from(RECHECK), &mut failed)
    );
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// A property changes at each round: the new text is read and judged, as after every edit in the window.
fn recheck(catalog: &Catalog) -> Times {
    let text = generate::blueprint(&Shape::of(500));
    let edits: Vec<String> =
        (0..41).map(|round| text.replacen("LEVEL: info", &format!("LEVEL: l{round}"), 1)).collect();
    Times::of(edits.len(), |round| {
        let reading = read_edited(&Source::new("blueprint.yaml", edits[round].as_str()), &NoFiles, catalog);
        let (topology, problems) = check(&reading, catalog);
        assert!(!problems.has_errors());
        (reading, topology)
    })
}
