//! The hybrid-VNF project on a real engine, by the program as a person runs it.
//!
//! The Swarm lanes are real; the Kubernetes lane is rehearsed with the addresses of two real Apache servers, which reach nginx
//! through the deployment proxy.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::bench::{ALONE, docker, given, page};

/// One data folder, one home, one target.
struct Desk {
    folder: tempfile::TempDir,
    target: String,
    variables: Vec<(String, String)>,
}

struct Told {
    code: i32,
    text: String,
}

impl Desk {
    fn new(target: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let variables = vec![("HOME".to_owned(), folder.path().to_string_lossy().into_owned())];
        Self { folder, target: target.to_owned(), variables }
    }

    fn home(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, verb: &str, lane: &str, more: &[&str]) -> Command {
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("blueprints/hybrid-vnf").join(lane);
        let mut command = Command::new(env!("CARGO_BIN_EXE_gantry"));
        command.arg(verb).arg(project).args(["--target", &self.target]).args(more);
        command
            .arg("--data-dir")
            .arg(self.home("data"))
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::null());
        command
    }

    fn gantry(&self, verb: &str, lane: &str, more: &[&str]) -> Told {
        let output = self.command(verb, lane, more).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        Told { code: output.status.code().unwrap_or(-1), text: String::from_utf8_lossy(&text).into_owned() }
    }

    fn deploying(&self, port: u16, more: &[&str]) -> Command {
        let (servers, port) = (given("GANTRY_TEST_WEB"), format!("service.http_port={port}"));
        let servers = format!("kubernetes-cluster.apache_ips=[{servers}]");
        let mut command =
            self.command("deploy", "", &["--yes", "-i", &servers, "-i", &port, "--rehearsal-latency", "0"]);
        command.args(more);
        command
    }

    fn deploy(&self, port: u16, more: &[&str]) -> Told {
        let output = self.deploying(port, more).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        Told { code: output.status.code().unwrap_or(-1), text: String::from_utf8_lossy(&text).into_owned() }
    }

    fn undeploy(&self) {
        let told = self.gantry("undeploy", "", &["--yes", "--rehearsal-latency", "0"]);
        assert_eq!(told.code, 0, "{}", told.text);
    }
}

/// Everything on the engine that the project could leave behind.
fn inventory() -> [String; 4] {
    let list =
        |what: &str, filter: &str| docker(&[what, "ls", "--format", "{{.ID}} {{.Name}}", "--filter", filter]);
    [
        list("service", "label=gantry.deployment=service"),
        list("network", "label=gantry.deployment=swarm-cluster"),
        list("service", "name=nginx"),
        docker(&["node", "inspect", "m1", "m2", "--format", "{{.Spec.Labels}}"]),
    ]
}

const NOTHING: [&str; 4] = ["", "", "", "map[]\nmap[]"];

/// Both backends answer through nginx, on the node that runs its task.
fn served(port: u16) {
    let node = docker(&["service", "ps", "-f", "desired-state=running", "--format", "{{.Node}}", "nginx"]);
    let url =
        format!("http://{}:{port}/", docker(&["node", "inspect", &node, "--format", "{{.Status.Addr}}"]));
    page(&url, |text| text == "I am web1");
    page(&url, |text| text == "I am web2");
}

#[test]
#[ignore = "needs a real Docker Engine: tests/run docker"]
fn deploys_once_serves_pages_and_leaves_nothing_behind() {
    let _alone = ALONE.blocking_lock();
    assert_eq!(inventory(), NOTHING);
    let desk = Desk::new(&given("GANTRY_TEST_DOCKER"));
    let told = desk.deploy(18090, &[]);
    assert_eq!(told.code, 0, "{}", told.text);
    served(18090);
    let made = inventory();
    assert!(made[1].contains("edge") && made[3].contains("worker"), "{made:?}");
    let told = desk.gantry("outputs", "", &["--format", "json"]);
    assert!(
        told.text.contains(&given("GANTRY_TEST_DOCKER_ADDRESS")),
        "the manager's real address: {}",
        told.text
    );

    let version = docker(&["service", "inspect", "nginx", "--format", "{{.Version.Index}}"]);
    let told = desk.deploy(18090, &[]);
    assert_eq!(told.code, 0, "{}", told.text);
    assert_eq!(inventory(), made, "the second time nothing is made");
    assert_eq!(docker(&["service", "inspect", "nginx", "--format", "{{.Version.Index}}"]), version);

    let told = desk.gantry("undeploy", "swarm-cluster", &["--yes"]);
    assert!(
        told.code == 1 && told.text.contains("service"),
        "another lane uses it: {} {}",
        told.code,
        told.text
    );
    assert_eq!(inventory(), made);
    desk.undeploy();
    assert_eq!(inventory(), NOTHING);
}

#[test]
#[ignore = "needs a real Docker Engine: tests/run docker"]
fn a_missing_image_ends_the_deployment_with_its_reason() {
    let _alone = ALONE.blocking_lock();
    let desk = Desk::new(&given("GANTRY_TEST_DOCKER"));
    let told = desk.deploy(18091, &["-i", "service.nginx_image=gantry-test/nowhere:2"]);
    assert_eq!(told.code, 3, "{}", told.text);
    assert!(told.text.contains("image not found: gantry-test/nowhere:2"), "{}", told.text);
    // The way on: the right image, and the deployment is finished.
    let told = desk.deploy(18091, &[]);
    assert_eq!(told.code, 0, "{}", told.text);
    served(18091);
    desk.undeploy();
    assert_eq!(inventory(), NOTHING);
}

#[test]
#[ignore = "needs a real Docker Engine: tests/run docker"]
fn a_name_that_is_taken_is_not_taken_away() {
    let _alone = ALONE.blocking_lock();
    docker(&[
        "service",
        "create",
        "-d",
        "--no-resolve-image",
        "--name",
        "nginx",
        &given("GANTRY_TEST_BUSYBOX_IMAGE"),
    ]);
    let before = docker(&["service", "inspect", "nginx", "--format", "{{.ID}} {{.Spec.Labels}}"]);
    let desk = Desk::new(&given("GANTRY_TEST_DOCKER"));
    let told = desk.deploy(18092, &[]);
    assert_eq!(told.code, 3, "{}", told.text);
    assert!(told.text.contains("has a service nginx already"), "{}", told.text);
    desk.undeploy();
    assert_eq!(docker(&["service", "inspect", "nginx", "--format", "{{.ID}} {{.Spec.Labels}}"]), before);
    docker(&["service", "rm", "nginx"]);
    assert_eq!(inventory(), NOTHING);
}

#[test]
#[ignore = "needs a real Docker Engine: tests/run docker"]
fn a_dead_socket_is_named() {
    let desk = Desk::new("unix:///nowhere/docker.sock");
    let told = desk.deploy(18093, &[]);
    assert_eq!(told.code, 1, "refused before anything begins: {}", told.text);
    assert!(told.text.contains("unix:///nowhere/docker.sock"), "{}", told.text);
}

#[test]
#[ignore = "needs a real Docker Engine: tests/run docker"]
fn the_same_by_tls_and_by_ssh() {
    let _alone = ALONE.blocking_lock();
    // As the `docker` command is told.
    let mut tls = Desk::new("docker");
    tls.variables.push(("DOCKER_HOST".into(), given("GANTRY_TEST_DOCKER_TLS")));
    tls.variables.push(("DOCKER_TLS_VERIFY".into(), "1".into()));
    tls.variables.push(("DOCKER_CERT_PATH".into(), given("GANTRY_TEST_DOCKER_CERTS")));
    let ssh = Desk::new(&given("GANTRY_TEST_DOCKER_SSH"));
    std::fs::create_dir(ssh.home(".ssh")).unwrap();
    std::fs::copy(given("GANTRY_TEST_DOCKER_SSH_KEY"), ssh.home(".ssh/id_ed25519")).unwrap();
    std::fs::copy(given("GANTRY_TEST_DOCKER_KNOWN_HOSTS"), ssh.home(".ssh/known_hosts")).unwrap();
    for (desk, port) in [(tls, 18094), (ssh, 18095)] {
        let told = desk.deploy(port, &[]);
        assert_eq!(told.code, 0, "{}: {}", desk.target, told.text);
        served(port);
        desk.undeploy();
        assert_eq!(inventory(), NOTHING, "{}", desk.target);
    }
}

/// Kills the program at the moment that `reached` first says yes.
fn kill_when(desk: &Desk, port: u16, reached: impl Fn() -> bool) {
    let mut child = desk.deploying(port, &[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let limit = Instant::now() + Duration::from_secs(40);
    while !reached() {
        assert!(Instant::now() < limit && child.try_wait().unwrap().is_none(), "the moment never came");
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
#[ignore = "needs a real Docker Engine: tests/run docker"]
fn killed_in_the_middle_it_goes_on_and_makes_nothing_twice() {
    let _alone = ALONE.blocking_lock();
    let desk = Desk::new(&given("GANTRY_TEST_DOCKER"));
    kill_when(&desk, 18096, || !inventory()[1].is_empty());
    let told = desk.gantry("status", "", &[]);
    assert!(told.text.contains("interrupted"), "{}", told.text);
    let networks = inventory()[1].clone();

    kill_when(&desk, 18096, || !inventory()[0].is_empty());
    let told = desk.gantry("status", "service", &[]);
    assert!(told.text.contains("interrupted"), "{}", told.text);
    let service = docker(&["service", "inspect", "nginx", "--format", "{{.ID}}"]);

    let told = desk.deploy(18096, &[]);
    assert_eq!(told.code, 0, "{}", told.text);
    served(18096);
    assert_eq!(docker(&["service", "inspect", "nginx", "--format", "{{.ID}}"]), service);
    assert_eq!(inventory()[0].lines().count(), 1);
    assert_eq!(inventory()[1], networks);
    desk.undeploy();
    assert_eq!(inventory(), NOTHING);
}

#[test]
#[ignore = "needs a real Docker Engine: tests/run docker"]
fn an_engine_in_no_swarm_is_made_one_and_is_none_again() {
    let folder = tempfile::Builder::new().prefix("gantry-alone").tempdir().unwrap();
    let own = folder.path().join("e");
    let (own, me) = (own.to_str().unwrap(), std::process::id().to_string());
    let engine = |words: &[&str]| Command::new(given("GANTRY_TEST_ENGINE")).args(words).status().unwrap();
    assert!(engine(&["up", own, "--while", &me]).success());
    let left = std::fs::read_to_string(format!("{own}/env")).unwrap();
    let value =
        |name: &str| left.lines().find_map(|line| line.strip_prefix(&format!("{name}="))).unwrap().to_owned();

    let desk = Desk::new(&value("GANTRY_TEST_DOCKER"));
    let servers = format!("kubernetes-cluster.apache_ips=[{}]", value("GANTRY_TEST_WEB"));
    let told = desk.deploy(18097, &["-i", &servers]);
    assert_eq!(told.code, 3, "{}", told.text);
    assert!(told.text.contains("has no node free for worker_"), "{}", told.text);
    let told = desk.deploy(18097, &["-i", &servers, "-i", "swarm-cluster.workers=0"]);
    assert_eq!(told.code, 0, "{}", told.text);
    page(&format!("http://{}:18097/", value("GANTRY_TEST_DOCKER_ADDRESS")), |text| text == "I am web2");

    desk.undeploy();
    let docker = |words: &[&str]| {
        let output = Command::new("docker").args(["-H", &desk.target]).args(words).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    assert_eq!(docker(&["info", "-f", "{{.Swarm.LocalNodeState}}"]), "inactive");
    assert_eq!(docker(&["network", "ls", "-q", "--filter", "label=gantry.deployment"]), "");
    assert!(engine(&["down", own]).success());
}
