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
mod master;
mod mirror;
mod observe;
mod pods;
mod ready;
mod remove;
pub mod session;
mod wait;

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt};
use tokio::sync::{Mutex, mpsc};

use self::cluster::Cluster;
use self::connect::Way;
use crate::check::Node;
use crate::diag::{Diagnostic, Diagnostics, Path};
use crate::engine::{Context, Failure, Observation, Outcome, Provider, Related, Scope};
use crate::model::{Map, Value};
use crate::plan::{Operation, Work, short_operation_name};
use crate::render::kubernetes::{MICROSERVICE, Override, Owner, has_objects, objects};

/// Clusters by the way to them; each is connected to once.
#[derive(Default)]
pub(in crate::providers::kubernetes) struct Clusters {
    known: Mutex<HashMap<Way, Arc<Cluster>>>,
}

impl Clusters {
    pub(in crate::providers::kubernetes) async fn get(&self, way: Way) -> Result<Arc<Cluster>, Failure> {
        let way = way.settled();
        let mut known = self.known.lock().await;
        if let Some(cluster) = known.get(&way) {
            return Ok(Arc::clone(cluster));
        }
        // An address remembered in runtime properties comes without the credentials that led there.
        if let Way::Address(wanted) = &way
            && wanted.token.is_none()
            && wanted.certificate.is_none()
            && let Some(cluster) = known.iter().find_map(|(known, cluster)| {
                matches!(known, Way::Address(address) if address.url == wanted.url).then_some(cluster)
            })
        {
            return Ok(Arc::clone(cluster));
        }
        let cluster = Cluster::connect(way.clone()).await?;
        known.insert(way, Arc::clone(&cluster));
        Ok(cluster)
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
    Apply { force: bool },
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
        if let Some(way) = configured(&cx.properties) {
            return Ok(way);
        }
        for related in cx.world.related(&cx.instance)? {
            if let Some(way) = leading_to(&related, cx) {
                return Ok(way);
            }
        }
        // What exists is where it was made.
        Ok(inventory::way(&cx.runtime))
    }

    async fn run(&self, step: Step, cx: &Context) -> Result<Outcome, Failure> {
        let way = self.way(cx)?.settled();
        let cluster = self.clusters.get(way.clone()).await?;
        let done = match step {
            Step::Nothing => Ok(Outcome::default()),
            Step::Connect => master::connect(&cluster, cx).await,
            Step::Disconnect => Ok(master::disconnect()),
            Step::Apply { force } => self.apply(&cluster, cx, force).await,
            Step::Remove => self.remove(&cluster, cx).await,
        };
        if let Err(Failure::Fatal { why }) = &done
            && why.contains("does not know who asks")
        {
            self.clusters.forget(&way).await;
        }
        done
    }

    async fn apply(&self, cluster: &Arc<Cluster>, cx: &Context, force: bool) -> Result<Outcome, Failure> {
        let owner =
            Owner { deployment: cx.deployment.clone(), instance: cx.instance.clone(), spec: cx.spec.clone() };
        let rendered = objects(&cx.node, &cx.properties, &owner, cx, cx)
            .map_err(|error| Failure::fatal(format!("{}: {error}", cx.node.name)))?;
        let applied = apply::apply(cluster, cx, rendered, force).await?;
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

    fn check(&self, node: &Node) -> Diagnostics {
        let files = node.properties.get("config_files").and_then(Value::as_list).unwrap_or_default();
        let overrides =
            files.iter().filter_map(|file| file.get("overrides").and_then(Value::as_list)).flatten();
        overrides
            .filter_map(Value::as_str)
            // What a substitution puts in is known only when it is deployed.
            .filter(|text| !text.contains("@{") && !text.contains("%{"))
            .filter_map(|text| Override::parse(text).err())
            .map(|error| {
                let path = Path::of(["node_templates", &node.name, "properties", "config_files"]);
                Diagnostic::error("invalid-kubernetes-override", path, error.message).with_hint(error.hint)
            })
            .collect()
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
        let watching = observe::run(Arc::clone(&self.clusters), scope, send).boxed();
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
    let force = matches!(name, "heal" | "update");
    Ok(match function {
        "kube_run_expose" => Step::Apply { force },
        "kube_delete" => Step::Remove,
        _ if has_objects(node) => match name {
            "start" if is_microservice => Step::Apply { force },
            "create" if !is_microservice => Step::Apply { force },
            "heal" | "update" => Step::Apply { force },
            "stop" if is_microservice => Step::Remove,
            "delete" => Step::Remove,
            _ => Step::Nothing,
        },
        _ if master::is_master(node) => match name {
            "start" => Step::Connect,
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

/// What the node itself says about its cluster.
fn configured(properties: &Map) -> Option<Way> {
    let client = properties.get("client_config");
    client
        .and_then(|client| client.get("configuration"))
        .or_else(|| properties.get("configuration"))
        .and_then(Way::from_configuration)
}

/// The cluster that a related master or proxy stands for.
fn leading_to(related: &Related, cx: &Context) -> Option<Way> {
    let is_proxy = related.node.is_a("cloudify.nodes.DeploymentProxy");
    if !is_proxy && !master::is_master(&related.node) {
        return None;
    }
    let outputs = related.runtime.get("outputs");
    let way = configured(&related.properties)
        .or_else(|| related.runtime.get("kubernetes_info").and_then(Way::from_info))
        .or_else(|| outputs.and_then(|outputs| outputs.get("kubernetes_info")).and_then(Way::from_info))
        .or_else(|| related.runtime.get(inventory::CLUSTER).and_then(Way::from_info))?;
    let deployment = related.properties.get("deployment_id").and_then(Value::as_str).filter(|_| is_proxy);
    let rehearsed =
        deployment.and_then(|name| cx.world.deployment(name)).is_some_and(|state| state.rehearsed);
    // A rehearsed address leads nowhere; a context can only come from a cluster that was there.
    (!rehearsed || matches!(way, Way::Context(_))).then_some(way)
}
