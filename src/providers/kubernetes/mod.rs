//! Kubernetes: microservices and resources on a real cluster.
//!
//! Owns the operations of `cloudify.kubernetes.*`: applying, waiting, deleting, observing. Objects come from
//! [`crate::render::kubernetes`]; which deployment owns what stands in their labels and in the recorded inventory.

mod apply;
mod around;
mod cluster;
mod connect;
mod failure;
mod fields;
mod inventory;
mod logs;
mod manner;
mod master;
mod mirror;
mod observe;
mod patience;
mod pods;
mod ready;
mod remove;
pub mod session;
mod subject;
mod wait;
mod warnings;
mod way;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError};

use async_trait::async_trait;
use futures::future::try_join_all;
use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt};
use tokio::sync::{Mutex, mpsc};

pub use self::around::Folder;

use self::apply::Intent;
use self::cluster::Cluster;
use self::connect::Way;
use self::manner::Manner;
use crate::check::Node;
use crate::diag::{Diagnostic, Diagnostics, Path};
use crate::engine::{Context, Failure, Observation, Outcome, Prospect, Provider, ProviderError, Scope};
use crate::model::Value;
use crate::plan::{Operation, Work, short_operation_name};
use crate::render::kubernetes::{MICROSERVICE, Override, Owner, has_objects, objects};

/// Clusters by the way to them; each is connected to once.
#[derive(Default)]
pub(in crate::providers::kubernetes) struct Clusters {
    known: Mutex<HashMap<Way, Arc<Cluster>>>,
    /// The way that operations took, by deployment and instance: what a file of the blueprint says is at hand only then.
    taken: std::sync::Mutex<HashMap<(String, String), Way>>,
}

impl Clusters {
    pub(in crate::providers::kubernetes) async fn get(&self, way: Way) -> Result<Arc<Cluster>, Failure> {
        let way = way.settled();
        if let Some(cluster) = self.find(&way).await {
            return Ok(cluster);
        }
        // No lock while credentials are looked for: that may call a program.
        let cluster = Cluster::connect(way.clone()).await?;
        Ok(Arc::clone(self.known.lock().await.entry(way).or_insert(cluster)))
    }

    async fn find(&self, way: &Way) -> Option<Arc<Cluster>> {
        let known = self.known.lock().await;
        if let Some(cluster) = known.get(way) {
            return Some(Arc::clone(cluster));
        }
        // An address remembered in runtime properties comes without the credentials that led there.
        let Way::Address(wanted) = way else { return None };
        if wanted.token.is_some() || wanted.certificate.is_some() {
            return None;
        }
        let same = |way: &Way| matches!(way, Way::Address(address) if address.url == wanted.url);
        known.iter().find_map(|(way, cluster)| same(way).then(|| Arc::clone(cluster)))
    }

    fn remember(&self, deployment: &str, instance: &str, way: &Way) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.insert((deployment.to_owned(), instance.to_owned()), way.clone());
    }

    fn taken(&self, deployment: &str, instance: &str) -> Option<Way> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.get(&(deployment.to_owned(), instance.to_owned())).cloned()
    }

    /// Forgets a connection, so that the next one reads the credentials anew.
    async fn forget(&self, way: &Way) {
        self.known.lock().await.remove(way);
    }
}

/// Kubernetes clusters: that of a kubeconfig context, or the one that a blueprint points to.
pub struct KubernetesProvider {
    context: Option<String>,
    clusters: Arc<Clusters>,
}

/// What an operation amounts to.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Apply(Intent),
    Read,
    Remove,
    Connect,
    Disconnect,
    Nothing,
}

impl KubernetesProvider {
    /// Of the named kubeconfig context; without one, of the cluster that a node is connected to, else of the current
    /// context. It need not be reachable yet.
    pub fn new(context: Option<String>) -> Self {
        Self { context, clusters: Arc::default() }
    }

    /// The way to the cluster of the instance: the target's context, the node's own configuration, the master or proxy
    /// that it is connected to, the current context.
    fn way(&self, cx: &Context) -> Result<Way, Failure> {
        if let Some(context) = &self.context {
            return Ok(Way::Context(context.clone()));
        }
        if let Some(way) = way::said(&cx.properties, &cx.instance, cx.world.as_ref(), cx)
            .map_err(|failure| Failure::fatal(format!("{}: {failure}", cx.node.name)))?
        {
            return Ok(way);
        }
        // What exists is where it was made.
        inventory::way(&cx.runtime)
    }

    /// Whether the cluster at the end of `way` answers and knows us.
    async fn ask(&self, way: Way) -> Result<(), Failure> {
        let cluster = self.clusters.get(way.clone()).await?;
        let answer = cluster.reach().await;
        if answer.as_ref().is_err_and(failure::is_locked_out) {
            self.clusters.forget(&way).await;
        }
        answer
    }

    async fn run(&self, step: Step, cx: &Context) -> Result<Outcome, Failure> {
        let way = self.way(cx)?.settled();
        let cluster = self.clusters.get(way.clone()).await?;
        self.clusters.remember(&cx.deployment, &cx.instance, &way);
        let done = match step {
            Step::Nothing => Ok(Outcome::default()),
            Step::Connect => master::connect(&cluster, cx).await,
            Step::Disconnect => Ok(master::disconnect()),
            Step::Apply(intent) => self.apply(&cluster, cx, intent).await,
            Step::Read => apply::read(&cluster, cx).await,
            Step::Remove => self.remove(&cluster, cx).await,
        };
        if done.as_ref().is_err_and(failure::is_locked_out) {
            self.clusters.forget(&way).await;
        }
        done
    }

    async fn apply(&self, cluster: &Arc<Cluster>, cx: &Context, intent: Intent) -> Result<Outcome, Failure> {
        let owner =
            Owner { deployment: cx.deployment.clone(), instance: cx.instance.clone(), spec: cx.spec.clone() };
        let rendered = objects(&cx.node, &cx.properties, &owner, cx, cx)
            .map_err(|error| Failure::fatal(format!("{}: {error}", cx.node.name)))?;
        let applied = apply::apply(cluster, cx, rendered, intent).await?;
        if cx.properties.get("validate_resource_status").and_then(Value::as_bool) != Some(false) {
            wait::ready(cluster, cx, &applied).await?;
        }
        let references: Vec<_> = applied.iter().map(|applied| applied.reference.clone()).collect();
        let runtime = apply::outcome(cluster, cx, &applied);
        Ok(Outcome {
            runtime,
            message: Some(format!("applied {}", apply::listed(&references))),
            ..Outcome::default()
        })
    }

    async fn remove(&self, cluster: &Arc<Cluster>, cx: &Context) -> Result<Outcome, Failure> {
        let references = inventory::resources(&cx.runtime);
        let left = remove::remove(cluster, cx, &references).await?;
        let mut outcome = Outcome::done(if left.is_empty() {
            format!("deleted {}", apply::listed(&references))
        } else {
            format!("left {} alone: it belongs to others", apply::listed(&left))
        });
        for key in [
            inventory::RESOURCES,
            inventory::FIELDS,
            "service",
            "kubernetes",
            "pods",
            "endpoints",
            "restarts",
        ] {
            if cx.runtime.contains_key(key) {
                outcome.runtime.insert(key.into(), Value::Null);
            }
        }
        Ok(outcome)
    }
}

#[async_trait]
impl Provider for KubernetesProvider {
    fn name(&self) -> String {
        self.context
            .as_ref()
            .map_or_else(|| "kubernetes".into(), |context| format!("kubernetes at {context}"))
    }

    fn known(&self) -> Result<(), ProviderError> {
        let Some(context) = &self.context else { return Ok(()) };
        connect::known(context)
    }

    fn check(&self, node: &Node) -> Diagnostics {
        let files = node.properties.get("config_files").and_then(Value::as_list).unwrap_or_default();
        let overrides =
            files.iter().filter_map(|file| file.get("overrides").and_then(Value::as_list)).flatten();
        let bad = Manner::of(&node.properties).err().filter(|bad| {
            // What a function gives is known only when it is deployed.
            let given = node.properties.get("options").and_then(|options| options.get(bad.name));
            given.is_some_and(|given| given.call().is_none())
        });
        let option = bad.map(|bad| {
            let path = Path::of(["node_templates", &node.name, "properties", "options"]).key(bad.name);
            Diagnostic::error("invalid-kubernetes-option", path, bad.message).with_hint(bad.hint)
        });
        overrides
            .filter_map(Value::as_str)
            // What a substitution puts in is known only when it is deployed.
            .filter(|text| !text.contains("@{") && !text.contains("%{"))
            .filter_map(|text| Override::parse(text).err())
            .map(|error| {
                let path = Path::of(["node_templates", &node.name, "properties", "config_files"]);
                Diagnostic::error("invalid-kubernetes-override", path, error.message).with_hint(error.hint)
            })
            .chain(option)
            .collect()
    }

    async fn reach(&self, prospect: &Prospect) -> Result<(), Failure> {
        let ways: HashSet<Way> = match &self.context {
            Some(context) => HashSet::from([Way::Context(context.clone())]),
            // Each node has a way of its own, which may lead to a cluster that is only made now.
            None => prospect
                .ahead
                .iter()
                .filter(|ahead| has_objects(&ahead.node) || master::is_master(&ahead.node))
                .filter_map(|ahead| way::ahead(ahead, prospect))
                .map(Way::settled)
                .collect(),
        };
        try_join_all(ways.into_iter().map(|way| self.ask(way))).await.map(|_| ())
    }

    async fn execute(&self, operation: &Operation, cx: &Context) -> Result<Outcome, Failure> {
        match &operation.work {
            Work::Nothing => Ok(Outcome::default()),
            Work::Relationship { target, .. } => master::relate(cx, target),
            Work::Lifecycle { implementation } => match step(operation, implementation, &cx.node)? {
                Step::Nothing => Ok(Outcome::default()),
                step => self.run(step, cx).await,
            },
            Work::Realise => match step(operation, "", &cx.node)? {
                Step::Nothing => Ok(Outcome::default()),
                step => self.run(step, cx).await,
            },
        }
    }

    fn observe(&self, scope: Scope) -> BoxStream<'static, Observation> {
        let (send, receive) = mpsc::channel(256);
        // Runs inside the stream: it ends with it.
        let watching = observe::run(Arc::clone(&self.clusters), self.context.clone(), scope, send).boxed();
        let told = stream::unfold((receive, Some(watching)), |(mut receive, watching)| async move {
            let Some(mut running) = watching else {
                return receive.recv().await.map(|seen| (seen, (receive, None)));
            };
            tokio::select! {
                biased;
                seen = receive.recv() => seen.map(|seen| (seen, (receive, Some(running)))),
                () = &mut running => receive.recv().await.map(|seen| (seen, (receive, None))),
            }
        });
        told.boxed()
    }
}

/// What `operation` amounts to: by the plugin function that it is mapped to, else by its name and the node's type.
fn step(operation: &Operation, implementation: &str, node: &Node) -> Result<Step, Failure> {
    let function = implementation.rsplit('.').next().unwrap_or_default();
    let name = short_operation_name(&operation.name);
    let is_microservice = node.is_a(MICROSERVICE);
    let intent = match name {
        "heal" => Intent::Heal,
        "update" => Intent::Update,
        _ => Intent::Make,
    };
    Ok(match function {
        "kube_run_expose" => Step::Apply(intent),
        "kube_delete" => Step::Remove,
        _ if has_objects(node) => match name {
            "start" if is_microservice => Step::Apply(intent),
            "create" if !is_microservice => Step::Apply(intent),
            "heal" | "update" => Step::Apply(intent),
            "poststart" | "pull" => Step::Read,
            "stop" if is_microservice => Step::Remove,
            "delete" => Step::Remove,
            _ => Step::Nothing,
        },
        _ if master::is_master(node) => match name {
            "start" | "heal" | "update" => Step::Connect,
            "stop" => Step::Disconnect,
            _ => Step::Nothing,
        },
        "" => Step::Nothing,
        _ => {
            return Err(Failure::fatal(format!(
                "`{implementation}` of type {} can't be done on a cluster that exists already; rehearse this lane, or make its cluster on hosts",
                node.type_name
            )));
        }
    })
}
