//! What pods tell about the workload that they belong to; pure.

use serde_json::Value as Json;

use crate::model::{Map, Value};

/// Something that keeps a pod from being ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What, with the pod's name.
    pub text: String,
    /// Whether waiting is unlikely to help: an image that can't be had, a container that can't be made or keeps ending.
    pub stuck: bool,
    /// Whether it is only a word without a cause: events may tell more.
    pub bare: bool,
}

/// What keeps `pod` from being ready, the worst first.
pub fn trouble(pod: &Json) -> Option<Trouble> {
    let name = pod.pointer("/metadata/name").and_then(Json::as_str).unwrap_or_default();
    let said =
        |text: String, stuck: bool| Some(Trouble { text: format!("pod {name}: {text}"), stuck, bare: false });
    let statuses = ["/status/initContainerStatuses", "/status/containerStatuses"]
        .iter()
        .filter_map(|pointer| pod.pointer(pointer).and_then(Json::as_array))
        .flatten();
    let mut milder = None;
    for status in statuses {
        let field = |pointer: &str| status.pointer(pointer).and_then(Json::as_str).unwrap_or_default();
        let (container, image) = (field("/name"), field("/image"));
        let message = short(field("/state/waiting/message"));
        match field("/state/waiting/reason") {
            "ErrImagePull"
            | "ImagePullBackOff"
            | "ErrImageNeverPull"
            | "InvalidImageName"
            | "RegistryUnavailable" => {
                return said(format!("image `{image}` can't be pulled ({message})"), true);
            }
            "CrashLoopBackOff" => {
                let code = status.pointer("/lastState/terminated/exitCode").and_then(Json::as_i64);
                let code = code.map_or_else(String::new, |code| format!(" with exit code {code}"));
                return said(format!("container `{container}` keeps ending{code}"), true);
            }
            reason @ ("CreateContainerConfigError" | "CreateContainerError" | "RunContainerError") => {
                return said(format!("container `{container}`: {reason} ({message})"), true);
            }
            reason if !reason.is_empty() => {
                let bare = |trouble| Trouble { bare: true, ..trouble };
                milder = milder.or_else(|| said(reason.to_owned(), false).map(bare));
            }
            _ => {}
        }
        if let Some(code) = status.pointer("/state/terminated/exitCode").and_then(Json::as_i64)
            && code != 0
        {
            milder = said(format!("container `{container}` ended with exit code {code}"), false);
        }
    }
    let unschedulable = pod
        .pointer("/status/conditions")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .find(|condition| {
            condition.get("type").and_then(Json::as_str) == Some("PodScheduled")
                && condition.get("status").and_then(Json::as_str) == Some("False")
        })
        .and_then(|condition| condition.get("message").and_then(Json::as_str));
    match unschedulable {
        Some(message) => said(format!("can't be scheduled: {}", short(message)), false),
        None => milder,
    }
}

/// Times that containers of the pod were started again.
pub fn restarts(pod: &Json) -> u64 {
    pod.pointer("/status/containerStatuses")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(|status| status.get("restartCount").and_then(Json::as_u64))
        .sum()
}

/// A pod as runtime properties show it: name, phase, node, address, restarts.
pub fn summary(pod: &Json) -> Value {
    let mut map = Map::new();
    for (key, pointer) in [
        ("name", "/metadata/name"),
        ("phase", "/status/phase"),
        ("node", "/spec/nodeName"),
        ("ip", "/status/podIP"),
    ] {
        if let Some(text) = pod.pointer(pointer).and_then(Json::as_str) {
            map.insert(key.into(), Value::string(text));
        }
    }
    map.insert("restarts".into(), Value::Int(i64::try_from(restarts(pod)).unwrap_or(i64::MAX)));
    Value::Map(map)
}

/// The first line, not endless: pull errors repeat themselves.
pub(super) fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut kept: String = line.chars().take(200).collect();
    if kept.len() < line.len() {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_reason_is_the_one_that_a_person_needs() {
        let pull = json!({"metadata": {"name": "web-1"}, "status": {"containerStatuses": [
            {"name": "c", "image": "none:1", "state": {"waiting": {"reason": "ErrImagePull", "message": "not found"}}}]}});
        let found = trouble(&pull).unwrap();
        assert!(found.stuck);
        assert_eq!(found.text, "pod web-1: image `none:1` can't be pulled (not found)");
        let unschedulable = json!({"metadata": {"name": "a"}, "status": {"conditions": [
            {"type": "PodScheduled", "status": "False", "message": "0/1 nodes are available"}]}});
        assert!(!trouble(&unschedulable).unwrap().stuck);
        assert_eq!(trouble(&json!({"status": {"containerStatuses": [{"state": {"running": {}}}]}})), None);
    }
}
