//! The program itself, with a cluster that another lane stands for, or that the blueprint leads to by a token: where the
//! objects go, what can be looked into later, and that no credential and no secret is left anywhere.

use std::path::Path;
use std::process::{Command, Output};

use super::bench::{Bench, given, kubectl};

struct Program {
    folder: tempfile::TempDir,
    kubeconfig: std::path::PathBuf,
    secrets: Vec<(&'static str, String)>,
}

impl Program {
    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn run(&self, words: &[&str]) -> (bool, String) {
        let output: Output = Command::new(env!("CARGO_BIN_EXE_gantry"))
            .args(words)
            .current_dir(self.folder.path())
            .env("GANTRY_DATA_DIR", self.folder.path().join("data"))
            .env("KUBECONFIG", &self.kubeconfig)
            .envs(self.secrets.iter().map(|(name, value)| (*name, value.as_str())))
            .output()
            .unwrap();
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.success(), text)
    }

    fn says(&self, words: &[&str]) -> String {
        let (ok, text) = self.run(words);
        assert!(ok, "gantry {words:?}: {text}");
        text
    }
}

/// Kubeconfig of the tests, but with a current context that may do nothing.
fn kubeconfig(folder: &Path) -> std::path::PathBuf {
    let text = std::fs::read_to_string(given("GANTRY_TEST_KUBECONFIG")).unwrap();
    let path = folder.join("kubeconfig");
    std::fs::write(&path, text.replace("current-context: admin", "current-context: nobody")).unwrap();
    path
}

const HEAD: &str = "tosca_definitions_version: cloudify_dsl_1_3\nimports: [ cloudify/types/types.yaml, plugin:kubernetes, plugin:proxy ]\nnode_templates:\n";

fn web(namespace: &str, more: &str) -> String {
    format!(
        "  web:
    type: cloudify.kubernetes.Microservice
    properties:
      name: web
      image: docker.io/local/web:1
      run_overrides: {{ metadata: {{ namespace: {namespace} }}, spec: {{ template: {{ spec: {{ terminationGracePeriodSeconds: 1 }} }} }} }}
{more}"
    )
}

#[test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
fn a_service_goes_to_the_cluster_that_another_lane_stands_for() {
    let bench = Bench::new("lanes");
    let folder = tempfile::tempdir().unwrap();
    let program = Program { kubeconfig: kubeconfig(folder.path()), folder, secrets: Vec::new() };
    let template = include_str!("../../../assets/templates/kubernetes-existing/blueprint.yaml");
    program.write("cluster/blueprint.yaml", &template.replace("{{ context }}", "admin"));
    let proxy = "      env: { ADDRESSES: { get_attribute: [ proxy, node_addresses ] } }
    relationships:
      - { type: cloudify.kubernetes.relationships.connected_to_master, target: proxy }
  proxy:
    type: cloudify.nodes.DeploymentProxy
    properties: { deployment_id: cluster, inherit_outputs: [ kubernetes_info, node_addresses ] }
";
    program.write("service/blueprint.yaml", &format!("{HEAD}{}", web(&bench.namespace, proxy)));
    program.write("gantry.yaml", "lanes:\n  cluster: { blueprint: cluster/blueprint.yaml }\n  service: { blueprint: service/blueprint.yaml }\n");
    let target = ["--target", "kubernetes=kubernetes"];
    let said = program.says(&[&["deploy", ".", "--yes"], &target[..]].concat());
    assert!(said.contains("kubernetes_version"), "{said}");
    let addresses = kubectl(&["get", "nodes", "-o", "jsonpath={.items[*].status.addresses[0].address}"]);
    let env = kubectl(&[
        "-n",
        &bench.namespace,
        "get",
        "deployment",
        "web",
        "-o",
        "jsonpath={.spec.template.spec.containers[0].env[0].value}",
    ]);
    assert_eq!(env, addresses.replace(' ', ","), "node addresses are outputs");
    assert!(program.says(&["logs", ".", "web"]).contains("web starts"));
    assert!(program.says(&["heal", ".", "--yes"]).contains("nothing to heal"), "it is seen by the same way");
    program.says(&["undeploy", ".", "--yes"]);
    assert!(kubectl(&["-n", &bench.namespace, "get", "all"]).starts_with("No resources found"));
}

#[test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
fn a_token_of_the_blueprint_opens_the_cluster_and_is_left_nowhere() {
    const CANARY: &str = "canary-of-a-password-4711";
    let bench = Bench::new("token");
    let namespace = bench.namespace.as_str();
    kubectl(&["-n", namespace, "create", "serviceaccount", "deployer"]);
    let subject = format!("--serviceaccount={namespace}:deployer");
    kubectl(&["-n", namespace, "create", "rolebinding", "deployer", "--clusterrole=admin", &subject]);
    kubectl(&["create", "clusterrole", namespace, "--verb=list", "--resource=nodes"]);
    kubectl(&["create", "clusterrolebinding", namespace, &format!("--clusterrole={namespace}"), &subject]);
    let token = kubectl(&["-n", namespace, "create", "token", "deployer", "--duration=10m"]);
    let server = kubectl(&["config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}"]);
    let folder = tempfile::tempdir().unwrap();
    let secrets = vec![("GANTRY_SECRET_TOKEN", token.clone()), ("GANTRY_SECRET_PASSWORD", CANARY.into())];
    let program = Program { kubeconfig: kubeconfig(folder.path()), folder, secrets };
    let text = format!(
        "tosca_definitions_version: cloudify_dsl_1_3
imports: [ cloudify/types/types.yaml, plugin:kubernetes-modern ]
node_templates:
  cluster:
    type: cloudify.kubernetes.nodes.Master
    properties: {{ configuration: {{ api_options: {{ host: '{server}', api_key: {{ get_secret: token }}, verify_ssl: 'false' }} }} }}
  web:
    type: cloudify.kubernetes.resources.Deployment
    properties:
      options: {{ namespace: {namespace} }}
      definition:
        metadata: {{ name: web }}
        spec:
          selector: {{ matchLabels: {{ app: web }} }}
          template:
            metadata: {{ labels: {{ app: web }} }}
            spec: {{ terminationGracePeriodSeconds: 1, containers: [ {{ name: web, image: 'docker.io/local/web:1', imagePullPolicy: IfNotPresent,
              env: [ {{ name: PASSWORD, value: {{ get_secret: password }} }} ] }} ] }}
    relationships: [ {{ type: cloudify.kubernetes.relationships.managed_by_master, target: cluster }} ]
  secret:
    type: cloudify.kubernetes.resources.Secret
    properties:
      definition: {{ metadata: {{ name: secret, namespace: {namespace}, annotations: {{ note: {{ get_secret: password }} }} }}, stringData: {{ p: {{ get_secret: password }} }} }}
    relationships: [ {{ type: cloudify.kubernetes.relationships.managed_by_master, target: cluster }} ]
  # Its refusal quotes what it was given.
  broken:
    type: cloudify.kubernetes.resources.ConfigMap
    properties:
      definition: {{ metadata: {{ name: {{ get_secret: password }}, namespace: {namespace}, labels: {{ a: {{ concat: [ '/', {{ get_secret: password }} ] }} }} }} }}
    relationships: [ {{ type: cloudify.kubernetes.relationships.managed_by_master, target: cluster }} ]
"
    );
    program.write("blueprint.yaml", &text);
    let target = ["--target", "kubernetes=kubernetes"];
    let mut all = program.says(&["plan", "blueprint.yaml"]);
    let (ok, said) = program.run(&[&["deploy", "blueprint.yaml", "--yes"], &target[..]].concat());
    assert!(!ok && said.contains("broken"), "{said}");
    all += &said;
    let value =
        kubectl(&["-n", namespace, "get", "secret", "secret", "-o", "jsonpath={.metadata.annotations.note}"]);
    assert_eq!(value, CANARY, "the cluster gets the secret itself");
    // Another process: the way back is in the blueprint alone.
    let logs = program.says(&["logs", "blueprint.yaml", "web"]);
    assert!(logs.contains("web starts"), "{logs}");
    let (_, exec) = program.run(&["exec", "blueprint.yaml", "web", "--", "/bin/echo", "inside"]);
    assert_eq!(exec, "inside\n");
    for words in [
        &["events", "blueprint.yaml"][..],
        &["events", "blueprint.yaml", "--format", "json"],
        &["status", "blueprint.yaml", "--format", "json"],
        &["outputs", "blueprint.yaml"],
        &["export", "blueprint.yaml", "--kubernetes", "--to", "out"],
        &["heal", "blueprint.yaml"],
    ] {
        all += &program.run(words).1;
    }
    all += &program.says(&[&["undeploy", "blueprint.yaml", "--yes"], &target[..]].concat());
    for secret in [CANARY, token.trim()] {
        assert!(!all.contains(secret), "told: {secret} in\n{all}");
        let found = Command::new("grep").args(["-rlF", secret]).arg(program.folder.path()).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&found.stdout), "", "left in a file");
    }
    assert!(kubectl(&["-n", namespace, "get", "deployments,secrets,pods"]).starts_with("No resources found"));
    kubectl(&["delete", "clusterrole,clusterrolebinding", namespace]);
}
