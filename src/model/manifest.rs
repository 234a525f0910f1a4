//! [`Manifest`], the meaning of `gantry.yaml`: which blueprints a project has and where each is deployed.
//!
//! Does not know how a target is reached: that is the providers' business. Holds no secret.

use std::fmt;
use std::str::FromStr;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::Map;

/// The part of the world that an operation works on; each has a provider of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// A Kubernetes cluster.
    Kubernetes,
    /// A Docker Swarm.
    Swarm,
    /// Machines and networks: the abstract infrastructure types, and scripts that run on hosts.
    Host,
    /// Another deployment of this project, through a deployment proxy. Needs no target.
    Proxy,
}

impl Platform {
    /// All platforms, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Kubernetes, Self::Swarm, Self::Host, Self::Proxy];

    /// Its name, as in `gantry.yaml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kubernetes => "kubernetes",
            Self::Swarm => "swarm",
            Self::Host => "host",
            Self::Proxy => "proxy",
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where operations of one platform run, as written: `rehearsal`, `docker`, `docker:CONTEXT`,
/// `unix:///var/run/docker.sock`, `tcp://host:2376`, `ssh://user@host`, `kubernetes`, `kubernetes:CONTEXT`,
/// `hosts:FILE`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TargetSpec {
    /// The built-in rehearsal: nothing outside the program is touched.
    Rehearsal,
    /// The Docker Engine of the current context or `DOCKER_HOST`.
    Docker,
    /// The Docker Engine of a named context.
    DockerContext(String),
    /// A Docker Engine at an address: `unix://`, `tcp://` or `ssh://`.
    DockerAddress(String),
    /// The cluster of the current kubeconfig context, or of a named one.
    Kubernetes(Option<String>),
    /// The SSH hosts of an inventory file.
    Hosts(String),
}

/// A text that names no target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` names no target; targets are `rehearsal`, `docker`, `docker:CONTEXT`, `unix://PATH`, `tcp://HOST:PORT`, \
     `ssh://USER@HOST`, `kubernetes`, `kubernetes:CONTEXT`, `hosts:FILE`"
)]
pub struct UnknownTarget(pub String);

impl TargetSpec {
    /// Whether operations of `platform` can run there.
    pub fn serves(&self, platform: Platform) -> bool {
        match self {
            Self::Rehearsal => true,
            Self::Docker | Self::DockerContext(_) | Self::DockerAddress(_) => {
                matches!(platform, Platform::Swarm | Platform::Host)
            }
            Self::Kubernetes(_) => platform == Platform::Kubernetes,
            Self::Hosts(_) => platform == Platform::Host,
        }
    }
}

impl fmt::Display for TargetSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rehearsal => f.write_str("rehearsal"),
            Self::Docker => f.write_str("docker"),
            Self::DockerContext(name) => write!(f, "docker:{name}"),
            Self::DockerAddress(address) => f.write_str(address),
            Self::Kubernetes(None) => f.write_str("kubernetes"),
            Self::Kubernetes(Some(name)) => write!(f, "kubernetes:{name}"),
            Self::Hosts(file) => write!(f, "hosts:{file}"),
        }
    }
}

impl FromStr for TargetSpec {
    type Err = UnknownTarget;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = |prefix: &str| {
            text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix(':')).filter(|rest| !rest.is_empty())
        };
        match text {
            "rehearsal" => Ok(Self::Rehearsal),
            "docker" => Ok(Self::Docker),
            "kubernetes" => Ok(Self::Kubernetes(None)),
            _ if ["unix://", "tcp://", "ssh://", "http://", "https://"]
                .iter()
                .any(|scheme| text.starts_with(scheme)) =>
            {
                Ok(Self::DockerAddress(text.to_owned()))
            }
            _ => named("docker")
                .map(|name| Self::DockerContext(name.to_owned()))
                .or_else(|| named("kubernetes").map(|name| Self::Kubernetes(Some(name.to_owned()))))
                .or_else(|| named("hosts").map(|file| Self::Hosts(file.to_owned())))
                .ok_or_else(|| UnknownTarget(text.to_owned())),
        }
    }
}

impl TryFrom<String> for TargetSpec {
    type Error = UnknownTarget;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<TargetSpec> for String {
    fn from(target: TargetSpec) -> Self {
        target.to_string()
    }
}

/// One blueprint of a project: a lane on the canvas, with a life of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// The blueprint file, relative to the project folder.
    pub blueprint: String,
    /// The name under which it is deployed; the lane's name unless given.
    pub deployment: String,
    /// Targets by platform; a platform without one is rehearsed.
    pub targets: IndexMap<Platform, TargetSpec>,
    /// Inputs of the deployment. The command line's `-i` wins over them.
    pub inputs: Map,
}

impl Lane {
    /// Where operations of `platform` run.
    pub fn target(&self, platform: Platform) -> TargetSpec {
        self.targets.get(&platform).cloned().unwrap_or(TargetSpec::Rehearsal)
    }
}

/// What `gantry.yaml` says, lanes in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifest {
    /// The project's name; the folder's name unless given.
    pub name: Option<String>,
    /// Lanes by name.
    pub lanes: IndexMap<String, Lane>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_read_back_as_printed() {
        for text in ["rehearsal", "docker", "docker:lab", "ssh://me@host", "kubernetes:k3s", "hosts:lab.yaml"]
        {
            assert_eq!(text.parse::<TargetSpec>().unwrap().to_string(), text);
        }
        for text in ["", "docker:", "podman", "Rehearsal"] {
            assert_eq!(text.parse::<TargetSpec>(), Err(UnknownTarget(text.into())));
        }
    }

    #[test]
    fn a_docker_engine_serves_no_kubernetes() {
        assert!(!TargetSpec::Docker.serves(Platform::Kubernetes));
        assert!(TargetSpec::Docker.serves(Platform::Swarm));
        assert!(TargetSpec::Rehearsal.serves(Platform::Kubernetes));
    }
}
