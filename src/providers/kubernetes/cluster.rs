//! [`Cluster`]: one reachable API server: its client, the kinds it knows, and what is watched there.
//!
//! Owns discovery and patience with an API server that is away for a while. Does not know blueprints.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use kube::discovery::{Scope, oneshot};
use kube::{Api, Client, Error, Resource as _};
use tokio::sync::Mutex;

use super::connect::Way;
use super::failure::{failure, is_outage, retry_after};
use super::mirror::Mirror;
use crate::engine::{Context, Failure};
use crate::render::kubernetes::ObjectRef;

/// How long an API server that has answered before may be away.
const PATIENCE: Duration = Duration::from_mins(2);

/// The same for somebody who only looks.
const SHORT_PATIENCE: Duration = Duration::from_secs(5);
/// Between two tries, where the server does not say.
const AGAIN: Duration = Duration::from_millis(700);
/// A request that takes longer is told: an admission webhook may hang.
const SLOW: Duration = Duration::from_secs(5);
/// A request of somebody who only looks is given up then: there is nobody to tell, and no time-out of an operation.
const GIVEN_UP: Duration = Duration::from_secs(20);

/// The answer to a request, with a word while it is waited for.
async fn told<T>(
    cx: Option<&Context>,
    doing: &str,
    answer: impl Future<Output = Result<T, Error>>,
) -> Result<Result<T, Error>, Failure> {
    let Some(cx) = cx else {
        return tokio::time::timeout(GIVEN_UP, answer).await.map_err(|_| {
            Failure::retry(format!(
                "{doing}: no answer for {} s; is the API server hanging, or the way to it cut?",
                GIVEN_UP.as_secs()
            ))
        });
    };
    let began = Instant::now();
    tokio::pin!(answer);
    loop {
        tokio::select! {
            answer = &mut answer => return Ok(answer),
            () = tokio::time::sleep(SLOW) => cx.report.progress(format!(
                "{doing}: no answer for {} s; is the API server, or an admission webhook that it calls, hanging?",
                began.elapsed().as_secs()
            )),
            () = cx.cancel.cancelled() => return Err(Failure::retry(format!("{doing}: stopped before it was answered"))),
        }
    }
}

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
    kinds: std::sync::Mutex<HashMap<(String, String), Kind>>,
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
            kinds: std::sync::Mutex::default(),
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
            let error = match told(cx, doing, send()).await? {
                Ok(answer) => {
                    self.answered.store(true, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(error) => error,
            };
            if matches!(error, Error::Api(_)) {
                self.answered.store(true, Ordering::Relaxed);
            }
            let failed = failure(&error, doing, &self.way);
            let pause = retry_after(&error).unwrap_or(AGAIN);
            let patience = if cx.is_some() { PATIENCE } else { SHORT_PATIENCE };
            let patient = self.answered.load(Ordering::Relaxed) && began.elapsed() + pause < patience;
            if !patient || !is_outage(&error) {
                return Err(failed);
            }
            let Some(cx) = cx else {
                tokio::time::sleep(pause).await;
                continue;
            };
            cx.report.progress(failed.to_string());
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = cx.cancel.cancelled() => return Err(failed),
            }
        }
    }

    /// Whether it answers, and takes us for who we are; what we may do there is another matter.
    pub async fn reach(&self) -> Result<(), Failure> {
        let doing = format!("reach {}", self.way);
        self.request(None, &doing, || self.version()).await.map_err(|failure| {
            // Most reasons begin with what is not reached: once is enough.
            let told = failure.to_string();
            let rest = told.strip_prefix(&format!("{doing}: ")).unwrap_or(&told);
            if rest.starts_with(&self.way.to_string()) { Failure::fatal(rest) } else { failure }
        })
    }

    /// The same at this moment, without patience.
    pub async fn answers(&self) -> Result<(), Failure> {
        let doing = format!("ask {}", self.way);
        let answer = tokio::time::timeout(SHORT_PATIENCE, self.version()).await;
        match answer {
            Ok(answer) => answer.map_err(|error| failure(&error, &doing, &self.way)),
            Err(_) => Err(Failure::retry(format!("{doing}: no answer for {} s", SHORT_PATIENCE.as_secs()))),
        }
    }

    async fn version(&self) -> Result<(), Error> {
        match self.client.apiserver_version().await {
            Err(Error::Api(status)) if status.code == 403 => Ok(()),
            answer => answer.map(|_| ()),
        }
    }

    /// The kind of `reference`, which must exist.
    pub async fn kind(&self, cx: Option<&Context>, reference: &ObjectRef) -> Result<Kind, Failure> {
        if let Some(kind) = self.find_kind(cx, reference).await? {
            return Ok(kind);
        }
        let others = self.other_versions(cx, reference).await.unwrap_or_default();
        let others: Vec<String> = others.into_iter().map(|(_, other)| other.api_version).collect();
        let hint = if others.is_empty() {
            "correct `kind` and `apiVersion`, or deploy its CustomResourceDefinition first".to_owned()
        } else {
            format!("it has `{}`: set `apiVersion`", others.join("`, `"))
        };
        Err(Failure::fatal(format!(
            "{} knows no `{}` of `{}`; {hint}",
            self.way, reference.kind, reference.api_version
        )))
    }

    /// The kind of `reference`, by discovery; none if the cluster has none of that name.
    pub async fn find_kind(
        &self,
        cx: Option<&Context>,
        reference: &ObjectRef,
    ) -> Result<Option<Kind>, Failure> {
        let key = (reference.api_version.clone(), reference.kind.clone());
        if let Some(kind) = self.kinds().get(&key) {
            return Ok(Some(kind.clone()));
        }
        // No lock while the cluster is asked: in an outage each asker is patient, and can be cancelled, by itself.
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
        self.kinds().insert(key, kind.clone());
        Ok(Some(kind))
    }

    /// The kind of `reference`, and the reference in the version in which the cluster serves it now: it may have been
    /// upgraded since, and what was made in an older version is the same object in a younger one.
    pub async fn served(
        &self,
        cx: Option<&Context>,
        reference: &ObjectRef,
    ) -> Result<Option<(Kind, ObjectRef)>, Failure> {
        if let Some(kind) = self.find_kind(cx, reference).await? {
            return Ok(Some((kind, reference.clone())));
        }
        Ok(self.other_versions(cx, reference).await?.into_iter().next())
    }

    /// The same in the other versions of its group in which the cluster has the kind, the preferred one first.
    async fn other_versions(
        &self,
        cx: Option<&Context>,
        reference: &ObjectRef,
    ) -> Result<Vec<(Kind, ObjectRef)>, Failure> {
        let Some((group, _)) = reference.api_version.split_once('/') else { return Ok(Vec::new()) };
        let doing = format!("look up versions of {}", reference.kind);
        let groups = self.request(cx, &doing, || self.client.list_api_groups()).await?;
        let versions =
            groups.groups.into_iter().filter(|found| found.name == group).flat_map(|found| found.versions);
        let mut others = Vec::new();
        for version in versions {
            let wanted = ObjectRef { api_version: version.group_version, ..reference.clone() };
            if let Some(kind) = self.find_kind(cx, &wanted).await? {
                others.push((kind, wanted));
            }
        }
        Ok(others)
    }

    /// Forgets a kind that the cluster serves no longer.
    pub fn forget_kind(&self, api_version: &str, kind: &str) {
        self.kinds().remove(&(api_version.to_owned(), kind.to_owned()));
    }

    fn kinds(&self) -> MutexGuard<'_, HashMap<(String, String), Kind>> {
        self.kinds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where objects of `kind` are, in `namespace` if they live in one.
    pub fn path(&self, kind: &Kind, namespace: Option<&str>) -> String {
        let namespace = kind.namespaced.then(|| namespace.unwrap_or(&self.namespace));
        DynamicObject::url_path(&kind.resource, namespace)
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
        let Some((kind, _)) = self.served(cx, reference).await? else { return Ok(None) };
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
