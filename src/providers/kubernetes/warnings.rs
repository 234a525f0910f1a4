//! [`Warnings`]: what events of a namespace complain of, by object; asked for once for all who wait there.
//!
//! An API server looks through all events of the namespace for each such question: a hundred instances that wait must not
//! each ask their own.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kube::Api;
use kube::api::ListParams;
use kube::core::DynamicObject;
use serde_json::Value as Json;
use tokio::sync::Mutex;

use super::cluster::{Cluster, core_kind};
use super::pods::short;

/// How long an answer is good for.
const FRESH: Duration = Duration::from_secs(3);
/// Events in one answer; there may be more answers.
const PAGE: u32 = 500;
/// Answers that are asked for at most.
const PAGES: usize = 10;

/// The last warning about each object, by its uid.
type Last = Arc<HashMap<String, String>>;

/// What was answered, and when.
type Answer = Option<(Instant, Last)>;

/// Warnings by namespace.
#[derive(Default)]
pub(super) struct Warnings {
    known: Mutex<HashMap<String, Arc<Mutex<Answer>>>>,
}

impl Warnings {
    /// The last warning about the object `live`. None as well where events can't be read.
    pub async fn about(&self, cluster: &Cluster, live: &Json) -> Option<String> {
        let uid = live.pointer("/metadata/uid")?.as_str()?;
        let namespace = live.pointer("/metadata/namespace")?.as_str()?;
        let place = Arc::clone(self.known.lock().await.entry(namespace.to_owned()).or_default());
        // Whoever comes meanwhile waits for the same answer.
        let mut known = place.lock().await;
        let last = match &*known {
            Some((since, last)) if since.elapsed() < FRESH => Arc::clone(last),
            _ => {
                let api = cluster.api(&core_kind("v1", "Event", "events"), Some(namespace));
                let last = Arc::new(by_object(&listed(&api).await));
                *known = Some((Instant::now(), Arc::clone(&last)));
                last
            }
        };
        drop(known);
        last.get(uid).cloned()
    }
}

async fn listed(api: &Api<DynamicObject>) -> Vec<DynamicObject> {
    let mut events = Vec::new();
    let mut parameters = ListParams::default().fields("type=Warning").limit(PAGE);
    for _ in 0..PAGES {
        let Ok(page) = api.list(&parameters).await else { break };
        events.extend(page.items);
        match page.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => parameters = parameters.continue_token(&token),
            None => break,
        }
    }
    events
}

/// The message of the event about each object that happened last; they are listed by name.
fn by_object(events: &[DynamicObject]) -> HashMap<String, String> {
    let mut last: HashMap<&str, (String, &str)> = HashMap::new();
    for event in events {
        let text = |pointer: &str| event.data.pointer(pointer).and_then(Json::as_str);
        let time = text("/series/lastObservedTime").or_else(|| text("/lastTimestamp"));
        let time = time.or_else(|| text("/eventTime")).unwrap_or_default();
        let (Some(uid), Some(message)) = (text("/involvedObject/uid"), text("/message")) else { continue };
        if last.get(uid).is_none_or(|(known, _)| known.as_str() <= time) {
            last.insert(uid, (time.to_owned(), message));
        }
    }
    last.into_iter().map(|(uid, (_, message))| (uid.to_owned(), short(message))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_warning_is_the_one_that_happened_last() {
        let event = |name: &str, uid: &str, more: Json| -> DynamicObject {
            let mut json = serde_json::json!({"metadata": {"name": name}, "involvedObject": {"uid": uid}, "message": name});
            json.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            serde_json::from_value(json).unwrap()
        };
        let events = [
            event("a", "1", serde_json::json!({"lastTimestamp": "2026-01-01T00:00:09Z"})),
            event("b", "1", serde_json::json!({"lastTimestamp": "2026-01-01T00:00:03Z"})),
            event(
                "c",
                "1",
                serde_json::json!({"lastTimestamp": null, "eventTime": "2026-01-01T00:00:05.1Z"}),
            ),
            event("d", "2", serde_json::json!({"lastTimestamp": "2026-01-01T00:00:01Z"})),
        ];
        let last = by_object(&events);
        assert_eq!((last["1"].as_str(), last["2"].as_str()), ("a", "d"));
    }
}
