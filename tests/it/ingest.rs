//! `gantry import`: what people have, as lanes that check without errors.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::cli::Lab;

const COMPOSE: &str = "services:
  web:
    image: nginx:${TAG:-1.27}
    ports: ['8080:80', '127.0.0.1:8443:443']
    volumes: ['data:/usr/share/nginx/html:ro']
    environment: { MODE: live, FROM_SHELL: }
    depends_on: [api]
    healthcheck: { test: [CMD, 'true'] }
    deploy: { replicas: 2, placement: { constraints: [node.role == worker] }, labels: { a: b } }
  api:
    build: ./api
    entrypoint: [/bin/api]
    command: --verbose
    mem_limit: 64m
volumes: { data: { driver: local, driver_opts: { type: nfs } } }
";

const MANIFEST: &str = "apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [ { name: web, image: nginx } ] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [ { port: 80 } ] }
---
apiVersion: v1
kind: Secret
metadata: { name: login, namespace: shop }
data: { password: czNjcjN0 }
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: fast }
provisioner: example.com/disk
reclaimPolicy: Retain
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: read, namespace: shop }
roleRef: { kind: Role, name: read, apiGroup: rbac.authorization.k8s.io }
subjects: [ { kind: ServiceAccount, name: reader } ]
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: { name: tls, namespace: shop }
spec: { secretName: tls }
";

impl Lab {
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.project().parent().unwrap().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

#[test]
fn each_format_becomes_a_lane_of_a_new_project_without_errors() {
    let lab = Lab::hybrid_vnf();
    let compose = lab.file("shop/compose.yaml", COMPOSE);
    let manifest = lab.file("site.yaml", MANIFEST);
    let run = lab.file("run.txt", "docker run -d --name cache -p 6379:6379 redis:7 redis-server --save ''");
    let told = lab.expect(0, &["import", &compose, &manifest, &run, "--to", "new"]);
    assert!(
        told.contains("shop: 8 nodes") && told.contains("site: 7 nodes") && told.contains("cache: 4 nodes"),
        "{told}"
    );
    let checked = lab.expect(0, &["check", "new"]);
    assert!(checked.contains("3 blueprints checked: no problems"), "{checked}");
    let made = lab.project().with_file_name("new");
    let text = |file: &str| std::fs::read_to_string(made.join(file)).unwrap();
    let shop = text("shop/blueprint.yaml");
    assert!(shop.contains("services.web.healthcheck:\n      test: [CMD, 'true']"), "kept as it was: {shop}");
    assert!(shop.contains("# - services.api.build: an image is not built"), "{shop}");
    assert!(text("site/resources/fast.yaml").contains("reclaimPolicy: Retain"));
    let site = text("site/blueprint.yaml");
    assert!(site.contains("get_secret: login_password") && !site.contains("czNjcjN0"), "{site}");
    // And what was made is deployed, in rehearsal.
    lab.expect(0, &["deploy", "new/shop", "--yes", "--rehearsal-latency", "0"]);
}

#[test]
fn nodes_join_a_lane_that_is_there_and_nothing_else_changes() {
    let lab = Lab::hybrid_vnf();
    let before = std::fs::read_to_string(lab.project().join("swarm-cluster/blueprint.yaml")).unwrap();
    let compose =
        lab.file("shop/compose.yaml", "services: { edge: { image: nginx, ports: ['80:80'], tty: true } }\n");
    lab.expect(0, &["import", &compose, "--to", "hybrid-vnf/swarm-cluster"]);
    let after = std::fs::read_to_string(lab.project().join("swarm-cluster/blueprint.yaml")).unwrap();
    let mut kept = after.lines();
    for line in before.lines() {
        assert!(kept.any(|other| other == line), "`{line}` is gone or has moved");
    }
    assert!(after.contains("target: manager\n"), "the manager that is there takes it: {after}");
    assert!(!after.contains("  swarm:\n") && after.contains("services.edge.tty: true"), "{after}");
    lab.expect(0, &["check", "hybrid-vnf"]);
    // Again, under other names.
    lab.expect(0, &["import", &compose, "--to", "hybrid-vnf/swarm-cluster"]);
    lab.expect(0, &["check", "hybrid-vnf"]);
}

#[test]
fn blueprints_come_as_folders_and_archives_with_their_files() {
    let lab = Lab::hybrid_vnf();
    lab.expect(0, &["export", "hybrid-vnf", "--to", "out"]);
    lab.expect(0, &["import", "hybrid-vnf", "--to", "copy"]);
    lab.expect(0, &["import", "out/kubernetes-cluster.zip", "--to", "copy/second"]);
    let root = lab.project().parent().unwrap().join("copy");
    for lane in ["kubernetes-cluster", "second"] {
        for file in ["blueprint.yaml", "scripts/apache/start.sh", "resources/http1/index.html"] {
            let original = std::fs::read(lab.project().join("kubernetes-cluster").join(file)).unwrap();
            assert_eq!(std::fs::read(root.join(lane).join(file)).unwrap(), original, "{lane}/{file}");
        }
    }
    lab.expect(0, &["check", "copy"]);
}

#[test]
fn stdin_is_read_and_results_are_told_as_json() {
    let lab = Lab::hybrid_vnf();
    let mut child = Command::new(env!("CARGO_BIN_EXE_gantry"))
        .args(["import", "-", "--to", "new", "--format", "json"])
        .current_dir(lab.project().parent().unwrap())
        .env("GANTRY_DATA_DIR", lab.data())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"docker run --privileged nginx").unwrap();
    let output = child.wait_with_output().unwrap();
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told[0]["lanes"][0], "nginx");
    assert_eq!(told[0]["left_out"][0]["at"], "services.nginx.privileged");
}

#[test]
fn what_cannot_be_brought_in_is_refused_and_nothing_is_made() {
    let lab = Lab::hybrid_vnf();
    let rubbish = lab.file("rubbish.yaml", "a: [\n");
    let chart = lab.file("chart.yaml", "{{ include \"x\" . }}\nkind: [\n");
    lab.file("empty/readme.md", "nothing");
    for (file, wanted) in [
        (rubbish.as_str(), "rubbish.yaml:"),
        (chart.as_str(), "helm template"),
        ("empty", "no blueprint, compose file"),
        ("nowhere.yaml", "nowhere.yaml"),
        ("/dev/null", "no regular file"),
    ] {
        let output = lab.gantry(&["import", file, "--to", "new"]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{file}: {told}");
        assert!(told.contains(wanted), "{file}: {told}");
        assert!(!lab.project().parent().unwrap().join("new").exists(), "{file}: nothing is made");
    }
    // A folder that holds something else is no project.
    let good = lab.file("run.txt", "docker run nginx");
    let output = lab.gantry(&["import", &good, "--to", "empty"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("is no project"));
}
