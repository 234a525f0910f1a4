//! Reading and judging takes as long as there is text, and not longer: a coarse guard. `cargo bench --bench dsl` measures.

use std::time::Duration;

use gantry::check::{Catalog, check, read, read_edited};
use gantry::diag::Source;
use gantry::dsl::NoFiles;
use gantry::model::Map;
use gantry::plan::expand;
use rustix::time::{ClockId, clock_gettime};

use crate::generate::{Shape, blueprint};

/// Processor time of this thread: what other tests do meanwhile does not count.
fn spent(work: impl FnOnce()) -> Duration {
    let now = || {
        let now = clock_gettime(ClockId::ThreadCPUTime);
        Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec.unsigned_abs() as u32)
    };
    let before = now();
    work();
    now().saturating_sub(before)
}

#[test]
fn four_times_the_nodes_take_about_four_times_as_long() {
    let catalog = Catalog::built_in();
    let least = |nodes: usize| {
        let text = blueprint(&Shape::of(nodes));
        let all = (0..3).map(|_| {
            spent(|| {
                let reading = read(&Source::new("b.yaml", text.as_str()), &NoFiles, &catalog);
                let (topology, problems) = check(&reading, &catalog);
                assert!(!problems.has_errors(), "{problems:?}");
                assert_eq!(expand("growth", &topology, &Map::new()).unwrap().len(), nodes);
            })
        });
        all.min().unwrap_or_default()
    };
    let (few, many) = (least(200), least(800));
    assert!(many < few * 8, "{few:?} for 200 nodes, {many:?} for 800");
}

#[test]
fn after_an_edit_less_is_read_than_at_first() {
    let catalog = Catalog::built_in();
    let text = blueprint(&Shape::of(300));
    let edited: Vec<String> =
        (0..5).map(|n| text.replacen("LEVEL: info", &format!("LEVEL: l{n}"), 1)).collect();
    let anew =
        |text: &String| spent(|| drop(read(&Source::new("b.yaml", text.as_str()), &NoFiles, &catalog)));
    let again = |text: &String| {
        spent(|| drop(read_edited(&Source::new("b.yaml", text.as_str()), &NoFiles, &catalog)))
    };
    again(&text);
    let (whole, part) = (edited.iter().map(anew).min(), edited.iter().map(again).min());
    assert!(part.unwrap() * 2 < whole.unwrap(), "{part:?} after an edit, {whole:?} at first");
}
