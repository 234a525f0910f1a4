//! Waiting until applied objects are ready, with the reason while they are not.
//!
//! Owns when waiting is given up. What ready means is [`super::ready`]'s business; seeing is [`super::mirror`]'s.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use super::apply::Applied;
use super::cluster::Cluster;
use super::mirror::{Mirror, Seen};
use super::pods::Trouble;
use super::ready::{Readiness, readiness};
use crate::engine::{Context, Failure};
use crate::render::kubernetes::ObjectRef;

/// How long a trouble that waiting hardly mends (an image that can't be pulled) is waited for before the try is given up.
const STUCK: Duration = Duration::from_secs(20);
/// Events are asked for after this long without another reason.
const ASK_EVENTS: Duration = Duration::from_secs(4);

/// Waits until all of `applied` are ready.
pub(super) async fn ready(cluster: &Arc<Cluster>, cx: &Context, applied: &[Applied]) -> Result<(), Failure> {
    let waiting: Vec<&Applied> =
        applied.iter().filter(|applied| readiness(&applied.live) != Readiness::Ready).collect();
    if waiting.is_empty() {
        return Ok(());
    }
    let mirror = cluster.mirror(&cx.deployment).await;
    for applied in &waiting {
        let kind = cluster.kind(Some(cx), &applied.reference).await?;
        mirror.watch(&kind, applied.reference.namespace.as_deref()).await;
        if let Some(namespace) = &applied.reference.namespace {
            mirror.watch_pods(namespace).await;
        }
    }
    let references: Vec<ObjectRef> = waiting.iter().map(|applied| applied.reference.clone()).collect();
    let mut changes = mirror.changes();
    let (mut stuck_since, mut why, mut asked): (Option<Instant>, String, Instant) =
        (None, String::from("nothing is known yet"), Instant::now());
    loop {
        changes.mark_unchanged();
        let Some((applied, state)) = waiting.iter().find_map(|applied| match state(&mirror, applied) {
            Readiness::Ready => None,
            other => Some((*applied, other)),
        }) else {
            return Ok(());
        };
        let reference = &applied.reference;
        if let Some(refused) = mirror.refused(std::slice::from_ref(reference)) {
            return Err(Failure::fatal(format!(
                "{reference} is applied, but whether it is ready can't be seen: {refused}; `validate_resource_status: false` does not wait for it"
            )));
        }
        match state {
            Readiness::Failed(reason) => return Err(Failure::retry(format!("{reference}: {reason}"))),
            Readiness::Waiting(reason) => {
                let troubles = troubles(&mirror, &cx.instance);
                let worst = troubles.iter().find(|trouble| trouble.stuck).or(troubles.first());
                why = match worst {
                    Some(worst) if !worst.bare => format!("{reference}: {reason}; {}", worst.text),
                    // A volume that can't be mounted, a probe that fails, a quota: only events tell why.
                    _ if asked.elapsed() > ASK_EVENTS => {
                        asked = Instant::now();
                        let event = warned(cluster, &mirror, &cx.instance, &applied.live).await;
                        let more = event.or_else(|| worst.map(|worst| worst.text.clone()));
                        more.map_or_else(
                            || format!("{reference}: {reason}"),
                            |more| format!("{reference}: {reason}; {more}"),
                        )
                    }
                    _ if why.starts_with(&format!("{reference}: {reason}; ")) => why,
                    Some(worst) => format!("{reference}: {reason}; {}", worst.text),
                    None => format!("{reference}: {reason}"),
                };
                let stuck = worst.is_some_and(|worst| worst.stuck);
                stuck_since = stuck_since.filter(|_| stuck).or_else(|| stuck.then(Instant::now));
            }
            Readiness::Ready => {}
        }
        cx.report.progress(
            mirror.error(&references).map_or_else(|| why.clone(), |error| format!("{why} (watch: {error})")),
        );
        if stuck_since.is_some_and(|since| since.elapsed() > STUCK) {
            return Err(Failure::retry(why));
        }
        tokio::select! {
            () = cx.cancel.cancelled() => return Err(Failure::retry(format!("not ready in time: {why}"))),
            _ = tokio::time::timeout(Duration::from_secs(1), changes.changed()) => {}
        }
        // Changes come in bursts; many instances wait on the same mirror.
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

/// How far an object is, by what is seen of it; a sight older than our apply says nothing.
fn state(mirror: &Mirror, applied: &Applied) -> Readiness {
    let number = |object: &Json| object.pointer("/metadata/generation").and_then(Json::as_i64).unwrap_or(0);
    match mirror.object(&applied.reference) {
        Seen::NotYet => Readiness::Waiting("is not seen yet".into()),
        Seen::Absent => Readiness::Waiting("is not there".into()),
        Seen::Present(seen) if number(&seen) < number(&applied.live) => {
            Readiness::Waiting("is not seen as applied yet".into())
        }
        Seen::Present(seen) => readiness(&seen),
    }
}

/// What keeps the pods of `instance` from being ready.
pub(super) fn troubles(mirror: &Mirror, instance: &str) -> Vec<Trouble> {
    mirror.of_instance("Pod", instance).iter().filter_map(|pod| pod.trouble.clone()).collect()
}

/// The last warning about a pod of `instance` that is not ready, else about the object itself: a controller that can't
/// make pods says so only there.
async fn warned(cluster: &Cluster, mirror: &Mirror, instance: &str, live: &Json) -> Option<String> {
    let pods = mirror.of_instance("Pod", instance);
    let unready = pods.iter().map(|pod| &*pod.json).find(|pod| readiness(pod) != Readiness::Ready);
    if let Some(pod) = unready
        && let Some(warning) = mirror.warnings.about(cluster, pod).await
    {
        let name = pod.pointer("/metadata/name").and_then(Json::as_str).unwrap_or_default();
        return Some(format!("pod {name}: {warning}"));
    }
    mirror.warnings.about(cluster, live).await
}
