//! Quick fixes: each takes its problem away, makes no new error, and changes only the lines that it says.

use std::path::Path as File;

use gantry::check::{self, Catalog};
use gantry::diag::{Diagnostic, Diagnostics, Fix, Severity, Source};

use crate::corpus::{Folder, corpus};

const NAME: &str = "blueprint.yaml";

fn judge(text: &str, folder: &File) -> Diagnostics {
    let catalog = Catalog::built_in();
    let files = Folder(folder.to_owned());
    check::check(&check::read(&Source::new(NAME, text), &files, &catalog), &catalog).1
}

fn apply(text: &str, fix: &Fix) -> String {
    assert_eq!(&*fix.place.file, NAME);
    let span = fix.place.span;
    let line = text[..span.start].matches('\n').count() + 1;
    assert_eq!(span.line as usize, line, "{fix:?}");
    format!("{}{}{}", &text[..span.start], fix.replacement, &text[span.end..])
}

/// Applies the fix of the problem and judges again.
fn mended(text: &str, problem: &Diagnostic, folder: &File) -> String {
    let fix = problem.fix.as_ref().unwrap();
    let after = apply(text, fix);
    let (old, new) = (judge(text, folder), judge(&after, folder));
    let like = |all: &Diagnostics| {
        all.iter().filter(|other| other.code == problem.code && other.message == problem.message).count()
    };
    assert!(like(&new) < like(&old), "{}: still there after {}:\n{after}\n{new:#?}", problem.code, fix.label);
    // Under its namespace the blueprint can be asked for, and there is none.
    let errors = |all: &Diagnostics| {
        all.iter()
            .filter(|other| other.severity == Severity::Error && other.code != "import-not-found")
            .count()
    };
    let told = usize::from(problem.severity == Severity::Error);
    assert!(
        errors(&new) + told <= errors(&old),
        "{}: new errors after {}:\n{after}\n{new:#?}",
        problem.code,
        fix.label
    );
    after
}

/// One code, what is written, and what it becomes; the rest of the text stays.
#[track_caller]
fn fixed(code: &str, text: &str, label: &str, expected: &str) {
    let folder = corpus("valid");
    let problems = judge(text, &folder);
    let problem = problems.iter().find(|problem| problem.code == code && problem.fix.is_some());
    let problem = problem.unwrap_or_else(|| panic!("{code} has no fix:\n{text}\n{problems:#?}"));
    assert_eq!(problem.fix.as_ref().unwrap().label, label);
    assert_eq!(mended(text, problem, &folder), expected);
}

fn head(minor: u32) -> String {
    format!("tosca_definitions_version: cloudify_dsl_1_{minor}\nimports: [ cloudify/types/types.yaml ]\n")
}

/// A node of a type, with more lines.
fn node(kind: &str, more: &str) -> String {
    format!("{}node_templates:\n  # the one\n  a:\n    type: {kind}  # what it is\n{more}", head(3))
}

#[test]
fn misspelt_names_become_those_that_were_meant() {
    fixed(
        "unknown-node-type",
        &node("cloudify.nodes.Copmute", ""),
        "change to `cloudify.nodes.Compute`",
        &node("cloudify.nodes.Compute", ""),
    );
    let properties =
        |key: &str| node("cloudify.nodes.WebServer", &format!("    properties:\n      {key}: 81\n"));
    fixed("undefined-property", &properties("prot"), "rename to `port`", &properties("port"));
    let keys = |key: &str| node("cloudify.nodes.Root", &format!("    {key}: []\n"));
    fixed("unknown-key", &keys("relationship"), "rename to `relationships`", &keys("relationships"));
    let related = |kind: &str, target: &str| {
        node(
            "cloudify.nodes.Root",
            &format!(
                "    relationships:\n      - {{ type: cloudify.relationships.{kind}, target: {target} }}\n  beta: {{ type: cloudify.nodes.Root }}\n"
            ),
        )
    };
    fixed(
        "unknown-relationship",
        &related("conected_to", "beta"),
        "change to `cloudify.relationships.connected_to`",
        &related("connected_to", "beta"),
    );
    fixed(
        "unknown-target",
        &related("connected_to", "btea"),
        "change to `beta`",
        &related("connected_to", "beta"),
    );
    let output = |input: &str| {
        format!(
            "{}inputs:\n  port: {{}}\noutputs:\n  o: {{ value: {{ concat: [ a, {{ get_input: {input} }} ] }} }}\n",
            head(3)
        )
    };
    fixed("unknown-input", &output("prot"), "change to `port`", &output("port"));
    let path = |input: &str| {
        format!(
            "{}inputs:\n  port: {{}}\noutputs:\n  o: {{ value: {{ get_input: [ {input}, key ] }} }}\n",
            head(3)
        )
    };
    fixed("unknown-input", &path("prot"), "change to `port`", &path("port"));
    let attribute = |name: &str| {
        format!(
            "{}outputs:\n  o:\n    value: {{ get_attribute: [ {name}, ip ] }}\n",
            node("cloudify.nodes.Root", "  beta: { type: cloudify.nodes.Root }\n")
        )
    };
    fixed("unknown-node", &attribute("btea"), "change to `beta`", &attribute("beta"));
    let property = |name: &str| {
        format!(
            "{}outputs:\n  o:\n    value: {{ get_property: [ a, {name} ] }}\n",
            node("cloudify.nodes.WebServer", "")
        )
    };
    fixed("function-failed", &property("prot"), "change to `port`", &property("port"));
}

#[test]
fn marks_of_an_editor_of_prose_go() {
    let text = |line: &str| {
        node("cloudify.nodes.WebServer", &format!("    properties:\n      {line}  # as it is\n"))
    };
    fixed("undefined-property", &text("_port: 81_"), "write `port: 81`", &text("port: 81"));
    let text = |line: &str| {
        node("cloudify.nodes.Compute", &format!("    properties: {{ cloudify_agent: {{ {line}, b: 1 }} }}\n"))
    };
    fixed(
        "markdown-damage",
        &text("_privileged: true_"),
        "write `privileged: true`",
        &text("privileged: true"),
    );
}

#[test]
fn the_version_line_is_added_and_raised() {
    let rest =
        "imports: [ cloudify/types/types.yaml ]\nnode_templates:\n  a: { type: cloudify.nodes.Root }\n";
    fixed(
        "missing-version",
        &format!("# mine\n\n{rest}"),
        "add `tosca_definitions_version: cloudify_dsl_1_3`",
        &format!("# mine\n\ntosca_definitions_version: cloudify_dsl_1_3\n{rest}"),
    );
    let text = |version: &str| format!("tosca_definitions_version: {version}  # ours\n{rest}");
    fixed(
        "unknown-version",
        &text("cloudify_dsl_1_9"),
        "change to `cloudify_dsl_1_5`",
        &text("cloudify_dsl_1_5"),
    );
    fixed(
        "unknown-version",
        &text("tosca_simple_yaml_1_0"),
        "change to `cloudify_dsl_1_3`",
        &text("cloudify_dsl_1_3"),
    );
    let text = |minor: u32| format!("{}description: It says what it is.\n", head(minor));
    fixed("version-gate", &text(1), "raise the version to `cloudify_dsl_1_2`", &text(2));
}

#[test]
fn imports_of_what_the_catalog_knows_are_added() {
    let node = "node_templates:\n  a: { type: cloudify.openstack.nodes.FloatingIP }\n";
    let text = |imports: &str| format!("tosca_definitions_version: cloudify_dsl_1_3\n{imports}{node}");
    let label = "import `plugin:openstack-1`";
    fixed(
        "unknown-node-type",
        &text("imports:\n  - cloudify/types/types.yaml  # basic\n\n"),
        label,
        &text("imports:\n  - cloudify/types/types.yaml\n  - 'plugin:openstack-1'  # basic\n\n"),
    );
    fixed(
        "unknown-node-type",
        &text("imports: [ cloudify/types/types.yaml ]\n"),
        label,
        &text("imports: [ cloudify/types/types.yaml, 'plugin:openstack-1' ]\n"),
    );
    let node = "node_templates:\n  a: { type: cloudify.nodes.Root }\n";
    let version = "tosca_definitions_version: cloudify_dsl_1_3\n";
    fixed(
        "unknown-node-type",
        &format!("{version}{node}"),
        "import `cloudify/types/types.yaml`",
        &format!("{version}imports: [ 'cloudify/types/types.yaml' ]\n{node}"),
    );
}

#[test]
fn mandatory_properties_get_a_value_to_fill_in() {
    let bare = node("cloudify.nodes.FileSystem", "    properties:\n      # how\n      fs_type: ext4\n");
    let with = node(
        "cloudify.nodes.FileSystem",
        "    properties:\n      # how\n      fs_mount_path: ''\n      fs_type: ext4\n",
    );
    fixed("missing-property", &bare, "add `fs_mount_path: ''`", &with);
    let bare = node("cloudify.nodes.FileSystem", "    properties: { fs_type: ext4 }\n");
    let with = node("cloudify.nodes.FileSystem", "    properties: { fs_mount_path: '', fs_type: ext4 }\n");
    fixed("missing-property", &bare, "add `fs_mount_path: ''`", &with);
    let types =
        "node_types:\n  my.T: { derived_from: cloudify.nodes.Root, properties: { n: { type: integer } } }\n";
    let bare = format!("{}{types}", node("my.T", ""));
    let with = format!("{}{types}", node("my.T", "").replace("my.T", "my.T\n    properties: { n: 0 }"));
    fixed("missing-property", &bare, "add `n: 0`", &with);
}

#[test]
fn what_is_given_twice_is_given_once() {
    let text = |lines: &str| {
        node("cloudify.nodes.WebServer", &format!("    properties:\n{lines}      # so\n      port: 82\n"))
    };
    fixed("duplicate-key", &text("      port:\n        81\n"), "remove the first one, on line 8", &text(""));
    let text =
        |first: &str| node("cloudify.nodes.WebServer", &format!("    properties: {{ {first}port: 82 }}\n"));
    fixed("duplicate-key", &text("port: [ 1, 2 ], "), "remove the first one, on line 7", &text(""));
    let text =
        |second: &str| node("cloudify.nodes.Root", &format!("  {second}: {{ type: cloudify.nodes.Root }}\n"));
    fixed("duplicate-name", &text("a"), "rename this one to `a_2`", &text("a_2"));
    let text = |more: &str| {
        format!(
            "tosca_definitions_version: cloudify_dsl_1_3\nimports:\n  - cloudify/types/types.yaml\n{more}inputs: {{}}\n"
        )
    };
    fixed(
        "duplicate-import",
        &text("  - cloudify/types/types.yaml  # again\n"),
        "remove the second import",
        &text(""),
    );
}

#[test]
fn what_is_read_too_early_is_read_at_run_time() {
    let text = |function: &str| {
        let proxy = "plugin:proxy";
        format!(
            "tosca_definitions_version: cloudify_dsl_1_3\nimports: [ cloudify/types/types.yaml, '{proxy}' ]\nnode_templates:\n  p:\n    \
             type: cloudify.nodes.DeploymentProxy\n    properties: {{ deployment_id: d, inherit_outputs: [ info ] }}\n  a:\n    \
             type: cloudify.nodes.Compute\n    properties:\n      ip: {{ {function}: [ p, info, ip ] }}\n"
        )
    };
    fixed("function-failed", &text("get_property"), "read it with `get_attribute`", &text("get_attribute"));
}

#[test]
fn counts_take_the_form_of_today() {
    let text = |line: &str| node("cloudify.nodes.Root", &format!("    {line}\n"));
    let scalable = |count: &str| {
        format!("capabilities: {{ scalable: {{ properties: {{ default_instances: {count} }} }} }}")
    };
    let label = "write `capabilities.scalable`";
    fixed("deprecated-instances", &text("instances: { deploy: 3 }"), label, &text(&scalable("3")));
    fixed("deprecated-instances", &text("instances:\n      deploy: 3"), label, &text(&scalable("3")));
    let text = |line: &str| node("cloudify.nodes.Root", &format!("{line}    {}\n", scalable("2")));
    fixed("two-instance-counts", &text("    instances: { deploy: 3 }\n"), "remove `instances`", &text(""));
}

#[test]
fn what_means_nothing_is_removed() {
    let inputs = |more: &str| {
        format!("{}inputs:\n  used: {{}}\n{more}outputs:\n  o: {{ value: {{ get_input: used }} }}\n", head(3))
    };
    fixed(
        "unused-input",
        &inputs("  # nobody reads it\n  idle:\n    default: 1\n"),
        "remove the input `idle`",
        &inputs("  # nobody reads it\n"),
    );
    let text = |section: &str| format!("{}{section}node_templates: {{}}\n", head(3));
    fixed("unused-input", &text("inputs:\n  idle: {}\n"), "remove the input `idle`", &text(""));
    fixed(
        "obsolete-section",
        &text("upload_resources:\n  plugin_resources: []\n"),
        "remove `upload_resources`",
        &text(""),
    );
    let relationships = |more: &str| {
        node(
            "cloudify.nodes.Root",
            &format!(
                "    relationships:\n{more}      - {{ type: cloudify.relationships.depends_on, target: b }}\n  b: {{ type: cloudify.nodes.Root }}\n"
            ),
        )
    };
    fixed(
        "self-relationship",
        &relationships("      - type: cloudify.relationships.depends_on\n        target: a\n"),
        "remove the relationship",
        &relationships(""),
    );
}

#[test]
fn quotes_and_braces_are_put_where_they_belong() {
    let types =
        "node_types:\n  my.T: { derived_from: cloudify.nodes.Root, properties: { n: { type: integer } } }\n";
    let text =
        |value: &str| format!("{}{types}", node("my.T", &format!("    properties: {{ n: {value} }}\n")));
    fixed("value-type-mismatch", &text("\"5\""), "write `5` without quotes", &text("5"));
    let text = |key: &str| {
        format!(
            "{}inputs:\n  {key}: {{ default: 1 }}\noutputs:\n  o: {{ value: {{ get_input: '12' }} }}\n",
            head(3)
        )
    };
    fixed("key-not-text", &text("12"), "put `12` in quotes", &text("\"12\""));
    let text = |item: &str| {
        format!("{}inputs: {{ x: {{}} }}\noutputs:\n  o: {{ value: {{ concat: [ {item}, b ] }} }}\n", head(3))
    };
    fixed("bare-function", &text("get_input: x"), "put braces around it", &text("{ get_input: x }"));
}

#[test]
fn every_fix_of_the_corpus_works() {
    let mut codes = std::collections::BTreeSet::new();
    for folder in ["invalid", "broken", "valid"] {
        for entry in std::fs::read_dir(corpus(folder)).unwrap() {
            let file = entry.unwrap().path();
            if file.extension().is_none_or(|extension| extension != "yaml") {
                continue;
            }
            let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
            for problem in &judge(&text, &corpus(folder)) {
                if problem.fix.is_some() {
                    mended(&text, problem, &corpus(folder));
                    codes.insert(problem.code);
                }
            }
        }
    }
    assert!(codes.len() >= 20, "{codes:?}");
}
