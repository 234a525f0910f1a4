//! The program itself: the hybrid-VNF project with its Kubernetes half on the real cluster, a forwarded port.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::bench::{cluster, kubectl};

struct Program {
    data: tempfile::TempDir,
}

impl Program {
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gantry"));
        command.args(words).current_dir(env!("CARGO_MANIFEST_DIR")).env("GANTRY_DATA_DIR", self.data.path());
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// What it says when it refuses, which it must do by its exit code as well.
    fn refuses(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "gantry {words:?}: {text}");
        text
    }

    /// What it says when all is well.
    fn says(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "gantry {words:?}: {text}");
        text
    }
}

#[test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
fn the_project_deploys_its_router_for_real_and_takes_it_back() {
    let program = Program { data: tempfile::tempdir().unwrap() };
    let project = "blueprints/hybrid-vnf";
    let target = "kubernetes=kubernetes:admin";
    let image = "service.router_image=docker.io/local/router:1";
    program.says(&["deploy", project, "--yes", "--target", target, "-i", image]);
    // The route that the router sets came from an output of another lane.
    let routes =
        kubectl(&["get", "rc", "quagga", "-o", "jsonpath={.spec.template.spec.containers[0].env[0].value}"]);
    assert_eq!(routes, "10.100.102.0/24 dev eth1");
    assert!(
        program
            .says(&["logs", project, "quagga"])
            .contains("router starts with ip route 10.100.102.0/24 eth1")
    );
    let command = ["exec", project, "quagga", "--", "bash", "-c", "echo inside with $ROUTES; exit 7"];
    let output = program.run(&command);
    assert_eq!(output.status.code(), Some(7), "the exit code is the command's own");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "inside with 10.100.102.0/24 dev eth1\n");
    let refused = program.run(&["logs", project, "nginx"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("only rehearsed"), "{refused:?}");
    program.says(&["undeploy", project, "--yes", "--target", target]);
    assert_eq!(kubectl(&["get", "rc,pods"]), "No resources found in default namespace.");
    if let Some(routes) = cluster("inside", &["node1", "ip", "route"]) {
        assert!(!routes.contains("10.100.102.0/24"), "{routes}");
    }
}

/// A page server of one replica, in the namespace of the context.
const WEB: &str = "tosca_definitions_version: cloudify_dsl_1_4
imports: [ cloudify/types/types.yaml, 'plugin:cloudify-kubernetes-plugin?version=>=2.7' ]
node_templates:
  web:
    type: cloudify.kubernetes.resources.Deployment
    properties:
      definition:
        metadata: { name: forwarded }
        spec:
          selector: { matchLabels: { app: forwarded } }
          template:
            metadata: { labels: { app: forwarded } }
            spec:
              terminationGracePeriodSeconds: 1
              containers:
                - name: web
                  image: docker.io/local/web:1
                  imagePullPolicy: IfNotPresent
                  readinessProbe: { httpGet: { path: /, port: 80 }, periodSeconds: 1 }
";

/// `gantry port-forward`, and the port of this machine at which it listens.
fn forwarding(program: &Program, blueprint: &str) -> (Child, u16) {
    let mut child = program
        .command(&["port-forward", blueprint, "web", "0:80"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.strip_prefix("127.0.0.1:").and_then(|rest| rest.split(' ').next());
    let port = address.unwrap_or_else(|| panic!("{line:?}")).parse().unwrap();
    assert!(line.contains("leads to port 80 of web; Ctrl-C ends it"), "{line}");
    (child, port)
}

fn page(port: u16) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\nHost: web\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
fn a_port_is_forwarded_until_it_is_interrupted() {
    let program = Program { data: tempfile::tempdir().unwrap() };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("web.yaml");
    std::fs::write(&file, WEB).unwrap();
    let blueprint = file.to_str().unwrap();
    let target = "kubernetes:admin";
    let early = program.refuses(&["port-forward", blueprint, "web", "0:80"]);
    assert!(early.contains("nothing of `web` is deployed"), "{early}");
    program.says(&["deploy", blueprint, "--yes", "--target", target]);

    let (mut child, port) = forwarding(&program, blueprint);
    for _ in 0..3 {
        let answer = page(port);
        assert!(answer.starts_with("HTTP/1.") && answer.contains(" 200 "), "{answer}");
    }
    let taken = program.refuses(&["port-forward", blueprint, "web", &format!("{port}:80")]);
    assert!(taken.contains(&format!("port {port} of this machine can't be opened")), "{taken}");
    assert!(taken.contains("choose another, or 0 for one that is free"), "{taken}");

    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(began.elapsed() < Duration::from_secs(5), "it does not end");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(status.code(), Some(0), "to end it so is no error");
    let mut complaints = String::new();
    child.stderr.take().unwrap().read_to_string(&mut complaints).unwrap();
    assert_eq!(complaints, "");
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "the port is closed");

    let wrong = program.refuses(&["port-forward", blueprint, "wbe", "0:80"]);
    assert!(wrong.contains("nothing of `wbe` is deployed; `gantry status` lists what is"), "{wrong}");
    kubectl(&["scale", "deployment", "forwarded", "--replicas=0"]);
    kubectl(&["wait", "pods", "-l", "app=forwarded", "--for=delete", "--timeout=30s"]);
    let nobody = program.refuses(&["port-forward", blueprint, "web", "0:80"]);
    assert!(nobody.contains("has no pods at the moment"), "{nobody}");
    program.says(&["undeploy", blueprint, "--yes"]);
}
