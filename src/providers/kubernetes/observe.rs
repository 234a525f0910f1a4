//! Watching the instances of a deployment, on as many clusters as they are on.
//!
//! Owns finding the clusters, again where they were away or did not know us. What is seen of an instance is
//! [`super::subject`]'s business.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::{self, BoxStream, SelectAll};
use tokio::sync::mpsc;

use super::cluster::Cluster;
use super::connect::Way;
use super::failure::is_locked_out;
use super::mirror::Mirror;
use super::subject::Subject;
use super::{Clusters, inventory, master, way};
use crate::engine::{Failure, Observation, Scope, World};
use crate::plan::Health;
use crate::render::kubernetes::{Files, ObjectRef, RenderError};

/// Changes within this time are told together: soon enough for an eye, and rare enough for a thousand pods.
const COALESCE: Duration = Duration::from_millis(250);
/// Time until a cluster that could not be reached is asked again.
const AGAIN: Duration = Duration::from_secs(3);

/// Between two questions whether the cluster of a master answers.
const GLANCE: Duration = Duration::from_secs(2);

/// Who looks, at what, and whom it is told.
struct Eyes {
    clusters: Arc<Clusters>,
    context: Option<String>,
    scope: Scope,
    send: mpsc::Sender<Observation>,
}

/// Sends what becomes of the instances in `scope`, until nobody listens. Each cluster is looked for by itself: one that
/// can't be reached hides none of the others.
pub(super) async fn run(
    clusters: Arc<Clusters>,
    context: Option<String>,
    scope: Scope,
    send: mpsc::Sender<Observation>,
) {
    let eyes = Arc::new(Eyes { clusters, context, scope, send: send.clone() });
    let mut masters: SelectAll<_> = eyes.masters().into_iter().map(|index| answering(&eyes, index)).collect();
    let mut finding: SelectAll<_> = eyes.groups().into_iter().map(|group| found(&eyes, group)).collect();
    let (wake, mut woken) = mpsc::channel::<()>(1);
    let mut heard: Vec<Weak<Mirror>> = Vec::new();
    let mut subjects: Vec<Subject> = Vec::new();
    while !(subjects.is_empty() && finding.is_empty() && masters.is_empty()) {
        tokio::select! {
            () = send.closed() => return,
            Some(seen) = masters.next(), if !masters.is_empty() => {
                if send.send(seen).await.is_err() {
                    return;
                }
                continue;
            }
            Some(mut subject) = finding.next(), if !finding.is_empty() => {
                heard.retain(|mirror| mirror.strong_count() > 0);
                if !heard.iter().any(|mirror| mirror.as_ptr() == Arc::as_ptr(&subject.mirror)) {
                    heard.push(Arc::downgrade(&subject.mirror));
                    pass_on(&subject.mirror, wake.clone());
                }
                if let Some(seen) = subject.look()
                    && send.send(seen).await.is_err()
                {
                    return;
                }
                subjects.push(subject);
                continue;
            }
            _ = woken.recv() => tokio::time::sleep(COALESCE).await,
        }
        for subject in &mut subjects {
            if let Some(seen) = subject.look()
                && send.send(seen).await.is_err()
            {
                return;
            }
        }
        // Somebody may have logged in again meanwhile: then the way to the cluster has other credentials now.
        let (out, kept) = subjects.into_iter().partition(|subject: &Subject| subject.mirror.is_locked_out());
        subjects = kept;
        for subject in &out {
            eyes.clusters.forget(&subject.cluster.way).await;
        }
        if !out.is_empty() {
            finding.push(found(&eyes, out.iter().map(|subject| subject.index).collect()));
        }
    }
}

/// Wakes whenever something changes in `mirror`.
fn pass_on(mirror: &Mirror, wake: mpsc::Sender<()>) {
    let mut changes = mirror.changes();
    tokio::spawn(async move {
        // Full means that it is going to look anyway.
        while changes.changed().await.is_ok() && !wake.is_closed() {
            let _ = wake.try_send(());
        }
    });
}

/// Instances of one cluster as they are found. One that can't be reached yet is asked again: watching outlives its
/// outages.
fn found(eyes: &Arc<Eyes>, group: VecDeque<usize>) -> BoxStream<'static, Subject> {
    let state = (Arc::clone(eyes), group, None::<String>);
    stream::unfold(state, |(eyes, mut left, mut told)| async move {
        loop {
            let index = *left.front()?;
            match eyes.subject(index).await {
                Ok(subject) => {
                    left.pop_front();
                    return Some((subject, (eyes, left, None)));
                }
                Err(failure) => {
                    let why = failure.to_string();
                    if told.as_ref() != Some(&why) {
                        for index in &left {
                            eyes.tell_unknown(*index, &why).await;
                        }
                    }
                    told = Some(why);
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    })
    .boxed()
}

/// Whether the cluster that a master stands for answers, each time that this has changed.
fn answering(eyes: &Arc<Eyes>, index: usize) -> BoxStream<'static, Observation> {
    stream::unfold((Arc::clone(eyes), None::<Observation>), move |(eyes, last)| async move {
        loop {
            if last.is_some() {
                tokio::time::sleep(GLANCE).await;
            }
            let (instance, ..) = eyes.scope.instances.get(index)?;
            let answer = eyes.ask(index).await;
            let health = if answer.is_ok() { Health::Good } else { Health::Unknown };
            let reason = answer.err().map(|failure| failure.to_string());
            let seen = Observation { instance: instance.clone(), health, reason, ..Observation::default() };
            if last.as_ref() != Some(&seen) {
                return Some((seen.clone(), (eyes, Some(seen))));
            }
        }
    })
    .boxed()
}

impl Eyes {
    /// Instances that stand for a cluster themselves.
    fn masters(&self) -> Vec<usize> {
        let all = self.scope.instances.iter().enumerate();
        all.filter(|(_, (_, node, runtime, _))| {
            master::is_master(node) && runtime.contains_key(inventory::CLUSTER)
        })
        .map(|(index, _)| index)
        .collect()
    }

    /// Whether the cluster of a master answers and knows us.
    async fn ask(&self, index: usize) -> Result<(), Failure> {
        let way = self.way(index)?.settled();
        let cluster = self.clusters.get(way.clone()).await?;
        let answer = cluster.answers().await;
        if answer.as_ref().is_err_and(is_locked_out) {
            self.clusters.forget(&way).await;
        }
        answer
    }

    /// Instances that have something on a cluster, those of the same cluster together.
    fn groups(&self) -> Vec<VecDeque<usize>> {
        let mut groups: Vec<(Option<Way>, VecDeque<usize>)> = Vec::new();
        for (index, (_, _, runtime, _)) in self.scope.instances.iter().enumerate() {
            if inventory::resources(runtime).is_empty() {
                continue;
            }
            let way = self.way(index).ok();
            match groups.iter_mut().find(|(known, _)| way.is_some() && *known == way) {
                Some((_, group)) => group.push_back(index),
                None => groups.push((way, VecDeque::from([index]))),
            }
        }
        groups.into_iter().map(|(_, group)| group).collect()
    }

    async fn tell_unknown(&self, index: usize, why: &str) {
        let Some((instance, ..)) = self.scope.instances.get(index) else { return };
        let seen = Observation {
            instance: instance.clone(),
            health: Health::Unknown,
            reason: Some(why.to_owned()),
            ..Observation::default()
        };
        // Nobody listens any more: noticed where the next one is looked for.
        let _ = self.send.send(seen).await;
    }

    /// The instance with its cluster, watched.
    async fn subject(&self, index: usize) -> Result<Subject, Failure> {
        let missing = || Failure::fatal("it is not in the scope");
        let (instance, _, runtime, _) = self.scope.instances.get(index).ok_or_else(missing)?;
        let mut references = inventory::resources(runtime);
        let way = self.way(index)?.settled();
        let watching = watched(&self.clusters, &self.scope.deployment, way.clone(), &mut references).await;
        if watching.as_ref().is_err_and(is_locked_out) {
            self.clusters.forget(&way).await;
        }
        let (cluster, mirror) = watching?;
        Ok(Subject {
            index,
            instance: instance.clone(),
            fields: inventory::fields(runtime),
            references,
            mirror,
            cluster,
            last: None,
            told: runtime.clone(),
        })
    }

    /// The way to the cluster of an instance: as remembered, which names it best, but what the blueprint says has the
    /// credentials.
    fn way(&self, index: usize) -> Result<Way, Failure> {
        if let Some(context) = &self.context {
            return Ok(Way::Context(context.clone()));
        }
        let missing = || Failure::fatal("it is not in the scope");
        let (instance, node, runtime, _) = self.scope.instances.get(index).ok_or_else(missing)?;
        let world = self.scope.world.as_ref();
        let own = world.instances(&node.name)?.into_iter().find(|related| related.instance == *instance);
        let properties = own.map(|related| related.properties).unwrap_or_default();
        match way::said(&properties, instance, world, &FrozenFiles(world)) {
            Ok(Some(way)) => Ok(way),
            _ => self
                .clusters
                .taken(&self.scope.deployment, instance)
                .map_or_else(|| inventory::way(runtime), Ok),
        }
    }
}

/// The blueprint's files, as they were when it was deployed: its folder is there only while operations run.
struct FrozenFiles<'a>(&'a dyn World);

impl Files for FrozenFiles<'_> {
    fn read(&self, path: &str) -> Result<String, RenderError> {
        self.0.file(path).and_then(|content| String::from_utf8(content).ok()).ok_or_else(|| {
            RenderError::new(format!("{path} is not at hand"), "choose the cluster's context by `--target`")
        })
    }
}

/// The cluster of an instance, and a mirror in which its objects and pods are watched.
async fn watched(
    clusters: &Clusters,
    deployment: &str,
    way: Way,
    references: &mut [ObjectRef],
) -> Result<(Arc<Cluster>, Arc<Mirror>), Failure> {
    let cluster = clusters.get(way).await?;
    let mirror = cluster.mirror(deployment).await;
    for reference in references {
        match cluster.served(None, reference).await? {
            Some((kind, served)) => {
                mirror.watch(&kind, reference.namespace.as_deref()).await;
                *reference = served;
            }
            // Its definition was deleted, and it with it.
            None => mirror.none_of(reference),
        }
        if let Some(namespace) = &reference.namespace {
            mirror.watch_pods(namespace).await;
        }
    }
    Ok((cluster, mirror))
}
