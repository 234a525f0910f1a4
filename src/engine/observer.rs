//! Watching what was deployed: providers' observations become events, at most ten a second for an instance.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::stream::{SelectAll, StreamExt};

use super::evaluate::Secrets;
use super::executor::{changed_outputs, is_up};
use super::frozen_file::FrozenFiles;
use super::journal::Journal;
use super::scrub::Scrubber;
use super::surroundings::Surroundings;
use super::{EventKind, Observation, Providers, Scope, World, outputs};
use crate::model::{Platform, TargetSpec, Value};
use crate::plan::{Edition, InstanceRecord};

/// Observations of one instance within this time become one event.
const COALESCE: Duration = Duration::from_millis(100);

/// What to watch: a deployment and the blueprint that it was made from.
pub(super) struct Watch {
    pub deployment: String,
    /// The data directory, where the files of that blueprint are.
    pub data: PathBuf,
    pub edition: Arc<Edition>,
    pub observed: Observed,
}

/// Instances that have been looked at since their deployment is watched.
#[derive(Clone, Default)]
pub(super) struct Observed(Arc<Mutex<HashMap<String, HashSet<String>>>>);

impl Observed {
    /// Nothing of `deployment` has been looked at.
    pub fn begin(&self, deployment: &str) {
        self.lock().remove(deployment);
    }

    /// What of `deployment` has been looked at.
    pub fn of(&self, deployment: &str) -> HashSet<String> {
        self.lock().get(deployment).cloned().unwrap_or_default()
    }

    fn has(&self, deployment: &str, instance: &str) -> bool {
        self.lock().get(deployment).is_some_and(|seen| seen.contains(instance))
    }

    fn add(&self, deployment: &str, instance: &str) {
        self.lock().entry(deployment.to_owned()).or_default().insert(instance.to_owned());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, HashSet<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Watches until it is dropped or all streams end.
pub(super) async fn observe(
    watch: Watch,
    journal: Journal,
    providers: Arc<dyn Providers>,
    secrets: Arc<dyn Secrets>,
) {
    let mut streams = SelectAll::new();
    let world = Arc::new(Surroundings {
        deployment: watch.deployment.clone(),
        edition: Arc::clone(&watch.edition),
        journal: journal.clone(),
        secrets: Arc::clone(&secrets),
        scrubber: Scrubber::default(),
        seen: Mutex::default(),
        files: Some(FrozenFiles::new(&watch.data, &watch.deployment)),
    });
    let scrubber = world.scrubber.clone();
    for ((platform, target), scope) in scopes(&watch, &journal, &world) {
        // What a target tells may quote what it was given: the secrets in that are learnt before anything is told.
        let nodes: HashSet<&str> = scope.instances.iter().map(|(_, node, _, _)| node.name.as_str()).collect();
        for node in nodes {
            // One that can't be evaluated any more uses no secret either.
            let _ = world.instances(node);
        }
        if let Ok(provider) = providers.provider(platform, &target) {
            streams.push(provider.observe(scope));
        }
    }
    let shown = outputs::sources(&watch.edition);
    let mut waiting: HashMap<String, Observation> = HashMap::new();
    let mut tick = tokio::time::interval(COALESCE);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            seen = streams.next() => match seen {
                Some(seen) => merge(&mut waiting, scrubbed(seen, &scrubber)),
                None if waiting.is_empty() => return,
                None => {}
            },
            _ = tick.tick(), if !waiting.is_empty() => {
                tell(&watch, &journal, &*secrets, shown.as_ref(), &mut waiting).await;
            }
        }
    }
}

/// The present instances by the provider that they are at.
fn scopes(
    watch: &Watch,
    journal: &Journal,
    world: &Arc<Surroundings>,
) -> Vec<((Platform, TargetSpec), Scope)> {
    let mut scopes: Vec<((Platform, TargetSpec), Scope)> = Vec::new();
    journal.states.with(|states| {
        let Some(state) = states.get(&watch.deployment).filter(|state| is_up(state)) else { return };
        for (id, record) in state.instances.iter().filter(|(_, record)| !record.state.is_absent()) {
            let Some(node) = watch.edition.topology.nodes.get(&record.node) else { continue };
            let Some(platform) = node.platform else { continue };
            let target = state.targets.get(&record.node).cloned().unwrap_or(TargetSpec::Rehearsal);
            let entry = (id.clone(), Arc::clone(node), record.runtime.clone(), record.spec.clone());
            let door = (platform, target);
            if let Some((_, scope)) = scopes.iter_mut().find(|(known, _)| *known == door) {
                scope.instances.push(entry);
            } else {
                let world: Arc<dyn World> = world.clone();
                let deployment = watch.deployment.clone();
                scopes.push((door, Scope { deployment, instances: vec![entry], world }));
            }
        }
    });
    scopes
}

fn scrubbed(seen: Observation, scrubber: &Scrubber) -> Observation {
    Observation {
        reason: seen.reason.map(|reason| scrubber.text(&reason)),
        differences: seen.differences.iter().map(|text| scrubber.text(text)).collect(),
        runtime: scrubber.map(&seen.runtime),
        ..seen
    }
}

fn merge(waiting: &mut HashMap<String, Observation>, seen: Observation) {
    match waiting.get_mut(&seen.instance) {
        Some(known) => {
            let mut runtime = std::mem::take(&mut known.runtime);
            runtime.extend(seen.runtime.clone());
            *known = Observation { runtime, ..seen };
        }
        None => {
            waiting.insert(seen.instance.clone(), seen);
        }
    }
}

/// Whether the journal says so already.
fn is_known(seen: &Observation, record: &InstanceRecord) -> bool {
    seen.health == record.health
        && seen.reason == record.reason
        && seen.differences == record.differences
        && seen.ready == record.ready
        && seen.runtime.iter().all(|(key, value)| record.runtime.get(key).unwrap_or(&Value::Null) == value)
}

async fn tell(
    watch: &Watch,
    journal: &Journal,
    secrets: &dyn Secrets,
    shown: Option<&HashSet<String>>,
    waiting: &mut HashMap<String, Observation>,
) {
    let mut seen: Vec<Observation> = waiting.drain().map(|(_, seen)| seen).collect();
    seen.sort_by(|a, b| a.instance.cmp(&b.instance));
    let mut evaluate = false;
    let looked: Vec<String> = seen.iter().map(|seen| seen.instance.clone()).collect();
    for seen in seen {
        let news = journal.states.with(|states| {
            let record = states.get(&watch.deployment)?.instances.get(&seen.instance)?;
            (!is_known(&seen, record)).then(|| record.node.clone())
        });
        let Some(node) = news else { continue };
        evaluate |= !seen.runtime.is_empty() && shown.is_none_or(|shown| shown.contains(&node));
        let event = EventKind::Observed {
            instance: seen.instance,
            health: seen.health,
            reason: seen.reason,
            differences: seen.differences,
            ready: seen.ready,
            runtime: seen.runtime,
        };
        journal.append(&watch.deployment, None, event).await;
    }
    if evaluate {
        journal.settled().await;
        if let Some(told) = changed_outputs(journal, &watch.deployment, &watch.edition, secrets) {
            journal.append(&watch.deployment, None, told).await;
        }
    }
    if looked.iter().any(|instance| !watch.observed.has(&watch.deployment, instance)) {
        // Whoever waits for the first look then finds it in the state.
        journal.settled().await;
        looked.iter().for_each(|instance| watch.observed.add(&watch.deployment, instance));
    }
}
