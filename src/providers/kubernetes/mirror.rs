//! [`Mirror`]: a live copy of the objects of one deployment, kept by watches.
//!
//! Owns the watches: one for each kind and namespace, started when first asked for and ended with the mirror. A watch that
//! is cut or told 410 lists again, so that no final state is missed. Does not judge what it sees.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};

use futures::StreamExt;
use kube::core::DynamicObject;
use kube::runtime::watcher::{self, Event};
use serde_json::Value as Json;
use tokio::sync::{Mutex, watch};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::cluster::{Cluster, Kind, core_kind};
use super::connect::Way;
use super::failure::{chain, failure};
use super::pods::{Trouble, restarts, trouble};
use super::warnings::Warnings;
use crate::render::kubernetes::{DEPLOYMENT_LABEL, INSTANCE_LABEL, ObjectRef, label};

type Key = (String, String, Option<String>);

/// Until a watch that was cut lists again. Short: whoever looks at the picture waits for this.
const AGAIN: Duration = Duration::from_millis(500);
/// Until a kind that is served no longer is looked for again.
const UNSERVED: Duration = Duration::from_secs(3);

/// From here on the server is believed when it says that something may not be seen: one that has just started refuses
/// what it will soon allow.
const BELIEVED: Duration = Duration::from_secs(3);

/// Why nothing is seen.
#[derive(Clone)]
struct Blind {
    why: String,
    /// The status that the server answered with.
    code: Option<u16>,
    since: Instant,
}

impl Blind {
    fn new(error: &watcher::Error, types: &(String, String), way: Option<&Way>) -> Self {
        let answered;
        let cause = match error {
            watcher::Error::InitialListFailed(cause)
            | watcher::Error::WatchStartFailed(cause)
            | watcher::Error::WatchFailed(cause) => Some(cause),
            watcher::Error::WatchError(status) => {
                answered = kube::Error::Api(status.clone());
                Some(&answered)
            }
            watcher::Error::NoResourceVersion => None,
        };
        let (code, why) = match (cause, way) {
            (Some(cause), Some(way)) => {
                let code = if let kube::Error::Api(status) = cause { Some(status.code) } else { None };
                (code, failure(cause, &format!("watch objects of kind {}", types.1), way).to_string())
            }
            _ => (None, chain(error)),
        };
        Self { why, code, since: Instant::now() }
    }

    fn is_forbidden(&self) -> bool {
        self.code == Some(403)
    }
}

/// What is known of one object.
pub(super) enum Seen {
    /// Nothing: its kind has not been listed yet.
    NotYet,
    /// It does not exist.
    Absent,
    /// It is this.
    Present(Arc<Json>),
}

/// An object, and what is asked of it at every look: found out once for each of its states, because a thousand pods are
/// looked at whenever one of them changes.
pub(super) struct Sight {
    pub json: Arc<Json>,
    /// The instance that it belongs to, as a label value.
    instance: Option<String>,
    /// What keeps a pod from being ready.
    pub trouble: Option<Trouble>,
    /// Times that a pod's containers were started again.
    pub restarts: u64,
}

impl Sight {
    /// Name and sight of a watched object; the types are missing in lists.
    fn of(mut object: DynamicObject, types: &(String, String)) -> (String, Arc<Self>) {
        let name = object.metadata.name.clone().unwrap_or_default();
        let metadata = serde_json::to_value(&object.metadata).unwrap_or_default();
        let mut json = object.data.take();
        if let Some(map) = json.as_object_mut() {
            map.insert("metadata".into(), metadata);
            map.insert("apiVersion".into(), Json::String(types.0.clone()));
            map.insert("kind".into(), Json::String(types.1.clone()));
        }
        let is_pod = types.1 == "Pod";
        let sight = Self {
            instance: instance_of(&json).map(str::to_owned),
            trouble: is_pod.then(|| trouble(&json)).flatten(),
            restarts: if is_pod { restarts(&json) } else { 0 },
            json: Arc::new(json),
        };
        (name, Arc::new(sight))
    }
}

/// Objects of one kind in one namespace.
#[derive(Default)]
pub(super) struct Watched {
    objects: BTreeMap<String, Arc<Sight>>,
    synced: bool,
    blind: Option<Blind>,
}

/// A live copy of the objects of one deployment.
pub(super) struct Mirror {
    cluster: Weak<Cluster>,
    selector: String,
    watched: RwLock<HashMap<Key, Arc<RwLock<Watched>>>>,
    starting: Mutex<()>,
    /// What events say of its objects.
    pub warnings: Warnings,
    changed: watch::Sender<u64>,
    stop: CancellationToken,
    _stop_on_drop: DropGuard,
}

impl Mirror {
    pub fn new(cluster: &Arc<Cluster>, deployment: &str) -> Self {
        let stop = CancellationToken::new();
        Self {
            cluster: Arc::downgrade(cluster),
            selector: format!("{DEPLOYMENT_LABEL}={}", label(deployment)),
            watched: RwLock::default(),
            starting: Mutex::default(),
            warnings: Warnings::default(),
            changed: watch::Sender::new(0),
            stop: stop.clone(),
            _stop_on_drop: stop.drop_guard(),
        }
    }

    /// Wakes at every change.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Watches `kind` in `namespace` from now on.
    pub async fn watch(&self, kind: &Kind, namespace: Option<&str>) {
        let _one_at_a_time = self.starting.lock().await;
        let namespace = namespace.filter(|_| kind.namespaced).map(str::to_owned);
        let key = (kind.resource.api_version.clone(), kind.resource.kind.clone(), namespace.clone());
        if read(&self.watched).contains_key(&key) {
            return;
        }
        let Some(cluster) = self.cluster.upgrade() else { return };
        let seen = Arc::new(RwLock::new(Watched::default()));
        write(&self.watched).insert(key, Arc::clone(&seen));
        let api = cluster.api(kind, namespace.as_deref());
        let types = (kind.resource.api_version.clone(), kind.resource.kind.clone());
        let (changed, stop, weak) = (self.changed.clone(), self.stop.clone(), self.cluster.clone());
        let config = watcher::Config::default().labels(&self.selector);
        tokio::spawn(async move {
            let mut events = watcher::watcher(api.clone(), config.clone()).boxed();
            let mut listed = BTreeMap::new();
            loop {
                let event = tokio::select! {
                    () = stop.cancelled() => return,
                    event = events.next() => event,
                };
                match event {
                    None => return,
                    Some(Err(error)) => {
                        let cluster = weak.upgrade();
                        let blind = Blind::new(&error, &types, cluster.as_ref().map(|it| &it.way));
                        // A watch that was on its way says 404 only when the kind itself is gone.
                        let pause = if blind.code == Some(404) {
                            // The definition of its kind was deleted, and every object with it.
                            if let Some(cluster) = cluster {
                                cluster.forget_kind(&types.0, &types.1);
                            }
                            *write(&seen) = Watched { synced: true, ..Watched::default() };
                            UNSERVED
                        } else {
                            let mut seen = write(&seen);
                            let since = seen.blind.as_ref().filter(|before| before.code == blind.code);
                            let since = since.map_or(blind.since, |before| before.since);
                            seen.blind = Some(Blind { since, ..blind });
                            AGAIN
                        };
                        changed.send_modify(|count| *count += 1);
                        tokio::select! {
                            () = stop.cancelled() => return,
                            () = tokio::time::sleep(pause) => {}
                        }
                        // Lists again: a watch that only goes on says nothing while nothing changes, and so would not
                        // tell that it works again.
                        events = watcher::watcher(api.clone(), config.clone()).boxed();
                        continue;
                    }
                    // Said before the list is asked for: nothing is known by it.
                    Some(Ok(Event::Init)) => {
                        listed = BTreeMap::new();
                        continue;
                    }
                    Some(Ok(event)) => {
                        let mut seen = write(&seen);
                        seen.blind = None;
                        match event {
                            Event::Init => {}
                            Event::InitApply(object) => {
                                let (name, sight) = Sight::of(object, &types);
                                listed.insert(name, sight);
                                continue;
                            }
                            Event::InitDone => {
                                seen.objects = std::mem::take(&mut listed);
                                seen.synced = true;
                            }
                            Event::Apply(object) => {
                                let (name, sight) = Sight::of(object, &types);
                                seen.objects.insert(name, sight);
                            }
                            Event::Delete(object) => {
                                seen.objects.remove(&object.metadata.name.unwrap_or_default());
                            }
                        }
                    }
                }
                changed.send_modify(|count| *count += 1);
            }
        });
    }

    /// Takes note that there is no object of the kind of `reference`: the cluster does not know it.
    pub fn none_of(&self, reference: &ObjectRef) {
        let key = (reference.api_version.clone(), reference.kind.clone(), reference.namespace.clone());
        let nothing = || Arc::new(RwLock::new(Watched { synced: true, ..Watched::default() }));
        write(&self.watched).entry(key).or_insert_with(nothing);
    }

    /// Watches pods and endpoints in `namespace` too.
    pub async fn watch_pods(&self, namespace: &str) {
        self.watch(&core_kind("v1", "Pod", "pods"), Some(namespace)).await;
        let Some(cluster) = self.cluster.upgrade() else { return };
        // Clusters older than 1.21 have only the beta.
        for version in ["discovery.k8s.io/v1", "discovery.k8s.io/v1beta1"] {
            let slices = ObjectRef {
                api_version: version.into(),
                kind: "EndpointSlice".into(),
                ..ObjectRef::default()
            };
            if let Ok(Some(kind)) = cluster.find_kind(None, &slices).await {
                self.watch(&kind, Some(namespace)).await;
                return;
            }
        }
    }

    /// The object as last seen.
    pub fn object(&self, reference: &ObjectRef) -> Seen {
        let watched = read(&self.watched);
        let seen = [reference.namespace.clone(), None].into_iter().find_map(|namespace| {
            watched.get(&(reference.api_version.clone(), reference.kind.clone(), namespace))
        });
        let Some(seen) = seen.map(|seen| read(seen)).filter(|seen| seen.synced) else { return Seen::NotYet };
        seen.objects.get(&reference.name).map_or(Seen::Absent, |sight| Seen::Present(Arc::clone(&sight.json)))
    }

    /// Objects of `kind` that belong to `instance`.
    pub fn of_instance(&self, kind: &str, instance: &str) -> Vec<Arc<Sight>> {
        let wanted = label(instance);
        let mut found = Vec::new();
        for (key, seen) in read(&self.watched).iter() {
            if key.1 == kind {
                found.extend(
                    read(seen)
                        .objects
                        .values()
                        .filter(|sight| sight.instance.as_deref() == Some(&wanted))
                        .cloned(),
                );
            }
        }
        found
    }

    /// Why nothing can be seen of `references`, or of their pods, at the moment. Pods that may not be seen are no reason:
    /// the objects tell how they do.
    pub fn error(&self, references: &[ObjectRef]) -> Option<String> {
        self.find_blind(|key, blind| {
            is_of(key, references) || (is_pods_of(key, references) && !blind.is_forbidden())
        })
        .map(|blind| blind.why)
    }

    /// Why none of `references` will be seen without a person.
    pub fn refused(&self, references: &[ObjectRef]) -> Option<String> {
        self.find_blind(|key, blind| {
            is_of(key, references)
                && matches!(blind.code, Some(401 | 403))
                && blind.since.elapsed() > BELIEVED
        })
        .map(|blind| blind.why)
    }

    /// Whether the server knows our credentials no longer.
    pub fn is_locked_out(&self) -> bool {
        self.find_blind(|_, blind| blind.code == Some(401)).is_some()
    }

    fn find_blind(&self, wanted: impl Fn(&Key, &Blind) -> bool) -> Option<Blind> {
        let watched = read(&self.watched);
        let mut all = watched.iter().filter_map(|(key, seen)| Some((key, read(seen).blind.clone()?)));
        all.find(|(key, blind)| wanted(key, blind)).map(|(_, blind)| blind)
    }
}

fn is_of(key: &Key, references: &[ObjectRef]) -> bool {
    references.iter().any(|reference| {
        key.0 == reference.api_version
            && key.1 == reference.kind
            && (key.2.is_none() || key.2 == reference.namespace)
    })
}

fn is_pods_of(key: &Key, references: &[ObjectRef]) -> bool {
    key.1 == "Pod" && references.iter().any(|reference| key.2.is_none() || key.2 == reference.namespace)
}

/// The instance that `object` belongs to, as a label value.
pub(super) fn instance_of(object: &Json) -> Option<&str> {
    object.get("metadata")?.get("labels")?.get(INSTANCE_LABEL)?.as_str()
}

/// A lock whose holder panicked still holds what was seen.
fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
