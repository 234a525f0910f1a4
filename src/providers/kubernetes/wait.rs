//! Waiting until applied objects are ready, with the reason while they are not.
//!
//! Owns when waiting is given up. What ready means is [`super::ready`]'s business; seeing is [`super::mirror`]'s.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kube::api::ListParams;
use serde_json::Value as Json;

use super::apply::Applied;
use super::cluster::{Cluster, core_kind};
use super::mirror::{Mirror, Seen};
use super::pods::{Trouble, trouble};
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
        match state {
            Readiness::Failed(reason) => return Err(Failure::retry(format!("{reference}: {reason}"))),
            Readiness::Waiting(reason) => {
                let troubles = troubles(&mirror, &cx.instance);
                let worst = troubles.iter().find(|trouble| trouble.stuck).or(troubles.first());
                why = match worst {
                    Some(worst) => format!("{reference}: {reason}; {}", worst.text),
                    None if asked.elapsed() > ASK_EVENTS => {
                        asked = Instant::now();
                        let event = last_warning(cluster, &applied.live).await;
                        event.map_or_else(
                            || format!("{reference}: {reason}"),
                            |event| format!("{reference}: {reason}; {event}"),
                        )
                    }
                    None if why.starts_with(&format!("{reference}: {reason}; ")) => why,
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
    mirror.of_instance("Pod", instance).iter().filter_map(|pod| trouble(pod)).collect()
}

/// The last warning about an object that is not a pod: a controller that can't make pods says so only there.
async fn last_warning(cluster: &Cluster, live: &Json) -> Option<String> {
    let uid = live.pointer("/metadata/uid")?.as_str()?;
    let namespace = live.pointer("/metadata/namespace")?.as_str()?;
    let api = cluster.api(&core_kind("v1", "Event", "events"), Some(namespace));
    let selector = format!("involvedObject.uid={uid},type=Warning");
    let events = api.list(&ListParams::default().fields(&selector).limit(50)).await.ok()?;
    let message = events.items.last()?.data.get("message")?.as_str()?.to_owned();
    Some(message.chars().take(200).collect())
}
