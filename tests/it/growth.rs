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

/// `section` with `types` types, each derived from the one before and with a property of its own.
fn chain(section: &str, types: usize) -> String {
    let mut text = format!("tosca_definitions_version: cloudify_dsl_1_3\n{section}:\n  t0: {{}}\n");
    for number in 1..types {
        let above = number - 1;
        text += &format!(
            "  t{number}: {{derived_from: t{above}, properties: {{p{number}: {{default: {number}}}}}}}\n"
        );
    }
    text
}

#[test]
fn types_that_build_on_each_other_take_as_long_as_their_text() {
    let catalog = Catalog::built_in();
    let judged = |text: &str| {
        let reading = read(&Source::new("b.yaml", text), &NoFiles, &catalog);
        check(&reading, &catalog)
    };
    let least = |types: usize| {
        let last = types - 1;
        let text = chain("node_types", types) + &format!("node_templates:\n  n: {{type: t{last}}}\n");
        let all = (0..3).map(|_| {
            spent(|| {
                let (topology, problems) = judged(&text);
                assert!(!problems.has_errors(), "{problems:?}");
                let node = &topology.nodes["n"];
                assert_eq!(node.type_hierarchy.len(), types);
                assert_eq!(node.properties.len(), last);
                assert_eq!(node.properties.first().unwrap().0, &format!("p{last}"), "its own come first");
            })
        });
        all.min().unwrap_or_default()
    };
    let (few, many) = (least(500), least(2_000));
    assert!(many < few * 8, "{few:?} for 500 types, {many:?} for 2000");
    // These are shown each with all that it inherits: at some number it is enough.
    for section in ["relationships", "data_types"] {
        let (_, problems) = judged(&chain(section, 2_000));
        let codes: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, ["value-too-large"], "{section}");
        assert!(!judged(&chain(section, 300)).1.has_errors(), "{section}");
    }
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
