//! Addresses under which types were published, and the types themselves.

use super::*;
use crate::check::check;
use crate::diag::Severity;
use crate::dsl::NoFiles;

fn name(address: &str) -> Option<String> {
    name_for(address, None)
}

fn name_for(address: &str, minor: Option<u32>) -> Option<String> {
    let found = Catalog::built_in().file_for(address, minor)?;
    Some(found.name.trim_start_matches("built-in:").trim_end_matches(".yaml").to_owned())
}

#[test]
fn published_addresses_are_known() {
    let raw = "https://raw.githubusercontent.com";
    for (address, file) in [
        ("http://www.getcloudify.org/spec/cloudify/3.4/types.yaml".to_owned(), "types-4"),
        ("http://getcloudify.org/spec/cloudify/3.2.1/types.yaml".to_owned(), "types-3"),
        ("https://cloudify.co/spec/cloudify/5.1.0/types.yaml".to_owned(), "types-6"),
        ("http://cloudify.co/spec/cloudify/7.0.4/types.yaml".to_owned(), "types-7"),
        (
            format!(
                "{raw}/cloudify-cosmo/cloudify-manager/3.4/resources/rest-service/cloudify/types/types.yaml"
            ),
            "types-4",
        ),
        (
            format!(
                "{raw}/cloudify-cosmo/cloudify-manager/master/resources/rest-service/cloudify/types/types.yaml"
            ),
            "types-7",
        ),
        ("cloudify/types/types.yaml".to_owned(), "types-7"),
        ("plugin:kubernetes".to_owned(), "kubernetes"),
        ("plugin:cloudify-kubernetes-plugin?version=>=2.7".to_owned(), "kubernetes-modern"),
        (
            format!("{raw}/cloudify-cosmo/cloudify-kubernetes-plugin/2.13.1/plugin_1_4.yaml"),
            "kubernetes-modern",
        ),
        (format!("{raw}/victorkeophila/cloudify-kubernetes-plugin/1.3.1/plugin.yaml"), "kubernetes-host"),
        (
            "http://www.getcloudify.org/spec/kubernetes-plugin/2.0.0/plugin.yaml".to_owned(),
            "kubernetes-modern",
        ),
        ("plugins/kubernetes/plugin-remote.yaml".to_owned(), "kubernetes"),
        ("plugins/k2/plugin.yaml".to_owned(), "kubernetes"),
        ("plugins/kubernetes/plugin.yaml".to_owned(), "kubernetes-host"),
        ("http://getcloudify.org/spec/diamond-plugin/1.3.1/plugin.yaml".to_owned(), "diamond"),
        ("plugin:swarm?version=>=0.9".to_owned(), "swarm"),
        ("plugin:swarm?version=>=1.0".to_owned(), "swarm-1.0"),
        ("plugins/cloudify-swarm-plugin/plugin.yaml".to_owned(), "swarm"),
        (format!("{raw}/cloudify-examples/cloudify-swarm-plugin/master/plugin.yaml"), "swarm-1.0"),
        (format!("{raw}/x/cloudify-proxy-plugin/master/plugin.yaml"), "proxy"),
        ("plugins/dproxy/plugin.yaml".to_owned(), "proxy-0"),
        ("plugin:cloudify-utilities-plugin".to_owned(), "utilities"),
        ("http://www.getcloudify.org/spec/utilities-plugin/1.4.1/plugin.yaml".to_owned(), "utilities"),
        ("http://www.getcloudify.org/spec/fabric-plugin/1.4.1/plugin.yaml".to_owned(), "fabric"),
        ("http://www.getcloudify.org/spec/openstack-plugin/1.4/plugin.yaml".to_owned(), "openstack-1"),
        (
            "https://github.com/cloudify-cosmo/cloudify-openstack-plugin/releases/download/3.3.9/plugin.yaml"
                .to_owned(),
            "openstack-3",
        ),
        ("plugin:cloudify-openstack-plugin?version=>=2,<3".to_owned(), "openstack-1"),
        ("plugin:cloudify-openstack-plugin".to_owned(), "openstack-3"),
        ("http://www.getcloudify.org/spec/docker-plugin/1.3.2/plugin.yaml".to_owned(), "docker-1"),
        ("plugin:cloudify-docker-plugin".to_owned(), "docker"),
        (format!("{raw}/cloudify-cosmo/cloudify-host-pool-plugin/1.4/plugin.yaml"), "host-pool"),
    ] {
        assert_eq!(name(&address).as_deref(), Some(file), "{address}");
    }
    for address in [
        "types.yaml",
        "my/plugin.yaml",
        "swarm/plugin.yaml",
        "plugin:other",
        "http://example.org/types.yaml",
        "http://example.org/plugins/kubernetes",
        "cloudify-swarm-plugin",
        "",
        "/",
    ] {
        assert_eq!(name(address), None, "{address}");
    }
}

#[test]
fn basic_types_are_the_newest_that_the_blueprint_can_import() {
    let basic = "cloudify/types/types.yaml";
    for (minor, file) in
        [(0, "types-3"), (1, "types-3"), (2, "types-4"), (3, "types-6"), (4, "types-7"), (5, "types-7")]
    {
        assert_eq!(name_for(basic, Some(minor)).as_deref(), Some(file));
    }
    assert_eq!(name_for("cloudify/types/types_1_3.yaml", Some(5)).as_deref(), Some("types-6"));
    let release = "http://cloudify.co/spec/cloudify/7.0.4/types.yaml";
    assert_eq!(name_for(release, Some(3)).as_deref(), Some("types-6"));
    let release = "http://www.getcloudify.org/spec/cloudify/3.4/types.yaml";
    assert_eq!(name_for(release, Some(5)).as_deref(), Some("types-4"));
}

#[test]
fn every_file_is_good_dsl_in_the_oldest_version_that_can_import_it() {
    let catalog = Catalog::built_in();
    let head = |minor: u32| format!("tosca_definitions_version: cloudify_dsl_1_{minor}\nimports:\n");
    let mut texts: Vec<(String, String)> = Vec::new();
    for basic in catalog.basic {
        texts.push((basic.name.to_owned(), format!("{}  - '{}'\n", head(basic.minor), basic.name)));
    }
    for entry in catalog.files {
        // Data types came with 1_2, the proxy that makes deployments with the basic types of 1_3.
        let data = entry.text.contains("\ndata_types:");
        for minor in [if data { 2 } else { 0 }, 3, 5] {
            // The script plugin came with the basic types later on: one of them is imported.
            let basic = if entry.name.contains("script") { "" } else { "  - cloudify/types/types.yaml\n" };
            let text = format!("{}{basic}  - '{}'\n", head(minor), entry.name);
            texts.push((format!("{} in 1_{minor}", entry.name), text));
        }
    }
    for (name, text) in texts {
        let reading = crate::check::read(&Source::new("blueprint.yaml", text), &NoFiles, &catalog);
        let (_, problems) = check(&reading, &catalog);
        let told: Vec<String> = problems
            .iter()
            .filter(|problem| problem.severity != Severity::Hint)
            .map(|problem| format!("{:?} {}", problem.place, problem.message))
            .collect();
        assert!(told.is_empty(), "{name}: {told:#?}");
    }
}

#[test]
fn hints_name_the_import() {
    let catalog = Catalog::built_in();
    for (kind, import) in [
        ("cloudify.swarm.Port", "plugin:swarm"),
        ("cloudify.nodes.Tier", BASIC_ADDRESS),
        ("cloudify.nodes.DeploymentProxy", "plugin:proxy"),
        ("cloudify.openstack.nodes.Server", "plugin:openstack-1"),
        ("cloudify.nodes.openstack.Server", "plugin:openstack"),
        ("cloudify.hostpool.nodes.LinuxHost", "plugin:host-pool"),
    ] {
        assert_eq!(catalog.address_of(kind).as_deref(), Some(import), "{kind}");
    }
}

#[test]
fn what_is_imported_by_its_hint_is_what_was_meant() {
    let catalog = Catalog::built_in();
    for (file, import) in catalog.importable() {
        assert_eq!(
            catalog.file(&import).map(|source| source.name.to_string()).as_deref(),
            Some(file),
            "{import}"
        );
    }
}

/// A folder with one file.
struct One(&'static str);

impl Files for One {
    fn read(&self, address: &str, _from: &str) -> Result<Source, FileError> {
        if address == self.0 { Ok(Source::new(address, "inputs: {}\n")) } else { Err(FileError::NotFound) }
    }
}

#[test]
fn a_file_beside_the_blueprint_is_the_blueprints_own() {
    let catalog = Catalog::built_in();
    let plugin = "plugins/cloudify-swarm-plugin/plugin.yaml";
    let own = One(plugin);
    let read = |files: &dyn Files, address: &str| {
        catalog
            .before(files)
            .read_for(address, "blueprint.yaml", Some(4))
            .map(|source| source.name.to_string())
    };
    assert_eq!(read(&own, plugin).as_deref(), Ok(plugin));
    assert_eq!(read(&NoFiles, plugin).as_deref(), Ok("built-in:swarm.yaml"));
    assert_eq!(read(&One("cloudify/types/types.yaml"), BASIC_ADDRESS).as_deref(), Ok(BASIC_ADDRESS));
    // The file for the blueprint's own version of the DSL is preferred.
    assert_eq!(read(&One("lib_1_4.yaml"), "lib.yaml").as_deref(), Ok("lib_1_4.yaml"));
}
