//! Looking into running pods: logs, commands, forwarded ports.
//!
//! Owns finding the pods of an instance. Does not know which deployment a person means, nor how output is shown.

use std::sync::Arc;

use futures::io::AsyncBufReadExt;
use futures::stream::{BoxStream, SelectAll};
use futures::{StreamExt, TryStreamExt};
use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use kube::api::{AttachParams, AttachedProcess, ListParams, LogParams};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;

use super::cluster::Cluster;
use super::connect::Way;
use super::{Clusters, inventory};
use crate::engine::Failure;
use crate::model::Map;
use crate::render::kubernetes::{DEPLOYMENT_LABEL, INSTANCE_LABEL, label};

/// Which lines of logs.
#[derive(Clone, Debug, Default)]
pub struct LogOptions {
    /// Goes on with what is written from now on.
    pub follow: bool,
    /// Of the containers that ran before the last restart.
    pub previous: bool,
    /// Only this container; all of them if none.
    pub container: Option<String>,
    /// Only the last lines of each container.
    pub tail: Option<i64>,
}

/// A line of a container's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The pod.
    pub pod: String,
    /// Its container.
    pub container: String,
    /// The line, without its end.
    pub text: String,
}

/// The pods of one instance.
pub struct Pods {
    cluster: Arc<Cluster>,
    namespace: String,
    selector: String,
    instance: String,
}

impl Pods {
    /// Of `instance` of `deployment`, whose runtime properties say where it is; in `context` if one is given.
    pub async fn of(
        deployment: &str,
        instance: &str,
        runtime: &Map,
        context: Option<&str>,
    ) -> Result<Self, Failure> {
        let resources = inventory::resources(runtime);
        if resources.is_empty() {
            return Err(Failure::fatal(format!(
                "{instance} has nothing on a Kubernetes cluster; deploy it first"
            )));
        }
        let way = match context {
            Some(name) => Way::Context(name.to_owned()),
            None => inventory::way(runtime)?,
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

    fn api(&self) -> Api<Pod> {
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

    /// Lines of all chosen containers of all pods, as they come.
    pub async fn logs(
        &self,
        options: &LogOptions,
    ) -> Result<BoxStream<'static, Result<LogLine, Failure>>, Failure> {
        let api = self.api();
        let mut all = SelectAll::new();
        for pod in self.list().await? {
            let name = pod.metadata.name.clone().unwrap_or_default();
            let containers =
                pod.spec.iter().flat_map(|spec| &spec.containers).map(|container| container.name.clone());
            for container in
                containers.filter(|name| options.container.as_ref().is_none_or(|wanted| wanted == name))
            {
                let parameters = LogParams {
                    follow: options.follow,
                    previous: options.previous,
                    container: Some(container.clone()),
                    tail_lines: options.tail,
                    ..LogParams::default()
                };
                let doing = format!("read the log of {name}/{container}");
                let reader =
                    self.cluster.request(None, &doing, || api.log_stream(&name, &parameters)).await?;
                let (pod, doing) = (name.clone(), doing.clone());
                all.push(
                    reader
                        .lines()
                        .map_ok(move |text| LogLine { pod: pod.clone(), container: container.clone(), text })
                        .map_err(move |error| Failure::retry(format!("{doing}: {error}")))
                        .boxed(),
                );
            }
        }
        if all.is_empty() {
            return Err(Failure::fatal(format!(
                "{} has no container `{}`",
                self.instance,
                options.container.as_deref().unwrap_or_default()
            )));
        }
        Ok(all.boxed())
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
        let name = self.first().await?;
        let api = self.api();
        let ports = [port];
        let mut forward = self
            .cluster
            .request(None, &format!("forward port {port} of {name}"), || api.portforward(&name, &ports))
            .await?;
        forward
            .take_stream(port)
            .ok_or_else(|| Failure::retry(format!("{name} gave no stream for port {port}")))
    }

    /// Answers connections to `listener` from `port` of the first running pod, until dropped.
    pub async fn forward(&self, listener: TcpListener, port: u16) -> Result<(), Failure> {
        loop {
            let (mut near, _) =
                listener.accept().await.map_err(|error| Failure::fatal(format!("can't accept: {error}")))?;
            let mut far = match self.connect(port).await {
                Ok(far) => far,
                // The pod may be replaced at this moment: the next connection finds the new one.
                Err(failure) => {
                    tracing::warn!("{failure}");
                    continue;
                }
            };
            tokio::spawn(async move {
                // Either end may close: nothing to tell.
                let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
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
