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
                let last = status.pointer("/lastState/terminated").unwrap_or(&Json::Null);
                return said(format!("container `{container}` {}", end(last, true)), true);
            }
            "RunContainerError" => {
                let why = innermost(field("/state/waiting/message"));
                return said(format!("container `{container}` can't be started ({why})"), true);
            }
            reason @ ("CreateContainerConfigError" | "CreateContainerError") => {
                return said(format!("container `{container}`: {reason} ({message})"), true);
            }
            reason if !reason.is_empty() => {
                let bare = |trouble| Trouble { bare: true, ..trouble };
                milder = milder.or_else(|| said(reason.to_owned(), false).map(bare));
            }
            _ => {}
        }
        if let Some(terminated) = status.pointer("/state/terminated")
            && terminated.get("exitCode").and_then(Json::as_i64) != Some(0)
        {
            milder = said(format!("container `{container}` {}", end(terminated, false)), false);
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

/// How a container ended, or ends again and again, as its `terminated` state tells: a container whose program could not
/// be started has the runtime's word for it, one that was killed the kubelet's, any other what it left itself.
fn end(terminated: &Json, again: bool) -> String {
    let field = |key: &str| terminated.get(key).and_then(Json::as_str).unwrap_or_default();
    let message = innermost(field("message"));
    // Words of the kubelet and of container runtimes, of this and earlier versions.
    if matches!(field("reason"), "StartError" | "ContainerCannotRun") {
        return format!("can't be started ({message})");
    }
    let code = terminated.get("exitCode").and_then(Json::as_i64);
    let code = code.map_or_else(String::new, |code| format!(" with exit code {code}"));
    let why = match (field("reason"), message.as_str()) {
        // These say no more than the code.
        ("" | "Error" | "Completed", "") => String::new(),
        ("" | "Error" | "Completed", message) => format!(" ({message})"),
        (reason, "") => format!(" ({reason})"),
        (reason, message) => format!(" ({reason}: {message})"),
    };
    format!("{}{code}{why}", if again { "keeps ending" } else { "ended" })
}

/// The part of a container runtime's chain of causes that says what is wrong; of a program's last words the last line.
fn innermost(message: &str) -> String {
    let line = message.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
    let cause = line.rsplit_once("unable to start container process: ").map_or(line, |(_, cause)| cause);
    // How gRPC calls an error that it has no code for.
    short(cause.trim_end_matches(": unknown"))
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

    #[test]
    fn a_container_that_keeps_ending_says_why() {
        let looped = |last: Json| {
            let pod = json!({"metadata": {"name": "web-1"}, "status": {"containerStatuses": [
                {"name": "c", "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}, "lastState": {"terminated": last}}]}});
            let found = trouble(&pod).unwrap();
            assert!(found.stuck);
            found.text.strip_prefix("pod web-1: container `c` ").unwrap().to_owned()
        };
        let runtime = "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: \
            unable to start container process: exec: \"/none\": stat /none: no such file or directory: unknown";
        let cause = "can't be started (exec: \"/none\": stat /none: no such file or directory)";
        assert_eq!(looped(json!({"exitCode": 128, "reason": "StartError", "message": runtime})), cause);
        assert_eq!(
            looped(json!({"exitCode": 137, "reason": "OOMKilled"})),
            "keeps ending with exit code 137 (OOMKilled)"
        );
        assert_eq!(looped(json!({"exitCode": 3, "reason": "Error"})), "keeps ending with exit code 3");
        assert_eq!(
            looped(json!({"exitCode": 3, "reason": "Error", "message": "line of a log\nno database\n"})),
            "keeps ending with exit code 3 (no database)"
        );
        let started = json!({"metadata": {"name": "web-1"}, "status": {"containerStatuses": [
            {"name": "c", "state": {"waiting": {"reason": "RunContainerError", "message": runtime}}}]}});
        assert_eq!(trouble(&started).unwrap().text, format!("pod web-1: container `c` {cause}"));
        let ended = json!({"metadata": {"name": "web-1"}, "status": {"containerStatuses": [
            {"name": "c", "state": {"terminated": {"exitCode": 128, "reason": "StartError", "message": runtime}}}]}});
        assert_eq!(trouble(&ended).unwrap().text, format!("pod web-1: container `c` {cause}"));
    }
}
