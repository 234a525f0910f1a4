//! Hostile blueprints: each is answered with an error that names file and line, in bounded time; nothing hangs,
//! panics or reads outside the folder.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use gantry::check::{Catalog, Topology, check, read};
use gantry::diag::{Diagnostics, Severity, Source, escape, render};
use gantry::dsl::{FileError, Files, NoFiles};
use gantry::model::Map;
use gantry::plan::expand;

/// An unoptimised build is slow, and so is a loaded machine: the product's own bar is 100 ms.
const BAR: Duration = Duration::from_secs(5);

fn judge(text: &str) -> (Topology, Diagnostics) {
    let start = Instant::now();
    let catalog = Catalog::built_in();
    let judged = check(&read(&Source::new("hostile.yaml", text), &NoFiles, &catalog), &catalog);
    assert!(start.elapsed() < BAR, "took {:?}", start.elapsed());
    judged
}

/// The code and line of the first error.
fn first(text: &str) -> (&'static str, Option<u32>) {
    let (_, problems) = judge(text);
    let error = problems.iter().find(|problem| problem.severity == Severity::Error);
    let error = error.unwrap_or_else(|| panic!("accepted: {problems:?}"));
    assert!(error.place.as_ref().is_none_or(|place| &*place.file == "hostile.yaml"));
    (error.code, error.place.as_ref().map(|place| place.span.line))
}

const HEAD: &str = "tosca_definitions_version: cloudify_dsl_1_3\nimports: [cloudify/types/types.yaml]\n";

#[test]
fn alias_bombs_are_counted_not_exploded() {
    for depth in [5, 6, 9, 20] {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..depth {
            let below = format!("*a{}", level - 1);
            let _ = writeln!(text, "a{level}: &a{level} [{}]", vec![below; 10].join(", "));
        }
        let (_, problems) = judge(&text);
        let bomb = problems.iter().find(|problem| problem.code == "alias-bomb");
        assert_eq!(bomb.is_some(), depth > 5, "{depth}");
        assert!(bomb.is_none_or(|bomb| bomb.place.is_some()));
    }
}

#[test]
fn anchors_inside_each_other_are_counted_too() {
    let open = (0..150).map(|level| format!("&b{level} [")).collect::<Vec<_>>().concat();
    let text = format!("a: {open}{}{}\n", "x, ".repeat(3_000), "]".repeat(150));
    assert_eq!(first(&text), ("alias-bomb", Some(1)));
}

#[test]
fn an_alias_of_itself_is_an_error() {
    assert_eq!(first("a: &x [*x]\n"), ("syntax", Some(1)));
}

#[test]
fn deep_nesting_has_a_limit() {
    for depth in [300, 5_000, 100_000] {
        let (code, line) =
            first(&format!("{HEAD}metadata:\n  a: {}{}\n", "[".repeat(depth), "]".repeat(depth)));
        assert!(matches!(code, "nested-too-deep" | "syntax"), "{code}");
        assert_eq!(line, Some(4));
    }
    let mut block = String::from(HEAD);
    for level in 0..400 {
        let _ = writeln!(block, "{}a:", " ".repeat(level));
    }
    let (_, problems) = judge(&block);
    assert!(problems.iter().any(|problem| problem.code == "nested-too-deep" && problem.place.is_some()));
}

#[test]
fn a_number_of_20_000_digits_is_an_error() {
    let text = format!("{HEAD}inputs:\n  a:\n    default: {}\n", "9".repeat(20_000));
    assert_eq!(first(&text), ("number-too-long", Some(5)));
}

#[test]
fn numbers_beyond_64_bits_are_kept() {
    let (topology, _) = judge(&format!("{HEAD}inputs:\n  a: {{default: 18446744073709551617}}\n"));
    assert_eq!(topology.inputs["a"].default.as_ref().unwrap().to_string(), "18446744073709551617");
}

#[test]
fn two_milliard_instances_are_refused() {
    let text = format!(
        "{HEAD}node_templates:\n  a: {{type: cloudify.nodes.Root, instances: {{deploy: 2000000000}}}}\n"
    );
    let (topology, problems) = judge(&text);
    assert!(!problems.has_errors(), "{problems:?}");
    let problems = expand("d", &topology, &Map::new()).unwrap_err();
    assert_eq!(problems.iter().next().unwrap().code, "too-many-instances");
}

#[test]
fn properties_that_read_each_other_are_named() {
    let text = format!(
        "{HEAD}node_templates:\n  a:\n    type: cloudify.nodes.Compute\n    properties: {{ip: {{get_property: [b, ip]}}}}\n  \
         b:\n    type: cloudify.nodes.Compute\n    properties: {{ip: {{get_property: [a, ip]}}}}\n"
    );
    let (_, problems) = judge(&text);
    let cycle = problems.iter().find(|problem| problem.code == "function-cycle").unwrap();
    assert!(
        cycle.message.contains("a.properties.ip") && cycle.message.contains("b.properties.ip"),
        "{cycle:?}"
    );
}

#[test]
fn a_pattern_that_backtracks_is_linear() {
    let subject = format!("{}!", "a".repeat(40));
    let text = format!("{HEAD}inputs:\n  a: {{default: {subject}, constraints: [{{pattern: '^(a+)+$'}}]}}\n");
    assert_eq!(first(&text).0, "constraint-violated");
}

#[test]
fn a_node_that_stands_twice_is_an_error_with_both_lines() {
    let text = format!(
        "{HEAD}node_templates:\n  a: {{type: cloudify.nodes.Root}}\n  a: {{type: cloudify.nodes.Tier}}\n"
    );
    let (_, problems) = judge(&text);
    let double = problems.iter().find(|problem| problem.code == "duplicate-name").unwrap();
    assert_eq!(double.place.as_ref().unwrap().span.line, 5);
    assert_eq!(double.related[0].place.span.line, 4);
}

struct Itself(String);

impl Files for Itself {
    fn read(&self, address: &str, _from: &str) -> Result<Source, FileError> {
        match address {
            "hostile.yaml" => Ok(Source::new("hostile.yaml", self.0.as_str())),
            _ if address.contains("..") => Err(FileError::Outside),
            _ => Err(FileError::NotFound),
        }
    }
}

#[test]
fn a_file_that_imports_itself_is_read_once() {
    let text = "tosca_definitions_version: cloudify_dsl_1_3\nimports: [hostile.yaml]\ninputs: {a: {}}\n";
    let catalog = Catalog::built_in();
    let reading = read(&Source::new("hostile.yaml", text), &Itself(text.to_owned()), &catalog);
    assert_eq!(reading.sources.len(), 1);
    assert!(!check(&reading, &catalog).1.has_errors());
}

#[test]
fn imports_that_leave_the_folder_are_refused() {
    let text = "tosca_definitions_version: cloudify_dsl_1_3\nimports: [../../../../etc/passwd]\n";
    let catalog = Catalog::built_in();
    let reading = read(&Source::new("hostile.yaml", text), &Itself(String::new()), &catalog);
    let (_, problems) = check(&reading, &catalog);
    assert_eq!(problems.iter().next().unwrap().code, "import-outside");
}

#[test]
fn controls_in_names_never_reach_a_terminal() {
    let text = format!("{HEAD}node_templates:\n  \"a\\e[31m\\u202Eb\\a\": {{type: nope}}\n");
    let (_, problems) = judge(&text);
    assert!(problems.has_errors());
    for problem in &problems {
        let shown = render(problem, |_| None);
        assert_eq!(shown, escape(&shown));
        assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{shown:?}");
    }
}

#[test]
fn any_bytes_are_survived() {
    for text in [
        "",
        "\0",
        "\u{feff}",
        "---\n---\n",
        "%YAML 9.9\n---\n",
        "? [a]\n: b\n",
        "- - - -",
        "!!x",
        "<<: 1",
        "&a *a",
        "\t",
        "a: |\n",
        "'",
    ] {
        let _ = judge(text);
    }
    let seed = format!(
        "{HEAD}node_templates:\n  a: &x {{type: [cloudify.nodes.Root, *x], properties: {{<<: *x}}}}\n"
    );
    for cut in 0..seed.len() {
        let _ = judge(&seed[..cut]);
    }
}
