//! Which cluster an instance belongs to, as its blueprint says: its own configuration, else that of the master or proxy
//! that it is connected to.
//!
//! Does not know targets, which come first, nor how a cluster is reached ([`super::connect`]).

use super::connect::Way;
use super::{inventory, master};
use crate::engine::{Failure, Related, World};
use crate::model::{Map, Value};
use crate::render::kubernetes::Files;

/// The way that the blueprint says for `instance`; none if it says nothing.
pub(super) fn said(
    properties: &Map,
    instance: &str,
    world: &dyn World,
    files: &dyn Files,
) -> Result<Option<Way>, Failure> {
    if let Some(way) = configured(properties, files)? {
        return Ok(Some(way));
    }
    let is_rehearsed = |name: &str| world.deployment(name).is_some_and(|state| state.rehearsed);
    for related in world.related(instance)? {
        if let Some(way) = leading_to(&related, is_rehearsed, files)? {
            return Ok(Some(way));
        }
    }
    Ok(None)
}

/// The same for an instance that is up, so that nothing of it is rehearsed, by its `properties` and what it is `related`
/// to.
pub(super) fn told(properties: &Map, related: &[Related], files: &dyn Files) -> Result<Option<Way>, Failure> {
    if let Some(way) = configured(properties, files)? {
        return Ok(Some(way));
    }
    for related in related {
        if let Some(way) = leading_to(related, |_| false, files)? {
            return Ok(Some(way));
        }
    }
    Ok(None)
}

/// What a node itself says about its cluster.
fn configured(properties: &Map, files: &dyn Files) -> Result<Option<Way>, Failure> {
    if let Some(context) = properties.get("context").and_then(Value::as_str).filter(|name| !name.is_empty()) {
        return Ok(Some(Way::Context(context.to_owned())));
    }
    let client = properties.get("client_config").filter(|client| !client.is_null());
    let within = |key: &str| client.and_then(|client| client.get(key)).or_else(|| properties.get(key));
    let Some(configuration) = within("configuration") else { return Ok(None) };
    let way =
        Way::from_configuration(configuration, files).map_err(|error| Failure::fatal(error.to_string()))?;
    let account =
        |name: &str| within("authentication").is_some_and(|it| it.get(name).is_some_and(|it| !it.is_null()));
    if way.is_some() && ["gcp_service_account", "azure_service_account"].into_iter().any(account) {
        return Err(Failure::fatal(
            "accounts of cloud providers (`authentication`) are not used; give a kubeconfig with their login helper instead",
        ));
    }
    Ok(way)
}

/// The cluster that a related master or proxy stands for.
fn leading_to(
    related: &Related,
    is_rehearsed: impl Fn(&str) -> bool,
    files: &dyn Files,
) -> Result<Option<Way>, Failure> {
    let is_proxy = related.node.is_a("cloudify.nodes.DeploymentProxy");
    if !is_proxy && !master::is_master(&related.node) {
        return Ok(None);
    }
    let outputs = related.runtime.get("outputs");
    let Some(way) = configured(&related.properties, files)?
        .or_else(|| related.runtime.get("kubernetes_info").and_then(Way::from_info))
        .or_else(|| outputs.and_then(|outputs| outputs.get("kubernetes_info")).and_then(Way::from_info))
        .or_else(|| related.runtime.get(inventory::CLUSTER).and_then(Way::from_info))
    else {
        return Ok(None);
    };
    let deployment = related.properties.get("deployment_id").and_then(Value::as_str).filter(|_| is_proxy);
    let rehearsed = deployment.is_some_and(is_rehearsed);
    // A rehearsed address leads nowhere; a context can only come from a cluster that was there.
    Ok((!rehearsed || matches!(way, Way::Context(_))).then_some(way))
}
