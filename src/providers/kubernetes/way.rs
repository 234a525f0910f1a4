//! Which cluster an instance belongs to, as its blueprint says: its own configuration, else that of the master or proxy
//! that it is connected to.
//!
//! Does not know targets, which come first, nor how a cluster is reached ([`super::connect`]).

use super::connect::Way;
use super::{inventory, master};
use crate::check::Node;
use crate::engine::{Ahead, Failure, Prospect, Related, World};
use crate::model::{Map, Value};
use crate::render::kubernetes::{self as render, RenderError};

/// The way that the blueprint says for `instance`; none if it says nothing.
pub(super) fn said(
    properties: &Map,
    instance: &str,
    world: &dyn World,
    files: &dyn render::Files,
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
pub(super) fn told(
    properties: &Map,
    related: &[Related],
    files: &dyn render::Files,
) -> Result<Option<Way>, Failure> {
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

/// The way to the cluster of an instance that is about to be worked on, by the same rules; none where it is only known
/// once something else is there.
pub(super) fn ahead(ahead: &Ahead, prospect: &Prospect) -> Option<Way> {
    let files = Files(prospect);
    if let Some(way) = configured(&ahead.properties, &files).ok()? {
        return Some(way);
    }
    let is_rehearsed = |name: &str| prospect.deployments.get(name).is_some_and(|state| state.rehearsed);
    for related in &ahead.related {
        let is_proxy = is_proxy(&related.node);
        if !is_proxy && !master::is_master(&related.node) {
            continue;
        }
        if let Some(way) = leading_to(related, is_rehearsed, &files).ok()? {
            return Some(way);
        }
        // A master that is not there yet is asked itself, if it is one that can be.
        let other = related.properties.get("deployment_id").and_then(Value::as_str).filter(|_| is_proxy)?;
        let state = prospect.deployments.get(other).filter(|state| state.exists())?;
        let inherits = related
            .properties
            .get("inherit_outputs")
            .and_then(Value::as_list)
            .is_some_and(|names| names.iter().any(|name| name.as_str() == Some("kubernetes_info")));
        let info = state.outputs.get("kubernetes_info").filter(|_| inherits).and_then(Way::from_info);
        // As in `leading_to`.
        if let Some(way) = info.filter(|way| !state.rehearsed || matches!(way, Way::Context(_))) {
            return Some(way);
        }
    }
    inventory::way(&ahead.runtime).ok()
}

/// The blueprint's files, as they will be when it is deployed.
struct Files<'a>(&'a Prospect);

impl render::Files for Files<'_> {
    fn read(&self, path: &str) -> Result<String, RenderError> {
        let content = self.0.files.get(path.trim_start_matches("./"));
        content.and_then(|content| String::from_utf8(content.clone()).ok()).ok_or_else(|| {
            RenderError::new(
                format!("{path} is not of the blueprint"),
                "name a file inside the blueprint's folder",
            )
        })
    }
}

fn is_proxy(node: &Node) -> bool {
    node.is_a("cloudify.nodes.DeploymentProxy")
}

/// What a node itself says about its cluster.
fn configured(properties: &Map, files: &dyn render::Files) -> Result<Option<Way>, Failure> {
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
    files: &dyn render::Files,
) -> Result<Option<Way>, Failure> {
    let is_proxy = is_proxy(&related.node);
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::plan::{InstanceRecord, InstanceState, State};

    const PROXY: &str = "cloudify.nodes.DeploymentProxy";
    const MASTER: &str = "cloudify.kubernetes.Master";

    fn map(json: serde_json::Value) -> Map {
        Value::from(json).as_map().cloned().unwrap_or_default()
    }

    fn node(kind: &str) -> Arc<Node> {
        let type_hierarchy = [kind.to_owned()].into();
        Arc::new(Node { type_name: kind.to_owned(), type_hierarchy, ..Node::default() })
    }

    fn related(kind: &str, properties: serde_json::Value, runtime: serde_json::Value) -> Related {
        Related {
            instance: "other_1".into(),
            node: node(kind),
            properties: map(properties),
            runtime: map(runtime),
            relationship: Vec::new(),
            relationship_properties: Map::new(),
        }
    }

    /// The way as it is printed, of an instance that is related to `related`, among `deployments`.
    fn way(related: Option<Related>, deployments: Vec<State>) -> Option<String> {
        let instance = Ahead {
            node: node("cloudify.kubernetes.Microservice"),
            properties: Map::new(),
            runtime: Map::new(),
            related: related.into_iter().collect(),
        };
        let deployments = deployments.into_iter().map(|state| (state.deployment.clone(), state)).collect();
        let prospect = Prospect { deployments: Arc::new(deployments), ..Prospect::default() };
        ahead(&instance, &prospect).map(|way| way.to_string())
    }

    #[test]
    fn a_cluster_that_is_only_made_now_is_not_mistaken_for_the_current_context() {
        let current = Some("the current kubeconfig context".to_owned());
        assert_eq!(way(None, Vec::new()), current);
        assert_eq!(way(Some(related("cloudify.nodes.Compute", json!({}), json!({}))), Vec::new()), current);
        assert_eq!(way(Some(related(MASTER, json!({}), json!({}))), Vec::new()), None);
        let made = json!({ "kubernetes_info": { "url": "https://k:6443" } });
        let known = Some("https://k:6443".to_owned());
        assert_eq!(way(Some(related(MASTER, json!({}), made.clone())), Vec::new()), known);

        let proxy = || {
            related(PROXY, json!({ "deployment_id": "c", "inherit_outputs": ["kubernetes_info"] }), json!({}))
        };
        assert_eq!(way(Some(proxy()), Vec::new()), None, "the other one is not deployed yet");
        let mut state = State::new("c");
        assert_eq!(way(Some(proxy()), vec![state.clone()]), None);
        let up = InstanceRecord { state: InstanceState::Started, ..InstanceRecord::default() };
        state.instances.insert("master_1".into(), up);
        state.outputs = map(made);
        assert_eq!(way(Some(proxy()), vec![state.clone()]), known);
        // A rehearsed address leads nowhere.
        state.rehearsed = true;
        assert_eq!(way(Some(proxy()), vec![state]), current);
    }
}
