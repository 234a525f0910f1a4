//! The program itself: the hybrid-VNF project with its Kubernetes half on the real cluster.

use std::process::{Command, Output};

use super::bench::{cluster, kubectl};

struct Program {
    data: tempfile::TempDir,
}

impl Program {
    fn run(&self, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_gantry"))
            .args(words)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("GANTRY_DATA_DIR", self.data.path())
            .output()
            .unwrap()
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
