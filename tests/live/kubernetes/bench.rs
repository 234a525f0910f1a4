//! A deployment by hand: nodes with one instance each, and one operation at a time on a real cluster.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::StreamExt;
use gantry::check::Node;
use gantry::engine::{Context, Failure, Observation, Outcome, Provider, Related, Reporter, Scope, World};
use gantry::model::{Map, Platform, TargetSpec, Value};
use gantry::plan::{Operation, OperationId, Retry, State, Work};
use gantry::providers::kubernetes::KubernetesProvider;
use tokio_util::sync::CancellationToken;

/// What `cluster up` left in the environment.
pub fn given(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: start these tests by tests/run kubernetes"))
}

/// Runs `kubectl` and gives what it says.
pub fn kubectl(words: &[&str]) -> String {
    let (ok, text) = kubectl_may_fail(words);
    assert!(ok, "kubectl {words:?}: {text}");
    text
}

pub fn kubectl_may_fail(words: &[&str]) -> (bool, String) {
    let program = std::env::var("GANTRY_TEST_KUBECTL").unwrap_or_else(|_| "kubectl".into());
    let output = Command::new(program)
        .args(["--kubeconfig", &given("GANTRY_TEST_KUBECONFIG")])
        .args(words)
        .output()
        .unwrap();
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text.trim().to_owned())
}

/// `tests/live/kubernetes/cluster VERB DIR WORD…`; only where the test run made the cluster itself.
pub fn cluster(verb: &str, words: &[&str]) -> Option<String> {
    let dir = std::env::var("GANTRY_TEST_KUBERNETES").ok()?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/live/kubernetes/cluster");
    let output = Command::new(script).arg(verb).arg(dir).args(words).output().unwrap();
    Some(String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
}

/// Asks until the answer is yes, for `limit` at most; how long it took.
pub async fn until(limit: Duration, mut yes: impl FnMut() -> bool) -> Option<Duration> {
    let began = Instant::now();
    while began.elapsed() < limit {
        if yes() {
            return Some(began.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    None
}

/// A deployment, in a namespace of its own that ends with it.
#[derive(Clone)]
pub struct Bench {
    pub deployment: String,
    pub namespace: String,
    pub folder: PathBuf,
    nodes: HashMap<String, Arc<Node>>,
    runtime: Arc<Mutex<HashMap<String, Map>>>,
    pub said: Arc<Mutex<Vec<String>>>,
    _end: Arc<End>,
}

struct End(String);

impl Drop for End {
    fn drop(&mut self) {
        let (_, _) = kubectl_may_fail(&["delete", "namespace", &self.0, "--wait=false"]);
    }
}

impl Bench {
    pub fn new(name: &str) -> Self {
        let namespace = format!("{name}-{}", std::process::id());
        kubectl(&["create", "namespace", &namespace]);
        until_account(&namespace);
        Self {
            deployment: name.into(),
            folder: PathBuf::from("."),
            nodes: HashMap::new(),
            runtime: Arc::default(),
            said: Arc::default(),
            _end: Arc::new(End(namespace.clone())),
            namespace,
        }
    }

    pub fn node(mut self, name: &str, type_name: &str, properties: serde_json::Value) -> Self {
        self.set(name, type_name, properties);
        self
    }

    pub fn set(&mut self, name: &str, type_name: &str, properties: serde_json::Value) {
        let node = Node {
            name: name.into(),
            type_name: type_name.into(),
            type_hierarchy: ["cloudify.nodes.Root".into(), type_name.into()].into(),
            properties: Value::from(properties).as_map().cloned().unwrap(),
            ..Node::default()
        };
        self.nodes.insert(name.into(), Arc::new(node));
    }

    /// A Deployment that serves a page on port 80.
    pub fn web(self, name: &str, image: &str, replicas: u32) -> Self {
        let properties = self.web_properties(name, image, replicas);
        self.node(name, "cloudify.kubernetes.Microservice", properties)
    }

    pub fn web_properties(&self, name: &str, image: &str, replicas: u32) -> serde_json::Value {
        serde_json::json!({ "name": name, "env": { "SERVERS": ["10.0.0.1", "10.0.0.2"] }, "config": {
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": name, "namespace": self.namespace },
            "spec": { "replicas": replicas, "selector": { "matchLabels": { "app": name } }, "template": {
                "metadata": { "labels": { "app": name } },
                "spec": { "terminationGracePeriodSeconds": 1, "containers": [{ "name": "web", "image": image, "imagePullPolicy": "IfNotPresent",
                    "readinessProbe": { "httpGet": { "path": "/", "port": 80 }, "periodSeconds": 1 } }] } } } } })
    }

    pub fn runtime(&self, node: &str) -> Map {
        self.runtime.lock().unwrap().get(&format!("{node}_1")).cloned().unwrap_or_default()
    }

    pub fn said(&self, part: &str) -> bool {
        self.said.lock().unwrap().iter().any(|said| said.contains(part))
    }

    fn related_as(&self, node: &Arc<Node>) -> Related {
        Related {
            instance: format!("{}_1", node.name),
            properties: node.properties.clone(),
            runtime: self.runtime(&node.name),
            node: node.clone(),
            relationship: Vec::new(),
            relationship_properties: Map::new(),
        }
    }

    /// Does `name` of `node` as the executor would.
    pub async fn run(
        &self,
        provider: &KubernetesProvider,
        node: &str,
        name: &str,
    ) -> Result<Outcome, Failure> {
        self.run_within(provider, node, name, Duration::from_secs(90)).await
    }

    pub async fn run_within(
        &self,
        provider: &KubernetesProvider,
        node: &str,
        name: &str,
        limit: Duration,
    ) -> Result<Outcome, Failure> {
        let found = self.nodes[node].clone();
        let instance = format!("{node}_1");
        let operation = Operation {
            id: OperationId(1),
            instance: instance.clone(),
            node: node.into(),
            name: format!("cloudify.interfaces.lifecycle.{name}"),
            work: Work::Lifecycle { implementation: String::new() },
            platform: Platform::Kubernetes,
            target: TargetSpec::Kubernetes(None),
            inputs: Map::new(),
            entering: None,
            reached: None,
            retry: Retry::default(),
            edition: None,
            cause: "test".into(),
            after: Vec::new(),
        };
        let (said, runtime, of) = (self.said.clone(), self.runtime.clone(), instance.clone());
        let cancel = CancellationToken::new();
        let cx = Context {
            deployment: self.deployment.clone(),
            execution: "1".into(),
            key: format!("{node}-{name}"),
            attempt: 1,
            properties: found.properties.clone(),
            runtime: self.runtime(node),
            node: found,
            inputs: Map::new(),
            spec: "spec".into(),
            folder: self.folder.clone(),
            cancel: cancel.clone(),
            report: Reporter::new(move |message, made: Map| {
                said.lock().unwrap().push(message);
                runtime.lock().unwrap().entry(of.clone()).or_default().extend(made);
            }),
            world: Arc::new(self.clone()),
            instance: instance.clone(),
        };
        let clock = tokio::spawn(async move {
            tokio::time::sleep(limit).await;
            cancel.cancel();
        });
        let outcome = provider.execute(&operation, &cx).await;
        clock.abort();
        let outcome = outcome?;
        let mut runtime = self.runtime.lock().unwrap();
        let mine = runtime.entry(instance).or_default();
        for (key, value) in &outcome.runtime {
            if value.is_null() {
                mine.shift_remove(key);
            } else {
                mine.insert(key.clone(), value.clone());
            }
        }
        Ok(outcome)
    }

    /// What is seen of `nodes` from now on.
    pub fn observe(&self, provider: &KubernetesProvider, nodes: &[&str]) -> Sight {
        let instances = nodes
            .iter()
            .map(|node| {
                (format!("{node}_1"), self.nodes[*node].clone(), self.runtime(node), "spec".to_owned())
            })
            .collect();
        let mut stream = provider.observe(Scope {
            deployment: self.deployment.clone(),
            instances,
            world: Arc::new(self.clone()),
        });
        let (send, receive) = tokio::sync::mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            while let Some(seen) = stream.next().await {
                let _ = send.send(seen);
            }
        });
        Sight { receive, task }
    }
}

fn until_account(namespace: &str) {
    for _ in 0..100 {
        if kubectl_may_fail(&["-n", namespace, "get", "serviceaccount", "default"]).0 {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{namespace} got no service account");
}

/// Observations as they come.
pub struct Sight {
    receive: tokio::sync::mpsc::UnboundedReceiver<Observation>,
    task: tokio::task::JoinHandle<()>,
}

impl Sight {
    /// The first observation that `wanted` takes, and how long it took; panics after 30 s.
    pub async fn next(
        &mut self,
        what: &str,
        wanted: impl Fn(&Observation) -> bool,
    ) -> (Observation, Duration) {
        let began = Instant::now();
        let mut last = None;
        while let Ok(Some(seen)) =
            tokio::time::timeout(Duration::from_secs(30).saturating_sub(began.elapsed()), self.receive.recv())
                .await
        {
            if wanted(&seen) {
                return (seen, began.elapsed());
            }
            last = Some(seen);
        }
        panic!("{what} was never seen; last: {last:?}");
    }
}

impl Sight {
    /// The next observation, whatever it is.
    pub async fn any(&mut self) -> Option<Observation> {
        self.receive.recv().await
    }

    /// Whether nothing new is seen for `limit`.
    pub async fn none_within(&mut self, limit: Duration) -> bool {
        tokio::time::timeout(limit, self.receive.recv()).await.is_err()
    }
}

impl Drop for Sight {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[async_trait]
impl World for Bench {
    fn related(&self, _: &str) -> Result<Vec<Related>, Failure> {
        Ok(Vec::new())
    }

    fn related_to(&self, _: &str) -> Result<Vec<Related>, Failure> {
        Ok(Vec::new())
    }

    fn instances(&self, node: &str) -> Result<Vec<Related>, Failure> {
        Ok(self.nodes.get(node).map(|node| self.related_as(node)).into_iter().collect())
    }

    fn deployment(&self, _: &str) -> Option<Arc<State>> {
        None
    }

    async fn changed(&self, _: &str) {
        std::future::pending::<()>().await;
    }
}
