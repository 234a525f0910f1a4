//! [`Manner`]: how the objects of an instance are deleted, as `options` of the modern plugin's types say.
//!
//! The plugin's own defaults: what depends on an object goes before it, in its own time. Does not delete anything.

use kube::api::{DeleteParams, PropagationPolicy};

use crate::model::{Map, Value};

/// How objects are deleted.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Manner {
    /// Seconds that pods are given to end, instead of their own `terminationGracePeriodSeconds`; of a pod's own deletion.
    grace: Option<u32>,
    policy: PropagationPolicy,
}

/// An option that means nothing, and what would.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadOption {
    pub name: &'static str,
    pub message: String,
    pub hint: &'static str,
}

impl Manner {
    /// Of a node with these evaluated properties.
    pub fn of(properties: &Map) -> Result<Self, BadOption> {
        let option = |name: &str| {
            let value = properties.get("options").and_then(|options| options.get(name));
            value.filter(|value| !value.is_null())
        };
        let grace = match option("grace_period_seconds") {
            None => None,
            Some(value) => {
                Some(value.as_int().and_then(|seconds| u32::try_from(seconds).ok()).ok_or_else(|| {
                    BadOption {
                        name: "grace_period_seconds",
                        message: format!("`grace_period_seconds` is {value}, which is no number of seconds"),
                        hint: "a whole number from 0 on; 0 ends pods at once",
                    }
                })?)
            }
        };
        let policy = match option("propagation_policy").map(Value::as_str) {
            // Pods go before their controller, so that "gone" means that nothing of it runs.
            None | Some(Some("" | "Foreground")) => PropagationPolicy::Foreground,
            Some(Some("Background")) => PropagationPolicy::Background,
            Some(Some("Orphan")) => PropagationPolicy::Orphan,
            Some(_) => {
                return Err(BadOption {
                    name: "propagation_policy",
                    message: "`propagation_policy` is none that Kubernetes knows".into(),
                    hint: "`Foreground`, `Background`, or `Orphan` to leave what depends on it",
                });
            }
        };
        Ok(Self { grace, policy })
    }

    /// As parameters of a request.
    pub fn parameters(&self) -> DeleteParams {
        DeleteParams {
            grace_period_seconds: self.grace,
            propagation_policy: Some(self.policy.clone()),
            ..DeleteParams::default()
        }
    }

    /// Whether what depends on the objects is to stay.
    pub fn leaves_dependents(&self) -> bool {
        self.policy == PropagationPolicy::Orphan
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(options: serde_json::Value) -> Result<Manner, BadOption> {
        Manner::of(Value::from(json!({ "options": options })).as_map().unwrap())
    }

    #[test]
    fn options_say_how_it_is_deleted() {
        let usual = Manner { grace: None, policy: PropagationPolicy::Foreground };
        assert_eq!(Manner::of(&Map::new()), Ok(usual.clone()));
        // The data type's own keys, unset.
        assert_eq!(of(json!({"namespace": "lab", "grace_period_seconds": null})), Ok(usual));
        let asked = of(json!({"grace_period_seconds": 0, "propagation_policy": "Orphan"})).unwrap();
        assert!(asked.leaves_dependents());
        assert_eq!(asked.parameters().grace_period_seconds, Some(0));
        assert_eq!(of(json!({"grace_period_seconds": -1})).unwrap_err().name, "grace_period_seconds");
        assert_eq!(of(json!({"propagation_policy": "later"})).unwrap_err().name, "propagation_policy");
    }
}
