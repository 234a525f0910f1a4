//! [`Family`]: the kinds of node that a picture tells apart, by the node's type.
//!
//! Says nothing of colours or icons: those belong to whoever paints.

use crate::check::Node;
use crate::model::Platform;

/// What a node is at first sight. Shape, icon and hue follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// Runs on a Kubernetes cluster, or is one.
    Kubernetes,
    /// Runs on a Docker Swarm, or is one.
    Swarm,
    /// A machine, or software on one.
    Host,
    /// A network, a subnet, a port, a router.
    Network,
    /// Another deployment.
    Proxy,
    /// Configuration, secrets, volumes.
    Config,
    /// Anything else.
    Other,
}

const NETWORK: &[&str] = &[
    "cloudify.nodes.Network",
    "cloudify.nodes.Subnet",
    "cloudify.nodes.Port",
    "cloudify.nodes.Router",
    "cloudify.nodes.VirtualIP",
    "cloudify.nodes.SecurityGroup",
    "cloudify.nodes.LoadBalancer",
];
const CONFIG: &[&str] = &[
    "cloudify.nodes.Volume",
    "cloudify.nodes.FileSystem",
    "cloudify.nodes.ObjectStorage",
    "cloudify.nodes.PasswordSecret",
    "cloudify.swarm.Volume",
];
const PROXY: &[&str] = &[
    "cloudify.nodes.DeploymentProxy",
    "cloudify.nodes.BlueprintDeployment",
    "cloudify.nodes.Component",
    "cloudify.nodes.ServiceComponent",
    "cloudify.nodes.SharedResource",
];

impl Family {
    /// All of them, in the order in which legends and palettes show them.
    pub const ALL: [Self; 7] =
        [Self::Kubernetes, Self::Swarm, Self::Host, Self::Network, Self::Proxy, Self::Config, Self::Other];

    /// The family of `node`: the nearest ancestor of its type that says so, then the platform that realises it.
    pub fn of(node: &Node) -> Self {
        let known = node.type_hierarchy.iter().rev().find_map(|ancestor| Self::of_type(ancestor));
        known.unwrap_or(match node.platform {
            Some(Platform::Kubernetes) => Self::Kubernetes,
            Some(Platform::Swarm) => Self::Swarm,
            Some(Platform::Proxy) => Self::Proxy,
            Some(Platform::Host) => Self::Host,
            None => Self::of_type(&node.type_name).unwrap_or(Self::Other),
        })
    }

    /// The family of a node type, by its ancestors alone: the root type first, itself last.
    pub fn of_hierarchy(hierarchy: &[String]) -> Self {
        hierarchy.iter().rev().find_map(|ancestor| Self::of_type(ancestor)).unwrap_or(Self::Other)
    }

    fn of_type(name: &str) -> Option<Self> {
        if PROXY.contains(&name) {
            Some(Self::Proxy)
        } else if CONFIG.contains(&name) {
            Some(Self::Config)
        } else if NETWORK.contains(&name) {
            Some(Self::Network)
        } else if name.starts_with("cloudify.kubernetes.") {
            Some(Self::Kubernetes)
        } else if name.starts_with("cloudify.swarm.") {
            Some(Self::Swarm)
        } else if matches!(name, "cloudify.nodes.Compute" | "cloudify.nodes.SoftwareComponent") {
            Some(Self::Host)
        } else {
            None
        }
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kubernetes => "Kubernetes",
            Self::Swarm => "Docker Swarm",
            Self::Host => "Host",
            Self::Network => "Network",
            Self::Proxy => "Proxy",
            Self::Config => "Configuration",
            Self::Other => "Other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(hierarchy: &[&str]) -> Node {
        Node {
            type_name: (*hierarchy.last().unwrap()).to_owned(),
            type_hierarchy: hierarchy.iter().map(|name| (*name).to_owned()).collect(),
            ..Node::default()
        }
    }

    #[test]
    fn the_nearest_known_ancestor_decides() {
        assert_eq!(
            Family::of(&node(&["cloudify.nodes.Root", "cloudify.nodes.Network", "hybrid.nodes.Network"])),
            Family::Network
        );
        assert_eq!(
            Family::of(&node(&[
                "cloudify.nodes.Root",
                "cloudify.nodes.SoftwareComponent",
                "cloudify.swarm.Manager"
            ])),
            Family::Swarm
        );
        assert_eq!(Family::of(&node(&["acme.Thing"])), Family::Other);
    }
}
