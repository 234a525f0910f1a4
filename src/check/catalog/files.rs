//! The type files that come with the program, and under which names and addresses each was published.

use super::address::Version;

/// One type file.
#[derive(Debug)]
pub(super) struct Entry {
    /// Name shown in messages: `built-in:types-7.yaml`.
    pub name: &'static str,
    pub text: &'static str,
    /// Plugin names under which `plugin:NAME` finds it.
    pub plugins: &'static [&'static str],
    /// Folders in addresses of its file: names of repositories and of the specification.
    pub folders: &'static [&'static str],
    /// Names of its file, without `.yaml`, without the version of the DSL that some carry.
    pub file: &'static [&'static str],
    /// Whose repository it must be, where others published another file of the same name.
    pub owner: Option<&'static str>,
    /// First version that it stands for, and the first that it does not.
    pub since: Version,
    pub until: Option<Version>,
    /// Whether another file took its place: it is found, but not offered before the other.
    pub superseded: bool,
}

/// A file of the basic types.
#[derive(Debug)]
pub(super) struct Basic {
    pub name: &'static str,
    pub text: &'static str,
    /// First release that has it.
    pub since: Version,
    /// Oldest version of the DSL that can import it.
    pub minor: u32,
}

const fn entry(name: &'static str, text: &'static str) -> Entry {
    Entry {
        name,
        text,
        plugins: &[],
        folders: &[],
        file: &["plugin"],
        owner: None,
        since: Version(0, 0),
        until: None,
        superseded: false,
    }
}

/// The basic types, the newest first.
pub(super) static BASIC: &[Basic] = &[
    Basic {
        name: "built-in:types-7.yaml",
        text: include_str!("../../../assets/types/types-7.yaml"),
        since: Version(6, 4),
        minor: 4,
    },
    Basic {
        name: "built-in:types-6.yaml",
        text: include_str!("../../../assets/types/types-6.yaml"),
        since: Version(5, 0),
        minor: 3,
    },
    Basic {
        name: "built-in:types-4.yaml",
        text: include_str!("../../../assets/types/types-4.yaml"),
        since: Version(3, 3),
        minor: 2,
    },
    Basic {
        name: "built-in:types-3.yaml",
        text: include_str!("../../../assets/types/types-3.yaml"),
        since: Version(0, 0),
        minor: 0,
    },
];

const KUBERNETES: &str = include_str!("../../../assets/types/kubernetes.yaml");

/// The types of plugins. Of several that answer, the first counts.
pub(super) static FILES: &[Entry] = &[
    Entry {
        plugins: &["kubernetes"],
        folders: &["cloudify-kubernetes-plugin", "kubernetes"],
        file: &["plugin-remote"],
        ..entry("built-in:kubernetes.yaml", KUBERNETES)
    },
    Entry {
        // The copy in the folders of published service blueprints: central, under the usual name.
        folders: &["k2"],
        superseded: true,
        ..entry("built-in:kubernetes.yaml", KUBERNETES)
    },
    Entry {
        // `plugin:` imports are younger than the plugin of the 3.x era, which was imported by its address.
        plugins: &["cloudify-kubernetes-plugin", "kubernetes-modern"],
        folders: &["cloudify-kubernetes-plugin", "kubernetes-plugin"],
        file: &["plugin", "v2_plugin"],
        owner: Some("cloudify-cosmo"),
        ..entry(
            "built-in:kubernetes-modern.yaml",
            include_str!("../../../assets/types/kubernetes-modern.yaml"),
        )
    },
    Entry {
        folders: &["cloudify-kubernetes-plugin", "kubernetes"],
        superseded: true,
        ..entry("built-in:kubernetes-host.yaml", include_str!("../../../assets/types/kubernetes-host.yaml"))
    },
    Entry {
        // The plugin of the published cluster lies in its blueprint's folder.
        plugins: &["swarm", "cloudify-swarm-plugin"],
        folders: &["cloudify-swarm-plugin", "swarm"],
        owner: Some("plugins"),
        until: Some(Version(1, 0)),
        ..entry("built-in:swarm.yaml", include_str!("../../../assets/types/swarm.yaml"))
    },
    Entry {
        plugins: &["swarm-1.0", "swarm", "cloudify-swarm-plugin"],
        folders: &["cloudify-swarm-plugin"],
        since: Version(1, 0),
        superseded: true,
        ..entry("built-in:swarm-1.0.yaml", include_str!("../../../assets/types/swarm-1.0.yaml"))
    },
    Entry {
        plugins: &["proxy", "cloudify-proxy-plugin"],
        folders: &["cloudify-proxy-plugin", "proxy"],
        ..entry("built-in:proxy.yaml", include_str!("../../../assets/types/proxy.yaml"))
    },
    Entry {
        plugins: &["dproxy", "proxy-0"],
        folders: &["dproxy", "cloudify-dproxy-plugin", "cloudify-dproxy-plugin-0.1"],
        superseded: true,
        ..entry("built-in:proxy-0.yaml", include_str!("../../../assets/types/proxy-0.yaml"))
    },
    Entry {
        plugins: &["cloudify-utilities-plugin", "utilities"],
        folders: &["cloudify-utilities-plugin", "utilities-plugin"],
        superseded: true,
        ..entry("built-in:utilities.yaml", include_str!("../../../assets/types/utilities.yaml"))
    },
    Entry {
        plugins: &["fabric", "cloudify-fabric-plugin"],
        folders: &["cloudify-fabric-plugin", "fabric-plugin"],
        ..entry("built-in:fabric.yaml", include_str!("../../../assets/types/fabric.yaml"))
    },
    Entry {
        plugins: &["script", "cloudify-script-plugin"],
        folders: &["cloudify-script-plugin", "script-plugin"],
        ..entry("built-in:script.yaml", include_str!("../../../assets/types/script.yaml"))
    },
    Entry {
        plugins: &["diamond", "cloudify-diamond-plugin"],
        folders: &["cloudify-diamond-plugin", "diamond-plugin"],
        ..entry("built-in:diamond.yaml", include_str!("../../../assets/types/diamond.yaml"))
    },
    Entry {
        plugins: &["host-pool", "hostpool", "cloudify-host-pool-plugin"],
        folders: &["cloudify-host-pool-plugin", "host-pool-plugin"],
        ..entry("built-in:host-pool.yaml", include_str!("../../../assets/types/host-pool.yaml"))
    },
    Entry {
        plugins: &["openstack", "cloudify-openstack-plugin"],
        folders: &["cloudify-openstack-plugin", "openstack-plugin"],
        since: Version(3, 0),
        ..entry("built-in:openstack-3.yaml", include_str!("../../../assets/types/openstack-3.yaml"))
    },
    Entry {
        plugins: &["openstack", "cloudify-openstack-plugin", "openstack-1"],
        folders: &["cloudify-openstack-plugin", "openstack-plugin"],
        until: Some(Version(3, 0)),
        superseded: true,
        ..entry("built-in:openstack-1.yaml", include_str!("../../../assets/types/openstack-1.yaml"))
    },
    Entry {
        plugins: &["docker", "cloudify-docker-plugin"],
        folders: &["cloudify-docker-plugin", "docker-plugin"],
        since: Version(2, 0),
        ..entry("built-in:docker.yaml", include_str!("../../../assets/types/docker.yaml"))
    },
    Entry {
        plugins: &["docker", "cloudify-docker-plugin", "docker-1"],
        folders: &["cloudify-docker-plugin", "docker-plugin"],
        until: Some(Version(2, 0)),
        superseded: true,
        ..entry("built-in:docker-1.yaml", include_str!("../../../assets/types/docker-1.yaml"))
    },
];
