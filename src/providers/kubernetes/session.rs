//! Looking into running pods: commands, forwarded ports; their logs are read by `logs`.
//!
//! Owns finding the pods of an instance. Does not know which deployment a person means, nor how output is shown.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use kube::api::{AttachParams, AttachedProcess, ListParams};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;

use super::cluster::Cluster;
use super::connect::Way;
pub use super::logs::{LogLine, LogOptions, Logs};
use super::{Clusters, Folder, inventory, way};
use crate::engine::{Failure, Related};
use crate::model::Map;
use crate::render::kubernetes::{DEPLOYMENT_LABEL, INSTANCE_LABEL, label};

/// How long a pod's side may take to say why a connection has ended.
const COMPLAINT: Duration = Duration::from_secs(1);

/// The pods of one instance.
#[derive(Clone)]
pub struct Pods {
    pub(super) cluster: Arc<Cluster>,
    namespace: String,
    selector: String,
    pub(super) instance: String,
}

/// What the blueprint says of an instance: it may hold the credentials for its cluster, which are remembered nowhere else.
#[derive(Clone, Debug)]
pub struct Said {
    /// Its properties, functions evaluated.
    pub properties: Map,
    /// What it is related to: a master, a proxy of one.
    pub related: Vec<Related>,
    /// The blueprint's folder.
    pub folder: PathBuf,
}

impl Pods {
    /// Of `instance` of `deployment`, whose runtime properties say where it is, and if need be its blueprint.
    pub async fn of(
        deployment: &str,
        instance: &str,
        runtime: &Map,
        said: Option<&Said>,
    ) -> Result<Self, Failure> {
        let resources = inventory::resources(runtime);
        if resources.is_empty() {
            return Err(Failure::fatal(format!(
                "{instance} has nothing on a Kubernetes cluster; deploy it first"
            )));
        }
        let way = match (inventory::way(runtime), said) {
            // These have all that is needed.
            (Ok(way @ (Way::Context(_) | Way::File(_))), _) => way,
            (remembered, Some(said)) => {
                match way::told(&said.properties, &said.related, &Folder(&said.folder))? {
                    Some(way) => way,
                    None => remembered?,
                }
            }
            (remembered, None) => remembered?,
        };
        let cluster = Clusters::default().get(way).await?;
        let namespace = resources
            .iter()
            .find_map(|found| found.namespace.clone())
            .unwrap_or_else(|| cluster.namespace.clone());
        let selector =
            format!("{DEPLOYMENT_LABEL}={},{INSTANCE_LABEL}={}", label(deployment), label(instance));
        Ok(Self { cluster, namespace, selector, instance: instance.to_owned() })
    }

    pub(super) fn api(&self) -> Api<Pod> {
        Api::namespaced(self.cluster.client.clone(), &self.namespace)
    }

    /// The instance's pods, those that run first.
    pub async fn list(&self) -> Result<Vec<Pod>, Failure> {
        let api = self.api();
        let parameters = ListParams::default().labels(&self.selector);
        let mut pods = self.cluster.request(None, "list pods", || api.list(&parameters)).await?.items;
        if pods.is_empty() {
            return Err(Failure::fatal(format!("{} has no pods at the moment", self.instance)));
        }
        // A pod that is being replaced is looked into only when there is no other.
        if pods.iter().any(|pod| pod.metadata.deletion_timestamp.is_none()) {
            pods.retain(|pod| pod.metadata.deletion_timestamp.is_none());
        }
        pods.sort_by_key(|pod| {
            let phase = pod.status.as_ref().and_then(|status| status.phase.clone());
            (phase.as_deref() != Some("Running"), pod.metadata.name.clone())
        });
        Ok(pods)
    }

    /// Names of the containers of the instance's pods.
    pub(super) async fn containers(&self) -> Result<Vec<String>, Failure> {
        let pods = self.list().await?;
        let specs = pods.iter().filter_map(|pod| pod.spec.as_ref());
        let all = specs.flat_map(|spec| spec.init_containers.iter().flatten().chain(&spec.containers));
        let mut names: Vec<String> = all.map(|container| container.name.clone()).collect();
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// Lines of all chosen containers of all pods, as they come.
    pub async fn logs(&self, options: &LogOptions) -> Result<Logs, Failure> {
        super::logs::logs(Arc::new(self.clone()), options).await
    }

    /// Starts `command` in a container of the first running pod.
    pub async fn exec(
        &self,
        command: &[String],
        container: Option<&str>,
        stdin: bool,
        tty: bool,
    ) -> Result<AttachedProcess, Failure> {
        let name = self.first().await?;
        let parameters = AttachParams {
            container: container.map(str::to_owned),
            stdin,
            stdout: true,
            // A terminal has one stream for both.
            stderr: !tty,
            tty,
            ..AttachParams::default()
        };
        let api = self.api();
        self.cluster
            .request(None, &format!("run a command in {name}"), || api.exec(&name, command, &parameters))
            .await
    }

    /// Carries one connection to `port` of the first running pod.
    pub async fn connect(&self, port: u16) -> Result<impl AsyncRead + AsyncWrite + Unpin + use<>, Failure> {
        self.open(port).await.map(|(stream, _)| stream)
    }

    /// The same, and what the pod's side complains of.
    async fn open(
        &self,
        port: u16,
    ) -> Result<
        (impl AsyncRead + AsyncWrite + Unpin + use<>, impl Future<Output = Option<String>> + use<>),
        Failure,
    > {
        let name = self.first().await?;
        let api = self.api();
        let ports = [port];
        let mut forward = self
            .cluster
            .request(None, &format!("forward port {port} of {name}"), || api.portforward(&name, &ports))
            .await?;
        let complaint = forward.take_error(port);
        let stream = forward
            .take_stream(port)
            .ok_or_else(|| Failure::retry(format!("{name} gave no stream for port {port}")))?;
        Ok((stream, async move { complaint?.await }))
    }

    /// Answers connections to `listener` from `port` of the first running pod, until dropped. What goes wrong with one
    /// of them is told by `complain`; the next one may find another pod.
    pub async fn forward(
        &self,
        listener: TcpListener,
        port: u16,
        complain: impl Fn(String) + Clone + Send + 'static,
    ) -> Result<(), Failure> {
        loop {
            let (mut near, _) =
                listener.accept().await.map_err(|error| Failure::fatal(format!("can't accept: {error}")))?;
            let (mut far, complaint) = match self.open(port).await {
                Ok(open) => open,
                Err(failure) => {
                    complain(failure.to_string());
                    continue;
                }
            };
            let complain = complain.clone();
            tokio::spawn(async move {
                let copying = tokio::io::copy_bidirectional(&mut near, &mut far);
                tokio::pin!(copying, complaint);
                let why = tokio::select! {
                    biased;
                    why = &mut complaint => match why {
                        // That side has ended; what it has sent may still be on its way.
                        None => {
                            let _ = copying.await;
                            None
                        }
                        why => why,
                    },
                    // Either end may close: nothing to tell, unless there was a reason.
                    _ = &mut copying => tokio::time::timeout(COMPLAINT, complaint).await.ok().flatten(),
                };
                if let Some(why) = why.filter(|why| !why.trim().is_empty()) {
                    complain(deaf(port, why.trim()));
                }
            });
        }
    }

    async fn first(&self) -> Result<String, Failure> {
        let pods = self.list().await?;
        pods.first()
            .and_then(|pod| pod.metadata.name.clone())
            .ok_or_else(|| Failure::fatal(format!("{} has no pods at the moment", self.instance)))
    }
}

/// What a pod's side says of a connection, for a person.
fn deaf(port: u16, why: &str) -> String {
    if why.contains("connection refused") {
        return format!("nobody listens at port {port} of the pod");
    }
    format!("port {port} of the pod: {why}")
}
