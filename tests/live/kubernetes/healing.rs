//! The program itself: what was changed behind its back is put right, and nothing else; what changes in the blueprint
//! changes in place; what is exported is what is sent.

use std::path::Path;
use std::process::{Command, Output};

use super::bench::{Bench, given, kubectl};
use super::fault::Door;

struct Program {
    folder: tempfile::TempDir,
}

impl Program {
    fn write(&self, text: &str) {
        std::fs::write(self.folder.path().join("blueprint.yaml"), text).unwrap();
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gantry"));
        command
            .args(words)
            .current_dir(self.folder.path())
            .env("GANTRY_DATA_DIR", self.folder.path().join(".data"));
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    fn says(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let text = told(&output);
        assert!(output.status.success(), "gantry {words:?}: {text}");
        text
    }
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Two pods' worth of a service, and settings beside it.
fn blueprint(namespace: &str, tag: &str, more: &str) -> String {
    format!(
        "tosca_definitions_version: cloudify_dsl_1_3
imports: [ cloudify/types/types.yaml, plugin:kubernetes ]
node_templates:
  web:
    type: cloudify.kubernetes.Microservice
    properties:
      name: web
      image: docker.io/local/web:{tag}
      port: 80
      replicas: 2
      run_overrides: '{{\"metadata\": {{\"namespace\": \"{namespace}\"}}, \"spec\": {{\"template\": {{\"spec\": {{\"terminationGracePeriodSeconds\": 1}}}}}}}}'
      expose_overrides: '{{\"metadata\": {{\"namespace\": \"{namespace}\"}}}}'
  settings:
    type: cloudify.kubernetes.Microservice
    properties:
      name: settings
      config: {{ apiVersion: v1, kind: ConfigMap, metadata: {{ name: settings, namespace: {namespace} }}, data: {{ a: '1' }} }}
{more}"
    )
}

#[test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
fn what_was_changed_behind_our_back_is_put_right_and_nothing_else() {
    let bench = Bench::new("heal");
    let namespace = bench.namespace.as_str();
    let of = |what: &str, path: &str| {
        kubectl(&["-n", namespace, "get", what, "-o", &format!("jsonpath={{{path}}}")])
    };
    let program = Program { folder: tempfile::tempdir().unwrap() };
    program.write(&blueprint(namespace, "1", ""));
    let target = ["blueprint.yaml", "--target", "kubernetes=kubernetes:admin"];
    let deploy = [&["deploy"], &target[..], &["--yes"]].concat();
    program.says(&deploy);
    let uid = of("deployment/web", ".metadata.uid");
    assert!(program.says(&["heal", "blueprint.yaml", "--yes"]).contains("nothing to heal"));

    kubectl(&["-n", namespace, "scale", "deployment", "web", "--replicas=1"]);
    kubectl(&["-n", namespace, "delete", "service", "web"]);
    let untouched = of("configmap/settings", ".metadata.resourceVersion");
    let planned = program.says(&["plan", "blueprint.yaml", "--heal"]);
    assert!(
        planned.contains("heal") && planned.contains("changed: ") && !planned.contains("settings"),
        "{planned}"
    );
    assert_eq!(of("deployment/web", ".spec.replicas"), "1", "planning changes nothing");
    program.says(&["heal", "blueprint.yaml", "--yes"]);
    assert_eq!(of("deployment/web", ".spec.replicas"), "2");
    assert_eq!(of("service/web", ".spec.ports[0].port"), "80");
    assert_eq!(of("deployment/web", ".metadata.uid"), uid, "put right in place");
    assert_eq!(of("configmap/settings", ".metadata.resourceVersion"), untouched);
    assert!(program.says(&["heal", "blueprint.yaml", "--yes"]).contains("nothing to heal"));

    // A new image: the same Deployment rolls on.
    program.write(&blueprint(namespace, "2", ""));
    assert!(
        program
            .says(&["plan", "blueprint.yaml", "--target", "kubernetes=kubernetes:admin"])
            .contains("1 to update")
    );
    program.says(&deploy);
    assert_eq!(of("deployment/web", ".spec.template.spec.containers[0].image"), "docker.io/local/web:2");
    assert_eq!(of("deployment/web", ".metadata.uid"), uid, "updated in place");

    // A deploy leaves to others what is theirs, and says who they are.
    kubectl(&["-n", namespace, "scale", "deployment", "web", "--replicas=3"]);
    program.write(&blueprint(namespace, "1", ""));
    let refused = program.run(&deploy);
    assert!(!refused.status.success() && told(&refused).contains("kubectl"), "{}", told(&refused));
    assert_eq!(of("deployment/web", ".spec.replicas"), "3");
    program.says(&["undeploy", "blueprint.yaml", "--yes"]);
    assert!(
        kubectl(&["-n", namespace, "get", "deployments,services,pods"]).starts_with("No resources found")
    );
}

#[test]
#[ignore = "needs a real cluster: tests/run kubernetes"]
fn a_kubeconfig_in_the_blueprints_folder_leads_back_to_the_cluster() {
    let bench = Bench::new("inside");
    let namespace = bench.namespace.as_str();
    let program = Program { folder: tempfile::tempdir().unwrap() };
    let kubeconfig = program.folder.path().join("lab/config");
    std::fs::create_dir(kubeconfig.parent().unwrap()).unwrap();
    std::fs::copy(given("GANTRY_TEST_KUBECONFIG"), &kubeconfig).unwrap();
    program.write(&format!(
        "tosca_definitions_version: cloudify_dsl_1_3
imports: [ cloudify/types/types.yaml, plugin:kubernetes-modern ]
node_templates:
  settings:
    type: cloudify.kubernetes.resources.ConfigMap
    properties:
      client_config: {{ configuration: {{ blueprint_file_name: ./lab/config }} }}
      definition: {{ metadata: {{ name: settings, namespace: {namespace} }}, data: {{ a: '1' }} }}
"
    ));
    // The user's own kubeconfig leads elsewhere.
    let elsewhere = |words: &[&str]| {
        let output = program.command(words).env("KUBECONFIG", "/none/of/that/name").output().unwrap();
        let text = told(&output);
        assert!(output.status.success(), "gantry {words:?}: {text}");
        text
    };
    elsewhere(&["deploy", "blueprint.yaml", "--target", "kubernetes=kubernetes", "--yes"]);
    assert!(elsewhere(&["heal", "blueprint.yaml", "--yes"]).contains("nothing to heal"));
    kubectl(&["-n", namespace, "delete", "configmap", "settings"]);
    elsewhere(&["heal", "blueprint.yaml", "--yes"]);
    assert_eq!(kubectl(&["-n", namespace, "get", "configmap", "settings", "-o", "jsonpath={.data.a}"]), "1");
    elsewhere(&["undeploy", "blueprint.yaml", "--yes"]);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real cluster: tests/run kubernetes"]
async fn what_is_exported_is_what_is_sent() {
    let bench = Bench::new("export");
    let door = Door::open().await;
    let program = Program { folder: tempfile::tempdir().unwrap() };
    let master = format!(
        "  cluster:
    type: cloudify.kubernetes.nodes.Master
    properties: {{ configuration: {{ api_options: {{ host: '{}' }} }} }}
  settings:
    type: cloudify.kubernetes.resources.ConfigMap
    properties: {{ definition: {{ metadata: {{ name: settings, namespace: {} }}, data: {{ 'on': 'yes', a: '012' }} }} }}
    relationships: [ {{ type: cloudify.kubernetes.relationships.managed_by_master, target: cluster }} ]
",
        door.url, bench.namespace
    );
    program.write(&format!(
        "tosca_definitions_version: cloudify_dsl_1_3
imports: [ cloudify/types/types.yaml, plugin:kubernetes-modern ]
node_templates:
{master}"
    ));
    tokio::task::spawn_blocking(move || {
        program.says(&["export", "blueprint.yaml", "--kubernetes", "--to", "out"]);
        program.says(&["deploy", "blueprint.yaml", "--target", "kubernetes=kubernetes", "--yes"]);
        let sent: Vec<String> = door.asked("PATCH").into_iter().map(|asked| asked.body).collect();
        assert_eq!(sent.len(), 1, "one object, sent once");
        let exported = read(&program.folder.path().join("out"));
        assert_eq!(exported, format!("---\n{}", sent[0]));
        assert_eq!(
            kubectl(&[
                "-n",
                &bench.namespace,
                "get",
                "configmap",
                "settings",
                "-o",
                "jsonpath={.data.on} {.data.a}"
            ]),
            "yes 012"
        );
        program.says(&["undeploy", "blueprint.yaml", "--yes"]);
    })
    .await
    .unwrap();
}

/// The one file below `folder`.
fn read(folder: &Path) -> String {
    let entry = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    if entry.is_dir() { read(&entry) } else { std::fs::read_to_string(entry).unwrap() }
}
