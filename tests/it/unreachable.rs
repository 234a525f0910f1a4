//! A Kubernetes target that can't be used, as the program tells it: at once, which one, why, what to do; and nothing has
//! been begun. The servers are of this test's own, at the loopback.

use std::io::{BufRead, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const IMPORTS: &str = "tosca_definitions_version: cloudify_dsl_1_4
imports: [ cloudify/types/types.yaml, 'plugin:cloudify-kubernetes-plugin?version=>=2.7' ]
";

/// A node at the target, whichever that is.
const SETTINGS: &str = "node_templates:
  settings:
    type: cloudify.kubernetes.resources.ConfigMap
    properties: { definition: { metadata: { name: settings }, data: { a: '1' } } }
";

/// A server that does not know who asks; what it was asked for.
struct Stranger {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Stranger {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let heard = Arc::clone(&asked);
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let heard = Arc::clone(&heard);
                std::thread::spawn(move || Self::answer(near, &heard));
            }
        });
        Self { url, asked }
    }

    fn answer(mut near: TcpStream, heard: &Mutex<Vec<String>>) {
        let mut head = String::new();
        let mut reader = BufReader::new(near.try_clone().unwrap());
        while reader.read_line(&mut head).is_ok_and(|count| count > 2) {}
        heard.lock().unwrap().push(head.lines().next().unwrap_or_default().to_owned());
        let body =
            json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "Unauthorized",
            "reason": "Unauthorized", "code": 401 })
            .to_string();
        let head = "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nConnection: close\r\n";
        let _ = write!(near, "{head}Content-Length: {}\r\n\r\n{body}", body.len());
    }
}

/// A blueprint, a kubeconfig and a store.
struct Lab {
    folder: tempfile::TempDir,
}

impl Lab {
    /// With the contexts `dead`, where nobody listens, and `expired`; `current` of them is the current one.
    fn new(blueprint: &str, expired: &Stranger, current: &str) -> Self {
        let lab = Self { folder: tempfile::tempdir().unwrap() };
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let cluster = |name: &str, server: &str| json!({ "name": name, "cluster": { "server": server } });
        let context =
            |name: &str| json!({ "name": name, "context": { "cluster": name, "user": "somebody" } });
        let kubeconfig = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": current,
            "clusters": [cluster("dead", &format!("http://{nobody}")), cluster("expired", &expired.url)],
            "contexts": [context("dead"), context("expired")],
            "users": [{ "name": "somebody", "user": { "token": "from-yesterday" } }],
        });
        std::fs::write(lab.path("kubeconfig"), kubeconfig.to_string()).unwrap();
        std::fs::write(lab.path("blueprint.yaml"), blueprint).unwrap();
        lab
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn gantry(&self, words: &[&str]) -> (Option<i32>, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_gantry"))
            .args(words)
            .current_dir(self.folder.path())
            .env("GANTRY_DATA_DIR", self.path("data"))
            .env("KUBECONFIG", self.path("kubeconfig"))
            .env("GANTRY_SECRET_TOKEN", "hush-hush")
            .output()
            .unwrap();
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code(), text)
    }

    /// What a deploy to `target` says, which it must do at once and without having begun anything.
    fn refused(&self, target: &str) -> String {
        let began = Instant::now();
        let (code, text) = self.gantry(&["deploy", "blueprint.yaml", "--yes", "--target", target]);
        assert_eq!(code, Some(1), "{text}");
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}: {text}", began.elapsed());
        assert!(text.contains(&format!("the target {target} can't be used")), "{text}");
        assert!(text.contains("was begun") && !text.contains("shows how far it came"), "{text}");
        let (_, status) = self.gantry(&["status", "blueprint.yaml", "--format", "json"]);
        let status: Value = serde_json::from_str(&status).unwrap();
        let state = &status["deployments"][0]["state"];
        assert_eq!((&state["status"], &state["sequence"]), (&json!("absent"), &json!(0)), "{status}");
        text
    }
}

#[test]
fn a_cluster_that_is_dead_is_told_before_anything_begins() {
    let lab = Lab::new(&(IMPORTS.to_owned() + SETTINGS), &Stranger::new(), "dead");
    for target in ["kubernetes:dead", "kubernetes"] {
        let text = lab.refused(target);
        assert!(text.contains("kubeconfig context `dead` can't be reached"), "{text}");
        assert!(text.contains("is the cluster up, and the address right?"), "{text}");
    }
}

#[test]
fn an_expired_token_is_told_before_anything_begins() {
    let stranger = Stranger::new();
    let lab = Lab::new(&(IMPORTS.to_owned() + SETTINGS), &stranger, "expired");
    for target in ["kubernetes:expired", "kubernetes"] {
        let text = lab.refused(target);
        assert!(text.contains("kubeconfig context `expired` does not know who asks"), "{text}");
        assert!(text.contains("has expired; log in again"), "{text}");
    }
    let asked = stranger.asked.lock().unwrap().clone();
    assert!(asked.iter().all(|line| line.starts_with("GET ")), "nothing was changed there: {asked:?}");
    // One that is not there at all is no question for a cluster.
    let (code, text) = lab.gantry(&["deploy", "blueprint.yaml", "--yes", "--target", "kubernetes:other"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("no context `other` (it has: dead, expired)"), "{text}");
}

#[test]
fn no_lane_begins_while_the_target_of_a_later_one_is_not_there() {
    let stranger = Stranger::new();
    let lab = Lab::new("", &stranger, "dead");
    let project = concat!(env!("CARGO_MANIFEST_DIR"), "/blueprints/hybrid-vnf");
    let (code, text) = lab.gantry(&["deploy", project, "--yes", "--target", "kubernetes=kubernetes:dead"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("kubeconfig context `dead` can't be reached"), "{text}");
    // The clusters, which would have been rehearsed, are not begun either: the service comes after them.
    let (_, status) = lab.gantry(&["status", project, "--format", "json"]);
    let status: Value = serde_json::from_str(&status).unwrap();
    for lane in status["deployments"].as_array().unwrap() {
        assert_eq!(lane["state"]["sequence"], json!(0), "{lane}");
    }
}

#[test]
fn a_cluster_that_the_blueprint_names_is_asked_with_the_blueprints_credentials() {
    let stranger = Stranger::new();
    let master = format!(
        "  master:
    type: cloudify.kubernetes.nodes.Master
    properties: {{ configuration: {{ api_options: {{ host: '{}', api_key: {{ get_secret: token }} }} }} }}
",
        stranger.url
    );
    let related = "    relationships: [ { type: cloudify.kubernetes.relationships.managed_by_master, target: master } ]\n";
    let lab = Lab::new(&(IMPORTS.to_owned() + SETTINGS + related + &master), &stranger, "dead");
    let text = lab.refused("kubernetes");
    assert!(text.contains(&format!("{} does not know who asks", stranger.url)), "{text}");
    assert!(!text.contains("hush-hush"), "{text}");
}
