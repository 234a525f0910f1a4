//! From what the API server (or the way to it) says to a [`Failure`] that tells a person what to do.
//!
//! Owns the choice between what may pass and what will not. Does not retry anything itself.

use std::time::Duration;

use kube::Error;
use kube::config::KubeconfigError;
use kube::core::Status;

use super::connect::Way;
use crate::engine::Failure;

/// How a failure says that the credentials are not good.
const WHO_ASKS: &str = "does not know who asks";

/// What is wrong with a kubeconfig. The texts of the library name files and contexts, never credentials.
pub(super) fn connection_failure(error: &KubeconfigError, way: &Way) -> Failure {
    let (message, hint) = connection_problem(error, way);
    Failure::fatal(format!("{message}; {hint}"))
}

/// The same in two parts: what, and what to do.
pub(super) fn connection_problem(error: &KubeconfigError, way: &Way) -> (String, &'static str) {
    let hint = match error {
        KubeconfigError::CurrentContextNotSet | KubeconfigError::FindPath => {
            "set KUBECONFIG, or choose a context by `--target kubernetes:CONTEXT`"
        }
        KubeconfigError::ReadConfig(_, _) => {
            "there is no kubeconfig: set KUBECONFIG, or write ~/.kube/config"
        }
        KubeconfigError::LoadContext(_) => "`kubectl config get-contexts` lists the contexts there are",
        _ => "correct the kubeconfig",
    };
    (format!("{way}: {}", chain(error)), hint)
}

/// What a failed request means. `doing` begins the message: `apply Deployment default/web`.
pub(super) fn failure(error: &Error, doing: &str, way: &Way) -> Failure {
    match error {
        Error::Api(status) => from_status(status, doing, way),
        Error::Auth(_) => Failure::fatal(format!(
            "{doing}: {way}: {}; the credentials of the kubeconfig can't be had: log in again",
            chain(error)
        )),
        Error::InferKubeconfig(inner) => connection_failure(inner, way),
        other => from_transport(&chain(other), doing, way),
    }
}

/// Whether a failure says that the credentials are not good (any more).
pub(super) fn is_locked_out(failure: &Failure) -> bool {
    matches!(failure, Failure::Fatal { why } if why.contains(WHO_ASKS))
}

/// Whether the request never got an answer, so that the same one may succeed once the server is back.
pub(super) fn is_outage(error: &Error) -> bool {
    match error {
        Error::Api(status) => matches!(status.code, 429 | 500 | 502 | 503 | 504) && !is_wrong_object(status),
        Error::HyperError(_) | Error::Service(_) => !chain(error).contains("certificate"),
        Error::ReadEvents(_) => true,
        _ => false,
    }
}

/// Server-side apply answers 500 to an object that does not fit its schema.
fn is_wrong_object(status: &Status) -> bool {
    status.message.contains("failed to create typed patch object")
}

/// When the server wants to be asked again.
pub(super) fn retry_after(error: &Error) -> Option<Duration> {
    match error {
        Error::Api(status) => status
            .details
            .as_ref()
            .map(|details| u64::from(details.retry_after_seconds))
            .filter(|seconds| *seconds > 0)
            .map(Duration::from_secs),
        _ => None,
    }
}

fn from_status(status: &Status, doing: &str, way: &Way) -> Failure {
    let message = status.message.trim();
    let causes = status.details.as_ref().map(|details| details.causes.as_slice()).unwrap_or_default();
    let has_cause = |reason: &str| causes.iter().any(|cause| cause.reason == reason);
    let fatal = |hint: &str| Failure::fatal(format!("{doing}: {message}; {hint}"));
    let after =
        status.details.as_ref().map(|details| details.retry_after_seconds).filter(|seconds| *seconds > 0);
    let retry =
        |why: String| Failure::Retry { after: after.map(|seconds| Duration::from_secs(seconds.into())), why };
    match status.code {
        401 => Failure::fatal(format!(
            "{doing}: {way} {WHO_ASKS}: the token or certificate is wrong or has expired; log in again"
        )),
        403 if has_cause("NamespaceTerminating") || message.contains("being terminated") => {
            retry(format!("{doing}: {message}; waits until the namespace is gone, then it can be made again"))
        }
        403 if message.contains("system:anonymous") => fatal(
            "nobody said who asks: choose a context that has credentials by `--target kubernetes:CONTEXT`, or give the blueprint's master a token or certificate",
        ),
        403 => fatal("ask for a role that allows it, or choose another context"),
        404 if message.starts_with("namespaces ") => fatal("make the namespace first, or correct its name"),
        404 => fatal("it does not exist"),
        409 if has_cause("FieldManagerConflict") => {
            let managers: Vec<String> = causes
                .iter()
                .map(|cause| {
                    format!("{} ({})", cause.field, cause.message.trim_start_matches("conflict with "))
                })
                .collect();
            Failure::fatal(format!(
                "{doing}: others have set {}; take these fields out of the descriptor, or set `adopt: true` to take them over",
                managers.join(", ")
            ))
        }
        _ if is_wrong_object(status) => fatal("correct the descriptor"),
        409 | 429 | 500 | 502 | 503 | 504 => retry(format!("{doing}: {message}")),
        _ => fatal("correct the descriptor"),
    }
}

fn from_transport(text: &str, doing: &str, way: &Way) -> Failure {
    let lower = text.to_lowercase();
    if lower.contains("notvalidforname") || lower.contains("not valid for name") {
        return Failure::fatal(format!(
            "{doing}: {way}: the server's certificate is for another name ({text}); use a name that it is for, or set `tls-server-name` in the kubeconfig"
        ));
    }
    if lower.contains("certificate") || lower.contains("unknownissuer") {
        return Failure::fatal(format!(
            "{doing}: {way}: the server's certificate is not trusted ({text}); put its authority into `certificate-authority-data` of the kubeconfig"
        ));
    }
    Failure::retry(format!(
        "{doing}: {way} can't be reached ({text}); is the cluster up, and the address right?"
    ))
}

/// An error with what caused it, each said once.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let said = cause.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(json: serde_json::Value) -> Failure {
        let status: Status = serde_json::from_value(json).unwrap();
        from_status(&status, "apply Deployment default/web", &Way::Context("lab".into()))
    }

    #[test]
    fn each_refusal_says_what_to_do() {
        use serde_json::json;
        for (json, part) in [
            (json!({"code": 401, "message": "Unauthorized"}), "log in again"),
            (json!({"code": 403, "message": "forbidden"}), "role"),
            (json!({"code": 403, "message": "User \"system:anonymous\" cannot"}), "nobody said who asks"),
            (json!({"code": 404, "message": "namespaces \"x\" not found"}), "make the namespace"),
            (json!({"code": 422, "message": "spec.replicas: Invalid"}), "correct the descriptor"),
            (
                json!({"code": 409, "message": "x", "details": {"causes": [{"reason": "FieldManagerConflict",
                    "message": "conflict with \"kubectl-edit\" using apps/v1", "field": ".spec.replicas"}]}}),
                ".spec.replicas (\"kubectl-edit\" using apps/v1)",
            ),
        ] {
            let failure = status(json);
            assert!(
                matches!(failure, Failure::Fatal { .. }) && failure.to_string().contains(part),
                "{failure}"
            );
        }
    }

    #[test]
    fn what_may_pass_is_tried_again_when_the_server_says() {
        use serde_json::json;
        let busy = status(json!({"code": 429, "message": "slow", "details": {"retryAfterSeconds": 7}}));
        assert!(matches!(busy, Failure::Retry { after: Some(after), .. } if after.as_secs() == 7));
        let terminating =
            json!({"code": 403, "message": "x", "details": {"causes": [{"reason": "NamespaceTerminating"}]}});
        for json in [terminating, json!({"code": 503, "message": "x"}), json!({"code": 409, "message": "x"})]
        {
            assert!(matches!(status(json), Failure::Retry { .. }));
        }
    }
}
