//! Clusters of other ages: kinds whose stable version is younger than Kubernetes 1.20, on a server of this test's own that
//! serves what 1.20 does (API reference, "deprecated API migration guide"), and on the same one after its upgrade.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// Group, version, kind, plural.
type Served = &'static [(&'static str, &'static str, &'static str, &'static str)];

const OLD: Served = &[
    ("batch", "v1", "Job", "jobs"),
    ("batch", "v1beta1", "CronJob", "cronjobs"),
    ("policy", "v1beta1", "PodDisruptionBudget", "poddisruptionbudgets"),
    ("autoscaling", "v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
    ("autoscaling", "v2beta2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
];

/// As from 1.26 on.
const NEW: Served = &[
    ("batch", "v1", "Job", "jobs"),
    ("batch", "v1", "CronJob", "cronjobs"),
    ("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets"),
    ("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
    ("autoscaling", "v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
];

/// An API server that keeps what it is given, whatever the version.
struct Server {
    url: String,
    state: Arc<Mutex<State>>,
}

struct State {
    serves: Served,
    /// By plural and name.
    objects: BTreeMap<(String, String), Value>,
    asked: Vec<String>,
    count: u32,
}

impl Server {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = State { serves: OLD, objects: BTreeMap::new(), asked: Vec::new(), count: 0 };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || answer(near, &shared));
            }
        });
        Self { url, state }
    }

    fn upgrade(&self) {
        self.state.lock().unwrap().serves = NEW;
    }

    /// `plural/name: apiVersion` of all that is there.
    fn objects(&self) -> Vec<String> {
        let state = self.state.lock().unwrap();
        let said = |((plural, name), object): (&(String, String), &Value)| {
            format!("{plural}/{name}: {}", object["apiVersion"].as_str().unwrap())
        };
        state.objects.iter().map(said).collect()
    }

    fn object(&self, plural: &str, name: &str) -> Value {
        self.state.lock().unwrap().objects[&(plural.to_owned(), name.to_owned())].clone()
    }
}

fn answer(mut near: TcpStream, state: &Mutex<State>) -> Option<()> {
    let mut reader = BufReader::new(near.try_clone().ok()?);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let mut words = first.split_whitespace();
    let (method, target) = (words.next()?, words.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if query.contains("watch=") {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
        near.write_all(head.as_bytes()).ok()?;
        std::thread::sleep(Duration::from_mins(1));
        return None;
    }
    let (code, said) = state.lock().unwrap().said(method, path, &body);
    let said = said.to_string();
    let head =
        format!("HTTP/1.1 {code} Said\r\nContent-Type: application/json\r\nContent-Length: {}", said.len());
    write!(near, "{head}\r\nConnection: close\r\n\r\n{said}").ok()
}

fn missing(what: &str) -> (u16, Value) {
    let message = format!("{what} not found");
    (
        404,
        json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "reason": "NotFound",
        "code": 404 }),
    )
}

impl State {
    fn said(&mut self, method: &str, path: &str, body: &[u8]) -> (u16, Value) {
        self.asked.push(format!("{method} {path}"));
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        match parts.as_slice() {
            ["version"] => (
                200,
                json!({ "major": "1", "minor": "20", "gitVersion": "v1.20.2", "gitCommit": "",
                "gitTreeState": "", "buildDate": "", "goVersion": "", "compiler": "", "platform": "" }),
            ),
            ["apis"] => (200, self.groups()),
            ["apis", group, version] => {
                let here = self.serves.iter().filter(|served| served.0 == *group && served.1 == *version);
                let resources: Vec<Value> = here
                    .map(|(_, _, kind, plural)| {
                        json!({ "name": plural, "singularName": "", "namespaced": true, "kind": kind,
                        "verbs": ["create", "delete", "get", "list", "patch", "update", "watch"] })
                    })
                    .collect();
                if resources.is_empty() {
                    return missing(path);
                }
                (
                    200,
                    json!({ "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": format!("{group}/{version}"),
                    "resources": resources }),
                )
            }
            ["api", "v1", ..] => (
                200,
                json!({ "kind": "List", "apiVersion": "v1", "metadata": { "resourceVersion": "1" },
                "items": [] }),
            ),
            ["apis", group, version, "namespaces", "default", plural] => {
                let here = self.objects.iter().filter(|((of, _), _)| of == plural);
                let items: Vec<Value> = here.map(|(_, object)| object.clone()).collect();
                let version = format!("{group}/{version}");
                (
                    200,
                    json!({ "kind": "List", "apiVersion": version, "metadata": { "resourceVersion": "1" }, "items": items }),
                )
            }
            ["apis", group, version, "namespaces", "default", plural, name] => {
                let served =
                    |it: &&(&str, &str, &str, &str)| it.0 == *group && it.1 == *version && it.3 == *plural;
                if !self.serves.iter().any(|it| served(&it)) {
                    return missing(path);
                }
                let version = format!("{group}/{version}");
                self.object(method, &version, ((*plural).to_owned(), (*name).to_owned()), body)
            }
            _ => missing(path),
        }
    }

    fn groups(&self) -> Value {
        let mut groups: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for (group, version, ..) in self.serves {
            let entry = json!({ "groupVersion": format!("{group}/{version}"), "version": version });
            let known = groups.entry(group).or_default();
            if !known.contains(&entry) {
                known.push(entry);
            }
        }
        let groups: Vec<Value> = groups
            .into_iter()
            .map(|(name, versions)| json!({ "name": name, "preferredVersion": versions[0], "versions": versions }))
            .collect();
        json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": groups })
    }

    /// One object, in the version in which it is asked for.
    fn object(&mut self, method: &str, version: &str, key: (String, String), body: &[u8]) -> (u16, Value) {
        let path = format!("{} \"{}\"", key.0, key.1);
        match method {
            "PATCH" => {
                let mut object: Value = serde_yaml::from_slice(body).unwrap();
                assert_eq!(object["apiVersion"], json!(version), "the body says what the path says");
                self.count += 1;
                let known = self.objects.get(&key).map(|known| known["metadata"]["uid"].clone());
                object["metadata"]["uid"] = known.unwrap_or_else(|| json!(format!("uid-{}", self.count)));
                object["metadata"]["resourceVersion"] = json!(self.count.to_string());
                object["metadata"]["generation"] = json!(self.count);
                self.objects.insert(key, object.clone());
                (200, object)
            }
            "DELETE" => match self.objects.remove(&key) {
                Some(object) => (200, object),
                None => missing(&path),
            },
            _ => match self.objects.get(&key) {
                Some(object) => {
                    let mut object = object.clone();
                    object["apiVersion"] = json!(version);
                    (200, object)
                }
                None => missing(&path),
            },
        }
    }
}

fn blueprint(schedule: &str, version: &str) -> String {
    format!(
        "tosca_definitions_version: cloudify_dsl_1_4
imports: [ cloudify/types/types.yaml, 'plugin:cloudify-kubernetes-plugin?version=>=2.7' ]
node_templates:
  nightly:
    type: cloudify.kubernetes.resources.CronJob
    properties:
      definition:
        {version}
        metadata: {{ name: nightly }}
        spec: {{ schedule: '{schedule}', jobTemplate: {{ spec: {{ template: {{ spec: {{ restartPolicy: Never, containers: [] }} }} }} }} }}
  budget:
    type: cloudify.kubernetes.resources.PodDisruptionBudget
    properties: {{ definition: {{ metadata: {{ name: budget }}, spec: {{ minAvailable: 1, selector: {{ matchLabels: {{ app: web }} }} }} }} }}
  scaler:
    type: cloudify.kubernetes.resources.HorizontalPodAutoscaler
    properties: {{ definition: {{ metadata: {{ name: scaler }}, spec: {{ maxReplicas: 3, scaleTargetRef: {{ kind: Deployment, name: web }} }} }} }}
"
    )
}

struct Lab {
    folder: tempfile::TempDir,
}

impl Lab {
    fn new(server: &Server) -> Self {
        let lab = Self { folder: tempfile::tempdir().unwrap() };
        let kubeconfig = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "old",
            "clusters": [{ "name": "old", "cluster": { "server": server.url } }],
            "contexts": [{ "name": "old", "context": { "cluster": "old", "user": "somebody" } }],
            "users": [{ "name": "somebody", "user": { "token": "t" } }],
        });
        lab.write("kubeconfig", &kubeconfig.to_string());
        lab
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    fn gantry(&self, words: &[&str]) -> (bool, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_gantry"))
            .args(words)
            .current_dir(self.path())
            .env("GANTRY_DATA_DIR", self.path().join("data"))
            .env("KUBECONFIG", self.path().join("kubeconfig"))
            .output()
            .unwrap();
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.success(), text)
    }

    fn deploy(&self) -> String {
        let (ok, text) = self.gantry(&["deploy", "blueprint.yaml", "--yes", "--target", "kubernetes:old"]);
        assert!(ok, "{text}");
        text
    }
}

#[test]
fn young_kinds_go_to_an_old_cluster_in_the_version_it_knows_and_are_found_again_after_its_upgrade() {
    let server = Server::new();
    let lab = Lab::new(&server);
    lab.write("blueprint.yaml", &blueprint("0 3 * * *", ""));
    let text = lab.deploy();
    assert!(text.contains("goes as batch/v1beta1: the cluster knows no batch/v1 of it"), "{text}");
    assert!(!text.contains("was deleted"), "{text}");
    let old = [
        "cronjobs/nightly: batch/v1beta1",
        "horizontalpodautoscalers/scaler: autoscaling/v2beta2",
        "poddisruptionbudgets/budget: policy/v1beta1",
    ];
    assert_eq!(server.objects(), old);
    let first = server.object("cronjobs", "nightly")["metadata"]["uid"].clone();

    // What is applied in the young version is the same object, not one to be left behind.
    server.upgrade();
    lab.write("blueprint.yaml", &blueprint("0 4 * * *", ""));
    let text = lab.deploy();
    assert!(!text.contains("was deleted"), "{text}");
    let nightly = server.object("cronjobs", "nightly");
    assert_eq!(
        (&nightly["apiVersion"], &nightly["spec"]["schedule"]),
        (&json!("batch/v1"), &json!("0 4 * * *"))
    );
    assert_eq!(nightly["metadata"]["uid"], first);

    // Two of them are remembered in versions that are served no longer.
    let (ok, text) = lab.gantry(&["undeploy", "blueprint.yaml", "--yes"]);
    assert!(ok, "{text}");
    assert_eq!(server.objects(), Vec::<String>::new());
}

#[test]
fn a_version_that_the_definition_names_is_taken_at_its_word() {
    let server = Server::new();
    let lab = Lab::new(&server);
    lab.write("blueprint.yaml", &blueprint("0 3 * * *", "apiVersion: batch/v1"));
    let (ok, text) = lab.gantry(&["deploy", "blueprint.yaml", "--yes", "--target", "kubernetes:old"]);
    assert!(!ok, "{text}");
    assert!(
        text.contains("knows no `CronJob` of `batch/v1`; it has `batch/v1beta1`: set `apiVersion`"),
        "{text}"
    );
}
