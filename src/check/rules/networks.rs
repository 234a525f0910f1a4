//! Networks of a topology: subnets that overlap, and routes to a network that the node has no leg in. Our own
//! findings, warnings.

use std::net::Ipv4Addr;

use crate::check::Checker;
use crate::check::evaluate::{Here, evaluate};
use crate::check::preview::Preview;
use crate::check::topology::{Node, Topology};
use crate::diag::{Diagnostic, Path};
use crate::model::Value;

/// An address range: network address and prefix length.
type Range = (u32, u32);

fn range(text: &str) -> Option<Range> {
    let (address, length) = text.split_once('/')?;
    let address: Ipv4Addr = address.parse().ok()?;
    let length: u32 = length.parse().ok().filter(|length| *length <= 32)?;
    Some((u32::from(address) & mask(length), length))
}

fn mask(length: u32) -> u32 {
    u32::MAX.checked_shl(32 - length).unwrap_or(0)
}

fn overlap(a: Range, b: Range) -> bool {
    let shorter = a.1.min(b.1);
    a.0 & mask(shorter) == b.0 & mask(shorter)
}

/// The range of a network or subnet, where its properties give one.
fn range_of(node: &Node, world: &Preview<'_>) -> Option<(String, Range)> {
    // OpenStack's types have it in what is asked of the API.
    [&["cidr"][..], &["subnet_cidr"], &["subnet", "cidr"], &["resource_config", "cidr"]].iter().find_map(
        |keys| {
            let (first, deeper) = keys.split_first()?;
            let value = node.properties.get(first)?;
            let value = deeper.iter().try_fold(value, |value, key| value.get(key))?;
            let value = evaluate(value, &Here::at(&node.name), world).ok()?;
            let text = value.known()?.as_str()?.to_owned();
            Some((format!("properties.{}", keys.join(".")), range(&text)?))
        },
    )
}

/// Tells networks of one blueprint whose ranges overlap.
pub(super) fn check(cx: &mut Checker<'_>, topology: &Topology) {
    let networks: Vec<&Node> = topology
        .nodes
        .values()
        .map(std::convert::AsRef::as_ref)
        .filter(|node| node.is_a("cloudify.nodes.Network") || node.is_a("cloudify.nodes.Subnet"))
        .collect();
    if networks.len() < 2 {
        return;
    }
    let world = Preview::new(topology);
    let mut ranges: Vec<(&Node, Range)> =
        networks.into_iter().filter_map(|node| Some((node, range_of(node, &world)?.1))).collect();
    ranges.sort_by_key(|(node, range)| (range.0, range.1, topology.nodes.get_index_of(&node.name)));
    // Sorted by their first address, a range overlaps with a later one only if it overlaps with the next.
    for pair in ranges.windows(2) {
        let [(first, a), (second, b)] = pair else { continue };
        // A subnet lies in its network's range.
        let related = [(first, second), (second, first)].iter().any(|(node, other)| {
            node.relationships.iter().any(|relationship| relationship.target == other.name)
        });
        if overlap(*a, *b) && !related {
            let show = |range: &Range| format!("{}/{}", Ipv4Addr::from(range.0), range.1);
            let message = format!(
                "networks `{}` ({}) and `{}` ({}) overlap",
                first.name,
                show(a),
                second.name,
                show(b)
            );
            let mut diagnostic = Diagnostic::warning(
                "overlapping-subnets",
                Path::of(["node_templates", &second.name]),
                message,
            )
            .with_hint("give one of them another address range");
            if let Some(place) = cx.source_map.key(&Path::of(["node_templates", &first.name])) {
                diagnostic = diagnostic.with_related("the other network", place);
            }
            cx.diagnostics.push(diagnostic);
        }
    }
    routes(cx, topology, &world, &ranges);
}

/// Tells routes (`CIDR via …`, `CIDR dev …` in a node's `routes` or `env.ROUTES`) of compute nodes whose network the
/// node has no leg in, where the blueprint says which legs it has.
fn routes(cx: &mut Checker<'_>, topology: &Topology, world: &Preview<'_>, networks: &[(&Node, Range)]) {
    for node in topology.nodes.values() {
        let Some(value) = node.properties.get("routes").and_then(Value::as_list) else { continue };
        let legs: Vec<&str> = node
            .relationships
            .iter()
            .filter_map(|relationship| topology.nodes.get(&relationship.target))
            .flat_map(|port| {
                port.relationships.iter().map(|inner| inner.target.as_str()).chain([port.name.as_str()])
            })
            .collect();
        if legs.is_empty() {
            continue;
        }
        for (index, route) in value.iter().enumerate() {
            let Ok(route) = evaluate(route, &Here::at(&node.name), world) else { continue };
            let Some(text) = route.known().and_then(Value::as_str) else { continue };
            let Some(wanted) = text.split_whitespace().next().and_then(range) else { continue };
            if !text.contains(" dev ") {
                continue;
            }
            let Some((network, _)) = networks.iter().find(|(_, range)| overlap(*range, wanted)) else {
                continue;
            };
            if !legs.contains(&network.name.as_str()) {
                let message = format!("`{}` has a route into `{}` and no leg in it", node.name, network.name);
                let path = Path::of(["node_templates", &node.name, "properties", "routes"]).index(index);
                cx.diagnostics.push(
                    Diagnostic::warning("unattached-route", path, message)
                        .with_hint("connect the node to a port of that network"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_overlap_or_not() {
        let r = |text: &str| range(text).unwrap();
        assert!(overlap(r("10.0.0.0/8"), r("10.1.0.0/16")));
        assert!(!overlap(r("10.100.101.0/24"), r("10.100.102.0/24")));
        assert!(overlap(r("0.0.0.0/0"), r("1.2.3.4/32")));
        assert_eq!(range("10.0.0.0/33"), None);
    }
}
