//! A Network on an engine: a Docker network with the blueprint's address range.

use std::net::Ipv4Addr;
use std::time::Duration;

use bollard::Docker;
use bollard::errors::Error;
use bollard::models::{Ipam, IpamConfig, Network, NetworkCreateRequest};
use bollard::query_parameters::ListNetworksOptions;

use super::{Connection, forget, ownership};
use crate::engine::{Context, Failure, Outcome};
use crate::model::{Map, Value};
use crate::providers::swarm::swarm_of;

/// Makes the network, or finds the one that an earlier try made. An external one is only looked for.
pub(super) async fn create(connection: &Connection, cx: &Context) -> Result<Outcome, Failure> {
    let docker = connection.docker().await?;
    let cidr = cidr(cx)?;
    let all = docker.list_networks(None::<ListNetworksOptions>).await;
    let all = all.map_err(|error| connection.failure("lists no networks", error))?;
    if let Some(found) =
        all.iter().find(|network| ownership::is_ours(network.labels.as_ref(), &cx.deployment, &cx.instance))
    {
        return Ok(outcome(found, "is there already"));
    }
    let overlap = cidr
        .as_deref()
        .and_then(|cidr| all.iter().find(|other| ranges(other).any(|range| overlaps(range, cidr))));
    if cx.properties.get("use_external_resource").and_then(Value::as_bool) == Some(true) {
        if let Some(found) = overlap {
            return Ok(outcome(found, "is there, and outlives this deployment"));
        }
        let range = cidr.unwrap_or_else(|| "no address range".into());
        return Ok(Outcome::done(format!("recorded: no Docker network has {range}, so it was not verified"))
            .with("verified", false));
    }
    let name = name(cx);
    if let Some(taken) = all.iter().find(|other| other.name.as_deref() == Some(name.as_str())) {
        let owner = ownership::owner(taken.labels.as_ref());
        return Err(Failure::fatal(format!(
            "Docker at {} has a network {name} already, and {owner}. Remove it: `docker network rm {name}`",
            connection.endpoint()
        )));
    }
    if let (Some(taken), Some(cidr)) = (overlap, &cidr) {
        let other = taken.name.as_deref().unwrap_or_default();
        let owner = ownership::owner(taken.labels.as_ref());
        return Err(Failure::fatal(format!(
            "{cidr} overlaps with Docker's network {other} ({}), and {owner}. Choose another range, or remove that network",
            ranges(taken).collect::<Vec<_>>().join(", ")
        )));
    }
    make(connection, &docker, cx, &name, cidr).await
}

async fn make(
    connection: &Connection,
    docker: &Docker,
    cx: &Context,
    name: &str,
    cidr: Option<String>,
) -> Result<Outcome, Failure> {
    // Only a swarm's manager can make a network that reaches its other nodes.
    let overlay = swarm_of(connection, docker).await?.is_some();
    let mut labels = ownership::labels(&cx.deployment, &cx.instance);
    labels.insert(ownership::SPEC.into(), cx.spec.clone());
    let pool = cidr.map(|cidr| IpamConfig { subnet: Some(cidr), ..IpamConfig::default() });
    let request = NetworkCreateRequest {
        name: name.to_owned(),
        driver: Some(if overlay { "overlay" } else { "bridge" }.into()),
        attachable: Some(true),
        ipam: pool.map(|pool| Ipam { config: Some(vec![pool]), ..Ipam::default() }),
        labels: Some(labels),
        ..NetworkCreateRequest::default()
    };
    let made = docker.create_network(request).await;
    let made = made.map_err(|error| connection.failure(&format!("makes no network {name}"), error))?;
    cx.report
        .made(
            format!("network {name} is made"),
            Map::from_iter([("external_id".to_owned(), Value::from(made.id.clone()))]),
        )
        .await;
    let found = docker.inspect_network(&made.id, None).await;
    let found = found.map_err(|error| connection.failure(&format!("shows no network {name}"), error))?;
    let summary = Network {
        id: found.id,
        name: found.name,
        driver: found.driver,
        ipam: found.ipam,
        ..Network::default()
    };
    Ok(outcome(&summary, "made"))
}

fn outcome(network: &Network, what: &str) -> Outcome {
    let text = |value: &Option<String>| Value::from(value.clone().unwrap_or_default());
    let mut outcome =
        Outcome::done(format!("network {} {what}", network.name.as_deref().unwrap_or_default()))
            .with("external_id", text(&network.id))
            .with("external_name", text(&network.name))
            .with("driver", text(&network.driver))
            .with("verified", true);
    if let Some(range) = ranges(network).next() {
        outcome.runtime.insert("cidr".into(), range.into());
    }
    outcome
}

/// The network's own name where it has one; else one that says whose it is.
fn name(cx: &Context) -> String {
    let wish = ["name", "resource_id"].iter().find_map(|key| cx.properties.get(key)).and_then(Value::as_str);
    wish.filter(|name| !name.is_empty())
        .map_or_else(|| format!("{}_{}", cx.deployment, cx.instance), str::to_owned)
}

/// The address range: the network's own, or that of the Subnet in it.
fn cidr(cx: &Context) -> Result<Option<String>, Failure> {
    if let Some(own) = cidr_of(&cx.properties) {
        return Ok(Some(own));
    }
    let around = cx.world.related_to(&cx.instance)?;
    let mut subnets = around.iter().filter(|other| other.node.is_a("cloudify.nodes.Subnet"));
    Ok(subnets.find_map(|subnet| cidr_of(&subnet.properties)))
}

fn cidr_of(properties: &Map) -> Option<String> {
    let nested = ["subnet", "resource_config"].iter().filter_map(|key| properties.get(key)?.get("cidr"));
    let found = properties.get("cidr").into_iter().chain(nested).find_map(Value::as_str)?;
    (!found.is_empty()).then(|| found.to_owned())
}

fn ranges(network: &Network) -> impl Iterator<Item = &str> {
    let pools = network.ipam.iter().filter_map(|ipam| ipam.config.as_ref()).flatten();
    pools.filter_map(|pool| pool.subnet.as_deref())
}

/// Whether two IPv4 ranges share an address. Other ranges are compared as text.
fn overlaps(a: &str, b: &str) -> bool {
    match (range(a), range(b)) {
        (Some((a, a_mask)), Some((b, b_mask))) => a & a_mask & b_mask == b & a_mask & b_mask,
        _ => a == b,
    }
}

/// Address and mask of `10.0.0.0/24`.
fn range(text: &str) -> Option<(u32, u32)> {
    let (address, bits) = text.split_once('/')?;
    let (address, bits): (Ipv4Addr, u32) = (address.parse().ok()?, bits.parse().ok()?);
    let mask = if bits == 0 { 0 } else { u32::MAX.checked_shl(32_u32.checked_sub(bits)?)? };
    Some((u32::from(address), mask))
}

/// Removes the network, if this deployment made it, and waits until it is gone.
pub(super) async fn delete(connection: &Connection, cx: &Context) -> Result<Outcome, Failure> {
    let docker = connection.docker().await?;
    let mut removed = Vec::new();
    loop {
        let filters = Some(ownership::filter(&cx.deployment, &cx.instance));
        let ours = docker.list_networks(Some(ListNetworksOptions { filters })).await;
        let ours = ours.map_err(|error| connection.failure("lists no networks", error))?;
        if ours.is_empty() {
            break;
        }
        for network in ours {
            let (id, name) = (network.id.unwrap_or_default(), network.name.unwrap_or_default());
            match docker.remove_network(&id).await {
                Ok(()) => removed.push(name),
                Err(Error::DockerResponseServerError { status_code: 404, .. }) => {}
                Err(Error::DockerResponseServerError { message, .. })
                    if message.contains("active endpoints") || message.contains("in use") =>
                {
                    return Err(Failure::retry(format!(
                        "network {name} is still in use: {}",
                        message.trim()
                    )));
                }
                Err(error) => {
                    return Err(connection.failure(&format!("does not remove network {name}"), error));
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    removed.dedup();
    let message = if removed.is_empty() {
        "nothing to remove".into()
    } else {
        format!("network {} removed", removed.join(", "))
    };
    Ok(Outcome { message: Some(message), ..forget(cx) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_overlap_when_they_share_an_address() {
        assert!(overlaps("10.100.100.0/24", "10.100.100.0/24"));
        assert!(overlaps("10.100.0.0/16", "10.100.7.0/24"));
        assert!(overlaps("10.100.7.0/24", "10.100.0.0/16"));
        assert!(overlaps("0.0.0.0/0", "10.100.7.0/24"));
        assert!(!overlaps("10.100.100.0/24", "10.100.101.0/24"));
        assert!(!overlaps("10.0.0.0/33", "10.0.0.0/8"));
        assert!(overlaps("fd00::/64", "fd00::/64"));
    }
}
