//! The proxy: operations that wait for another deployment and take over its outputs.
//!
//! Follows the deployment proxy plugin of the Cloudify 3.4 era (`cloudify.nodes.DeploymentProxy`: `create` waits, `start`
//! inherits, `stop` forgets; `connected_to_proxy` hands on). Unlike it, waiting ends after `timeout`, a missing output is
//! an error, and a value that changes later is told. The other deployment is known by its journal alone.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};

use crate::check::Node;
use crate::diag::{Diagnostic, Diagnostics, Path};
use crate::engine::{Context, Failure, Observation, Outcome, Provider, Scope};
use crate::model::{Map, Value};
use crate::plan::{DeploymentStatus, Health, Operation, State, Work, short_operation_name};

/// `timeout` where a proxy has none, in seconds.
const TIMEOUT_SECS: f64 = 30.0;

/// The provider of proxies, for all deployments.
pub struct Proxy;

#[async_trait]
impl Provider for Proxy {
    fn name(&self) -> String {
        "proxy of other deployments".into()
    }

    fn check(&self, node: &Node) -> Diagnostics {
        let mut found = Diagnostics::new();
        if !node.is_a("cloudify.nodes.DeploymentProxy") {
            return found;
        }
        // That an operation reads the node's own property says nothing yet.
        let own = |value: &Value| {
            let path = value.get("get_property").and_then(Value::as_list);
            path.is_some_and(|path| path.iter().filter_map(Value::as_str).eq(["SELF", "deployment_id"]))
        };
        let mut given = node.operations.values().filter_map(|mapping| mapping.inputs.get("deployment_id"));
        let in_operations = given.any(|value| !own(value) && value.as_str() != Some(""));
        let in_properties = node.properties.get("deployment_id").is_some_and(|id| id.as_str() != Some(""));
        if !in_operations && !in_properties {
            let path = Path::of(["node_templates", &node.name]);
            let message = format!("{} names no deployment", node.name);
            found.push(
                Diagnostic::error("proxy-without-deployment", path, message)
                    .with_hint("give it the property `deployment_id`"),
            );
        }
        found
    }

    async fn execute(&self, operation: &Operation, cx: &Context) -> Result<Outcome, Failure> {
        if let Work::Relationship { target, .. } = &operation.work {
            return hand_on(cx, target);
        }
        match short_operation_name(&operation.name) {
            "create" => {
                let name = deployment_id(cx)?;
                wait(cx, &name, |state| unfinished(&name, state)).await?;
                Ok(Outcome::done(format!("{name} is deployed")))
            }
            "start" => inherit(cx).await,
            "stop" => Ok(forget(cx)),
            _ => Ok(Outcome::default()),
        }
    }

    fn observe(&self, scope: Scope) -> BoxStream<'static, Observation> {
        let proxies =
            scope.instances.into_iter().filter(|(_, node, _, _)| node.is_a("cloudify.nodes.DeploymentProxy"));
        let watched = proxies.map(|(instance, _, runtime, _)| {
            let start = (Arc::clone(&scope.world), instance, runtime, None::<Observation>);
            stream::unfold(start, |(world, instance, runtime, last)| async move {
                let name = text(&runtime, "deployment_id")?;
                loop {
                    let seen = compare(&instance, &name, &runtime, world.deployment(&name).as_deref());
                    if last.as_ref() != Some(&seen) {
                        return Some((seen.clone(), (world, instance, runtime, Some(seen))));
                    }
                    world.changed(&name).await;
                }
            })
            .boxed()
        });
        stream::select_all(watched).boxed()
    }
}

fn text(map: &Map, name: &str) -> Option<String> {
    map.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The other deployment: an operation's input in published blueprints, else a property.
fn deployment_id(cx: &Context) -> Result<String, Failure> {
    text(&cx.inputs, "deployment_id").or_else(|| text(&cx.properties, "deployment_id")).ok_or_else(|| {
        Failure::fatal(format!("{} names no deployment; give it the property `deployment_id`", cx.node.name))
    })
}

/// Waits until `missing` has nothing more to say, at most for the proxy's `timeout`.
async fn wait(
    cx: &Context,
    name: &str,
    missing: impl Fn(Option<&State>) -> Option<String>,
) -> Result<Arc<State>, Failure> {
    let secs = match cx.properties.get("timeout") {
        Some(Value::Int(secs)) => *secs as f64,
        Some(Value::Float(secs)) => *secs,
        _ => TIMEOUT_SECS,
    };
    let limit = Duration::try_from_secs_f64(secs).unwrap_or(Duration::from_secs(30));
    let deadline = tokio::time::sleep(limit);
    tokio::pin!(deadline);
    loop {
        let state = cx.world.deployment(name);
        let why = match (missing(state.as_deref()), state) {
            (None, Some(state)) => return Ok(state),
            (Some(why), _) => why,
            (None, None) => format!("{name} is not deployed"),
        };
        cx.report.progress(format!("waits: {why}"));
        tokio::select! {
            () = cx.world.changed(name) => {}
            () = cx.cancel.cancelled() => return Err(Failure::retry(why)),
            () = &mut deadline => {
                return Err(Failure::fatal(format!("{why}; waited {secs} s for it")));
            }
        }
    }
}

/// Why nothing can be taken over from a deployment yet.
fn unfinished(name: &str, state: Option<&State>) -> Option<String> {
    let Some(state) = state.filter(|state| state.status != DeploymentStatus::Absent) else {
        return Some(format!("{name} is not deployed"));
    };
    let (done, all) = state.progress();
    match state.status {
        DeploymentStatus::Deployed => None,
        status if status.is_running() => Some(format!("{name} is {status} ({done} of {all} operations)")),
        status => {
            let error = state.execution.as_ref().and_then(|execution| execution.error.as_deref());
            Some(match error {
                Some(error) => format!("{name} is {status}: {error}"),
                None => format!("{name} is {status}"),
            })
        }
    }
}

/// Names in `inherit_outputs`.
fn inherited(map: &Map) -> Vec<String> {
    let list = map.get("inherit_outputs").and_then(Value::as_list).unwrap_or_default();
    list.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

async fn inherit(cx: &Context) -> Result<Outcome, Failure> {
    let name = deployment_id(cx)?;
    let wait_for = text(&cx.inputs, "wait_for").or_else(|| text(&cx.properties, "wait_for"));
    match wait_for.as_deref() {
        None => {}
        Some("exists") => return inherit_all(cx, &name).await,
        Some(other) => {
            return Err(Failure::fatal(format!(
                "wait_for `{other}` is not supported; write `exists` and name the output in `test`"
            )));
        }
    }
    let state =
        cx.world.deployment(&name).ok_or_else(|| Failure::fatal(format!("{name} is not deployed")))?;
    let names = inherited(&cx.properties);
    let mut outcome = Outcome::default().with("deployment_id", name.clone());
    for output in &names {
        let value = state.outputs.get(output).ok_or_else(|| no_output(&name, output, &state))?;
        if value.is_null() {
            return Err(Failure::retry(format!("output `{output}` of {name} is not known yet")));
        }
        outcome.runtime.insert(output.clone(), value.clone());
    }
    if cx.properties.get("inherit_inputs").and_then(Value::as_bool) == Some(true) {
        outcome.runtime.insert("proxy_deployment_inputs".into(), Value::Map(state.inputs.clone()));
    }
    let list = names.iter().map(|name| Value::from(name.as_str())).collect();
    outcome.runtime.insert("inherit_outputs".into(), Value::List(list));
    outcome.message = Some(format!("inherited {} from {name}", names.join(", ")));
    outcome.rehearsed = state.rehearsed;
    Ok(outcome)
}

/// The oldest proxies wait for one output and take over all.
async fn inherit_all(cx: &Context, name: &str) -> Result<Outcome, Failure> {
    let test = text(&cx.inputs, "test").or_else(|| text(&cx.properties, "test")).unwrap_or_default();
    let state = wait(cx, name, |state| match state.and_then(|state| state.outputs.get(&test)) {
        Some(value) if !value.is_null() => None,
        _ => Some(format!("{name} has no value yet for its output `{test}`")),
    })
    .await?;
    let mut outcome = Outcome::default().with("deployment_id", name);
    outcome.runtime.insert("outputs".into(), Value::Map(state.outputs.clone()));
    outcome.rehearsed = state.rehearsed;
    Ok(outcome)
}

fn no_output(name: &str, output: &str, state: &State) -> Failure {
    let known: Vec<&str> = state.outputs.keys().map(String::as_str).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Failure::fatal(format!("deployment {name} has no output `{output}`; its outputs: {known}"))
}

/// Removes what `start` set.
fn forget(cx: &Context) -> Outcome {
    let fixed = ["deployment_id", "inherit_outputs", "proxy_deployment_inputs", "outputs"].map(str::to_owned);
    let names = inherited(&cx.runtime).into_iter().chain(fixed);
    let runtime = names.filter(|name| cx.runtime.contains_key(name)).map(|name| (name, Value::Null));
    Outcome { runtime: runtime.collect(), ..Outcome::default() }
}

/// `connected_to_proxy`: gives the source what the proxy inherited.
fn hand_on(cx: &Context, target: &str) -> Result<Outcome, Failure> {
    let related = cx.world.related(&cx.instance)?;
    let Some(proxy) = related.iter().find(|far| far.instance == target) else {
        return Ok(Outcome::default());
    };
    let values = inherited(&proxy.runtime).into_iter();
    let values = values.filter_map(|name| Some((name.clone(), proxy.runtime.get(&name)?.clone())));
    Ok(Outcome { runtime: values.collect(), ..Outcome::default() })
}

/// What has become of the values that a proxy took over.
fn compare(instance: &str, name: &str, runtime: &Map, state: Option<&State>) -> Observation {
    let seen = |health, reason: Option<String>| Observation {
        instance: instance.to_owned(),
        health,
        reason,
        ..Observation::default()
    };
    let Some(state) = state.filter(|state| state.status != DeploymentStatus::Absent) else {
        return seen(Health::Failed, Some(format!("{name} is gone")));
    };
    for output in inherited(runtime) {
        let now = state.outputs.get(&output).unwrap_or(&Value::Null);
        let taken = runtime.get(&output).unwrap_or(&Value::Null);
        if let Some(path) = difference(&output, taken, now) {
            let told = format!("{path} changed in {name}");
            let differences = vec![told.clone()];
            return Observation { differences, ..seen(Health::Drifted, Some(told)) };
        }
    }
    if state.status == DeploymentStatus::Undeploying {
        return seen(Health::Degraded, Some(format!("{name} is being undeployed")));
    }
    seen(Health::Good, None)
}

/// The first place where two values differ: `vm_info.ips`.
fn difference(at: &str, taken: &Value, now: &Value) -> Option<String> {
    match (taken, now) {
        (Value::Map(taken), Value::Map(now)) => {
            let keys = taken.keys().chain(now.keys().filter(|key| !taken.contains_key(key)));
            keys.into_iter().find_map(|key| {
                let null = Value::Null;
                let (taken, now) = (taken.get(key).unwrap_or(&null), now.get(key).unwrap_or(&null));
                difference(&format!("{at}.{key}"), taken, now)
            })
        }
        (taken, now) => (taken != now).then(|| at.to_owned()),
    }
}
