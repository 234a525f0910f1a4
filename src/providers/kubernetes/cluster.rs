//! [`Cluster`]: one reachable API server: its client, the kinds it knows, and what is watched there.
//!
//! Owns discovery and patience with an API server that is away for a while. Does not know blueprints.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use kube::discovery::{Scope, oneshot};
use kube::{Api, Client, Error};
use tokio::sync::Mutex;

use super::connect::Way;
use super::failure::{failure, is_outage, retry_after};
use super::mirror::Mirror;
use crate::engine::{Context, Failure};
use crate::render::kubernetes::ObjectRef;

/// How long an API server that has answered before may be away.
const PATIENCE: Duration = Duration::from_mins(2);

/// A kind as discovered.
#[derive(Clone, Debug)]
pub(super) struct Kind {
    pub resource: ApiResource,
    pub namespaced: bool,
}

/// One API server.
pub(super) struct Cluster {
    pub way: Way,
    pub client: Client,
    /// Where objects go that name no namespace.
    pub namespace: String,
    kinds: Mutex<HashMap<(String, String), Kind>>,
    mirrors: Mutex<HashMap<String, Weak<Mirror>>>,
    answered: AtomicBool,
}

impl Cluster {
    pub async fn connect(way: Way) -> Result<Arc<Self>, Failure> {
        let (client, namespace) = way.client().await?;
        Ok(Arc::new(Self {
            way,
            client,
            namespace,
            kinds: Mutex::default(),
            mirrors: Mutex::default(),
            answered: AtomicBool::new(false),
        }))
    }

    /// Sends a request until it is answered: an API server that is restarted in the middle of a deployment, or asks for
    /// patience (429, 5xx, Retry-After), costs time only. One that has never answered is not waited for.
    pub async fn request<T, F: Future<Output = Result<T, Error>>>(
        &self,
        cx: Option<&Context>,
        doing: &str,
        mut send: impl FnMut() -> F,
    ) -> Result<T, Failure> {
        let began = Instant::now();
        loop {
            let error = match send().await {
                Ok(answer) => {
                    self.answered.store(true, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(error) => error,
            };
            if matches!(error, Error::Api(_)) {
                self.answered.store(true, Ordering::Relaxed);
            }
            let told = failure(&error, doing, &self.way);
            let patient = self.answered.load(Ordering::Relaxed) && began.elapsed() < PATIENCE;
            let (Some(cx), true, true) = (cx, patient, is_outage(&error)) else { return Err(told) };
            cx.report.progress(told.to_string());
            tokio::select! {
                () = tokio::time::sleep(retry_after(&error).unwrap_or(Duration::from_millis(700))) => {}
                () = cx.cancel.cancelled() => return Err(told),
            }
        }
    }

    /// The kind of `reference`, which must exist.
    pub async fn kind(&self, cx: Option<&Context>, reference: &ObjectRef) -> Result<Kind, Failure> {
        self.find_kind(cx, reference).await?.ok_or_else(|| {
            Failure::fatal(format!(
                "{} knows no `{}` of `{}`; correct `kind` and `apiVersion`, or deploy its CustomResourceDefinition first",
                self.way, reference.kind, reference.api_version
            ))
        })
    }

    /// The kind of `reference`, by discovery; none if the cluster has none of that name.
    pub async fn find_kind(
        &self,
        cx: Option<&Context>,
        reference: &ObjectRef,
    ) -> Result<Option<Kind>, Failure> {
        let key = (reference.api_version.clone(), reference.kind.clone());
        let mut kinds = self.kinds.lock().await;
        if let Some(kind) = kinds.get(&key) {
            return Ok(Some(kind.clone()));
        }
        let (group, version) =
            reference.api_version.split_once('/').unwrap_or(("", reference.api_version.as_str()));
        let wanted = GroupVersionKind::gvk(group, version, &reference.kind);
        let doing = format!("look up kind {}", reference.kind);
        let found = self
            .request(cx, &doing, || async {
                match oneshot::pinned_kind(&self.client, &wanted).await {
                    Ok(found) => Ok(Some(found)),
                    Err(Error::Discovery(_)) => Ok(None),
                    Err(Error::Api(status)) if status.code == 404 => Ok(None),
                    Err(error) => Err(error),
                }
            })
            .await?;
        let Some((resource, capabilities)) = found else { return Ok(None) };
        let kind = Kind { resource, namespaced: capabilities.scope == Scope::Namespaced };
        kinds.insert(key, kind.clone());
        Ok(Some(kind))
    }

    /// The door to objects of `kind`, in `namespace` if they live in one.
    pub fn api(&self, kind: &Kind, namespace: Option<&str>) -> Api<DynamicObject> {
        if kind.namespaced {
            Api::namespaced_with(self.client.clone(), namespace.unwrap_or(&self.namespace), &kind.resource)
        } else {
            Api::all_with(self.client.clone(), &kind.resource)
        }
    }

    /// The object as it is now.
    pub async fn get(
        &self,
        cx: Option<&Context>,
        reference: &ObjectRef,
    ) -> Result<Option<DynamicObject>, Failure> {
        // A kind that is gone has no objects left.
        let Some(kind) = self.find_kind(cx, reference).await? else { return Ok(None) };
        let api = self.api(&kind, reference.namespace.as_deref());
        self.request(cx, &format!("read {reference}"), || api.get_opt(&reference.name)).await
    }

    /// What is watched of `deployment`; shared by all that ask while one of them lives.
    pub async fn mirror(self: &Arc<Self>, deployment: &str) -> Arc<Mirror> {
        let mut mirrors = self.mirrors.lock().await;
        if let Some(mirror) = mirrors.get(deployment).and_then(Weak::upgrade) {
            return mirror;
        }
        let mirror = Arc::new(Mirror::new(self, deployment));
        mirrors.insert(deployment.to_owned(), Arc::downgrade(&mirror));
        mirror
    }
}

/// Core kinds that need no discovery.
pub(super) fn core_kind(api_version: &str, kind: &str, plural: &str) -> Kind {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    Kind {
        resource: ApiResource {
            group: group.into(),
            version: version.into(),
            api_version: api_version.into(),
            kind: kind.into(),
            plural: plural.into(),
        },
        namespaced: true,
    }
}
