//! [`Subject`]: what is seen of an instance: health with its reason, ready and desired parts, pods, endpoints, drift.
//!
//! Owns the judgement over all objects of an instance. Seeing them is [`super::mirror`]'s business.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value as Json;

use super::cluster::Cluster;
use super::fields::{Drift, drift};
use super::mirror::{Mirror, Seen};
use super::pods::summary;
use super::ready::{Readiness, parts, readiness};
use super::wait::troubles;
use crate::engine::Observation;
use crate::model::{Map, Value};
use crate::plan::Health;
use crate::render::kubernetes::ObjectRef;

/// Pods listed in runtime properties; more are counted only.
const MAX_PODS: usize = 50;
/// Differences that are kept; nobody reads more.
const MAX_DIFFERENCES: usize = 100;

/// An instance that is watched.
pub(super) struct Subject {
    /// Its place in the scope.
    pub index: usize,
    pub instance: String,
    pub references: Vec<ObjectRef>,
    pub fields: BTreeMap<String, BTreeSet<String>>,
    pub mirror: Arc<Mirror>,
    /// Kept, so that the mirror's cluster lives.
    pub cluster: Arc<Cluster>,
    pub last: Option<Observation>,
    pub told: Map,
}

impl Subject {
    /// What is new since the last look.
    pub fn look(&mut self) -> Option<Observation> {
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
        let drifted: Vec<(&ObjectRef, Drift)> = objects
            .iter()
            .flat_map(|(reference, object)| {
                let recorded = self.fields.get(&reference.to_string());
                let fields = recorded.map(|recorded| drift(object, recorded)).unwrap_or_default();
                fields.into_iter().map(|field| (*reference, field))
            })
            .collect();
        seen.differences = differences(&gone, &drifted);
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
            differences: Vec::new(),
            ready: self.last.as_ref().and_then(|last| last.ready),
            runtime: Map::new(),
        }
    }

    /// Pods and endpoints as runtime properties.
    fn facts(&self) -> Map {
        let pods = self.mirror.of_instance("Pod", &self.instance);
        let mut facts = Map::new();
        let listed = pods.iter().take(MAX_PODS).map(|pod| summary(&pod.json)).collect();
        facts.insert("pods".into(), Value::List(listed));
        let total: u64 = pods.iter().map(|pod| pod.restarts).sum();
        facts.insert("restarts".into(), Value::Int(i64::try_from(total).unwrap_or(i64::MAX)));
        let slices = self.mirror.of_instance("EndpointSlice", &self.instance);
        let mut addresses: Vec<&str> = slices
            .iter()
            .filter_map(|slice| slice.json.get("endpoints").and_then(Json::as_array))
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

/// What somebody else did, a few words each: [`crate::plan::InstanceRecord::differences`].
fn differences(gone: &[String], drifted: &[(&ObjectRef, Drift)]) -> Vec<String> {
    let gone = gone.iter().map(|reference| format!("{reference} deleted"));
    let drifted = drifted.iter().map(|(_, (path, manager))| match manager {
        Some(manager) => format!("{path} changed by {manager}"),
        None => format!("{path} removed"),
    });
    gone.chain(drifted).take(MAX_DIFFERENCES).collect()
}

fn few(drifted: &[(&ObjectRef, Drift)]) -> String {
    let told = drifted.iter().take(3).map(|(reference, (path, manager))| match manager {
        Some(manager) => format!("{reference}: {path} was changed by {manager}"),
        None => format!("{reference}: {path} was removed"),
    });
    let shown = told.collect::<Vec<_>>().join("; ");
    if drifted.len() > 3 { format!("{shown}; and {} more fields", drifted.len() - 3) } else { shown }
}
