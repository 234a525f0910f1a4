//! `cloudify.kubernetes.Master` as a cluster that exists already, and what `connected_to_master` hands over.
//!
//! Owns the runtime properties that describe a cluster. Making a cluster on hosts is the business of scripts.

use kube::api::ListParams;
use serde_json::Value as Json;

use super::cluster::{Cluster, core_kind};
use super::inventory::CLUSTER;
use crate::check::Node;
use crate::diag::counted;
use crate::engine::{Context, Failure, Outcome};
use crate::model::{Map, Value};

/// Whether `node` stands for a cluster.
pub(super) fn is_master(node: &Node) -> bool {
    [
        "cloudify.kubernetes.Master",
        "cloudify.kubernetes.nodes.Master",
        "cloudify.kubernetes.resources.SharedCluster",
    ]
    .iter()
    .any(|name| node.is_a(name))
}

/// Asks the cluster who it is: version and node addresses become runtime properties.
pub(super) async fn connect(cluster: &Cluster, cx: &Context) -> Result<Outcome, Failure> {
    let version = cluster
        .request(Some(cx), &format!("reach {}", cluster.way), || cluster.client.apiserver_version())
        .await?;
    let mut kind = core_kind("v1", "Node", "nodes");
    kind.namespaced = false;
    let api = cluster.api(&kind, None);
    let all = ListParams::default();
    let nodes = cluster.request(Some(cx), "list nodes", || api.list(&all)).await?.items;
    let mut listed = Vec::new();
    let mut first = None;
    let mut addresses = Vec::new();
    for node in &nodes {
        let known = node.data.pointer("/status/addresses").and_then(Json::as_array);
        let address = known
            .into_iter()
            .flatten()
            .find(|entry| entry.get("type").and_then(Json::as_str) == Some("InternalIP"))
            .and_then(|entry| entry.get("address").and_then(Json::as_str))
            .unwrap_or_default();
        first = first.or_else(|| Some(address.to_owned()));
        addresses.push(Value::string(address));
        let mut entry = Map::new();
        entry.insert("name".into(), Value::string(node.metadata.name.clone().unwrap_or_default()));
        entry.insert("ip".into(), Value::string(address));
        listed.push(Value::Map(entry));
    }
    let mut outcome = Outcome::done(format!(
        "{} runs Kubernetes {} on {}",
        cluster.way,
        version.git_version,
        counted(listed.len(), "node")
    ))
    .with("version", version.git_version)
    .with("addresses", Value::List(addresses))
    .with("nodes", Value::List(listed))
    .with(CLUSTER, cluster.way.to_runtime())
    .with("kubernetes_info", cluster.way.to_runtime());
    if let Some(ip) = first {
        outcome = outcome.with("ip", ip);
    }
    Ok(outcome)
}

/// Nothing was made, so nothing is left.
pub(super) fn disconnect() -> Outcome {
    let mut outcome = Outcome::done("the cluster stays as it is");
    for key in ["version", "addresses", "nodes", "kubernetes_info", "ip", CLUSTER] {
        outcome.runtime.insert(key.into(), Value::Null);
    }
    outcome
}

/// What relationships hand to their source: `master_ip` and `master_port`, by `kubernetes_info.url` of a proxy or by
/// the master's own properties; the host's `ip`.
pub(super) fn relate(cx: &Context, target: &str) -> Result<Outcome, Failure> {
    let Some(related) =
        cx.world.related(&cx.instance)?.into_iter().find(|related| related.instance == target)
    else {
        return Ok(Outcome::default());
    };
    let is = |name: &str| related.relationship.iter().any(|ancestor| ancestor.ends_with(name));
    let mut outcome = Outcome::default();
    let read = |key: &str| related.runtime.get(key).or_else(|| related.properties.get(key)).cloned();
    if is("contained_in_host") {
        if let Some(ip) = read("ip") {
            outcome = outcome.with("ip", ip);
        }
    } else if is("copy_rtprops") {
        let names =
            related.relationship_properties.get("prop_list").and_then(Value::as_str).unwrap_or_default();
        for name in names.split(',').map(str::trim) {
            if let Some(value) = related.runtime.get(name) {
                outcome = outcome.with(name, value.clone());
            }
        }
    } else if is("connected_to_master") || is("managed_by_master") {
        let url =
            related.runtime.get("kubernetes_info").and_then(|info| info.get("url")).and_then(Value::as_str);
        if let Some(url) = url {
            let rest = url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/');
            let (ip, port) = rest.rsplit_once(':').unwrap_or((rest, ""));
            outcome = outcome.with("master_ip", ip);
            if let Ok(port) = port.parse::<i64>() {
                outcome = outcome.with("master_port", port);
            }
        } else {
            for (from, to) in [("ip", "master_ip"), ("master_port", "master_port")] {
                if let Some(value) = read(from).filter(|value| !value.is_null()) {
                    outcome = outcome.with(to, value);
                }
            }
        }
    }
    Ok(outcome)
}
