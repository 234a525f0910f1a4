//! What is seen of instances: health with its reason, ready and desired parts, pods, endpoints, drift.
//!
//! Owns the judgement over all objects of an instance. Seeing them is [`super::mirror`]'s business.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use tokio::sync::mpsc;

use super::cluster::Cluster;
use super::connect::Way;
use super::fields::drift;
use super::mirror::{Mirror, Seen};
use super::pods::{restarts, summary};
use super::ready::{Readiness, parts, readiness};
use super::wait::troubles;
use super::{Clusters, inventory, way};
use crate::check::Node;
use crate::engine::{Failure, Observation, Scope};
use crate::model::{Map, Value};
use crate::plan::Health;
use crate::render::kubernetes::{Files, ObjectRef, RenderError};

/// Changes within this time are told together.
const COALESCE: Duration = Duration::from_millis(150);
/// Time until a cluster that could not be reached is asked again.
const AGAIN: Duration = Duration::from_secs(3);
/// Pods listed in runtime properties; more are counted only.
const MAX_PODS: usize = 50;

/// An instance that is watched.
struct Subject {
    instance: String,
    references: Vec<ObjectRef>,
    fields: BTreeMap<String, BTreeSet<String>>,
    mirror: Arc<Mirror>,
    /// Kept, so that the mirror's cluster lives.
    _cluster: Arc<Cluster>,
    last: Option<Observation>,
    told: Map,
}

/// Sends what becomes of the instances in `scope`, until nobody listens.
pub(super) async fn run(
    clusters: Arc<Clusters>,
    context: Option<String>,
    scope: Scope,
    send: mpsc::Sender<Observation>,
) {
    let mut subjects = Vec::new();
    for (instance, node, runtime, _) in &scope.instances {
        let references = inventory::resources(runtime);
        if references.is_empty() {
            continue;
        }
        // A cluster that can't be reached yet is asked again: watching outlives its outages.
        let (cluster, mirror) = loop {
            let found = match way(&clusters, context.as_deref(), &scope, instance, node, runtime) {
                Ok(way) => watched(&clusters, &scope.deployment, way, &references).await,
                Err(failure) => Err(failure),
            };
            match found {
                Ok(found) => break found,
                Err(failure) => {
                    let seen = Observation {
                        instance: instance.clone(),
                        health: Health::Unknown,
                        reason: Some(failure.to_string()),
                        ..Observation::default()
                    };
                    if send.send(seen).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(AGAIN).await;
                }
            }
        };
        subjects.push(Subject {
            instance: instance.clone(),
            fields: inventory::fields(runtime),
            references,
            mirror,
            _cluster: cluster,
            last: None,
            told: runtime.clone(),
        });
    }
    if subjects.is_empty() {
        return;
    }
    let (wake, mut woken) = mpsc::channel::<()>(1);
    let mut mirrors: Vec<Arc<Mirror>> = subjects.iter().map(|subject| Arc::clone(&subject.mirror)).collect();
    mirrors.dedup_by(|a, b| Arc::ptr_eq(a, b));
    for mirror in mirrors {
        let (wake, mut changes) = (wake.clone(), mirror.changes());
        tokio::spawn(async move {
            // Full means that it is going to look anyway.
            while changes.changed().await.is_ok() && !wake.is_closed() {
                let _ = wake.try_send(());
            }
        });
    }
    drop(wake);
    loop {
        for subject in &mut subjects {
            if let Some(seen) = subject.look()
                && send.send(seen).await.is_err()
            {
                return;
            }
        }
        tokio::select! {
            () = send.closed() => return,
            _ = woken.recv() => tokio::time::sleep(COALESCE).await,
        }
    }
}

/// The way to the cluster of an instance: as remembered, which names it best, but what the blueprint says has the
/// credentials.
fn way(
    clusters: &Clusters,
    context: Option<&str>,
    scope: &Scope,
    instance: &str,
    node: &Node,
    runtime: &Map,
) -> Result<Way, Failure> {
    if let Some(context) = context {
        return Ok(Way::Context(context.to_owned()));
    }
    let own = scope.world.instances(&node.name)?.into_iter().find(|related| related.instance == instance);
    let properties = own.map(|related| related.properties).unwrap_or_default();
    match way::said(&properties, instance, scope.world.as_ref(), &NoFiles) {
        Ok(Some(way)) => Ok(way),
        _ => clusters.taken(&scope.deployment, instance).map_or_else(|| inventory::way(runtime), Ok),
    }
}

/// The blueprint's files are there only while operations run.
struct NoFiles;

impl Files for NoFiles {
    fn read(&self, path: &str) -> Result<String, RenderError> {
        Err(RenderError::new(format!("{path} is not at hand"), "choose the cluster's context by `--target`"))
    }
}

/// The cluster of an instance, and a mirror in which its objects and pods are watched.
async fn watched(
    clusters: &Clusters,
    deployment: &str,
    way: Way,
    references: &[ObjectRef],
) -> Result<(Arc<Cluster>, Arc<Mirror>), Failure> {
    let cluster = clusters.get(way).await?;
    let mirror = cluster.mirror(deployment).await;
    for reference in references {
        match cluster.find_kind(None, reference).await? {
            Some(kind) => mirror.watch(&kind, reference.namespace.as_deref()).await,
            // Its definition was deleted, and it with it.
            None => mirror.none_of(reference),
        }
        if let Some(namespace) = &reference.namespace {
            mirror.watch_pods(namespace).await;
        }
    }
    Ok((cluster, mirror))
}

impl Subject {
    /// What is new since the last look.
    fn look(&mut self) -> Option<Observation> {
        let mut seen = self.judged()?;
        let facts = std::mem::take(&mut seen.runtime);
        let mut news = Map::new();
        for (key, value) in facts {
            if self.told.get(&key) != Some(&value) {
                news.insert(key.clone(), value.clone());
                self.told.insert(key, value);
            }
        }
        let same = self.last.as_ref() == Some(&seen);
        self.last = Some(seen.clone());
        seen.runtime = news;
        (!same || !seen.runtime.is_empty()).then_some(seen)
    }

    /// How the instance does; none while nothing has been seen yet.
    fn judged(&self) -> Option<Observation> {
        let mut objects = Vec::new();
        let mut gone = Vec::new();
        for reference in &self.references {
            match self.mirror.object(reference) {
                Seen::NotYet => {
                    return self.mirror.error(&self.references).map(|error| self.unknown(error));
                }
                Seen::Absent => gone.push(reference.to_string()),
                Seen::Present(object) => objects.push((reference, object)),
            }
        }
        let mut seen = Observation { instance: self.instance.clone(), ..Observation::default() };
        if let Some(error) = self.mirror.error(&self.references) {
            return Some(self.unknown(error));
        }
        let sums = objects.iter().filter_map(|(_, object)| parts(object));
        seen.ready = sums.reduce(|(ready, all), (more, of)| (ready + more, all + of));
        let waiting = objects.iter().find_map(|(reference, object)| match readiness(object) {
            Readiness::Ready => None,
            Readiness::Waiting(why) => Some((false, format!("{reference}: {why}"))),
            Readiness::Failed(why) => Some((true, format!("{reference}: {why}"))),
        });
        let drifted: Vec<String> = objects
            .iter()
            .flat_map(|(reference, object)| {
                let recorded = self.fields.get(&reference.to_string());
                let fields = recorded.map(|recorded| drift(object, recorded)).unwrap_or_default();
                fields.into_iter().map(move |(path, manager)| match manager {
                    Some(manager) => format!("{reference}: {path} was changed by {manager}"),
                    None => format!("{reference}: {path} was removed"),
                })
            })
            .collect();
        let trouble = troubles(&self.mirror, &self.instance).into_iter().next().map(|trouble| trouble.text);
        (seen.health, seen.reason) = match (seen.ready, waiting) {
            _ if !gone.is_empty() => (Health::Drifted, Some(format!("{} was deleted", gone.join(", ")))),
            (_, Some((true, why))) => (Health::Failed, Some(why)),
            (Some((0, all)), Some((_, why))) if all > 0 => (Health::Failed, Some(joined(why, trouble))),
            (Some((ready, all)), Some((_, why))) if ready < all => {
                (Health::Degraded, Some(joined(why, trouble)))
            }
            (_, Some((_, why))) => (Health::Progressing, Some(joined(why, trouble))),
            _ if !drifted.is_empty() => (Health::Drifted, Some(few(&drifted))),
            _ => (Health::Good, None),
        };
        seen.runtime = self.facts();
        Some(seen)
    }

    fn unknown(&self, error: String) -> Observation {
        Observation {
            instance: self.instance.clone(),
            health: Health::Unknown,
            reason: Some(error),
            ready: self.last.as_ref().and_then(|last| last.ready),
            runtime: Map::new(),
        }
    }

    /// Pods and endpoints as runtime properties.
    fn facts(&self) -> Map {
        let pods = self.mirror.of_instance("Pod", &self.instance);
        let mut facts = Map::new();
        let listed = pods.iter().take(MAX_PODS).map(|pod| summary(pod)).collect();
        facts.insert("pods".into(), Value::List(listed));
        let total: u64 = pods.iter().map(|pod| restarts(pod)).sum();
        facts.insert("restarts".into(), Value::Int(i64::try_from(total).unwrap_or(i64::MAX)));
        let slices = self.mirror.of_instance("EndpointSlice", &self.instance);
        let mut addresses: Vec<&str> = slices
            .iter()
            .filter_map(|slice| slice.get("endpoints").and_then(Json::as_array))
            .flatten()
            .filter(|endpoint| endpoint.pointer("/conditions/ready").and_then(Json::as_bool) != Some(false))
            .filter_map(|endpoint| endpoint.get("addresses").and_then(Json::as_array))
            .flatten()
            .filter_map(Json::as_str)
            .collect();
        addresses.sort_unstable();
        addresses.dedup();
        if !slices.is_empty() {
            facts.insert("endpoints".into(), Value::List(addresses.into_iter().map(Value::from).collect()));
        }
        facts
    }
}

fn joined(why: String, trouble: Option<String>) -> String {
    match trouble {
        Some(trouble) => format!("{why}; {trouble}"),
        None => why,
    }
}

fn few(texts: &[String]) -> String {
    let shown = texts.iter().take(3).map(String::as_str).collect::<Vec<_>>().join("; ");
    if texts.len() > 3 { format!("{shown}; and {} more fields", texts.len() - 3) } else { shown }
}
