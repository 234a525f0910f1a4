//! A deployment by hand: nodes, their instances and relationships, and one operation at a time on a real engine.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use gantry::check::{Node, Relationship};
use gantry::engine::{Context, Failure, Outcome, Provider, Related, Reporter, Scope, World};
use gantry::model::{Map, Platform, TargetSpec, Value};
use gantry::plan::{Operation, OperationId, Retry, State, Work};
use tokio_util::sync::CancellationToken;

/// What `engine up` left in the environment.
pub fn given(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: start these tests by tests/run docker"))
}

/// The output of the `docker` command on the test engine.
pub fn docker(words: &[&str]) -> String {
    let output =
        Command::new("docker").args(["-H", &given("GANTRY_TEST_DOCKER")]).args(words).output().unwrap();
    assert!(output.status.success(), "docker {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// The parts of the engine that only one test can use at a time: its second node, and the project's names.
pub static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// The page at `url`, asked for until `wanted` says yes, for 20 seconds at most.
pub fn page(url: &str, wanted: impl Fn(&str) -> bool) -> String {
    let mut last = String::new();
    for _ in 0..80 {
        let output = Command::new("curl").args(["-s", "-m", "2", url]).output().unwrap();
        last = String::from_utf8(output.stdout).unwrap_or_default();
        let last = last.trim();
        if wanted(last) {
            return last.to_owned();
        }
        std::thread::sleep(Duration::from_millis(250));
    }
    panic!("{url} never gave what was wanted; last: {last:?}");
}

fn hierarchy(type_name: &str) -> Vec<String> {
    vec!["cloudify.nodes.Root".into(), type_name.into()]
}

/// A deployment whose nodes have one instance each, named after them with `_1` behind.
#[derive(Clone)]
pub struct Bench {
    pub deployment: String,
    nodes: Vec<Arc<Node>>,
    runtime: Arc<Mutex<HashMap<String, Map>>>,
    /// What was said during the operations.
    pub said: Arc<Mutex<Vec<String>>>,
}

impl Bench {
    pub fn new(deployment: &str) -> Self {
        Self {
            deployment: deployment.into(),
            nodes: Vec::new(),
            runtime: Arc::default(),
            said: Arc::default(),
        }
    }

    pub fn node(
        mut self,
        name: &str,
        type_name: &str,
        properties: serde_json::Value,
        relationships: &[(&str, &str)],
    ) -> Self {
        let relationships = relationships.iter().map(|(type_name, target)| Relationship {
            type_name: (*type_name).into(),
            type_hierarchy: [(*type_name).into()].into(),
            target: (*target).into(),
            ..Relationship::default()
        });
        self.nodes.push(Arc::new(Node {
            name: name.into(),
            type_name: type_name.into(),
            type_hierarchy: hierarchy(type_name).into(),
            properties: Value::from(properties).as_map().cloned().unwrap(),
            relationships: relationships.collect(),
            ..Node::default()
        }));
        self
    }

    /// A service with one container and one port in host mode.
    pub fn service(self, name: &str, image: &str, env: serde_json::Value, port: u16) -> Self {
        self.node(
            name,
            "cloudify.swarm.Microservice",
            serde_json::json!({ "name": name, "replicas": 1, "placement": { "constraints": ["node.role==manager"] } }),
            &[
                ("cloudify.swarm.relationships.container_contained_in_microservice", "container"),
                ("cloudify.swarm.relationships.port_attached_to_microservice", "port"),
            ],
        )
        .node(
            "container",
            "cloudify.swarm.Container",
            serde_json::Map::from_iter([("image".to_owned(), image.into()), ("env".to_owned(), env)]).into(),
            &[],
        )
        .node(
            "port",
            "cloudify.swarm.Port",
            serde_json::json!({ "published_port": port, "target_port": 80, "mode": "host" }),
            &[],
        )
    }

    pub fn runtime(&self, node: &str) -> Map {
        self.runtime.lock().unwrap().get(&format!("{node}_1")).cloned().unwrap_or_default()
    }

    pub fn text(&self, node: &str, key: &str) -> Option<String> {
        self.runtime(node).get(key).map(ToString::to_string)
    }

    fn find(&self, node: &str) -> Arc<Node> {
        self.nodes.iter().find(|found| found.name == node).unwrap().clone()
    }

    fn seen_as(&self, node: &Arc<Node>, relationship: Vec<String>) -> Related {
        Related {
            instance: format!("{}_1", node.name),
            node: node.clone(),
            properties: node.properties.clone(),
            runtime: self.runtime(&node.name),
            relationship,
            relationship_properties: Map::new(),
        }
    }

    /// Does one lifecycle step of `node`, within `limit`.
    pub async fn run_within(
        &self,
        provider: &dyn Provider,
        node: &str,
        step: &str,
        limit: Duration,
    ) -> Result<Outcome, Failure> {
        let found = self.find(node);
        let work = if found.type_name.starts_with("cloudify.swarm.") {
            Work::Lifecycle { implementation: format!("swarm.swarm_plugin.tasks.{step}") }
        } else {
            Work::Realise
        };
        let operation = Operation {
            id: OperationId(1),
            instance: format!("{node}_1"),
            node: node.into(),
            name: format!("cloudify.interfaces.lifecycle.{step}"),
            work,
            platform: Platform::Swarm,
            target: TargetSpec::Docker,
            inputs: Map::new(),
            entering: None,
            reached: None,
            retry: Retry::default(),
            cause: "test".into(),
            after: Vec::new(),
            edition: None,
        };
        let (said, runtime, instance) = (self.said.clone(), self.runtime.clone(), operation.instance.clone());
        let report = Reporter::new(move |message, made: Map| {
            said.lock().unwrap().push(message);
            runtime.lock().unwrap().entry(instance.clone()).or_default().extend(made);
        });
        let cx = Context {
            deployment: self.deployment.clone(),
            execution: "1".into(),
            key: format!("{node}-{step}"),
            attempt: 1,
            instance: operation.instance.clone(),
            properties: found.properties.clone(),
            node: found,
            runtime: self.runtime(node),
            inputs: Map::new(),
            spec: "spec".into(),
            folder: PathBuf::from("."),
            cancel: CancellationToken::new(),
            report,
            world: Arc::new(self.clone()),
        };
        let cancel = cx.cancel.clone();
        tokio::spawn(async move {
            tokio::time::sleep(limit).await;
            cancel.cancel();
        });
        let outcome = provider.execute(&operation, &cx).await?;
        let mut runtime = self.runtime.lock().unwrap();
        for (instance, changes) in outcome
            .others
            .iter()
            .map(|(id, map)| (id.clone(), map))
            .chain([(operation.instance.clone(), &outcome.runtime)])
        {
            let known = runtime.entry(instance).or_default();
            for (key, value) in changes {
                if value.is_null() {
                    known.shift_remove(key)
                } else {
                    known.insert(key.clone(), value.clone())
                };
            }
        }
        drop(runtime);
        Ok(outcome)
    }

    /// What a provider is given to observe.
    pub fn scope(&self, nodes: &[&str]) -> Scope {
        let instance =
            |node: &&str| (format!("{node}_1"), self.find(node), self.runtime(node), "spec".to_owned());
        Scope {
            deployment: self.deployment.clone(),
            instances: nodes.iter().map(instance).collect(),
            world: Arc::new(self.clone()),
        }
    }

    pub async fn run(&self, provider: &dyn Provider, node: &str, step: &str) -> Result<Outcome, Failure> {
        self.run_within(provider, node, step, Duration::from_mins(1)).await
    }
}

#[async_trait]
impl World for Bench {
    fn related(&self, instance: &str) -> Result<Vec<Related>, Failure> {
        let node = self.find(instance.trim_end_matches("_1"));
        let seen = |relationship: &Relationship| {
            self.seen_as(&self.find(&relationship.target), relationship.type_hierarchy.to_vec())
        };
        Ok(node.relationships.iter().map(seen).collect())
    }

    fn related_to(&self, instance: &str) -> Result<Vec<Related>, Failure> {
        let target = instance.trim_end_matches("_1");
        let pointing =
            self.nodes.iter().flat_map(|node| node.relationships.iter().map(move |found| (node, found)));
        let pointing = pointing.filter(|(_, relationship)| relationship.target == target);
        Ok(pointing.map(|(node, found)| self.seen_as(node, found.type_hierarchy.to_vec())).collect())
    }

    fn instances(&self, node: &str) -> Result<Vec<Related>, Failure> {
        Ok(vec![self.seen_as(&self.find(node), Vec::new())])
    }

    fn deployment(&self, _: &str) -> Option<Arc<State>> {
        None
    }

    async fn changed(&self, _: &str) {
        std::future::pending::<()>().await;
    }
}
