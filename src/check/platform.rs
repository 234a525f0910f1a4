//! Which part of the world a node lives on, by the plugins of its operations and by its type.

use super::operations::Operations;
use super::topology::Relationship;
use crate::model::Platform;

/// Types that have no operations of their own: the target realises them.
const INFRASTRUCTURE: &[&str] = &[
    "cloudify.nodes.Compute",
    "cloudify.nodes.Network",
    "cloudify.nodes.Subnet",
    "cloudify.nodes.Port",
    "cloudify.nodes.Router",
    "cloudify.nodes.Volume",
    "cloudify.nodes.SecurityGroup",
    "cloudify.nodes.VirtualIP",
    "cloudify.nodes.LoadBalancer",
];

fn of_plugin(plugin: &str) -> Platform {
    // A plugin under a namespace is the same plugin.
    let name = plugin.rsplit("--").next().unwrap_or_default();
    match name {
        "swarm" | "docker_swarm" => Platform::Swarm,
        "kubernetes" => Platform::Kubernetes,
        "proxy" | "cfy_extensions" | "cfy_util" | "dproxy" => Platform::Proxy,
        _ => Platform::Host,
    }
}

/// The platform of a node; none where it lives nowhere (a node that only groups others).
pub(super) fn of(
    type_name: &str,
    hierarchy: &[String],
    operations: &Operations,
    relationships: &[Relationship],
) -> Option<Platform> {
    let plugins = |operations: &Operations| {
        operations
            .values()
            .find(|mapping| !mapping.plugin.is_empty())
            .map(|mapping| of_plugin(&mapping.plugin))
    };
    if let Some(platform) = plugins(operations) {
        return Some(platform);
    }
    let named =
        |prefix: &str| hierarchy.iter().any(|name| name.starts_with(prefix)) || type_name.starts_with(prefix);
    if named("cloudify.swarm.") {
        return Some(Platform::Swarm);
    }
    if named("cloudify.kubernetes.") {
        return Some(Platform::Kubernetes);
    }
    if hierarchy.iter().any(|name| INFRASTRUCTURE.contains(&name.as_str())) {
        return Some(Platform::Host);
    }
    relationships.iter().find_map(|relationship| plugins(&relationship.source_operations))
}
