//! [`Catalog`]: the types that come with the program, by the addresses under which they were published.
//!
//! They are DSL text like any other (`assets/types`) and take part only where a blueprint imports them; then they
//! answer before any file or network, so that published blueprints read offline. Does not resolve types.

use crate::diag::Source;
use crate::dsl::{FileError, Files};

/// The built-in type files.
#[derive(Clone, Debug)]
pub struct Catalog {
    files: &'static [Entry],
}

/// One type file.
#[derive(Debug)]
struct Entry {
    /// Name shown in messages: `built-in:types.yaml`.
    name: &'static str,
    text: &'static str,
    /// Plugin names under which `plugin:NAME` finds it.
    plugins: &'static [&'static str],
    /// What a published address contains.
    addresses: &'static [&'static str],
}

static FILES: &[Entry] = &[
    Entry {
        name: "built-in:types.yaml",
        text: include_str!("../../assets/types/types.yaml"),
        plugins: &[],
        addresses: &["cloudify/types/types.yaml", "spec/cloudify/*/types.yaml"],
    },
    Entry {
        name: "built-in:kubernetes.yaml",
        text: include_str!("../../assets/types/kubernetes.yaml"),
        plugins: &["kubernetes"],
        addresses: &["cloudify-kubernetes-plugin/*/plugin-remote.yaml"],
    },
    Entry {
        name: "built-in:kubernetes-modern.yaml",
        text: include_str!("../../assets/types/kubernetes-modern.yaml"),
        // `plugin:` imports are younger than the plugin of the 3.x era, which was imported by its address.
        plugins: &["cloudify-kubernetes-plugin", "kubernetes-modern"],
        addresses: &[
            "cloudify-cosmo/cloudify-kubernetes-plugin/*/plugin.yaml",
            "cloudify-kubernetes-plugin/*/plugin_1_*.yaml",
            "cloudify-kubernetes-plugin/*/v2_plugin.yaml",
            "spec/kubernetes-plugin/*/plugin.yaml",
        ],
    },
    Entry {
        name: "built-in:kubernetes-host.yaml",
        text: include_str!("../../assets/types/kubernetes-host.yaml"),
        plugins: &[],
        addresses: &["cloudify-kubernetes-plugin/*/plugin.yaml"],
    },
    Entry {
        name: "built-in:swarm-1.0.yaml",
        text: include_str!("../../assets/types/swarm-1.0.yaml"),
        plugins: &["swarm-1.0"],
        addresses: &["cloudify-swarm-plugin/1.*/plugin.yaml"],
    },
    Entry {
        name: "built-in:swarm.yaml",
        text: include_str!("../../assets/types/swarm.yaml"),
        plugins: &["swarm", "cloudify-swarm-plugin"],
        addresses: &["cloudify-swarm-plugin/*/plugin.yaml"],
    },
    Entry {
        name: "built-in:proxy.yaml",
        text: include_str!("../../assets/types/proxy.yaml"),
        plugins: &["proxy", "cloudify-proxy-plugin"],
        addresses: &["cloudify-proxy-plugin/*/plugin.yaml"],
    },
    Entry {
        name: "built-in:fabric.yaml",
        text: include_str!("../../assets/types/fabric.yaml"),
        plugins: &["fabric", "cloudify-fabric-plugin"],
        addresses: &["cloudify-fabric-plugin/*/plugin.yaml", "spec/fabric-plugin/*/plugin.yaml"],
    },
    Entry {
        name: "built-in:script.yaml",
        text: include_str!("../../assets/types/script.yaml"),
        plugins: &["script"],
        addresses: &[],
    },
];

/// Whether `address` ends in the parts of `pattern`, in which `*` stands for any text.
fn matches(pattern: &str, address: &str) -> bool {
    match pattern.split_once('*') {
        None => address == pattern || address.ends_with(&format!("/{pattern}")),
        Some((head, tail)) => {
            address.ends_with(tail)
                && address.find(head).is_some_and(|at| at + head.len() + tail.len() <= address.len())
        }
    }
}

impl Entry {
    /// What a blueprint writes to import it.
    fn import(&self) -> String {
        match self.plugins.first() {
            Some(plugin) => format!("plugin:{plugin}"),
            None => {
                self.addresses.first().map_or_else(|| self.name.to_owned(), |address| (*address).to_owned())
            }
        }
    }

    fn answers(&self, address: &str) -> bool {
        if address == self.name {
            return true;
        }
        if let Some(plugin) = address.strip_prefix("plugin:") {
            let name = plugin.split('?').next().unwrap_or_default();
            return self.plugins.contains(&name);
        }
        self.addresses.iter().any(|pattern| matches(pattern, address))
    }
}

impl Catalog {
    /// The types that come with the program.
    pub fn built_in() -> Self {
        Self { files: FILES }
    }

    /// The type file that was published under `address`: an address of the specification, of a plugin's
    /// repository, `cloudify/types/types.yaml` or `plugin:NAME`.
    pub fn file(&self, address: &str) -> Option<Source> {
        let entry = self.files.iter().find(|entry| entry.answers(address))?;
        Some(Source::new(entry.name, entry.text))
    }

    /// Every type file by name with the address to import it, the current files before superseded ones.
    pub(super) fn importable(&self) -> Vec<(&'static str, String)> {
        let superseded = |entry: &&Entry| entry.plugins.first().is_none_or(|name| name.contains("-1."));
        let (old, current): (Vec<_>, Vec<_>) = self.files.iter().partition(superseded);
        let basic = old.iter().filter(|entry| entry.name == "built-in:types.yaml");
        let old = old.iter().filter(|entry| entry.name != "built-in:types.yaml");
        basic.chain(&current).chain(old).map(|entry| (entry.name, entry.import())).collect()
    }

    /// The address under which the basic types are imported.
    pub(super) fn basic_address(&self) -> &'static str {
        "cloudify/types/types.yaml"
    }

    /// The address to import for a type of that name, for hints.
    pub fn address_of(&self, type_name: &str) -> Option<String> {
        let defines = |entry: &&Entry| {
            entry.text.lines().any(|line| {
                line.strip_prefix("  ").and_then(|line| line.strip_suffix(':')) == Some(type_name)
            })
        };
        let entry = self.files.iter().find(defines)?;
        Some(entry.import())
    }

    /// `files`, with this catalog answering first.
    pub fn before<'a>(&'a self, files: &'a dyn Files) -> WithCatalog<'a> {
        WithCatalog { catalog: self, files }
    }
}

/// Files behind a [`Catalog`].
#[derive(Clone, Copy)]
pub struct WithCatalog<'a> {
    catalog: &'a Catalog,
    files: &'a dyn Files,
}

impl Files for WithCatalog<'_> {
    fn read(&self, address: &str, from: &str) -> Result<Source, FileError> {
        match self.catalog.file(address) {
            Some(source) => Ok(source),
            None => self.files.read(address, from),
        }
    }

    fn exists(&self, path: &str) -> bool {
        self.files.exists(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(address: &str) -> Option<String> {
        Catalog::built_in().file(address).map(|source| source.name.to_string())
    }

    #[test]
    fn published_addresses_are_known() {
        for (address, file) in [
            ("http://www.getcloudify.org/spec/cloudify/3.4/types.yaml", "built-in:types.yaml"),
            ("cloudify/types/types.yaml", "built-in:types.yaml"),
            ("plugin:kubernetes", "built-in:kubernetes.yaml"),
            ("plugin:cloudify-kubernetes-plugin?version=>=2.7", "built-in:kubernetes-modern.yaml"),
            ("plugin:swarm?version=>=0.9", "built-in:swarm.yaml"),
            (
                "https://raw.githubusercontent.com/x/cloudify-proxy-plugin/master/plugin.yaml",
                "built-in:proxy.yaml",
            ),
            ("http://www.getcloudify.org/spec/fabric-plugin/1.4.1/plugin.yaml", "built-in:fabric.yaml"),
        ] {
            assert_eq!(name(address).as_deref(), Some(file), "{address}");
        }
        for address in ["types.yaml", "my/plugin.yaml", "plugin:other", "http://example.org/types.yaml"] {
            assert_eq!(name(address), None, "{address}");
        }
    }

    #[test]
    fn hints_name_the_import() {
        let catalog = Catalog::built_in();
        assert_eq!(catalog.address_of("cloudify.swarm.Port").as_deref(), Some("plugin:swarm"));
        assert_eq!(catalog.address_of("cloudify.nodes.Tier").as_deref(), Some("cloudify/types/types.yaml"));
    }
}
