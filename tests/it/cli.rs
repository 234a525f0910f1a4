//! The command line as a stranger uses it: the built program, its output and its exit codes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A project in a folder of its own, with a store of its own.
pub struct Lab {
    folder: tempfile::TempDir,
}

impl Lab {
    /// A copy of the hybrid VNF.
    pub fn hybrid_vnf() -> Self {
        let lab = Self { folder: tempfile::tempdir().unwrap() };
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("blueprints/hybrid-vnf"), &lab.project());
        lab
    }

    pub fn project(&self) -> PathBuf {
        self.folder.path().join("hybrid-vnf")
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gantry"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("GANTRY_DATA_DIR", self.data())
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(std::process::Stdio::null());
        command
    }

    pub fn gantry(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs and expects `code`; gives stdout.
    pub fn expect(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.gantry(arguments);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}\n--- stdout\n{out}\n--- stderr\n{err}");
        assert!(!err.contains("panicked"), "{err}");
        out
    }

    pub fn json(&self, code: i32, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.expect(code, arguments)).unwrap()
    }

    /// Changes a file of the project.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.project().join(file);
        let before = std::fs::read_to_string(&path).unwrap();
        assert!(before.contains(from), "{file} holds no `{from}`");
        std::fs::write(path, before.replacen(from, to, 1)).unwrap();
    }
}

const QUICK: &[&str] = &["--rehearsal-latency", "0..1"];

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Every file of a folder with its bytes.
pub fn snapshot(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in std::fs::read_dir(current).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push((path.strip_prefix(folder).unwrap().to_owned(), std::fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn deploy(lab: &Lab, code: i32, more: &[&str]) -> String {
    let arguments: Vec<&str> = ["deploy", "hybrid-vnf"].iter().chain(QUICK).chain(more).copied().collect();
    lab.expect(code, &arguments)
}

#[test]
fn the_whole_life_of_the_hybrid_vnf() {
    let lab = Lab::hybrid_vnf();
    let before = snapshot(&lab.project());
    assert!(lab.expect(0, &["check", "hybrid-vnf"]).contains("3 blueprints checked: no problems"));
    let plan = lab.json(0, &["plan", "hybrid-vnf", "--format", "json"]);
    assert_eq!(plan["plans"].as_array().unwrap().len(), 3);
    assert_eq!(plan["plans"][2]["lane"], "service", "lanes come in the order of their dependencies");
    assert!(!lab.data().join("gantry.db").exists(), "planning leaves no trace");

    let said = deploy(&lab, 0, &[]);
    assert!(said.contains("(rehearsed)"), "{said}");
    let status = lab.json(0, &["status", "hybrid-vnf", "--format", "json"]);
    for deployment in status["deployments"].as_array().unwrap() {
        assert_eq!(deployment["state"]["status"], "deployed", "{deployment}");
        assert_eq!(deployment["state"]["rehearsed"], true);
    }
    let outputs = lab.json(0, &["outputs", "hybrid-vnf", "--format", "json"]);
    let service = &outputs["deployments"][2];
    assert_eq!(service["outputs"]["service_info"]["servers"], "10.100.102.11,10.100.102.12");
    assert_eq!(service["outputs"]["service_info"]["routes"], "10.100.102.0/24 dev eth1");
    let inherited = service["inherited"].as_array().unwrap();
    let url = inherited.iter().find(|flow| flow["output"] == "kubernetes_info").unwrap();
    assert_eq!(
        (&url["from"], &url["value"]["url"]),
        (&"kubernetes-cluster".into(), &"http://10.100.101.20:8080".into())
    );

    let again = deploy(&lab, 0, &[]);
    assert!(again.contains("nothing to do"), "{again}");

    let refused = lab.gantry(&["undeploy", "hybrid-vnf/kubernetes-cluster", "--yes"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("service"), "{}", text(&refused.stderr));
    let unanswered = lab.gantry(&["undeploy", "hybrid-vnf"]);
    assert_eq!(unanswered.status.code(), Some(4), "without a terminal the answer is no");

    lab.expect(0, &["undeploy", "hybrid-vnf", "--yes", "--rehearsal-latency", "0"]);
    let status = lab.json(0, &["status", "hybrid-vnf", "--format", "json"]);
    for deployment in status["deployments"].as_array().unwrap() {
        assert_eq!(deployment["state"]["status"], "absent", "{deployment}");
        assert_eq!(deployment["state"]["instances"], serde_json::json!({}));
    }
    assert_eq!(snapshot(&lab.project()), before, "deploying changes no byte of the project");
}

#[test]
fn the_cluster_answers_to_its_inputs() {
    let lab = Lab::hybrid_vnf();
    deploy(
        &lab,
        0,
        &["-i", "apache_ips=[192.0.2.1, 192.0.2.2]", "-i", "kubernetes-cluster.master_port=6443"],
    );
    let outputs = lab.json(0, &["outputs", "hybrid-vnf", "--format", "json"]);
    assert_eq!(outputs["deployments"][2]["outputs"]["service_info"]["servers"], "192.0.2.1,192.0.2.2");
    assert_eq!(outputs["deployments"][0]["outputs"]["kubernetes_info"]["url"], "http://10.100.101.20:6443");
}

#[test]
fn a_failing_operation_is_told_and_deploying_again_goes_on() {
    let lab = Lab::hybrid_vnf();
    let output = lab.gantry(&[
        "deploy",
        "hybrid-vnf/kubernetes-cluster",
        "--rehearsal-latency",
        "0",
        "--rehearsal-fail",
        "apache2",
    ]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("apache2"), "{}", text(&output.stderr));
    let status = lab.json(0, &["status", "hybrid-vnf/kubernetes-cluster", "--format", "json"]);
    assert_eq!(status["deployments"][0]["state"]["status"], "failed");
    lab.expect(0, &["deploy", "hybrid-vnf/kubernetes-cluster", "--rehearsal-latency", "0"]);
    let status = lab.json(0, &["status", "hybrid-vnf/kubernetes-cluster", "--format", "json"]);
    assert_eq!(status["deployments"][0]["state"]["status"], "deployed");
}

#[test]
fn a_project_can_be_rehearsed_where_there_is_no_display() {
    let lab = Lab::hybrid_vnf();
    let output = lab.gantry(&["hybrid-vnf"]);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{out}{err}");
    assert_eq!(err.lines().filter(|line| line.contains("display")).count(), 1, "{err}");
    assert!(out.contains("because"), "{out}");
    assert!(out.contains("service_info.servers = 10.100.102.11,10.100.102.12"), "{out}");
    assert!(!lab.data().exists(), "a rehearsal without a window remembers nothing");
}

#[test]
fn export_is_byte_for_byte() {
    let lab = Lab::hybrid_vnf();
    std::fs::write(lab.project().join("service/blueprint.layout.yaml"), "nodes: {}\n").unwrap();
    lab.expect(0, &["export", "hybrid-vnf", "--to", "out"]);
    let out = lab.folder.path().join("out");
    for lane in ["kubernetes-cluster", "swarm-cluster", "service"] {
        let source: Vec<_> = snapshot(&lab.project().join(lane))
            .into_iter()
            .filter(|(path, _)| path.extension().is_none_or(|_| !path.to_string_lossy().contains(".layout.")))
            .collect();
        assert_eq!(snapshot(&out.join(lane)), source);
        let mut archive =
            zip::ZipArchive::new(std::fs::File::open(out.join(format!("{lane}.zip"))).unwrap()).unwrap();
        assert_eq!(archive.len(), source.len());
        for (path, bytes) in source {
            let mut file = archive.by_name(&format!("{lane}/{}", path.display())).unwrap();
            let mut content = Vec::new();
            std::io::Read::read_to_end(&mut file, &mut content).unwrap();
            assert_eq!(content, bytes, "{}", path.display());
        }
    }
    assert_eq!(
        lab.gantry(&["export", "hybrid-vnf", "--to", "out"]).status.code(),
        Some(1),
        "nothing is overwritten"
    );
}

/// Each row: what is broken, and what the message must name. All leave the store and the project alone.
#[test]
fn bad_input_is_told_with_its_place_and_changes_nothing() {
    let service = "service/blueprint.yaml";
    let rows: &[(&str, &str, &str, &[&str])] = &[
        (
            service,
            "type: cloudify.swarm.Port",
            "type: cloudify.swarm.Prot",
            &["unknown-node-type", "service/blueprint.yaml:", "cloudify.swarm.Port"],
        ),
        (service, "replicas: 1", "replicas: many", &["replicas", "service/blueprint.yaml:"]),
        (service, "replicas: 1", "replica: 1", &["replica", "service/blueprint.yaml:"]),
        (
            service,
            "target: nginx_port",
            "target: nginx_prot",
            &["nginx_prot", "nginx_port", "service/blueprint.yaml:"],
        ),
        (service, "node_templates:", "node_templates: [", &["service/blueprint.yaml:"]),
        (
            service,
            "resources/kubernetes/service.yaml",
            "resources/kubernetes/gone.yaml",
            &["missing-resource", "gone.yaml", "service/blueprint.yaml:"],
        ),
        (
            "gantry.yaml",
            "swarm_deployment: swarm-cluster",
            "swarm_deploiment: swarm-cluster",
            &["swarm_deploiment"],
        ),
        (
            "gantry.yaml",
            "blueprint: service/blueprint.yaml",
            "blueprint: ../service.yaml",
            &["../service.yaml"],
        ),
        (
            "swarm-cluster/blueprint.yaml",
            "  edge:\n    type: hybrid.nodes.Network\n",
            "  edge:\n    type: hybrid.nodes.Network\n    relationships:\n      - { type: cloudify.relationships.depends_on, target: worker }\n",
            &["cycle", "swarm-cluster/blueprint.yaml:"],
        ),
    ];
    for (file, from, to, wanted) in rows {
        let lab = Lab::hybrid_vnf();
        lab.edit(file, from, to);
        let before = snapshot(&lab.project());
        for verb in [&["check", "hybrid-vnf"][..], &["deploy", "hybrid-vnf", "--yes"]] {
            let output = lab.gantry(verb);
            let said = text(&output.stderr) + &text(&output.stdout);
            assert_eq!(output.status.code(), Some(1), "{verb:?} with {to}: {said}");
            for word in *wanted {
                assert!(said.contains(word), "`{word}` is missing for {to}:\n{said}");
            }
            assert!(said.contains("hint") || said.contains("note"), "no hint for {to}:\n{said}");
        }
        let status = lab.json(0, &["status", "hybrid-vnf", "--format", "json"]);
        assert!(status["deployments"].as_array().unwrap().iter().all(|it| it["state"]["status"] == "absent"));
        assert_eq!(snapshot(&lab.project()), before);
    }
}

#[test]
fn wrong_use_is_code_2() {
    let lab = Lab::hybrid_vnf();
    for arguments in [
        &["check"][..],
        &["check", "nowhere"],
        &["fly", "hybrid-vnf"],
        &["plan", "hybrid-vnf", "--target", "podman"],
        &["plan", "hybrid-vnf", "--target", "kubernetes=docker"],
        &["deploy", "hybrid-vnf", "--rehearsal-latency", "fast"],
    ] {
        let output = lab.gantry(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stderr));
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn a_dead_docker_socket_is_told_with_the_target() {
    let lab = Lab::hybrid_vnf();
    deploy(&lab, 0, &[]);
    lab.expect(0, &["undeploy", "hybrid-vnf/service", "--yes", "--rehearsal-latency", "0"]);
    let socket = format!("unix://{}/nothing.sock", lab.folder.path().display());
    let target = format!("swarm={socket}");
    let output = lab.gantry(&[
        "deploy",
        "hybrid-vnf/service",
        "--yes",
        "--rehearsal-latency",
        "0",
        "--target",
        &target,
    ]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("nothing.sock"), "{said}");
    let status = lab.expect(0, &["status", "hybrid-vnf/service"]);
    assert!(!status.contains("failed"), "nothing was begun: {status}");
}

#[test]
fn a_context_that_there_is_none_of_is_told_before_any_lane_begins() {
    let lab = Lab::hybrid_vnf();
    let kubeconfig = lab.folder.path().join("kubeconfig");
    std::fs::write(&kubeconfig, "contexts: [ { name: lab, context: { cluster: c, user: u } } ]\n").unwrap();
    for verb in [&["plan"][..], &["deploy", "--yes", "--rehearsal-latency", "0"]] {
        let target = ["hybrid-vnf", "--target", "kubernetes=kubernetes:lap"];
        let output =
            lab.command(&[verb, &target[..]].concat()).env("KUBECONFIG", &kubeconfig).output().unwrap();
        let said = text(&output.stderr) + &text(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("no context `lap` (it has: lab)"), "{said}");
    }
    assert!(!lab.data().join("gantry.db").exists());
}
