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
fn patterns_that_would_be_large_machines_are_only_looked_at() {
    let mut text = format!("{HEAD}inputs:\n");
    for input in 0..30 {
        let _ = writeln!(
            text,
            "  i{input}: {{default: x, constraints: [{{pattern: '(\\w{{200}}[^\\W\\d]{{200}}){{20}}|x'}}]}}"
        );
    }
    let (_, problems) = judge(&text);
    assert!(!problems.has_errors(), "{problems:?}");
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
fn a_file_that_imports_itself_under_a_namespace_does_not_go_on_for_ever() {
    let text = "tosca_definitions_version: cloudify_dsl_1_3\nimports: [a--hostile.yaml]\ninputs: {i: {}}\n";
    let catalog = Catalog::built_in();
    let reading = read(&Source::new("hostile.yaml", text), &Itself(text.to_owned()), &catalog);
    assert!(reading.blueprint.section("inputs").unwrap().len() < 20);
    assert_eq!(
        reading.diagnostics.iter().next().unwrap().code,
        "too-many-imports",
        "{:?}",
        reading.diagnostics
    );
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

/// Every hostile text of the list, by name, with the code that it is answered with.
fn all() -> Vec<(&'static str, String, &'static str)> {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let _ = writeln!(bomb, "a{level}: &a{level} [{}]", vec![format!("*a{}", level - 1); 10].join(", "));
    }
    let node = |body: &str| format!("{HEAD}node_templates:\n{body}");
    let deep = |open: &str, close: &str| {
        format!("{HEAD}metadata:\n  a: {}{}\n", open.repeat(100_000), close.repeat(100_000))
    };
    let mut block = format!("{HEAD}metadata:\n");
    for level in 1..1_000 {
        let _ = writeln!(block, "{}a:", " ".repeat(level));
    }
    let compute = |name: &str, reads: &str| {
        format!(
            "  {name}: {{type: cloudify.nodes.Compute, properties: {{ip: {{get_property: [{reads}, ip]}}}}}}\n"
        )
    };
    let pattern =
        format!("inputs:\n  a: {{default: {}!, constraints: [{{pattern: '^(a+)+$'}}]}}\n", "a".repeat(40));
    vec![
        ("alias bomb", bomb, "alias-bomb"),
        ("self-alias", "a: &x [*x]\n".into(), "syntax"),
        ("self-alias in a map", "a: &x {b: {c: *x}}\n".into(), "syntax"),
        ("nested lists", deep("[", "]"), "nested-too-deep"),
        ("nested maps", deep("{a: ", "}"), "nested-too-deep"),
        ("nested lists, never closed", deep("[", ""), "nested-too-deep"),
        (
            "nested dashes",
            format!("{HEAD}metadata:\n  a:\n    {}x\n", "- ".repeat(100_000)),
            "nested-too-deep",
        ),
        ("nested blocks", block, "nested-too-deep"),
        ("digits", format!("{HEAD}inputs:\n  a:\n    default: {}\n", "9".repeat(20_000)), "number-too-long"),
        (
            "hexadecimal digits",
            format!("{HEAD}inputs:\n  a:\n    default: 0x{}\n", "f".repeat(20_000)),
            "number-too-long",
        ),
        (
            "instances",
            node("  a: {type: cloudify.nodes.Root, instances: {deploy: 2000000000}}\n"),
            "too-many-instances",
        ),
        ("property cycle", node(&(compute("a", "b") + &compute("b", "a"))), "function-cycle"),
        ("property of itself", node(&(compute("a", "SELF"))), "function-cycle"),
        ("pattern", format!("{HEAD}{pattern}"), "constraint-violated"),
        (
            "duplicate node",
            node("  a: {type: cloudify.nodes.Root}\n  a: {type: cloudify.nodes.Root}\n"),
            "duplicate-name",
        ),
        (
            "import outside",
            HEAD.replace("cloudify/types/types.yaml", "../../../../etc/passwd"),
            "import-outside",
        ),
        ("absolute import", HEAD.replace("cloudify/types/types.yaml", "/etc/passwd"), "import-outside"),
        ("file import", HEAD.replace("cloudify/types/types.yaml", "'file:///etc/passwd'"), "import-outside"),
        (
            "remote import",
            HEAD.replace("cloudify/types/types.yaml", "'http://192.0.2.1/types.yaml'"),
            "import-not-found",
        ),
        (
            "python tag",
            format!("{HEAD}inputs:\n  a: {{default: !!python/object/apply:os.system [ls]}}\n"),
            "unknown-tag",
        ),
        (
            "controls in a name",
            node("  \"a\\e[31m\\u202Eb\\a\": {type: \"n\\u2066ope\\e]0;x\\a\"}\n"),
            "unknown-node-type",
        ),
    ]
}

/// Whether a viewer could be fooled by it: control characters (but ends of lines), overrides of the direction of text,
/// and marks that nobody sees.
fn fools(text: &str) -> bool {
    text.chars().any(|character| {
        character.is_control() && !matches!(character, '\n' | '\t')
            || matches!(character, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    })
}

/// By the command line, as text and as JSON: an error that names file and line, nothing that fools a viewer, and JSON that
/// says exactly what the text said.
#[test]
fn the_command_line_answers_each_with_file_and_line() {
    let lab = crate::cli::Lab::hybrid_vnf();
    let file = lab.project().join("hostile.yaml");
    for (name, text, code) in all() {
        std::fs::write(&file, &text).unwrap();
        // What only a deployment comes to is found when one is made.
        let verb: &[&str] =
            if code == "too-many-instances" { &["topology", "-i", "a=1"] } else { &["check"] };
        let verb = if code == "too-many-instances" {
            std::fs::write(
                &file,
                format!("{text}inputs: {{a: {{}}}}\noutputs: {{a: {{value: {{get_input: a}}}}}}\n"),
            )
            .unwrap();
            verb
        } else {
            verb
        };
        let ask = |format: &str| {
            let mut arguments = verb.to_vec();
            arguments.extend(["hybrid-vnf/hostile.yaml", "--format", format]);
            lab.gantry(&arguments)
        };
        let (told, json) = (ask("text"), ask("json"));
        assert_eq!((told.status.code(), json.status.code()), (Some(1), Some(1)), "{name}");
        let said = String::from_utf8(told.stderr).unwrap() + &String::from_utf8(told.stdout).unwrap();
        assert!(said.contains(&format!("[{code}]")), "{name}: {said}");
        assert!(said.contains("hybrid-vnf/hostile.yaml:"), "{name}: {said}");
        assert!(!fools(&said), "{name}: {said:?}");
        assert!(said.len() < 20_000, "{name}: {} bytes are too many to be read", said.len());
        let raw = String::from_utf8(json.stdout).unwrap();
        assert!(!fools(&raw), "{name}: {raw:?}");
        let report: serde_json::Value = serde_json::from_str(&raw).unwrap();
        let problems = report["problems"].as_array().unwrap();
        let found = problems.iter().find(|problem| problem["code"] == code);
        let found = found.unwrap_or_else(|| panic!("{name}: {raw}"));
        assert_eq!(found["severity"], "error", "{name}");
        assert!(found["line"].as_u64().is_some_and(|line| line > 0), "{name}: {found}");
        assert!(found["file"].as_str().unwrap().ends_with("hostile.yaml"), "{name}: {found}");
        if name == "controls in a name" {
            let message = found["message"].as_str().unwrap();
            assert!(message.contains("n\u{2066}ope\u{1b}]0;x\u{7}"), "escaped, not changed: {message:?}");
        }
    }
}

/// Names with controls go through every verb that prints a blueprint.
#[test]
fn what_prints_a_topology_escapes_it_too() {
    let lab = crate::cli::Lab::hybrid_vnf();
    let text = format!(
        "{HEAD}node_templates:\n  \"a\\e[31m\\u202Eb\\x9b\": {{type: cloudify.nodes.Compute, properties: {{ip: \"\\e]0;x\\a\\u2028\\u200b\"}}}}\n\
         outputs: {{\"o\\r\\u061c\": {{value: \"\\u2066\\x7f\"}}}}\n"
    );
    let folder = lab.project().with_file_name("named");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("blueprint.yaml"), &text).unwrap();
    for arguments in [
        &["topology", "named/blueprint.yaml", "--format", "json"][..],
        &["topology", "named/blueprint.yaml"],
        &["check", "named/blueprint.yaml"],
        &["plan", "named"],
        &["plan", "named", "--format", "json"],
        &["deploy", "named", "--yes", "--rehearsal-latency", "0"],
        &["status", "named"],
        &["outputs", "named"],
        &["outputs", "named", "--format", "json"],
        &["events", "named"],
        &["undeploy", "named", "--yes", "--rehearsal-latency", "0"],
    ] {
        let output = lab.gantry(arguments);
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        assert!(!fools(&said), "{arguments:?}: {said:?}");
        assert!(!said.is_empty() && !said.contains("panicked"), "{arguments:?}: {said}");
    }
    let json = lab.expect(0, &["topology", "named/blueprint.yaml", "--format", "json"]);
    let plan: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(plan["nodes"][0]["id"], "a\u{1b}[31m\u{202e}b\u{9b}");
    assert_eq!(plan["nodes"][0]["properties"]["ip"], "\u{1b}]0;x\u{7}\u{2028}\u{200b}");
}
