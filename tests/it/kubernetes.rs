//! Kubernetes types from the text of a blueprint to the objects that they stand for.

use gantry::check::{self, Catalog};
use gantry::diag::Source;
use gantry::dsl::{FileError, Files};
use gantry::model::Map;
use gantry::render::kubernetes::{self, Owner, RenderError, Surroundings, objects, to_yaml};

struct Nothing;

impl Files for Nothing {
    fn read(&self, _: &str, _: &str) -> Result<Source, FileError> {
        Err(FileError::NotFound)
    }

    fn exists(&self, _: &str) -> bool {
        false
    }
}

impl kubernetes::Files for Nothing {
    fn read(&self, path: &str) -> Result<String, RenderError> {
        Err(RenderError::new(format!("no {path}"), "none"))
    }
}

impl Surroundings for Nothing {
    fn node(&self, _: &str) -> Option<(Map, Map)> {
        None
    }

    fn context(&self, _: &str) -> Option<String> {
        None
    }
}

/// Objects of a node of `text`, as YAML.
fn rendered(text: &str, node: &str) -> String {
    let catalog = Catalog::built_in();
    let reading = check::read(&Source::new("blueprint.yaml", text), &Nothing, &catalog);
    let (topology, problems) = check::check(&reading, &catalog);
    assert!(!problems.has_errors(), "{problems:?}");
    let node = &topology.nodes[node];
    let owner = Owner { deployment: "d".into(), instance: "i".into(), spec: "s".into() };
    to_yaml(&objects(node, &node.properties, &owner, &Nothing, &Nothing).unwrap())
}

const MODERN: &str = include_str!("../corpus/valid/kubernetes-modern.yaml");

#[test]
fn each_modern_type_knows_its_kind_and_version() {
    for (node, expected) in [
        ("lab", "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: lab\n"),
        (
            "reader",
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: reader\n  labels:\n",
        ),
        ("web", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: lab\n"),
        ("any", "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: once\n"),
        ("custom", "apiVersion: example.com/v1\nkind: Router\nmetadata:\n  name: r\n  namespace: lab\n"),
    ] {
        let yaml = rendered(MODERN, node);
        for line in expected.lines() {
            assert!(yaml.contains(line), "{node}: {line} in\n{yaml}");
        }
    }
}

#[test]
fn what_older_readers_would_misread_is_quoted() {
    assert_eq!(
        rendered(MODERN, "settings"),
        "---
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: lab
  labels:
    gantry.deployment: d
    gantry.instance: i
  annotations:
    gantry.spec: s
data:
  a: '1'
  'on': 'yes'
"
    );
}

/// The program on `words`, with a data directory of its own.
fn gantry(data: &std::path::Path, words: &[&str]) -> (bool, String) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_gantry"))
        .args(words)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("GANTRY_DATA_DIR", data)
        .output()
        .unwrap();
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text)
}

#[test]
fn export_writes_what_a_deploy_would_apply() {
    let data = tempfile::tempdir().unwrap();
    let to = data.path().join("before");
    let project = "blueprints/hybrid-vnf";
    let (ok, text) = gantry(data.path(), &["export", project, "--kubernetes", "--to", to.to_str().unwrap()]);
    assert!(!ok && text.contains("quagga") && text.contains("known once it is deployed"), "{text}");

    let words = ["deploy", project, "--yes", "--rehearsal-latency", "0"];
    let (ok, text) = gantry(data.path(), &words);
    assert!(ok, "{text}");
    let to = data.path().join("after");
    let (ok, text) = gantry(data.path(), &["export", project, "--kubernetes", "--to", to.to_str().unwrap()]);
    assert!(ok, "{text}");
    let yaml = std::fs::read_to_string(to.join("service/quagga.yaml")).unwrap();
    // The instance and the fingerprint of the node are those of the deployment.
    let masked = regex::Regex::new(r"(gantry\.instance: quagga_|gantry\.spec: )\S+").unwrap();
    assert_eq!(masked.replace_all(&yaml, "$1…"), include_str!("../snapshots/quagga.yaml"));
    let (_, state) = gantry(data.path(), &["status", project, "--format", "json"]);
    for line in yaml.lines().filter_map(|line| line.trim().strip_prefix("gantry.")) {
        let value = line.split(": ").nth(1).unwrap().trim_matches('\'');
        assert!(state.contains(value), "{value} is not of the deployment");
    }
}
